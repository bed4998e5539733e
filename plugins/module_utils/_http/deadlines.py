# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Connections on which each response must be complete by a deadline.

The timeout of the HTTP library applies to each read. If a server sends single bytes at long intervals, in a header, in
a body, or between the chunks of a body, a request would never end. Therefore, the connection itself checks the time.
"""

from __future__ import annotations

import functools
import http.client
import io
import socket
import time
import traceback
import typing as t

try:
    import requests.adapters
except ImportError:
    REQUESTS_IMPORT_ERROR: str | None = traceback.format_exc()
else:
    REQUESTS_IMPORT_ERROR = None

# Deadline for a complete response, as a multiple of the timeout: 5 minutes with the default timeout of 60 seconds.
# NetBox's default configuration of Gunicorn ends a request after 2 minutes. At 2 Mbit/s, 64 MB arrive within 5 minutes.
TIMEOUTS_PER_RESPONSE = 5


class _TimedReader(io.RawIOBase):
    """A stream that reads from ``raw`` until the deadline and then raises ``socket.timeout``."""

    def __init__(self, raw: io.RawIOBase, deadline: float) -> None:
        self._raw = raw
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: t.Any) -> int | None:
        if time.monotonic() > self._deadline:
            raise socket.timeout("the response does not end")  # an alias of TimeoutError in Python 3.10 and later
        return self._raw.readinto(buffer)

    def fileno(self) -> int:
        return self._raw.fileno()

    def close(self) -> None:
        try:
            self._raw.close()
        finally:
            super().close()


class _TimedSocket:
    """A socket for ``http.client.HTTPResponse``. Its files cannot be read after the deadline."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock = sock
        self._deadline = deadline

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_TimedReader(t.cast(io.RawIOBase, self._sock.makefile("rb", 0)), self._deadline))


class _TimedResponse(http.client.HTTPResponse):
    def __init__(self, sock: t.Any, *arguments: t.Any, **options: t.Any) -> None:
        timeout = sock.gettimeout()
        if timeout is not None:
            sock = _TimedSocket(sock, time.monotonic() + TIMEOUTS_PER_RESPONSE * timeout)
        super().__init__(sock, *arguments, **options)


@functools.cache
def _with_deadlines(connection: t.Any, verify: bool) -> t.Any:
    """Return a subclass of ``connection``, one of urllib3's connection classes, with deadlines."""

    class Connection(connection):
        response_class = _TimedResponse

        def connect(self) -> None:
            super().connect()
            if not verify:
                # urllib3 uses this attribute only to print a warning for each request.
                self.is_verified = True

    return Connection


if REQUESTS_IMPORT_ERROR is None:

    class Adapter(requests.adapters.HTTPAdapter):
        """A session adapter whose connections have deadlines, with or without a proxy.

        If a later version of the libraries creates connections differently, only the deadlines stop working.
        ``verify``: whether the session checks certificates. If not, the adapter suppresses urllib3's warning for each
        request.
        """

        def __init__(self, verify: bool = True, **options: t.Any) -> None:
            self._verify = verify
            super().__init__(**options)

        def get_connection_with_tls_context(self, *arguments: t.Any, **options: t.Any) -> t.Any:
            return self._prepare(super().get_connection_with_tls_context(*arguments, **options))

        # Versions of requests before 2.32 call this method.
        def get_connection(self, *arguments: t.Any, **options: t.Any) -> t.Any:
            return self._prepare(super().get_connection(*arguments, **options))

        def _prepare(self, pool: t.Any) -> t.Any:
            response = getattr(getattr(pool, "ConnectionCls", None), "response_class", None)
            if response is http.client.HTTPResponse:
                pool.ConnectionCls = _with_deadlines(pool.ConnectionCls, self._verify)
            return pool
