# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Connections on which each answer must come to its end in time.

The time-out of the HTTP library is for each read. A server that sends a byte now and then, of a head, of a body or of
what stands between the chunks of one, would be listened to for ever; so the time is looked at below all of that.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
import typing as t

try:
    import requests.adapters
    import urllib3.connection
    import urllib3.connectionpool
except ImportError:
    REQUESTS = False  # the client says so
else:
    REQUESTS = True

# How many time-outs a whole answer may take: 5 minutes at the default of 60 seconds. Gunicorn gives up after 2, unless
# told otherwise (FACTS 10); 64 MB come in this time over a line of 2 Mbit/s.
TIMEOUTS_OF_AN_ANSWER = 5


class _Answer(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *arguments: t.Any, **options: t.Any) -> None:
        super().__init__(sock, *arguments, **options)
        timeout = sock.gettimeout()
        if timeout is not None:
            # What http.client reads from has nothing in its buffer yet.
            raw = self.fp.detach()
            self.fp = io.BufferedReader(_Timed(raw, time.monotonic() + TIMEOUTS_OF_AN_ANSWER * timeout))


class _Timed(io.RawIOBase):
    """What comes from ``raw``, until it is too late."""

    def __init__(self, raw: io.RawIOBase, deadline: float) -> None:
        self._raw = raw
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: t.Any) -> int | None:
        if time.monotonic() > self._deadline:
            raise socket.timeout("the answer does not end")  # TimeoutError, from Python 3.10 on
        return self._raw.readinto(buffer)

    def fileno(self) -> int:
        return self._raw.fileno()

    def close(self) -> None:
        try:
            self._raw.close()
        finally:
            super().close()


if REQUESTS:

    class Adapter(requests.adapters.HTTPAdapter):
        """For a session: connections of this module, directly or through a proxy (but for SOCKS)."""

        def init_poolmanager(self, *arguments: t.Any, **options: t.Any) -> None:
            super().init_poolmanager(*arguments, **options)
            self.poolmanager.pool_classes_by_scheme = _POOLS

        def proxy_manager_for(self, proxy: str, **options: t.Any) -> t.Any:
            manager = super().proxy_manager_for(proxy, **options)
            if not proxy.lower().startswith("socks"):
                manager.pool_classes_by_scheme = _POOLS
            return manager

    class _HTTPConnection(urllib3.connection.HTTPConnection):
        response_class = _Answer  # made by http.client, with the socket

    class _HTTPSConnection(urllib3.connection.HTTPSConnection):
        response_class = _Answer

    class _HTTPPool(urllib3.connectionpool.HTTPConnectionPool):
        ConnectionCls = _HTTPConnection

    class _HTTPSPool(urllib3.connectionpool.HTTPSConnectionPool):
        ConnectionCls = _HTTPSConnection

    _POOLS = {"http": _HTTPPool, "https": _HTTPSPool}
