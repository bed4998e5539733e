# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Build the image attachment that a module's options describe, and check whether NetBox would accept it."""

from __future__ import annotations

import base64
import dataclasses
import os
import re
import typing as t
from collections.abc import Mapping

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UsageError
from ansible_collections.netbox.cursor.plugins.module_utils._media.image_files import (
    EXTENSIONS,
    ImageFile,
    decode_image,
    load_image,
)

# NetBox stores the dimensions of an image as 16-bit integers.
MAX_PIXELS_PER_SIDE = 32767
# NetBox accepts every file name extension that its image library, Pillow, registers.
_EXTENSION_NAMES = (
    "apng avif avifs blp bmp bufr bw cur dcx dds dib emf eps fit fits flc fli ftc ftu gbr gif grib h5 hdf icb icns "
    "ico iim im j2c j2k jfif jp2 jpc jpe jpeg jpf jpg jpx mpeg mpg mpo msp palm pbm pcd pcx pdf pfm pgm png pnm ppm "
    "ps psd pxr qoi ras rgb rgba sgi tga tif tiff vda vst webp wmf xbm xpm "
)
ACCEPTED_EXTENSIONS = frozenset(_EXTENSION_NAMES.split())
# File name extensions of the types that this collection detects. If a file has such an extension but its type is not
# detected, the file is not an image.
_DETECTED_EXTENSIONS = frozenset(EXTENSIONS.values()) | {"apng", "avifs", "jfif", "jpe", "jpeg", "tiff"}


@dataclasses.dataclass(frozen=True)
class DesiredImage:
    """The desired image attachment. If ``description`` is ``None``, the current description is kept."""

    name: str
    description: str | None
    file: ImageFile
    filename: str
    content_type: str

    @classmethod
    def from_options(cls, options: Mapping[str, t.Any]) -> DesiredImage:
        """Read the image that the module's options specify. Raise :class:`UsageError` if an option is invalid."""
        name = attachment_name(options)
        if options["src"] is not None:
            file = load_image(options["src"], options["max_size"])
        else:
            file = decode_image(_decode(options["content"]), options["max_size"])
        detected = file.type.content_type
        filename = options["filename"] or os.path.basename(options["src"] or "")
        if detected and not os.path.splitext(filename)[1]:
            filename = f"{filename or name or 'image'}.{EXTENSIONS[detected]}"
        content_type = options["content_type"] or detected or "application/octet-stream"
        if not re.fullmatch(r"[\w.+-]+/[\w.+-]+", content_type, flags=re.ASCII):
            raise UsageError(f"Invalid content_type {content_type!r}. Use a media type such as image/png.")
        description = options["description"]
        # NetBox strips surrounding whitespace from strings.
        description = None if description is None else str(description).strip()
        return cls(name, description, file, filename or name, content_type)

    def describe_file(self) -> dict[str, t.Any]:
        """Return the module's result values for the image file."""
        return {
            "size": self.file.fingerprint.size,
            "sha256": self.file.fingerprint.sha256,
            "content_type": self.content_type,
            "width": self.file.type.width,
            "height": self.file.type.height,
        }

    def describe(self) -> dict[str, t.Any]:
        """Return the values of this image for a diff."""
        return {
            "name": self.name,
            "description": self.description or "",
            "size": self.file.fingerprint.size,
            "width": self.file.type.width,
            "height": self.file.type.height,
            "sha256": self.file.fingerprint.sha256,
        }

    def check_file(self) -> None:
        """Raise :class:`UsageError` if NetBox would certainly reject the image file."""
        extension = os.path.splitext(self.filename)[1][1:].lower()
        if "image/svg+xml" in (self.file.type.content_type, self.content_type) or extension == "svg":
            raise UsageError("NetBox does not accept SVG images as image attachments.")
        if extension not in ACCEPTED_EXTENSIONS:
            raise UsageError(f"filename {self.filename!r} does not have an image extension that NetBox accepts.")
        if self.file.type.content_type is None and extension in _DETECTED_EXTENSIONS:
            raise UsageError(f"{self.file.label} is not an image in a format that NetBox accepts.")
        for side in (self.file.type.width, self.file.type.height):
            if side is not None and side > MAX_PIXELS_PER_SIDE:
                raise UsageError(
                    f"{self.file.label} is {self.file.type.width} x {self.file.type.height} pixels. "
                    f"NetBox accepts at most {MAX_PIXELS_PER_SIDE} pixels per side."
                )

    def check_lengths(self, fields: Mapping[str, t.Any]) -> None:
        """Raise :class:`UsageError` if a string exceeds its maximum length in ``fields``."""
        texts = {"name": self.name, "description": self.description or "", "image": self.filename}
        for field, text in texts.items():
            described = fields.get(field)
            limit = described.get("max_length") if isinstance(described, Mapping) else None
            if isinstance(limit, int) and len(text) > limit:
                option = "filename" if field == "image" else field
                raise UsageError(f"{option} has {len(text)} characters. NetBox accepts at most {limit}.")


def attachment_name(options: Mapping[str, t.Any]) -> str:
    """Return the attachment's name without surrounding whitespace, which NetBox would remove."""
    if options["name"] is not None:
        return str(options["name"]).strip()
    return os.path.splitext(os.path.basename(options["filename"] or options["src"]))[0].strip()


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except ValueError as error:
        raise UsageError(f"content must be Base64: {error}.") from None
