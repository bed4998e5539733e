# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One page of a list, by offset or by cursor, with links to the previous and next pages."""

from __future__ import annotations

import typing as t
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

DEFAULT_LIMIT = 50
NOT_A_START = "Invalid 'start' parameter: must be a non-negative integer."
START_AND_OFFSET = "'start' and 'offset' are mutually exclusive."
START_AND_ORDERING = "Ordering cannot be specified in conjunction with cursor-based pagination."


class BadPage(Exception):
    """The error that NetBox returns for an invalid `start`, or for `start` with another pagination parameter."""


@dataclass(frozen=True)
class Page:
    members: Sequence[t.Any]
    count: int | None
    next: str | None
    previous: str | None
    # The number of rows that the server skipped before this page.
    skipped: int = 0

    def envelope(self, results: Sequence[t.Any]) -> dict[str, t.Any]:
        return {"count": self.count, "next": self.next, "previous": self.previous, "results": results}


def limit_of(query: Mapping[str, str], max_page_size: int, default: int = DEFAULT_LIMIT) -> int:
    """Return the number of rows that a request can return. 0 means all rows. Invalid values mean the default."""
    try:
        limit = int(query["limit"])
    except (KeyError, ValueError):
        limit = -1
    if limit < 0:
        return min(default, max_page_size) if max_page_size else default
    return min(limit or max_page_size, max_page_size) if max_page_size else limit


def start_of(query: Mapping[str, str]) -> int | None:
    """Return the cursor of a request, or None. Raise `BadPage` if it is invalid or conflicts with other parameters."""
    if "start" not in query:
        return None
    try:
        start = int(query["start"])
    except ValueError:
        start = -1
    if start < 0:
        raise BadPage(NOT_A_START)
    for rival, complaint in (("offset", START_AND_OFFSET), ("ordering", START_AND_ORDERING)):
        if rival in query:
            raise BadPage(complaint)
    return start


def by_cursor(ids: Sequence[int], start: int, limit: int, url: str) -> Page:
    """Return the page that starts at this ID. It has no count and no link to the previous page."""
    first = bisect_left(ids, start)
    members = ids[first : first + limit] if limit else ids[first:]
    following = None
    if limit and len(members) >= limit:
        following = changed(url, start=members[-1] + 1, limit=limit, offset=None)
    return Page(members, None, following, None)


def by_offset(
    count: int, query: Mapping[str, str], limit: int, url: str, cut: Callable[[int, int], Sequence[t.Any]]
) -> Page:
    """Return the page that starts at the offset. `cut` returns the rows between two positions."""
    try:
        offset = max(int(query["offset"]), 0)
    except (KeyError, ValueError):
        offset = 0
    end = offset + limit if limit else count
    following = preceding = None
    if limit and end < count:
        following = changed(url, limit=limit, offset=end)
    if limit and offset > 0:
        preceding = changed(url, limit=limit, offset=offset - limit if offset > limit else None)
    return Page(cut(offset, end) if offset < count else [], count, following, preceding, min(offset, count))


def changed(url: str, **parameters: int | None) -> str:
    """Return the URL with changed parameters, all sorted and encoded again. The value None removes a parameter."""
    scheme, host, path, query, fragment = urlsplit(url)
    pairs = parse_qs(query, keep_blank_values=True)
    for name, value in parameters.items():
        pairs.pop(name, None)
        if value is not None:
            pairs[name] = [str(value)]
    return urlunsplit((scheme, host, path, urlencode(sorted(pairs.items()), doseq=True), fragment))
