# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The first ten minutes of a stranger: `make demo`, then README's installation and examples.

With an empty HOME and nothing in the environment, in a copy of what git would hand out; only Python, make and what
every system has are on the PATH. The collection is the tarball that Galaxy would give, and NetBox is the stand-in.
"""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import yaml
from PIL import Image

HERE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(HERE.parents[2]))

from ansible_collections.netbox.cursor.tests.stand_in import NetBox, serve  # noqa: E402

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", flags=re.MULTILINE | re.DOTALL)
# What README's examples name, and where it is here.
RACKS = "/srv/www/racks"


class Stranger:
    """Somebody with an empty HOME below ``folder``, and a Python there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        tools = folder / "bin"
        for new in (self.home, tools, folder / "work"):
            new.mkdir()
        python = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
        # By a script, not by a link: Python looks for its library beside the program's name.
        (tools / "python3.12").write_text(f'#!/bin/sh\nexec {python} "$@"\n', encoding="utf-8")
        (tools / "python3.12").chmod(0o755)
        self.path = f"{tools}:/usr/bin:/bin"
        # Where packages come from is the machine's affair.
        settings = Path.home() / ".config/pip/pip.conf"
        if settings.exists():
            (self.home / ".config/pip").mkdir(parents=True)
            shutil.copy(settings, self.home / ".config/pip")

    def run(self, command: str, cwd: Path | None = None, environment: Mapping[str, str] | None = None) -> str:
        """What ``command`` says; it must end well, and without complaint."""
        began = time.monotonic()
        given = {"HOME": str(self.home), "PATH": self.path, "LANG": "C.UTF-8", **(environment or {})}
        ended = subprocess.run(
            ["/bin/bash", "-c", command],
            cwd=cwd or self.folder / "work",
            env=given,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        print(f"$ {command}    # {time.monotonic() - began:.1f} s", flush=True)
        if ended.returncode or "Traceback" in ended.stdout:
            sys.exit(f"{ended.stdout}\n{command!r} ended with {ended.returncode}.")
        return ended.stdout


def copied(folder: Path) -> Path:
    """The checkout as a fresh clone would have it, with what is not committed yet."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=HERE, check=True, capture_output=True, text=True).stdout.split("\0")
    for name in filter(None, names):
        if (HERE / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(HERE / name, folder / name)
    return folder


def installed(stranger: Stranger, checkout: Path) -> None:
    """What README says under Installation, with the tarball in the place of Galaxy's name."""
    requirements = "ansible-core -r " + str(checkout / "meta/ee-requirements.txt")
    stranger.run(f"python3.12 -m venv ~/ansible && ~/ansible/bin/pip install --quiet {requirements}")
    stranger.path = f"{stranger.home}/ansible/bin:{stranger.path}"
    stranger.run("ansible-galaxy collection build", cwd=checkout)
    (tarball,) = checkout.glob("netbox-cursor-*.tar.gz")
    commands = re.findall(r"^\$ (ansible-galaxy .*)$", readme(checkout), flags=re.MULTILINE)
    assert commands == ["ansible-galaxy collection install netbox.cursor"], commands
    said = stranger.run(commands[0].replace("netbox.cursor", str(tarball)))
    assert "was installed successfully" in said, said


def readme(checkout: Path) -> str:
    return (checkout / "README.md").read_text(encoding="utf-8")


def prepare(netbox: NetBox) -> None:
    """Let NetBox hold what README's examples name."""
    sites, devices = netbox.table("dcim/sites"), netbox.table("dcim/devices")
    for number, slug in zip(sorted(sites.ids()), ("ber1", "par1")):
        old = sites[number]["slug"]
        sites[number] = {**sites[number], "slug": slug}
        for device in devices.values():
            if device["site"]["slug"] == old:
                device["site"] = {**device["site"], "slug": slug}
    first = next(device for device in devices.values() if device["site"]["slug"] == "ber1")
    first["name"] = first["display"] = "sw1"


def examples(stranger: Stranger, checkout: Path, netbox: NetBox) -> None:
    """All of README's YAML, each in the place it is meant for, and its commands."""
    work = stranger.folder / "work"
    (work / "photos").mkdir()
    stream = io.BytesIO()
    Image.new("RGB", (8, 8), "blue").save(stream, "JPEG")
    (work / "photos/sw1-front.jpg").write_bytes(stream.getvalue())
    environment = {"NETBOX_API": netbox.url, "NETBOX_TOKEN": netbox.tokens["v2"]}
    said = ""
    for kind, text in BLOCK.findall(readme(checkout)):
        content = yaml.safe_load(text) if kind == "yaml" else None
        if isinstance(content, list):
            tasks = json.loads(json.dumps(content).replace(RACKS, str(work / "racks")))
            play = [{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]
            (work / "playbook.yml").write_text(yaml.safe_dump(play, sort_keys=False), encoding="utf-8")
            said += stranger.run("ansible-playbook playbook.yml", environment=environment)
        elif content and "plugin" in content:
            (work / "netbox.yml").write_text(text, encoding="utf-8")
        elif content:
            # requirements.yml names Galaxy, and what `installed` has installed.
            assert content == {"collections": [{"name": "netbox.cursor"}]}, content
        for command in re.findall(r"^\$ (ansible-inventory .*)$", text, flags=re.MULTILINE):
            said += stranger.run(command, environment=environment)
    for command in re.findall(r"`(ansible-doc [^`]*)`", readme(checkout)):
        said += stranger.run(command)
    for wanted in ("sw1 in ", "@site_ber1", "failed=0", "OPTIONS", "strict_filters"):
        assert wanted in said, f"{wanted} is not in what the examples say: {said}"
    assert (work / "racks/index.html").exists()
    assert any(row["name"] == "front" for row in netbox.table("extras/image-attachments").values())


def main() -> None:
    with tempfile.TemporaryDirectory() as name, serve(version="4.6") as netbox:
        stranger = Stranger(Path(name))
        checkout = copied(Path(name) / "netbox.cursor")
        said = stranger.run("make demo", cwd=checkout)
        assert "leaf1" in said and "4 sites" in said, said
        left = sorted(path.name for path in stranger.home.iterdir())
        assert left in ([], [".config"]), f"the demonstration left {left} in HOME"
        installed(stranger, checkout)
        prepare(netbox)
        examples(stranger, checkout, netbox)
    print("A stranger gets along.")


if __name__ == "__main__":
    main()
