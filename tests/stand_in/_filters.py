# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters of each endpoint. Like NetBox, this ignores all other parameters."""

from __future__ import annotations

import ipaddress
import typing as t
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from ._endpoints import ENDPOINTS, target_of, type_of
from ._lookups import (
    COMPARISONS,
    Filter,
    Flag,
    Ids,
    Invalid,
    Method,
    Related,
    Tags,
    Text,
    boolean,
    both,
    decimal,
    moment,
    not_a_choice,
    where,
    whole_number,
    with_descendants,
)
from ._schema import Names
from ._tables import Estate, Table, key

DEVICE_STATUS = ("offline", "active", "planned", "staged", "failed", "inventory", "decommissioning")
ADDRESS_STATUS = ("active", "reserved", "deprecated", "dhcp", "slaac")
STATUS = {
    "dcim/cables": ("connected", "planned", "decommissioning"),
    "dcim/devices": DEVICE_STATUS,
    "dcim/locations": ("planned", "staging", "active", "decommissioning", "retired"),
    "dcim/racks": ("reserved", "available", "planned", "active", "deprecated"),
    "dcim/sites": ("planned", "staging", "active", "decommissioning", "retired"),
    "ipam/ip-addresses": ADDRESS_STATUS,
    "ipam/prefixes": ("container", "active", "reserved", "deprecated"),
    "ipam/vlans": ("active", "reserved", "deprecated"),
    "plugins/branching/branches": (
        *("new", "provisioning", "ready", "syncing", "migrating", "merging", "reverting", "merged", "archived"),
        *("pending-migrations", "failed"),
    ),
    "virtualization/clusters": ("planned", "staging", "active", "decommissioning", "offline"),
    "virtualization/virtual-machines": (
        "offline",
        "active",
        "planned",
        "staged",
        "failed",
        "decommissioning",
        "paused",
    ),
}
# Parameters that control the response and do not filter objects.
RESERVED = ("limit", "offset", "ordering", "fields", "omit", "brief", "exclude", "format", "export")
# Parameters that belong to one filter. Error messages contain the name of this filter.
PARTS = {"time_after": "time", "time_before": "time"}
# Fields without a filter. Counts do not have filters either, except in the endpoints of COUNTED.
# fmt: off
NOT_FILTERED = {
    "url", "display", "display_url", "comments", "custom_fields", "physical_address", "shipping_address", "tags",
    "tags_id", "primary_ip", "primary_ip_id", "untagged_vlan", "untagged_vlan_id", "connected_endpoints_reachable",
    "connected_endpoints_type", "count_fhrp_groups", "count_ipaddresses", "link_peers_type", "allocated_disk",
    "allocated_memory", "allocated_vcpus", "app_name", "data_path", "data_type", "image", "is_plugin_model", "message",
    "model_name", "model_name_plural", "rest_api_endpoint", "tagged_items", "utilization",
}
COUNTED = ("dcim/devices", "dcim/device-types", "dcim/virtual-chassis", "virtualization/virtual-machines")
# Fields that have a filter even if no object in the estate has a value.
OPTIONAL = {
    "airflow", "asset_tag", "disk", "duplex", "face", "facility_id", "form_factor", "latitude", "longitude", "memory",
    "mode", "mtu", "poe_mode", "poe_type", "position", "rd", "speed", "vc_position", "vc_priority", "vcpus",
    "weight_unit", "wwn",
}
# fmt: on
SEARCHED = ("name", "slug", "description", "model", "address", "dns_name", "serial", "asset_tag", "facility", "prefix")


def select(
    estate: Estate, table: Table, query: Iterable[tuple[str, str]], names: Names | None = None
) -> tuple[Ids, dict[str, list[str]]]:
    """Return the IDs that pass all filters, and the errors by parameter. Without filters, the IDs are None.

    `names` contains the parameters that a real server of this version supports for the endpoint. Like the server, this
    ignores all other parameters.
    """
    parameters: dict[str, list[str]] = {}
    for name, value in saved(estate, query) if names is None or "filter" in names.patterns else query:
        if value and name not in RESERVED and (names is None or is_known(names, name)):
            parameters.setdefault(name, []).append(value)
    for name, values in parameters.items():
        if names and names.kinds.get(name):
            del values[:-1]  # NetBox ignores all values except the last
    selected: Ids = None
    complaints: dict[str, list[str]] = {}
    for name, values in parameters.items():
        try:
            found = _matches(estate, table, name, values)
        except Invalid as error:
            complaints[PARTS.get(name, name)] = [str(error)]
        else:
            if found is not None:
                selected = both(selected, found)
    return selected, complaints


def saved(estate: Estate, query: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Replace the saved filters in a query with their parameters. Ignore saved filters that do not exist."""
    pairs = []
    for name, value in query:
        if name in ("filter", "filter_id"):
            field = "slug" if name == "filter" else "id"
            for row in estate.get("extras/saved-filters").values():
                if str(row[field]) == value:
                    pairs += [(key, str(each)) for key, some in row["parameters"].items() for each in some]
        else:
            pairs.append((name, value))
    return pairs


def is_known(names: Names, parameter: str) -> bool:
    if parameter.startswith("cf_"):
        return "cf_*" in names.patterns
    return parameter in names.kinds or (parameter.startswith("attr_") and "attr_*" in names.patterns)


def _matches(estate: Estate, table: Table, parameter: str, values: Sequence[str]) -> Ids:
    name, _underscores, lookup = parameter.partition("__")
    declared = DECLARED.get(table.endpoint, {})
    chosen = declared[name] if name in declared else _common(estate, table, name)
    return chosen.matches(estate, table, lookup, values) if chosen else None


def _common(estate: Estate, table: Table, name: str) -> Filter | None:
    """Return the default filter for a field, which depends on the type of its values, or None if it has no filter."""
    if table.endpoint in UNFILTERED:
        return None
    if name in COMMON:
        return COMMON[name]
    if name in ("tag", "tag_id"):
        return Tags(by="id" if name == "tag_id" else "slug") if _has(table, "tags") else None
    if name.startswith("cf_"):
        return _custom_field(estate, table, name)
    if name.startswith("attr_") and table.endpoint == "dcim/module-types":
        return Attribute(name[len("attr_") :])
    if name in NOT_FILTERED or name.startswith("_") or (name.endswith("_count") and table.endpoint not in COUNTED):
        return None
    # In NetBox, every plain field of a model has a filter.
    value = table.example(name)
    if name == "status" and table.endpoint in STATUS:
        return Text(name, choices=STATUS[table.endpoint])
    if isinstance(value, bool):
        return Flag(name)
    if isinstance(value, int):
        return whole_number(name)
    if isinstance(value, float):
        return decimal(name)
    if isinstance(value, str) or (isinstance(value, dict) and "value" in value):
        return Text(name)
    if value is None and name in OPTIONAL and _has(table, name):
        return Text(name)
    field = name[:-3] if name.endswith("_id") else name
    target = target_of(table.endpoint, field)
    if target in estate.tables and _has(table, field):
        if name.endswith("_id"):
            return Related((field,), "id")
        if "slug" in (ENDPOINTS[target].brief if target in ENDPOINTS else ("slug",)):
            return Related((field,))
    return None


def _has(table: Table, field: str) -> bool:
    return any(field in table.get(pk, {}) for pk in table.ids()[:1])


def _custom_field(estate: Estate, table: Table, name: str) -> Filter | None:
    for row in estate.get("extras/custom-fields").values():
        if f"cf_{row['name']}" == name and type_of(table.endpoint) in row["object_types"]:
            return CustomField(row["name"], row["type"]["value"], row["filter_logic"]["value"])
    return None


class CustomField:
    """A filter by a custom field. It applies a filter for the custom field's type to the values of the field."""

    def __init__(self, name: str, kind: str, logic: str) -> None:
        self._name = name
        loose = logic == "loose" and kind in ("text", "longtext", "url")
        self._without_lookups = loose or kind == "boolean"
        self._without_filter = logic == "disabled" or kind == "json"
        # The supported lookups for several objects. NetBox ignores comparisons such as __lt and tests for equality.
        self._plain_lookups = ("", "n", "empty") if kind == "multiobject" else None
        exact = "ic" if loose else ""
        kinds: dict[str, Filter] = {
            "boolean": Flag("value"),
            "integer": whole_number("value"),
            "decimal": decimal("value"),
            "object": whole_number("value"),
            "date": moment("value"),
            "datetime": moment("value"),
        }
        self._filter = kinds.get(kind, Text("value", exact))

    def matches(self, estate: Estate, table: Table, lookup: str, values: Sequence[str]) -> Ids:
        if self._without_filter or (lookup and self._without_lookups):
            return None
        if self._plain_lookups and lookup not in self._plain_lookups:
            lookup = "" if lookup in COMPARISONS else lookup
        custom_fields = table.column("custom_fields")
        column = Table("", ({"id": pk, "value": (fields or {}).get(self._name)} for pk, fields in custom_fields))
        return self._filter.matches(estate, column, lookup, values)


class Attribute:
    """A filter by an attribute that the profile of a module type defines."""

    def __init__(self, name: str) -> None:
        self._name = name

    def matches(self, estate: Estate, table: Table, lookup: str, values: Sequence[str]) -> Ids:
        return {pk for pk, found in table.column("attributes") if str((found or {}).get(self._name)) == values[-1]}


def _pair(name: str, *path: str, by: str = "slug", tree: bool = False) -> dict[str, Filter]:
    """Return filters by a related object and by its ID, such as `site` and `site_id`."""
    path = path or (name,)
    return {name: Related(path, by, tree), f"{name}_id": Related(path, "id", tree)}


def _place(*owner: str) -> dict[str, Filter]:
    """Return filters by the site, region, and site group of an object or of its owner."""
    return {
        **_pair("site", *owner, "site"),
        **_pair("region", *owner, "site", "region", tree=True),
        **_pair("site_group", *owner, "site", "group", tree=True),
    }


TENANCY: dict[str, Filter] = {**_pair("tenant"), **_pair("tenant_group", "tenant", "group", tree=True)}


def _search(estate: Estate, table: Table, values: Sequence[str]) -> Ids:
    text = values[-1].strip().lower()
    if not text:
        return None
    fields = [field for field in SEARCHED if _has(table, field)]
    return set().union(*(table.where(field, lambda value: text in str(value or "").lower()) for field in fields))


def _given(*fields: str) -> Method:
    """Return a filter that checks whether any of these fields has a value."""

    def find(_estate: Estate, table: Table, values: Sequence[str]) -> Ids:
        wanted = boolean(values)
        if wanted is None:
            return None
        some = set().union(*(table.where(field, lambda value: value is not None) for field in fields))
        return some if wanted else set(table.ids()) - some

    return Method(find)


def _with_mac(components: str, owner: str) -> Method:
    """Return a filter for hosts by the MAC addresses of their interfaces."""

    def find(estate: Estate, table: Table, values: Sequence[str]) -> Ids:
        interfaces = estate.get(components)
        pks = _by_mac(estate, interfaces, values)
        return {key(interfaces[pk][owner]) for pk in pks or ()}

    return Method(find)


def _by_mac(estate: Estate, table: Table, values: Sequence[str]) -> Ids:
    macs = estate.get("dcim/mac-addresses").having("mac_address", {value.upper() for value in values})
    return table.having("mac_addresses", macs) if macs else set()


def _full_depth(estate: Estate, table: Table, values: Sequence[str]) -> Ids:
    wanted = boolean(values)
    if wanted is None:
        return None
    types = estate.get("dcim/device-types").having("is_full_depth", {wanted})
    return table.having("device_type", types)


def _named(estate: Estate, endpoint: str, by: str, values: Sequence[str]) -> set[int]:
    """Return the IDs of the objects with these names or IDs. Ignore values without a matching object."""
    table = estate.get(endpoint)
    if by == "name":
        return table.having("name", set(values))
    try:
        return table.having("id", {int(value) for value in values})
    except ValueError:
        raise Invalid("Enter a whole number.") from None


def _assigned(owner: str, by: str, estate: Estate, table: Table, values: Sequence[str]) -> Ids:
    """Return the IP or MAC addresses on the interfaces of these devices or virtual machines."""
    if owner == "device":
        devices = _named(estate, "dcim/devices", by, values)
        return _on(table, "dcim.interface", _interfaces(estate, devices, masters=True))
    machines = _named(estate, "virtualization/virtual-machines", by, values)
    interfaces = estate.get("virtualization/interfaces").having("virtual_machine", set(machines))
    return _on(table, "virtualization.vminterface", interfaces)


def _interfaces(estate: Estate, devices: set[int], masters: bool) -> set[int]:
    """Return the interfaces of these devices and of the other members of their virtual chassis.

    Exclude the management interfaces of the other members. If `masters` is true, include interfaces of other members
    only for the master of a virtual chassis.
    """
    interfaces, chassis = estate.get("dcim/interfaces"), estate.get("dcim/virtual-chassis")
    own = interfaces.having("device", set(devices))
    if not len(chassis):
        return own
    every = estate.get("dcim/devices")
    of = chassis.having("master", set(devices)) if masters else {key(every[pk]["virtual_chassis"]) for pk in devices}
    others = every.having("virtual_chassis", set(of) - {None}) - devices
    shared = interfaces.having("device", set(others)) if others else set()
    return own | {pk for pk in shared if not interfaces[pk]["mgmt_only"]}


def _of_chassis(masters: bool, by: str, estate: Estate, table: Table, values: Sequence[str]) -> Ids:
    return _interfaces(estate, _named(estate, "dcim/devices", by, values), masters)


def _on(table: Table, kind: str, interfaces: set[t.Any]) -> set[int]:
    found = table.having("assigned_object_id", interfaces)
    # Check each found row, because there are far fewer of them than rows of this type.
    return {pk for pk in found if table[pk]["assigned_object_type"] == kind}


def _served(owner: str, by: str, estate: Estate, table: Table, values: Sequence[str]) -> Ids:
    """Return the services of these devices or virtual machines."""
    endpoint = {"device": "dcim/devices", "virtual_machine": "virtualization/virtual-machines"}[owner]
    machines = _named(estate, endpoint, by, values)
    return table.having("parent_object_type", {type_of(endpoint)}) & table.having("parent_object_id", set(machines))


def _of_machines(find: t.Callable[[str, str, Estate, Table, Sequence[str]], Ids]) -> dict[str, Filter]:
    return {
        owner + suffix: Method(partial(find, owner, by))
        for owner in ("device", "virtual_machine")
        for suffix, by in (("", "name"), ("_id", "id"))
    }


def _with_vlan(estate: Estate, table: Table, values: Sequence[str]) -> Ids:
    """Return the interfaces with one of these tagged or untagged VLANs. Ignore VLANs that do not exist."""
    vlans = _named(estate, "ipam/vlans", "id", values)
    return table.having("untagged_vlan", set(vlans)) | table.having("tagged_vlans", set(vlans)) if vlans else set()


def _inside(estate: Estate, table: Table, values: Sequence[str]) -> Ids:
    """Return the IP addresses in one of these prefixes."""
    try:
        networks = [ipaddress.ip_network(value.strip(), strict=False) for value in values]
    except ValueError:
        return set()
    return table.where("address", lambda text: any(ipaddress.ip_interface(text).ip in network for network in networks))


def _is_address(estate: Estate, table: Table, values: Sequence[str]) -> Ids:
    """Return the rows with these IP addresses. A value without a mask matches every mask."""
    return table.where("address", lambda text: text in values or text.split("/")[0] in values)


def _of_interfaces(endpoint: str, kind: str) -> Method:
    """Return a filter for the IP addresses on these interfaces. The interfaces must exist."""

    def find(estate: Estate, table: Table, values: Sequence[str]) -> Ids:
        return _on(table, kind, set().union(*Related((), "id").chosen(estate.get(endpoint), values).values()))

    return Method(find)


def _scoped(estate: Estate, table: Table, name: str, values: Sequence[str]) -> Ids:
    """Return the clusters or prefixes whose scope is one of these places or is inside one of them."""
    by = "id" if name.endswith("_id") else "slug"
    place = name[:-3] if by == "id" else name
    endpoint = {"site": "dcim/sites", "location": "dcim/locations", "region": "dcim/regions"}.get(
        place, "dcim/site-groups"
    )
    related = estate.get(endpoint)
    wanted: set[t.Any] = set().union(*Related((), by).chosen(related, values).values())
    if place != "site":
        wanted = with_descendants(related, wanted)
    # The matching scopes: the places themselves, the sites in them, and the locations in these sites.
    scopes = {type_of(endpoint): wanted}
    if place in ("region", "site_group"):
        field = "region" if place == "region" else "group"
        scopes["dcim.site"] = where(estate, estate.get("dcim/sites"), (field,), wanted)
    if place != "location":
        scopes["dcim.location"] = where(estate, estate.get("dcim/locations"), ("site",), scopes["dcim.site"])
    return {pk for pk, row in table.items() if row.get("scope_id") in scopes.get(row.get("scope_type") or "", ())}


@dataclass(frozen=True)
class ChangedType:
    """A filter for change records by object type. It ignores unknown types. As in NetBox, `__n` does not negate it."""

    def matches(self, estate: Estate, table: Table, lookup: str, values: Sequence[str]) -> Ids:
        if lookup not in ("", "n"):
            return None
        return table.having("changed_object_type", {value.lower() for value in values})


def _changed_type_id(estate: Estate, table: Table, values: Sequence[str]) -> Ids:
    """Return the change records for the object types with these IDs."""
    types = estate.get("core/object-types")
    for value in values:
        if not value.isdigit() or int(value) not in types:
            raise not_a_choice(value)
    names = {f"{types[int(value)]['app_label']}.{types[int(value)]['model']}" for value in values}
    return table.having("changed_object_type", set(names))


@dataclass(frozen=True)
class Uuid:
    """A filter by a UUID field."""

    field: str

    def matches(self, estate: Estate, table: Table, lookup: str, values: Sequence[str]) -> Ids:
        if lookup not in ("", "n"):
            return None
        try:
            found = table.having(self.field, {str(uuid.UUID(value)) for value in values})
        except ValueError:
            raise Invalid("Enter a valid UUID.") from None
        return set(table.ids()) - found if lookup else found


def _by_admin(estate: Estate, table: Table, values: Sequence[str]) -> Ids:
    """Return None, because all change records belong to the only user, admin. Reject other users."""
    for value in values:
        if value != "admin":
            raise not_a_choice(value)
    return None


SCOPED: dict[str, Filter] = {
    name: Method(lambda estate, table, values, name=name: _scoped(estate, table, name, values))  # type: ignore[misc]
    for place in ("site", "location", "region", "site_group")
    for name in (place, f"{place}_id")
}
MACHINE: dict[str, Filter] = {
    **_place(),
    **TENANCY,
    **_pair("role", tree=True),
    **_pair("platform", tree=True),
    **_pair("cluster_group", "cluster", "group"),
    "name": Text("name", exact="ie"),
    "serial": Text("serial", exact="ie"),
    "has_primary_ip": _given("primary_ip4", "primary_ip6"),
}
COMPONENT: dict[str, Filter] = {
    **_place("device"),
    **_pair("location", "device", "location"),
    **_pair("rack", "device", "rack", by="name"),
    **_pair("device", by="name"),
    **_pair("device_type", "device", "device_type", by="model"),
    **_pair("device_role", "device", "role"),
    **_pair("virtual_chassis", "device", "virtual_chassis", by="name"),
    **_pair("tenant", "device", "tenant"),
}
TREE: dict[str, Filter] = {**_pair("parent"), **_pair("ancestor", "parent", tree=True)}
ADDRESSED: dict[str, Filter] = {**TENANCY, **_pair("vrf", by="rd")}
COMMON: dict[str, Filter] = {
    "id": whole_number("id"),
    "created": moment("created"),
    "last_updated": moment("last_updated"),
    "q": Method(_search),
}
# Endpoints without filters.
UNFILTERED = {"extras/notifications", "extras/notification-groups", "extras/subscriptions", "core/background-queues"}
DECLARED: dict[str, dict[str, Filter]] = {
    "core/object-changes": {
        "action": Text("action", choices=("create", "update", "delete")),
        "changed_object_type": ChangedType(),
        "changed_object_type_id": Method(_changed_type_id),
        "request_id": Uuid("request_id"),
        "user": Method(_by_admin),
        "time": Method(lambda estate, table, values: None),
        "time_after": Method(lambda estate, table, values: moment("time").matches(estate, table, "gte", values)),
        "time_before": Method(lambda estate, table, values: moment("time").matches(estate, table, "lte", values)),
    },
    "core/object-types": {"features": Text("features")},
    "dcim/device-bays": {**COMPONENT, **_pair("installed_device", by="name")},
    "dcim/device-roles": TREE,
    "dcim/devices": {
        **MACHINE,
        **_pair("manufacturer", "device_type", "manufacturer"),
        **_pair("device_type"),
        **_pair("location", tree=True),
        "model": Related(("device_type",)),
        "has_oob_ip": _given("oob_ip"),
        "is_full_depth": Method(_full_depth),
        "mac_address": _with_mac("dcim/interfaces", "device"),
        "virtual_chassis_member": _given("virtual_chassis"),
    },
    "dcim/interfaces": {
        **COMPONENT,
        "cabled": _given("cable"),
        "mac_address": Method(_by_mac),
        "vlan_id": Method(_with_vlan),
        **_pair("vrf", by="rd"),
        **{
            f"virtual_chassis_member{whose}{suffix}": Method(partial(_of_chassis, bool(whose), by))
            for whose in ("", "_or_master")
            for suffix, by in (("", "name"), ("_id", "id"))
        },
    },
    "dcim/locations": {**_place(), **TENANCY, **TREE},
    "dcim/mac-addresses": _of_machines(_assigned),
    "dcim/platforms": TREE,
    "dcim/racks": {**_place(), **TENANCY, **_pair("location", tree=True), "serial": Text("serial", exact="ie")},
    "dcim/regions": TREE,
    "dcim/site-groups": TREE,
    "dcim/sites": {**TENANCY, **_pair("region", tree=True), **_pair("group", tree=True)},
    "dcim/virtual-chassis": {**_place("master"), **_pair("master", by="name"), **_pair("tenant", "master", "tenant")},
    "ipam/asn-ranges": TENANCY,
    "ipam/asns": TENANCY,
    "ipam/ip-addresses": {
        **ADDRESSED,
        **_of_machines(_assigned),
        "address": Method(_is_address),
        "assigned": _given("assigned_object_id"),
        "parent": Method(_inside),
        "role": Text("role", choices=("loopback", "secondary", "anycast", "vip", "vrrp", "hsrp", "glbp", "carp")),
        "interface_id": _of_interfaces("dcim/interfaces", "dcim.interface"),
        "vminterface_id": _of_interfaces("virtualization/interfaces", "virtualization.vminterface"),
    },
    "ipam/prefixes": {**ADDRESSED, **SCOPED},
    "ipam/services": {**_of_machines(_served)},
    "ipam/vlans": {**_place(), **TENANCY},
    "ipam/vrfs": TENANCY,
    "tenancy/tenant-groups": TREE,
    "tenancy/tenants": _pair("group", tree=True),
    "virtualization/clusters": {**SCOPED, **TENANCY},
    "virtualization/interfaces": {
        **_pair("virtual_machine", by="name"),
        **_pair("cluster", "virtual_machine", "cluster", by="name"),
        "mac_address": Method(_by_mac),
        "vlan_id": Method(_with_vlan),
        **_pair("vrf", by="rd"),
    },
    "virtualization/virtual-disks": _pair("virtual_machine", by="name"),
    "virtualization/virtual-machines": {
        **MACHINE,
        **_pair("cluster", by="name"),
        **_pair("cluster_type", "cluster", "type"),
        **_pair("device", by="name"),
        "mac_address": _with_mac("virtualization/interfaces", "virtual_machine"),
    },
}
