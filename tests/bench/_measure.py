# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all benchmarks need: a stand-in in a process of its own, rounds in turns, medians with their spread, a table."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
import typing as t
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

STAND_IN = Path(__file__).resolve().parent.parent / "stand_in"


@contextmanager
def stand_in(*arguments: str, program: Path = STAND_IN) -> Iterator[tuple[str, str]]:
    """Address and token of a stand-in NetBox, started as a process with these arguments."""
    command = [sys.executable, str(program), *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            words = process.stdout.readline().split()
            yield words[words.index("at") + 1], words[words.index("token") + 1]
        finally:
            process.terminate()


def in_turns(works: dict[str, Callable[[], t.Any]], rounds: int) -> tuple[dict[str, list[float]], dict[str, t.Any]]:
    """Do each of ``works`` once per round, in turns, so that what else the machine does hits all alike.

    Returns the seconds of each round and the last result, by name.
    """
    seconds: dict[str, list[float]] = {name: [] for name in works}
    results = {}
    for dummy in range(rounds):
        for name, work in works.items():
            began = time.perf_counter()
            results[name] = work()
            seconds[name].append(time.perf_counter() - began)
    return seconds, results


def median_and_spread(seconds: Sequence[float]) -> str:
    """``1.23 (1.20 - 1.31)``"""
    return f"{statistics.median(seconds):.2f} ({min(seconds):.2f} - {max(seconds):.2f})"


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """The same in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
