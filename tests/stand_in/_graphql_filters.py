# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""GraphQL filters: return the IDs of the rows that match an input such as DeviceFilter.

As in NetBox, a key with the value null is ignored, so `site_id: null` and `in_list: null` select all rows.
"""

from __future__ import annotations

import operator
import re
import typing as t
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from math import prod

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    get_nullable_type,
    is_list_type,
)

from ._endpoints import target_of
from ._graphql_schema import ENDPOINT_OF, TYPE_OF, back_field
from ._graphql_values import OF_ANY_TYPE
from ._lookups import COMPARISONS, Ids, both, time_of, with_descendants
from ._tables import Estate, Key, Table, key

Test = Callable[[t.Any], bool]
Wanted = dict[str, t.Any]


class Filters:
    def __init__(self, estate: Estate, schema: GraphQLSchema) -> None:
        self._estate = estate
        self._schema = schema

    def select(self, kind: GraphQLObjectType, wanted: Wanted) -> Ids:
        """Return the IDs of the matching rows of this type, or None if there are no filters."""
        table = self._estate.get(ENDPOINT_OF[kind.name])
        given = t.cast(GraphQLInputObjectType, self._schema.type_map[f"{kind.name[:-4]}Filter"])
        found: Ids = None
        for name, field in given.fields.items():
            if wanted.get(name) is None or name == "DISTINCT":
                continue
            if name in ("AND", "OR", "NOT"):
                others = self.select(kind, wanted[name])
                if others is None:
                    continue
                if name == "OR":
                    found = others if found is None else {*found, *others}
                else:
                    found = both(found, others if name == "AND" else set(table.ids()) - set(others))
            else:
                matching = self._matching(kind, table, name, get_named_type(field.type).name, wanted[name])
                found = found if matching is None else both(found, matching)
        return found

    def copies(self, kind: GraphQLObjectType, wanted: Wanted) -> Callable[[Sequence[int]], Sequence[int]]:
        """Return a function that repeats IDs like NetBox's joins: once for each matching object in a row's list."""
        if wanted.get("DISTINCT"):
            return lambda ids: ids
        table = self._estate.get(ENDPOINT_OF[kind.name])
        many = {name: value for name, value in wanted.items() if name in kind.fields and value is not None}
        matching: dict[str, set[int]] = {}
        for name, value in many.items():
            related = self._select_child(kind, name, value) if has_list(kind, table, name) else None
            if related is not None:
                matching[name] = set(related)
        if not matching:
            return lambda ids: ids

        def count(pk: int) -> int:
            # A row that matches for another reason appears once.
            return prod(len(found.intersection(table.key_of(pk, name))) or 1 for name, found in matching.items())

        return lambda ids: [pk for pk in ids for _copy in range(count(pk))]

    def _select_child(self, kind: GraphQLObjectType, name: str, value: Wanted) -> Ids:
        return self.select(t.cast("GraphQLObjectType", get_named_type(kind.fields[name].type)), value)

    def _matching(self, kind: GraphQLObjectType, table: Table, name: str, named: str, value: t.Any) -> Ids:
        if named == "ID":
            field = name if name in ids_of_any_type() else name[: -len("_id")]
            return table.having(field, {number(value)})
        if named == "TreeNodeFilter":
            return self._in_tree(table, name[: -len("_id")], value)
        if named == "ContentTypeFilter":
            return self._of_type(table, name, value)
        if named == "JSONFilter":
            return custom_field(table, value)
        if named.endswith("Filter"):
            return self._related(kind, table, name, value)
        if name == "assigned":
            return table.where("assigned_object_id", lambda pk: (pk is not None) is value)
        if name == "id":
            return by_id(table, value)
        if isinstance(self._schema.type_map[named], GraphQLEnumType):
            values = value if isinstance(value, list) else [value]
            return table.where(name, lambda held: held is not None and any(is_choice(each, held) for each in values))
        if isinstance(value, list):
            return table.having(name, set(value))
        if not isinstance(value, dict):
            return table.having(name, {value})
        return table.where(name, test_of(value, named))

    def _related(self, kind: GraphQLObjectType, table: Table, name: str, value: Wanted) -> Ids:
        """Return the rows that refer to matching objects, or to which matching objects refer."""
        child = t.cast("GraphQLObjectType", get_named_type(kind.fields[name].type))
        related = self._select_child(kind, name, value)
        if related is None or not len(table):
            return related and set()
        field = back_field(kind, child, name)
        if field is None or holds_field(table, name):
            return table.having(name, set(related))
        others = self._estate.get(ENDPOINT_OF[child.name])
        if isinstance(get_named_type(child.fields[field].type), GraphQLUnionType):
            type_field, id_field = OF_ANY_TYPE[field]
            mine = {pk for pk, held in others.column(type_field) if ENDPOINT_OF[kind.name] == endpoint_named(held)}
            return {others[pk][id_field] for pk in set(related) & mine}
        return {pk for each in related for pk in as_tuple(key(others[each][field])) if pk is not None}

    def _of_type(self, table: Table, name: str, value: Wanted) -> Ids:
        tests = [
            (0 if part == "app_label" else 1, test_of(value[part], ""))
            for part in ("app_label", "model")
            if value.get(part)
        ]
        return table.where(name, lambda held: held is not None and all(test(held.split(".")[at]) for at, test in tests))

    def _in_tree(self, table: Table, field: str, value: Wanted) -> Ids:
        tree = self._estate.get(target_of(table.endpoint, field) or "")
        pk = number(value["id"])
        match = value["match_type"]
        parent = key(tree[pk]["parent"]) if pk in tree else None
        wanted: set[Key] = {pk}
        if match == "CHILDREN":
            wanted = tree.having("parent", {pk})
        elif match == "SIBLINGS":
            wanted = tree.having("parent", {parent}) - {pk}
        elif match == "PARENT":
            wanted = {parent} - {None}
        elif match == "ANCESTORS":
            wanted = set()
            while parent is not None:
                wanted.add(parent)
                parent = key(tree[parent]["parent"])
        elif match != "EXACT":
            wanted = with_descendants(tree, {pk}) - ({pk} if match == "DESCENDANTS" else set())
        return table.having(field, wanted)


def has_list(kind: GraphQLObjectType, table: Table, name: str) -> bool:
    """Return whether the rows contain the objects of this list, as they contain their tags."""
    return is_list_of_objects(kind.fields[name]) and holds_field(table, name)


def is_list_of_objects(field: GraphQLField) -> bool:
    of_list = is_list_type(get_nullable_type(t.cast("t.Any", field.type)))
    return of_list and isinstance(get_named_type(field.type), GraphQLObjectType)


def holds_field(table: Table, name: str) -> bool:
    return any(name in table.get(pk, {}) for pk in table.ids()[:1])


def ids_of_any_type() -> set[str]:
    return {id_field for _type_field, id_field in OF_ANY_TYPE.values()}


def endpoint_named(held: str | None) -> str | None:
    return ENDPOINT_OF.get(TYPE_OF.get(held or "", ""))


def as_tuple(value: Key) -> tuple[Key, ...]:
    return value if isinstance(value, tuple) else (value,)


def number(value: t.Any) -> int:
    try:
        return int(value)
    except ValueError:
        raise GraphQLError(f"Field 'id' expected a number but got '{value}'.") from None


def by_id(table: Table, wanted: Wanted) -> Ids:
    """Return the IDs that match, without reading rows."""
    ids = table.ids()
    first, end = 0, len(ids)
    found: Ids = None
    for lookup, value in wanted.items():
        if value is None:
            continue
        if lookup == "is_null":
            found = both(found, () if value else ids)
        elif lookup in ("exact", "in_list"):
            numbers = [number(each) for each in (value if lookup == "in_list" else [value])]
            found = both(found, table.having("id", set(numbers)))
        else:
            low = value.get("start") if lookup == "range" else value if lookup in ("gt", "gte") else None
            high = value.get("end") if lookup == "range" else value if lookup in ("lt", "lte") else None
            if low is not None:
                first = max(first, (bisect_right if lookup == "gt" else bisect_left)(ids, number(low)))
            if high is not None:
                end = min(end, (bisect_left if lookup == "lt" else bisect_right)(ids, number(high)))
            kept = ids[first : max(first, end)]
            found = both(found, kept if isinstance(kept, range) else set(kept))
    return found


def custom_field(table: Table, wanted: Wanted) -> Ids:
    """Return the rows that match a custom field filter such as {path, lookup: {string_lookup: {exact}}}."""
    tests = [test_of(lookup, "") for lookup in wanted["lookup"].values() if lookup is not None]

    def test(fields: t.Any) -> bool:
        value = key(fields.get(wanted["path"]))
        return all(each(value) for each in tests)

    return {pk for pk, fields in table.column("custom_fields") if test(fields)}


def test_of(wanted: Wanted, named: str) -> Test:
    """Return a function that checks whether a value passes all of these lookups."""
    read: Callable[[t.Any], t.Any] = time_of if "Datetime" in named else lambda value: value
    same = is_choice if named.endswith("EnumBaseFilterLookup") else operator.eq
    tests = [
        test_of(value, named) if lookup.endswith("_lookup") else lookup_test(lookup, value, read, same)
        for lookup, value in wanted.items()
        if value is not None
    ]
    return lambda held: all(test(held) for test in tests)


def lookup_test(
    lookup: str, value: t.Any, read: Callable[[t.Any], t.Any], same: Callable[[t.Any, t.Any], bool]
) -> Test:
    if lookup in ("is_null", "isnull"):
        return lambda held: (held is None) is value
    if lookup in TEXT_TESTS:
        if lookup in ("regex", "i_regex"):
            check_pattern(value)
        compare = TEXT_TESTS[lookup]
        return lambda held: held is not None and compare(str(held), str(value))
    if lookup in ("range", "start", "end"):
        low, high = (value.get("start"), value.get("end")) if lookup == "range" else (None, None)
        low, high = (value if lookup == "start" else low), (value if lookup == "end" else high)
        return lambda held: (
            held is not None and (low is None or read(held) >= read(low)) and (high is None or read(held) <= read(high))
        )
    if lookup in COMPARISONS:
        order = COMPARISONS[lookup]
        return lambda held: held is not None and order(read(held), read(value))
    values = value if isinstance(value, list) else [value]
    return lambda held: held is not None and any(same(read(each), read(held)) for each in values)


def check_pattern(pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise GraphQLError(f"invalid regular expression: {error}") from None


def is_choice(name: str, held: Key) -> bool:
    """Return whether an enum name (STATUS_ACTIVE, KG, FAMILY_4) corresponds to the value in a row."""
    value = re.sub(r"[^A-Z0-9]", "_", str(held).upper())
    return name == value or name.endswith(f"_{value}")


TEXT_TESTS: dict[str, Callable[[str, str], bool]] = {
    "i_exact": lambda held, value: held.lower() == value.lower(),
    "contains": lambda held, value: value in held,
    "i_contains": lambda held, value: value.lower() in held.lower(),
    "starts_with": str.startswith,
    "i_starts_with": lambda held, value: held.lower().startswith(value.lower()),
    "ends_with": str.endswith,
    "i_ends_with": lambda held, value: held.lower().endswith(value.lower()),
    "regex": lambda held, value: re.search(value, held) is not None,
    "i_regex": lambda held, value: re.search(value, held, re.IGNORECASE) is not None,
}
