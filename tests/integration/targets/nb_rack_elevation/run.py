# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the playbook with -vvvv against a mock NetBox of each version. The output must not contain a token."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile

from ansible_collections.netbox.cursor.tests.stand_in import serve

for version in ("4.5", "4.6", "4.7"):
    with serve(version=version) as netbox, tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "NETBOX_API": netbox.url, "NETBOX_TOKEN": netbox.tokens["v2"]}
        command = ["ansible-playbook", "-vvvv", "playbook.yml", "-e", json.dumps({"folder": folder})]
        ended = subprocess.run(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False
        )
        print(ended.stdout)
        assert ended.returncode == 0, f"failed on {version}"
        for token in netbox.tokens.values():
            assert token.rpartition(".")[2] not in ended.stdout, "the output contains a token"
        assert "Traceback" not in ended.stdout
