# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Results as tables, for terminals and for the documentation."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from ansible_collections.netbox.cursor.tests.bench import _inventories as inventories
from ansible_collections.netbox.cursor.tests.bench import _lists as lists
from ansible_collections.netbox.cursor.tests.bench._results import Result, Run, ratio
from ansible_collections.netbox.cursor.tests.bench._targets import TARGETS

GUIDE, BENCHMARKS = (Path("docs/docsite/rst", name) for name in ("performance_guide.rst", "benchmarks.rst"))
Lines = list[list[str]]


def amount(value: float | None, digits: int = 1) -> str:
    return "" if value is None else f"{value:,.{digits}f}"


def spread(values: Sequence[float], digits: int = 1) -> str:
    """Return the median, and the lowest and highest value, such as ``1.2 (1.2 - 1.3)``."""
    if not values:
        return ""
    ordered = sorted(values)
    middle = Result("", costs={"": ordered}).median("")
    least_and_most = f" ({ordered[0]:,.{digits}f} - {ordered[-1]:,.{digits}f})" if len(ordered) > 1 else ""
    return amount(middle, digits) + least_and_most


def to_floor(run: Run, one: Result) -> str:
    return amount(ratio(one, run.find(one.group, one.case, one.size, inventories.FLOOR), "cpu"), 2)


def megabytes(one: Result) -> float | None:
    read = one.median("bytes")
    return None if read is None else read / 1e6


# The heading of each column, and a function that returns its cell for a result.
COLUMNS: tuple[tuple[str, Callable[[Run, Result], str]], ...] = (
    ("Rounds", lambda run, one: str(len(one.values("wall")))),
    ("Time, s", lambda run, one: spread(one.values("wall"))),
    ("CPU, s", lambda run, one: spread(one.values("cpu"), 2)),
    ("CPU, compared with the static file", to_floor),
    ("Memory, MB", lambda run, one: amount(one.median("memory"), 0)),
    ("Requests", lambda run, one: amount(one.median("requests"), 0)),
    ("Received, MB", lambda run, one: amount(megabytes(one))),
    ("NetBox CPU, s", lambda run, one: amount(one.median("netbox"))),
    ("Mock NetBox CPU, s", lambda run, one: amount(one.median("stand_in"))),
)


def shown(run: Run, results: Sequence[Result]) -> tuple[list[str], Lines]:
    """Return the header and the rows of a table. Omit empty columns."""
    lines = [[show(run, one) for dummy, show in COLUMNS] for one in results]
    full = [number for number in range(len(COLUMNS)) if any(line[number] for line in lines)]
    head = ["Case", "Program", *(COLUMNS[number][0] for number in full)]
    return head, [[title(one), one.by, *(line[number] for number in full)] for one, line in zip(results, lines)]


def title(one: Result) -> str:
    if one.group == inventories.GROUP:
        return f"{one.size:,} devices, {inventories.TITLES[one.case]}"
    return f"{one.size:,} objects, {one.case}"


def targets(run: Run) -> tuple[list[str], Lines]:
    lines = []
    for target in TARGETS:
        measured = target.measured(run)
        lines.append([target.what, f"<= {target.at_most}", amount(measured, 3), target.verdict(measured)])
    return ["Ratio", "Target", "Measured", "Result"], lines


def as_text(head: Sequence[str], lines: Lines) -> str:
    """Return a table for a terminal. The table is also valid Markdown."""
    widths = [max(map(len, column)) for column in zip(head, *lines)]
    rows = [head, ["-" * width for width in widths], *lines]
    return "\n".join("| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in rows)


def as_rst(caption: str, head: Sequence[str], lines: Lines) -> str:
    rows = [head, *lines]
    cells = (
        "".join(f"   {'*' if not n else ' '} - {cell}".rstrip() + "\n" for n, cell in enumerate(row)) for row in rows
    )
    return f".. list-table:: {caption}\n   :header-rows: 1\n\n" + "".join(cells)


# The columns of the summary: measure, heading, and number of decimal places.
SUMMARY = (
    ("wall", "Time, s", 1),
    ("cpu", "Controller CPU, s", 1),
    ("memory", "Memory, MB", 0),
    ("netbox", "NetBox CPU, s", 1),
)


def in_documents(run: Run) -> dict[Path, dict[str, tuple[list[str], Lines]]]:
    """Return the tables of the performance guide and of the benchmark page, by caption."""
    measured = [one for one in run.of(inventories.GROUP) if one.size == inventories.SIZES[-1]]
    larger = [one for one in run.of(inventories.GROUP) if one.size != inventories.SIZES[-1]]
    about = [[name, text] for name, text in run.about.items()]
    return {
        GUIDE: {"Inventory with all default variables": summary(run)},
        BENCHMARKS: {
            "Environment": (["Component", "Value"], about),
            "Targets": targets(run),
            "Inventories of 25,000 devices and 5,000 virtual machines": shown(run, measured),
            "Inventories of other sizes": shown(run, larger),
            "Lists of complete devices": shown(run, run.of(lists.GROUP)),
            "IDs and names in lists of different lengths": shown(run, run.of(lists.GROWTH)),
            "20,000 IDs, in sequence and unevenly distributed": shown(run, run.of(lists.SPLIT)),
        },
    }


def summary(run: Run) -> tuple[list[str], Lines]:
    """Return the medians of the inventory of 25,000 devices with all default variables."""
    results = [one for one in run.of(inventories.GROUP) if (one.case, one.size) == ("defaults", inventories.SIZES[-1])]
    lines = [[one.by, *(amount(one.median(measure), digits) for measure, dummy, digits in SUMMARY)] for one in results]
    return ["Program", *(heading for dummy, heading, dummy2 in SUMMARY)], lines


def with_tables(text: str, found: dict[str, tuple[list[str], Lines]]) -> str:
    """Return a document in which the new tables replace the tables with the same captions."""
    for caption, (head, lines) in found.items():
        table = re.compile(rf"\.\. list-table:: {re.escape(caption)}\n(?:   .*\n|\n(?=   ))*")
        if not table.search(text):
            raise ValueError(f"The document has no table {caption!r}.")
        made = as_rst(caption, head, lines or [["Not measured", *[""] * (len(head) - 1)]])
        text = table.sub(lambda found, made=made: made, text)  # type: ignore[misc]
    return text
