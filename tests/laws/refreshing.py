# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The laws of the refresh: an inventory that was brought up to date is the one that a full read gives."""

from __future__ import annotations

import dataclasses
import itertools
import shutil
import typing as t
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ansible_collections.netbox.cursor.tests.laws.configurations import Options
from ansible_collections.netbox.cursor.tests.laws.running import FOLDER, Mock, Outcome, Target, differences
from ansible_collections.netbox.cursor.tests.stand_in.edit_strategies import Step, editing_between_requests, perform

SLICES = 3
# The plugin warns of this. Any other warning is one that a full read shows as well.
AUDIT = "NetBox contains changes that its change log does not show"
_caches = itertools.count()


class Refreshing:
    """An inventory of ``target`` in a cache that is too old for a cached run, each time that it is read."""

    def __init__(self, target: Target, options: Options, slices: int = SLICES) -> None:
        self.target = target
        self.options = options
        self.folder = FOLDER / f"refresh{next(_caches)}"
        # What each run said at -v.
        self.said: list[str] = []
        self._refresh = {
            **options,
            "cache": True,
            "cache_plugin": "ansible.builtin.jsonfile",
            "cache_connection": str(self.folder),
            "cache_timeout": 3600,
            "refresh": "changes",
            "audit_slices": slices,
        }

    def run(self) -> Outcome:
        """Read the inventory as a run after ``cache_timeout`` does."""
        with expired(), listening(self.said):
            return self.target.run(self._refresh)

    def fresh(self) -> Outcome:
        """Read everything, without a cache."""
        return self.target.run(self.options)

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def _refreshing(mock: Mock, options: Options) -> Refreshing:
    mock.netbox.edits.settle()
    with mock.netbox.edits.request() as request:
        # The log of a NetBox that nobody has edited is empty, and shows nothing.
        request.create("tenancy/contacts", name="Somebody")
    return Refreshing(mock, options)


@contextmanager
def expired() -> Iterator[None]:
    """Let no entry be new enough for a cached run."""
    from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory import cache

    read = cache.Entry.read
    cache.Entry.read = lambda self, stale=0: None  # type: ignore[method-assign]
    try:
        yield
    finally:
        cache.Entry.read = read  # type: ignore[method-assign]


@contextmanager
def listening(said: list[str]) -> Iterator[None]:
    """Collect what refreshes say at -v."""
    from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory import refresh

    say = refresh.Refresh.say
    refresh.Refresh.say = lambda self, text: said.append(text)  # type: ignore[method-assign]
    try:
        yield
    finally:
        refresh.Refresh.say = say  # type: ignore[method-assign]


def logged_edits_are_followed(
    mock: Mock, options: Options, batches: Sequence[list[Step]], between: Sequence[list[Step]]
) -> list[str]:
    """11. After edits, also while NetBox is read, an inventory from changes is the one of a full read.

    ``batches`` are performed between runs, ``between`` between the requests of these runs.
    """
    refreshing = _refreshing(mock, options)
    found: list[str] = []
    try:
        for place, steps in enumerate(batches):
            during = between[place] if place < len(between) else []
            with editing_between_requests(mock.netbox, during) as editor:
                refreshing.run()
            editor.finish()
            perform(mock.netbox, steps)
            again = refreshing.run()
            fresh = refreshing.fresh()
            found += [text for text in again.warnings if text.startswith(AUDIT)]
            found += [f"batch {place}: {each}" for each in compare(fresh, again)]
            if found:
                break
    finally:
        refreshing.close()
    return [*found, *refreshing.said] if found else []


def unlogged_edits_are_found(mock: Mock, options: Options, steps: list[Step]) -> list[str]:
    """12. After writes without records, an inventory from changes is the one of a full read within some runs."""
    refreshing = _refreshing(mock, options)
    try:
        refreshing.run()
        perform(mock.netbox, steps)
        for _number in range(SLICES):
            again = refreshing.run()
        # The audit's warning is the last thing that the run said.
        return compare(refreshing.fresh(), again, warnings=False)
    finally:
        refreshing.close()


def compare(fresh: Outcome, again: Outcome, warnings: bool = True) -> list[str]:
    """Return how an inventory from changes differs from a full read.

    If both fail, the error of any of the lists that are read at the same time can be the first one.
    """
    if fresh.error is not None and again.error is not None and again.crash is None:
        return []
    return differences(_settled(fresh), _settled(again), warnings=warnings)


def _settled(outcome: Outcome) -> Outcome:
    """Return the outcome without times that a save without a change moves: NetBox does not log it."""

    def without(value: t.Any) -> t.Any:
        if isinstance(value, dict):
            return {key: without(one) for key, one in value.items() if key != "last_updated"}
        return [without(one) for one in value] if isinstance(value, list) else value

    return dataclasses.replace(outcome, hosts={host: without(values) for host, values in outcome.hosts.items()})
