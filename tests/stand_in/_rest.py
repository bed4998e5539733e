# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The REST API: the list and the single objects of every endpoint that has a table."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ._answers import here, json_answer, server_error
from ._costs import REST_REQUEST, rest_price, skip_price
from ._endpoints import endpoint_of
from ._filters import select
from ._log import ENDPOINT as LOG
from ._lookups import Ids
from ._ordering import ordered
from ._pages import BadPage, Page, by_cursor, by_offset, limit_of, start_of
from ._schema import recorded
from ._shapes import Shape, shape_of
from ._state import NetBox, Received
from ._tables import Row, Table
from ._tokens import allowed_methods

# Object types in the change log that have no REST API.
WITHOUT_API = ("dcim.portmapping",)
NO_SERIALIZER = "Could not determine serializer for dcim.PortMapping with prefix ''"
# Lists without cursor pagination, which return all rows if there is no limit.
PLAIN_LISTS = ("core/background-queues",)


class Writable(t.Protocol):
    """Endpoints that support write requests."""

    def takes(self, endpoint: str) -> bool:
        """Return whether this object processes the write requests of an endpoint."""

    async def create(self, request: Request, table: Table) -> Response:
        """Process a POST request to the list."""

    async def change(self, request: Request, table: Table, pk: int) -> Response:
        """Process a PATCH or DELETE request for an existing object."""

    async def change_all(self, request: Request, table: Table) -> Response:
        """Process a PATCH or DELETE request for several objects of the list."""

    def actions(self, request: Request) -> dict[str, t.Any]:
        """Return the fields that the token's user can write, by method, as OPTIONS lists them."""


class Rest:
    def __init__(self, netbox: NetBox, writable: Sequence[Writable]) -> None:
        self._netbox = netbox
        self._writable = writable

    def _writes(self, endpoint: str) -> Writable | None:
        return next((writes for writes in self._writable if writes.takes(endpoint)), None)

    def routes(self) -> list[Route]:
        methods = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]
        return [
            Route("/api/{endpoint:path}/{pk:int}/", self.single, methods=methods),
            Route("/api/{endpoint:path}/", self.list, methods=methods),
        ]

    async def list(self, request: Request) -> Response:
        table = self._netbox.estate.tables[request.path_params["endpoint"]]
        allow = allowed_methods(table.endpoint, single=False)
        if request.method not in ("GET", "HEAD"):
            writes = self._writes(table.endpoint)
            if request.method == "POST" and writes:
                return await writes.create(request, table)
            if request.method in ("PATCH", "DELETE") and writes:
                return await writes.change_all(request, table)
            actions: dict[str, t.Any] = {}
            if request.method == "OPTIONS" and writes:
                actions = writes.actions(request)
            return self._described(request, table, "List", allow, actions)
        query = dict(request.query_params)
        settings = self._netbox.settings
        unknown = set() if table.endpoint in settings.own_start_filter else {"start"}
        filters = [pair for pair in request.query_params.multi_items() if pair[0] not in unknown]
        names = recorded(settings.full_version).get(table.endpoint)
        found, complaints = select(self._netbox.estate, table, filters, names)
        if table.endpoint == LOG:
            found = self._netbox.log.visible(found)
        if complaints:
            return json_answer(request, complaints, 400, allow)
        try:
            page = self._page(request, table, query, found)
        except BadPage as error:
            return json_answer(request, [str(error)], 400, allow)
        except ListBacked as error:
            return server_error(request, settings.full_version, error.as_python_says())
        shape = shape_of(table.endpoint, settings.version, query if request.method == "GET" else {**query, "brief": ""})
        if table.endpoint == LOG and has_unknown_types(table, page.members, shape):
            return server_error(request, settings.full_version, SerializerNotFound(NO_SERIALIZER), allow)
        return await self._shown(request, table, page, shape, allow)

    def _page(self, request: Request, table: Table, query: dict[str, str], found: Ids) -> Page:
        settings = self._netbox.settings
        url = f"{here(request)}{request.url.path}?{request.url.query}"
        ids = table.ids() if found is None else found if isinstance(found, range) else sorted(found)
        if table.endpoint in PLAIN_LISTS:
            return by_offset(len(ids), query, limit_of(query, 0, len(ids)), url, lambda first, end: ids[first:end])
        limit = limit_of(query, settings.max_page_size)
        estate, ordering = self._netbox.estate, query.get("ordering")
        if settings.has_cursor and "start" in query:
            if table.endpoint in settings.list_backed:
                raise ListBacked
            start = start_of(query)
            if start is not None:
                return by_cursor(ids, start, limit, url)
        return by_offset(
            len(ids),
            query,
            limit,
            url,
            lambda first, end: ordered(estate, table, ids, ordering, settings.full_version, end)[first:end],
        )

    async def _shown(self, request: Request, table: Table, page: Page, shape: Shape, allow: str) -> Response:
        written = self._netbox.written
        if written is None:
            rows = [shape.cut(row) for row in rows_of(table, page.members)]
        else:
            rows, dummy = written.rows((table.endpoint, shape), page.members, lambda pk: (shape.cut(table[pk]), 0.0))
        received: Received = request.scope["received"]
        received.rows = len(rows)
        price = REST_REQUEST + len(rows) * rest_price(table.endpoint, shape)
        await self._netbox.worked(received, "rest", price + page.skipped * skip_price(table.endpoint, shape))
        return json_answer(request, page.envelope(rows), allow=allow)

    async def single(self, request: Request) -> Response:
        table = self._netbox.estate.tables[request.path_params["endpoint"]]
        allow = allowed_methods(table.endpoint, single=True)
        row = next(iter(rows_of(table, [request.path_params["pk"]])), None)
        if row is not None and table.endpoint == LOG and not self._netbox.log.visible([row["id"]]):
            row = None
        if row is None:
            missing = {"detail": f"No {endpoint_of(table.endpoint).model} matches the given query."}
            return json_answer(request, missing, 404, allow)
        if request.method not in ("GET", "HEAD"):
            writes = self._writes(table.endpoint)
            if request.method in ("PATCH", "DELETE") and writes:
                return await writes.change(request, table, row["id"])
            return self._described(request, table, "Instance", allow)
        settings = self._netbox.settings
        shape = shape_of(table.endpoint, settings.version, dict(request.query_params))
        price = REST_REQUEST + rest_price(table.endpoint, shape)
        await self._netbox.worked(request.scope["received"], "rest", price)
        answer = json_answer(request, shape.cut(row), allow=allow)
        changed = row.get("last_updated") or row.get("created")
        if settings.version != "4.5" and changed:
            answer.headers["ETag"] = f'W/"{changed.replace("Z", "+00:00")}"'
        return answer

    @staticmethod
    def _described(
        request: Request, table: Table, what: str, allow: str, actions: dict[str, t.Any] | None = None
    ) -> Response:
        if request.method != "OPTIONS":
            return json_answer(request, {"detail": f'Method "{request.method}" not allowed.'}, 405, allow)
        description = {
            "name": f"{spaced(endpoint_of(table.endpoint).model)} {what}",
            "description": "",
            "renders": ["application/json", "text/html"],
            "parses": ["application/json", "multipart/form-data"],
            **({"actions": actions} if actions else {}),
        }
        return json_answer(request, description, allow=allow)


class SerializerNotFound(Exception):
    """The error in NetBox. Its name is part of the response."""


def has_unknown_types(table: Table, ids: Sequence[int], shape: Shape) -> bool:
    """Return whether a page of the change log shows a changed object whose type has no REST API."""
    shown = shape.cut({"changed_object": None})
    return bool(shown) and any(row["changed_object_type"] in WITHOUT_API for row in rows_of(table, ids))


class ListBacked(Exception):
    """The error for a cursor in a request to a view that reads a Python list."""

    @staticmethod
    def as_python_says() -> Exception:
        return AttributeError("'list' object has no attribute 'filter'")


def spaced(name: str) -> str:
    """Insert spaces between the words of a model name such as `ImageAttachment`."""
    return re.sub(r"((?<=[a-z0-9])[A-Z]|(?!^)[A-Z](?=[a-z]))", r" \1", name)


def rows_of(table: Table, ids: Sequence[int]) -> list[Row]:
    """Return these rows, except rows that a test deleted in the meantime."""
    rows = []
    for pk in ids:
        try:
            rows.append(table[pk])
        except KeyError:
            continue
    return rows
