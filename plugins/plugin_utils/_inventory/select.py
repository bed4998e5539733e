# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Read the data that the option ``select`` requests: a GraphQL selection for each host.

GraphQL returns null for an object that the token's user has no permission to view. So the plugin requires permission to
view all object types in the selection, and confirms each null through the REST API.
"""

from __future__ import annotations

import re
import typing as t
from collections.abc import Callable, Collection, Iterable, Sequence

from ansible_collections.netbox.cursor.plugins.module_utils._filters.representation import Representation
from ansible_collections.netbox.cursor.plugins.module_utils._graphql.selection import Field, parse
from ansible_collections.netbox.cursor.plugins.module_utils._graphql.walk import GraphQL
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import (
    AccessDenied,
    GraphQLFailed,
    NetBoxError,
    NotFound,
    UsageError,
)
from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import Pairs
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager
from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row, look_ahead
from ansible_collections.netbox.cursor.plugins.module_utils._lists.workers import ordered_map
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.facts import FIELDS
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.graphql_types import (
    TYPE_NAME,
    Types,
    fragment_type,
)
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.tables import HOSTS

ROOTS = {"devices": "DeviceType", "virtual_machines": "VirtualMachineType"}
# Names of the fields that the plugin adds to a selection. Users are not likely to choose these names.
ID, TYPE = "netbox_cursor_id", "netbox_cursor_type"
# NetBox returns this error if the user has no permission to view the object in a field that is never null.
_NEVER_NULL = re.compile(r"Cannot return null for non-nullable field (\w+)\.(\w+)")
Nulls = dict[tuple[str, str], set[int]]
"""IDs of objects that have null in a field, by object type and field name."""


class HiddenObjects(NetBoxError):
    """GraphQL hides objects in the selection."""


def _number(row: t.Any) -> int:
    """Return the ID of an object in a list, or 0 if the ID was not selected."""
    number = str(row.get("id")) if isinstance(row, dict) else ""
    return int(number) if number.isdecimal() else 0


def _keys(fields: Iterable[Field]) -> set[str]:
    """Return the response names of the selected fields, including fields in fragments."""
    return {key for field in fields for key in ([field.key] if field.key else _keys(field.fields))}


class SelectReader:
    """Reads the selection ``written`` for hosts of these ``kinds``.

    ``count`` returns the number of objects in a list.
    """

    def __init__(self, pager: Pager, written: t.Any, kinds: Sequence[str], count: Callable[[str, Pairs], int]) -> None:
        self._pager = pager
        self._graphql = GraphQL(pager)
        self._types = Types(self._graphql.query)
        self._count = count
        self._selected = parse(written)
        self._kinds = kinds
        # The user's selection, and the selection to read, by kind of host.
        self._own: dict[str, list[Field]] = {}
        self._fields: dict[str, list[Field]] = {}
        # NetBox's object types by model name.
        self._models: dict[str, Row] = {}

    def prepare(self) -> None:
        """Check the selection against the server's schema, and check the permissions."""
        try:
            self._types.load(ROOTS[kind] for kind in self._kinds)
        except (AccessDenied, GraphQLFailed, NotFound) as error:
            raise UsageError(
                f"select requires NetBox's GraphQL API, which is not available on this server: {error}"
            ) from None
        seen: set[str] = set()
        for kind in self._kinds:
            fields = self._fields_of(kind)
            seen |= self._types.check(fields, ROOTS[kind])
            self._own[kind], self._fields[kind] = fields, self._completed(fields, ROOTS[kind])
        self._models = self._read_models()
        for name in sorted(seen - set(ROOTS.values())):
            self._check_permission(name)

    def _fields_of(self, kind: str) -> list[Field]:
        """Return the selected fields, without the fields that only hosts of the other kind have."""
        others = [ROOTS[other] for other in self._kinds if other != kind]
        return self._common(self._selected, ROOTS[kind], others[0]) if others else self._selected

    def _common(self, fields: Iterable[Field], name: str, other: str | None) -> list[Field]:
        """Return the fields, except fields that the type ``other`` has but the type ``name`` lacks."""
        here, there = self._types[name], self._types[other] if other else None
        kept = []
        for field in fields:
            below = fragment_type(field)
            if not field.key and below:
                elsewhere = there and below in {there.name, *there.possible}
                if below in {here.name, *here.possible} or not elsewhere:
                    kept.append(field)
                continue
            mine, theirs = here.fields.get(field.name), there.fields.get(field.name) if there else None
            if mine and theirs and field.fields and mine.composite and theirs.composite:
                inside = self._common(field.fields, mine.name, theirs.name if theirs.name != mine.name else None)
                if inside:
                    kept.append(Field(field.key, field.name, field.arguments, field.directives, inside))
            elif mine or not theirs:
                kept.append(field)
        return kept

    def _completed(self, fields: Iterable[Field], name: str) -> list[Field]:
        """Return the selection with additional fields that identify objects.

        Add the ID if an object is in a list, or if one of its selected fields can be null. Add the type if an object
        can have one of several types.
        """
        kind, found, can_be_null = self._types[name], [], False
        for field in fields:
            target = kind.fields.get(field.name)
            below = fragment_type(field) or name if not field.key else target.name if target else ""
            inside = self._completed(field.fields, below) if field.fields else []
            if target and target.many and "id" not in _keys(field.fields) and "id" in self._types[below].fields:
                # To request the rest of a long list, the reader needs the IDs of the objects.
                inside.append(Field("id", "id"))
            found.append(Field(field.key, field.name, field.arguments, field.directives, inside))
            can_be_null |= bool(target and target.composite and target.nullable and not target.many)
        if can_be_null and "id" in kind.fields:
            found.append(Field(ID, "id"))
        if len(kind.possible) > 1:
            found.append(Field(TYPE, TYPE_NAME))
        return found

    # Permissions

    def _read_models(self) -> dict[str, Row]:
        fields = ("app_label", "model", "rest_api_endpoint", "is_plugin_model")
        rows = list(self._pager.rows("core/object-types", representation=Representation(fields=("id", *fields))))
        # A NetBox plugin can have an object type with the same name. NetBox's own type must take precedence.
        rows.sort(key=lambda row: not row.get("is_plugin_model"))
        return {row["model"]: row for row in rows}

    def _model(self, name: str) -> Row:
        return self._models.get(name.removesuffix("Type").lower(), {})

    def _endpoint(self, name: str) -> str:
        """Return the REST endpoint of a type, or an empty string if it has none."""
        path = self._model(name).get("rest_api_endpoint") or ""
        return path.rpartition("/api/")[2].strip("/")

    def _permission(self, names: Iterable[str]) -> str:
        models = [self._model(name) for name in names]
        return " or ".join(f"{one['app_label']}.view_{one['model']}" for one in models if one)

    def _check_permission(self, name: str) -> None:
        endpoint = self._endpoint(name)
        try:
            if endpoint:
                self._count(endpoint, [])
        except AccessDenied as error:
            raise HiddenObjects(
                f"select: GraphQL would hide objects of the type {name}. Give the token's user the permission "
                f"{self._permission([name])}, or remove these objects from the selection. {error}"
            ) from None
        except NotFound:
            return

    # Rows

    def read(self, kind: str, ids: Collection[int], everything: bool) -> list[Row]:
        """Return the selected data for the hosts with these IDs.

        ``everything`` is true if these are nearly all hosts.
        """
        own, fields = self._own[kind], self._fields[kind]
        if not ids or not own:
            return []
        read = fields if "id" in _keys(own) else [Field("id", "id"), *fields]
        try:
            rows = self._rows(HOSTS[kind].name, read, ids, everything)
        except GraphQLFailed as error:
            raise self._explained(error) from None
        except AccessDenied as error:
            raise HiddenObjects(f"select: {error}") from None
        nulls: Nulls = {}
        selected = []
        for row in rows:
            number = int(row["id"])
            # Hidden objects of hosts outside the inventory do not matter.
            self._tidy(row, own, ROOTS[kind], nulls if number in ids else {})
            if number in ids:
                selected.append({"id": number, "value": row})
        self._check_nulls(nulls, kind if len(selected) == len(rows) and everything else None)
        return selected

    def _rows(self, name: str, fields: Sequence[Field], ids: Collection[int], everything: bool) -> list[Row]:
        if everything:
            return list(self._graphql.rows(name, fields))
        # Each part is smaller than a page, because the reader would request another page after a full page.
        ordered, size = sorted(ids), max(self._pager.page_size - 1, 1)
        parts = [ordered[start : start + size] for start in range(0, len(ordered), size)]

        def read(part: list[int]) -> list[Row]:
            return list(self._graphql.rows(name, fields, {"id": {"in_list": part}}))

        workers = self._pager.workers
        return [row for rows in ordered_map(workers, read, parts, look_ahead(workers.size)) for row in rows]

    def _explained(self, error: GraphQLFailed) -> NetBoxError:
        """If NetBox could not return a field that is never null, return an error that names the permission."""
        for reason in error.reasons:
            found = _NEVER_NULL.search(reason)
            target = self._types[found[1]].fields.get(found[2]) if found else None
            if found and target:
                return HiddenObjects(
                    f"select: NetBox cannot return {found[2]!r} of {found[1]}. Give the token's user the permission "
                    f"{self._permission([target.name])} for all objects that are selected. {error}"
                )
        return error

    def _tidy(self, value: Row, fields: Sequence[Field], name: str, nulls: Nulls) -> None:
        """Remove the additional fields from an object, and record in ``nulls`` which selected objects are null."""
        number, actual = value.get(ID), value.get(TYPE) or name
        self._visit(value, fields, name, actual, number, nulls)
        value.pop(ID, None)
        value.pop(TYPE, None)
        if "id" not in _keys(fields):
            value.pop("id", None)

    def _visit(self, value: Row, fields: Iterable[Field], name: str, actual: str, number: t.Any, nulls: Nulls) -> None:
        kind = self._types[name]
        for field in fields:
            if not field.key:
                below = fragment_type(field) or name
                if below in (name, actual):
                    self._visit(value, field.fields, below, actual, number, nulls)
                continue
            target = kind.fields.get(field.name)
            if not field.fields or target is None or field.key not in value:
                continue
            found = value[field.key]
            if found is None and number is not None and not field.arguments and not field.directives:
                nulls.setdefault((name, field.name), set()).add(int(number))
            if isinstance(found, list) and not {"pagination", "order"} & field.argument_names:
                # Without sorting, short lists would be in NetBox's order, but long lists would be in ID order.
                found.sort(key=_number)
            for one in found if isinstance(found, list) else [found]:
                if one:
                    self._tidy(one, field.fields, target.name, nulls)

    def _check_nulls(self, nulls: Nulls, complete: str | None) -> None:
        """Raise :class:`HiddenObjects` if the REST API shows an object, but GraphQL returned null.

        ``complete`` is the kind of host that was read completely, or ``None``. For hosts of this kind, it is enough to
        compare a count.
        """
        for (name, field), ids in sorted(nulls.items()):
            endpoint = self._endpoint(name)
            if not endpoint or (complete and self._is_count(complete, name, field, len(ids))):
                continue
            shape = Representation(endpoint, fields=("id", field))
            pairs = [("id", str(number)) for number in sorted(ids)]
            hidden = [row["id"] for row in self._pager.rows(endpoint, pairs, representation=shape) if row.get(field)]
            if hidden:
                target = self._types[name].fields[field].name
                kinds = self._types[target].possible or (target,)
                raise HiddenObjects(
                    f"select: GraphQL returns null for {field!r} of {len(hidden)} objects of the type {name}, such as "
                    f"ID {hidden[0]}, but the REST API returns an object. Give the token's user the permission "
                    f"{self._permission(kinds)} for these objects. If NetBox changed during this run, start the run "
                    "again."
                )

    def _is_count(self, kind: str, name: str, field: str, number: int) -> bool:
        """Return whether the REST API counts exactly ``number`` hosts with null in a field."""
        if name != ROOTS[kind] or field not in FIELDS or kind not in FIELDS[field].nullable:
            return False
        return self._pager.count(HOSTS[kind].endpoint, [(f"{field}_id", "null")]) == number
