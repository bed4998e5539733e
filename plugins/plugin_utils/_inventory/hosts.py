# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Create hosts with variables and groups from a snapshot. This file uses neither HTTP nor Ansible."""

from __future__ import annotations

import dataclasses
import typing as t
from collections.abc import Callable, Iterator, Mapping

from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.facts import FACTS, NOTHING, View, tables_of
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.groups import (
    NESTED,
    Edge,
    Groups,
    edges_with_hosts,
    tables_of_groups,
    without_circles,
)
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.interfaces import natural_order
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.names import HostNames, Named, own_name
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.options import KINDS, Options
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.plan import Plan, is_available
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.snapshot import Snapshot
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.tables import TABLES
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.values import listing
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.variables import VariableNames, Variables

Values = dict[str, t.Any]
NameOf = Callable[[Values, Mapping[str, t.Any], str], t.Optional[str]]
"""Returns the host name from the user's expressions. The arguments are the host's variables, fields, and own name."""


class Host(t.NamedTuple):
    """A host as Ansible receives it.

    ``extra`` contains the variables that only expressions can use. ``raw`` contains the fields that expressions can
    use.
    """

    name: str
    variables: Values
    groups: list[str]
    extra: Values
    raw: Values


@dataclasses.dataclass
class Inventory:
    """All hosts, pairs of parent and child groups, groups without hosts, and warnings for the user."""

    hosts: list[Host]
    edges: list[Edge]
    groups: list[str]
    warnings: list[str]


def make_hosts(snapshot: Snapshot, plan: Plan, options: Options, name_of: NameOf | None = None) -> Inventory:
    """Return the inventory. This removes rows from the snapshot, so do not use the snapshot again.

    Raise :class:`UsageError` if two hosts share a name and ``duplicate_hostnames`` is ``error``. Errors that
    ``name_of`` raises are not caught.
    """
    view, variables = View(snapshot, options), Variables(options, filter(_available(options), FACTS))
    groups = Groups(view)
    warnings = _missing(snapshot, plan, options)
    readers = {
        kind: [
            (name, FACTS[name].read)
            for name in plan.facts
            if kind in FACTS[name].kinds and _readable(name, kind, snapshot)
        ]
        for kind in KINDS
    }
    visible = None if plan.raw is None else sorted(plan.raw | plan.covered)
    hidden = _join_chassis(view)
    named: list[Named] = []
    hosts: list[Host] = []
    for kind, row in _rows(snapshot):
        if kind == "devices" and row["id"] in hidden:
            continue
        facts = {name: read(view, kind, row) for name, read in readers[kind]}
        own = variables.of(facts, plan.variables)
        raw = row if visible is None else {field: row[field] for field in visible if field in row} or NOTHING
        if options.as_peer and "is_virtual" in facts:
            # In netbox.netbox, this is one of the fields. Expressions can use it even if rename_variables renames it.
            raw = {**raw, "is_virtual": facts["is_virtual"]}
        extra = variables.of(facts, plan.seen - plan.variables) if plan.seen else NOTHING
        name = own_name(row, options)
        if name_of:
            name = name_of({**extra, **own}, raw, name) or name
        named.append(Named(name, kind, row["id"]))
        hosts.append(Host(name, own, groups.of(row, facts), extra, raw))
    if options.select and "selected" not in plan.facts:
        warnings.append("select: nothing uses the selection. Add selected to host_vars, or use it in an expression.")
    names = HostNames(named, options.duplicate_hostnames)
    warnings += [
        *names.warnings(),
        *_unsafe_addresses(view),
        *_ambiguous_gateways(view),
        *variables.warnings(plan.variables),
    ]
    unique = [names.names[kind, number] for dummy, kind, number in named]
    # Most hosts keep their names. Copies of all hosts would need memory.
    hosts = [
        host if host.name == name else host._replace(name=name) for host, name in zip(hosts, unique) if name is not None
    ]
    edges, empty = _group_tree(groups, hosts, options, warnings)
    return Inventory(hosts, edges, empty, warnings)


def _available(options: Options) -> Callable[[str], bool]:
    return lambda name: is_available(FACTS[name], options)


def _readable(fact: str, kind: str, snapshot: Snapshot) -> bool:
    """Return whether the token's user has permission to view all tables that a fact needs for this kind of host."""
    needed = (name for name in FACTS[fact].tables if kind in (TABLES[name].kinds or KINDS))
    return snapshot.denied.keys().isdisjoint(needed)


def _rows(snapshot: Snapshot) -> Iterator[tuple[str, Row]]:
    """Yield the kind and the row of each host: devices first, in ID order. Remove each row from the snapshot."""
    for kind in KINDS:
        table = snapshot.tables.pop(kind, {})
        for number in sorted(table):
            yield kind, table.pop(number)


def _join_chassis(view: View) -> set[int]:
    """Determine which device represents each virtual chassis. Return the IDs of members that do not become hosts.

    The master represents the chassis. If filters excluded the master, the member with the lowest position represents
    the chassis. If a chassis does not have a master, all of its members become hosts.
    """
    members: dict[int, list[tuple[bool, float, int]]] = {}
    # NetBox sorts devices by name, and devices without a name last.
    order: dict[int, tuple[bool, str, int]] = {}
    for row in view.snapshot.table("devices").values():
        chassis = row.get("virtual_chassis")
        if chassis and chassis.get("master"):
            position = row.get("vc_position")
            rank = float("inf") if position is None else position
            members.setdefault(chassis["id"], []).append((chassis["master"]["id"] != row["id"], rank, row["id"]))
            order[row["id"]] = (row["name"] is None, natural_order(row["name"] or ""), row["id"])
    hidden: set[int] = set()
    for ranks in members.values():
        numbers = [number for dummy, dummy2, number in sorted(ranks)]
        view.members[numbers[0]] = sorted(numbers, key=order.__getitem__)
        hidden.update(numbers[1:])
    return hidden


def _missing(snapshot: Snapshot, plan: Plan, options: Options) -> list[str]:
    """Return a warning for each table that the token's user has no permission to view."""
    names, found = VariableNames(options), []
    for table, error in sorted(snapshot.denied.items()):
        facts = [
            fact for fact in plan.facts if fact in plan.variables | plan.seen and table in tables_of(fact, options)
        ]
        # These variables exist even without the table.
        parts = [IN_PART[fact, table] for fact in facts if (fact, table) in IN_PART]
        missing = [names.shape(fact).name for fact in facts if (fact, table) not in IN_PART]
        written = options.group_keys
        keys = {fact: key for fact, key in written.items() if table in tables_of_groups(fact, options.group_trees)}
        trees = [key for key in options.group_trees if table in tables_of_groups(key, options.group_trees)]
        nested = [key for fact, key in keys.items() if fact in (*NESTED, *trees)]
        lost = [
            *([f"the variables {listing(missing)}"] if missing else ()),
            *parts,
            *([f"the groups for {listing(set(keys.values()) - set(nested))}"] if len(keys) > len(nested) else ()),
            *([f"separate groups for {listing(nested)} objects that share a slug"] if nested else ()),
            *([f"the group trees for {listing(trees)}"] if trees else ()),
        ]
        what = " and ".join(lost) or "groups without hosts"
        found.append(f"Cannot read {TABLES[table].label}. The inventory lacks {what}: {error}")
    return found


# The parts of variables that are missing if an optional table cannot be read, by fact and table.
IN_PART = {
    ("site", "prefixes"): "the prefixes of sites",
    ("ansible_host", "dns_names"): "the DNS names for ansible_host",
}


def _unsafe_addresses(view: View) -> list[str]:
    """Return a warning if hosts have addresses in NetBox that a connection plugin must not receive."""
    if not view.unsafe_addresses:
        return []
    unsafe = listing(f"{text!r} (ID {number})" for (dummy, number), text in view.unsafe_addresses.items())
    return [f"Some addresses in NetBox are not safe for connections, so ansible_host does not use them: {unsafe}."]


def _ambiguous_gateways(view: View) -> list[str]:
    """Return a warning if several addresses in a subnet have the tag for gateways."""
    if not view.ambiguous_gateways:
        return []
    shown = listing(view.ambiguous_gateways)
    return [f"gateway_tag: several addresses in one subnet have the tag, so gateway is undefined there: {shown}."]


def _group_tree(
    groups: Groups, hosts: list[Host], options: Options, warnings: list[str]
) -> tuple[list[Edge], list[str]]:
    """Return the edges between groups, and the groups to add even if they have no hosts."""
    if options.empty_groups:
        groups.add_empty_places()
        edges, empty = list(groups.edges), groups.places()
    else:
        used = dict.fromkeys(group for host in hosts for group in host.groups)
        edges, empty = edges_with_hosts(groups.edges, used), []
    edges, circular = without_circles(edges)
    if circular:
        pairs = listing(f"{child} below {parent}" for parent, child in circular)
        warnings.append(f"Groups cannot contain each other, so these relations are omitted: {pairs}.")
    return edges, empty
