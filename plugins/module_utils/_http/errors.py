# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""The exceptions for all errors between the collection and NetBox.

NetBoxError
├── UsageError              an option or an argument is invalid (usually, no request was sent)
├── MissingLibrary          a Python library is not installed
├── NoAnswer                no complete response arrived
│   ├── Unreachable         no connection: it is certain that NetBox did not receive the request
│   │   └── TLSFailed       no connection that can be trusted
│   ├── ConnectionLost      the connection broke before the response was complete
│   └── TimedOut            no complete response within the timeout
├── ErrorStatus             a status of 400 or above
│   ├── BadRequest          400: an invalid parameter or field
│   ├── AccessDenied        401, 403, or a redirect to the login page
│   ├── NotFound            404
│   ├── TooManyRequests     429
│   └── ServerFailed        5xx
├── Redirected              a redirect that the client must not follow
├── GraphQLFailed           NetBox's GraphQL API refused or failed to run a query
├── UnexpectedAnswer        a response that NetBox never sends
│   └── TooLong             a response with too many bytes
├── NotOne                  none or several objects match, but exactly one was expected
└── IncompleteList          objects are missing or repeated in a list
"""

from __future__ import annotations

import re
import typing as t

# Control characters that affect the cursor position, colors, line breaks, or the writing direction, and unpaired
# surrogates, which cannot be encoded.
_NOT_PRINTED = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")


def printable(text: str) -> str:
    """Return ``text`` in one line, without control characters.

    Use this function for all messages, warnings, and log lines that contain strings from NetBox.
    """
    return _NOT_PRINTED.sub(" ", text)


class NetBoxError(Exception):
    """The base class of all errors between the collection and NetBox.

    * ``method``, ``url``: the request, without secrets. They are empty if no request was sent.
    * ``status``: the HTTP status, or ``None``.
    * ``detail``: NetBox's error message.
    * ``retry_after``: seconds to wait before a retry, if the response contains them.
    * ``tries``: number of times that the request was sent.
    * ``advice``: what to do, if that is more specific than the advice for this kind of error.

    The client sets ``method``, ``url``, and ``tries``. Other code calls :meth:`amend`.
    """

    def __init__(
        self,
        message: str,
        *,
        method: str = "",
        url: str = "",
        status: int | None = None,
        detail: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.method = method
        self.url = url
        self.status = status
        self.detail = detail
        self.retry_after = retry_after
        self.tries = 1
        self.advice = ""

    def amend(self, text: str = "", *, advice: str = "") -> NetBoxError:
        """Append ``text`` to the message, and replace the advice. Return the error itself."""
        if text:
            self.message = f"{self.message} {text}"
        self.advice = advice or self.advice
        return self

    def __str__(self) -> str:
        text = f"{self.method} {self.url}: {self.message}" if self.url else self.message
        if self.detail:
            text += f" NetBox says: {self.detail}" + ("" if self.detail[-1] in ".!?…" else ".")
        if self.tries > 1:
            text += f" (tried {self.tries} times)"
        return printable(text)


class UsageError(NetBoxError):
    """An option or an argument is invalid."""


class MissingLibrary(NetBoxError):
    """A Python library that the collection requires is not installed."""


class NoAnswer(NetBoxError):
    """No complete response arrived."""


class Unreachable(NoAnswer):
    """The client could not connect, for example because of the host name, the route, a proxy, or the port.

    It is certain that NetBox did not receive the request.
    """


class TLSFailed(Unreachable):
    """The connection cannot be trusted because of its certificate or the TLS handshake."""


class ConnectionLost(NoAnswer):
    """The connection broke before the response was complete. NetBox might have processed the request."""


class TimedOut(NoAnswer):
    """No complete response arrived within the timeout. NetBox might have processed the request."""


class ErrorStatus(NetBoxError):
    """NetBox responded with an HTTP status of 400 or above."""


class BadRequest(ErrorStatus):
    """HTTP status 400. ``fields`` contains NetBox's messages by parameter or field, and can be empty."""

    def __init__(self, message: str, *, fields: dict[str, list[str]] | None = None, **facts: t.Any) -> None:
        super().__init__(message, **facts)
        self.fields = fields or {}


class AccessDenied(ErrorStatus):
    """HTTP status 401 or 403, or a redirect to the login page.

    NetBox sends 403 for an invalid token and for a missing permission. ``with_token``: whether the request contained a
    token.
    """

    with_token = False


class NotFound(ErrorStatus):
    """HTTP status 404: the object or the endpoint does not exist.

    ``from_netbox``: whether the response came from NetBox, and not from another server at the same URL.
    """

    from_netbox = False

    @property
    def is_missing_object(self) -> bool:
        """Whether the endpoint exists, so that only the object is missing.

        NetBox returns JSON for a missing object, and HTML for a missing endpoint.
        """
        return "matches the given query" in self.detail or self.detail.startswith("Not found")


class TooManyRequests(ErrorStatus):
    """HTTP status 429 from a proxy or a cloud service, because NetBox itself does not limit requests."""


class ServerFailed(ErrorStatus):
    """HTTP status 500 or above."""


class Redirected(NetBoxError):
    """NetBox sent a redirect that the client must not follow, for example to another server."""


class GraphQLFailed(NetBoxError):
    """NetBox refused or failed to run a GraphQL query. ``reasons``: NetBox's messages, without their locations."""

    def __init__(self, message: str, *, reasons: list[str] | None = None, **facts: t.Any) -> None:
        super().__init__(message, **facts)
        self.reasons = reasons or []

    def says(self, words: str) -> bool:
        """Return whether a message in the response contains ``words``."""
        return any(words in reason for reason in self.reasons)


class UnexpectedAnswer(NetBoxError):
    """A response that NetBox never sends, such as HTML, unexpected JSON, or a page that does not follow the last one.

    ``is_foreign``: whether another program responded, such as a load balancer. ``after_json``: whether NetBox itself
    responded to an earlier request of the client.
    """

    is_foreign = False
    after_json = False


class TooLong(UnexpectedAnswer):
    """A response with too many bytes. If it is a page of a list, the client can request a smaller page."""


class NotOne(NetBoxError):
    """No object or several objects match, but exactly one was expected.

    If several objects match, the message lists them.
    """


class IncompleteList(NetBoxError):
    """Objects are missing or repeated in a list that was read."""


# Errors that occur if NetBox is down or overloaded.
DOWN = (NoAnswer, ServerFailed, TooManyRequests)


def error_for_status(status: int) -> type[ErrorStatus]:
    """Return the error class for an HTTP status of 400 or above."""
    known: dict[int, type[ErrorStatus]] = {
        400: BadRequest,
        401: AccessDenied,
        403: AccessDenied,
        404: NotFound,
        429: TooManyRequests,
    }
    return known.get(status, ServerFailed if status >= 500 else ErrorStatus)
