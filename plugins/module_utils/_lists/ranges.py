# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Read a list with one cursor, or with several cursors in parallel. REST and GraphQL share this code.

The IDs that have not been read are divided into ID ranges, which are kept in ID order. A free worker shortens the first
range that has not been requested, so that the range probably contains one page, and requests it. If a page does not
cover its range, the rest becomes a new range at the same position. Each ID belongs to one range at any time, so each
row arrives once. Workers always start with the lowest IDs. Therefore, only a few pages wait for the pages before them,
regardless of the distribution of IDs. (If workers always split the largest range, reading a list would be equally fast,
but nearly the whole list would wait in memory.)

The density of IDs can vary within a list. The received pages show how wide a range must be to contain one page.
"""

from __future__ import annotations

import dataclasses
import typing as t
from collections.abc import Iterator

from ansible_collections.netbox.cursor.plugins.module_utils._lists.answers import Page
from ansible_collections.netbox.cursor.plugins.module_utils._lists.rows import Row
from ansible_collections.netbox.cursor.plugins.module_utils._lists.workers import Tasks, Workers

# If IDs are sparse, a range is shortened to a little less than a page. Otherwise, a range would often contain a few
# rows too many, which would need an additional request.
FILLING = 0.9
# One page reveals little about distant IDs. Therefore, a page reduces the estimated density of the next range at most
# by this factor.
LARGEST_STEP = 4.0
# Rows that have already arrived are dropped to make room for an earlier range only if that range probably contains at
# least this number of pages.
WORTH = 4


class CursorList(t.Protocol):
    """A list that supports cursors."""

    @property
    def page_rows(self) -> int:
        """Number of rows to request in one page."""

    def fetch(self, start: int, stop: int | None, rows: int) -> Page:
        """Return the page of at most ``rows`` rows from ID ``start``.

        ``stop`` is the first ID after the requested range, or ``None``. The caller drops rows from this ID onward.
        """

    def survey(self) -> tuple[int, int]:
        """Return the number of rows in the list, and its highest ID. Return zeros if they are not available."""


@dataclasses.dataclass(eq=False)
class _IdRange:
    """The IDs from ``start`` up to, but not including, ``stop``. If ``stop`` is ``None``, the range has no end."""

    start: int
    stop: int | None
    density: float
    """The expected number of rows per ID: more than 0, and at most 1."""
    requested: int = 0
    """The number of rows that were requested, or zero before the request."""
    rows: list[Row] | None = None


def follow(page: Page, source: CursorList) -> Iterator[list[Row]]:
    """Yield the rows of ``page`` and of all later pages, which are requested in sequence."""
    while True:
        following = page.next
        yield page.rows
        del page  # only one page is in memory at any time
        if following is None:
            return
        page = source.fetch(following, None, source.page_rows)


def read_ranges(page: Page, source: CursorList, workers: Workers, max_rows: int | None = None) -> Iterator[list[Row]]:
    """Yield the rows of ``page`` and of all later pages in ID order, one page at a time. All workers request pages.

    At any time, the rows of at most :func:`look_ahead` full pages are requested or waiting. After ``max_rows`` rows
    have been read or requested, pages are requested only when they are needed.
    """
    if page.next is None or (max_rows is not None and len(page.rows) >= max_rows):
        yield page.rows
    else:
        yield from _Reader(page, source, workers, max_rows).pages()


def look_ahead(workers: int) -> int:
    """Return the maximum number of full pages that are requested or waiting at any time."""
    return workers + max(2, workers // 2)


class _Reader:
    def __init__(self, page: Page, source: CursorList, workers: Workers, max_rows: int | None) -> None:
        self._first = page
        self._source = source
        self._workers = workers
        self._max_rows = max_rows
        self._max_pages = look_ahead(workers.size)
        self._tasks: Tasks[_IdRange | None, t.Any] = Tasks(workers)
        self._line = [_IdRange(t.cast(int, page.next), None, _density(page.ids) or 1.0)]
        self._read = len(page.rows)
        # The highest ID, after the survey has found it. The last range has no end, so it also contains newer rows.
        self._last: int | None = None

    def pages(self) -> Iterator[list[Row]]:
        try:
            # The next page is needed in any case. Request it in parallel with the survey, without a stop ID.
            self._request(self._line[0])
            if not self._has_enough():
                self._tasks.start(None, self._source.survey)
            yield self._first.rows
            while self._line:
                if self._line[0].rows is not None:
                    rows = self._line.pop(0).rows
                    if rows:
                        yield rows
                    continue
                self._request_more()
                id_range, answer = self._tasks.next_ended()
                if id_range is None:
                    self._plan(*answer)
                else:
                    self._settle(id_range, answer)
        finally:
            self._tasks.drop()

    def _request(self, id_range: _IdRange) -> None:
        page_rows = self._source.page_rows
        if id_range.stop is not None:
            page_rows = min(page_rows, id_range.stop - id_range.start)
        id_range.requested = page_rows
        self._tasks.start(id_range, self._source.fetch, id_range.start, id_range.stop, page_rows)

    def _request_more(self) -> None:
        """Request ranges in ID order until all workers are busy."""
        position = 0
        while position < len(self._line) and self._tasks.running < self._workers.size:
            id_range = self._line[position]
            if not id_range.requested:
                if position and (self._has_enough() or not self._has_room(position)):
                    return
                self._cut(position)
                self._request(id_range)
            position += 1

    def _has_enough(self) -> bool:
        """Return whether the rows that were read or requested are enough for the caller."""
        if self._max_rows is None:
            return False
        requested = sum(id_range.requested for id_range in self._line if id_range.rows is None)
        return self._read + requested >= self._max_rows

    def _has_room(self, position: int) -> bool:
        """Return whether there is room in memory for the range at ``position``. The first range is always requested.

        If earlier ranges contain more rows than expected and workers would be idle, drop the rows that would wait
        longest, and request them again later.
        """
        id_range, page_rows = self._line[position], self._source.page_rows
        excess = self._held() - (self._max_pages - 2) * page_rows
        later = [behind for behind in self._line[position + 1 :] if behind.rows]
        if excess > 0 and (
            (self._end_of(id_range) - id_range.start) * id_range.density < WORTH * page_rows
            or sum(len(behind.rows or ()) for behind in later) < excess
        ):
            return False
        while excess > 0:
            excess -= self._give_up(later.pop())
        return True

    def _give_up(self, id_range: _IdRange) -> int:
        """Drop the rows of a range, so that they are requested again later. Return the number of dropped rows."""
        rows = len(id_range.rows or ())
        if id_range.stop is not None:
            id_range.density = min(1.0, rows / (id_range.stop - id_range.start))
        id_range.rows, id_range.requested = None, 0
        self._read -= rows
        return rows

    def _held(self) -> int:
        """Return the number of rows that wait to be yielded or might arrive in the requested pages."""
        return sum(
            id_range.requested if id_range.rows is None else len(id_range.rows)
            for id_range in self._line
            if id_range.requested
        )

    def _cut(self, position: int) -> None:
        """Shorten a range that was not requested, so that it probably fills one page. Insert the rest after it."""
        id_range, page_rows = self._line[position], self._source.page_rows
        left = sum((self._end_of(one) - one.start) * one.density for one in self._line if not one.requested)
        # The workers share the last rows, but a page of less than half the usual size is not worth a request.
        goal = min(page_rows, max(left / self._workers.size, page_rows / 2))
        if id_range.density < 1:
            goal *= FILLING
        stop = id_range.start + max(1, int(goal / id_range.density))
        if stop < self._end_of(id_range):
            self._line.insert(position + 1, _IdRange(stop, id_range.stop, id_range.density))
            id_range.stop = stop

    def _end_of(self, id_range: _IdRange) -> int:
        if id_range.stop is not None:
            return id_range.stop
        return max(id_range.start, (self._last or 0) + 1)

    def _plan(self, count: int, last: int) -> None:
        """Record the results of the survey, and distribute the remaining rows evenly over the remaining IDs."""
        self._last = last
        id_range = self._line[-1]
        left = count - self._read - id_range.requested
        if left > 0 and id_range.requested and id_range.rows is None and id_range.stop is None:
            # The last page was requested without a stop ID. Add a stop ID, so that its range probably contains exactly
            # one page. Rows from that ID onward are dropped.
            stop = id_range.start + max(1, int(id_range.requested / id_range.density))
            if stop <= last:
                id_range.stop = stop
                self._line.append(_IdRange(stop, None, min(1.0, left / (last + 1 - stop))))

    def _settle(self, id_range: _IdRange, page: Page) -> None:
        """Store the rows of ``page`` in ``id_range``, and update the estimates.

        If the page does not cover the range, the rest becomes a new range.
        """
        position = self._line.index(id_range)
        stop = id_range.stop
        kept = len(page.ids)
        if stop is not None:
            while kept and page.ids[kept - 1] >= stop:
                kept -= 1
        id_range.rows = page.rows[:kept] if kept < len(page.rows) else page.rows
        self._read += kept
        if page.next is not None and (stop is None or page.next < stop):
            rest = _IdRange(page.next, stop, _density(page.ids) or id_range.density)
            self._line.insert(position + 1, rest)
            id_range.stop = page.next
        elif stop is not None and (stop - id_range.start) * id_range.density >= self._source.page_rows / 4:
            # The range was read to its end and is wide enough to be representative. Therefore, the next range probably
            # has a similar density.
            following = next((one for one in self._line[position + 1 :] if not one.requested), None)
            if following:
                seen = kept / (stop - id_range.start)
                following.density = min(1.0, max(seen, following.density / LARGEST_STEP))


def _density(ids: list[int]) -> float | None:
    """Return the number of rows per ID at the end of a page, or ``None`` if the page has fewer than two rows.

    The last quarter of a page is the best estimate for the rows that follow.
    """
    last = ids[-max(2, len(ids) // 4) :]
    return (len(last) - 1) / (last[-1] - last[0]) if len(last) > 1 else None
