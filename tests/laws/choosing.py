# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Laws of the filter sets, of excluded variables, and of the guard against inventories that shrink.

Each function returns one line per contradiction of its law.
"""

from __future__ import annotations

import dataclasses
import itertools
import typing as t
from collections.abc import Sequence

from ansible_collections.netbox.cursor.tests.laws.configurations import HOST_VARS, Options
from ansible_collections.netbox.cursor.tests.laws.described import Described
from ansible_collections.netbox.cursor.tests.laws.laws import DEVICES, VMS, WHO
from ansible_collections.netbox.cursor.tests.laws.running import FOLDER, Mock, Target, differences

Filters = dict[str, t.Any]
_caches = itertools.count()


def without_chassis(described: Described) -> Described:
    """Return the estate without virtual chassis, so that each device becomes a host."""
    devices = [{key: value for key, value in one.items() if key != "chassis"} for one in described.devices]
    return dataclasses.replace(described, chassis=[], devices=devices)


def selected(target: Target, options: Options) -> set[str] | str:
    """Return the URLs of the objects that became hosts, or the error message."""
    outcome = target.run({**options, "host_vars": [], "compose": {WHO: "netbox.url"}})
    return outcome.error or {variables[WHO] for variables in outcome.hosts.values()}


def sets_follow_set_algebra(
    mock: Mock, query: Sequence[Filters], include: Sequence[Filters], exclude: Sequence[Filters], more: Options
) -> list[str]:
    """11. Check that hosts match ``query_filters``, at least one included set, and none of the excluded sets."""
    together = selected(
        mock,
        {**more, "query_filters": list(query), "include_filters": list(include), "exclude_filters": list(exclude)},
    )
    apart = {
        name: [selected(mock, {"query_filters": [one]} if one else {}) for one in sets]
        for name, sets in (("query", query), ("include", include), ("exclude", exclude))
    }
    every = selected(mock, {"query_filters": list(query)} if query else {})
    errors = [one for sets in apart.values() for one in sets if isinstance(one, str)]
    if isinstance(every, str) or errors:
        return [] if isinstance(together, str) else [f"no error: {[every, *errors]}"]
    if isinstance(together, str):
        return [f"error: {together}"]
    included = set.union(*t.cast("list[set[str]]", apart["include"])) if include else every
    excluded = set[str]().union(*t.cast("list[set[str]]", apart["exclude"]))
    expected = (every & included) - excluded
    found = [f"{who}: missing" for who in sorted(expected - together)]
    return found + [f"{who}: too many" for who in sorted(together - expected)]


def excluded_variables_are_those_not_selected(target: Target, options: Options, excluded: Sequence[str]) -> list[str]:
    """12. Check that excluding variables is the same as selecting all other variables."""
    others = [name for name in HOST_VARS if name not in excluded]
    out = target.run({**options, "host_vars": list(HOST_VARS), "exclude_host_vars": list(excluded)})
    return differences(out, target.run({**options, "host_vars": others, "exclude_host_vars": []}))


def guard_stops_exactly_what_shrank(mock: Mock, gone: Sequence[int], percent: float) -> list[str]:
    """13. Check that a run fails if, and only if, the inventory lost more than ``percent`` percent of its hosts."""
    cache = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "max_shrink": percent}
    cache["cache_connection"] = str(FOLDER / f"guard{next(_caches)}")
    before = mock.run({**cache, "group_prefix": "before"})
    tables = [mock.netbox.table(endpoint) for endpoint in (DEVICES, VMS)]
    rows = [(table, number) for table in tables for number in table.ids()]
    for place in {one % len(rows) for one in gone} if rows else ():
        table, number = rows[place]
        del table[number]
    there = mock.run({})
    after = mock.run({**cache, "group_prefix": "after"})
    lost = len(before.hosts) - len(there.hosts)
    allowed = lost <= 0 or lost / len(before.hosts) <= percent / 100 + 1e-12
    if before.error or there.error or (after.error is None) != allowed:
        return [f"{len(before.hosts)} hosts, now {len(there.hosts)}, {percent} %: {after.error}"]
    if after.error and (after.hosts or f"is {lost} fewer" not in after.error):
        return [f"not said, or hosts left behind: {after.error}"]
    return []
