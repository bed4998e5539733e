# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The change log: its records, their IDs, and their visibility."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from ._endpoints import endpoint_of, type_of
from ._lookups import Ids
from ._tables import HERE, Estate, Row, Table

ENDPOINT = "core/object-changes"
ADMIN = {"id": 1, "url": f"{HERE}/api/users/users/1/", "display": "admin", "username": "admin"}
LABELS = {"create": "Created", "update": "Updated", "delete": "Deleted"}


class Clock:
    """The clock of the server. Tests can advance it."""

    def __init__(self) -> None:
        self._offset = datetime.timedelta()
        self._last = datetime.datetime.min.replace(tzinfo=datetime.timezone.utc)

    def now(self) -> datetime.datetime:
        """Return the current time. Every call returns a later time, so that the order of records is defined."""
        now = datetime.datetime.now(datetime.timezone.utc) + self._offset
        self._last = max(now, self._last + datetime.timedelta(microseconds=1))
        return self._last

    def advance(self, **amount: float) -> None:
        """Advance the clock, for example with `advance(minutes=5)`."""
        self._offset += datetime.timedelta(**amount)


def stamp(moment: datetime.datetime) -> str:
    """Return a time in the format of NetBox."""
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


class ChangeLog:
    """The change records of one mock NetBox, and the sequence of their IDs."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self.next_id = max(self.table.ids(), default=0) + 1
        # Returns whether a constrained permission hides a record. None means that all records are visible.
        self.hides: Callable[[Row], bool] | None = None

    @property
    def table(self) -> Table:
        return self._estate.table(ENDPOINT)

    def records(self) -> list[Row]:
        """Return all records in ID order."""
        return [self.table[pk] for pk in self.table.ids()]

    def visible(self, found: Ids) -> Ids:
        """Return the IDs in `found` whose records the token's user has permission to view. None means all IDs."""
        if self.hides is None:
            return found
        ids = self.table.ids() if found is None else found
        return [pk for pk in ids if not self.hides(self.table[pk])]

    def reserve(self, count: int) -> int:
        """Reserve IDs, like a transaction that commits later or never. Return the first ID."""
        first = self.next_id
        self.next_id += count
        return first

    def add(
        self,
        action: str,
        endpoint: str,
        row: Row,
        before: Row | None,
        after: Row | None,
        *,
        pk: int,
        time: str,
        request_id: str,
    ) -> Row:
        """Add a record for a write of `row`."""
        kind = type_of(endpoint)
        text = f"{kind} {row['display']} {LABELS[action].lower()} by admin"
        record = {
            "id": pk,
            "url": f"{HERE}/api/{ENDPOINT}/{pk}/",
            "display_url": f"{HERE}/core/changelog/{pk}/",
            "display": text,
            "time": time,
            "user": ADMIN,
            "user_name": "admin",
            "request_id": request_id,
            "action": {"value": action, "label": LABELS[action]},
            "changed_object_type": kind,
            "changed_object_id": row["id"],
            "changed_object": None,
            "object_repr": row["display"],
            "message": "",
            "prechange_data": before,
            "postchange_data": after,
        }
        if action != "delete":
            record["changed_object"] = {name: row[name] for name in endpoint_of(endpoint).brief if name in row}
        else:
            self._forget_object(kind, row["id"])
        self.table[pk] = record
        return record

    def _forget_object(self, kind: str, pk: int) -> None:
        for record in list(self.table.values()):
            if record["changed_object_id"] == pk and record["changed_object_type"] == kind:
                self.table[record["id"]] = {**record, "changed_object": None}

    def prune(self, before: datetime.datetime) -> None:
        """Delete the records that are older than a time, as CHANGELOG_RETENTION does."""
        for record in self.records():
            if record["time"] < stamp(before):
                del self.table[record["id"]]
