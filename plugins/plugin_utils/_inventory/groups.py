# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Create the groups for ``group_by``: their names, hosts, and parents."""

from __future__ import annotations

import collections
import typing as t
from collections.abc import Callable, Collection, Iterable, Mapping

from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.facts import (
    FACTS,
    LOCATION,
    NOTHING,
    PLATFORM,
    ROLE,
    SITE,
    TENANT,
    Field,
    View,
)
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.names import RESERVED, sanitize_name
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.snapshot import Table, ancestors

# Keys whose groups form a tree of places, and the table for each key.
PLACES = {"region": "regions", "site_group": "site_groups", "site": "sites", "location": "locations"}
# Keys of nested objects, and the table for each key. The slugs of nested objects are unique only under one parent.
NESTED = {"role": "roles", "platform": "platforms"}
# Keys whose groups form a tree of tenants, and the table for each key.
TENANCY = {"tenant": "tenants", "tenant_group": "tenant_groups"}
# Host fields and tables that the groups for each key need. The fact for a key can need additional fields and tables.
GROUP_NEEDS: Mapping[str, tuple[tuple[Field, ...], Mapping[str, tuple[str, ...]]]] = {
    "site": ((SITE,), {}),
    "location": ((LOCATION,), {"locations": ("slug", "parent", "site")}),
    "region": ((SITE,), {"sites": ("region",), "regions": ("slug", "parent")}),
    "site_group": ((SITE,), {"sites": ("group",), "site_groups": ("slug", "parent")}),
    "role": ((ROLE,), {"roles": ("slug", "parent")}),
    "platform": ((PLATFORM,), {"platforms": ("slug", "parent", "manufacturer")}),
    "tenant_group": ((TENANT,), {"tenants": ("group",), "tenant_groups": ("slug", "parent")}),
}
# Additional tables and fields that the group tree for each key needs.
TREE_NEEDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "tenant": {"tenants": ("slug", "group"), "tenant_groups": ("slug", "parent")}
}

Edge = tuple[str, str]


def tables_of_groups(key: str, trees: Collection[str] = ()) -> set[str]:
    """Return the tables that the groups for a key need. ``trees`` contains the keys that have group trees."""
    of_tree = TREE_NEEDS.get(key, {}) if key in trees else {}
    return {*GROUP_NEEDS.get(key, ((), {}))[1], *of_tree, *(FACTS[key].tables if key in FACTS else ())}


class Labels:
    """Labels objects of one table with their slugs, or with their paths if several objects share a slug.

    NetBox 4.2 and later require slugs to be unique only under one parent. ``table`` must contain all objects in NetBox,
    so that labels do not depend on the selected hosts. ``root`` returns the first part of a path.
    """

    def __init__(self, table: Table, root: Callable[[Row], str | None] = lambda row: None) -> None:
        slugs = collections.Counter(row["slug"] for row in table.values())
        self.shared = {slug for slug, number in slugs.items() if number > 1}
        self._labels = {number: row["slug"] for number, row in table.items() if row["slug"] not in self.shared}
        taken = set(slugs)
        paths: dict[str, list[int]] = {}
        for number in sorted(set(table) - set(self._labels)):
            chain = ancestors(number, table)
            parts = [root(chain[-1]), *(row["slug"] for row in reversed(chain))]
            paths.setdefault("_".join(filter(None, parts)), []).append(number)
        for path, numbers in paths.items():
            for number in numbers:
                self._labels[number] = path if len(numbers) == 1 and path not in taken else f"{path}_{number}"

    def __getitem__(self, number: int) -> str:
        return self._labels[number]


class Groups:
    """Puts hosts into groups.

    ``edges`` contains pairs of parent and child groups, in the order in which they were added.
    """

    def __init__(self, view: View) -> None:
        self._view = view
        self._options = view.options
        self._keys = self._options.group_keys
        self.edges: dict[Edge, None] = {}
        self._trees = frozenset(self._options.group_trees)
        listed = {**PLACES, **NESTED, **TENANCY}
        self._tables = {key: view.snapshot.table(name) for key, name in listed.items()}
        # Groups for sites do not need the table of sites, because each host contains its site's slug.
        self._denied = {key for key, name in PLACES.items() if name in view.snapshot.denied and key != "site"}
        # Site slugs are unique, so sites do not need labels.
        nested = [key for key in self._keys if GROUP_NEEDS.get(key, ((), {}))[1]]
        self._labels = {key: Labels(self._tables[key], _ROOTS.get(key, lambda row: None)) for key in nested}
        if "tenant" in self._trees:
            self._labels["tenant"] = Labels(self._tables["tenant"], self._path_of_tenant_group)
            self._labels.setdefault("tenant_group", Labels(self._tables["tenant_group"]))
        objects = {*NESTED, "tenant_group", *self._trees}
        self._objects = [key for key in (*NESTED, *TENANCY) if key in self._keys and key in objects]
        self._simple = [key for key in self._keys if key not in PLACES and key not in self._objects]
        self._branches: dict[tuple[str, int], str] = {}
        self._places: dict[tuple[str, int], list[str]] = {}

    def of(self, row: Row, facts: Mapping[str, t.Any]) -> list[str]:
        """Return the groups that directly contain a host. ``facts`` contains the host's facts by name."""
        found = []
        for key in self._simple:
            if key == "is_virtual":
                found += [self._options.group_prefix + key] if facts.get(key) else []
            else:
                written = "service" if key == "services" else self._keys[key]
                found += [self._name(written, value) for value in _values(key, facts.get(key))]
        for key in self._objects:
            brief = row.get(key) if key != "tenant_group" else self._tenant_group(row.get("tenant"))
            if brief:
                found.append(self._nested(key, brief))
        return found + self._place(row)

    def add_empty_places(self) -> None:
        """Add the groups for all places, including places without hosts."""
        for key in PLACES:
            for number in sorted(self._tables[key]) if key in self._keys else ():
                self._group_of_place(key, number, NOTHING)

    def places(self) -> list[str]:
        """Return the groups that were created for places."""
        return list(dict.fromkeys(name for names in self._places.values() for name in names))

    def _name(self, key: str, value: t.Any) -> str:
        prefix = self._options.group_prefix
        name = sanitize_name(prefix + (str(value) if self._options.group_names_raw else f"{key}_{value}"))
        return sanitize_name(f"{prefix}{key}_{value}") if not name or name in RESERVED else name

    def _named(self, key: str, number: int) -> str:
        """Return the group for an object. If several objects share its slug, put the group below the slug's group."""
        labels, slug = self._labels[key], self._tables[key][number]["slug"]
        written = self._keys.get(key, key)
        name = self._name(written, labels[number])
        if slug in labels.shared:
            self._add_edge(self._name(written, slug), name)
        return name

    def _add_edge(self, parent: str, child: str) -> None:
        if parent != child:
            self.edges[parent, child] = None

    def _nested(self, key: str, brief: Row) -> str:
        """Return the group for an object. If the key has a tree, put the group below the parent's group."""
        number = brief["id"]
        known = self._branches.get((key, number))
        if known is not None:
            return known
        written = self._keys.get(key, key)
        row = self._tables[key].get(number)
        group = self._name(written, brief["slug"]) if row is None else self._named(key, number)
        self._branches[key, number] = group
        for above, parent in self._parents(key, row):
            self._add_edge(self._nested(above, parent), group)
        return group

    def _parents(self, key: str, row: Row | None) -> list[tuple[str, Row]]:
        """Return a list with the parent's key and the parent. If no tree contains the object, the list is empty."""
        above = "tenant_group" if key == "tenant" else key
        parent = (row or NOTHING).get("group" if key == "tenant" else "parent")
        in_tree = key in self._trees or key == "tenant_group"
        return [(above, parent)] if parent and in_tree and parent["id"] in self._tables[above] else []

    def _tenant_group(self, tenant: Row | None) -> Row | None:
        """Return a tenant's group. Return ``None`` if there is none, or if the tree of tenants already contains it."""
        if not tenant or "tenant" in self._trees:
            return None
        group = self._view.related("tenants", {"tenant": tenant}, "tenant").get("group")
        return group if group and group["id"] in self._tables["tenant_group"] else None

    def _path_of_tenant_group(self, row: Row) -> str:
        groups = ancestors((row.get("group") or NOTHING).get("id"), self._tables["tenant_group"])
        return "_".join(group["slug"] for group in reversed(groups))

    def _place(self, row: Row) -> list[str]:
        """Return the groups for the lowest place that contains a host."""
        location, site = row.get("location"), row.get("site")
        if location and "location" in self._keys and location["id"] in self._tables["location"]:
            return self._group_of_place("location", location["id"], location)
        return self._group_of_place("site", site["id"], site) if site else []

    def _group_of_place(self, key: str, number: int, brief: Row) -> list[str]:
        """Return a list with the group for a place. If its key has no groups, return the groups for its parents."""
        known = self._places.get((key, number))
        if known is not None:
            return known
        row = {**brief, **self._tables[key].get(number, NOTHING)}
        above = self._above(key, row)
        groups = above
        if key in self._keys and key not in self._denied:
            known_here = key in self._labels and number in self._tables[key]
            groups = [self._named(key, number) if known_here else self._name(self._keys[key], row["slug"])]
            for parent in above:
                self._add_edge(parent, groups[0])
        self._places[key, number] = groups
        return groups

    def _above(self, key: str, row: Row) -> list[str]:
        """Return the parent groups of a place."""
        if key == "site":
            return [
                group
                for parent, field in (("region", "region"), ("site_group", "group"))
                if parent in self._keys and parent not in self._denied and row.get(field)
                for group in self._group_of_place(parent, row[field]["id"], row[field])
            ]
        parent = row.get("parent") or NOTHING
        if parent.get("id") in self._tables[key]:
            return self._group_of_place(key, parent["id"], parent)
        site = row.get("site") if key == "location" else None
        return self._group_of_place("site", site["id"], site) if site else []


def _site_slug(row: Row) -> str | None:
    return (row.get("site") or NOTHING).get("slug")


def _manufacturer_slug(row: Row) -> str | None:
    return (row.get("manufacturer") or NOTHING).get("slug")


_ROOTS = {"location": _site_slug, "platform": _manufacturer_slug}


def _values(key: str, value: t.Any) -> list[t.Any]:
    """Return the values of a fact that become group names."""
    if key == "status" and isinstance(value, dict):
        value = value.get("value")
    if key == "site" and isinstance(value, dict):
        value = value.get("slug")
    if key == "services":
        value = [service["name"] for service in value or ()]
    values = value if isinstance(value, list) else [value]
    return [one for one in values if one not in (None, "")]


def edges_with_hosts(edges: Iterable[Edge], used: Iterable[str]) -> list[Edge]:
    """Return the edges whose child is a group in ``used``, or an ancestor of such a group."""
    edges = list(edges)
    parents: dict[str, list[str]] = {}
    for parent, child in edges:
        parents.setdefault(child, []).append(parent)
    alive: set[str] = set()
    waiting = list(used)
    while waiting:
        group = waiting.pop()
        if group not in alive:
            alive.add(group)
            waiting += parents.get(group, ())
    return [edge for edge in edges if edge[1] in alive]


def without_circles(edges: Iterable[Edge]) -> tuple[list[Edge], list[Edge]]:
    """Return the edges that do not form cycles, and the edges that would form a cycle.

    Cycles occur if groups for different keys have the same name, which ``group_names_raw`` allows.
    """
    children: dict[str, set[str]] = {}
    kept, left_out = [], []
    for parent, child in edges:
        below, waiting = {child}, [child]
        while waiting:
            for one in children.get(waiting.pop(), ()):
                if one not in below:
                    below.add(one)
                    waiting.append(one)
        if parent in below:
            left_out.append((parent, child))
        else:
            children.setdefault(parent, set()).add(child)
            kept.append((parent, child))
    return kept, left_out
