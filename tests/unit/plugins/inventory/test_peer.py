# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users who switch from netbox.netbox get the same variables and groups, except for intended differences."""

from __future__ import annotations

import json
import re
import typing as t
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible.inventory.data import InventoryData

from ansible_collections.netbox.cursor.plugins.plugin_utils._unsafe import NEEDS_MARKS
from ansible_collections.netbox.cursor.tests.stand_in import NetBox, serve

RECORDINGS = Path(__file__).resolve().parents[3] / "recordings" / "peer_inventory"
NAMES = ("defaults", "everything", "site_data", "flattened", "constructed")

# Options with which an inventory file for netbox.netbox works.
THERE = {"compatibility": "netbox.netbox"}
# "equal names merge, last one wins": a device and a VM are both called leaf1, and two devices are called server1.
# netbox.netbox mixes their variables, so this test compares each host by its unique name.
MERGED = {"leaf1": "leaf1_3", "server1": "server1_5"}
# "no name: random UUID on each run"
UNNAMED = "patch-panel-6"
# "location_<slug> merges places of different sites"
LOCATIONS = {"location_floor-1", "location_room-a", "site_berlin-1", "site_paris-1"}
# Before ansible-core 2.19, all results of expressions are strings, and undefined values are not none.
IN_WORDS = ("rack_pk",) if NEEDS_MARKS else ()
LOOSE = {"stacked"} if NEEDS_MARKS else set()
OF_SITES = re.compile(r"location_(berlin|paris)-1_")


@pytest.fixture(scope="module")
def netbox() -> Iterator[NetBox]:
    with serve(version="4.6") as served:
        yield served


def plain(value: t.Any) -> t.Any:
    """Remove values that depend on the server's address, and sort interfaces by ID."""
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return re.sub(r"^http://[^/]*", "", str(value)) if isinstance(value, str) else value


def variables_of(inventory: InventoryData, host: str) -> dict[str, t.Any]:
    return {
        key: int(value) if key in IN_WORDS and value else plain(value)
        for key, value in inventory.hosts[host].vars.items()
        if key not in ("inventory_file", "inventory_dir")
    }


def by_id(variables: dict[str, t.Any]) -> dict[str, t.Any]:
    if "interfaces" in variables:
        variables["interfaces"] = sorted(variables["interfaces"], key=lambda interface: interface["id"])
    return variables


@pytest.mark.parametrize("name", NAMES)
def test_hosts_have_the_variables_they_had(netbox: NetBox, read: t.Any, name: str) -> None:
    recorded = json.loads((RECORDINGS / f"{name}.json").read_text(encoding="utf-8"))
    inventory = read(netbox, **{**THERE, **recorded["options"]})
    there = recorded["inventory"]["_meta"]["hostvars"]
    unnamed = {host for host in there if re.fullmatch(r"[0-9a-f-]{36}", host)}
    assert set(inventory.hosts) == set(there) - unnamed | ({UNNAMED} if unnamed else set()) | (
        set(MERGED.values()) & set(inventory.hosts)
    )
    compared = 0
    for host, variables in there.items():
        if host in unnamed or host in MERGED:
            continue
        assert variables_of(inventory, host) and by_id(variables_of(inventory, host)) == by_id(plain(variables)), host
        compared += 1
    assert compared >= 5
    # The last of the merged hosts, except for variables that only the other hosts had.
    for host, ours in MERGED.items():
        own = by_id(variables_of(inventory, ours))
        merged = by_id(plain(there[host]))
        assert {key: value for key, value in own.items() if merged.get(key) != value} == {}, ours


@pytest.mark.parametrize("name", NAMES)
def test_hosts_are_in_the_groups_they_were_in(netbox: NetBox, read: t.Any, name: str) -> None:
    recorded = json.loads((RECORDINGS / f"{name}.json").read_text(encoding="utf-8"))
    inventory = read(netbox, **{**THERE, **recorded["options"]})
    there = recorded["inventory"]
    back = {ours: host for host, ours in MERGED.items()}

    def hosts_there(group: str) -> set[str]:
        """Return the hosts in a group and in its child groups."""
        found = set(there[group].get("hosts", ()))
        for child in there[group].get("children", ()):
            found |= hosts_there(child)
        return {UNNAMED if re.fullmatch(r"[0-9a-f-]{36}", host) else host for host in found}

    # `ansible-inventory --list` does not print groups without hosts and children.
    printed = {name for name, group in inventory.groups.items() if group.hosts or group.child_groups}
    ours = {group for group in printed - {"all", "ungrouped"} if not OF_SITES.match(group)}
    assert ours == {group for group in there if group not in ("all", "ungrouped", "_meta")}
    for group in ours - LOCATIONS - LOOSE:
        here = {back.get(host.name, host.name) for host in inventory.groups[group].get_hosts()}
        if not re.match(r"region_|site_group_", group):
            assert here == hosts_there(group), group
    if name == "everything":
        paris = {host.name for host in inventory.groups["site_paris-1"].get_hosts()}
        assert {"leaf2", "blade1", "chassis1", "server1_5"} <= paris
        assert not paris & {"leaf1", "server1", "router.example.com"}
        floors = {host.name for host in inventory.groups["location_floor-1"].get_hosts()}
        assert floors == {"leaf1", "leaf2", "blade1", "chassis1", "router.example.com", UNNAMED}
