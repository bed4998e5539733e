# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A process that reads for a long time does not need more memory over time. ``make soak`` repeats this test for
longer."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.netbox.cursor.tests import _programs
from ansible_collections.netbox.cursor.tests.stand_in import serve

# As in make soak, because glibc keeps the memory of threads that have ended.
ONE_ARENA = {"MALLOC_ARENA_MAX": "1"}
MEASURED = Path(__file__).resolve().parents[3] / "soak" / "_measured.py"


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory and sockets are read from /proc")
@pytest.mark.parametrize(("what", "devices", "number"), [("inventories", 30, 10), ("rows", 20_000, 20_000)])
def test_memory_stays_and_threads_and_sockets_are_closed(what: str, devices: int, number: int) -> None:
    environment = _programs.environment(**ONE_ARENA)
    with serve(version="4.6", estate=devices) as netbox:
        command = [sys.executable, str(MEASURED), what, netbox.url, netbox.tokens["v1"], str(number)]
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    # Everything that is loaded only once is in memory after the third of ten runs.
    early = next(line for line in lines if line["done"] >= 0.3 * number)
    assert lines[-1]["done"] == number
    assert lines[-1]["memory"] - early["memory"] < 6
    assert (lines[-1]["threads"], lines[-1]["sockets"]) == (1, 0)
    assert max(line["sockets"] for line in lines) <= 4
