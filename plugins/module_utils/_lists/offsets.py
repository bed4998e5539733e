# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Read a list by offset without losing rows. The pages are requested in sequence or in parallel.

An offset is a number of rows to skip. If a skipped row is deleted, all later rows move to lower offsets, and the next
page misses some of them. In ID order, this module detects and repairs this. Each page begins with the last row of the
previous page. If a page begins with a later row, the rows that moved are read again. In other orders, rows cannot be
compared, so this module raises an error if a page begins with a new row. In any order, it raises an error if NetBox
returns fewer rows than it counted.
"""

from __future__ import annotations

import typing as t
from collections.abc import Iterator

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import IncompleteList
from ansible_collections.netbox.cursor.plugins.module_utils._lists.answers import OffsetPage
from ansible_collections.netbox.cursor.plugins.module_utils._lists.query import ListQuery
from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import look_ahead
from ansible_collections.netbox.cursor.plugins.module_utils._lists.rows import (
    Row,
    SeenRows,
    drop_adjacent_duplicates,
    identity,
    numeric_ids,
)
from ansible_collections.netbox.cursor.plugins.module_utils._lists.workers import Workers, ordered_map

# Maximum number of consecutive pages without a new row. A few such pages occur if many rows were deleted. If a server
# ignores the offset or its count is too high, no later page has a new row.
MAX_PAGES_WITHOUT_NEWS = 100


class OffsetList(t.Protocol):
    """A list that can be read with offsets."""

    @property
    def query(self) -> ListQuery:
        """The rows to read."""

    @property
    def page_rows(self) -> int:
        """Number of rows to request in one page."""

    def fetch_offset(self, offset: int, rows: int) -> OffsetPage:
        """Return the page of at most ``rows`` rows at ``offset``. The page can be shorter even if more rows follow."""


def whole(page: OffsetPage, query: ListQuery) -> list[Row]:
    """Return the rows of a list that fits on one page. They are in ID order unless the query has an ordering.

    Raise :class:`IncompleteList` if rows are missing.
    """
    rows = SeenRows().add_new(page.rows)
    expected = page.count - (query.offset or 0)
    if len(page.rows) < expected:
        raise _incomplete(query.endpoint, len(page.rows), expected)
    by_id = query.ordering is None and numeric_ids(rows) is not None
    return sorted(rows, key=lambda row: row["id"]) if by_id else rows


def read_offsets(first: OffsetPage, source: OffsetList, workers: Workers | None) -> Iterator[list[Row]]:
    """Yield each row of ``first`` (the page at the query's offset) and of all later pages once.

    ``workers``: the threads that request pages, or ``None`` to request pages in sequence. Raise :class:`IncompleteList`
    if rows were lost and cannot be found again.
    """
    query = source.query
    ids = numeric_ids(first.rows)
    reader: _ById | _ByCount
    if query.ordering is None and len(first.rows) > 1 and ids is not None and ids == sorted(ids):
        reader = _ById(source)
    else:
        reader = _ByCount(source, first)
    end = first.count if query.max_rows is None else min(first.count, (query.offset or 0) + query.max_rows)
    wanted = _later_pages(source, first, end, reader.overlap)
    if workers is None:
        pages: Iterator[_Requested] = map(reader.page, wanted)
    else:
        pages = ordered_map(workers, reader.page, wanted, look_ahead(workers.size))
    return reader.rows(first, pages)


_Requested = tuple[int, OffsetPage]
"""A page after the first one, with its offset."""


def _later_pages(source: OffsetList, first: OffsetPage, end: int, overlap: int) -> Iterator[tuple[int, int]]:
    """Yield the offset and the number of rows of each page after ``first``.

    The page size can change during the read.
    """
    offset = (source.query.offset or 0) + max(1, len(first.rows) - overlap)
    while offset < end - overlap:
        rows = source.page_rows
        yield offset, rows
        offset += max(1, rows - overlap)


def _incomplete(endpoint: str, rows: int, count: int) -> IncompleteList:
    return IncompleteList(
        f"{endpoint}: NetBox reported {count} rows but returned {rows}. The list changed while it was being read by "
        "offset, or its order is not stable."
    )


class _News:
    """Stops a read that no longer returns new rows."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._without = 0

    def came(self, new: list[Row]) -> None:
        self._without = 0 if new else self._without + 1
        if self._without > MAX_PAGES_WITHOUT_NEWS:
            raise IncompleteList(
                f"{self._endpoint}: NetBox reports more rows, but returns only rows that it has already returned."
            )


class _ById:
    """Reads pages in ID order.

    Each page should begin with the last row of the previous page. If it does not, rows have moved to lower offsets, and
    this class searches for them there.
    """

    overlap = 1

    def __init__(self, source: OffsetList) -> None:
        self._source = source
        self._endpoint = source.query.endpoint
        self._last = -1
        self._news = _News(self._endpoint)

    def page(self, wanted: tuple[int, int]) -> _Requested:
        offset, rows = wanted
        return offset, self._source.fetch_offset(offset, rows)

    def rows(self, first: OffsetPage, pages: Iterator[_Requested]) -> Iterator[list[Row]]:
        """Yield the rows of ``first`` and of all later pages. ``pages``: the requested pages, with their offsets."""
        yield self._new(first)
        offset, page = self._source.query.offset or 0, first
        for following, ahead in pages:
            if not self._joins(ahead):
                yield from self._catch_up(self._after(offset, page), following, ahead)
                if not ahead.rows:
                    return
            yield self._new(ahead)
            offset, page = following, ahead
            if not page.more:
                self._check_end(offset, page)
                return
        # The list has grown since the first page returned its count.
        yield from self._catch_up(self._after(offset, page), None, None)

    def _catch_up(self, offset: int, following: int | None, ahead: OffsetPage | None) -> Iterator[list[Row]]:
        """Yield the rows from ``offset`` to the page ``ahead``, or to the end of the list, even if they have moved."""
        stop = ahead.rows[0]["id"] if ahead and ahead.rows else None
        back, overlaps = self._source.page_rows, True
        while True:
            rows = self._source.page_rows
            if following is not None and offset < following:
                rows = min(rows, following - offset + 1)
            page = self._source.fetch_offset(offset, rows)
            if offset and overlaps and not self._joins(page):
                offset = max(0, offset - back)
                back *= 2
                continue
            yield self._new(page)
            if not page.more:
                self._check_end(offset, page)
                return
            if stop is not None and self._last >= stop:
                return
            offset, back, overlaps = self._after(offset, page), self._source.page_rows, len(page.rows) > 1

    def _joins(self, page: OffsetPage) -> bool:
        return bool(page.rows) and page.rows[0]["id"] <= self._last

    def _after(self, offset: int, page: OffsetPage) -> int:
        """Return the offset of a page that overlaps the end of ``page``, which can be shorter than requested."""
        return offset + max(1, len(page.rows) - 1)

    def _new(self, page: OffsetPage) -> list[Row]:
        """Return the rows of ``page`` that were not yielded before."""
        ids = numeric_ids(page.rows)
        if ids is None or ids != sorted(ids):
            raise IncompleteList(f"{self._endpoint}: NetBox returned rows that are not in ID order.")
        new = [row for row in drop_adjacent_duplicates(page.rows) if row["id"] > self._last]
        self._news.came(new)
        if new:
            self._last = new[-1]["id"]
        return new

    def _check_end(self, offset: int, page: OffsetPage) -> None:
        if offset + len(page.rows) < page.count and page.rows:
            raise _incomplete(self._endpoint, offset + len(page.rows), page.count)


class _ByCount:
    """Reads pages in an order that cannot be checked row by row.

    If rows have IDs and pages have several rows, each page begins with the last row of the previous page. Repeated rows
    are dropped. Missing rows are detected by comparing the number of rows with NetBox's count.
    """

    def __init__(self, source: OffsetList, first: OffsetPage) -> None:
        self._source = source
        self._endpoint = source.query.endpoint
        self._begin = source.query.offset or 0
        self._max_rows = source.query.max_rows
        # If a row without an ID is repeated, it is not recognized.
        self.overlap = int(len(first.rows) > 1 and all(identity(row) is not None for row in first.rows))
        self._news = _News(self._endpoint)
        self._seen = SeenRows()
        self._repeated = 0
        self._total = 0

    def page(self, wanted: tuple[int, int]) -> _Requested:
        """Return one page. If the server cannot finish it in one request, send several."""
        offset, page_rows = wanted
        answer = self._source.fetch_offset(offset, page_rows)
        rows = answer.rows
        while answer.more and answer.rows and len(rows) < page_rows:
            answer = self._source.fetch_offset(offset + len(rows), page_rows - len(rows))
            rows = rows + answer.rows
        return offset, OffsetPage(rows, answer.count, answer.more)

    def rows(self, first: OffsetPage, pages: Iterator[_Requested]) -> Iterator[list[Row]]:
        """Yield the rows of ``first`` and of all later pages. ``pages``: the requested pages, with their offsets."""
        yield self._new(first)
        following, last = self._begin + max(1, len(first.rows) - self.overlap), first
        for offset, last in pages:
            self._check_joint(last)
            following = offset + max(1, len(last.rows) - self.overlap)
            yield self._new(last)
            if not last.more:
                break
        while last.more and last.rows and not self._has_enough():
            # The list has grown since the first page returned its count.
            dummy, last = self.page((following, self._source.page_rows))
            following += max(1, len(last.rows) - self.overlap)
            self._check_joint(last)
            yield self._new(last)
        expected = min(first.count, last.count) - self._begin - self._repeated
        if not self._has_enough() and self._total < expected:
            raise _incomplete(self._endpoint, self._total, expected)

    def _check_joint(self, page: OffsetPage) -> None:
        """Raise :class:`IncompleteList` if ``page`` does not begin with a row that was already read.

        In that case, rows were deleted, and others were skipped.
        """
        if self.overlap and page.rows and identity(page.rows[0]) is not None and page.rows[0] not in self._seen:
            raise IncompleteList(f"{self._endpoint}: rows were deleted while the list was being read by offset.")

    def _has_enough(self) -> bool:
        return self._max_rows is not None and self._total >= self._max_rows

    def _new(self, page: OffsetPage) -> list[Row]:
        """Return the rows of ``page`` that were not yielded before."""
        single = drop_adjacent_duplicates(page.rows)
        self._repeated += len(page.rows) - len(single)
        new = self._seen.add_new(single)
        self._total += len(new)
        self._news.came(new)
        return new
