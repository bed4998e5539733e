# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""GraphQL lists, every row once: by ``start``, by several of them at once as REST lists are, or by offset (FACTS 9).

How filters are written is for ``_graphql_filters`` to say, the lists in rows are made whole by ``_nested``.
"""

from __future__ import annotations

import functools
import itertools
import typing as t
from collections.abc import Iterator, Mapping, Sequence

from ansible_collections.netbox.cursor.plugins.module_utils._graphql.filters import NAME, FilterTypes
from ansible_collections.netbox.cursor.plugins.module_utils._graphql.filters import written as filters_written
from ansible_collections.netbox.cursor.plugins.module_utils._graphql.nested import complete
from ansible_collections.netbox.cursor.plugins.module_utils._graphql.selection import Field, written
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import (
    GraphQLFailed,
    IncompleteList,
    NetBoxError,
    UnexpectedAnswer,
    UsageError,
)
from ansible_collections.netbox.cursor.plugins.module_utils._lists.offsets import HIGHEST_ID, once
from ansible_collections.netbox.cursor.plugins.module_utils._lists.page_size import PageSize
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import MOST_REQUESTS, Pager, handed_on
from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Page, Row, follow
from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import walk as walk_ranges

# `start` is a 32-bit number, ids are not (FACTS 9).
LARGEST_START = 2**31 - 1
# NetBox's MAX_PAGE_SIZE is not told. Nested lists of fewer rows than this are taken for whole without a question: 50 is
# what NetBox gives in a page unless asked for more, and no server is set up to give less at most.
SMALLEST_MAXIMUM = 50
# Lists asked for in one query to find the highest id; NetBox allows 10 unless GRAPHQL_MAX_ALIASES says otherwise.
PROBES = 8
# How close to the highest id is close enough: a 16th of the range.
CLOSE_ENOUGH = 16


class GraphQL:
    """Asks the GraphQL of one NetBox, with the client, workers and page size of ``pager``.

    Lists may be walked from several threads.
    """

    def __init__(self, pager: Pager) -> None:
        self.client = pager.client
        self.workers = pager.workers
        self.page_size = pager.page_size
        self.largest_page = pager.largest_page
        self.pagination = pager.pagination
        self.has_start = pager.pagination != "offset"
        # The longest list that came as long as it was asked for: the server's maximum is no less.
        self.proven = SMALLEST_MAXIMUM
        self.filter_types = FilterTypes(self.query)

    def query(self, text: str, variables: Mapping[str, t.Any] | None = None, *, impatient: bool = False) -> t.Any:
        """The ``data`` that answers a whole query. Raises :class:`GraphQLFailed` where there are errors."""
        answer = self.client.graphql(text, variables, impatient=impatient)
        data = answer.get("data") if isinstance(answer, dict) else None
        if not isinstance(data, dict):
            raise UnexpectedAnswer("the answer to a GraphQL query has no data.")
        return data

    def rows(
        self,
        name: str,
        fields: Sequence[Field],
        filters: Mapping[str, t.Any] | None = None,
        limit: int | None = None,
        *,
        alone: bool = False,
    ) -> Iterator[Row]:
        """The objects of the list ``name`` (``device_list``) as they arrive, each once, in id order.

        ``fields`` are those of each object, as of ``_selection.parse``. ``filters`` are GraphQL filters as a dict, with
        the names of enums as texts. ``limit``: stop after that many rows. ``alone``: without the workers, of which the
        caller may be one. Lists in the objects come whole too.

        Raises :class:`UsageError`, :class:`GraphQLFailed`, :class:`IncompleteList` where rows were lost, and what the
        client raises.
        """
        return itertools.chain.from_iterable(self.pages(name, fields, filters, limit, alone=alone))

    def pages(
        self,
        name: str,
        fields: Sequence[Field],
        filters: Mapping[str, t.Any] | None = None,
        limit: int | None = None,
        *,
        alone: bool = False,
    ) -> Iterator[list[Row]]:
        """:meth:`rows`, handed on in lists of some, as they arrive."""
        if not NAME.fullmatch(name):
            raise UsageError(f"{name!r} is no list of NetBox's GraphQL: they are called device_list, site_list, …")
        if limit is not None and limit < 1:
            raise UsageError(f"limit is {limit}: ask for one object at least.")
        walked = _List(self, name, list(fields), dict(filters or {}), limit, alone)
        return handed_on(self.client, name, walked.pages(), [walked], limit, walked.tidy)


class _List:
    """One list being walked."""

    def __init__(
        self,
        graphql: GraphQL,
        name: str,
        fields: list[Field],
        filters: dict[str, t.Any],
        most: int | None,
        alone: bool,
    ) -> None:
        self.name = name
        self.mode = "GraphQL"
        self.requests = 0
        self._graphql = graphql
        self._client = graphql.client
        self._filters = filters
        self._most = most
        self._alone = alone or graphql.workers.size == 1
        rows, largest = (min(size, most or size) for size in (graphql.page_size, graphql.largest_page))
        self._size = PageSize(graphql.client, name, rows, largest)
        self._surplus = not any(field.key == "id" for field in fields)
        self._fields = [Field("id", "id"), *fields] if self._surplus else fields
        if any(field.key == "id" and field.name != "id" for field in fields):
            raise UsageError("fields: id must be the id, by which the objects are told apart.")

    def tidy(self, rows: list[Row]) -> None:
        """Take the ids out of ``rows`` where they were not asked for."""
        if self._surplus:
            for row in rows:
                del row["id"]

    def pages(self) -> t.Generator[list[Row], None, None]:
        """The rows, some at a time, with their ids."""
        if self._graphql.has_start:
            try:
                first = self._fetch(0, None, self._size.rows)
            except GraphQLFailed as error:
                if not error.says("Field 'start' is not defined"):
                    raise
                if self._graphql.pagination == "cursor":
                    raise UsageError(
                        "this NetBox's GraphQL knows no start (4.5.2 does): set pagination to auto."
                    ) from None
                self._graphql.has_start = False
            else:
                yield from self._by_start(first)
                return
        yield from self._by_offset()

    # By start

    def _by_start(self, first: Page) -> Iterator[list[Row]]:
        limit = self._size.rows
        lowest = first.ids[0] if first.ids else None
        if first.next is not None and len(first.rows) < limit:
            # Either that was all, or it is the server's maximum.
            second = self._fetch(first.next, None, limit)
            if second.rows:
                self._graphql.proven = max(self._graphql.proven, len(first.rows))
                limit = len(first.rows)
            yield first.rows
            first = second
        elif self._size.grow(first.rows):
            limit = self._size.rows
        if self._alone or (self._most is not None and self._most <= limit):
            yield from follow(first, self._fetch, limit)
        else:
            yield from walk_ranges(first, self._fetch, lambda: self._survey(first), self._graphql.workers, limit)
        if lowest is not None and first.next is not None and self._first_from([lowest]) == [None]:
            # A user who may not view a model any more is given empty lists, which look like the end (FACTS 12).
            raise IncompleteList(
                f"{self.name}: NetBox gave rows at first, and gives none any more. Was the permission taken away?"
            )

    def _fetch(self, start: int, stop: int | None, limit: int) -> Page:
        if start > LARGEST_START:
            raise GraphQLFailed(
                f"{self.name}: ids from {start} on cannot be reached, as GraphQL's start ends at {LARGEST_START}. Read "
                "this list through REST (nb_query; transport: rest)."
            )
        filters = self._filters
        if stop is not None and not {"id", "OR"} & set(filters):
            # Spares NetBox the rows of the next piece. Beside an OR it would be one of two choices, not a condition.
            filters = {**filters, "id": {"lt": stop}}

        def ask(rows: int, impatient: bool) -> tuple[list[Row], int]:
            return self._ask(f"start: {start}, limit: {rows}", filters, impatient), rows

        answer, asked = self._size.ask(limit, ask)
        ids = [_number(row, self.name) for row in answer]
        # Filters through lists repeat a row for each of its objects that match.
        rows = once(answer)
        if len(rows) < len(ids):
            ids = [_number(row, self.name) for row in rows]
        if ids and (ids[0] < start or any(one >= other for one, other in zip(ids, ids[1:]))):
            raise UnexpectedAnswer(f"{self.name}: the rows of the page from id {start} are not in id order.")
        proven = self._graphql.proven
        if len(answer) >= asked:
            self._graphql.proven = max(proven, asked)
        ended = not rows or (len(answer) < asked <= proven)
        self._complete(rows)
        return Page(rows, ids, None if ended else ids[-1] + 1)

    def _survey(self, first: Page) -> tuple[int, int]:
        """How many rows there may be, and an id that is at least the highest. (0, 0) where that cannot be had.

        GraphQL tells neither (FACTS 9); whether there is a row from some id on costs next to nothing, for several at
        once.
        """
        low, high = first.ids[-1], LARGEST_START + 1
        starts = [min(low + self._size.rows * 8**power, LARGEST_START) for power in range(PROBES)]
        try:
            while high - low > max(self._size.rows, (high - first.ids[-1]) // CLOSE_ENOUGH):
                found = self._first_from(starts)
                low = max([low, *filter(None, found)])
                high = min([high, *(start for start, one in zip(starts, found) if one is None)])
                starts = sorted({low + max(1, (high - low) * part // (PROBES + 1)) for part in range(1, PROBES + 1)})
        except NetBoxError as error:
            self._client.log(2, f"{self.name}: going on with one cursor, for want of the highest id: {error}")
            return 0, 0
        self.mode = f"GraphQL, {self._graphql.workers.size} cursors"
        span = first.ids[-1] - first.ids[0] + 1
        return len(first.rows) + max(1, len(first.rows) * (high - first.ids[-1]) // span), high - 1

    def _first_from(self, starts: Sequence[int]) -> list[int | None]:
        """The lowest id from each of ``starts`` on; ``None`` where there is none."""
        lists = (self._paged(f"start: {start}, limit: 1", self._filters) for start in starts)
        self.requests += 1
        text = "".join(f" probe{number}: {one} {{id}}" for number, one in enumerate(lists))
        data = self._graphql.query(f"{{{text}}}", impatient=True)
        found = [data.get(f"probe{number}") for number in range(len(starts))]
        if not all(one is None or isinstance(one, list) for one in found):
            raise UnexpectedAnswer(f"{self.name} is not a list of objects.")
        return [_number(one[0], self.name) if one else None for one in found]

    # By offset

    def _by_offset(self) -> Iterator[list[Row]]:
        """All rows by offset, on servers without ``start``; in their order. Windows overlap by one row, to see a list
        that changes meanwhile."""
        self.mode = "GraphQL by offset"
        self._size = PageSize(self._client, self.name, max(2, self._size.rows))
        seen: set[int] = set()
        offset, more = 0, True
        while more:
            rows, asked = self._size.ask(self._size.rows, functools.partial(self._window, offset))
            ids = [_number(row, self.name) for row in rows]
            if offset and not (ids and ids[0] in seen):
                raise IncompleteList(f"{self.name}: the list changed while it was read by offset.")
            new = rows[1:] if offset else rows
            if not seen.isdisjoint(ids[len(rows) - len(new) :]):
                raise IncompleteList(f"{self.name}: NetBox gave rows twice, so that it must have left others out.")
            seen.update(ids)
            yield new
            more = len(rows) >= asked or asked > self._graphql.proven
            more = more and len(rows) > 1
            offset += len(rows) - 1

    def _window(self, offset: int, rows: int, impatient: bool) -> tuple[list[Row], int]:
        return self._ask(f"offset: {offset}, limit: {rows}", self._filters, impatient), rows

    # Requests

    def _ask(self, page: str, filters: Mapping[str, t.Any], impatient: bool) -> list[Row]:
        """A page of the list; the lists in its rows may be cut."""
        text = f"{{{self._paged(page, filters)} {{{written(self._fields)}}}}}"
        self.requests += 1
        if self.requests > MOST_REQUESTS:
            raise UnexpectedAnswer(f"{self.name}: the list does not end.")
        rows = self._graphql.query(text, impatient=impatient).get(self.name)
        if not isinstance(rows, list):
            raise UnexpectedAnswer(f"{self.name} is not a list of objects.")
        return rows

    def _paged(self, page: str, filters: Mapping[str, t.Any]) -> str:
        conditions = filters_written(filters, self.name, self._graphql.filter_types)
        return f"{self.name}({f'filters: {conditions} ' if filters else ''}pagination: {{{page}}})"

    def _complete(self, rows: list[Row]) -> None:
        def ask(text: str) -> t.Any:
            self.requests += 1
            return self._graphql.query(text)

        graphql = self._graphql
        try:
            graphql.proven = complete(rows, self.name, self._fields, graphql.proven, graphql.page_size, ask)
        except (AttributeError, KeyError, TypeError, ValueError):
            # There, nothing but what NetBox answered is taken apart.
            raise UnexpectedAnswer(f"{self.name}: its objects are not what was asked for.") from None


def _number(row: t.Any, name: str) -> int:
    """The id of a row, which GraphQL gives as a text."""
    try:
        number = int(row["id"])
        if 0 <= number <= HIGHEST_ID:
            return number
    except (KeyError, OverflowError, TypeError, ValueError):
        pass
    raise UnexpectedAnswer(f"{name} is not a list of objects with ids.")
