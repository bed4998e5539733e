# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Follow the getting started guide and the README literally, as a new user with an empty home directory.

First, ``make demo`` runs in a copy of the files that a clone would contain. Then the commands and files of the
documents run in the order in which they appear. The environment is empty, and PATH contains only Python, make, and
standard programs. The collection is installed from the tarball that Galaxy would offer, and NetBox is the mock NetBox.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import yaml
from PIL import Image

HERE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(HERE.parents[2]))

from ansible_collections.netbox.cursor.tests.documents import (  # noqa: E402
    Block,
    Command,
    output_pattern,
    read_blocks,
    serve_documented,
)
from ansible_collections.netbox.cursor.tests.stand_in import NetBox  # noqa: E402

FROM_GALAXY = "ansible-galaxy collection install netbox.cursor"
EXAMPLE_URL = "https://netbox.example.com"
# Commands that start with these words develop the collection instead of using it.
FOR_DEVELOPERS = ("make ", "NETBOX_API=")
GUIDE_RESULTS = ('"sw1 is a Switch 48"',)
README_RESULTS = ('"sw1 in Berlin 1"', "failed=0")


class Stranger:
    """A user with an empty home directory below ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.work = folder / "work"
        tools = folder / "bin"
        for new in (self.home, self.work, tools):
            new.mkdir()
        python = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
        for name in ("python3", "python3.12"):
            # Do not use a link, because Python looks for its library next to the path of the program.
            (tools / name).write_text(f'#!/bin/sh\nexec {python} "$@"\n', encoding="utf-8")
            (tools / name).chmod(0o755)
        self.environment = {"HOME": str(self.home), "PATH": f"{tools}:/usr/bin:/bin", "LANG": "C.UTF-8"}
        # On a busy machine, parallel hosts print their results in any order. The guide shows the inventory order.
        self.environment["ANSIBLE_FORKS"] = "1"
        # The machine decides which package index pip uses.
        settings = Path.home() / ".config/pip/pip.conf"
        if settings.exists():
            (self.home / ".config/pip").mkdir(parents=True)
            shutil.copy(settings, self.home / ".config/pip")

    def run(self, script: str, cwd: Path | None = None) -> str:
        """Return what a bash script prints. Exit if it fails or prints a traceback."""
        began = time.monotonic()
        ended = subprocess.run(
            ["/bin/bash", "-c", script],
            cwd=cwd or self.work,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        print(f"{time.monotonic() - began:6.1f} s  {script.splitlines()[0]}", flush=True)
        if ended.returncode or "Traceback" in ended.stdout + ended.stderr:
            sys.exit(f"{ended.stdout}{ended.stderr}\nThe script ended with {ended.returncode}:\n{script}")
        return ended.stdout

    def follow(self, document: Path, blocks: list[Block], adapt: Callable[[str], str]) -> str:
        """Write the files and run the commands of a document in one session, and compare the output.

        ``adapt`` replaces what differs on this machine. Return all output.
        """
        commands: list[Command] = []
        script = [f"# {document.name}", "set -e"]
        for block in blocks:
            if block.file:
                path = self.work / ".files" / str(block.line)
                path.parent.mkdir(exist_ok=True)
                path.write_text(adapt(block.text), encoding="utf-8")
                script.append(f"mkdir -p $(dirname {block.file}); cp {path} {block.file}")
            for command in block.commands() if block.language == "console" else ():
                if not command.text.startswith(FOR_DEVELOPERS):
                    script += [f"echo '@@ {len(commands)}'", adapt(command.text)]
                    commands.append(command)
        output = self.run("\n".join(script))
        parts = re.split(r"^@@ \d+\n", output, flags=re.MULTILINE)[1:]
        for command, text in zip(commands, parts):
            if command.output and not re.fullmatch(output_pattern(command.output), text):
                sys.exit(f"{document.name}: {command.text!r} prints something else:\n{text}")
        assert len(parts) == len(commands) > 5, (document, len(commands))
        return output


def copy_checkout(folder: Path) -> Path:
    """Copy the files that a fresh clone would contain, and those that are not committed yet."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=HERE, check=True, capture_output=True, text=True).stdout.split("\0")
    for name in filter(None, names):
        if (HERE / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(HERE / name, folder / name)
    return folder


def adapt_to(stranger: Stranger, checkout: Path, netbox: NetBox) -> Callable[[str], str]:
    """Return a function that replaces Galaxy, the URL and the token of NetBox, and paths of a web server."""
    tarballs = stranger.folder / "tarballs"
    build = f"ansible-galaxy collection build --force --output-path {tarballs} {checkout}"
    install = f"ansible-galaxy collection install {tarballs}/netbox-cursor-*.tar.gz"

    def adapt(text: str) -> str:
        text = text.replace(FROM_GALAXY, f"{build} && {install}").replace(EXAMPLE_URL, netbox.url)
        text = text.replace("NETBOX_TOKEN=...", f"NETBOX_TOKEN={netbox.tokens['v2']}")
        return text.replace("/srv/www", str(stranger.work))

    return adapt


def readme_blocks(document: Path) -> Iterator[Block]:
    """Yield the blocks of the README. Its files have no captions: they get the names that the text implies."""
    for number, block in enumerate(read_blocks(document)):
        content = yaml.safe_load(block.text) if block.language == "yaml" else None
        if isinstance(content, list):
            play = [{"hosts": "localhost", "gather_facts": False, "tasks": content}]
            name = f"playbook{number}.yml"
            yield block._replace(caption=name, text=json.dumps(play))
            yield block._replace(language="console", text=f"$ ansible-playbook {name}\n")
        elif content and "plugin" in content:
            yield block._replace(caption="netbox.yml")
            yield block._replace(language="console", text="$ ansible-inventory -i netbox.yml --list\n")
        elif content:
            assert content == {"collections": [{"name": "netbox.cursor"}]}, content
        else:
            yield block


def main() -> None:
    with tempfile.TemporaryDirectory() as name, serve_documented() as netbox:
        stranger = Stranger(Path(name))
        checkout = copy_checkout(Path(name) / "netbox.cursor")
        output = stranger.run("make demo", cwd=checkout)
        assert "leaf1" in output and "4 sites" in output, output
        left = sorted(path.name for path in stranger.home.iterdir())
        assert left in ([], [".config"]), f"the demonstration created {left} in HOME"
        (stranger.work / "photos").mkdir()
        Image.new("RGB", (8, 8), "blue").save(stranger.work / "photos/sw1-front.jpg")

        adapt = adapt_to(stranger, checkout, netbox)
        guide, readme = checkout / "docs/docsite/rst/getting_started.rst", checkout / "README.md"
        output = stranger.follow(guide, read_blocks(guide), adapt)
        assert all(result in output for result in GUIDE_RESULTS), output
        stranger.environment["PATH"] = f"{stranger.home}/netbox-ansible/bin:{stranger.environment['PATH']}"
        stranger.work.joinpath("ansible.cfg").unlink()
        output = stranger.follow(readme, list(readme_blocks(readme)), adapt)
        for command in re.findall(r"`(ansible-doc [^`]*)`", readme.read_text(encoding="utf-8")):
            assert "strict_filters" in stranger.run(command), command
        assert all(result in output for result in README_RESULTS), output
        assert (stranger.work / "racks/index.html").exists()
        assert any(row["name"] == "front" for row in netbox.table("extras/image-attachments").values())
    print(f"The guide and the README work: {shlex.quote(str(guide.name))}, {readme.name}.")


if __name__ == "__main__":
    main()
