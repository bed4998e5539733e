# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Read types from the server's GraphQL schema, and check that a selection matches them."""

from __future__ import annotations

import dataclasses
import re
import typing as t
from collections.abc import Callable, Iterable, Sequence

from ansible_collections.netbox.cursor.plugins.module_utils._graphql.selection import Field
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UnexpectedAnswer, UsageError
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.values import suggest

_TYPE = "name kind ofType {name kind ofType {name kind ofType {name kind}}}"
_COMPOSITE = ("OBJECT", "INTERFACE", "UNION")
TYPE_NAME = "__typename"
_FRAGMENT = re.compile(r"\.\.\. on (\w+)")


class Target(t.NamedTuple):
    """A field's type: its name, and whether it has fields, is a list, or can be null."""

    name: str
    composite: bool
    many: bool
    nullable: bool


@dataclasses.dataclass(frozen=True)
class GraphQLType:
    """A GraphQL type: its fields, and the concrete types that its objects can have."""

    name: str
    fields: dict[str, Target]
    possible: tuple[str, ...]


class Types:
    """The types in the schema, by name. Each type is requested once. ``query`` sends a query and returns its data."""

    def __init__(self, query: Callable[[str], t.Any]) -> None:
        self._query = query
        self._known: dict[str, GraphQLType | None] = {}

    def load(self, names: Iterable[str]) -> None:
        """Request all types in ``names`` that are not known yet, in one query."""
        new = sorted(set(names) - set(self._known))
        if not new:
            return
        parts = [
            f't{number}: __type(name: "{name}") {{kind possibleTypes {{name}} fields {{name type {{{_TYPE}}}}}}}'
            for number, name in enumerate(new)
        ]
        data = self._query("{" + " ".join(parts) + "}")
        try:
            self._known.update((name, _read(name, data[f"t{number}"])) for number, name in enumerate(new))
        except (AttributeError, KeyError, TypeError):
            raise UnexpectedAnswer("NetBox did not describe the types of its GraphQL schema.") from None

    def __getitem__(self, name: str) -> GraphQLType:
        self.load([name])
        known = self._known[name]
        if known is None:
            raise UsageError(f"select: this NetBox does not have the GraphQL type {name!r}.")
        return known

    def check(self, fields: Sequence[Field], root: str) -> set[str]:
        """Return the object types in a selection.

        Raise :class:`UsageError` if the selection does not match the schema.
        """
        seen: set[str] = set()
        level = [(fields, root)]
        while level:
            self.load(name for dummy, name in level)
            level = [below for selected, name in level for field in selected for below in self._below(field, name)]
            seen.update(name for dummy, name in level)
        return seen

    def _below(self, field: Field, name: str) -> list[tuple[Sequence[Field], str]]:
        """Return a list with the field's selection and its type. For a field without a selection, the list is empty."""
        kind = self[name]
        if not field.key:
            return [(field.fields, self._fragment(field, kind))]
        if field.name == TYPE_NAME:
            return []
        target = kind.fields.get(field.name)
        if target is None:
            if len(kind.possible) > 1 and not kind.fields:
                names = " or ".join(f"... on {one}" for one in kind.possible)
                raise UsageError(f"select: {field.name!r} is not a field of all types of {name}. Put it in {names}.")
            raise UsageError(f"select: {name} has no field {field.name!r}.{suggest(field.name, kind.fields)}")
        if target.composite and not field.fields:
            raise UsageError(f"select: {field.name!r} of {name} is an object. Select its fields: {field.name} {{id}}.")
        if field.fields and not target.composite:
            raise UsageError(f"select: {field.name!r} of {name} is a value without fields. Remove its braces.")
        return [(field.fields, target.name)] if target.composite else []

    def _fragment(self, field: Field, kind: GraphQLType) -> str:
        found = _FRAGMENT.match(field.name)
        name = found[1] if found else kind.name
        possible = {kind.name, *kind.possible}
        if name not in possible:
            raise UsageError(f"select: {kind.name} cannot be of the type {name!r}.{suggest(name, possible)}")
        return name


def fragment_type(field: Field) -> str | None:
    """Return the type that a fragment applies to, or ``None`` if the field is not a fragment with a type."""
    found = _FRAGMENT.match(field.name)
    return found[1] if found else None


def _read(name: str, described: t.Any) -> GraphQLType | None:
    if described is None:
        return None
    fields = {field["name"]: _target(field["type"]) for field in described["fields"] or ()}
    return GraphQLType(name, fields, tuple(one["name"] for one in described["possibleTypes"] or ()))


def _target(kind: t.Any) -> Target:
    nullable, many = kind["kind"] != "NON_NULL", False
    while kind.get("ofType"):
        many |= kind["kind"] == "LIST"
        kind = kind["ofType"]
    return Target(kind["name"], kind["kind"] in _COMPOSITE, many, nullable)
