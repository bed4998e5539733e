# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""A list walked by offset without losing rows, one window after the other or several at once.

An offset counts rows, so that a row deleted behind us moves all later ones up, past the next window (FACTS 13). In id
order this can be seen and mended: each window begins with the last row of the one before, and where it begins later,
what moved up is fetched. In an order of the user's, rows cannot be compared: a loss shows in the count, as an error.
"""

from __future__ import annotations

import dataclasses
import typing as t
from collections.abc import Iterator

from ansible_collections.netbox.cursor.plugins.module_utils._errors import IncompleteList
from ansible_collections.netbox.cursor.plugins.module_utils._ranges import Row, look_ahead
from ansible_collections.netbox.cursor.plugins.module_utils._workers import Workers, ordered_map


@dataclasses.dataclass
class Window:
    """One answer to an offset: its ``rows``, how many the list has (``count``), and whether ``more`` follow."""

    rows: list[Row]
    count: int
    more: bool


Ask = t.Callable[[int, int], Window]
"""Asks for so many rows (second) from an offset (first) on. It may bring fewer, and say that there are more."""


def numeric_ids(rows: list[Row]) -> list[int] | None:
    """The ids of ``rows``; ``None`` where not all are numbers, by which rows could be compared."""
    ids = [row.get("id") for row in rows]
    return t.cast("list[int]", ids) if all(isinstance(number, int) for number in ids) else None


def whole(window: Window, endpoint: str, sort: bool) -> list[Row]:
    """The rows of a list that is all in one window. ``sort``: into id order, where they have ids that are numbers."""
    rows = once(window.rows)
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
    if by_id and size > 1 and ids is not None and ids == sorted(ids):
        walked: _ById | _ByCount = _ById(ask, size)
    else:
        walked = _ByCount(ask, size)
    rows = walked.following(0, first.rows)
    yield rows
    total = len(rows)
    offsets = range(walked.step, min(first.count, most or first.count), walked.step)
    if workers is None:
        windows: Iterator[Window] = map(walked.window, offsets)
    else:
        windows = ordered_map(workers, walked.window, offsets, look_ahead(workers.size))
    offset, last = 0, first
    for offset, last in zip(offsets, windows):
        rows = walked.following(offset, last.rows)
        total += len(rows)
        yield rows
    while last.more and last.rows and (most is None or total < most):
        # The list has grown since the first window told its length.
        offset += walked.step
        last = walked.window(offset)
        rows = walked.following(offset, last.rows)
        total += len(rows)
        yield rows
    expected = min(first.count, last.count) - walked.repeated
    if (most is None or total < most) and total < expected:
        raise _incomplete(endpoint, total, expected)


def _incomplete(endpoint: str, rows: int, count: int) -> IncompleteList:
    return IncompleteList(
        f"{endpoint}: NetBox counts {count} rows and gave {rows}. The list changed while it was read by offset, or its "
        "order is not a stable one; ask again, or without an ordering."
    )


def once(rows: list[Row]) -> list[Row]:
    """``rows`` without a row that follows itself: filters that join several rows can repeat one (FACTS 13)."""
    return [
        row
        for number, row in enumerate(rows)
        if not number or "id" not in row or row["id"] != rows[number - 1].get("id")
    ]


class _ById:
    """Windows in id order. Each begins with the last row of the one before."""

    def __init__(self, ask: Ask, size: int) -> None:
        self._ask = ask
        self.step = size - 1
        self._last = -1
        self.repeated = 0

    def window(self, offset: int) -> Window:
        """The rows of one window, in several requests where one is too much for the server."""
        return self._span(offset, self.step + 1)

    def following(self, offset: int, rows: list[Row]) -> list[Row]:
        """What the window at ``offset`` adds to the rows handed on so far, with what moved up before it."""
        single = once(rows)
        self.repeated += len(rows) - len(single)
        new = self._joined(self._last, offset, single)
        if new:
            self._last = new[-1]["id"]
        return new

    def _span(self, offset: int, size: int) -> Window:
        answer = self._ask(offset, size)
        rows, end = answer.rows, offset + len(answer.rows)
        while answer.more and answer.rows and end < offset + size:
            answer = self._ask(end - 1, offset + size - end + 1)
            rows = rows + self._joined(rows[-1]["id"], end - 1, answer.rows)
            end += max(1, len(answer.rows) - 1)
        return Window(rows, answer.count, answer.more)

    def _joined(self, last: int, offset: int, rows: list[Row]) -> list[Row]:
        """The rows with ids above ``last``, among them those that were to be at ``offset`` and moved up."""
        if rows and offset and rows[0]["id"] > last:
            rows = self._moved_up(last, offset, rows[0]["id"]) + rows
        return [row for row in rows if row["id"] > last]

    def _moved_up(self, last: int, offset: int, stop: int) -> list[Row]:
        """The rows between the ids ``last`` and ``stop``, which stand somewhere before ``offset`` now."""
        back, step, rows = offset, self.step, list[Row]()
        while back and not (rows and rows[0]["id"] <= last):
            back = max(0, back - step)
            step *= 2
            rows = self._span(back, offset - back + 1).rows
        return [row for row in rows if last < row["id"] < stop]


class _ByCount:
    """Windows in an order that cannot be checked row by row: what is repeated is dropped, what is lost is counted."""

    def __init__(self, ask: Ask, size: int) -> None:
        self._ask = ask
        self.step = size
        self._seen: set[t.Any] = set()
        self.repeated = 0

    def window(self, offset: int) -> Window:
        """The rows of one window, in several requests where one is too much for the server."""
        answer = self._ask(offset, self.step)
        rows = answer.rows
        while answer.more and answer.rows and len(rows) < self.step:
            answer = self._ask(offset + len(rows), self.step - len(rows))
            rows = rows + answer.rows
        return Window(rows, answer.count, answer.more)

    def following(self, offset: int, rows: list[Row]) -> list[Row]:
        """The rows that were not handed on yet."""
        single = once(rows)
        self.repeated += len(rows) - len(single)
        new = [row for row in single if "id" not in row or row["id"] not in self._seen]
        self._seen.update(row["id"] for row in new if "id" in row)
        return new
