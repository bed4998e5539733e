# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run programs in turns, and record their costs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import typing as t
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.netbox.cursor.tests.bench._netbox import COLLECTIONS, HERE, NetBox, python_path
from ansible_collections.netbox.cursor.tests.bench._results import Result

CHILD = HERE / "child"


@dataclass(frozen=True)
class Work:
    """A program to measure. `found` returns the number of rows or hosts in the output of the program."""

    by: str
    command: tuple[str, ...]
    found: Callable[[str], int]
    asks: bool = True
    # If this is not empty, the first program with the same value runs once before the measurements. This run fills a
    # cache, or lets the mock NetBox cache the rows that these programs request.
    prepares: str = ""


# Prefixes of environment variables that programs do not inherit. PYTHON includes PYTHONDONTWRITEBYTECODE. With this
# variable, each run would compile all modules again.
SETTINGS = ("ANSIBLE_", "NETBOX_", "PYTHON")


class Failed(Exception):
    """A program failed. The message contains the last 500 characters of its standard error."""


class Place:
    """A working directory, and environment variables without the settings of the user, in which programs run."""

    def __init__(self, folder: Path, netbox: NetBox) -> None:
        self.folder = folder
        self.netbox = netbox
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(SETTINGS)},
            "NETBOX_API": netbox.url,
            "NETBOX_TOKEN": netbox.token,
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
            "ANSIBLE_INVENTORY_PLUGINS": str(CHILD / "floor"),
            "ANSIBLE_INVENTORY_ENABLED": "floor,auto",
            "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true",
            "ANSIBLE_HOME": str(folder),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "XDG_CACHE_HOME": str(folder / "cache"),
            # Keep the order of sets the same in each run, so that all runs request the same fields in the same order.
            "PYTHONHASHSEED": "0",
        }

    def run(self, work: Work) -> dict[str, float]:
        """Run a program once. Return its costs by measure, and the number of rows or hosts.

        Raise Failed if the program fails.
        """
        result, output, traffic = (self.folder / name for name in ("result.json", "output", "traffic.json"))
        traffic.write_text("{}", encoding="utf-8")
        environment = {**self._environment, "PYTHONPATH": python_path()}
        if work.asks:
            environment.update(PYTHONPATH=python_path(CHILD / "traffic"), TRAFFIC=str(traffic))
        before = self.netbox.set()
        measured = [sys.executable, "-I", "-S", str(CHILD / "measured.py"), str(result), str(output)]
        ended = subprocess.run(
            [*measured, *work.command], env=environment, cwd=self.folder, stderr=subprocess.PIPE, text=True, check=True
        )
        after = self.netbox.set()
        told = json.loads(result.read_text(encoding="utf-8"))
        if told.pop("status"):
            raise Failed(f"{work.by}: {' '.join(ended.stderr.split())[-500:]}")
        if work.asks:
            told.update(json.loads(traffic.read_text(encoding="utf-8")))
            told.update({name: seconds - before[name] for name, seconds in after.items()})
        told["found"] = work.found(output.read_text(encoding="utf-8"))
        return t.cast("dict[str, float]", told)


@contextmanager
def place(netbox: NetBox) -> Iterator[Place]:
    with tempfile.TemporaryDirectory() as folder:
        yield Place(Path(folder), netbox)


@dataclass(frozen=True)
class Rounds:
    """The number of rounds.

    Each program runs up to `most` times. It does not run again if its runs took more than `patience` seconds in total.
    """

    most: int = 3
    patience: float = 15.0
    # Parts of the names of programs to run. If empty, all programs run.
    by: tuple[str, ...] = ()

    def wants(self, by: str) -> bool:
        return not self.by or any(word in by for word in self.by)

    def measured(self, place: Place, works: Iterable[Work], say: Callable[[str], None], **model: t.Any) -> list[Result]:
        """Measure the selected programs, and return the results.

        The programs run in turns, so that other load on the computer affects all of them equally. `model` contains the
        settings of the mock NetBox for the measurements. Before the measurements, it responds without delays. If a
        program fails, report the error with `say`, and omit the program from the results.
        """
        results: dict[str, Result] = {}
        prepared = {""}
        wanted = {work.by: work for work in works if self.wants(work.by)}
        place.netbox.set(latency=0.0, cost_factor=0.0)
        for number in range(-1, self.most):
            if number == 0:
                place.netbox.set(cost_factor=1.0, **model)
            for by, work in list(wanted.items()):
                result = results.setdefault(by, Result(by))
                if sum(result.values("wall")) > self.patience or (number < 0 and work.prepares in prepared):
                    continue
                prepared.add(work.prepares)
                began = time.monotonic()
                try:
                    costs = place.run(work)
                except Failed as failed:
                    say(f"failed: {failed}")
                    results.pop(by)
                    del wanted[by]
                    continue
                if number >= 0:
                    result.add(costs)
                say(f"{by}, {f'round {number + 1}' if number >= 0 else 'warm-up'}: {time.monotonic() - began:.1f} s")
        return list(results.values())
