# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Through a proxy, an upload is repeated only if it is certain that NetBox did not receive it."""

from __future__ import annotations

import contextlib
import select
import socket
import socketserver
import threading
import typing as t
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from ansible_collections.netbox.cursor.plugins.module_utils._http import errors
from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._http.multipart import Multipart
from ansible_collections.netbox.cursor.tests.stand_in import Fault, NetBox, serve

IMAGES = "api/extras/image-attachments/"
SITES = "api/dcim/sites/"
PICTURE = "/media/image-attachments/device_1_front.png"


class Proxy(socketserver.ThreadingTCPServer):
    """A forward proxy for http and a CONNECT proxy for https.

    * ``refusals``: number of CONNECT requests that it rejects with 503, or does not respond to (``silent``).
    * ``cuts``: number of delivered requests after which it closes the connection instead of sending a response.
    """

    # The ports of the servers of these tests. Threads of earlier tests can still send requests to other servers.
    served: t.ClassVar[set[int]] = set()
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.refusals = 0
        self.cuts = 0
        self.silent = False
        self.asked = 0

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients may close the connection."""


class Handler(socketserver.BaseRequestHandler):
    server: Proxy

    def handle(self) -> None:
        head, body = self._until_blank_line()
        method, target, dummy = head.split(b"\r\n")[0].decode().split(" ")
        if urlsplit(target if "//" in target else f"//{target}").port not in self.server.served:
            return
        self.server.asked += 1
        if method == "CONNECT":
            if self.server.refusals:
                self.server.refusals -= 1
                if not self.server.silent:
                    self.request.sendall(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")
                return
            host, port = target.split(":")
            with socket.create_connection((host, int(port))) as there:
                self.request.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
                relay(self.request, there)
            return
        parts = urlsplit(target)
        with socket.create_connection((parts.hostname, parts.port)) as there:
            path = parts.path + ("?" + parts.query if parts.query else "")
            there.sendall(head.replace(target.encode(), path.encode(), 1) + b"\r\n\r\n" + body)
            relay(self.request, there, self._take_cut())

    def _take_cut(self) -> bool:
        self.server.cuts -= 1
        return self.server.cuts >= 0

    def _until_blank_line(self) -> tuple[bytes, bytes]:
        read = b""
        while b"\r\n\r\n" not in read:
            piece = self.request.recv(65536)
            if not piece:
                raise ConnectionResetError
            read += piece
        head, dummy, body = read.partition(b"\r\n\r\n")
        return head, body


def relay(here: socket.socket, there: socket.socket, cut: bool = False) -> None:
    """Pass on bytes in both directions. ``cut``: until the first byte comes back."""
    while True:
        for ready in select.select([here, there], [], [])[0]:
            piece = ready.recv(65536)
            if not piece or (cut and ready is there):
                return
            (there if ready is here else here).sendall(piece)


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    for name in ("no_proxy", "http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "")
    with Proxy() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        thread = threading.Thread(target=proxy.serve_forever, args=(0.005,))
        thread.start()
        yield proxy
        proxy.shutdown()
        thread.join()


@pytest.fixture(params=["forward", "CONNECT"])
def netbox(request: pytest.FixtureRequest) -> Iterator[NetBox]:
    with serve(version="4.6", tls=request.param == "CONNECT") as netbox:
        Proxy.served.add(urlsplit(netbox.url).port or 0)
        yield netbox


@pytest.fixture
def secure() -> Iterator[NetBox]:
    with serve(version="4.6", tls=True) as netbox:
        Proxy.served.add(urlsplit(netbox.url).port or 0)
        yield netbox


def upload(netbox: NetBox, **options: t.Any) -> t.Any:
    picture = netbox.media[PICTURE]
    fields = {"object_type": "dcim.device", "object_id": "1", "name": "new"}
    form = Multipart(fields, "image", "x.png", "image/png", len(picture), lambda: iter([picture]))
    with client_of(netbox, **options) as client:
        return client.write("POST", IMAGES, form)


def client_of(netbox: NetBox, **options: t.Any) -> Client:
    options = {"sleep": lambda seconds: None, "verify": netbox.ca_path or True, **options}
    return Client(netbox.url, netbox.tokens["v1"], **options)


def uploads(netbox: NetBox) -> int:
    return sum(row["name"] == "new" for row in netbox.table("extras/image-attachments").values())


def test_proxy_passes_uploads_on(netbox: NetBox, proxy: Proxy) -> None:
    assert upload(netbox)["name"] == "new"
    assert proxy.asked == 1 and uploads(netbox) == 1


def test_upload_is_sent_once_if_the_proxy_closes_after_it(netbox: NetBox, proxy: Proxy) -> None:
    proxy.cuts = 10
    netbox.faults.append(Fault("reset", path=f"/{IMAGES}", done=True))
    with pytest.raises(errors.ConnectionLost) as caught:
        upload(netbox)
    assert caught.value.tries == 1
    assert [request.method for request in netbox.requests] == ["POST"]
    assert uploads(netbox) == 1


def test_get_is_sent_again_if_the_proxy_closes_after_it(netbox: NetBox, proxy: Proxy) -> None:
    proxy.cuts = 1
    netbox.faults.append(Fault("reset", times=1))
    with client_of(netbox) as client:
        assert client.get(SITES)["count"] == 4
    assert len(netbox.requests) == 2


def test_upload_is_sent_again_if_the_proxy_cannot_be_reached(
    netbox: NetBox, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    tried = 0

    def sleep(seconds: float) -> None:
        nonlocal tried
        tried += 1
        if tried == 2:
            for name in ("HTTP_PROXY", "HTTPS_PROXY"):
                monkeypatch.setenv(name, proxy.url)

    for name in ("HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, address)
    assert upload(netbox, sleep=sleep)["name"] == "new"
    assert tried == 2 and uploads(netbox) == 1


def test_proxy_that_cannot_be_reached_is_named(netbox: NetBox, proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with pytest.raises(errors.Unreachable, match="Cannot connect through the proxy: .*Connection refused") as caught:
        upload(netbox, retries=2)
    assert caught.value.tries == 3 and not netbox.requests


def test_upload_is_sent_again_if_the_tunnel_is_refused(secure: NetBox, proxy: Proxy) -> None:
    proxy.refusals = 2
    assert upload(secure)["name"] == "new"
    assert proxy.asked == 3 and uploads(secure) == 1


def test_tunnel_that_is_always_refused_is_an_error(secure: NetBox, proxy: Proxy) -> None:
    proxy.refusals = 10
    with pytest.raises(
        errors.Unreachable, match="Cannot connect through the proxy: Tunnel connection failed: 503 Busy"
    ):
        upload(secure, retries=1)
    assert proxy.asked == 2 and not secure.requests


def test_upload_ends_in_an_error_if_the_proxy_says_nothing_to_connect(secure: NetBox, proxy: Proxy) -> None:
    proxy.refusals, proxy.silent = 10, True
    with pytest.raises(errors.NoAnswer):
        upload(secure, retries=1)
    assert not secure.requests


def test_certificate_is_checked_through_a_tunnel(secure: NetBox, proxy: Proxy) -> None:
    with pytest.raises(errors.TLSFailed), client_of(secure, verify=True) as client:
        client.get(SITES)
    assert proxy.asked == 1


def test_response_through_a_tunnel_has_a_deadline(secure: NetBox, proxy: Proxy) -> None:
    secure.faults.append(Fault("drip", 0.05))
    with pytest.raises(errors.TimedOut), client_of(secure, timeout=0.2, retries=0) as client:
        client.get(SITES)


def test_proxy_with_a_password_gets_it_and_shows_it_nowhere(
    netbox: NetBox, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, proxy.url.replace("//", "//me:very-secret@"))
    lines: list[str] = []
    with client_of(netbox, log=lambda verbosity, line: lines.append(line), retries=1) as client:
        client.get(SITES)
        proxy.cuts, proxy.refusals = 2, 2
        with contextlib.suppress(errors.NetBoxError):
            client.get(SITES)
    assert "very-secret" not in "".join(lines)
