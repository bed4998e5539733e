# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The performance targets of the collection. Each target limits the ratio of two medians from the same run."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.netbox.cursor.tests.bench import _inventories as inventories
from ansible_collections.netbox.cursor.tests.bench import _lists as lists
from ansible_collections.netbox.cursor.tests.bench._results import Run, ratio

Place = tuple[str, str, int, str]
HOSTS = 25_000


@dataclass(frozen=True)
class Target:
    what: str
    at_most: float
    measure: str
    some: Place
    other: Place

    def measured(self, run: Run) -> float | None:
        """Return the ratio, or None if the run does not contain both measurements."""
        return ratio(run.find(*self.some), run.find(*self.other), self.measure)

    def verdict(self, measured: float | None) -> str:
        if measured is None:
            return "not measured"
        return "met" if measured <= self.at_most else f"missed by {measured / self.at_most - 1:.0%}"


def hosts(case: str, by: str) -> Place:
    return (inventories.GROUP, case, HOSTS, by)


def listed(by: str) -> Place:
    return (lists.GROUP, f"{lists.LATENCIES[0]} ms", lists.SIZES[0], by)


def grown(rows: int) -> Place:
    return (lists.GROWTH, lists.GROWTH_CASE, rows, lists.GROWN_BY_CURSOR)


OURS, FLOOR, THEIRS = inventories.OURS, inventories.FLOOR, inventories.THEIRS
K25 = "25,000 devices"
DETAILED = f"{K25} with interfaces, services, and DNS names"
TARGETS = (
    Target(
        f"{K25}: controller CPU, GraphQL / static file", 1.6, "cpu", hosts("defaults", OURS), hosts("defaults", FLOOR)
    ),
    Target(
        f"{K25}: controller CPU, GraphQL / netbox.netbox",
        0.15,
        "cpu",
        hosts("defaults", OURS),
        hosts("defaults", THEIRS),
    ),
    Target(f"{K25}: memory, GraphQL / static file", 1.3, "memory", hosts("defaults", OURS), hosts("defaults", FLOOR)),
    Target(
        f"{DETAILED}: controller CPU, GraphQL / netbox.netbox",
        0.12,
        "cpu",
        hosts("details", OURS),
        hosts("details", THEIRS),
    ),
    Target(
        f"{DETAILED}: memory, GraphQL / netbox.netbox", 0.12, "memory", hosts("details", OURS), hosts("details", THEIRS)
    ),
    Target(
        f"{K25}: time, GraphQL with 16 workers / netbox.netbox",
        0.1,
        "wall",
        hosts("defaults", inventories.OURS_AT_ONCE),
        hosts("defaults", THEIRS),
    ),
    Target(
        f"{K25}: NetBox CPU, GraphQL / netbox.netbox",
        0.45,
        "netbox",
        hosts("defaults", OURS),
        hosts("defaults", THEIRS),
    ),
    Target(
        f"{K25}: NetBox CPU, GraphQL with five variables / netbox.netbox with all",
        0.2,
        "netbox",
        hosts("five", OURS),
        hosts("defaults", THEIRS),
    ),
    Target(
        f"{DETAILED}: NetBox CPU, GraphQL / netbox.netbox",
        0.12,
        "netbox",
        hosts("details", OURS),
        hosts("details", THEIRS),
    ),
    Target(
        f"{K25} from the cache: controller CPU, netbox.cursor / static file",
        1.1,
        "cpu",
        hosts("cached", OURS),
        hosts("cached", FLOOR),
    ),
    Target(
        "List of 20,000: controller CPU, netbox.cursor without orjson / pynetbox, cursor",
        0.17,
        "cpu",
        listed(lists.WITHOUT_ORJSON),
        listed(lists.BY_CURSOR),
    ),
    Target(
        "List of 20,000: controller CPU, netbox.cursor / pynetbox, cursor",
        0.12,
        "cpu",
        listed(lists.pager(1)),
        listed(lists.BY_CURSOR),
    ),
    Target("List of 20,000: time, 8 workers / 1 worker", 0.16, "wall", listed(lists.pager(8)), listed(lists.pager(1))),
    Target("Memory, list of 1,000,000 / list of 10,000", 1.1, "memory", grown(1_000_000), grown(10_000)),
)
