# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Determine which rows contain an object that changed."""

from __future__ import annotations

import typing as t
from collections.abc import Collection, Mapping

from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.tables import TABLES

# Endpoints of objects whose short form contains only their own fields. The short forms of other objects also contain a
# tree depth or an object count, which can change without a change record.
STABLE = frozenset(
    (
        *("circuits/providers", "dcim/devices", "dcim/manufacturers", "dcim/rack-roles", "dcim/racks", "dcim/sites"),
        *("extras/config-templates", "extras/tags", "ipam/ip-addresses", "ipam/rirs", "ipam/roles", "ipam/vlans"),
        *("ipam/vrfs", "tenancy/contacts", "tenancy/tenants", "virtualization/cluster-groups"),
        *("virtualization/cluster-types", "virtualization/clusters", "virtualization/virtual-machines"),
    )
)
API = "/api/"
# The types of the objects in some lists.
MODELS = {table.endpoint: table.model for table in TABLES.values()}


class Touched:
    """The IDs of changed objects, by object type."""

    def __init__(self, objects: Mapping[str, Collection[int]]) -> None:
        self._by_type: dict[str, set[int]] = {}
        self._by_app: dict[str, set[int]] = {}
        self._ids: set[int] = set()
        for model, ids in objects.items():
            self.add(model, ids)

    def add(self, model: str, ids: Collection[int]) -> None:
        """Add changed objects whose type is ``model``."""
        self._by_type.setdefault(model, set()).update(ids)
        self._by_app.setdefault(model.partition(".")[0], set()).update(ids)
        self._ids.update(ids)

    def of(self, model: str) -> set[int]:
        """Return the IDs of all changed objects whose type is ``model``."""
        return self._by_type.get(model, set())

    def types(self) -> set[str]:
        """Return the types of the changed objects."""
        return {model for model, ids in self._by_type.items() if ids}

    def is_in(self, value: t.Any) -> bool:
        """Return whether a value contains an object that changed or that can change without a change record.

        An object's URL contains its list but not its type. Therefore, if the type of the objects in a list is not
        known, the result is a false positive if an object of another type with the same ID changed in that app. For
        objects of NetBox plugins, only the IDs are compared.
        """
        waiting = [value]
        while waiting:
            one = waiting.pop()
            if isinstance(one, dict):
                url = one.get("url")
                if isinstance(url, str) and "id" in one and (self._is_touched(one, url) or not _is_stable(one, url)):
                    return True
                waiting += [part for part in one.values() if isinstance(part, (dict, list))]
            elif isinstance(one, list):
                waiting += [part for part in one if isinstance(part, (dict, list))]
        return False

    def is_in_interface(self, interface: Row) -> bool:
        """Return whether the short form of an interface contains a host or cable that changed, or an unnamed host."""
        host = interface.get("device") or interface.get("virtual_machine") or {}
        return (
            not host.get("name")
            or host["id"]
            in self.of("virtualization.virtualmachine" if "virtual_machine" in interface else "dcim.device")
            # NetBox shows only the cable's ID here.
            or interface.get("cable") in self.of("dcim.cable")
        )

    def _is_touched(self, one: Row, url: str) -> bool:
        if one["id"] not in self._ids:
            return False
        path = _path(url)
        if path in MODELS:
            return one["id"] in self.of(MODELS[path])
        app = path.partition("/")[0]
        return app == "plugins" or one["id"] in self._by_app.get(app, ())


def _path(url: str) -> str:
    """Return the list in an object's URL, such as ``dcim/devices``."""
    return "/".join(url.partition(API)[2].split("/")[:2])


def _is_stable(one: Row, url: str) -> bool:
    path = _path(url)
    # The display string of a device without a name contains the names of other objects.
    return path in STABLE and not (path == "dcim/devices" and not one.get("name"))


def referring(rows: Collection[Row], references: Mapping[str, str], touched: Touched) -> set[int]:
    """Return the IDs of all rows with a field that refers to a changed object.

    ``references`` maps each field to the object type that it refers to.
    """
    wanted = [(field, touched.of(model)) for field, model in references.items() if touched.of(model)]
    if not wanted:
        return set()
    found = set()
    for field, ids in wanted:
        # In a large inventory, this list comprehension takes most of the time, and it is faster than a loop.
        for row in [row for row in rows if row.get(field)]:
            value = row[field]
            if value.get("id") in ids if isinstance(value, dict) else any(one.get("id") in ids for one in value):
                found.add(row["id"])
    return found
