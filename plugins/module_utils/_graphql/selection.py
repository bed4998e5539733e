# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""The fields that a GraphQL query selects: from what people write to a tree, and from the tree to GraphQL."""

from __future__ import annotations

import dataclasses
import re
import typing as t
from collections.abc import Iterable, Mapping, Sequence

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UsageError

# The lexical tokens of GraphQL; commas are white space to it, and comments are dropped.
_TOKEN = re.compile(
    r'(?P<skip>[\s,\ufeff]+|\#[^\n\r]*)|(?P<text>"""(?:[^"\\]|\\.|"(?!""))*"""|"(?:[^"\\\n]|\\.)*")'
    r"|(?P<name>[_A-Za-z][_0-9A-Za-z]*)|(?P<number>-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)|(?P<sign>\.\.\.|[{}()\[\]:=@$!|&])",
    re.DOTALL,
)
_CLOSING = {"(": ")", "[": "]", "{": "}"}


@dataclasses.dataclass
class Field:
    """One selected field. ``key`` is its name in the answer; ``arguments`` and ``directives`` are GraphQL.

    A fragment has no key: its ``name`` is ``... on InterfaceType``, and its fields stand in the answer beside others.
    """

    key: str
    name: str
    arguments: str = ""
    directives: str = ""
    fields: list[Field] = dataclasses.field(default_factory=list)

    def written(self, arguments: str = "", inside: str = "") -> str:
        """The field as GraphQL, with more ``arguments``, and with ``inside`` between its braces where that is given."""
        alias = f"{self.key}: " if self.key and self.key != self.name else ""
        given = " ".join(part for part in (self.arguments, arguments) if part)
        inside = inside or written(self.fields)
        parts = [f"{alias}{self.name}", f"({given})" if given else "", f" {self.directives}" if self.directives else ""]
        return "".join(parts) + (f" {{{inside}}}" if inside else "")

    @property
    def argument_names(self) -> set[str]:
        """The names of the arguments. Names inside of their values are not among them."""
        names, depth, before = set(), 0, ""
        for found in _TOKEN.finditer(self.arguments):
            token = found[0]
            if found.lastgroup == "sign":
                depth += (token in _CLOSING) - (token in _CLOSING.values())
                if token == ":" and not depth:
                    names.add(before)
            if found.lastgroup != "skip":
                before = token
        return names


def written(fields: Iterable[Field]) -> str:
    """Fields as GraphQL, without braces around them."""
    return " ".join(field.written() for field in fields)


def parse(selection: t.Any) -> list[Field]:
    """The fields that ``selection`` names.

    It is GraphQL (``"id name site {slug}"``, with or without braces around it), or a list of such texts and of dicts
    whose values are again selections (``["id", {"site": ["slug"]}]``), or such a dict. Raises :class:`UsageError`.
    """
    if isinstance(selection, str):
        return _Reader(selection).whole()
    if isinstance(selection, Mapping):
        return [_with(key, value) for key, value in selection.items()]
    if isinstance(selection, Sequence) and not isinstance(selection, (bytes, bytearray)):
        return [field for part in selection for field in parse(part)]
    raise UsageError(f"fields are a text such as 'id name site {{slug}}', or a list of names and dicts: {selection!r}.")


def _with(head: t.Any, inner: t.Any) -> Field:
    fields = _Reader(str(head)).whole()
    if len(fields) != 1 or fields[0].fields:
        raise UsageError(f"fields: {head!r} must be one field, as other fields stand below it.")
    fields[0].fields = parse(inner)
    return fields[0]


class _Reader:
    """Reads one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: list[tuple[str, str]] = []
        self._at = 0
        position = 0
        while position < len(text):
            found = _TOKEN.match(text, position)
            if not found:
                raise self._wrong(f"{text[position]!r} has no meaning in GraphQL")
            if found.lastgroup != "skip":
                self._tokens.append((str(found.lastgroup), found[0]))
            position = found.end()

    def whole(self) -> list[Field]:
        """All fields of the text; the braces around them may be missing."""
        fields = self._braced() if self._next() == "{" else self._fields()
        if self._at < len(self._tokens):
            raise self._wrong(f"{self._next()!r} closes nothing")
        if not fields:
            raise self._wrong("no field is selected")
        return fields

    def _next(self) -> str:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else ""

    def _take(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1][1]

    def _name(self) -> str:
        if self._at >= len(self._tokens) or self._tokens[self._at][0] != "name":
            raise self._wrong(f"a field's name is missing before {self._next() or 'the end'!r}")
        return self._take()

    def _braced(self) -> list[Field]:
        self._take()
        fields = self._fields()
        if self._next() != "}":
            raise self._wrong("a closing } is missing")
        self._take()
        if not fields:
            raise self._wrong("there is nothing between { and }")
        return fields

    def _fields(self) -> list[Field]:
        fields = []
        while self._next() not in ("", "}"):
            fields.append(self._fragment() if self._next() == "..." else self._field())
        return fields

    def _fragment(self) -> Field:
        self._take()
        name = "..."
        if self._next() == "on":
            self._take()
            name = f"... on {self._name()}"
        field = Field("", name, directives=self._directives())
        if self._next() != "{":
            raise self._wrong("a fragment has its fields between { and } right behind it")
        field.fields = self._braced()
        return field

    def _field(self) -> Field:
        key = name = self._name()
        if self._next() == ":":
            self._take()
            name = self._name()
        field = Field(key, name)
        if self._next() == "(":
            field.arguments = self._enclosed()[1:-1].strip()
        field.directives = self._directives()
        if self._next() == "{":
            field.fields = self._braced()
        return field

    def _directives(self) -> str:
        found = []
        while self._next() == "@":
            self._take()
            found.append(f"@{self._name()}" + (self._enclosed() if self._next() == "(" else ""))
        return " ".join(found)

    def _enclosed(self) -> str:
        """Everything from an opening bracket to its closing one, as it is."""
        expected: list[str] = []
        parts = []
        while self._at < len(self._tokens):
            token = self._take()
            parts.append(token)
            if token in _CLOSING:
                expected.append(_CLOSING[token])
            elif token in _CLOSING.values() and token != expected.pop():
                raise self._wrong(f"{token!r} closes nothing")
            if not expected:
                return parts[0] + " ".join(parts[1:-1]) + parts[-1]
        raise self._wrong(f"a closing {expected[-1]} is missing")

    def _wrong(self, why: str) -> UsageError:
        return UsageError(f"fields {self._text!r}: {why}.")
