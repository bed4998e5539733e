# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Results as tables: for terminals, and for the performance guide."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Callable, Sequence
from pathlib import Path

from ansible_collections.netbox.cursor.tests.bench import _inventories as inventories
from ansible_collections.netbox.cursor.tests.bench import _lists as lists
from ansible_collections.netbox.cursor.tests.bench._results import Result, Run, ratio
from ansible_collections.netbox.cursor.tests.bench._targets import TARGETS

GUIDE = Path("docs/docsite/rst/performance_guide.rst")
Lines = t.List[t.List[str]]  # noqa: UP006 (read at run time)


def amount(value: float | None, digits: int = 1) -> str:
    return "" if value is None else f"{value:,.{digits}f}"


def spread(values: Sequence[float], digits: int = 1) -> str:
    """``1.2 (1.2 - 1.3)``: what lay in the middle, and between what."""
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


# Of each column: its head, and what it shows of a result.
COLUMNS: tuple[tuple[str, Callable[[Run, Result], str]], ...] = (
    ("rounds", lambda run, one: str(len(one.values("wall")))),
    ("time, s", lambda run, one: spread(one.values("wall"))),
    ("CPU, s", lambda run, one: spread(one.values("cpu"), 2)),
    ("/ floor", to_floor),
    ("memory, MB", lambda run, one: amount(one.median("memory"), 0)),
    ("requests", lambda run, one: amount(one.median("requests"), 0)),
    ("read, MB", lambda run, one: amount(megabytes(one))),
    ("NetBox's CPU, s", lambda run, one: amount(one.median("netbox"))),
    ("stand-in's CPU, s", lambda run, one: amount(one.median("stand_in"))),
)


def shown(run: Run, results: Sequence[Result]) -> tuple[list[str], Lines]:
    """A table's head and lines: what was done by whom, and every column that has something in it."""
    lines = [[show(run, one) for dummy, show in COLUMNS] for one in results]
    full = [number for number in range(len(COLUMNS)) if any(line[number] for line in lines)]
    head = ["what", "by", *(COLUMNS[number][0] for number in full)]
    return head, [[title(one), one.by, *(line[number] for number in full)] for one, line in zip(results, lines)]


def title(one: Result) -> str:
    if one.group == inventories.GROUP:
        return f"{one.size:,} hosts, {inventories.TITLES[one.case]}"
    return f"{one.size:,} rows, {one.case}"


def targets(run: Run) -> tuple[list[str], Lines]:
    lines = []
    for target in TARGETS:
        measured = target.measured(run)
        lines.append([target.what, f"<= {target.at_most}", amount(measured, 3), target.verdict(measured)])
    return ["target", "at most", "measured", ""], lines


def as_text(head: Sequence[str], lines: Lines) -> str:
    """For a terminal, and Markdown."""
    widths = [max(map(len, column)) for column in zip(head, *lines)]
    rows = [head, ["-" * width for width in widths], *lines]
    return "\n".join("| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in rows)


def as_rst(caption: str, head: Sequence[str], lines: Lines) -> str:
    rows = [head, *lines]
    cells = (
        "".join(f"   {'*' if not n else ' '} - {cell}".rstrip() + "\n" for n, cell in enumerate(row)) for row in rows
    )
    return f".. list-table:: {caption}\n   :header-rows: 1\n\n" + "".join(cells)


def in_guide(run: Run) -> dict[str, tuple[list[str], Lines]]:
    """The tables of the guide, by their captions."""
    measured = [one for one in run.of(inventories.GROUP) if one.size == inventories.SIZES[-1]]
    larger = [one for one in run.of(inventories.GROUP) if one.size != inventories.SIZES[-1]]
    about = [[name, text] for name, text in run.about.items()]
    return {
        "Targets": targets(run),
        "Where this was measured": (["what", "which"], about),
        "Inventories of 25,000 devices and 5,000 virtual machines": shown(run, measured),
        "Inventories of other sizes": shown(run, larger),
        "Lists of whole devices": shown(run, run.of(lists.GROUP)),
        "Ids and names of longer and longer lists": shown(run, run.of(lists.GROWTH)),
        "20,000 ids, even, and with 90 % of them in 1 % of their range": shown(run, run.of(lists.SPLIT)),
    }


def with_tables(text: str, run: Run) -> str:
    """The guide with these tables in place of those of the same captions."""
    for caption, (head, lines) in in_guide(run).items():
        table = re.compile(rf"\.\. list-table:: {re.escape(caption)}\n(?:   .*\n|\n(?=   ))*")
        if not table.search(text):
            raise ValueError(f"{GUIDE} has no table {caption!r}.")
        made = as_rst(caption, head, lines or [["not in this run", *[""] * (len(head) - 1)]])
        text = table.sub(lambda found, made=made: made, text)  # type: ignore[misc]
    return text
