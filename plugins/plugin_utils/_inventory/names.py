# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Determine host names: sanitize the names, and resolve duplicates."""

from __future__ import annotations

import collections
import ipaddress
import re
import socket
import typing as t
import unicodedata
from collections.abc import Iterable

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UsageError, printable
from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.options import Options
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.values import listing, text_of

# These names have a special meaning in Ansible. A group called `localhost` would receive the plays for that host.
RESERVED = frozenset(("all", "ungrouped", "localhost", "127.0.0.1", "::1"))
# Names of the local machine in `/etc/hosts` on common systems.
_LOCAL = frozenset(
    (
        *("localhost", "localhost.localdomain", "localhost4", "localhost4.localdomain4"),
        *("localhost6", "localhost6.localdomain6", "ip6-localhost", "ip6-loopback"),
    )
)
# Names that are safe without a change, and IPv4 addresses that are not loopback or unspecified addresses. Most names
# and addresses match one of these patterns, which saves the longer checks.
_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_SAFE_ADDRESS = re.compile(r"(?!127\.)[1-9][0-9]{0,2}(?:\.[0-9]{1,3}){3}")
# Characters with a special meaning in a shell, and the character that ends a user name in ssh. OpenSSH before 9.6
# passes host names to the shell that runs a ProxyCommand.
_SHELL = re.compile(r"""[`$;&|<>"'\\@]""")
# A hyphen that would make a program read a name, or a word in a name, as an option.
_OPTION = re.compile(r"^-|(?<=\s)-(?=\S)")
# The start of a template. ansible-core before 2.19 interprets a `#jinja2:` header.
_TEMPLATE = re.compile(r"\{(?=[{%#])|^#(?=jinja2:)")


def own_name(row: Row, options: Options) -> str:
    """Return the name that a host has if no expression sets a name. This name does not change between runs."""
    chassis = row.get("virtual_chassis") or {}
    if options.virtual_chassis_name and chassis.get("master") and chassis.get("name"):
        return str(chassis["name"])
    if options.hostname_field:
        name = text_of((row.get("custom_fields") or {}).get(options.hostname_field))
        if name:
            return name
    if row.get("name"):
        return str(row["name"])
    kind = (row.get("device_type") or {}).get("slug") or "virtual-machine"
    return f"{kind}-{row['id']}"


def sanitize_name(name: str) -> str:
    """Return ``name`` as a safe group name. This is also the first step for host names.

    Ansible reads ``group_vars/NAME`` and ``host_vars/NAME``, and its fact cache writes files called ``NAME``. So a name
    must not refer to a file outside these directories, and must not contain control characters.
    """
    name = printable(name).strip()
    if not {"", ".", ".."}.isdisjoint(name.split("/")):
        name = name.replace("/", "_")
    return name.replace(".", "_") if name in (".", "..") else name


def sanitize_host_name(name: str) -> str:
    """Return ``name`` as a safe host name.

    Connection plugins pass the name to programs such as ssh, which would read a leading hyphen as an option. Characters
    with a special meaning in a shell or a template become underscores.
    """
    if _SAFE_NAME.fullmatch(name):
        return name
    return _OPTION.sub("_", _TEMPLATE.sub("_", _SHELL.sub("_", sanitize_name(name)))) or "_"


def is_safe_address(address: str) -> bool:
    """Return whether ``address`` is safe to use as ``ansible_host``."""
    if _SAFE_ADDRESS.fullmatch(address):
        return True
    return address == sanitize_host_name(address) and not any(map(str.isspace, address)) and not is_local(address)


def is_local(name: str) -> bool:
    """Return whether Ansible or a resolver treats this name as the controller itself."""
    if not name.isascii():
        # HTTP libraries also normalize characters outside ASCII in host names (UTS 46).
        name = "".join(one for one in unicodedata.normalize("NFKC", name) if unicodedata.category(one) != "Cf")
    name = name.strip().strip("[]").rstrip(".").lower()
    return name in _LOCAL or name.endswith(".localhost") or _is_loopback(name.partition("%")[0])


def _is_loopback(text: str) -> bool:
    """Return whether ``text`` is a loopback or unspecified address, in any form that resolvers accept."""
    if not text[:1].isdigit() and ":" not in text:
        return False
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        try:
            # Resolvers also accept forms such as `127.1` and `0x7f000001`.
            address = ipaddress.IPv4Address(socket.inet_aton(text))
        except (OSError, ValueError):
            return False
    address = getattr(address, "ipv4_mapped", None) or address
    return address.is_loopback or address.is_unspecified


class Named(t.NamedTuple):
    """A host that needs a name: the preferred name, the kind of host, and its ID."""

    name: str
    kind: str
    number: int


class HostNames:
    """Assigns a unique name to each host.

    If hosts share a name, the first host retains it. Devices take precedence over virtual machines, and lower IDs take
    precedence over higher IDs. A host never receives a name that another host has in NetBox.
    """

    def __init__(self, hosts: Iterable[Named], duplicates: str) -> None:
        """``duplicates`` is the value of the option ``duplicate_hostnames``.

        If it is ``error``, raise :class:`UsageError` for hosts that share a name.
        """
        self._changed: dict[tuple[str, int], tuple[str, str]] = {}
        self._local: list[tuple[str, str]] = []
        self._repeated: collections.Counter[str] = collections.Counter()
        self._duplicates = duplicates
        self.names: dict[tuple[str, int], str | None] = {}
        wanted: list[Named] = []
        for host in hosts:
            name, kind, number = host
            safe = sanitize_host_name(name)
            if safe != name:
                self._changed[kind, number] = (name, safe)
                host = Named(safe, kind, number)
            wanted.append(host)
        # A host with an unchanged name takes precedence over a host whose sanitized name is the same.
        self._give(sorted(wanted, key=lambda one: one[1:] in self._changed) if self._changed else wanted)

    def _give(self, wanted: list[Named]) -> None:
        known = {name for name, dummy, dummy2 in wanted}
        holders: dict[str, int] = {}
        for name, kind, number in wanted:
            key = (kind, number)
            if name in RESERVED or is_local(name):
                renamed = _with_number(name, number, known)
                if is_local(renamed):
                    # Resolvers ignore what follows a space or a percent sign in an address.
                    renamed = _with_number(f"_{name}", number, known)
                self.names[key] = renamed
                self._local.append((name, renamed))
                known.add(renamed)
            elif name not in holders:
                holders[name] = number
                self.names[key] = name
            elif self._duplicates == "error":
                raise UsageError(
                    f"Two hosts have the name {printable(name)!r} (IDs {holders[name]} and {number}). Set "
                    "duplicate_hostnames to suffix or warn, or use hostnames to give them different names."
                )
            else:
                self._repeated[name] += 1
                self.names[key] = None
                if self._duplicates == "suffix":
                    self.names[key] = renamed = _with_number(name, number, known)
                    known.add(renamed)

    def warnings(self) -> list[str]:
        """Return one warning for each reason for which hosts were renamed or skipped."""
        found = []
        if self._repeated:
            shown = listing(self._repeated)
            result = "gets its ID appended" if self._duplicates == "suffix" else "is skipped"
            found.append(
                f"Several hosts share a name ({shown}). Each host after the first {result} "
                f"(duplicate_hostnames: {self._duplicates}). Hosts affected: {sum(self._repeated.values())}."
            )
        if self._local:
            shown = listing(f"{name} is now {renamed}" for name, renamed in self._local)
            found.append(f"Some hosts have names that Ansible reserves. Their IDs were appended: {shown}.")
        if self._changed:
            shown = listing(
                f"{printable(name)!r} (ID {number}) is now {safe}"
                for (dummy, number), (name, safe) in self._changed.items()
            )
            found.append(f"Some names in NetBox contain characters that are not safe in host names: {shown}.")
        return found


def _with_number(name: str, number: int, known: Iterable[str]) -> str:
    """Append the ID to ``name`` until the result differs from all known names."""
    renamed = f"{name}_{number}"
    while renamed in known:
        renamed = f"{renamed}_{number}"
    return renamed
