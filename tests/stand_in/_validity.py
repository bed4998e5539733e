# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Validation: reject a duplicate name, a cycle in a tree, a rack in two sites, and other errors, as NetBox does."""

from __future__ import annotations

import typing as t

from ._derived import ENDPOINT_OF_TYPE
from ._fields import REQUIRED, invalid
from ._lookups import with_descendants
from ._relations import ADDRESS, DEVICE, INTERFACE, LOCATION, MACHINE, SITE, TREES, VM_INTERFACE
from ._tables import Estate, Row, key

# Fields that must refer to another object, and the endpoints that require them.
NEEDS = {
    "device_type": (DEVICE,),
    "role": (DEVICE,),
    "site": (DEVICE, "dcim/racks", LOCATION),
    "device": (INTERFACE, "dcim/device-bays", "dcim/module-bays", "dcim/modules"),
    "virtual_machine": (VM_INTERFACE, "virtualization/virtual-disks"),
}
# Fields whose combined values must be unique. Rows are not checked if a field outside MAY_BE_NULL is null.
UNIQUE: dict[str, tuple[tuple[str, ...], ...]] = {
    **{endpoint: (("parent", "name"), ("parent", "slug")) for endpoint in TREES},
    LOCATION: (("site", "parent", "name"), ("site", "parent", "slug")),
    "dcim/device-bays": (("device", "name"),),
    "dcim/device-types": (("manufacturer", "model"), ("manufacturer", "slug")),
    DEVICE: (("site", "tenant", "name"), ("asset_tag",), ("virtual_chassis", "vc_position")),
    INTERFACE: (("device", "name"),),
    "dcim/manufacturers": (("name",), ("slug",)),
    "dcim/rack-roles": (("name",), ("slug",)),
    "dcim/racks": (("location", "name"),),
    SITE: (("name",), ("slug",)),
    "extras/config-contexts": (("name",),),
    "extras/custom-fields": (("name",),),
    "extras/tags": (("name",), ("slug",)),
    "tenancy/tenants": (("group", "name"), ("group", "slug")),
    "virtualization/cluster-groups": (("name",), ("slug",)),
    "virtualization/cluster-types": (("name",), ("slug",)),
    "virtualization/clusters": (("group", "name"),),
    VM_INTERFACE: (("virtual_machine", "name"),),
    "virtualization/virtual-disks": (("virtual_machine", "name"),),
    MACHINE: (("cluster", "tenant", "name"),),
}
# In PostgreSQL, null differs from null. For these fields, NetBox has a second constraint for rows without a value.
MAY_BE_NULL = ("parent", "tenant", "group")


def check(estate: Estate, endpoint: str, before: Row | None, row: Row) -> None:
    """Raise `Refused` if NetBox would not save this row."""
    for field, endpoints in NEEDS.items():
        if endpoint in endpoints and row.get(field) is None:
            raise invalid(field, REQUIRED if before is None else "This field may not be null.")
    for fields in UNIQUE.get(endpoint, ()):
        _check_unique(estate, endpoint, row, fields)
    if endpoint in TREES and row["parent"]:
        below = with_descendants(estate.get(endpoint), {row["id"]})
        if key(row["parent"]) in below:
            raise invalid("parent", "Cannot assign self or child as parent.")
    place = {LOCATION: _check_location, "dcim/racks": _check_rack, DEVICE: _check_device}.get(endpoint)
    if place:
        place(estate, row)
    if endpoint in (DEVICE, MACHINE):
        _check_primary(estate, endpoint, row)
    if endpoint in (INTERFACE, VM_INTERFACE):
        _check_interface(estate, endpoint, before, row)
    if before is None:
        return
    if endpoint == "virtualization/clusters" and before["scope_id"] != row["scope_id"]:
        _check_cluster(estate, row)
    if endpoint == ADDRESS:
        _check_address(estate, before, row)
    if endpoint == "extras/custom-field-choice-sets":
        _check_choices(estate, before, row)


def _check_unique(estate: Estate, endpoint: str, row: Row, fields: tuple[str, ...]) -> None:
    values = {field: key(row[field]) for field in fields}
    if any(value is None for field, value in values.items() if field not in MAY_BE_NULL):
        return
    table = estate.get(endpoint)
    # The last field has the most distinct values, so filter by it first.
    found = table.having(fields[-1], {values[fields[-1]]}) - {row["id"]}
    if any(all(key(table[pk].get(field)) == value for field, value in values.items()) for pk in found):
        raise invalid(fields[-1], f"{endpoint.rpartition('/')[2]} with this {fields[-1]} already exists.")


def _site(estate: Estate, endpoint: str, nested: t.Any) -> t.Any:
    return key(estate.get(endpoint).get(key(nested), {}).get("site"))


def _check_location(estate: Estate, row: Row) -> None:
    if row["parent"] and _site(estate, LOCATION, row["parent"]) != key(row["site"]):
        raise invalid("parent", "Parent location must belong to the same site.")


def _check_rack(estate: Estate, row: Row) -> None:
    if row["location"] and _site(estate, LOCATION, row["location"]) != key(row["site"]):
        raise invalid("location", "Assigned location must belong to parent site.")


def _check_device(estate: Estate, row: Row) -> None:
    site = key(row["site"])
    if row["location"] and _site(estate, LOCATION, row["location"]) != site:
        raise invalid("location", "Location does not belong to site.")
    if row["rack"]:
        rack = estate.get("dcim/racks").get(key(row["rack"]), {})
        if key(rack.get("site")) != site:
            raise invalid("rack", "Rack does not belong to site.")
        if row["location"] and rack.get("location") and key(rack["location"]) != key(row["location"]):
            raise invalid("rack", "Rack does not belong to location.")
    if row["cluster"]:
        cluster = estate.get("virtualization/clusters").get(key(row["cluster"]), {})
        place = site_of_scope(estate, cluster) if cluster else None
        if place not in (None, site):
            raise invalid("cluster", "The assigned cluster belongs to a different site.")
    chassis = estate.get("dcim/virtual-chassis")
    for pk in chassis.having("master", {row["id"]}):
        if key(row["virtual_chassis"]) != pk:
            text = "Device cannot be removed from virtual chassis because it is currently designated as its master."
            raise invalid("virtual_chassis", text)


def _check_primary(estate: Estate, endpoint: str, row: Row) -> None:
    addresses = estate.get(ADDRESS)
    for field, family in (("primary_ip4", 4), ("primary_ip6", 6), ("oob_ip", None)):
        pk = key(row.get(field))
        if pk is None or pk not in addresses:
            continue
        if family and addresses[pk]["family"]["value"] != family:
            raise invalid(field, f"The address is not an IPv{family} address.")
        owner = owner_of(estate, addresses[pk])
        chassis = row.get("virtual_chassis")
        members = estate.get(DEVICE).having("virtual_chassis", {key(chassis)}) if chassis else set()
        if owner != (endpoint, row["id"]) and not (owner and owner[0] == endpoint == DEVICE and owner[1] in members):
            raise invalid(field, "The specified IP address is not assigned to this device.")


def _check_interface(estate: Estate, endpoint: str, before: Row | None, row: Row) -> None:
    if before is not None and endpoint == INTERFACE and key(before["device"]) != key(row["device"]):
        raise invalid("device", "Components cannot be moved to a different device.")
    owner = "device" if endpoint == INTERFACE else "virtual_machine"
    table = estate.get(endpoint)
    for field in ("parent", "bridge", "lag"):
        other = table.get(key(row.get(field)), {}) if row.get(field) else {}
        if other and (key(other[owner]) != key(row[owner]) or other["id"] == row["id"]):
            raise invalid(field, f"The selected {field} interface belongs to a different {owner}.")
        if field == "lag" and other and other["type"]["value"] != "lag":
            raise invalid("lag", "The selected interface is not a LAG.")


def owner_of(estate: Estate, address: Row) -> tuple[str, int] | None:
    """Return the device or virtual machine whose interface has an IP address, or None."""
    endpoint = ENDPOINT_OF_TYPE.get(address["assigned_object_type"] or "")
    interface = estate.get(endpoint or "").get(address["assigned_object_id"], {})
    for field, owner in (("device", DEVICE), ("virtual_machine", MACHINE)):
        if interface.get(field):
            return owner, key(interface[field])
    return None


def site_of_scope(estate: Estate, row: Row) -> int | None:
    """Return the site of a cluster or prefix, if its scope is a site or a location."""
    if row["scope_type"] == "dcim.site":
        return t.cast(int, row["scope_id"])
    if row["scope_type"] == "dcim.location":
        return t.cast("int | None", _site(estate, LOCATION, row["scope_id"]))
    return None


def _check_cluster(estate: Estate, row: Row) -> None:
    site = site_of_scope(estate, row)
    devices = estate.get(DEVICE)
    others = [pk for pk in devices.having("cluster", {row["id"]}) if key(devices[pk]["site"]) != site]
    if site is not None and others:
        text = f"{len(others)} devices are assigned as hosts for this cluster but are not in site"
        raise invalid("scope", text)


def _check_address(estate: Estate, before: Row, row: Row) -> None:
    """Raise `Refused` if a primary IP address would move to another device or virtual machine."""
    owner = owner_of(estate, row)
    for endpoint in (DEVICE, MACHINE):
        table = estate.get(endpoint)
        for field in ("primary_ip4", "primary_ip6"):
            for pk in table.having(field, {before["id"]}):
                if owner not in ((endpoint, pk), owner_of(estate, before)):
                    text = "Cannot reassign IP address while it is designated as the primary IP for the parent object"
                    raise invalid("assigned_object", text)


def _check_choices(estate: Estate, before: Row, row: Row) -> None:
    removed = {value for value, _label in before["extra_choices"]} - {value for value, _label in row["extra_choices"]}
    for field in estate.get("extras/custom-fields").values():
        if key(field["choice_set"]) != row["id"]:
            continue
        for kind in field["object_types"]:
            for _pk, values in estate.get(ENDPOINT_OF_TYPE.get(kind, "")).column("custom_fields"):
                held = key((values or {}).get(field["name"]))
                if removed & set(held if isinstance(held, tuple) else (held,)):
                    raise invalid("extra_choices", f"Cannot remove choice(s) {removed} as there are objects")
