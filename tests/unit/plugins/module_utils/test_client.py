# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The client limits and repeats its requests safely, and never sends a secret to another server."""

from __future__ import annotations

import concurrent.futures
import contextlib
import datetime
import email.utils
import json
import re
import socketserver
import ssl
import threading
import time
import typing as t
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import trustme
import urllib3

from ansible_collections.netbox.cursor.plugins.module_utils._http import errors
from ansible_collections.netbox.cursor.plugins.module_utils._http.advice import explain
from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._http.version import VERSION
from ansible_collections.netbox.cursor.tests.stand_in import Fault, NetBox, serve

SITES = "api/dcim/sites/"
SECRET = "0123456789abcdef0123456789abcdef01234567"
JSON = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"


@pytest.fixture(scope="module")
def server() -> Iterator[NetBox]:
    with serve(version="4.6") as netbox:
        yield netbox


@pytest.fixture
def netbox(server: NetBox) -> NetBox:
    server.requests.clear()
    server.faults.clear()
    return server


def client_of(netbox: NetBox, token: t.Any = None, **options: t.Any) -> Client:
    options.setdefault("sleep", lambda seconds: None)
    return Client(netbox.url, token or netbox.tokens["v1"], **options)


@contextlib.contextmanager
def saying(
    answer: t.Callable[[bytes], bytes], context: ssl.SSLContext | None = None
) -> Iterator[tuple[str, list[bytes]]]:
    """Run a server that sends fixed bytes that no NetBox sends. Yield its URL, and the list of its requests."""
    asked: list[bytes] = []

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            asked.append(self.request.recv(65536))
            self.request.sendall(answer(asked[-1]))

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Clients can close the connection."""

    with Server(("127.0.0.1", 0), Handler) as server:
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.005,))
        thread.start()
        try:
            yield f"{'https' if context else 'http'}://127.0.0.1:{server.server_address[1]}", asked
        finally:
            server.shutdown()
            thread.join()


def sent(netbox: NetBox, name: str) -> str | None:
    return {key.lower(): value for key, value in netbox.requests[-1].headers.items()}.get(name.lower())


@pytest.mark.parametrize(
    ("token", "header"),
    [
        (SECRET, f"Token {SECRET}"),
        (f" {SECRET}\n", f"Token {SECRET}"),
        (f"nbt_abc.{SECRET}", f"Bearer nbt_abc.{SECRET}"),
        ({"type": "Bearer", "value": SECRET}, f"Bearer {SECRET}"),
    ],
)
def test_tokens_are_sent_as_their_version_wants(netbox: NetBox, token: t.Any, header: str) -> None:
    with pytest.raises(errors.AccessDenied), client_of(netbox, token) as client:
        client.get(SITES)
    assert sent(netbox, "Authorization") == header


def test_without_a_token_none_is_sent(netbox: NetBox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password something\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    with pytest.raises(errors.AccessDenied), Client(netbox.url) as client:
        client.get(SITES)
    assert sent(netbox, "Authorization") is None


def test_a_netrc_does_not_replace_the_token(netbox: NetBox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password something\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    with client_of(netbox) as client:
        assert client.get(SITES)["count"] == 4


@pytest.mark.parametrize("token", ["two words", "line\nbreak", {"value": SECRET}, {"type": "A b", "value": SECRET}])
def test_invalid_token_is_rejected_without_showing_it(netbox: NetBox, token: t.Any) -> None:
    with pytest.raises(errors.UsageError) as caught:
        client_of(netbox, token)
    assert SECRET not in str(caught.value) and "words" not in str(caught.value)


@pytest.mark.parametrize("suffix", ["", "/", "/api", "/api/", "//"])
def test_the_address_may_end_in_api(netbox: NetBox, suffix: str) -> None:
    with Client(netbox.url + suffix, netbox.tokens["v2"]) as client:
        assert client.get(SITES)["count"] == 4
        assert client.endpoint == netbox.url + "/"


def test_a_base_path_is_kept() -> None:
    assert Client("https://example.com/netbox/api/").endpoint == "https://example.com/netbox/"


@pytest.mark.parametrize(
    "address",
    [
        *("", "netbox.example.com", "ftp://netbox", "https://", "https://netbox/?a=b", "https://netbox/#a"),
        *("http://[::1", "https://netbox:port", "https://netbox:99999", "https://a\u2100b"),
        *(f"me:{SECRET}@netbox", f"https://me:{SECRET}/x@netbox"),
    ],
)
def test_invalid_url_is_rejected_without_showing_a_password(address: str) -> None:
    with pytest.raises(errors.UsageError, match="api_endpoint") as caught:
        Client(address)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("host", ["netbox..example.com", "a" * 70, ".example.com"])
def test_invalid_host_name_is_rejected(host: str) -> None:
    with Client(f"https://{host}") as client, pytest.raises(errors.UsageError, match="Cannot send the request"):
        client.get(SITES)


def test_each_request_says_who_asks_and_what_for(netbox: NetBox) -> None:
    with client_of(netbox, agent="lookup", headers={"X-Tenant": "a"}) as client:
        client.get(SITES)
    assert sent(netbox, "User-Agent") == f"netbox.cursor/{VERSION} (ansible-lookup)"
    assert sent(netbox, "Accept") == "application/json"
    assert sent(netbox, "X-Tenant") == "a"


@pytest.mark.parametrize("headers", [{"X-A": "b\r\nX-C: d"}, {"X A": "b"}, {"X-A": "ü"}])
def test_headers_that_http_does_not_allow_are_refused(netbox: NetBox, headers: dict[str, str]) -> None:
    with pytest.raises(errors.UsageError, match="header"):
        client_of(netbox, headers=headers)


def test_the_version_is_learnt_from_any_answer(netbox: NetBox) -> None:
    with client_of(netbox, "wrong" * 8) as client:
        assert client.api_version is None
        with pytest.raises(errors.AccessDenied):
            client.get(SITES)
        assert client.api_version == (4, 6)


@pytest.mark.parametrize("fault", ["reset", "cut", "status:502", "status:503", "status:504", "status:429", "not_json"])
def test_transient_fault_is_retried(netbox: NetBox, fault: str) -> None:
    kind, dummy, argument = fault.partition(":")
    netbox.faults.append(Fault(kind, argument or None, times=2))
    with client_of(netbox) as client:
        assert client.get(SITES)["count"] == 4


@pytest.mark.parametrize(
    "answer",
    [
        JSON + b'\r\n{"name": "\xff"}',
        JSON + b"\r\n",
        JSON + b"\r\n" + b"[" * 100000,
        JSON + b"Content-Encoding: gzip\r\n\r\n{}",
        JSON + b"Content-Length: 100\r\n\r\n{}",
        JSON + b"Transfer-Encoding: chunked\r\n\r\n9\r\n{}",
        JSON + b"Transfer-Encoding: chunked\r\n\r\nmany\r\n{}",
        b"SSH-2.0-OpenSSH_9.9\r\n",
        b"",
    ],
    ids=["no UTF-8", "empty", "deep", "no gzip", "cut", "cut chunk", "no chunk", "no HTTP", "nothing"],
)
def test_damaged_response_is_retried_and_then_an_error(answer: bytes) -> None:
    with saying(lambda head: answer) as (address, asked):
        client = Client(address, SECRET, retries=2, sleep=lambda seconds: None)
        with client, pytest.raises(errors.ConnectionLost, match="damaged|interrupted") as caught:
            client.get(SITES)
        assert len(asked) == 3
    assert str(caught.value).endswith("(tried 3 times)")


def test_html_response_is_an_error(netbox: NetBox) -> None:
    netbox.faults.append(Fault("html"))
    with (
        client_of(netbox) as client,
        pytest.raises(errors.UnexpectedAnswer, match="Expected a JSON response but received text/html") as caught,
    ):
        client.get(SITES)
    assert "Maintenance" in caught.value.detail
    assert "<" not in str(caught.value)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("status:500", errors.ServerFailed),
        ("status:400", errors.BadRequest),
        ("status:403", errors.AccessDenied),
        ("status:404", errors.NotFound),
        ("html", errors.UnexpectedAnswer),
        ("redirect:/login/?next=/api/", errors.AccessDenied),
        ("redirect:http://127.0.0.2:1/api/", errors.Redirected),
        ("redirect:https://127.0.0.1:1/api/", errors.Redirected),
    ],
)
def test_permanent_fault_is_not_retried(netbox: NetBox, fault: str, kind: type[errors.NetBoxError]) -> None:
    name, dummy, argument = fault.partition(":")
    netbox.faults.append(Fault(name, argument or None))
    with client_of(netbox) as client, pytest.raises(kind) as caught:
        client.get(SITES)
    assert len(netbox.requests) == 1
    assert "tried" not in str(caught.value)
    assert str(caught.value).startswith(f"GET {netbox.url}/{SITES}: ")


PAGES = {
    "HTML": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<title>Busy</title>",
    "nothing": b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    "no type": b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nI am busy",
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_foreign_page_after_json_is_retried(page: bytes) -> None:
    answers = [JSON + b"\r\n[1]", page, page, JSON + b"\r\n[2]"]
    with saying(lambda head: answers.pop(0)) as (address, dummy):
        client = Client(address, retries=2, sleep=lambda seconds: None)
        assert [client.get(SITES), client.get(SITES)] == [[1], [2]]


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_foreign_page_is_retried_with_raise_if_overloaded(page: bytes) -> None:
    answers = [JSON + b"\r\n[1]", page, JSON + b"\r\n[2]"]
    with saying(lambda head: answers.pop(0)) as (address, dummy):
        client = Client(address, sleep=lambda seconds: None)
        assert [client.get(SITES), client.get(SITES, raise_if_overloaded=True)] == [[1], [2]]


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_foreign_page_after_json_fails_after_the_last_retry(page: bytes) -> None:
    answers = [JSON + b"\r\n[1]", *[page] * 3]
    with saying(lambda head: answers.pop(0)) as (address, dummy), pytest.raises(errors.UnexpectedAnswer) as caught:
        client = Client(address, retries=2, sleep=lambda seconds: None)
        client.get(SITES)
        client.get(SITES)
    assert caught.value.tries == 3
    assert "load balancer" in explain(caught.value) and "retries" in explain(caught.value)


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_foreign_page_as_the_first_response_is_an_error(page: bytes) -> None:
    with saying(lambda head: page) as (address, asked), pytest.raises(errors.UnexpectedAnswer) as caught:
        Client(address, sleep=lambda seconds: None).get(SITES)
    assert len(asked) == 1
    assert "Check that api_endpoint is" in explain(caught.value)


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_foreign_page_is_retried_while_another_first_request_waits(page: bytes) -> None:
    came, done = threading.Event(), threading.Event()
    answers = [page, JSON + b"\r\n[2]"]

    def answer(head: bytes) -> bytes:
        if b"slow" not in head:
            return answers.pop(0)
        came.set()
        done.wait(10)
        return JSON + b"\r\n[1]"

    with saying(answer) as (address, dummy), concurrent.futures.ThreadPoolExecutor(1) as threads:
        client = Client(address, sleep=lambda seconds: done.set())
        slow = threads.submit(client.get, "api/slow/")
        assert came.wait(10)
        assert client.get(SITES) == [2]
        assert slow.result() == [1]


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_foreign_pages_as_the_first_responses_are_an_error(page: bytes) -> None:
    with saying(lambda head: page) as (address, dummy), concurrent.futures.ThreadPoolExecutor(4) as threads:
        client = Client(address, sleep=lambda seconds: None)
        futures = [threads.submit(client.get, SITES) for number in range(4)]
        outcomes = [future.exception() for future in futures]
    assert all("Check that api_endpoint is" in explain(t.cast(errors.NetBoxError, outcome)) for outcome in outcomes)


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_foreign_page_after_a_post_is_not_retried(page: bytes) -> None:
    answers = [JSON + b"\r\n[1]", page, JSON + b"\r\n[2]"]
    with saying(lambda head: answers.pop(0)) as (address, asked), pytest.raises(errors.UnexpectedAnswer):
        client = Client(address, sleep=lambda seconds: None)
        client.get(SITES)
        client.write("POST", SITES, {})
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("status", "kind"),
    [(b"403 No", errors.AccessDenied), (b"404 No", errors.NotFound), (b"500 Oh", errors.ServerFailed)],
)
@pytest.mark.parametrize(
    "rest",
    [
        b"Content-Encoding: gzip\r\n\r\nno gzip",
        b"Content-Encoding: br\r\n\r\n\x8b",
        b"Content-Length: 100\r\n\r\n{",
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
    ids=["gzip", "br", "cut", "chunk"],
)
def test_error_keeps_its_status_if_its_body_is_damaged(status: bytes, kind: t.Any, rest: bytes) -> None:
    answer = b"HTTP/1.1 " + status + b"\r\nConnection: close\r\n" + rest
    with (
        saying(lambda head: answer) as (address, asked),
        pytest.raises(kind, match=f"HTTP {status.decode()}") as caught,
    ):
        Client(address, sleep=lambda seconds: None).get(SITES)
    assert caught.value.status == int(status[:3]) and len(asked) == 1


@pytest.mark.parametrize("version", [b"9" * 5000 + b".1", b"4." + b"9" * 5000, b"4", b"x.y", b"\xb2.\xb2", b"-4.6"])
def test_strange_version_is_ignored(version: bytes) -> None:
    with saying(lambda head: JSON + b"API-Version: " + version + b"\r\n\r\n[]") as (address, dummy):
        client = Client(address)
        assert client.get(SITES) == [] and client.api_version is None


@pytest.mark.parametrize("target", [b"http://[::1", b"http://a:b/", b"//", b"http://\xe2\x84\x80/", b"javascript:x"])
def test_redirect_to_no_address_is_an_error(target: bytes) -> None:
    answer = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nConnection: close\r\nLocation: " + target + b"\r\n\r\n"
    with saying(lambda head: answer) as (address, dummy), pytest.raises(errors.Redirected):
        Client(address).get(SITES)


def test_asking_again_ends(netbox: NetBox) -> None:
    netbox.faults.append(Fault("status", "503"))
    waited: list[float] = []
    with client_of(netbox, retries=3, sleep=waited.append) as client, pytest.raises(errors.ServerFailed) as caught:
        client.get(SITES)
    assert len(netbox.requests) == 4
    assert caught.value.tries == 4 and "(tried 4 times)" in str(caught.value)
    assert waited == sorted(waited) and len(waited) == 3 and waited[0] > 0


@pytest.mark.parametrize("fault", ["status:500", "status:502", "status:504", "slow:30"])
def test_overload_error_is_raised_without_retry(netbox: NetBox, fault: str) -> None:
    kind, dummy, argument = fault.partition(":")
    netbox.faults.append(Fault(kind, argument, times=1))
    client = client_of(netbox, timeout=0.2 if kind == "slow" else 60)
    with client, pytest.raises((errors.ServerFailed, errors.TimedOut)):
        client.get(SITES, raise_if_overloaded=True)
    assert len(netbox.requests) == 1


@pytest.mark.parametrize("fault", ["status:503", "status:429", "reset", "cut"])
def test_overload_error_without_smaller_page_is_retried(netbox: NetBox, fault: str) -> None:
    kind, dummy, argument = fault.partition(":")
    netbox.faults.append(Fault(kind, argument or None, times=1))
    with client_of(netbox) as client:
        assert client.get(SITES, raise_if_overloaded=True)["count"] == 4
    assert len(netbox.requests) == 2


def test_each_further_try_is_one_line_of_the_log(netbox: NetBox) -> None:
    netbox.faults.append(Fault("status", "503", times=2))
    lines: list[tuple[int, str]] = []
    with client_of(netbox, log=lambda verbosity, line: lines.append((verbosity, line))) as client:
        client.get(SITES)
    assert [verbosity for verbosity, dummy in lines] == [2, 2]
    assert all("HTTP 503" in line and line.endswith("Retrying.") for dummy, line in lines)


def test_retry_after_is_heeded_up_to_a_minute(netbox: NetBox) -> None:
    soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=30)
    late = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=3)
    for header in (
        "7",
        "0",
        "86400",
        email.utils.format_datetime(soon, usegmt=True),
        email.utils.format_datetime(late),
    ):
        netbox.faults.append(Fault("status", "429", times=1, retry_after=header))
    waited: list[float] = []
    with client_of(netbox, sleep=waited.append) as client:
        client.get(SITES)
    assert waited[:3] == [7, 0, 60]
    assert 0 <= waited[3] <= 30
    assert waited[4] == 60


@pytest.mark.parametrize(
    "header",
    [
        *(b"soon", b"", b"-5", b"1.5", b"\xb2", b"Mon, 99 Foo 2026 99:99:99 GMT"),
        *(b"Mon, 1 Jan 99999 00:00:00 GMT", b"Mon, 1 Jan 2026 00:00:00 +999999999"),
    ],
)
def test_invalid_retry_after_is_ignored(header: bytes) -> None:
    waited: list[float] = []
    answer = b"HTTP/1.1 429 No\r\nRetry-After: " + header + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    with saying(lambda head: answer) as (address, dummy), pytest.raises(errors.TooManyRequests):
        Client(address, retries=1, sleep=waited.append).get(SITES)
    assert len(waited) == 1 and 0 < waited[0] < 1


def test_a_redirect_on_the_same_server_is_followed(netbox: NetBox) -> None:
    with client_of(netbox) as client:
        assert client.get(SITES.rstrip("/"))["count"] == 4


def test_redirects_do_not_go_on_for_ever(netbox: NetBox) -> None:
    netbox.faults.append(Fault("redirect", "/" + SITES))
    with client_of(netbox) as client, pytest.raises(errors.Redirected, match="redirected the request 4 times"):
        client.get(SITES)
    assert len(netbox.requests) < 10


def test_another_host_never_sees_a_request(netbox: NetBox) -> None:
    with serve(version="4.6") as other:
        netbox.faults.append(Fault("redirect", other.url + "/" + SITES))
        with client_of(netbox) as client, pytest.raises(errors.Redirected) as caught:
            client.get(SITES)
        assert other.requests == []
    assert "api_endpoint" in explain(caught.value)


@pytest.mark.parametrize("target", ["http://127.0.0.2:1\\@{host}/", "http://127.0.0.2:1#@{host}/", "//127.0.0.2:1/"])
def test_another_host_is_not_taken_for_this_one(target: str) -> None:
    def redirect(head: bytes) -> bytes:
        host = re.findall(r"Host: (\S+)", head.decode())[0]
        return f"HTTP/1.1 302 Found\r\nLocation: {target.format(host=host)}\r\nContent-Length: 0\r\n\r\n".encode()

    with saying(redirect) as (address, asked):
        client = Client(address, SECRET)
        with pytest.raises(errors.Redirected, match="127.0.0.2"):
            client.get(SITES)
        client.close()
        assert len(asked) == 1


def test_from_https_nothing_is_sent_to_http() -> None:
    with serve(version="4.6", tls=True) as netbox:
        netbox.faults.append(Fault("redirect", netbox.url.replace("https:", "http:") + "/" + SITES))
        with client_of(netbox, verify=netbox.ca_path) as client, pytest.raises(errors.Redirected, match="http:"):
            client.get(SITES)
        assert len(netbox.requests) == 1


def test_a_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.delenv("http_proxy", raising=False)
    with saying(lambda head: JSON + b'\r\n{"count": 4}') as (address, asked):
        monkeypatch.setenv("HTTP_PROXY", address)
        with Client("http://netbox.invalid/base/", SECRET) as client:
            assert client.get(SITES) == {"count": 4}
    assert asked[0].startswith(b"GET http://netbox.invalid/base/api/dcim/sites/ HTTP/1.1\r\n")


@pytest.mark.parametrize("proxy", ["http://me:{}@127.0.0.1:9", "me:{}@127.0.0.1:9", "socks9://me:{}@h:9"])
def test_a_password_of_a_proxy_is_not_shown(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("http_proxy", proxy.format(SECRET[:20]))
    with Client("http://netbox.invalid", retries=0) as client, pytest.raises(errors.NetBoxError) as caught:
        client.get(SITES)
    assert SECRET[:20] not in explain(caught.value)


def test_proxies_come_from_the_environment(netbox: NetBox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with client_of(netbox, retries=0) as client, pytest.raises(errors.Unreachable, match="proxy"):
        client.get(SITES)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with client_of(netbox) as client:
        assert client.get(SITES)["count"] == 4


def test_a_certificate_must_be_vouched_for(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(version="4.6", tls=True) as netbox:
        with client_of(netbox) as client, pytest.raises(errors.TLSFailed) as caught:
            client.get(SITES)
        assert caught.value.tries == 1
        assert "ca_path" in explain(caught.value)
        with client_of(netbox, verify=netbox.ca_path) as client:
            assert client.get(SITES)["count"] == 4
        # In the requests library, this variable overrides the option.
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere")
        with client_of(netbox, verify=netbox.ca_path) as client:
            assert client.get(SITES)["count"] == 4


def test_unchecked_certificate_is_one_warning() -> None:
    told: list[str] = []
    with serve(version="4.6", tls=True) as netbox, warnings.catch_warnings(record=True) as others:
        with client_of(netbox, verify=False, warn=told.append) as client:
            assert client.get(SITES)["count"] == client.get(SITES)["count"] == 4
        assert len(told) == 1 and "validate_certs is false" in told[0] and "ca_path" in told[0]
        assert not others
        # Other code in this process that connects to the same server still gets its warnings.
        requests.get(netbox.url, verify=False, timeout=10)
        assert [warning.category for warning in others] == [urllib3.exceptions.InsecureRequestWarning]


def test_unchecked_certificate_causes_no_warning_without_tls(netbox: NetBox) -> None:
    told: list[str] = []
    with client_of(netbox, verify=False, warn=told.append) as client:
        client.get(SITES)
    assert told == []


def test_a_client_certificate_is_shown(tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    own = authority.issue_cert("me@example.com")
    own.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "both.pem"))
    own.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    own.cert_chain_pems[0].write_to_path(str(tmp_path / "certificate.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(context)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    options: dict[str, t.Any] = {"verify": str(tmp_path / "ca.pem"), "retries": 0}
    pair = (str(tmp_path / "certificate.pem"), str(tmp_path / "key.pem"))
    with saying(lambda head: JSON + b"\r\n[]", context) as (address, asked):
        for certificate, key in (pair, (str(tmp_path / "both.pem"), None)):
            with Client(address, certificate=certificate, key=key, **options) as client:
                assert client.get(SITES) == []
        with Client(address, **options) as client, pytest.raises(errors.NoAnswer):
            client.get(SITES)
        assert len(asked) == 2


def test_a_key_without_its_certificate_is_refused() -> None:
    with pytest.raises(errors.UsageError, match="client_key requires client_cert"):
        Client("https://127.0.0.1:9", key="/no/such/file.pem")


@pytest.mark.parametrize("option", ["verify", "certificate", "key"])
def test_a_file_that_is_not_there_is_named(option: str) -> None:
    options: dict[str, t.Any] = {"certificate": __file__, option: "/no/such/file.pem"}
    with (
        Client("https://127.0.0.1:9", **options) as client,
        pytest.raises(errors.UsageError, match="/no/such/file.pem"),
    ):
        client.get(SITES)


def test_a_server_that_hangs_up_before_it_is_known_is_asked_again() -> None:
    with saying(lambda hello: b"") as (address, asked):
        client = Client(address.replace("http:", "https:"), retries=2, sleep=lambda seconds: None)
        with client, pytest.raises(errors.ConnectionLost) as caught:
            client.get(SITES)
        assert len(asked) == 3
    assert caught.value.tries == 3


def test_no_answer_in_time_is_a_time_out(netbox: NetBox) -> None:
    netbox.faults.append(Fault("slow", 30, times=1))
    with client_of(netbox, timeout=0.2, retries=0) as client, pytest.raises(errors.TimedOut):
        client.get(SITES)


def test_the_token_is_in_no_error_and_no_log(netbox: NetBox) -> None:
    lines: list[str] = []

    def log(verbosity: int, line: str) -> None:
        lines.append(line)

    for fault in (*(f"status:{status}" for status in (400, 403, 404, 429, 500, 503)), "html", "reset", "cut"):
        name, dummy, argument = fault.partition(":")
        netbox.faults[:] = [Fault(name, argument or None)]
        with client_of(netbox, SECRET, retries=1, log=log) as client:
            with pytest.raises(errors.NetBoxError) as caught:
                client.get(SITES)
            lines += [str(caught.value), repr(caught.value), repr(client), explain(caught.value)]
    assert SECRET not in "".join(lines)


def test_secrets_that_netbox_repeats_are_masked() -> None:
    def echo(head: bytes) -> bytes:
        lines = [line for line in head.decode().split("\r\n") if line.startswith(("Authorization", "X-Gate"))]
        body = json.dumps({"detail": f"You sent {' '.join(sorted(lines))}"}).encode()
        return b"HTTP/1.1 400 No\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)

    refused = pytest.raises(errors.BadRequest, match="You sent Authorization: Token … X-Gate: …")
    with saying(echo) as (address, dummy), refused as caught:
        Client(address, SECRET, headers={"X-Gate": "another secret"}).get(SITES)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("token", [SECRET, f"nbt_abc.{SECRET}", {"type": "JWT", "value": SECRET}])
@pytest.mark.parametrize("before", [0, 440, 470, 5000])
def test_no_part_of_a_token_is_left_where_a_long_text_is_cut(token: t.Any, before: int) -> None:
    def echo(head: bytes) -> bytes:
        line = next(line for line in head.split(b"\r\n") if line.startswith(b"Authorization"))
        body = b"<title>" + b"x" * before + b" " + line + b"</title>"
        return b"HTTP/1.1 403 No %s\r\nContent-Length: %d\r\n\r\n%s" % (line, len(body), body)

    with saying(echo) as (address, dummy), pytest.raises(errors.AccessDenied) as caught:
        Client(address, token).get(SITES)
    assert re.search("Authorization: [A-Za-z]+ …", caught.value.message)
    assert SECRET[:6] not in str(caught.value)
    assert len(caught.value.detail) < 520


@pytest.mark.parametrize("credentials", [f"me:{SECRET}@", f"me:a@{SECRET}@", f"{SECRET}@", f":{SECRET}@", "@"])
def test_credentials_in_the_address_are_refused(netbox: NetBox, credentials: str) -> None:
    with pytest.raises(errors.UsageError, match="must not contain a user name or a password.* Set token") as caught:
        Client(netbox.url.replace("http://", f"http://{credentials}"))
    assert SECRET not in str(caught.value)


def test_a_session_of_the_callers_is_used_and_left_open(netbox: NetBox) -> None:
    class Session(requests.Session):
        closed = False

        def close(self) -> None:
            self.closed = True
            super().close()

    session = Session()
    session.headers["X-Own"] = "yes"
    with client_of(netbox, session=session) as client:
        client.get(SITES)
    assert sent(netbox, "X-Own") == "yes"
    assert not session.closed


@pytest.mark.parametrize(
    ("header", "value", "repeated"),
    [
        ("Authorization", f"Token {SECRET}", SECRET),
        ("Authorization", f"Bearer nbt_key.{SECRET}", SECRET),
        ("Authorization", f"Bearer nbt_key.{SECRET}", f"nbt_key.{SECRET}"),
        ("Authorization", f'Digest username="me", response="{SECRET}"', SECRET),
        ("Cookie", f"theme=dark; sessionid={SECRET}", SECRET),
        ("X-Key", SECRET, SECRET),
    ],
)
def test_secret_in_headers_is_masked_without_its_scheme(header: str, value: str, repeated: str) -> None:
    body = json.dumps({"detail": f"Unknown: {repeated}."}).encode()
    answer = b"HTTP/1.1 403 No\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    lines: list[str] = []
    with saying(lambda head: answer) as (address, dummy), pytest.raises(errors.AccessDenied, match="…") as caught:
        Client(address, headers={header: value}, log=lambda verbosity, line: lines.append(line)).get(SITES)
    assert SECRET not in explain(caught.value) + "".join(lines)


@pytest.mark.parametrize("token", [f"nbt_key.{SECRET}", {"type": "Bearer", "value": f"nbt_key.{SECRET}"}])
def test_secret_of_a_token_is_masked_without_its_key(token: t.Any) -> None:
    answer = b"HTTP/1.1 403 No\r\nContent-Length: 40\r\n\r\n" + SECRET.encode()
    with saying(lambda head: answer) as (address, dummy), pytest.raises(errors.AccessDenied) as caught:
        Client(address, token).get(SITES)
    assert SECRET not in str(caught.value)


def test_errors_say_what_netbox_said_by_field(netbox: NetBox) -> None:
    with client_of(netbox) as client, pytest.raises(errors.BadRequest) as caught:
        client.get(SITES, [("status", "bogus")])
    assert list(caught.value.fields) == ["status"]
    assert "bogus is not one of the available choices" in str(caught.value)


def test_threads_share_a_client(netbox: NetBox) -> None:
    counts: list[int] = []
    with client_of(netbox) as client:
        threads = [threading.Thread(target=lambda: counts.append(client.get(SITES)["count"])) for dummy in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert counts == [4] * 16


def test_closed_client_does_not_repeat_requests(netbox: NetBox) -> None:
    netbox.faults.append(Fault("status", "503", retry_after=60))
    said: list[errors.NetBoxError] = []
    client = Client(netbox.url, netbox.tokens["v1"])

    def ask() -> None:
        with pytest.raises(errors.NetBoxError) as caught:
            client.get(SITES)
        said.append(caught.value)

    thread = threading.Thread(target=ask)
    thread.start()
    while not netbox.requests or netbox.requests[-1].status is None:
        time.sleep(0.01)
    time.sleep(0.2)
    client.close()
    thread.join(5)
    assert not thread.is_alive() and len(netbox.requests) == 1
    assert "closed" in str(said[0])
