# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Run the inventory with ``refresh: changes``: update the snapshot from the cache, or read everything."""

from __future__ import annotations

import dataclasses
import time
import typing as t

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import (
    DOWN,
    NetBoxError,
    NoAnswer,
    UnexpectedAnswer,
)
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager
from ansible_collections.netbox.cursor.plugins.plugin_utils._connection import connect, open_pager
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.audit import Audit
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.cache import Entry
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.changes import ChangeLog, LogUnusable, Mark
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.effects import unsupported
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.graphql import number_addresses
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.options import Options
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.patch import (
    BEFORE,
    FullReadNeeded,
    Patch,
    counted,
)
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.plan import Plan
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.progress import Progress
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.read import Reader
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.saved import State, digests_of, pack, unpack
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.snapshot import Snapshot
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.tables import HOSTS
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.values import listing

# The default for the option `max_changes` is a tenth of the number of hosts, or this number if it is larger.
MIN_CHANGES = 1_000


@dataclasses.dataclass
class Refreshed:
    """A snapshot, the plan for reading it, and the data that the cache stores for the next refresh."""

    snapshot: Snapshot
    plan: Plan
    state: State | None
    parts: list[str]


def read_refreshed(plugin: t.Any, plan: Plan, options: Options, entry: Entry, use_cache: bool) -> Refreshed:
    """Read everything in the plan. With ``use_cache``, try to read only the changes since the snapshot in ``entry``."""
    with connect(plugin, "inventory") as client, open_pager(plugin, client) as pager, Progress() as progress:
        reader = Reader(pager, plan, options, plugin.get_option("transport"), progress)
        refresh = Refresh(plugin, pager, reader, plan, options)
        reason = refresh.unsupported()
        if reason:
            refresh.say(f"full read: {reason}")
            return Refreshed(reader.read(), reader.plan, None, [])
        try:
            if not use_cache:
                raise FullReadNeeded("the cache is not used")
            refreshed = refresh.from_changes(entry)
        except (FullReadNeeded, LogUnusable) as reason_for:
            refresh.say(f"full read: {reason_for}")
        except DOWN:
            raise
        except NetBoxError as error:
            refresh.say(f"full read: {error}")
        else:
            return refreshed
        return refresh.everything()


class Refresh:
    """Refreshes the inventory of ``plugin``, with requests through ``pager`` and ``reader``."""

    def __init__(self, plugin: t.Any, pager: Pager, reader: Reader, plan: Plan, options: Options) -> None:
        self._plugin = plugin
        self._pager = pager
        self._reader = reader
        self._plan = plan
        self._options = options
        self._log = ChangeLog(pager)
        self._kinds = options.kinds
        self._slices = plugin.get_option("audit_slices")

    def say(self, text: str) -> None:
        """Print a line if Ansible runs with ``-v``."""
        self._plugin.display.verbose(f"netbox.cursor: refresh: {text}", caplevel=0)

    def unsupported(self) -> str | None:
        """Return the reason why every run must read everything, or ``None``."""
        if self._plugin.get_option("branch"):
            return "the option branch is set"
        return unsupported(self._plan, self._options, self._kinds)

    def everything(self) -> Refreshed:
        """Read everything. The new state contains the newest change from before the read."""
        mark, version = self._beginning()
        began = time.time()
        snapshot = self._reader.read()
        if mark is None or self._reader.plan != self._plan:
            return Refreshed(snapshot, self._reader.plan, None, [])
        for kind in self._kinds:
            number_addresses(snapshot.table(kind).values())
        parts = pack(snapshot)
        state = State(mark, version, began, 0, snapshot.denied, digests_of(parts))
        return Refreshed(snapshot, self._plan, state, parts)

    def _beginning(self) -> tuple[Mark | None, str]:
        """Return the mark of the newest change, and NetBox's version.

        The mark is ``None`` if the next run cannot use the change log.
        """
        try:
            return self._log.mark(), self._version()
        except NoAnswer:
            raise
        except (LogUnusable, NetBoxError) as error:
            self.say(f"the next run must read everything as well: {error}")
            return None, ""

    def from_changes(self, entry: Entry) -> Refreshed:
        """Update the snapshot from the cache, and return it.

        Raise :class:`FullReadNeeded` or :class:`LogUnusable` if everything must be read instead.
        """
        began = time.monotonic()
        state = self._state(entry)
        limit = self._plugin.get_option("max_changes")
        parts = self._parts(entry, state)
        try:
            snapshot, base = unpack(parts, state.denied, difference=state.difference)
        except ValueError as error:
            raise FullReadNeeded(str(error)) from None
        limit = limit or max(MIN_CHANGES, sum(len(snapshot.table(kind)) for kind in self._kinds) // 10)
        changes = self._log.since(state.mark, max_changes=limit, before=BEFORE)
        if self._version() != state.version:
            raise FullReadNeeded(f"NetBox {state.version} was upgraded")
        self._reader.open()
        patch = Patch(self._reader, self._plan, self._options, snapshot, changes, limit)
        patch.apply()
        self._check_counts(snapshot, patch, changes.mark)
        audit, clean = self._audit(snapshot, state.audit, changes.mark)
        parts = [*(parts[:-1] if state.difference else parts), base.difference(snapshot)]
        digests = (*state.digests[: len(parts) - 1], *digests_of(parts[-1:]))
        state = State(changes.mark, state.version, state.full_read, audit, snapshot.denied, digests, difference=True)
        self.say(
            f"{len(changes.changes)} changes, {counted(patch.read)} read again, audit {clean}, "
            f"{self._pager.client.sent} requests, {time.monotonic() - began:.1f} s"
        )
        return Refreshed(snapshot, self._plan, state, parts)

    def _state(self, entry: Entry) -> State:
        state = State.from_data(entry.read_state())
        if state is None:
            raise FullReadNeeded("the cache contains no snapshot")
        # The age can be negative, because the clocks of several controllers can differ.
        age = abs(time.time() - state.full_read)
        if age >= self._plugin.get_option("refresh_full_age"):
            raise FullReadNeeded("the last full read is older than refresh_full_age")
        return state

    @staticmethod
    def _parts(entry: Entry, state: State) -> list[str]:
        parts = entry.read_parts(len(state.digests))
        if parts is None or digests_of(parts) != state.digests:
            raise FullReadNeeded("a part of the snapshot is not in the cache")
        return parts

    def _version(self) -> str:
        """Return NetBox's version. An upgrade changes objects without change records."""
        status = self._pager.client.get("api/status/")
        version = status.get("netbox-version") if isinstance(status, dict) else None
        if not isinstance(version, str):
            raise UnexpectedAnswer("api/status/ does not contain the version of NetBox.")
        return version

    def _is_edited(self, mark: Mark) -> bool:
        """Return whether the change log contains changes after ``mark``, or is unusable."""
        try:
            return bool(self._log.since(mark, max_changes=MIN_CHANGES).changes)
        except LogUnusable:
            return True

    def _check_counts(self, snapshot: Snapshot, patch: Patch, mark: Mark) -> None:
        """Compare the number of hosts of each kind with NetBox.

        Raise :class:`FullReadNeeded` if a number differs, unless NetBox is being edited.
        """
        for kind in self._kinds:
            if kind in patch.swept:
                continue
            count = self._pager.count(HOSTS[kind].endpoint, self._options.filters(kind))
            known = len(snapshot.table(kind))
            if count != known and not self._is_edited(mark):
                name = kind.replace("_", " ")
                raise FullReadNeeded(f"NetBox has {count} {name}, and the snapshot has {known}")

    def _audit(self, snapshot: Snapshot, number: int, mark: Mark) -> tuple[int, str]:
        """Compare one slice of the snapshot with NetBox. Return the number of the next slice, and describe the result.

        Raise :class:`FullReadNeeded` if the slice differs, unless NetBox is being edited.
        """
        if self._slices < 1:
            return 0, "off"
        number %= self._slices
        audit = Audit(self._reader, self._plan, self._options, snapshot, self._slices)
        found = audit.differences(number)
        if not found:
            return (number + 1) % self._slices, f"{number + 1}/{self._slices} clean"
        if self._is_edited(mark):
            return number, f"{number + 1}/{self._slices} repeated because NetBox is being edited"
        self._plugin.display.warning(
            f"NetBox contains changes that its change log does not show, so the plugin reads everything again: "
            f"{listing(found)}."
        )
        raise FullReadNeeded("the audit found changes without a record")
