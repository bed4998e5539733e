# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists that NetBox puts together instead of querying them: rack elevations and the choices of a choice set."""

from __future__ import annotations

import typing as t

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ._answers import here, json_answer, server_error
from ._endpoints import ENDPOINTS
from ._pages import by_offset, limit_of
from ._rest import ListBacked
from ._state import NetBox, Received
from ._tables import Row


class Lists:
    def __init__(self, netbox: NetBox) -> None:
        self._netbox = netbox

    def routes(self) -> list[Route]:
        return [
            Route("/api/extras/custom-field-choice-sets/{pk:int}/choices/", self.choices),
        ]

    async def choices(self, request: Request) -> Response:
        return self.paged(request, "extras/custom-field-choice-sets", choices_of)

    def paged(self, request: Request, endpoint: str, members_of: t.Callable[[Row], list[Row]]) -> Response:
        settings = self._netbox.settings
        query = dict(request.query_params)
        pk = request.path_params["pk"]
        table = self._netbox.estate.get(endpoint)
        if pk not in table:
            missing = {"detail": f"No {ENDPOINTS[endpoint].model} matches the given query."}
            return json_answer(request, missing, 404)
        if settings.has_cursor and "start" in query:
            return server_error(request, settings.full_version, ListBacked.as_python_says(), "GET, HEAD, OPTIONS")
        members = members_of(table[pk])
        url = f"{here(request)}{request.url.path}?{request.url.query}"
        limit = limit_of(query, settings.max_page_size)
        page = by_offset(len(members), query, limit, url, lambda first, end: members[first:end])
        received: Received = request.scope["received"]
        received.rows = len(page.members)
        return json_answer(request, page.envelope(page.members))


def choices_of(choice_set: Row) -> list[Row]:
    return [{"id": value, "display": label} for value, label in choice_set["extra_choices"] or []]
