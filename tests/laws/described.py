# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Describe a small estate in a test, and build the rows that a NetBox returns for it.

Each list of :class:`Described` contains dictionaries. A reference to another object is the object's index in its list,
starting from 0. Fields that a dictionary does not contain have defaults, so a test writes only the fields that matter:

    Described(sites=[{"slug": "ber"}, {"slug": "par"}], devices=[{"name": "web1"}, {"name": "web1", "site": 1}])

The ID of an object is its index plus 1, unless the dictionary contains an ``id``. Every device needs a site, a role,
and a device type. If one of these lists is empty, the estate contains a default object. A device that does not name a
site, a role, or a device type gets the first one.
"""

from __future__ import annotations

import copy
import dataclasses
import functools
import ipaddress
import typing as t

from ansible_collections.netbox.cursor.tests.stand_in import NetBox, Settings, Table
from ansible_collections.netbox.cursor.tests.stand_in._endpoints import ENDPOINTS, endpoint_of, type_of
from ansible_collections.netbox.cursor.tests.stand_in._recorded import background_queues, recording
from ansible_collections.netbox.cursor.tests.stand_in._tables import HERE, Estate, Row

Thing = dict[str, t.Any]
Things = list[Thing]

MOMENT = "2026-11-20T20:27:55.045076Z"
# Fields whose recorded values describe only one object. The templates replace these values with empty strings.
TEXTS = ("description", "comments", "serial", "facility", "physical_address", "shipping_address", "dns_name", "label")
DEVICE, VM = "dcim.device", "virtualization.virtualmachine"
INTERFACE_KINDS = {"dcim/interfaces": "dcim.interface", "virtualization/interfaces": "virtualization.vminterface"}
CHOICES = ("t1", "t2", "t3")
LABELS = {"1000base-t": "1000BASE-T (1GE)", "lag": "Link Aggregation Group (LAG)", "tcp": "TCP", "udp": "UDP"}


@dataclasses.dataclass(repr=False)
class Described:
    """All objects of a small NetBox."""

    version: str = "4.6"
    # NetBox's setting PREFER_IPV4: whether the primary IPv4 address takes precedence over the primary IPv6 address.
    prefer_ipv4: bool = False
    # slug, name, parent
    regions: Things = dataclasses.field(default_factory=list)
    site_groups: Things = dataclasses.field(default_factory=list)
    tenant_groups: Things = dataclasses.field(default_factory=list)
    # slug, name, region, group, tenant, time_zone, facility, status, tags
    sites: Things = dataclasses.field(default_factory=list)
    # slug, name, site, parent
    locations: Things = dataclasses.field(default_factory=list)
    # slug, name
    rack_roles: Things = dataclasses.field(default_factory=list)
    # name, site, location, role
    racks: Things = dataclasses.field(default_factory=list)
    # slug, name
    manufacturers: Things = dataclasses.field(default_factory=list)
    # slug, model, manufacturer
    device_types: Things = dataclasses.field(default_factory=list)
    # slug, name, parent
    roles: Things = dataclasses.field(default_factory=list)
    # slug, name, parent, manufacturer
    platforms: Things = dataclasses.field(default_factory=list)
    # slug, name, group
    tenants: Things = dataclasses.field(default_factory=list)
    # slug, name
    tags: Things = dataclasses.field(default_factory=list)
    cluster_types: Things = dataclasses.field(default_factory=list)
    cluster_groups: Things = dataclasses.field(default_factory=list)
    # name, type, group, site
    clusters: Things = dataclasses.field(default_factory=list)
    # name, rd
    vrfs: Things = dataclasses.field(default_factory=list)
    # name, vid
    vlans: Things = dataclasses.field(default_factory=list)
    # name, type, of (for object types: the name of a list of this class), devices, virtual_machines (default: both)
    custom_fields: Things = dataclasses.field(default_factory=list)
    # data, weight, site
    config_contexts: Things = dataclasses.field(default_factory=list)
    # name, master (an index in devices)
    chassis: Things = dataclasses.field(default_factory=list)
    # name, site, role, type, platform, tenant, status, serial, asset_tag, location, rack, position, face, cluster,
    # chassis, vc_position, tags, custom_fields, context (local context data), description, comments, interfaces,
    # services, primary_ip4, primary_ip6, oob_ip (each an address that an interface or outside contains), outside (an
    # address without an interface)
    devices: Things = dataclasses.field(default_factory=list)
    # the fields of devices, except fields that only devices have, and: device, vcpus, memory, disk, disks
    virtual_machines: Things = dataclasses.field(default_factory=list)
    # prefix, one of site, location, region, and: vlan, vrf
    prefixes: Things = dataclasses.field(default_factory=list)

    def __repr__(self) -> str:
        """Return the expression that a test would contain."""
        blank = Described()
        given = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        named = (f"{name}={value!r}" for name, value in given.items() if value != getattr(blank, name))
        return f"Described({', '.join(named)})"

    def _repr_pretty_(self, printer: t.Any, dummy: bool) -> None:
        """Print the expression for hypothesis, which would otherwise print empty lists as well."""
        printer.text(repr(self))

    def netbox(self, **settings: t.Any) -> NetBox:
        """Return a mock NetBox that contains this estate. It does not listen on a port."""
        netbox = NetBox(Rows(self).estate(), Settings(version=self.version, **settings))
        dummy, derived = netbox.edits.tools()
        derived.prefer_ipv4 = self.prefer_ipv4
        return netbox


@functools.cache
def templates(version: str) -> dict[str, Row]:
    """Return one row per endpoint as this NetBox version returns it, without values that describe one object."""
    found: dict[str, Row] = {}
    for endpoint, rows in recording(version, "dataset").items():
        row = copy.deepcopy(rows[0])
        for field, value in row.items():
            if isinstance(value, list):
                row[field] = []
            elif field == "custom_fields":
                row[field] = {}
            elif isinstance(value, dict) and "id" in value:
                row[field] = None
            elif field.endswith("_count") or field.startswith("count_"):
                row[field] = 0
            elif field in TEXTS:
                row[field] = ""
        row.update(dict.fromkeys(("created", "last_updated"), MOMENT))
        found[endpoint] = row
    return found


@functools.cache
def object_types(version: str) -> Table:
    return Table("core/object-types", recording(version, "dataset")["core/object-types"])


@functools.cache
def nested_address_fields(version: str) -> tuple[str, ...]:
    """Return the fields of an address that this NetBox version shows inside another object."""
    devices = recording(version, "dataset")["dcim/devices"]
    return tuple(next(row["primary_ip4"] for row in devices if row["primary_ip4"]))


class Rows:
    """Builds the rows of a described estate.

    It builds the endpoints in sequence, so that the objects that a row refers to exist.
    """

    def __init__(self, described: Described) -> None:
        self._described = described
        self._version = described.version
        self._templates = templates(described.version)
        self._tables: dict[str, dict[int, Row]] = {}
        # The short form of objects that other objects contain, by endpoint and index in the description.
        self._shown: dict[str, list[Row]] = {}
        # Complete rows of addresses, by interface endpoint, host ID, and the address that the test wrote.
        self._addresses: dict[tuple[str, int, str], Row] = {}

    def estate(self) -> Estate:
        self._places()
        self._organization()
        self._hosts()
        self._prefixes()
        self._count()
        tables = {endpoint: Table(endpoint, rows.values()) for endpoint, rows in self._tables.items()}
        others = {table.endpoint: table for table in (object_types(self._version), *background_queues())}
        return Estate([tables.get(each) or others.get(each) or Table(each) for each in {**ENDPOINTS, **others}])

    # Rows

    def _make(self, endpoint: str, thing: Thing, display: str, **fields: t.Any) -> Row:
        rows = self._tables.setdefault(endpoint, {})
        pk = thing.get("id", len(rows) + 1)
        row: Row = {**self._templates[endpoint], **identity(endpoint, pk, display), **fields}
        if "name" in row and "name" not in fields:
            row["name"] = display
        rows[pk] = row
        return row

    def _show(self, endpoint: str, row: Row) -> Row:
        """Return the short form of the row that other rows contain. Its counts are 0."""
        if endpoint == "extras/tags":
            fields: tuple[str, ...] = ("id", "url", "display_url", "display", "name", "slug", "color")
        else:
            fields = endpoint_of(endpoint, self._version).brief
        shown = {field: 0 if field.endswith("_count") else row[field] for field in fields if field in row}
        self._shown.setdefault(endpoint, []).append(shown)
        return shown

    def _add(self, endpoint: str, thing: Thing, display: str, **fields: t.Any) -> Row:
        row = self._make(endpoint, thing, display, **fields)
        self._show(endpoint, row)
        return row

    def _one(self, endpoint: str, place: int | None) -> Row | None:
        return None if place is None else self._shown[endpoint][place]

    def _organizational(self, endpoint: str, listed: Things, **fields: t.Any) -> None:
        for thing in listed:
            self._add(endpoint, thing, name_of(thing), slug=thing["slug"], **fields)

    def _tree(self, endpoint: str, listed: Things, more: t.Callable[[Thing], Thing] = lambda thing: {}) -> None:
        rows: list[Row] = []
        for thing in listed:
            parent = rows[thing["parent"]] if thing.get("parent") is not None else None
            bare = ("id", "url", "display_url", "display", "name", "slug", "_depth")
            # NetBox shows the depth of the parent, except for platforms.
            shown = parent and {
                field: parent[field] for field in bare if endpoint != "dcim/platforms" or field != "_depth"
            }
            depth = parent["_depth"] + 1 if parent else 0
            rows.append(
                self._add(
                    endpoint, thing, name_of(thing), slug=thing["slug"], parent=shown, _depth=depth, **more(thing)
                )
            )

    # Places, tenants, and tags

    def _places(self) -> None:
        described = self._described
        self._tree("tenancy/tenant-groups", described.tenant_groups)
        for thing in described.tenants:
            group = self._one("tenancy/tenant-groups", thing.get("group"))
            self._add("tenancy/tenants", thing, name_of(thing), slug=thing["slug"], group=group)
        self._organizational("extras/tags", described.tags, color="4caf50")
        self._tree("dcim/regions", described.regions)
        self._tree("dcim/site-groups", described.site_groups)
        for thing in described.sites or [{"slug": "site"}]:
            self._add(
                "dcim/sites",
                thing,
                name_of(thing),
                slug=thing["slug"],
                region=self._one("dcim/regions", thing.get("region")),
                group=self._one("dcim/site-groups", thing.get("group")),
                tenant=self._one("tenancy/tenants", thing.get("tenant")),
                time_zone=thing.get("time_zone"),
                facility=thing.get("facility", ""),
                status=choice(thing.get("status", "active")),
                tags=self._tags(thing),
            )
        self._tree(
            "dcim/locations",
            described.locations,
            lambda thing: {"site": self._one("dcim/sites", thing.get("site", 0))},
        )
        self._organizational("dcim/rack-roles", described.rack_roles)
        for thing in described.racks:
            self._add(
                "dcim/racks",
                thing,
                thing["name"],
                site=self._one("dcim/sites", thing.get("site", 0)),
                location=self._one("dcim/locations", thing.get("location")),
                role=self._one("dcim/rack-roles", thing.get("role")),
            )

    def _organization(self) -> None:
        described = self._described
        self._organizational("dcim/manufacturers", described.manufacturers or [{"slug": "acme"}])
        for thing in described.device_types or [{"slug": "switch"}]:
            manufacturer = self._one("dcim/manufacturers", thing.get("manufacturer", 0))
            model = thing.get("model", name_of(thing))
            self._add("dcim/device-types", thing, model, slug=thing["slug"], model=model, manufacturer=manufacturer)
        self._tree("dcim/device-roles", described.roles or [{"slug": "leaf"}])
        self._tree(
            "dcim/platforms",
            described.platforms,
            lambda thing: {"manufacturer": self._one("dcim/manufacturers", thing.get("manufacturer"))},
        )
        self._organizational("virtualization/cluster-types", described.cluster_types or [{"slug": "kvm"}])
        self._organizational("virtualization/cluster-groups", described.cluster_groups)
        for thing in described.clusters:
            site = self._one("dcim/sites", thing.get("site"))
            self._add(
                "virtualization/clusters",
                thing,
                thing["name"],
                type=self._one("virtualization/cluster-types", thing.get("type", 0)),
                group=self._one("virtualization/cluster-groups", thing.get("group")),
                scope=site,
                scope_type="dcim.site" if site else None,
                scope_id=site and site["id"],
            )
        for thing in described.vrfs:
            rd = thing.get("rd")
            shown = f"{thing['name']} ({rd})" if rd else thing["name"]
            self._add("ipam/vrfs", thing, shown, name=thing["name"], rd=rd)
        for thing in described.vlans:
            shown = f"{thing['name']} ({thing['vid']})"
            self._add("ipam/vlans", thing, shown, name=thing["name"], vid=thing["vid"], group=None)
        choice_set = self._make(
            "extras/custom-field-choice-sets", {}, "Tier", extra_choices=[[each, each.upper()] for each in CHOICES]
        )
        for thing in described.custom_fields:
            kind = thing["type"]
            of = LISTS[thing.get("of", "tenants")] if kind in ("object", "multiobject") else None
            on = [
                *([DEVICE] if thing.get("devices", True) else []),
                *([VM] if thing.get("virtual_machines", True) else []),
            ]
            self._make(
                "extras/custom-fields",
                thing,
                thing["name"],
                type=choice(kind),
                object_types=on,
                related_object_type=of and type_of(of),
                choice_set={"id": choice_set["id"], "name": "Tier", "display": "Tier"} if "select" in kind else None,
            )
        for thing in described.config_contexts:
            sites = [self._one("dcim/sites", thing["site"])] if thing.get("site") is not None else []
            name = f"context {len(self._tables.get('extras/config-contexts', ())) + 1}"
            self._make(
                "extras/config-contexts",
                thing,
                thing.get("name", name),
                data=thing["data"],
                weight=thing.get("weight", 0),
                sites=sites,
            )

    # Hosts

    def _hosts(self) -> None:
        described = self._described
        # Build the short forms first, because devices and chassis refer to each other.
        for thing in described.devices:
            row = self._make("dcim/devices", thing, self._display(thing), name=thing.get("name"))
            self._show("dcim/devices", row)
        for thing in described.virtual_machines:
            row = self._make("virtualization/virtual-machines", thing, thing["name"])
            self._show("virtualization/virtual-machines", row)
        self._chassis()
        for kind, listed in (("dcim/devices", described.devices), (VMS, described.virtual_machines)):
            for place, thing in enumerate(listed):
                self._components(kind, place, thing)
        self._join_nat()
        for place, thing in enumerate(described.devices):
            self._device(place, thing)
        for place, thing in enumerate(described.virtual_machines):
            self._virtual_machine(place, thing)
        self._custom_fields()

    def _display(self, thing: Thing) -> str:
        name, tag = thing.get("name"), thing.get("asset_tag")
        if name:
            return f"{name} ({tag})" if tag else name
        kind = self._shown["dcim/device-types"][thing.get("type", 0)]
        pk = thing.get("id", len(self._tables.get("dcim/devices", ())) + 1)
        return f"{kind['manufacturer']['display']} {kind['model']} ({tag or pk})"

    def _chassis(self) -> None:
        described = self._described
        for place, thing in enumerate(described.chassis):
            members = [at for at, device in enumerate(described.devices) if device.get("chassis") == place]
            shown = [self._bare_device(at) for at in members]
            master = None if thing.get("master") is None else self._bare_device(thing["master"])
            row = self._make(
                "dcim/virtual-chassis", thing, thing["name"], master=master, members=shown, member_count=len(shown)
            )
            # NetBox counts the members in the short form as well.
            self._show("dcim/virtual-chassis", row)["member_count"] = len(shown)

    def _bare_device(self, place: int) -> Row:
        shown = self._shown["dcim/devices"][place]
        pk = shown["id"]
        return {
            **{name: shown[name] for name in ("display", "id", "name", "url")},
            "display_url": f"{HERE}/dcim/devices/{pk}/",
        }

    def _host(self, endpoint: str, place: int, thing: Thing) -> Row:
        row = self._tables[endpoint][self._shown[endpoint][place]["id"]]
        owner = self._shown[endpoint][place]["id"]
        interfaces = "dcim/interfaces" if endpoint == "dcim/devices" else "virtualization/interfaces"
        addresses = {
            name: self._nested_address(self._addresses[interfaces, owner, thing[name]]) if thing.get(name) else None
            for name in ("primary_ip4", "primary_ip6", "oob_ip")
        }
        four, six = addresses["primary_ip4"], addresses["primary_ip6"]
        if endpoint == VMS:
            del addresses["oob_ip"]
        row.update(
            {
                **addresses,
                "primary_ip": (four or six) if self._described.prefer_ipv4 else (six or four),
                "platform": self._one("dcim/platforms", thing.get("platform")),
                "tenant": self._one("tenancy/tenants", thing.get("tenant")),
                "status": choice(thing.get("status", "active")),
                "serial": thing.get("serial", ""),
                "cluster": self._one("virtualization/clusters", thing.get("cluster")),
                "tags": self._tags(thing),
                "local_context_data": thing.get("context"),
                "description": thing.get("description", ""),
                "comments": thing.get("comments", ""),
                "interface_count": len(thing.get("interfaces", ())),
            }
        )
        row["config_context"] = self._context(row, thing)
        return row

    def _device(self, place: int, thing: Thing) -> None:
        row = self._host("dcim/devices", place, thing)
        row.update(
            {
                "site": self._one("dcim/sites", thing.get("site", 0)),
                "role": self._one("dcim/device-roles", thing.get("role", 0)),
                "device_type": self._one("dcim/device-types", thing.get("type", 0)),
                "asset_tag": thing.get("asset_tag"),
                "location": self._one("dcim/locations", thing.get("location")),
                "rack": self._one("dcim/racks", thing.get("rack")),
                "position": thing.get("position"),
                "face": choice(thing["face"]) if thing.get("face") else None,
                "virtual_chassis": self._one("dcim/virtual-chassis", thing.get("chassis")),
                "vc_position": thing.get("vc_position"),
            }
        )
        row["config_context"] = self._context(row, thing)

    def _virtual_machine(self, place: int, thing: Thing) -> None:
        row = self._host(VMS, place, thing)
        site = thing.get("site")
        if site is None and thing.get("cluster") is not None:
            site = self._described.clusters[thing["cluster"]].get("site")
        sizes = [disk["size"] for disk in thing.get("disks", ())]
        row.update(
            {
                "site": self._one("dcim/sites", site),
                "role": self._one("dcim/device-roles", thing.get("role")),
                "device": self._one("dcim/devices", thing.get("device")),
                "vcpus": thing.get("vcpus"),
                "memory": thing.get("memory"),
                "disk": sum(sizes) if sizes else thing.get("disk"),
                "virtual_disk_count": len(sizes),
            }
        )
        row["config_context"] = self._context(row, thing)
        for number, disk in enumerate(thing.get("disks", ())):
            owner = self._shown[VMS][place]
            self._make(
                "virtualization/virtual-disks",
                {},
                disk.get("name", f"disk{number}"),
                size=disk["size"],
                virtual_machine=owner,
            )

    def _context(self, row: Row, thing: Thing) -> Row:
        merged: Row = {}
        site = row.get("site")
        contexts = self._tables.get("extras/config-contexts", {}).values()
        for one in sorted(contexts, key=lambda one: (one["weight"], one["name"])):
            if not one["sites"] or (site and site["id"] == one["sites"][0]["id"]):
                merged = deep_merge(merged, one["data"])
        return deep_merge(merged, thing.get("context") or {})

    def _tags(self, thing: Thing) -> list[Row]:
        found = [self._shown["extras/tags"][place] for place in thing.get("tags", ())]
        return sorted(found, key=lambda tag: str(tag["name"]))

    # Interfaces, addresses, services

    def _components(self, endpoint: str, place: int, thing: Thing) -> None:
        owner = self._shown[endpoint][place]
        of_device = endpoint == "dcim/devices"
        interfaces = "dcim/interfaces" if of_device else "virtualization/interfaces"
        field = "device" if of_device else "virtual_machine"
        rows: list[Row] = []
        for each in thing.get("interfaces", ()):
            row = self._interface(interfaces, {field: owner}, each, of_device)
            for name in ("lag", "parent"):
                if each.get(name) is not None:
                    row[name] = self._bare_interface(interfaces, rows[each[name]], field)
            rows.append(row)
            for address in each.get("addresses", ()):
                self._address(interfaces, row, owner["id"], address)
            row["count_ipaddresses"] = len(each.get("addresses", ()))
        if "outside" in thing:
            self._address(interfaces, None, owner["id"], thing["outside"])
        for service in thing.get("services", ()):
            self._service(owner, DEVICE if of_device else VM, service)

    def _interface(self, endpoint: str, owner: Row, thing: Thing, of_device: bool) -> Row:
        mode = thing.get("mode")
        vlans = [self._shown["ipam/vlans"][place] for place in thing.get("tagged_vlans", ())]
        fields: Row = {
            **owner,
            "enabled": thing.get("enabled", True),
            "description": thing.get("description", ""),
            "mtu": thing.get("mtu"),
            "mode": choice(mode) if mode else None,
            "untagged_vlan": self._one("ipam/vlans", thing.get("untagged_vlan")),
            # NetBox sorts VLANs by site, group, VID, and ID. These VLANs do not have a site or a group.
            "tagged_vlans": sorted(vlans, key=lambda vlan: (vlan["vid"], vlan["id"])),
            "vrf": self._one("ipam/vrfs", thing.get("vrf")),
            "tags": self._tags(thing),
            "lag": None,
            "parent": None,
        }
        if of_device:
            fields["label"] = thing.get("label", "")
            fields["mgmt_only"] = thing.get("mgmt_only", False)
            fields["type"] = choice(thing.get("type", "1000base-t"))
        else:
            del fields["lag"]
        row = self._make(endpoint, {}, thing["name"], **fields)
        macs = [self._mac(endpoint, row, text) for text in thing.get("macs", ())]
        primary = macs[0] if macs and thing.get("primary_mac", True) else None
        row.update(
            mac_addresses=macs, primary_mac_address=primary, mac_address=primary["mac_address"] if primary else None
        )
        return row

    def _mac(self, endpoint: str, interface: Row, text: str) -> Row:
        row = self._make(
            "dcim/mac-addresses",
            {},
            text,
            mac_address=text,
            assigned_object_type=INTERFACE_KINDS[endpoint],
            assigned_object_id=interface["id"],
            assigned_object={field: interface[field] for field in endpoint_of(endpoint, self._version).brief},
        )
        return {field: row[field] for field in endpoint_of("dcim/mac-addresses", self._version).brief}

    def _bare_interface(self, endpoint: str, row: Row, owner: str) -> Row:
        kind = "dcim/devices" if owner == "device" else VMS
        shown = {**bare(endpoint, row), owner: bare(kind, row[owner])}
        return {**shown, "_occupied": False, "cable": None} if owner == "device" else shown

    def _address(self, endpoint: str, interface: Row | None, owner: int, thing: Thing) -> None:
        text = thing["address"]
        family = ipaddress.ip_interface(text).version
        role = thing.get("role")
        row = self._make(
            "ipam/ip-addresses",
            {},
            text,
            address=text,
            family={"value": family, "label": f"IPv{family}"},
            dns_name=thing.get("dns_name", ""),
            status=choice(thing.get("status", "active")),
            role={"value": role, "label": role.upper()} if role else None,
            vrf=self._one("ipam/vrfs", thing.get("vrf")),
            tenant=self._one("tenancy/tenants", thing.get("tenant")),
            tags=self._tags(thing),
            description=thing.get("description", ""),
            assigned_object_type=INTERFACE_KINDS[endpoint] if interface else None,
            assigned_object_id=interface["id"] if interface else None,
            assigned_object=interface
            and {field: interface[field] for field in endpoint_of(endpoint, self._version).brief},
            nat_inside=thing.get("nat_inside"),
            nat_outside=[],
        )
        self._addresses[endpoint, owner, text] = row

    def _join_nat(self) -> None:
        """Replace the strings in ``nat_inside`` with the addresses, and fill ``nat_outside`` of these addresses."""
        rows = self._tables.get("ipam/ip-addresses", {})
        by_text = {row["address"]: row for row in rows.values()}
        for row in rows.values():
            if row["nat_inside"]:
                inside = by_text[row["nat_inside"]]
                row["nat_inside"] = bare_address(inside)
                inside["nat_outside"] = [*inside["nat_outside"], bare_address(row)]

    def _nested_address(self, row: Row) -> Row:
        return {field: row[field] for field in nested_address_fields(self._version)}

    def _service(self, owner: Row, kind: str, thing: Thing) -> None:
        ports, protocol = thing.get("ports", [22]), thing.get("protocol", "tcp")
        label = f"{thing['name']} ({protocol.upper()}/{', '.join(map(str, ports))})"
        row = self._make(
            "ipam/services",
            {},
            thing["name"] if self._version == "4.7" else label,
            name=thing["name"],
            ports=ports,
            protocol=choice(protocol),
            parent=owner,
            parent_object_id=owner["id"],
            parent_object_type=kind,
            tags=self._tags(thing),
        )
        if self._version == "4.7":
            row["port_mappings"] = [f"{protocol}/{port}" for port in ports]

    # Custom fields, prefixes, and counts

    def _custom_fields(self) -> None:
        described = self._described
        for endpoint, listed, on in (
            ("dcim/devices", described.devices, "devices"),
            (VMS, described.virtual_machines, "virtual_machines"),
        ):
            fields = [field for field in described.custom_fields if field.get(on, True)]
            for place, thing in enumerate(listed):
                given = thing.get("custom_fields", {})
                row = self._tables[endpoint][self._shown[endpoint][place]["id"]]
                row["custom_fields"] = {
                    field["name"]: self._custom_value(field, given.get(field["name"])) for field in fields
                }

    def _custom_value(self, field: Thing, value: t.Any) -> t.Any:
        if value is None:
            return None
        kind = field["type"]
        shown = self._shown.get(LISTS[field.get("of", "tenants")], [])
        if kind == "object":
            return shown[value]
        if kind == "multiobject":
            return [shown[place] for place in value]
        if kind in ("select", "multiselect") and self._version == "4.7":
            labelled = [{"value": each, "label": each.upper()} for each in ([value] if kind == "select" else value)]
            return labelled[0] if kind == "select" else labelled
        return value

    def _prefixes(self) -> None:
        for thing in self._described.prefixes:
            family = ipaddress.ip_network(thing["prefix"]).version
            where = next((name for name in ("site", "location", "region") if thing.get(name) is not None), None)
            scope = self._one(f"dcim/{where}s", thing[where]) if where else None
            self._make(
                "ipam/prefixes",
                thing,
                thing["prefix"],
                prefix=thing["prefix"],
                family={"value": family, "label": f"IPv{family}"},
                scope=scope,
                scope_type=f"dcim.{where}" if where else None,
                scope_id=scope and scope["id"],
                vlan=self._one("ipam/vlans", thing.get("vlan")),
                vrf=self._one("ipam/vrfs", thing.get("vrf")),
            )

    def _count(self) -> None:
        """Set the counts that the inventory plugins read."""
        for row in self._tables.get("ipam/prefixes", {}).values():
            if row["scope_type"] == "dcim.site":
                self._tables["dcim/sites"][row["scope_id"]]["prefix_count"] += 1


VMS = "virtualization/virtual-machines"
# Endpoints of the lists of Described that custom fields can refer to.
LISTS = {"tenants": "tenancy/tenants", "sites": "dcim/sites", "devices": "dcim/devices", "tags": "extras/tags"}


def identity(endpoint: str, pk: int, display: str) -> Row:
    return {
        "id": pk,
        "url": f"{HERE}/api/{endpoint}/{pk}/",
        "display_url": f"{HERE}/{endpoint}/{pk}/",
        "display": display,
    }


def name_of(thing: Thing) -> str:
    return thing.get("name") or thing["slug"].replace("-", " ").title()


def choice(value: str) -> Row:
    return {"value": value, "label": LABELS.get(value, value.capitalize())}


def bare(endpoint: str, row: Row) -> Row:
    """Return the form that NetBox shows for an object that is nested two levels deep."""
    shown = {name: row[name] for name in ("display", "id", "name", "url")}
    return {**shown, "display_url": f"{HERE}/{endpoint}/{row['id']}/"}


def bare_address(row: Row) -> Row:
    shown = {name: row[name] for name in ("address", "display", "display_url", "id", "url")}
    return {**shown, "family": row["family"]["value"]}


def deep_merge(first: Row, second: Row) -> Row:
    """Merge two config contexts as NetBox does: merge dictionaries, and replace all other values."""
    merged = dict(first)
    for key, value in second.items():
        before = merged.get(key)
        merged[key] = deep_merge(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return merged
