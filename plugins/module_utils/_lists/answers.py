# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Parse the responses to list requests, and check that they follow the rules of cursors and offsets."""

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
    """The response to a cursor request: its ``rows``, their ascending ``ids``, and the start ID of the ``next`` page.

    ``next`` is ``None`` at the end of the list or of the requested range.
    """

    rows: list[Row]
    ids: list[int]
    next: int | None


@dataclasses.dataclass
class OffsetPage:
    """The response to an offset request: its ``rows``, the list's row ``count``, and whether ``more`` rows follow."""

    rows: list[Row]
    count: int
    more: bool


@dataclasses.dataclass
class ListAnswer:
    """The response to a list request. ``count`` is ``None`` if and only if NetBox used a cursor."""

    endpoint: str
    rows: list[Row]
    count: int | None
    next: dict[str, int] | None
    """The numbers in the ``next`` link, or ``None`` if there is no link. Nothing else in the link is trusted."""
    page_rows: int
    """The maximum number of rows in the page: the requested number, or the server's maximum if that is lower."""

    def offset_page(self) -> OffsetPage:
        """Return the page as the response to an offset request.

        Raise :class:`UnexpectedAnswer` if that is impossible.
        """
        if self.count is None:
            raise UnexpectedAnswer(f"{self.endpoint}: NetBox returned an offset page without a count.")
        if not self.rows and self.next is not None:
            raise UnexpectedAnswer(f"{self.endpoint}: NetBox returned an empty page that is not the last page.")
        return OffsetPage(self.rows, self.count, self.next is not None)

    def page(self, start: int, highest_id: int | None = None) -> Page:
        """Return the page as the response to a request with a cursor at ``start``.

        No row has an ID above ``highest_id``. Raise :class:`UnexpectedAnswer` if NetBox did not use the cursor
        correctly.
        """
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
                    f"{self.endpoint}: the next link of the page from ID {start} does not point to a later page."
                )
            if highest_id is not None and ids[-1] >= highest_id:
                following = None
        return Page(rows, ids, following)


def read_answer(endpoint: str, answer: t.Any, page_rows: int) -> ListAnswer:
    """Parse the JSON ``answer`` to a request for ``page_rows`` rows."""
    if isinstance(answer, list) and all(map(is_row, answer)):
        return ListAnswer(endpoint, answer, len(answer), None, page_rows)  # a view without pagination
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
    """Return the paging numbers in a link to another page. Other parts of the link are ignored."""
    return {
        name: int(number)
        for name, number in parse_qsl(str(link).partition("?")[2].partition("#")[0])
        if name in ("start", "offset", "limit") and re.fullmatch("[0-9]{1,19}", number)
    }
