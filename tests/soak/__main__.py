# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""make soak: lists that change while they are read, a proxy that fails at random, and long runs with flat memory.

Print the measurements, and fail if a guarantee does not hold. Everything takes about 20 minutes. ``--rounds``,
``--rows``, ``--seeds``, ``--inventories``, and ``--walk`` make it shorter.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

ROOT = Path(__file__).absolute().parents[5]
sys.path.insert(0, str(ROOT))

from ansible_collections.netbox.cursor.tests import _programs  # noqa: E402
from ansible_collections.netbox.cursor.tests.soak._changes import BY_CURSOR, WAYS, WORKERS, walk  # noqa: E402
from ansible_collections.netbox.cursor.tests.soak._chaos import (  # noqa: E402
    MOST,
    PART,
    READS,
    Load,
    disturbed,
)
from ansible_collections.netbox.cursor.tests.soak._kills import at_once, killed  # noqa: E402
from ansible_collections.netbox.cursor.tests.stand_in import serve  # noqa: E402
from ansible_collections.netbox.cursor.tests.stand_in._proxy import KINDS  # noqa: E402

# By default, glibc's malloc keeps memory for each thread that ever existed, so memory grows with the number of threads.
ONE_ARENA = {"MALLOC_ARENA_MAX": "1"}
# Megabytes by which memory may grow after the first tenth of a long run.
FLAT = 10


def change(way: str, rows: int, rounds: int) -> tuple[str, bool]:
    """Read a list several times while it changes, and return whether all results are as guaranteed."""
    began = time.monotonic()
    with serve(version="4.6") as netbox:
        walks = [walk(netbox, way, rows, page_size=300) for dummy in range(rounds)]
    lost = sum(1 for one in walks if one.lost and not one.said)
    repeated = sum(one.repeated for one in walks)
    said = sum(bool(one.said) for one in walks)
    changes = sum(one.changes for one in walks)
    kept = not lost and not repeated and (way not in BY_CURSOR or not said)
    told = f"{rounds} walks over {rows} rows by {WORKERS} workers, {changes} changes meanwhile"
    ended = f"{lost} with a loss that was not said, {said} that said they could not be whole, {repeated} rows twice"
    return f"{way}: {told}: {ended}; {time.monotonic() - began:.0f} s", kept


def chaos(way: str, rows: int, seeds: int) -> tuple[str, bool]:
    """Read a list through a proxy that fails at random, once for each seed. Delays are longer than the timeout."""
    began = time.monotonic()
    load = Load(rows=rows, page_size=200, timeout=2.0, delay=3.0)
    with serve(version="4.6") as netbox:
        outcome = disturbed(netbox, READS[way], load, range(seeds))
    costs = sorted(requests / outcome.undisturbed for requests in outcome.requests)
    told = f"{seeds} reads of {rows} rows, {PART:.0%} of all requests failing ({', '.join(KINDS)})"
    ended = (
        f"{len(outcome.incomplete)} not complete; {outcome.undisturbed} requests undisturbed, and {outcome.factor:.2f} "
        f"times as many in the median (at most {MOST}), {costs[-1]:.2f} times at most"
    )
    return f"chaos, {way}: {told}: {ended}; {time.monotonic() - began:.0f} s", outcome.kept


def long_run(what: str, number: int, devices: int) -> tuple[str, bool]:
    """Measure what a process uses while it reads for a long time, and return whether this is constant."""
    began = time.monotonic()
    command = [sys.executable, str(Path(__file__).resolve().parent / "_measured.py"), what]
    environment = _programs.environment(**ONE_ARENA)
    with serve(version="4.6", estate=devices) as netbox:
        command += [netbox.url, netbox.tokens["v1"], str(number)]
        ended = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    early = next(line for line in lines if line["done"] >= number / 10)
    last = lines[-1]
    kept = last["memory"] - early["memory"] < FLAT and last["threads"] == 1 and last["sockets"] == 0
    told = f"{early['memory']} MB after {early['done']}, {last['memory']} MB after {last['done']}"
    left = f"{last['threads']} thread and {last['sockets']} sockets in the end"
    return f"{number} {what} in one process: {told}; {left}; {time.monotonic() - began:.0f} s", kept


def kills(number: int) -> tuple[str, bool]:
    """Kill refreshes at random times, and run two in parallel."""
    began = time.monotonic()
    with serve(version="4.6") as netbox, tempfile.TemporaryDirectory() as folder:
        netbox.edits.settle()
        netbox.edits.update("dcim/sites", 1, facility="first")
        hit, wrong = killed(netbox, Path(folder), number)
        wrong_at_once = at_once(netbox, Path(folder), max(1, number // 10))
    told = f"{number} refreshes killed, {hit} of them at work: {wrong} left a wrong cache"
    also = f"{max(1, number // 10)} pairs at once: {wrong_at_once}"
    return f"{told}; {also}; {time.monotonic() - began:.0f} s", not wrong and not wrong_at_once


def main() -> int:
    parser = argparse.ArgumentParser(prog="make soak")
    parser.add_argument("--rounds", type=int, default=100, help="reads of a changing list, with each type of cursor")
    parser.add_argument("--rows", type=int, default=50_000, help="number of rows in the changing list")
    parser.add_argument(
        "--seeds", type=int, default=20, help="reads through a failing proxy, with each type of pagination"
    )
    parser.add_argument("--inventories", type=int, default=200, help="number of inventories to create in one process")
    parser.add_argument("--walk", type=int, default=1_000_000, help="number of rows in the long list")
    parser.add_argument("--kills", type=int, default=200, help="number of refreshes to kill")
    options = parser.parse_args()
    all_kept = True
    # Reading by offset takes longer, and a few runs are enough to find a lost row.
    few = max(1, options.rounds // 10)
    tasks = [
        *(partial(change, way, options.rows, options.rounds if way in BY_CURSOR else few) for way in WAYS),
        *(partial(chaos, way, 20_000, options.seeds) for way in READS),
        partial(long_run, "inventories", options.inventories, 100),
        partial(long_run, "rows", options.walk, options.walk),
        partial(kills, options.kills),
    ]
    for task in tasks:
        line, kept = task()
        print(("kept: " if kept else "BROKEN: ") + line, flush=True)
        all_kept = all_kept and kept
    return 0 if all_kept else 1


if __name__ == "__main__":
    sys.exit(main())
