# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Execution environments install the libraries that the documentation requires."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ansible.plugins.loader import fragment_loader
from ansible.utils.plugin_docs import get_docstring

ROOT = Path(__file__).resolve().parents[3]
PLUGINS = sorted(
    path for kind in ("inventory", "lookup", "modules") for path in (ROOT / "plugins" / kind).glob("nb_*.py")
)


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda plugin: plugin.stem)
def test_documentation_names_python_and_packages(plugin: Path) -> None:
    module = plugin.parent.name == "modules"
    documentation = get_docstring(str(plugin), fragment_loader, is_module=module, collection_name="netbox.cursor")[0]
    packages = (ROOT / "meta/ee-requirements.txt").read_text(encoding="utf-8")
    versions = re.findall(r"^(\w+)>=([\d.]+)$", packages, flags=re.MULTILINE)
    assert [name for name, dummy in versions] == ["requests", "packaging"]
    for name, version in [("Python", "3.9"), *versions]:
        assert f"{name} {version} or later" in documentation["requirements"]
