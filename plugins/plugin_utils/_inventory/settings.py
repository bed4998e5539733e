# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""The options of nb_inventory that say what hosts look like, read once and checked."""

from __future__ import annotations

import dataclasses
import re
import typing as t
from collections.abc import Callable, Mapping

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UsageError
from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import Pairs, filter_pairs

# What netbox.netbox calls by two names, with plurals and without.
SINGULAR = {
    "sites": "site",
    "tenants": "tenant",
    "device_roles": "role",
    "platforms": "platform",
    "device_types": "device_type",
    "manufacturers": "manufacturer",
    "racks": "rack",
}
PLURAL = {singular: plural for plural, singular in SINGULAR.items()}

GROUP_BY = (
    *("sites", "site", "location", "tenants", "tenant", "racks", "rack", "rack_role", "tags", "tag"),
    *("device_roles", "role", "device_types", "device_type", "manufacturers", "manufacturer", "platforms", "platform"),
    *("region", "site_group", "cluster", "cluster_type", "cluster_group", "is_virtual", "services", "status"),
    *("time_zone", "utc_offset", "facility"),
)


@dataclasses.dataclass(frozen=True)
class Settings:
    """Options of nb_inventory by their names; expressions are not among them."""

    devices: bool = True
    virtual_machines: bool = True
    query_filters: t.Any = ()
    device_query_filters: t.Any = ()
    vm_query_filters: t.Any = ()
    strict_filters: bool = True
    group_by: tuple[str, ...] = ()
    group_names_raw: bool = False
    group_prefix: str = ""
    empty_groups: bool = False
    plurals: bool = False
    vars_prefix: str = ""
    host_vars: tuple[str, ...] = ("all",)
    rename_variables: t.Any = ()
    config_context: bool = False
    flatten_config_context: bool = False
    flatten_local_context_data: bool = False
    flatten_custom_fields: bool = False
    interfaces: bool = False
    interface_fields: tuple[str, ...] = ("all",)
    virtual_disks: bool = False
    services: bool = False
    racks: bool = True
    site_data: bool = False
    prefixes: bool = False
    dns_name: bool = False
    ansible_host_dns_name: bool = False
    oob_ip_as_primary_ip: bool = False
    virtual_chassis_name: bool = False
    hostname_field: str | None = None
    duplicate_hostnames: str = "suffix"

    @classmethod
    def of_options(cls, option: Callable[[str], t.Any]) -> Settings:
        """From what ``option`` gives for each name. Raises :class:`UsageError`."""
        values: dict[str, t.Any] = {field.name: option(field.name) for field in dataclasses.fields(cls)}
        for name in ("group_by", "host_vars", "interface_fields"):
            values[name] = tuple(values[name] or ())
        settings = cls(**values)
        unknown = [key for key in settings.group_by if key not in GROUP_BY]
        if unknown:
            raise UsageError(f"group_by: there is no {' and no '.join(unknown)}; choose from {', '.join(GROUP_BY)}.")
        settings.renamings()
        return settings

    def filters(self, kind: str) -> Pairs:
        """The filters for ``devices`` or ``virtual_machines``."""
        own = self.device_query_filters if kind == "devices" else self.vm_query_filters
        return [*filter_pairs(self.query_filters or []), *filter_pairs(own or [])]

    def renamings(self) -> list[tuple[re.Pattern[str], str]]:
        """Patterns of variables' names and what they become, the first that matches counting."""
        found = []
        for entry in self.rename_variables or ():
            if not isinstance(entry, Mapping) or set(entry) != {"pattern", "repl"}:
                raise UsageError(f"rename_variables: {entry!r} needs the keys pattern and repl.")
            try:
                found.append((re.compile(str(entry["pattern"])), str(entry["repl"])))
            except re.error as error:
                raise UsageError(f"rename_variables: {entry['pattern']!r} is no pattern: {error}.") from None
        return found

    def wants(self, variable: str) -> bool:
        """Whether hosts get the variable of this (singular) name."""
        return "all" in self.host_vars or variable in self.host_vars or PLURAL.get(variable) in self.host_vars

    def groups_by(self, key: str) -> bool:
        """Whether hosts are grouped by this (singular) key."""
        return key in self.group_by or PLURAL.get(key, f"{key}s") in self.group_by
