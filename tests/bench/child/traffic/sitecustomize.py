# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Count the HTTP requests of a program that uses http.client, as requests and urllib do.

If PYTHONPATH contains this directory, Python imports this module at startup. When the program ends, the module writes a
line of JSON to the file in the environment variable TRAFFIC. It contains the number of requests, and the number of
received bytes, including headers and before decompression.
"""

from __future__ import annotations

import atexit
import http.client
import json
import os
import socket
import typing as t

_counts = {"requests": 0, "bytes": 0}
_end_headers = http.client.HTTPConnection.endheaders
_read_into = socket.SocketIO.readinto


def _counted_request(self: http.client.HTTPConnection, *arguments: t.Any, **options: t.Any) -> None:
    _counts["requests"] += 1
    _end_headers(self, *arguments, **options)


def _counted_bytes(self: socket.SocketIO, buffer: t.Any) -> int | None:
    read = _read_into(self, buffer)
    _counts["bytes"] += read or 0
    return read


def _write(path: str, process: int) -> None:
    if os.getpid() == process:
        with open(path, "w", encoding="utf-8") as file:
            json.dump(_counts, file)


if "TRAFFIC" in os.environ:
    setattr(http.client.HTTPConnection, "endheaders", _counted_request)  # noqa: B010 (mypy rejects an assignment)
    setattr(socket.SocketIO, "readinto", _counted_bytes)  # noqa: B010
    atexit.register(_write, os.environ["TRAFFIC"], os.getpid())
