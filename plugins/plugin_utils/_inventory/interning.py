# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Store one copy of each object that many rows refer to, such as a site, instead of one copy for every device."""

from __future__ import annotations

import typing as t

from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row

# Fields that contain an object to which several hosts can refer.
_SHARED = (
    *("site", "location", "rack", "tenant", "role", "platform", "device_type", "cluster", "virtual_chassis", "device"),
    *("parent_device", "owner", "config_template", "virtual_machine_type"),
)
_ADDRESSES = ("primary_ip", "primary_ip4", "primary_ip6", "oob_ip")
_ADDRESS_FIELDS = ("id", "address", "dns_name")


class ObjectInterner:
    """Replaces the objects in rows. Objects with equal IDs become one object.

    IP addresses are reduced to the required fields, except in the host fields in ``whole``. If ``whole`` is ``None``,
    all IP addresses remain unchanged.
    """

    def __init__(self, whole: frozenset[str] | None) -> None:
        self._addresses = () if whole is None else tuple(name for name in _ADDRESSES if name not in whole)
        self._pool: dict[tuple[str, t.Any], Row] = {}

    def intern(self, rows: list[Row]) -> list[Row]:
        """Replace the objects in ``rows``, and return ``rows``. Convert object IDs from GraphQL to numbers."""
        pool = self._pool
        # All rows in a list have identical field names.
        shared = [field for field in _SHARED if rows and field in rows[0]]
        for row in rows:
            for field in shared:
                value = row[field]
                if value:
                    known = pool.get((field, value["id"]))
                    if known is None:
                        known = pool[field, value["id"]] = value
                        value["id"] = int(value["id"])
                    row[field] = known
            status = row.get("status")
            if isinstance(status, dict):
                row["status"] = pool.setdefault(("status", status["value"]), status)
            tags = row.get("tags")
            if tags:
                row["tags"] = [pool.setdefault(("tags", tag["id"]), tag) for tag in tags]
            for field in self._addresses:
                address = row.get(field)
                if address:
                    row[field] = {name: address[name] for name in _ADDRESS_FIELDS if name in address}
        return rows
