# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Convert the values of rows from REST form to GraphQL form."""

from __future__ import annotations

import typing as t
from collections.abc import Callable

from graphql import GraphQLNamedType, GraphQLObjectType, get_named_type

from ._endpoints import type_of
from ._graphql_schema import ENDPOINT_OF, TYPE_OF
from ._tables import Estate, Key, Row, key

Read = Callable[[Row], t.Any]

# Decimal places in NetBox's database. REST returns these fields as numbers, and GraphQL returns them as strings.
PLACES = {"latitude": 6, "longitude": 6, "position": 1, "u_height": 1, "vcpus": 2, "weight": 2}
# Fields that refer to objects of several types, with the fields that contain the type and the ID of the object.
OF_ANY_TYPE = {
    "assigned_object": ("assigned_object_type", "assigned_object_id"),
    "parent": ("parent_object_type", "parent_object_id"),
    "scope": ("scope_type", "scope_id"),
}


class Values:
    """Returns functions that read the fields of one mock NetBox."""

    def __init__(self, estate: Estate, version: str) -> None:
        self._estate = estate
        self._version = version

    def leaf(self, kind: GraphQLObjectType, name: str) -> Read:
        """Return a function that reads a value that is not an object."""
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
            # If a device has no face, the value is an empty string. Other choices without a value are null.
            return lambda row: plain(row.get(name)) or ""
        return lambda row: plain(row.get(name))

    def _custom_fields(self, endpoint: str, shown: bool) -> Read:
        """Return a function that reads the custom fields.

        It returns objects as IDs and choices as values. In NetBox 4.7, choices have labels.
        """
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
    """Return custom fields as the database stores them: the fields with a value, or all fields if none has a value."""
    return {name: value for name, value in fields.items() if value is not None} or fields


def plain(value: t.Any) -> t.Any:
    """Return the ID of an object, the value of a choice, or a list of these."""
    value = key(value)
    return list(value) if isinstance(value, tuple) else value


def pointed(named: GraphQLNamedType, name: str) -> Callable[[Row], tuple[str, Key]]:
    """Return a function that reads the type and the ID of the object that a row refers to.

    If the row does not refer to an object, the ID is None.
    """
    if isinstance(named, GraphQLObjectType):
        return lambda row: (named.name, key(row.get(name)))
    type_field, id_field = OF_ANY_TYPE[name]
    return lambda row: (TYPE_OF.get(row.get(type_field) or "", ""), row.get(id_field))
