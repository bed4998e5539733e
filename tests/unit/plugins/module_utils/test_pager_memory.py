# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A walk holds the pages under way, not the list."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ansible_collections.netbox.cursor.tests import _programs
from ansible_collections.netbox.cursor.tests.stand_in import serve

# Peak memory is a property of a process, so that the walk gets one of its own. It prints rows and megabytes.
WALK = """
import pathlib
import resource
import sys

from ansible_collections.netbox.cursor.plugins.module_utils._http import answers
from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager


def peak():
    # In megabytes.
    status = pathlib.Path("/proc/self/status")
    if status.exists():
        # The peak of getrusage begins with that of the process that started this one.
        return int(status.read_text().split("VmHWM:")[1].split()[0]) / 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


url, token, parser, workers = sys.argv[1:]
if parser == "json":
    answers.HAS_ORJSON = False
before = peak()
with Client(url, token) as client, Pager(client, max_workers=int(workers)) as pager:
    rows = sum(1 for row in pager.rows("dcim/sites"))
print(rows, round(peak() - before))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("workers", "parser", "most"), [(4, "json", 60), (4, "orjson", 70), (1, "json", 30), (1, "orjson", 35)]
)
@pytest.mark.parametrize(("endpoint", "number"), [("dcim/sites", 100_000), ("dcim/devices", 12_000)])
def test_walk_needs_memory_for_a_few_pages(endpoint: str, number: int, workers: int, parser: str, most: int) -> None:
    """Rows of 1.4 kB, and whole devices of 4.5 kB. A longer list needs no more memory.

    While orjson parses, it needs several times the size of a page, which the C library keeps for each of four threads.
    """
    if parser == "orjson":
        pytest.importorskip("orjson")
    with serve(version="4.6") as netbox:
        row = netbox.table(endpoint)[1]
        netbox.table("dcim/sites").replace({pk: {**row, "id": pk} for pk in range(1, number + 1)})
        command = [sys.executable, "-c", WALK, netbox.url, netbox.tokens["v1"], parser, str(workers)]
        environment = _programs.environment()
        ended = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert ended.returncode == 0, ended.stderr
    rows, megabytes = map(int, ended.stdout.split())
    assert rows == number
    assert megabytes < most
