# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Editors accept the inventory files in the guides, and reject the same mistakes as the plugin."""

from __future__ import annotations

import importlib.util
import json
import re
import textwrap
import types
import typing as t
from pathlib import Path

import jsonschema
import pytest
import yaml
from ansible.release import __version__ as ansible_version

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = json.loads((ROOT / "docs/schemas/nb_inventory.json").read_text(encoding="utf-8"))
PLUGIN = "plugin: netbox.cursor.nb_inventory"
# Ansible's own options. Their descriptions depend on the version of Ansible.
FROM_ANSIBLE = re.compile("cache|compose$|groups$|keyed_groups$|leading_separator$|strict$|use_extra_vars$")


def tool() -> types.ModuleType:
    spec = importlib.util.spec_from_file_location("inventory_schema", ROOT / "tools/inventory_schema.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def own(schema: t.Any) -> t.Any:
    properties = {name: None if FROM_ANSIBLE.match(name) else node for name, node in schema["properties"].items()}
    return {**schema, "properties": properties}


@pytest.mark.skipif(not ansible_version.startswith("2.21."), reason="the options are those of ansible-core 2.21")
def test_schema_is_made_from_the_documentation() -> None:
    assert own(json.loads(tool().make())) == own(SCHEMA), "run tools/inventory_schema.py"


def samples() -> list[t.Any]:
    """The inventory files in the demonstration, in EXAMPLES, and in the guides."""
    found = [(ROOT / "demo/demo.netbox.yml").read_text(encoding="utf-8")]
    code = (ROOT / "plugins/inventory/nb_inventory.py").read_text(encoding="utf-8")
    found += [part for part in code.split('EXAMPLES = r"""')[1].split('"""')[0].split("\n---") if PLUGIN in part]
    for guide in sorted((ROOT / "docs/docsite/rst").glob("*.rst")):
        text = guide.read_text(encoding="utf-8")
        blocks = re.findall(r"^\.\. code-block:: yaml\n(?:[ ]+:.*\n)*((?:\n|[ ]+.*\n)+)", text, flags=re.MULTILINE)
        found += [textwrap.dedent(block) for block in blocks if re.search(rf"^\s*{PLUGIN}", block, flags=re.MULTILINE)]
    return [pytest.param(yaml.safe_load(text), id=f"{number}") for number, text in enumerate(found)]


@pytest.mark.parametrize("sample", samples())
def test_documented_inventories_are_valid(sample: t.Any) -> None:
    jsonschema.Draft7Validator(SCHEMA).validate(sample)


def test_guides_have_samples() -> None:
    assert len(samples()) > 5


MINIMAL = {"plugin": "netbox.cursor.nb_inventory"}


@pytest.mark.parametrize(
    "options",
    [
        {"config_context": "yes", "max_workers": "{{ workers }}", "page_size": None, "token": None},
        {"token": {"type": "Bearer", "value": "x"}, "group_by": "site,role", "ca_path": ""},
        {"url": "https://netbox.example.com", "keyed_groups": [{"key": "platform", "prefix": "os"}]},
        {"query_filters": [{"site": ["a", "b"]}], "device_query_filters": {"role": "leaf"}, "cache": True},
    ],
)
def test_valid_options(options: dict[str, t.Any]) -> None:
    jsonschema.Draft7Validator(SCHEMA).validate({**MINIMAL, **options})


@pytest.mark.parametrize(
    "options",
    [
        {"plugin": "netbox.netbox.nb_inventory"},
        {"group_bye": ["site"]},
        {"config_context": "maybe"},
        {"max_workers": "many"},
        {"group_by": {"site": 1}},
        {"transport": "soap"},
        {"compose": ["a"]},
    ],
)
def test_invalid_options(options: dict[str, t.Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(SCHEMA).validate({**MINIMAL, **options})


def test_plugin_is_required() -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(SCHEMA).validate({})
