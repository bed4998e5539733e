# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure refreshes of 480 changes on 60 hosts: requests, NetBox CPU time from a cost model, and controller CPU time.

Each round measures a cached run, a refresh without an audit, and a refresh with an audit. This order reduces the effect
of other load on the ratio of their CPU times.
"""

from __future__ import annotations

import json
import resource
import subprocess
import tempfile
import typing as t
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from ansible_collections.netbox.cursor.tests import _programs
from ansible_collections.netbox.cursor.tests.stand_in import NetBox, serve

GROUP = "refresh"
SIZES, ALL_SIZES = (5_000, 25_000), (5_000, 25_000, 100_000)
HOSTS, DEVICES, INTERFACES, ADDRESSES = 60, "dcim/devices", "dcim/interfaces", "ipam/ip-addresses"
OPTIONS = {"plugin": "netbox.cursor.nb_inventory", "interfaces": True, "services": True, "virtual_machines": False}
SERVICES = 1_000
CACHED, REFRESH, AUDITED = "cached run", "refresh", "refresh with audit"
KINDS: dict[str, dict[str, int]] = {
    CACHED: {"cache_timeout": 86400},
    REFRESH: {"cache_timeout": 1, "audit_slices": 0},
    AUDITED: {"cache_timeout": 1},
}
# The measure, its maximum for a refresh, and its maximum for a refresh with an audit. The value of `controller` is the
# ratio to the CPU time of a cached run.
TARGETS = (("requests", 15, None), ("netbox", 1.0, 2.5), ("controller", 1.5, None))
Measured = dict[str, float]


def edit(netbox: NetBox, text: str) -> int:
    """Edit 60 devices and their interfaces and addresses. Return the number of new change log records."""
    before, devices, interfaces = netbox.log.next_id, netbox.table(DEVICES), netbox.table(INTERFACES)
    chosen = list(devices.ids())[:: max(1, len(devices) // HOSTS)][:HOSTS]
    for number in chosen:
        for round_ in range(3):
            netbox.edits.update(DEVICES, number, serial=f"{text} {round_}")
        for interface in sorted(interfaces.having("device", {number}))[:4]:
            netbox.edits.update(INTERFACES, interface, description=text)
        address = devices[number]["primary_ip4"]
        if address:
            netbox.edits.update(ADDRESSES, address["id"], description=text)
    return netbox.log.next_id - before


def add_services(netbox: NetBox, number: int) -> None:
    """Add a service to each of `number` devices."""
    ids = list(netbox.table(DEVICES).ids())
    parent = {"parent_object_type": "dcim.device", "name": "ssh", "protocol": "tcp", "ports": [22]}
    with netbox.edits.request() as request:
        for device in ids[:: max(1, len(ids) // number)][:number]:
            request.create("ipam/services", parent_object_id=device, **parent)


def measured(netbox: NetBox, folder: Path, **options: t.Any) -> tuple[Measured, str]:
    """Run ansible-inventory once. Return its costs, and its message about the refresh."""
    path = folder / "a.netbox.yml"
    where = {"api_endpoint": netbox.url, "token": netbox.tokens["v1"], "cache": True}
    kept = {"cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(folder / "cache")}
    path.write_text(json.dumps({**OPTIONS, **where, **kept, "refresh": "changes", **options}), encoding="utf-8")
    netbox.requests.clear()
    cost, before = sum(netbox.cost.values()), resource.getrusage(resource.RUSAGE_CHILDREN)
    command = _programs.command("inventory", "-i", str(path), "--graph", "-v")
    # Without this setting, Ansible ignores a source that it cannot read.
    environment = _programs.environment(ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED="true")
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    lines = [line for line in (ended.stdout + ended.stderr).splitlines() if "netbox.cursor: refresh" in line]
    found = {
        "requests": float(len(netbox.requests)),
        "netbox": sum(netbox.cost.values()) - cost,
        "controller": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
    }
    return found, lines[-1].split("refresh: ")[1] if lines else ""


def compare(size: int, rounds: int) -> Iterator[tuple[str, bool]]:
    """Measure refreshes of an inventory with `size` devices, and yield the results as lines of text.

    Also yield whether each run was valid. A run is not valid if it reads everything instead of the changes.
    """
    with serve(version="4.6", estate=size) as netbox, tempfile.TemporaryDirectory() as folder:
        add_services(netbox, min(SERVICES, size))
        found: dict[str, list[Measured]] = {kind: [] for kind in KINDS}
        full, dummy = measured(netbox, Path(folder), **KINDS[CACHED])
        yield f"{size:,} devices, full read: {_shown(full)}", True
        for number in range(rounds):
            for kind, options in KINDS.items():
                if kind != CACHED:
                    edit(netbox, f"{kind} {number}")
                cost, said = measured(netbox, Path(folder), **options)
                found[kind].append(cost)
                yield f"{size:,} devices, {kind}: {_shown(cost)} {said}", "full read" not in said
    for measure, refresh, audited in TARGETS:
        for kind, most in ((REFRESH, refresh), (AUDITED, audited)):
            if most is not None:
                values = [one[measure] for one in found[kind]]
                if measure == "controller":
                    values = [one[measure] / cached[measure] for one, cached in zip(found[kind], found[CACHED])]
                verdict = "met" if median(values) <= most else "missed"
                yield f"{size:,} devices, {kind}: {measure} {median(values):.2f}, at most {most}: {verdict}", True


def _shown(cost: Measured) -> str:
    return ", ".join(f"{name} {value:.2f}" for name, value in cost.items())
