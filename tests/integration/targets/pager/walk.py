# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start a mock NetBox as a process, read its 3,000 devices, and compare the result with its count."""

from __future__ import annotations

import subprocess
import sys

from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager

for version in ("4.5", "4.6", "4.7"):
    command = [sys.executable, sys.argv[1], "--version", version, "--port", "0", "--estate", "3000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        words = process.stdout.readline().split()
        url, token = words[words.index("at") + 1], words[words.index("token") + 1]
        try:
            for workers in (1, 4):
                with Client(url, token) as client, Pager(client, max_workers=workers) as pager:
                    ids = [row["id"] for row in pager.rows("dcim/devices")]
                    assert ids == sorted(set(ids)), "rows repeated or out of order"
                    assert len(ids) == pager.count("dcim/devices") == 3000, f"{len(ids)} rows"
        finally:
            process.terminate()
