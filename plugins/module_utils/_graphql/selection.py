# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Parse the fields that users select into a tree, and write the tree as GraphQL."""

from __future__ import annotations

import dataclasses
import re
import typing as t
from collections.abc import Iterable, Mapping, Sequence

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UsageError

# The lexical tokens of GraphQL. GraphQL treats commas as whitespace. Comments are dropped.
_TOKEN = re.compile(
    r'(?P<skip>[\s,\ufeff]+|\#[^\n\r]*)|(?P<text>"""(?:[^"\\]|\\.|"(?!""))*"""|"(?:[^"\\\n]|\\.)*")'
    r"|(?P<name>[_A-Za-z][_0-9A-Za-z]*)|(?P<number>-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)|(?P<sign>\.\.\.|[{}()\[\]:=@$!|&])",
    re.DOTALL,
)
_CLOSING = {"(": ")", "[": "]", "{": "}"}


@dataclasses.dataclass
class Field:
    """One selected field. ``key`` is its name in the response. ``arguments`` and ``directives`` are GraphQL strings.

    A fragment does not have a key. Its ``name`` is ``... on InterfaceType``. The response contains the fragment's
    fields together with the fields around the fragment.
    """

    key: str
    name: str
    arguments: str = ""
    directives: str = ""
    fields: list[Field] = dataclasses.field(default_factory=list)

    def written(self, arguments: str = "", inside: str = "") -> str:
        """Return the field as GraphQL, and add ``arguments`` to its arguments.

        If ``inside`` is set, it replaces the field's own selection.
        """
        alias = f"{self.key}: " if self.key and self.key != self.name else ""
        given = " ".join(part for part in (self.arguments, arguments) if part)
        inside = inside or written(self.fields)
        parts = [f"{alias}{self.name}", f"({given})" if given else "", f" {self.directives}" if self.directives else ""]
        return "".join(parts) + (f" {{{inside}}}" if inside else "")

    @property
    def argument_names(self) -> set[str]:
        """The names of the arguments, without the names in their values."""
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
    """Return ``fields`` as GraphQL, without braces around them."""
    return " ".join(field.written() for field in fields)


def parse(selection: t.Any) -> list[Field]:
    """Parse a selection of fields.

    A selection is a GraphQL string with or without braces around it (``"id name site {slug}"``), a dictionary whose
    values are selections (``{"site": ["slug"]}``), or a list of selections. Raise :class:`UsageError` if it is invalid.
    """
    if isinstance(selection, str):
        return _Reader(selection).whole()
    if isinstance(selection, Mapping):
        return [_with(key, value) for key, value in selection.items()]
    if isinstance(selection, Sequence) and not isinstance(selection, (bytes, bytearray)):
        return [field for part in selection for field in parse(part)]
    raise UsageError(
        f"fields must be a string such as 'id name site {{slug}}' or a list of names and dictionaries, not "
        f"{selection!r}."
    )


def _with(head: t.Any, inner: t.Any) -> Field:
    fields = _Reader(str(head)).whole()
    if len(fields) != 1 or fields[0].fields:
        raise UsageError(f"fields: {head!r} must be a single field, because it contains other fields.")
    fields[0].fields = parse(inner)
    return fields[0]


class _Reader:
    """A parser for one selection string."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: list[tuple[str, str]] = []
        self._at = 0
        position = 0
        while position < len(text):
            found = _TOKEN.match(text, position)
            if not found:
                raise self._wrong(f"{text[position]!r} is not valid in GraphQL")
            if found.lastgroup != "skip":
                self._tokens.append((str(found.lastgroup), found[0]))
            position = found.end()

    def whole(self) -> list[Field]:
        """Return all fields of the selection, with or without braces around them."""
        fields = self._braced() if self._next() == "{" else self._fields()
        if self._at < len(self._tokens):
            raise self._wrong(f"{self._next()!r} has no opening bracket")
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
            raise self._wrong("a fragment must be followed by its fields between { and }")
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
        """Return everything from an opening bracket to the matching closing bracket."""
        expected: list[str] = []
        parts = []
        while self._at < len(self._tokens):
            token = self._take()
            parts.append(token)
            if token in _CLOSING:
                expected.append(_CLOSING[token])
            elif token in _CLOSING.values() and token != expected.pop():
                raise self._wrong(f"{token!r} has no opening bracket")
            if not expected:
                return parts[0] + " ".join(parts[1:-1]) + parts[-1]
        raise self._wrong(f"a closing {expected[-1]} is missing")

    def _wrong(self, why: str) -> UsageError:
        return UsageError(f"fields {self._text!r}: {why}.")
