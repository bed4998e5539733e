# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Read responses: bodies of limited length, JSON, and NetBox's error messages.

This module decompresses bodies itself, because it must limit their decompressed size. Older versions of the HTTP
library decompress a whole body in one step.
"""

from __future__ import annotations

import contextlib
import datetime
import email.utils
import json
import re
import typing as t
import zlib
from collections.abc import Iterator

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import (
    BadRequest,
    ConnectionLost,
    GraphQLFailed,
    NetBoxError,
    NotFound,
    TooLong,
    UnexpectedAnswer,
    error_for_status,
)
from ansible_collections.netbox.cursor.plugins.module_utils._http.transport import read_pieces

try:
    import orjson
except ImportError:
    HAS_ORJSON = False
else:
    HAS_ORJSON = True

if t.TYPE_CHECKING:  # pragma: no cover
    import requests

T = t.TypeVar("T")

# The JSON of 1,000 complete devices is 4.5 MB long, or 64 MB if each device has 60 kB of config context. NetBox's
# schema is 13 MB long. If a page is larger, the caller can request fewer rows. Parsed JSON needs up to 20 times as much
# memory.
LONGEST_BODY = 64 * 2**20
# NetBox's error messages are a few lines long. Django's error page for developers is about 100 kB long.
LONGEST_ERROR = 2**20
PIECE = 2**16
# The value of the header Accept-Encoding.
ENCODINGS = "gzip, deflate"
# Maximum nesting depth of the error messages in a response. NetBox nests them by field, row, and location.
DEEPEST_WORDS = 5
# orjson cannot represent all integers that have 19 or more digits. To detect them, all digits are replaced with zeros.
_LONG_NUMBER = b"0" * 19
_ZEROS = bytes.maketrans(b"123456789", b"000000000")
# Maximum number of GraphQL errors in a message.
MOST_REASONS = 3


# Bodies


def body_of(response: requests.Response) -> bytes:
    """Return the body. Raise :class:`TooLong` if it is too long, and :class:`ConnectionLost` if it is incomplete."""
    pieces, room = [], LONGEST_BODY
    for piece in iterate_body(response):
        room -= len(piece)
        if room < 0:
            raise TooLong(f"The response is larger than {LONGEST_BODY >> 20} MB.")
        pieces.append(piece)
    return b"".join(pieces)


def iterate_body(response: requests.Response) -> Iterator[bytes]:
    """Yield the decompressed body, which can have any length, in chunks of at most 64 kB."""
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    compressed = read_pieces(response, PIECE)
    if encoding in ("", "identity"):
        return compressed
    if encoding in ("gzip", "x-gzip"):
        return _inflate(compressed, zlib.MAX_WBITS | 16)
    if encoding == "deflate":
        return _inflate(compressed, zlib.MAX_WBITS)
    raise UnexpectedAnswer(f"The response uses the compression {encoding}, which was not requested.")


def _inflate(compressed: Iterator[bytes], window: int) -> Iterator[bytes]:
    """Decompress gzip or deflate data. ``window`` is zlib's number for the format."""
    inflate = zlib.decompressobj(window)
    try:
        for number, piece in enumerate(compressed):
            if not number and window == zlib.MAX_WBITS and piece[:1] != b"\x78":
                inflate = zlib.decompressobj(-zlib.MAX_WBITS)  # some servers send deflate data without a header
            while piece and not inflate.eof:
                yield inflate.decompress(piece, PIECE)
                piece = inflate.unconsumed_tail
    except zlib.error:
        raise ConnectionLost("The response is damaged: it cannot be decompressed.") from None
    if not inflate.eof:
        raise ConnectionLost("The response is damaged: its compressed data is incomplete.")


# Results


def read_json(response: requests.Response) -> t.Any:
    """Parse the body as JSON."""
    body = body_of(response)
    try:
        return parse_json(body)
    except (ValueError, RecursionError) as error:  # also UnicodeDecodeError
        if is_json(response):
            raise ConnectionLost(f"The response of {len(body)} bytes is damaged: {error}.") from error
        raise _not_of_type("a JSON response", response, body) from error


def read_object(response: requests.Response) -> dict[str, t.Any]:
    """Parse the body, which must be a JSON object."""
    answer = read_json(response)
    if not isinstance(answer, dict):
        raise UnexpectedAnswer(
            "Expected a JSON object but received a different JSON type.", status=response.status_code
        )
    return answer


def read_json_or_nothing(response: requests.Response) -> t.Any:
    """Parse the body as JSON. Return ``None`` if the response is empty (204)."""
    return None if response.status_code == 204 else read_json(response)


def read_graphql(response: requests.Response, query: str) -> t.Any:
    """Return the JSON response to a GraphQL ``query``. Raise :class:`GraphQLFailed` if it contains errors."""
    answer = read_json(response)
    errors = answer.get("errors") if isinstance(answer, dict) else None
    if errors:
        raise _graphql_error(errors, query)
    return answer


def read_text(response: requests.Response, media_type: str, end: str) -> str:
    """Return the body as a string. Raise an error unless its type is ``media_type`` and it ends with ``end``."""
    body = body_of(response)
    if response.headers.get("Content-Type", "").split(";")[0].strip() != media_type:
        raise _not_of_type(media_type, response, body)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ConnectionLost(f"The response of {len(body)} bytes is damaged: {error}.") from error
    if not text.rstrip().endswith(end):
        raise ConnectionLost(f"The response of {len(body)} bytes is damaged: it does not end with {end}.")
    return text


def read_file(response: requests.Response, max_bytes: int, read: t.Callable[[Iterator[bytes]], T]) -> T:
    """Return the result of ``read`` for the first ``max_bytes`` + 1 bytes. Raise an error for an HTML page."""
    if response.headers.get("Content-Type", "").startswith("text/html"):
        error = UnexpectedAnswer("Expected a file but received an HTML page.", status=response.status_code)
        error.is_foreign = True
        raise error
    return read(_first_bytes(iterate_body(response), max_bytes + 1))


def _first_bytes(pieces: Iterator[bytes], max_bytes: int) -> Iterator[bytes]:
    for piece in pieces:
        yield piece[:max_bytes]
        max_bytes -= len(piece)
        if max_bytes <= 0:
            return


def parse_json(body: bytes) -> t.Any:
    """Parse ``body`` as JSON. Raise ``ValueError`` or ``RecursionError`` if it is not JSON.

    The result always equals the result of Python's own parser. orjson is about twice as fast, but it converts long
    integers to floats, and rejects some values that Python accepts, such as NaN. In these cases, Python's own parser is
    used.
    """
    if HAS_ORJSON and _LONG_NUMBER not in body.translate(_ZEROS):
        with contextlib.suppress(orjson.JSONDecodeError):
            return orjson.loads(body)
    return json.loads(body)


def is_json(response: requests.Response) -> bool:
    """Return whether the response declares that its body is JSON."""
    return "json" in response.headers.get("Content-Type", "")


def _not_of_type(expected: str, response: requests.Response, body: bytes) -> UnexpectedAnswer:
    received = response.headers.get("Content-Type") or "data of unknown type"
    text = f"Expected {expected} but received {received}."
    error = UnexpectedAnswer(text, status=response.status_code, detail=_words(body))
    error.is_foreign = not is_json(response)
    return error


# Errors


def read_error(response: requests.Response) -> NetBoxError:
    """Return the error for an HTTP status of 400 or above, with NetBox's message."""
    body = _error_body(response)
    status = response.status_code
    message = f"HTTP {status} {response.reason or ''}".strip() + "."
    kind = error_for_status(status)
    if kind is BadRequest:
        return BadRequest(message, status=status, detail=_words(body), fields=_fields(body))
    error = kind(message, status=status, detail=_words(body), retry_after=_retry_after(response))
    if isinstance(error, NotFound):
        error.from_netbox = api_version(response) is not None
    return error


def api_version(response: requests.Response) -> tuple[int, int] | None:
    """Return the NetBox version in the header API-Version as ``(major, minor)``, or ``None``."""
    found = re.match(r"([0-9]{1,4})\.([0-9]{1,4})(?![0-9])", response.headers.get("API-Version", ""))
    return (int(found[1]), int(found[2])) if found else None


def _error_body(response: requests.Response) -> bytes:
    """Return an error's body: only the beginning if it is long, and only the readable part if it is damaged."""
    begin = b""
    # Ignore errors in the body, because the status is more important.
    with contextlib.suppress(NetBoxError):
        for piece in iterate_body(response):
            begin = (begin + piece)[:LONGEST_ERROR]
            if len(begin) == LONGEST_ERROR:
                response.raw.close()  # a connection with unread data cannot be reused
                break
    return begin


def _parsed(body: bytes) -> t.Any:
    """Parse an error's body as JSON. Return ``None`` if it is not JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _fields(body: bytes) -> dict[str, list[str]]:
    parsed = _parsed(body)
    if not isinstance(parsed, dict):
        return {}
    return {str(name): _texts(words) for name, words in parsed.items()}


def _texts(words: t.Any, deepest: int = DEEPEST_WORDS) -> list[str]:
    """Flatten NetBox's messages, which are strings, lists, or nested dictionaries."""
    if isinstance(words, (list, dict)) and not deepest:
        return ["…"]
    if isinstance(words, list):
        return [text for part in words for text in _texts(part, deepest - 1)]
    if isinstance(words, dict):
        return [f"{name}: {' '.join(_texts(part, deepest - 1))}" for name, part in words.items()]
    return [str(words)]


def _words(body: bytes) -> str:
    """Return the message in an error's body as one line."""
    parsed = _parsed(body)
    if parsed is None:
        text = body[:LONGEST_ERROR].decode("utf-8", errors="replace")
        # These patterns read each character at most twice, so a malicious response cannot slow them down.
        title = re.search(r"<title[^<>]*>([^<]*)</title>", text, flags=re.IGNORECASE)
        text = title[1] if title else re.sub(r"<[^<>]*>", " ", text)
    elif isinstance(parsed, dict) and "detail" in parsed:
        text = " ".join(_texts(parsed["detail"]))
    elif isinstance(parsed, dict) and "exception" in parsed:
        text = f"{parsed['exception']}: {parsed.get('error', '')}"
    else:
        text = " ".join(_texts(parsed))
    return " ".join(text.split())


def _retry_after(response: requests.Response) -> float | None:
    """Return the seconds in the header Retry-After, which contains a number or a date, or ``None``."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return float(text)
    try:
        when = email.utils.parsedate_to_datetime(text)
        if when.tzinfo is None:
            when = when.replace(tzinfo=datetime.timezone.utc)
        return max(0.0, (when - datetime.datetime.now(datetime.timezone.utc)).total_seconds())
    except (TypeError, ValueError, OverflowError):
        return None


def _graphql_error(errors: t.Any, query: str) -> GraphQLFailed:
    """Combine NetBox's GraphQL errors into one error, with the place in the query that caused each of them."""
    words, reasons = [], []
    for error in errors if isinstance(errors, list) else [errors]:
        message = str(error.get("message")) if isinstance(error, dict) else str(error)
        reasons.append(message)
        place = ""
        if isinstance(error, dict) and isinstance(error.get("path"), list):
            place = f" (at {'.'.join(map(str, error['path']))})"
        elif isinstance(error, dict):
            near = _near(error.get("locations"), query)
            place = f" (near {near!r})" if near else ""
        words.append(message + place)
    detail = " ".join(words[:MOST_REASONS])
    return GraphQLFailed("The GraphQL query failed.", detail=detail, reasons=reasons)


def _near(locations: t.Any, query: str) -> str:
    """Return the part of the query at the first error location, or an empty string."""
    try:
        line, column = locations[0]["line"], locations[0]["column"]
        return query.splitlines()[line - 1][column - 1 :][:40]
    except (IndexError, KeyError, TypeError):
        return ""
