# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Define a snapshot: all data from NetBox for one inventory, in tables of rows by ID.

The transports fill a snapshot, and the plugin creates hosts from it. These two steps share no other data.
"""

from __future__ import annotations

import dataclasses

from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row

Table = dict[int, Row]


@dataclasses.dataclass
class Snapshot:
    """Tables by name: the tables in ``tables.TABLES``, and one table for each kind of host.

    ``denied`` contains NetBox's error for each table that the token's user has no permission to view.
    """

    tables: dict[str, Table] = dataclasses.field(default_factory=dict)
    denied: dict[str, str] = dataclasses.field(default_factory=dict)

    def table(self, name: str) -> Table:
        """Return the rows of a table by ID. A table that was not read is empty."""
        return self.tables.get(name, {})


def ancestors(number: int | None, table: Table) -> list[Row]:
    """Return the row with this ID, its parent, the parent's parent, and so on."""
    rows: list[Row] = []
    while number is not None and number in table and len(rows) <= len(table):
        rows.append(table[number])
        number = (table[number].get("parent") or {}).get("id")
    return rows
