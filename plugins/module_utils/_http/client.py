# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""One NetBox: base URL, credentials, retries, redirects, and errors without secrets."""

from __future__ import annotations

import dataclasses
import functools
import random
import re
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
# Path of the GraphQL API below the endpoint.
GRAPHQL = "graphql/"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
REDIRECTS = (301, 302, 303, 307, 308)
MOST_REDIRECTS = 3
# Seconds before the first retry. The wait doubles with each retry.
FIRST_PAUSE = 0.3
# Limit Retry-After, because a proxy can require hours.
LONGEST_PAUSE = 60.0


@dataclasses.dataclass(frozen=True)
class _Request:
    """A request, and the conditions for repeating it.

    * ``headers``, ``body``: additional headers, and an argument of ``requests`` that creates the body.
    * ``safe``: whether two requests change no more than one.
    * ``impatient``: whether the caller sends a smaller request if NetBox cannot finish this one.
    * ``follow``: whether to follow redirects.
    * ``in_branch``: whether to send it to the branch that the user chose.
    * ``elsewhere``: whether it is sent to a server other than NetBox, without the user's token and headers.
    """

    method: str
    url: str
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    body: Mapping[str, t.Any] = dataclasses.field(default_factory=dict)
    safe: bool = True
    impatient: bool = False
    follow: bool = True
    in_branch: bool = True
    elsewhere: bool = False


class Client:
    """Sends requests to one NetBox over one ``requests.Session``. Several threads can use it.

    * ``endpoint``: NetBox's base URL; a trailing ``/api`` is removed.
    * ``token``: ``None`` (public NetBox), a token (``nbt_…`` is sent as ``Bearer``, any other as ``Token``) or
      ``{"type": …, "value": …}``, sent unchanged.
    * ``headers``: more headers for each request.
    * ``branch``: a branch of the netbox-branching plugin, to which all requests are sent.
    * ``verify``: whether to check NetBox's certificate, or the path of a CA file or directory to check it with.
    * ``certificate``, ``key``: paths of a client certificate and its key. No key is needed if one file contains both.
    * ``timeout``: seconds to wait for a connection, and for each part of a response. A complete response must arrive
      within five times the timeout.
    * ``retries``: maximum number of times to repeat a request, if that is safe.
    * ``max_workers``: maximum number of concurrent requests, in all threads. ``None``: any number.
    * ``agent``: the sender, for the header User-Agent.
    * ``session``: the caller's own session, with its own adapters. The client does not close it.
    * ``log``: called with a verbosity (1 = ``-v``) and a line, from several threads.
    * ``warn``: called with each warning for the user.
    * ``sleep``: waits that many seconds between retries. By default, closing the client ends the wait.

    The attribute ``api_version`` is NetBox's ``(major, minor)``, or ``None`` before the first response.
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
        # The user's own headers can contain secrets, for example for an authenticating proxy.
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
        self.api_version: tuple[int, int] | None = None
        # How many requests were sent. Threads can lose a count, which is good enough for a message.
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
        """Close the connections. Requests of other threads that fail after this are not repeated."""
        self._transport.close()

    def __repr__(self) -> str:
        return f"<Client {self.endpoint}>"

    def log(self, verbosity: int, line: str) -> None:
        """Write a log line, shown with ``-v`` if ``verbosity`` is 1. It can contain strings from NetBox."""
        self._log(verbosity, printable(line))

    def warn(self, text: str) -> None:
        """Warn the user. The warning can contain strings from NetBox."""
        self._warn(printable(text))

    def get(self, path: str, parameters: Iterable[tuple[str, str]] = (), *, impatient: bool = False) -> t.Any:
        """GET ``path`` (below the endpoint, like ``api/dcim/devices/``) and return the JSON of the response.

        ``impatient``: do not repeat the request if the page was possibly too large (timeout, 500, 502, 504).
        """
        return self._ask(_Request("GET", self._url(path, parameters), impatient=impatient), read_json)

    def get_object(self, path: str, parameters: Iterable[tuple[str, str]] = ()) -> dict[str, t.Any]:
        """GET ``path``, which is a single object, and return the object."""
        return self._ask(_Request("GET", self._url(path, parameters)), read_object)

    def graphql(self, query: str, variables: Mapping[str, t.Any] | None = None, *, impatient: bool = False) -> t.Any:
        """POST a GraphQL query, which changes nothing, and return the JSON of the response.

        ``impatient`` as for :meth:`get`. Raise :class:`GraphQLFailed` if the response contains errors.
        """
        body = {"query": query, "variables": dict(variables or {})}
        request = _Request("POST", self._url(GRAPHQL), body={"json": body}, impatient=impatient)
        return self._ask(request, functools.partial(read_graphql, query=query))

    def text(self, path: str, parameters: Iterable[tuple[str, str]] = (), *, media_type: str, end: str) -> str:
        """GET ``path`` and return its text, which must be of ``media_type`` (``image/svg+xml``) and in UTF-8.

        ``end``: how the complete text ends, apart from spaces. The request accepts JSON like all other requests. NetBox
        rejects a request that accepts only another media type, even if that is the type of its response.
        """
        read = functools.partial(read_text, media_type=media_type, end=end)
        return self._ask(_Request("GET", self._url(path, parameters)), read)

    def write(self, method: str, path: str, content: Mapping[str, t.Any] | Multipart | None = None) -> t.Any:
        """POST, PATCH or DELETE, and return the JSON of the response, ``None`` if there is none (204).

        ``content`` is sent as JSON, or as a form. A POST is sent again only if NetBox certainly did not receive it.
        Repeating the other methods has no additional effect, but a repeated DELETE raises :class:`NotFound`.
        """
        headers: dict[str, str] = {}
        body: dict[str, t.Any] = {}
        if isinstance(content, Multipart):
            headers, body = {"Content-Type": content.content_type}, {"data": content}
        elif content is not None:
            body = {"json": dict(content)}
        request = _Request(method, self._url(path), headers, body, safe=method != "POST")
        return self._ask(request, read_json_or_nothing)

    def download(self, url: str, most: int, read: t.Callable[[Iterator[bytes]], T]) -> T:
        """Return the result of ``read`` for the file at ``url``, which NetBox reported.

        ``read`` receives the file in chunks, at most ``most`` + 1 bytes, and again from the start after a failure. It
        must not send requests. A file below NetBox's own ``media/`` is requested from ``endpoint``, even if the URL
        contains another host, because NetBox does not always use its public host name in URLs. All other files are
        requested from their own servers, without the user's token, headers, and certificate. Redirects are not
        followed, because NetBox only redirects to its login page.
        """
        there, here = split_url(url), urlsplit(self.endpoint)
        if there is None:
            raise UnexpectedAnswer(f"NetBox returned an invalid file URL: {without_credentials(url)!r}.")

        read_it = functools.partial(read_file, most=most, read=read)
        if there.path.startswith(here.path + "media/"):
            own = urlunsplit((here.scheme, here.netloc, there.path, there.query, ""))
            try:
                return self._ask(_Request("GET", own, follow=False), read_it)
            except NotFound:
                # Another file server can also have a directory called media.
                if there.hostname == here.hostname:
                    raise
        return self._ask(_Request("GET", url, follow=False, elsewhere=True), read_it)

    def pause(self, error: NetBoxError) -> None:
        """Wait before a retry after ``error``: as long as NetBox requires, or longer with each failure."""
        if error.retry_after is not None:
            seconds = min(error.retry_after, LONGEST_PAUSE)
        else:
            seconds = min(FIRST_PAUSE * 2 ** (error.tries - 1), LONGEST_PAUSE) * random.uniform(0.7, 1.3)
        self._sleep(seconds)

    def _url(self, path: str, parameters: Iterable[tuple[str, str]] = ()) -> str:
        query = encode(parameters)
        return self.endpoint + path + ("?" + query if query else "")

    def _ask(self, request: _Request, read: t.Callable[[requests.Response], T]) -> T:
        """Send ``request``, and repeat it while that is safe. Return the result of ``read`` for the response.

        Only this method adds the failed request to an error and masks the secrets in it.
        """
        arguments = {**self._arguments(request), **request.body}
        tries = 0
        while True:
            tries += 1
            try:
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
                if tries > self._retries or not _may_repeat(error, request):
                    raise
                self.log(2, f"{error} Retrying.")
                self.pause(error)

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
        """Set the credentials. As an ``auth`` callable, so that no .netrc entry replaces them."""
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
        """Return the address that a redirect leads to. Raise an error unless it can be followed with the token."""
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


def _may_repeat(error: NetBoxError, request: _Request) -> bool:
    if isinstance(error, TLSFailed):
        return False
    if isinstance(error, (Unreachable, TooManyRequests)):
        return True
    if not request.safe or (request.impatient and too_much(error)):
        return False
    if isinstance(error, UnexpectedAnswer) and error.is_foreign:
        # If NetBox responded before, a load balancer sent this page. Otherwise, the address is wrong.
        return error.after_json and not request.elsewhere
    return isinstance(error, (ConnectionLost, TimedOut)) or error.status in (502, 503, 504)


def too_much(error: NetBoxError) -> bool:
    """Return whether ``error`` can mean that the page was too large for the server."""
    return isinstance(error, (TimedOut, TooLong)) or error.status in (500, 502, 504)
