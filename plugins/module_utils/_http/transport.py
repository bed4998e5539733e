# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Send requests over one session, with a limit on parallel requests, deadlines, and the collection's own errors."""

from __future__ import annotations

import contextlib
import functools
import http.cookiejar
import re
import socket
import ssl
import threading
import typing as t
from collections.abc import Iterator

from ansible_collections.netbox.cursor.plugins.module_utils._http import deadlines
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import (
    ConnectionLost,
    MissingLibrary,
    NetBoxError,
    TimedOut,
    TLSFailed,
    Unreachable,
    UsageError,
)

if deadlines.REQUESTS_IMPORT_ERROR is None:
    import requests
    import urllib3

    class _Session(requests.Session):
        def get_redirect_target(self, resp: requests.Response) -> None:
            """Disable redirects in requests, because the client follows them.

            requests would read the whole body of a redirect, and fail if its URL is invalid.
            """


# Number of connections that stay open between requests.
KEPT_CONNECTIONS = 32
# Maximum length of a library's message. Longer messages are truncated.
MOST_OF_LIBRARY = 4000


class Slots:
    """Limits the number of concurrent ``with`` blocks to ``number``. ``None``: no limit."""

    def __init__(self, number: int | None) -> None:
        if number is not None and number < 1:
            raise UsageError(f"max_workers must be at least 1, not {number}.")
        self._number = number
        self._held = 0
        self._closed = False
        self._changed = threading.Condition()

    def __enter__(self) -> None:
        """Wait for a free slot. Raise :class:`UsageError` if the slots are closed in the meantime."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._number is None or self._held < self._number)
            if self._closed:
                raise UsageError("The client is closed. It sends no more requests.")
            self._held += 1

    def __exit__(self, *exception: object) -> None:
        with self._changed:
            self._held -= 1
            self._changed.notify()

    def sleep(self, seconds: float) -> None:
        """Wait for ``seconds``, or until the slots are closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed, timeout=seconds)

    def close(self) -> None:
        """Wake all waiting threads. After this call, no thread receives a slot."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()


class Transport:
    """Sends requests over one ``requests.Session``. Several threads can use it.

    * ``verify``, ``certificate``, ``timeout``: passed to ``requests`` unchanged.
    * ``session``: the caller's own session, with its own adapters. This class does not close it.
    * ``max_workers``: maximum number of concurrent requests, in all threads. ``None``: any number.
    """

    def __init__(
        self,
        *,
        verify: bool | str = True,
        certificate: str | tuple[str, str] | None = None,
        timeout: float = 60.0,
        session: requests.Session | None = None,
        max_workers: int | None = None,
    ) -> None:
        if deadlines.REQUESTS_IMPORT_ERROR is not None:
            raise MissingLibrary("The Python library requests is not installed.")
        self._options: dict[str, t.Any] = {"verify": verify, "cert": certificate, "timeout": timeout}
        self._own_session = session is None
        self._session = session if session is not None else _new_session(bool(verify))
        self.slots = Slots(max_workers)

    def close(self) -> None:
        """Reject further requests, and close the session if this class created it."""
        self.slots.close()
        if self._own_session:
            self._session.close()

    @contextlib.contextmanager
    def exchange(self, method: str, url: str, **arguments: t.Any) -> Iterator[requests.Response]:
        """Send a request and yield the response. In the ``with`` block, read the body with :func:`read_pieces`.

        The request occupies a slot until the block ends, so the block must not send requests itself. ``arguments`` are
        passed to ``requests``.
        """
        with self.slots, self._send(method, url, arguments) as response:
            yield response

    def _send(self, method: str, url: str, arguments: dict[str, t.Any]) -> requests.Response:
        options = {**self._options, "allow_redirects": False, "stream": True, **arguments}
        try:
            return self._session.request(method, url, **options)
        except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError) as error:
            raise translate(error) from None
        except (OSError, ValueError) as error:
            # requests does not wrap these errors. Examples are a certificate file that does not exist and an invalid
            # host name.
            raise UsageError(f"Cannot send the request: {_plain(error)}.") from error


def read_pieces(response: requests.Response, size: int) -> Iterator[bytes]:
    """Yield the body without decompressing it, in chunks of at most ``size`` bytes.

    Raise the collection's own errors.
    """
    try:
        while piece := response.raw.read(size, decode_content=False):
            yield piece
    except urllib3.exceptions.HTTPError as error:
        raise translate(error) from None
    # urllib3 before 2.0 does not raise an error if the body is incomplete.
    left = getattr(response.raw, "length_remaining", None)
    if left:
        raise ConnectionLost(f"The connection was interrupted: {left} bytes of the response are missing.")


def _new_session(verify: bool) -> requests.Session:
    session = _Session()
    adapter = deadlines.Adapter(verify, pool_connections=4, pool_maxsize=KEPT_CONNECTIONS)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    # Reject all cookies. If a request contained a session cookie, NetBox would use the cookie's user instead of the
    # token's user.
    session.cookies.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))
    return session


class _Rule(t.NamedTuple):
    """A rule that converts an error to ``kind`` if one of its causes has the type ``cause``.

    * ``text``: the new message, in which the cause's message replaces ``{}``.
    * ``words``: the prefix that the cause's message must have.
    * ``outer``: the required type of the error itself.
    """

    cause: t.Any
    kind: type[NetBoxError]
    text: str
    words: str = ""
    outer: t.Any = Exception


@functools.cache
def _rules() -> tuple[_Rule, ...]:
    """Return the rules that convert the libraries' errors. The first matching rule is used."""
    theirs, pool = requests.exceptions, urllib3.exceptions
    impossible = "Cannot send the request: {}."
    closed = "The connection was closed without a TLS message, for example because the server restarted."
    untrusted = "The connection cannot be trusted: {}."
    proxy = "Cannot connect through the proxy: {}."
    return (
        _Rule((theirs.InvalidURL, theirs.InvalidHeader, pool.LocationValueError), UsageError, impossible),
        _Rule((ssl.SSLEOFError, ssl.SSLZeroReturnError), ConnectionLost, closed),
        # An SSL error that occurs while a body is being read means that the connection broke. requests does not wrap
        # such an error.
        _Rule((pool.SSLError, ssl.SSLError), TLSFailed, untrusted, outer=theirs.RequestException),
        # urllib3 also raises its ProxyError if a proxy closes the connection after receiving the whole request. Only
        # these two causes prove that the proxy did not forward the request.
        _Rule(pool.NewConnectionError, Unreachable, proxy, outer=theirs.ProxyError),
        _Rule(OSError, Unreachable, proxy, words="Tunnel connection failed", outer=theirs.ProxyError),
        _Rule(pool.NewConnectionError, Unreachable, "Cannot connect: {}."),
        _Rule(pool.ConnectTimeoutError, Unreachable, "Cannot connect within the timeout."),
        _Rule((pool.ReadTimeoutError, socket.timeout), TimedOut, "No complete response within the timeout."),
        _Rule((theirs.ConnectionError, pool.HTTPError), ConnectionLost, "The connection was interrupted: {}."),
        _Rule(Exception, UsageError, impossible),
    )


def translate(error: Exception) -> NetBoxError:
    """Convert an error of requests or urllib3 to one of the collection's own errors.

    The libraries' messages contain whole URLs and the memory addresses of Python objects.
    """
    causes = _causes(error)
    for rule in _rules():
        for cause in causes:
            if isinstance(error, rule.outer) and isinstance(cause, rule.cause) and str(cause).startswith(rule.words):
                # If the rule matches the error itself, use the innermost cause, which has the most specific message.
                said = causes[-1] if cause is error else cause
                return rule.kind(rule.text.replace("{}", _plain(said)))
    raise AssertionError("the last rule matches every error")


def _causes(error: Exception) -> list[Exception]:
    """Return ``error`` and its causes, from the outermost to the innermost."""
    found: list[Exception] = []
    waiting: list[t.Any] = [error]
    while waiting:
        cause = waiting.pop(0)
        if isinstance(cause, Exception) and not any(cause is other for other in found):
            found.append(cause)
            waiting += [getattr(cause, "reason", None), getattr(cause, "original_error", None), *cause.args]
    return found


def _plain(reason: object) -> str:
    """Return a library's message without technical details such as ``<HTTPSConnection object at 0x…>:``."""
    text = re.sub(r"<[^<>]*object at 0x[0-9a-f]+>:?\s*", "", str(reason)[:MOST_OF_LIBRARY])
    text = re.sub(r"\b_?HTTPS?Connection(Pool)?\([^)]*\):?\s*", "", text)
    return text.strip(" .")
