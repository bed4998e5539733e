# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Properties of each endpoint: model, brief fields, default order, and the objects that fields refer to."""

from __future__ import annotations

import re
from dataclasses import dataclass

IDENTITY = ("id", "url", "display")
NAMED = (*IDENTITY, "name", "description")
ORGANIZATIONAL = (*IDENTITY, "name", "slug", "description")
PORT = (*IDENTITY, "device", "name", "description", "cable", "_occupied")


@dataclass(frozen=True)
class Endpoint:
    model: str
    brief: tuple[str, ...] = NAMED
    # Field names. A "-" prefix means descending order. "tree" means that each parent precedes its children, by name.
    order: tuple[str, ...] = ("name",)
    read_only: bool = False
    # Components where a cable trace can start. They have a `trace` action, so the Allow header contains TRACE.
    traced: bool = False
    # A view without NetBox's extensions. It ignores `fields` and `omit`, and writes only single objects.
    plain: bool = False


def _group(model: str, *counts: str) -> Endpoint:
    return Endpoint(model, (*ORGANIZATIONAL, *counts, "_depth"), ("tree",))


ENDPOINTS = {
    "core/object-changes": Endpoint("ObjectChange", (), ("-time",), read_only=True),
    "core/object-types": Endpoint("ObjectType", (), ("app_label", "model"), read_only=True),
    "dcim/cables": Endpoint("Cable", (*IDENTITY, "label", "description"), ("id",)),
    "dcim/cable-terminations": Endpoint(
        "CableTermination",
        (*IDENTITY, "cable", "cable_end", "connector", "positions", "termination_type", "termination_id"),
        ("id",),
    ),
    "dcim/console-ports": Endpoint("ConsolePort", PORT, ("device", "name"), traced=True),
    "dcim/device-bays": Endpoint(
        "DeviceBay",
        (*IDENTITY, "device", "name", "enabled", "description", "_occupied"),
        ("device", "name"),
    ),
    "dcim/device-roles": _group("DeviceRole", "device_count", "virtualmachine_count"),
    "dcim/device-types": Endpoint(
        "DeviceType",
        (*IDENTITY, "manufacturer", "model", "slug", "description", "device_count"),
        ("manufacturer", "model"),
    ),
    "dcim/devices": Endpoint("Device", order=("name", "id")),
    "dcim/front-ports": Endpoint("FrontPort", PORT, ("device", "name")),
    "dcim/interface-templates": Endpoint("InterfaceTemplate", order=("device_type", "module_type", "name")),
    "dcim/interfaces": Endpoint(
        "Interface",
        (*IDENTITY, "device", "name", "description", "cable", "_occupied"),
        ("device", "name"),
        traced=True,
    ),
    "dcim/inventory-items": Endpoint(
        "InventoryItem", (*IDENTITY, "device", "name", "description", "_depth"), ("device", "name")
    ),
    "dcim/locations": _group("Location", "rack_count"),
    "dcim/mac-addresses": Endpoint("MACAddress", (*IDENTITY, "mac_address", "description"), ("mac_address", "id")),
    "dcim/manufacturers": Endpoint("Manufacturer", ORGANIZATIONAL),
    "dcim/module-bays": Endpoint(
        "ModuleBay",
        (*IDENTITY, "installed_module", "name", "enabled", "description", "_occupied"),
        ("device", "name"),
    ),
    "dcim/module-types": Endpoint(
        "ModuleType",
        (*IDENTITY, "profile", "manufacturer", "model", "description", "module_count"),
        ("manufacturer", "model"),
    ),
    "dcim/modules": Endpoint(
        "Module", (*IDENTITY, "device", "module_bay", "module_type", "description"), ("module_bay", "id")
    ),
    "dcim/platforms": _group("Platform", "device_count", "virtualmachine_count"),
    "dcim/rack-reservations": Endpoint(
        "RackReservation", (*IDENTITY, "status", "user", "description", "units"), ("created", "id")
    ),
    "dcim/rack-roles": Endpoint("RackRole", (*ORGANIZATIONAL, "rack_count")),
    "dcim/racks": Endpoint("Rack", (*NAMED, "device_count"), ("site", "location", "name", "id")),
    "dcim/rear-ports": Endpoint("RearPort", PORT, ("device", "name")),
    "dcim/regions": _group("Region", "site_count"),
    "dcim/site-groups": _group("SiteGroup", "site_count"),
    "dcim/sites": Endpoint("Site", ORGANIZATIONAL),
    "dcim/virtual-chassis": Endpoint("VirtualChassis", (*NAMED, "master", "member_count")),
    "extras/config-contexts": Endpoint("ConfigContext", order=("weight", "name")),
    "extras/config-templates": Endpoint("ConfigTemplate"),
    "extras/custom-field-choice-sets": Endpoint("CustomFieldChoiceSet", (*NAMED, "choices_count")),
    "extras/custom-fields": Endpoint("CustomField", order=("group_name", "weight", "name")),
    "extras/image-attachments": Endpoint("ImageAttachment", (*NAMED, "image"), ("name", "id")),
    "extras/journal-entries": Endpoint("JournalEntry", (*IDENTITY, "created"), ("-created",)),
    "extras/tags": Endpoint("Tag", (*ORGANIZATIONAL, "color"), ("weight", "name")),
    "ipam/asn-ranges": Endpoint("ASNRange"),
    "ipam/asns": Endpoint("ASN", (*IDENTITY, "asn", "description"), ("asn",)),
    "ipam/fhrp-group-assignments": Endpoint(
        "FHRPGroupAssignment", (*IDENTITY, "group", "interface_type", "interface_id", "priority"), ("-priority", "id")
    ),
    "ipam/fhrp-groups": Endpoint(
        "FHRPGroup", (*IDENTITY, "protocol", "group_id", "description"), ("protocol", "group_id", "id")
    ),
    "ipam/ip-addresses": Endpoint("IPAddress", (*IDENTITY, "family", "address", "description"), ("address", "id")),
    "ipam/prefixes": Endpoint(
        "Prefix", (*IDENTITY, "family", "prefix", "description", "_depth"), ("vrf", "prefix", "id")
    ),
    "ipam/rirs": Endpoint("RIR", (*ORGANIZATIONAL, "aggregate_count")),
    "ipam/services": Endpoint("Service", (*NAMED, "protocol", "ports"), ("protocol", "ports", "id")),
    "ipam/vlan-groups": Endpoint("VLANGroup", (*ORGANIZATIONAL, "vlan_count"), ("name", "id")),
    "ipam/vlans": Endpoint("VLAN", (*NAMED, "vid"), ("site", "group", "vid", "id")),
    "ipam/vrfs": Endpoint("VRF", (*NAMED, "rd", "prefix_count"), ("name", "rd", "id")),
    "tenancy/contact-assignments": Endpoint(
        "ContactAssignment", (*IDENTITY, "contact", "role", "priority"), ("contact", "priority", "role", "id")
    ),
    "tenancy/contact-roles": Endpoint("ContactRole", ORGANIZATIONAL),
    "tenancy/contacts": Endpoint("Contact"),
    "tenancy/tenant-groups": _group("TenantGroup", "tenant_count"),
    "tenancy/tenants": Endpoint("Tenant", ORGANIZATIONAL),
    "users/owner-groups": Endpoint("OwnerGroup"),
    "users/owners": Endpoint("Owner"),
    "virtualization/cluster-groups": Endpoint("ClusterGroup", (*ORGANIZATIONAL, "cluster_count")),
    "virtualization/cluster-types": Endpoint("ClusterType", (*ORGANIZATIONAL, "cluster_count")),
    "virtualization/clusters": Endpoint("Cluster", (*NAMED, "virtualmachine_count")),
    "virtualization/interfaces": Endpoint(
        "VMInterface", (*IDENTITY, "virtual_machine", "name", "description"), ("virtual_machine", "name")
    ),
    "virtualization/virtual-disks": Endpoint(
        "VirtualDisk",
        (*IDENTITY, "virtual_machine", "name", "description", "size"),
        ("virtual_machine", "name"),
    ),
    "virtualization/virtual-machine-types": Endpoint("VirtualMachineType", ORGANIZATIONAL),
    "virtualization/virtual-machines": Endpoint("VirtualMachine", order=("name", "id")),
}

# Endpoints of plugins.
PLUGINS = {"plugins/branching/branches": Endpoint("Branch", (), plain=True)}

# Differences in NetBox 4.7 and later.
SINCE_4_7 = {"ipam/services": Endpoint("Service", (*NAMED, "port_mappings"), ("name", "id"))}

# The endpoints of the objects that fields refer to. SPECIAL_TARGETS contains the exceptions.
TARGETS = {
    "cable": "dcim/cables",
    "cluster": "virtualization/clusters",
    "config_template": "extras/config-templates",
    "contact": "tenancy/contacts",
    "device": "dcim/devices",
    "device_type": "dcim/device-types",
    "installed_device": "dcim/devices",
    "location": "dcim/locations",
    "manufacturer": "dcim/manufacturers",
    "master": "dcim/devices",
    "owner": "users/owners",
    "parent_device": "dcim/devices",
    "platform": "dcim/platforms",
    "primary_mac_address": "dcim/mac-addresses",
    "rack": "dcim/racks",
    "region": "dcim/regions",
    "rir": "ipam/rirs",
    "role": "dcim/device-roles",
    "site": "dcim/sites",
    "tags": "extras/tags",
    "tenant": "tenancy/tenants",
    "untagged_vlan": "ipam/vlans",
    "virtual_chassis": "dcim/virtual-chassis",
    "virtual_machine": "virtualization/virtual-machines",
    "virtual_machine_type": "virtualization/virtual-machine-types",
    "vlan": "ipam/vlans",
    "vrf": "ipam/vrfs",
}
TARGETS.update(
    {field: "ipam/ip-addresses" for field in ("primary_ip", "primary_ip4", "primary_ip6", "oob_ip", "nat_inside")}
)
SPECIAL_TARGETS: dict[tuple[str, str], str | None] = {
    ("dcim/racks", "role"): "dcim/rack-roles",
    ("dcim/sites", "group"): "dcim/site-groups",
    ("ipam/asns", "role"): "ipam/roles",
    # This field is a choice.
    ("ipam/ip-addresses", "role"): None,
    ("ipam/prefixes", "role"): "ipam/roles",
    ("ipam/vlans", "group"): "ipam/vlan-groups",
    ("ipam/vlans", "role"): "ipam/roles",
    ("tenancy/contact-assignments", "role"): "tenancy/contact-roles",
    ("tenancy/tenants", "group"): "tenancy/tenant-groups",
    ("virtualization/clusters", "group"): "virtualization/cluster-groups",
    ("virtualization/clusters", "type"): "virtualization/cluster-types",
}


def endpoint_of(name: str, version: str = "") -> Endpoint:
    """Return the properties of an endpoint. For a plugin's endpoint, derive them from its name."""
    if version.startswith("4.7") and name in SINCE_4_7:
        return SINCE_4_7[name]
    if name in ENDPOINTS or name in PLUGINS:
        return ENDPOINTS.get(name) or PLUGINS[name]
    words = re.sub(r"ies$", "y", re.sub(r"(?<![su])s$", "", name.rsplit("/", 1)[-1])).split("-")
    return Endpoint("".join(word.capitalize() for word in words), ORGANIZATIONAL, ("id",))


def target_of(endpoint: str, field: str) -> str | None:
    """Return the endpoint of the field's nested objects, or None if there are none."""
    if field in ("parent", "bridge", "lag"):
        return endpoint
    return SPECIAL_TARGETS.get((endpoint, field), TARGETS.get(field))


def type_of(endpoint: str) -> str:
    """Return the object type in NetBox's form, such as dcim.device."""
    return f"{endpoint.split('/')[-2]}.{endpoint_of(endpoint).model.lower()}"
