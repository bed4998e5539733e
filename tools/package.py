# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the tarball, check its content, and create the build files of an execution environment from it."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import tempfile
import textwrap
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
MOST_BYTES = 400_000
# The tarball contains only files that users need.
FILES = {
    *("CHANGELOG.md", "CODE_OF_CONDUCT.md", "CONTRIBUTING.md", "FILES.json", "LICENSE", "MANIFEST.json", "README.md"),
    "SECURITY.md",
}
FOLDERS = {"changelogs", "docs", "meta", "plugins", "roles"}
GUIDES = {path.relative_to(ROOT).as_posix() for path in (ROOT / "docs/docsite/rst").glob("*.rst")}


def run(*words: str | Path) -> str:
    return subprocess.run([str(word) for word in words], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def check_contents(tarball: Path) -> None:
    size = tarball.stat().st_size
    with tarfile.open(tarball) as archive:
        names = {member.name for member in archive if member.isfile()}
        links = [member.name for member in archive if not (member.isfile() or member.isdir())]
    print(f"{tarball.name}: {len(names)} files, {size:,} bytes")
    complaints = [f"{size:,} bytes are more than {MOST_BYTES:,}"] if size > MOST_BYTES else []
    complaints += [f"{name} is a link" for name in links]
    for name in sorted(names):
        parts = name.split("/")
        known = name in FILES if len(parts) == 1 else parts[0] in FOLDERS
        if not known or any(part.startswith(".") for part in parts) or name.endswith((".pyc", ".tar.gz")):
            complaints.append(f"{name} is of no use to users")
    version = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"]
    released = set() if version.endswith("-dev") else {"CHANGELOG.md", "changelogs/changelog.yaml"}
    wanted = (
        (FILES - {"CHANGELOG.md"}) | released | GUIDES | set(run("git", "ls-files", "plugins", "roles", "meta").split())
    )
    complaints += [f"{name} is missing" for name in sorted(wanted - names)]
    if complaints:
        sys.exit("\n".join(complaints))


def check_execution_environment(tarball: Path, folder: Path) -> None:
    """Check the requirements that ansible-builder finds in the collection, and the build files that it creates."""
    collection = folder / "ansible_collections/netbox/cursor"
    collection.mkdir(parents=True)
    with tarfile.open(tarball) as archive:
        archive.extractall(collection, filter="data")
    found = yaml.safe_load(run("ansible-builder", "introspect", "--sanitize", folder))
    asked = [re.split(r"[ ;<>=]", line)[0] for line in found["python"]]
    assert sorted(asked) == ["packaging", "requests"] and not found.get("system"), found
    guide = (ROOT / "docs/docsite/rst/awx_guide.rst").read_text(encoding="utf-8")
    block = re.search(r"^    :caption: execution-environment\.yml\n\n((?:    .*\n|\n)+)", guide, flags=re.MULTILINE)
    assert block, "the AWX guide has no execution-environment.yml"
    definition, context = folder / "execution-environment.yml", folder / "context"
    definition.write_text(textwrap.dedent(block[1]), encoding="utf-8")
    run("ansible-builder", "create", "--file", definition, "--context", context, "--output-filename", "Containerfile")
    required = yaml.safe_load((context / "_build/requirements.yml").read_text(encoding="utf-8"))
    version = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"]
    assert required == {"collections": [{"name": "netbox.cursor", "version": version}]}, required
    system = (context / "_build/bindep.txt").read_text(encoding="utf-8").split("\n")
    assert {"openssh-clients", "sshpass"} <= set(system), system
    assert "introspect" in (context / "Containerfile").read_text(encoding="utf-8")
    print("An execution environment can be built: python", ", ".join(found["python"]))


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run("ansible-galaxy", "collection", "build", "--output-path", folder)
        (tarball,) = folder.glob("netbox-cursor-*.tar.gz")
        check_contents(tarball)
        check_execution_environment(tarball, folder)


main()
