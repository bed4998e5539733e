# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An estate of any size.

Sites, racks, roles, and other objects with few rows are stored. Devices, virtual machines, interfaces, and IP addresses
are generated from their IDs on demand. The result is the same each time.

Every row has the fields of a recorded row of its endpoint.
"""

from __future__ import annotations

import copy
import functools
import re
import typing as t
import unicodedata
from array import array
from collections.abc import Sequence

from ._endpoints import ENDPOINTS, endpoint_of
from ._names import CITIES, COLORS, PLATFORMS, ROLES, STATUSES, TAGS, TENANT_GROUPS, TENANTS, TYPES
from ._ordering import natural
from ._recorded import background_queues, nested_fields, recording
from ._relations import RELATIONS
from ._tables import HERE, Estate, GeneratedTable, Row, Table

DEVICES_PER_SITE = 200
RACKS_PER_SITE = 10
RACK_UNITS = 42
VMS_PER_CLUSTER = 50
DEVICES_PER_VM = 5
# One in WITHOUT_ADDRESS devices has no primary IP address. About one in WITHOUT_TENANT hosts has no tenant.
WITHOUT_ADDRESS = 20
WITHOUT_TENANT = 3


def generated_estate(version: str, devices: int, interfaces: int) -> Estate:
    places = Places(version, max(2, devices // DEVICES_PER_SITE), max(1, devices // DEVICES_PER_VM // VMS_PER_CLUSTER))
    machines = Machines(places, devices, devices // DEVICES_PER_VM, interfaces)
    tables = {table.endpoint: table for table in (*places.tables.values(), *machines.tables(), *background_queues())}
    for table in tables.values():
        if isinstance(table, GeneratedTable):
            table.never_set((*RELATIONS.get(table.endpoint, ()), "tags"))
    return Estate([tables.get(endpoint) or Table(endpoint) for endpoint in [*ENDPOINTS, "core/background-queues"]])


def pick(pk: int, salt: int, count: int) -> int:
    """Return a pseudorandom number below `count`. The same arguments always return the same number."""
    mixed = (pk * 2654435761 + salt * 2246822519) & 0xFFFFFFFF
    mixed ^= mixed >> 15
    mixed = (mixed * 2246822519) & 0xFFFFFFFF
    return (mixed ^ (mixed >> 13)) % count


def slug_of(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def choice(value: str) -> Row:
    return {"value": value, "label": value.capitalize()}


class Places:
    """Sites, racks, roles, and other objects with so few rows that they are stored."""

    def __init__(self, version: str, sites: int, clusters: int) -> None:
        self._version = version
        self.templates: dict[str, list[Row]] = recording(version, "dataset")
        self.tables: dict[str, Table] = {}
        for endpoint in ("core/object-types", "extras/custom-field-choice-sets", "extras/custom-fields"):
            self.tables[endpoint] = Table(endpoint, self.templates[endpoint])
        self.tags = [self.make("extras/tags", name) for name in TAGS]
        self.tenants = self._tenants()
        self.roles = self._tree("dcim/device-roles", [(name, parent) for name, parent, _short, _share in ROLES])
        for row in self.roles.values():
            row["color"] = COLORS.get(row["name"], row["color"])
        self.platforms = self._tree("dcim/platforms", [(name, parent) for name, parent, _family in PLATFORMS])
        self.types = self._types()
        self.sites = self._sites(sites)
        # The rooms and the racks of each site.
        self.rooms = [self._rooms(site) for site in self.sites]
        self.racks = [self._racks(site, rooms) for site, rooms in zip(self.sites, self.rooms)]
        kind = self.make("virtualization/cluster-types", "KVM")
        groups = [self.make("virtualization/cluster-groups", name) for name in ("East", "West")]
        self.clusters = [
            self.make(
                "virtualization/clusters",
                f"{self.sites[number % sites]['slug']}-kvm{number // sites + 1}",
                type=self.nested("virtualization/cluster-types", kind),
                group=self.nested("virtualization/cluster-groups", groups[number % 2]),
                scope=self.nested("dcim/sites", self.sites[number % sites]),
                scope_type="dcim.site",
                scope_id=self.sites[number % sites]["id"],
            )
            for number in range(clusters)
        ]

    def template(self, endpoint: str) -> Row:
        """Return a recorded row without the values that are specific to its object."""
        row = copy.deepcopy(self.templates[endpoint][0])
        for field, value in row.items():
            if isinstance(value, list) or field == "custom_fields":
                row[field] = type(value)() if isinstance(value, list) else dict.fromkeys(value)
            elif isinstance(value, dict) and "id" in value:
                row[field] = None
            elif field.endswith("_count") or field.startswith("count_"):
                row[field] = 0
        for field in ("description", "comments", "serial", "facility", "physical_address", "dns_name"):
            if field in row:
                row[field] = ""
        return row

    def make(self, endpoint: str, name: str, **fields: t.Any) -> Row:
        table = self.tables.setdefault(endpoint, Table(endpoint))
        pk = len(table) + 1
        row = self.template(endpoint)
        row.update(identity(endpoint, pk, name))
        row["name" if "name" in row else "model"] = name
        if "slug" in row:
            row["slug"] = slug_of(name)
        row.update(fields)
        table[pk] = row
        return row

    def nested(self, endpoint: str, row: Row) -> Row:
        """Return a row in its nested form. Counts are 0 in this form."""
        brief = endpoint_of(endpoint, self._version).brief
        # Some counts are part of the brief form but not of nested objects.
        known = {
            field
            for places in nested_fields(self._version).values()
            for targets in places.values()
            for field in targets.get(endpoint, ())
        }
        nested = {
            field: 0 if field.endswith("_count") else row[field]
            for field in brief
            if field in row and (field in known or not field.endswith("_count"))
        }
        if endpoint == "extras/tags":
            return {field: row[field] for field in ("id", "url", "display_url", "display", "name", "slug", "color")}
        return nested

    def _tree(self, endpoint: str, names: Sequence[tuple[str, str | None]], **fields: t.Any) -> dict[str, Row]:
        rows: dict[str, Row] = {}
        fields = {"parent": None, "_depth": 0, **fields}
        shown_fields = nested_fields(self._version)[endpoint]["parent"][endpoint]
        for name, above in names:
            parent = rows.get(above or "")
            shown = parent and {field: parent[field] for field in shown_fields}
            depth = parent["_depth"] + 1 if parent else 0
            rows[name] = self.make(endpoint, name, **{**fields, "parent": shown, "_depth": depth})
        return rows

    def _tenants(self) -> list[Row]:
        groups = self._tree("tenancy/tenant-groups", TENANT_GROUPS)
        return [
            self.make("tenancy/tenants", name, group=self.nested("tenancy/tenant-groups", groups[group]))
            for name, group in TENANTS
        ]

    def _types(self) -> list[Row]:
        vendors = {name: self.make("dcim/manufacturers", name) for name in dict.fromkeys(each[0] for each in TYPES)}
        return [
            self.make(
                "dcim/device-types",
                model,
                manufacturer=self.nested("dcim/manufacturers", vendors[vendor]),
                u_height=height,
                part_number=slug_of(model).upper(),
            )
            for vendor, model, height, _roles in TYPES
        ]

    def _sites(self, count: int) -> list[Row]:
        above: dict[str, str | None] = {}
        for continent, country, city, _code in CITIES:
            above.update({continent: None, country: continent})
            # A city state has only one region, for the country.
            above.setdefault(city, country)
        regions = self._tree("dcim/regions", list(above.items()))
        groups = self._tree("dcim/site-groups", [("Production", None), ("Tier 1", "Production"), ("Test", None)])
        names = list(groups)
        sites = []
        for number in range(count):
            _continent, _country, city, code = CITIES[number % len(CITIES)]
            name = f"{code}{number // len(CITIES) + 1:02d}"
            sites.append(
                self.make(
                    "dcim/sites",
                    name,
                    region=self.nested("dcim/regions", regions[city]),
                    group=self.nested("dcim/site-groups", groups[names[pick(number, 1, len(names))]]),
                    facility=name.upper(),
                    tenant=None,
                    asns=[],
                )
            )
        return sites

    def _rooms(self, site: Row) -> list[Row]:
        at = {"site": self.nested("dcim/sites", site)}
        rooms = self._tree("dcim/locations", [("Floor 1", None), ("Room A", "Floor 1"), ("Room B", "Floor 1")], **at)
        return [rooms["Room A"], rooms["Room B"]]

    def _racks(self, site: Row, rooms: list[Row]) -> list[Row]:
        return [
            self.make(
                "dcim/racks",
                f"R{number + 1}",
                site=self.nested("dcim/sites", site),
                location=self.nested("dcim/locations", rooms[number % 2]),
            )
            for number in range(RACKS_PER_SITE)
        ]


def identity(endpoint: str, pk: int, name: str) -> Row:
    return {
        "id": pk,
        "url": f"{HERE}/api/{endpoint}/{pk}/",
        "display_url": f"{HERE}/{endpoint}/{pk}/",
        "display": name,
    }


class Machines:
    """Generated devices and virtual machines, with their interfaces and IP addresses."""

    def __init__(self, places: Places, devices: int, vms: int, interfaces: int) -> None:
        self._places = places
        self._devices = devices
        self._vms = vms
        self._interfaces = interfaces
        self._templates = {
            endpoint: places.template(endpoint)
            for endpoint in (
                "dcim/devices",
                "dcim/interfaces",
                "virtualization/virtual-machines",
                "virtualization/interfaces",
                "ipam/ip-addresses",
            )
        }
        shown = places.nested
        self._sites = [shown("dcim/sites", row) for row in places.sites]
        self._rooms = [[shown("dcim/locations", row) for row in rooms] for rooms in places.rooms]
        self._racks = [[shown("dcim/racks", row) for row in racks] for racks in places.racks]
        self._tenants = [shown("tenancy/tenants", row) for row in places.tenants]
        self._tags = [shown("extras/tags", row) for row in places.tags]
        self._clusters = [shown("virtualization/clusters", row) for row in places.clusters]
        self._platforms = {name: shown("dcim/platforms", row) for name, row in places.platforms.items()}
        self._roles = [shown("dcim/device-roles", places.roles[role[0]]) for role in ROLES]
        self._types = [shown("dcim/device-types", row) for row in places.types]
        for row, kind in zip(self._types, places.types):
            row["manufacturer"] = dict(kind["manufacturer"])
        self._heights = {row["id"]: row["u_height"] for row in places.types}
        self._vm_role, self._vm_platform = self._roles[6], self._platforms["Debian 13"]
        self._kinds = self._all_kinds()
        self._role_by_share = [number for number, role in enumerate(ROLES) for _share in range(role[3])]
        self._status_by_share = [choice(value) for value, share in STATUSES for _share in range(share)]
        self._tiers = [self._tier(value) for value in ("t1", "t2", "t3")]
        address = next(row["primary_ip4"] for row in places.templates["dcim/devices"] if row["primary_ip4"])
        fields = nested_fields(places._version)["dcim/devices"]["primary_ip4"]["ipam/ip-addresses"]
        template = {**address, "nat_inside": None, "nat_outside": [], "dns_name": ""}
        self._address_template = {field: template[field] for field in fields}

    def _all_kinds(self) -> list[list[tuple[Row, Row | None]]]:
        """Return the possible pairs of device type and platform for each role."""
        kinds: list[list[tuple[Row, Row | None]]] = []
        for role, family, _short, _share in ROLES:
            types = [shown for shown, kind in zip(self._types, TYPES) if role in kind[3]]
            platforms: list[Row | None] = [self._platforms[name] for name, _parent, of in PLATFORMS if of == family]
            kinds.append([(kind, platform) for kind in types for platform in platforms or [None]])
        return kinds

    def _tier(self, value: str) -> t.Any:
        """Return a choice of the custom field `tier` in the form of this version."""
        machines = self._places.templates["dcim/devices"] + self._places.templates["virtualization/virtual-machines"]
        tiers = [row["custom_fields"]["tier"] for row in machines]
        return next(tier for tier in tiers if tier == value or (isinstance(tier, dict) and tier["value"] == value))

    def tables(self) -> list[Table]:
        per = self._interfaces
        devices, vms = self._devices, self._vms
        return [
            GeneratedTable(
                "dcim/devices",
                devices,
                self._device,
                {
                    "name": self._device_name,
                    "serial": self._serial,
                    "asset_tag": self._asset_tag,
                    "description": lambda pk: "",
                    "primary_ip4": lambda pk: pk if self._has_address(pk) else None,
                    "primary_ip6": lambda pk: None,
                    "site": lambda pk: self._site(pk) + 1,
                    "role": lambda pk: self._roles[self._role(pk)]["id"],
                    "status": lambda pk: self._status(pk)["value"],
                    "tenant": lambda pk: (self._tenant(pk) or {"id": None})["id"],
                    "tags": lambda pk: tuple(tag["id"] for tag in self._tags_of(pk)),
                    "rack": lambda pk: self._rack(pk)["id"],
                    "device_type": lambda pk: self._kind(pk)[0]["id"],
                    "platform": lambda pk: (self._kind(pk)[1] or {"id": None})["id"],
                    "location": lambda pk: self._room(pk)["id"],
                    **dict.fromkeys(("cluster", "oob_ip", "virtual_chassis"), lambda pk: None),
                },
                lambda: sorted(range(1, devices + 1), key=lambda pk: natural(self._device_name(pk))),
            ),
            GeneratedTable(
                "dcim/interfaces",
                devices * per,
                self._interface,
                {
                    "device": lambda pk: (pk - 1) // per + 1,
                    "name": lambda pk: self._interface_name((pk - 1) % per),
                },
                self._interface_order,
            ),
            GeneratedTable(
                "virtualization/virtual-machines",
                vms,
                self._vm,
                {
                    "name": self._vm_name,
                    "serial": lambda pk: "",
                    "description": lambda pk: "",
                    "primary_ip4": lambda pk: self._devices + pk,
                    "primary_ip6": lambda pk: None,
                    "site": lambda pk: self._vm_site(pk) + 1,
                    "status": lambda pk: self._status(pk)["value"],
                    "tenant": lambda pk: (self._tenant(pk) or {"id": None})["id"],
                    "tags": lambda pk: tuple(tag["id"] for tag in self._tags_of(pk)),
                    "cluster": lambda pk: self._cluster(pk)["id"],
                    "role": lambda pk: self._vm_role["id"],
                    "platform": lambda pk: self._vm_platform["id"],
                    "device": lambda pk: None,
                },
                lambda: sorted(range(1, vms + 1), key=lambda pk: natural(self._vm_name(pk))),
            ),
            GeneratedTable(
                "virtualization/interfaces",
                vms,
                self._vm_interface,
                {"virtual_machine": lambda pk: pk, "name": lambda pk: "eth0"},
            ),
            GeneratedTable(
                "ipam/ip-addresses",
                devices + vms,
                self._address_row,
                {
                    "address": self._address,
                    "assigned_object_id": self._assigned_to,
                    "assigned_object_type": self._assigned_type,
                },
                lambda: range(1, devices + vms + 1),
            ),
        ]

    # Properties of a host, by ID

    def _site(self, pk: int) -> int:
        return pick(pk, 2, len(self._sites))

    def _role(self, pk: int) -> int:
        return self._role_by_share[pick(pk, 3, len(self._role_by_share))]

    def _kind(self, pk: int) -> tuple[Row, Row | None]:
        kinds = self._kinds[self._role(pk)]
        return kinds[pick(pk, 4, len(kinds))]

    def _rack(self, pk: int) -> Row:
        return self._racks[self._site(pk)][pick(pk, 5, RACKS_PER_SITE)]

    def _room(self, pk: int) -> Row:
        return self._rooms[self._site(pk)][(self._rack(pk)["id"] - 1) % RACKS_PER_SITE % 2]

    def _position(self, pk: int) -> float | None:
        """Return the lowest unit of a device, or `None` for a device that has no height or no space in its rack."""
        return self._positions[pk - 1] or None

    @functools.cached_property
    def _positions(self) -> array[float]:
        """Fill the racks with occasional gaps: network devices from the top down, and others from the bottom up."""
        positions = array("f", bytes(4 * self._devices))
        spaces: dict[int, list[float]] = {}
        for pk in range(1, self._devices + 1):
            kind = self._kind(pk)[0]
            height = self._heights[kind["id"]]
            space = spaces.setdefault(self._rack(pk)["id"], [1.0, RACK_UNITS + 1.0])
            gap = pick(pk, 21, 6) == 0
            if height and space[0] + height + gap <= space[1]:
                if ROLES[self._role(pk)][1] == "Network":
                    space[1] -= height + gap
                    positions[pk - 1] = space[1] + gap
                else:
                    positions[pk - 1] = space[0] + gap
                    space[0] += height + gap
        return positions

    def _status(self, pk: int) -> Row:
        return self._status_by_share[pick(pk, 6, len(self._status_by_share))]

    def _tenant(self, pk: int) -> Row | None:
        return None if pick(pk, 7, WITHOUT_TENANT) == 0 else self._tenants[pick(pk, 8, len(self._tenants))]

    def _tags_of(self, pk: int) -> list[Row]:
        first = pick(pk, 9, len(self._tags))
        tags = [self._tags[(first + 3 * number) % len(self._tags)] for number in range(pick(pk, 10, 3))]
        return sorted(tags, key=lambda tag: str(tag["name"]))

    def _device_name(self, pk: int) -> str:
        return f"{self._sites[self._site(pk)]['name']}-{ROLES[self._role(pk)][2]}-{pk:06d}"

    def _device_display(self, pk: int) -> str:
        return f"{self._device_name(pk)} ({self._asset_tag(pk)})"

    @staticmethod
    def _serial(pk: int) -> str:
        return f"SN{pk:08d}"

    @staticmethod
    def _asset_tag(pk: int) -> str:
        return f"A-{pk:07d}"

    def _cluster(self, pk: int) -> Row:
        return self._clusters[pick(pk, 11, len(self._clusters))]

    def _vm_site(self, pk: int) -> int:
        return (self._cluster(pk)["id"] - 1) % len(self._sites)

    def _vm_name(self, pk: int) -> str:
        purpose = ("web", "db", "app", "mq")[pick(pk, 12, 4)]
        return f"{purpose}{pk:06d}.{self._sites[self._vm_site(pk)]['name']}.example.com"

    def _has_address(self, pk: int) -> bool:
        return self._interfaces > 0 and pk % WITHOUT_ADDRESS != 0

    def _custom_fields(self, template: Row, pk: int) -> Row:
        return {
            **template["custom_fields"],
            "asset_class": ("gold", "silver", "bronze")[pick(pk, 13, 3)],
            "monitored": pick(pk, 14, 10) > 0,
            "install_date": f"20{15 + pick(pk, 15, 10)}-{1 + pick(pk, 16, 12):02d}-{1 + pick(pk, 17, 28):02d}",
            "tier": self._tiers[pick(pk, 18, 3)],
        }

    @staticmethod
    def _moment(pk: int) -> str:
        return f"2026-{1 + pick(pk, 19, 10):02d}-{1 + pick(pk, 20, 28):02d}T08:30:00.{pk % 1000000:06d}Z"

    # Rows

    def _device(self, pk: int) -> Row:
        template = self._templates["dcim/devices"]
        kind, platform = self._kind(pk)
        site = self._site(pk)
        rack = self._rack(pk)
        address = self._shown_address(pk) if self._has_address(pk) else None
        name = self._device_name(pk)
        moment = self._moment(pk)
        return {
            **template,
            **identity("dcim/devices", pk, self._device_display(pk)),
            "name": name,
            "device_type": kind,
            "role": self._roles[self._role(pk)],
            "platform": platform,
            "tenant": self._tenant(pk),
            "serial": self._serial(pk),
            "asset_tag": self._asset_tag(pk),
            "site": self._sites[site],
            "location": self._room(pk),
            "rack": rack,
            "position": self._position(pk),
            "face": template["face"] if self._position(pk) else None,
            "status": self._status(pk),
            "primary_ip": address,
            "primary_ip4": address,
            "tags": self._tags_of(pk),
            "custom_fields": self._custom_fields(template, pk),
            "local_context_data": None,
            "interface_count": self._interfaces,
            "created": moment,
            "last_updated": moment,
        }

    def _vm(self, pk: int) -> Row:
        template = self._templates["virtualization/virtual-machines"]
        name = self._vm_name(pk)
        address = self._shown_address(self._devices + pk)
        moment = self._moment(pk)
        return {
            **template,
            **identity("virtualization/virtual-machines", pk, name),
            "name": name,
            "cluster": self._cluster(pk),
            "site": self._sites[self._vm_site(pk)],
            "role": self._vm_role,
            "platform": self._vm_platform,
            "tenant": self._tenant(pk),
            "status": self._status(pk),
            "vcpus": float(1 << pick(pk, 22, 5)),
            "memory": 1024 << pick(pk, 23, 6),
            "disk": 10000 * (1 + pick(pk, 24, 20)),
            "primary_ip": address,
            "primary_ip4": address,
            "tags": self._tags_of(pk),
            "custom_fields": self._custom_fields(template, pk),
            "local_context_data": None,
            "interface_count": 1,
            "created": moment,
            "last_updated": moment,
        }

    def _brief(self, endpoint: str, pk: int, name: str, display: str = "") -> Row:
        url = f"{HERE}/api/{endpoint}/{pk}/"
        return {"id": pk, "url": url, "display": display or name, "name": name, "description": ""}

    @staticmethod
    def _interface_name(number: int) -> str:
        return f"eth1/{number}" if number else "mgmt0"

    def _interface(self, pk: int) -> Row:
        device, number = (pk - 1) // self._interfaces + 1, (pk - 1) % self._interfaces
        name = self._interface_name(number)
        moment = self._moment(device)
        return {
            **self._templates["dcim/interfaces"],
            **identity("dcim/interfaces", pk, name),
            "name": name,
            "device": self._brief("dcim/devices", device, self._device_name(device), self._device_display(device)),
            "mgmt_only": number == 0,
            "mac_address": None,
            "count_ipaddresses": int(number == 0),
            "created": moment,
            "last_updated": moment,
        }

    def _interface_order(self) -> Sequence[int]:
        """Return the IDs by device, and then in the natural order of names: eth1/1, ..., mgmt0."""
        per = self._interfaces
        numbers = [*range(1, per), 0] if per else []
        devices = sorted(range(1, self._devices + 1), key=lambda pk: natural(self._device_name(pk)))
        return [(device - 1) * per + number + 1 for device in devices for number in numbers]

    def _vm_interface(self, pk: int) -> Row:
        moment = self._moment(pk)
        return {
            **self._templates["virtualization/interfaces"],
            **identity("virtualization/interfaces", pk, "eth0"),
            "name": "eth0",
            "virtual_machine": self._brief("virtualization/virtual-machines", pk, self._vm_name(pk)),
            "count_ipaddresses": 1,
            "created": moment,
            "last_updated": moment,
        }

    # IP addresses. The IDs of the devices' addresses come first, and those of the virtual machines' addresses follow.

    @staticmethod
    def _address(pk: int) -> str:
        return f"10.{pk >> 16 & 255}.{pk >> 8 & 255}.{pk & 255}/16"

    def _shown_address(self, pk: int) -> Row:
        address = self._address(pk)
        url = f"{HERE}/api/ipam/ip-addresses/{pk}/"
        return {**self._address_template, "id": pk, "url": url, "display": address, "address": address}

    def _assigned_to(self, pk: int) -> int | None:
        if pk > self._devices:
            return pk - self._devices
        return (pk - 1) * self._interfaces + 1 if self._interfaces else None

    def _assigned_type(self, pk: int) -> str | None:
        if pk > self._devices:
            return "virtualization.vminterface"
        return "dcim.interface" if self._interfaces else None

    def _address_row(self, pk: int) -> Row:
        address = self._address(pk)
        kind, owner = self._assigned_type(pk), self._assigned_to(pk)
        moment = self._moment(pk)
        return {
            **self._templates["ipam/ip-addresses"],
            **identity("ipam/ip-addresses", pk, address),
            "address": address,
            "assigned_object_type": kind,
            "assigned_object_id": owner,
            "assigned_object": self._owner(kind, owner) if owner else None,
            "created": moment,
            "last_updated": moment,
        }

    def _owner(self, kind: str | None, pk: int) -> Row:
        if kind == "dcim.interface":
            interface = self._interface(pk)
            return {field: interface[field] for field in ENDPOINTS["dcim/interfaces"].brief}
        interface = self._vm_interface(pk)
        return {field: interface[field] for field in ENDPOINTS["virtualization/interfaces"].brief}
