# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""If one request in five fails, lookups return complete lists."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator

import pytest
from ansible.plugins.loader import init_plugin_loader, lookup_loader
from ansible.utils.collection_loader import AnsibleCollectionConfig

from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.tests.soak._chaos import RETRIES, Load, disturbed
from ansible_collections.netbox.cursor.tests.stand_in import NetBox, serve

LOAD = Load(rows=1200, page_size=40)
LOOKUPS: dict[str, tuple[str, dict[str, t.Any]]] = {
    "nb_query": ("dcim/sites", {"strict_filters": False}),
    "nb_graphql": ("site_list", {"fields": "id name"}),
}


@pytest.fixture(scope="module")
def netbox() -> Iterator[NetBox]:
    with serve(version="4.6") as served:
        yield served


@pytest.mark.slow
@pytest.mark.parametrize("name", LOOKUPS)
def test_lookup_is_complete_if_one_request_in_five_fails(
    netbox: NetBox, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    # Users wait between retries. Tests do not.
    monkeypatch.setattr(Client, "pause", lambda self, error: None)
    if AnsibleCollectionConfig.collection_finder is None:
        init_plugin_loader()

    def read(url: str, token: str, load: Load) -> list[int]:
        term = LOOKUPS[name][0]
        connection = {"api_endpoint": url, "token": token, "retries": RETRIES}
        options = {**LOOKUPS[name][1], "page_size": load.page_size, "max_workers": load.workers}
        rows = lookup_loader.get(f"netbox.cursor.{name}").run([term], variables={}, **connection, **options)
        return [int(row["id"]) for row in rows]

    outcome = disturbed(netbox, read, LOAD, range(5))
    assert not outcome.incomplete
    assert outcome.failures > 15
    assert outcome.factor <= 1.5, (outcome.undisturbed, outcome.requests)
