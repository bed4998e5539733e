# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures for tests of the mock NetBox: a server, and a client session with a login."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator

import pytest
import requests

# After this file is read, pytest-ansible puts its own collection finder before Python's. Modules that are imported here
# can also be imported in tests.
from ansible_collections.netbox.cursor.tests.acceptance import change_cases as _change_cases
from ansible_collections.netbox.cursor.tests.acceptance.change_recorder import Server
from ansible_collections.netbox.cursor.tests.stand_in import NetBox, edit_strategies, serve

__all__ = ["_change_cases", "edit_strategies"]


class Client:
    """Sends requests to one mock NetBox."""

    def __init__(self, netbox: NetBox) -> None:
        self.netbox = netbox
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {netbox.tokens['v2']}"

    def get(self, path: str, **options: t.Any) -> requests.Response:
        return self.session.get(self.netbox.url + path, timeout=30, **options)

    def post(self, query: str, variables: t.Any = None, **options: t.Any) -> requests.Response:
        asked = {"query": query, "variables": variables}
        return self.session.post(f"{self.netbox.url}/graphql/", json=asked, timeout=30, **options)

    def ask(self, query: str, variables: t.Any = None) -> t.Any:
        """What GraphQL answers."""
        return self.post(query, variables).json()

    def ids(self, path: str) -> list[int]:
        return [row["id"] for row in self.get(path).json()["results"]]


class MockServer(Server):
    """The mock NetBox. It does not run scripts, so this function writes what the script would write."""

    def __init__(self, netbox: NetBox) -> None:
        super().__init__(netbox.url, netbox.tokens["v2"])
        self.netbox = netbox

    def run_script(self, source: str, name: str) -> None:
        table = self.netbox.table("dcim/devices")
        device = max(table.ids())
        interfaces = self.netbox.table("dcim/interfaces").having("device", {device})
        with self.netbox.edits.request() as request:
            request.update("dcim/devices", device, serial="S1")
            # NetBox compares the second save with the snapshot before the first save.
            request.update("dcim/devices", device, asset_tag=f"{table[device]['name'][: -len('device')]}A1")
            for interface in interfaces:
                self.netbox.edits.unlogged(saved=False).update("dcim/interfaces", interface, description="silent")
            request.create("dcim/interfaces", device=device, name="eth1", type="virtual")


@pytest.fixture(scope="session")
def server() -> type[MockServer]:
    return MockServer


@pytest.fixture
def netbox() -> Iterator[NetBox]:
    with serve(version="4.6") as netbox:
        yield netbox


@pytest.fixture
def client(netbox: NetBox) -> Iterator[Client]:
    client = Client(netbox)
    yield client
    client.session.close()
