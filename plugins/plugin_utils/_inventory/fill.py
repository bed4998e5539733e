# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Hosts into Ansible's inventory: variables straight onto the host objects, groups once each."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable

from ansible.errors import AnsibleError
from ansible.plugins.inventory import BaseInventoryPlugin

from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.hosts import Host
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.names import harmless
from ansible_collections.netbox.cursor.plugins.plugin_utils._unsafe import marked


class Filler:
    """Puts hosts into the inventory of ``plugin``, with what its constructed options make of them."""

    def __init__(self, plugin: t.Any) -> None:
        self._plugin: BaseInventoryPlugin = plugin
        self._constructed: t.Any = plugin
        self._inventory = plugin.inventory
        self._groups: dict[str, str] = {}
        # Names that Ansible has looked at: for each host again, that takes it as long as all else here.
        self._variables: set[str] = set()
        self._strict = plugin.get_option("strict")
        self._compose = plugin.get_option("compose") or {}
        self._conditions = plugin.get_option("groups") or {}
        self._keys = plugin.get_option("keyed_groups") or []
        self._has_expressions = bool(self._compose or self._conditions or self._keys)

    def add(self, host: Host) -> None:
        """One host with its variables and groups."""
        name = self._inventory.add_host(str(marked(host.name)))
        # Not the inventory's own set_variable, which walks each value on ansible-core >= 2.19 (PEERS 0).
        target = self._inventory.get_host(name)
        variables = marked(host.variables)
        for key, value in variables.items():
            if key in self._variables and key not in target.vars:
                target.vars[key] = value
            else:
                target.set_variable(key, value)
                self._variables.add(key)
        for group in host.groups:
            self._inventory.add_child(self._group(group), name)
        if self._has_expressions:
            self._construct(name, variables, marked(host.raw or {}))

    def edges(self, edges: Iterable[tuple[str, str]]) -> None:
        """Groups under groups; those among them that have no hosts below are dropped by the caller."""
        for parent, child in edges:
            above, below = self._group(parent), self._group(child)
            if above == below:
                continue
            try:
                self._inventory.add_child(above, below)
            except AnsibleError as error:
                self._plugin.display.warning(f"Group {child} cannot hang under {parent}: {error}")

    def group(self, name: str) -> None:
        """A group, also without hosts."""
        self._group(name)

    def _group(self, name: str) -> str:
        known = self._groups.get(name)
        if known is None:
            known = self._groups[name] = self._inventory.add_group(str(marked(harmless(name))))
        return known

    def _construct(self, name: str, variables: dict[str, t.Any], raw: dict[str, t.Any]) -> None:
        """``compose`` sees the object's fields before the variables of the same names, groups the other way round."""
        always = {"netbox": raw, "inventory_hostname": name}
        if self._compose:
            self._constructed._set_composite_vars(
                self._compose, {**variables, **raw, **always}, name, strict=self._strict
            )
            composed = self._inventory.get_host(name).vars
            variables = {**variables, **{key: composed[key] for key in self._compose if key in composed}}
        seen = {**raw, **variables, **always}
        for add, what in (
            (self._constructed._add_host_to_composed_groups, self._conditions),
            (self._constructed._add_host_to_keyed_groups, self._keys),
        ):
            if what:
                add(what, seen, name, strict=self._strict, fetch_hostvars=False)
