# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ctrl-C and SIGTERM stop a run immediately, even if NetBox does not respond. No process, thread, or incomplete file
remains."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from ansible_collections.netbox.cursor.plugins.plugin_utils._unsafe import NEEDS_MARKS
from ansible_collections.netbox.cursor.tests import _programs
from ansible_collections.netbox.cursor.tests._timing import SOON
from ansible_collections.netbox.cursor.tests.stand_in import Fault, NetBox, serve

# Seconds by which NetBox delays each page except the first.
SLOW = 30
PLAY = """
- hosts: localhost
  gather_facts: false
  tasks:
    - ansible.builtin.debug:
        msg: "{{ query('netbox.cursor.nb_query', 'dcim/devices') | length }}"
"""


@contextmanager
def running(netbox: NetBox, folder: Path, what: str) -> Iterator[subprocess.Popen[str]]:
    """Start a run in a separate session that waits for several pages in parallel."""
    source = folder / "a.netbox.yml"
    options = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(folder / "cache")}
    source.write_text(json.dumps({"plugin": "netbox.cursor.nb_inventory", **options}), encoding="utf-8")
    book = folder / "play.yml"
    book.write_text(PLAY, encoding="utf-8")
    environment = _programs.environment(
        NETBOX_API=netbox.url, NETBOX_TOKEN=netbox.tokens["v1"], XDG_CACHE_HOME=str(folder / "cache")
    )
    arguments = {"inventory": ["-i", str(source), "--list"], "playbook": [str(book)]}[what]
    command = _programs.command(what, *arguments)
    with subprocess.Popen(
        command,
        env=environment,
        cwd=folder,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        # Shells start background processes that ignore Ctrl-C, and this process would inherit this setting.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    ) as process:
        try:
            until = time.monotonic() + 60
            while len(netbox.requests) < 4 and time.monotonic() < until and process.poll() is None:
                time.sleep(0.02)
            yield process
        finally:
            for number in of_session(process.pid):
                os.kill(number, signal.SIGKILL)


def of_session(leader: int) -> list[int]:
    """Return the child processes of the process with this ID."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                facts = (entry / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            except OSError:
                continue
            if int(facts[3]) == leader and facts[0] != "Z":
                found.append(int(entry.name))
    return found


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the processes of a session are read from /proc")
@pytest.mark.parametrize("what", ["inventory", "playbook"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_run_ends_immediately(tmp_path: Path, what: str, number: signal.Signals) -> None:
    with serve(version="4.6", estate=3000) as netbox:
        # All requests except the first page and the small request for the number of rows.
        netbox.faults.append(Fault("slow", SLOW, path="/api/dcim/devices/", after=1, limit_above=1))
        with running(netbox, tmp_path, what) as process:
            assert process.poll() is None, process.communicate()[0]
            shown = [Path(f"/proc/{one}/cmdline").read_bytes() for one in of_session(process.pid)]
            began = time.monotonic()
            # A playbook can miss a signal while Ansible starts a process. Users press Ctrl-C again.
            for dummy in range(4 if what == "playbook" else 1):
                if number is signal.SIGINT or (NEEDS_MARKS and what == "playbook"):
                    # As a terminal does. Before ansible-core 2.19, workers continue if only the playbook process
                    # receives the signal.
                    os.killpg(process.pid, number)
                else:
                    process.send_signal(number)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(2)
                    break
            said = process.communicate(timeout=SLOW)[0]
            seconds = time.monotonic() - began
            time.sleep(0.2)
            left = of_session(process.pid)
        token = netbox.tokens["v1"]
        netbox.faults.clear()
    assert seconds < SOON
    assert process.returncode not in (0, None)
    assert not left
    assert "Traceback" not in said and token not in said
    assert shown and not any(token.encode() in line for line in shown)
    assert [path for path in tmp_path.rglob("*") if path.is_file() and path.parent.name == "cache"] == []
