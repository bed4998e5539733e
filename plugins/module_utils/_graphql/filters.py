# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Convert GraphQL filters from dictionaries to the GraphQL language.

GraphQL distinguishes strings (``"active"``) from enum values (``STATUS_ACTIVE``), but YAML does not. If a value might
be either, the type is read from NetBox's GraphQL schema. With GraphQL variables, the types of values would not be
needed, but each query would have to declare the types of its variables.
"""

from __future__ import annotations

import datetime
import json
import math
import re
import typing as t
from collections.abc import Mapping

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UnexpectedAnswer, UsageError

NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]*")
# NetBox writes enum values in capitals.
_ENUM = re.compile(r"[A-Z][A-Z0-9_]*")
_TYPE = "name kind ofType {name kind ofType {name kind ofType {name kind}}}"

Query = t.Callable[[str], t.Any]
"""Sends a query and returns its data."""


class FilterTypes:
    """NetBox's filter types. Each type is requested once."""

    def __init__(self, ask: Query) -> None:
        self._ask = ask
        self._lists: dict[str, str] = {}
        self._fields: dict[str, dict[str, tuple[str, bool]]] = {}

    def of_list(self, name: str) -> str:
        """Return the filter type for the list ``name`` (``device_list``), or an empty string if it has no filters."""
        if not self._lists:
            query = self._ask(f'{{__type(name: "Query") {{fields {{name args {{name type {{{_TYPE}}}}}}}}}}}')
            try:
                self._lists = {
                    field["name"]: _innermost(argument["type"])["name"]
                    for field in query["__type"]["fields"]
                    for argument in field["args"]
                    if argument["name"] == "filters"
                }
            except (KeyError, TypeError):
                raise _no_types() from None
        return self._lists.get(name, "")

    def fields(self, kind: str) -> dict[str, tuple[str, bool]]:
        """Return the fields of an input type, each with its type and whether the type is an enum."""
        if kind not in self._fields:
            known = (
                self._ask(f'{{__type(name: "{kind}") {{inputFields {{name type {{{_TYPE}}}}}}}}}').get("__type")
                if kind
                else None
            )
            try:
                self._fields[kind] = {
                    field["name"]: (inner["name"], inner["kind"] == "ENUM")
                    for field in (known or {}).get("inputFields") or ()
                    for inner in [_innermost(field["type"])]
                }
            except (AttributeError, KeyError, TypeError):
                raise _no_types() from None
        return self._fields[kind]


def _no_types() -> UnexpectedAnswer:
    return UnexpectedAnswer("Cannot read the filter types: the GraphQL schema has an unexpected form.")


def _innermost(kind: t.Any) -> t.Any:
    """Return a type without its wrappers for lists and required values."""
    while kind["ofType"]:
        kind = kind["ofType"]
    return kind


def written(filters: Mapping[str, t.Any], name: str, types: FilterTypes) -> str:
    """Return ``filters`` for the list ``name`` as GraphQL. Raise :class:`UsageError` if a value is not supported."""
    return _written(filters, types.of_list(name) if _may_hold_enum(filters) else "", False, types)


def _may_hold_enum(value: t.Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_may_hold_enum, value.values()))
    if isinstance(value, (list, tuple)):
        return any(map(_may_hold_enum, value))
    return isinstance(value, str) and bool(_ENUM.fullmatch(value))


def _written(value: t.Any, kind: str, enum: bool, types: FilterTypes) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        parts = []
        for key, one in value.items():
            if not NAME.fullmatch(str(key)):
                raise UsageError(f"filters: {key!r} is not a valid GraphQL name.")
            parts.append(f"{key}: {_written(one, *_type_of(one, kind, str(key), types), types)}")
        return "{" + ", ".join(parts) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_written(one, kind, enum, types) for one in value) + "]"
    if isinstance(value, (datetime.datetime, datetime.date)):
        value = value.isoformat()
    if isinstance(value, str):
        return value if enum and NAME.fullmatch(value) else _text(value)
    if isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
        return str(value)
    raise UsageError(f"filters: GraphQL does not support the value {value!r}.")


def _type_of(value: t.Any, kind: str, key: str, types: FilterTypes) -> tuple[str, bool]:
    """Return the type of a filter's value, and whether it is an enum. Request the type only if it matters."""
    return types.fields(kind).get(key, ("", False)) if kind and _may_hold_enum(value) else ("", False)


def _text(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise UsageError(f"filters: {value!r} cannot be encoded: {error}.") from None
    return json.dumps(value, ensure_ascii=False)
