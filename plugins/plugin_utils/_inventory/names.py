# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""What hosts and groups are called, and which group hangs under which."""

from __future__ import annotations

import collections
import typing as t
from collections.abc import Callable

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UsageError, printable
from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.rows import Sides, Table
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.settings import PLURAL, SINGULAR, Settings


def own_name(row: Row, settings: Settings) -> str:
    """What a device or virtual machine is called by itself: the same on each run, also without a name."""
    chassis = row.get("virtual_chassis") or {}
    if settings.virtual_chassis_name and chassis.get("master") and chassis.get("name"):
        return str(chassis["name"])
    if settings.hostname_field:
        value = (row.get("custom_fields") or {}).get(settings.hostname_field)
        if value not in (None, "", [], {}):
            return str(value)
    if row.get("name"):
        return str(row["name"])
    kind = (row.get("device_type") or {}).get("slug") or "virtual-machine"
    return f"{kind}-{row['id']}"


def harmless(name: str) -> str:
    """``name`` as one of a host or group: no path out of a folder, nothing that a terminal obeys.

    Ansible reads ``host_vars/NAME``, and writes facts to files of that name where they are cached. A slash between
    other characters stays.
    """
    name = printable(name)
    if not {"", ".", ".."}.isdisjoint(name.split("/")):
        name = name.replace("/", "_")
    return name.replace(".", "_") if name in (".", "..") else name


class HostNames:
    """Gives each host a name of its own. ``warn`` is told once of names that several have."""

    def __init__(self, duplicates: str) -> None:
        self._duplicates = duplicates
        self._taken: dict[str, int] = {}
        self.repeated: collections.Counter[str] = collections.Counter()

    def unique(self, name: str, number: int) -> str | None:
        """``name``, or what it becomes where another host has it; ``None`` where that host is to be left out."""
        if name not in self._taken:
            self._taken[name] = number
            return name
        if self._duplicates == "error":
            raise UsageError(
                f"Two hosts are called {name!r} (ids {self._taken[name]} and {number}). Let duplicate_hostnames be "
                "suffix or warn, or give hostnames that differ."
            )
        self.repeated[name] += 1
        if self._duplicates == "warn":
            return None
        while name in self._taken:
            name = f"{name}_{number}"
        self._taken[name] = number
        return name

    def complain(self, warn: Callable[[str], None]) -> None:
        """One warning for all names that came more than once."""
        if self.repeated:
            names = sorted(self.repeated)
            shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
            what = (
                "only the first host of each is there"
                if self._duplicates == "warn"
                else "the later ones got their ids behind"
            )
            warn(
                f"{sum(self.repeated.values())} hosts share a name with another ({shown}): {what} "
                "(duplicate_hostnames)."
            )


def chain(number: int | None, table: Table) -> list[Row]:
    """The row with that id, its parent, and so on upwards."""
    rows: list[Row] = []
    while number is not None and number in table and len(rows) <= len(table):
        rows.append(table[number])
        number = (table[number].get("parent") or {}).get("id")
    return rows


class Groups:
    """Groups of hosts by what ``group_by`` names, and the trees of regions, sites and locations.

    ``edges`` holds all pairs of a group and its child, in the order they came up.
    """

    def __init__(self, settings: Settings, sides: Sides) -> None:
        self._settings = settings
        self._sides = sides
        self.edges: dict[tuple[str, str], None] = {}
        self._keys = {SINGULAR.get(key, "tag" if key == "tags" else key): key for key in settings.group_by}
        self._simple = [key for key in self._keys if key not in ("region", "site_group", "site", "location")]
        self._known: dict[tuple[str, int], list[str]] = {}
        sites_of_slug: dict[str, set[int]] = {}
        for row in sides.locations.values():
            sites_of_slug.setdefault(row["slug"], set()).add((row.get("site") or {}).get("id", 0))
        self._shared_slugs = {slug for slug, sites in sites_of_slug.items() if len(sites) > 1}

    def of(self, row: Row, facts: t.Mapping[str, t.Any]) -> list[str]:
        """The groups that the host of ``row`` sits in itself. ``facts`` are its variables, by singular names."""
        found = []
        for key in self._simple:
            if key == "is_virtual":
                if facts.get(key):
                    found.append(self._settings.group_prefix + key)
                continue
            for value in _values(key, facts):
                found.append(self._name("service" if key == "services" else self._keys[key], value))
        return found + self._place(row)

    def all_places(self) -> None:
        """Make the groups of all places, also those without hosts."""
        for number in self._sides.locations if "location" in self._keys else ():
            self._location(number)
        for number in self._sides.sites:
            self._site(number)
        for key, table in (("region", self._sides.regions), ("site_group", self._sides.site_groups)):
            for number in table if key in self._keys else ():
                self._tree(key, number, table)

    def places(self) -> list[str]:
        """Groups of places made so far."""
        return list(dict.fromkeys(name for names in self._known.values() for name in names))

    def _name(self, key: str, value: t.Any) -> str:
        text = str(value) if self._settings.group_names_raw else f"{key}_{value}"
        return self._settings.group_prefix + text

    def _place(self, row: Row) -> list[str]:
        location, site = row.get("location"), row.get("site")
        if location and "location" in self._keys and location["id"] in self._sides.locations:
            return self._location(location["id"])
        if location and "location" in self._keys:
            return [self._name("location", location["slug"]), *(self._site(site["id"], site) if site else [])]
        return self._site(site["id"], site) if site else []

    def _location(self, number: int) -> list[str]:
        known = self._known.get(("location", number))
        if known is not None:
            return known
        row = self._sides.locations[number]
        name = self._name("location", row["slug"])
        site = row.get("site") or {}
        if row["slug"] in self._shared_slugs:
            shared, own = name, self._name("site", site.get("slug", "")).removeprefix(self._settings.group_prefix)
            name = f"{self._settings.group_prefix}{own}_{shared.removeprefix(self._settings.group_prefix)}"
            self.edges[(shared, name)] = None
        self._known["location", number] = [name]
        parent = (row.get("parent") or {}).get("id")
        above = (
            self._location(parent) if parent in self._sides.locations else self._site(site["id"], site) if site else []
        )
        for group in above:
            self.edges[(group, name)] = None
        return [name]

    def _site(self, number: int, brief: Row | None = None) -> list[str]:
        """The groups that what is in a site hangs under: the site's own, or else its region and site group."""
        known = self._known.get(("site", number))
        if known is not None:
            return known
        row = self._sides.sites.get(number) or brief or {}
        above = []
        for key, field, table in (
            ("region", "region", self._sides.regions),
            ("site_group", "group", self._sides.site_groups),
        ):
            if key in self._keys and row.get(field):
                above += self._tree(key, row[field]["id"], table, row[field])
        groups = above
        if "site" in self._keys:
            groups = [self._name(self._keys["site"], row["slug"])]
            for group in above:
                self.edges[(group, groups[0])] = None
        self._known["site", number] = groups
        return groups

    def _tree(self, key: str, number: int, table: Table, brief: Row | None = None) -> list[str]:
        known = self._known.get((key, number))
        if known is not None:
            return known
        row = table.get(number) or brief or {}
        name = self._name(key, row["slug"])
        self._known[key, number] = [name]
        parent = row.get("parent")
        if parent:
            for group in self._tree(key, parent["id"], table, parent):
                self.edges[(group, name)] = None
        return [name]


def _values(key: str, facts: t.Mapping[str, t.Any]) -> list[t.Any]:
    value = facts.get("tags" if key == "tag" else key)
    if key == "status" and isinstance(value, dict):
        value = value.get("value")
    if key == "services":
        value = [service["name"] for service in value or ()]
    values = value if isinstance(value, list) else [value]
    return [one for one in values if one not in (None, "")]


def plural_of(name: str) -> str:
    """What netbox.netbox calls a variable when ``plurals`` is on."""
    return PLURAL.get(name, name)
