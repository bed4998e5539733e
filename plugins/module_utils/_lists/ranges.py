# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""One range of ids walked by several cursors at once; REST and GraphQL alike.

The ids not yet read form a line of pieces, in id order. A free worker takes a piece from the front of the line, cut so
that it should hold one page; what a page leaves of its piece becomes a piece again, at its place. Each id belongs to
one piece at any time, so each row comes once; and since work is always taken from the front, few pages wait for the
ones before them, whatever the ids look like. (Halves of the largest piece would end as soon, but then nearly the whole
list would have to wait in memory to come out in id order.)

How wide a piece must be to hold one page is read from the pages themselves: ids may be dense here and sparse there.
"""

from __future__ import annotations

import dataclasses
import typing as t
from collections.abc import Iterator

from ansible_collections.netbox.cursor.plugins.module_utils._lists.workers import Tasks, Workers

Row = dict[str, t.Any]

# Of sparse ids a piece is cut for a little less than a page: a page that is not full leaves no crumb to ask for.
FILLING = 0.9
# One page says little of the ids far ahead: estimates change by this factor at most where no rows were seen.
LARGEST_STEP = 4.0
# Pages that must be expected in front before a page behind, already there, is given up for them.
WORTH = 4


@dataclasses.dataclass
class Page:
    """One answer to a cursor: ``rows`` with their ``ids``, ascending, and ``next``, the start of the page that follows.

    ``next`` is ``None`` where the list, or the part of it that was asked for, ends.
    """

    rows: list[Row]
    ids: list[int]
    next: int | None


class Fetch(t.Protocol):
    """A way to ask for pages."""

    def __call__(self, start: int, stop: int | None, limit: int) -> Page:
        """Ask for the page of at most ``limit`` rows from id ``start``.

        ``stop`` is the first id that is not wanted any more, or ``None``. It may be ignored: what is too much is
        dropped.
        """


Survey = t.Callable[[], tuple[int, int]]
"""Tells how many rows the whole list has, and its highest id."""


@dataclasses.dataclass(eq=False)
class _Piece:
    """The ids from ``start`` up to, not including, ``stop`` (``None``: the end of the list)."""

    start: int
    stop: int | None
    density: float
    """Rows per id that are expected here; at most 1, more than 0."""
    asked: bool = False
    rows: list[Row] | None = None


def follow(page: Page, fetch: Fetch, limit: int) -> Iterator[list[Row]]:
    """The rows of ``page`` and of all that follow, one page after the other."""
    while True:
        yield page.rows
        if page.next is None:
            return
        page = fetch(page.next, None, limit)


def walk(page: Page, fetch: Fetch, survey: Survey, workers: Workers, limit: int) -> Iterator[list[Row]]:
    """The rows of ``page`` and of all that follow, in id order, a page at a time, fetched by all workers at once.

    The rows under way and those waiting for their turn are together never more than :func:`look_ahead` pages hold.
    """
    if page.next is None:
        yield page.rows
    else:
        yield from _Walk(page, fetch, survey, workers, limit).pages()


def look_ahead(workers: int) -> int:
    """How many full pages are under way or waiting at most, for that many workers."""
    return workers + max(2, workers // 2)


class _Walk:
    def __init__(self, page: Page, fetch: Fetch, survey: Survey, workers: Workers, limit: int) -> None:
        self._first = page
        self._fetch = fetch
        self._survey = survey
        self._limit = limit
        self._workers = workers
        self._tasks: Tasks[_Piece | None, t.Any] = Tasks(workers)
        self._most = look_ahead(workers.size)
        self._line = [_Piece(page.next or 0, None, _density(page.ids) or 1.0)]
        self._read = len(page.rows)
        # Highest id when the walk began; unknown until the survey is back. Newer rows are found by the open last piece.
        self._last: int | None = None

    def pages(self) -> Iterator[list[Row]]:
        # The page that comes next in any case is asked for beside the survey, open-ended.
        self._ask(self._line[0])
        self._tasks.start(None, self._survey)
        try:
            yield self._first.rows
            while self._line:
                if self._line[0].rows is not None:
                    rows = self._line.pop(0).rows
                    if rows:
                        yield rows
                    continue
                self._ask_more()
                piece, answer = self._tasks.next_ended()
                if piece is None:
                    self._plan(*answer)
                else:
                    self._settle(piece, answer)
        finally:
            self._tasks.drop()

    def _ask(self, piece: _Piece) -> None:
        piece.asked = True
        limit = self._limit if piece.stop is None else min(self._limit, piece.stop - piece.start)
        self._tasks.start(piece, self._fetch, piece.start, piece.stop, limit)

    def _ask_more(self) -> None:
        """Give each free worker a piece, from the front of the line."""
        position = 0
        while position < len(self._line) and self._tasks.running < self._workers.size:
            piece = self._line[position]
            if not piece.asked:
                if position and not self._has_room(position):
                    return
                self._cut(position)
                self._ask(piece)
            position += 1

    def _has_room(self, position: int) -> bool:
        """Whether the piece at ``position`` may be asked for: one page is kept for the front, on which all others wait.

        Before workers stand idle in front of many rows, those that would wait longest are given up, to be asked for
        again: ids turned out dense here, where the pages behind had been expected next.
        """
        piece = self._line[position]
        excess = self._held() - (self._most - 2) * self._limit
        behind = [later for later in self._line[position + 1 :] if later.rows]
        if excess > 0 and (
            (self._end_of(piece) - piece.start) * piece.density < WORTH * self._limit
            or sum(len(later.rows or ()) for later in behind) < excess
        ):
            return False
        while excess > 0:
            excess -= self._give_up(behind.pop())
        return True

    def _give_up(self, piece: _Piece) -> int:
        """Put a piece that was read back into the line; tells how many rows that spares."""
        rows = len(piece.rows or ())
        if piece.stop is not None:
            piece.density = min(1.0, rows / (piece.stop - piece.start))
        piece.rows, piece.asked = None, False
        self._read -= rows
        return rows

    def _held(self) -> int:
        """Rows that wait for their turn, and that may come with the pages under way."""
        return sum(self._limit if piece.rows is None else len(piece.rows) for piece in self._line if piece.asked)

    def _cut(self, position: int) -> None:
        """Shorten a free piece of the line to what should fill one page, and put the rest behind it."""
        piece = self._line[position]
        left = sum((self._end_of(piece) - piece.start) * piece.density for piece in self._line if not piece.asked)
        # The last rows are shared out among the workers, in pages that are not too small to be worth a request.
        goal = min(self._limit, max(left / self._workers.size, self._limit / 2))
        if piece.density < 1:
            goal *= FILLING
        stop = piece.start + max(1, int(goal / piece.density))
        if stop < self._end_of(piece):
            self._line.insert(position + 1, _Piece(stop, piece.stop, piece.density))
            piece.stop = stop

    def _end_of(self, piece: _Piece) -> int:
        if piece.stop is not None:
            return piece.stop
        return max(piece.start, (self._last or 0) + 1)

    def _plan(self, count: int, last: int) -> None:
        """The survey is back: spread the rows that are left over the ids that are left."""
        self._last = last
        piece = self._line[-1]
        left = count - self._read - self._limit
        if left > 0 and piece.asked and piece.rows is None and piece.stop is None:
            # The open-ended page under way keeps what should fill it; what it brings beyond is dropped.
            stop = piece.start + max(1, int(self._limit / piece.density))
            if stop <= last:
                piece.stop = stop
                self._line.append(_Piece(stop, None, min(1.0, left / (last + 1 - stop))))

    def _settle(self, piece: _Piece, page: Page) -> None:
        """A page came for ``piece``: keep what belongs to it, put back what it left, learn from it."""
        position = self._line.index(piece)
        stop = piece.stop
        wanted = len(page.ids)
        if stop is not None:
            while wanted and page.ids[wanted - 1] >= stop:
                wanted -= 1
        piece.rows = page.rows[:wanted] if wanted < len(page.rows) else page.rows
        self._read += wanted
        if page.next is not None and (stop is None or page.next < stop):
            self._line.insert(position + 1, _Piece(page.next, stop, _density(page.ids) or piece.density))
            piece.stop = page.next
        elif stop is not None and (stop - piece.start) * piece.density >= self._limit / 4:
            # Read to its end, and wide enough to tell: what follows is likely to be as dense, or as sparse.
            following = next((piece for piece in self._line[position + 1 :] if not piece.asked), None)
            if following:
                seen = wanted / (stop - piece.start)
                following.density = min(1.0, max(seen, following.density / LARGEST_STEP))


def _density(ids: list[int]) -> float | None:
    """Rows per id at the end of a page: its last quarter says most about what follows."""
    last = ids[-max(2, len(ids) // 4) :]
    return (len(last) - 1) / (last[-1] - last[0]) if len(last) > 1 else None
