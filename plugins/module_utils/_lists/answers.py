# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Responses to list requests: parse them, and verify that they follow the rules of cursors and offsets."""

from __future__ import annotations

import dataclasses
import re
import typing as t
from urllib.parse import parse_qsl

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UnexpectedAnswer
from ansible_collections.netbox.cursor.plugins.module_utils._lists.rows import (
    Row,
    are_ascending,
    drop_adjacent_duplicates,
    is_row,
    numeric_ids,
)


@dataclasses.dataclass
class Page:
    """A response to a cursor: ``rows`` with their ``ids``, ascending, and the start of the next page as ``next``.

    ``next`` is ``None`` at the end of the list or of the requested range.
    """

    rows: list[Row]
    ids: list[int]
    next: int | None


@dataclasses.dataclass
class OffsetPage:
    """A response to an offset: its ``rows``, how many rows the list has (``count``), and whether ``more`` follow."""

    rows: list[Row]
    count: int
    more: bool


@dataclasses.dataclass
class ListAnswer:
    """A response to a list request. ``count`` is ``None`` if and only if NetBox used the cursor."""

    endpoint: str
    rows: list[Row]
    count: int | None
    next: dict[str, int] | None
    """``start``, ``offset``, and ``limit`` of the ``next`` link. Nothing else in it is trusted. ``None`` at the end."""
    page_rows: int
    """The number of rows that the page could have: the requested number, or the server's maximum if it is lower."""

    def offset_page(self) -> OffsetPage:
        """Return the page, as a response to an offset."""
        if self.count is None:
            raise UnexpectedAnswer(f"{self.endpoint}: NetBox returned an offset page without a count.")
        if not self.rows and self.next is not None:
            raise UnexpectedAnswer(f"{self.endpoint}: NetBox returned an empty page that is not the last page.")
        return OffsetPage(self.rows, self.count, self.next is not None)

    def page(self, start: int, highest_id: int | None = None) -> Page:
        """Return the page, as a response to a cursor at ``start``. No row has a higher ID than ``highest_id``."""
        ids = numeric_ids(self.rows)
        if self.count is not None or ids is None:
            raise UnexpectedAnswer(
                f"{self.endpoint}: NetBox used a cursor for an earlier page, but not for the page from ID {start}."
            )
        rows = self.rows
        if any(one == other for one, other in zip(ids, ids[1:])):
            rows = drop_adjacent_duplicates(rows)
            ids = [row["id"] for row in rows]
        if ids and (ids[0] < start or not are_ascending(ids)):
            raise UnexpectedAnswer(f"{self.endpoint}: the rows of the page from ID {start} are not in ID order.")
        following = None
        if self.next is not None:
            following = self.next.get("start", -1)
            if not ids or following <= ids[-1]:
                raise UnexpectedAnswer(
                    f"{self.endpoint}: the next link of the page from ID {start} does not lead to a later page."
                )
            if highest_id is not None and ids[-1] >= highest_id:
                following = None
        return Page(rows, ids, following)


def read_answer(endpoint: str, answer: t.Any, page_rows: int) -> ListAnswer:
    """Parse the JSON ``answer`` to a request for this number of rows."""
    if isinstance(answer, list) and all(map(is_row, answer)):
        return ListAnswer(endpoint, answer, len(answer), None, page_rows)  # a view without pages
    results = answer.get("results") if isinstance(answer, dict) else None
    if not isinstance(results, list) or not all(map(is_row, results)):
        raise UnexpectedAnswer(f"{endpoint} is not a list of objects.")
    count = answer.get("count")
    if count is not None and (not isinstance(count, int) or count < 0):
        raise UnexpectedAnswer(f"{endpoint}: the count is not a number.")
    following = answer.get("next")
    numbers = None if following is None else link_numbers(following)
    return ListAnswer(endpoint, results, count, numbers, min(page_rows, (numbers or {}).get("limit") or page_rows))


def link_numbers(link: t.Any) -> dict[str, int]:
    """Return the numbers that a link to another page contains."""
    return {
        name: int(number)
        for name, number in parse_qsl(str(link).partition("?")[2].partition("#")[0])
        if name in ("start", "offset", "limit") and re.fullmatch("[0-9]{1,19}", number)
    }
