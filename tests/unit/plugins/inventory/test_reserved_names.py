# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ansible warns about the variables ``tags`` and ``serial``. The inventory guide shows how to avoid that."""

from __future__ import annotations

import json
import re
import subprocess
import textwrap
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible.vars.reserved import is_reserved_name

from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.facts import FACTS
from ansible_collections.netbox.cursor.tests import _programs
from ansible_collections.netbox.cursor.tests.stand_in import NetBox

GUIDE = Path(__file__).resolve().parents[4] / "docs/docsite/rst/inventory_guide.rst"


def advice() -> dict[str, t.Any]:
    """Return the options that the guide shows."""
    text = GUIDE.read_text(encoding="utf-8").partition("Avoid warnings about")[2]
    block = re.search(r"\.\. code-block:: yaml\n\n((?:    .*\n|\n)+)", text)
    assert block
    return yaml.safe_load(textwrap.dedent(block[1]))


def test_only_tags_and_serial_have_reserved_names() -> None:
    assert {name for name in FACTS if is_reserved_name(name)} == {"tags", "serial"}


@pytest.mark.slow
@pytest.mark.parametrize("options", [advice(), {"vars_prefix": "nb_"}, {"host_vars": ["site", "role"]}])
def test_advice_of_the_guide_avoids_the_warning(netbox: NetBox, tmp_path: Path, options: dict[str, t.Any]) -> None:
    source = tmp_path / "a.netbox.yml"
    always = {"plugin": "netbox.cursor.nb_inventory", "api_endpoint": netbox.url, "token": netbox.tokens["v2"]}
    source.write_text(json.dumps({**always, **options}), encoding="utf-8")
    environment = _programs.environment(ANSIBLE_HOME=str(tmp_path / "home"))
    command = _programs.command("inventory", "-i", str(source), "--list")
    ended = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    # Ansible-core 2.19 and later print strings that are not templates as objects with one key.
    content = json.loads(ended.stdout, object_hook=lambda found: found.get("__ansible_unsafe", found))
    hosts = content["_meta"]["hostvars"]
    assert "leaf1" in hosts
    assert "reserved name" not in " ".join(ended.stderr.split())
    if "host_vars" not in options:
        assert hosts["leaf1"]["nb_tags"] == ["edge", "pci"] and hosts["leaf1"]["nb_serial"] == "SN-0001"
