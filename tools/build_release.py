# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Build the tarball and the notes of a release: python tools/build_release.py VERSION FOLDER

Fail if galaxy.yml, the client, the newest entry in the changelog, or a link to the repository names another version.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import set_version
import yaml
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]


def check_version(version: str) -> None:
    """Exit if a file names another version."""
    galaxy = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"]
    module = (ROOT / "plugins/module_utils/_http/version.py").read_text(encoding="utf-8")
    client = re.search(r'^VERSION = "(.+)"$', module, flags=re.MULTILINE)
    released = yaml.safe_load((ROOT / "changelogs/changelog.yaml").read_text(encoding="utf-8"))["releases"]
    found = {"galaxy.yml": galaxy, "version.py": client and client[1], "changelog.yaml": max(released, key=Version)}
    wrong = [f"{file} names {name}" for file, name in found.items() if name != version]
    if wrong:
        sys.exit(f"The tag is {version}, but {', '.join(wrong)}.")
    links = set_version.wrong_links(version)
    if links:
        sys.exit("\n".join([f"Run tools/set_version.py {version}. These links are not pinned to the version:", *links]))
    if list((ROOT / "changelogs/fragments").glob("*.yml")):
        sys.exit("Fragments are left in changelogs/fragments: make the release of the changelog first.")


def read_notes(version: str) -> str:
    """Return the part of CHANGELOG.md about one version."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    heading = rf'<a id="v{version.replace(".", "-")}"></a>\n## .*\n'
    found = re.search(rf"{heading}(?P<notes>(?:.|\n)*?)(?=\n<a id=\"v\d[\d-]*\"></a>\n## |\Z)", text)
    if not found:
        sys.exit(f"CHANGELOG.md has no entry for {version}.")
    return found["notes"].strip() + "\n"


def main(version: str, folder: Path) -> None:
    check_version(version)
    notes = read_notes(version)
    folder.mkdir(parents=True, exist_ok=True)
    command = ["ansible-galaxy", "collection", "build", "--force", "--output-path", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True)
    (folder / "notes.md").write_text(notes, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
