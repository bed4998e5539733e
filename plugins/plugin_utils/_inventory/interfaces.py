# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Sort the interfaces of a host in natural order, and add their IP addresses."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.options import INTERFACE_FIELDS

# The parts of a name such as `Ethernet1/0/3:1.200`. NetBox sorts interfaces by these parts (utilities/ordering.py).
_PARTS = re.compile(
    r"(?P<type>[^\d.:]*)"
    r"(?:(?P<slot>\d+)/)?(?:(?P<subslot>\d+)/)?(?:(?P<position>\d+)/)?(?:(?P<subposition>\d+)/)?"
    r"(?P<number>\d+)?(?::(?P<channel>\d+))?(?:\.(?P<unit>\d+))?(?P<rest>.*)",
    re.DOTALL,
)
_SLOTS, _NUMBERS = ("slot", "subslot", "position", "subposition"), ("number", "channel", "unit")


@functools.lru_cache(maxsize=4096)
def natural_order(name: str) -> str:
    """Return the key by which NetBox sorts interfaces: ``eth1/2`` before ``eth1/10`` before ``mgmt0``.

    A name without a slot is sorted after all names with this slot. A name without a number is sorted before all names
    with this number.
    """
    parts = _PARTS.match(name)
    if not parts:
        raise AssertionError("every part is optional")
    slots = "".join((parts[slot] or "9999").rjust(4, "0") for slot in _SLOTS)
    numbers = "".join((parts[number] or "").rjust(6, "0" if parts[number] else ".") for number in _NUMBERS)
    return slots + parts["type"] + numbers + re.sub(r"\d+", lambda digits: digits[0].rjust(8, "0"), parts["rest"])


def sort_interfaces(interfaces: Iterable[Row]) -> list[Row]:
    """Return interfaces in natural order. Interfaces with equal or unknown names are in ID order."""
    return sorted(interfaces, key=lambda one: (natural_order(one.get("name") or ""), one["id"]))


def shape_interface(interface: Row, addresses: list[Row], owner: str, whole: bool) -> Row:
    """Convert a row to its form in the variable, and add its IP ``addresses``. The row and the addresses can change.

    ``owner`` is the name of the field that contains the host. This field is removed, unless the user requests ``whole``
    objects. The order of the fields does not depend on the transport, because templates can print whole interfaces.
    """
    if not whole:
        interface = {name: interface[name] for name in _fields_without(owner, tuple(interface))}
    if "tags" in interface:
        interface["tags"] = _slugs(interface["tags"])
    for address in addresses:
        for name in ("assigned_object", "assigned_object_id", "assigned_object_type"):
            address.pop(name, None)
    interface["ip_addresses"] = addresses
    return interface


@functools.lru_cache(maxsize=128)
def _fields_without(owner: str, fields: tuple[str, ...]) -> list[str]:
    """Return the other fields in the order of the variable."""
    places = {name: place for place, name in enumerate(("id", *INTERFACE_FIELDS))}
    return sorted(set(fields) - {owner}, key=lambda name: (places.get(name, len(places)), name))


def _slugs(tags: list[Row]) -> list[str]:
    return [tag["slug"] for tag in tags]
