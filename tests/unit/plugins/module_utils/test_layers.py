# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The code follows the table in CONTRIBUTING: the directories, what they import, and which files are private."""

from __future__ import annotations

import ast
import re
import typing as t
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.netbox.cursor.plugins.module_utils._filters.endpoints import ENDPOINTS

HERE = Path(__file__).resolve().parents[4]
PACKAGE = "ansible_collections.netbox.cursor."
PUBLIC = ("inventory", "lookup", "modules")
FILES = sorted((HERE / "plugins").rglob("*.py"))


def places() -> dict[str, set[str]]:
    """Return the table in CONTRIBUTING: each directory in ``plugins``, and the ones that it can import from."""
    text = (HERE / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = text.split("| Directory | Content | May import from |")[1].split("\n\n")[0]
    found = {}
    for line in table.splitlines()[2:]:
        dummy, folders, dummy, imports, dummy = (cell.strip() for cell in line.split("|"))
        for folder in re.findall(r"`plugins/([\w/]+)`", folders):
            found[folder] = set(re.findall(r"`([\w/]+)`", imports))
    return found


def place_of(file: Path) -> str:
    return file.parent.relative_to(HERE / "plugins").as_posix()


def imported(file: Path) -> Iterator[str]:
    """Our own modules that ``file`` imports, as paths below ``plugins`` without the ending."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{file}: relative imports fail where the collection is run from elsewhere"
            names = [f"{node.module}.{alias.name}" for alias in node.names] if node.module else []
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            if name.startswith(PACKAGE):
                yield _module(name[len(PACKAGE) :])


def _module(name: str) -> str:
    """``plugins.module_utils._http.client.Client`` is ``module_utils/_http/client``."""
    assert name.startswith("plugins."), f"plugins import {name}"
    parts = name.split(".")[1:]
    while parts and not (HERE / "plugins" / "/".join(parts)).with_suffix(".py").exists():
        parts.pop()
    assert parts, f"there is no {name}"
    return "/".join(parts)


def test_the_table_names_the_folders_that_are_there() -> None:
    folders = {place_of(file) for file in FILES if file.stem != "__init__"}
    assert folders == set(places())
    assert {path.name for path in HERE.iterdir() if path.is_dir()} >= {"plugins", "roles"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(HERE).as_posix())
def test_imports_run_downwards_only(file: Path) -> None:
    place = place_of(file)
    for module in imported(file):
        folder = module.rpartition("/")[0]
        assert folder == place or folder in places()[place], f"{place} may not import {module}"


def test_no_file_of_ours_imports_one_that_leads_back_to_it() -> None:
    edges = {file.relative_to(HERE / "plugins").with_suffix("").as_posix(): set(imported(file)) for file in FILES}
    while edges:
        bottom = {name for name, needs in edges.items() if not needs & set(edges)}
        assert bottom, f"these import each other in a circle: {sorted(edges)}"
        edges = {name: needs for name, needs in edges.items() if name not in bottom}


def test_private_files_are_marked_as_private() -> None:
    for file in FILES:
        path = file.relative_to(HERE / "plugins")
        if path.parts[0] in PUBLIC:
            assert not file.stem.startswith("_"), path
        else:
            assert any(part.startswith("_") for part in path.parts[1:]), path
            kind = {"plugin_utils": "plugin util", "module_utils": "module util", "doc_fragments": "doc fragment"}
            note = f"# Note that this {kind[path.parts[0]]} is **PRIVATE** to the collection."
            assert note in file.read_text(encoding="utf-8"), path


def texts_of(module: str) -> set[str]:
    """Return all strings in the code of a module, except docstrings."""
    tree = ast.parse((HERE / "plugins" / f"{module}.py").read_text(encoding="utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docs = {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, documented)}
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return texts - t.cast("set[str]", docs)


def test_client_contains_no_endpoint_names() -> None:
    assert not [text for text in texts_of("module_utils/_http/client") for endpoint in ENDPOINTS if endpoint in text]
    assert set(imported(HERE / "plugins/module_utils/_http/client.py")) == {
        f"module_utils/_http/{name}"
        for name in ("access", "answers", "branches", "errors", "multipart", "parameters", "transport", "version")
    }


def test_pager_contains_no_option_names() -> None:
    """Its callers pass numbers and names to it. It does not import them."""
    modules = [f"module_utils/_lists/{file.stem}" for file in (HERE / "plugins/module_utils/_lists").glob("*.py")]
    assert len(modules) > 10
    for module in modules:
        text = (HERE / "plugins" / f"{module}.py").read_text(encoding="utf-8")
        assert "get_option" not in text and ".params[" not in text, module
        assert not re.search(r"^\s*(import|from) ansible\b", text, flags=re.MULTILINE), module


def test_hosts_are_made_without_ansible_and_without_netbox() -> None:
    for module in ("facts", "groups", "hosts", "names", "snapshot", "tables", "variables"):
        text = (HERE / "plugins/plugin_utils/_inventory" / f"{module}.py").read_text(encoding="utf-8")
        assert not re.search(
            r"^\s*(import|from) (ansible\b|requests)|_http.client|_lists.pager", text, flags=re.MULTILINE
        ), module


@pytest.mark.parametrize("folder", PUBLIC)
def test_a_plugin_is_documentation_and_wiring(folder: str) -> None:
    """More than 40 lines of code need a reason. Modules also contain their argument spec."""
    for file in (HERE / "plugins" / folder).glob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        lines = sum(
            node.end_lineno - node.lineno + 1
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef) and node.end_lineno
        )
        assert lines <= (90 if folder == "modules" else 60), f"{file.name}: {lines} lines of code"
