# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write requests to the REST API: POST, PATCH, and DELETE for one object or several objects."""

from __future__ import annotations

import typing as t

import orjson
from starlette.requests import Request
from starlette.responses import Response

from ._answers import here, json_answer
from ._fields import Refused
from ._state import NetBox
from ._tables import HERE, Row, Table
from ._tokens import allowed_methods


class Writes:
    """Write requests to the endpoints for which the recordings contain examples."""

    def __init__(self, netbox: NetBox) -> None:
        self._netbox = netbox

    def takes(self, endpoint: str) -> bool:
        return self._netbox.edits.fields.is_writable(endpoint)

    async def create(self, request: Request, table: Table) -> Response:
        allow = allowed_methods(table.endpoint, single=False)
        sent = orjson.loads(await request.body())
        try:
            with self._netbox.edits.request() as writes:
                rows = [writes.create(table.endpoint, **each) for each in (sent if isinstance(sent, list) else [sent])]
        except Refused as error:
            return json_answer(request, error.content, error.status, allow)
        # Read the rows again, because an earlier row can show parts of a later row.
        rows = [table[row["id"]] for row in rows]
        if isinstance(sent, list):
            return json_answer(request, rows, 201, allow)
        answer = json_answer(request, rows[0], 201, allow)
        answer.headers["Location"] = rows[0]["url"].replace(HERE, here(request))
        return self._tagged(answer, rows[0])

    async def change(self, request: Request, table: Table, pk: int) -> Response:
        allow = allowed_methods(table.endpoint, single=True)
        try:
            if request.method == "DELETE":
                self._netbox.edits.delete(table.endpoint, pk)
                return Response(None, 204, {"Allow": allow})
            fields: Row = orjson.loads(await request.body())
            row = self._netbox.edits.update(table.endpoint, pk, **without_id(fields))
        except Refused as error:
            return json_answer(request, error.content, error.status, allow)
        return self._tagged(json_answer(request, row, 200, allow), row)

    def actions(self, request: Request) -> dict[str, t.Any]:
        """Return no fields, because no caller needs the description of these objects."""
        return {}

    async def change_all(self, request: Request, table: Table) -> Response:
        """Process a PATCH or DELETE request for several objects. NetBox up to 4.6 ignores unknown IDs."""
        allow = allowed_methods(table.endpoint, single=False)
        sent: list[Row] = orjson.loads(await request.body())
        unknown = [each["id"] for each in sent if each["id"] not in table]
        if unknown and self._netbox.settings.version == "4.7":
            errors = [{"id": pk, "errors": {"id": ["Object not found."]}} for pk in unknown]
            text = f"{len(unknown)} of {len(sent)} objects could not be updated."
            return json_answer(request, {"detail": text, "errors": errors}, 400, allow)
        known = [each for each in sent if each["id"] in table]
        try:
            with self._netbox.edits.request() as writes:
                for each in known:
                    if request.method == "PATCH":
                        writes.update(table.endpoint, each["id"], **without_id(each))
                    elif each["id"] in table:
                        writes.delete(table.endpoint, each["id"])
        except Refused as error:
            return json_answer(request, error.content, error.status, allow)
        if request.method == "DELETE":
            return Response(None, 204, {"Allow": allow})
        return json_answer(request, [table[each["id"]] for each in known], 200, allow)

    def _tagged(self, answer: Response, row: Row) -> Response:
        if self._netbox.settings.version != "4.5" and row.get("last_updated"):
            answer.headers["ETag"] = f'W/"{row["last_updated"].replace("Z", "+00:00")}"'
        return answer


def without_id(fields: Row) -> dict[str, t.Any]:
    return {name: value for name, value in fields.items() if name != "id"}
