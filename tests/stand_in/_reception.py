# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The entry point of the server. It records each request, delays it, and applies faults."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from urllib.parse import parse_qsl

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ._answers import json_answer, page_for_people, server_error
from ._faults import IN_PLACE, Fault
from ._graphql import PATH as GRAPHQL
from ._graphql import limit_in
from ._lies import KINDS as LIES
from ._lies import lied
from ._pages import limit_of
from ._state import NetBox, Received

# The maximum length of a request line that gunicorn accepts.
LONGEST_REQUEST_LINE = 4094
# Titles of the error pages that a proxy in front of NetBox returns, by status.
PROXY_PAGES = {502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Time-out"}


class Reception:
    def __init__(self, netbox: NetBox, desk: ASGIApp) -> None:
        self._netbox = netbox
        self._desk = desk
        # Closes the connection of a request. If the second argument is true, unsent data is lost. `serve` sets this.
        self.hang_up: Callable[[Scope, bool], None] = lambda scope, at_once: None
        # Writes raw bytes to the connection of a request, even if they are not valid HTTP. `serve` sets this.
        self.speak: Callable[[Scope, bytes], None] = lambda scope, words: None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        received = received_from(scope)
        base = self._netbox.settings.base_path
        if base:
            # Replace a path outside the base path with a path that does not exist.
            path = scope["path"]
            scope = {**scope, "base_path": base, "path": path[len(base) :] if path.startswith(base + "/") else "/other"}
        received.body, receive = await read(scope, receive)
        scope["received"] = received
        self._netbox.requests.append(received)

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                received.status = message["status"]
            await send(message)

        async with self._netbox.in_hand():
            for hook in list(self._netbox.hooks):
                hook(received)
            if self._netbox.settings.latency:
                await asyncio.sleep(self._netbox.settings.latency)
            async with self._netbox.worker():
                received.taken = time.monotonic()
                await self._answer(scope, receive, noted)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        line = f"{scope['received'].method} {scope['received'].url} HTTP/1.1"
        if len(line) > LONGEST_REQUEST_LINE:
            text = f"Request Line is too large ({len(line)} &gt; {LONGEST_REQUEST_LINE})"
            await page_for_people(text, 400)(scope, receive, send)
            return
        fault = self._fault(request)
        if fault and fault.done and fault.kind in IN_PLACE:
            await self._right_answer(scope, receive)
        if fault and fault.kind == "reset":
            await self._cut_off(scope, receive, at_once=True)
        elif fault and fault.kind in ("cut", "reset_body"):
            await self._cut_short(scope, receive, send, at_once=fault.kind == "reset_body")
        elif fault and fault.kind == "wrong_length":
            await self._with_wrong_length(scope, receive, int(fault.argument or 1))
        elif fault and fault.kind == "drip":
            await self._dripping(scope, receive, send, float(fault.argument or 1))
        elif fault and fault.kind in LIES:
            await lied(fault.kind, fault.argument, scope, receive, self._versioned(scope, send), self._desk)
        else:
            answer = await spoiled(request, fault, self._netbox.settings.full_version) if fault else None
            if answer:
                await answer(scope, receive, send)
            else:
                await self._desk(scope, receive, self._versioned(scope, send))

    def _fault(self, request: Request) -> Fault | None:
        """Return the first fault that applies to this request, or None."""
        if not self._netbox.faults:
            return None
        most = self._netbox.settings.max_page_size
        if request.url.path == GRAPHQL:
            limit = limit_in(request.scope["received"].body, most)
        else:
            limit = limit_of(request.query_params, most)
        path = request.url.path
        reads = path == GRAPHQL or request.method == "GET"
        return next((fault for fault in list(self._netbox.faults) if fault.strikes(path, limit, reads)), None)

    def _versioned(self, scope: Scope, send: Send) -> Send:
        """Return a `send` that adds the version header to REST responses. Like NetBox, do not add it to redirects."""

        async def versioned(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] != 301 and is_api(scope):
                settings = self._netbox.settings
                MutableHeaders(scope=message)["API-Version"] = settings.told_version or settings.version
            await send(message)

        return versioned

    async def _cut_off(self, scope: Scope, receive: Receive, at_once: bool) -> None:
        self.hang_up(scope, at_once)
        await self._gone(receive)

    async def _gone(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    async def _right_answer(self, scope: Scope, receive: Receive) -> tuple[Message, bytes]:
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self._desk(scope, receive, self._versioned(scope, keep))
        start, *bodies = messages
        return start, b"".join(message["body"] for message in bodies)

    async def _cut_short(self, scope: Scope, receive: Receive, send: Send, at_once: bool) -> None:
        """Send the correct response headers, but only half of the body."""
        start, body = await self._right_answer(scope, receive)
        await send(start)
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        # Wait until the data is sent. An earlier reset would discard it.
        await asyncio.sleep(0.01)
        await self._cut_off(scope, receive, at_once)

    async def _with_wrong_length(self, scope: Scope, receive: Receive, surplus: int) -> None:
        """Send the correct response with a Content-Length that is too low by `surplus` bytes.

        If `surplus` is negative, the Content-Length is too high.
        """
        start, body = await self._right_answer(scope, receive)
        kind = Headers(raw=start["headers"])["content-type"]
        head = f"HTTP/1.1 {start['status']} -\r\nContent-Type: {kind}\r\nContent-Length: {len(body) - surplus}\r\n\r\n"
        self.speak(scope, head.encode() + body)
        await self._cut_off(scope, receive, at_once=False)

    async def _dripping(self, scope: Scope, receive: Receive, send: Send, pause: float) -> None:
        start, body = await self._right_answer(scope, receive)
        await send(start)
        gone = asyncio.ensure_future(self._gone(receive))
        for place in range(len(body)):
            await send({"type": "http.response.body", "body": body[place : place + 1], "more_body": True})
            done, dummy = await asyncio.wait([gone], timeout=pause)
            if done:
                return
        gone.cancel()
        await send({"type": "http.response.body", "body": b""})


async def spoiled(request: Request, fault: Fault, version: str) -> Response | None:
    """Return the response for a fault. For a delay, wait and return None, so that the request is processed normally."""
    kind, argument = fault.kind, fault.argument
    if kind == "slow_above" and argument is None:
        return failure(request, 504, fault, version)
    if kind in ("slow", "slow_above"):
        await asyncio.sleep(float(argument or 0))
        return None
    if kind == "status":
        return failure(request, int(argument or 500), fault, version)
    if kind == "html":
        return page_for_people("Maintenance", 200)
    if kind == "redirect":
        return Response(b"", 302, {"Location": str(argument or request.url)})
    contents = {
        "empty": b"",
        "not_json": b"This is not JSON",
        "other_json": b'{"message": "It works!"}',
        "not_utf8": b'{"name": "\xff"}',
    }
    drawn = request.query_params.get("render") == "svg" and kind != "other_json"
    return Response(contents[kind], media_type="image/svg+xml" if drawn else "application/json")


def failure(request: Request, status: int, fault: Fault, version: str) -> Response:
    if status in PROXY_PAGES:
        answer = page_for_people(PROXY_PAGES[status], status)
    elif status == 500:
        answer = server_error(request, version, RuntimeError("Something broke"))
    else:
        answer = json_answer(request, {"detail": f"Refused with {status}."}, status, None)
    if fault.retry_after is not None:
        answer.headers["Retry-After"] = str(fault.retry_after)
    return answer


async def read(scope: Scope, receive: Receive) -> tuple[bytes, Receive]:
    """Return the request body, and a `receive` that passes the body to the view again."""
    if scope["method"] in ("GET", "HEAD"):
        return b"", receive
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    again: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return again.pop() if again else await receive()

    return body, replay


def received_from(scope: Scope) -> Received:
    query = scope["query_string"].decode("latin-1")
    path = scope["raw_path"].decode("latin-1").partition("?")[0]
    return Received(
        method=scope["method"],
        path=scope["path"],
        query=parse_qsl(query, keep_blank_values=True),
        headers=dict(Headers(scope=scope).items()),
        url=f"{path}?{query}" if query else path,
    )


def is_api(scope: Scope) -> bool:
    return str(scope["path"]).startswith("/api/")
