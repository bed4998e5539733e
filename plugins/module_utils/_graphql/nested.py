# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Lists inside of GraphQL's rows, which NetBox cuts at its maximum without a word (FACTS 9), made whole."""

from __future__ import annotations

import dataclasses
import typing as t
from collections.abc import Iterator, Sequence

from ansible_collections.netbox.cursor.plugins.module_utils._graphql.selection import Field
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import IncompleteList, UnexpectedAnswer
from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row

# In place of the id of an object in a list, where the id was not selected.
UNKNOWN = -1

Query = t.Callable[[str], t.Any]
"""Asks for the text of a query and returns its data."""


@dataclasses.dataclass
class _Nested:
    """A list that may have been cut: ``holder[field.key]``, on the way ``path`` from the row with the id ``top``.

    ``path`` holds the fields on that way; with each list, the id of its object that it goes through.
    """

    top: int
    path: list[tuple[Field, int | None]]
    field: Field
    holder: Row

    @property
    def rows(self) -> list[Row]:
        return t.cast("list[Row]", self.holder[self.field.key])

    @property
    def way(self) -> tuple[int, ...]:
        """The same for the same list of other rows."""
        return (*(id(field) for field, dummy in self.path), id(self.field))


def complete(rows: Sequence[Row], name: str, fields: Sequence[Field], maximum: int, page_size: int, ask: Query) -> int:
    """Put what is missing into the lists in ``rows``, which are objects of the list ``name`` with these ``fields``.

    ``maximum``: the server is known to give lists of that length; shorter ones are whole. Returns the greatest length
    that is known now. Lists that the user pages (``interfaces(pagination: …)``) are left alone.
    Raises :class:`IncompleteList` where what is missing cannot be asked for.
    """
    ways: dict[tuple[int, ...], list[_Nested]] = {}
    for row in rows:
        for nested in _long_ones(int(row["id"]), [], row, fields, maximum):
            ways.setdefault(nested.way, []).append(nested)
    for some in ways.values():
        cut = _cut(some, name, ask)
        for nested in some:
            maximum = max(maximum, len(nested.rows))
            if nested.top in cut:
                nested.holder[nested.field.key] = _whole(nested, name, page_size, ask)
    return maximum


def _long_ones(
    top: int, path: list[tuple[Field, int | None]], row: Row, fields: Sequence[Field], maximum: int
) -> Iterator[_Nested]:
    for field in fields:
        value = row.get(field.key) if field.key else row
        if not field.fields or not value:
            continue
        if isinstance(value, list):
            if len(value) >= maximum and "pagination" not in field.arguments:
                yield _Nested(top, path, field, row)
            for one in value:
                number = int(one["id"]) if "id" in one else UNKNOWN
                yield from _long_ones(top, [*path, (field, number)], one, field.fields, maximum)
        else:
            yield from _long_ones(top, [*path, (field, None)], value, field.fields, maximum)


def _cut(some: list[_Nested], name: str, ask: Query) -> set[int]:
    """The ids of the rows in which a list goes on behind what came. All are asked for at once."""
    first = some[0]
    behind = min(len(nested.rows) for nested in some)
    text = first.field.written(f"pagination: {{offset: {behind}, limit: 1}}", "id")
    for field, dummy in reversed(first.path):
        text = field.written(inside=text)
    numbers = sorted({nested.top for nested in some})
    wanted = ", ".join(map(str, numbers))
    data = ask(
        f"{{{name}(filters: {{id: {{in_list: [{wanted}]}}}} pagination: {{limit: {len(numbers)}}}) {{id {text}}}}}"
    )
    way = [field for field, dummy in first.path] + [first.field]
    return {int(row["id"]) for row in data.get(name) or () if any(_at(row, way))}


def _at(value: t.Any, way: Sequence[Field]) -> Iterator[t.Any]:
    """What is found behind all fields of ``way``, in all objects of all lists on it."""
    if not way:
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _at(one, way)
    elif isinstance(value, dict):
        yield from _at(value.get(way[0].key) if way[0].key else value, way[1:])


def _whole(nested: _Nested, name: str, page_size: int, ask: Query) -> list[Row]:
    """All rows of a list that was cut, in id order."""
    field = nested.field
    paged = any("pagination" in outer.arguments for outer, number in nested.path if number is not None)
    unknown = any(number == UNKNOWN for dummy, number in nested.path)
    if paged or unknown or not any(inner.key == inner.name == "id" for inner in field.fields):
        raise IncompleteList(
            f"{name}: the list {field.key} of {nested.top} is longer than NetBox gives at once. Select the id in it "
            "and in the lists around it, without pagination, so that the rest can be asked for."
        )
    rows: list[Row] = []
    start = 0
    while True:
        text = field.written(f"pagination: {{start: {start}, limit: {page_size}}}")
        for outer, number in reversed(nested.path):
            text = outer.written(_only(number), f"id {text}") if number is not None else outer.written("", text)
        value = ask(f"{{{name}({_only(nested.top)}) {{id {text}}}}}").get(name)
        for outer, number in [(Field("", ""), nested.top), *nested.path, (field, None)]:
            value = value.get(outer.key) if outer.key and value else value
            if number is not None:
                value = value[0] if value and int(value[0]["id"]) == number else None
        if not value:
            # There are no more, or what they belong to is gone.
            return rows
        if int(value[0]["id"]) < start or int(value[-1]["id"]) < start:
            raise UnexpectedAnswer(f"{name}: the list {field.key} of {nested.top} does not go on where it should.")
        rows += value
        start = int(value[-1]["id"]) + 1


def _only(number: int) -> str:
    """The argument by which a list gives the object with this id, or the one that follows it."""
    return f"pagination: {{start: {number}, limit: 1}}"
