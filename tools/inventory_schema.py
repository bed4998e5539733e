# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Generate docs/schemas/nb_inventory.json from the documentation. Editors use it to complete and check inventory files.

Run python tools/inventory_schema.py in an environment that contains ansible-core.
"""

from __future__ import annotations

import json
import re
import sys
import typing as t
from pathlib import Path

import yaml
from ansible.plugins.loader import fragment_loader, init_plugin_loader
from ansible.utils.plugin_docs import get_docstring

ROOT = Path(__file__).resolve().parent.parent
PLUGIN = ROOT / "plugins/inventory/nb_inventory.py"
REPOSITORY = "https://raw.githubusercontent.com/netbox-cursor/netbox.cursor"
SCHEMA = ROOT / "docs/schemas/nb_inventory.json"

Node = dict[str, t.Any]

# Values that Ansible converts to a Boolean, in addition to the YAML ones.
BOOLEANS = ["yes", "no", "on", "off", "y", "n", "true", "false", "True", "False", "1", "0"]
TEMPLATE = {"type": "string", "pattern": r"\{\{|\{%"}
TYPES: dict[str, list[Node]] = {
    "bool": [{"type": "boolean"}, {"enum": BOOLEANS}],
    "boolean": [{"type": "boolean"}, {"enum": BOOLEANS}],
    "dict": [{"type": "object"}],
    "dictionary": [{"type": "object"}],
    "float": [{"type": "number"}],
    "int": [{"type": "integer"}],
    "integer": [{"type": "integer"}],
    "path": [{"type": "string"}],
    # Ansible converts numbers and booleans to strings.
    "str": [{"type": ["string", "number", "boolean"]}],
    "string": [{"type": ["string", "number", "boolean"]}],
}


def plain(text: str) -> str:
    """Remove Ansible's markup: ``O(limit)`` is limit, ``L(text, URL)`` is text."""
    text = re.sub(r"\bHORIZONTALLINE\b", "", text)
    text = re.sub(r"\b[LR]\(([^,()]*),[^()]*\)", r"\1", text)
    return re.sub(r"\b(?:[BCEIMOPUV]|RV)\(((?:[^()]|\([^()]*\))*)\)", r"\1", text)


def describe(option: Node) -> str:
    description = option.get("description", [])
    return "\n".join(map(plain, [description] if isinstance(description, str) else description))


def accept_missing(node: Node) -> Node:
    """Accept a key without a value, with which Ansible uses the default."""
    if "anyOf" in node:
        return {"anyOf": [*node["anyOf"], {"type": "null"}]}
    if "type" in node:
        return {"type": [*([node["type"]] if isinstance(node["type"], str) else node["type"]), "null"]}
    return node


def convert(option: Node) -> Node:
    """Return the schema of one option."""
    kind, choices = option.get("type", "str"), option.get("choices")
    choices = list(choices) if choices else None
    if kind in ("raw", "any", "json"):
        return {}
    if kind == "list":
        items = convert({"type": option.get("elements", "raw"), "choices": choices, **_suboptions(option)})
        # Ansible splits a string at commas.
        return {"anyOf": [{"type": "array", "items": items}, {"type": "string"}]}
    if choices:
        return {"anyOf": [{"enum": choices}, TEMPLATE]}
    if kind in ("dict", "dictionary") and option.get("suboptions"):
        return {"anyOf": [{"type": "object", "properties": convert_all(option["suboptions"])}, TEMPLATE]}
    found = TYPES[kind]
    return {"anyOf": [*found, TEMPLATE]} if kind not in ("str", "string", "path") else dict(found[0])


def _suboptions(option: Node) -> Node:
    return {"suboptions": option["suboptions"]} if option.get("suboptions") else {}


def convert_all(options: dict[str, Node]) -> dict[str, Node]:
    """Return the schemas of options, and of their aliases."""
    properties = {}
    for name, option in sorted(options.items()):
        node = accept_missing(convert(option))
        extra: Node = {"description": describe(option)}
        if option.get("default") is not None:
            extra["default"] = option["default"]
        properties[name] = {**node, **extra}
        for alias in option.get("aliases", ()):
            properties[alias] = {**node, "description": f"Alias of {name}.\n{extra['description']}"}
    return properties


def make() -> str:
    """Return the schema as it is in the file."""
    documentation = get_docstring(str(PLUGIN), fragment_loader, is_module=False, collection_name="netbox.cursor")[0]
    options = documentation["options"]
    properties = convert_all(options)
    properties["plugin"] = {"enum": options["plugin"]["choices"], "description": describe(options["plugin"])}
    version = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"]
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": f"{REPOSITORY}/{version}/docs/schemas/nb_inventory.json",
        "title": "netbox.cursor.nb_inventory",
        "description": "\n".join(map(plain, documentation["description"])),
        "type": "object",
        "properties": properties,
        "required": ["plugin"],
        "additionalProperties": False,
    }
    return json.dumps(schema, indent=2, ensure_ascii=False, default=str) + "\n"


if __name__ == "__main__":
    # Fragments are found by the name of the collection, so the checkout must be below ansible_collections.
    sys.path.insert(0, str(ROOT.parents[2]))
    init_plugin_loader()
    SCHEMA.parent.mkdir(parents=True, exist_ok=True)
    SCHEMA.write_text(make(), encoding="utf-8")
