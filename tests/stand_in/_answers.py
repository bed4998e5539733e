# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write responses as NetBox does: JSON with the URL of the request, or an HTML page."""

from __future__ import annotations

import typing as t

import orjson
from starlette.requests import Request
from starlette.responses import Response

from ._tables import HERE


def here(request: Request) -> str:
    """Return the URL that the client used. Like NetBox, this trusts the Host header."""
    return f"{request.url.scheme}://{request.headers['host']}{request.scope.get('base_path', '')}"


def json_answer(
    request: Request, content: t.Any, status: int = 200, allow: str | None = "GET, HEAD, OPTIONS"
) -> Response:
    body = orjson.dumps(content).replace(HERE.encode(), here(request).encode())
    headers = {"Allow": allow} if allow else None
    return Response(body, status, headers, media_type="application/json")


def page_for_people(text: str, status: int) -> Response:
    body = f"<!DOCTYPE html>\n<html><head><title>{text}</title></head><body><h1>{text}</h1></body></html>\n"
    return Response(body, status, media_type="text/html")


def server_error(request: Request, version: str, error: Exception, allow: str | None = None) -> Response:
    content = {
        "error": str(error),
        "exception": type(error).__name__,
        "netbox_version": version,
        "python_version": "3.12.1",
    }
    return json_answer(request, content, 500, allow)
