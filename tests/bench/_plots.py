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
from matplotlib.ticker import FuncFormatter, NullFormatter  # noqa: E402

from ansible_collections.netbox.cursor.tests.bench import _inventories as inventories  # noqa: E402
from ansible_collections.netbox.cursor.tests.bench import _lists as lists  # noqa: E402
from ansible_collections.netbox.cursor.tests.bench._results import Result, Run  # noqa: E402

# Texts stay texts, ids do not hang on chance.
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
# That of this file.
LICENSE = [line.lstrip("# ") for line in Path(__file__).read_text(encoding="utf-8").splitlines()[:3]]
SECONDS, MEGABYTES = "seconds", "megabytes"
PROGRAMS = (*inventories.PROGRAMS, lists.GROWN_BY_CURSOR, lists.GROWN_BY_OFFSET)


def save(figure: t.Any, path: Path) -> None:
    figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})
    pyplot.close(figure)
    head, rest = path.read_text(encoding="utf-8").split("\n", 1)
    lines = [head, "<!--", *LICENSE, "-->", *(line.rstrip() for line in rest.splitlines())]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def plain(number: float, _place: int) -> str:
    """A number on an axis."""
    return f"{number:,.0f}" if number >= 1 else f"{number:g}"


def colour(by: str) -> str:
    """The same program has the same colour everywhere."""
    return f"C{PROGRAMS.index(by)}" if by in PROGRAMS else "C0"


def lines(axes: t.Any, results: Iterable[Result], measure: str, unit: str, scale: str) -> None:
    """One line for each program, over the sizes."""
    by: dict[str, list[tuple[int, float]]] = {}
    for result in results:
        cost = result.median(measure)
        if cost is not None:
            by.setdefault(result.by, []).append((result.size, cost))
    for name, points in by.items():
        sizes, costs = zip(*sorted(points))
        axes.plot(sizes, costs, marker="o", markersize=4, label=name, color=colour(name))
    axes.set_xscale("log")
    axes.set_yscale(scale)
    if scale == "linear":
        axes.set_ylim(bottom=0)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(plain))
        axis.set_minor_formatter(NullFormatter())
    axes.set_ylabel(unit)


def bars(axes: t.Any, results: Sequence[Result], measure: str) -> None:
    """Of each program a bar for each case, with its number."""
    measured = {(one.case, one.by): one.median(measure) for one in results if one.median(measure) is not None}
    cases = [case for case in inventories.CASES if any(case == known for known, dummy in measured)]
    height = 0.8 / len(inventories.PROGRAMS)
    for number, by in enumerate(inventories.PROGRAMS):
        places = {case: place + number * height for place, case in enumerate(cases) if (case, by) in measured}
        costs = [measured[case, by] for case in places]
        drawn = axes.barh(list(places.values()), costs, height, label=by, color=colour(by))
        axes.bar_label(drawn, [f" {cost:,.1f}" for cost in costs], fontsize=8)
    titles = [
        inventories.TITLES[case].replace("host_vars: ", "host_vars:\n").replace(", platform", ",\nplatform")
        for case in cases
    ]
    axes.set_yticks([place + 0.4 - height / 2 for place in range(len(cases))], titles)
    axes.invert_yaxis()
    axes.margins(x=0.12)


def inventory_costs(run: Run, path: Path) -> None:
    size = max((one.size for one in run.of(inventories.GROUP) if one.size <= 25_000), default=0)
    results = [one for one in run.of(inventories.GROUP) if one.size == size]
    figure, (controller, netbox) = pyplot.subplots(2, 1, figsize=(8, 10))
    for axes, measure, of in ((controller, "cpu", "of the controller"), (netbox, "netbox", "of NetBox, by the model")):
        bars(axes, results, measure)
        axes.set_xlabel(f"seconds of CPU {of}")
        axes.set_xscale("symlog", linthresh=1)
        axes.xaxis.set_major_formatter(FuncFormatter(plain))
    controller.set_title(f"Inventories of {size:,} devices")
    figure.legend(*controller.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    save(figure, path)


def inventory_growth(run: Run, path: Path) -> None:
    results = [one for one in run.of(inventories.GROUP) if one.case == "defaults"]
    figure, sides = pyplot.subplots(1, 2, figsize=(9, 3.6))
    for axes, measure, unit in zip(sides, ("cpu", "memory"), ("seconds of CPU", MEGABYTES)):
        lines(axes, results, measure, unit, "log")
        axes.set_xlabel("devices")
    sides[0].legend()
    save(figure, path)


def list_workers(run: Run, path: Path) -> None:
    """Time over workers: one line for each latency, and the other programs as they are."""
    size = lists.SIZES[0]
    times = {(one.case, one.by): one.median("wall") or 0.0 for one in run.of(lists.GROUP) if one.size == size}
    figure, axes = pyplot.subplots(figsize=(8, 4))
    for number, latency in enumerate(sorted(lists.LATENCIES)):
        measured = [count for count in lists.CURSORS if (f"{latency} ms", lists.pager(count)) in times]
        seconds = [times[f"{latency} ms", lists.pager(count)] for count in measured]
        if measured:
            label = f"pager, {latency} ms away"
            axes.plot(measured, seconds, marker="o", markersize=4, label=label, color=f"C{number}")
    nearby = f"{lists.LATENCIES[0]} ms"
    for number, by in enumerate((lists.NB_LOOKUP, lists.BY_CURSOR, lists.threaded(4))):
        if (nearby, by) in times:
            axes.axhline(times[nearby, by], linestyle="--", color=f"C{number + 4}", label=f"{by}, {nearby} away")
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
        lines(axes, run.of(lists.GROWTH), measure, unit, "linear" if measure == "memory" else "log")
        axes.set_xlabel("rows")
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
