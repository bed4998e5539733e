# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run every example in the guides, the READMEs, and EXAMPLES, and compare the output with the text."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import typing as t
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.release import __version__ as core_version
from PIL import Image

from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.facts import FACTS
from ansible_collections.netbox.cursor.tests import _programs
from ansible_collections.netbox.cursor.tests.documents import Block, output_pattern, read_blocks, serve_documented
from ansible_collections.netbox.cursor.tests.stand_in import NetBox

pytestmark = pytest.mark.skipif(sys.version_info[:2] != (3, 12), reason="one Python of the controller is enough")

ROOT = Path(__file__).resolve().parents[3]
GUIDES = ROOT / "docs" / "docsite" / "rst"
# The integration target awx runs the examples of this guide.
RUN_ELSEWHERE = ("awx_guide.rst",)
DOCUMENTS = [
    *(path for path in sorted(GUIDES.glob("*.rst")) if path.name not in RUN_ELSEWHERE),
    ROOT / "README.md",
    *sorted(ROOT.glob("roles/*/README.md")),
    *sorted(path for kind in ("inventory", "lookup", "modules") for path in (ROOT / "plugins" / kind).glob("nb_*.py")),
]
# Languages of blocks that show output.
SHOWN = ("ansible-output", "text")
PROGRAMS = {"ansible": "adhoc", "ansible-doc": "doc", "ansible-inventory": "inventory", "ansible-playbook": "playbook"}

# Examples that are not run: by document, the first line of the example or one of its commands, and the reason.
NOT_RUN = {
    "README.md": {
        "collections:": "a requirements.yml, which needs Galaxy",
        "ansible-galaxy collection install netbox.cursor": "needs Galaxy",
        "pip install requests packaging": "needs a package index",
        "make demo": "runs for itself in CI",
        "NETBOX_API=https://netbox.example.com NETBOX_TOKEN=... make demo": "needs a NetBox of one's own",
        "make test": "would run this test",
        "make test-all": "would run this test",
    },
    "getting_started.rst": {
        "python3 -m venv ~/netbox-ansible": "tests/stranger runs it",
        "source ~/netbox-ansible/bin/activate": "tests/stranger runs it",
        "pip install ansible-core requests packaging": "tests/stranger runs it",
        "ansible-galaxy collection install netbox.cursor": "tests/stranger runs it",
    },
    "migration_guide.rst": {
        "ansible-inventory -i old.netbox.yml --list > old.json": "needs netbox.netbox",
        "diff <(python3 -m json.tool --sort-keys old.json) <(python3 -m json.tool --sort-keys new.json)": "as above",
    },
    "performance_guide.rst": {
        "make bench": "takes 10 minutes",
        "make bench NETBOX_API=https://netbox.example.com NETBOX_TOKEN=...": "needs a NetBox of one's own",
    },
    "refresh_guide.rst": {
        "cache: true": "needs a Redis server",
    },
    "troubleshooting_guide.rst": {
        'curl --fail --header "Authorization: Bearer $NETBOX_TOKEN" "$NETBOX_API/api/status/"': "needs curl",
    },
}
PHOTOS = ("sw1-front", "sw1__front", "sw1__rear", "building")
# The image that an earlier task of an example produced: a blue square.
DRAWING = "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAFElEQVR4nGNUnPaZARtgwio6aCUAT8EBupF7edcAAAAASUVORK5CYII="

BLOCKS = [block for document in DOCUMENTS for block in read_blocks(document)]


def name_of(block: Block) -> str:
    return f"{block.document.relative_to(ROOT)}:{block.line}"


def excused(block: Block) -> dict[str, str]:
    """Return the examples of the document that are not run, with reasons."""
    return NOT_RUN.get(block.document.name, {})


def kind_of(block: Block) -> str:
    """Return how a block is tested: ``shown``, ``skipped``, ``commands``, ``inventory``, ``file``, or ``tasks``."""
    if block.language in SHOWN:
        return "shown"
    if block.text.partition("\n")[0] in excused(block):
        return "skipped"
    if block.language in ("bash", "console"):
        return "commands"
    if block.file and not block.file.endswith("netbox.yml"):
        return "file"
    assert block.language in ("yaml", "yaml+jinja"), f"{name_of(block)}: {block.language} cannot be run"
    data = DataLoader().load(block.text)
    if isinstance(data, dict) and data.get("plugin") == "netbox.cursor.nb_inventory":
        return "inventory"
    assert isinstance(data, list), f"{name_of(block)}: not an inventory, tasks, or a file. Explain it in NOT_RUN."
    return "tasks"


def blocks_of_kind(*kinds: str) -> list[Block]:
    return [block for block in BLOCKS if kind_of(block) in kinds]


def inline_lookups() -> dict[str, str]:
    """Return lookups inside sentences and tables by document and line."""
    found = {}
    for document in DOCUMENTS:
        for number, line in enumerate(document.read_text(encoding="utf-8").splitlines(), 1):
            for place, code in enumerate(re.findall(r"``?((?:query|lookup)\('netbox\.cursor\.[^`]*)``?", line)):
                found[f"{document.relative_to(ROOT)}:{number}.{place}"] = code
    return found


@pytest.fixture
def netbox() -> Iterator[NetBox]:
    with serve_documented() as netbox:
        yield netbox


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a directory with photos, an inventory file, and the commands that examples call."""
    for made in ("photos", "srv/www/racks", "bin", "home"):
        (tmp_path / made).mkdir(parents=True)
    for number, photo in enumerate(PHOTOS):
        Image.new("RGB", (64, 48), (number * 50, 90, 120)).save(tmp_path / "photos" / f"{photo}.jpg")
    for program, module in PROGRAMS.items():
        path = tmp_path / "bin" / program
        command = shlex.join(_programs.command(module))
        path.write_text(f'#!/bin/sh\nexec {command} "$@"\n', encoding="utf-8")
        path.chmod(0o755)
    (tmp_path / "netbox.yml").write_text("plugin: netbox.cursor.nb_inventory\n", encoding="utf-8")
    return tmp_path


def adapt(text: str, netbox: NetBox, folder: Path) -> str:
    """Return an example with the URL and the token of the mock NetBox, and with paths below ``folder``."""
    text = re.sub(r"https://(\w+\.)?netbox\.example\.com|https://\w+\.cloud\.netboxapp\.com", netbox.url, text)
    text = text.replace("NETBOX_TOKEN=...", f"NETBOX_TOKEN={netbox.tokens['v2']}")
    return text.replace("/srv/www", f"{folder}/srv/www")


def run(netbox: NetBox, folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "NETBOX_", "XDG_"))}
    own = {
        # Hosts print their results in the order that the guides show.
        "ANSIBLE_FORKS": "1",
        "ANSIBLE_PIPELINING": "true",
        "COLUMNS": "1000",
        "HOME": str(folder / "home"),
        **{name: netbox.tokens["v2"] for name in ("MY_TOKEN", "EMEA_TOKEN", "APAC_TOKEN")},
        "NETBOX_API": netbox.url,
        "NETBOX_TOKEN": netbox.tokens["v2"],
        "PATH": f"{folder}/bin:{os.environ['PATH']}",
    }
    environment = _programs.environment(kept, **own)
    return subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: str(document.relative_to(ROOT)))
def test_blocks_include_every_example(document: Path) -> None:
    lines = [line.strip() for line in document.read_text(encoding="utf-8").splitlines()]
    if document.suffix == ".py":
        assert any(block.document == document for block in BLOCKS)
        return
    mark, each = (".. code-block::", 1) if document.suffix == ".rst" else ("```", 2)
    found = sum(line.startswith(mark) for line in lines)
    assert found == each * sum(block.document == document for block in BLOCKS)
    assert not any(line.endswith("::") and not line.startswith("..") for line in lines)


def test_excused_examples_exist() -> None:
    found = {(block.document.name, block.text.partition("\n")[0]) for block in BLOCKS}
    found |= {
        (block.document.name, command.text)
        for block in BLOCKS
        if block.language in ("bash", "console")
        for command in block.commands()
    }
    documents = {document.name for document in DOCUMENTS}
    assert {(name, line) for name in documents for line in NOT_RUN.get(name, ())} - found == set()


# Tasks and plays: one playbook, with one play for each example.


@pytest.mark.slow
def test_tasks_return_the_shown_results(netbox: NetBox, folder: Path) -> None:
    book: list[dict[str, t.Any]] = []
    for block in blocks_of_kind("tasks"):
        data = DataLoader().load(adapt(block.text, netbox, folder))
        plays = data if "hosts" in data[0] else [{"hosts": "localhost", "gather_facts": False, "tasks": data}]
        # If one example fails, the others still run.
        book.extend({**play, "name": name_of(block), "ignore_errors": True} for play in plays)
    for name, code in inline_lookups().items():
        task = {"name": code, "ansible.builtin.debug": {"msg": "{{ " + code + " }}"}}
        book.append({"name": name, "hosts": "localhost", "gather_facts": False, "tasks": [task], "ignore_errors": True})
    (folder / "book.yml").write_text(json.dumps(book), encoding="utf-8")
    values = {
        "drawing": {"content": DRAWING},
        "upload": "photos/building.jpg",
        "vault_netbox_token": netbox.tokens["v2"],
    }
    ended = run(netbox, folder, "ansible-playbook", "book.yml", "-e", json.dumps(values))
    output = split_by_play(ended.stdout)
    wrong = {play["name"]: output.get(play["name"], "") for play in book if is_empty(output.get(play["name"], ""))}
    assert not wrong and ended.returncode == 0, json.dumps(wrong, indent=1).replace("\\n", "\n") + ended.stderr
    for shown, before in zip(BLOCKS[1:], BLOCKS):
        if shown.language == "ansible-output" and kind_of(before) == "tasks":
            assert_in_order(shown, output[name_of(before)])


def split_by_play(output: str) -> dict[str, str]:
    """Return the output of each play by its name."""
    parts = re.split(r"^PLAY (?:\[(.*?)\]|RECAP) \*+\n", output, flags=re.MULTILINE)
    found: dict[str, str] = {}
    for name, text in zip(parts[1::2], parts[2::2]):
        found[name] = found.get(name, "") + text
    return found


def is_empty(output: str) -> bool:
    """Return whether a task failed, or whether one of our tasks (not of a role) was skipped or found nothing."""
    tasks = re.split(r"^TASK (?=\[)", output, flags=re.MULTILINE)[1:]
    ours = [task for task in tasks if not task.startswith("[netbox.cursor.")]
    nothing = r"""^skipping:|"msg": (?:\[\]|\{\}|""|"?0"?|null)$"""
    failed = re.search(r"^(?:fatal|failed):", output, re.MULTILINE)
    return not tasks or bool(failed) or any(re.search(nothing, task, re.MULTILINE) for task in ours)


def assert_in_order(shown: Block, output: str) -> None:
    """Assert that the lines of ``shown`` are in the output in this order. "..." stands for any lines."""
    lines = [line.strip() for line in output.splitlines()]
    for line in shown.text.splitlines():
        if line.strip() not in ("", "..."):
            assert line.strip() in lines, f"{name_of(shown)}: {line!r} is missing, or in the wrong place, in\n{output}"
            del lines[: lines.index(line.strip()) + 1]


# Inventories: one run for each.


@pytest.mark.slow
@pytest.mark.parametrize("block", blocks_of_kind("inventory"), ids=name_of)
def test_inventories_contain_what_they_name(netbox: NetBox, folder: Path, block: Block) -> None:
    """The groups and variables that the options name exist and are not empty."""
    text = adapt(block.text, netbox, folder)
    (folder / "netbox.yml").write_text(text, encoding="utf-8")
    ended = run(netbox, folder, "ansible-inventory", "-i", "netbox.yml", "--list")
    assert ended.returncode == 0, ended.stderr
    inventory = json.loads(ended.stdout)
    hosts = inventory["_meta"]["hostvars"]
    assert hosts, ended.stderr
    options = DataLoader().load(text)
    groups = {name for name, group in inventory.items() if group.get("hosts") or group.get("children")}
    prefixes = [options.get("group_prefix", "") + key.removesuffix("s") for key in options.get("group_by", ())]
    prefixes += [group["prefix"] for group in options.get("keyed_groups", ())]
    for prefix in prefixes:
        assert any(group.startswith(prefix) for group in groups), f"no group {prefix}... in {sorted(groups)}"
    assert set(options.get("groups", ())) <= groups
    prefix = options.get("vars_prefix", "")
    named = {name if name.startswith("ansible_") else prefix + name for name in options.get("host_vars", ())}
    found = {name for variables in hosts.values() for name in variables}
    assert {*named, *options.get("compose", ())} - {prefix + "all"} <= found


# Commands: those of a document in sequence, with the files that it shows.


@pytest.mark.slow
@pytest.mark.parametrize(
    "document",
    [document for document in DOCUMENTS if any(block.document == document for block in blocks_of_kind("commands"))],
    ids=lambda document: str(document.relative_to(ROOT)),
)
def test_commands_print_the_shown_output(netbox: NetBox, folder: Path, document: Path) -> None:
    """Each file is written under its caption before the commands that follow it. An inventory is ``netbox.yml``."""
    script = []
    expected: list[tuple[str, list[str]]] = []
    for block in (block for block in BLOCKS if block.document == document):
        kind = kind_of(block)
        file = block.file or ("netbox.yml" if kind == "inventory" else None)
        if file and kind in ("inventory", "file"):
            kept = folder / "files" / f"{block.line}"
            kept.parent.mkdir(exist_ok=True)
            kept.write_text(adapt(block.text, netbox, folder), encoding="utf-8")
            script.append(f"mkdir -p $(dirname {file}); cp {kept} {file}")
        for command in block.commands() if kind == "commands" else ():
            if command.text not in excused(block):
                assert command.text.split()[0] in (*PROGRAMS, "echo", "export"), (
                    f"{name_of(block)}: cannot run {command.text!r}. Explain it in NOT_RUN."
                )
                script.append(f"echo '@@ {len(expected)}'; {adapt(command.text, netbox, folder)} || exit 1")
                expected.append((f"{name_of(block)}: {command.text}", command.output))
    ended = run(netbox, folder, "bash", "-c", "\n".join(script))
    outputs = re.split(r"^@@ \d+\n", ended.stdout, flags=re.MULTILINE)[1:]
    assert ended.returncode == 0, f"{expected[len(outputs) - 1][0]}\n{ended.stdout}{ended.stderr}"
    for (words, shown), output in zip(expected, outputs):
        if shown:
            assert re.fullmatch(output_pattern(shown), output.replace(netbox.url, "https://netbox.example.com")), (
                f"{words}\n{output}"
            )
        elif ": ansible" in words and " > " not in words:
            assert output, f"{words} prints nothing\n{ended.stderr}"
    if document.name == "getting_started.rst" and tuple(map(int, core_version.split(".")[:2])) >= (2, 20):
        # Older versions print different messages for some of them.
        shown_warnings = {
            line
            for block in BLOCKS
            if block.document == document and block.language == "text"
            for line in block.text.splitlines()
        }
        assert set(re.findall(r"^\[WARNING\]: .*$", ended.stderr, re.MULTILINE)) == shown_warnings


def test_sample_inventories_are_those_of_the_recipes() -> None:
    """Each file in docs/examples is shown in the recipes guide, and each file that the guide names exists."""
    shown = {block.caption: block for block in read_blocks(GUIDES / "recipes_guide.rst") if block.caption}
    samples = {
        path.relative_to(ROOT / "docs/examples").as_posix(): path for path in (ROOT / "docs/examples").rglob("*.yml")
    }
    assert set(samples) == {name for name, block in shown.items() if block.language == "yaml"}
    for name, path in samples.items():
        assert yaml.safe_load(path.read_text(encoding="utf-8")) == yaml.safe_load(shown[name].text), name


def test_inventory_guide_lists_every_variable() -> None:
    """The table of variables contains the names of all facts."""
    text = (GUIDES / "inventory_guide.rst").read_text(encoding="utf-8")
    table = text[text.index("   * - Variables") : text.index("To reduce the load on NetBox, list the variables")]
    first_cells = re.findall(r"^   \* - (.*)$", table, re.MULTILINE)
    listed = [name for cell in first_cells for name in re.findall(r"``(\w+)``", cell)]
    assert sorted(listed) == sorted(FACTS)
