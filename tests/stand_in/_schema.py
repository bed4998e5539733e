# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""NetBox's OpenAPI schema, as far as it tells which query parameters lists have."""

from __future__ import annotations

import json
import typing as t
from functools import cache

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ._answers import json_answer
from ._recorded import RECORDINGS
from ._state import NetBox

PATH = "/api/schema/"
# What every list of a plugin takes.
OF_PLUGINS = "brief fields id id__gt id__gte id__lt id__lte id__n limit name name__ic offset omit ordering q start tag"


class Schema:
    def __init__(self, netbox: NetBox) -> None:
        self._netbox = netbox

    def routes(self) -> list[Route]:
        return [Route(PATH, self.schema)]

    async def schema(self, request: Request) -> Response:
        """Whoever asks may have it (FACTS 4)."""
        settings = self._netbox.settings
        plugins = {name: OF_PLUGINS for name in self._netbox.estate.tables if name.startswith("plugins/")}
        paths = {f"/api/{name}/": _path(names) for name, names in {**recorded(settings.version), **plugins}.items()}
        info = {"title": "NetBox REST API", "version": f"{settings.full_version} ({settings.version})"}
        return json_answer(request, {"openapi": "3.0.3", "info": info, "paths": paths})


@cache
def recorded(version: str) -> dict[str, str]:
    """Parameters by endpoint, as real servers named them."""
    names: dict[str, str] = json.loads((RECORDINGS / "filters" / f"{version}.json").read_text(encoding="utf-8"))
    return names


def _path(names: str) -> dict[str, t.Any]:
    parameters = [{"in": "query", "name": name, "schema": {"type": "string"}} for name in names.split()]
    return {"get": {"parameters": parameters}}
