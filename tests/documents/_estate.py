# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A mock NetBox that contains the objects that the examples name."""

from __future__ import annotations

import ipaddress
import json
import typing as t
from collections.abc import Iterator
from contextlib import contextmanager

from ansible_collections.netbox.cursor.tests.stand_in import NetBox, Table, serve

# The recorded objects get the names that the documents use.
RENAMED = {
    **{"berlin-1": "ber1", "paris-1": "par1"},
    **{"leaf1": "sw1", "leaf2": "sw2", "router.example.com": "rt1", '"R1"': '"A1"', '"web2"': '"dc1"'},
    **{'"nos-5"': '"eos"', '"NOS 5"': '"Arista EOS"', '"linux"': '"ubuntu-24-04"', '"Linux"': '"Ubuntu 24.04"'},
    **{"staged": "active", "Staged": "Active"},
    **{"only-in-ready-1": "sw3", '"ready-1"': '"new-rack"'},
}
# The role of the router, not the rack role of the same name.
ROLE = {'"network"': '"core-router"', '"Network"': '"Core router"'}
# Recorded objects that documents do not name, such as those with unusual names.
REMOVED = {"dcim/devices": (6, 7, 8, 9, 17, 18), "virtualization/virtual-machines": (3, 4), "dcim/racks": (3,)}


@contextmanager
def serve_documented(**options: t.Any) -> Iterator[NetBox]:
    """Serve a mock NetBox 4.6 with the objects that the examples name. ``options`` are those of ``serve``."""
    with serve(version="4.6", branching=True, **options) as netbox:
        assert netbox.branching
        branch = netbox.branching.estate("ready-1")
        for table in [*netbox.estate.tables.values(), branch.table("dcim/devices")]:
            removed = REMOVED.get(table.endpoint, ())
            names = RENAMED if table.endpoint.startswith("dcim/rack") else {**RENAMED, **ROLE}
            table.replace({pk: _renamed(table[pk], names) for pk in table.ids() if pk not in removed})
        _add_platforms(netbox)
        _use_vrfs(netbox)
        _add_gateway(netbox)
        for row in netbox.table("dcim/devices").values():
            row["custom_fields"]["fqdn"] = f"{row['name']}.{row['site']['slug']}.example.com"
        yield netbox


def _renamed(row: dict[str, t.Any], names: dict[str, str]) -> dict[str, t.Any]:
    text = json.dumps(row, ensure_ascii=False)
    for before, after in names.items():
        text = text.replace(before, after)
    renamed: dict[str, t.Any] = json.loads(text)
    return renamed


def _named(table: Table, name: str) -> dict[str, t.Any]:
    return next(row for row in table.values() if row["name"] == name)


def _add_platforms(netbox: NetBox) -> None:
    """Give the router another operating system than the switches have, and add a Windows server."""
    machines = netbox.table("virtualization/virtual-machines")
    _named(machines, "dc1").update({key: _named(machines, "web1")[key] for key in ("site", "role")})
    platforms = netbox.table("dcim/platforms")
    model = _named(platforms, "Ubuntu 24.04")
    for host, name, slug in (
        (_named(netbox.table("dcim/devices"), "rt1"), "Juniper Junos", "junos"),
        (_named(machines, "dc1"), "Windows Server 2025", "windows-server-2025"),
    ):
        number = max(platforms.ids()) + 1
        url = model["url"].replace(f"/{model['id']}/", f"/{number}/")
        added = {**model, "id": number, "url": url, "name": name, "display": name, "slug": slug}
        platforms[number] = added
        host["platform"] = {key: added.get(key) for key in ("id", "url", "display", "name", "slug", "description")}


def _add_gateway(netbox: NetBox) -> None:
    """Add an address with the tag `edge` to the subnet of the switch's primary address."""
    addresses = netbox.table("ipam/ip-addresses")
    primary = addresses[_named(netbox.table("dcim/devices"), "sw1")["primary_ip4"]["id"]]
    network = ipaddress.ip_interface(primary["address"]).network
    tag = next(tag for tag in netbox.table("extras/tags").values() if tag["slug"] == "edge")
    number, text = max(addresses.ids()) + 1, f"{network[1]}/{network.prefixlen}"
    free = {"assigned_object": None, "assigned_object_type": None, "assigned_object_id": None}
    addresses[number] = {
        **primary,
        **free,
        "id": number,
        "address": text,
        "display": text,
        "dns_name": "",
        "tags": [tag],
    }


def _use_vrfs(netbox: NetBox) -> None:
    """Put the addresses of interfaces in a VRF into that VRF."""
    vrfs = {number: row["vrf"] for number, row in netbox.table("dcim/interfaces").items() if row["vrf"]}
    for address in netbox.table("ipam/ip-addresses").values():
        if address["assigned_object_type"] == "dcim.interface":
            address["vrf"] = vrfs.get(address["assigned_object_id"])
