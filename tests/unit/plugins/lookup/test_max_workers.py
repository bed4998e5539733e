# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A lookup never sends more than ``max_workers`` requests at the same time."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator

import pytest

if t.TYPE_CHECKING:  # pragma: no cover
    from ansible_collections.netbox.cursor.tests.stand_in import NetBox


@pytest.fixture
def netbox() -> Iterator[NetBox]:
    from ansible_collections.netbox.cursor.tests.stand_in import serve

    with serve(version="4.6", estate=300, interfaces=2, latency=0.005) as netbox:
        yield netbox


@pytest.mark.parametrize("max_workers", [1, 3])
@pytest.mark.parametrize("pagination", ["auto", "offset"])
def test_nb_query_keeps_max_workers(netbox: NetBox, look_up: t.Any, pagination: str, max_workers: int) -> None:
    found = look_up("dcim/devices", page_size=10, pagination=pagination, max_workers=max_workers, returns="ids")
    assert found == sorted(netbox.table("dcim/devices"))
    assert len(netbox.requests) > 20
    assert netbox.most_at_once == max_workers


@pytest.mark.parametrize("max_workers", [1, 3])
def test_nb_graphql_keeps_max_workers(netbox: NetBox, look_up: t.Any, max_workers: int) -> None:
    fields = "id interfaces {id}"
    found = look_up("device_list", name="nb_graphql", fields=fields, page_size=10, max_workers=max_workers)
    assert len(found) == len(netbox.table("dcim/devices"))
    assert netbox.most_at_once == max_workers
