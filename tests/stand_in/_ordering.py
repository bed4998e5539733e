# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The order of rows: the endpoint's default, or the value of `ordering`."""

from __future__ import annotations

import ipaddress
import re
import typing as t
import unicodedata
import zlib
from collections.abc import Iterable, Sequence

from ._endpoints import endpoint_of, target_of
from ._schema import recorded
from ._tables import Estate, Row, Table, key

INTERFACES = ("dcim/interfaces", "virtualization/interfaces")
# The parts of an interface name: type, up to four numbers with a slash after each, last number, channel, and VLAN.
INTERFACE_NAME = re.compile(
    r"(?P<type>[^\d.:]+)?(?P<places>(?:\d+/){0,4})(?P<id>\d+)?(?::(?P<channel>\d+))?(?:\.(?P<vlan>\d+))?(?P<rest>.*)$",
    re.S,
)


def ordered(
    estate: Estate, table: Table, ids: Iterable[int], ordering: str | None, version: str, window: int
) -> Sequence[int]:
    """Return these IDs in order.

    If rows are equal in all fields, their order in PostgreSQL depends on the query plan. Therefore, offset pages repeat
    some rows and omit others. Here, their order depends on `window`, the end of the page. Identical requests return the
    same page, but the next page has a different order.
    """
    fields = [field.strip() for field in (ordering or "").split(",")]
    # Unknown fields are ignored. If no field remains, the default order of the endpoint applies.
    names = recorded(version).get(table.endpoint)
    sortable = names.ordering if names else None
    fields = [field for field in fields if _is_known(table, field.lstrip("-"), sortable)]
    if not fields:
        known = table.default_order()
        if known is not None:
            wanted = ids if isinstance(ids, (set, range)) else set(ids)
            return known if len(wanted) == len(known) else [pk for pk in known if pk in wanted]
        fields = list(endpoint_of(table.endpoint, version).order)
    rows = list(ids)
    if fields[0] in ("id", "-id"):
        return sorted(rows, reverse=fields[0] == "-id")
    rows.sort(key=lambda pk: zlib.crc32(f"{pk} {window}".encode()))
    for field in reversed(fields):
        name = field.lstrip("-")
        values = {pk: _rank(estate, table, table.get(pk, {}), name) for pk in rows}
        rows.sort(key=values.__getitem__, reverse=field.startswith("-"))
    return rows


def _is_known(table: Table, field: str, known: frozenset[str] | None) -> bool:
    """Return whether a list can be ordered by a field. For lists of plugins, check whether the first row has it."""
    if known is None:
        return bool(field) and any(field in table.get(pk, {}) for pk in table.ids()[:1])
    return field in known


def _rank(estate: Estate, table: Table, row: Row, field: str) -> tuple[t.Any, ...]:
    """Return the sort key of a row. Null values are last. Objects have the order of their endpoint."""
    if field == "tree":
        return _tree_rank(table, row)
    value = row.get(field)
    if field == "name" and table.endpoint in INTERFACES:
        return (1, interface_rank(str(value)))
    if value is None:
        # Prefixes without a VRF come first.
        return (0,) if field == "vrf" else (2,)
    target = target_of(table.endpoint, field)
    if isinstance(value, dict) and "id" in value:
        related = estate.get(target or "")
        nested = related.get(value["id"], value)
        fields = endpoint_of(target or "").order
        return (1, *(_rank(estate, related, nested, each) for each in fields))
    if field in ("address", "prefix"):
        network = ipaddress.ip_interface(value)
        return (1, network.version, int(network.ip), network.network.prefixlen)
    value = key(value)
    if isinstance(value, tuple):
        # Lists are sorted by their lowest value, for example services by their lowest port.
        value = min(value, default="")
    return (1, 0, value) if isinstance(value, (int, float)) else (1, 1, natural(str(value)))


def _tree_rank(table: Table, row: Row) -> tuple[t.Any, ...]:
    parent = key(row.get("parent"))
    above = _tree_rank(table, table[parent]) if parent in table else ()
    return (*above, natural(row.get("name") or ""), row["id"])


def interface_rank(name: str) -> str:
    """Return the string by which NetBox sorts an interface. Slots precede types, so eth0 is after eth1/2."""
    match = INTERFACE_NAME.match(name)
    if match is None:
        return name
    places = [place.rjust(4, "0") for place in match["places"].split("/")[:-1]]
    last = [(match[part] or "").rjust(6, "0" if match[part] else ".") for part in ("id", "channel", "vlan")]
    rest = re.sub(r"\d+", lambda number: number[0].rjust(8, "0"), match["rest"])
    return "".join([*places, *["9999"] * (4 - len(places)), match["type"] or "", *last, rest])[:100]


def natural(text: str) -> tuple[t.Any, ...]:
    """Return a key for natural sorting, which ignores case and accents and compares numbers by value."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode() or "\uffff"
    parts = re.split(r"(\d+)", plain.lower())
    return (*((0, int(part)) if part.isdigit() else (1, part) for part in parts if part), (0, -1), text)
