# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the benchmarks, and show, save, and publish the results."""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import sys
import time
import typing as t
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ansible_collections.netbox.cursor.tests.bench import _inventories as inventories
from ansible_collections.netbox.cursor.tests.bench import _lists as lists
from ansible_collections.netbox.cursor.tests.bench import _refresh as refresh
from ansible_collections.netbox.cursor.tests.bench import _tables as tables
from ansible_collections.netbox.cursor.tests.bench._netbox import LATENCY, WORKERS, NetBox, model
from ansible_collections.netbox.cursor.tests.bench._results import Run
from ansible_collections.netbox.cursor.tests.bench._runs import Failed, Place, Rounds, Work, place

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "tests" / "bench" / "results.json"
IMAGES = ROOT / "docs" / "docsite" / "rst" / "images"
OUTPUT = ROOT / "tests" / "output" / "bench"
GROUPS = (inventories.GROUP, lists.GROUP, lists.GROWTH, refresh.GROUP, lists.SPLIT)
# The version of netbox.netbox in the package `ansible`.
PEER = "3.23"


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument(
        "groups", nargs="*", metavar="GROUP", help=f"{', '.join(GROUPS)}. By default, all except the last"
    )
    parser.add_argument(
        "--full", action="store_true", help="also run the long benchmarks (three hours, 16 GB of memory)"
    )
    parser.add_argument("--hosts", type=int, nargs="+", help="numbers of devices in the inventories")
    parser.add_argument("--rows", type=int, nargs="+", help="numbers of rows in the lists")
    parser.add_argument(
        "--latency", type=int, nargs="+", choices=lists.LATENCIES, help="latencies for the lists, in milliseconds"
    )
    parser.add_argument("--case", nargs="+", choices=list(inventories.CASES), help="the inventories to measure")
    parser.add_argument(
        "--by",
        nargs="+",
        default=[],
        metavar="WORD",
        help="measure only programs whose names contain one of these words",
    )
    parser.add_argument("--rounds", type=int, default=3, help="number of measurements of each program")
    parser.add_argument(
        "--patience", type=float, default=15.0, help="measure a program only once if it takes more seconds than this"
    )
    parser.add_argument("--from", dest="source", type=Path, help="show the results in this file, and measure nothing")
    parser.add_argument("--publish", action="store_true", help="update the tables and charts in the performance guide")
    options = parser.parse_args(arguments)
    unknown = set(options.groups) - set(GROUPS)
    if unknown:
        parser.error(f"unknown group: {', '.join(sorted(unknown))}")
    options.groups = options.groups or [*GROUPS[:-1], *([lists.SPLIT] if options.full else [])]
    return options


@dataclass
class Bench:
    """A run of the benchmarks with its command-line options."""

    options: argparse.Namespace
    run: Run
    complete: bool = True

    def say(self, text: str) -> None:
        self.complete = self.complete and not text.startswith("failed")
        print(f"  {time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)

    @property
    def rounds(self) -> Rounds:
        return Rounds(self.options.rounds, self.options.patience, tuple(self.options.by))

    def measure(self, at: Place, group: str, case: str, size: int, works: Sequence[Work], **settings: t.Any) -> None:
        """Measure these programs, save the results, and print them as a table."""
        print(f"{group}: {size:,}, {case}", file=sys.stderr, flush=True)
        results = self.rounds.measured(at, works, self.say, **settings)
        found = {int(one.median("found") or 0) for one in results}
        if len(found) > 1:
            failed = "failed: " if at.netbox.is_model else ""
            self.say(f"{failed}the programs found different numbers of objects: {sorted(found)}")
        self.run.add(group, case, size, results)
        self.run.save(OUTPUT / "results.json")
        if results:
            shown = [replace(one, group=group, case=case, size=size) for one in results]
            print(tables.as_text(*tables.shown(self.run, shown)), end="\n\n", flush=True)

    def inventories(self, netbox: NetBox, size: int) -> None:
        full = self.options.full or bool(self.options.case)
        for case in self.options.case or inventories.CASES:
            with place(netbox) as at:
                works = [work for work in inventories.works(at, case) if inventories.fits(case, size, work.by, full)]
                if not works:
                    continue
                netbox.set(latency=0.0, cost_factor=0.0)
                try:
                    inventories.make_floor(at, case)
                except Failed as failed:
                    self.say(f"failed: {failed}")
                    works = [work for work in works if work.by != inventories.FLOOR]
                self.measure(at, inventories.GROUP, case, size, works, **inventories.MODEL)

    def lists(self, netbox: NetBox, size: int) -> None:
        full = self.options.full or bool(self.options.rows or self.options.latency)
        for latency in self.options.latency or (lists.LATENCIES if netbox.is_model else lists.LATENCIES[:1]):
            works = [work for work in lists.works() if lists.fits(size, latency, work.by, full)]
            if not works:
                continue
            with place(netbox) as at:
                case = f"{latency} ms" if netbox.is_model else "as it is"
                self.measure(at, lists.GROUP, case, size, works, workers=WORKERS, latency=latency / 1000)

    def growth(self, netbox: NetBox, size: int) -> None:
        for rows in self.options.rows or [rows for rows in lists.ALL_GROWN if rows <= size]:
            with place(netbox) as at:
                works = list(lists.grown(rows))
                self.measure(at, lists.GROWTH, lists.GROWTH_CASE, rows, works, workers=WORKERS, latency=LATENCY)

    def split_cursor(self, netbox: NetBox, case: str) -> None:
        works, size = list(lists.split()), netbox.count(lists.ENDPOINT)
        with place(netbox) as at:
            self.measure(at, lists.SPLIT, case, size, works, workers=WORKERS, latency=LATENCY)

    def refresh(self, size: int) -> None:
        for line, kept in refresh.compare(size, self.options.rounds):
            self.say(f"{'' if kept else 'failed: '}{line}")

    def of_model(self) -> None:
        full, groups = self.options.full, self.options.groups
        if inventories.GROUP in groups:
            for size in self.options.hosts or (inventories.ALL_SIZES if full else inventories.SIZES):
                with model(estate=size) as netbox:
                    self.inventories(netbox, size)
        if lists.GROUP in groups:
            for size in self.options.rows or (lists.ALL_SIZES if full else lists.SIZES):
                with model(estate=size, interfaces=0) as netbox:
                    self.lists(netbox, size)
        if lists.GROWTH in groups:
            most = max(self.options.rows or (lists.ALL_GROWN if full else lists.GROWN))
            with model(estate=most, interfaces=0) as netbox:
                self.growth(netbox, most)
        if refresh.GROUP in groups:
            for size in self.options.hosts or (refresh.ALL_SIZES if full else refresh.SIZES):
                self.refresh(size)
        if lists.SPLIT in groups:
            for case, ids in lists.IDS.items():
                with model(estate=1, interfaces=0, ids=ids) as netbox:
                    self.split_cursor(netbox, case)

    def of_real(self, netbox: NetBox) -> None:
        devices = netbox.count("dcim/devices")
        if inventories.GROUP in self.options.groups:
            self.inventories(netbox, devices)
        if lists.GROUP in self.options.groups:
            self.lists(netbox, devices)
        if lists.GROWTH in self.options.groups:
            self.growth(netbox, devices)


def about(url: str | None) -> dict[str, str]:
    """Return the environment of the run: component names and their descriptions."""
    versions = {name: importlib.metadata.version(name) for name in ("ansible-core", "pynetbox") if is_there(name)}
    versions["orjson"] = importlib.metadata.version("orjson") if is_there("orjson") else "not installed"
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    model = "Mock NetBox with 16 workers and a latency of 20 ms, unless a table shows another latency"
    server = model if url is None else "A real NetBox"
    return {
        "Controller and NetBox"
        if url is None
        else "Controller": f"{cores} cores of {processor()}, {platform.system()}",
        "Load average before the run": f"{os.getloadavg()[0]:.1f}",
        "NetBox": server,
        "Python": platform.python_version(),
        **versions,
        "netbox.netbox": peer_version(),
    }


def is_there(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def peer_version() -> str:
    for entry in sys.path:
        manifest = Path(entry) / "ansible_collections" / "netbox" / "netbox" / "MANIFEST.json"
        if manifest.exists():
            version: str = json.loads(manifest.read_text(encoding="utf-8"))["collection_info"]["version"]
            return version
    return "not installed"


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def main(arguments: Sequence[str] | None = None) -> int:
    options = parsed(arguments)
    url, token = os.environ.get("NETBOX_API"), os.environ.get("NETBOX_TOKEN", "")
    began = time.monotonic()
    if options.source:
        bench = Bench(options, Run.load(options.source))
    else:
        bench = Bench(options, Run(about(url)))
        for name, text in bench.run.about.items():
            print(f"{name}: {text}")
        if not bench.run.about["netbox.netbox"].startswith(PEER):
            print(f"The published figures are for netbox.netbox {PEER}.", file=sys.stderr)
        if url:
            print(f"The benchmarks read {url} and change nothing.")
            bench.of_real(NetBox(url, token))
        else:
            bench.of_model()
        print(f"Results: {OUTPUT / 'results.json'}. The run took {time.monotonic() - began:.0f} s.")
    if not url or options.source:
        print(tables.as_text(*tables.targets(bench.run)))
    show(bench.run, options.publish)
    return 0 if bench.complete else 1


def show(run: Run, publish: bool) -> None:
    """Draw the charts.

    If ``publish`` is set, also update the tables in the documentation, and save the results next to this file.
    """
    from ansible_collections.netbox.cursor.tests.bench import _plots as plots

    for path in plots.draw(run, IMAGES if publish else OUTPUT):
        print(f"Chart: {path}")
    if publish:
        run.save(KEPT)
        for document, found in tables.in_documents(run).items():
            path = ROOT / document
            path.write_text(tables.with_tables(path.read_text(encoding="utf-8"), found), encoding="utf-8")
            print(f"Tables: {path}")
