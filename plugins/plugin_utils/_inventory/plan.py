# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""What do these options need? From options to facts, from facts to fields and side lists; nothing else is asked for."""

from __future__ import annotations

import dataclasses
import re
import typing as t
from collections.abc import Iterable

from jinja2 import nodes
from jinja2.environment import Environment
from jinja2.exceptions import TemplateSyntaxError
from jinja2.meta import find_undeclared_variables

from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.settings import Settings

# Variables of hosts, and what they are made of: fields of the host itself, and side lists.
VARIABLES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "ansible_host": (("primary_ip",), ()),
    "primary_ip4": (("primary_ip4",), ()),
    "primary_ip6": (("primary_ip6",), ()),
    "oob_ip": (("oob_ip",), ()),
    "status": (("status",), ()),
    "config_context": (("config_context",), ()),
    "local_context_data": (("local_context_data",), ()),
    "custom_fields": (("custom_fields",), ()),
    "site": (("site",), ()),
    "regions": (("site",), ("sites", "regions")),
    "site_groups": (("site",), ("sites", "site_groups")),
    "locations": (("location", "site"), ("locations",)),
    "time_zone": (("site",), ("sites",)),
    "utc_offset": (("site",), ("sites",)),
    "facility": (("site",), ("sites",)),
    "tenant": (("tenant",), ()),
    "role": (("role",), ()),
    "platform": (("platform",), ()),
    "device_type": (("device_type",), ()),
    "manufacturer": (("device_type",), ()),
    "rack": (("rack",), ()),
    "rack_role": (("rack",), ("racks",)),
    "cluster": (("cluster",), ()),
    "cluster_device": (("device",), ()),
    "cluster_type": (("cluster",), ("clusters",)),
    "cluster_group": (("cluster",), ("clusters",)),
    "is_virtual": ((), ()),
    "serial": (("serial",), ()),
    "asset_tag": (("asset_tag",), ()),
    "disk": (("disk",), ()),
    "memory": (("memory",), ()),
    "vcpus": (("vcpus",), ()),
    "tags": (("tags",), ()),
    "dns_name": (("primary_ip",), ("dns_names",)),
    "services": ((), ("services",)),
    "interfaces": ((), ("interfaces",)),
    "virtual_disks": ((), ("virtual_disks",)),
}
# Variables that only come when an option of the same name says so.
SWITCHED = ("config_context", "interfaces", "services", "virtual_disks", "dns_name")
# Only virtual machines, or only devices, have these.
ONLY = {
    "devices": ("device_type", "rack", "location", "asset_tag", "oob_ip", "virtual_chassis", "vc_position"),
    "virtual_machines": ("vcpus", "memory", "disk", "device"),
}
# Names in expressions that are no fields of NetBox.
OURS = ("inventory_hostname", "netbox", "omit")


@dataclasses.dataclass(frozen=True)
class Plan:
    """What to ask NetBox for.

    * ``fields``: fields of devices and virtual machines, by kind; ``None`` means whole objects.
    * ``config_context``: whether whole objects come with their config contexts.
    * ``lists``: side lists that are needed where hosts refer to them.
    * ``variables``: the variables that hosts get.
    * ``raw``: whether expressions see the objects themselves.
    * ``raw_fields``: fields that expressions may see, as REST gives them.
    """

    fields: dict[str, tuple[str, ...] | None]
    config_context: bool
    lists: frozenset[str]
    variables: frozenset[str]
    raw: bool
    raw_fields: frozenset[str]


def plan(settings: Settings, expressions: Iterable[str]) -> Plan:
    """The plan for these options. ``expressions`` are all that are evaluated for hosts: Jinja without braces."""
    variables = {name for name in VARIABLES if settings.wants(name)}
    variables -= {name for name in SWITCHED if not _switched_on(settings, name)}
    variables -= {"time_zone", "utc_offset", "facility"} - set(settings.group_by)
    if not settings.racks:
        # netbox.netbox leaves all that a rack tells out, the locations too.
        variables -= {"rack", "rack_role", "locations"}
    if settings.site_data and "site" in variables:
        lists = {"sites"} | ({"prefixes"} if settings.prefixes else set())
    else:
        lists = set()
    facts = variables | {name for name in VARIABLES if settings.groups_by(name)}
    if settings.groups_by("location"):
        facts |= {"locations"}
    if settings.groups_by("region"):
        facts |= {"regions"}
    if settings.groups_by("site_group"):
        facts |= {"site_groups"}
    if settings.ansible_host_dns_name:
        facts |= {"dns_name"}
    if settings.oob_ip_as_primary_ip and "ansible_host" in facts:
        facts |= {"oob_ip"}
    names, whole = _names(expressions)
    facts |= names & set(VARIABLES) - {name for name in SWITCHED if not _switched_on(settings, name)}
    fields = {"id", "name", "virtual_chassis", "vc_position"} | (
        names - set(OURS) - {"interfaces", "services", "virtual_disks", "dns_name"}
    )
    fields -= set(VARIABLES) - _raw_names()
    for fact in facts:
        fields.update(VARIABLES[fact][0])
        lists.update(VARIABLES[fact][1])
    if settings.hostname_field:
        fields.add("custom_fields")
    for switch, field in (
        (settings.flatten_custom_fields, "custom_fields"),
        (settings.flatten_local_context_data, "local_context_data"),
    ):
        if switch and field in variables:
            fields.add(field)
    return Plan(
        fields={kind: None if whole else _fields_of(kind, fields) for kind in ONLY},
        config_context="config_context" in fields,
        lists=frozenset(lists),
        variables=frozenset(variables),
        raw=bool(names) or whole,
        raw_fields=frozenset(names - set(OURS)),
    )


def _switched_on(settings: Settings, name: str) -> bool:
    return bool(getattr(settings, name)) or (name == "config_context" and settings.flatten_config_context)


def _raw_names() -> set[str]:
    return {field for fields, dummy in VARIABLES.values() for field in fields}


def _fields_of(kind: str, fields: set[str]) -> tuple[str, ...]:
    other = {name for names in ONLY.values() for name in names} - set(ONLY[kind])
    return tuple(sorted(fields - other))


def _names(expressions: Iterable[str]) -> tuple[set[str], bool]:
    """The names that expressions use, ``netbox.name`` counting as that name; and whether one needs whole objects."""
    names: set[str] = set()
    environment = Environment()
    for expression in expressions:
        try:
            tree = environment.parse(expression if "{{" in expression else "{{" + expression + "}}")
        except TemplateSyntaxError:
            return names, True
        _know_all(tree, environment)
        undeclared = find_undeclared_variables(tree)
        names |= undeclared
        if "netbox" in undeclared:
            members = [_member(node) for node in tree.find_all((nodes.Getattr, nodes.Getitem))]
            found = [member for member in members if member]
            mentions = sum(1 for node in tree.find_all(nodes.Name) if node.name == "netbox")
            if len(found) < mentions:
                return names, True
            names |= set(found)
        if "vars" in undeclared or "hostvars" in undeclared:
            return names, True
    return {name for name in names if re.fullmatch(r"[a-z][a-z0-9_]*", name)}, False


def _know_all(tree: nodes.Template, environment: Environment) -> None:
    """Jinja's own code for undeclared names fails on filters and tests that it does not know, such as Ansible's."""
    for node in tree.find_all(nodes.Filter):
        environment.filters.setdefault(node.name, lambda value: value)
    for test in tree.find_all(nodes.Test):
        environment.tests.setdefault(test.name, lambda value: True)


def _member(node: t.Any) -> str | None:
    if not isinstance(node.node, nodes.Name) or node.node.name != "netbox":
        return None
    if isinstance(node, nodes.Getattr):
        return node.attr
    return node.arg.value if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str) else None
