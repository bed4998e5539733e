# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An inventory plugin that only adds hosts and variables from a JSON file. Its costs are a lower limit."""

from __future__ import annotations

import json

from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.inventory import BaseInventoryPlugin

DOCUMENTATION = "{name: floor, short_description: hosts from a JSON file, description: hosts, options: {}}"


class InventoryModule(BaseInventoryPlugin):
    NAME = "floor"

    def verify_file(self, path: str) -> bool:
        return path.endswith(".floor.json")

    def parse(self, inventory: InventoryData, loader: DataLoader, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path)
        with open(path, encoding="utf-8") as file:
            hosts = json.load(file)
        for name, variables in hosts.items():
            host = inventory.hosts[inventory.add_host(name)]
            for key, value in variables.items():
                host.set_variable(key, value)
