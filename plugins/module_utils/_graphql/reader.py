# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Read each object in one GraphQL list once, with one or several cursors (``start``) or by offset."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator, Mapping, Sequence

from ansible_collections.netbox.cursor.plugins.module_utils._graphql.filters import FilterTypes
from ansible_collections.netbox.cursor.plugins.module_utils._graphql.filters import written as filters_written
from ansible_collections.netbox.cursor.plugins.module_utils._graphql.nested import NestedLists
from ansible_collections.netbox.cursor.plugins.module_utils._graphql.query import GraphQLQuery
from ansible_collections.netbox.cursor.plugins.module_utils._graphql.selection import written
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import (
    GraphQLFailed,
    IncompleteList,
    NetBoxError,
    UnexpectedAnswer,
    UsageError,
)
from ansible_collections.netbox.cursor.plugins.module_utils._lists.answers import Page
from ansible_collections.netbox.cursor.plugins.module_utils._lists.context import Context
from ansible_collections.netbox.cursor.plugins.module_utils._lists.page_size import PageSize
from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import follow, read_ranges
from ansible_collections.netbox.cursor.plugins.module_utils._lists.rows import (
    HIGHEST_ID,
    Row,
    are_ascending,
    drop_adjacent_duplicates,
)
from ansible_collections.netbox.cursor.plugins.module_utils._lists.state import ListState

# The GraphQL argument `start` is a 32-bit integer, but IDs can be larger.
LARGEST_START = 2**31 - 1
# Number of lists in one query. NetBox allows 10 unless GRAPHQL_MAX_ALIASES was changed.
LISTS_PER_QUERY = 8
# The search for the highest ID ends when the uncertainty is at most the range of unread IDs divided by this number.
CLOSE_ENOUGH = 16


class Ask(t.Protocol):
    """A function that sends a query."""

    def __call__(
        self, text: str, variables: Mapping[str, t.Any] | None = None, *, raise_if_overloaded: bool = False
    ) -> t.Any:
        """Return the data of the response."""


class GraphQLReader:
    """Reads the list that ``query`` describes. ``ask`` sends the queries."""

    def __init__(self, context: Context, query: GraphQLQuery, ask: Ask, filter_types: FilterTypes) -> None:
        self.query = query
        self.state = ListState(query.name, mode="GraphQL")
        self._context = context
        self._server = context.server
        self._ask = ask
        self._filter_types = filter_types
        self._size = context.page_size(query.name, query.max_rows)
        self._nested = NestedLists(query, context, self._send)

    @property
    def page_rows(self) -> int:
        """Number of rows to request in one page."""
        return self._size.rows

    def pages(self) -> t.Generator[list[Row], None, None]:
        """Yield the rows in batches, with their IDs."""
        if self._context.pagination != "offset" and self._server.graphql_start is not False:
            try:
                first = self.fetch(0, None, self.page_rows)
            except GraphQLFailed as error:
                if not error.says("Field 'start' is not defined"):
                    raise
                self._server.note_graphql_start(False)
            else:
                self._server.note_graphql_start(True)
                yield from self._read_by_start(first)
                return
        if self._context.pagination == "cursor":
            raise UsageError(
                "The GraphQL API of this NetBox does not support the parameter start, which requires NetBox 4.5.2 or "
                "newer. Set pagination to auto."
            )
        yield from self._read_by_offset()

    # By cursor

    def _read_by_start(self, first: Page) -> Iterator[list[Row]]:
        self._first = first
        self._size.measure(first.rows)
        if self._context.workers.size == 1:
            yield from follow(first, self)
        else:
            yield from read_ranges(first, self, self._context.workers, self.query.max_rows)
        if first.ids and first.next is not None:
            self._check_permission(self._first_ids([_from(first.ids[0])], self.query.filters)[0])

    def fetch(self, start: int, stop: int | None, rows: int) -> Page:
        """Return the page of at most ``rows`` rows from ID ``start``.

        Rows from ID ``stop`` onward might be missing.
        """
        if start > LARGEST_START:
            raise GraphQLFailed(
                f"{self.query.name}: cannot read ID {start} and above, because NetBox limits the GraphQL argument "
                f"'start' to {LARGEST_START}. Read this list through the REST API with nb_query. In an inventory, set "
                "transport: rest."
            )
        filters = self.query.filters
        if stop is not None and not {"id", "OR"} & set(filters):
            # With this filter, NetBox does not read the rows of the next ID range. If the filters contain OR, this
            # filter would add rows instead.
            filters = {**filters, "id": {"lt": stop}}
        answer, requested = self._page(_from(start), rows, filters)
        ids = [_number(row, self.query.name) for row in answer]
        # A filter on a nested list returns a row several times if several objects in the nested list match.
        found = drop_adjacent_duplicates(answer)
        if len(found) < len(ids):
            ids = [_number(row, self.query.name) for row in found]
        if ids and (ids[0] < start or not are_ascending(ids)):
            raise UnexpectedAnswer(
                f"{self.query.name}: the rows of the page that starts at ID {start} are not in ID order."
            )
        is_last = self._is_last(start, ids, len(answer), requested, filters)
        self._nested.complete(found)
        return Page(found, ids, None if is_last else ids[-1] + 1)

    def _is_last(self, start: int, ids: list[int], rows: int, requested: int, filters: Mapping[str, t.Any]) -> bool:
        """Return whether a page with this number of ``rows`` is the last one.

        NetBox does not report its maximum page size. If no page of the requested size has arrived yet, an additional
        query checks whether more rows follow.
        """
        if not self._is_short(rows, requested):
            return not rows
        if requested <= self._server.longest_page:
            return True
        if start and ids[-1] >= LARGEST_START:
            return False
        following = f"offset: {rows}" if start == 0 else _from(ids[-1] + 1)
        lowest, after = self._first_ids([_from(ids[0]), following], filters)
        self._check_permission(lowest)
        if after is not None:
            self._size.set_maximum(rows)
        return after is None

    def _is_short(self, rows: int, requested: int) -> bool:
        self._server.note_page(rows)
        return 0 < rows < requested

    def _check_permission(self, lowest: int | None) -> None:
        """Raise :class:`IncompleteList` if ``lowest`` is ``None``, because the rows that were read have disappeared.

        If the token's user loses the permission, NetBox returns empty pages, which look like the end of the list.
        """
        if lowest is None:
            raise IncompleteList(
                f"{self.query.name}: NetBox stopped returning objects while the list was being read. The token's user "
                "seems to have lost the permission to view them."
            )

    def survey(self) -> tuple[int, int]:
        """Return upper bounds for the number of rows and for the highest ID, or zeros if that is not possible.

        GraphQL does not return these numbers. Queries that check whether rows follow certain IDs cost NetBox almost
        nothing.
        """
        ids, page_rows = self._first.ids, self.page_rows
        low, high = ids[-1], LARGEST_START + 1
        starts = [min(low + page_rows * 8**power, LARGEST_START) for power in range(LISTS_PER_QUERY)]
        try:
            while high - low > max(page_rows, (high - ids[-1]) // CLOSE_ENOUGH):
                found = self._first_ids([_from(start) for start in starts], self.query.filters)
                low = max([low, *filter(None, found)])
                high = min([high, *(start for start, one in zip(starts, found) if one is None)])
                parts = range(1, LISTS_PER_QUERY + 1)
                starts = sorted({low + max(1, (high - low) * part // (LISTS_PER_QUERY + 1)) for part in parts})
        except NetBoxError as error:
            self._context.client.log(
                2, f"{self.query.name}: continuing with one cursor because the highest ID is not known: {error}"
            )
            return 0, 0
        self.state.set_mode(f"GraphQL, {self._context.workers.size} cursors")
        span = ids[-1] - ids[0] + 1
        return len(ids) + max(1, len(ids) * (high - ids[-1]) // span), high - 1

    def _first_ids(self, pages: Sequence[str], filters: Mapping[str, t.Any]) -> list[int | None]:
        """Return the ID of the first row of each page, or ``None`` for an empty page, with one request."""
        lists = (self._paged(f"{page}, limit: 1", filters) for page in pages)
        text = "{" + "".join(f" probe{number}: {one} {{id}}" for number, one in enumerate(lists)) + "}"
        data = self._size.read(1, lambda dummy, raise_if_overloaded: self._send(text, raise_if_overloaded))
        found = [data.get(f"probe{number}") for number in range(len(pages))]
        if not all(one is None or isinstance(one, list) for one in found):
            raise UnexpectedAnswer(f"{self.query.name} is not a list of objects.")
        return [_number(one[0], self.query.name) if one else None for one in found]

    # Several lists in one query

    def first_page(self, rows: int) -> str:
        """Return the part of a query that requests the first page of this list, with this number of ``rows``."""
        return self._selected(f"{_from(0)}, limit: {rows}", self.query.filters)

    def whole(self, answer: t.Any, requested: int) -> list[Row] | None:
        """Return the rows of a first page, or ``None`` if it has the ``requested`` rows, so that others can follow.

        Use this method only if the server returns pages of this size.
        """
        rows = self._rows_in(answer)
        if len(rows) >= requested:
            return None
        rows = drop_adjacent_duplicates(rows)
        self._nested.complete(rows)
        self.query.tidy(rows)
        return rows

    # By offset

    def _read_by_offset(self) -> Iterator[list[Row]]:
        """Yield all rows by offset, in NetBox's order.

        Pages overlap by one row, so that changes to the list are detected.
        """
        self.state.set_mode("GraphQL by offset")
        name = self.query.name
        if self.page_rows < 2:
            self._size = PageSize(self._context.client, name, 2)
        seen: set[int] = set()
        offset, more = 0, True
        while more:
            rows, requested = self._page(f"offset: {offset}", self.page_rows, self.query.filters)
            ids = [_number(row, name) for row in rows]
            if offset and not (ids and ids[0] in seen):
                raise IncompleteList(f"{name}: the list changed while it was being read by offset.")
            new = rows[1:] if offset else rows
            if not seen.isdisjoint(ids[len(rows) - len(new) :]):
                raise IncompleteList(f"{name}: NetBox returned some rows twice, so it must have omitted others.")
            more = not (self._is_short(len(rows), requested) and requested <= self._server.longest_page)
            if len(rows) < 2:
                more = self._has_another_row(offset, bool(rows))
            seen.update(ids)
            self._nested.complete(new)
            yield new
            offset += len(rows) - 1

    def _has_another_row(self, offset: int, has_row: bool) -> bool:
        """Return ``False`` if no rows follow a page of at most one row. Otherwise, raise :class:`IncompleteList`."""
        if has_row and not offset and self._first_ids(["offset: 1"], self.query.filters) != [None]:
            raise IncompleteList(
                f"{self.query.name}: NetBox returns one object at a time, so a list cannot be read by offset. Set "
                "pagination to auto, or increase MAX_PAGE_SIZE in NetBox."
            )
        return False

    # Requests

    def _page(self, place: str, rows: int, filters: Mapping[str, t.Any]) -> tuple[list[Row], int]:
        """Return the page at ``place``, and the number of rows that were requested.

        NetBox might truncate the nested lists in the rows.
        """

        def ask(page_rows: int, raise_if_overloaded: bool) -> tuple[list[Row], int]:
            text = f"{{{self._selected(f'{place}, limit: {page_rows}', filters)}}}"
            return self._rows_in(self._send(text, raise_if_overloaded).get(self.query.name)), page_rows

        return self._size.read(rows, ask)

    def _rows_in(self, answer: t.Any) -> list[Row]:
        if not isinstance(answer, list):
            raise UnexpectedAnswer(f"{self.query.name} is not a list of objects.")
        return answer

    def _selected(self, page: str, filters: Mapping[str, t.Any]) -> str:
        return f"{self._paged(page, filters)} {{{written(self.query.read_fields)}}}"

    def _paged(self, page: str, filters: Mapping[str, t.Any]) -> str:
        conditions = filters_written(filters, self.query.name, self._filter_types)
        return f"{self.query.name}({f'filters: {conditions} ' if filters else ''}pagination: {{{page}}})"

    def _send(self, text: str, raise_if_overloaded: bool) -> t.Any:
        """Send a query for this list, and return the ``data`` of the response."""
        self._context.workers.check_open()
        self.state.count_requests()
        return self._ask(text, raise_if_overloaded=raise_if_overloaded)


def _from(start: int) -> str:
    return f"start: {start}"


def _number(row: t.Any, name: str) -> int:
    """Return the ID of a row, which is a string in GraphQL."""
    try:
        number = int(row["id"])
        if 0 <= number <= HIGHEST_ID:
            return number
    except (KeyError, OverflowError, TypeError, ValueError):
        pass
    raise UnexpectedAnswer(f"{name} is not a list of objects with IDs.")
