# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Bodies of answers, no longer than they may be, also when they were compressed.

They are decompressed here, not by the HTTP library: what a small piece becomes must be known before it is made, and
older ones make all of it at once.
"""

from __future__ import annotations

import typing as t
import zlib
from collections.abc import Iterator

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import (
    ConnectionLost,
    TooLong,
    UnexpectedAnswer,
)

if t.TYPE_CHECKING:  # pragma: no cover
    import requests

# 1,000 whole devices have 4.5 MB, with 60 kB of config context each 64 MB; NetBox's schema has 13 MB. A page that is
# longer is asked for again with fewer rows; parsed, it takes up to 20 times as much.
LONGEST_BODY = 64 * 2**20
# NetBox's errors are a few lines; a page of Django's for developers has some 100 kB.
LONGEST_ERROR = 2**20
PIECE = 2**16
# What is asked for (Accept-Encoding), so that nothing else may come.
ENCODINGS = "gzip, deflate"


def load(response: requests.Response) -> None:
    """Have ``response.content`` be the body. Raises :class:`TooLong` if that has more bytes than it may.

    Also raises :class:`ConnectionLost` where it is not whole, and the errors of urllib3.
    """
    if not _is_loaded(response):
        _keep(response, b"".join(_bounded(pieces(response), LONGEST_BODY)))


def load_error(response: requests.Response) -> None:
    """:func:`load` what an error says; of a longer body its beginning, which will do."""
    if not _is_loaded(response):
        begin = b""
        for piece in pieces(response):
            begin = (begin + piece)[:LONGEST_ERROR]
            if len(begin) == LONGEST_ERROR:
                response.raw.close()  # nothing else can be asked on a connection with half an answer in it
                break
        _keep(response, begin)


def pieces(response: requests.Response) -> Iterator[bytes]:
    """The body, decompressed, in pieces of 64 kB at most, and of any length."""
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    compressed = _compressed(response)
    if encoding in ("", "identity"):
        return compressed
    if encoding in ("gzip", "x-gzip"):
        return _inflated(compressed, zlib.MAX_WBITS | 16)
    if encoding == "deflate":
        return _inflated(compressed, zlib.MAX_WBITS)
    raise UnexpectedAnswer(f"the answer is compressed as {encoding}, which was not asked for.")


# These attributes are the library's own; its public way to the content has no bounds.
def _is_loaded(response: t.Any) -> bool:
    return bool(response._content_consumed)


def _keep(response: t.Any, content: bytes) -> None:
    response._content, response._content_consumed = content, True


def _bounded(some: Iterator[bytes], most: int) -> Iterator[bytes]:
    room = most
    for piece in some:
        room -= len(piece)
        if room < 0:
            raise TooLong(f"the answer has more than {most >> 20} MB.")
        yield piece


def _compressed(response: requests.Response) -> Iterator[bytes]:
    while True:
        piece = response.raw.read(PIECE, decode_content=False)
        if not piece:
            break
        yield piece
    # urllib3 before 2.0 does not say that this is not all.
    left = getattr(response.raw, "length_remaining", None)
    if left:
        raise ConnectionLost(f"the connection broke: {left} bytes of the answer are missing.")


def _inflated(compressed: Iterator[bytes], window: int) -> Iterator[bytes]:
    """Undo gzip or deflate. ``window``: zlib's number for which of these it is."""
    inflate = zlib.decompressobj(window)
    try:
        for number, piece in enumerate(compressed):
            if not number and window > 0 and window == zlib.MAX_WBITS and piece[:1] != b"\x78":
                inflate = zlib.decompressobj(-zlib.MAX_WBITS)  # deflate without a head, as some servers send it
            while piece and not inflate.eof:
                yield inflate.decompress(piece, PIECE)
                piece = inflate.unconsumed_tail
    except zlib.error:
        raise ConnectionLost("the answer is damaged: its compression cannot be undone.") from None
    if not inflate.eof:
        raise ConnectionLost("the answer is damaged: its compression has no end.")
