# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Create the objects of a described estate in a real NetBox through its REST API."""

from __future__ import annotations

import typing as t

import requests

from ansible_collections.netbox.cursor.tests.laws.described import DEVICE, VM, Described, Thing, name_of

Row = dict[str, t.Any]

# Endpoints whose objects this program deletes, in an order that NetBox allows.
DELETED = (
    *("ipam/services", "virtualization/virtual-disks", "ipam/prefixes", "ipam/ip-addresses", "dcim/mac-addresses"),
    *("virtualization/interfaces", "dcim/interfaces", "virtualization/virtual-machines", "dcim/virtual-chassis"),
    *("dcim/devices", "virtualization/clusters", "virtualization/cluster-groups", "virtualization/cluster-types"),
    *("extras/config-contexts", "extras/custom-fields", "extras/custom-field-choice-sets", "ipam/vlans", "ipam/vrfs"),
    *("dcim/racks", "dcim/rack-roles", "dcim/device-types", "dcim/platforms", "dcim/manufacturers"),
    *("dcim/device-roles", "dcim/locations", "dcim/sites", "dcim/regions", "dcim/site-groups", "tenancy/tenants"),
    *("tenancy/tenant-groups", "extras/tags"),
)


class Refused(Exception):
    """NetBox rejected a request, or contains objects that this program must not delete."""


class Server:
    """Sends requests to a NetBox. The token's user needs every permission."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url.rstrip("/")
        self._session = requests.Session()
        scheme = "Bearer" if token.startswith("nbt_") else "Token"
        self._session.headers["Authorization"] = f"{scheme} {token}"

    def request(self, method: str, endpoint: str, **options: t.Any) -> t.Any:
        answer = self._session.request(method, f"{self.url}/api/{endpoint}/", timeout=120, **options)
        if answer.status_code >= 400:
            raise Refused(f"{method} {endpoint}: {answer.status_code} {answer.text[:500]}")
        return answer.json() if answer.content else None

    def rows(self, endpoint: str) -> list[Row]:
        found: list[Row] = []
        while True:
            query = {"limit": "1000", "offset": str(len(found)), "ordering": "id"}
            page = self.request("GET", endpoint, params=query)
            found += page["results"]
            if page["next"] is None:
                return found


def clean(server: Server, described: Described) -> None:
    """Delete all objects in the lists of `DELETED`, which an earlier run created.

    Raise Refused if NetBox contains sites that do not belong to the estate.
    """
    own = {site["slug"] for site in described.sites}
    others = sorted({site["slug"] for site in server.rows("dcim/sites")} - own)
    if others:
        raise Refused(f"This NetBox is in use: it has the sites {', '.join(others[:5])}. Use an empty one.")
    for row in server.rows("dcim/virtual-chassis"):
        server.request("PATCH", f"dcim/virtual-chassis/{row['id']}", json={"master": None})
    for endpoint in DELETED:
        rows = server.rows(endpoint)
        # Delete children before their parents.
        rows.sort(key=lambda row: (-row.get("_depth", 0), -row["id"]))
        for row in rows:
            server.request("DELETE", f"{endpoint}/{row['id']}")


def fill(server: Server, described: Described) -> None:
    """Replace the objects in NetBox with the objects of an estate."""
    clean(server, described)
    Filling(server, described).run()


class Filling:
    """Creates the objects of an estate. It creates each object before the objects that refer to it."""

    def __init__(self, server: Server, described: Described) -> None:
        self._server = server
        self._described = described
        # The IDs of the created objects, for each list of the description and in its order.
        self._ids: dict[str, list[int]] = {}
        self._addresses: dict[str, int] = {}

    def run(self) -> None:
        self._places()
        self._organization()
        self._definitions()
        self._hosts("devices", "dcim/devices")
        self._hosts("virtual_machines", "virtualization/virtual-machines")
        self._chassis()
        self._finish("devices", "dcim/devices")
        self._finish("virtual_machines", "virtualization/virtual-machines")
        for thing in self._described.prefixes:
            where = next((name for name in ("site", "location", "region") if name in thing), None)
            scope = {"scope_type": f"dcim.{where}", "scope_id": self._ids[f"{where}s"][thing[where]]} if where else {}
            self._create("ipam/prefixes", {"prefix": thing["prefix"], **scope, **self._refer(thing, vlan="vlans")})

    def _create(self, endpoint: str, fields: Row) -> int:
        return int(self._server.request("POST", endpoint, json=fields)["id"])

    def _list(self, name: str, endpoint: str, make: t.Callable[[Thing], Row]) -> None:
        self._ids[name] = []
        for thing in getattr(self._described, name):
            self._ids[name].append(self._create(endpoint, make(thing)))

    def _refer(self, thing: Thing, **targets: str) -> Row:
        """Return the IDs of the objects that `thing` refers to by list index."""
        found: Row = {}
        for field, name in targets.items():
            value = thing.get(field)
            if isinstance(value, (list, tuple)):
                found[field] = [self._ids[name][place] for place in value]
            elif value is not None:
                found[field] = self._ids[name][value]
        return found

    def _slugs(self, name: str, endpoint: str, **targets: str) -> None:
        self._list(
            name,
            endpoint,
            lambda thing: {"name": name_of(thing), "slug": thing["slug"], **self._refer(thing, **targets)},
        )

    def _places(self) -> None:
        self._slugs("tenant_groups", "tenancy/tenant-groups", parent="tenant_groups")
        self._slugs("tenants", "tenancy/tenants", group="tenant_groups")
        self._slugs("tags", "extras/tags")
        self._slugs("regions", "dcim/regions", parent="regions")
        self._slugs("site_groups", "dcim/site-groups", parent="site_groups")
        self._list(
            "sites",
            "dcim/sites",
            lambda thing: {
                "name": name_of(thing),
                "slug": thing["slug"],
                "status": thing.get("status", "active"),
                "time_zone": thing.get("time_zone"),
                "facility": thing.get("facility", ""),
                **self._refer(thing, region="regions", group="site_groups", tenant="tenants"),
            },
        )
        self._slugs("locations", "dcim/locations", parent="locations", site="sites")
        self._slugs("rack_roles", "dcim/rack-roles")
        self._list(
            "racks",
            "dcim/racks",
            lambda thing: {
                "name": thing["name"],
                **self._refer(thing, site="sites", location="locations", role="rack_roles"),
            },
        )

    def _organization(self) -> None:
        self._slugs("manufacturers", "dcim/manufacturers")
        self._list(
            "device_types",
            "dcim/device-types",
            lambda thing: {
                "model": thing.get("model", name_of(thing)),
                "slug": thing["slug"],
                **self._refer({"manufacturer": 0, **thing}, manufacturer="manufacturers"),
            },
        )
        self._slugs("roles", "dcim/device-roles", parent="roles")
        self._slugs("platforms", "dcim/platforms", parent="platforms", manufacturer="manufacturers")
        self._slugs("cluster_types", "virtualization/cluster-types")
        self._slugs("cluster_groups", "virtualization/cluster-groups")
        self._list(
            "clusters",
            "virtualization/clusters",
            lambda thing: {
                "name": thing["name"],
                **self._refer({"type": 0, **thing}, type="cluster_types", group="cluster_groups"),
                **(
                    {"scope_type": "dcim.site", "scope_id": self._ids["sites"][thing["site"]]}
                    if "site" in thing
                    else {}
                ),
            },
        )
        self._list("vrfs", "ipam/vrfs", lambda thing: {"name": thing["name"], "rd": thing.get("rd")})
        self._list("vlans", "ipam/vlans", lambda thing: {"name": thing["name"], "vid": thing["vid"]})

    def _definitions(self) -> None:
        """Create custom fields and config contexts."""
        choices = [[value, value.upper()] for value in ("t1", "t2", "t3")]
        choice_set = self._create("extras/custom-field-choice-sets", {"name": "Tier", "extra_choices": choices})
        types = {"tenants": "tenancy.tenant", "sites": "dcim.site", "devices": DEVICE, "tags": "extras.tag"}

        def custom_field(thing: Thing) -> Row:
            kinds = ((DEVICE, "devices"), (VM, "virtual_machines"))
            fields = {
                "name": thing["name"],
                "type": thing["type"],
                "object_types": [kind for kind, name in kinds if thing.get(name, True)],
            }
            if "select" in thing["type"]:
                fields["choice_set"] = choice_set
            if "of" in thing:
                fields["related_object_type"] = types[thing["of"]]
            return fields

        self._list("custom_fields", "extras/custom-fields", custom_field)
        for number, thing in enumerate(self._described.config_contexts):
            sites = [self._ids["sites"][thing["site"]]] if "site" in thing else []
            fields = {"name": f"context {number + 1}", "data": thing["data"], "weight": thing.get("weight", 0)}
            self._create("extras/config-contexts", {**fields, "sites": sites, "is_active": True})

    def _hosts(self, name: str, endpoint: str) -> None:
        """Create hosts and their components.

        `_chassis` and `_finish` set the references to objects that do not exist yet.
        """
        refer = {"site": "sites", "role": "roles", "tenant": "tenants", "platform": "platforms", "cluster": "clusters"}
        more: tuple[str, ...] = ("name", "status", "serial", "description", "comments")
        defaults: Thing = {}
        if name == "devices":
            refer.update(type="device_types", location="locations", rack="racks")
            more = (*more, "asset_tag", "position", "face")
            defaults = {"site": 0, "role": 0, "type": 0}
        else:
            refer.update(device="devices")
            more = (*more, "vcpus", "memory", "disk")
        self._ids[name] = []
        for thing in getattr(self._described, name):
            fields = {
                **{key: thing[key] for key in more if key in thing},
                **self._refer({**defaults, **thing}, **refer),
            }
            if "type" in fields:
                fields["device_type"] = fields.pop("type")
            fields["tags"] = self._refer(thing, tags="tags").get("tags", [])
            fields["local_context_data"] = thing.get("context")
            self._ids[name].append(self._create(endpoint, fields))
        for place, thing in enumerate(getattr(self._described, name)):
            self._components(name, place, thing)

    def _components(self, name: str, place: int, thing: Thing) -> None:
        of_device = name == "devices"
        owner = {"device" if of_device else "virtual_machine": self._ids[name][place]}
        endpoint = "dcim/interfaces" if of_device else "virtualization/interfaces"
        kind = "dcim.interface" if of_device else "virtualization.vminterface"
        made: list[int] = []
        for each in thing.get("interfaces", ()):
            plain = {key: each[key] for key in ("name", "enabled", "description", "mtu", "mode") if key in each}
            if of_device:
                plain["type"] = each.get("type", "1000base-t")
                plain.update({key: each[key] for key in ("label", "mgmt_only") if key in each})
            plain.update(self._refer(each, untagged_vlan="vlans", tagged_vlans="vlans", vrf="vrfs", tags="tags"))
            plain.update({key: made[each[key]] for key in ("lag", "parent") if key in each})
            made.append(self._create(endpoint, {**plain, **owner}))
            to = {"assigned_object_type": kind, "assigned_object_id": made[-1]}
            macs = [self._create("dcim/mac-addresses", {"mac_address": mac, **to}) for mac in each.get("macs", ())]
            if macs and each.get("primary_mac", True):
                self._server.request("PATCH", f"{endpoint}/{made[-1]}", json={"primary_mac_address": macs[0]})
            for address in each.get("addresses", ()):
                self._address(address, to)
        if "outside" in thing:
            self._address(thing["outside"], {})
        for service in thing.get("services", ()):
            parent = {"parent_object_type": DEVICE if of_device else VM, "parent_object_id": next(iter(owner.values()))}
            fields = {"name": service["name"], "ports": service.get("ports", [22])}
            self._create("ipam/services", {**fields, "protocol": service.get("protocol", "tcp"), **parent})
        for number, disk in enumerate(thing.get("disks", ())):
            self._create("virtualization/virtual-disks", {"name": f"disk{number}", "size": disk["size"], **owner})

    def _address(self, thing: Thing, to: Row) -> None:
        names: tuple[str, ...] = ("address", "dns_name", "description", "status", "role")
        plain = {key: thing[key] for key in names if key in thing}
        plain.update(self._refer(thing, vrf="vrfs", tenant="tenants", tags="tags"))
        if "nat_inside" in thing:
            plain["nat_inside"] = self._addresses[thing["nat_inside"]]
        self._addresses[thing["address"]] = self._create("ipam/ip-addresses", {**plain, **to})

    def _chassis(self) -> None:
        self._list("chassis", "dcim/virtual-chassis", lambda thing: {"name": thing["name"]})
        for place, thing in enumerate(self._described.devices):
            if "chassis" in thing:
                fields = {
                    "virtual_chassis": self._ids["chassis"][thing["chassis"]],
                    "vc_position": thing["vc_position"],
                }
                self._server.request("PATCH", f"dcim/devices/{self._ids['devices'][place]}", json=fields)
        for place, thing in enumerate(self._described.chassis):
            if "master" in thing:
                master = {"master": self._ids["devices"][thing["master"]]}
                self._server.request("PATCH", f"dcim/virtual-chassis/{self._ids['chassis'][place]}", json=master)

    def _finish(self, name: str, endpoint: str) -> None:
        """Set the primary and out-of-band addresses and the custom fields of hosts.

        A custom field can refer to any device, so all devices must exist.
        """
        kinds = {field["name"]: field for field in self._described.custom_fields}
        for place, thing in enumerate(getattr(self._described, name)):
            addresses = ("primary_ip4", "primary_ip6", "oob_ip")
            fields: Row = {key: self._addresses[thing[key]] for key in addresses if key in thing}
            values: Row = {}
            for key, value in thing.get("custom_fields", {}).items():
                of = kinds[key].get("of")
                if of and isinstance(value, list):
                    value = [self._ids[of][one] for one in value]
                values[key] = self._ids[of][value] if of and isinstance(value, int) else value
            if values:
                fields["custom_fields"] = values
            if fields:
                self._server.request("PATCH", f"{endpoint}/{self._ids[name][place]}", json=fields)
