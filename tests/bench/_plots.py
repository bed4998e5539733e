# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plots of a run, as SVG. The same run gives the same files."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable, Sequence
from pathlib import Path

import matplotlib

matplotlib.use("svg")

from matplotlib import pyplot  # noqa: E402

from ansible_collections.netbox.cursor.tests.bench import _inventories as inventories  # noqa: E402
from ansible_collections.netbox.cursor.tests.bench import _lists as lists  # noqa: E402
from ansible_collections.netbox.cursor.tests.bench._results import Result, Run  # noqa: E402

# Texts stay texts, ids do not hang on chance.
matplotlib.rcParams.update(
    {
        "svg.fonttype": "none",
        "svg.hashsalt": "netbox.cursor",
        "font.size": 9,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.alpha": 0.4,
        "axes.spines.top": False,
        "axes.spines.right": False,
    }
)
LICENSE = """<!--
Copyright (c) 2026 The netbox.cursor authors
GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
SPDX-License-Identifier: GPL-3.0-or-later
-->
"""
SECONDS, MEGABYTES = "seconds", "megabytes"


def save(figure: t.Any, path: Path) -> None:
    figure.tight_layout()
    figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})
    pyplot.close(figure)
    head, rest = path.read_text(encoding="utf-8").split("\n", 1)
    lines = (line.rstrip() for line in rest.splitlines())
    path.write_text(f"{head}\n{LICENSE}" + "\n".join(lines) + "\n", encoding="utf-8")


def lines(axes: t.Any, results: Iterable[Result], measure: str) -> None:
    """One line for each program, over the sizes."""
    by: dict[str, list[tuple[int, float]]] = {}
    for result in results:
        cost = result.median(measure)
        if cost is not None:
            by.setdefault(result.by, []).append((result.size, cost))
    for name, points in by.items():
        sizes, costs = zip(*sorted(points))
        axes.plot(sizes, costs, marker="o", markersize=4, label=name)
    axes.set_xscale("log")
    axes.set_ylim(bottom=0)


def bars(axes: t.Any, groups: Sequence[str], costs: dict[str, list[float | None]]) -> None:
    """Of each program a bar in each group, with its number."""
    height = 0.8 / max(1, len(costs))
    for number, (by, values) in enumerate(costs.items()):
        places = [place + number * height for place in range(len(groups))]
        drawn = axes.barh(places, [value or 0.0 for value in values], height, label=by)
        axes.bar_label(drawn, ["" if value is None else f" {value:,.1f}" for value in values])
    axes.set_yticks([place + 0.4 - height / 2 for place in range(len(groups))], groups)
    axes.invert_yaxis()
    axes.margins(x=0.15)
    if costs:
        axes.legend()


def over_cases(run: Run, size: int, measure: str) -> tuple[list[str], dict[str, list[float | None]]]:
    found = [one for one in run.of(inventories.GROUP) if one.size == size and one.median(measure) is not None]
    cases = [case for case in inventories.CASES if any(one.case == case for one in found)]
    programs = list(dict.fromkeys(one.by for one in found))
    costs = {by: [median_of(run.find(inventories.GROUP, case, size, by), measure) for case in cases] for by in programs}
    return [inventories.TITLES[case].replace(": ", ":\n").replace("with ", "with\n") for case in cases], costs


def median_of(result: Result | None, measure: str) -> float | None:
    return result.median(measure) if result else None


def inventory_costs(run: Run, path: Path) -> None:
    size = max((one.size for one in run.of(inventories.GROUP) if one.size <= 25_000), default=0)
    figure, (controller, netbox) = pyplot.subplots(2, 1, figsize=(8, 9))
    for axes, measure, of in ((controller, "cpu", "of the controller"), (netbox, "netbox", "of NetBox, by the model")):
        bars(axes, *over_cases(run, size, measure))
        axes.set_xlabel(f"seconds of CPU {of}")
        axes.set_xscale("symlog", linthresh=1)
    controller.set_title(f"Inventories of {size:,} devices")
    save(figure, path)


def inventory_growth(run: Run, path: Path) -> None:
    results = [one for one in run.of(inventories.GROUP) if one.case == "defaults"]
    figure, sides = pyplot.subplots(1, 2, figsize=(9, 3.6))
    for axes, measure, unit in zip(sides, ("cpu", "memory"), ("seconds of CPU", MEGABYTES)):
        lines(axes, results, measure)
        axes.set_yscale("log")
        axes.set_xlabel("devices")
        axes.set_ylabel(unit)
    sides[0].legend()
    save(figure, path)


def list_workers(run: Run, path: Path) -> None:
    """Time over workers: one line for each latency, and the other programs as they are."""
    size = lists.SIZES[0]
    figure, axes = pyplot.subplots(figsize=(8, 4))
    for latency in sorted(lists.LATENCIES):
        times = {
            count: median_of(run.find(lists.GROUP, f"{latency} ms", size, lists.pager(count)), "wall")
            for count in lists.CURSORS
        }
        points = [(count, time) for count, time in times.items() if time is not None]
        if points:
            axes.plot(*zip(*points), marker="o", markersize=4, label=f"pager, {latency} ms away")
    rivals = (lists.NB_LOOKUP, lists.BY_CURSOR, lists.threaded(4))
    for number, by in enumerate(rivals):
        time = median_of(run.find(lists.GROUP, f"{lists.LATENCIES[0]} ms", size, by), "wall")
        if time is not None:
            axes.axhline(time, linestyle="--", color=f"C{number + 4}", label=f"{by}, {lists.LATENCIES[0]} ms away")
    axes.set_xscale("log", base=2)
    axes.set_xticks(lists.CURSORS, [str(count) for count in lists.CURSORS])
    axes.set_ylim(bottom=0)
    axes.set_xlabel("workers of the pager")
    axes.set_ylabel(f"seconds for {size:,} whole devices")
    if axes.lines:
        axes.legend()
    save(figure, path)


def list_growth(run: Run, path: Path) -> None:
    figure, sides = pyplot.subplots(1, 3, figsize=(10, 3.4))
    units = {"wall": SECONDS, "memory": MEGABYTES, "netbox": "seconds of NetBox's CPU, by the model"}
    for axes, (measure, unit) in zip(sides, units.items()):
        lines(axes, run.of(lists.GROWTH), measure)
        axes.set_xlabel("rows")
        axes.set_ylabel(unit)
    sides[0].legend()
    save(figure, path)


PLOTS = {
    "inventory_costs": (inventories.GROUP, inventory_costs),
    "inventory_growth": (inventories.GROUP, inventory_growth),
    "list_workers": (lists.GROUP, list_workers),
    "list_growth": (lists.GROWTH, list_growth),
}


def draw(run: Run, folder: Path) -> list[Path]:
    """Draw what there is in this run; the files."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = []
    for name, (group, plot) in PLOTS.items():
        if run.of(group):
            path = folder / f"bench_{name}.svg"
            plot(run, path)
            drawn.append(path)
    return drawn
