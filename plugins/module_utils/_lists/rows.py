# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Rows of lists: their IDs, their order, and rows that NetBox returns more than once."""

from __future__ import annotations

import typing as t
from collections.abc import Sequence

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UnexpectedAnswer

Row = dict[str, t.Any]

# NetBox's IDs are 64-bit numbers.
HIGHEST_ID = 2**63 - 1


def is_row(value: t.Any) -> bool:
    """Return whether ``value`` is a dictionary whose ID, if it has one, is not a dictionary or a list."""
    return isinstance(value, dict) and not isinstance(value.get("id"), (dict, list))


def identity(row: Row) -> t.Any:
    """Return the ID that identifies ``row``, or ``None``. Two rows without an ID are never treated as equal."""
    return row.get("id")


def numeric_ids(rows: Sequence[Row]) -> list[int] | None:
    """Return the IDs of ``rows``, or ``None`` if any of them is not a valid number."""
    ids = [row.get("id") for row in rows]
    if all(isinstance(number, int) and 0 <= number <= HIGHEST_ID for number in ids):
        return t.cast("list[int]", ids)
    return None


def are_ascending(ids: Sequence[int]) -> bool:
    """Return whether each of ``ids`` is higher than the previous one."""
    return all(one < other for one, other in zip(ids, ids[1:]))


def required_id(row: Row) -> int:
    """Return the ID of a row, by which the rows of several requests are sorted.

    Raise :class:`UnexpectedAnswer` if it is not a number.
    """
    if numeric_ids([row]) is None:
        raise UnexpectedAnswer("Cannot combine the results of several requests, because their IDs are not numbers.")
    return t.cast(int, row["id"])


def drop_adjacent_duplicates(rows: list[Row]) -> list[Row]:
    """Drop adjacent duplicates from ``rows``. Filters that join tables can repeat a row."""
    return [
        row
        for number, row in enumerate(rows)
        if not number or identity(row) is None or identity(row) != identity(rows[number - 1])
    ]


class SeenRows:
    """The IDs of the rows that were already read, for lists in which repeated rows are not always adjacent."""

    def __init__(self) -> None:
        self._ids: set[t.Any] = set()

    def __contains__(self, row: Row) -> bool:
        return identity(row) in self._ids

    def add_new(self, rows: Sequence[Row]) -> list[Row]:
        """Return the rows that were not seen before, and remember their IDs."""
        new = []
        for row in rows:
            number = identity(row)
            if number is None:
                new.append(row)
            elif number not in self._ids:
                new.append(row)
                self._ids.add(number)
        return new
