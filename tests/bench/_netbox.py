# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The measured NetBox: the mock NetBox in a separate process with a cost model, or a real NetBox.

Usage: python _netbox.py SETTINGS

As a program, this module serves the mock NetBox. It first prints its base URL and a token as a line of JSON. Each line
of JSON on standard input changes settings (tests/stand_in/_state.py, Settings). For each line, the program prints the
CPU seconds since it started.

The mock NetBox serializes each row once and caches the JSON. It delays each response until the time that a real NetBox
would need, according to the prices in tests/stand_in/_costs.py. If the mock NetBox itself needs less time, its own work
and the number of its processes do not affect the measurements.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import typing as t
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).absolute().parent
# The directory that contains ansible_collections.
COLLECTIONS = HERE.parents[4]
# The number of requests that the mock NetBox processes in parallel, and the seconds that it adds to each response.
WORKERS = 16
LATENCY = 0.02


def python_path(*before: Path) -> str:
    """Return a PYTHONPATH with these directories, the collections, and the import path of this process, in order."""
    return os.pathsep.join([*map(str, before), str(COLLECTIONS), *filter(None, sys.path)])


class NetBox:
    """A real NetBox. The benchmarks do not change it."""

    is_model = False

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.token = token

    def set(self, **_settings: t.Any) -> dict[str, float]:
        """Change settings of a mock NetBox, and return its CPU seconds since it started.

        `netbox` is the CPU time that a real NetBox would need for the same requests. `stand_in` is the CPU time of the
        mock NetBox. For a real NetBox, change nothing and return an empty dictionary.
        """
        return {}

    def get(self, path: str) -> t.Any:
        kind = "Bearer" if self.token.startswith("nbt_") else "Token"
        request = urllib.request.Request(
            self.url.rstrip("/") + path,
            headers={"Authorization": f"{kind} {self.token}", "Accept": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def count(self, endpoint: str) -> int:
        found: int = self.get(f"/api/{endpoint}/?limit=1&brief=1")["count"]
        return found


class Model(NetBox):
    """A mock NetBox in a separate process, with the costs of a real NetBox."""

    is_model = True

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        told = self._answer()
        super().__init__(told["url"], told["token"])

    def _answer(self) -> dict[str, t.Any]:
        assert self._process.stdout is not None
        answer: dict[str, t.Any] = json.loads(self._process.stdout.readline())
        return answer

    def set(self, **settings: t.Any) -> dict[str, float]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(settings) + "\n")
        self._process.stdin.flush()
        return self._answer()


@contextmanager
def model(**settings: t.Any) -> Iterator[Model]:
    """Run a mock NetBox until the end of the block.

    The settings are the parameters of ``serve``. In addition, `ids` replaces the devices with devices that have these
    IDs. It contains lists of arguments for ``range``.
    """
    environment = {**os.environ, "PYTHONPATH": python_path()}
    command = [sys.executable, str(HERE / "_netbox.py"), json.dumps(settings)]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Model(process)
        finally:
            process.terminate()


def main(settings: str) -> None:
    from ansible_collections.netbox.cursor.tests.stand_in import serve
    from ansible_collections.netbox.cursor.tests.stand_in._written import Written

    options = json.loads(settings)
    ids = options.pop("ids", None)
    with serve(version="4.6", **options) as netbox:
        netbox.written = Written()
        if ids:
            rows = {pk: {"id": pk, "name": f"device {pk}"} for limits in ids for pk in range(*limits)}
            netbox.table("dcim/devices").replace(rows)
        print(json.dumps({"url": netbox.url, "token": netbox.tokens["v1"]}), flush=True)
        for line in sys.stdin:
            for name, value in json.loads(line).items():
                setattr(netbox.settings, name, value)
            netbox.requests.clear()
            print(json.dumps({"netbox": sum(netbox.cost.values()), "stand_in": time.process_time()}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
