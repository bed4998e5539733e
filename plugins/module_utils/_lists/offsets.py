# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""A list walked by offset without losing rows, one window after the other or several at once.

An offset counts rows, so that a row deleted behind us moves all later ones up, past the next window (FACTS 13). In id
order this can be seen and mended: each window begins with the last row of the one before, and where it begins later,
what moved up is fetched. In an order of the user's, rows cannot be compared: a window that begins with a row that was
not seen before is an error, as is a count that is not reached.
"""

from __future__ import annotations

import dataclasses
import typing as t
from collections.abc import Iterator

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import IncompleteList
from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row, look_ahead
from ansible_collections.netbox.cursor.plugins.module_utils._lists.workers import Workers, ordered_map


@dataclasses.dataclass
class Window:
    """One answer to an offset: its ``rows``, how many the list has (``count``), and whether ``more`` follow."""

    rows: list[Row]
    count: int
    more: bool


# Windows in a row in which nothing is new. Some come after many rows were deleted; a server that does not look at the
# offset, or whose count is too high, gives them for ever.
MOST_IN_VAIN = 100
# Larger ids are no ids of NetBox's, whose are numbers of 64 bits.
HIGHEST_ID = 2**63 - 1

Ask = t.Callable[[int, int], Window]
"""Asks for so many rows (second) from an offset (first) on. It may bring fewer, and say that there are more."""


def numeric_ids(rows: list[Row]) -> list[int] | None:
    """The ids of ``rows``; ``None`` where not all are numbers, by which rows could be compared."""
    ids = [row.get("id") for row in rows]
    if all(isinstance(number, int) and 0 <= number <= HIGHEST_ID for number in ids):
        return t.cast("list[int]", ids)
    return None


def whole(window: Window, endpoint: str, sort: bool) -> list[Row]:
    """The rows of a list that is all in one window. ``sort``: into id order, where they have ids that are numbers."""
    rows, seen = [], set()
    for row in window.rows:
        # Where the order is not that of the ids, a repeated row need not follow itself.
        if "id" not in row or row["id"] not in seen:
            rows.append(row)
            seen.add(row.get("id"))
    if len(window.rows) < window.count:
        raise _incomplete(endpoint, len(window.rows), window.count)
    return sorted(rows, key=lambda row: row["id"]) if sort and numeric_ids(rows) is not None else rows


def walk(
    first: Window, ask: Ask, endpoint: str, *, by_id: bool, size: int, workers: Workers | None, most: int | None
) -> Iterator[list[Row]]:
    """The rows of ``first``, the window at offset 0, and of all that follow, each once, a window at a time.

    ``by_id``: the rows are asked for in id order. ``size``: rows of a window. ``workers``: ``None`` asks for one window
    after the other. ``most``: how many rows are wanted; ``None`` for all. Raises :class:`IncompleteList` when rows were
    lost and cannot be found again.
    """
    ids = numeric_ids(first.rows)
    walked: _ById | _ByCount
    if by_id and size > 1 and ids is not None and ids == sorted(ids):
        walked = _ById(ask, size, endpoint)
    else:
        walked = _ByCount(ask, size, endpoint, most)
    offsets = range(walked.step, min(first.count, most or first.count), walked.step)
    if workers is None:
        windows: Iterator[Window] = map(walked.window, offsets)
    else:
        windows = ordered_map(workers, walked.window, offsets, look_ahead(workers.size))
    return walked.rows(first, zip(offsets, windows))


def _incomplete(endpoint: str, rows: int, count: int) -> IncompleteList:
    return IncompleteList(
        f"{endpoint}: NetBox counts {count} rows and gave {rows}. The list changed while it was read by offset, or its "
        "order is not a stable one; ask again, or without an ordering."
    )


class _Patience:
    """Ends a walk that brings nothing new any more."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._in_vain = 0

    def came(self, new: list[Row]) -> None:
        self._in_vain = 0 if new else self._in_vain + 1
        if self._in_vain > MOST_IN_VAIN:
            raise IncompleteList(
                f"{self._endpoint}: NetBox counts more rows, and gives none that it did not give before."
            )


def once(rows: list[Row]) -> list[Row]:
    """``rows`` without a row that follows itself: filters that join several rows can repeat one (FACTS 13)."""
    return [
        row
        for number, row in enumerate(rows)
        if not number or "id" not in row or row["id"] != rows[number - 1].get("id")
    ]


class _ById:
    """Windows in id order. Each begins with the last row of the one before; one that does not has rows missing before
    it, which are looked for in front of where they were."""

    def __init__(self, ask: Ask, size: int, endpoint: str) -> None:
        self._ask = ask
        self._size = size
        self._endpoint = endpoint
        self.step = size - 1
        self._last = -1
        self._patience = _Patience(endpoint)

    def window(self, offset: int) -> Window:
        return self._ask(offset, self._size)

    def rows(self, first: Window, windows: Iterator[tuple[int, Window]]) -> Iterator[list[Row]]:
        """The rows of ``first`` and of all that follow. ``windows`` are asked for already, with their offsets."""
        yield self._new(first)
        offset, window = 0, first
        for following, ahead in windows:
            if not self._joins(ahead):
                yield from self._catch_up(self._after(offset, window), ahead)
                if not ahead.rows:
                    return
            yield self._new(ahead)
            offset, window = following, ahead
            if not window.more:
                self._check_end(offset, window)
                return
        # The list has grown since the first window told its length.
        yield from self._catch_up(self._after(offset, window), None)

    def _catch_up(self, offset: int, ahead: Window | None) -> Iterator[list[Row]]:
        """The rows from ``offset`` on, wherever they have moved, up to those of ``ahead`` or to the end."""
        stop = ahead.rows[0]["id"] if ahead and ahead.rows else None
        back, overlaps = self.step, True
        while True:
            window = self.window(offset)
            if offset and overlaps and not self._joins(window):
                offset = max(0, offset - back)
                back *= 2
                continue
            yield self._new(window)
            if not window.more:
                self._check_end(offset, window)
                return
            if stop is not None and self._last >= stop:
                return
            offset, back, overlaps = self._after(offset, window), self.step, len(window.rows) > 1

    def _joins(self, window: Window) -> bool:
        return bool(window.rows) and window.rows[0]["id"] <= self._last

    def _after(self, offset: int, window: Window) -> int:
        """Where the next window must begin to overlap ``window``, which may have come shorter than asked for."""
        return offset + max(1, len(window.rows) - 1)

    def _new(self, window: Window) -> list[Row]:
        """The rows of ``window`` that were not handed on yet."""
        ids = numeric_ids(window.rows)
        if ids is None or ids != sorted(ids):
            raise IncompleteList(f"{self._endpoint}: NetBox gave rows that are not in the order of their ids.")
        new = [row for row in once(window.rows) if row["id"] > self._last]
        self._patience.came(new)
        if new:
            self._last = new[-1]["id"]
        return new

    def _check_end(self, offset: int, window: Window) -> None:
        if offset + len(window.rows) < window.count and window.rows:
            raise _incomplete(self._endpoint, offset + len(window.rows), window.count)


class _ByCount:
    """Windows in an order that cannot be checked row by row, each with the last row of the one before if they have more
    than one: what is repeated is dropped, what is lost is counted."""

    def __init__(self, ask: Ask, size: int, endpoint: str, most: int | None) -> None:
        self._ask = ask
        self._endpoint = endpoint
        self._most = most
        self._size = size
        self.step = max(1, size - 1)
        self._patience = _Patience(endpoint)
        self._seen: set[t.Any] = set()
        self._repeated = 0
        self._total = 0

    def window(self, offset: int) -> Window:
        """The rows of one window, in several requests where one is too much for the server."""
        answer = self._ask(offset, self._size)
        rows = answer.rows
        while answer.more and answer.rows and len(rows) < self._size:
            answer = self._ask(offset + len(rows), self._size - len(rows))
            rows = rows + answer.rows
        return Window(rows, answer.count, answer.more)

    def rows(self, first: Window, windows: Iterator[tuple[int, Window]]) -> Iterator[list[Row]]:
        """The rows of ``first`` and of all that follow. ``windows`` are asked for already, with their offsets."""
        yield self._new(first)
        following, last = self.step, first
        for offset, last in windows:
            self._check_joint(last)
            following = offset + self.step
            yield self._new(last)
            if not last.more:
                break
        while last.more and last.rows and not self._enough():
            # The list has grown since the first window told its length.
            last = self.window(following)
            following += self.step
            self._check_joint(last)
            yield self._new(last)
        expected = min(first.count, last.count) - self._repeated
        if not self._enough() and self._total < expected:
            raise _incomplete(self._endpoint, self._total, expected)

    def _check_joint(self, window: Window) -> None:
        """A window begins with a row of the one before, unless rows were deleted: then as many were passed over."""
        first = window.rows[0] if window.rows else {"id": None}
        if self._size > 1 and "id" in first and first["id"] not in self._seen:
            raise IncompleteList(
                f"{self._endpoint}: rows were deleted while it was read by offset, in no order of ids."
            )

    def _enough(self) -> bool:
        return self._most is not None and self._total >= self._most

    def _new(self, window: Window) -> list[Row]:
        """The rows of ``window`` that were not handed on yet."""
        single = once(window.rows)
        self._repeated += len(window.rows) - len(single)
        new = [row for row in single if "id" not in row or row["id"] not in self._seen]
        self._seen.update(row["id"] for row in new if "id" in row)
        self._total += len(new)
        self._patience.came(new)
        return new
