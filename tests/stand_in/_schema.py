# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""NetBox's OpenAPI schema, limited to the query parameters of lists."""

from __future__ import annotations

import json
import typing as t
from dataclasses import dataclass
from functools import cache, cached_property

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ._answers import json_answer
from ._recorded import RECORDINGS

if t.TYPE_CHECKING:  # pragma: no cover
    from ._state import NetBox

PATH = "/api/schema/"
# The parameters that all lists of plugins support.
OF_PLUGINS = (
    "brief? fields! id id__gt id__gte id__lt id__lte id__n limit! name name__ic offset! omit! ordering! q! start! tag"
)
TYPES = {"": {"type": "array", "items": {"type": "string"}}, "?": {"type": "boolean"}, "!": {"type": "string"}}


class Schema:
    def __init__(self, netbox: NetBox) -> None:
        self._netbox = netbox

    def routes(self) -> list[Route]:
        return [Route(PATH, self.schema)]

    async def schema(self, request: Request) -> Response:
        """Return the schema. Clients can read it without a token."""
        settings = self._netbox.settings
        endpoints: dict[str, t.Iterable[str]] = {
            name: names.parameters for name, names in recorded(settings.full_version).items()
        }
        endpoints.update(
            (name, OF_PLUGINS.split()) for name in self._netbox.estate.tables if name.startswith("plugins/")
        )
        base = settings.base_path
        paths = {f"{base}/api/{name}/": _path(names) for name, names in endpoints.items()}
        info = {"title": "NetBox REST API", "version": f"{settings.full_version} ({settings.version})"}
        return json_answer(request, {"openapi": "3.0.3", "info": info, "paths": paths})


@dataclass(frozen=True)
class Names:
    """The parameters and fields that a real server supports for an endpoint. Parameters end with their marker."""

    parameters: tuple[str, ...]
    patterns: frozenset[str]
    ordering: frozenset[str]

    @cached_property
    def kinds(self) -> dict[str, str]:
        """Return the marker of each parameter: "?" for booleans, "!" for single values, and "" for repeated values."""
        return {name.rstrip("?!"): name[len(name.rstrip("?!")) :] for name in self.parameters}


@cache
def recorded(full_version: str) -> dict[str, Names]:
    """Return the parameters that real servers of a version support, by endpoint.

    For a version that is not recorded, use the newest recorded version.
    """
    record = json.loads((RECORDINGS / "filters.json").read_text(encoding="utf-8"))
    versions: list[str] = record["versions"]
    number = versions.index(full_version) if full_version in versions else len(versions) - 1
    found = {}
    for endpoint, kinds in record["endpoints"].items():
        filters = _of_version(kinds.get("filters", ""), versions, number)
        patterns = frozenset({"cf_*", "attr_*", "filter", "filter_id"}.intersection(filters))
        ordering = frozenset(_of_version(kinds.get("ordering", ""), versions, number))
        # These endpoints exist in all recorded versions, even if they have no parameters.
        if filters or "{id}" in endpoint or endpoint == "status":
            found[endpoint] = Names(tuple(name for name in filters if name not in patterns), patterns, ordering)
    return found


def _of_version(text: str, versions: list[str], number: int) -> list[str]:
    names = []
    for entry in text.split():
        name, dummy, spans = entry.partition("@")
        ends = [span.split("..") for span in spans.split(",") if span]
        if not ends or any(
            (versions.index(first) if first else 0) <= number <= (versions.index(last) if last else number)
            for first, last in ends
        ):
            names.append(name)
    return names


def _path(names: t.Iterable[str]) -> dict[str, t.Any]:
    parameters = [
        {"in": "query", "name": name.rstrip("?!"), "schema": TYPES[name[len(name.rstrip("?!")) :]]} for name in names
    ]
    return {"get": {"parameters": parameters}}
