# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kill refreshes at random times, and run refreshes in parallel on one cache."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import time
import typing as t
from pathlib import Path

from ansible_collections.netbox.cursor.tests import _programs
from ansible_collections.netbox.cursor.tests.stand_in import NetBox

DEVICES = "dcim/devices"


class Runs:
    """Runs ansible-inventory on ``netbox`` with one cache."""

    def __init__(self, netbox: NetBox, folder: Path) -> None:
        self._netbox = netbox
        self._path = folder / "a.netbox.yml"
        self._full = folder / "b.netbox.yml"
        where: dict[str, t.Any] = {
            "plugin": "netbox.cursor.nb_inventory",
            "api_endpoint": netbox.url,
            "token": netbox.tokens["v1"],
        }
        where = {**where, "interfaces": True, "services": True}
        kept = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(folder / "cache")}
        # The source's name is in the variables of hosts.
        refresh = {**where, **kept, "cache_timeout": 1, "refresh": "changes"}
        self._path.write_text(json.dumps(refresh), encoding="utf-8")
        self._full.write_text(json.dumps(where), encoding="utf-8")

    def start(self, full: bool = False) -> subprocess.Popen[str]:
        """Start a run."""
        path = self._full if full else self._path
        return subprocess.Popen(
            _programs.command("inventory", "-i", str(path), "--list"),
            # Without this setting, Ansible ignores a source that it cannot read.
            env=_programs.environment(ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED="true"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def read(self, full: bool = False) -> t.Any:
        """Return the inventory of one run."""
        with self.start(full) as process:
            out, error = process.communicate()
        if process.returncode:
            raise RuntimeError(error)
        return json.loads(out)

    def edit(self, text: str) -> None:
        """Edit some hosts."""
        ids = list(self._netbox.table(DEVICES).ids())
        for number in random.sample(ids, 3):
            self._netbox.edits.update(DEVICES, number, serial=text)
        # An entry that is older than this is not used by a cached run.
        time.sleep(1.1)

    def differs(self) -> bool:
        """Return whether an inventory from the cache differs from a full read."""
        return bool(self.read() != self.read(full=True))


def killed(netbox: NetBox, folder: Path, number: int) -> tuple[int, int]:
    """Kill this number of refreshes. Return how many were still running, and how many left a wrong cache."""
    runs = Runs(netbox, folder)
    runs.read()
    began = time.monotonic()
    runs.edit("first")
    runs.read()
    seconds, hit, wrong = time.monotonic() - began - 1.1, 0, 0
    for attempt in range(number):
        runs.edit(f"K{attempt}")
        process = runs.start()
        # For most of the run, Ansible starts and cannot damage the cache.
        time.sleep(random.uniform(seconds * 0.4, seconds * 1.05))
        hit += process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.communicate()
        # Edit before the comparison, so that the comparison refreshes the cache that the killed run left.
        runs.edit(f"A{attempt}")
        wrong += runs.differs()
    return hit, wrong


def at_once(netbox: NetBox, folder: Path, number: int) -> int:
    """Run this number of pairs of parallel refreshes. Return how many pairs left a wrong cache."""
    runs, wrong = Runs(netbox, folder), 0
    runs.read()
    for attempt in range(number):
        runs.edit(f"T{attempt}")
        first, second = runs.start(), runs.start()
        netbox.edits.update(DEVICES, min(netbox.table(DEVICES).ids()), serial=f"between {attempt}")
        first.communicate()
        second.communicate()
        runs.edit(f"B{attempt}")
        wrong += runs.differs()
    return wrong
