# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""One list that both APIs have, read through GraphQL with what is needed of REST for the rows to be alike.

GraphQL knows no labels of choices: a few rows of REST tell them. It hides objects that the token's user may not view
where REST names them (FACTS 9): this shows in how many rows have no tenant, say, which REST counts for one small
request. Where they differ, :class:`Differs` is raised.
"""

from __future__ import annotations

import collections
import typing as t
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ansible_collections.netbox.cursor.plugins.module_utils._filters.representation import Representation
from ansible_collections.netbox.cursor.plugins.module_utils._graphql.selection import Field, parse
from ansible_collections.netbox.cursor.plugins.module_utils._graphql.walk import GraphQL
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import NetBoxError
from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import (
    MAX_QUERY_BYTES,
    Pairs,
    chunks,
    encode,
)
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager
from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row, look_ahead
from ansible_collections.netbox.cursor.plugins.module_utils._lists.workers import ordered_map
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.rows import Listed, Table

# Types of custom fields whose values are the same in both APIs, and those whose values are ids in GraphQL.
SAME_TYPES = ("text", "longtext", "integer", "decimal", "boolean", "date", "url", "json", "select", "multiselect")
OBJECT_TYPES = ("object", "multiobject")
# Which rows have a tag costs 0.015 s for the request; which tags they have costs 0.22 s for 1,000 rows (FACTS 14).
ROWS_PER_TAG = 70


class Differs(NetBoxError):
    """GraphQL does not show what REST does."""


class Alike:
    """The list that both APIs call as ``listed`` says.

    ``filters``: those of REST, for what REST is asked. What is asked through GraphQL is all, or the rows with some ids.
    """

    def __init__(self, pager: Pager, graphql: GraphQL, listed: Listed, filters: Pairs | None = None) -> None:
        self._pager = pager
        self._graphql = graphql
        self.endpoint, self._name, self._model = listed
        self._filters = filters or []

    # Rows

    def pages(self, fields: Sequence[Field], nullable: Mapping[str, str | None]) -> Iterator[list[Row]]:
        """All rows, through GraphQL. Their own ids are numbers, as they are in REST.

        ``nullable``: fields that are objects, or lists of objects, that many rows do not have, with the REST filters
        that take ``null``, where there are such. Where few rows have one, it is asked for of these alone: an object
        costs 0.03 s and more for 1,000 rows that could have it (FACTS 14).
        """
        having = self._having(nullable)
        total = having.pop("")
        seldom = {
            field.key: field for field in fields if field.key in nullable and having.get(field.key, 0) <= total / 4
        }
        often = [field for field in fields if field.key not in seldom]
        values = {key: self._values_of(field) if having.get(key, 1) else {} for key, field in seldom.items()}
        nulls: collections.Counter[str] = collections.Counter()
        for page in map(_with_numbers, self._graphql.pages(self._name, often)):
            for key, known in values.items():
                for row in page:
                    row[key] = known.get(row["id"])
            nulls.update(_nulls(page, having))
            yield page
        self._check_nulls(nullable, total, having, nulls)

    def _values_of(self, field: Field) -> dict[int, t.Any]:
        """What those rows have in this field that have something there."""
        found = self._graphql.rows(self._name, [*parse("id"), field], {field.name: {"id": {"gt": 0}}})
        return {int(row["id"]): row[field.key] for row in found}

    def _having(self, nullable: Mapping[str, str | None]) -> dict[str, int]:
        """How many rows have something in these fields, and, by an empty name, how many rows there are: REST counts."""

        def count(filters: Pairs) -> int:
            return self._pager.count(self.endpoint, filters)

        asked = {"": self._filters}
        asked.update((key, [*self._filters, (name, "null")]) for key, name in nullable.items() if name)
        workers = self._pager.workers
        counted: Iterable[int]
        if any(len(chunks(filters)) > 1 for filters in asked.values()):
            # Such a list is counted by the workers, each of which would wait for another.
            counted = map(count, asked.values())
        else:
            counted = ordered_map(workers, count, asked.values(), look_ahead(workers.size))
        numbers = dict(zip(asked, counted))
        return {key: number if not key else numbers[""] - number for key, number in numbers.items()}

    def pages_of(self, fields: Sequence[Field], ids: Sequence[int], owner: str | None = None) -> Iterator[list[Row]]:
        """The rows with these ids, or whose ``owner`` has one of these, through GraphQL."""
        size = self._pager.page_size
        parts = [list(ids[start : start + size]) for start in range(0, len(ids), size)]

        def ask(part: list[int]) -> list[Row]:
            found: dict[str, t.Any] = {"id": {"in_list": part}}
            return list(self._graphql.rows(self._name, fields, {owner: found} if owner else found))

        workers = self._pager.workers
        return map(_with_numbers, ordered_map(workers, ask, parts, look_ahead(workers.size)))

    def by_rest(self, fields: Iterable[str], ids: Sequence[int] | None = None) -> Table:
        """What REST says of some fields of all rows that the filters select, or of those with these ids."""
        shape = Representation(self.endpoint, fields=sorted({"id", *fields}))
        if ids is not None and not ids:
            return {}
        filters = self._filters if ids is None else [("id", str(number)) for number in ids]
        return {row["id"]: row for row in self._pager.rows(self.endpoint, filters, representation=shape)}

    # What GraphQL says otherwise

    def custom_objects(self) -> list[str] | None:
        """Names of those custom fields that hold objects; ``None`` if there are any that GraphQL shows otherwise."""
        shape = Representation(fields=("id", "name", "type", "object_types"))
        rows = self._pager.rows("extras/custom-fields", representation=shape)
        types = {row["name"]: row["type"]["value"] for row in rows if self._model in row["object_types"]}
        if not set(types.values()) <= {*SAME_TYPES, *OBJECT_TYPES}:
            return None
        return sorted(name for name, kind in types.items() if kind in OBJECT_TYPES)

    def add_shown(self, rows: Sequence[Row], fields: Iterable[str], within: str = "") -> None:
        """Put what REST shows in the place of choices, of objects and of lists of objects: with labels and names.

        One row of REST tells it for all that have the same. ``within``: the field of the row that has these fields.
        """
        fields = sorted(fields)

        def places(row: Row) -> Row:
            return row[within] if within else row

        samples: dict[tuple[str, t.Any], int] = {}
        for row in rows:
            for field in fields:
                for value in _values(places(row).get(field)):
                    samples.setdefault((field, _key(value)), row["id"])
        found = self.by_rest([within] if within else fields, sorted(set(samples.values())))
        shown = {
            (field, _key(value)): value
            for row in found.values()
            for field in fields
            for value in _values(places(row).get(field))
        }
        if set(samples) - set(shown):
            missing = ", ".join(sorted(f"{field} {key}" for field, key in set(samples) - set(shown)))
            raise Differs(f"{self.endpoint}: what had {missing} changed meanwhile.")
        for row in rows:
            place = places(row)
            for field in fields:
                several = [shown[field, _key(value)] for value in _values(place.get(field))]
                place[field] = several if isinstance(place.get(field), list) else several[0] if several else None

    def add_tags(self, rows: Iterable[Row]) -> None:
        """Put the tags into the rows: through the list of each tag, or through REST where there are too many tags."""
        by_id = {row["id"]: row for row in rows}
        for row in by_id.values():
            row["tags"] = []
        if not by_id:
            return
        shape = Representation(fields=("id", "name", "slug", "tagged_items"))
        # In the order in which REST lists the tags of an object.
        tags = list(self._pager.rows("extras/tags", representation=shape, ordering="weight,name"))
        tags = [tag for tag in tags if tag.pop("tagged_items")]
        if len(tags) * ROWS_PER_TAG > len(by_id):
            for number, row in self.by_rest(["tags"]).items():
                if number in by_id:
                    by_id[number]["tags"] = row["tags"]
            return
        workers = self._pager.workers
        tagged = ordered_map(workers, self._tagged, [tag["id"] for tag in tags], look_ahead(workers.size))
        for tag, ids in zip(tags, tagged):
            for number in ids:
                if number in by_id:
                    by_id[number]["tags"].append(tag)
        # Nothing is heard of a tag that may not be viewed.
        others = [("tag__n", tag["slug"]) for tag in tags]
        if not self._filters and len(encode(others)) < MAX_QUERY_BYTES:
            count = self._pager.count(self.endpoint, others)
            self._check_same("no tag", count, sum(1 for row in by_id.values() if not row["tags"]))

    def _tagged(self, tag: int) -> list[int]:
        rows = self._graphql.rows(self._name, parse("id"), {"tags": {"id": {"exact": tag}}})
        return [int(row["id"]) for row in rows]

    # Is anything hidden?

    def check_nulls(self, rows: Sequence[Row], nullable: Mapping[str, str | None]) -> None:
        """Hold how many rows have nothing in these fields against what REST counts (``nullable`` as for ``pages``)."""
        having = self._having(nullable)
        self._check_nulls(nullable, having.pop(""), having, _nulls(rows, having))

    def _check_nulls(
        self, nullable: Mapping[str, str | None], total: int, having: Mapping[str, int], nulls: Mapping[str, int]
    ) -> None:
        for key, number in having.items():
            self._check_same(f"{nullable[key]}=null", total - number, nulls[key])

    def _check_same(self, what: str, by_rest: int, by_graphql: int) -> None:
        if by_rest != by_graphql:
            raise Differs(
                f"{self.endpoint}: GraphQL shows {by_graphql} with {what}, REST counts {by_rest}. The token's user may "
                "not view all that they refer to, or NetBox was edited meanwhile."
            )


def _with_numbers(rows: list[Row]) -> list[Row]:
    """``rows``, with ids that are numbers."""
    for row in rows:
        row["id"] = int(row["id"])
    return rows


def _nulls(rows: Iterable[Row], keys: Iterable[str]) -> dict[str, int]:
    """How many of ``rows`` have nothing in these fields."""
    return {key: sum(row.get(key) is None for row in rows) for key in keys}


def _values(value: t.Any) -> list[t.Any]:
    """The choices or objects of a field."""
    return value if isinstance(value, list) else [value] if value else []


def _key(value: t.Any) -> t.Any:
    """By what a choice or an object is the same in both APIs."""
    if isinstance(value, dict):
        return value["value"] if "value" in value else int(value["id"])
    return value
