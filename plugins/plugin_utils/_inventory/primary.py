# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Read facts about primary IP addresses: prefix length, interface, and gateway."""

from __future__ import annotations

import bisect
import ipaddress
import typing as t
from collections.abc import Callable

from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.snapshot import Snapshot

# The fields of primary addresses that each fact needs.
OF_INTERFACE = ("assigned_object", "nat_inside")
OF_GATEWAY = ("vrf",)


class View(t.Protocol):
    """The part of ``facts.View`` that these readers need."""

    snapshot: Snapshot
    ambiguous_gateways: set[str]

    def once(self, name: str, key: t.Any, compute: Callable[[], t.Any]) -> t.Any:
        """Return the result of ``compute()``. Call it only once for each ``name`` and ``key``."""


def read_prefix_length(view: View, kind: str, row: Row) -> int | None:
    """Return the prefix length of the primary IPv4 address."""
    address = row.get("primary_ip4")
    length = address["address"].partition("/")[2] if address else ""
    return int(length) if length.isdecimal() and len(length) < 3 else None


def read_primary_interface(view: View, kind: str, row: Row) -> str | None:
    """Return the name of the primary address's interface.

    The outside address of a NAT can belong to an interface of another device. In that case, the interface is unknown.
    """
    address = _whole(view, row.get("primary_ip"))
    interface = address.get("assigned_object") or {}
    owner = (interface.get(kind[:-1]) or {}).get("id")
    # In a virtual chassis, the master's primary address can be assigned to an interface of another member.
    in_chassis = owner is not None and row.get("virtual_chassis") and not address.get("nat_inside")
    return interface.get("name") if owner == row["id"] or in_chassis else None


def read_gateway(view: View, kind: str, row: Row) -> str | None:
    """Return the gateway in the subnet and VRF of the primary IPv4 address or, if there is none, of the IPv6 address.

    Return ``None`` unless there is exactly one gateway.
    """
    primary = row.get("primary_ip4") or row.get("primary_ip6")
    known = _whole(view, primary)
    if not primary or not known:
        return None
    interface = _parse(primary["address"])
    if not interface:
        return None
    network, vrf = interface.network, (known.get("vrf") or {}).get("id")
    ordered: list[tuple[int, int]] = view.once("gateways", "by VRF", lambda: _by_vrf(view)).get(vrf, [])
    first = bisect.bisect_left(ordered, (network.version, int(network.network_address)))
    last = bisect.bisect_right(ordered, (network.version, int(network.broadcast_address)))
    found = [number for dummy, number in ordered[first:last] if number != int(interface.ip)]
    if len(found) > 1:
        view.ambiguous_gateways.add(str(network))
    if len(found) != 1:
        return None
    return str(ipaddress.IPv4Address(found[0]) if network.version == 4 else ipaddress.IPv6Address(found[0]))


def _parse(address: str) -> ipaddress.IPv4Interface | ipaddress.IPv6Interface | None:
    try:
        return ipaddress.ip_interface(address)
    except ValueError:
        return None


def _whole(view: View, address: Row | None) -> Row:
    """Return the fields of a primary address that hosts do not contain."""
    # GraphQL returns IDs as strings.
    return view.snapshot.table("primary_addresses").get(int(address["id"]), {}) if address else {}


def _by_vrf(view: View) -> dict[int | None, list[tuple[int, int]]]:
    """Return the distinct gateway addresses by VRF ID, as sorted pairs of IP version and numeric address."""
    found: dict[int | None, set[tuple[int, int]]] = {}
    for row in view.snapshot.table("gateways").values():
        interface = _parse(row["address"])
        if not interface:
            continue
        address = interface.ip
        found.setdefault((row.get("vrf") or {}).get("id"), set()).add((address.version, int(address)))
    return {vrf: sorted(addresses) for vrf, addresses in found.items()}
