# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The charts of a run, as SVG files. The same results always produce the same files."""

from __future__ import annotations

import typing as t
from pathlib import Path

import matplotlib

matplotlib.use("svg")

from matplotlib import pyplot  # noqa: E402
from matplotlib.ticker import FuncFormatter  # noqa: E402

from ansible_collections.netbox.cursor.tests.bench import _inventories as inventories  # noqa: E402
from ansible_collections.netbox.cursor.tests.bench import _lists as lists  # noqa: E402
from ansible_collections.netbox.cursor.tests.bench._results import Run  # noqa: E402

# Write text as SVG text elements, not as paths. Use the same IDs in each run.
matplotlib.rcParams.update(
    {
        "svg.fonttype": "none",
        "svg.hashsalt": "netbox.cursor",
        "font.size": 9,
        "figure.constrained_layout.use": True,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.alpha": 0.4,
        "axes.spines.top": False,
        "axes.spines.right": False,
    }
)
# The license header of this file.
LICENSE = [line.lstrip("# ") for line in Path(__file__).read_text(encoding="utf-8").splitlines()[:3]]
# The measures of an inventory, in the order of the panels.
PANELS = {
    "wall": "time, seconds",
    "cpu": "controller CPU, seconds",
    "memory": "controller memory, megabytes",
    "netbox": "NetBox CPU, seconds",
}


def save(figure: t.Any, path: Path) -> None:
    figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})
    pyplot.close(figure)
    head, rest = path.read_text(encoding="utf-8").split("\n", 1)
    lines = [head, "<!--", *LICENSE, "-->", *(line.rstrip() for line in rest.splitlines())]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def plain(number: float, _place: int = 0) -> str:
    """Format a number for axes and bars."""
    return f"{number:,.0f}" if number >= 10 or number == int(number) else f"{number:.1f}"


def colour(by: str) -> str:
    """Return the color of a program: blue for this collection, gray for the static file, and yellow for others."""
    if by == inventories.FLOOR:
        return "#8c959f"
    return "#0969da" if by.startswith("netbox.cursor") else "#bf8700"


def inventory(run: Run, path: Path) -> None:
    """Draw the costs of an inventory with all default variables. Each panel has a linear axis.

    Use the largest measured inventory with at most 25,000 devices.
    """
    sizes = [one.size for one in run.of(inventories.GROUP) if one.size <= inventories.SIZES[-1]]
    size = max(sizes, default=0)
    results = [one for one in run.of(inventories.GROUP) if (one.case, one.size) == ("defaults", size)]
    figure, panels = pyplot.subplots(2, 2, figsize=(10, 4.6), sharey=True)
    for axes, (measure, title) in zip(panels.flat, PANELS.items()):
        costs = [one.median(measure) or 0.0 for one in results]
        drawn = axes.barh([one.by for one in results], costs, color=[colour(one.by) for one in results])
        axes.bar_label(drawn, [f" {plain(cost)}" for cost in costs], fontsize=8)
        axes.set_xlabel(title)
        axes.xaxis.set_major_formatter(FuncFormatter(plain))
        axes.margins(x=0.15)
        axes.grid(visible=False, axis="y")
    if results:
        panels[0, 0].invert_yaxis()
    save(figure, path)


def lists_by_workers(run: Run, path: Path) -> None:
    """Draw the time to read a list against the number of workers, and the times of other programs.

    The axes are linear.
    """
    size = lists.SIZES[0]
    case = f"{lists.LATENCIES[0]} ms"
    times = {one.by: one.median("wall") or 0.0 for one in run.of(lists.GROUP) if (one.case, one.size) == (case, size)}
    figure, axes = pyplot.subplots(figsize=(8, 4))
    measured = [count for count in lists.CURSORS if lists.pager(count) in times]
    seconds = [times[lists.pager(count)] for count in measured]
    axes.plot(measured, seconds, marker="o", color=colour("netbox.cursor"), label="netbox.cursor")
    for count, time in zip(measured, seconds):
        axes.annotate(plain(time), (count, time), textcoords="offset points", xytext=(4, 6), fontsize=8)
    for by, style in ((lists.NB_LOOKUP, "-"), (lists.BY_CURSOR, "--"), (lists.threaded(4), ":")):
        if by in times:
            axes.axhline(times[by], linestyle=style, color=colour(by), label=f"{by}: {plain(times[by])} s")
    axes.set_xlim(left=0)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("workers of netbox.cursor")
    axes.set_ylabel(f"seconds to read {size:,} devices")
    if axes.lines:
        axes.legend(loc="upper right", bbox_to_anchor=(1, 0.93))
    save(figure, path)


PLOTS = {"inventory": (inventories.GROUP, inventory), "lists": (lists.GROUP, lists_by_workers)}


def draw(run: Run, folder: Path) -> list[Path]:
    """Draw the charts for which the run contains results, and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = []
    for name, (group, plot) in PLOTS.items():
        if run.of(group):
            path = folder / f"bench_{name}.svg"
            plot(run, path)
            drawn.append(path)
    return drawn
