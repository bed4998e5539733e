# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Add hosts to Ansible's inventory. Errors in the user's options are raised before the first host is added."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleError

from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.expressions import Constructor, Expressions
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.hosts import Host, Inventory
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.sources import Source, find_shared_hosts
from ansible_collections.netbox.cursor.plugins.plugin_utils._unsafe import mark_unsafe


def fill(plugin: t.Any, found: Inventory, expressions: Expressions) -> None:
    """Evaluate the expressions for all hosts, and then add everything to the inventory of ``plugin``."""
    constructor = Constructor(plugin, expressions) if expressions else None
    constructed = [
        constructor.construct(host.name, host.variables, host.extra, host.raw) if constructor else None
        for host in found.hosts
    ]
    for warning in constructor.warnings() if constructor else ():
        plugin.display.warning(warning)
    source = Source(str(plugin.inventory.current_source), plugin.get_option("vars_prefix") or "")
    for warning in find_shared_hosts(plugin.inventory, [host.name for host in found.hosts], source):
        plugin.display.warning(warning)
    filler = _Filler(plugin)
    # Remove each host from the list when it is added, because its variables need memory.
    found.hosts.reverse()
    constructed.reverse()
    while found.hosts:
        host, made = found.hosts.pop(), constructed.pop()
        filler.add(host, made.groups if made else ())
        if made:
            filler.compose(host.name, made.variables)
    for group in found.groups:
        filler.group(group)
    for parent, child in (*found.edges, *(constructor.edges() if constructor else ())):
        filler.edge(parent, child)


class _Filler:
    def __init__(self, plugin: t.Any) -> None:
        self._display = plugin.display
        self._inventory = plugin.inventory
        self._groups: dict[str, str] = {}
        # Variable names that Ansible has validated. Validating them for every host would double the time spent here.
        self._valid: set[str] = set()

    def add(self, host: Host, more_groups: t.Sequence[str]) -> None:
        """Add a host with its variables and groups."""
        name = self._add_host(str(mark_unsafe(host.name)))
        # Do not use the inventory's own set_variable(). On ansible-core 2.19 and later, it visits every nested value,
        # which is much slower.
        target = self._inventory.hosts[name]
        for key, value in mark_unsafe(host.variables).items():
            if key in self._valid and key not in target.vars:
                target.vars[key] = value
            else:
                target.set_variable(key, value)
                self._valid.add(key)
        # Do not use add_child(): if a group and a host share a name, it would add the group.
        groups = (*host.groups, *more_groups)
        if all(group == "all" for group in groups):
            # If a group shares the host's name, Ansible would add the group to `ungrouped` instead of the host.
            groups = (*groups, "ungrouped")
        for group in groups:
            self._inventory.add_host(name, group=self.group(group))

    def _add_host(self, name: str) -> str:
        """Add a host that has only the variables ``inventory_file`` and ``inventory_dir``.

        If a group shares the host's name, Ansible sets these variables on the group. This method moves the variables to
        the host.
        """
        group, known = self._inventory.groups.get(name), name in self._inventory.hosts
        before = dict(group.vars) if group else {}
        name = self._inventory.add_host(name)
        if group and not known:
            self._inventory.hosts[name].vars = {key: group.vars[key] for key in ("inventory_file", "inventory_dir")}
            group.vars = before
        return name

    def compose(self, name: str, variables: t.Mapping[str, t.Any]) -> None:
        """Set the results of ``compose`` as host variables."""
        for key, value in variables.items():
            # If a group shares the host's name, the inventory's own set_variable() would change the group.
            self._inventory.hosts[name].set_variable(key, value)

    def group(self, name: str) -> str:
        """Add a group, and return the name that Ansible gave it."""
        known = self._groups.get(name)
        if known is None:
            known = self._groups[name] = self._inventory.add_group(str(mark_unsafe(name)))
            host = self._inventory.hosts.get(known)
            if host and not host.groups:
                # Otherwise, Ansible would later add this group to `ungrouped`, instead of the host with the same name.
                self._inventory.add_host(known, group="ungrouped")
        return known

    def edge(self, parent: str, child: str) -> None:
        """Add a group as a child of another group."""
        above, below = self.group(parent), self.group(child)
        if above == below:
            return
        try:
            self._inventory.add_child(above, below)
        except AnsibleError as error:
            # Another inventory source might have added these groups in the opposite order.
            self._display.warning(f"Cannot put group {below} below {above}: {error}")
