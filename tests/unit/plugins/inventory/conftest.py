# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import json
import os
import re
import time
import typing as t
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import inventory_loader
from ansible.utils.display import Display

from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client

if t.TYPE_CHECKING:  # pragma: no cover
    from ansible_collections.netbox.cursor.tests.stand_in import NetBox

    Row = dict[str, t.Any]
    Read = Callable[..., InventoryData]

# The fields of a device that are null unless a test sets them.
OPTIONAL = (
    *("primary_ip", "primary_ip4", "primary_ip6", "oob_ip", "platform", "tenant", "rack", "location"),
    *("virtual_chassis", "local_context_data"),
)


@pytest.fixture
def netbox() -> Iterator[NetBox]:
    """Serve the recorded objects of NetBox 4.6."""
    from ansible_collections.netbox.cursor.tests.stand_in import serve

    with serve(version="4.6") as served:
        yield served


@pytest.fixture
def add_device(netbox: NetBox) -> Callable[..., Row]:
    """Return a function that adds a device to the site ``berlin-1``, with few other fields than these."""

    def add(name: str | None, **fields: t.Any) -> Row:
        devices = netbox.table("dcim/devices")
        number = fields.pop("id", max(devices.ids()) + 1)
        row = {**devices[4], **dict.fromkeys(OPTIONAL), "tags": [], "custom_fields": {}, "config_context": {}}
        devices[number] = {**row, "id": number, "name": name, "display": str(name), **fields}
        return devices[number]

    return add


@pytest.fixture
def add_place(netbox: NetBox) -> Callable[..., Row]:
    """Return a function that adds a site, region, location, or any other object with a slug."""

    def add(endpoint: str, slug: str, **fields: t.Any) -> Row:
        table = netbox.table(endpoint)
        number = max(table.ids()) + 1
        row = {**table[min(table.ids())], "parent": None, "id": number, "name": slug, "slug": slug, "display": slug}
        table[number] = {**row, **fields}
        return table[number]

    return add


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let clients repeat failed requests at once."""
    monkeypatch.setattr(Client, "pause", lambda self, error: None)


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the list of all warnings that Ansible prints from now on."""
    texts: list[str] = []
    monkeypatch.setattr(Display, "warning", lambda self, text, *args, **options: texts.append(text))
    return texts


@pytest.fixture
def groups_of() -> Callable[[InventoryData, str], set[str]]:
    """Return a function that returns the names of all groups of a host."""

    def groups_of(inventory: InventoryData, host: str) -> set[str]:
        return {group.name for group in inventory.hosts[host].get_groups()} - {"all", "ungrouped"}

    return groups_of


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Return a function that reads the inventory of a NetBox with some options, as Ansible does.

    ``into`` is an inventory that other sources have already filled.
    """

    def read(netbox: NetBox, *, into: InventoryData | None = None, **options: t.Any) -> InventoryData:
        options = {"plugin": "netbox.cursor.nb_inventory", "api_endpoint": netbox.url, "retries": 0, **options}
        options.setdefault("token", netbox.tokens["v1"])
        path = tmp_path / "a.netbox.yml"
        path.write_text(json.dumps(options), encoding="utf-8")
        inventory = InventoryData() if into is None else into
        inventory.current_source = str(path)
        netbox.requests.clear()
        plugin = inventory_loader.get("netbox.cursor.nb_inventory")
        assert plugin.verify_file(str(path))
        plugin.parse(inventory, DataLoader(), str(path), cache=bool(options.get("cache")))
        if options.get("cache"):
            plugin.update_cache_if_changed()
        inventory.reconcile_inventory()
        return inventory

    return read


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the list of all messages that refreshes print at ``-v`` from now on."""
    texts: list[str] = []

    def verbose(self: Display, text: str, host: t.Any = None, caplevel: int = 2) -> None:
        if text.startswith("netbox.cursor: refresh: ") and caplevel == 0:
            texts.append(text.removeprefix("netbox.cursor: refresh: "))

    monkeypatch.setattr(Display, "verbose", verbose)
    return texts


@pytest.fixture
def run(netbox: NetBox, read: Read, tmp_path: Path, said: list[str], monkeypatch: pytest.MonkeyPatch) -> Read:
    """Return a function that reads the inventory with ``refresh: changes``, each time two hours after the last one."""
    netbox.edits.settle()
    netbox.edits.update("dcim/sites", 1, facility="first")
    folder, hours = tmp_path / "cache", [0.0]

    def run(hours_later: float = 2, **options: t.Any) -> InventoryData:
        hours[0] += hours_later
        now = time.time() + hours[0] * 3600
        with monkeypatch.context() as patch:
            patch.setattr(time, "time", lambda: now)
            said.clear()
            where = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(folder)}
            defaults = {**where, "cache_timeout": 3600, "refresh": "changes", "interfaces": True, "services": True}
            found: InventoryData = read(netbox, **{**defaults, **options})
            for path in folder.iterdir() if folder.exists() else ():
                os.utime(path, (now, now))
            return found

    return run


@pytest.fixture
def read_yaml(tmp_path: Path) -> Callable[[NetBox, str], InventoryData]:
    """Return a function that reads the inventory of a NetBox with options in YAML, whose keys can be numbers."""

    def read_yaml(netbox: NetBox, text: str) -> InventoryData:
        path = tmp_path / "b.netbox.yml"
        lines = ["plugin: netbox.cursor.nb_inventory", f"api_endpoint: {netbox.url}", f"token: {netbox.tokens['v1']}"]
        path.write_text("\n".join([*lines, text]), encoding="utf-8")
        inventory = InventoryData()
        inventory_loader.get("netbox.cursor.nb_inventory").parse(inventory, DataLoader(), str(path), cache=False)
        return inventory

    return read_yaml


@pytest.fixture
def text_in() -> Callable[[Path], str]:
    """Return the text of a file, followed by the unpacked content if the file is an inventory in Ansible's cache."""

    def text_in(path: Path) -> str:
        text = path.read_text(encoding="utf-8", errors="replace")
        packed = re.search(r"content\W+([\w+/=]{100,})", text)
        return text + (zlib.decompress(base64.b64decode(packed[1])).decode() if packed else "")

    return text_in
