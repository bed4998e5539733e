# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The costs of an inventory: ``ansible-inventory --graph`` with netbox.cursor, netbox.netbox, and a static file.

The static file is JSON. A minimal plugin reads it and sets the same variables on the same hosts, so its costs are the
costs of Ansible itself.
"""

from __future__ import annotations

import json
import re
import sys
import typing as t
from collections.abc import Iterator
from pathlib import Path

from ansible_collections.netbox.cursor.tests.bench._netbox import LATENCY, WORKERS
from ansible_collections.netbox.cursor.tests.bench._runs import CHILD, Place, Work

GROUP = "inventory"
FLOOR, OURS, OURS_BY_REST, OURS_AT_ONCE, THEIRS = (
    "static file",
    "netbox.cursor, GraphQL",
    "netbox.cursor, REST",
    f"netbox.cursor, GraphQL, {WORKERS} workers",
    "netbox.netbox",
)
PROGRAMS = (FLOOR, OURS, OURS_BY_REST, OURS_AT_ONCE, THEIRS)
MODEL = {"workers": WORKERS, "latency": LATENCY}
# Numbers of devices. The mock NetBox also contains one virtual machine for every five devices.
SIZES = (1_000, 25_000)
ALL_SIZES = (1_000, 5_000, 25_000, 100_000)
SITE = "SITE"
DETAILS = {"interfaces": True, "services": True, "dns_name": True}
# The options of each case. Both plugins support them, except for `host_vars`, which only netbox.cursor supports.
CASES: dict[str, dict[str, t.Any]] = {
    "defaults": {},
    "five": {"host_vars": ["site", "role", "platform", "status", "primary_ip4"]},
    "details": DETAILS,
    "site": {"query_filters": [{"site": SITE}]},
    "cached": {"cache": True, "cache_plugin": "ansible.builtin.jsonfile"},
}
TITLES = {
    "defaults": "all default variables",
    "five": "five variables",
    "details": "with interfaces, services, and DNS names",
    "site": "one site",
    "cached": "from the cache",
}
HOST = re.compile(r"--([^@\s]\S*)$", re.MULTILINE)


def hosts_in(graph: str) -> int:
    return len(set(HOST.findall(graph)))


def fits(case: str, size: int, by: str, full: bool) -> bool:
    """Return whether to measure a combination.

    Combinations that take minutes require `full`. Combinations that take hours and tens of gigabytes never run.
    """
    if by == THEIRS and size > SIZES[-1] and case in ("details", "cached"):
        return False
    takes_minutes = size > SIZES[-1] or (size > SIZES[0] and case in ("details", "site"))
    return full or not (takes_minutes or (case == "cached" and by == THEIRS))


def works(place: Place, case: str) -> Iterator[Work]:
    """Yield the programs of a case, and write their inventory sources.

    Call `make_floor` before you run the programs.
    """
    options = dict(CASES[case])
    if case == "site":
        device = place.netbox.get("/api/dcim/devices/?limit=1")["results"][0]
        options["query_filters"] = [{"site": device["site"]["slug"]}]

    def work(by: str, plugin: str, own: dict[str, t.Any], **more: t.Any) -> Work:
        path = source_of(place, case, by)
        if case == "cached":
            own = {**own, "cache_connection": f"{path}.cache"}
        path.write_text(json.dumps({"plugin": f"{plugin}.nb_inventory", **options, **own}), encoding="utf-8")
        return graph_of(by, path, **more)

    yield graph_of(FLOOR, floor_of(place, case), asks=False)
    yield work(OURS, "netbox.cursor", {"transport": "graphql"})
    if case != "cached":
        yield work(OURS_BY_REST, "netbox.cursor", {"transport": "rest"}, prepares="REST")
    if case == "defaults":
        yield work(OURS_AT_ONCE, "netbox.cursor", {"transport": "graphql", "max_workers": WORKERS})
    if case != "five":  # netbox.netbox does not support host_vars, so this case would repeat its defaults.
        # Turn off options that are on by default only in netbox.netbox.
        theirs: dict[str, t.Any] = {"plurals": False, "services": case == "details"}
        if place.netbox.token.startswith("nbt_"):
            theirs["token"] = {"type": "Bearer", "value": place.netbox.token}
        # netbox.netbox requests complete pages in sequence, so the mock NetBox is fast enough without a warm-up.
        yield work(THEIRS, "netbox.netbox", theirs, prepares="their cache" if case == "cached" else "")


def graph_of(by: str, path: Path, **more: t.Any) -> Work:
    return Work(by, (sys.executable, "-m", "ansible.cli.inventory", "-i", str(path), "--graph"), hosts_in, **more)


def source_of(place: Place, case: str, by: str) -> Path:
    return place.folder / f"{case}-{re.sub('[^a-z0-9]+', '-', by.lower())}.netbox.yml"


def floor_of(place: Place, case: str) -> Path:
    return place.folder / f"{case}.floor.json"


def make_floor(place: Place, case: str) -> None:
    """Write the hosts and variables of netbox.cursor to the static file.

    This run also lets the mock NetBox cache the requested rows, and fills the inventory cache of netbox.cursor. `works`
    must have written the source file of netbox.cursor before.
    """
    command = (sys.executable, str(CHILD / "hosts.py"), str(source_of(place, case, OURS)), str(floor_of(place, case)))
    place.run(Work("floor's file", command, len))
