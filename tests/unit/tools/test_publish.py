# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tools that publish the documentation on GitHub Pages, and releases."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import types
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
AUTHOR = ["-c", "user.name=a", "-c", "user.email=a@example.com"]


def git(folder: Path, *words: str) -> str:
    command = ["git", "-C", str(folder), *AUTHOR, *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with built documentation, and with an origin."""
    origin, folder = tmp_path / "origin.git", tmp_path / "checkout"
    git(tmp_path, "init", "--quiet", "--bare", str(origin))
    git(tmp_path, "init", "--quiet", str(folder))
    (folder / "tools").mkdir()
    shutil.copy(ROOT / "tools/publish_docs", folder / "tools")
    (folder / ".gitignore").write_text(".nox\n", encoding="utf-8")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "first")
    git(folder, "remote", "add", "origin", str(origin))
    return folder


def publish(folder: Path, version: str, text: str) -> subprocess.CompletedProcess[str]:
    pages = folder / ".nox/html"
    pages.mkdir(parents=True, exist_ok=True)
    (pages / "index.html").write_text(text, encoding="utf-8")
    return subprocess.run([str(folder / "tools/publish_docs"), version], capture_output=True, text=True, check=False)


def pages(folder: Path) -> dict[str, str]:
    origin = folder.parent / "origin.git"
    names = git(origin, "ls-tree", "-r", "--name-only", "gh-pages").split()
    return {name: git(origin, "show", f"gh-pages:{name}") for name in names}


def test_pages_of_all_versions_are_kept(checkout: Path) -> None:
    for version, text in (("main", "a"), ("1.2.0", "b"), ("1.10.0", "c"), ("main", "d")):
        ended = publish(checkout, version, text)
        assert ended.returncode == 0, ended.stderr
    found = pages(checkout)
    assert {name: text for name, text in found.items() if "/" in name} == {
        "main/index.html": "d",
        "1.2.0/index.html": "b",
        "1.10.0/index.html": "c",
    }
    assert "url=1.10.0/" in found["index.html"]
    assert set(found) - {name for name in found if "/" in name} == {".nojekyll", "index.html"}
    assert git(checkout, "worktree", "list").count("\n") == 1


def test_unchanged_pages_make_no_commit(checkout: Path) -> None:
    publish(checkout, "main", "a")
    assert "unchanged" in publish(checkout, "main", "a").stdout
    assert git(checkout.parent / "origin.git", "rev-list", "--count", "gh-pages").strip() == "1"


@pytest.mark.parametrize("version", ["../x", "-x", ""])
def test_versions_that_are_paths_are_refused(checkout: Path, version: str) -> None:
    ended = publish(checkout, version, "a")
    assert ended.returncode == 1 and "Invalid version" in ended.stderr


@pytest.fixture
def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """The tool that builds a release, on a copy of the files that it reads."""
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    spec = importlib.util.spec_from_file_location("build_release", ROOT / "tools/build_release.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    names = ("galaxy.yml", "CHANGELOG.md", "changelogs/changelog.yaml", "plugins/module_utils/_http/version.py")
    for name in (*names, "README.md", "docs/docsite/rst/inventory_guide.rst", "docs/schemas/nb_inventory.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module.set_version, "ROOT", tmp_path)
    return module


def test_release_needs_the_same_version_everywhere(release: types.ModuleType) -> None:
    version = (ROOT / "plugins/module_utils/_http/version.py").read_text(encoding="utf-8").split('"')[-2]
    release.check_version(version)
    with pytest.raises(
        SystemExit, match=r"The tag is 9\.9\.9, but galaxy.yml names .*version.py names .*changelog.yaml"
    ):
        release.check_version("9.9.9")
    (release.ROOT / "changelogs/fragments").mkdir()
    (release.ROOT / "changelogs/fragments/1-a.yml").touch()
    with pytest.raises(SystemExit, match="Fragments are left"):
        release.check_version(version)


def test_set_version_updates_every_file_that_names_the_version(release: types.ModuleType) -> None:
    old = (ROOT / "plugins/module_utils/_http/version.py").read_text(encoding="utf-8").split('"')[-2]
    release.set_version.main("9.9.9")
    assert len(release.set_version.wrong_links(old)) > 25
    with pytest.raises(SystemExit, match=rf"^The tag is 9\.9\.9, but changelog.yaml names {re.escape(old)}\.$"):
        release.check_version("9.9.9")
    release.set_version.main(old)
    release.check_version(old)
    for path in release.set_version.linking_files():
        assert path.read_bytes() == (ROOT / path.relative_to(release.ROOT)).read_bytes()


def test_release_rejects_links_to_another_version(release: types.ModuleType) -> None:
    version = (ROOT / "plugins/module_utils/_http/version.py").read_text(encoding="utf-8").split('"')[-2]
    readme = release.ROOT / "README.md"
    readme.write_text(
        readme.read_text(encoding="utf-8").replace(f"/{version}/LICENSE", "/main/LICENSE"), encoding="utf-8"
    )
    with pytest.raises(SystemExit, match=r"(?s)^Run tools/set_version.py .*README.md: .*/blob/main/$"):
        release.check_version(version)


@pytest.mark.parametrize("version", ["main", "1.0", "1.0.0/x", ""])
def test_set_version_rejects_what_is_not_a_version(release: types.ModuleType, version: str) -> None:
    with pytest.raises(SystemExit, match="Invalid version"):
        release.set_version.main(version)


def test_release_notes_are_those_of_the_version(release: types.ModuleType) -> None:
    changelog = release.ROOT / "CHANGELOG.md"
    changelog.write_text(
        '# Notes\n\n<a id="v1-1-0"></a>\n## v1\\.1\\.0\n\nNew\\.\n\n'
        '<a id="minor-changes"></a>\n### Minor Changes\n\n* A\n\n'
        '<a id="v1-0-0"></a>\n## v1\\.0\\.0\n\nFirst\\.\n',
        encoding="utf-8",
    )
    assert release.read_notes("1.1.0") == 'New\\.\n\n<a id="minor-changes"></a>\n### Minor Changes\n\n* A\n'
    assert release.read_notes("1.0.0") == "First\\.\n"
    with pytest.raises(SystemExit, match="no entry for 2"):
        release.read_notes("2.0.0")
