# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""The description of a GraphQL list query: the objects to read, and their fields."""

from __future__ import annotations

import dataclasses
import typing as t
from collections.abc import Mapping, Sequence

from ansible_collections.netbox.cursor.plugins.module_utils._graphql.filters import NAME
from ansible_collections.netbox.cursor.plugins.module_utils._graphql.selection import Field
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UsageError


@dataclasses.dataclass(frozen=True)
class GraphQLQuery:
    """The objects and fields to read from a GraphQL list.

    * ``name``: the list, such as ``device_list``.
    * ``fields``: the fields of each object, as returned by ``parse`` in ``_graphql.selection``.
    * ``filters``: GraphQL filters as a dictionary. Enum values are strings.
    * ``max_rows``: maximum number of objects to return.

    Raise :class:`UsageError` if a value is invalid.
    """

    name: str
    fields: Sequence[Field]
    filters: Mapping[str, t.Any] = dataclasses.field(default_factory=dict)
    max_rows: int | None = None

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise UsageError(
                f"Invalid list name {self.name!r}. Use the name of a GraphQL list, such as device_list or site_list."
            )
        if self.max_rows is not None and self.max_rows < 1:
            raise UsageError(f"limit must be at least 1, not {self.max_rows}.")
        if any(field.key == "id" and field.name != "id" for field in self.fields):
            raise UsageError(
                "fields: 'id' must not be an alias of another field. The collection uses it to identify objects."
            )

    @property
    def adds_id(self) -> bool:
        """Whether the query requests the ID although the user did not select it."""
        return not any(field.key == "id" for field in self.fields)

    @property
    def read_fields(self) -> Sequence[Field]:
        """The fields to request: the selected fields and the ID."""
        return [Field("id", "id"), *self.fields] if self.adds_id else self.fields

    def tidy(self, rows: list[dict[str, t.Any]]) -> None:
        """Remove the IDs from ``rows`` if they were not selected."""
        if self.adds_id:
            for row in rows:
                del row["id"]
