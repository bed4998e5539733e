# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Links between the README, the guides, and the published site."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
GUIDES = ROOT / "docs" / "docsite" / "rst"
REPOSITORY = "https://github.com/netbox-cursor/netbox.cursor"
# tools/publish_docs creates the site.
README = (ROOT / "README.md").read_text(encoding="utf-8")
VERSION = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"]
SITE = f"https://netbox-cursor.github.io/netbox.cursor/{VERSION}/"


def pages() -> set[str]:
    """Return the pages of the site: guides, plugins, modules, and roles."""
    found = {f"docsite/{path.stem}.html" for path in GUIDES.glob("*.rst")}
    for directory, kind in (("inventory", "inventory"), ("lookup", "lookup"), ("modules", "module")):
        found |= {f"{path.stem}_{kind}.html" for path in (ROOT / "plugins" / directory).glob("nb_*.py")}
    return found | {f"{path.name}_role.html" for path in (ROOT / "roles").iterdir()}


def test_readme_links_to_pages_of_the_site() -> None:
    linked = re.findall(re.escape(SITE) + r"([^)#\s]*)", README)
    assert len(linked) > 15
    assert set(linked) <= pages()


def test_readme_lists_everything_that_users_can_call() -> None:
    assert {page for page in pages() if not page.startswith("docsite/")} <= set(
        re.findall(re.escape(SITE) + r"([^)#\s]*)", README)
    )


def test_bug_form_lists_everything_that_users_can_call() -> None:
    form = yaml.safe_load((ROOT / ".github/ISSUE_TEMPLATE/bug_report.yml").read_text(encoding="utf-8"))
    (component,) = (field for field in form["body"] if field.get("id") == "component")
    called = {page.removesuffix(".html") for page in pages() if not page.startswith("docsite/")}
    names = {f"role {kind[0]}" if kind[2] == "role" else kind[0] for kind in (one.rpartition("_") for one in called)}
    assert {*component["attributes"]["options"]} == {*names, "documentation", "other"}


def test_links_to_repository_files_exist() -> None:
    texts = [README, *(path.read_text(encoding="utf-8") for path in GUIDES.glob("*.rst"))]
    pinned = rf"{REPOSITORY}/(?:blob|tree)/{re.escape(VERSION)}/"
    linked = {path for text in texts for path in re.findall(pinned + r"([^)>#\s]*)", text)}
    assert linked
    assert [path for path in linked if not (ROOT / path).exists()] == []


def test_links_in_released_files_name_the_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """Galaxy shows the README of a release forever, so its links must not show later files."""
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    set_version = importlib.import_module("set_version")
    assert set_version.wrong_links(VERSION) == []
    assert len(set_version.wrong_links("9.9.9")) > 30
    assert "/main/" not in README


def test_images_are_files_of_this_version() -> None:
    """Released guides show the images of their tag."""
    place = "https://raw.githubusercontent.com/netbox-cursor/netbox.cursor"
    shown = [
        url
        for path in GUIDES.glob("*.rst")
        for url in re.findall(r"^ *\.\. (?:figure|image):: (\S+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    prefix = f"{place}/{VERSION}/docs/docsite/rst/images/"
    assert shown and all(url.startswith(prefix) for url in shown), shown
    names = {url.removeprefix(prefix) for url in shown}
    in_readme = set(re.findall(rf"{re.escape(prefix)}([^)\s]*)", README))
    assert in_readme
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    used = names | in_readme | set(re.findall(r"docs/docsite/rst/images/([^)\s]*\.svg)", contributing))
    assert used == {path.name for path in (GUIDES / "images").iterdir()}


def test_guides_are_in_the_table_of_contents() -> None:
    listed = yaml.safe_load((ROOT / "docs/docsite/extra-docs.yml").read_text(encoding="utf-8"))
    named = [name for section in listed["sections"] for name in section["toctree"]]
    assert sorted(named) == sorted(path.stem for path in GUIDES.glob("*.rst"))
