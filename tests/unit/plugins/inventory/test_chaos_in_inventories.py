# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""If one request in five fails, inventories are complete and need few additional requests."""

from __future__ import annotations

import json
import statistics
import typing as t

import pytest

from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.tests.soak._chaos import MOST, PART, RETRIES
from ansible_collections.netbox.cursor.tests.stand_in import serve
from ansible_collections.netbox.cursor.tests.stand_in._proxy import KINDS, ChaosProxy, chaos

OPTIONS: dict[str, t.Any] = {
    "interfaces": True,
    "services": True,
    "group_by": ["site", "role"],
    "page_size": 20,
    "retries": RETRIES,
}
SEEDS = range(3)


@pytest.mark.slow
@pytest.mark.parametrize("transport", ["rest", "graphql"])
def test_inventory_is_complete_if_one_request_in_five_fails(
    read: t.Any, monkeypatch: pytest.MonkeyPatch, transport: str
) -> None:
    # Users wait between retries. Tests do not.
    monkeypatch.setattr(Client, "pause", lambda self, error: None)
    with serve(version="4.6", estate=300) as netbox:

        def disturbed(part: float, seed: int) -> tuple[str, int]:
            with chaos(ChaosProxy(netbox.url, part, seed, KINDS, delay=0.05)) as proxy:
                inventory = read(netbox, **OPTIONS, api_endpoint=proxy.url, transport=transport)
            hosts = {name: host.get_vars() for name, host in inventory.hosts.items()}
            groups = inventory.get_groups_dict()
            text = json.dumps([hosts, groups], sort_keys=True, default=str)
            return text.replace(proxy.url, netbox.url), proxy.requests

        expected, undisturbed = disturbed(0.0, 0)
        outcomes = [disturbed(PART, seed) for seed in SEEDS]
    assert len(json.loads(expected)[0]) >= 300
    assert [text == expected for text, requests in outcomes] == [True] * len(SEEDS)
    assert statistics.median(requests for text, requests in outcomes) <= MOST * undisturbed
