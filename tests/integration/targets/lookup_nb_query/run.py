# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the playbooks with -vvvv on the recorded estate. The output must not contain a token."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from ansible_collections.netbox.cursor.tests.stand_in import Fault, NetBox, serve


def play(playbook: str, netbox: NetBox, tokens: dict[str, str], **variables: object) -> None:
    """Run ``playbook`` on ``netbox``, with ``tokens`` in its environment."""
    environment = {**os.environ, **tokens, "NETBOX_API": netbox.url, "NETBOX_TOKEN": netbox.tokens["v2"]}
    environment["ANSIBLE_LOOKUP_PLUGINS"] = sys.argv[1]
    environment["XDG_CACHE_HOME"] = os.path.abspath("cache")
    command = ["ansible-playbook", "-i", "localhost,", "-c", "local", "-vvvv", playbook, "-e", json.dumps(variables)]
    ended = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False
    )
    print(ended.stdout)
    assert ended.returncode == 0, f"{playbook} failed"
    for token in (*netbox.tokens.values(), *tokens.values()):
        assert token.rpartition(".")[2] not in ended.stdout, "a token is in the output"
    assert "Traceback" not in ended.stdout


for version in ("4.5", "4.6", "4.7"):
    with serve(version=version) as real:
        play("answers.yml", real, {"OLD_TOKEN": real.tokens["v1"]}, version=version)

with serve(version="4.6") as real, serve(version="4.6", tls=True) as trusted, serve(version="4.6") as other:
    other.faults.append(Fault("html"))
    play(
        "errors.yml",
        real,
        {
            "EXPIRED_TOKEN": real.tokens["expired"],
            "LIMITED_TOKEN": real.tokens["limited"],
            "TLS_TOKEN": trusted.tokens["v1"],
        },
        tls=trusted.url,
        ca_path=trusted.ca_path,
        no_netbox=other.url,
    )
