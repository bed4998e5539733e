# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Process a request: check its route and its credentials, and then call the view.

To add a part of NetBox, add a class with a `routes()` method to the list in `application`.
"""

from __future__ import annotations

import typing as t

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route, Router
from starlette.types import Receive, Scope, Send

from ._answers import json_answer, page_for_people, server_error
from ._elevations import Elevations
from ._graphql import PATH as GRAPHQL
from ._graphql import GraphQL
from ._images import MEDIA, Images
from ._lists import Lists
from ._reception import Reception
from ._rest import Rest
from ._schema import PATH as SCHEMA
from ._schema import Schema
from ._service import COST, Service
from ._state import NetBox
from ._tokens import Denied, allowed_methods
from ._writes import Writes


def application(netbox: NetBox) -> Reception:
    images = Images(netbox)
    lists = (Lists(netbox), Elevations(netbox), images, Rest(netbox, (images, Writes(netbox))))
    parts = (Service(netbox), GraphQL(netbox), Schema(netbox), *lists)
    return Reception(netbox, Desk(netbox, [route for part in parts for route in part.routes()]))


class Desk:
    """Finds the view for a path, rejects requests without permission, and responds for views that fail."""

    def __init__(self, netbox: NetBox, routes: list[Route]) -> None:
        self._netbox = netbox
        self._router = Router(routes, redirect_slashes=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        branching, settings = self._netbox.branching, self._netbox.settings
        answer = branching.refusal(request, settings.full_version) if branching else None
        answer = answer or self._refusal(request)
        if answer:
            await answer(scope, receive, send)
            return
        try:
            await self._router(scope, receive, send)
        except Exception as error:
            await server_error(request, self._netbox.settings.full_version, error)(scope, receive, send)
            raise

    def _refusal(self, request: Request) -> Response | None:
        path = request.url.path
        # These views check permissions themselves.
        if path in (SCHEMA, GRAPHQL, COST) or path.startswith(MEDIA):
            return None
        parameters = self._route(request.scope)
        if parameters is None:
            slashed = {**request.scope, "path": f"{path}/"}
            if request.method in ("GET", "HEAD") and not path.endswith("/") and self._route(slashed) is not None:
                query = f"?{request.url.query}" if request.url.query else ""
                return Response(b"", 301, {"Location": f"{path}/{query}"}, media_type="text/html")
            return page_for_people("Page Not Found", 404)
        endpoint = parameters.get("endpoint")
        try:
            rights = self._netbox.credentials.rights(request.headers.get("authorization"))
            if endpoint:
                rights.check(request.method, endpoint)
        except Denied as error:
            single = "pk" in parameters
            allow = allowed_methods(endpoint, single) if endpoint else "GET, HEAD, OPTIONS"
            return json_answer(request, {"detail": str(error)}, 403, allow)
        return None

    def _route(self, scope: Scope) -> dict[str, t.Any] | None:
        """Return the parameters of a path, or None if it does not exist. Tests can add and remove tables."""
        for route in self._router.routes:
            match, child = route.matches(scope)
            if match is not Match.NONE:
                parameters: dict[str, t.Any] = child["path_params"]
                endpoint = parameters.get("endpoint")
                return parameters if endpoint is None or endpoint in self._netbox.estate.tables else None
        return None
