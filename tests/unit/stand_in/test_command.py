# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command prints its URL, serves requests, and stops on a signal."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

STAND_IN = Path(__file__).resolve().parent.parent.parent / "stand_in"


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_command_serves_until_a_signal(told: signal.Signals) -> None:
    command = [
        sys.executable,
        str(STAND_IN),
        "--version",
        "4.5",
        "--port",
        "0",
        "--estate",
        "30",
        "--fault",
        "status:502x1",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            words = process.stdout.readline().split()
            assert words[:4] == ["mock", "NetBox", "4.5.10", "at"]
            url, token = words[4], words[6]

            def ask() -> requests.Response:
                headers = {"Authorization": f"Bearer {token}"}
                return requests.get(f"{url}/api/dcim/devices/", headers=headers, timeout=30)

            assert ask().status_code == 502
            assert ask().json()["count"] == 30
            process.send_signal(told)
            assert process.wait(10) == 0
        finally:
            process.kill()
