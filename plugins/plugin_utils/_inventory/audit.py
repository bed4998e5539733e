# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Compare part of a snapshot with NetBox, to find changes that NetBox did not log.

Each run reads one slice of the snapshot. A slice contains the hosts and component rows in certain ID ranges, and some
of the other tables. Long tables are divided into parts, which belong to successive slices.

GraphQL hides objects that the token's user has no permission to view. Therefore, the REST API must confirm a difference
that GraphQL shows.
"""

from __future__ import annotations

import dataclasses
import typing as t
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial

from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory import costs
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.options import KINDS, Options
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.plan import Plan
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.read import Reader
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.rest import Owners
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.snapshot import Snapshot, Table
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.tables import INTERFACES, TABLES, Related

# Counts and depths in the short forms of objects. They change without a change record.
DERIVED = frozenset(("device_count", "member_count", "_depth"))

# The fields of interfaces that contain the host, by table. The inventory uses only the host's ID.
OWNERS = {table.name: [kind[:-1] for kind in table.kinds] for table in INTERFACES.values()}

# The tables of interfaces, by the type of their objects.
OF_MODEL = {table.model: table for table in INTERFACES.values()}


class Audit:
    """Divides ``snapshot`` into ``slices`` slices, and compares one slice with NetBox."""

    def __init__(self, reader: Reader, plan: Plan, options: Options, snapshot: Snapshot, slices: int) -> None:
        self._reader = reader
        self._plan = plan
        self._snapshot = snapshot
        self._slices = slices
        self._kinds = options.kinds

    def differences(self, number: int) -> list[str]:
        """Return a description of each difference in the slice with this ``number``."""
        found: list[str] = []
        for kind in self._kinds:
            found += self._host_differences(kind, number)
        for table in TABLES.values():
            if table.kinds and table.name in self._snapshot.tables and table.name in self._plan.tables:
                found += self._component_differences(table, number)
        for name, ids in self._parts(number):
            found += self._complete_differences(name) if ids is None else self._part_differences(name, ids)
        return found

    def _bounds(self, rows: Table, number: int) -> tuple[int, int | None]:
        """Return the first ID of a slice, and the first ID of the next slice. Together, the slices contain all IDs."""
        ids = sorted(rows)

        def cut(place: int) -> int:
            return ids[len(ids) * place // self._slices] if ids and place else min(place, 1)

        return cut(number), cut(number + 1) if number + 1 < self._slices else None

    def _host_differences(self, kind: str, number: int) -> list[str]:
        rows = self._snapshot.table(kind)
        bounds = self._bounds(rows, number)
        known = {one: row for one, row in rows.items() if _is_between(one, *bounds)}
        read, by_graphql = self._reader.hosts_between(kind, *bounds, known)
        found = _differing(kind, rows, read, bounds)
        if by_graphql and found:
            different = {one: rows[one] for one in found if one in rows}
            found = _differing(kind, different, self._reader.rest.hosts_with(kind, found), (0, None))
        return list(found.values())

    def _component_differences(self, table: Related, number: int) -> list[str]:
        present = {kind: self._snapshot.table(kind).keys() for kind in table.kinds if kind in self._kinds}
        if not any(present.values()):
            return []
        if self._reader.by_owner_is_cheaper(table, present):
            return self._differences_by_owner(table, present, number)
        of_host = partial(self._is_of_host, table)
        bounds = self._bounds(self._snapshot.tables[table.name], number)
        between = (row for one, row in self._snapshot.tables[table.name].items() if _is_between(one, *bounds))
        rows = {row["id"]: row for row in filter(of_host, between)}
        if table in INTERFACES.values():
            read, by_graphql = self._reader.interfaces_between(table.kinds[0], *bounds, rows.values())
        else:
            read, by_graphql = list(self._reader.rest.components_between(table, *bounds)), False
        found = _differing(table.name, rows, filter(of_host, read), bounds)
        if by_graphql and found:
            return self._confirmed(table, set(found))
        return list(found.values())

    def _confirmed(self, table: Related, ids: set[int]) -> list[str]:
        """Describe the rows with these IDs that differ from the REST API."""
        rows = {number: row for number, row in self._snapshot.tables[table.name].items() if number in ids}
        read = filter(partial(self._is_of_host, table), self._reader.rest.rows_with(table, ids))
        return list(_differing(table.name, rows, read, (0, None)).values())

    def _differences_by_owner(self, table: Related, kinds: Iterable[str], number: int) -> list[str]:
        owners: dict[str, list[int]] = {}
        for kind in kinds:
            hosts = self._snapshot.table(kind)
            bounds = self._bounds(hosts, number)
            owners[kind] = [one for one in hosts if _is_between(one, *bounds)]
        wanted, rest = Owners(owners, dict.fromkeys(KINDS, True)), self._reader.rest
        if not wanted.of(table.kinds):
            return []
        of_slice = {(kind, one) for kind, ids in owners.items() for one in ids}
        is_in = self._of_interfaces(of_slice) if table.name == "addresses" else partial(_is_owned_by, table, of_slice)
        read = rest.addresses(wanted) if table.name == "addresses" else rest.components(table, wanted)
        rows = {one: row for one, row in self._snapshot.tables[table.name].items() if is_in(row)}
        return list(_differing(table.name, rows, filter(is_in, read), (0, None)).values())

    def _of_interfaces(self, owners: Collection[tuple[str, int]]) -> Callable[[Row], bool]:
        """Return a function that tests whether an address belongs to an interface of one of the ``owners``."""
        interfaces = {
            (table.model, row["id"])
            for table in INTERFACES.values()
            for row in self._snapshot.table(table.name).values()
            if _is_owned_by(table, owners, row)
        }
        return lambda row: (row.get("assigned_object_type"), row.get("assigned_object_id")) in interfaces

    def _is_of_host(self, table: Related, row: Row) -> bool:
        """Return whether a row belongs to a host in the snapshot. An address belongs to the host of its interface."""
        if table.name == "addresses":
            if row.get("assigned_object_type") not in OF_MODEL:
                return False
            table = OF_MODEL[row["assigned_object_type"]]
            row = self._snapshot.table(table.name).get(row["assigned_object_id"], {})
        owner = table.owner_of(row)
        return owner is not None and owner[1] in self._snapshot.table(owner[0])

    def _parts(self, number: int) -> Iterator[tuple[str, list[int] | None]]:
        """Yield the tables and the parts of tables in a slice.

        A part is the name of the table and the IDs of some rows. For a table that is read completely, the IDs are
        ``None``.
        """
        names = sorted(name for name in self._snapshot.tables if name in self._plan.tables and not TABLES[name].kinds)
        for place, name in enumerate(names):
            parts: list[list[int] | None] = [None]
            if not self._reader.reads_all(TABLES[name]):
                ids, size = sorted(self._snapshot.tables[name]), costs.IDS_PER_REQUEST
                parts = [ids[start : start + size] for start in range(0, len(ids), size)]
            for more, part in enumerate(parts):
                if (place + more) % self._slices == number:
                    yield name, part

    def _part_differences(self, name: str, ids: list[int]) -> list[str]:
        return self._differences_of(name, self._reader.rest.rows_with(TABLES[name], ids))

    def _complete_differences(self, name: str) -> list[str]:
        other = dataclasses.replace(self._snapshot, tables=dict(self._snapshot.tables), denied={})
        del other.tables[name]
        self._reader.read_tables(other, [name])
        return self._differences_of(name, other.tables.get(name, {}).values())

    def _differences_of(self, name: str, rows: Iterable[Row]) -> list[str]:
        read = {row["id"]: row for row in rows}
        # A refresh does not remove objects that hosts no longer refer to, so ignore objects that were not read.
        known = {number: row for number, row in self._snapshot.tables[name].items() if number in read}
        return list(_differing(name, known, read.values(), (0, None)).values())


def _is_owned_by(table: Related, owners: Collection[tuple[str, int]], row: Row) -> bool:
    return table.owner_of(row) in owners


def _is_between(number: int, low: int, high: int | None) -> bool:
    return low <= number and (high is None or number < high)


def _differing(name: str, rows: Table, read: Iterable[Row], bounds: tuple[int, int | None]) -> dict[int, str]:
    """Return a description of each row that differs from NetBox, by ID.

    Report a row as gone if its ID is between ``bounds``, but ``read`` does not contain the row.
    """
    label, found, seen = name.replace("_", " "), {}, set()
    for row in read:
        number = row["id"]
        seen.add(number)
        if number not in rows:
            found[number] = f"{label} {number} is new"
            continue
        known = rows[number]
        # Saving an object without changes updates `last_updated`, but does not create a change record.
        shown = [field for field in known if field in row and field != "last_updated"]
        fields = [field for field in shown if not _same(name, field, known[field], row[field])]
        if fields:
            found[number] = f"{label} {number} ({', '.join(fields)})"
    for number in rows:
        if number not in seen and _is_between(number, *bounds):
            found[number] = f"{label} {number} is gone"
    return found


def _same(name: str, field: str, one: t.Any, other: t.Any) -> bool:
    if field in OWNERS.get(name, ()) and one and other:
        return bool(one["id"] == other["id"])
    return agree(one, other)


def agree(one: t.Any, other: t.Any) -> bool:
    """Return whether two values are equal. In objects, compare only the fields that both contain.

    GraphQL returns fewer fields than REST.
    """
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return all(key in DERIVED or agree(one[key], other[key]) for key in one.keys() & other.keys())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(agree, _in_order(one), _in_order(other)))
    return bool(one == other)


def _in_order(values: list[t.Any]) -> list[t.Any]:
    objects = all(isinstance(value, Mapping) and isinstance(value.get("id"), int) for value in values)
    return sorted(values, key=lambda value: t.cast(int, value["id"])) if objects else values
