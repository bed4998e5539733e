# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An inventory never sends more than ``max_workers`` requests at the same time."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator

import pytest

from ansible_collections.netbox.cursor.tests.stand_in import NetBox, serve

pytestmark = pytest.mark.slow

EVERYTHING: dict[str, t.Any] = {
    "group_by": ["site", "location", "tenant", "rack", "tag", "role", "platform", "region", "site_group", "cluster"],
    **dict.fromkeys(("config_context", "interfaces", "services", "virtual_disks", "dns_name", "prefixes"), True),
    **dict.fromkeys(("virtual_chassis_name", "site_data", "oob_ip_as_primary_ip"), True),
}


@pytest.fixture(scope="module")
def netbox() -> Iterator[NetBox]:
    with serve(version="4.6", estate=400, interfaces=2, latency=0.002) as netbox:
        yield netbox


@pytest.mark.parametrize("transport", ["rest", "graphql", "auto"])
@pytest.mark.parametrize("max_workers", [1, 2, 4])
def test_inventory_keeps_max_workers(netbox: NetBox, read: t.Any, transport: str, max_workers: int) -> None:
    netbox.most_at_once = 0
    inventory = read(netbox, transport=transport, max_workers=max_workers, page_size=50, **EVERYTHING)
    assert len(inventory.hosts) >= 400
    assert len(netbox.requests) > 20
    assert netbox.most_at_once == max_workers
