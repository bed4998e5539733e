# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a real NetBox works for each row: seconds of NetBox and PostgreSQL together, as measured (FACTS 14)."""

from __future__ import annotations

from dataclasses import dataclass, field

DEVICES = ("dcim/devices", "virtualization/virtual-machines")
INTERFACES = ("dcim/interfaces", "virtualization/interfaces")
# All figures are seconds for 1,000 rows.
THOUSAND = 1000.0


@dataclass(frozen=True)
class GraphQLPrices:
    """A row costs its own price and that of everything asked with it."""

    # Rows with fields of their own, custom fields among them. Endpoints that were not measured cost as addresses do.
    rows: dict[str, float] = field(
        default_factory=lambda: {**dict.fromkeys(DEVICES, 0.06), **dict.fromkeys(INTERFACES, 0.08)}
    )
    other_row: float = 0.03
    # One more object that the row points to; these cost something else.
    any_relation: float = 0.03
    relations: dict[str, float] = field(
        default_factory=lambda: {"rack": 0.08, "device": 0.0, "primary_ip4": 0.05, "primary_ip6": 0.05, "oob_ip": 0.05}
    )
    # One more list of objects, besides its rows.
    any_list: float = 0.11
    lists: dict[str, float] = field(default_factory=lambda: {"tags": 0.25})
    leaves: dict[str, float] = field(default_factory=lambda: {"config_context": 0.14})

    def row(self, endpoint: str) -> float:
        return self.rows.get(endpoint, self.other_row) / THOUSAND

    def relation(self, endpoint: str, name: str) -> float:
        return self.relations.get(name, self.any_relation) / THOUSAND

    def list(self, endpoint: str, name: str) -> float:
        return self.lists.get(name, self.any_list) / THOUSAND

    def leaf(self, endpoint: str, name: str) -> float:
        return self.leaves.get(name, 0.0) / THOUSAND


GRAPHQL = GraphQLPrices()
