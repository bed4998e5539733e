# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Responses about NetBox itself: the status, the API indexes, and the current user."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ._answers import json_answer
from ._recorded import status_of
from ._state import NetBox
from ._tables import HERE

# This path does not exist in NetBox. It returns the CPU time that a real NetBox would have needed so far.
COST = "/mock/cost"


class Service:
    def __init__(self, netbox: NetBox) -> None:
        self._netbox = netbox

    def routes(self) -> list[Route]:
        return [
            Route("/api/", self.root),
            Route("/api/status/", self.status),
            Route(COST, self.cost),
            Route("/api/authentication-check/", self.authentication_check),
            *(Route(f"/api/{app}/", self.app) for app in sorted(self._apps())),
        ]

    def _apps(self) -> set[str]:
        return {endpoint.split("/")[0] for endpoint in self._netbox.estate.tables}

    async def root(self, request: Request) -> Response:
        links = {app: f"{HERE}/api/{app}/" for app in sorted({*self._apps(), "status"})}
        return json_answer(request, links)

    async def app(self, request: Request) -> Response:
        app = request.url.path.split("/")[2]
        endpoints = sorted(name for name in self._netbox.estate.tables if name.startswith(f"{app}/"))
        links = {name.split("/", 1)[1]: f"{HERE}/api/{name}/" for name in endpoints}
        return json_answer(request, links)

    async def status(self, request: Request) -> Response:
        settings = self._netbox.settings
        numbers = {
            "netbox-version": settings.full_version.partition("-")[0],
            "netbox-full-version": settings.full_version,
        }
        return json_answer(request, {**status_of(settings.version), **numbers})

    async def cost(self, request: Request) -> Response:
        """Return the CPU seconds by API. Clients can read them without a token."""
        return json_answer(request, self._netbox.cost)

    async def authentication_check(self, request: Request) -> Response:
        user = {"id": 1, "url": f"{HERE}/api/users/users/1/", "display": "admin", "username": "admin"}
        return json_answer(request, user)
