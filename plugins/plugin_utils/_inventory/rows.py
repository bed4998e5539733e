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

from ansible_collections.netbox.cursor.plugins.module_utils._ranges import Row

KINDS = ("devices", "virtual_machines")
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
        for kind in KINDS:
            pages = self.pages.get(kind) or collections.deque()
            while pages:
                for row in pages.popleft():
                    yield kind, row


class Source(t.Protocol):
    """A way to ask NetBox for what a plan wants."""

    def rows(self) -> Rows:
        """Ask for everything, and return it."""
