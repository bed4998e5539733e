# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read a NetBox repeatedly, or one long list, in a separate process, and print the resources that the process uses.

python tests/soak/_measured.py inventories|rows URL TOKEN NUMBER

Prints a line of JSON at intervals: ``done`` (of NUMBER), and the process's ``memory`` in megabytes, ``threads``, and
``sockets``.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader, inventory_loader
from ansible.utils.collection_loader import AnsibleCollectionConfig

# Total number of lines to print.
LINES = 20


def held() -> dict[str, float]:
    gc.collect()
    memory = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    return {"memory": round(memory, 1), "threads": threading.active_count(), "sockets": sockets()}


def sockets() -> int:
    found = 0
    for entry in Path("/proc/self/fd").iterdir():
        try:
            found += os.readlink(entry).startswith("socket:")
        except OSError:
            continue  # the descriptor of the listed directory
    return found


def inventories(url: str, token: str, number: int) -> Iterator[int]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.netbox.yml"
        options = {"plugin": "netbox.cursor.nb_inventory", "api_endpoint": url, "token": token, "interfaces": True}
        path.write_text(json.dumps(options), encoding="utf-8")
        for done in range(1, number + 1):
            inventory = InventoryData()
            plugin = inventory_loader.get("netbox.cursor.nb_inventory")
            plugin.parse(inventory, DataLoader(), str(path), cache=False)
            assert inventory.hosts
            del inventory, plugin
            yield done


def rows(url: str, token: str, number: int) -> Iterator[int]:
    from ansible_collections.netbox.cursor.plugins.module_utils._filters.representation import Representation
    from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
    from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager

    done, last = 0, 0
    shape = Representation("dcim/devices", fields=["id", "name"])
    with Client(url, token) as client, Pager(client, page_size=1000, max_workers=4) as pager:
        for row in pager.rows("dcim/devices", representation=shape):
            assert row["id"] > last
            last = row["id"]
            done += 1
            yield done
    assert done == number


def main() -> None:
    what, url, token, number = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    if AnsibleCollectionConfig.collection_finder is None:
        init_plugin_loader()
    for done in {"inventories": inventories, "rows": rows}[what](url, token, number):
        if done % max(1, number // LINES) == 0:
            print(json.dumps({"done": done, **held()}), flush=True)
    time.sleep(0.5)  # idle threads end automatically
    print(json.dumps({"done": number, **held()}), flush=True)


if __name__ == "__main__":
    main()
