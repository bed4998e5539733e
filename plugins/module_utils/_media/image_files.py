# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Read the size, digest, type, and dimensions of image files from their bytes, without an image library."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import os
import stat
import struct
import typing as t
from collections.abc import Iterable, Iterator

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UsageError

CHUNK_BYTES = 65536
# Content types, each with its usual file name extension.
EXTENSIONS = {
    "image/avif": "avif",
    "image/bmp": "bmp",
    "image/gif": "gif",
    "image/jp2": "jp2",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/svg+xml": "svg",
    "image/tiff": "tif",
    "image/vnd.microsoft.icon": "ico",
    "image/webp": "webp",
}
# JPEG markers after which the dimensions follow: all "start of frame" markers (ITU T.81, table B.1).
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# Length of the header in bitmaps from OS/2 1.x. Their dimensions have 16 bits each.
_OS2_HEADER_BYTES = 12


@dataclasses.dataclass(frozen=True)
class ImageType:
    """The content type of a file, and its width and height in pixels.

    Values that cannot be read from the file's bytes are ``None``.
    """

    content_type: str | None
    width: int | None = None
    height: int | None = None


@dataclasses.dataclass(frozen=True)
class Fingerprint:
    """The ``size`` of a file in bytes, and its SHA-256 digest."""

    size: int
    sha256: str


@dataclasses.dataclass(frozen=True)
class ImageFile:
    """An image that can be read repeatedly, in chunks. ``label`` identifies it in error messages."""

    label: str
    open: t.Callable[[], t.BinaryIO]
    fingerprint: Fingerprint
    type: ImageType

    @property
    def size(self) -> int:
        return self.fingerprint.size

    def read_chunks(self) -> Iterator[bytes]:
        """Yield the bytes. Raise :class:`UsageError` if the file cannot be read or was truncated."""
        with self.open() as stream:
            left = self.size
            while left:
                chunk = _read(stream, min(CHUNK_BYTES, left), self.label)
                if not chunk:
                    raise UsageError(f"{self.label} was truncated during the upload.")
                left -= len(chunk)
                yield chunk


def load_image(path: str, max_bytes: int) -> ImageFile:
    """Return the image in the regular file ``path``. Raise :class:`UsageError` if it has more than ``max_bytes``."""
    label = f"src {path!r}"

    def open_file() -> t.BinaryIO:
        try:
            # Opening a device can have side effects, and opening a FIFO waits for a writer. The second check is
            # necessary because another process might replace the file after the first check.
            _check_regular(os.stat(path), label)
            number = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            try:
                _check_regular(os.fstat(number), label)
            except UsageError:
                os.close(number)
                raise
            return os.fdopen(number, "rb")
        except OSError as error:
            raise UsageError(f"Cannot read {label}: {error.strerror}.") from error

    return _inspect(label, open_file, max_bytes)


def decode_image(content: bytes, max_bytes: int) -> ImageFile:
    """Return ``content`` as an image. Raise :class:`UsageError` if it has more than ``max_bytes``."""
    return _inspect("content", lambda: io.BytesIO(content), max_bytes)


def _check_regular(status: os.stat_result, label: str) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise UsageError(f"Cannot read {label}: it is not a regular file.")


def _read(stream: t.BinaryIO, size: int, label: str) -> bytes:
    try:
        return stream.read(size)
    except OSError as error:
        raise UsageError(f"Cannot read {label}: {error.strerror}.") from error


def _inspect(label: str, open_file: t.Callable[[], t.BinaryIO], max_bytes: int) -> ImageFile:
    with open_file() as stream:
        fingerprint = compute_fingerprint(_read_up_to(stream, max_bytes + 1, label))
        if not fingerprint.size:
            raise UsageError(f"{label} is empty.")
        if fingerprint.size > max_bytes:
            raise UsageError(f"{label} has more than {max_bytes} bytes, which is the limit in max_size.")
        try:
            image_type = detect_image_type(stream)
        except OSError as error:
            raise UsageError(f"Cannot read {label}: {error.strerror}.") from error
        return ImageFile(label, open_file, fingerprint, image_type)


def _read_up_to(stream: t.BinaryIO, max_bytes: int, label: str) -> Iterator[bytes]:
    while max_bytes > 0:
        chunk = _read(stream, min(CHUNK_BYTES, max_bytes), label)
        if not chunk:
            return
        max_bytes -= len(chunk)
        yield chunk


def compute_fingerprint(chunks: Iterable[bytes]) -> Fingerprint:
    """Return the total size and the digest of ``chunks``."""
    size, digest = 0, hashlib.sha256()
    for chunk in chunks:
        size += len(chunk)
        digest.update(chunk)
    return Fingerprint(size, digest.hexdigest())


def detect_image_type(stream: t.BinaryIO) -> ImageType:
    """Return the type of the image in ``stream``. Read the stream from its start."""
    stream.seek(0)
    head = stream.read(64)
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return ImageType("image/png", *_unpack(">8x4x4xII", head))
    if head.startswith((b"GIF87a", b"GIF89a")):
        return ImageType("image/gif", *_gif_dimensions(stream))
    if head.startswith(b"BM"):
        return ImageType("image/bmp", *_bmp_dimensions(head))
    if head.startswith(b"\xff\xd8\xff"):
        return ImageType("image/jpeg", *_jpeg_dimensions(stream))
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return ImageType("image/webp", *_webp_dimensions(head))
    # The brands follow the length and the type of the first box. AVIF and HEIC files have different brands.
    if head[4:8] == b"ftyp" and (b"avif" in head[8:] or b"avis" in head[8:]):
        return ImageType("image/avif")
    for start, content_type in (
        (b"II*\0", "image/tiff"),
        (b"MM\0*", "image/tiff"),
        (b"\0\0\1\0", "image/vnd.microsoft.icon"),
        (b"\0\0\0\x0cjP  ", "image/jp2"),
    ):
        if head.startswith(start):
            return ImageType(content_type)
    if b"<svg" in head or (head.lstrip().startswith(b"<?xml") and b"<svg" in head + stream.read(1000)):
        return ImageType("image/svg+xml")
    return ImageType(None)


Dimensions = tuple[t.Optional[int], t.Optional[int]]


def _unpack(layout: str, head: bytes) -> Dimensions:
    if len(head) < struct.calcsize(layout):
        return None, None
    first, second = struct.unpack_from(layout, head)
    return first, second


def _bmp_dimensions(head: bytes) -> Dimensions:
    if head[14:18] == _OS2_HEADER_BYTES.to_bytes(4, "little"):
        return _unpack("<18xHH", head)
    width, height = _unpack("<18xii", head)
    return width, abs(height) if height is not None else None


def _gif_dimensions(stream: t.BinaryIO) -> Dimensions:
    """Return the dimensions of the logical screen, enlarged to contain the first frame. NetBox reports the same."""
    stream.seek(0)
    head = stream.read(13)
    width, height = _unpack("<6xHH", head)
    if width is None or height is None or len(head) < 13:
        return None, None
    if head[10] & 0x80:
        stream.seek(3 << (head[10] & 7) + 1, io.SEEK_CUR)  # skip the color table
    while True:
        block = stream.read(1)
        if block == b",":
            left, top, frame_width, frame_height = _unpack_frame(stream.read(8))
            return max(width, left + frame_width), max(height, top + frame_height)
        if block != b"!":
            return None, None
        stream.read(1)  # the label of an extension, whose data follows in sub-blocks
        while length := stream.read(1)[:1]:
            if length == b"\0":
                break
            stream.seek(length[0], io.SEEK_CUR)


def _unpack_frame(position: bytes) -> tuple[int, int, int, int]:
    return struct.unpack("<HHHH", position) if len(position) == 8 else (0, 0, 0, 0)


def _jpeg_dimensions(stream: t.BinaryIO) -> Dimensions:
    """Skip the segments before the frame, because they can contain a small preview of a photo."""
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
