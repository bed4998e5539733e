# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an inventory costs the controller: python tests/bench/inventory.py [--hosts N] [--rounds N] [--peer BIN]

Beside the floor, a plugin that sets the same variables on the same hosts from a JSON file, and, with BIN (the bin
folder of an environment with the PyPI package ``ansible``), beside netbox.netbox. CPU is user and system time of
``ansible-inventory``, memory its peak.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import typing as t
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[5]))

from ansible_collections.netbox.cursor.tests.bench._measure import in_turns, median_and_spread, stand_in, table

COLLECTIONS = sys.path[0]
FLOOR = """
DOCUMENTATION = "{name: floor, short_description: floor, description: floor, options: {}}"
import json
from ansible.plugins.inventory import BaseInventoryPlugin
class InventoryModule(BaseInventoryPlugin):
    NAME = "floor"
    def verify_file(self, path):
        return path.endswith(".floor.json")
    def parse(self, inventory, loader, path, cache=True):
        super().parse(inventory, loader, path)
        with open(path) as file:
            hosts = json.load(file)
        for name, variables in hosts.items():
            host = inventory.get_host(inventory.add_host(name))
            for key, value in variables.items():
                host.set_variable(key, value)
"""


class Cost(t.NamedTuple):
    cpu: float
    megabytes: float


def run(environment: dict[str, str], program: str, source: Path, mode: str) -> Cost:
    """One ansible-inventory, its output thrown away."""
    # The peak of all children is no less than that of the last; one process in between keeps them apart.
    code = (
        "import resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)"
    )
    command = [sys.executable, "-c", code, program, "-i", str(source), mode]
    ended = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return Cost(*map(float, ended.stdout.split()))


def plain(value: t.Any) -> t.Any:
    """What ``--list`` prints, without its marks."""
    if isinstance(value, dict):
        return (
            value["__ansible_unsafe"] if set(value) == {"__ansible_unsafe"} else {k: plain(v) for k, v in value.items()}
        )
    return [plain(one) for one in value] if isinstance(value, list) else value


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--hosts", type=int, default=25_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer", type=Path)
    options = parser.parse_args()
    ours = str(Path(sys.executable).parent / "ansible-inventory")
    with tempfile.TemporaryDirectory() as name, stand_in("--estate", str(options.hosts)) as (url, token):
        folder = Path(name)
        (folder / "floor.py").write_text(FLOOR, encoding="utf-8")
        environment = {
            **os.environ,
            "NETBOX_API": url,
            "NETBOX_TOKEN": token,
            "ANSIBLE_COLLECTIONS_PATH": COLLECTIONS,
            "ANSIBLE_INVENTORY_PLUGINS": name,
            "ANSIBLE_INVENTORY_ENABLED": "floor,auto",
            "ANSIBLE_HOME": name,
        }
        text = "plugin: netbox.cursor.nb_inventory\n"
        mine, cached, floor = folder / "a.netbox.yml", folder / "b.netbox.yml", folder / "a.floor.json"
        mine.write_text(text, encoding="utf-8")
        cache = f"cache: true\ncache_plugin: ansible.builtin.jsonfile\ncache_connection: {folder / 'cache'}\n"
        cached.write_text(text + cache, encoding="utf-8")
        listed = subprocess.run(
            [ours, "-i", str(cached), "--list"],
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        floor.write_text(json.dumps(plain(json.loads(listed.stdout)["_meta"]["hostvars"])), encoding="utf-8")
        del listed
        works: dict[str, t.Any] = {}
        for mode in ("--graph", "--list"):
            for kind, source in (("floor", floor), ("ours", mine), ("ours, cached", cached)):
                works[f"{kind} {mode}"] = functools.partial(run, environment, ours, source, mode)
        if options.peer:
            # It knows no v2 tokens by itself.
            theirs = folder / "c.netbox.yml"
            theirs.write_text(
                f"plugin: netbox.netbox.nb_inventory\ntoken: {{type: Bearer, value: {token}}}\nservices: false\n"
                "plurals: false\n",
                encoding="utf-8",
            )
            away = {**environment, "ANSIBLE_COLLECTIONS_PATH": name}
            works["netbox.netbox --graph"] = functools.partial(
                run, away, str(options.peer / "ansible-inventory"), theirs, "--graph"
            )
        seen: dict[str, list[Cost]] = {name: [] for name in works}

        def noting(name: str) -> None:
            seen[name].append(works[name]())

        seconds, dummy = in_turns({name: functools.partial(noting, name) for name in works}, options.rounds)
    rows = []
    for name, costs in seen.items():
        floors = seen["floor " + name.split()[-1]]
        cpu = statistics.median(cost.cpu for cost in costs)
        peak = statistics.median(cost.megabytes for cost in costs)
        rows.append(
            [
                name,
                median_and_spread([cost.cpu for cost in costs]),
                f"{cpu / statistics.median(cost.cpu for cost in floors):.2f}",
                f"{peak:.0f}",
                f"{peak / statistics.median(cost.megabytes for cost in floors):.2f}",
                median_and_spread(seconds[name]),
            ]
        )
    print(table(["what", "CPU s", "/ floor", "peak MB", "/ floor", "wall s"], rows))


if __name__ == "__main__":
    main()
