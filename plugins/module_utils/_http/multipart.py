# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""A multipart/form-data form that contains one file and is sent in chunks."""

from __future__ import annotations

import secrets
import typing as t
from collections.abc import Iterator, Mapping

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UsageError


class Multipart:
    """The body of the form. ``len()`` returns its length in bytes. Each iteration yields its chunks from the beginning.

    * ``fields``: strings by field name.
    * ``name``: name of the form field for the file.
    * ``filename``, ``content_type``: name and content type of the file for the server.
    * ``size``: size of the file in bytes.
    * ``pieces``: a function that returns an iterator over the file's chunks, from the beginning.
    """

    def __init__(
        self,
        fields: Mapping[str, str],
        name: str,
        filename: str,
        content_type: str,
        size: int,
        pieces: t.Callable[[], Iterator[bytes]],
    ) -> None:
        boundary = secrets.token_hex(16)
        self.content_type = f"multipart/form-data; boundary={boundary}"
        head = "".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(key)}"\r\n\r\n{value}\r\n'
            for key, value in fields.items()
        )
        head += (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"; '
            f'filename="{_quoted(filename)}"\r\n'
            f"Content-Type: {content_type}\r\n\r\n"
        )
        try:
            self._head = head.encode("utf-8")
        except UnicodeEncodeError as error:
            raise UsageError(f"The form with the file {filename!r} cannot be encoded: {error}.") from error
        self._size = size
        self._pieces = pieces
        self._tail = f"\r\n--{boundary}--\r\n".encode("ascii")

    def __len__(self) -> int:
        return len(self._head) + self._size + len(self._tail)

    def __iter__(self) -> Iterator[bytes]:
        yield self._head
        yield from self._pieces()
        yield self._tail


def _quoted(text: str) -> str:
    """Percent-encode the three characters that would end a name, as browsers do."""
    return text.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")
