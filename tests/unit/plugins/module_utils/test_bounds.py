# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No server can make the client use more memory, time, or disk space than the limits allow."""

from __future__ import annotations

import contextlib
import gzip
import itertools
import json
import socketserver
import threading
import time
import tracemalloc
import typing as t
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from ansible_collections.netbox.cursor.plugins.module_utils._graphql.selection import parse
from ansible_collections.netbox.cursor.plugins.module_utils._graphql.walk import GraphQL
from ansible_collections.netbox.cursor.plugins.module_utils._http import answers, errors
from ansible_collections.netbox.cursor.plugins.module_utils._http.advice import explain
from ansible_collections.netbox.cursor.plugins.module_utils._http.client import MOST_REDIRECTS, Client
from ansible_collections.netbox.cursor.plugins.module_utils._lists import state
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager
from ansible_collections.netbox.cursor.tests._timing import SOON
from ansible_collections.netbox.cursor.tests.stand_in import NetBox, serve

SITES = "api/dcim/sites/"
MEGABYTE = 2**20
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
ERROR = b"HTTP/1.1 400 No\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"


@contextlib.contextmanager
def saying(answer: t.Callable[[], Iterable[bytes]]) -> Iterator[tuple[str, list[bytes]]]:
    """Run a server that sends the chunks from ``answer`` for each request. Yield its URL, and the list of its
    requests."""
    asked: list[bytes] = []

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            asked.append(self.request.recv(65536))
            with contextlib.suppress(OSError):  # clients can close the connection
                for piece in answer():
                    self.request.sendall(piece)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.005,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", asked
        finally:
            server.shutdown()
            thread.join()


def endless(piece: bytes, before: bytes = OK + b"\r\n", pause: float = 0) -> t.Callable[[], Iterator[bytes]]:
    def answer() -> Iterator[bytes]:
        yield before
        while True:
            yield piece
            time.sleep(pause)

    return answer


def refused(address: str, **options: t.Any) -> errors.NetBoxError:
    with Client(address, retries=0, **options) as client, pytest.raises(errors.NetBoxError) as caught:
        client.get(SITES)
    assert "\n" not in explain(caught.value) and len(explain(caught.value)) < 2500
    return caught.value


@contextlib.contextmanager
def within(megabytes: float) -> Iterator[None]:
    """Fail if Python's peak memory use exceeds this limit."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < megabytes * MEGABYTE
    finally:
        tracemalloc.stop()


BOMBS = {
    "gzip": gzip.compress(b" " * (100 * MEGABYTE)),
    "x-gzip": gzip.compress(b" " * (100 * MEGABYTE)),
    "deflate": zlib.compress(b" " * (100 * MEGABYTE)),
}


@pytest.mark.parametrize("encoding", BOMBS)
def test_decompression_bomb_is_rejected(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    monkeypatch.setattr(answers, "LONGEST_BODY", 2 * MEGABYTE)
    head = OK + b"Content-Encoding: " + encoding.encode() + b"\r\n\r\n"
    with saying(lambda: [head, BOMBS[encoding]]) as (address, dummy), within(8):
        error = refused(address)
    assert isinstance(error, errors.TooLong) and "2 MB" in str(error) and "page_size" in explain(error)


def test_redirect_body_is_not_read() -> None:
    head = b"HTTP/1.1 302 Found\r\nLocation: /login/\r\nContent-Encoding: gzip\r\n\r\n"
    with saying(lambda: [head, BOMBS["gzip"]]) as (address, dummy), within(8):
        assert isinstance(refused(address), errors.AccessDenied)


@pytest.mark.parametrize("encoding", ["br", "zstd", "compress", "gzip, gzip", "x"])
def test_only_what_was_asked_for_is_unpacked(encoding: str) -> None:
    head = OK + b"Content-Encoding: " + encoding.encode() + b"\r\n\r\n"
    with saying(lambda: [head, b"[]"]) as (address, asked):
        error = refused(address)
    assert isinstance(error, errors.UnexpectedAnswer) and "not requested" in str(error)
    assert b"Accept-Encoding: gzip, deflate\r\n" in asked[0]


def raw_deflate(text: bytes) -> bytes:
    made = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return made.compress(text) + made.flush()


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        (b"gzip", gzip.compress(b'{"a": 1}', mtime=0)),
        (b"GZIP", gzip.compress(b'{"a": 1}', mtime=0)),
        (b"deflate", zlib.compress(b'{"a": 1}')),
        (b"deflate", raw_deflate(b'{"a": 1}')),
        (b"identity", b'{"a": 1}'),
    ],
)
def test_compressed_response_is_read(encoding: bytes, body: bytes) -> None:
    with saying(lambda: [OK + b"Content-Encoding: " + encoding + b"\r\n\r\n", body]) as (address, dummy):
        assert Client(address).get(SITES) == {"a": 1}


def test_a_packed_answer_that_is_cut_is_damaged() -> None:
    body = gzip.compress(b'{"a": "%s"}' % (b"x" * 1000))[:-12]
    with saying(lambda: [OK + b"Content-Encoding: gzip\r\n\r\n", body]) as (address, dummy):
        assert isinstance(refused(address), errors.ConnectionLost)


@pytest.mark.parametrize("before", [OK + b"\r\n", ERROR], ids=["an answer", "an error"])
def test_an_answer_without_end_is_read_up_to_a_bound(monkeypatch: pytest.MonkeyPatch, before: bytes) -> None:
    monkeypatch.setattr(answers, "LONGEST_BODY", 2 * MEGABYTE)
    with saying(endless(b" " * 65536, before)) as (address, dummy), within(12):
        assert isinstance(refused(address), (errors.TooLong, errors.BadRequest))


CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("before", "piece"),
    [
        (b"", b"x" * 65536),
        (b"HTTP/1.1 200 OK\r\nX: ", b"x" * 65536),
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 1000),
        (CHUNKED, b"1" * 65536),
        (CHUNKED + b"2;", b"x" * 65536),
        (CHUNKED + b"2\r\n[]\r\n0\r\nX: ", b"x" * 65536),
    ],
    ids=["status line", "header", "headers", "chunk length", "chunk extension", "trailer"],
)
def test_endless_data_around_a_response_is_bounded(before: bytes, piece: bytes) -> None:
    with saying(endless(piece, before)) as (address, dummy), within(12):
        assert isinstance(refused(address), errors.NoAnswer)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("before", "piece"),
    [
        (b"", b"x"),
        (b"HTTP/1.1 200 OK\r\nX: ", b"x"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (OK + b"\r\n", b" "),
        (CHUNKED, b"1\r\n \r\n"),
        (CHUNKED, b"0"),
        (CHUNKED + b"2\r\n[]\r\n0\r\n", b"X: y\r\n"),
        (ERROR, b" "),
    ],
    ids=["status line", "header", "continue", "body", "chunks", "chunk length", "trailer", "error"],
)
def test_response_that_arrives_too_slowly_times_out(before: bytes, piece: bytes) -> None:
    began = time.monotonic()
    with saying(endless(piece, before, pause=0.02)) as (address, dummy):
        # The HTTP status of an error is sufficient.
        assert isinstance(refused(address, timeout=0.1), errors.BadRequest if before == ERROR else errors.NoAnswer)
    assert 0.05 < time.monotonic() - began < SOON


def test_an_answer_may_take_as_long_as_it_gets_on() -> None:
    def slowly() -> Iterator[bytes]:
        yield OK + b"\r\n"
        for piece in (b"[", b"1", b"]"):
            time.sleep(0.2)
            yield piece

    with saying(slowly) as (address, dummy):
        assert Client(address, timeout=0.3).get(SITES) == [1]


@pytest.mark.parametrize(
    "page",
    [b"<" * MEGABYTE, b"<title>" * 150_000, b"<title" * 150_000, b"<a " * 300_000, b"<title>x" + b" " * MEGABYTE],
    ids=["tags", "titles", "cut titles", "cut tags", "blanks"],
)
def test_a_page_for_people_is_looked_through_in_no_time(page: bytes) -> None:
    began = time.monotonic()
    with saying(lambda: [b"HTTP/1.1 502 No\r\nConnection: close\r\n\r\n", page]) as (address, dummy):
        assert isinstance(refused(address), errors.ServerFailed)
    assert time.monotonic() - began < SOON


@pytest.mark.parametrize("line", [b"<" * 60_000, b"HTTPConnection(" * 4_000, b"<a object at 0x" * 4_000])
def test_response_that_is_not_http_is_rejected_quickly(line: bytes) -> None:
    began = time.monotonic()
    with saying(lambda: [line + b"\r\n\r\n"]) as (address, dummy):
        assert isinstance(refused(address), errors.ConnectionLost)
    assert time.monotonic() - began < SOON


@pytest.mark.parametrize("depth", [20, 500, 900, 5_000, 100_000])
@pytest.mark.parametrize("status", [b"200 OK", b"400 No"])
def test_json_may_be_nested_deep(depth: int, status: bytes) -> None:
    head = b"HTTP/1.1 " + status + b"\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"
    body = b'{"a": ' * depth + b"1" + b"}" * depth
    with saying(lambda: [head, body]) as one, contextlib.suppress(errors.ConnectionLost, errors.BadRequest):
        address = one[0]
        assert isinstance(Client(address, retries=0).get(SITES), dict)


def test_a_long_error_is_cut_and_has_no_control_characters() -> None:
    words = "\x1b[2J\x1b]0;owned\x07\r\n\x9b31m\u202egnp.exe\u2028" + "x" * 5000
    body = json.dumps({"detail": words, "\x1b[1m": [words]}).encode()
    for answer in (
        b"HTTP/1.1 400 \x1b[2J\r\nConnection: close\r\n\r\n" + body,
        b"HTTP/1.1 302 Found\r\nLocation: http://other/\x1b[2J\r\nContent-Length: 0\r\n\r\n",
        OK.replace(b"json", b"\x1b[2J") + b"\r\nx",
        b"\x1b[2J\r\n\r\n",
    ):
        with saying(lambda answer=answer: [answer]) as (address, dummy):  # type: ignore[misc]
            said = explain(refused(address))
        assert not [character for character in said if not character.isprintable()]


@pytest.mark.parametrize("character", ["\x1b", "\r", "\x00", "\u202e", "\u2066", "\u200f", "\u061c", "\ud800", "\x9b"])
def test_no_control_character_reaches_errors_logs_or_warnings(character: str) -> None:
    words = json.dumps({f"a{character}b": [f"c{character}d"], "detail": f"e{character}f"}).encode()
    shown: list[str] = []
    answer = b"HTTP/1.1 400 No\r\nConnection: close\r\nAPI-Version: 3.0\r\n\r\n" + words
    with saying(lambda: [answer]) as (address, dummy):
        client = Client(address, log=lambda level, line: shown.append(line), warn=shown.append, retries=0)
        with client, pytest.raises(errors.BadRequest) as caught:
            client.get(SITES)
        client.log(1, f"x{character}y")
        client.warn(f"x{character}y")
    error = caught.value
    shown += [str(error), explain(error), error.message, error.detail, *error.fields, *sum(error.fields.values(), [])]
    shown.append(str(error.amend(f"Also {character}.", advice=f"Look at {character}.")))
    shown.append(explain(error))
    assert not [text for text in shown if character in text]
    assert any("e f" in text for text in shown)


def test_words_of_graphql_are_cut_and_have_no_secrets_and_no_control_characters() -> None:
    token = "0123456789abcdef0123456789abcdef01234567"
    words = [{"message": f"\x1b[2J Token {token} " + "x" * 5000, "path": ["\x1b[2J", token]}]
    body = json.dumps({"data": None, "errors": words}).encode()
    with saying(lambda: [OK + b"\r\n" + body]) as one, pytest.raises(errors.GraphQLFailed) as caught:
        address = one[0]
        GraphQL(Pager(Client(address, token))).query("{site_list {id}}")
    assert token not in str(caught.value) and "\x1b" not in str(caught.value) and len(str(caught.value)) < 1000


def test_no_cookie_is_kept() -> None:
    many = b"".join(b"Set-Cookie: c%d=%s\r\n" % (number, b"x" * 1000) for number in range(50))
    with saying(lambda: [OK + many + b"\r\n[]"]) as (address, asked):
        client = Client(address)
        client.get(SITES)
        client.get(SITES)
    assert not any(b"Cookie" in one for one in asked)


@pytest.fixture(scope="module")
def netbox() -> Iterator[NetBox]:
    with serve(version="4.6") as served:
        row = {**served.table("dcim/sites")[1], "comments": "x" * 10_000}
        sites = {number: {**row, "id": number, "name": f"site {number}"} for number in range(1, 201)}
        served.table("dcim/sites").replace(sites)
        yield served


@pytest.mark.parametrize("pagination", ["auto", "offset", "GraphQL"])
def test_a_page_of_too_many_bytes_is_asked_for_with_fewer_rows(
    netbox: NetBox, monkeypatch: pytest.MonkeyPatch, pagination: str
) -> None:
    monkeypatch.setattr(answers, "LONGEST_BODY", MEGABYTE)
    lines: list[str] = []
    client = Client(netbox.url, netbox.tokens["v1"], log=lambda level, line: lines.append(line), sleep=lambda s: None)
    with client, Pager(client, pagination="offset" if pagination == "offset" else "auto") as pager:
        if pagination == "GraphQL":
            rows = [int(row["id"]) for row in GraphQL(pager).rows("site_list", parse("id comments"))]
        else:
            rows = [row["id"] for row in pager.rows("dcim/sites")]
    assert rows == list(range(1, 201))
    assert any("rows failed; retrying with" in line and "1 MB" in line for line in lines)


class Endless(Client):
    """Returns an endless list of pages, each with one new row."""

    def get(self, path: str, parameters: t.Any = (), *, raise_if_overloaded: bool = False) -> t.Any:
        asked = dict(parameters)
        first = int(asked.get("start") or asked.get("offset") or 0) + 1
        count = None if "start" in asked else 10**12
        following = f"?start={first + 1}&offset={first + 1}&limit=2"
        return {
            "count": count,
            "next": following,
            "results": [{"id": first}, {"id": first + 1}][: 1 if not count else 2],
        }

    def graphql(self, query: str, variables: t.Any = None, *, raise_if_overloaded: bool = False) -> t.Any:
        first = int(query.partition("start: ")[2].partition(",")[0])
        return {"data": {"site_list": [{"id": str(first + 1)}]}}


@pytest.mark.parametrize("way", ["cursor", "offset", "ordering", "GraphQL"])
def test_a_list_without_end_is_left(monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    monkeypatch.setattr(state, "MAX_REQUESTS", 500)
    pagination = "offset" if way == "offset" else "auto"
    with Pager(Endless("http://netbox.invalid"), pagination=pagination, page_size=1, max_workers=1) as pager:
        if way == "GraphQL":
            rows: Iterator[t.Any] = GraphQL(pager).rows("site_list", parse("id"))
        else:
            rows = pager.rows("dcim/sites", ordering="name" if way == "ordering" else None)
        with pytest.raises(errors.UnexpectedAnswer, match="does not end"):
            for dummy in itertools.islice(rows, 10_000):
                pass


@pytest.mark.parametrize("target", ["file://{path}", "http://127.0.0.1@{path}", "ftp://127.0.0.1{path}"])
def test_no_file_of_ours_is_read(tmp_path: Path, target: str) -> None:
    path = tmp_path / "secret"
    path.write_text('{"count": null, "next": null, "results": [{"id": 7}]}', encoding="utf-8")
    place = target.format(path=path)

    def elsewhere() -> list[bytes]:
        page = json.dumps({"count": None, "next": f"{place}?start=2&limit=1", "results": [{"id": 1}]}).encode()
        return [
            b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nConnection: close\r\nLocation: " + place.encode() + b"\r\n\r\n"
            if asked[-1].startswith(b"GET /api/dcim/sites/ ")
            else OK + b"\r\n" + page
        ]

    with saying(elsewhere) as (address, asked):
        assert isinstance(refused(address), errors.Redirected)
        client = Client(address, retries=0)
        with client, Pager(client, page_size=1, max_workers=1) as pager, pytest.raises(errors.UnexpectedAnswer):
            list(pager.rows("dcim/sites"))
    assert all(one.startswith(b"GET /") for one in asked)


def test_the_bounds_leave_room_for_what_netbox_gives() -> None:
    """The API schema of NetBox 4.6 has 13 MB, and a page of 1,000 complete devices has 5 MB."""
    assert answers.LONGEST_BODY > 4 * 13 * MEGABYTE
    assert MOST_REDIRECTS >= 2
