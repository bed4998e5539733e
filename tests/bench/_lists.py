# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The costs of a list of devices: with netbox.cursor, pynetbox, and the lookup of netbox.netbox."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from ansible_collections.netbox.cursor.tests.bench._netbox import WORKERS
from ansible_collections.netbox.cursor.tests.bench._runs import CHILD, Work

GROUP, GROWTH, SPLIT = "lists", "growth", "split_cursor"
ENDPOINT = "dcim/devices"
# Whole devices, of which there are so many, on the way for so many milliseconds.
SIZES = (20_000,)
ALL_SIZES = (20_000, 200_000)
LATENCIES = (20, 1, 80)
# Cursors of ours at once.
CURSORS = (1, 2, 4, 8, 16)
NB_QUERY, NB_LOOKUP = "nb_query, 4 workers", "netbox.netbox, nb_lookup"
# The client parses with orjson if it is installed, as it is for the benchmarks.
WITHOUT_ORJSON = "netbox.cursor, 1 worker, without orjson"
PLAIN, BY_CURSOR = "pynetbox", "pynetbox, cursor"
# Rows of the list of which only ids and names are read.
GROWN = (1_000, 10_000, 100_000)
ALL_GROWN = (*GROWN, 1_000_000)
GROWTH_CASE = "ids and names"
GROWN_BY_CURSOR, GROWN_BY_OFFSET = "netbox.cursor, 8 workers", "netbox.cursor, 8 workers, by offset"
# By offset, each page makes NetBox count off all rows before it.
MOST_BY_OFFSET = 100_000
# Ranges of 20,000 ids, one after the other, and with 90 % of them in 1 % of their range.
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
    """Whether it is measured: what takes minutes only with all, and never what takes an hour."""
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
    """The first rows of a list that is as long as it has to be."""
    yield walk(GROWN_BY_CURSOR, "pager", 8, rows)
    if rows <= MOST_BY_OFFSET:
        yield walk(GROWN_BY_OFFSET, "pager-offset", 8, rows)


def split() -> Iterator[Work]:
    for cursors in CURSORS:
        yield walk(pager(cursors), "pager", cursors)
