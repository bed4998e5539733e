# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plugin netbox-branching 1.1.3: a list of branches, and a header that selects one for a request.

The recorded branches show other devices than the main data. All other tables contain the main data.
"""

from __future__ import annotations

import typing as t

import orjson
from starlette.requests import Request
from starlette.responses import Response

from ._answers import json_answer, server_error
from ._recorded import RECORDINGS
from ._state import chosen
from ._tables import Estate, Row, Table

ENDPOINT = "plugins/branching/branches"
GRAPHQL = "/graphql/"
HEADER = "X-NetBox-Branch"
NOT_READY = AttributeError("'HttpResponseBadRequest' object has no attribute 'schema_name'")
# Endpoints that always return the main data.
EXEMPT = ("/api/", "/api/status/", "/api/authentication-check/", "/api/extras/custom-fields/")


class Branching:
    """The plugin on one mock NetBox with the main data ``main``. Each branch with status ``ready`` has tables."""

    def __init__(self, main: Estate) -> None:
        recorded = orjson.loads((RECORDINGS / "branching" / "dataset.json").read_bytes())
        main.tables[ENDPOINT] = Table(ENDPOINT, recorded["branches"])
        self._branches = main.tables[ENDPOINT]
        apply(main, recorded["main"])
        self._estates: dict[str, Estate] = {}
        for row in recorded["branches"]:
            if row["schema_id"] in recorded:
                self._estates[row["schema_id"]] = estate = Estate(main.tables.values())
                apply(estate, recorded[row["schema_id"]])

    def estate(self, name: str) -> Estate:
        """Return the tables of the branch called ``name``."""
        return self._estates[next(row["schema_id"] for row in self._branches.values() if row["name"] == name)]

    def refusal(self, request: Request, version: str) -> Response | None:
        """Choose the branch that the header of ``request`` names, or return the plugin's error."""
        header, path = request.headers.get(HEADER), request.url.path
        if header is None or path == "/api/status/" or not path.startswith(("/api/", GRAPHQL)):
            return None
        row = next((row for row in self._branches.values() if row["schema_id"] == header), None)
        if row is None:
            return Response("Invalid branch identifier", 400, media_type="text/html")
        if row["status"]["value"] == "ready":
            chosen.set(self._estates[header])
        elif path == GRAPHQL:
            error = {"message": str(NOT_READY), "locations": [{"line": 1, "column": 2}], "path": ["device_list"]}
            return json_answer(request, {"data": None, "errors": [error]}, 200, None)
        elif path not in EXEMPT:
            return server_error(request, version, NOT_READY)
        return None


def apply(estate: Estate, changes: dict[str, t.Any]) -> None:
    """Replace the tables of ``estate`` that differ with changed copies."""
    for endpoint, change in changes.items():
        rows: dict[int, Row] = {pk: estate.tables[endpoint][pk] for pk in estate.tables[endpoint]}
        rows.update({row["id"]: row for row in change["changed"]})
        estate.tables[endpoint] = Table(endpoint, [rows[pk] for pk in sorted(rows) if pk not in change["deleted"]])
