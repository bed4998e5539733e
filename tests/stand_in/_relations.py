# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fields of each endpoint that refer to other objects, and the effect of deleting those objects.

The tables follow the models of NetBox 4.6.8. `changes.json` in the recordings shows the effects on real servers.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reference:
    """A field that contains an object, or a list of objects, of another endpoint.

    `deleted` is the effect of deleting the other object:

    * `protect`: NetBox refuses to delete it.
    * `cascade`: NetBox deletes the objects that refer to it, with a record for each.
    * `unset`: NetBox removes the reference, with a record for the object that contained it.
    * `unset silently`: NetBox removes the reference without a record. Django has no reverse relation for these fields.
    """

    target: str
    deleted: str
    many: bool = False


def _fields(deleted: str, targets: dict[str, str], many: bool = False) -> dict[str, Reference]:
    return {field: Reference(target, deleted, many) for field, target in targets.items()}


def _protect(**targets: str) -> dict[str, Reference]:
    return _fields("protect", targets)


def _cascade(**targets: str) -> dict[str, Reference]:
    return _fields("cascade", targets)


def _unset(**targets: str) -> dict[str, Reference]:
    return _fields("unset", targets)


def _unset_silently(**targets: str) -> dict[str, Reference]:
    return _fields("unset silently", targets)


def _many(**targets: str) -> dict[str, Reference]:
    return _fields("unset", targets, many=True)


DEVICE = "dcim/devices"
INTERFACE = "dcim/interfaces"
MACHINE = "virtualization/virtual-machines"
VM_INTERFACE = "virtualization/interfaces"
ADDRESS = "ipam/ip-addresses"
SITE = "dcim/sites"
LOCATION = "dcim/locations"
TENANT = "tenancy/tenants"

_TENANT = _protect(tenant=TENANT)
_COMPONENT = {**_cascade(device=DEVICE, module="dcim/modules"), **_unset_silently(cable="dcim/cables")}

_RELATIONS: dict[str, dict[str, Reference]] = {
    "dcim/cables": _TENANT,
    "dcim/console-ports": _COMPONENT,
    "dcim/device-bays": {**_cascade(device=DEVICE), **_unset_silently(installed_device=DEVICE)},
    "dcim/device-roles": {
        **_cascade(parent="dcim/device-roles"),
        **_protect(config_template="extras/config-templates"),
    },
    "dcim/device-types": {
        **_protect(manufacturer="dcim/manufacturers"),
        **_unset_silently(default_platform="dcim/platforms"),
    },
    DEVICE: {
        **_TENANT,
        **_protect(
            device_type="dcim/device-types",
            role="dcim/device-roles",
            site=SITE,
            location=LOCATION,
            rack="dcim/racks",
            config_template="extras/config-templates",
        ),
        **_unset(
            platform="dcim/platforms",
            cluster="virtualization/clusters",
            virtual_chassis="dcim/virtual-chassis",
            primary_ip4=ADDRESS,
            primary_ip6=ADDRESS,
            oob_ip=ADDRESS,
        ),
    },
    "dcim/front-ports": _COMPONENT,
    "dcim/interface-templates": _cascade(device_type="dcim/device-types", module_type="dcim/module-types"),
    INTERFACE: {
        **_COMPONENT,
        **_fields("protect", {"parent": INTERFACE}),
        **_unset(bridge=INTERFACE, lag=INTERFACE, untagged_vlan="ipam/vlans", qinq_svlan="ipam/vlans", vrf="ipam/vrfs"),
        **_unset_silently(primary_mac_address="dcim/mac-addresses"),
        **_many(tagged_vlans="ipam/vlans"),
    },
    "dcim/inventory-items": {
        **_cascade(device=DEVICE, parent="dcim/inventory-items"),
        **_protect(manufacturer="dcim/manufacturers"),
    },
    LOCATION: {**_TENANT, **_cascade(parent=LOCATION, site=SITE)},
    "dcim/module-bays": _cascade(device=DEVICE, module="dcim/modules"),
    "dcim/module-types": _protect(manufacturer="dcim/manufacturers"),
    "dcim/modules": {
        **_cascade(device=DEVICE, module_bay="dcim/module-bays"),
        **_protect(module_type="dcim/module-types"),
    },
    "dcim/platforms": {
        **_cascade(parent="dcim/platforms"),
        **_protect(manufacturer="dcim/manufacturers", config_template="extras/config-templates"),
    },
    "dcim/rack-reservations": {**_cascade(rack="dcim/racks"), **_TENANT},
    "dcim/racks": {**_TENANT, **_protect(site=SITE, role="dcim/rack-roles"), **_unset(location=LOCATION)},
    "dcim/rear-ports": _COMPONENT,
    "dcim/regions": _cascade(parent="dcim/regions"),
    "dcim/site-groups": _cascade(parent="dcim/site-groups"),
    SITE: {**_TENANT, **_unset(region="dcim/regions", group="dcim/site-groups"), **_many(asns="ipam/asns")},
    "dcim/virtual-chassis": _protect(master=DEVICE),
    "extras/config-contexts": _many(
        regions="dcim/regions",
        site_groups="dcim/site-groups",
        sites=SITE,
        locations=LOCATION,
        device_types="dcim/device-types",
        roles="dcim/device-roles",
        platforms="dcim/platforms",
        cluster_types="virtualization/cluster-types",
        cluster_groups="virtualization/cluster-groups",
        clusters="virtualization/clusters",
        tenant_groups="tenancy/tenant-groups",
        tenants=TENANT,
    ),
    "extras/custom-fields": _protect(choice_set="extras/custom-field-choice-sets"),
    "ipam/asn-ranges": {**_TENANT, **_protect(rir="ipam/rirs")},
    "ipam/asns": {**_TENANT, **_protect(rir="ipam/rirs")},
    "ipam/fhrp-group-assignments": _cascade(group="ipam/fhrp-groups"),
    ADDRESS: {**_TENANT, **_protect(vrf="ipam/vrfs"), **_unset(nat_inside=ADDRESS)},
    "ipam/prefixes": {**_TENANT, **_protect(vrf="ipam/vrfs", vlan="ipam/vlans")},
    "ipam/services": _many(ipaddresses=ADDRESS),
    "ipam/vlan-groups": _TENANT,
    "ipam/vlans": {**_TENANT, **_protect(site=SITE, group="ipam/vlan-groups", qinq_svlan="ipam/vlans")},
    "ipam/vrfs": _TENANT,
    "tenancy/contact-assignments": _protect(contact="tenancy/contacts", role="tenancy/contact-roles"),
    "tenancy/tenant-groups": _cascade(parent="tenancy/tenant-groups"),
    TENANT: _unset(group="tenancy/tenant-groups"),
    "users/owners": _protect(group="users/owner-groups"),
    "virtualization/clusters": {
        **_TENANT,
        **_protect(type="virtualization/cluster-types", group="virtualization/cluster-groups"),
    },
    VM_INTERFACE: {
        **_cascade(virtual_machine=MACHINE),
        **_fields("protect", {"parent": VM_INTERFACE}),
        **_unset(bridge=VM_INTERFACE, untagged_vlan="ipam/vlans", qinq_svlan="ipam/vlans", vrf="ipam/vrfs"),
        **_unset_silently(primary_mac_address="dcim/mac-addresses"),
        **_many(tagged_vlans="ipam/vlans"),
    },
    "virtualization/virtual-disks": _cascade(virtual_machine=MACHINE),
    "virtualization/virtual-machine-types": _unset_silently(default_platform="dcim/platforms"),
    MACHINE: {
        **_TENANT,
        **_protect(
            virtual_machine_type="virtualization/virtual-machine-types",
            site=SITE,
            cluster="virtualization/clusters",
            device=DEVICE,
            role="dcim/device-roles",
            config_template="extras/config-templates",
        ),
        **_unset(platform="dcim/platforms", primary_ip4=ADDRESS, primary_ip6=ADDRESS),
    },
}

# Endpoints whose objects have no owner.
_WITHOUT_OWNER = ("dcim/interface-templates", "ipam/fhrp-group-assignments", "users/")
RELATIONS = {
    endpoint: fields if endpoint.startswith(_WITHOUT_OWNER) else {**fields, **_protect(owner="users/owners")}
    for endpoint, fields in _RELATIONS.items()
}


@dataclass(frozen=True)
class AnyReference:
    """Fields that refer to an object of any type. If NetBox deletes this object, it deletes the rows as well."""

    kind: str
    pk: str
    shown: str


ANY_RELATIONS = {
    "dcim/mac-addresses": AnyReference("assigned_object_type", "assigned_object_id", "assigned_object"),
    "extras/image-attachments": AnyReference("object_type", "object_id", "parent"),
    "extras/journal-entries": AnyReference("assigned_object_type", "assigned_object_id", "assigned_object"),
    "ipam/fhrp-group-assignments": AnyReference("interface_type", "interface_id", "interface"),
    ADDRESS: AnyReference("assigned_object_type", "assigned_object_id", "assigned_object"),
    "ipam/prefixes": AnyReference("scope_type", "scope_id", "scope"),
    "ipam/services": AnyReference("parent_object_type", "parent_object_id", "parent"),
    "ipam/vlan-groups": AnyReference("scope_type", "scope_id", "scope"),
    "tenancy/contact-assignments": AnyReference("object_type", "object_id", "object"),
    "virtualization/clusters": AnyReference("scope_type", "scope_id", "scope"),
}
# Endpoints whose objects form trees.
TREES = (
    "dcim/device-roles",
    "dcim/locations",
    "dcim/platforms",
    "dcim/regions",
    "dcim/site-groups",
    "tenancy/tenant-groups",
)
# Endpoints without change records.
NOT_LOGGED = ("users/owners", "users/owner-groups")


def _referring() -> dict[str, list[tuple[str, str]]]:
    """Return the endpoints and fields that refer to each endpoint."""
    referring: dict[str, list[tuple[str, str]]] = {}
    for endpoint, fields in RELATIONS.items():
        for field, reference in fields.items():
            referring.setdefault(reference.target, []).append((endpoint, field))
    return referring


REFERRING = _referring()
