# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import json
import re
import typing as t
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import inventory_loader

if t.TYPE_CHECKING:  # pragma: no cover
    from ansible_collections.netbox.cursor.tests.stand_in import NetBox

    Read = Callable[..., InventoryData]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read the inventory of a NetBox with some options, as Ansible does."""

    def read(netbox: NetBox, **options: t.Any) -> InventoryData:
        options = {"plugin": "netbox.cursor.nb_inventory", "api_endpoint": netbox.url, "retries": 0, **options}
        options.setdefault("token", netbox.tokens["v1"])
        path = tmp_path / "a.netbox.yml"
        path.write_text(json.dumps(options), encoding="utf-8")
        inventory = InventoryData()
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
def text_in() -> Callable[[Path], str]:
    """The text of a file, and behind it what is packed in it if it is an inventory in Ansible's cache."""

    def text_in(path: Path) -> str:
        text = path.read_text(encoding="utf-8", errors="replace")
        packed = re.search(r"content\W+([\w+/=]{100,})", text)
        return text + (zlib.decompress(base64.b64decode(packed[1])).decode() if packed else "")

    return text_in
