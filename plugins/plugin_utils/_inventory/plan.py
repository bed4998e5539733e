# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Determine the facts, fields, and tables that the options and expressions need. Nothing else is requested."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UsageError
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.expressions import Needs
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.facts import (
    CUSTOM_FIELDS,
    FACTS,
    OOB_IP,
    PLURALS,
    REST_FIELDS,
    VC_POSITION,
    VIRTUAL_CHASSIS,
    Fact,
    tables_of,
)
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.groups import GROUP_NEEDS, TREE_NEEDS
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.options import KINDS, Options
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.values import suggest
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.variables import VariableNames

ALL_FIELDS = frozenset().union(*REST_FIELDS.values())
Fields = dict[str, "frozenset[str] | None"]
"""The fields to read, by table or by kind of host. ``None`` means whole objects."""


@dataclasses.dataclass(frozen=True)
class Plan:
    """The data to read from NetBox.

    * ``fields``: the host fields to read, by kind of host. ``None`` means whole objects.
    * ``tables``: the tables to read, and the fields of each table. ``None`` means whole objects.
    * ``facts``: the facts to compute, in the order of :data:`facts.FACTS`.
    * ``variables``: the facts that become host variables.
    * ``seen``: the facts that expressions use.
    * ``raw``: the fields that expressions use in the form of the REST API. ``None`` means the whole object.
    * ``covered``: the fields that expressions use only if the variable with the same name is null.
    * ``unknown``: names in expressions that might be fields in NetBox versions later than 4.7.
    """

    fields: Fields
    tables: Fields
    facts: tuple[str, ...]
    variables: frozenset[str]
    seen: frozenset[str]
    raw: frozenset[str] | None
    covered: frozenset[str]
    unknown: frozenset[str]

    def with_fields(self, kind: str, names: Iterable[str]) -> Plan:
        """Return a plan that also contains these fields of a kind of host, for use in expressions."""
        fields, names = self.fields[kind], frozenset(names)
        if fields is None or self.raw is None or not names:
            return self
        return dataclasses.replace(self, fields={**self.fields, kind: fields | names}, raw=self.raw | names)


def make_plan(options: Options, needs: Needs, composed: Iterable[str] = ()) -> Plan:
    """Return the plan. ``composed`` contains the names of the variables that the option ``compose`` sets.

    Raise :class:`UsageError` if an option names a variable that does not exist.
    """
    _check_host_vars(options)
    available = {name: fact for name, fact in FACTS.items() if is_available(fact, options)}
    variables = {name for name in available if is_wanted(name, options)}
    seen = _seen(options, needs, available)
    facts = variables | seen | (set(options.group_keys) & set(FACTS))
    tables = _tables(options, facts)
    fields = {VIRTUAL_CHASSIS.name, VC_POSITION.name}
    fields |= {field.name for fact in facts for field in FACTS[fact].fields}
    fields |= {field.name for key in options.group_keys for field in GROUP_NEEDS.get(key, ((), {}))[0]}
    if "ansible_host" in facts and options.oob_ip_as_primary_ip:
        fields.add(OOB_IP.name)
    if options.hostname_field:
        fields.add(CUSTOM_FIELDS.name)
    names = needs.names | needs.members
    covered = {name for name in needs.names - needs.first - needs.members if _is_covered(name, options, seen)}
    raw = (names - covered) & ALL_FIELDS
    user_names = {VariableNames(options).shape(fact).name for fact in available}
    return Plan(
        fields={
            kind: None if needs.whole else frozenset({"id", "name"} | (fields | raw) & REST_FIELDS[kind])
            for kind in KINDS
        },
        tables=tables,
        facts=tuple(name for name in FACTS if name in facts),
        variables=frozenset(variables),
        seen=frozenset(seen),
        raw=None if needs.whole else frozenset(raw),
        covered=frozenset(covered),
        unknown=frozenset() if needs.whole else frozenset(names - ALL_FIELDS - set(composed) - user_names - set(FACTS)),
    )


def is_available(fact: Fact, options: Options) -> bool:
    """Return whether the options make this fact available to variables and expressions."""
    if fact.name == "config_context":
        return options.config_context or options.flatten_config_context
    if fact.name == "locations":
        # As in netbox.netbox, the option `racks` also adds the locations.
        return options.racks
    return fact.option is None or bool(getattr(options, fact.option))


def is_wanted(name: str, options: Options) -> bool:
    """Return whether this fact becomes a host variable."""
    if not {name, FACTS[name].plural}.isdisjoint(options.exclude_host_vars):
        return False
    # `all` does not include the fact `selected`, because it is mainly for expressions.
    if "all" not in options.host_vars or name == "selected":
        return not {name, FACTS[name].plural}.isdisjoint(options.host_vars)
    # netbox.netbox sets these variables only if they are in `group_by`.
    rare = options.as_peer and name in ("time_zone", "utc_offset", "facility", "primary_ip4_prefix_length")
    return not rare or name in options.group_by


def _check_host_vars(options: Options) -> None:
    names = [*FACTS, *PLURALS]
    for option, known in (("host_vars", ["all", *names]), ("exclude_host_vars", names)):
        for name in getattr(options, option):
            if name not in known:
                hint = suggest(name, known)
                raise UsageError(f"{option}: there is no variable {name!r}.{hint} Choose from {', '.join(known)}.")


def _seen(options: Options, needs: Needs, available: Mapping[str, Fact]) -> set[str]:
    """Return the facts whose variables are used in expressions."""
    if needs.everything:
        return set(available)
    names = VariableNames(options)
    shapes = {fact: names.shape(fact) for fact in available}
    seen = {fact for fact, shape in shapes.items() if shape.name in needs.names}
    if needs.names - {shape.name for shape in shapes.values() if shape.form != "flat"}:
        # Any other name, even the name of a field, can be a key in a dictionary whose keys become variables.
        seen |= {fact for fact, shape in shapes.items() if shape.form == "flat"}
    return seen


def _is_covered(name: str, options: Options, seen: Iterable[str]) -> bool:
    """Return whether the variable with this name replaces the field whenever the field is not null."""
    if name not in seen or name not in {field.name for field in FACTS[name].fields}:
        return False
    shape = VariableNames(options).shape(name)
    return shape.name == name and shape.form != "flat"


def _tables(options: Options, facts: Iterable[str]) -> Fields:
    tables: Fields = {}

    def add(more: Mapping[str, tuple[str, ...]]) -> None:
        for name, fields in more.items():
            known = tables.get(name, frozenset())
            tables[name] = None if known is None or not fields else known | frozenset(fields)

    for fact in facts:
        add(tables_of(fact, options))
    for key in options.group_keys:
        add(GROUP_NEEDS.get(key, ((), {}))[1])
    for key in options.group_trees:
        add(TREE_NEEDS.get(key, {}))
    if options.empty_groups and ("site" in options.group_keys or options.as_peer):
        add({"sites": ("slug",)})
    if "interfaces" in facts and "all" not in options.interface_fields:
        fields = frozenset(options.interface_fields)
        tables["interfaces"] = (fields - {"virtual_machine"}) | {"device"}
        tables["vm_interfaces"] = (fields - ONLY_OF_DEVICES) | {"virtual_machine"}
        tables["addresses"] = frozenset(ADDRESS_FIELDS)
    return tables


def unknown_interface_fields(options: Options) -> set[str]:
    """Return the names in ``interface_fields`` that might be fields in NetBox versions later than 4.7."""
    return set(options.interface_fields) - {"all"} - OF_INTERFACES if options.interfaces else set()


# Fields of interfaces in NetBox 4.5 to 4.7, and the field `ip_addresses`, which this collection adds.
OF_BOTH = frozenset(
    (
        *("bridge", "count_fhrp_groups", "count_ipaddresses", "created", "custom_fields", "description", "display"),
        *("display_url", "enabled", "id", "ip_addresses", "l2vpn_termination", "last_updated", "mac_address"),
        *("mac_addresses", "mode", "mtu", "name", "owner", "parent", "primary_mac_address", "qinq_svlan"),
        *("tagged_vlans", "tags", "untagged_vlan", "url", "vlan_translation_policy", "vrf"),
    )
)
ONLY_OF_DEVICES = frozenset(
    (
        *("_occupied", "bridge_interfaces", "cable", "cable_end", "channel_id", "channels", "connected_endpoints"),
        *("connected_endpoints_reachable", "connected_endpoints_type", "device", "duplex", "label", "lag"),
        *("link_peers", "link_peers_type", "mark_connected", "mgmt_only", "module", "poe_mode", "poe_type"),
        *("rf_channel", "rf_channel_frequency", "rf_channel_width", "rf_role", "speed", "tx_power", "type", "vdcs"),
        *("wireless_lans", "wireless_link", "wwn"),
    )
)
OF_INTERFACES = OF_BOTH | ONLY_OF_DEVICES | {"virtual_machine"}
# The address fields that the variable `interfaces` contains, and the fields that identify an address's interface.
ADDRESS_FIELDS = (
    *("address", "family", "status", "role", "dns_name", "description", "vrf"),
    *("assigned_object_type", "assigned_object_id"),
)
