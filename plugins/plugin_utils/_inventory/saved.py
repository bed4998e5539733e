# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""A snapshot as text for Ansible's cache, in parts, and what a refresh has to know about it."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import typing as t
import zlib
from collections.abc import Iterable, Iterator, Sequence

from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.changes import Mark
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.snapshot import Snapshot

# Another number makes every snapshot in a cache useless, so that everything is read.
FORMAT = 1
# A part with so many rows has some megabytes.
ROWS_IN_PART = 10_000


@dataclasses.dataclass(frozen=True)
class State:
    """When and how far a snapshot shows NetBox.

    * ``mark``: the newest change that the snapshot contains.
    * ``version``: NetBox's version.
    * ``full_read``: when everything was read, in seconds since 1970.
    * ``audit``: which slice the next audit reads.
    * ``denied``: as in :class:`Snapshot`.
    * ``digests``: the hashes of the parts of the snapshot.
    """

    mark: Mark
    version: str
    full_read: float
    audit: int
    denied: dict[str, str]
    digests: tuple[str, ...]

    def as_data(self) -> dict[str, t.Any]:
        """Return the state as JSON data."""
        return {**vars(self), "format": FORMAT, "mark": self.mark.as_data(), "digests": list(self.digests)}

    @classmethod
    def from_data(cls, data: t.Any) -> State | None:
        """Return the state that :meth:`as_data` made into data, or ``None`` for other data."""
        try:
            if data["format"] != FORMAT:
                return None
            return cls(
                Mark.from_data(data["mark"]),
                str(data["version"]),
                float(data["full_read"]),
                int(data["audit"]),
                {str(name): str(text) for name, text in data["denied"].items()},
                tuple(map(str, data["digests"])),
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            return None


def pack(snapshot: Snapshot) -> list[str]:
    """Return the rows of a snapshot as text, in parts."""
    return [
        base64.b64encode(zlib.compress(json.dumps(part, ensure_ascii=False).encode(), level=1)).decode()
        for part in _parts(snapshot)
    ]


def unpack(parts: Iterable[str], denied: dict[str, str]) -> Snapshot:
    """Return the snapshot that :func:`pack` made into text. Raise :class:`ValueError` for other text."""
    snapshot = Snapshot(denied=dict(denied))
    try:
        for part in parts:
            for name, rows in json.loads(zlib.decompress(base64.b64decode(part))):
                snapshot.tables.setdefault(name, {}).update((row["id"], row) for row in rows)
    except (zlib.error, KeyError, TypeError) as error:
        raise ValueError(f"not a snapshot: {error}") from None
    return snapshot


def digests_of(parts: Sequence[str]) -> tuple[str, ...]:
    """Return the hashes of parts."""
    return tuple(hashlib.sha256(part.encode()).hexdigest() for part in parts)


def _parts(snapshot: Snapshot) -> Iterator[list[tuple[str, list[Row]]]]:
    part: list[tuple[str, list[Row]]] = []
    room = ROWS_IN_PART
    for name, table in snapshot.tables.items():
        rows = list(table.values())
        # A table without rows was read, too.
        for start in range(0, len(rows) or 1, ROWS_IN_PART):
            some = rows[start : start + ROWS_IN_PART]
            if len(some) > room:
                yield part
                part, room = [], ROWS_IN_PART
            part.append((name, some))
            room -= len(some)
    yield part
