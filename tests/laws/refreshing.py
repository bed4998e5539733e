# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The laws of the refresh: a refreshed inventory equals the inventory that a full read creates."""

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
# The start of a warning that only a refresh prints. A full read prints all other warnings as well.
AUDIT = "NetBox contains changes that its change log does not show"
_caches = itertools.count()


class Refreshing:
    """An inventory of ``target`` with a cache entry that is expired in every run."""

    def __init__(self, target: Target, options: Options, slices: int = SLICES) -> None:
        self.target = target
        self.options = options
        self.folder = FOLDER / f"refresh{next(_caches)}"
        # The messages that the runs printed at -v.
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
        """Refresh the inventory as a run after ``cache_timeout`` does."""
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
        # Create a record, because the plugin cannot use an empty change log.
        request.create("tenancy/contacts", name="Somebody")
    return Refreshing(mock, options)


@contextmanager
def expired() -> Iterator[None]:
    """Treat every cache entry as expired."""
    from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory import cache

    read = cache.Entry.read
    cache.Entry.read = lambda self, stale=0: None  # type: ignore[method-assign]
    try:
        yield
    finally:
        cache.Entry.read = read  # type: ignore[method-assign]


@contextmanager
def listening(said: list[str]) -> Iterator[None]:
    """Collect the messages that refreshes print at -v."""
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
    """11. Check that an inventory from changes equals a full read, even after edits while the plugin reads NetBox.

    Perform the edits in ``batches`` between runs. Perform the edits in ``between`` between the requests of a run.
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
    """12. Check that an inventory from changes equals a full read a few runs after edits without log records."""
    refreshing = _refreshing(mock, options)
    try:
        refreshing.run()
        perform(mock.netbox, steps)
        for _number in range(SLICES):
            again = refreshing.run()
        # Do not compare warnings: a run that finds the edits prints the audit's warning, and a full read does not.
        return compare(refreshing.fresh(), again, warnings=False)
    finally:
        refreshing.close()


def compare(fresh: Outcome, again: Outcome, warnings: bool = True) -> list[str]:
    """Return how an inventory from changes differs from a full read.

    If both fail with an error message, do not compare the errors. The plugin reads several lists at the same time, and
    any of them can fail first.
    """
    if fresh.error is not None and again.error is not None and again.crash is None:
        return []
    return differences(_settled(fresh), _settled(again), warnings=warnings)


def _settled(outcome: Outcome) -> Outcome:
    """Return the outcome without ``last_updated``.

    Saving an object without a change updates this time, but NetBox does not log it.
    """

    def without(value: t.Any) -> t.Any:
        if isinstance(value, dict):
            return {key: without(one) for key, one in value.items() if key != "last_updated"}
        return [without(one) for one in value] if isinstance(value, list) else value

    return dataclasses.replace(outcome, hosts={host: without(values) for host, values in outcome.hosts.items()})
