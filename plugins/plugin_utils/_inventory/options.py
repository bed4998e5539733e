# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Read and validate the options of nb_inventory that select hosts and define their variables and groups."""

from __future__ import annotations

import dataclasses
import re
import typing as t
from collections.abc import Callable, Mapping

from ansible_collections.netbox.cursor.plugins.module_utils._graphql.selection import parse
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UsageError
from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import Pairs, filter_pairs

# The kinds of hosts. Each kind is also the name of an option. Without the final "s", it is the start of an ID filter
# (`device_id`).
KINDS = ("devices", "virtual_machines")

# Alternative names that the option `group_by` accepts, and the fact for each name.
GROUP_KEYS = {
    "sites": "site",
    "tenants": "tenant",
    "racks": "rack",
    "tags": "tags",
    "tag": "tags",
    "device_roles": "role",
    "device_types": "device_type",
    "manufacturers": "manufacturer",
    "platforms": "platform",
}
GROUP_BY = (
    *("sites", "site", "location", "tenants", "tenant", "racks", "rack", "rack_role", "tags", "tag"),
    *("device_roles", "role", "device_types", "device_type", "manufacturers", "manufacturer", "platforms", "platform"),
    *("region", "site_group", "cluster", "cluster_type", "cluster_group", "is_virtual", "services", "status"),
    *("time_zone", "utc_offset", "facility", "tenant_group"),
)
GROUP_TREES = ("role", "platform", "tenant")
# Options whose defaults differ: the default in netbox.netbox, and the default in this plugin.
COMPATIBLE_DEFAULTS: dict[str, tuple[t.Any, t.Any]] = {
    "plurals": (True, False),
    "services": (True, False),
    "empty_groups": (True, False),
    "interface_fields": (("all",), None),
}
# In the order in which variables contain them, which is that of the REST API of NetBox 4.6.
INTERFACE_FIELDS = (
    *("name", "label", "type", "enabled", "parent", "lag", "mtu", "mac_address", "mgmt_only", "description", "mode"),
    *("untagged_vlan", "tagged_vlans", "vrf", "tags", "custom_fields"),
)


@dataclasses.dataclass(frozen=True)
class Options:
    """Options of nb_inventory by name, except expressions and connection options."""

    devices: bool = True
    virtual_machines: bool = True
    query_filters: t.Any = ()
    device_query_filters: t.Any = ()
    vm_query_filters: t.Any = ()
    include_filters: t.Any = ()
    device_include_filters: t.Any = ()
    vm_include_filters: t.Any = ()
    exclude_filters: t.Any = ()
    device_exclude_filters: t.Any = ()
    vm_exclude_filters: t.Any = ()
    strict_filters: bool = True
    group_by: tuple[str, ...] = ()
    group_trees: tuple[str, ...] = ()
    group_names_raw: bool = False
    group_prefix: str = ""
    empty_groups: bool = False
    plurals: bool = False
    vars_prefix: str = ""
    host_vars: tuple[str, ...] = ("all",)
    exclude_host_vars: tuple[str, ...] = ()
    rename_variables: t.Any = ()
    allow_ansible_variables: tuple[str, ...] = ()
    config_context: bool = False
    flatten_config_context: bool = False
    flatten_local_context_data: bool = False
    flatten_custom_fields: bool = False
    interfaces: bool = False
    interface_fields: tuple[str, ...] = INTERFACE_FIELDS
    virtual_disks: bool = False
    services: bool = False
    racks: bool = True
    site_data: bool = False
    prefixes: bool = False
    dns_name: bool = False
    primary_interface: bool = False
    gateway_tag: str | None = None
    select: t.Any = None
    ansible_host_dns_name: bool = False
    oob_ip_as_primary_ip: bool = False
    virtual_chassis_name: bool = False
    hostname_field: str | None = None
    duplicate_hostnames: str = "suffix"
    compatibility: str | None = None

    @classmethod
    def read(cls, option: Callable[[str], t.Any]) -> Options:
        """Return the options. ``option`` returns the value of each option.

        Raise :class:`UsageError` if a value is invalid.
        """
        values: dict[str, t.Any] = {field.name: option(field.name) for field in dataclasses.fields(cls)}
        for name, (compatible, own) in COMPATIBLE_DEFAULTS.items():
            if values[name] is None:
                values[name] = compatible if values["compatibility"] else own
        if values["compatibility"]:
            # In netbox.netbox, these options depend on other options.
            values["flatten_config_context"] = values["flatten_config_context"] and values["config_context"]
            values["site_data"] = values["site_data"] or values["prefixes"]
            values["dns_name"] = any(values[name] for name in ("dns_name", "interfaces", "ansible_host_dns_name"))
        values["interface_fields"] = values["interface_fields"] or INTERFACE_FIELDS
        for name in (
            "group_by",
            "group_trees",
            "host_vars",
            "exclude_host_vars",
            "interface_fields",
            "allow_ansible_variables",
        ):
            values[name] = tuple(values[name] or ())
            for item in values[name]:
                if not isinstance(item, str):
                    raise UsageError(f"{name}: {item!r} must be a string.")
        for name in ("hostname_field", "gateway_tag", "select"):
            values[name] = values[name] or None
        options = cls(**values)
        options._check_group_by()
        for kind in KINDS:
            options.filter_sets("include", kind)
            options.filter_sets("exclude", kind)
        options.renamings()
        if options.select:
            try:
                parse(options.select)
            except UsageError as error:
                raise UsageError(f"select: {error}") from None
        return options

    @property
    def kinds(self) -> list[str]:
        """The kinds of hosts that the inventory contains."""
        return [kind for kind in KINDS if getattr(self, kind)]

    @property
    def as_peer(self) -> bool:
        """Whether to create the same variables and groups as netbox.netbox."""
        return self.compatibility == "netbox.netbox"

    @property
    def group_keys(self) -> dict[str, str]:
        """The facts by which hosts are grouped, and the name of each fact in group names."""
        keys = {GROUP_KEYS.get(key, key): key for key in self.group_by}
        if self.as_peer and not keys.keys().isdisjoint(("region", "site_group", "location")):
            # netbox.netbox adds a group for each site to every tree of places.
            keys.setdefault("site", "sites" if self.plurals else "site")
        return keys

    def filters(self, kind: str) -> Pairs:
        """Return the query filters for ``devices`` or ``virtual_machines``."""
        own = self.device_query_filters if kind == "devices" else self.vm_query_filters
        return [*filter_pairs(self.query_filters or []), *filter_pairs(own or [])]

    def filter_sets(self, action: str, kind: str) -> list[Pairs]:
        """Return the sets of filters for a kind. Hosts must match at least one set (``include``) or none (``exclude``).

        Raise :class:`UsageError` if a set is empty or has the wrong type. An empty set would match all hosts.
        """
        sets = []
        for name in (f"{action}_filters", f"{kind[:-1] if kind == 'devices' else 'vm'}_{action}_filters"):
            written = getattr(self, name) or []
            for one in written if isinstance(written, (list, tuple)) else [written]:
                if not isinstance(one, (Mapping, str)) or not one:
                    raise UsageError(f"{name}: {one!r} must be a non-empty dictionary of filters.")
                sets.append(filter_pairs(one))
        return sets

    def renamings(self) -> list[tuple[re.Pattern[str], str]]:
        """Return patterns for variable names and their replacements. Only the first matching pattern is applied."""
        found = []
        for entry in self.rename_variables or ():
            if not isinstance(entry, Mapping) or set(entry) != {"pattern", "repl"}:
                raise UsageError(f"rename_variables: {entry!r} must have exactly the keys pattern and repl.")
            pattern, replacement = str(entry["pattern"]), str(entry["repl"])
            try:
                found.append((re.compile(pattern), replacement))
            except re.error as error:
                raise UsageError(f"rename_variables: {pattern!r} is not a valid regular expression: {error}.") from None
            try:
                found[-1][0].sub(replacement, "")
            except (re.error, IndexError) as error:
                raise UsageError(
                    f"rename_variables: {replacement!r} is not a valid replacement for {pattern!r}: {error}."
                ) from None
        return found

    def _check_group_by(self) -> None:
        unknown = [key for key in self.group_by if key not in GROUP_BY]
        if unknown:
            raise UsageError(f"group_by: invalid value {', '.join(unknown)}. Choose from {', '.join(GROUP_BY)}.")
        for key in self.group_trees:
            if key not in GROUP_TREES:
                raise UsageError(f"group_trees: invalid value {key}. Choose from {', '.join(GROUP_TREES)}.")
            if key not in self.group_keys:
                raise UsageError(f"group_trees: {key} requires the groups for {key}. Add {key} to group_by.")
        written: dict[str, str] = {}
        for key in self.group_by:
            other = written.setdefault(GROUP_KEYS.get(key, key), key)
            if other != key:
                raise UsageError(f"group_by: {other} and {key} are equivalent. Remove one of them.")
