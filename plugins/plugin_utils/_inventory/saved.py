# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Convert a snapshot to strings for Ansible's cache, with the state that a refresh needs."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import typing as t
import zlib
from collections.abc import Iterator, Sequence

from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.changes import Mark
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.columns import Run, from_columns, to_columns
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.snapshot import Snapshot

# Increase this number to invalidate all cached snapshots, so that the next run reads everything.
FORMAT = 1
# The maximum number of rows in a part. The size of a part with this number of rows is several megabytes.
ROWS_IN_PART = 10_000


@dataclasses.dataclass(frozen=True)
class State:
    """The state of a snapshot.

    * ``mark``: the newest change that the snapshot contains.
    * ``version``: NetBox's version.
    * ``full_read``: when everything was read, in seconds since 1970.
    * ``audit``: the number of the slice that the next audit reads.
    * ``denied``: NetBox's errors, as in :class:`Snapshot`.
    * ``digests``: the hashes of the parts of the snapshot.
    * ``difference``: whether the last part contains the differences from the other parts.
    """

    mark: Mark
    version: str
    full_read: float
    audit: int
    denied: dict[str, str]
    digests: tuple[str, ...]
    difference: bool = False

    def as_data(self) -> dict[str, t.Any]:
        """Return the state as JSON data."""
        return {**vars(self), "format": FORMAT, "mark": self.mark.as_data(), "digests": list(self.digests)}

    @classmethod
    def from_data(cls, data: t.Any) -> State | None:
        """Convert the result of :meth:`as_data` back to a state. Return ``None`` for any other data."""
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
                bool(data["difference"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            return None


class Base:
    """The tables of the last full read. The cache stores them once, and a refresh stores only the differences.

    Code that updates the snapshot must replace rows instead of changing them.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self._tables = {name: dict(table) for name, table in snapshot.tables.items()}

    def difference(self, snapshot: Snapshot) -> str:
        """Return one part with the differences from the base: changed rows, IDs of removed rows, and removed tables."""
        changed, gone = [], {}
        for name, table in snapshot.tables.items():
            base = self._tables.get(name, {})
            rows = [row for number, row in table.items() if base.get(number) is not row]
            changed.append((name, to_columns(rows)))
            gone[name] = [number for number in base if number not in table]
        missing = [name for name in self._tables if name not in snapshot.tables]
        return _packed({"changed": changed, "gone": gone, "missing": missing})


def pack(snapshot: Snapshot) -> list[str]:
    """Convert the rows of a snapshot to strings (parts)."""
    return [_packed(part) for part in _parts(snapshot)]


def unpack(parts: Sequence[str], denied: dict[str, str], *, difference: bool) -> tuple[Snapshot, Base]:
    """Convert the result of :func:`pack` back to a snapshot. Return the snapshot and its base.

    With ``difference``, the last part contains the differences from the base. Raise :class:`ValueError` for invalid
    parts.
    """
    snapshot = Snapshot(denied=dict(denied))
    try:
        for part in parts[:-1] if difference else parts:
            _add(snapshot, _unpacked(part))
        base = Base(snapshot)
        if difference:
            later = _unpacked(parts[-1])
            for name in later["missing"]:
                del snapshot.tables[name]
            for name, numbers in later["gone"].items():
                for number in numbers:
                    del snapshot.tables[name][number]
            _add(snapshot, later["changed"])
    except (zlib.error, KeyError, TypeError, IndexError) as error:
        raise ValueError(f"not a snapshot: {error}") from None
    return snapshot, base


def _add(snapshot: Snapshot, content: t.Any) -> None:
    for name, runs in content:
        snapshot.tables.setdefault(name, {}).update((row["id"], row) for row in from_columns(runs))


def _packed(content: t.Any) -> str:
    text = json.dumps(content, ensure_ascii=False, check_circular=False)
    return base64.b64encode(zlib.compress(text.encode(), level=1)).decode()


def _unpacked(text: str) -> t.Any:
    return json.loads(zlib.decompress(base64.b64decode(text)))


def digests_of(parts: Sequence[str]) -> tuple[str, ...]:
    """Return the hash of each part."""
    return tuple(hashlib.sha256(part.encode()).hexdigest() for part in parts)


def _parts(snapshot: Snapshot) -> Iterator[list[tuple[str, list[Run]]]]:
    part: list[tuple[str, list[Run]]] = []
    room = ROWS_IN_PART
    for name, table in snapshot.tables.items():
        rows = list(table.values())
        # Include empty tables, because they were also read.
        for start in range(0, len(rows) or 1, ROWS_IN_PART):
            some = rows[start : start + ROWS_IN_PART]
            if len(some) > room:
                yield part
                part, room = [], ROWS_IN_PART
            part.append((name, to_columns(some)))
            room -= len(some)
    yield part
