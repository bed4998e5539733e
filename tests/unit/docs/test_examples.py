# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every example of the guides, the READMEs and EXAMPLES runs, finds something, and gives what the text says."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import textwrap
import typing as t
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible.parsing.dataloader import DataLoader
from PIL import Image

from ansible_collections.netbox.cursor.tests.stand_in import NetBox, serve

pytestmark = pytest.mark.skipif(sys.version_info[:2] != (3, 12), reason="one Python of the controller is enough")

ROOT = Path(__file__).resolve().parents[3]
COLLECTIONS = str(ROOT.parents[2])
# The integration target awx runs what this one shows.
RUN_ELSEWHERE = ("awx_guide.rst",)
DOCUMENTS = [
    *(path for path in sorted((ROOT / "docs" / "docsite" / "rst").glob("*.rst")) if path.name not in RUN_ELSEWHERE),
    ROOT / "README.md",
    *sorted(ROOT.glob("roles/*/README.md")),
    *sorted(path for kind in ("inventory", "lookup", "modules") for path in (ROOT / "plugins" / kind).glob("nb_*.py")),
]
# What is shown and not done.
SHOWN = ("ansible-output", "text")
PROGRAMS = {"ansible": "adhoc", "ansible-doc": "doc", "ansible-inventory": "inventory", "ansible-playbook": "playbook"}

# Examples that are not run: by document, the first line of the example, or a command of it, and why.
NOT_RUN = {
    "README.md": {
        "collections:": "a requirements.yml, which needs Galaxy",
        "ansible-galaxy collection install netbox.cursor": "needs Galaxy",
        "make demo": "runs for itself in CI",
        "NETBOX_API=https://netbox.example.com NETBOX_TOKEN=... make demo": "needs a NetBox of one's own",
        "make test": "would run this test",
        "make test-all": "would run this test",
    },
    "getting_started.rst": {
        "ansible-galaxy collection install netbox.cursor": "needs Galaxy",
        "pip install requests packaging": "needs a package index",
    },
    "migration_guide.rst": {
        "ansible-inventory -i old.netbox.yml --list > old.json": "needs netbox.netbox",
    },
    "performance_guide.rst": {
        "make bench": "takes 10 minutes",
        "make bench NETBOX_API=https://netbox.example.com NETBOX_TOKEN=...": "needs a NetBox of one's own",
    },
    "troubleshooting_guide.rst": {
        'curl --fail --header "Authorization: Bearer $NETBOX_TOKEN" "$NETBOX_API/api/status/"': "needs curl",
        "[inventory]": "part of an ansible.cfg",
    },
}
# The recorded estate under the names of the examples.
RENAMED = {
    **{"only-in-ready-1": "sw3", '"ready-1"': '"new-rack"'},
    **{"berlin-1": "ber1", "paris-1": "par1", "leaf1": "sw1", "leaf2": "sw2", '"R1"': '"A1"'},
    **{"staged": "active", "Staged": "Active"},
}
LEFT_OUT = {"dcim/devices": (6, 7, 8, 9, 17, 18), "virtualization/virtual-machines": (2, 3, 4), "dcim/racks": (3,)}
PHOTOS = ("sw1-front", "sw1__front", "sw1__rear", "building")
# What an earlier task of an example made: a blue square.
DRAWING = "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAFElEQVR4nGNUnPaZARtgwio6aCUAT8EBupF7edcAAAAASUVORK5CYII="


class Block(t.NamedTuple):
    """One example, called after its document and line."""

    document: Path
    line: int
    language: str
    caption: str | None
    text: str

    @property
    def name(self) -> str:
        return f"{self.document.relative_to(ROOT)}:{self.line}"

    @property
    def excused(self) -> dict[str, str]:
        """What of it is not run, and why."""
        return NOT_RUN.get(self.document.name, {})

    @property
    def kind(self) -> str:
        """What can be done with it: shown, commands, inventory, plays, tasks, or left."""
        if self.language in SHOWN:
            return "shown"
        if self.text.partition("\n")[0] in self.excused:
            return "left"
        if self.language in ("bash", "console"):
            return "commands"
        assert self.language in ("yaml", "yaml+jinja"), f"{self.name}: nobody knows how to run {self.language}"
        data = DataLoader().load(self.text)
        if isinstance(data, dict) and data.get("plugin") == "netbox.cursor.nb_inventory":
            return "inventory"
        assert isinstance(data, list), f"{self.name}: neither an inventory nor tasks; say in NOT_RUN why it is not run"
        return "plays" if "hosts" in data[0] else "tasks"


def blocks_of(document: Path) -> list[Block]:
    text = document.read_text(encoding="utf-8")
    if document.suffix == ".py":
        match = re.search(r'^EXAMPLES = r"""\n(.*?)"""', text, re.DOTALL | re.MULTILINE)
        assert match, f"{document} has no examples"
        return [Block(document, text.count("\n", 0, match.start()) + 2, "yaml", None, match[1])]
    if document.suffix == ".md":
        fenced = re.finditer(r"^```(\w+)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
        return [Block(document, text.count("\n", 0, each.start()) + 2, each[1], None, each[2]) for each in fenced]
    directive = r"^( *)\.\. code-block:: (\S+)\n(?:\1 +:caption: (\S+)\n)?\n+((?:\1 +\S.*\n|\n)+)"
    return [
        Block(
            document, text.count("\n", 0, each.start()) + 1, each[2], each[3], textwrap.dedent(each[4]).strip() + "\n"
        )
        for each in re.finditer(directive, text, re.MULTILINE)
    ]


BLOCKS = [block for document in DOCUMENTS for block in blocks_of(document)]


def of_kind(*kinds: str) -> list[Block]:
    return [block for block in BLOCKS if block.kind in kinds]


def inline_lookups() -> dict[str, str]:
    """Lookups in the middle of texts and in tables, by where they are."""
    found = {}
    for document in DOCUMENTS:
        for number, line in enumerate(document.read_text(encoding="utf-8").splitlines(), 1):
            for place, code in enumerate(re.findall(r"``?((?:query|lookup)\('netbox\.cursor\.[^`]*)``?", line)):
                found[f"{document.relative_to(ROOT)}:{number}.{place}"] = code
    return found


@pytest.fixture
def netbox() -> Iterator[NetBox]:
    with serve(version="4.6", branching=True) as netbox:
        assert netbox.branching
        branch = netbox.branching.estate("ready-1")
        for table in [*netbox.estate.tables.values(), branch.table("dcim/devices")]:
            rows = {}
            for pk in set(table.ids()) - set(LEFT_OUT.get(table.endpoint, ())):
                text = json.dumps(table[pk], ensure_ascii=False)
                for before, after in RENAMED.items():
                    text = text.replace(before, after)
                rows[pk] = json.loads(text)
            table.replace(rows)
        for row in netbox.table("dcim/devices").values():
            row["custom_fields"]["fqdn"] = f"{row['name']}.{row['site']['slug']}.example.com"
        yield netbox


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where examples are run: with photos to attach, the shortest inventory, and the commands that they call."""
    for made in ("photos", "srv/www/racks", "bin", "home"):
        (tmp_path / made).mkdir(parents=True)
    for number, photo in enumerate(PHOTOS):
        Image.new("RGB", (64, 48), (number * 50, 90, 120)).save(tmp_path / "photos" / f"{photo}.jpg")
    for program, module in PROGRAMS.items():
        path = tmp_path / "bin" / program
        command = f"{shlex.quote(sys.executable)} -m ansible.cli.{module}"
        path.write_text(f'#!/bin/sh\nexec {command} "$@"\n', encoding="utf-8")
        path.chmod(0o755)
    (tmp_path / "netbox.yml").write_text("plugin: netbox.cursor.nb_inventory\n", encoding="utf-8")
    return tmp_path


def here(text: str, netbox: NetBox, folder: Path) -> str:
    """An example, at this NetBox and in this folder."""
    for theirs, ours in (
        ("https://netbox.example.com", netbox.url),
        ("NETBOX_TOKEN=...", f"NETBOX_TOKEN={netbox.tokens['v2']}"),
        ("/srv/www", f"{folder}/srv/www"),
    ):
        text = text.replace(theirs, ours)
    return text


def run(netbox: NetBox, folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "NETBOX_", "XDG_"))}
    environment = {
        **kept,
        "ANSIBLE_COLLECTIONS_PATH": COLLECTIONS,
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "ANSIBLE_PIPELINING": "true",
        "ANSIBLE_TRANSFORM_INVALID_GROUP_CHARS": "ignore",
        "HOME": str(folder / "home"),
        "MY_TOKEN": netbox.tokens["v2"],
        "NETBOX_API": netbox.url,
        "NETBOX_TOKEN": netbox.tokens["v2"],
        "PATH": f"{folder}/bin:{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join([COLLECTIONS, *sys.path]),
    }
    return subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: str(document.relative_to(ROOT)))
def test_no_example_is_overlooked(document: Path) -> None:
    lines = [line.strip() for line in document.read_text(encoding="utf-8").splitlines()]
    marks = {".rst": ".. code-block::", ".md": "```", ".py": "EXAMPLES = "}
    found = sum(line.startswith(marks[document.suffix]) for line in lines)
    each = 2 if document.suffix == ".md" else 1
    assert found == each * sum(block.document == document for block in BLOCKS)
    assert not any(line.endswith("::") and not line.startswith("..") for line in lines)


def test_nothing_is_excused_that_is_not_there() -> None:
    lines = {(block.document.name, command_in(line)) for block in BLOCKS for line in block.text.splitlines()}
    there = {document.name for document in DOCUMENTS}
    assert {(name, line) for name in there for line in NOT_RUN.get(name, ())} - lines == set()


def command_in(line: str) -> str:
    """Without prompt and comment."""
    return line.removeprefix("$ ").partition(" #")[0].rstrip()


# --- tasks and plays: one playbook, one play for each example ---


def test_tasks_and_plays_give_answers(netbox: NetBox, folder: Path) -> None:
    book: list[dict[str, t.Any]] = []
    for block in of_kind("tasks", "plays"):
        data = DataLoader().load(here(block.text, netbox, folder))
        plays = data if block.kind == "plays" else [{"hosts": "localhost", "gather_facts": False, "tasks": data}]
        # A failure of one does not keep the others from being run.
        book.extend({**play, "name": block.name, "ignore_errors": True} for play in plays)
    for name, code in inline_lookups().items():
        task = {"name": code, "ansible.builtin.debug": {"msg": "{{ " + code + " }}"}}
        book.append({"name": name, "hosts": "localhost", "gather_facts": False, "tasks": [task], "ignore_errors": True})
    (folder / "book.yml").write_text(json.dumps(book), encoding="utf-8")
    given = {
        "drawing": {"content": DRAWING},
        "upload": "photos/building.jpg",
        "vault_netbox_token": netbox.tokens["v2"],
    }
    ended = run(netbox, folder, "ansible-playbook", "book.yml", "-e", json.dumps(given))
    said = told_by_play(ended.stdout)
    wrong = {play["name"]: said.get(play["name"], "") for play in book if is_empty(said.get(play["name"], ""))}
    assert not wrong and ended.returncode == 0, json.dumps(wrong, indent=1).replace("\\n", "\n") + ended.stderr
    for shown, before in zip(BLOCKS[1:], BLOCKS):
        if shown.language == "ansible-output" and before.kind in ("tasks", "plays"):
            assert_in_order(shown, said[before.name])


def told_by_play(output: str) -> dict[str, str]:
    """What each play said, by its name."""
    parts = re.split(r"^PLAY (?:\[(.*?)\]|RECAP) \*+\n", output, flags=re.MULTILINE)
    said: dict[str, str] = {}
    for name, text in zip(parts[1::2], parts[2::2]):
        said[name] = said.get(name, "") + text
    return said


def is_empty(said: str) -> bool:
    """Whether anything failed, or a task of ours (not of a role) was left out or found nothing."""
    tasks = re.split(r"^TASK (?=\[)", said, flags=re.MULTILINE)[1:]
    ours = [task for task in tasks if not task.startswith("[netbox.cursor.")]
    nothing = r"""^skipping:|"msg": (?:\[\]|\{\}|""|"?0"?|null)$"""
    failed = re.search(r"^(?:fatal|failed):", said, re.MULTILINE)
    return not tasks or bool(failed) or any(re.search(nothing, task, re.MULTILINE) for task in ours)


def assert_in_order(shown: Block, said: str) -> None:
    """The lines are in what was said, one after the other; "..." stands for any."""
    lines = [line.strip() for line in said.splitlines()]
    for line in shown.text.splitlines():
        if line.strip() not in ("", "..."):
            assert line.strip() in lines, f"{shown.name}: {line!r} is not, or not there, in\n{said}"
            del lines[: lines.index(line.strip()) + 1]


# --- inventories: each for itself ---


@pytest.mark.parametrize("block", of_kind("inventory"), ids=lambda block: block.name)
def test_inventories_have_what_they_name(netbox: NetBox, folder: Path, block: Block) -> None:
    """Hosts; the groups and variables that the options name are there, and not empty."""
    text = here(block.text, netbox, folder)
    (folder / "netbox.yml").write_text(text, encoding="utf-8")
    ended = run(netbox, folder, "ansible-inventory", "-i", "netbox.yml", "--list")
    assert ended.returncode == 0, ended.stderr
    inventory = json.loads(ended.stdout)
    hosts = inventory["_meta"]["hostvars"]
    assert hosts, ended.stderr
    options = DataLoader().load(text)
    groups = {name for name, group in inventory.items() if group.get("hosts") or group.get("children")}
    prefixes = [key.removesuffix("s") for key in options.get("group_by", ())]
    prefixes += [group["prefix"] for group in options.get("keyed_groups", ())]
    for prefix in prefixes:
        start = options.get("group_prefix", "") + prefix
        assert any(group.startswith(start) for group in groups), f"no group {start}... in {sorted(groups)}"
    assert set(options.get("groups", ())) <= groups
    named = {*options.get("compose", ()), *options.get("host_vars", ())} - {"all"}
    start = options.get("vars_prefix", "")
    had = {name for variables in hosts.values() for name in variables}
    assert {name if name.startswith("ansible_") else start + name for name in named} <= had


# --- commands: those of a document one after the other, with the files that it names ---


@pytest.mark.parametrize(
    "document",
    [document for document in DOCUMENTS if any(block.document == document for block in of_kind("commands"))],
    ids=lambda document: str(document.relative_to(ROOT)),
)
def test_commands_say_what_the_text_says(netbox: NetBox, folder: Path, document: Path) -> None:
    """Files are written where they are shown: under their caption, inventories without one as netbox.yml."""
    script = []
    expected: list[tuple[str, list[str]]] = []
    for block in (block for block in BLOCKS if block.document == document):
        file = block.caption or ("netbox.yml" if block.kind == "inventory" else None)
        if file and block.kind in ("inventory", "plays"):
            (folder / "files").mkdir(exist_ok=True)
            kept = folder / "files" / f"{block.line}"
            kept.write_text(here(block.text, netbox, folder), encoding="utf-8")
            script.append(f"cp {kept} {file}")
        for command, output in commands_of(block) if block.kind == "commands" else ():
            script.append(f"echo '@@ {len(expected)}'; {here(command, netbox, folder)} || exit 1")
            expected.append((f"{block.name}: {command}", output))
    ended = run(netbox, folder, "bash", "-c", "\n".join(script))
    said = re.split(r"^@@ \d+\n", ended.stdout, flags=re.MULTILINE)[1:]
    assert ended.returncode == 0, f"{expected[len(said) - 1][0]}\n{ended.stdout}{ended.stderr}"
    for (command, output), told in zip(expected, said):
        if output:
            assert re.fullmatch(pattern_of(output), told.replace(netbox.url, "https://netbox.example.com")), (
                f"{command}\n{told}"
            )
        elif ": ansible" in command and " > " not in command:
            assert told, f"{command} says nothing\n{ended.stderr}"


def pattern_of(output: list[str]) -> str:
    """Three dots in a line of their own stand for any lines, others for any text."""
    lines = (re.escape(line).replace(re.escape("..."), ".*") + "\n" for line in output)
    return "".join(r"(?:.*\n)*?" if line.strip("\\ \n") == ".*" else line for line in lines) + r"\s*"


def commands_of(block: Block) -> list[tuple[str, list[str]]]:
    """Each command with the output that is shown, but for those that are not run."""
    found: list[tuple[str, list[str]]] = []
    for line in block.text.splitlines():
        if line.startswith("$ ") or block.language == "bash":
            found.append((command_in(line), []))
        else:
            found[-1][1].append(line)
    found = [(command, output) for command, output in found if command not in block.excused]
    for command, dummy in found:
        first = command.split()[0]
        assert first in (*PROGRAMS, "echo", "export"), (
            f"{block.name}: nobody knows how to run {command!r}; say in NOT_RUN why it is not run"
        )
    return found
