# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""NetBox's GraphQL API: POST /graphql/, as in NetBox 4.5 to 4.7."""

from __future__ import annotations

import json
import typing as t
from functools import lru_cache

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    Visitor,
    parse,
    validate,
    value_from_ast_untyped,
    visit,
)
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ._answers import json_answer, page_for_people
from ._costs import GRAPHQL_REQUEST
from ._graphql_run import Run
from ._graphql_schema import schema_of
from ._state import NetBox, Received
from ._tokens import NO_CREDENTIALS, Denied

PATH = "/graphql/"
MOST_ALIASES = 10


class GraphQL:
    def __init__(self, netbox: NetBox) -> None:
        self._netbox = netbox

    def routes(self) -> list[Route]:
        return [Route(PATH, self.graphql, methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])]

    async def graphql(self, request: Request) -> Response:
        """Process a GraphQL request. Unlike the REST API, return authentication errors as plain text."""
        settings = self._netbox.settings
        if not settings.graphql:
            return Response("The GraphQL API is not enabled.", 404, media_type="text/html")
        try:
            rights = self._netbox.credentials.rights(request.headers.get("authorization"))
        except Denied as error:
            if str(error) != NO_CREDENTIALS:
                return Response(str(error), 403, media_type="text/html")
            if request.headers.get("accept") == "application/json":
                return Response("No credentials provided.", 403, media_type="text/html")
            return Response(b"", 302, {"Location": f"/login/?next={PATH}"}, media_type="text/html")
        if request.method != "POST":
            return self._not_posted(request)
        try:
            asked = asked_in(await request.body(), request.headers.get("content-type", ""))
        except Unreadable as error:
            return Response(str(error), 400, media_type="text/plain")
        schema = schema_of(settings.version, settings.graphql_start)
        document, errors = checked(schema, asked["query"])
        if document is None:
            return failed(request, errors)
        try:
            operation = chosen(document, asked.get("operationName"))
        except GraphQLError as error:
            return failed(request, [error])
        run = Run(self._netbox, rights, schema, document)
        result = run.answer(operation, asked.get("variables") or {})
        received: Received = request.scope["received"]
        received.rows = run.rows
        await self._netbox.worked(received, "graphql", GRAPHQL_REQUEST + run.seconds)
        if result.errors:
            return json_answer(
                request, {"data": result.data, "errors": [error.formatted for error in result.errors]}, 200, None
            )
        return json_answer(request, {"data": result.data}, 200, None)

    @staticmethod
    def _not_posted(request: Request) -> Response:
        if request.method in ("GET", "HEAD") and request.headers.get("accept") != "application/json":
            return page_for_people("GraphiQL", 200)
        if request.method in ("GET", "HEAD"):
            return Response("No GraphQL query found in the request", 400, media_type="text/plain")
        return Response("GraphQL only supports GET and POST requests.", 405, media_type="text/plain")


class Unreadable(Exception):
    """The error for a body that is not a GraphQL request."""


def asked_in(body: bytes, content_type: str) -> dict[str, t.Any]:
    if not content_type.startswith("application/json"):
        raise Unreadable("Unsupported content type")
    try:
        asked = json.loads(body)
    except ValueError:
        raise Unreadable("Unable to parse request body as JSON") from None
    if isinstance(asked, list):
        raise Unreadable("Batching is not enabled")
    if not isinstance(asked, dict) or not asked.get("query"):
        raise Unreadable("No GraphQL query found in the request")
    if not isinstance(asked.get("variables") or {}, dict):
        raise Unreadable("The GraphQL operation's `variables` must be an object or null, if provided.")
    return asked


def limit_in(body: bytes, most: int) -> int:
    """Return the highest number of rows that a query requests in a list. 0 means all rows."""
    try:
        asked = json.loads(body)
        document = parse(asked["query"])
    except (ValueError, KeyError, TypeError, GraphQLError):
        return most
    variables = asked.get("variables") or {}
    limits = [
        (value_from_ast_untyped(argument.value, variables) or {}).get("limit") or most
        for operation in document.definitions
        if isinstance(operation, OperationDefinitionNode)
        for node in operation.selection_set.selections
        if isinstance(node, FieldNode)
        for argument in node.arguments
        if argument.name.value == "pagination"
    ]
    return max(limits, default=most)


@lru_cache(maxsize=1000)
def checked(schema: GraphQLSchema, query: str) -> tuple[DocumentNode | None, list[GraphQLError]]:
    """Parse and validate a query. Return the document, or None if there are errors, and the errors."""
    try:
        document = parse(query)
    except GraphQLError as error:
        return None, [error]
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode) and node.operation is not OperationType.QUERY:
            kind = node.operation.value
            return None, [GraphQLError(f"Schema is not configured to execute {kind} operation.", node)]
    errors = validate(schema, document)
    counter = Aliases()
    visit(document, counter)
    if counter.count > MOST_ALIASES:
        errors.append(GraphQLError(f"{counter.count} aliases found. Allowed: {MOST_ALIASES}"))
    return (None, errors) if errors else (document, [])


class Aliases(Visitor):
    """Counts the aliases of a document."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def enter_field(self, node: FieldNode, *_where: t.Any) -> None:
        self.count += node.alias is not None


def chosen(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    """Return the operation with this name. If `name` is None, return the first operation."""
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    for operation in operations:
        if name is None or (operation.name and operation.name.value == name):
            return operation
    raise GraphQLError(f"Unknown operation named '{name}'.")


def failed(request: Request, errors: list[GraphQLError]) -> Response:
    return json_answer(request, {"data": None, "errors": [error.formatted for error in errors]}, 200, None)
