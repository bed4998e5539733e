# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Strings that cause an effect if a program interprets them, and a NetBox that contains such a string in every text
field.

A payload creates a canary file if it is executed. Tests fill the estate of a mock NetBox with :func:`poison`, run
Ansible, and then check that :meth:`Canaries.found` is empty and that :func:`control_characters` finds none in the
output::

    canaries = Canaries(tmp_path)
    with serve(version="4.6") as netbox:
        poison(netbox, canaries.payloads())
        output = run_ansible(...)
    assert not canaries.found()
    assert not control_characters(output)
"""

from __future__ import annotations

import random
import re
import typing as t
from collections.abc import Iterable, Sequence
from pathlib import Path

from ansible_collections.netbox.cursor.tests.stand_in import HERE, NetBox

# Fields that NetBox itself defines: references, choices, and times. Everything else is text that a user writes.
NOT_TEXT = frozenset(["url", "display_url", "created", "last_updated", "value", "object_type", "image", "color"])
# Fields with values of a fixed form, such as IP addresses and colors, which NetBox validates.
VALIDATED = frozenset(["address", "prefix", "mac_address", "slug", "assigned_object_type", "scope_type"])
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# Ansible colors its own output in this way if it is told to.
_COLOR = re.compile(r"\x1b\[[0-9;]*m")


NewCanary = t.Callable[[], str]


class Canaries:
    """Files below ``folder`` that exist only if a payload was executed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "canaries"
        self._folder.mkdir()
        self._names = 0

    def path(self) -> str:
        """Return the path of a new canary."""
        self._names += 1
        return str(self._folder / f"c{self._names}")

    def found(self) -> list[str]:
        return sorted(path.name for path in self._folder.iterdir())

    def payloads(self) -> list[str]:
        """Return all payloads, each with its own canary."""
        return self.payloads_for(self.path)

    @staticmethod
    def payloads_for(path: NewCanary) -> list[str]:
        """Return all payloads, with the canaries that ``path`` names."""
        return [text for make in KINDS.values() for text in make(path)]


def ssh_options(path: NewCanary) -> list[str]:
    """Names that ssh, scp, or ansible would read as an option."""
    return [
        f"-oProxyCommand=touch {path()}",
        f"-o ProxyCommand=touch {path()} x",
        f"-F{path()}",
        "--help",
        f"-i localhost, -c local -m shell -a 'touch {path()}'",
        f"host -oProxyCommand=`touch {path()}`",
        f"@{path()}",
    ]


def shell_commands(path: NewCanary) -> list[str]:
    return [
        f"$(touch {path()})",
        f"`touch {path()}`",
        f"; touch {path()} #",
        f"x && touch {path()}",
        f"| touch {path()}",
        f"'; touch {path()}; '",
        f'"; touch {path()}; "',
        f"\ntouch {path()}\n",
    ]


def templates(path: NewCanary) -> list[str]:
    """Jinja, also in the forms that survive one round of templating."""
    texts = [
        "{{ lookup('ansible.builtin.pipe', 'touch CANARY') }}",
        "{% set _ = lookup('ansible.builtin.pipe', 'touch CANARY') %}",
        "{{ '{{' }} lookup('pipe', 'touch CANARY') {{ '}}' }}",
        "{% raw %}{% endraw %}{{ query('ansible.builtin.pipe', 'touch CANARY') }}",
        "#jinja2: variable_start_string: '[[', variable_end_string: ']]'\n[[ lookup('pipe', 'touch CANARY') ]]",
        "{{ 6 * 7 }}",
        "{# comment",
        "{{ ''.__class__.__mro__ }}",
        "{{ ansible_connection }}",
    ]
    return [text.replace("CANARY", path()) for text in texts]


def terminal_sequences(path: NewCanary) -> list[str]:
    return [
        "\x1b]0;title\x07",
        "\x1b[2J\x1b[H",
        "\x1b]52;c;dG91Y2g=\x07",
        "\x1bP+q544e\x1b\\",
        "\x9b31m",
        "\rok: [localhost]",
        "\x08\x08\x08",
        "\u202egnp.exe",
        "\u2066isolated\u2069",
        "null\x00byte",
        "tab\tand\vmore",
    ]


def markup(path: NewCanary) -> list[str]:
    return [
        "<script>fetch('http://127.0.0.1:9/')</script>",
        "<img src=x onerror=alert(1)>",
        '"><svg onload=alert(1)>',
        "' onmouseover='alert(1)",
        "</script><script>alert(1)</script>",
        "--></style><iframe src=javascript:alert(1)>",
        "]]><x>",
        "&lt;b&gt;&#x3c;b&#x3e;",
        "javascript:alert(1)",
    ]


def paths(path: NewCanary) -> list[str]:
    return [
        f"../../../../../../../../{path()}",
        path(),
        f"file://{path()}",
        f"../{'x' * 300}",
        "..",
        ".",
        "~root/.ssh/authorized_keys",
        "C:\\Windows\\System32",
        "..\\..\\x",
        "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "a/../../b",
        "CON",
        "",
        "  ",
    ]


def documents(path: NewCanary) -> list[str]:
    """YAML, JSON, INI, and Python, and the forms that Ansible itself marks its own data with."""
    return [
        f"!!python/object/apply:os.system ['touch {path()}']",
        "!unsafe {{ 1 }}",
        "!vault |\n  $ANSIBLE_VAULT;1.1;AES256",
        '{"__ansible_unsafe": "{{ 7 * 7 }}"}',
        '{"__ansible_vault": "x"}',
        "{__ansible_unsafe: x}",
        "- hosts: all",
        "a: &a [*a]",
        "[all:vars]\nansible_connection=local",
        "ansible_connection=local",
        "localhost ansible_connection=local",
        f"__import__('os').system('touch {path()}')",
        "yes",
        "null",
        "1e999",
        "=1+1",
        "\ufeffbom",
        "\ud7ff\ue000\ufffd",
        "𝕳𝖊𝖑𝖑𝖔 ﷽ 👩‍👩‍👧‍👦",
        "x" * 5000,
    ]


KINDS: dict[str, t.Callable[[NewCanary], list[str]]] = {
    "ssh": ssh_options,
    "shell": shell_commands,
    "jinja": templates,
    "terminal": terminal_sequences,
    "html": markup,
    "path": paths,
    "document": documents,
}


def poison(
    netbox: NetBox,
    payloads: Sequence[str],
    endpoints: Iterable[str] | None = None,
    *,
    seed: int = 0,
    keep: Iterable[str] = (),
    validated: bool = False,
) -> None:
    """Replace every text that a user of NetBox can write by a payload, at random but the same way for each ``seed``.

    ``endpoints``: the lists to change, or ``None`` for all. ``keep``: names of fields that do not change, such as
    fields with which a test selects objects. ``validated``: whether to also change fields with a fixed form. Only a
    server that is not NetBox can do this.
    """
    choose = random.Random(seed).choice
    kept = {*keep, *NOT_TEXT, *(() if validated else VALIDATED)}
    for endpoint, table in netbox.estate.tables.items():
        if endpoint.startswith("core/") or (endpoints is not None and endpoint not in endpoints):
            continue
        for pk in list(table.ids()):
            row = table[pk]
            table[pk] = {name: _poison(name, value, choose, payloads, kept) for name, value in row.items()}


def _poison(
    name: str, value: t.Any, choose: t.Callable[[Sequence[str]], str], payloads: Sequence[str], kept: set[str]
) -> t.Any:
    if name in kept:
        return value
    if isinstance(value, str):
        return value if value.startswith(HERE) else choose(payloads)
    if isinstance(value, list):
        return [_poison(name, each, choose, payloads, kept) for each in value]
    if isinstance(value, dict):
        return {key: _poison(key, each, choose, payloads, kept) for key, each in value.items()}
    if value is None and name in ("asset_tag", "facility_id", "comments"):
        return choose(payloads)
    return value


def control_characters(output: str) -> list[str]:
    """Return the characters in a program's output that a terminal would interpret, except newlines and tabs."""
    return sorted(set(_CONTROL.findall(_COLOR.sub("", output))))
