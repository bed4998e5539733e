# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Read one list whose filters fit into one URL, by cursor if the server supports cursors, and otherwise by offset.

Detecting the support needs no additional request. The first page is requested with ``start=0``. NetBox used the cursor
if and only if ``count`` in the response is null. Plugin lists are an exception, because they can have a filter called
``start``.
"""

from __future__ import annotations

import array
import typing as t
from collections.abc import Iterator

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import (
    BadRequest,
    IncompleteList,
    NetBoxError,
    ServerFailed,
    UnexpectedAnswer,
    UsageError,
)
from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import Pairs
from ansible_collections.netbox.cursor.plugins.module_utils._lists.answers import (
    ListAnswer,
    OffsetPage,
    Page,
    link_numbers,
    read_answer,
)
from ansible_collections.netbox.cursor.plugins.module_utils._lists.context import Context
from ansible_collections.netbox.cursor.plugins.module_utils._lists.list_requests import ListRequests, with_fields
from ansible_collections.netbox.cursor.plugins.module_utils._lists.offsets import read_offsets, whole
from ansible_collections.netbox.cursor.plugins.module_utils._lists.page_size import LARGEST_PAGE, PageSize
from ansible_collections.netbox.cursor.plugins.module_utils._lists.query import (
    CUT_SILENTLY,
    WITHOUT_CURSOR,
    ListQuery,
)
from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import follow, read_ranges
from ansible_collections.netbox.cursor.plugins.module_utils._lists.rows import Row, are_ascending, numeric_ids
from ansible_collections.netbox.cursor.plugins.module_utils._lists.state import ListState

FIRST_WITH_CURSOR = (4, 6)
# An offset after the end of any list. NetBox returns an empty page for it, with a link to the previous page.
BEHIND_THE_END = 10**9


class ListReader:
    """Reads the list that ``query`` describes. ``size``: the page size, if this list shares it with other lists."""

    def __init__(self, context: Context, query: ListQuery, size: PageSize | None = None) -> None:
        self.query = query
        self._context = context
        self._server = context.server
        self._size = size or context.page_size(query.endpoint, query.max_rows, are_small=query.are_small)
        self._requests = ListRequests(context, query, self._size, self._existing_ids)

    @property
    def state(self) -> ListState:
        return self._requests.state

    @property
    def page_rows(self) -> int:
        """Number of rows to request in one page."""
        return self._size.rows

    def pages(self, sequential: bool = False) -> t.Generator[list[Row], None, None]:
        """Yield the rows in batches. ``sequential``: request the pages in sequence, in the caller's thread."""
        sequential = sequential or self._context.workers.size == 1
        if self.query.is_cut_silently:
            yield self._read_cut_list()
        elif not self._can_try_cursor():
            if self._context.pagination == "cursor":
                raise self._no_cursor()
            yield from self._read_by_offset(None, sequential)
        elif self.query.is_of_plugin:
            yield from self._read_plugin_list(sequential)
        else:
            answer = self._first_by_cursor()
            if answer is not None and answer.count is None:
                yield from self._read_by_cursor(self._page(answer, 0), sequential)
            else:
                yield from self._read_by_offset(answer, sequential)

    def first_offset_page(self) -> OffsetPage:
        """Return the page at the query's offset, which includes the row count of the list."""
        return self._first_by_offset().offset_page()

    # By cursor

    def _can_try_cursor(self) -> bool:
        version = self._context.client.api_version
        return (
            self.query.ordering is None
            and self.query.offset is None
            and self._context.pagination != "offset"
            and (version is None or version >= FIRST_WITH_CURSOR)
            and not WITHOUT_CURSOR.match(self.query.endpoint)
            and self._server.supports_cursor(self.query.endpoint)
        )

    def _first_by_cursor(self) -> ListAnswer | None:
        """Return the first page that NetBox reads with a cursor.

        If the list does not support cursors, return the page if it contains the whole list, and otherwise ``None``.
        """
        start = [("start", "0")]
        try:
            answer = self._requests.page(start, self.page_rows, raise_statuses=(500,))
        except ServerFailed as error:
            if error.status != 500:
                raise
            # A view that paginates a Python list fails for every cursor. If a request for one row succeeds, the page
            # was too large, or the failure was temporary.
            if self._fails_for_one_row(start):
                self._without_cursor(str(error))
                return None
            answer = self._requests.page(start, self.page_rows)
        if answer.count is not None:
            self._without_cursor("NetBox responded with an offset page")
            return answer if answer.next is None else None
        if numeric_ids(answer.rows) is None:
            self._without_cursor("its IDs are not numbers")
            return None
        return answer

    def _fails_for_one_row(self, start: Pairs) -> bool:
        try:
            self._requests.get([*start, ("fields", "id"), ("exclude", "config_context"), ("limit", "1")])
        except ServerFailed:
            return True
        return False

    def _without_cursor(self, reason: str) -> None:
        """Record that the list does not support cursors. Raise :class:`UsageError` if the user requires a cursor."""
        self._context.client.log(2, f"{self.query.endpoint} does not support cursor pagination: {reason}")
        self._server.note_without_cursor(self.query.endpoint)
        if self._context.pagination == "cursor":
            raise self._no_cursor()

    def _no_cursor(self) -> UsageError:
        version = self._context.client.api_version
        server = f"NetBox {version[0]}.{version[1]}" if version else "NetBox"
        return UsageError(
            f"{server} does not support cursor pagination for {self.query.endpoint}. Set pagination to auto."
        )

    def _read_by_cursor(self, first: Page, sequential: bool) -> Iterator[list[Row]]:
        self._size.measure(first.rows)
        if sequential:
            return follow(first, self)
        return read_ranges(first, self, self._context.workers, self.query.max_rows)

    def fetch(self, start: int, stop: int | None, rows: int) -> Page:
        """Return the page of at most ``rows`` rows from ID ``start``.

        Rows from ID ``stop`` onward might be missing.
        """
        paging = [("start", str(start))]
        if stop is not None and not self.query.selects_by_id:
            # With this filter, NetBox does not read the rows of the next ID range. If NetBox does not support the
            # filter, the caller drops these rows.
            paging.append(("id__lt", str(stop)))
        return self._page(self._requests.page(paging, rows), start)

    def _page(self, answer: ListAnswer, start: int) -> Page:
        return answer.page(start, self.query.highest_id)

    def survey(self) -> tuple[int, int]:
        """Return the number of rows and the highest ID, with one small request.

        Return zeros if the request fails or the IDs are not numbers.
        """
        small = [("ordering", "-id"), ("fields", "id"), ("exclude", "config_context"), ("limit", "1")]
        try:
            answer = self._size.read(
                1, lambda dummy, raise_if_overloaded: self._requests.get(small, raise_if_overloaded)
            )
            found = read_answer(self.query.endpoint, answer, 1)
        except NetBoxError as error:
            self._context.client.log(
                2, f"{self.query.endpoint}: continuing with one cursor because the highest ID is not known: {error}"
            )
            return 0, 0
        ids = numeric_ids(found.rows)
        if not ids or found.count is None:
            return 0, 0
        self.state.set_mode(f"{self._context.workers.size} cursors")
        return found.count, ids[0]

    # Lists of plugins

    def _read_plugin_list(self, sequential: bool) -> Iterator[list[Row]]:
        """Yield the rows of a plugin's list.

        NetBox might treat the parameter ``start`` as a filter in addition to the cursor.

        The first page is read by offset. A cursor that starts at the last row of this page must return that row. Its
        page must also be full, or contain all remaining rows that NetBox counted. At the end, the number of rows is
        compared with the count.
        """
        answer = self._first_by_offset()
        first = answer.offset_page()
        only_cursor = self._context.pagination == "cursor"
        if only_cursor and not self._can_try_cursor():
            raise self._no_cursor()  # the response revealed NetBox's version
        proven = None
        if first.more and self._can_try_cursor() and (self.query.max_rows is None or only_cursor):
            proven = self._proven_by(first)
        if proven is None:
            yield from self._read_by_offset(answer, sequential)
            return
        pages = self._read_by_cursor(proven, sequential)
        seen = array.array("q")
        for rows in self._with_first_page(first, pages):
            seen.extend(row["id"] for row in rows)
            yield rows
        if self.query.max_rows is None and len(seen) < first.count:
            self._check_none_missing(seen)

    def _proven_by(self, first: OffsetPage) -> Page | None:
        """Return the page that a cursor reads from the last row of ``first``.

        Return ``None`` unless the page begins with that row and has as many rows as expected.
        """
        ids = numeric_ids(first.rows)
        if not ids or not are_ascending(ids):
            self._without_cursor("its IDs are not in order")
            return None
        start = [("start", str(ids[-1]))]
        try:
            page = self._page(self._requests.page(start, self.page_rows, raise_statuses=(500,)), ids[-1])
        except (BadRequest, ServerFailed, UnexpectedAnswer) as error:
            if error.status not in (None, 400, 500):
                raise
            self._without_cursor(str(error))
            return None
        if page.ids[:1] != ids[-1:] or len(page.ids) < min(self.page_rows, first.count - len(ids) + 1):
            self._without_cursor("the list has a filter named start")
            return None
        return page

    @staticmethod
    def _with_first_page(first: OffsetPage, pages: Iterator[list[Row]]) -> Iterator[list[Row]]:
        """Yield the rows of ``first``, and then the rows of ``pages``.

        Skip the first row of ``pages``, because it repeats the last row of ``first``.
        """
        yield first.rows
        for number, page in enumerate(pages):
            yield page if number else page[1:]

    def _check_none_missing(self, seen: array.array[int]) -> None:
        """Raise :class:`IncompleteList` if ``seen`` lacks rows, except for rows that were added at the end."""
        everything = ListReader(self._context, with_fields(self.query, "id"))
        ids = {row["id"] for page in everything._read_by_offset(None, True) for row in page}
        self.state.count_requests(everything.state.requests)
        missing = ids.difference(seen)
        if missing and min(missing) > seen[-1]:
            page = self.fetch(seen[-1] + 1, None, self.page_rows)
            missing = {number for number in missing - set(page.ids) if page.next is None or number < page.next}
        if missing:
            self._server.note_without_cursor(self.query.endpoint)
            raise IncompleteList(
                f"{self.query.endpoint}: cursor pagination does not return {len(missing)} objects, such as ID "
                f"{min(missing)}. The list seems to have a filter named start. Set pagination to offset."
            )

    # By offset

    def _first_by_offset(self) -> ListAnswer:
        return self._requests.page(self._offset_parameters(self.query.offset or 0), self.page_rows)

    def _read_by_offset(self, answer: ListAnswer | None, sequential: bool) -> Iterator[list[Row]]:
        """Yield all rows by offset. ``answer``: the first page, if it was already read."""
        self.state.set_mode("offset" if sequential else "threaded offset")
        first = (answer or self._first_by_offset()).offset_page()
        if not first.more:
            self.state.set_mode("offset")
            yield whole(first, self.query)
            return
        yield from read_offsets(first, self, None if sequential else self._context.workers)

    def fetch_offset(self, offset: int, rows: int) -> OffsetPage:
        """Return the page of at most ``rows`` rows at ``offset``."""
        return self._requests.page(self._offset_parameters(offset), rows).offset_page()

    def _offset_parameters(self, offset: int) -> Pairs:
        ordering = self.query.ordering or "id"
        if "id" not in ordering.replace("-", "").split(","):
            ordering += ",id"  # otherwise, rows with equal values have no fixed order
        return [("ordering", ordering), *([("offset", str(offset))] if offset else [])]

    # Lists that NetBox truncates silently

    def _read_cut_list(self) -> list[Row]:
        """Return the rows that the query selects, up to one page. Warn if there might be more."""
        self.state.set_mode("one page")
        offset = self.query.offset or 0
        requested = offset + (self.query.max_rows or LARGEST_PAGE)
        found = read_answer(self.query.endpoint, self._requests.get([("limit", str(requested))]), requested).rows
        wanted = self.query.max_rows is not None and len(found) >= requested
        if found and not wanted and len(found) >= min(requested, self._maximum(len(found), requested)):
            self._context.warn(
                f"{self.query.endpoint}: the result might be incomplete. NetBox returned {len(found)} objects, which "
                "is the maximum that it returns at once. Set limit to the number of objects that you need."
            )
        return found[offset:]

    def _maximum(self, found: int, requested: int) -> int:
        """Return NetBox's maximum number of rows for a request for ``requested`` rows, or ``found`` if it is unknown.

        The link to the previous page contains this number, even if the page is after the end of the list or the list is
        empty.
        """
        if self._server.longest_page > found:
            return requested
        parents = t.cast("t.Any", CUT_SILENTLY.match(self.query.endpoint))["parents"]
        parameters = [("fields", "id"), ("limit", str(requested)), ("offset", str(BEHIND_THE_END))]
        self.state.count_requests()
        try:
            answer = self._context.client.get(f"api/{parents}/", parameters)
        except NetBoxError as error:
            self._context.client.log(
                2, f"{self.query.endpoint}: cannot determine how many rows NetBox returns at once: {error}"
            )
            return found
        return link_numbers(answer.get("previous")).get("limit", found) if isinstance(answer, dict) else found

    # Objects that were deleted

    def _existing_ids(self, query: ListQuery, state: ListState) -> set[str]:
        """Return the IDs of the existing objects that ``query`` selects. Add the number of requests to ``state``."""
        reader = ListReader(self._context, query)
        ids = {str(row["id"]) for page in reader.pages(sequential=True) for row in page}
        state.count_requests(reader.state.requests)
        return ids
