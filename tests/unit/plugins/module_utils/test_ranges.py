# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""For any distribution of IDs, several cursors work in parallel and few rows are in memory. The test uses a simulated
clock."""

from __future__ import annotations

import functools
import heapq
import itertools
import random
import typing as t
from bisect import bisect_left
from collections.abc import Callable, Sequence
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.netbox.cursor.plugins.module_utils._lists import ranges
from ansible_collections.netbox.cursor.plugins.module_utils._lists.answers import Page
from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import look_ahead
from ansible_collections.netbox.cursor.plugins.module_utils._lists.workers import Workers

# 20 ms, in units of the time for one row (1.3 ms).
LATENCY = 15


class Counted(dict[str, t.Any]):
    """A row that is counted while a reference to it exists."""

    held = 0

    def __init__(self, number: int) -> None:
        super().__init__(id=number)
        Counted.held += 1

    def __del__(self) -> None:
        Counted.held -= 1


class Server:
    """A server for rows with these IDs. It responds immediately, and records the simulated time and the number of rows
    in memory."""

    def __init__(self, ids: Sequence[int], page_rows: int) -> None:
        self.ids = ids
        self.rows = 0
        self.most_held = 0
        self.clock = 0.0
        self.page_rows = page_rows

    def fetch(self, start: int, stop: int | None, rows: int) -> Page:
        first = bisect_left(self.ids, start)
        end = len(self.ids) if stop is None else bisect_left(self.ids, stop)
        found = list(self.ids[first : min(end, first + rows)])
        self.rows += len(found)
        page = Page([Counted(one) for one in found], found, found[-1] + 1 if len(found) >= rows else None)
        self.most_held = max(self.most_held, Counted.held)
        return page

    def survey(self) -> tuple[int, int]:
        return len(self.ids), self.ids[-1]


class Clockwork:
    """Replaces ``Tasks``. Tasks end in the order of the server's simulated clock."""

    def __init__(self, server: Server, workers: Workers) -> None:
        self._server = server
        self._workers = workers
        self._numbers = itertools.count()
        self._under_way: list[tuple[float, int, object, t.Any]] = []

    @property
    def running(self) -> int:
        return len(self._under_way)

    def start(self, key: object, function: Callable[..., t.Any], *arguments: object) -> None:
        result = function(*arguments)
        end = self._server.clock + LATENCY + (len(result.rows) if isinstance(result, Page) else 1)
        heapq.heappush(self._under_way, (end, next(self._numbers), key, result))
        assert self.running <= self._workers.size

    def next_ended(self) -> tuple[object, t.Any]:
        self._server.clock, dummy, key, result = heapq.heappop(self._under_way)
        return key, result

    def drop(self) -> None:
        self._under_way.clear()


def walk(ids: Sequence[int], workers: int, limit: int) -> Server:
    """Read all rows with this number of cursors, check that each row is returned once and in order, and return the
    server."""
    server = Server(ids, limit)
    with mock.patch.object(ranges, "Tasks", functools.partial(Clockwork, server)):
        first = server.fetch(0, None, limit)
        server.clock = LATENCY + len(first.rows)
        seen: list[int] = []
        for page in ranges.read_ranges(first, server, Workers(workers)):
            seen += [row["id"] for row in page]
    assert seen == list(ids)
    return server


def clusters(number: int) -> list[int]:
    """Return 20,000 IDs. Nine in ten form this number of clusters, and the others are spread over a range that is a
    hundred times larger."""
    room = 1_800_000
    ids = {1 + place * room // number + one for place in range(number) for one in range(18_000 // number)}
    chance = random.Random(1)
    while len(ids) < 20_000:
        ids.add(chance.randrange(1, room))
    return sorted(ids)


FIRST = clusters(1)
SHAPES = {
    "even": range(1, 20_001),
    "every seventh": range(1, 140_000, 7),
    "dense first": FIRST,
    "dense last": [1_800_001 - one for one in reversed(FIRST)],
    "dense in the middle": sorted((one + 900_000) % 1_800_000 for one in FIRST),
    "in 5 clusters": clusters(5),
    "in 20 clusters": clusters(20),
    "in 100 clusters": clusters(100),
    "a huge gap": [*range(1, 10_001), *range(10**9, 10**9 + 10_000)],
    "one far away": [*range(1, 20_000), 10**12],
    "sparser and sparser": [int(1.0009**one * 1000) + one for one in range(20_000)],
    "denser and denser": [10**12 - int(1.0009**one * 1000) - one for one in reversed(range(20_000))],
}


@pytest.mark.parametrize("workers", [2, 4, 8])
@pytest.mark.parametrize("shape", SHAPES)
def test_no_shape_of_the_ids_lets_workers_stand_idle(shape: str, workers: int) -> None:
    ids = SHAPES[shape]
    alone = len(ids) + (len(ids) // 500 + 1) * LATENCY
    server = walk(ids, workers, 500)
    assert alone / server.clock > workers / 2
    assert server.rows < 1.3 * len(ids)


@st.composite
def sets_of_ids(draw: t.Any) -> list[int]:
    """Ranges of evenly spaced IDs, with gaps of any size between them."""
    ids = [1]
    gaps = st.sampled_from([0, 1, 50, 1000, 10**5, 10**9])
    for gap, step, length in draw(st.lists(st.tuples(gaps, st.sampled_from([1, 1, 3, 40]), st.integers(1, 900)))):
        first = ids[-1] + 1 + gap
        ids.extend(range(first, first + length * step, step))
    return ids


@pytest.mark.slow
@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(ids=sets_of_ids(), workers=st.integers(2, 8), limit=st.sampled_from([1, 2, 7, 50]))
def test_rows_come_once_and_few_are_held_or_asked_for_twice(ids: list[int], workers: int, limit: int) -> None:
    server = walk(ids, workers, limit)
    # In addition to prefetched pages: the page that the caller processes, and the last received page.
    assert server.most_held <= (look_ahead(workers) + 2) * limit
    assert server.rows <= 1.5 * len(ids) + look_ahead(workers) * limit
