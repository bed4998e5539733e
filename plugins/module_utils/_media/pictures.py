# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Pictures in files: their size, digest, type and dimensions, read from their bytes without a picture library."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import os
import struct
import typing as t
from collections.abc import Iterable, Iterator

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UsageError

PIECE = 65536
# Content types with the file name extension that belongs to them.
EXTENSIONS = {
    "image/avif": "avif",
    "image/bmp": "bmp",
    "image/gif": "gif",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/svg+xml": "svg",
    "image/tiff": "tif",
    "image/webp": "webp",
}
# Markers of a JPEG file that are followed by its dimensions: all "start of frame" (ITU T.81, table B.1).
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclasses.dataclass(frozen=True)
class Kind:
    """What the bytes of a file say: its content type, and width and height in pixels; ``None`` where they do not."""

    content_type: str | None
    width: int | None = None
    height: int | None = None


@dataclasses.dataclass(frozen=True)
class Fingerprint:
    """``size`` in bytes and SHA-256 of a file."""

    size: int
    sha256: str


@dataclasses.dataclass(frozen=True)
class Picture:
    """A picture that can be read as often as needed, in pieces. ``called``: how an error names it."""

    called: str
    open: t.Callable[[], t.BinaryIO]
    fingerprint: Fingerprint
    kind: Kind

    @property
    def size(self) -> int:
        return self.fingerprint.size

    def pieces(self) -> Iterator[bytes]:
        """Its bytes. Raises :class:`UsageError` where the file is not as long any more as it was."""
        with self.open() as stream:
            left = self.size
            while left:
                piece = stream.read(min(PIECE, left))
                if not piece:
                    raise UsageError(f"{self.called} became shorter while it was sent.")
                left -= len(piece)
                yield piece


def picture_in(path: str, most: int) -> Picture:
    """The picture in the file ``path``, of ``most`` bytes at most. Raises :class:`UsageError`."""

    def read() -> t.BinaryIO:
        try:
            return open(path, "rb")
        except OSError as error:
            raise UsageError(f"src {path!r} cannot be read: {error.strerror}.") from error

    if os.path.isdir(path):
        raise UsageError(f"src {path!r} is a folder: name one file.")
    return _picture(f"src {path!r}", read, most)


def picture_of(content: bytes, most: int) -> Picture:
    """The picture that ``content`` is. Raises :class:`UsageError`."""
    return _picture("content", lambda: io.BytesIO(content), most)


def _picture(called: str, read: t.Callable[[], t.BinaryIO], most: int) -> Picture:
    with read() as stream:
        fingerprint = fingerprint_of(_some_of(stream, most))
        if not fingerprint.size:
            raise UsageError(f"{called} is empty.")
        if fingerprint.size > most:
            raise UsageError(f"{called} has more than {most} bytes, which is max_size.")
        return Picture(called, read, fingerprint, kind_of(stream))


def _some_of(stream: t.BinaryIO, most: int) -> Iterator[bytes]:
    """The bytes of ``stream``, and no more of them than what shows that there are more than ``most``."""
    room = most + 1
    while room > 0:
        piece = stream.read(min(PIECE, room))
        if not piece:
            return
        room -= len(piece)
        yield piece


def fingerprint_of(pieces: Iterable[bytes]) -> Fingerprint:
    """Size and digest of what comes in ``pieces``."""
    size, digest = 0, hashlib.sha256()
    for piece in pieces:
        size += len(piece)
        digest.update(piece)
    return Fingerprint(size, digest.hexdigest())


def kind_of(stream: t.BinaryIO) -> Kind:
    """What kind of picture is in ``stream``, which is read from its start."""
    stream.seek(0)
    head = stream.read(64)
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind("image/png", *_numbers(">8x4x4xII", head))
    if head.startswith((b"GIF87a", b"GIF89a")):
        return Kind("image/gif", *_numbers("<6xHH", head))
    if head.startswith(b"BM"):
        width, height = _numbers("<18xii", head)
        return Kind("image/bmp", width, abs(height) if height is not None else None)
    if head.startswith(b"\xff\xd8\xff"):
        return Kind("image/jpeg", *_jpeg_dimensions(stream))
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Kind("image/webp", *_webp_dimensions(head))
    if head[4:12] in (b"ftypavif", b"ftypavis"):
        return Kind("image/avif")
    if head.startswith((b"II*\0", b"MM\0*")):
        return Kind("image/tiff")
    if b"<svg" in head or (head.lstrip().startswith(b"<?xml") and b"<svg" in head + stream.read(1000)):
        return Kind("image/svg+xml")
    return Kind(None)


Dimensions = tuple[t.Optional[int], t.Optional[int]]


def _numbers(layout: str, head: bytes) -> Dimensions:
    if len(head) < struct.calcsize(layout):
        return None, None
    first, second = struct.unpack_from(layout, head)
    return first, second


def _jpeg_dimensions(stream: t.BinaryIO) -> Dimensions:
    """From segment to segment up to the frame's own: photos have their small preview before it."""
    stream.seek(2)
    while True:
        marker = stream.read(2)
        if len(marker) < 2 or marker[0] != 0xFF:
            return None, None
        if marker[1] == 0xFF:  # a fill byte
            stream.seek(-1, io.SEEK_CUR)
            continue
        segment = stream.read(7)
        length = int.from_bytes(segment[:2], "big")
        if len(segment) < 7 or length < 2:
            return None, None
        if marker[1] in _JPEG_FRAMES:
            return int.from_bytes(segment[5:7], "big"), int.from_bytes(segment[3:5], "big")
        stream.seek(length - 7, io.SEEK_CUR)


def _webp_dimensions(head: bytes) -> Dimensions:
    form = head[12:16]
    if form == b"VP8X" and len(head) >= 30:
        return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
    if form == b"VP8L" and len(head) >= 25:
        bits = int.from_bytes(head[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if form == b"VP8 " and len(head) >= 30:
        width, height = struct.unpack_from("<26xHH", head)
        return width & 0x3FFF, height & 0x3FFF
    return None, None
