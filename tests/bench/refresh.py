# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure a refresh of 500 changes on 60 hosts: its requests, NetBox's CPU in a model, and the controller's CPU.

python tests/bench/refresh.py 5000 25000 100000
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import typing as t
from pathlib import Path

ROOT = Path(__file__).absolute().parents[5]
sys.path.insert(0, str(ROOT))

from ansible_collections.netbox.cursor.tests import _programs  # noqa: E402
from ansible_collections.netbox.cursor.tests.stand_in import NetBox, serve  # noqa: E402

HOSTS, DEVICES, INTERFACES, ADDRESSES = 60, "dcim/devices", "dcim/interfaces", "ipam/ip-addresses"
OPTIONS = {"plugin": "netbox.cursor.nb_inventory", "interfaces": True, "services": True, "virtual_machines": False}


def edit(netbox: NetBox, text: str) -> int:
    """Edit 60 devices with their interfaces and addresses. Return how many records that left."""
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


def measured(netbox: NetBox, folder: Path, **options: t.Any) -> dict[str, t.Any]:
    """Run ansible-inventory once."""
    path = folder / "a.netbox.yml"
    where = {"api_endpoint": netbox.url, "token": netbox.tokens["v1"], "cache": True}
    kept = {"cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(folder / "cache")}
    path.write_text(json.dumps({**OPTIONS, **where, **kept, "refresh": "changes", **options}), encoding="utf-8")
    netbox.requests.clear()
    cost, before = sum(netbox.cost.values()), resource.getrusage(resource.RUSAGE_CHILDREN)
    command = _programs.command("inventory", "-i", str(path), "--graph", "-v")
    ended = subprocess.run(command, env=_programs.environment(), capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    lines = [line for line in (ended.stdout + ended.stderr).splitlines() if "netbox.cursor: refresh" in line]
    return {
        "requests": len(netbox.requests),
        "netbox": round(sum(netbox.cost.values()) - cost, 2),
        "controller": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1),
        "said": lines[-1].split("refresh: ")[1] if lines else "",
    }


def main() -> None:
    for size in map(int, sys.argv[1:] or ("5000", "25000")):
        with serve(version="4.6", estate=size) as netbox, tempfile.TemporaryDirectory() as folder:
            netbox.edits.update(DEVICES, min(netbox.table(DEVICES).ids()), serial="first")
            place = Path(folder)
            print(f"{size} devices, full:", measured(netbox, place, cache_timeout=86400), flush=True)
            print(f"{size} devices, cached:", measured(netbox, place, cache_timeout=86400), flush=True)
            print(f"{edit(netbox, 'one')} records", flush=True)
            print(f"{size} devices, refresh:", measured(netbox, place, cache_timeout=1, audit_slices=0), flush=True)
            edit(netbox, "two")
            print(f"{size} devices, with audit:", measured(netbox, place, cache_timeout=1), flush=True)


if __name__ == "__main__":
    main()
