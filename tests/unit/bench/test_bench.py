# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The benchmarks measure the right things, and tables and ratios show the results."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ansible_collections.netbox.cursor.tests.bench import _command
from ansible_collections.netbox.cursor.tests.bench import _inventories as inventories
from ansible_collections.netbox.cursor.tests.bench import _lists as lists
from ansible_collections.netbox.cursor.tests.bench._command import ROOT, Bench, parsed
from ansible_collections.netbox.cursor.tests.bench._netbox import NetBox
from ansible_collections.netbox.cursor.tests.bench._results import Result, Run
from ansible_collections.netbox.cursor.tests.bench._runs import Rounds, Work, place
from ansible_collections.netbox.cursor.tests.bench._tables import as_text, in_documents, shown, targets, with_tables
from ansible_collections.netbox.cursor.tests.bench._targets import TARGETS


def result(by: str, **costs: list[float]) -> Result:
    return Result(by, costs=costs)


@pytest.fixture
def run() -> Run:
    run = Run({"Python": "3.12"})
    floor = result(inventories.FLOOR, wall=[2.0], cpu=[1.0, 3.0, 2.0], memory=[100.0])
    ours = result(inventories.OURS, wall=[2.0], cpu=[3.0, 2.8, 9.0], memory=[140.0], requests=[12.0], bytes=[2.5e6])
    run.add(inventories.GROUP, "defaults", 25_000, [floor, ours])
    return run


def verdicts(run: Run) -> dict[str, list[str]]:
    return {line[0]: line[1:] for line in targets(run)[1]}


def test_targets_are_ratios_of_medians(run: Run) -> None:
    assert verdicts(run)["25,000 devices: controller CPU, GraphQL / static file"] == ["<= 1.6", "1.500", "met"]
    assert verdicts(run)["25,000 devices: memory, GraphQL / static file"] == ["<= 1.3", "1.400", "missed by 8%"]


def test_target_without_a_measurement_has_no_verdict(run: Run) -> None:
    assert verdicts(run)["25,000 devices: controller CPU, GraphQL / netbox.netbox"] == ["<= 0.15", "", "not measured"]


def test_every_target_can_be_measured() -> None:
    measured = {
        *(("inventory", case, by) for case in inventories.CASES for by in (inventories.FLOOR, inventories.OURS)),
        *(("inventory", case, inventories.THEIRS) for case in inventories.CASES if case != "five"),
        ("inventory", "defaults", inventories.OURS_AT_ONCE),
        *(("lists", "20 ms", work.by) for work in lists.works()),
        *(("growth", lists.GROWTH_CASE, work.by) for work in lists.grown(10_000)),
    }

    for target in TARGETS:
        for group, case, dummy, by in (target.some, target.other):
            assert (group, case, by) in measured


def test_tables_show_the_columns_that_have_something_in_them(run: Run) -> None:
    head, lines = shown(run, run.results)

    measures = ("Rounds", "Time, s", "CPU, s", "CPU, compared with the static file", "Memory, MB")
    assert head == ["Case", "Program", *measures, "Requests", "Received, MB"]
    what = "25,000 devices, all default variables"
    assert lines[0] == [what, "static file", "1", "2.0", "2.00 (1.00 - 3.00)", "1.00", "100", "", ""]
    assert lines[1] == [what, "netbox.cursor, GraphQL", "1", "2.0", "3.00 (2.80 - 9.00)", "1.50", "140", "12", "2.5"]
    assert as_text(head, lines).splitlines()[1].startswith("| ---")


def test_documents_have_a_place_for_every_table(run: Run) -> None:
    for document, found in in_documents(run).items():
        text = (ROOT / document).read_text(encoding="utf-8")

        once = with_tables(text, found)

        assert with_tables(once, found) == once
        assert once.splitlines()[:20] == text.splitlines()[:20]
        if document.name == "benchmarks.rst":
            assert "     - 3.00 (2.80 - 9.00)\n" in once
            assert "     - missed by 8%\n" in once


def test_documents_show_the_saved_results() -> None:
    """``make bench BENCH="--from tests/bench/results.json --publish"`` updates them."""
    for document, found in in_documents(Run.load(_command.KEPT)).items():
        text = (ROOT / document).read_text(encoding="utf-8")
        assert with_tables(text, found) == text, document


def test_results_are_kept_as_they_are(run: Run, tmp_path: Path) -> None:
    run.save(tmp_path / "new" / "results.json")

    assert Run.load(tmp_path / "new" / "results.json") == run


def test_programs_run_in_turns_and_none_again_that_takes_long() -> None:
    said: list[str] = []
    quick, slow, broken = (
        Work(by, (sys.executable, "-c", f"import time; time.sleep({seconds}); print(3){more}"), int)
        for by, seconds, more in (("quick", 0, ""), ("slow", 2.5, ""), ("broken", 0, "; raise SystemExit('no NetBox')"))
    )

    with place(NetBox("http://127.0.0.1:1", "")) as at:
        results = Rounds(most=2, patience=2.4).measured(at, [slow, quick, broken], said.append)

    assert [(one.by, one.values("found")) for one in results] == [("slow", [3]), ("quick", [3, 3])]
    assert [line.split(":")[0] for line in said] == ["slow, round 1", "quick, round 1", "failed", "quick, round 2"]
    assert "no NetBox" in said[2]


@pytest.mark.slow
def test_a_small_estate_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_command, "OUTPUT", tmp_path)
    words = [
        "inventory",
        "lists",
        "--case",
        "defaults",
        "--hosts",
        "200",
        "--rows",
        "300",
        "--latency",
        "20",
        "--rounds",
        "1",
    ]
    bench = Bench(parsed([*words, "--by", "static", "cursor, GraphQL", "cursor, 1 worker"]), Run({}))

    bench.of_model()

    assert bench.complete
    assert Run.load(tmp_path / "results.json") == bench.run
    floor = bench.run.find("inventory", "defaults", 200, inventories.FLOOR)
    ours = bench.run.find("inventory", "defaults", 200, inventories.OURS)
    walked = bench.run.find("lists", "20 ms", 300, lists.pager(1))
    assert floor and ours and walked
    # 200 devices and 40 virtual machines. Reading a static file does not send requests.
    assert (floor.median("found"), ours.median("found"), walked.median("found")) == (240, 240, 300)
    assert (floor.median("requests"), floor.median("netbox")) == (None, None)
    assert (ours.median("netbox") or 0) > 0
    assert all((one.median(measure) or 0) > 0 for one in (floor, ours) for measure in ("cpu", "memory"))
    # Compare a full page with an empty page: CPU time on NetBox, and duration.
    assert walked.median("requests") == 2
    assert walked.median("netbox") == pytest.approx(2 * 0.05 + 300 * 1.4 / 1000)
    assert (walked.median("wall") or 0) > 0.56
    assert (walked.median("bytes") or 0) > 300 * 1000
