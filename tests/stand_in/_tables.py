# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rows by ID for each endpoint, independent of HTTP, filters, and pages."""

from __future__ import annotations

import copy
import typing as t
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence

Row = dict[str, t.Any]
Key = t.Any

# Placeholder for the server's URL in rows. Responses contain the URL of the request.
HERE = "http://netbox.example"


def key(value: t.Any) -> Key:
    """Return the value that a filter compares: the ID of a nested object, the value of a choice, or a tuple of these
    for a list."""
    if isinstance(value, dict):
        return value["id"] if "id" in value else value.get("value")
    if isinstance(value, list):
        return tuple(key(each) for each in value)
    return value


class Table(MutableMapping[int, Row]):
    """One endpoint's rows. Tests can add, edit, and delete rows at any time, so nothing is calculated in advance."""

    def __init__(self, endpoint: str, rows: Iterable[Row] = ()) -> None:
        self.endpoint = endpoint
        self._rows: dict[int, Row] = {row["id"]: row for row in rows}
        # IDs are never reused, even after the newest row was deleted.
        self._newest = max(self._rows, default=0)

    def __getitem__(self, pk: int) -> Row:
        return self._rows[pk]

    def __setitem__(self, pk: int, row: Row) -> None:
        self._rows[pk] = row
        self._newest = max(self._newest, pk)

    def __delitem__(self, pk: int) -> None:
        del self._rows[pk]

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[int]:
        return iter(self.ids())

    def __contains__(self, pk: object) -> bool:
        return pk in self._rows

    def ids(self) -> Sequence[int]:
        return sorted(self._rows)

    def replace(self, rows: Mapping[int, Row]) -> None:
        """Replace all rows with these rows."""
        self._rows = dict(rows)
        self._newest = max([self._newest, *self._rows])

    def reserve(self) -> int:
        """Reserve the next ID. No other row gets this ID, even if it is never used."""
        self._newest += 1
        return self._newest

    def copied(self) -> Table:
        """Return a copy for `become`. Both tables share their rows, so replace a row instead of editing it."""
        other = copy.copy(self)
        other._rows = dict(self._rows)
        return other

    def become(self, other: Table) -> None:
        """Restore the rows of a copy, and its next ID."""
        vars(self).update(vars(other.copied()))

    def add(self, **fields: t.Any) -> Row:
        """Create a row with the next ID, the common fields, and these fields."""
        pk = fields.get("id", self._newest + 1)
        name = fields.get("name", f"{self.endpoint.rsplit('/', 1)[-1]} {pk}")
        row = {"id": pk, "url": f"{HERE}/api/{self.endpoint}/{pk}/", "display": name, "name": name, **fields}
        self[pk] = row
        return row

    def column(self, field: str) -> Iterable[tuple[int, t.Any]]:
        """Yield every ID with the value of one field."""
        return [(pk, row.get(field)) for pk, row in list(self._rows.items())]

    def assigned(self) -> Mapping[int, Row]:
        """Return the stored rows, without the rows that are generated on demand. Only stored rows can have objects in
        their custom fields."""
        return dict(self._rows)

    def example(self, field: str) -> t.Any:
        """Return a value of this field that is not null."""
        return next((value for _pk, value in self.column(field) if value is not None), None)

    def where(self, field: str, test: Callable[[Key], bool]) -> set[int]:
        """Return the IDs of rows whose value passes the test."""
        return {pk for pk, value in self.column(field) if test(key(value))}

    def having(self, field: str, wanted: set[Key]) -> set[int]:
        """Return the IDs of rows whose value is in `wanted`, or whose list contains one of these values."""
        if field == "id":
            return {pk for pk in wanted if pk in self}
        return self.where(field, lambda value: holds(value, wanted))

    def key_of(self, pk: int, field: str) -> Key:
        """Return the value of one row that a filter compares."""
        return key(self[pk][field])

    def finder(self, field: str) -> Callable[[Key], Iterable[int]]:
        """Return a faster `having` for many single values. It reads all rows now, and ignores later changes."""
        found: dict[Key, list[int]] = {}
        for pk, value in self.column(field):
            value = key(value)
            for each in value if isinstance(value, tuple) else (value,):
                found.setdefault(each, []).append(pk)
        return lambda value: found.get(value, ())

    def default_order(self) -> Sequence[int] | None:
        """Return all IDs in the endpoint's default order, if the table can do this faster than by sorting rows."""
        return None


def holds(value: Key, wanted: set[Key]) -> bool:
    if isinstance(value, tuple):
        return any(each in wanted for each in value) if value else None in wanted
    return value in wanted


class GeneratedTable(Table):
    """A table that generates rows from their IDs on demand. It stores only indexes for common filters.

    To change a row, assign it (`table[pk] = row`). Editing a generated row changes only a copy.
    """

    def __init__(
        self,
        endpoint: str,
        count: int,
        make: Callable[[int], Row],
        columns: Mapping[str, Callable[[int], Key]],
        order: Callable[[], Sequence[int]] | None = None,
    ) -> None:
        super().__init__(endpoint)
        self._count = self._newest = count
        self._make = make
        self._columns = columns
        # Fields that are empty in all generated rows.
        self._never_set: frozenset[str] = frozenset()
        self._indexes: dict[str, dict[Key, array[int]]] = {}
        # Fields whose values are lists.
        self._with_lists: set[str] = set()
        self._order = order
        self._kept_order: Sequence[int] | None = None
        # Generated rows that were deleted or replaced.
        self._hidden: set[int] = set()
        self._ids: Sequence[int] | None = range(1, count + 1)

    def __getitem__(self, pk: int) -> Row:
        if pk in self._rows:
            return self._rows[pk]
        if self._is_made(pk):
            return self._make(pk)
        raise KeyError(pk)

    def __setitem__(self, pk: int, row: Row) -> None:
        super().__setitem__(pk, row)
        self._changed(pk)

    def __delitem__(self, pk: int) -> None:
        if pk in self._rows:
            super().__delitem__(pk)
        elif not self._is_made(pk):
            raise KeyError(pk)
        self._changed(pk)

    def __len__(self) -> int:
        return self._count - len(self._hidden) + len(self._rows)

    def __contains__(self, pk: object) -> bool:
        return pk in self._rows or self._is_made(pk)

    def _is_made(self, pk: object) -> bool:
        return isinstance(pk, int) and 1 <= pk <= self._count and pk not in self._hidden

    def _changed(self, pk: int) -> None:
        if 1 <= pk <= self._count:
            self._hidden.add(pk)
        self._ids = self._kept_order = None

    def never_set(self, fields: Iterable[str]) -> None:
        """Declare fields that are empty in all generated rows, so that filters do not generate rows to check them."""
        self._never_set = frozenset(fields) - frozenset(self._columns)

    def copied(self) -> Table:
        other = t.cast(GeneratedTable, super().copied())
        other._hidden = set(self._hidden)
        return other

    def replace(self, rows: Mapping[int, Row]) -> None:
        super().replace(rows)
        self._hidden = set(range(1, self._count + 1))
        self._ids = self._kept_order = None

    def ids(self) -> Sequence[int]:
        if self._ids is None:
            self._ids = sorted([*self._rows, *(pk for pk in range(1, self._count + 1) if pk not in self._hidden)])
        return self._ids

    def column(self, field: str) -> Iterable[tuple[int, t.Any]]:
        if field in self._never_set:
            return ((pk, self._rows[pk].get(field) if pk in self._rows else None) for pk in self.ids())
        if value := self._columns.get(field):
            return ((pk, self._rows[pk].get(field) if pk in self._rows else value(pk)) for pk in self.ids())
        return ((pk, self[pk].get(field)) for pk in self.ids())

    def example(self, field: str) -> t.Any:
        # Generated rows are similar, so a few are enough.
        return next((row[field] for row in map(self.__getitem__, self.ids()[:20]) if row.get(field) is not None), None)

    def key_of(self, pk: int, field: str) -> Key:
        return self._columns[field](pk) if field in self._columns and self._is_made(pk) else super().key_of(pk, field)

    def where(self, field: str, test: Callable[[Key], bool]) -> set[int]:
        if field not in self._columns:
            return super().where(field, test)
        return self._live(field, test, (ids for value, ids in self._index(field).items() if test(value)))

    def having(self, field: str, wanted: set[Key]) -> set[int]:
        if field in self._never_set and None not in wanted:
            return {pk for pk, row in self._rows.items() if holds(key(row.get(field)), wanted)}
        if field == "id" or field not in self._columns:
            return super().having(field, wanted)
        index = self._index(field)
        if field in self._with_lists:
            return self.where(field, lambda value: holds(value, wanted))
        return self._live(field, lambda value: value in wanted, (index[value] for value in wanted if value in index))

    def finder(self, field: str) -> Callable[[Key], Iterable[int]]:
        if self._rows or self._hidden or field not in self._columns:
            return super().finder(field)
        index = self._index(field)
        return super().finder(field) if field in self._with_lists else lambda value: index.get(value, ())

    def _live(self, field: str, test: Callable[[Key], bool], found: Iterable[Iterable[int]]) -> set[int]:
        made = set().union(*found) - self._hidden
        return made | {pk for pk, row in self._rows.items() if test(key(row.get(field)))}

    def _index(self, field: str) -> dict[Key, array[int]]:
        if field not in self._indexes:
            index: dict[Key, array[int]] = {}
            value = self._columns[field]
            for pk in range(1, self._count + 1):
                index.setdefault(value(pk), array("L")).append(pk)
            self._indexes[field] = index
            if any(isinstance(value, tuple) for value in index):
                self._with_lists.add(field)
        return self._indexes[field]

    def default_order(self) -> Sequence[int] | None:
        if self._order is None or self._rows or self._hidden:
            return None
        if self._kept_order is None:
            self._kept_order = self._order()
        return self._kept_order


class Estate:
    """All tables of one NetBox."""

    def __init__(self, tables: Iterable[Table]) -> None:
        self.tables = {table.endpoint: table for table in tables}

    def table(self, endpoint: str) -> Table:
        """Return the endpoint's table. If there is none, create it."""
        endpoint = endpoint.strip("/")
        if endpoint not in self.tables:
            self.tables[endpoint] = Table(endpoint)
        return self.tables[endpoint]

    def get(self, endpoint: str) -> Table:
        """Return the endpoint's table, or an empty table."""
        return self.tables.get(endpoint) or Table(endpoint)
