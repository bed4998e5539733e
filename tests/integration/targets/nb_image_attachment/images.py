# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images in all common formats, and with the irregularities of real files."""

from __future__ import annotations

import io
import typing as t
from pathlib import Path

from PIL import Image, features


def encode(form: str, mode: str = "RGB", size: tuple[int, int] = (64, 48), **options: t.Any) -> bytes:
    stream = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert(mode).save(stream, form, **options)
    return stream.getvalue()


def animate(form: str) -> bytes:
    stream = io.BytesIO()
    frames = [Image.new("RGB", (64, 48), color) for color in ("red", "green", "blue")]
    frames[0].save(stream, form, save_all=True, append_images=frames[1:])
    return stream.getvalue()


def with_screen(gif: bytes, width: int, height: int) -> bytes:
    """Return ``gif`` with another size of its logical screen."""
    return gif[:6] + width.to_bytes(2, "little") + height.to_bytes(2, "little") + gif[10:]


def os2_bitmap() -> bytes:
    pixels = b"\0\0\xff\0\xff\0\0\0"
    header = (12).to_bytes(4, "little") + b"\2\0\1\0\1\0\x18\0"
    return b"BM" + (26 + len(pixels)).to_bytes(4, "little") + b"\0\0\0\0" + (26).to_bytes(4, "little") + header + pixels


def top_down_bitmap() -> bytes:
    bitmap = encode("BMP")
    height = int.from_bytes(bitmap[22:26], "little")
    return bitmap[:22] + (-height).to_bytes(4, "little", signed=True) + bitmap[26:]


def rotated_photo() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6  # rotated by 90 degrees
    return encode("JPEG", exif=exif, comment=b"x" * 300)


def write_images(folder: Path) -> list[dict[str, str]]:
    """Write the images into ``folder``. Return options of nb_image_attachment for each."""
    gif = encode("GIF", "P")
    contents: dict[str, bytes] = {
        "rgb.png": encode("PNG"),
        "palette.png": encode("PNG", "P"),
        "gray 16 bit.png": encode("PNG", "I;16"),
        "animated.png": animate("PNG"),
        "trailing bytes.png": encode("PNG") + b"trailing bytes",
        "one pixel.png": encode("PNG", size=(1, 1)),
        "wide.png": encode("PNG", size=(32767, 1)),
        "plain.gif": gif,
        "animated.gif": animate("GIF"),
        "without a screen.gif": with_screen(gif, 0, 0),
        "small screen.gif": with_screen(gif, 1, 1),
        "large screen.gif": with_screen(gif, 1000, 900),
        "baseline.jpg": encode("JPEG"),
        "progressive.jpeg": encode("JPEG", progressive=True),
        "cmyk.jpg": encode("JPEG", "CMYK"),
        "rotated.jpg": rotated_photo(),
        "trailing bytes.jpg": encode("JPEG") + b"\0" * 5000,
        "several pictures.jpg": animate("MPO"),
        "lossy.webp": encode("WEBP"),
        "lossless.webp": encode("WEBP", lossless=True),
        "animated.webp": animate("WEBP"),
        "windows.bmp": encode("BMP"),
        "os2.bmp": os2_bitmap(),
        "top down.bmp": top_down_bitmap(),
        "little endian.tif": encode("TIFF"),
        "compressed.tiff": encode("TIFF", compression="tiff_deflate"),
        "icon.ico": encode("ICO"),
        "portable.ppm": encode("PPM"),
        "targa.tga": encode("TGA"),
        "UPPER CASE.PNG": encode("PNG"),
        "another type.jpg": encode("PNG"),
        "Größe, 東京 & 100%.png": encode("PNG"),
    }
    if features.check("avif"):
        contents["still.avif"] = encode("AVIF")
    if features.check("jpg_2000"):
        contents["jpeg 2000.jp2"] = encode("JPEG2000")
    images = []
    for name, content in contents.items():
        (folder / name).write_bytes(content)
        images.append({"name": f" {name}\t", "src": str(folder / name), "description": f"{name}\n"})
    return images
