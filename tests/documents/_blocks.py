# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds the examples in a document."""

from __future__ import annotations

import re
import textwrap
import typing as t
from pathlib import Path

ELLIPSIS = "..."


class Command(t.NamedTuple):
    """A command in an example, without its prompt and comment, and the output that the document shows below it."""

    text: str
    output: list[str]


class Block(t.NamedTuple):
    """One example: its document, the line that it begins on, its language, its caption, and its text."""

    document: Path
    line: int
    language: str
    caption: str | None
    text: str

    @property
    def file(self) -> str | None:
        """The caption, if it is the name of a file."""
        return self.caption if self.caption and " " not in self.caption and "." in self.caption else None

    def commands(self) -> list[Command]:
        """Return the commands of a ``console`` or ``bash`` block."""
        found: list[Command] = []
        for line in self.text.splitlines():
            if self.language == "bash" or line.startswith("$ "):
                found.append(Command(without_prompt(line), []))
            elif found[-1].text.endswith("\\"):
                found[-1] = Command(f"{found[-1].text[:-1]}{without_prompt(line.strip())}", [])
            else:
                found[-1].output.append(line)
        return found


def without_prompt(line: str) -> str:
    """Return a command line without its prompt and comment."""
    return line.removeprefix("$ ").partition(" #")[0].rstrip()


def read_blocks(document: Path) -> list[Block]:
    """Return the examples in a guide (.rst), a README (.md), or a plugin (.py)."""
    text = document.read_text(encoding="utf-8")
    if document.suffix == ".py":
        match = re.search(r'^EXAMPLES = r"""\n(.*?)"""', text, re.DOTALL | re.MULTILINE)
        assert match, f"{document} has no examples"
        return list(_split_examples(document, text.count("\n", 0, match.start()) + 2, match[1]))
    if document.suffix == ".md":
        fenced = re.finditer(r"^```(\w+)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
        return [Block(document, text.count("\n", 0, each.start()) + 2, each[1], None, each[2]) for each in fenced]
    directive = r"^( *)\.\. code-block:: (\S+)\n(?:\1 +:caption: (.+)\n)?\n+((?:\1 +\S.*\n|\n)+)"
    return [
        Block(
            document, text.count("\n", 0, each.start()) + 1, each[2], each[3], textwrap.dedent(each[4]).strip() + "\n"
        )
        for each in re.finditer(directive, text, re.MULTILINE)
    ]


def _split_examples(document: Path, first_line: int, text: str) -> t.Iterator[Block]:
    """Yield each YAML document of EXAMPLES."""
    line = first_line
    for part in re.split(r"^---\n", text, flags=re.MULTILINE):
        if part.strip():
            yield Block(document, line, "yaml", None, part)
        line += part.count("\n") + 1


def output_pattern(output: list[str]) -> str:
    """Return a pattern that matches the ``output`` shown in a document.

    A line of three dots matches any lines, and three dots in a line match any characters.
    """
    lines = (re.escape(line).replace(re.escape(ELLIPSIS), ".*") + "\n" for line in output)
    return "".join(r"(?:.*\n)*?" if line.strip("\\ \n") == ".*" else line for line in lines) + r"\s*"
