# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How much sooner a list comes by several cursors: python tests/bench/split_cursor.py

The server: 16 workers, 20 ms on the way, 1.3 ms per row (a full device on NetBox 4.6.8: FACTS 5, 14), 20,000 rows; the
ids follow each other, or 90 % of them lie in 1 % of their range.
"""

from __future__ import annotations

import concurrent.futures
import functools
import statistics
import sys
import tempfile
import typing as t
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[5]))

from ansible_collections.netbox.cursor.plugins.module_utils._client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._pager import Pager
from ansible_collections.netbox.cursor.tests.bench._measure import in_turns, median_and_spread, stand_in, table

# A stand-in whose sites have the ids we want: the estates that it makes up by itself have theirs close together.
PROGRAM = """
import sys
sys.path.insert(0, {root!r})
from ansible_collections.netbox.cursor.tests.stand_in import serve
ids = {ids}
with serve(version="4.6", workers=16, latency=0.02, row_cost=0.0013) as netbox:
    netbox.table("dcim/sites").replace({{number: {{"id": number, "name": f"site {{number}}"}} for number in ids}})
    print("stand-in at", netbox.url, "token", netbox.tokens["v1"], flush=True)
    sys.stdin.read()
"""
# 90 % of 20,000 rows in the first 1 % of 1.8 million ids.
IDS = {
    "even": "range(1, 20_001)",
    "skewed": "[*range(1, 18_001), *range(18_890, 18_890 + 890 * 2_000, 890)]",
}


def walk(url: str, token: str, workers: int) -> tuple[int, int, int]:
    """Rows, their checksum, and requests."""
    lines: list[str] = []
    client = Client(url, token, log=lambda verbosity, line: lines.append(line))
    with client, Pager(client, max_workers=workers) as pager:
        ids = [row["id"] for row in pager.rows("dcim/sites")]
    requests = next(int(line.split(" requests")[0].split()[-1]) for line in lines if " requests" in line)
    return len(ids), hash(tuple(ids)), requests


def measure(name: str, rounds: int, counts: tuple[int, ...] = (1, 2, 4, 8, 16)) -> str:
    program = PROGRAM.format(root=str(Path(__file__).resolve().parents[5]), ids=IDS[name])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "server.py"
        path.write_text(program, encoding="utf-8")
        with stand_in(program=path) as (url, token):
            works: dict[str, t.Any] = {str(count): functools.partial(walk, url, token, count) for count in counts}
            seconds, results = in_turns(works, rounds)
    assert len({result[:2] for result in results.values()}) == 1, "not the same rows"
    alone = statistics.median(seconds["1"])
    return table(
        ["workers", "seconds: median (spread)", "requests", "sooner"],
        [
            [count, median_and_spread(times), results[count][2], f"{alone / statistics.median(times):.1f} x"]
            for count, times in seconds.items()
        ],
    )


if __name__ == "__main__":
    # Side by side: nearly all of the time both sides sleep, as long as the rows would take.
    with concurrent.futures.ProcessPoolExecutor() as processes:
        measured = processes.map(functools.partial(measure, rounds=int((sys.argv[1:] or ["3"])[0])), IDS)
        for kind, lines in zip(IDS, measured):
            print(f"\n20,000 rows, {kind} ids\n\n{lines}", flush=True)
