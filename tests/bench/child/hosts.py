# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the hosts and variables of an inventory source to a JSON file for the static inventory.

Usage: python hosts.py SOURCE FILE
"""

from __future__ import annotations

import json
import sys

from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader

# Ansible sets these variables for each host of any source.
ITS_OWN = {"inventory_file", "inventory_dir"}


def main(source: str, path: str) -> None:
    init_plugin_loader()
    inventory = InventoryManager(loader=DataLoader(), sources=[source])
    hosts = {
        host.name: {key: value for key, value in host.vars.items() if key not in ITS_OWN}
        for host in inventory.get_hosts()
    }
    with open(path, "w", encoding="utf-8") as file:
        json.dump(hosts, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
