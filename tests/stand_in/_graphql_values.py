# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Return a row's values in GraphQL form. The rows are in REST form, which differs for some values."""

from __future__ import annotations

import typing as t
from collections.abc import Callable

from graphql import GraphQLNamedType, GraphQLObjectType, get_named_type

from ._endpoints import type_of
from ._graphql_schema import ENDPOINT_OF, TYPE_OF
from ._tables import Estate, Key, Row, key

Read = Callable[[Row], t.Any]

# Digits that NetBox's database keeps after the point; REST gives these fields as numbers, GraphQL as text.
PLACES = {"latitude": 6, "longitude": 6, "position": 1, "u_height": 1, "vcpus": 2, "weight": 2}
# Objects of several types, by the fields in which rows say the type and the id.
OF_ANY_TYPE = {
    "assigned_object": ("assigned_object_type", "assigned_object_id"),
    "parent": ("parent_object_type", "parent_object_id"),
    "scope": ("scope_type", "scope_id"),
}


class Values:
    """Readers for the fields of one NetBox."""

    def __init__(self, estate: Estate, version: str) -> None:
        self._estate = estate
        self._version = version

    def leaf(self, kind: GraphQLObjectType, name: str) -> Read:
        """What reads a value that is no object."""
        if name == "class_type":
            return lambda row: kind.name[: -len("Type")]
        if name == "level":
            return lambda row: row.get("_depth")
        if name in ("custom_fields", "custom_field_data"):
            return self._custom_fields(ENDPOINT_OF[kind.name], name == "custom_fields")
        named = get_named_type(kind.fields[name].type).name
        if named == "ID":
            return lambda row: str(row[name])
        if named == "DateTime":
            return lambda row: row.get(name) and row[name].replace("Z", "+00:00")
        if named == "Decimal":
            places = PLACES.get(name, 2)
            return lambda row: None if row.get(name) is None else f"{row[name]:.{places}f}"
        if named == "JSON":
            return lambda row: row.get(name)
        if name == "vid_ranges":
            return lambda row: [f"[{first}, {last + 1})" for first, last in row.get(name) or ()]
        if name == "face":
            # A device that faces nowhere; other choices that nobody made are null.
            return lambda row: plain(row.get(name)) or ""
        return lambda row: plain(row.get(name))

    def _custom_fields(self, endpoint: str, shown: bool) -> Read:
        """Return a reader of the custom fields. Objects are IDs, and choices are values, with labels in NetBox 4.7."""
        kinds: dict[str, str] = {
            row["name"]: row["type"]["value"]
            for row in self._estate.get("extras/custom-fields").values()
            if type_of(endpoint) in row["object_types"]
        }
        raw = not shown or self._version == "4.5"
        labelled = shown and self._version == "4.7"

        def read(row: Row) -> t.Any:
            fields = row.get("custom_fields") or {}
            return {
                name: value
                if kinds.get(name, "json") == "json" or (labelled and "select" in kinds[name])
                else plain(value)
                for name, value in (stored(fields) if raw else fields).items()
            }

        return read


def stored(fields: Row) -> Row:
    """What the database holds of custom fields: those given when the object was made, or all of them empty."""
    return {name: value for name, value in fields.items() if value is not None} or fields


def plain(value: t.Any) -> t.Any:
    """The id of an object, the value of a choice, of lists each one's."""
    value = key(value)
    return list(value) if isinstance(value, tuple) else value


def pointed(named: GraphQLNamedType, name: str) -> Callable[[Row], tuple[str, Key]]:
    """What reads the type and the id of the object that a row points to; an id of None: to none."""
    if isinstance(named, GraphQLObjectType):
        return lambda row: (named.name, key(row.get(name)))
    type_field, id_field = OF_ANY_TYPE[name]
    return lambda row: (TYPE_OF.get(row.get(type_field) or "", ""), row.get(id_field))
