# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Select the fields of a row: `fields`, `omit`, `brief`, and `exclude=config_context`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ._endpoints import endpoint_of
from ._tables import Row

# NetBox 4.7 and later do not support `exclude`.
WITH_CONFIG_CONTEXT = ("dcim/devices", "virtualization/virtual-machines")


@dataclass(frozen=True)
class Shape:
    # "full", "fields", or "brief". The price of a row depends on it.
    name: str
    kept: frozenset[str] | None = None
    dropped: frozenset[str] = frozenset()

    def cut(self, row: Row) -> Row:
        if self.kept is not None:
            return {field: row[field] for field in row if field in self.kept and field not in self.dropped}
        if self.dropped:
            return {field: row[field] for field in row if field not in self.dropped}
        return row


def shape_of(endpoint: str, version: str, query: Mapping[str, str]) -> Shape:
    """Return the shape that a query selects.

    `fields` has precedence over `omit`, and `omit` over `brief`. Any string, even "0", enables `brief`. NetBox uses the
    last value of a repeated parameter, but every value of `exclude`.
    """
    excluded = version != "4.7" and endpoint in WITH_CONFIG_CONTEXT and "config_context" in query.get("exclude", "")
    dropped = frozenset(["config_context"] if excluded else [])
    if endpoint_of(endpoint).plain:
        return Shape("full")
    if query.get("fields"):
        return Shape("fields", frozenset(query["fields"].split(",")), dropped)
    if query.get("omit"):
        return Shape("full", None, dropped.union(query["omit"].split(",")))
    brief = endpoint_of(endpoint, version).brief
    if query.get("brief") and brief:
        return Shape("brief", frozenset(brief))
    return Shape("full", None, dropped)
