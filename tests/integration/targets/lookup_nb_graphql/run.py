# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the playbook with -vvvv on the recorded estate of each version. The output must not contain a token."""

from __future__ import annotations

import os
import subprocess

from ansible_collections.netbox.cursor.tests.stand_in import serve

for version in ("4.5", "4.6", "4.7"):
    with serve(version=version) as netbox, serve(version=version, graphql=False) as without:
        environment = {
            **os.environ,
            "NETBOX_API": netbox.url,
            "NETBOX_TOKEN": netbox.tokens["v2"],
            "LIMITED_TOKEN": netbox.tokens["limited"],
            "WITHOUT_GRAPHQL": without.url,
        }
        command = ["ansible-playbook", "-i", "localhost,", "-c", "local", "-vvvv", "answers.yml"]
        ended = subprocess.run(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False
        )
    print(ended.stdout)
    assert ended.returncode == 0, version
    for token in netbox.tokens.values():
        assert token.rpartition(".")[2] not in ended.stdout, "a token is in the output"
    assert "Traceback" not in ended.stdout
