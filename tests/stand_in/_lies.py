# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""REST and GraphQL responses with a correct status and a correct form, but with wrong data."""

from __future__ import annotations

import json
import re
import typing as t

from starlette.types import Message, Receive, Scope, Send

App = t.Callable[[Scope, Receive, Send], t.Awaitable[None]]

KINDS = (
    "next_elsewhere",  # `next` is a URL on another host, which starts with ARGUMENT
    "next_loops",  # `next` is the URL of the same page
    "count",  # `count` is too high by ARGUMENT
    "long_page",  # the page contains ARGUMENT times as many rows as requested
    "repeated",  # the page contains each row twice
    "disordered",  # the page contains its rows in reverse order
)


async def lied(kind: str, argument: t.Any, scope: Scope, receive: Receive, send: Send, desk: App) -> None:
    """Send the response of ``desk``. If it is a list, change its data."""
    if kind == "long_page":
        scope, receive = await _for_more(int(argument), scope, receive)
    messages: list[Message] = []

    async def keep(message: Message) -> None:
        messages.append(message)

    await desk(scope, receive, keep)
    start, *bodies = messages
    body = b"".join(message["body"] for message in bodies)
    if start["status"] == 200 and (b"content-type", b"application/json") in start["headers"]:
        content = json.loads(body)
        _change(content, kind, argument, f"http://{dict(scope['headers'])[b'host'].decode()}{scope['received'].url}")
        body = json.dumps(content).encode()
    headers = [(name, value) for name, value in start["headers"] if name != b"content-length"]
    await send({**start, "headers": [*headers, (b"content-length", str(len(body)).encode())]})
    await send({"type": "http.response.body", "body": body})


async def _for_more(times: int, scope: Scope, receive: Receive) -> tuple[Scope, Receive]:
    """Return the same request with its limit multiplied by ``times``."""

    def more(text: str) -> str:
        return re.sub(r"(limit(?:=|: ))(\d+)", lambda found: f"{found[1]}{times * int(found[2])}", text)

    query = more(scope["query_string"].decode("latin-1")).encode("latin-1")
    message = await receive() if scope["method"] == "POST" else None

    async def again() -> Message:
        return {**message, "body": more(message["body"].decode()).encode()} if message else await receive()

    return {**scope, "query_string": query}, again


def _change(content: t.Any, kind: str, argument: t.Any, url: str) -> None:
    if kind == "next_elsewhere" and content.get("next"):
        content["next"] = str(argument) + content["next"].partition("/api/")[2]
    elif kind == "next_loops" and content.get("next"):
        content["next"] = url
    elif kind == "count" and content.get("count") is not None:
        content["count"] += int(argument)
    lists = [content["results"]] if "results" in content else list((content.get("data") or {}).values())
    for rows in lists:
        if kind == "repeated":
            rows[:] = [row for row in rows for dummy in range(2)]
        elif kind == "disordered":
            rows.reverse()
