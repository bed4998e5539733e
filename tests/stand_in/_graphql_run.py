# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a GraphQL query. Collect the selected fields of each type once, and then read each row with them.

graphql-core itself calls a resolver for each field of each row. For pages of NetBox's size, this takes longer than a
real NetBox.
"""

from __future__ import annotations

import typing as t
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence

from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLIncludeDirective,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSkipDirective,
    GraphQLUnionType,
    OperationDefinitionNode,
    SelectionSetNode,
    execute,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    print_ast,
)
from graphql.execution.values import get_argument_values, get_directive_values, get_variable_values

from ._costs import graphql_prices
from ._endpoints import endpoint_of
from ._graphql_filters import Filters, holds_field
from ._graphql_schema import ENDPOINT_OF, TYPE_OF, back_field, is_kind_of
from ._graphql_values import OF_ANY_TYPE, Values, pointed
from ._ordering import ordered
from ._state import NetBox
from ._tables import Row, Table
from ._tokens import Rights

Get = Callable[[Row], t.Any]

# Parent fields. In a list with several parents, these fields have precedence in the order.
PARENTS = ("device", "virtual_machine")

START_AND_OFFSET = "Cannot specify both `start` and `offset` in pagination."
NEGATIVE_START = "`start` must be greater than or equal to zero."
NEGATIVE_OFFSET = "Negative indexing is not supported."


class Failed(Exception):
    """The error for a field that is null but must not be. It propagates to the nearest field that can be null."""

    def __init__(self, message: str, node: FieldNode) -> None:
        super().__init__(message)
        self.node = node
        # The path from the field up to the root.
        self.path: list[str | int] = []

    def as_error(self) -> GraphQLError:
        return GraphQLError(str(self), self.node, path=self.path[::-1])


class Run:
    """The execution of one query."""

    def __init__(self, netbox: NetBox, rights: Rights, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._netbox = netbox
        self._estate = netbox.estate
        self._rights = rights
        self._schema = schema
        self._document = document
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._variables: dict[str, t.Any] = {}
        self._values = Values(netbox.estate, netbox.settings.version)
        self._filters = Filters(netbox.estate, schema)
        self._errors: list[GraphQLError] = []
        # The CPU seconds that a real NetBox would need, and the number of top-level rows.
        self.seconds = 0.0
        self.rows = 0

    def answer(self, operation: OperationDefinitionNode, variables: dict[str, t.Any]) -> ExecutionResult:
        coerced = get_variable_values(self._schema, operation.variable_definitions, variables)
        if isinstance(coerced, list):
            return ExecutionResult(None, coerced)
        self._variables = coerced
        query = t.cast("GraphQLObjectType", self._schema.query_type)
        data = {}
        for name, nodes in self._selected(query, [operation.selection_set]).items():
            if nodes[0].name.value.startswith("__"):
                data[name] = self._of_schema(operation, variables, name)
                continue
            try:
                data[name] = self._top(query, nodes)
            except Failed as failed:
                failed.path.append(name)
                # Top-level fields cannot be null, so the whole result is null.
                return ExecutionResult(None, [*self._errors, failed.as_error()])
        return ExecutionResult(data, self._errors or None)

    def _of_schema(self, operation: OperationDefinitionNode, variables: dict[str, t.Any], name: str) -> t.Any:
        """Return the result of an introspection field, which graphql-core executes."""
        asked = [
            node
            for node in operation.selection_set.selections
            if isinstance(node, FieldNode) and (node.alias or node.name).value == name
        ]
        only = OperationDefinitionNode(
            operation=operation.operation,
            name=operation.name,
            variable_definitions=operation.variable_definitions,
            directives=(),
            selection_set=SelectionSetNode(selections=tuple(asked)),
        )
        document = DocumentNode(definitions=(only, *self._fragments.values()))
        result = t.cast("ExecutionResult", execute(self._schema, document, variable_values=variables))
        return (result.data or {})[name]

    # Selected fields

    def _selected(self, kind: GraphQLObjectType, sets: Iterable[SelectionSetNode | None]) -> dict[str, list[FieldNode]]:
        """Return the selected fields of this type by their names in the response."""
        found: dict[str, list[FieldNode]] = {}
        for selection_set in sets:
            for node in selection_set.selections if selection_set else ():
                if self._is_left_out(node):
                    continue
                if isinstance(node, FieldNode):
                    found.setdefault((node.alias or node.name).value, []).append(node)
                    continue
                part = self._fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
                condition = t.cast("t.Any", part).type_condition
                if condition is None and kind is not self._schema.query_type:
                    # NetBox's query optimizer fails with this error if a fragment has no type.
                    raise GraphQLError("'NoneType' object has no attribute 'name'")
                if condition is None or is_kind_of(kind, self._schema.type_map[condition.name.value]):
                    inner = self._selected(kind, [t.cast("t.Any", part).selection_set])
                    for name, nodes in inner.items():
                        found.setdefault(name, []).extend(nodes)
        return found

    def _is_left_out(self, node: t.Any) -> bool:
        skip = get_directive_values(GraphQLSkipDirective, node, self._variables)
        include = get_directive_values(GraphQLIncludeDirective, node, self._variables)
        return bool(skip and skip["if"]) or bool(include and not include["if"])

    # Top-level fields

    def _top(self, query: GraphQLObjectType, nodes: list[FieldNode]) -> t.Any:
        node = nodes[0]
        field = query.fields[node.name.value]
        kind = t.cast("GraphQLObjectType", get_named_type(field.type))
        table = self._table(kind)
        try:
            show = self._show(kind, nodes)
            arguments = get_argument_values(field, node, self._variables)
            if "id" in arguments:
                return self._single(kind, table, arguments["id"], show)
            page = self._page(kind, table, arguments)
        except GraphQLError as error:
            raise Failed(error.message, node) from None
        price = graphql_prices(table.endpoint).of_row()
        if self._netbox.written is not None:
            rows, seconds = self._netbox.written.rows(self._shown(nodes), page, lambda pk: self._made(show, table[pk]))
            self.rows += len(rows)
            self.seconds += len(rows) * price + seconds
            return rows
        rows = [table[pk] for pk in page if pk in table]
        self.rows += len(rows)
        self.seconds += len(rows) * price
        return each(rows, show)

    def _made(self, show: Get, row: Row) -> tuple[t.Any, float]:
        """Return a row in the response's form and its CPU seconds. Do not add them to the total."""
        before = self.seconds
        made = show(row)
        seconds, self.seconds = self.seconds - before, before
        return made, seconds

    def _shown(self, nodes: list[FieldNode]) -> tuple[str, ...]:
        """Return a cache key for the fields that a query selects from the rows of a list."""
        parts = [print_ast(node.selection_set) for node in nodes if node.selection_set]
        return (nodes[0].name.value, *parts, *map(print_ast, self._fragments.values()), repr(self._variables))

    def _single(self, kind: GraphQLObjectType, table: Table, pk: str, show: Get) -> t.Any:
        if not pk.lstrip("-").isdigit():
            raise GraphQLError(f"Field 'id' expected a number but got '{pk}'.")
        if int(pk) not in table:
            raise GraphQLError(f"{kind.name[:-4]} matching query does not exist.")
        self.rows += 1
        self.seconds += graphql_prices(table.endpoint).of_row()
        return show(table[int(pk)])

    def _table(self, kind: GraphQLNamedType) -> Table:
        """Return the table of a type. If the token's user has no permission to view it, return an empty table."""
        endpoint = ENDPOINT_OF[kind.name]
        return self._estate.get(endpoint) if self._rights.may_read(endpoint) else Table(endpoint)

    def _page(self, kind: GraphQLObjectType, table: Table, arguments: dict[str, t.Any]) -> Sequence[int]:
        pagination = arguments.get("pagination") or {}
        filters = arguments.get("filters") or {}
        found = self._filters.select(kind, filters)
        ids: t.Any = table.ids() if found is None else found if isinstance(found, range) else sorted(set(found))
        copies = self._filters.copies(kind, filters)
        return self._cut(
            pagination,
            ids,
            lambda end: ordered(self._estate, table, ids, None, self._netbox.settings.version, end),
            copies,
        )

    def _cut(
        self,
        pagination: dict[str, t.Any],
        ids: Sequence[int],
        in_order: Callable[[int], Sequence[int]],
        copies: Callable[[Sequence[int]], Sequence[int]] = lambda ids: ids,
    ) -> Sequence[int]:
        """Return one page of these IDs. `in_order` sorts all IDs in the order of the endpoint."""
        start, offset = checked(pagination)
        limit, most = pagination.get("limit"), self._netbox.settings.max_page_size or len(ids)
        limit = min(limit, most) if limit and limit > 0 else most
        if start is not None:
            first = bisect_left(ids, start)
            return copies(ids[first : first + limit])[:limit]
        return copies(in_order(offset + limit))[offset : offset + limit]

    # Fields of rows

    def _show(self, kind: GraphQLObjectType, nodes: list[FieldNode]) -> Get:
        """Return a function that converts a row of this type to the form of the response."""
        selected = self._selected(kind, [node.selection_set for node in nodes])
        getters = [(name, self._getter(kind, name, nodes)) for name, nodes in selected.items()]
        return lambda row: {name: get(row) for name, get in getters}

    def _getter(self, kind: GraphQLObjectType, name: str, nodes: list[FieldNode]) -> Get:
        node = nodes[0]
        if node.name.value == "__typename":
            return lambda row: kind.name
        field = kind.fields[node.name.value]
        get = self._unchecked(kind, field, nodes)
        missing = f"Cannot return null for non-nullable field {kind.name}.{node.name.value}."

        def required(row: Row) -> t.Any:
            try:
                value = get(row)
                if value is None:
                    raise Failed(missing, node)
                return value
            except Failed as failed:
                failed.path.append(name)
                raise

        def optional(row: Row) -> t.Any:
            try:
                return get(row)
            except Failed as failed:
                failed.path.append(name)
                self._errors.append(failed.as_error())
                return None

        return required if is_non_null_type(field.type) else optional

    def _unchecked(self, kind: GraphQLObjectType, field: GraphQLField, nodes: list[FieldNode]) -> Get:
        name = nodes[0].name.value
        named = get_named_type(field.type)
        if is_leaf_type(named):
            read = self._values.leaf(kind, name)
            price = graphql_prices(ENDPOINT_OF[kind.name]).of_leaf(name)
            return self._charged(read, price) if price else read
        if is_list_type(get_nullable_type(t.cast("t.Any", field.type))):
            return self._list(kind, field, nodes)
        if isinstance(named, GraphQLObjectType) and named.name not in ENDPOINT_OF:
            show = self._plain(named, nodes)
            return lambda row: show(row[name]) if row.get(name) else None
        return self._one(kind, named, nodes)

    def _charged(self, get: Get, price: float) -> Get:
        def charged(row: Row) -> t.Any:
            self.seconds += price
            return get(row)

        return charged

    def _plain(self, kind: GraphQLObjectType, nodes: list[FieldNode]) -> Get:
        """Return a function that shows an object without a table, such as the family of an IP address."""
        names = self._selected(kind, [node.selection_set for node in nodes])
        asked = [(name, nodes[0].name.value) for name, nodes in names.items()]
        return lambda value: {name: kind.name if field == "__typename" else value[field] for name, field in asked}

    def _one(self, kind: GraphQLObjectType, named: GraphQLNamedType, nodes: list[FieldNode]) -> Get:
        name = nodes[0].name.value
        point = pointed(named, name)
        kinds = self._kinds(named, nodes)
        price = graphql_prices(ENDPOINT_OF[kind.name]).of_relation(name)
        # The result and the CPU seconds for each object.
        shown: dict[tuple[str, t.Any], tuple[t.Any, float]] = {}

        def get(row: Row) -> t.Any:
            target = point(row)
            if target[1] is None or target[0] not in kinds:
                return None
            self.seconds += price
            if target not in shown:
                table, show = kinds[target[0]]
                known, before = len(self._errors), self.seconds
                value = show(table[target[1]]) if target[1] in table else None
                if len(self._errors) > known:
                    return value
                shown[target] = value, self.seconds - before
                return value
            value, seconds = shown[target]
            self.seconds += seconds
            return value

        return get

    def _kinds(self, named: GraphQLNamedType, nodes: list[FieldNode]) -> dict[str, tuple[Table, Get]]:
        kinds = named.types if isinstance(named, GraphQLUnionType) else [t.cast("GraphQLObjectType", named)]
        return {kind.name: (self._table(kind), self._show(kind, nodes)) for kind in kinds}

    def _list(self, kind: GraphQLObjectType, field: GraphQLField, nodes: list[FieldNode]) -> Get:
        node = nodes[0]
        name = node.name.value
        named = get_named_type(field.type)
        endpoint = ENDPOINT_OF[kind.name]
        if isinstance(named, GraphQLUnionType):
            return self._mixed(endpoint, named, nodes)
        child = t.cast("GraphQLObjectType", named)
        table, show = self._table(child), self._show(child, nodes)
        find = self._finder(kind, child, table, name)
        arguments = get_argument_values(field, node, self._variables)
        chosen = self._filters.select(child, arguments.get("filters") or {})
        allowed = None if chosen is None else set(chosen)
        pagination = arguments.get("pagination") or {}
        checked(pagination)
        prices = graphql_prices(endpoint)
        price, per_row = prices.of_list(name), prices.of_row_in_list(name, table.endpoint)

        def get(row: Row) -> t.Any:
            rows = {pk: table[pk] for pk in sorted(find(row)) if pk in table and (allowed is None or pk in allowed)}
            page = self._cut(pagination, list(rows), lambda end: self._in_order(table, rows, end))
            self.seconds += price + len(page) * per_row
            return each([rows[pk] for pk in page], show)

        return get

    def _in_order(self, table: Table, rows: dict[int, Row], end: int) -> Sequence[int]:
        if len(rows) < 2:
            return list(rows)
        version = self._netbox.settings.version
        order = endpoint_of(table.endpoint, version).order
        # All rows have the same parent, so the parent does not affect their order.
        wanted = None if "tree" in order else ",".join(field for field in order if field not in PARENTS) or "id"
        few = Table(table.endpoint, rows.values())
        return ordered(self._estate, few, rows, wanted, version, end)

    def _finder(
        self, kind: GraphQLObjectType, child: GraphQLObjectType, table: Table, name: str
    ) -> Callable[[Row], Iterable[int]]:
        """Return a function that finds the IDs in a row's list, from the row or from the objects that refer to it."""
        back = back_field(kind, child, name)
        if back is None or holds_field(self._estate.get(ENDPOINT_OF[kind.name]), name):
            return lambda row: [nested["id"] for nested in row.get(name) or ()]
        named = get_named_type(child.fields[back].type)
        if not isinstance(named, GraphQLUnionType):
            find = table.finder(back)
            return lambda row: find(row["id"])
        find = table.finder(OF_ANY_TYPE[back][1])
        point = pointed(named, back)
        return lambda row: [pk for pk in find(row["id"]) if point(table[pk])[0] == kind.name]

    def _mixed(self, endpoint: str, named: GraphQLUnionType, nodes: list[FieldNode]) -> Get:
        """Return a function that shows a list whose objects can have several types, such as connected endpoints.

        All objects in one list have the same type.
        """
        name = nodes[0].name.value
        kinds = self._kinds(named, nodes)
        price = graphql_prices(endpoint).of_list(name)

        def get(row: Row) -> t.Any:
            self.seconds += price
            table, show = kinds.get(TYPE_OF.get(row.get(f"{name}_type") or "", ""), (Table(""), None))
            rows = [table[nested["id"]] for nested in row.get(name) or () if nested["id"] in table]
            return each(rows, show) if show else []

        return get


def checked(pagination: dict[str, t.Any]) -> tuple[int | None, int]:
    """Return the start and the offset of a page. Raise `GraphQLError` if the pagination is invalid."""
    start, offset = pagination.get("start"), pagination.get("offset") or 0
    if start is not None and offset > 0:
        raise GraphQLError(START_AND_OFFSET)
    if start is not None and start < 0:
        raise GraphQLError(NEGATIVE_START)
    if offset < 0:
        raise GraphQLError(NEGATIVE_OFFSET)
    return start, offset


def each(rows: Iterable[Row], show: Get) -> list[t.Any]:
    shown = []
    for number, row in enumerate(rows):
        try:
            shown.append(show(row))
        except Failed as failed:
            failed.path.append(number)
            raise
    return shown
