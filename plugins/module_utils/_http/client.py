# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""A client for one NetBox server: base URL, credentials, retries, redirects, and errors without secrets."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import random
import re
import threading
import typing as t
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urljoin, urlsplit, urlunsplit

from ansible_collections.netbox.cursor.plugins.module_utils._http.access import (
    Mask,
    authorization_header,
    clean_endpoint,
    clean_headers,
    shorten,
    split_url,
    without_credentials,
)
from ansible_collections.netbox.cursor.plugins.module_utils._http.answers import (
    ENCODINGS,
    api_version,
    is_json,
    read_error,
    read_file,
    read_graphql,
    read_json,
    read_json_or_nothing,
    read_object,
    read_text,
)
from ansible_collections.netbox.cursor.plugins.module_utils._http.branches import Branch
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import (
    AccessDenied,
    ConnectionLost,
    NetBoxError,
    NotFound,
    Redirected,
    TimedOut,
    TLSFailed,
    TooLong,
    TooManyRequests,
    UnexpectedAnswer,
    Unreachable,
    UsageError,
    printable,
)
from ansible_collections.netbox.cursor.plugins.module_utils._http.multipart import Multipart
from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import encode
from ansible_collections.netbox.cursor.plugins.module_utils._http.transport import Transport
from ansible_collections.netbox.cursor.plugins.module_utils._http.version import VERSION

if t.TYPE_CHECKING:  # pragma: no cover
    import requests

T = t.TypeVar("T")

OLDEST_NETBOX = (4, 5)
# Path of the GraphQL API, relative to the base URL.
GRAPHQL = "graphql/"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
REDIRECTS = (301, 302, 303, 307, 308)
MOST_REDIRECTS = 3
# Seconds before the first retry. The pause doubles with each retry.
FIRST_PAUSE = 0.3
# Maximum pause in seconds. A proxy might send hours in the header Retry-After.
LONGEST_PAUSE = 60.0


@dataclasses.dataclass(frozen=True)
class _Request:
    """A request, and the conditions for repeating it.

    * ``headers``: additional headers. ``body``: the argument of ``requests`` that contains the body.
    * ``safe``: whether sending the request twice has the same effect as sending it once.
    * ``raise_if_overloaded``: whether the caller sends a smaller request if NetBox cannot finish this one.
    * ``follow``: whether to follow redirects.
    * ``in_branch``: whether to send the request to the branch that the user selected.
    * ``elsewhere``: whether the server is not NetBox, so that it must not receive the user's token and headers.
    """

    method: str
    url: str
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    body: Mapping[str, t.Any] = dataclasses.field(default_factory=dict)
    safe: bool = True
    raise_if_overloaded: bool = False
    follow: bool = True
    in_branch: bool = True
    elsewhere: bool = False


class Client:
    """A client that sends requests to one NetBox server over one ``requests.Session``. Several threads can use it.

    * ``endpoint``: NetBox's base URL. A trailing ``/api`` is removed.
    * ``token``: ``None``, a token (sent as ``Bearer`` if it starts with ``nbt_``, and otherwise as ``Token``), or
      ``{"type": …, "value": …}``, which is sent unchanged.
    * ``headers``: additional headers for each request.
    * ``branch``: name of the branch of the netbox-branching plugin that receives the requests.
    * ``verify``: whether to check NetBox's certificate, or the path of the CA file or directory for the check.
    * ``certificate``, ``key``: paths of a client certificate and its key. No key is needed if one file contains both.
    * ``timeout``: seconds to wait for a connection, and for each part of a response. A complete response must arrive
      within five times the timeout.
    * ``retries``: maximum number of times to repeat a request, if repeating it is safe.
    * ``max_workers``: maximum number of concurrent requests, in all threads. ``None``: any number.
    * ``agent``: name of the sender for the header User-Agent.
    * ``session``: the caller's own session, with its own adapters. The client does not close it.
    * ``log``: called with a verbosity (1 = ``-v``) and a line, from several threads.
    * ``warn``: called with each warning for the user.
    * ``sleep``: called with the seconds to wait before a retry. By default, closing the client ends the wait.

    The attribute ``api_version`` is NetBox's version as ``(major, minor)``, or ``None`` before the first response.
    """

    def __init__(
        self,
        endpoint: str,
        token: str | Mapping[str, str] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        branch: str | None = None,
        verify: bool | str = True,
        certificate: str | None = None,
        key: str | None = None,
        timeout: float = 60.0,
        retries: int = 5,
        max_workers: int | None = None,
        agent: str = "python",
        session: requests.Session | None = None,
        log: t.Callable[[int, str], None] = lambda verbosity, line: None,
        warn: t.Callable[[str], object] = lambda text: None,
        sleep: t.Callable[[float], object] | None = None,
    ) -> None:
        if key and not certificate:
            raise UsageError("client_key requires client_cert.")
        if timeout <= 0:
            raise UsageError(f"timeout must be more than 0 seconds, not {timeout:g}.")
        self.endpoint = clean_endpoint(endpoint)
        self._authorization = authorization_header(token)
        own_headers = clean_headers(headers or {})
        self._headers = {
            "Accept": "application/json",
            "Accept-Encoding": ENCODINGS,
            "User-Agent": f"netbox.cursor/{VERSION} (ansible-{agent})",
            **own_headers,
        }
        # The user's own headers might contain secrets, for example for an authenticating proxy.
        self._mask = Mask([*(self._authorization or "").split(" ", 1)[-1:], *own_headers.values()])
        self._transport = Transport(
            verify=verify,
            certificate=(certificate, key) if certificate and key else certificate,
            timeout=timeout,
            session=session,
            max_workers=max_workers,
        )
        self._branch = Branch(branch) if branch else None
        self._retries = retries
        self._log = log
        self._warn = warn
        self._sleep = sleep or self._transport.slots.sleep
        self._json_came = False
        # Number of requests that wait for their response.
        self._waiting = 0
        self._lock = threading.Lock()
        self.api_version: tuple[int, int] | None = None
        # Number of requests sent. Threads might lose a count, which is good enough for messages.
        self.sent = 0
        if not verify and self.endpoint.startswith("https:"):
            self.warn(
                f"validate_certs is false, so anyone who intercepts the connection to {self.endpoint} can read the "
                "token and change the data. Set ca_path to the CA certificate instead."
            )

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections. Other threads do not repeat requests that fail after this call."""
        self._transport.close()

    def __repr__(self) -> str:
        return f"<Client {self.endpoint}>"

    def log(self, verbosity: int, line: str) -> None:
        """Write a log line that Ansible shows with ``-v`` if ``verbosity`` is 1. It can contain strings from NetBox."""
        self._log(verbosity, printable(line))

    def warn(self, text: str) -> None:
        """Warn the user. The warning can contain strings from NetBox."""
        self._warn(printable(text))

    def get(self, path: str, parameters: Iterable[tuple[str, str]] = (), *, raise_if_overloaded: bool = False) -> t.Any:
        """Send a GET request for ``path``, such as ``api/dcim/devices/``, and return the JSON of the response.

        ``raise_if_overloaded``: do not repeat the request if the page might be too large (timeout, 500, 502, 504).
        """
        request = _Request("GET", self._url(path, parameters), raise_if_overloaded=raise_if_overloaded)
        return self._ask(request, read_json)

    def get_object(self, path: str, parameters: Iterable[tuple[str, str]] = ()) -> dict[str, t.Any]:
        """Send a GET request for ``path``, which must be a single object, and return the object."""
        return self._ask(_Request("GET", self._url(path, parameters)), read_object)

    def graphql(
        self, query: str, variables: Mapping[str, t.Any] | None = None, *, raise_if_overloaded: bool = False
    ) -> t.Any:
        """Send a GraphQL query, which must not change data. Raise :class:`GraphQLFailed` if the response has errors."""
        body = {"query": query, "variables": dict(variables or {})}
        request = _Request("POST", self._url(GRAPHQL), body={"json": body}, raise_if_overloaded=raise_if_overloaded)
        return self._ask(request, functools.partial(read_graphql, query=query))

    def text(self, path: str, parameters: Iterable[tuple[str, str]] = (), *, media_type: str, end: str) -> str:
        """Return the UTF-8 text at ``path``. Its type must be ``media_type``, such as ``image/svg+xml``.

        ``end``: the end of a complete text, without trailing whitespace. The request accepts JSON, because NetBox
        rejects a request that accepts only another media type, even if that is the type of its response.
        """
        read = functools.partial(read_text, media_type=media_type, end=end)
        return self._ask(_Request("GET", self._url(path, parameters)), read)

    def write(self, method: str, path: str, content: Mapping[str, t.Any] | Multipart | None = None) -> t.Any:
        """Send a POST, PATCH, DELETE, or OPTIONS request. Return the JSON response, or ``None`` for HTTP status 204.

        ``content`` is sent as JSON, or as a form. A POST is repeated only if it is certain that NetBox did not process
        it. Repeating other methods has no additional effect, but a repeated DELETE might raise :class:`NotFound`.
        """
        headers: dict[str, str] = {}
        body: dict[str, t.Any] = {}
        if isinstance(content, Multipart):
            headers, body = {"Content-Type": content.content_type}, {"data": content}
        elif content is not None:
            body = {"json": dict(content)}
        request = _Request(method, self._url(path), headers, body, safe=method != "POST")
        return self._ask(request, read_json_or_nothing)

    def download(self, url: str, max_bytes: int, read: t.Callable[[Iterator[bytes]], T]) -> T:
        """Download the file at ``url``, which NetBox returned. Return the result of ``read`` for the file.

        ``read`` receives at most ``max_bytes`` + 1 bytes in chunks, and must not send requests. After a failure, it
        is called again from the start. A file below NetBox's own ``media/`` is requested from ``endpoint``, even if
        the URL contains another host, because NetBox does not always use its public host name in URLs. All other files
        are requested from their own servers, without the user's token, headers, and certificate. The client does not
        follow redirects, because NetBox redirects such requests only to its login page.
        """
        there, here = split_url(url), urlsplit(self.endpoint)
        if there is None:
            raise UnexpectedAnswer(f"NetBox returned an invalid file URL: {without_credentials(url)!r}.")
        read_it = functools.partial(read_file, max_bytes=max_bytes, read=read)
        if there.path.startswith(here.path + "media/"):
            own = urlunsplit((here.scheme, here.netloc, there.path, there.query, ""))
            try:
                return self._ask(_Request("GET", own, follow=False), read_it)
            except NotFound:
                # The file might be on another server that also has a directory called media.
                if there.hostname == here.hostname:
                    raise
        return self._ask(_Request("GET", url, follow=False, elsewhere=True), read_it)

    def pause(self, error: NetBoxError) -> None:
        """Wait before a retry. Use the pause that ``error`` requires, or a pause that doubles with each failure."""
        if error.retry_after is not None:
            seconds = min(error.retry_after, LONGEST_PAUSE)
        else:
            seconds = min(FIRST_PAUSE * 2 ** (error.tries - 1), LONGEST_PAUSE) * random.uniform(0.7, 1.3)
        self._sleep(seconds)

    def _url(self, path: str, parameters: Iterable[tuple[str, str]] = ()) -> str:
        query = encode(parameters)
        return self.endpoint + path + ("?" + query if query else "")

    def _ask(self, request: _Request, read: t.Callable[[requests.Response], T]) -> T:
        """Send ``request``, and repeat it if that is safe. Return the result of ``read`` for the response.

        Only this method adds the failed request to an error and masks the secrets in the error.
        """
        arguments = {**self._arguments(request), **request.body}
        tries = 0
        while True:
            tries += 1
            try:
                with self._counted():
                    return self._ask_once(request, arguments, read)
            except NetBoxError as error:
                error.method = request.method
                error.url = shorten(without_credentials(request.url))
                error.tries = tries
                if isinstance(error, AccessDenied):
                    error.with_token = self._authorization is not None
                if self._branch:
                    self._branch.explain(error)
                if isinstance(error, UnexpectedAnswer):
                    error.after_json = self._json_came
                self._mask.error(error)
                if tries > self._retries or not _may_repeat(error, request, bool(self._waiting)):
                    raise
                self.log(2, f"{error} Retrying.")
                self.pause(error)

    @contextlib.contextmanager
    def _counted(self) -> Iterator[None]:
        with self._lock:
            self._waiting += 1
        try:
            yield
        finally:
            with self._lock:
                self._waiting -= 1

    def _arguments(self, request: _Request) -> dict[str, t.Any]:
        """Return the headers and credentials of a request, as arguments of ``requests``."""
        if request.elsewhere:
            agent = {"User-Agent": self._headers["User-Agent"]}
            return {"headers": agent, "auth": _send_no_credentials, "cert": None}
        branch = self._branch.headers(self._get_outside_branch) if self._branch and request.in_branch else {}
        return {"headers": {**self._headers, **branch, **request.headers}, "auth": self._authorize}

    def _get_outside_branch(self, path: str, parameters: Iterable[tuple[str, str]]) -> t.Any:
        return self._ask(_Request("GET", self._url(path, parameters), in_branch=False), read_json)

    def _ask_once(
        self, request: _Request, arguments: Mapping[str, t.Any], read: t.Callable[[requests.Response], T]
    ) -> T:
        """Send ``request``, follow redirects, and return the result of ``read`` for the response."""
        address = request.url
        for dummy in range(MOST_REDIRECTS + 1):
            self.sent += 1
            with self._transport.exchange(request.method, address, **arguments) as response:
                self._learn_version(response)
                if response.status_code in REDIRECTS:
                    address = self._redirected(request, address, response)
                    continue
                if response.status_code >= 400:
                    raise read_error(response)
                result = read(response)
                self._json_came = self._json_came or is_json(response)
                return result
        raise Redirected(f"NetBox redirected the request {MOST_REDIRECTS + 1} times.")

    def _authorize(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Set the token. Because this method is the ``auth`` callable, requests does not use a .netrc file."""
        if self._authorization is not None:
            request.headers["Authorization"] = self._authorization
        return request

    def _learn_version(self, response: requests.Response) -> None:
        found = api_version(response)
        if found is None:
            return
        known, self.api_version = self.api_version, found
        if known is None and found < OLDEST_NETBOX:
            oldest, this = (".".join(map(str, version)) for version in (OLDEST_NETBOX, found))
            self.warn(
                f"NetBox at {self.endpoint} has version {this}. This collection supports NetBox {oldest} and newer. "
                "With an older version, variables can be missing, and requests can fail. Update NetBox."
            )

    def _redirected(self, request: _Request, address: str, response: requests.Response) -> str:
        """Return a redirect's URL. Raise an error if the client must not follow it or must not send the token there."""
        location = response.headers.get("Location", "")
        try:
            target = urljoin(address, location)
        except ValueError:
            target = ""
        there, here = split_url(target), urlsplit(address)
        if there is None:
            raise Redirected(f"NetBox redirected to an invalid URL: {location!r}.", status=response.status_code)
        if re.search(r"/login/?(\?|$)", target):
            raise AccessDenied(
                "NetBox redirected to its login page, because it did not accept the token.", status=response.status_code
            )
        # Compare strings, because programs parse URLs that contain an @ or a backslash differently.
        elsewhere = (there.scheme, there.netloc.lower()) != (here.scheme, here.netloc.lower())
        if elsewhere or request.method not in SAFE_METHODS or not request.follow:
            raise Redirected(
                f"NetBox redirected to {without_credentials(target)}. The token is not sent there.",
                status=response.status_code,
            )
        return target


def _send_no_credentials(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Return the request unchanged. Without an ``auth`` callable, requests would use a .netrc file."""
    return request


def _may_repeat(error: NetBoxError, request: _Request, others_wait: bool) -> bool:
    """Return whether to send ``request`` again. ``others_wait``: whether other requests wait for their responses."""
    if isinstance(error, TLSFailed):
        return False
    if isinstance(error, (Unreachable, TooManyRequests)):
        return True
    if not request.safe or (request.raise_if_overloaded and too_much(error)):
        return False
    if isinstance(error, UnexpectedAnswer) and error.is_foreign:
        # If NetBox responded to an earlier request, a load balancer sent this page. Otherwise, the base URL is wrong,
        # unless NetBox is just responding to another request.
        return (error.after_json or others_wait) and not request.elsewhere
    return isinstance(error, (ConnectionLost, TimedOut)) or error.status in (502, 503, 504)


def too_much(error: NetBoxError) -> bool:
    """Return whether a page that is too large for the server might have caused ``error``."""
    return isinstance(error, (TimedOut, TooLong)) or error.status in (500, 502, 504)
