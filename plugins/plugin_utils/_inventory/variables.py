# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Convert facts to variables. Determine their names and forms, and the dictionary keys that can become variables."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable, Mapping

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import printable
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.facts import FACTS
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.options import Options
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.valid_names import rename_keys
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.values import listing

# Names without the prefix `ansible_` that have a meaning for Ansible, templates, or this collection.
OBEYED = frozenset(
    (
        # Ansible sets these variables itself, but not all of them in every task and every version.
        *("environment", "group_names", "groups", "hostvars", "inventory_dir", "inventory_file"),
        *("inventory_hostname", "inventory_hostname_short", "play_hosts", "playbook_dir", "role_name", "role_names"),
        *("role_path", "role_uuid", "vars"),
        # Templates use these names for functions. On ansible-core 2.19 and later, `default(omit)` returns the value of
        # a variable with the name `omit`.
        *("cycler", "dict", "joiner", "lipsum", "lookup", "namespace", "now", "omit", "q", "query", "range", "undef"),
        # The lookup plugins of this collection would send the token to the server in the variable `netbox_api`.
        *("netbox_api", "netbox_url", "netbox_token", "netbox_headers", "netbox_validate_certs", "netbox_ca_path"),
        *("netbox_client_cert", "netbox_client_key", "netbox_timeout", "netbox_retries", "netbox_branch"),
        "_z_test_entry",
    )
)
# Before ansible-core 2.19, the ssh connection plugin connects to the value of a variable whose name is literally
# `delegated_vars['ansible_host']`. Variables such as `_ansible_ansiballz_debugpy_config` are for Ansible developers and
# can run code.
OBEYED_PREFIXES = ("ansible_", "_ansible_", "delegated_vars")


class Shape(t.NamedTuple):
    """A variable's name and form.

    The form is one of these:

    * ``plain``: the unchanged value.
    * ``flat``: each key of the dictionary becomes a variable.
    * ``list``: a list that contains only the value, even if the value is null.
    * ``plural``: a list that contains only the value, unless the value is null.
    """

    name: str
    form: str


class VariableNames:
    """Determines the names of variables from the user's options."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._renamings = options.renamings()
        self._known: dict[str, str] = {}

    def shape(self, fact: str) -> Shape:
        """Return the name and form of the variable for a fact."""
        options = self._options
        if getattr(options, f"flatten_{fact}", False):
            return Shape(fact, "flat")
        if options.plurals and fact in ("config_context", "local_context_data"):
            return Shape(self.name(fact), "list")
        plural = FACTS[fact].plural
        if options.plurals and plural:
            return Shape(self.name(plural), "plural")
        return Shape(self.name(fact), "plain")

    def name(self, name: str) -> str:
        """Apply the user's renaming patterns and prefix to a name. Ansible's own variables do not get the prefix."""
        known = self._known.get(name)
        if known is None:
            known = name
            for pattern, replacement in self._renamings:
                if pattern.match(name):
                    known = pattern.sub(replacement, name)
                    break
            if self._options.vars_prefix and not name.startswith("ansible_"):
                known = self._options.vars_prefix + known
            self._known[name] = known
        return known


class Variables:
    """Converts facts to variables. :meth:`warnings` reports the facts and keys that do not become variables."""

    def __init__(self, options: Options, available: Iterable[str]) -> None:
        names = VariableNames(options)
        self._as_peer = options.as_peer
        self._name = names.name
        self._shapes = {fact: names.shape(fact) for fact in available}
        self._taken = {shape.name for shape in self._shapes.values() if shape.form != "flat"}
        self._allowed = frozenset(options.allow_ansible_variables)
        self._obeyed: set[str] = set()
        self._repeated: set[str] = set()
        # The valid name for each invalid key, and the names that several keys of one host share.
        self._renamed: dict[str, str] = {}
        self._shared: set[str] = set()
        self._names_of_keys: dict[tuple[str, ...], dict[str, str]] = {}

    def of(self, facts: Mapping[str, t.Any], chosen: frozenset[str]) -> dict[str, t.Any]:
        """Return the chosen facts as variables. Omit null values."""
        variables: dict[str, t.Any] = {}
        origins: dict[str, str] = {}
        for fact, value in facts.items():
            if fact not in chosen:
                continue
            name, form = self._shapes[fact]
            if form == "flat":
                if isinstance(value, dict):
                    self._flatten(value, variables, origins)
                continue
            if form != "plain" and (value is not None or form == "list"):
                value = [value]
            if value is None:
                continue
            variables[name] = value
        return variables

    def _flatten(self, value: Mapping[str, t.Any], variables: dict[str, t.Any], origins: dict[str, str]) -> None:
        names = self._names(tuple(value))
        for key, one in value.items():
            name = names[key]
            if is_obeyed(name) and not {"all", name} & self._allowed:
                self._obeyed.add(name)
            elif name in self._taken and not self._as_peer:
                self._repeated.add(name)
            else:
                if origins.setdefault(name, key) != key:
                    self._shared.add(name)
                variables[name] = one

    def _names(self, keys: tuple[str, ...]) -> dict[str, str]:
        """Return the variable name for each key of one dictionary."""
        known = self._names_of_keys.get(keys)
        if known is None:
            # Remove control characters, because Ansible prints variable names in its messages.
            known = {key: self._name(printable(key)) for key in keys}
            if not self._as_peer:
                valid = rename_keys(known.values())
                self._renamed.update((name, new) for name, new in valid.items() if name != new)
                known = {key: valid[name] for key, name in known.items()}
            self._names_of_keys[keys] = known
        return known

    def warnings(self, chosen: frozenset[str]) -> list[str]:
        """Return a warning for each reason why chosen facts or keys did not become variables."""
        found = []
        facts_of: dict[str, list[str]] = {}
        for fact, (name, form) in self._shapes.items():
            if fact in chosen and form != "flat":
                facts_of.setdefault(name, []).append(fact)
        same = [f"{name} ({', '.join(sorted(facts))})" for name, facts in facts_of.items() if len(facts) > 1]
        if same:
            found.append(
                "rename_variables gives several variables the same name, so each host has only one of them: "
                f"{listing(same)}."
            )
        if self._obeyed:
            found.append(
                f"NetBox data cannot set variables that Ansible interprets: {listing(self._obeyed)}. They are "
                "omitted. To allow some of them, list them in allow_ansible_variables."
            )
        if self._repeated:
            found.append(
                "Some flattened keys have the same names as other variables and do not replace these variables: "
                f"{listing(self._repeated)}. Rename the keys with rename_variables or vars_prefix."
            )
        if self._renamed:
            shown = listing(f"{name} is now {new}" for name, new in self._renamed.items())
            found.append(f"Some flattened keys are not valid variable names: {shown}.")
        if self._shared and not self._as_peer:
            found.append(
                "Several flattened keys have the same variable name, so only the last value is used: "
                f"{listing(self._shared)}."
            )
        return found


def is_obeyed(name: str) -> bool:
    """Return whether a variable with this name has a meaning for Ansible, templates, or this collection."""
    return name.startswith(OBEYED_PREFIXES) or name in OBEYED
