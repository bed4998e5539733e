# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write a version into every file that names it: python tools/set_version.py VERSION

Galaxy and docs.ansible.com show the README and the guides of released versions, so their links and images must not
change after the release. They refer to the tag and to the pages of that version, never to ``main``.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VERSION = re.compile(r"\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?")
LINK = re.compile(
    r"(?P<place>https://(?:raw\.githubusercontent\.com/netbox-cursor/netbox\.cursor"
    r"|github\.com/netbox-cursor/netbox\.cursor/(?:blob|tree)"
    r"|netbox-cursor\.github\.io/netbox\.cursor))/(?P<version>[^/\s]+)/"
)
NUMBERS = (
    ("galaxy.yml", re.compile(r"(?P<place>^version: )(?P<version>\S+)$", re.MULTILINE)),
    (
        "plugins/module_utils/_http/version.py",
        re.compile(r'(?P<place>^VERSION = ")(?P<version>[^"]+)(?=")', re.MULTILINE),
    ),
)


def linking_files() -> Iterator[Path]:
    """Yield the released files that can link to the repository or to the documentation site."""
    yield ROOT / "README.md"
    for folder, ending in (("docs", "rst"), ("docs", "json"), ("docs", "yml"), ("plugins", "py"), ("roles", "md")):
        yield from sorted((ROOT / folder).rglob(f"*.{ending}"))


def wrong_links(version: str) -> list[str]:
    """Return each link to another version, with its file."""
    return [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in linking_files()
        for found in LINK.finditer(path.read_text(encoding="utf-8"))
        if found["version"] != version
    ]


def main(version: str) -> None:
    if not VERSION.fullmatch(version):
        sys.exit(f"Invalid version: {version}")
    for name, number in NUMBERS:
        path = ROOT / name
        path.write_text(number.sub(rf"\g<place>{version}", path.read_text(encoding="utf-8")), encoding="utf-8")
    for path in linking_files():
        text = path.read_text(encoding="utf-8")
        pinned = LINK.sub(rf"\g<place>/{version}/", text)
        if pinned != text:
            path.write_text(pinned, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
