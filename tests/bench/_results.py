# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measurements, their medians, and their JSON format."""

from __future__ import annotations

import dataclasses
import json
import statistics
import typing as t
from dataclasses import dataclass, field
from pathlib import Path

# Times are in seconds, and `memory` is in megabytes. `found` is the number of rows or hosts.
MEASURES = ("wall", "cpu", "memory", "requests", "bytes", "netbox", "stand_in", "found")


@dataclass
class Result:
    """The measurements of one program in one case."""

    by: str
    group: str = ""
    case: str = ""
    # The number of devices in NetBox, or the number of rows to read.
    size: int = 0
    costs: dict[str, list[float]] = field(default_factory=dict)

    def add(self, costs: dict[str, float]) -> None:
        for measure, cost in costs.items():
            self.costs.setdefault(measure, []).append(round(cost, 3))

    def values(self, measure: str) -> list[float]:
        return self.costs.get(measure, [])

    def median(self, measure: str) -> float | None:
        values = self.values(measure)
        return statistics.median(values) if values else None


@dataclass
class Run:
    """All results of one run. `about` describes its environment, by component."""

    about: dict[str, str]
    results: list[Result] = field(default_factory=list)

    def add(self, group: str, case: str, size: int, results: list[Result]) -> None:
        self.results += [dataclasses.replace(result, group=group, case=case, size=size) for result in results]

    def find(self, group: str, case: str, size: int, by: str) -> Result | None:
        wanted = (group, case, size, by)
        return next((one for one in self.results if (one.group, one.case, one.size, one.by) == wanted), None)

    def of(self, group: str) -> list[Result]:
        return [result for result in self.results if result.group == group]

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = ",\n".join("  " + json.dumps(dataclasses.asdict(result)) for result in self.results)
        path.write_text(f'{{"about": {json.dumps(self.about)},\n "results": [\n{lines}\n]}}\n', encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Run:
        told: dict[str, t.Any] = json.loads(path.read_text(encoding="utf-8"))
        return cls(told["about"], [Result(**result) for result in told["results"]])


def ratio(some: Result | None, other: Result | None, measure: str) -> float | None:
    """Divide the median of `some` by the median of `other`. Return None if one of them is missing."""
    above, below = (result.median(measure) if result else None for result in (some, other))
    return above / below if above is not None and below else None
