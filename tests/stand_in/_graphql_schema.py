# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""NetBox's GraphQL types, as recorded from real servers, and the table for each type."""

from __future__ import annotations

import typing as t
from functools import cache

from graphql import (
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    get_named_type,
)

from ._endpoints import ENDPOINTS, type_of
from ._recorded import RECORDINGS

TYPES = RECORDINGS / "types.graphql"
ENDPOINT_OF = {f"{endpoint.model}Type": name for name, endpoint in ENDPOINTS.items()}
TYPE_OF = {type_of(endpoint): name for name, endpoint in ENDPOINT_OF.items()}
# The fields by which the rows of a list refer to the list's owner, if several fields have the required type.
BACK = {
    "bridge_interfaces": "bridge",
    "child_interfaces": "parent",
    "children": "parent",
    "member_interfaces": "lag",
}


@cache
def schema_of(version: str, has_start: bool) -> GraphQLSchema:
    lines = TYPES.read_text(encoding="utf-8").splitlines()
    # The comment on a line lists the versions that support it.
    kept = [line for line in lines if "#" not in line or version in line.split("#")[1].split()]
    schema = build_schema("\n".join(kept))
    if not has_start:
        del t.cast(GraphQLInputObjectType, schema.type_map["OffsetPaginationInput"]).fields["start"]
    return schema


def is_kind_of(kind: GraphQLNamedType, named: GraphQLNamedType) -> bool:
    """Return whether every object of type `kind` is also of type `named`."""
    return kind is named or (isinstance(named, GraphQLUnionType) and kind in named.types)


@cache
def back_field(kind: GraphQLObjectType, child: GraphQLObjectType, name: str) -> str | None:
    """Return the field by which the children in the list `name` refer to their parent, or None."""
    if BACK.get(name) in child.fields:
        return BACK[name]
    found = {field: get_named_type(known.type) for field, known in child.fields.items()}
    direct = [field for field, named in found.items() if named is kind]
    indirect = [field for field, named in found.items() if is_kind_of(kind, named)]
    return next(iter(direct or indirect), None)
