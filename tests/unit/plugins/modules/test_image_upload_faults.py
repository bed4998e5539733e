# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""If lost responses or concurrent tasks result in two images with the same name, the module always reports them."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest

from ansible_collections.netbox.cursor.plugins.modules import nb_image_attachment
from ansible_collections.netbox.cursor.tests.stand_in import HERE, Fault, NetBox
from ansible_collections.netbox.cursor.tests.unit.plugins.modules.images import (
    FRONT,
    GREEN,
    LEAF1,
    LEAF2,
    LIST,
    OF_LEAF2,
    RED,
    Run,
    every_file_has_an_attachment,
    image,
    list_requests,
    named_rows,
)

pytestmark = pytest.mark.slow


def test_lost_response_is_resolved(netbox: NetBox, run_module: Run) -> None:
    netbox.faults.append(Fault("cut", path=LIST, after=1, times=1))
    returned = run_module(nb_image_attachment, **LEAF2, content=RED)
    (row,) = named_rows(netbox, "new")
    assert (returned["action"], returned["image_attachment"]["id"]) == ("added", row["id"])
    assert list_requests(netbox) == [
        OF_LEAF2,
        f"POST {LIST}",
        OF_LEAF2,
        "GET /media/image-attachments/device_2_new.png",
        OF_LEAF2,
    ]


def test_lost_response_is_resolved_by_the_next_run(netbox: NetBox, run_module: Run) -> None:
    netbox.faults.append(Fault("cut", path=LIST, after=1))
    returned = run_module(nb_image_attachment, **LEAF2, content=RED)
    assert "run the task again" in returned["msg"]
    netbox.faults.clear()
    assert run_module(nb_image_attachment, **LEAF2, content=RED)["action"] == "left"
    assert len(named_rows(netbox, "new")) == 1


def test_unresolved_response_names_the_previous_image(netbox: NetBox, run_module: Run) -> None:
    netbox.faults.append(Fault("cut", path=LIST, after=1))
    returned = run_module(nb_image_attachment, **LEAF1, content=GREEN)
    assert [row["id"] for row in named_rows(netbox, "front")] == [1, 3]
    assert "remove the previous image: id 1 (/media/image-attachments/device_1_front.png)" in returned["msg"]


def test_late_image_is_waited_for(netbox: NetBox, run_module: Run) -> None:
    netbox.faults.append(Fault("slow", 0.5, path=LIST, after=1, times=1))
    returned = run_module(nb_image_attachment, **LEAF1, content=GREEN, timeout=0.2)
    (row,) = named_rows(netbox, "front")
    assert (returned["action"], returned["image_attachment"]["id"]) == ("replaced", row["id"])
    assert sum(request.method == "POST" for request in netbox.requests) == 1


def test_image_of_another_task_is_not_the_lost_one(netbox: NetBox, run_module: Run) -> None:
    table = netbox.table("extras/image-attachments")

    def add_another(received: t.Any) -> None:
        if received.method == "POST":
            netbox.media["/media/other.png"] = image("green")
            table[4] = {**table[1], "id": 4, "object_id": 2, "name": "new", "image": f"{HERE}/media/other.png"}

    netbox.hooks.append(add_another)
    netbox.faults.append(Fault("reset", path=LIST, after=1, times=1))
    assert "run the task again" in run_module(nb_image_attachment, **LEAF2, content=RED)["msg"]
    assert [row["id"] for row in named_rows(netbox, "new")] == [4]


class Broken(t.NamedTuple):
    """A request that fails once during the replacement of ``front``, and whether NetBox processes it anyway."""

    method: str
    kind: str
    done: bool

    @property
    def is_error(self) -> bool:
        """Return whether the module cannot recover from the fault."""
        if self.method == "POST":
            return not self.done
        return self.kind == "other_json" and self.method != "GET media"


# The requests of a replacement, in sequence.
REQUESTS = ["GET list", "GET media", "POST", "DELETE", "GET list again"]


BREAKS = [
    Broken(method, kind, done)
    for method in REQUESTS
    for kind, done in itertools.product(("reset", "cut", "status", "empty", "other_json"), (True, False))
    if (done or kind != "cut") and (done or not method.startswith("GET"))
]


@pytest.mark.parametrize("broken", BREAKS, ids=lambda broken: f"{broken.method}-{broken.kind}-{broken.done}")
def test_failed_request_leaves_one_image_or_an_error(broken: Broken, netbox: NetBox, run_module: Run) -> None:
    # Both have the same size, so the module must read NetBox's copy.
    old, new = image("red")[::-1], image("red")
    netbox.media[FRONT.partition(" ")[2]] = old

    def pictures() -> list[bytes]:
        return [netbox.media[row["image"].replace("http://netbox.example", "")] for row in named_rows(netbox, "front")]

    fault = Fault(broken.kind, 503, after=REQUESTS.index(broken.method), times=1, done=broken.done)
    netbox.faults.append(fault)
    returned = run_module(nb_image_attachment, **LEAF1, content=RED, retries=1)
    assert fault.seen > fault.after
    assert returned.get("failed", False) == broken.is_error
    if not broken.is_error:
        assert (returned["action"], pictures()) == ("replaced", [new])
    else:
        assert pictures() in ([old], [new], [old, new])
    if len(pictures()) == 2:
        # The message lists both, and the next run does not choose one.
        assert "id 1 (/media/image-attachments/device_1_front.png)" in returned["msg"]
        assert "state=absent" in run_module(nb_image_attachment, **LEAF1, content=RED)["msg"]
        run_module(nb_image_attachment, **LEAF1, state="absent")
    run_module(nb_image_attachment, **LEAF1, content=RED)
    assert pictures() == [new]
    assert every_file_has_an_attachment(netbox)


def test_description_is_written_again_after_a_lost_response(netbox: NetBox, run_module: Run) -> None:
    for kind in ("cut", "other_json"):
        netbox.faults[:] = [Fault(kind, path=f"{LIST}1/", times=1)]
        returned = run_module(nb_image_attachment, **LEAF1, content=RED, description=kind, retries=1)
        assert returned.get("action") == ("updated" if kind == "cut" else None)
        assert "the response is not an image attachment" in returned.get("msg", "") or kind == "cut"


# Reads the arguments from the first line of its input, and runs the module after the second line. The last word on
# stderr is the peak memory use after that, in bytes.
PROCESS = """
import atexit, sys, tracemalloc
atexit.register(lambda: print(tracemalloc.get_traced_memory()[1], file=sys.stderr))
from ansible.module_utils import basic
from ansible_collections.netbox.cursor.plugins.modules import nb_image_attachment
basic._ANSIBLE_ARGS, basic._ANSIBLE_PROFILE = sys.stdin.readline().encode(), "legacy"
print("ready", flush=True)
sys.stdin.readline()
tracemalloc.start()
nb_image_attachment.main()
"""


def test_large_file_is_not_loaded_into_memory(tmp_path: Path, netbox: NetBox) -> None:
    needed = []
    for side in (1, 2600):
        (tmp_path / "x.bmp").write_bytes(image(size=(side, side), form="BMP"))
        options = {**LEAF2, "name": str(side), "src": str(tmp_path / "x.bmp"), "api_endpoint": netbox.url}
        for _again in range(2):
            ended = subprocess.run(
                [sys.executable, "-c", PROCESS],
                input=json.dumps({"ANSIBLE_MODULE_ARGS": {**options, "token": netbox.tokens["v1"]}}) + "\ngo\n",
                capture_output=True,
                encoding="utf-8",
                check=False,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            )
            needed.append(int(ended.stderr.split()[-1]))
    assert [len(content) > 20_000_000 for content in netbox.media.values()].count(True) == 1
    # 20 MB, which the module uploads and then reads again.
    assert max(needed) < 5_000_000, needed


def run_concurrently(netbox: NetBox, tasks: list[dict[str, t.Any]]) -> list[dict[str, t.Any]]:
    """Return the results of processes that run the module at the same time."""
    connection = {"api_endpoint": netbox.url, "token": netbox.tokens["v1"]}
    processes = []
    for options in tasks:
        process = subprocess.Popen(
            [sys.executable, "-c", PROCESS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert process.stdin
        process.stdin.write(json.dumps({"ANSIBLE_MODULE_ARGS": {**connection, **options}}) + "\n")
        process.stdin.flush()
        processes.append(process)
    for process in processes:
        assert process.stdout and process.stdout.readline() == "ready\n"
    # Longer than the start of all processes, so that all of them read the same data before one of them writes.
    netbox.settings.latency = 0.3
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    return [json.loads(process.communicate(timeout=60)[0]) for process in processes]


def check_left_over(netbox: NetBox, name: str, returned: list[dict[str, t.Any]]) -> None:
    """Assert that only one attachment exists, or that a task failed and listed all of them."""
    rows = named_rows(netbox, name)
    failed = [each["msg"] for each in returned if each.get("failed")]
    assert rows
    if len(rows) > 1:
        assert any(all(f"id {row['id']} (" in msg for row in rows) for msg in failed), failed
    assert every_file_has_an_attachment(netbox)


@pytest.mark.parametrize("options", [{**LEAF2, "content": RED}, {**LEAF1, "content": GREEN}])
def test_concurrent_tasks_leave_one_image_or_an_error(options: dict[str, t.Any], netbox: NetBox) -> None:
    returned = run_concurrently(netbox, [options] * 4)
    assert sum(request.method == "POST" for request in netbox.requests) > 1, "the tasks did not run concurrently"
    check_left_over(netbox, options["name"], returned)


def test_concurrent_tasks_with_two_images_leave_one_or_an_error(netbox: NetBox) -> None:
    returned = run_concurrently(netbox, [{**LEAF2, "content": RED}, {**LEAF2, "content": GREEN}])
    check_left_over(netbox, "new", returned)


@pytest.mark.parametrize("color", ["red", "green"])
def test_attachment_added_by_another_task_is_an_error(color: str, netbox: NetBox, run_module: Run) -> None:
    table = netbox.table("extras/image-attachments")

    def add_another(received: t.Any) -> None:
        if received.method == "GET" and received.path == LIST and 3 in table and 4 not in table:
            netbox.media["/media/other.png"] = image(color)
            table[4] = {**table[3], "id": 4, "image": f"{HERE}/media/other.png", "image_size": len(image(color))}

    netbox.hooks.append(add_another)
    returned = run_module(nb_image_attachment, **LEAF2, content=RED)
    assert returned["failure"]["kind"] == "NotOne"
    check_left_over(netbox, "new", [returned])
