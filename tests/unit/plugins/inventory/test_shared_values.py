# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Variables never share an object. Otherwise, YAML would contain anchors, and a change to one host would change another
host."""

from __future__ import annotations

import json
import re
import subprocess
import typing as t
from pathlib import Path

import pytest
from ansible.inventory.data import InventoryData

from ansible_collections.netbox.cursor.tests import _programs
from ansible_collections.netbox.cursor.tests.stand_in import NetBox

EVERYTHING: dict[str, t.Any] = {
    **dict.fromkeys(("config_context", "interfaces", "services", "virtual_disks", "dns_name"), True),
    **dict.fromkeys(("site_data", "prefixes"), True),
}
CONFIGURATIONS: dict[str, dict[str, t.Any]] = {
    "defaults": {},
    "everything": EVERYTHING,
    "whole interfaces": {**EVERYTHING, "interface_fields": ["all"]},
    "compatible": {**EVERYTHING, "compatibility": "netbox.netbox"},
    "flattened": {
        "config_context": True,
        **{f"flatten_{name}": True for name in ("config_context", "local_context_data", "custom_fields")},
    },
    "expressions": {
        "compose": {"place": "site", "all_of_it": "netbox", "kind": "device_type | default({})", "again": "tags"},
        "virtual_machines": False,
    },
}


@pytest.fixture
def alike(netbox: NetBox) -> NetBox:
    """Objects that refer to the same VRF, VLANs, tags, and objects in custom fields."""
    vlans, vrf = list(netbox.table("ipam/vlans")._rows.values()), netbox.table("ipam/vrfs")[1]
    tenants = list(netbox.table("tenancy/tenants")._rows.values())
    interfaces, addresses = netbox.table("dcim/interfaces"), netbox.table("ipam/ip-addresses")
    for number in list(interfaces):
        same = {"untagged_vlan": vlans[0], "tagged_vlans": vlans, "vrf": vrf, "mode": {"value": "tagged", "label": "T"}}
        interfaces[number] = {**interfaces[number], **same}
    for number in list(addresses):
        addresses[number] = {**addresses[number], "vrf": vrf}
    devices = netbox.table("dcim/devices")
    for number in list(devices):
        fields = {**devices[number]["custom_fields"], "owners": tenants, "tier": "t1"}
        devices[number] = {**devices[number], "custom_fields": fields}
    return netbox


def shared_values(inventory: InventoryData) -> list[str]:
    """Return the places of dictionaries and lists that are in more than one place."""
    places: dict[int, list[str]] = {}
    kept = []

    def walk(value: t.Any, place: str) -> None:
        if isinstance(value, (dict, list)):
            kept.append(value)
            places.setdefault(id(value), []).append(place)
            for key, one in value.items() if isinstance(value, dict) else enumerate(value):
                walk(one, f"{place}.{key}")

    for host in inventory.hosts.values():
        for name, value in host.vars.items():
            walk(value, f"{host.name}.{name}")
    return [" = ".join(found[:3]) for found in places.values() if len(found) > 1]


@pytest.mark.parametrize("transport", ["rest", "graphql"])
@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_no_value_is_shared(alike: NetBox, read: t.Any, name: str, transport: str) -> None:
    assert shared_values(read(alike, transport=transport, **CONFIGURATIONS[name])) == []


def test_no_value_of_a_cached_inventory_is_shared(alike: NetBox, read: t.Any, tmp_path: Path) -> None:
    cache = {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(tmp_path / "cache")}
    for dummy in range(2):
        assert shared_values(read(alike, **EVERYTHING, **cache)) == []


@pytest.mark.parametrize("name", ["everything", "expressions"])
def test_ansible_prints_yaml_without_anchors(alike: NetBox, tmp_path: Path, name: str) -> None:
    source = tmp_path / "a.netbox.yml"
    options = {"plugin": "netbox.cursor.nb_inventory", "api_endpoint": alike.url, "token": alike.tokens["v2"]}
    source.write_text(json.dumps({**options, **CONFIGURATIONS[name]}), encoding="utf-8")
    environment = _programs.environment(ANSIBLE_HOME=str(tmp_path / "home"))
    command = _programs.command("inventory", "-i", str(source), "--list", "--yaml")
    ended = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "leaf2:" in ended.stdout, ended.stderr
    assert not re.search(r"(?m)[:-] [&*]id\d+", ended.stdout)
