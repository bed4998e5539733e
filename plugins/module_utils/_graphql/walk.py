# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Send queries to NetBox's GraphQL API, and read its lists."""

from __future__ import annotations

import typing as t
from collections.abc import Generator, Mapping, Sequence

from ansible_collections.netbox.cursor.plugins.module_utils._graphql.filters import FilterTypes
from ansible_collections.netbox.cursor.plugins.module_utils._graphql.query import GraphQLQuery
from ansible_collections.netbox.cursor.plugins.module_utils._graphql.reader import LISTS_PER_QUERY, GraphQLReader
from ansible_collections.netbox.cursor.plugins.module_utils._graphql.selection import Field
from ansible_collections.netbox.cursor.plugins.module_utils._http.client import too_much
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import (
    GraphQLFailed,
    NetBoxError,
    UnexpectedAnswer,
)
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager, emit_pages, flatten
from ansible_collections.netbox.cursor.plugins.module_utils._lists.rows import Row


class GraphQL:
    """The GraphQL API of one NetBox server. It shares the client, the workers, and the page size of ``pager``.

    Several threads can read lists concurrently.
    """

    def __init__(self, pager: Pager) -> None:
        self.client = pager.client
        self._context = pager.context
        self._filter_types = FilterTypes(self.query)

    def query(
        self, text: str, variables: Mapping[str, t.Any] | None = None, *, raise_if_overloaded: bool = False
    ) -> t.Any:
        """Return the ``data`` of the response to a complete query.

        Raise :class:`GraphQLFailed` if the response contains errors.
        """
        answer = self.client.graphql(text, variables, raise_if_overloaded=raise_if_overloaded)
        data = answer.get("data") if isinstance(answer, dict) else None
        if not isinstance(data, dict):
            raise UnexpectedAnswer("The response to a GraphQL query has no data.")
        return data

    def rows(
        self,
        name: str,
        fields: Sequence[Field],
        filters: Mapping[str, t.Any] | None = None,
        limit: int | None = None,
    ) -> Generator[Row, None, None]:
        """Yield the objects in the list ``name`` in ID order, as they arrive. No object is repeated.

        For the parameters, see :class:`GraphQLQuery`, in which ``limit`` is called ``max_rows``. If the list is read by
        offset, the objects arrive in NetBox's order. Nested lists are also read completely.

        Raise :class:`UsageError` immediately if a parameter is invalid. Raise :class:`GraphQLFailed` if NetBox rejects
        a query, and :class:`IncompleteList` if rows were lost. Errors from the client are raised unchanged.
        """
        return flatten(self.pages(name, fields, filters, limit))

    def pages(
        self,
        name: str,
        fields: Sequence[Field],
        filters: Mapping[str, t.Any] | None = None,
        limit: int | None = None,
    ) -> Generator[list[Row], None, None]:
        """Yield lists of the objects from :meth:`rows`, as they arrive."""
        return self._emitted(self._reader(GraphQLQuery(name, list(fields), dict(filters or {}), limit)))

    def short_lists(self, queries: Sequence[GraphQLQuery]) -> list[list[Row]]:
        """Return all rows of each list. One request reads several lists if they fit in one page each.

        A list that does not fit in one page is read again from the beginning. The queries must not have a limit.
        """
        found: list[list[Row]] = []
        for start in range(0, len(queries), LISTS_PER_QUERY):
            readers = [self._reader(query) for query in queries[start : start + LISTS_PER_QUERY]]
            for reader, rows in zip(readers, self._first_pages(readers)):
                found.append(list(flatten(self._emitted(reader))) if rows is None else rows)
        return found

    def _first_pages(self, readers: Sequence[GraphQLReader]) -> list[list[Row] | None]:
        """Return the rows of the lists that fit in one page. Return ``None`` for the other lists."""
        unread: list[list[Row] | None] = [None] * len(readers)
        # NetBox might truncate longer pages.
        rows = self._context.server.longest_page
        if len(readers) == 1 or self._context.pagination == "offset" or not self._context.server.graphql_start:
            return unread
        text = " ".join(f"list{number}: {reader.first_page(rows)}" for number, reader in enumerate(readers))
        try:
            data = self.query(f"{{{text}}}", raise_if_overloaded=True)
        except NetBoxError as error:
            if not isinstance(error, GraphQLFailed) and not too_much(error):
                raise
            self.client.log(2, f"reading {len(readers)} lists one by one because reading them together failed: {error}")
            return unread
        return [reader.whole(data.get(f"list{number}"), rows) for number, reader in enumerate(readers)]

    def _reader(self, query: GraphQLQuery) -> GraphQLReader:
        self._context.workers.check_open()
        return GraphQLReader(self._context, query, self.query, self._filter_types)

    def _emitted(self, reader: GraphQLReader) -> Generator[list[Row], None, None]:
        query = reader.query
        return emit_pages(self.client, query.name, reader.pages(), [reader.state], query.max_rows, query.tidy)
