# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""A row's way through the house: plan, rows, hosts with names of their own, groups that have hosts."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Iterable, Iterator

from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.hosts import Host, Hosts
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.names import HostNames, harmless, own_name
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.plan import Plan
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.rows import Rows
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.settings import Settings

Naming = Callable[[dict[str, t.Any]], t.Optional[str]]
"""The host name that the user's expressions give to an object with these names in it; ``None`` where none does."""


class Build:
    """The hosts of ``rows``, and then the groups of groups."""

    def __init__(
        self, rows: Rows, plan: Plan, settings: Settings, naming: Naming | None, warn: Callable[[str], None]
    ) -> None:
        self._rows = rows
        self._settings = settings
        self._naming = naming
        self._warn = warn
        self._hosts = Hosts(plan, settings, rows.sides)
        self._used: dict[str, None] = {}

    def hosts(self) -> Iterator[Host]:
        """Each host, its row being forgotten as it comes."""
        names = HostNames(self._settings.duplicate_hostnames)
        shown = self._shown_members()
        for kind, row in self._rows.taken():
            if kind == "devices" and shown.get(row["id"], row["id"]) != row["id"]:
                continue
            facts = self._hosts.facts(kind, row)
            variables = self._hosts.variables(facts)
            name = names.unique(harmless(self._name(row, variables)), row["id"])
            if name is not None:
                host = self._hosts.host(name, row, facts, variables)
                self._used.update(dict.fromkeys(host.groups))
                yield host
        names.complain(self._warn)

    def edges(self) -> list[tuple[str, str]]:
        """Pairs of a group and its child; once all hosts came. Without hosts below, a group is none, unless wanted."""
        groups = self._hosts.groups
        if self._settings.empty_groups:
            groups.all_places()
            return list(groups.edges)
        return _with_hosts(groups.edges, self._used)

    def empty_groups(self) -> list[str]:
        """Groups of places that are wanted without hosts, too; once all edges came."""
        return self._hosts.groups.places() if self._settings.empty_groups else []

    def _shown_members(self) -> dict[int, int]:
        """Which device stands for each member of a virtual chassis, and has the interfaces of all of them.

        That is the master or, if it was filtered out, the lowest member. Members of a chassis without a master are
        hosts of their own. (In netbox.netbox, the chassis is lost without its master.)
        """
        members: dict[int, list[tuple[bool, float, int]]] = {}
        for page in self._rows.pages.get("devices", ()):
            for row in page:
                chassis = row.get("virtual_chassis")
                if chassis and chassis.get("master"):
                    position = row.get("vc_position")
                    rank = float("inf") if position is None else position
                    members.setdefault(chassis["id"], []).append(
                        (chassis["master"]["id"] != row["id"], rank, row["id"])
                    )
        shown = {}
        interfaces = self._rows.sides.interfaces
        for ranks in members.values():
            ids = [member[2] for member in sorted(ranks)]
            shown.update(dict.fromkeys(ids, ids[0]))
            if interfaces:
                joined = [one for number in ids for one in interfaces.pop(("devices", number), [])]
                interfaces["devices", ids[0]] = sorted(joined, key=lambda one: one["id"])
        return shown

    def _name(self, row: Row, variables: dict[str, t.Any]) -> str:
        own = own_name(row, self._settings)
        if self._naming is None:
            return own
        return self._naming({**variables, **row, "netbox": row, "inventory_hostname": own}) or own


def _with_hosts(edges: Iterable[tuple[str, str]], used: Iterable[str]) -> list[tuple[str, str]]:
    """Those edges that lead down to a group in ``used``."""
    edges = list(edges)
    parents: dict[str, list[str]] = {}
    for parent, child in edges:
        parents.setdefault(child, []).append(parent)
    alive, waiting = set(), list(used)
    while waiting:
        group = waiting.pop()
        if group not in alive:
            alive.add(group)
            waiting += parents.get(group, ())
    return [edge for edge in edges if edge[1] in alive]
