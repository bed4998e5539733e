# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A proxy between a client and NetBox that fails at random, like real proxies, networks, and load balancers."""

from __future__ import annotations

import contextlib
import http.client
import http.server
import random
import socket
import struct
import threading
import time
import typing as t
from collections import Counter
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

HTML = "html"
KINDS = ("reset", "cut", "delay", "429", "502", "503", "504", HTML)
PAGE = b"<html><head><title>Maintenance</title></head><body>Please come back later.</body></html>"
# Headers that the proxy does not forward.
OWN_HEADERS = ("connection", "content-length", "transfer-encoding", "keep-alive", "date", "server")


class ChaosProxy:
    """A proxy that forwards requests to the NetBox at ``url``. A fraction ``part`` of the requests fails.

    ``kinds`` lists the kinds of failures. ``delay`` is the number of additional seconds for a delayed response.
    ``requests`` counts all requests, and ``failures`` counts the failed requests by kind. No request fails before the
    proxy has forwarded a first response, so that the client can connect to the server at least once.
    """

    def __init__(self, url: str, part: float, seed: int, kinds: Sequence[str] = KINDS, delay: float = 0.05) -> None:
        self.target = urlsplit(url)
        self.part = part
        self.kinds = kinds
        self.delay = delay
        self.requests = 0
        self.failures: Counter[str] = Counter()
        self.url = ""
        self._answered = False
        self._random = random.Random(seed)
        self._lock = threading.Lock()

    def next_failure(self) -> str | None:
        """Count a request. Return the kind of its failure, or ``None`` if it does not fail."""
        with self._lock:
            self.requests += 1
            fails, kind = self._random.random() < self.part, self._random.choice(self.kinds)
            if not fails or not self._answered:
                return None
            self.failures[kind] += 1
            return kind

    def note_answer(self) -> None:
        """Record that the proxy has forwarded a response."""
        self._answered = True


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, proxy: ChaosProxy) -> None:
        self.proxy = proxy
        super().__init__(("127.0.0.1", 0), Handler)

    def handle_error(self, request: t.Any, client_address: t.Any) -> None:
        """Print no traceback, because clients close connections after a timeout."""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._pass_on()

    def do_POST(self) -> None:
        self._pass_on()

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Write nothing."""

    def _pass_on(self) -> None:
        proxy = t.cast("Server", self.server).proxy
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        kind = proxy.next_failure()
        if kind == "reset":
            self._reset()
        elif kind == HTML:
            self._answer(200, "text/html", PAGE)
        elif kind in ("429", "502", "503", "504"):
            self._answer(int(kind), "text/html", PAGE)
        else:
            if kind == "delay":
                time.sleep(proxy.delay)
            self._forward(proxy, body, cut=kind == "cut")

    def _forward(self, proxy: ChaosProxy, body: bytes, cut: bool) -> None:
        connection = http.client.HTTPConnection(proxy.target.hostname or "", proxy.target.port, timeout=60)
        try:
            headers = {name: value for name, value in self.headers.items() if name.lower() not in OWN_HEADERS}
            connection.request(self.command, self.path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in OWN_HEADERS:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if cut else content)
        if cut:
            self._hang_up()
        else:
            proxy.note_answer()

    def _answer(self, status: int, kind: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _reset(self) -> None:
        # With a linger time of 0, the operating system sends a reset.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._hang_up()

    def _hang_up(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.wfile.flush()
        self.connection.close()


@contextlib.contextmanager
def chaos(proxy: ChaosProxy) -> Iterator[ChaosProxy]:
    """Run the proxy while the block runs."""
    with Server(proxy) as server:
        proxy.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), name="chaos proxy", daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            server.shutdown()
            thread.join()
