# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Config contexts: select the contexts that apply to a device or virtual machine, and merge their data."""

from __future__ import annotations

import typing as t

from ._relations import DEVICE, MACHINE
from ._tables import Estate, Row, key

ENDPOINT = "extras/config-contexts"
HOSTS = (DEVICE, MACHINE)
# Endpoints whose objects decide which contexts apply.
INPUTS = (
    ENDPOINT,
    *HOSTS,
    "dcim/device-roles",
    "dcim/locations",
    "dcim/platforms",
    "dcim/regions",
    "dcim/site-groups",
    "dcim/sites",
    "extras/tags",
    "tenancy/tenants",
    "virtualization/clusters",
)


def context_of(estate: Estate, endpoint: str, host: Row) -> Row:
    """Return the config context of a device or virtual machine."""
    contexts = [row for row in estate.get(ENDPOINT).values() if row["is_active"]]
    data: Row = {}
    if contexts:
        places = _places(estate, endpoint, host)
        contexts.sort(key=lambda row: (row["weight"], row["name"]))
        for context in contexts:
            if all(_applies(context.get(field) or [], ids) for field, ids in places.items()):
                data = merged(data, context["data"])
    return merged(data, host.get("local_context_data") or {})


def _applies(wanted: list[t.Any], ids: set[int]) -> bool:
    return not wanted or any(_identity(each) in ids for each in wanted)


def _identity(value: t.Any) -> t.Any:
    return value if isinstance(value, str) else key(value)


def _places(estate: Estate, endpoint: str, host: Row) -> dict[str, set[t.Any]]:
    """Return the objects to which a context can refer, by its fields."""
    site = _row(estate, "dcim/sites", host.get("site"))
    cluster = _row(estate, "virtualization/clusters", host.get("cluster"))
    tenant = _row(estate, "tenancy/tenants", host.get("tenant"))
    is_device = endpoint == DEVICE
    return {
        "regions": _ancestors(estate, "dcim/regions", site.get("region")),
        "site_groups": _ancestors(estate, "dcim/site-groups", site.get("group")),
        "sites": _one(host.get("site")),
        "locations": _ancestors(estate, "dcim/locations", host.get("location")) if is_device else set(),
        "device_types": _one(host.get("device_type")) if is_device else set(),
        "roles": _ancestors(estate, "dcim/device-roles", host.get("role")),
        "platforms": _ancestors(estate, "dcim/platforms", host.get("platform")),
        "cluster_types": _one(cluster.get("type")),
        "cluster_groups": _one(cluster.get("group")),
        "clusters": _one(host.get("cluster")),
        # Only the group itself, because NetBox 4.6 ignores its parent groups.
        "tenant_groups": _one(tenant.get("group")),
        "tenants": _one(host.get("tenant")),
        "tags": {tag["slug"] for tag in host.get("tags") or ()},
    }


def _row(estate: Estate, endpoint: str, nested: t.Any) -> Row:
    return estate.get(endpoint).get(key(nested), {}) if nested else {}


def _one(nested: t.Any) -> set[int]:
    return {key(nested)} if nested else set()


def _ancestors(estate: Estate, endpoint: str, nested: t.Any) -> set[int]:
    """Return the object and its parents."""
    found: set[int] = set()
    table = estate.get(endpoint)
    while nested and key(nested) not in found:
        found.add(key(nested))
        nested = table.get(key(nested), {}).get("parent")
    return found


def merged(original: Row, new: Row) -> Row:
    """Merge two dictionaries recursively. If both contain a value, the new value is used."""
    result = dict(original)
    for name, value in new.items():
        if isinstance(result.get(name), dict) and isinstance(value, dict):
            result[name] = merged(result[name], value)
        else:
            result[name] = value
    return result
