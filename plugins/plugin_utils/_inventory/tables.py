# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Define every list that the inventory can read: hosts, objects that hosts refer to, and objects that hosts own."""

from __future__ import annotations

import dataclasses
import ipaddress
import typing as t

from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row

Owner = t.Optional[tuple[str, int]]


class Listed(t.NamedTuple):
    """A list that both APIs can return: its REST endpoint, its GraphQL field, and the type of its objects."""

    endpoint: str
    name: str
    model: str


# The lists of hosts, by kind of host.
HOSTS = {
    "devices": Listed("dcim/devices", "device_list", "dcim.device"),
    "virtual_machines": Listed(
        "virtualization/virtual-machines", "virtual_machine_list", "virtualization.virtualmachine"
    ),
}
# The fields of hosts that contain an IP address.
ADDRESS_FIELDS = ("primary_ip", "primary_ip4", "primary_ip6", "oob_ip")
KIND_OF_MODEL = {listed.model: kind for kind, listed in HOSTS.items()}


def id_filter(kind: str) -> str:
    """Return the REST filter that selects objects by the ID of the host that they belong to."""
    return f"{kind[:-1]}_id"


@dataclasses.dataclass(frozen=True)
class Related:
    """A list of objects other than hosts.

    * ``model``: the type of the objects.
    * ``whole``: whether the list is always read completely, because it is short and its objects have parents.
    * ``field``: the host field that refers to an object in this list.
    * ``kinds``: the kinds of hosts that an object in this list can belong to.
    * ``owner``: a function that returns the owner of a row: the kind and the ID of a host, or ``("sites", id)``.
    * ``graphql``: the name of the GraphQL list, if GraphQL is used.
    * ``references``: the types of objects that the fields refer to. If such an object changes, the field can change.
    * ``order``: the key of NetBox's default order, if variables of netbox.netbox contain the objects in this order.
    * ``label``: the plural noun for these objects in messages.
    """

    name: str
    endpoint: str
    model: str
    whole: bool = False
    field: str | None = None
    kinds: tuple[str, ...] = ()
    owner: t.Callable[[Row], Owner] | None = None
    graphql: str | None = None
    references: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    order: t.Callable[[Row], t.Any] | None = None

    def owner_of(self, row: Row) -> Owner:
        """Return the kind and ID of a row's owner, or ``None``."""
        return self.owner(row) if self.owner else None

    @property
    def label(self) -> str:
        return self.endpoint.rpartition("/")[2].replace("-", " ")


def _owned_by(kind: str) -> t.Callable[[Row], Owner]:
    def owner(row: Row) -> Owner:
        host = row.get(kind[:-1])
        return (kind, host["id"]) if host else None

    return owner


def _service_owner(row: Row) -> Owner:
    kind = KIND_OF_MODEL.get(row.get("parent_object_type") or "")
    return (kind, row["parent_object_id"]) if kind else None


def _prefix_owner(row: Row) -> Owner:
    return ("sites", row["scope_id"]) if row.get("scope_type") == "dcim.site" else None


def _order_of_addresses(row: Row) -> tuple[int, int]:
    host = ipaddress.ip_interface(row["address"]).ip
    return host.version, int(host)


def _order_of_prefixes(row: Row) -> tuple[int, int, int, int]:
    # NetBox sorts by VRF first (ipam/models/ip.py).
    network = ipaddress.ip_network(row["prefix"], strict=False)
    vrf = row["vrf"]["id"] if row.get("vrf") else 0
    return vrf, network.version, int(network.network_address), network.prefixlen


OF_INTERFACES = {
    **dict.fromkeys(("untagged_vlan", "tagged_vlans", "qinq_svlan"), "ipam.vlan"),
    "vrf": "ipam.vrf",
    "tags": "extras.tag",
    "vlan_translation_policy": "ipam.vlantranslationpolicy",
    "primary_mac_address": "dcim.macaddress",
}
TABLES: dict[str, Related] = {
    table.name: table
    for table in (
        Related(
            "sites",
            "dcim/sites",
            "dcim.site",
            field="site",
            references={"region": "dcim.region", "group": "dcim.sitegroup"},
        ),
        Related("regions", "dcim/regions", "dcim.region", whole=True),
        Related("site_groups", "dcim/site-groups", "dcim.sitegroup", whole=True),
        Related("locations", "dcim/locations", "dcim.location", field="location", references={"site": "dcim.site"}),
        Related("roles", "dcim/device-roles", "dcim.devicerole", whole=True, field="role"),
        Related(
            "platforms",
            "dcim/platforms",
            "dcim.platform",
            whole=True,
            field="platform",
            references={"manufacturer": "dcim.manufacturer"},
        ),
        Related("tenants", "tenancy/tenants", "tenancy.tenant", field="tenant"),
        Related("tenant_groups", "tenancy/tenant-groups", "tenancy.tenantgroup", whole=True),
        Related("racks", "dcim/racks", "dcim.rack", field="rack", references={"role": "dcim.rackrole"}),
        Related(
            "clusters",
            "virtualization/clusters",
            "virtualization.cluster",
            field="cluster",
            references={"type": "virtualization.clustertype", "group": "virtualization.clustergroup"},
        ),
        # NetBox 4.5 returns DNS names only in this list. Later versions also return them in a host's primary address.
        Related("dns_names", "ipam/ip-addresses", "ipam.ipaddress", field="primary_ip"),
        # The fields of primary addresses that hosts do not contain, and the addresses that have the tag for gateways.
        Related("primary_addresses", "ipam/ip-addresses", "ipam.ipaddress"),
        Related("gateways", "ipam/ip-addresses", "ipam.ipaddress"),
        Related(
            "interfaces",
            "dcim/interfaces",
            "dcim.interface",
            kinds=("devices",),
            owner=_owned_by("devices"),
            graphql="interface_list",
            references={**OF_INTERFACES, **dict.fromkeys(("lag", "parent", "bridge"), "dcim.interface")},
        ),
        Related(
            "vm_interfaces",
            "virtualization/interfaces",
            "virtualization.vminterface",
            kinds=("virtual_machines",),
            owner=_owned_by("virtual_machines"),
            graphql="vm_interface_list",
            references={**OF_INTERFACES, **dict.fromkeys(("parent", "bridge"), "virtualization.vminterface")},
        ),
        Related(
            "addresses",
            "ipam/ip-addresses",
            "ipam.ipaddress",
            kinds=("devices", "virtual_machines"),
            references={"vrf": "ipam.vrf"},
            order=_order_of_addresses,
        ),
        Related(
            "services",
            "ipam/services",
            "ipam.service",
            kinds=("devices", "virtual_machines"),
            owner=_service_owner,
        ),
        Related(
            "virtual_disks",
            "virtualization/virtual-disks",
            "virtualization.virtualdisk",
            kinds=("virtual_machines",),
            owner=_owned_by("virtual_machines"),
        ),
        # The data that the option `select` adds to hosts.
        Related("selected_devices", "dcim/devices", "dcim.device", kinds=("devices",)),
        Related(
            "selected_virtual_machines",
            "virtualization/virtual-machines",
            "virtualization.virtualmachine",
            kinds=("virtual_machines",),
        ),
        Related("prefixes", "ipam/prefixes", "ipam.prefix", owner=_prefix_owner, order=_order_of_prefixes),
    )
}
INTERFACES = {"devices": TABLES["interfaces"], "virtual_machines": TABLES["vm_interfaces"]}


def is_component(table: Related, row: Row) -> bool:
    """Return whether a row can belong to a host. IP addresses that do not belong to an interface cannot."""
    models = [interfaces.model for interfaces in INTERFACES.values()]
    return table.name != "addresses" or row.get("assigned_object_type") in models
