# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""What a source gives for a plan: the rows of hosts, and the side lists that they refer to."""

from __future__ import annotations

import collections
import dataclasses
import typing as t
from collections.abc import Iterator

from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row


class Listed(t.NamedTuple):
    """What NetBox calls a list of objects: in REST, in GraphQL, and the type of the objects."""

    endpoint: str
    name: str
    model: str


# By kind of host: the hosts, and their interfaces.
HOSTS = {
    "devices": Listed("dcim/devices", "device_list", "dcim.device"),
    "virtual_machines": Listed(
        "virtualization/virtual-machines", "virtual_machine_list", "virtualization.virtualmachine"
    ),
}
INTERFACES = {
    "devices": Listed("dcim/interfaces", "interface_list", "dcim.interface"),
    "virtual_machines": Listed("virtualization/interfaces", "vm_interface_list", "virtualization.vminterface"),
}
Table = dict[int, Row]
Owned = dict[tuple[str, int], list[Row]]


@dataclasses.dataclass
class Sides:
    """Side lists: rows by their id, or by the kind and id of the host that they belong to."""

    sites: Table = dataclasses.field(default_factory=dict)
    regions: Table = dataclasses.field(default_factory=dict)
    site_groups: Table = dataclasses.field(default_factory=dict)
    locations: Table = dataclasses.field(default_factory=dict)
    racks: Table = dataclasses.field(default_factory=dict)
    clusters: Table = dataclasses.field(default_factory=dict)
    interfaces: Owned = dataclasses.field(default_factory=dict)
    services: Owned = dataclasses.field(default_factory=dict)
    virtual_disks: Owned = dataclasses.field(default_factory=dict)
    prefixes: dict[int, list[Row]] = dataclasses.field(default_factory=dict)
    """By the id of their site."""


@dataclasses.dataclass
class Rows:
    """The hosts of a plan, page by page; pages are forgotten as they are taken."""

    pages: dict[str, collections.deque[list[Row]]]
    sides: Sides

    def taken(self) -> Iterator[tuple[str, Row]]:
        """Each row once, with its kind; devices first, in id order."""
        for kind in HOSTS:
            pages = self.pages.get(kind) or collections.deque()
            while pages:
                for row in pages.popleft():
                    yield kind, row


# Objects that many hosts refer to, each time in full.
_SHARED = (
    *("site", "location", "rack", "tenant", "role", "platform", "device_type", "cluster", "virtual_chassis", "device"),
    *("parent_device", "owner", "config_template", "virtual_machine_type"),
)
_OF_ADDRESSES = ("id", "address", "dns_name")
_ADDRESSES = ("primary_ip", "primary_ip4", "primary_ip6", "oob_ip")


class Sharing:
    """Lets rows share what is the same in them: a site's name need not be in memory once for each device.

    ``slim``: of addresses only what hosts need is kept.
    """

    def __init__(self, slim: bool) -> None:
        self._slim = slim
        self._pool: dict[tuple[str, t.Any], Row] = {}

    def page(self, rows: list[Row]) -> list[Row]:
        """The same rows, with shared objects in them, whose ids are numbers (GraphQL gives texts)."""
        pool = self._pool
        # All rows have the same fields.
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
            if self._slim:
                for field in _ADDRESSES:
                    address = row.get(field)
                    if address:
                        row[field] = {name: address[name] for name in _OF_ADDRESSES if name in address}
        return rows


class Source(t.Protocol):
    """A way to ask NetBox for what a plan wants."""

    def rows(self) -> Rows:
        """Ask for everything, and return it."""
