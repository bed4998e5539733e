# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Complete the nested lists in GraphQL rows.

NetBox truncates nested lists to its maximum page size without reporting it.
"""

from __future__ import annotations

import dataclasses
import typing as t
from collections.abc import Iterator, Sequence

from ansible_collections.netbox.cursor.plugins.module_utils._graphql.query import GraphQLQuery
from ansible_collections.netbox.cursor.plugins.module_utils._graphql.selection import Field
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import (
    GraphQLFailed,
    IncompleteList,
    UnexpectedAnswer,
)
from ansible_collections.netbox.cursor.plugins.module_utils._lists.context import Context
from ansible_collections.netbox.cursor.plugins.module_utils._lists.rows import Row

# Placeholder for the ID of an object in a list if the user did not select the ID.
UNKNOWN = -1

Step = tuple[Field, t.Optional[int]]
"""A field on the path to a nested list. If the field is itself a list, the ID selects one object in it."""


@dataclasses.dataclass
class _Nested:
    """A list that NetBox might have truncated: ``holder[field.key]``, at ``path`` in the row with the ID ``top``."""

    top: int
    path: tuple[Step, ...]
    field: Field
    holder: Row
    in_long_list: bool
    """Whether the list is inside another list that is longer than a page."""

    @property
    def rows(self) -> list[Row]:
        return t.cast("list[Row]", self.holder[self.field.key])

    @property
    def way(self) -> tuple[int, ...]:
        """A key for the path and the field, without IDs.

        Lists at the same path share it, even if they are in different rows.
        """
        return (*(id(field) for field, dummy in self.path), id(self.field))

    @property
    def key(self) -> tuple[t.Any, ...]:
        return (self.top, self.way, *(number for dummy, number in self.path))


class NestedLists:
    """Completes the nested lists in the rows of ``query``.

    ``send`` returns the data of the response to a query. Its second argument is true if the request must not be
    repeated after errors that a smaller page might avoid.
    """

    def __init__(self, query: GraphQLQuery, context: Context, send: t.Callable[[str, bool], t.Any]) -> None:
        self._name = query.name
        self._fields = query.read_fields
        self._server = context.server
        self._send = send
        self._size = context.page_size(f"{query.name}, nested lists")
        self._has_lists = any(field.fields for field in query.fields)

    def complete(self, rows: Sequence[Row]) -> None:
        """Add missing objects to the lists in ``rows``, except to lists that the user paginates.

        Raise :class:`IncompleteList` if the missing objects cannot be requested.
        """
        if not self._has_lists:
            return
        try:
            self._complete(rows)
        except (AttributeError, KeyError, TypeError, ValueError):
            # Only NetBox's response can cause these errors, because the code does not access other data.
            raise UnexpectedAnswer(f"{self._name}: the returned objects do not contain the selected fields.") from None

    def _complete(self, rows: Sequence[Row]) -> None:
        whole: set[tuple[t.Any, ...]] = set()
        while True:
            # Complete outer lists first, because the added objects can contain truncated lists.
            found = [nested for row in rows for nested in self._long_lists(row) if nested.key not in whole]
            if not found:
                return
            depth = min(len(nested.path) for nested in found)
            # If the longest list was not truncated, the others were not truncated either.
            found.sort(key=lambda nested: -len(nested.rows))
            ways: dict[tuple[int, ...], list[_Nested]] = {}
            for nested in found:
                if len(nested.path) == depth:
                    ways.setdefault(nested.way, []).append(nested)
            for some in ways.values():
                self._complete_some([nested for nested in some if len(nested.rows) >= self._server.longest_page])
                whole.update(nested.key for nested in some)

    def _complete_some(self, some: Sequence[_Nested]) -> None:
        """Complete lists at the same path in different rows."""
        cut = self._cut([nested for nested in some if not nested.in_long_list])
        for nested in some:
            self._server.note_page(len(nested.rows))
            if nested.top in cut or nested.in_long_list:
                nested.holder[nested.field.key] = self._whole(nested)

    def _long_lists(self, row: Row) -> Iterator[_Nested]:
        """Yield the lists in ``row`` that are at least as long as the longest known page."""
        return self._long_lists_in(int(row["id"]), (), row, self._fields, False)

    def _long_lists_in(
        self, top: int, path: tuple[Step, ...], row: Row, fields: Sequence[Field], in_long_list: bool
    ) -> Iterator[_Nested]:
        longest = self._server.longest_page
        for field in fields:
            value = row.get(field.key) if field.key else row
            if not field.fields or not value:
                continue
            if isinstance(value, list):
                if len(value) >= longest and "pagination" not in field.argument_names:
                    yield _Nested(top, path, field, row, in_long_list)
                for one in value:
                    number = int(one["id"]) if "id" in one else UNKNOWN
                    is_long = in_long_list or len(value) > longest
                    yield from self._long_lists_in(top, (*path, (field, number)), one, field.fields, is_long)
            else:
                yield from self._long_lists_in(top, (*path, (field, None)), value, field.fields, in_long_list)

    def _cut(self, some: list[_Nested]) -> set[int]:
        """Return the IDs of the rows whose lists continue after the received objects. One query checks all lists."""
        if not some:
            return set()
        first = some[0]
        behind = min(len(nested.rows) for nested in some)
        text = first.field.written(f"pagination: {{offset: {behind}, limit: 1}}", "id")
        for field, dummy in reversed(first.path):
            text = field.written(inside=text)
        numbers = sorted({nested.top for nested in some})
        wanted = ", ".join(map(str, numbers))
        selected = f"filters: {{id: {{in_list: [{wanted}]}}}} pagination: {{limit: {len(numbers)}}}"
        query = f"{{{self._name}({selected}) {{id {text}}}}}"
        data = self._size.read(1, lambda dummy, raise_if_overloaded: self._send(query, raise_if_overloaded))
        way = [field for field, dummy in first.path] + [first.field]
        return {int(row["id"]) for row in data.get(self._name) or () if any(_values_at(row, way))}

    def _whole(self, nested: _Nested) -> list[Row]:
        """Return all rows of a list in ID order, or in NetBox's order if the server does not support ``start``."""
        field = nested.field
        lists = [(outer, number) for outer, number in nested.path if number is not None]
        is_known = not any(number == UNKNOWN or "pagination" in outer.argument_names for outer, number in lists)
        if not is_known or not any(inner.key == inner.name == "id" for inner in field.fields):
            raise IncompleteList(
                f"{self._name}: the list {field.key} of the object with ID {nested.top} has more objects than NetBox "
                "returns at once. Select id in this list and in the lists that contain it, and do not set pagination "
                "there."
            )
        if self._server.graphql_start is not False:
            try:
                return self._whole_by_start(nested)
            except GraphQLFailed as error:
                if not error.says("Field 'start' is not defined"):
                    raise
                self._server.note_graphql_start(False)
        if any("filters" in outer.argument_names for outer, dummy in lists):
            raise IncompleteList(
                f"{self._name}: the list {field.key} of the object with ID {nested.top} is too long for NetBox "
                "versions before 4.5.2. Remove the filters from the lists that contain it."
            )
        return self._whole_by_offset(nested)

    def _whole_by_start(self, nested: _Nested) -> list[Row]:
        rows: list[Row] = []
        start = 0
        while True:
            page = self._page(nested, f"start: {start}", _page_of)
            if not page:
                # The list is complete, or the object that contains it was deleted.
                return rows
            if int(page[0]["id"]) < start or int(page[-1]["id"]) < start:
                raise UnexpectedAnswer(
                    f"{self._name}: NetBox returned the wrong page of the list {nested.field.key} of the object with "
                    f"ID {nested.top}."
                )
            rows += page
            start = int(page[-1]["id"]) + 1

    def _whole_by_offset(self, nested: _Nested) -> list[Row]:
        """Return all rows. Pages overlap by one row, so that changes to the list are detected."""
        rows: list[Row] = []
        while True:
            page = self._page(nested, f"offset: {max(0, len(rows) - 1)}", _only_id)
            known = {one["id"] for one in rows}
            new = page[1:] if rows else page
            if (rows and (not page or page[0]["id"] != rows[-1]["id"])) or any(one["id"] in known for one in new):
                raise IncompleteList(
                    f"{self._name}: the list {nested.field.key} of the object with ID {nested.top} changed while it "
                    "was being read."
                )
            rows += new
            if len(page) < 2:
                return rows

    def _page(self, nested: _Nested, place: str, only: t.Callable[[int], str]) -> list[Row]:
        """Return a page of a nested list. ``only`` returns the argument that selects one object in an outer list."""

        def ask(page_rows: int, raise_if_overloaded: bool) -> list[Row]:
            text = nested.field.written(f"pagination: {{{place}, limit: {page_rows}}}")
            for outer, number in reversed(nested.path):
                text = outer.written(only(number), f"id {text}") if number is not None else outer.written("", text)
            data = self._send(f"{{{self._name}({only(nested.top)}) {{id {text}}}}}", raise_if_overloaded)
            value = data.get(self._name)
            for outer, number in [(Field("", ""), nested.top), *nested.path, (nested.field, None)]:
                value = value.get(outer.key) if outer.key and value else value
                if number is not None:
                    value = value[0] if value and int(value[0]["id"]) == number else None
            return value or []

        return self._size.read(self._size.rows, ask)


def _page_of(number: int) -> str:
    """Return the argument that selects the object with this ID, or the next object if it does not exist."""
    return f"pagination: {{start: {number}, limit: 1}}"


def _only_id(number: int) -> str:
    """Return the argument that selects the object with this ID, even if the server does not support ``start``."""
    return f"filters: {{id: {{exact: {number}}}}}"


def _values_at(value: t.Any, way: Sequence[Field]) -> Iterator[t.Any]:
    """Yield the values at the end of the path ``way``, for all objects in all lists on the path."""
    if not way:
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _values_at(one, way)
    elif isinstance(value, dict):
        yield from _values_at(value.get(way[0].key) if way[0].key else value, way[1:])
