# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""The tree of exceptions: what can go wrong between us and NetBox.

NetBoxError
├── UsageError              refused by us before anything was sent
├── MissingLibrary          a Python library is not installed
├── NoAnswer                NetBox could not be asked, or not be heard
│   ├── Unreachable         no connection was made: the request was certainly not done
│   │   └── TLSFailed       no connection that can be trusted
│   ├── ConnectionLost      the connection broke before the answer was complete
│   └── TimedOut            no (more) answer within the time-out
├── ErrorStatus             NetBox answered with an HTTP status that means "no"
│   ├── BadRequest          400: a parameter or field is not taken
│   ├── AccessDenied        401, 403, or a redirect to the login page
│   ├── NotFound            404
│   ├── TooManyRequests     429
│   └── ServerFailed        5xx
├── Redirected              the answer is at another address, where the token does not go
├── GraphQLFailed           NetBox's GraphQL refused a query, or could not answer it
├── UnexpectedAnswer        an answer, but not one that a NetBox gives
│   └── TooLong             more of it than is read
├── NotOne                  none or several objects where one was meant
└── IncompleteList          rows were lost or repeated while a list was walked
"""

from __future__ import annotations

import re
import typing as t

# Characters that move the cursor of a terminal, color or hide text, break the line, or change its direction; and halves
# of surrogate pairs, which cannot be encoded.
_NOT_PRINTED = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")


def printable(text: str) -> str:
    """Return ``text`` in one line, without characters that a terminal would obey.

    Use it for all messages, warnings, and log lines that contain text from NetBox.
    """
    return _NOT_PRINTED.sub(" ", text)


class NetBoxError(Exception):
    """Something went wrong between us and NetBox.

    ``method`` and ``url`` say what was tried (the URL without secrets; empty when nothing was sent), ``status`` is the
    HTTP status or ``None``, ``detail`` holds NetBox's own words, ``tries`` how often it was asked. ``advice`` says what
    to do about it, where that is known better than from the kind of error.
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
        """Append ``text``, a sentence, to the message, and replace the advice. Return the error itself."""
        if text:
            self.message = f"{self.message} {text}"
        self.advice = advice or self.advice
        return self

    def __str__(self) -> str:
        text = f"{self.method} {self.url}: {self.message}" if self.url else self.message
        if self.detail:
            text += f" NetBox says: {self.detail}" + ("" if self.detail[-1] in ".!?…" else ".")
        if self.tries > 1:
            text += f" (asked {self.tries} times)"
        return printable(text)


class UsageError(NetBoxError):
    """What was asked for makes no sense to NetBox; nothing was sent."""


class MissingLibrary(NetBoxError):
    """A Python library that the collection needs is not installed where it runs."""


class NoAnswer(NetBoxError):
    """NetBox could not be asked, or its answer did not arrive."""


class Unreachable(NoAnswer):
    """No connection: name, route, proxy, port. The request was certainly not done."""


class TLSFailed(Unreachable):
    """The connection could not be trusted: certificate or TLS handshake."""


class ConnectionLost(NoAnswer):
    """The connection broke before the answer was complete. The request may have been done."""


class TimedOut(NoAnswer):
    """No answer, or no more of it, within the time-out. The request may have been done."""


class ErrorStatus(NetBoxError):
    """NetBox answered with an HTTP status that means "no"."""


class BadRequest(ErrorStatus):
    """400. ``fields`` holds NetBox's words per parameter or field; empty when it gave none."""

    def __init__(self, message: str, *, fields: dict[str, list[str]] | None = None, **facts: t.Any) -> None:
        super().__init__(message, **facts)
        self.fields = fields or {}


class AccessDenied(ErrorStatus):
    """401 or 403: NetBox uses 403 for a bad token and for a missing permission alike (FACTS 3).

    ``with_token``: whether a token was sent.
    """

    with_token = False


class NotFound(ErrorStatus):
    """404: no such object, or no such endpoint.

    ``from_netbox``: whether it was NetBox that responded, and not a server without a NetBox at this address.
    """

    from_netbox = False

    @property
    def is_missing_object(self) -> bool:
        """Whether NetBox has the endpoint. It responds in JSON then, and otherwise in HTML."""
        return "matches the given query" in self.detail or self.detail.startswith("Not found")


class TooManyRequests(ErrorStatus):
    """429, which comes from a proxy or a cloud service: NetBox itself has no throttle (FACTS 10)."""


class ServerFailed(ErrorStatus):
    """500 and above."""


class Redirected(NetBoxError):
    """NetBox, or what stands before it, wants to be asked elsewhere. The token is not sent there."""


class GraphQLFailed(NetBoxError):
    """A GraphQL query was refused or could not be answered. ``reasons`` are NetBox's messages, without their places."""

    def __init__(self, message: str, *, reasons: list[str] | None = None, **facts: t.Any) -> None:
        super().__init__(message, **facts)
        self.reasons = reasons or []

    def says(self, words: str) -> bool:
        """Whether a message holds these words."""
        return any(words in reason for reason in self.reasons)


class UnexpectedAnswer(NetBoxError):
    """An answer that no NetBox gives: HTML, damaged JSON, JSON of another shape, a page that does not follow.

    ``is_foreign``: whether another program than NetBox answered, such as a load balancer. ``after_json``: whether
    NetBox itself answered an earlier request.
    """

    is_foreign = False
    after_json = False


class TooLong(UnexpectedAnswer):
    """An answer with more bytes than are read. Of a list, fewer rows may be asked for."""


class NotOne(NetBoxError):
    """None or several objects of NetBox where exactly one was meant; the message lists them."""


class IncompleteList(NetBoxError):
    """Rows were lost or repeated while a list was walked by offset."""


# NetBox is down, or as good as.
DOWN = (NoAnswer, ServerFailed, TooManyRequests)


def error_for_status(status: int) -> type[ErrorStatus]:
    """The class of exception for an HTTP status of 400 and above."""
    known: dict[int, type[ErrorStatus]] = {
        400: BadRequest,
        401: AccessDenied,
        403: AccessDenied,
        404: NotFound,
        429: TooManyRequests,
    }
    return known.get(status, ServerFailed if status >= 500 else ErrorStatus)
