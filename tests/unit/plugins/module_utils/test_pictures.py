# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures tell their kind and dimensions without a picture library, and are read in pieces."""

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
from ansible_collections.netbox.cursor.plugins.module_utils._media.pictures import Kind, kind_of, picture_in, picture_of

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
def test_pictures_tell_what_they_are(name: str, width: int, height: int) -> None:
    content_type, form, options = FORMATS[name]
    picture = io.BytesIO()
    Image.new("RGB", (width, height), "green").save(picture, form, **options)
    assert kind_of(picture) == Kind(content_type, width, height)


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"II*\0\x08\0\0\0", "image/tiff"),
        (b"\0\0\0\x1cftypavif\0\0\0\0", "image/avif"),
        (b'<svg xmlns="x">', "image/svg+xml"),
        (b'<?xml version="1.0"?>\n<!-- ' + b"x" * 500 + b" --><svg/>", "image/svg+xml"),
        (b"text", None),
        (b"<html><body>", None),
    ],
)
def test_others_tell_their_type_at_most(content: bytes, content_type: str | None) -> None:
    assert kind_of(io.BytesIO(content)) == Kind(content_type)


@repeatably
@given(start=st.sampled_from(START_OF_EACH), rest=st.binary(max_size=200))
def test_damaged_pictures_are_no_trouble(start: bytes, rest: bytes) -> None:
    kind = kind_of(io.BytesIO(start + rest))
    assert kind.content_type is not None or not start


def test_a_big_file_is_never_in_memory_as_a_whole(tmp_path: Path) -> None:
    size = 40 * 2**20
    path = tmp_path / "big.bmp"
    with path.open("wb") as stream:
        stream.truncate(size)
    digest = hashlib.sha256(bytes(size)).hexdigest()
    tracemalloc.start()
    try:
        picture = picture_in(str(path), size)
        assert sum(map(len, picture.pieces())) == size
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (picture.size, picture.fingerprint.sha256) == (size, digest)
    assert most < 2**20


def test_a_picture_may_be_as_big_as_allowed_and_no_bigger() -> None:
    assert picture_of(b"12345", 5).size == 5
    with pytest.raises(UsageError, match="more than 5 bytes, which is max_size"):
        picture_of(b"123456", 5)


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"src '.*nothing.png' cannot be read: No such file"):
        picture_in(str(tmp_path / "nothing.png"), 9)
    with pytest.raises(UsageError, match="is a folder"):
        picture_in(str(tmp_path), 9)
    (tmp_path / "empty.png").touch()
    with pytest.raises(UsageError, match="is empty"):
        picture_in(str(tmp_path / "empty.png"), 9)


def test_a_file_that_became_shorter_is_not_sent_as_if_it_were_whole(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(b"123456")
    picture = picture_in(str(path), 9)
    path.write_bytes(b"123")
    with pytest.raises(UsageError, match="became shorter"):
        list(picture.pieces())
