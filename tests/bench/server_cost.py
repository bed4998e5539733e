# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an inventory costs NetBox: python tests/bench/server_cost.py [--hosts N] [--peer BIN] [ROW ...]

The stand-in adds up what a real NetBox would work for each answer, by the figures of tests/stand_in/_costs.py (measured
on a real 4.6.8), and takes that time over it, with 16 workers, 20 ms away; ours may use them all. BIN is the bin folder
of an environment with the PyPI package ``ansible``, for netbox.netbox; ROW picks rows of the table.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import typing as t
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[5]))

from ansible_collections.netbox.cursor.tests.bench._measure import stand_in, table

COLLECTIONS = sys.path[0]
PEER = {"services": False, "plurals": False}
DETAILS = {"interfaces": True, "services": True, "dns_name": True}
# What of NetBox's cost the peer's may be at most, and the options of both.
ROWS: dict[str, tuple[dict[str, t.Any], dict[str, t.Any], float]] = {
    "all default variables": ({}, PEER, 0.45),
    "site, role, platform, status, primary_ip4": (
        {"host_vars": ["site", "role", "platform", "status", "primary_ip4"]},
        PEER,
        0.2,
    ),
    "interfaces, services, dns names": (DETAILS, {**PEER, **DETAILS}, 0.12),
}


class Cost(t.NamedTuple):
    server: float
    wall: float


def run(program: str, url: str, environment: dict[str, str], source: Path) -> Cost:
    """One ``ansible-inventory --graph``: seconds of NetBox's work, and of time."""
    before = spent(url)
    began = time.perf_counter()
    subprocess.run(
        [program, "-i", str(source), "--graph"],
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return Cost(spent(url) - before, time.perf_counter() - began)


def spent(url: str) -> float:
    with urllib.request.urlopen(f"{url}/stand-in/cost") as answer:
        return float(sum(json.load(answer).values()))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--hosts", type=int, default=25_000)
    parser.add_argument("--peer", type=Path)
    parser.add_argument("rows", nargs="*", metavar="ROW", default=list(ROWS))
    options = parser.parse_args()
    ours = str(Path(sys.executable).parent / "ansible-inventory")
    server = ("--estate", str(options.hosts), "--workers", "16", "--latency", "0.02", "--cost-factor", "1")
    lines = []
    with tempfile.TemporaryDirectory() as name, stand_in(*server) as (url, token):
        environment = {
            **os.environ,
            "NETBOX_API": url,
            "NETBOX_TOKEN": token,
            "ANSIBLE_COLLECTIONS_PATH": COLLECTIONS,
            "ANSIBLE_HOME": name,
        }
        for row in options.rows:
            mine, theirs, most = ROWS[row]
            costs: dict[str, Cost] = {}
            source = Path(name) / "a.netbox.yml"
            for transport in ("graphql", "rest"):
                text = json.dumps(
                    {"plugin": "netbox.cursor.nb_inventory", "max_workers": 16, "transport": transport, **mine}
                )
                source.write_text(text, encoding="utf-8")
                costs[f"ours, {transport}"] = run(ours, url, environment, source)
            if options.peer:
                peer = {"plugin": "netbox.netbox.nb_inventory", "token": {"type": "Bearer", "value": token}, **theirs}
                source.write_text(json.dumps(peer), encoding="utf-8")
                away = {**environment, "ANSIBLE_COLLECTIONS_PATH": name}
                costs["netbox.netbox"] = run(str(options.peer / "ansible-inventory"), url, away, source)
            last = list(costs.values())[-1]
            for who, cost in costs.items():
                ratios = (f"{cost.server / last.server:.2f}", f"{cost.wall / last.wall:.2f}")
                asked = most if who == "ours, graphql" and options.peer else ""
                lines.append([row, who, f"{cost.server:.1f}", ratios[0], asked, f"{cost.wall:.1f}", ratios[1]])
    print(table(["inventory", "by", "NetBox s", "/ last", "at most", "wall s", "/ last"], lines))


if __name__ == "__main__":
    main()
