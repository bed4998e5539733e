# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Uploads are sent in chunks, downloads have a maximum size, and no other server receives the token."""

from __future__ import annotations

import email
import email.policy
import http.server
import threading
import tracemalloc
import typing as t
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.netbox.cursor.plugins.module_utils._http import errors
from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._http.multipart import Multipart
from ansible_collections.netbox.cursor.tests.stand_in import Fault, NetBox, serve

FRONT = "/media/image-attachments/device_1_front.png"
MOST = 10**6


class Answers(t.NamedTuple):
    """Run a file server that is not a NetBox server. Yield its URL, and the headers and sizes of the requests that it
    receives."""

    url: str
    headers: list[dict[str, str]]
    sizes: list[int]


@pytest.fixture
def elsewhere() -> Iterator[Answers]:
    headers: list[dict[str, str]] = []
    sizes: list[int] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:  # noqa: N802
            headers.append({name.lower(): value for name, value in self.headers.items()})
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.send_header("Content-Length", "5")
            self.end_headers()
            self.wfile.write(b"12345")

        def do_POST(self) -> None:  # noqa: N802
            headers.append({name.lower(): value for name, value in self.headers.items()})
            left = int(self.headers["Content-Length"])
            sizes.append(left)
            while left:
                left -= len(self.rfile.read(min(left, 65536)))
            self.send_response(201)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *arguments: t.Any) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.005,))
        thread.start()
        yield Answers(f"http://127.0.0.1:{server.server_address[1]}", headers, sizes)
        server.shutdown()
        thread.join()


@pytest.fixture
def netbox() -> Iterator[NetBox]:
    with serve(version="4.6") as netbox:
        yield netbox


def client_of(netbox: NetBox, **options: t.Any) -> Client:
    return Client(netbox.url, netbox.tokens["v1"], sleep=lambda seconds: None, **options)


def test_file_download_sends_the_token_and_is_complete(netbox: NetBox) -> None:
    with client_of(netbox) as client:
        assert client.download(netbox.url + FRONT, MOST, b"".join) == netbox.media[FRONT]
    assert [request.url for request in netbox.requests] == [FRONT]


def test_file_is_requested_from_the_configured_url(netbox: NetBox) -> None:
    with client_of(netbox) as client:
        assert client.download(f"https://netbox:8080{FRONT}", MOST, b"".join) == netbox.media[FRONT]


@pytest.mark.parametrize("most", [0, 1, 92, 93, 10000])
def test_of_a_file_no_more_is_read_than_shows_that_it_is_too_long(netbox: NetBox, most: int) -> None:
    with client_of(netbox) as client:
        read = client.download(netbox.url + FRONT, most, b"".join)
    assert read == netbox.media[FRONT][: most + 1]


def test_elsewhere_no_token_no_headers_and_no_netrc_are_sent(
    netbox: NetBox, elsewhere: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password secret\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    with client_of(netbox, headers={"X-Proxy-Secret": "0123456789"}) as client:
        assert client.download(f"{elsewhere.url}/bucket/x.png?signature=1", MOST, b"".join) == b"12345"
    assert netbox.requests == []
    assert not {"authorization", "x-proxy-secret", "cookie"} & set(elsewhere.headers[0])


def test_a_store_elsewhere_may_have_a_folder_called_media(netbox: NetBox, elsewhere: Answers) -> None:
    there = elsewhere.url.replace("127.0.0.1", "localhost")
    with client_of(netbox) as client:
        assert client.download(f"{there}/media/x.png", MOST, b"".join) == b"12345"
    assert [request.status for request in netbox.requests] == [404]
    assert "authorization" not in elsewhere.headers[0]


def test_no_redirect_is_followed_on_the_way_to_a_file(netbox: NetBox, elsewhere: Answers) -> None:
    for target in (f"{elsewhere.url}/x.png", f"{netbox.url}/api/status/"):
        netbox.faults[:] = [Fault("redirect", target)]
        with client_of(netbox) as client, pytest.raises(errors.Redirected):
            client.download(netbox.url + FRONT, MOST, b"".join)
    assert elsewhere.headers == []
    assert [request.path for request in netbox.requests] == [FRONT, FRONT]


def test_login_page_is_not_accepted_as_a_file(netbox: NetBox) -> None:
    with Client(netbox.url) as client, pytest.raises(errors.AccessDenied, match="login"):
        client.download(netbox.url + FRONT, MOST, b"".join)
    netbox.faults.append(Fault("html"))
    with client_of(netbox) as client, pytest.raises(errors.UnexpectedAnswer, match="received an HTML page"):
        client.download(netbox.url + FRONT, MOST, b"".join)


def test_a_file_that_is_cut_off_is_read_from_its_start_again(netbox: NetBox) -> None:
    netbox.faults.append(Fault("cut", times=1))
    with client_of(netbox) as client:
        assert client.download(netbox.url + FRONT, MOST, b"".join) == netbox.media[FRONT]
    assert len(netbox.requests) == 2


@pytest.mark.parametrize(
    "url", ["", "file:///etc/passwd", "ftp://127.0.0.1/x", "/media/x.png", "http:///x", "http://[::1", "http://a:b/c"]
)
def test_invalid_file_url_is_not_requested(netbox: NetBox, url: str) -> None:
    with client_of(netbox) as client, pytest.raises(errors.UnexpectedAnswer):
        client.download(url, MOST, b"".join)


def test_a_big_file_is_sent_piece_by_piece(elsewhere: Answers) -> None:
    size, piece = 60 * 2**20, b"x" * 65536
    form = Multipart({"a": "b"}, "image", "x.png", "image/png", size, lambda: iter([piece] * (size // len(piece))))
    tracemalloc.start()
    try:
        with Client(elsewhere.url) as client:
            client.write("POST", "api/x/", form)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert elsewhere.sizes == [len(form)]
    assert elsewhere.sizes[0] > size
    assert most < 8 * 2**20


def test_a_form_is_not_sent_again_where_it_may_have_been_done(netbox: NetBox) -> None:
    netbox.faults.append(Fault("status", 503))
    form = Multipart({}, "image", "x.png", "image/png", 1, lambda: iter([b"x"]))
    with client_of(netbox) as client, pytest.raises(errors.ServerFailed):
        client.write("POST", "api/extras/image-attachments/", form)
    assert len(netbox.requests) == 1


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_idempotent_request_is_repeated(netbox: NetBox, method: str) -> None:
    netbox.faults.append(Fault("status", 503, times=1))
    content = {"object_type": "dcim.device", "object_id": 1, "description": "x"} if method == "PATCH" else None
    with client_of(netbox) as client:
        client.write(method, "api/extras/image-attachments/1/", content)
    assert [request.method for request in netbox.requests] == [method, method]


@pytest.mark.parametrize(("faults", "tries"), [(0, 1), (1, 2)])
def test_incomplete_drawing_is_requested_again(netbox: NetBox, faults: int, tries: int) -> None:
    netbox.drawings[1] = "<svg></svg>\n"
    netbox.faults.append(Fault("wrong_length", 10, times=faults))
    with client_of(netbox) as client:
        text = client.text("api/dcim/racks/1/elevation/", [("render", "svg")], media_type="image/svg+xml", end="</svg>")
    assert (text, len(netbox.requests)) == ("<svg></svg>\n", tries)


def test_form_is_repeated_completely_after_a_temporary_error(netbox: NetBox) -> None:
    netbox.faults.append(Fault("status", 429, times=1))
    picture = netbox.media[FRONT]
    fields = {"object_type": "dcim.device", "object_id": "2"}
    form = Multipart(fields, "image", "x.png", "image/png", len(picture), lambda: iter([picture[:50], picture[50:]]))
    with client_of(netbox) as client:
        assert client.write("POST", "api/extras/image-attachments/", form)["image_size"] == 93
    assert len(netbox.requests) == 2


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)


@settings(deadline=None, derandomize=True, database=None)
@given(fields=st.dictionaries(st.sampled_from("abcd"), TEXTS), filename=TEXTS, pieces=st.lists(st.binary(max_size=99)))
def test_form_has_its_stated_length_and_all_fields(fields: dict[str, str], filename: str, pieces: list[bytes]) -> None:
    size = sum(map(len, pieces))
    form = Multipart(fields, "image", filename, "image/png", size, lambda: iter(pieces))
    body = b"".join(form)
    assert len(body) == len(form)
    assert b"".join(form) == body
    boundary = form.content_type.partition("boundary=")[2].encode()
    parts = body.split(b"--" + boundary)[1:-1]
    contents = [part.partition(b"\r\n\r\n")[2][:-2] for part in parts]
    assert contents == [*(value.encode() for value in fields.values()), b"".join(pieces)]


def test_a_file_name_cannot_add_headers() -> None:
    form = Multipart({}, "image", 'x"\r\nX-Evil: 1\r\n\r\n.png', "image/png", 0, lambda: iter([]))
    text = b"Content-Type: " + form.content_type.encode() + b"\r\n\r\n" + b"".join(form)
    (part,) = email.message_from_bytes(text, policy=email.policy.HTTP).iter_parts()
    assert list(part.keys()) == ["Content-Disposition", "Content-Type"]


def test_file_name_with_surrogates_is_rejected() -> None:
    with pytest.raises(errors.UsageError, match="cannot be encoded"):
        Multipart({}, "image", "\udcff.png", "image/png", 0, lambda: iter([]))


def test_drawing_has_the_expected_media_type(netbox: NetBox) -> None:
    with client_of(netbox) as client:
        text = client.text("api/dcim/racks/1/elevation/", [("render", "svg")], media_type="image/svg+xml", end="</svg>")
        assert text.startswith("<svg")
        with pytest.raises(errors.UnexpectedAnswer, match="Expected image/svg"):
            client.text("api/dcim/racks/1/elevation/", media_type="image/svg+xml", end="</svg>")
