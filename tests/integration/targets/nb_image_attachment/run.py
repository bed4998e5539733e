# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the playbook with -vvvv against a mock NetBox of each version. The output must not contain a token."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import typing as t
from pathlib import Path

from images import write_images

from ansible_collections.netbox.cursor.tests.stand_in import serve


def find_old_python() -> str | None:
    """Return a Python that ansible-core supports on managed hosts, but this collection does not."""
    for version in ("3.6", "3.7", "3.8"):
        program = shutil.which(f"python{version}")
        # A version manager has programs for versions that it cannot run.
        if program and subprocess.run([program, "--version"], capture_output=True, check=False).returncode == 0:
            return program
    return None


def play(name: str, environment: dict[str, str], **variables: t.Any) -> str:
    """Run a playbook with -vvvv. Return its output, after checking that it succeeded."""
    command = ["ansible-playbook", "-vvvv", name, "-e", json.dumps(variables)]
    ended = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False
    )
    print(ended.stdout)
    assert ended.returncode == 0, f"{name} failed"
    assert "Traceback" not in ended.stdout
    return ended.stdout


for version in ("4.5", "4.6", "4.7"):
    with serve(version=version) as netbox, tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "NETBOX_API": netbox.url, "NETBOX_TOKEN": netbox.tokens["v2"]}
        environment["READ_ONLY_TOKEN"] = netbox.tokens["read_only"]
        os.mkfifo(f"{folder}/pipe.png")
        output = play("playbook.yml", environment, folder=folder, old_python=find_old_python())
        for token in netbox.tokens.values():
            assert token.rpartition(".")[2] not in output, "the output contains a token"

with tempfile.TemporaryDirectory() as folder:
    images = write_images(Path(folder))
    with serve(version="4.6") as netbox:
        # If NETBOX_API, NETBOX_TOKEN, and a site for the test are not set, use the mock NetBox instead of a real
        # NetBox.
        environment = {"NETBOX_API": netbox.url, "NETBOX_TOKEN": netbox.tokens["v2"], **os.environ}
        site = int(os.environ.get("NETBOX_SITE_ID", "1"))
        play("formats.yml", environment, images=images, object_type="dcim.site", object_id=site)
