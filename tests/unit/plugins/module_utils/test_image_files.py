# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The type and the dimensions of image files are read without an image library, and files in chunks."""

from __future__ import annotations

import hashlib
import io
import tracemalloc
import typing as t
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UsageError
from ansible_collections.netbox.cursor.plugins.module_utils._media.image_files import (
    ImageType,
    decode_image,
    detect_image_type,
    load_image,
)

repeatably = settings(max_examples=50, deadline=None, derandomize=True, database=None)
FORMATS: dict[str, tuple[str, str, dict[str, t.Any]]] = {
    "png": ("image/png", "PNG", {}),
    "gif": ("image/gif", "GIF", {}),
    "bmp": ("image/bmp", "BMP", {}),
    "jpeg": ("image/jpeg", "JPEG", {}),
    "progressive jpeg": ("image/jpeg", "JPEG", {"progressive": True}),
    "photo": ("image/jpeg", "JPEG", {"exif": b"Exif\0\0" + b"\xff\xc0\x00\x11" * 9000, "comment": b"x" * 300}),
    "webp": ("image/webp", "WEBP", {"lossless": False}),
    "lossless webp": ("image/webp", "WEBP", {"lossless": True}),
    "webp with more": ("image/webp", "WEBP", {"exif": b"Exif\0\0" + b"x" * 100}),
}
START_OF_EACH = (b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"BM", b"\xff\xd8\xff", b"RIFF0000WEBPVP8 ", b"RIFF0000WEBPVP8X")


@pytest.mark.parametrize("name", FORMATS)
@repeatably
@given(width=st.integers(1, 300), height=st.integers(1, 300))
def test_image_reveals_its_type_and_dimensions(name: str, width: int, height: int) -> None:
    content_type, form, options = FORMATS[name]
    image = io.BytesIO()
    Image.new("RGB", (width, height), "green").save(image, form, **options)
    assert detect_image_type(image) == ImageType(content_type, width, height)


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"II*\0\x08\0\0\0", "image/tiff"),
        (b"\0\0\0\x1cftypavif\0\0\0\0", "image/avif"),
        (b'<svg xmlns="x">', "image/svg+xml"),
        (b'<?xml version="1.0"?>\n<!-- ' + b"x" * 500 + b" --><svg/>", "image/svg+xml"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avif", "image/avif"),
        (b"\0\0\0\x1cftypheic\0\0\0\0mif1heic", None),
        (b"\0\0\1\0\1\0", "image/vnd.microsoft.icon"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "image/jp2"),
        (b"text", None),
        (b"<html><body>", None),
    ],
)
def test_other_file_reveals_at_most_its_type(content: bytes, content_type: str | None) -> None:
    assert detect_image_type(io.BytesIO(content)) == ImageType(content_type)


@repeatably
@given(start=st.sampled_from(START_OF_EACH), rest=st.binary(max_size=200))
def test_damaged_image_reveals_its_type(start: bytes, rest: bytes) -> None:
    found = detect_image_type(io.BytesIO(start + rest))
    assert found.content_type is not None or not start


def test_large_file_is_read_in_chunks(tmp_path: Path) -> None:
    size = 40 * 2**20
    path = tmp_path / "big.bmp"
    with path.open("wb") as stream:
        stream.truncate(size)
    digest = hashlib.sha256(bytes(size)).hexdigest()
    tracemalloc.start()
    try:
        image = load_image(str(path), size)
        assert sum(map(len, image.read_chunks())) == size
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (image.size, image.fingerprint.sha256) == (size, digest)
    assert most < 2**20


def test_image_above_max_size_is_an_error() -> None:
    assert decode_image(b"12345", 5).size == 5
    with pytest.raises(UsageError, match="more than 5 bytes, which is the limit in max_size"):
        decode_image(b"123456", 5)


def test_unreadable_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"Cannot read src '.*nothing.png': No such file"):
        load_image(str(tmp_path / "nothing.png"), 9)
    with pytest.raises(UsageError, match="is not a regular file"):
        load_image(str(tmp_path), 9)
    (tmp_path / "empty.png").touch()
    with pytest.raises(UsageError, match="is empty"):
        load_image(str(tmp_path / "empty.png"), 9)


def test_file_that_becomes_shorter_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(b"123456")
    image = load_image(str(path), 9)
    path.write_bytes(b"123")
    with pytest.raises(UsageError, match="was truncated"):
        list(image.read_chunks())


def pillow_size(content: bytes) -> tuple[int, int] | None:
    """Return the dimensions that Pillow, and therefore NetBox, reads. Return ``None`` if Pillow rejects the image."""
    try:
        with Image.open(io.BytesIO(content)) as opened:
            return opened.size
    except (OSError, SyntaxError, ValueError):
        return None


sides = st.integers(0, 300)


@repeatably
@given(
    screen=st.tuples(sides, sides), frame=st.tuples(sides, sides, sides, sides), colors=st.sampled_from([2, 16, 256])
)
def test_gif_dimensions_match_pillow(screen: tuple[int, int], frame: tuple[int, int, int, int], colors: int) -> None:
    stream = io.BytesIO()
    Image.new("P", (32, 24)).quantize(colors).save(stream, "GIF", comment=b"x" * 300)
    content = bytearray(stream.getvalue())
    content[6:10] = b"".join(side.to_bytes(2, "little") for side in screen)
    start = content.index(b",", 13 + (3 << (content[10] & 7) + 1) * (content[10] >> 7))
    content[start + 1 : start + 9] = b"".join(side.to_bytes(2, "little") for side in frame)
    found = detect_image_type(io.BytesIO(bytes(content)))
    assert pillow_size(bytes(content)) in (None, (found.width, found.height))


@repeatably
@given(header=st.sampled_from([12, 40, 64, 124]), width=st.integers(1, 2000), height=st.integers(-2000, 2000))
def test_bmp_dimensions_match_pillow(header: int, width: int, height: int) -> None:
    if header == 12:
        dimensions = width.to_bytes(2, "little") + (abs(height) or 1).to_bytes(2, "little")
    else:
        dimensions = width.to_bytes(4, "little") + (height or 1).to_bytes(4, "little", signed=True)
    content = b"BM" + bytes(12) + header.to_bytes(4, "little") + dimensions + b"\1\0\x18\0" + bytes(200)
    found = detect_image_type(io.BytesIO(content))
    assert pillow_size(content) in (None, (found.width, found.height))
