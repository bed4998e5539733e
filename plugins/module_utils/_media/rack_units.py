# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Calculate the usage of racks in half units, because devices can start at a half unit."""

from __future__ import annotations

import dataclasses
import typing as t
from collections.abc import Iterable


@dataclasses.dataclass(frozen=True)
class Place:
    """The place of a device: its distance from the top of the drawing, and its height, in half units."""

    top: int
    size: int


@dataclasses.dataclass(frozen=True)
class Usage:
    """The usage of a rack, in half units.

    As in NetBox, ``utilized`` includes reserved units, but not the units of excluded device types.
    """

    total: int
    utilized: int
    free: int
    reserved: int
    largest_free: int

    @property
    def percent(self) -> int:
        return round(100 * self.utilized / self.total) if self.total else 0


def locate(rack: t.Mapping[str, t.Any], position: float, height: float) -> Place:
    """Return a device's place in the rack drawing."""
    start = position - (rack.get("starting_unit") or 1)
    if not rack.get("desc_units"):
        start = (rack.get("u_height") or 0) - start - height
    return Place(round(2 * start), round(2 * height))


def compute_usage(
    rack: t.Mapping[str, t.Any], devices: Iterable[tuple[Place, bool]], reserved_units: Iterable[int]
) -> Usage:
    """Return the usage of a rack.

    ``devices``: the place of each device, and whether its type counts as utilization.
    """
    total = 2 * int(rack.get("u_height") or 0)
    occupied: set[int] = set()
    utilized: set[int] = set()
    for place, counts in devices:
        halves = range(max(place.top, 0), min(place.top + place.size, total))
        occupied.update(halves)
        if counts:
            utilized.update(halves)
    reserved: set[int] = set()
    for unit in reserved_units:
        place = locate(rack, unit, 1)
        reserved.update(range(max(place.top, 0), min(place.top + place.size, total)))
    free = [half for half in range(total) if half not in occupied and half not in reserved]
    return Usage(total, len(utilized | reserved), len(free), len(reserved - occupied), _longest_run(free))


def _longest_run(numbers: Iterable[int]) -> int:
    longest = run = 0
    previous = None
    for number in numbers:
        run = run + 1 if previous is not None and number == previous + 1 else 1
        longest, previous = max(longest, run), number
    return longest


def sum_usages(usages: Iterable[Usage]) -> Usage:
    """Return the total usage of several racks. The largest free block is always within one rack."""
    usages = list(usages)
    return Usage(
        sum(usage.total for usage in usages),
        sum(usage.utilized for usage in usages),
        sum(usage.free for usage in usages),
        sum(usage.reserved for usage in usages),
        max((usage.largest_free for usage in usages), default=0),
    )
