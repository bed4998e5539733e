# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The costs of reading a list of devices with netbox.cursor, pynetbox, and the lookup plugin of netbox.netbox."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from ansible_collections.netbox.cursor.tests.bench._netbox import WORKERS
from ansible_collections.netbox.cursor.tests.bench._runs import CHILD, Work

GROUP, GROWTH, SPLIT = "lists", "growth", "split_cursor"
ENDPOINT = "dcim/devices"
# Numbers of complete devices in the lists, and latencies in milliseconds.
SIZES = (20_000,)
ALL_SIZES = (20_000, 200_000)
LATENCIES = (20, 1, 80)
# Numbers of workers for netbox.cursor. Each worker reads with its own cursor.
CURSORS = (1, 2, 4, 8, 16)
NB_QUERY, NB_LOOKUP = "nb_query, 4 workers", "netbox.netbox, nb_lookup"
# The client parses JSON with orjson if it is installed. It is installed for the benchmarks.
WITHOUT_ORJSON = "netbox.cursor, 1 worker, without orjson"
PLAIN, BY_CURSOR = "pynetbox", "pynetbox, cursor"
# Numbers of rows to read with only their IDs and names.
GROWN = (1_000, 10_000, 100_000)
ALL_GROWN = (*GROWN, 1_000_000)
GROWTH_CASE = "ids and names"
GROWN_BY_CURSOR, GROWN_BY_OFFSET = "netbox.cursor, 8 workers", "netbox.cursor, 8 workers, by offset"
# With an offset, NetBox reads and skips all earlier rows for each page.
MOST_BY_OFFSET = 100_000
# Arguments of `range` for 20,000 IDs: consecutive IDs, and IDs of which 90 % are in 1 % of the whole range.
IDS = {
    "even": [(1, 20_001, 1)],
    "skewed": [(1, 18_001, 1), (18_890, 18_890 + 890 * 2_000, 890)],
}


def pager(workers: int) -> str:
    return f"netbox.cursor, {workers} worker{'s' if workers > 1 else ''}"


def threaded(workers: int) -> str:
    return f"pynetbox, threaded, {workers} workers"


def walk(by: str, client: str, workers: int = 1, rows: int | None = None) -> Work:
    command = (sys.executable, str(CHILD / "walk.py"), client, ENDPOINT, str(workers), *([str(rows)] if rows else []))
    return Work(by, command, int, prepares="rows")


def fits(size: int, latency: int, by: str, full: bool) -> bool:
    """Return whether to measure a combination.

    Combinations that take minutes require `full`. Combinations that take an hour never run.
    """
    if size > SIZES[-1]:
        return full and latency == LATENCIES[0] and by not in (PLAIN, NB_LOOKUP, pager(1), pager(2), WITHOUT_ORJSON)
    if latency != LATENCIES[0]:
        return full or by == pager(8)
    return full or by not in (PLAIN, threaded(WORKERS), pager(2))


def works() -> Iterator[Work]:
    for cursors in CURSORS:
        yield walk(pager(cursors), "pager", cursors)
    yield walk(WITHOUT_ORJSON, "pager-without-orjson")
    yield walk(NB_QUERY, "nb_query", 4)
    yield walk(NB_LOOKUP, "nb_lookup")
    yield walk(PLAIN, "pynetbox")
    for threads in (4, WORKERS):
        yield walk(threaded(threads), "pynetbox-threaded", threads)
    yield walk(BY_CURSOR, "pynetbox-cursor")


def grown(rows: int) -> Iterator[Work]:
    """Yield the programs that read the first rows of a list."""
    yield walk(GROWN_BY_CURSOR, "pager", 8, rows)
    if rows <= MOST_BY_OFFSET:
        yield walk(GROWN_BY_OFFSET, "pager-offset", 8, rows)


def split() -> Iterator[Work]:
    for cursors in CURSORS:
        yield walk(pager(cursors), "pager", cursors)
