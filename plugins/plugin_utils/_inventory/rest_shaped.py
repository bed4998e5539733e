# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Read a list through GraphQL and add the data that only the REST API returns.

GraphQL omits choice labels, and returns only the IDs of objects in custom fields. A few rows from the REST API provide
the missing data.
"""

from __future__ import annotations

import typing as t
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from ansible_collections.netbox.cursor.plugins.module_utils._filters.representation import Representation
from ansible_collections.netbox.cursor.plugins.module_utils._graphql.query import GraphQLQuery
from ansible_collections.netbox.cursor.plugins.module_utils._graphql.selection import Field, parse
from ansible_collections.netbox.cursor.plugins.module_utils._graphql.walk import GraphQL
from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import MAX_QUERY_BYTES, Pairs, encode
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager
from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row, look_ahead
from ansible_collections.netbox.cursor.plugins.module_utils._lists.workers import ordered_map
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.agreement import Agreement
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.concurrency import Memo
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.snapshot import Table
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.tables import Listed, Related
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.values import deep_copy

# Custom field types whose values are equal in both APIs, and custom field types whose values are IDs in GraphQL.
SAME_TYPES = ("text", "longtext", "integer", "decimal", "boolean", "date", "url", "json", "select", "multiselect")
OBJECT_TYPES = ("object", "multiobject")
# A request for the rows with one tag costs NetBox 0.015 s. Reading the tags of 1,000 rows costs 0.22 s, so reading the
# tags of this number of rows costs about as much as one request.
ROWS_PER_TAG = 70
# If at most this fraction of the rows has an object in a field, the field is read only for these rows.
SELDOM = 1 / 4
# Lists of objects in rows, and REST filters that select about as many rows as have an object in the list. The REST API
# has no filter for empty lists.
LISTS: dict[str, Pairs] = {"tagged_vlans": [("mode", "tagged")]}
# A GraphQL request costs NetBox 0.01 s. Reading the tags of this number of rows costs as much.
TAGGED_ROWS_PER_REQUEST = 40
# If a list has fewer rows than this, it is cheaper to read a field for all rows than to count the rows with a value.
MIN_FOR_ESTIMATE = 2000


class RestShapedList:
    """A list that both APIs can return. ``listed`` contains the names of the list.

    ``filters`` are REST filters. Through GraphQL, the class reads all objects or the objects with certain IDs.
    ``within`` is the GraphQL filter for the same rows if ``filters`` select a range of IDs. Several lists share the
    results in ``memo``.
    """

    def __init__(
        self,
        pager: Pager,
        graphql: GraphQL,
        memo: Memo,
        listed: Listed | Related,
        filters: Pairs,
        within: Mapping[str, t.Any] | None = None,
    ) -> None:
        self._pager = pager
        self._memo = memo
        self._graphql = graphql
        self.endpoint, self._model = listed.endpoint, listed.model
        self._name = listed.graphql or "" if isinstance(listed, Related) else listed.name
        if not self._name:
            raise AssertionError(f"{self.endpoint} is not read through GraphQL")
        self._filters = filters
        self._within = within or {}

    # Rows

    def pages(self, fields: Sequence[Field], agreement: Agreement) -> Iterator[list[Row]]:
        """Yield pages with all rows, read through GraphQL. The rows' own IDs are numbers, as in the REST API.

        A field that refers to objects costs NetBox at least 0.03 s for 1,000 rows. If few rows have an object in the
        field, the field is read only for these rows.
        """
        seldom = set()
        for field in fields:
            having = agreement.having(field.key)
            if having is None and field.key in LISTS and agreement.total >= MIN_FOR_ESTIMATE:
                having = self._pager.count(self.endpoint, [*self._filters, *LISTS[field.key]])
            if having is not None and having <= agreement.total * SELDOM:
                seldom.add(field.key)
        return self._pages(fields, seldom, [key for key in seldom if agreement.having(key) == 0])

    def _pages(
        self, fields: Sequence[Field], seldom: Collection[str], nulls: Collection[str] = ()
    ) -> Iterator[list[Row]]:
        """Yield pages. Read the ``seldom`` fields only for rows with a value. No row has a value in ``nulls``."""
        values: dict[str, dict[int, t.Any]] = {key: {} for key in nulls}
        values.update(self._values_of([field for field in fields if field.key in seldom and field.key not in nulls]))
        often = [field for field in fields if field.key not in seldom]
        for page in map(_with_numbers, self._graphql.pages(self._name, often, self._within)):
            for key, known in values.items():
                for row in page:
                    row[key] = known.get(row["id"])
            yield page

    def _values_of(self, fields: Sequence[Field]) -> dict[str, dict[int, t.Any]]:
        """Return the values of fields that refer to objects, by field and row ID. Omit rows without a value."""
        found = zip(fields, self._graphql.short_lists(list(map(self._having, fields))))
        return {field.key: {int(row["id"]): row[field.key] for row in rows} for field, rows in found}

    def _having(self, field: Field) -> GraphQLQuery:
        """Return the query for the rows that have an object in a field."""
        filters: Row = {field.name: {"id": {"gt": 0}}}
        if field.key in (*LISTS, "tags"):
            # NetBox returns a row once for each object in the list.
            filters["DISTINCT"] = True
        return self._query([*parse("id"), field], filters)

    def _query(self, fields: Sequence[Field], filters: Row) -> GraphQLQuery:
        """Return the query for those of the rows that ``filters`` select."""
        return GraphQLQuery(self._name, fields, {**self._within, **filters})

    def pages_of(self, fields: Sequence[Field], ids: Sequence[int], owner: str | None = None) -> Iterator[list[Row]]:
        """Yield pages of the rows with ``ids``, read through GraphQL. With ``owner``, ``ids`` are IDs in this field."""
        size = self._pager.page_size
        parts = [list(ids[start : start + size]) for start in range(0, len(ids), size)]

        def read(part: list[int]) -> list[Row]:
            found: dict[str, t.Any] = {"id": {"in_list": part}}
            return list(self._graphql.rows(self._name, fields, {owner: found} if owner else found))

        workers = self._pager.workers
        return map(_with_numbers, ordered_map(workers, read, parts, look_ahead(workers.size)))

    def pages_within(self, fields: Sequence[Field], known: Collection[Row] = ()) -> Iterator[list[Row]]:
        """Yield pages of the rows that ``within`` selects, read through GraphQL.

        If few of the ``known`` rows have an object in a field, the field is read only for rows with an object.
        """
        seldom = set()
        if len(known) >= MIN_FOR_ESTIMATE:
            having = {
                field.key: sum(1 for row in known if row.get(field.key, True)) for field in fields if field.fields
            }
            seldom = {key for key, number in having.items() if number <= len(known) * SELDOM}
        return self._pages(fields, seldom)

    def by_rest(self, fields: Iterable[str], ids: Sequence[int] | None = None) -> Table:
        """Read ``fields`` from the REST API: for all rows that the filters select, or for the rows with ``ids``."""
        shape = Representation(self.endpoint, fields=sorted({"id", *fields}))
        if ids is not None and not ids:
            return {}
        filters = self._filters if ids is None else [("id", str(number)) for number in ids]
        return {row["id"]: row for row in self._pager.rows(self.endpoint, filters, representation=shape)}

    # Values that GraphQL returns in another form

    def custom_objects(self, known: Collection[Row] | None = None) -> list[str] | None:
        """Return the names of custom fields that refer to objects.

        Return ``None`` if there are custom fields of other types, whose values GraphQL might return in another form.
        If the ``known`` rows contain only values that are equal in both APIs, return an empty list without a request.
        """
        if known is not None and not any(_contains_objects(row["custom_fields"]) for row in known):
            return []
        rows = self._memo.get("custom fields", self._custom_fields)
        types = {row["name"]: row["type"]["value"] for row in rows if self._model in row["object_types"]}
        if not set(types.values()) <= {*SAME_TYPES, *OBJECT_TYPES}:
            return None
        return sorted(name for name, kind in types.items() if kind in OBJECT_TYPES)

    def _custom_fields(self) -> list[Row]:
        shape = Representation(fields=("id", "name", "type", "object_types"))
        return list(self._pager.rows("extras/custom-fields", representation=shape))

    def with_shown(
        self,
        rows: list[Row],
        fields: Iterable[str],
        within: str = "",
        *,
        shared: bool = False,
        known: Iterable[Row] = (),
    ) -> list[Row]:
        """Convert choices and objects to their form in the REST API, with labels and names. Return the rows.

        One REST row provides the value for all rows that share it. ``known`` rows from the REST API provide the labels
        of choices, because only NetBox's configuration changes them. ``within`` is the name of the field that contains
        ``fields``. With ``shared``, rows can share one object. Rows that were deleted in the meantime are omitted.
        """
        copy = (lambda value: value) if shared else deep_copy
        fields = sorted(fields)
        choices = {
            (field, value["value"]): value
            for row in known
            for field in fields
            for value in _values(row.get(field))
            if "value" in value
        }
        shown = {**choices, **self._shown(rows, fields, within, choices)}
        missing = [row["id"] for row in rows if not _keys(row, fields, within) <= set(shown)]
        # If a sample row was edited in the meantime, the REST form of its old value is unknown. Read all rows with this
        # value through the REST API.
        current = self.by_rest([within] if within else fields, missing)
        kept = []
        for row in rows:
            number = row["id"]
            if number in current:
                row.update(current[number])
            elif _keys(row, fields, within) <= set(shown):
                place = row[within] if within else row
                for field in fields:
                    several = [copy(shown[field, _key(value)]) for value in _values(place.get(field))]
                    place[field] = several if isinstance(place.get(field), list) else several[0] if several else None
            else:
                continue
            kept.append(row)
        return kept

    def _shown(
        self, rows: Iterable[Row], fields: Sequence[str], within: str, known: Collection[tuple[str, t.Any]]
    ) -> dict[tuple[str, t.Any], t.Any]:
        """Return the REST form of each value in these fields, by field and key. Omit ``known`` values."""
        samples: dict[tuple[str, t.Any], int] = {}
        for row in rows:
            for key in _keys(row, fields, within):
                if key not in known:
                    samples.setdefault(key, row["id"])
        found = self.by_rest([within] if within else fields, sorted(set(samples.values())))
        return {
            (field, _key(value)): value
            for row in found.values()
            for field in fields
            for value in _values((row[within] if within else row).get(field))
        }

    def add_tags(self, rows: Iterable[Row], known: Collection[Row] = ()) -> None:
        """Add tags to the rows. Read one GraphQL list for each tag, or use REST if there are many tags.

        If few of the ``known`` rows have tags, read all tagged rows with one GraphQL list.
        """
        by_id = {row["id"]: row for row in rows}
        for row in by_id.values():
            row["tags"] = []
        if not by_id:
            return
        tags = self._memo.get("tags", self._used_tags)
        if known and sum(1 for row in known if row.get("tags")) < len(tags) * TAGGED_ROWS_PER_REQUEST:
            for number, values in self._values_of(parse("tags {id}"))["tags"].items():
                if number in by_id:
                    found = {int(value["id"]) for value in values}
                    by_id[number]["tags"] = [tag for tag in tags if tag["id"] in found]
            return
        if len(tags) * ROWS_PER_TAG > len(by_id):
            for number, row in self.by_rest(["tags"]).items():
                if number in by_id:
                    by_id[number]["tags"] = row["tags"]
            return
        # GraphQL omits tags that the token's user has no permission to view, so compare the number of untagged rows.
        others = [("tag__n", tag["slug"]) for tag in tags]
        countable = not self._filters and len(encode(others)) < MAX_QUERY_BYTES
        untagged = self._pager.count(self.endpoint, others) if countable else 0
        queries = [self._query(parse("id"), {"tags": {"id": {"exact": tag["id"]}}}) for tag in tags]
        for tag, tagged in zip(tags, self._lists(queries, are_short=bool(known))):
            for number in (int(row["id"]) for row in tagged):
                if number in by_id:
                    by_id[number]["tags"].append(tag)
        if countable:
            agreement = Agreement(self._pager, self.endpoint, [], {})
            seen = sum(1 for row in by_id.values() if not row["tags"])
            agreement.check_count("no tag", others, untagged, seen)

    def _used_tags(self) -> list[Row]:
        """Return the tags that are in use, in the order in which the REST API lists an object's tags."""
        shape = Representation(fields=("id", "name", "slug", "tagged_items"))
        tags = list(self._pager.rows("extras/tags", representation=shape, ordering="weight,name"))
        return [tag for tag in tags if tag.pop("tagged_items")]

    def _lists(self, queries: Sequence[GraphQLQuery], *, are_short: bool) -> Iterable[Iterable[Row]]:
        """Read several lists: short lists with one request, and long lists concurrently."""
        if are_short:
            return self._graphql.short_lists(queries)

        def read(query: GraphQLQuery) -> list[Row]:
            return list(self._graphql.rows(query.name, query.fields, query.filters))

        workers = self._pager.workers
        return ordered_map(workers, read, queries, look_ahead(workers.size))


def _contains_objects(custom_fields: Mapping[str, t.Any] | None) -> bool:
    values = [value for field in (custom_fields or {}).values() for value in _values(field)]
    return any(isinstance(value, dict) for value in values)


def _with_numbers(rows: list[Row]) -> list[Row]:
    """Convert the IDs of the rows to numbers, and return the rows."""
    for row in rows:
        row["id"] = int(row["id"])
    return rows


def _keys(row: Row, fields: Iterable[str], within: str) -> set[tuple[str, t.Any]]:
    """Return the field and the key of each choice or object in these fields."""
    place = (row.get(within) or {}) if within else row
    return {(field, _key(value)) for field in fields for value in _values(place.get(field))}


def _values(value: t.Any) -> list[t.Any]:
    """Return the choices or objects in a field's value as a list."""
    return value if isinstance(value, list) else [value] if value else []


def _key(value: t.Any) -> t.Any:
    """Return the value or ID that identifies a choice or an object in both APIs."""
    if isinstance(value, dict):
        return value["value"] if "value" in value else int(value["id"])
    return value
