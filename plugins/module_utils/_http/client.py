# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""One NetBox over one session: address, credentials, TLS, time-outs, retries, and errors without secrets."""

from __future__ import annotations

import datetime
import email.utils
import http.cookiejar
import json
import random
import re
import ssl
import threading
import traceback
import typing as t
import warnings
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urljoin, urlsplit, urlunsplit

from ansible_collections.netbox.cursor.plugins.module_utils._http import connections
from ansible_collections.netbox.cursor.plugins.module_utils._http.body import (
    ENCODINGS,
    LONGEST_ERROR,
    load,
    load_error,
    pieces,
)
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import (
    AccessDenied,
    BadRequest,
    ConnectionLost,
    MissingLibrary,
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
    error_for_status,
)
from ansible_collections.netbox.cursor.plugins.module_utils._http.multipart import Multipart
from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import encode
from ansible_collections.netbox.cursor.plugins.module_utils._http.version import VERSION

try:
    import requests
    import urllib3
except ImportError:
    REQUESTS_IMPORT_ERROR: str | None = traceback.format_exc()
else:
    REQUESTS_IMPORT_ERROR = None

T = t.TypeVar("T")

OLDEST_NETBOX = (4, 5)
# Its path below the endpoint.
GRAPHQL = "graphql/"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
REDIRECTS = (301, 302, 303, 307, 308)
MOST_REDIRECTS = 3
# Enough connections for the workers of several lists at once; more are opened when needed, and not kept.
KEPT_CONNECTIONS = 32
# Seconds before the first retry; doubled for each further one.
FIRST_PAUSE = 0.3
# A proxy may ask for hours (Retry-After); nobody waits that long for an inventory.
LONGEST_PAUSE = 60.0
MOST_DETAIL = 500
# Of a message of ours with something of the server's in it. Longer ones of a library are not looked at.
MOST_MESSAGE = 1000
MOST_OF_LIBRARY = 4000
# How deep NetBox's words for an error are nested: by field, by row, by place.
DEEPEST_WORDS = 5
# Characters; taking shorter ones out of a text would say more of them than it hides.
SHORTEST_SECRET = 6


class Client:
    """One NetBox, asked over one ``requests.Session``; safe to use from several threads.

    * ``endpoint``: address of NetBox, with a base path if it has one; a trailing ``/api`` is cut off.
    * ``token``: ``None`` (public NetBox), a token (``nbt_…`` is sent as ``Bearer``, any other as ``Token``; FACTS 3) or
      ``{"type": …, "value": …}``, sent as it says.
    * ``headers``: more headers for each request.
    * ``verify``: check NetBox's certificate; a path checks it with that CA file or folder.
    * ``certificate``, ``key``: paths of a client certificate and of its key; no key where both are in one file.
    * ``timeout``: seconds to wait for a connection, and for each further piece of an answer; five times as long for
      all of it.
    * ``retries``: how often a request is asked again at most, where that is safe.
    * ``agent``: what asks, for the User-Agent header.
    * ``session``: a session of the caller's own, with its own adapters; it is not closed here.
    * ``log``: called with a verbosity (1 = ``-v``) and a line of text; from several threads.
    * ``warn``: called with what the user should know, once, if NetBox is older than what this is made for.
    * ``sleep``: waits that many seconds between retries; by default until then, or until the client is closed.

    Attribute ``api_version`` is NetBox's ``(major, minor)`` once any answer came, else ``None`` (FACTS 2).
    """

    def __init__(
        self,
        endpoint: str,
        token: str | Mapping[str, str] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        verify: bool | str = True,
        certificate: str | None = None,
        key: str | None = None,
        timeout: float = 60.0,
        retries: int = 5,
        agent: str = "python",
        session: requests.Session | None = None,
        log: t.Callable[[int, str], None] = lambda verbosity, line: None,
        warn: t.Callable[[str], object] = lambda text: None,
        sleep: t.Callable[[float], object] | None = None,
    ) -> None:
        if REQUESTS_IMPORT_ERROR is not None:
            raise MissingLibrary("The Python library requests is not installed.")
        if key and not certificate:
            raise UsageError("client_key is set without client_cert, the certificate it belongs to.")
        self.endpoint = _clean_endpoint(endpoint)
        self._authorization = _authorization(token)
        own_headers = _clean_headers(headers or {})
        self._headers = {
            "Accept": "application/json",
            "Accept-Encoding": ENCODINGS,
            "User-Agent": f"netbox.cursor/{VERSION} (ansible-{agent})",
            **own_headers,
        }
        # A header of the user's own may be a secret, as one for an authenticating proxy is.
        secrets = [*(self._authorization or "").split(" ", 1)[-1:], *own_headers.values()]
        self._secrets = [secret for secret in secrets if len(secret) >= SHORTEST_SECRET]
        self._verify = verify
        self._certificate = (certificate, key) if certificate and key else certificate
        self._timeout = timeout
        self._retries = retries
        self.log = log
        self._warn = warn
        self._closed = threading.Event()
        self._sleep = sleep or self._closed.wait
        self.api_version: tuple[int, int] | None = None
        self._own_session = session is None
        self._session = session if session is not None else _new_session()
        if not verify:
            # The user asked for it; one warning per request would bury everything else.
            warnings.filterwarnings("ignore", category=urllib3.exceptions.InsecureRequestWarning)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections of a session made here. What other threads have under way is not asked again."""
        self._closed.set()
        if self._own_session:
            self._session.close()

    def __repr__(self) -> str:
        return f"<Client {_without_secrets(self.endpoint)}>"

    def get(self, path: str, parameters: Iterable[tuple[str, str]] = (), *, impatient: bool = False) -> t.Any:
        """GET ``path`` (below the endpoint, like ``api/dcim/devices/``) and return the JSON of the answer.

        ``impatient``: do not repeat what may have been too much for the server (time-out, 500, 502, 504), so that the
        caller can ask for less. Raises the exceptions of ``_errors``.
        """
        return self._request("GET", path, parameters, read=_json_of, impatient=impatient)

    def graphql(self, query: str, variables: Mapping[str, t.Any] | None = None, *, impatient: bool = False) -> t.Any:
        """POST a GraphQL query, which changes nothing, and return the JSON of the answer, its ``errors`` included.

        ``impatient`` as for :meth:`get`. Raises the exceptions of ``_errors``; NetBox answers in plain text where it
        does not take the token or where its GraphQL is off (FACTS 9).
        """
        body = {"query": query, "variables": dict(variables or {})}
        return self._request(
            "POST", GRAPHQL, (), read=_json_of, arguments={"json": body}, safe=True, impatient=impatient
        )

    def text(self, path: str, parameters: Iterable[tuple[str, str]] = (), *, media_type: str, end: str) -> str:
        """GET ``path`` and return its text, which must be of ``media_type`` (``image/svg+xml``) and in UTF-8.

        ``end``: what it ends with where it is whole, but for spaces. NetBox is asked for JSON all the same: it refuses
        other types by name, and sends them then (FACTS 8).
        """
        return self._request("GET", path, parameters, read=lambda response: _text_of(response, media_type, end))

    def write(self, method: str, path: str, content: Mapping[str, t.Any] | Multipart | None = None) -> t.Any:
        """POST, PATCH or DELETE, and return the JSON of the answer, ``None`` where there is none (204).

        ``content`` is sent as JSON, or as the form that it is. A POST is sent again only where it cannot have been
        done. The others change no more when they are done twice; a DELETE raises :class:`NotFound` then.
        """
        if content is None:
            arguments: dict[str, t.Any] = {}
        elif isinstance(content, Multipart):
            arguments = {"data": content, "headers": {**self._headers, "Content-Type": content.content_type}}
        else:
            arguments = {"json": dict(content)}
        return self._request(method, path, (), read=_json_or_nothing, arguments=arguments, safe=method != "POST")

    def download(self, url: str, most: int, read: t.Callable[[Iterator[bytes]], T]) -> T:
        """What ``read`` makes of the file that NetBox names as ``url``.

        ``read`` gets the file in pieces, ``most`` + 1 bytes of it at most, and from the start again after a failure.
        What is below NetBox's own ``media/`` is asked of NetBox, whatever host the URL names (NetBox may not know how
        it is reached). All else is asked where it is, without token, headers and certificate of the user's. Redirects
        are not followed: NetBox's own lead to a login page (FACTS 7).
        """
        there, here = urlsplit(url), urlsplit(self.endpoint)
        if there.scheme not in ("http", "https") or not there.hostname:
            raise UnexpectedAnswer(f"NetBox names {_without_secrets(url)!r}, which is no address of a file.")

        def read_file(response: requests.Response) -> T:
            if response.headers.get("Content-Type", "").startswith("text/html"):
                raise UnexpectedAnswer("the answer is a page for people, and no file.", status=response.status_code)
            return read(_bounded(pieces(response), most))

        if there.path.startswith(here.path + "media/"):
            own = urlunsplit((here.scheme, here.netloc, there.path, there.query, ""))
            try:
                return self._ask("GET", own, read_file, follow=False)
            except NotFound:
                # A store of files elsewhere may have a folder of that name, too.
                if there.hostname == here.hostname:
                    raise
        bare = {"headers": {"User-Agent": self._headers["User-Agent"]}, "auth": _nobody, "cert": None}
        return self._ask("GET", url, read_file, arguments=bare, follow=False)

    def _request(
        self,
        method: str,
        path: str,
        parameters: Iterable[tuple[str, str]],
        *,
        read: t.Callable[[requests.Response], T],
        arguments: Mapping[str, t.Any] | None = None,
        safe: bool | None = None,
        impatient: bool = False,
    ) -> T:
        query = encode(parameters)
        url = self.endpoint + path + ("?" + query if query else "")
        return self._ask(method, url, read, arguments=arguments, safe=safe, impatient=impatient)

    def _ask(
        self,
        method: str,
        url: str,
        read: t.Callable[[requests.Response], T],
        *,
        arguments: Mapping[str, t.Any] | None = None,
        safe: bool | None = None,
        impatient: bool = False,
        follow: bool = True,
    ) -> T:
        """Ask, and ask again where that is safe. ``read`` makes the result; what it raises can be retried too.

        ``arguments``: of ``requests``, such as those that make a body, before those that all requests have; ``safe``:
        whether asking twice changes no more than asking once, where the method does not tell; ``follow``: redirects.
        """
        safe = method in SAFE_METHODS if safe is None else safe
        tries = 0
        while True:
            if self._closed.is_set():
                raise UsageError("nothing more is asked for: the client is closed.")
            tries += 1
            try:
                return self._ask_once(method, url, read, arguments or {}, follow)
            except NetBoxError as error:
                error.tries = tries
                if tries > self._retries or not _may_repeat(error, safe, impatient):
                    raise
                self.log(2, f"{error} Asking again.")
                self.pause(error)

    def pause(self, error: NetBoxError) -> None:
        """Wait before asking again after ``error``: as long as NetBox says, or the longer the more often it failed."""
        if error.retry_after is not None:
            seconds = min(error.retry_after, LONGEST_PAUSE)
        else:
            seconds = min(FIRST_PAUSE * 2 ** (error.tries - 1), LONGEST_PAUSE) * random.uniform(0.7, 1.3)
        self._sleep(seconds)

    def _ask_once(
        self,
        method: str,
        url: str,
        read: t.Callable[[requests.Response], T],
        arguments: Mapping[str, t.Any],
        follow: bool,
    ) -> T:
        address = url
        for dummy in range(MOST_REDIRECTS + 1):
            try:
                with self._send(method, address, arguments) as response:
                    self._learn_version(response)
                    if response.status_code in REDIRECTS:
                        address = self._redirected(method, address, response, follow)
                        continue
                    if response.status_code >= 400:
                        raise _error_of(response)
                    return read(response)
            except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError) as error:
                raise self._located(_error_of_library(error), method, url) from None
            except NetBoxError as error:
                raise self._located(error, method, url) from None
        raise self._located(Redirected(f"NetBox redirected {MOST_REDIRECTS + 1} times in a row."), method, url)

    def _send(self, method: str, address: str, arguments: Mapping[str, t.Any]) -> requests.Response:
        common: dict[str, t.Any] = {
            "headers": self._headers,
            "auth": self._authorize,
            "timeout": self._timeout,
            "verify": self._verify,
            "cert": self._certificate,
            "allow_redirects": False,
            "stream": True,
        }
        try:
            return self._session.request(method, address, **{**common, **arguments})
        except requests.exceptions.RequestException:
            raise
        except (OSError, ValueError) as error:
            # What requests lets through: a certificate's file that is not there, a name that no host can have.
            raise UsageError(f"the request cannot be made: {_plain(error)}.") from error

    def _authorize(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Set the credentials. As an ``auth`` callable, so that no .netrc entry replaces them."""
        if self._authorization is not None:
            request.headers["Authorization"] = self._authorization
        return request

    def _learn_version(self, response: requests.Response) -> None:
        found = re.match(r"(\d+)\.(\d+)", response.headers.get("API-Version", ""))
        if not found:
            return
        known, self.api_version = self.api_version, (int(found[1]), int(found[2]))
        if known is None and self.api_version < OLDEST_NETBOX:
            self._warn(
                f"The NetBox at {_without_secrets(self.endpoint)} is {found[0]}. This collection is made for "
                f"{'.'.join(map(str, OLDEST_NETBOX))} and newer: of an older one, facts may be missing and requests "
                "may fail. Update NetBox, or check what you get."
            )

    def _redirected(self, method: str, address: str, response: requests.Response, follow: bool) -> str:
        target = urljoin(address, response.headers.get("Location", ""))
        if re.search(r"/login/?(\?|$)", target):
            raise AccessDenied(
                "NetBox wants a login: it did not take the token.", status=response.status_code, detail=""
            )
        there, here = urlsplit(target), urlsplit(address)
        # Compared as written: what stands before an @ or behind a backslash is read in more than one way.
        elsewhere = (there.scheme, there.netloc.lower()) != (here.scheme, here.netloc.lower())
        if elsewhere or method not in SAFE_METHODS or not follow:
            raise Redirected(
                f"it redirects to {_without_secrets(target)}, where the token is not sent.",
                status=response.status_code,
            )
        return target

    def _located(self, error: NetBoxError, method: str, url: str) -> NetBoxError:
        """Tell ``error`` what was tried, and take the secrets out of what came back."""
        error.method = method
        error.url = _shortened(_without_secrets(url))
        if isinstance(error, AccessDenied):
            error.with_token = self._authorization is not None
        return self.cleaned(error)

    def cleaned(self, error: NetBoxError) -> NetBoxError:
        """Take the secrets out of what ``error`` says, and cut it where it is too long for people."""

        def clean(text: str) -> str:
            for secret in self._secrets:
                text = text.replace(secret, "…")
            return text

        # Cut after that: half a token would not be found.
        error.detail = _shortened(clean(error.detail))
        error.message = _shortened(clean(error.message), MOST_MESSAGE)
        if isinstance(error, BadRequest):
            error.fields = {clean(name): [clean(text) for text in texts] for name, texts in error.fields.items()}
        return error


def _nobody(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """No credentials, as an ``auth`` callable: without one, those of a .netrc would be sent."""
    return request


def _bounded(pieces: Iterable[bytes], most: int) -> Iterator[bytes]:
    """The first ``most`` + 1 bytes at most."""
    room = most + 1
    for piece in pieces:
        yield piece[:room]
        room -= len(piece)
        if room <= 0:
            return


def _new_session() -> requests.Session:
    session = requests.Session()
    adapter = connections.Adapter(pool_connections=4, pool_maxsize=KEPT_CONNECTIONS)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    # The token says who asks, in each request. NetBox would let the cookie of a session count before it (FACTS 3).
    session.cookies.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))
    return session


def _clean_endpoint(endpoint: str) -> str:
    text = str(endpoint or "").strip()
    try:
        parts = urlsplit(text)
        # Reading the port finds out whether it is a number.
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid:
        # What is no address may hold a password at any place before the host.
        shown = text.rpartition("@")[2]
        raise UsageError(f"{shown!r} is no address of a NetBox: write https://netbox.example.com.")
    if parts.query or parts.fragment:
        raise UsageError(f"The address of NetBox {_without_secrets(text)!r} must end with its path.")
    path = re.sub(r"/+(api/*)?$", "", parts.path)
    return urlunsplit((parts.scheme, parts.netloc, path + "/", "", ""))


def _authorization(token: str | Mapping[str, str] | None) -> str | None:
    if token is None or token == "":
        return None
    if isinstance(token, Mapping):
        if set(token) != {"type", "value"}:
            raise UsageError("A token written as a dict has the keys 'type' and 'value'.")
        kind, value = str(token["type"]).strip(), str(token["value"]).strip()
    else:
        value = str(token).strip()
        kind = "Bearer" if value.startswith("nbt_") else "Token"
    # Anything else would reach an exception of the HTTP library together with the token.
    if not re.fullmatch(r"[!-~]+", kind) or not re.fullmatch(r"[!-~]+", value):
        raise UsageError("The token holds spaces, line breaks or other characters that no token has.")
    return f"{kind} {value}"


def headers_of(value: t.Any) -> Mapping[str, str]:
    """The option ``headers``, a dict or JSON text, as a dict. Raises :class:`UsageError` for anything else."""
    if isinstance(value, str):
        try:
            value = json.loads(value or "{}")
        except ValueError as error:
            raise UsageError(f"headers is a text, but not JSON: {error}.") from None
    if not isinstance(value, Mapping):
        raise UsageError("headers is a dict of names and values.")
    return value


def _clean_headers(headers: Mapping[str, str]) -> dict[str, str]:
    clean = {}
    for name, value in headers.items():
        if not re.fullmatch(r"[!-9;-~]+", str(name)) or not re.fullmatch(r"[ -~]*", str(value)):
            raise UsageError(f"The value or name of header {str(name)!r} has characters that HTTP does not allow.")
        clean[str(name)] = str(value).strip()
    return clean


def _json_of(response: requests.Response) -> t.Any:
    load(response)
    content = response.content
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:  # also UnicodeDecodeError
        if "json" in response.headers.get("Content-Type", ""):
            raise ConnectionLost(f"the answer of {len(content)} bytes is damaged: {error}.") from error
        raise UnexpectedAnswer(
            f"the answer is no JSON but {response.headers.get('Content-Type') or 'of unknown type'}.",
            status=response.status_code,
            detail=_words_of(response),
        ) from error


def _json_or_nothing(response: requests.Response) -> t.Any:
    return None if response.status_code == 204 else _json_of(response)


def _text_of(response: requests.Response, media_type: str, end: str) -> str:
    load(response)
    content, said = response.content, response.headers.get("Content-Type", "")
    if said.split(";")[0].strip() != media_type:
        raise UnexpectedAnswer(
            f"the answer is no {media_type} but {said or 'of unknown type'}.",
            status=response.status_code,
            detail=_words_of(response),
        )
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ConnectionLost(f"the answer of {len(content)} bytes is damaged: {error}.") from error
    if not text.rstrip().endswith(end):
        raise ConnectionLost(f"the answer of {len(content)} bytes is damaged: it does not end with {end}.")
    return text


def _error_of(response: requests.Response) -> NetBoxError:
    load_error(response)
    status = response.status_code
    message = f"HTTP {status} {response.reason or ''}".strip() + "."
    kind = error_for_status(status)
    detail = _words_of(response)
    if kind is BadRequest:
        return BadRequest(message, status=status, detail=detail, fields=_fields_of(response))
    return kind(message, status=status, detail=detail, retry_after=_retry_after(response))


def _body(response: requests.Response) -> t.Any:
    """The JSON of an error's body, or ``None``."""
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        return None


def _fields_of(response: requests.Response) -> dict[str, list[str]]:
    body = _body(response)
    if not isinstance(body, dict):
        return {}
    return {str(name): _texts_of(words) for name, words in body.items()}


def _texts_of(words: t.Any, deepest: int = DEEPEST_WORDS) -> list[str]:
    """NetBox's words are texts, lists of them, or dicts of these (FACTS 1, 4, 7)."""
    if isinstance(words, (list, dict)) and not deepest:
        return ["…"]
    if isinstance(words, list):
        return [text for part in words for text in _texts_of(part, deepest - 1)]
    if isinstance(words, dict):
        return [f"{name}: {' '.join(_texts_of(part, deepest - 1))}" for name, part in words.items()]
    return [str(words)]


def _words_of(response: requests.Response) -> str:
    """What an error's body says, in one line."""
    body = _body(response)
    if body is None:
        text = response.content[:LONGEST_ERROR].decode("utf-8", errors="replace")
        # No pattern looks at a character more than twice, whatever the server sends.
        title = re.search(r"<title[^<>]*>([^<]*)</title>", text, flags=re.IGNORECASE)
        text = title[1] if title else re.sub(r"<[^<>]*>", " ", text)
    elif isinstance(body, dict) and "detail" in body:
        text = " ".join(_texts_of(body["detail"]))
    elif isinstance(body, dict) and "exception" in body:
        text = f"{body['exception']}: {body.get('error', '')}"
    else:
        text = " ".join(_texts_of(body))
    return " ".join(text.split())


def _error_of_library(error: requests.exceptions.RequestException | urllib3.exceptions.HTTPError) -> NetBoxError:
    """Our error for one of the libraries', whose own texts hold object ids and whole URLs."""
    reason = error.args[0] if error.args else error
    reason = getattr(reason, "reason", None) or reason
    if any(isinstance(cause, (ssl.SSLEOFError, ssl.SSLZeroReturnError)) for cause in getattr(reason, "args", ())):
        return ConnectionLost("the connection broke: it was closed without a word, as by a server that restarts.")
    if isinstance(error, requests.exceptions.SSLError) or "CERTIFICATE" in str(reason):
        return TLSFailed(f"the connection cannot be trusted: {_plain(reason)}.")
    if isinstance(error, requests.exceptions.ProxyError):
        return Unreachable(f"the proxy cannot be reached: {_plain(reason)}.")
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return Unreachable("no connection within the time-out.")
    if isinstance(error, (requests.exceptions.Timeout, urllib3.exceptions.ReadTimeoutError)) or isinstance(
        reason, urllib3.exceptions.ReadTimeoutError
    ):
        return TimedOut("no answer within the time-out.")
    if isinstance(reason, urllib3.exceptions.NewConnectionError):
        return Unreachable(f"no connection: {_plain(reason)}.")
    if isinstance(error, (requests.exceptions.ConnectionError, urllib3.exceptions.HTTPError)):
        # urllib3 puts words of its own before those of the system: ('Connection aborted.', …).
        causes = (
            [cause for cause in reason.args if isinstance(cause, Exception)] if isinstance(reason, Exception) else []
        )
        return ConnectionLost(f"the connection broke: {_plain(causes[-1] if causes else reason)}.")
    return UsageError(f"the request cannot be made: {_plain(reason)}.")


def _plain(reason: object) -> str:
    """A library's message without ``<…HTTPSConnection object at 0x…>:`` and the like, which say nothing to a user."""
    text = re.sub(r"<[^<>]*object at 0x[0-9a-f]+>:?\s*", "", str(reason)[:MOST_OF_LIBRARY])
    text = re.sub(r"\b_?HTTPS?Connection(Pool)?\([^)]*\):?\s*", "", text)
    return text.strip(" .")


def _retry_after(response: requests.Response) -> float | None:
    """Seconds that the header Retry-After asks for, written as a number or as a date."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return float(text)
    try:
        when = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=datetime.timezone.utc)
    return max(0.0, (when - datetime.datetime.now(datetime.timezone.utc)).total_seconds())


def _may_repeat(error: NetBoxError, safe: bool, impatient: bool) -> bool:
    if isinstance(error, TLSFailed):
        return False
    if isinstance(error, (Unreachable, TooManyRequests)):
        return True
    if not safe:
        return False
    if impatient and too_much(error):
        return False
    return isinstance(error, (ConnectionLost, TimedOut)) or error.status in (502, 503, 504)


def too_much(error: NetBoxError) -> bool:
    """May ``error`` mean that the server could not finish so large a page (DESIGN 3)?"""
    return isinstance(error, (TimedOut, TooLong)) or error.status in (500, 502, 504)


def _without_secrets(url: str) -> str:
    """``url`` without the user name and password that may stand before its host."""
    return re.sub(r"//[^/?#\\]*@", "//", url)


def _shortened(text: str, most: int = MOST_DETAIL) -> str:
    return text if len(text) <= most else text[:most] + "…"
