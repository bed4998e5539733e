# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Read NetBox's change log, to find the objects that changed since an earlier read.

NetBox assigns a record's ID when it inserts the record, but the record can be read only after its transaction commits.
So a record with a lower ID can appear after a record with a higher ID. Until then, the lower ID is missing from the IDs
that were read. A mark therefore stores the missing IDs as gaps. The next read requests the IDs in the gaps and the new
records. The IDs of failed transactions never appear. A mark drops a gap if the newest record is more than ``SETTLED``
later than the gap.
"""

from __future__ import annotations

import dataclasses
import datetime
import typing as t
from collections.abc import Collection, Iterable

from ansible_collections.netbox.cursor.plugins.module_utils._filters.representation import Representation
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import (
    AccessDenied,
    NetBoxError,
    NoAnswer,
    UnexpectedAnswer,
)
from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import Pairs
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager
from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row

ENDPOINT = "core/object-changes"
# Never request whole records: NetBox 4.6 and 4.7 return HTTP 500 if a page contains a record for an object type without
# a REST API, such as dcim.portmapping. With only these fields, NetBox also responds ten times as fast.
FIELDS = ("id", "time", "request_id", "action", "changed_object_type", "changed_object_id")
# NetBox's longest transactions are branch merges, which run for at most an hour. The remaining five minutes allow for
# clock differences between NetBox servers.
SETTLED = datetime.timedelta(minutes=65)
# If the gaps contain more IDs than this, all records between the lowest gap and the mark are read again.
MAX_IDS = 200
# The maximum number of records to read before a mark. If more records are needed for the first mark, the whole range
# becomes a gap.
MAX_RECORDS_BEFORE_MARK = 20_000
# If more IDs than this are missing, in total and for each record, the permission probably has constraints. Fewer
# missing IDs are normal, because edits in branches of the netbox-branching plugin, failed requests, and dry runs of
# scripts also use IDs.
MIN_HIDDEN = 1_000
MIN_HIDDEN_FOR_EACH = 20


T = t.TypeVar("T")


class Gap(t.NamedTuple):
    """A range of IDs without records, and the time of the record after the range (``before``)."""

    first: int
    last: int
    before: str


@dataclasses.dataclass(frozen=True)
class Mark:
    """A record of the change log. All changes up to this record are known, except changes that later fill a gap."""

    id: int
    time: str
    request_id: str
    gaps: tuple[Gap, ...] = ()

    def as_data(self) -> list[t.Any]:
        """Return the mark as JSON data."""
        return [self.id, self.time, self.request_id, [list(gap) for gap in self.gaps]]

    @classmethod
    def from_data(cls, data: t.Any) -> Mark:
        """Convert the result of :meth:`as_data` back to a mark. Raise :class:`ValueError` for other data."""
        try:
            number, time, request_id, gaps = data
            _moment(time)
            return cls(int(number), time, str(request_id), tuple(Gap(int(a), int(b), str(c)) for a, b, c in gaps))
        except (TypeError, AttributeError) as error:
            raise ValueError(f"not a mark: {error}") from None


class Change(t.NamedTuple):
    """One record of the change log.

    ``object_type`` is a type such as ``dcim.device``. ``action`` is ``create``, ``update``, or ``delete``.
    """

    id: int
    object_type: str
    object_id: int
    action: str


@dataclasses.dataclass(frozen=True)
class Changes:
    """The changes since a mark, and the mark for the next read.

    ``before`` contains the last data of deleted objects, by type and ID. See :meth:`ChangeLog.since`.
    """

    changes: tuple[Change, ...]
    mark: Mark
    before: dict[tuple[str, int], Row]

    def objects(self, *, deleted: bool | None = None) -> dict[str, set[int]]:
        """Return the IDs of changed objects by type.

        ``deleted`` limits the result to deleted objects (``True``) or to other objects (``False``).
        """
        gone = {change[1:3] for change in self.changes if change.action == "delete"}
        found: dict[str, set[int]] = {}
        for change in self.changes:
            if deleted is None or (change[1:3] in gone) is deleted:
                found.setdefault(change.object_type, set()).add(change.object_id)
        return found


class LogUnusable(Exception):
    """The change log is not reliable. The message contains the reason."""


class ChangeLog:
    """Reads the change log through ``pager``."""

    def __init__(self, pager: Pager) -> None:
        self._pager = pager

    def mark(self) -> Mark:
        """Return the mark of the newest record. Call this before you read the objects.

        Raise :class:`LogUnusable` if the log is empty or cannot be read.
        """
        return self._read(self._mark)

    def since(self, mark: Mark, *, max_changes: int, before: Collection[str] = ()) -> Changes:
        """Return the changes since ``mark``, without duplicates. Call this before you read the objects that changed.

        For the object types in ``before``, the result also contains the last data of deleted objects.

        Raise :class:`LogUnusable` if ``mark`` is not in the log, or if there are more than ``max_changes`` new records.
        """
        return self._read(lambda: self._since(mark, max_changes, before))

    @staticmethod
    def _read(read: t.Callable[[], T]) -> T:
        try:
            return read()
        except NoAnswer:
            # A full read would also fail, with a better error message.
            raise
        except AccessDenied as error:
            text = f"the token's user needs the permission to view object changes (core.view_objectchange): {error}"
            raise LogUnusable(text) from None
        except NetBoxError as error:
            raise LogUnusable(f"cannot read the change log: {error}") from None

    # The first mark

    def _mark(self) -> Mark:
        newest = self._highest(("id", "time", "request_id"), [])
        if newest is None:
            raise LogUnusable("the change log is empty")
        settled = _moment(newest["time"]) - SETTLED
        floor = self._highest(("id",), [("time_before", settled.isoformat())])
        first = floor["id"] + 1 if floor else 1
        rows = self._rows([("id__gte", str(first)), ("id__lt", str(newest["id"]))], limit=MAX_RECORDS_BEFORE_MARK)
        if len(rows) == MAX_RECORDS_BEFORE_MARK:
            gaps = [Gap(first, newest["id"] - 1, newest["time"])]
        else:
            gaps = _gaps(first - 1 if floor else None, [*rows, newest])
        return _settled(newest, gaps)

    def _highest(self, fields: tuple[str, ...], filters: Pairs) -> Row | None:
        """Return the record with the highest ID, or ``None``."""
        parameters = [*filters, ("ordering", "-id"), ("limit", "1"), ("fields", ",".join(fields))]
        answer = self._pager.client.get(f"api/{ENDPOINT}/", parameters)
        rows = answer.get("results") if isinstance(answer, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise UnexpectedAnswer(f"{ENDPOINT} is not a list of objects.")
        return _checked(rows, fields)[0] if rows else None

    # Later reads

    def _since(self, mark: Mark, max_changes: int, before: Collection[str]) -> Changes:
        missing = [number for gap in mark.gaps for number in range(gap.first, min(gap.last, gap.first + MAX_IDS) + 1)]
        late: list[Row] = []
        if not missing:
            rows = self._rows([("id__gte", str(mark.id))], limit=max_changes + 2)
        elif len(missing) <= MAX_IDS:
            late = self._rows([("id", str(number)) for number in [*missing, mark.id]])
            rows = self._rows([("id__gt", str(mark.id))], limit=max_changes + 1)
        else:
            first = min(gap.first for gap in mark.gaps)
            # The records between the gaps are known, but one request reads them together with the gaps.
            late = self._rows([("id__gte", str(first)), ("id__lte", str(mark.id))], limit=MAX_RECORDS_BEFORE_MARK)
            if len(late) == MAX_RECORDS_BEFORE_MARK:
                raise LogUnusable(f"more than {MAX_RECORDS_BEFORE_MARK} changes in the last hour")
            late = [
                row for row in late if row["id"] == mark.id or any(g.first <= row["id"] <= g.last for g in mark.gaps)
            ]
            rows = self._rows([("id__gt", str(mark.id))], limit=max_changes + 1)
        read = sorted((*late, *rows), key=lambda row: t.cast(int, row["id"]))
        self._check_anchor(mark, read)
        found = [row for row in read if row["id"] != mark.id]
        if len(found) > max_changes:
            raise LogUnusable(f"more than {max_changes} changes since the last refresh")
        self._check_hidden(mark, [row for row in found if row["id"] > mark.id])
        changes = tuple(
            Change(row["id"], row["changed_object_type"], row["changed_object_id"], _action(row)) for row in found
        )
        return Changes(changes, self._next(mark, read), self._before(changes, before))

    def _check_anchor(self, mark: Mark, read: list[Row]) -> None:
        anchor = next((row for row in read if row["id"] == mark.id), None)
        if anchor is None:
            if read and read[-1]["id"] > mark.id:
                raise LogUnusable(f"change {mark.id} is no longer in the change log, which was pruned or restored")
            raise LogUnusable(f"the change log ends before change {mark.id}: NetBox's database was restored")
        if (_moment(anchor["time"]), anchor["request_id"]) != (_moment(mark.time), mark.request_id):
            raise LogUnusable(
                f"change {mark.id} is not the same change as in the last run, so NetBox's database was restored"
            )

    @staticmethod
    def _check_hidden(mark: Mark, new: list[Row]) -> None:
        """Raise :class:`LogUnusable` if nearly all IDs are missing.

        For example, this happens if the user has permission to view only their own changes.
        """
        missing = new[-1]["id"] - mark.id - len(new) if new else 0
        if missing > max(MIN_HIDDEN, MIN_HIDDEN_FOR_EACH * len(new)):
            raise LogUnusable(
                f"the change log shows only {len(new)} of {len(new) + missing} changes. Either the others failed, "
                "are not finished, or are in branches, or the token's user has a permission with constraints"
            )

    def _next(self, mark: Mark, read: list[Row]) -> Mark:
        """Return the mark for the next read."""
        seen = {row["id"] for row in read}
        gaps = [
            part
            for gap in mark.gaps
            for part in _parts(gap, sorted(number for number in seen if gap.first <= number <= gap.last))
        ]
        new = [row for row in read if row["id"] >= mark.id]
        gaps += _gaps(mark.id - 1, new)
        return _settled(new[-1], gaps)

    def _before(self, changes: Iterable[Change], types: Collection[str]) -> dict[tuple[str, int], Row]:
        """Return the last data of deleted objects with these types."""
        deleted = [change for change in changes if change.action == "delete" and change.object_type in types]
        if not deleted:
            return {}
        fields = ("id", "changed_object_type", "changed_object_id", "prechange_data")
        rows = self._rows([("id", str(change.id)) for change in deleted], fields)
        return {(row["changed_object_type"], row["changed_object_id"]): row["prechange_data"] or {} for row in rows}

    def _rows(self, filters: Pairs, fields: tuple[str, ...] = FIELDS, limit: int | None = None) -> list[Row]:
        shape = Representation(fields=fields)
        rows = self._pager.rows(ENDPOINT, filters, representation=shape, limit=limit, are_small=fields == FIELDS)
        return _checked(list(rows), fields)


def _checked(rows: list[Row], fields: tuple[str, ...]) -> list[Row]:
    """Return the rows. Raise :class:`UnexpectedAnswer` if they are not records of a change log."""
    for row in rows:
        for name in fields:
            kind = int if name in ("id", "changed_object_id") else object
            if name not in row or not isinstance(row[name], kind):
                raise UnexpectedAnswer(f"{ENDPOINT}: NetBox returned a record without a valid {name}.")
        if "time" in fields:
            try:
                _moment(row["time"])
            except (ValueError, AttributeError):
                raise UnexpectedAnswer(f"{ENDPOINT}: NetBox returned a record without a valid time.") from None
    return rows


def _action(row: Row) -> str:
    value = row["action"]
    return str(value.get("value") if isinstance(value, dict) else value)


def _moment(time: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(time.replace("Z", "+00:00"))


def _gaps(last: int | None, rows: Iterable[Row]) -> list[Gap]:
    """Return the gaps between rows in ID order, and between the ID ``last`` and the first row."""
    gaps = []
    for row in rows:
        if last is not None and row["id"] > last + 1:
            gaps.append(Gap(last + 1, row["id"] - 1, row["time"]))
        last = row["id"]
    return gaps


def _parts(gap: Gap, seen: list[int]) -> list[Gap]:
    """Return the parts of a gap that remain after some IDs in it were read."""
    parts, first = [], gap.first
    for number in [*seen, gap.last + 1]:
        if number > first:
            parts.append(Gap(first, number - 1, gap.before))
        first = number + 1
    return parts


def _settled(newest: Row, gaps: Iterable[Gap]) -> Mark:
    """Return the mark of the ``newest`` record, without gaps that can no longer be filled."""
    oldest = _moment(newest["time"]) - SETTLED
    left = tuple(gap for gap in gaps if _moment(gap.before) >= oldest)
    return Mark(newest["id"], newest["time"], newest["request_id"], left)
