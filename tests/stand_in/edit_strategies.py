# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Random edits of any estate, for tests with Hypothesis.

    @given(steps=edit_sequences())
    def test(steps):
        perform(netbox, steps)                          # all steps in sequence
        with editing_between_requests(netbox, steps):   # one step before each request to the mock NetBox
            read(...)

A step does not name objects. It contains numbers that select from the objects that exist when the step is performed.
Therefore, the same steps work with every estate, and Hypothesis can remove steps. An edit that NetBox rejects changes
nothing.
"""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from hypothesis import strategies as st

from ._edits import LateRequest
from ._fields import Refused
from ._relations import ADDRESS, DEVICE, INTERFACE, LOCATION, MACHINE, SITE, VM_INTERFACE
from ._state import NetBox, Received
from ._tables import Row, key
from ._validity import owner_of

NAMES = ("ber", "web1", "dup", "north", "level-9", "all", "Größe ä", "new")
TEXTS = ("", "SN-1", "{{ 6 * 7 }}", "x")
STATUS = {
    DEVICE: ("active", "planned", "offline", "failed"),
    MACHINE: ("active", "planned", "paused"),
    SITE: ("active", "planned", "retired"),
    LOCATION: ("active", "planned"),
    "dcim/racks": ("active", "planned"),
    ADDRESS: ("active", "reserved", "dhcp"),
    "dcim/cables": ("connected", "planned"),
}
LATE_RECORDS = 40


class Step(t.NamedTuple):
    """One edit: its name, the way to write it, and numbers that select objects and values."""

    edit: str
    # "logged" adds change records. "late" uses a transaction that commits before a later step or at the end. "unlogged"
    # writes like nbshell, and "raw" writes like SQL.
    how: str
    numbers: tuple[int, ...]


class Hand:
    """Selects objects and values with the numbers of a step."""

    def __init__(self, netbox: NetBox, numbers: Sequence[int]) -> None:
        self.estate = netbox.estate
        self._numbers = iter(numbers)

    def number(self, count: int) -> int:
        """Return a number below `count`."""
        return next(self._numbers, 0) % count if count else 0

    def of(self, values: Sequence[t.Any]) -> t.Any:
        return values[self.number(len(values))]

    def row(self, endpoint: str, having: Callable[[Row], bool] = lambda row: True) -> Row:
        """Select an object. Raise `Nothing` if there is none."""
        table = self.estate.get(endpoint)
        rows = [table[pk] for pk in table.ids() if having(table[pk])]
        if not rows:
            raise Nothing
        return t.cast(Row, self.of(rows))

    def id(self, endpoint: str, having: Callable[[Row], bool] = lambda row: True) -> int:
        return t.cast(int, self.row(endpoint, having)["id"])

    def maybe(self, endpoint: str, having: Callable[[Row], bool] = lambda row: True) -> int | None:
        """Select the ID of an object, or return None."""
        try:
            return None if self.number(4) == 3 else self.id(endpoint, having)
        except Nothing:
            return None

    def some(self, endpoint: str) -> list[int]:
        """Select up to two IDs."""
        ids = list(self.estate.get(endpoint).ids())
        return sorted({self.of(ids) for dummy in range(self.number(3))}) if ids else []


class Nothing(Exception):
    """The error for an edit without a suitable object."""


Fields = dict[str, t.Any]
Draw = Callable[[Hand, Row], t.Any]


# Values of fields


def text(hand: Hand, row: Row) -> str:
    return t.cast(str, hand.of(TEXTS))


def status(endpoint: str) -> Draw:
    return lambda hand, row: hand.of(STATUS[endpoint])


def one(endpoint: str) -> Draw:
    return lambda hand, row: hand.id(endpoint)


def maybe(endpoint: str) -> Draw:
    return lambda hand, row: hand.maybe(endpoint)


def some(endpoint: str) -> Draw:
    return lambda hand, row: hand.some(endpoint)


def of(*values: t.Any) -> Draw:
    return lambda hand, row: hand.of(values)


def named(hand: Hand) -> Fields:
    """Return a name and a slug that are usually unused."""
    name = hand.of(NAMES)
    number = hand.number(5)
    slug = {"Größe ä": "grosse-a"}.get(name, name) + (f"-{number}" if number else "")
    return {"name": f"{name} {number}" if number else name, "slug": slug}


# Fields that edits change individually. Most of them are independent of each other.
FIELDS: dict[str, dict[str, Draw]] = {
    DEVICE: {
        "status": status(DEVICE),
        "role": one("dcim/device-roles"),
        "tenant": maybe("tenancy/tenants"),
        "platform": maybe("dcim/platforms"),
        "device_type": one("dcim/device-types"),
        "serial": text,
        "description": text,
        "cluster": maybe("virtualization/clusters"),
        "tags": some("extras/tags"),
        "local_context_data": of(None, {}, {"ntp": ["192.0.2.9"]}, {"syslog": {"port": 1}}),
        "name": of(*NAMES, None),
        "asset_tag": of(None, "A-7", "A-8"),
        "vc_position": of(1, 2, 3, None),
    },
    MACHINE: {
        "status": status(MACHINE),
        "role": maybe("dcim/device-roles"),
        "tenant": maybe("tenancy/tenants"),
        "platform": maybe("dcim/platforms"),
        "cluster": maybe("virtualization/clusters"),
        "serial": text,
        "memory": of(None, 1024, 2048),
        "vcpus": of(None, 1, 2.5),
        "tags": some("extras/tags"),
        "local_context_data": of(None, {"vm": 1}),
        "name": of(*NAMES),
    },
    INTERFACE: {
        "name": of("eth0", "eth1/2", "eth1/10", "po1", "mgmt0"),
        "enabled": of(True, False),
        "description": text,
        "mtu": of(None, 1500, 9000),
        "vrf": maybe("ipam/vrfs"),
        "untagged_vlan": maybe("ipam/vlans"),
        "tagged_vlans": some("ipam/vlans"),
        "tags": some("extras/tags"),
        "mgmt_only": of(True, False),
    },
    VM_INTERFACE: {
        "name": of("eth0", "eth1", "lo"),
        "enabled": of(True, False),
        "description": text,
        "vrf": maybe("ipam/vrfs"),
        "virtual_machine": one(MACHINE),
        "tags": some("extras/tags"),
    },
    ADDRESS: {
        "dns_name": of("", "web1.example.com", "dup"),
        "status": status(ADDRESS),
        "role": of(None, "vip", "loopback"),
        "vrf": maybe("ipam/vrfs"),
        "nat_inside": maybe(ADDRESS),
        "description": text,
        "tags": some("extras/tags"),
        "tenant": maybe("tenancy/tenants"),
    },
    "ipam/services": {
        "name": of("ssh", "http", "all"),
        "ports": of([22], [80, 443]),
        "ipaddresses": some(ADDRESS),
        "description": text,
    },
    "virtualization/virtual-disks": {"size": of(1, 10, 20), "name": of("sda", "sdb"), "virtual_machine": one(MACHINE)},
    "dcim/mac-addresses": {"mac_address": of("02:00:00:00:00:01", "02:00:00:00:00:0A"), "description": text},
    "dcim/racks": {
        "name": of("R1", "R2", "web1"),
        "role": maybe("dcim/rack-roles"),
        "status": status("dcim/racks"),
        "facility_id": of(None, "F1"),
        "tenant": maybe("tenancy/tenants"),
        "description": text,
    },
    "dcim/rack-roles": {"description": text},
    LOCATION: {"status": status(LOCATION), "parent": maybe(LOCATION), "tenant": maybe("tenancy/tenants")},
    SITE: {
        "status": status(SITE),
        "region": maybe("dcim/regions"),
        "group": maybe("dcim/site-groups"),
        "tenant": maybe("tenancy/tenants"),
        "time_zone": of(None, "Europe/Berlin", "Asia/Kolkata"),
        "facility": text,
        "asns": some("ipam/asns"),
        "tags": some("extras/tags"),
    },
    "dcim/regions": {"parent": maybe("dcim/regions"), "description": text},
    "dcim/site-groups": {"parent": maybe("dcim/site-groups"), "description": text},
    "dcim/device-roles": {"parent": maybe("dcim/device-roles"), "description": text},
    "dcim/platforms": {"parent": maybe("dcim/platforms"), "manufacturer": maybe("dcim/manufacturers")},
    "dcim/device-types": {"manufacturer": one("dcim/manufacturers"), "default_platform": maybe("dcim/platforms")},
    "dcim/manufacturers": {"description": text},
    "dcim/virtual-chassis": {"name": of("stack", "web1", "all"), "domain": text},
    "dcim/cables": {"status": status("dcim/cables"), "description": text, "label": of("", "C-1")},
    "extras/tags": {"color": of("ff0000", "00ff00"), "description": text},
    "tenancy/tenants": {"group": maybe("tenancy/tenant-groups"), "description": text},
    "tenancy/tenant-groups": {"parent": maybe("tenancy/tenant-groups")},
    "virtualization/clusters": {
        "type": one("virtualization/cluster-types"),
        "group": maybe("virtualization/cluster-groups"),
        "tenant": maybe("tenancy/tenants"),
        "name": of("c1", "c2", "all"),
    },
    "virtualization/cluster-types": {"description": text},
    "virtualization/cluster-groups": {"description": text},
    "ipam/vrfs": {"name": of("red", "blue"), "rd": of(None, "65000:7")},
    "ipam/vlans": {"name": of("v1", "v2"), "vid": of(7, 8), "tenant": maybe("tenancy/tenants")},
    "ipam/prefixes": {"description": text, "vlan": maybe("ipam/vlans"), "vrf": maybe("ipam/vrfs")},
    "extras/config-contexts": {
        "data": of({"ntp": ["192.0.2.1"]}, {"syslog": {"host": "192.0.2.2"}}, {}),
        "weight": of(1, 500, 3000),
        "is_active": of(True, False),
        "regions": some("dcim/regions"),
        "site_groups": some("dcim/site-groups"),
        "sites": some(SITE),
        "locations": some(LOCATION),
        "roles": some("dcim/device-roles"),
        "platforms": some("dcim/platforms"),
        "device_types": some("dcim/device-types"),
        "clusters": some("virtualization/clusters"),
        "cluster_types": some("virtualization/cluster-types"),
        "cluster_groups": some("virtualization/cluster-groups"),
        "tenants": some("tenancy/tenants"),
        "tenant_groups": some("tenancy/tenant-groups"),
    },
    "extras/custom-fields": {"label": of("", "Label"), "default": of(None, "x"), "weight": of(1, 200)},
    "ipam/fhrp-groups": {"name": of("", "g")},
    "tenancy/contacts": {"name": of("Ada", "Bo")},
}
# Endpoints whose objects have a name and a slug. Edits change both together.
SLUGGED = (
    *("dcim/device-roles", LOCATION, "dcim/manufacturers", "dcim/platforms", "dcim/rack-roles", "dcim/regions"),
    *("dcim/site-groups", SITE, "extras/tags", "tenancy/tenant-groups", "tenancy/tenants"),
    *("virtualization/cluster-groups", "virtualization/cluster-types"),
)
# Endpoints whose objects edits delete. NetBox rejects the deletion of some objects because others depend on them.
DELETED = tuple(FIELDS)

Target = t.Any


# Edits


def _edit(hand: Hand, target: Target) -> None:
    endpoint = hand.of(tuple(FIELDS))
    row = hand.row(endpoint)
    field = hand.of([field for field in FIELDS[endpoint] if field in row])
    target.update(endpoint, row["id"], **{field: FIELDS[endpoint][field](hand, row)})


def _edit_host(hand: Hand, target: Target) -> None:
    """Edit a host or one of its components, because most edits in a real NetBox do this."""
    endpoint = hand.of((DEVICE, DEVICE, MACHINE, INTERFACE, VM_INTERFACE, ADDRESS, "ipam/services"))
    row = hand.row(endpoint)
    field = hand.of(tuple(FIELDS[endpoint]))
    target.update(endpoint, row["id"], **{field: FIELDS[endpoint][field](hand, row)})


def _rename(hand: Hand, target: Target) -> None:
    endpoint = hand.of(SLUGGED)
    target.update(endpoint, hand.id(endpoint), **named(hand))


def _rename_type(hand: Hand, target: Target) -> None:
    fields = named(hand)
    target.update("dcim/device-types", hand.id("dcim/device-types"), model=fields["name"], slug=fields["slug"])


def _delete(hand: Hand, target: Target) -> None:
    endpoint = hand.of(DELETED)
    target.delete(endpoint, hand.id(endpoint))


def _delete_component(hand: Hand, target: Target) -> None:
    endpoint = hand.of((INTERFACE, VM_INTERFACE, ADDRESS, "ipam/services", "dcim/mac-addresses", "dcim/cables"))
    target.delete(endpoint, hand.id(endpoint))


def _delete_host(hand: Hand, target: Target) -> None:
    endpoint = hand.of((DEVICE, MACHINE))
    target.delete(endpoint, hand.id(endpoint))


def _save(hand: Hand, target: Target) -> None:
    """Save an object without a change. NetBox adds no record, but updates `last_updated`."""
    endpoint = hand.of((DEVICE, MACHINE, SITE, "dcim/racks", LOCATION, "virtualization/clusters"))
    target.update(endpoint, hand.id(endpoint))


def _create_device(hand: Hand, target: Target) -> None:
    site = hand.id(SITE)
    target.create(
        DEVICE,
        name=hand.of((*NAMES, None)),
        site=site,
        role=hand.id("dcim/device-roles"),
        device_type=hand.id("dcim/device-types"),
        location=hand.maybe(LOCATION, lambda row: key(row["site"]) == site),
        tags=hand.some("extras/tags"),
        status=hand.of(STATUS[DEVICE]),
    )


def _create_machine(hand: Hand, target: Target) -> None:
    target.create(
        MACHINE,
        name=hand.of(NAMES),
        cluster=hand.id("virtualization/clusters"),
        tenant=hand.maybe("tenancy/tenants"),
        tags=hand.some("extras/tags"),
    )


def _create_interface(hand: Hand, target: Target) -> None:
    if hand.number(3) == 0:
        target.create(VM_INTERFACE, virtual_machine=hand.id(MACHINE), name=hand.of(("eth0", "eth1", "lo")))
    else:
        kind = hand.of(("1000base-t", "lag", "virtual"))
        target.create(INTERFACE, device=hand.id(DEVICE), name=hand.of(("eth0", "eth9", "po2")), type=kind)


def _create_address(hand: Hand, target: Target) -> None:
    endpoint = hand.of((INTERFACE, INTERFACE, VM_INTERFACE))
    address = hand.of(("198.18.0.", "2001:db8:1::")) + str(1 + hand.number(200))
    target.create(
        ADDRESS,
        address=address + ("/64" if ":" in address else "/24"),
        dns_name=hand.of(("", "new.example.com")),
        **assigned(endpoint, hand.id(endpoint)),
    )


def _create_part(hand: Hand, target: Target) -> None:
    """Create a service, a virtual disk, a MAC address, or a journal entry."""
    endpoint = hand.of(
        ("ipam/services", "virtualization/virtual-disks", "dcim/mac-addresses", "extras/journal-entries")
    )
    if endpoint == "ipam/services":
        owner = hand.of((DEVICE, MACHINE))
        kind = {DEVICE: "dcim.device", MACHINE: "virtualization.virtualmachine"}[owner]
        place = {"parent_object_type": kind, "parent_object_id": hand.id(owner)}
        target.create(endpoint, name=hand.of(("ssh", "http")), protocol="tcp", ports=[22], **place)
    elif endpoint == "virtualization/virtual-disks":
        target.create(
            endpoint, virtual_machine=hand.id(MACHINE), name=hand.of(("sda", "sdb", "sdc")), size=hand.of((1, 5))
        )
    elif endpoint == "dcim/mac-addresses":
        target.create(endpoint, mac_address="02:00:00:00:00:0B", **assigned(INTERFACE, hand.id(INTERFACE)))
    else:
        place = {"assigned_object_type": "dcim.device", "assigned_object_id": hand.id(DEVICE)}
        target.create(endpoint, comments="Checked", **place)


def _create_place(hand: Hand, target: Target) -> None:
    endpoint = hand.of((SITE, LOCATION, "dcim/racks", "dcim/regions", "dcim/site-groups"))
    fields = named(hand)
    if endpoint == SITE:
        target.create(SITE, region=hand.maybe("dcim/regions"), **fields)
    elif endpoint in (LOCATION, "dcim/racks"):
        site = hand.id(SITE)
        above = hand.maybe(LOCATION, lambda row: key(row["site"]) == site)
        parent = {"parent" if endpoint == LOCATION else "location": above}
        target.create(endpoint, site=site, **parent, **fields)
    else:
        target.create(endpoint, parent=hand.maybe(endpoint), **fields)


def _create_group(hand: Hand, target: Target) -> None:
    endpoint = hand.of(("dcim/device-roles", "dcim/platforms", "tenancy/tenants", "extras/tags", "dcim/rack-roles"))
    target.create(endpoint, **named(hand))


def _move_device(hand: Hand, target: Target) -> None:
    """Move a device to a site, and sometimes to a rack or location in the site."""
    device, site = hand.id(DEVICE), hand.id(SITE)
    rack = hand.maybe("dcim/racks", lambda row: key(row["site"]) == site)
    room = None
    if rack is None:
        room = hand.maybe(LOCATION, lambda row: key(row["site"]) == site)
    target.update(DEVICE, device, site=site, rack=rack, location=room, position=None)


def _move_rack(hand: Hand, target: Target) -> None:
    """Move a rack to a site. Its devices move with it, without change records."""
    site = hand.id(SITE)
    room = hand.maybe(LOCATION, lambda row: key(row["site"]) == site)
    target.update("dcim/racks", hand.id("dcim/racks"), site=site, location=room)


def _move_location(hand: Hand, target: Target) -> None:
    """Move a location to a site. Its child locations, racks, and devices move with it, without change records."""
    target.update(LOCATION, hand.id(LOCATION), site=hand.id(SITE), parent=None)


def _move_cluster(hand: Hand, target: Target) -> None:
    """Move a cluster to a site, or remove its scope. Its virtual machines move with it, without change records."""
    site = hand.maybe(SITE)
    scope = {"scope_type": "dcim.site" if site else None, "scope_id": site}
    target.update("virtualization/clusters", hand.id("virtualization/clusters"), **scope)


def _move_address(hand: Hand, target: Target) -> None:
    address = hand.id(ADDRESS)
    if hand.number(5) == 0:
        target.update(ADDRESS, address, assigned_object_type=None, assigned_object_id=None)
    else:
        endpoint = hand.of((INTERFACE, VM_INTERFACE))
        target.update(ADDRESS, address, **assigned(endpoint, hand.id(endpoint)))


def _renumber(hand: Hand, target: Target) -> None:
    row = hand.row(ADDRESS)
    address = (
        f"2001:db8:2::{1 + hand.number(99):x}/64" if ":" in row["address"] else f"198.18.1.{1 + hand.number(99)}/24"
    )
    target.update(ADDRESS, row["id"], address=address)


def _set_primary(hand: Hand, target: Target) -> None:
    endpoint = hand.of((DEVICE, DEVICE, MACHINE))
    host = hand.id(endpoint)
    field = hand.of(("primary_ip4", "primary_ip6", "oob_ip") if endpoint == DEVICE else ("primary_ip4", "primary_ip6"))
    family = {"primary_ip4": 4, "primary_ip6": 6}.get(field)
    address = hand.maybe(
        ADDRESS,
        lambda row: owner_of(hand.estate, row) == (endpoint, host) and family in (None, row["family"]["value"]),
    )
    target.update(endpoint, host, **{field: address})


def _set_primary_mac(hand: Hand, target: Target) -> None:
    mac = hand.row("dcim/mac-addresses", lambda row: row["assigned_object_type"] == "dcim.interface")
    target.update(INTERFACE, mac["assigned_object_id"], primary_mac_address=hand.of((mac["id"], None)))


def _move_mac(hand: Hand, target: Target) -> None:
    mac = hand.row("dcim/mac-addresses", lambda row: not _is_primary(hand, row))
    target.update("dcim/mac-addresses", mac["id"], **assigned(INTERFACE, hand.id(INTERFACE)))


def _is_primary(hand: Hand, mac: Row) -> bool:
    return any(
        len(hand.estate.get(each).having("primary_mac_address", {mac["id"]})) for each in (INTERFACE, VM_INTERFACE)
    )


def _relate_interfaces(hand: Hand, target: Target) -> None:
    row = hand.row(INTERFACE)
    field = hand.of(("parent", "bridge", "lag"))
    other = hand.maybe(INTERFACE, lambda each: key(each["device"]) == key(row["device"]))
    target.update(INTERFACE, row["id"], **{field: other})


def _connect(hand: Hand, target: Target) -> None:
    def is_free(row: Row) -> bool:
        return row["cable"] is None and row["type"]["value"] == "1000base-t"

    one_end, other = hand.id(INTERFACE, is_free), hand.id(INTERFACE, is_free)
    if one_end == other:
        raise Nothing
    ends = [[{"object_type": "dcim.interface", "object_id": pk}] for pk in (one_end, other)]
    target.create("dcim/cables", a_terminations=ends[0], b_terminations=ends[1])


def _chassis(hand: Hand, target: Target) -> None:
    """Create a virtual chassis, add a device to one, or remove a device from one."""
    device = hand.id(DEVICE)
    choice = hand.number(3)
    if choice == 0:
        if hand.estate.get(DEVICE)[device]["virtual_chassis"]:
            raise Nothing
        target.create("dcim/virtual-chassis", name=hand.of(("stack", "stack 2")), master=device)
    elif choice == 1:
        chassis = hand.id("dcim/virtual-chassis")
        target.update(DEVICE, device, virtual_chassis=chassis, vc_position=2 + hand.number(6))
    else:
        target.update(DEVICE, device, virtual_chassis=None, vc_position=None, vc_priority=None)


def _change_master(hand: Hand, target: Target) -> None:
    chassis = hand.id("dcim/virtual-chassis")
    member = hand.maybe(DEVICE, lambda row: key(row["virtual_chassis"]) == chassis)
    target.update("dcim/virtual-chassis", chassis, master=member)


def _pin(hand: Hand, target: Target) -> None:
    """Pin a virtual machine to a device in its cluster."""
    machine = hand.row(MACHINE, lambda row: row["cluster"] is not None)
    device = hand.maybe(DEVICE, lambda row: key(row["cluster"]) == key(machine["cluster"]))
    target.update(MACHINE, machine["id"], device=device)


def _move_service(hand: Hand, target: Target) -> None:
    owner = hand.of((DEVICE, MACHINE))
    kind = {DEVICE: "dcim.device", MACHINE: "virtualization.virtualmachine"}[owner]
    place = {"parent_object_type": kind, "parent_object_id": hand.id(owner)}
    target.update("ipam/services", hand.id("ipam/services"), **place)


def _bay(hand: Hand, target: Target) -> None:
    device = hand.id(DEVICE)
    bays = hand.estate.get("dcim/device-bays")
    if len(bays) == 0:
        target.create("dcim/device-bays", device=device, name="bay-1")
        return
    bay = hand.row("dcim/device-bays")
    if key(bay["device"]) == device or len(bays.having("installed_device", {device})):
        target.update("dcim/device-bays", bay["id"], installed_device=None)
    else:
        target.update("dcim/device-bays", bay["id"], installed_device=device)


def _set_custom_field(hand: Hand, target: Target) -> None:
    endpoint = hand.of((DEVICE, MACHINE))
    kind = {DEVICE: "dcim.device", MACHINE: "virtualization.virtualmachine"}[endpoint]
    field = hand.row("extras/custom-fields", lambda row: kind in row["object_types"])
    target.update(endpoint, hand.id(endpoint), custom_fields={field["name"]: _custom_value(hand, field)})


def _custom_value(hand: Hand, field: Row) -> t.Any:
    kind = field["type"]["value"]
    if kind in ("object", "multiobject"):
        endpoint = {"tenancy.tenant": "tenancy/tenants", "dcim.site": SITE, "dcim.device": DEVICE}.get(
            field["related_object_type"]
        )
        if endpoint is None:
            raise Nothing
        return hand.maybe(endpoint) if kind == "object" else hand.some(endpoint)
    if "select" in kind:
        choices = hand.estate.get("extras/custom-field-choice-sets").get(key(field["choice_set"]), {})
        values = [value for value, _label in choices.get("extra_choices") or ()]
        value = hand.of([*values, None])
        return [value] if kind == "multiselect" and value else value
    others: dict[str, tuple[t.Any, ...]] = {
        "integer": (0, 7, None),
        "decimal": (0.5, None),
        "boolean": (True, False, None),
        "date": ("2026-01-01", None),
        "datetime": ("2026-01-01T10:00:00Z", None),
        "json": ({"a": 1}, [1], None),
    }
    return hand.of(others.get(kind, ("x", "web1", None)))


def _custom_field(hand: Hand, target: Target) -> None:
    """Create a custom field, rename it, or assign it to other types."""
    kinds = hand.of((["dcim.device"], ["dcim.device", "virtualization.virtualmachine"]))
    name = hand.of(("extra", "fqdn", "site"))
    choice = hand.number(3)
    if choice == 0:
        target.create("extras/custom-fields", name=name, type="text", object_types=kinds, default=hand.of((None, "x")))
    elif choice == 1:
        target.update("extras/custom-fields", hand.id("extras/custom-fields"), name=name)
    else:
        target.update("extras/custom-fields", hand.id("extras/custom-fields"), object_types=kinds)


def _label_choice(hand: Hand, target: Target) -> None:
    row = hand.row("extras/custom-field-choice-sets")
    choices = [[value, hand.of((label, f"{value} x"))] for value, label in row["extra_choices"]]
    target.update("extras/custom-field-choice-sets", row["id"], extra_choices=choices)


def _create_context(hand: Hand, target: Target) -> None:
    names = ("regions", "sites", "roles", "platforms", "tenants", "clusters", "locations", "site_groups")
    field = hand.of(names)
    ids = FIELDS["extras/config-contexts"][field](hand, {})
    target.create("extras/config-contexts", name=hand.of(("one", "two")), data={"from": field}, **{field: ids})


def _tag_context(hand: Hand, target: Target) -> None:
    slugs = [hand.row("extras/tags")["slug"]] if hand.number(2) else []
    target.update("extras/config-contexts", hand.id("extras/config-contexts"), tags=slugs)


def assigned(endpoint: str, pk: int) -> Fields:
    """Return the fields that assign an IP or MAC address to an interface."""
    kind = "dcim.interface" if endpoint == INTERFACE else "virtualization.vminterface"
    return {"assigned_object_type": kind, "assigned_object_id": pk}


EDITS: dict[str, Callable[[Hand, Target], None]] = {
    run.__name__[1:].replace("_", " "): run
    for run in (
        *(_edit, _edit_host, _rename, _rename_type, _delete, _delete_component, _delete_host, _save, _create_device),
        *(_create_machine, _create_interface, _create_address, _create_part, _create_place, _create_group),
        *(_move_device, _move_rack, _move_location, _move_cluster, _move_address, _renumber, _set_primary),
        *(_set_primary_mac, _move_mac, _relate_interfaces, _connect, _chassis, _change_master, _pin, _move_service),
        *(_bay, _set_custom_field, _custom_field, _label_choice, _create_context, _tag_context),
    )
}


# Sequences


def edit_steps(unlogged: bool = False) -> st.SearchStrategy[Step]:
    """Return a strategy for one edit. If `unlogged` is true, include edits without change records."""
    ways = ("logged", "logged", "logged", "late") + (("unlogged", "raw") if unlogged else ())
    numbers = st.lists(st.integers(0, 1000), min_size=4, max_size=12).map(tuple)
    return st.builds(Step, st.sampled_from(sorted(EDITS)), st.sampled_from(ways), numbers)


def edit_sequences(max_size: int = 20, unlogged: bool = False) -> st.SearchStrategy[list[Step]]:
    return st.lists(edit_steps(unlogged), max_size=max_size)


class Editor:
    """Performs steps on one mock NetBox."""

    def __init__(self, netbox: NetBox) -> None:
        self._netbox = netbox
        self._late: list[LateRequest] = []

    def perform(self, step: Step) -> bool:
        """Perform a step. Return whether NetBox accepted the edit, or began a transaction for it."""
        hand = Hand(self._netbox, step.numbers)
        if self._late and hand.number(3) == 0:
            self._commit()
        run = EDITS[step.edit]
        try:
            if step.how == "late":
                late = self._netbox.edits.begin(records=LATE_RECORDS)
                self._late.append(late)
                run(hand, late)
            elif step.how in ("unlogged", "raw"):
                backup = self._netbox.edits.backup()
                try:
                    run(hand, self._netbox.edits.unlogged(saved=step.how == "unlogged"))
                except (Refused, Nothing):
                    self._netbox.edits.restore(backup)
                    raise
            else:
                with self._netbox.edits.request() as request:
                    run(hand, request)
        except (Refused, Nothing):
            return False
        return True

    def _commit(self) -> None:
        try:
            self._late.pop(0).commit()
        except Refused:
            return

    def finish(self) -> None:
        """Commit all open transactions. Ignore transactions that NetBox now rejects."""
        while self._late:
            self._commit()


def perform(netbox: NetBox, steps: Iterable[Step]) -> int:
    """Perform all steps, and commit all transactions. Return the number of accepted steps."""
    editor = Editor(netbox)
    done = sum(editor.perform(step) for step in steps)
    editor.finish()
    return done


@contextmanager
def editing_between_requests(
    netbox: NetBox, steps: Iterable[Step], every: int = 1, only: Callable[[Received], bool] = lambda received: True
) -> Iterator[Editor]:
    """Perform steps between the requests to the mock NetBox. Ignore the steps that remain at the end.

    `every` is the number of requests for each step, and `only` selects the requests to count. Transactions stay open
    until :meth:`Editor.finish`.
    """
    editor, left, count = Editor(netbox), list(steps), [0]

    def edit(received: Received) -> None:
        if not only(received):
            return
        count[0] += 1
        if left and count[0] % every == 0:
            editor.perform(left.pop(0))

    netbox.hooks.append(edit)
    try:
        yield editor
    finally:
        netbox.hooks.remove(edit)
