# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CPU seconds of NetBox and PostgreSQL for each row, measured on NetBox 4.6.8.

Each request also has its own price, so that short pages have realistic costs. The measurements of pages with 1,000
rows contain both prices. A page of one row with `fields` costs 0.4 times as much as a page of 1,000 rows, and 0.15
times as much through GraphQL.

The price of a row is the sum of its own price and the prices of its related objects. In a second measurement, 1,000
devices with all relations, both addresses, and tags took 0.5 to 0.7 seconds through GraphQL. The prices here add up to
0.7. Comments mark estimates from similar objects.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ._endpoints import target_of
from ._shapes import Shape

DEVICES = ("dcim/devices", "virtualization/virtual-machines")
INTERFACES = ("dcim/interfaces", "virtualization/interfaces")
ADDRESSES = ("primary_ip", "primary_ip4", "primary_ip6", "oob_ip")
# All prices are seconds for this many rows.
ROWS = 1000.0
# Seconds for a request: authentication, permissions, and the query.
REST_REQUEST = 0.05
GRAPHQL_REQUEST = 0.01


@dataclass(frozen=True)
class GraphQLPrices:
    # The object's own fields, including custom fields.
    row: float
    # An object that the row refers to.
    relation: float = 0.03
    relations: dict[str, float] = field(
        default_factory=lambda: {"rack": 0.08, "device": 0.0, **dict.fromkeys(ADDRESSES, 0.05)}
    )
    # A list of objects. The measurements include the rows of the list. Related objects from other lists have their own
    # prices.
    list: float = 0.11
    lists: dict[str, float] = field(default_factory=lambda: {"tags": 0.25, "ip_addresses": 0.11})
    config_context: float = 0.14

    def of_row(self) -> float:
        return self.row / ROWS

    def of_relation(self, name: str) -> float:
        return self.relations.get(name, self.relation) / ROWS

    def of_list(self, name: str) -> float:
        return self.lists.get(name, self.list) / ROWS

    def of_row_in_list(self, name: str, endpoint: str) -> float:
        return 0.0 if name in self.lists else graphql_prices(endpoint).of_row()

    def of_leaf(self, name: str) -> float:
        return self.config_context / ROWS if name == "config_context" else 0.0


GRAPHQL = {
    **dict.fromkeys(DEVICES, GraphQLPrices(0.05)),
    **dict.fromkeys(INTERFACES, GraphQLPrices(0.07)),
    "ipam/ip-addresses": GraphQLPrices(0.02),
}
# Not measured. Estimated from addresses.
ANY_GRAPHQL = GraphQLPrices(0.02)


@dataclass(frozen=True)
class RestPrices:
    # All fields, `brief`, and, with `fields`, the fields that are not objects.
    full: float
    brief: float
    fields: float
    # With `fields`: an object that the row refers to. A single object cost 0.01 to 0.06, and each of nine objects 0.09.
    relation: float = 0.09
    address: float = 0.04
    tags: float = 0.22
    config_context: float = 0.2
    # A row that an offset skips. If the page contains config contexts, NetBox renders them for skipped rows as well.
    skipped: float = 0.0006
    skipped_with_config_context: float = 0.05

    def of_row(self, endpoint: str, shape: Shape) -> float:
        if shape.name == "brief":
            return self.brief / ROWS
        if shape.kept is None:
            return (self.full - ("config_context" in shape.dropped) * self.config_context) / ROWS
        asked = shape.kept - shape.dropped
        return (self.fields + sum(self._of_field(endpoint, name) for name in asked)) / ROWS

    def _of_field(self, endpoint: str, name: str) -> float:
        if name == "config_context":
            return self.config_context
        if name == "tags":
            return self.tags
        if name in ADDRESSES:
            return self.address
        return self.relation if target_of(endpoint, name) else 0.0


REST = {
    **dict.fromkeys(DEVICES, RestPrices(1.4, 0.07, 0.07)),
    # Always measured with the field device.
    **dict.fromkeys(INTERFACES, RestPrices(1.61, 1.03, 0.62)),
    # A second measurement of a page with all fields: 0.6.
    "ipam/ip-addresses": RestPrices(0.55, 0.09, 0.09),
}
# Not measured. Estimated from the lowest measured price.
ANY_REST = RestPrices(0.45, 0.07, 0.07)


def graphql_prices(endpoint: str) -> GraphQLPrices:
    return GRAPHQL.get(endpoint, ANY_GRAPHQL)


def rest_price(endpoint: str, shape: Shape) -> float:
    """Return the seconds for a row of this shape."""
    return REST.get(endpoint, ANY_REST).of_row(endpoint, shape)


def skip_price(endpoint: str, shape: Shape) -> float:
    """Return the seconds for each row that an offset skips before a page of this shape, as measured on NetBox 4.6.8."""
    prices = REST.get(endpoint, ANY_REST)
    contexts = endpoint in DEVICES and shape.name != "brief" and "config_context" not in shape.dropped
    return (prices.skipped_with_config_context if contexts else prices.skipped) / ROWS
