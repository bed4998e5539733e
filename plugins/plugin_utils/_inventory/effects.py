# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Determine which changes in NetBox's change log a refresh can follow, and which changes require a full read.

A refresh follows a change only if all rows that the change can alter are known. All other changes require a full read.
"""

from __future__ import annotations

import dataclasses
import re
import typing as t
from collections.abc import Collection, Mapping

from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import Pairs
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.facts import (
    CONFIG_CONTEXT,
    CUSTOM_FIELDS,
    FIELDS,
)
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.options import KINDS, Options
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.plan import Plan
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.tables import HOSTS, TABLES
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.values import listing

HOST_TYPES = frozenset(listed.model for listed in HOSTS.values())
# Types of objects that belong to hosts. Host filters that refer to related objects (RELATED_FILTERS) do not depend on
# these objects.
COMPONENT_TYPES = frozenset(
    (
        *("dcim.interface", "virtualization.vminterface", "ipam.ipaddress", "ipam.service", "dcim.macaddress"),
        *("virtualization.virtualdisk", "dcim.cable", "dcim.cabletermination", "extras.journalentry"),
    )
)
# The host fields that refer to an object, and the type of this object.
REFERENCES: Mapping[str, str] = {
    **{field.name: field.model for field in FIELDS.values() if field.model},
    "config_template": "extras.configtemplate",
    "virtual_machine_type": "virtualization.virtualmachinetype",
}
# The host fields that change only if NetBox writes a change record for the host, or for an object that the field refers
# to. Other fields, such as counters, change without a record that names the host.
FOLLOWED = frozenset(
    (
        *(name for name, field in FIELDS.items() if field.plain or field.model),
        *(*REFERENCES, "config_context", "custom_fields", "status"),
        *("url", "display_url", "display", "position", "face", "latitude", "longitude", "airflow", "vc_priority"),
        *("description", "comments", "created", "start_on_boot"),
    )
)
# The interface fields that change only if NetBox writes a change record for the interface, or for an object that the
# field refers to.
FOLLOWED_OF_INTERFACES = frozenset(
    (
        *("id", "url", "display", "display_url", "name", "label", "enabled", "type", "description", "mac_address"),
        *("primary_mac_address", "mtu", "mode", "mgmt_only", "lag", "parent", "bridge", "untagged_vlan"),
        *("tagged_vlans", "qinq_svlan", "vrf", "tags", "custom_fields", "created", "speed", "duplex", "wwn"),
        *("poe_mode", "poe_type", "rf_role", "rf_channel", "rf_channel_frequency", "rf_channel_width", "tx_power"),
        *("vlan_translation_policy", "ip_addresses", "device", "virtual_machine"),
    )
)


class Silent(t.NamedTuple):
    """Describes host fields that change with an object of another type, without a change record for the host.

    * ``model``: the type of the object.
    * ``field``: the host field that refers to the object.
    * ``kinds``: the kinds of hosts that have this field.
    * ``fields``: the host fields that change.
    * ``tree``: whether ``field`` can also refer to a descendant of the object.
    """

    model: str
    field: str
    kinds: tuple[str, ...]
    fields: frozenset[str]
    tree: bool = False


SILENT = (
    Silent("dcim.rack", "rack", ("devices",), frozenset(("site", "location", "config_context"))),
    Silent("dcim.location", "location", ("devices",), frozenset(("site", "config_context")), tree=True),
    Silent("virtualization.cluster", "cluster", KINDS, frozenset(("site", "config_context"))),
    Silent("dcim.site", "site", KINDS, frozenset(("config_context",))),
    Silent("tenancy.tenant", "tenant", KINDS, frozenset(("config_context",))),
)
# Tables and options that a refresh supports. If the inventory uses other tables or options, every run reads everything.
FOLLOWED_TABLES = frozenset(
    (
        *("sites", "regions", "site_groups", "locations", "roles", "platforms", "racks", "clusters", "dns_names"),
        *("interfaces", "vm_interfaces", "addresses", "services", "virtual_disks", "prefixes"),
    )
)
FOLLOWED_OPTIONS = frozenset(
    (
        *("devices", "virtual_machines", "query_filters", "device_query_filters", "vm_query_filters"),
        *("strict_filters", "group_by", "group_names_raw", "group_prefix", "empty_groups", "plurals", "vars_prefix"),
        *("host_vars", "exclude_host_vars", "rename_variables", "allow_ansible_variables", "config_context"),
        *("flatten_config_context", "flatten_local_context_data", "flatten_custom_fields", "interfaces"),
        *("interface_fields", "virtual_disks", "services", "racks", "site_data", "prefixes", "dns_name"),
        *("ansible_host_dns_name", "oob_ip_as_primary_ip", "virtual_chassis_name", "hostname_field"),
        *("duplicate_hostnames", "compatibility"),
    )
)
# Host fields that refer to objects in trees, and the types of these objects. The short form of such an object contains
# its depth, which changes if the parent's depth changes.
TREES = {"role": "dcim.devicerole", "platform": "dcim.platform", "location": "dcim.location"}
# Types of objects that can change a host's config context although the host does not refer to them. For example, a host
# refers to its location, but not to the location's parents.
OF_CONFIG_CONTEXTS = frozenset(
    (
        *("extras.configcontext", "extras.configcontextprofile", "dcim.region", "dcim.sitegroup", "dcim.location"),
        *("dcim.devicerole", "dcim.platform", "virtualization.clustertype", "virtualization.clustergroup"),
        "tenancy.tenantgroup",
    )
)
OF_CUSTOM_FIELDS = frozenset(("extras.customfield", "extras.customfieldchoiceset"))
# Filters on the host's own fields, and filters on objects that the host refers to.
OWN_FILTERS = frozenset(
    (
        *("id", "name", "status", "serial", "asset_tag", "position", "face", "airflow", "vcpus", "memory"),
        *("vc_position", "vc_priority", "has_primary_ip", "has_oob_ip", "local_context_data", "description"),
    )
)
RELATED_FILTERS = frozenset(
    (
        *("site", "region", "site_group", "location", "rack", "role", "platform", "tenant", "tenant_group", "model"),
        *("device_type", "manufacturer", "cluster", "cluster_group", "cluster_type", "tag", "virtual_chassis"),
        *("config_template", "virtual_machine_type"),
    )
)


def unsupported(plan: Plan, options: Options, kinds: Collection[str]) -> str | None:
    """Return the reason why a refresh does not support this plan, or ``None``."""
    for option in dataclasses.fields(options):
        value = getattr(options, option.name)
        if option.name not in FOLLOWED_OPTIONS and value != option.default and (value or option.default):
            return f"the option {option.name} is set"
    if any(name in ("filter", "filter_id") for kind in kinds for name, dummy in options.filters(kind)):
        return "the hosts are selected by a saved filter"
    if not plan.tables.keys() <= FOLLOWED_TABLES:
        return f"the inventory contains {listing(plan.tables.keys() - FOLLOWED_TABLES)}"
    for kind in kinds:
        fields = plan.fields[kind]
        if fields is None:
            return "expressions use whole objects"
        if not fields <= FOLLOWED:
            return f"expressions use {listing(fields - FOLLOWED)}, which can change without a record"
    for name in ("interfaces", "vm_interfaces"):
        fields = plan.tables.get(name, frozenset())
        if fields is None:
            return "interface_fields is all"
        if not fields <= FOLLOWED_OF_INTERFACES:
            return f"interface_fields contains {listing(fields - FOLLOWED_OF_INTERFACES)}"
    return None


def not_followed(types: Collection[str], updated: Collection[str], plan: Plan, options: Options) -> str | None:
    """Return the reason why changes to these object types require a full read, or ``None``.

    ``updated`` contains the types of objects that were changed or deleted. It omits types whose objects were only
    created.
    """
    fields = frozenset().union(*(plan.fields[kind] or () for kind in options.kinds))
    if OF_CUSTOM_FIELDS.intersection(types) and _shows_custom_fields(fields, plan, options):
        return "custom fields changed"
    if CONFIG_CONTEXT.name in fields and OF_CONFIG_CONTEXTS.intersection(types):
        return f"config contexts can depend on {listing(OF_CONFIG_CONTEXTS.intersection(types))}"
    if "device_type" in fields and "dcim.manufacturer" in updated:
        return "a manufacturer changed"
    raw = plan.raw or frozenset()
    for field, model in TREES.items():
        if field in raw and model in updated:
            return f"expressions use {field}, and the tree of these objects might have changed"
    return None


def _shows_custom_fields(fields: Collection[str], plan: Plan, options: Options) -> bool:
    tables = any(read is None or CUSTOM_FIELDS.name in read for read in plan.tables.values())
    filtered = any(name.startswith("cf_") for kind in KINDS for name, dummy in options.filters(kind))
    return CUSTOM_FIELDS.name in fields or tables or filtered


def may_select_others(filters: Pairs, types: Collection[str]) -> bool:
    """Return whether changes to these object types can alter which hosts the filters select.

    This does not cover changes to the hosts themselves, which have their own records.
    """
    names = {re.sub("_id$", "", name.partition("__")[0]) for name, dummy in filters}
    if names - OWN_FILTERS - RELATED_FILTERS:
        return bool(types)
    return bool(names & RELATED_FILTERS) and not set(types) <= HOST_TYPES | COMPONENT_TYPES


def changed_tables(types: Collection[str], plan: Plan) -> set[str]:
    """Return the tables that changes to these object types can alter, and that must be read again completely.

    Components and DNS names are not included, because their rows are read again by ID.
    """
    found = set()
    for name, fields in plan.tables.items():
        table = TABLES[name]
        if table.kinds or name == "dns_names":
            continue
        if fields is None:
            # Whole objects contain counters and objects of many types.
            if not set(types) <= COMPONENT_TYPES:
                found.add(name)
        elif types and {table.model, *(model for field, model in table.references.items() if field in fields)} & set(
            types
        ):
            found.add(name)
    return found
