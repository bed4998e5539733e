# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Combine the parts of a list whose filters do not fit into one URL. Each part is read with its own requests.

The rows of all parts are yielded in ID order. A row is yielded as soon as no part can return a row with a lower ID. One
or two pages of each part are in memory, so pages are smaller if there are more parts.
"""

from __future__ import annotations

import collections
import dataclasses
import heapq
from collections.abc import Iterator, Sequence

from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import look_ahead
from ansible_collections.netbox.cursor.plugins.module_utils._lists.rows import Row, required_id
from ansible_collections.netbox.cursor.plugins.module_utils._lists.workers import Tasks, Workers

# Maximum number of rows in a batch.
BATCH = 300


def memory_share(parts: int, workers: int) -> float:
    """Return the fraction of the usual page size that fits into memory if ``parts`` parts are combined."""
    return min(1.0, look_ahead(workers) / (1.5 * parts + workers))


@dataclasses.dataclass
class _Part:
    """The pages of one part, and the rows that have arrived but were not yielded yet."""

    pages: Iterator[list[Row]]
    rows: collections.deque[Row] = dataclasses.field(default_factory=collections.deque)
    last_page: int = 0
    last_id: int = -1
    requested: bool = False
    ended: bool = False

    def next_page(self) -> list[Row] | None:
        return next(self.pages, None)


class Merge:
    """Merges ``parts``, each of which yields rows in ID order.

    Each row is yielded once, even if several parts contain it.
    """

    def __init__(self, parts: Sequence[Iterator[list[Row]]], workers: Workers) -> None:
        self._parts = [_Part(pages) for pages in parts]
        self._workers = workers
        self._tasks: Tasks[int, list[Row] | None] = Tasks(workers)
        # For each part that has rows, the ID of its first row and the index of the part.
        self._heap: list[tuple[int, int]] = []
        self._last = -1

    def pages(self) -> Iterator[list[Row]]:
        """Yield the rows in ID order, in batches."""
        try:
            while True:
                self._request()
                if any(not part.rows and not part.ended for part in self._parts):
                    self._store(*self._tasks.next_ended())
                    continue
                rows = self._take()
                if rows:
                    yield rows
                if not self._heap and all(part.ended for part in self._parts):
                    return
        finally:
            self._tasks.drop()

    def _request(self) -> None:
        """Request pages of the parts whose rows will be used up first."""
        due = [
            (part.last_id, number)
            for number, part in enumerate(self._parts)
            if not part.ended and not part.requested and 2 * len(part.rows) <= part.last_page
        ]
        for dummy, number in sorted(due)[: self._workers.size - self._tasks.running]:
            part = self._parts[number]
            part.requested = True
            self._tasks.start(number, part.next_page)

    def _store(self, number: int, rows: list[Row] | None) -> None:
        part = self._parts[number]
        part.requested = False
        if rows is None:
            part.ended = True
        elif rows:
            if not part.rows:
                heapq.heappush(self._heap, (required_id(rows[0]), number))
            part.rows.extend(rows)
            part.last_page, part.last_id = len(rows), required_id(rows[-1])

    def _take(self) -> list[Row]:
        """Return the next rows in ID order. Stop when a part needs its next page."""
        rows: list[Row] = []
        while self._heap and len(rows) < BATCH:
            number_id, number = self._heap[0]
            part = self._parts[number]
            row = part.rows.popleft()
            if number_id != self._last:
                self._last = number_id
                rows.append(row)
            if part.rows:
                heapq.heapreplace(self._heap, (required_id(part.rows[0]), number))
            else:
                heapq.heappop(self._heap)
                if not part.ended:
                    break
        return rows
