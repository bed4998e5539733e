# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Define every variable that a host can have, and how it is read.

To add a variable, add one entry to :data:`FACTS`. The plan and both transports use this entry. A test compares the
entries with the table of variables in the guide.
"""

from __future__ import annotations

import dataclasses
import datetime
import typing as t
import zoneinfo
from collections.abc import Callable, Mapping

from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.interfaces import (
    shape_interface,
    sort_interfaces,
)
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.names import is_safe_address
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.options import KINDS, Options
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.primary import (
    OF_GATEWAY,
    OF_INTERFACE,
    read_gateway,
    read_prefix_length,
    read_primary_interface,
)
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.snapshot import Snapshot, ancestors
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.tables import INTERFACES, TABLES
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.values import deep_copy

DEVICES, VIRTUAL_MACHINES = ("devices",), ("virtual_machines",)
NOTHING: Row = {}
Owned = dict[tuple[str, int], list[Row]]


@dataclasses.dataclass(frozen=True)
class Field:
    """A field of devices and virtual machines in the REST API, and how GraphQL returns it.

    * ``kinds``: the kinds of hosts that have the field.
    * ``selection``: the GraphQL selection for the field.
    * ``plain``: whether both APIs return the same value.
    * ``nullable``: the kinds of hosts whose REST filter ``<name>_id`` accepts ``null``.
    * ``model``: the type of objects that the field refers to. If such an object changes, the field can change.
    """

    name: str
    selection: str
    kinds: tuple[str, ...] = KINDS
    plain: bool = False
    nullable: tuple[str, ...] = ()
    model: str | None = None


# Parts of selections that only some facts need.
DNS_NAME = " dns_name"
MANUFACTURER = " manufacturer {slug}"

ADDRESS = f"{{id address{DNS_NAME}}}"

ID = Field("id", "id", plain=True)
NAME = Field("name", "name", plain=True)
SERIAL = Field("serial", "serial", plain=True)
ASSET_TAG = Field("asset_tag", "asset_tag", DEVICES, plain=True)
MEMORY = Field("memory", "memory", VIRTUAL_MACHINES, plain=True)
DISK = Field("disk", "disk", VIRTUAL_MACHINES, plain=True)
VCPUS = Field("vcpus", "vcpus", VIRTUAL_MACHINES, plain=True)
LOCAL_CONTEXT_DATA = Field("local_context_data", "local_context_data", plain=True)
CONFIG_CONTEXT = Field("config_context", "config_context")
CUSTOM_FIELDS = Field("custom_fields", "custom_fields")
STATUS = Field("status", "status")
TAGS = Field("tags", "tags {id}", model="extras.tag")
SITE = Field("site", "site {id slug}", nullable=VIRTUAL_MACHINES, model="dcim.site")
LOCATION = Field("location", "location {id slug}", DEVICES, nullable=DEVICES, model="dcim.location")
RACK = Field("rack", "rack {id name}", DEVICES, nullable=DEVICES, model="dcim.rack")
TENANT = Field("tenant", "tenant {id slug}", nullable=KINDS, model="tenancy.tenant")
ROLE = Field("role", "role {id slug}", nullable=VIRTUAL_MACHINES, model="dcim.devicerole")
PLATFORM = Field("platform", "platform {id slug}", nullable=KINDS, model="dcim.platform")
DEVICE_TYPE = Field("device_type", f"device_type {{id slug{MANUFACTURER}}}", DEVICES, model="dcim.devicetype")
CLUSTER = Field("cluster", "cluster {id name}", nullable=KINDS, model="virtualization.cluster")
CLUSTER_DEVICE = Field("device", "device {id name}", VIRTUAL_MACHINES, nullable=VIRTUAL_MACHINES, model="dcim.device")
VIRTUAL_CHASSIS = Field(
    "virtual_chassis", "virtual_chassis {id name master {id}}", DEVICES, nullable=DEVICES, model="dcim.virtualchassis"
)
VC_POSITION = Field("vc_position", "vc_position", DEVICES, plain=True)
PRIMARY_IP4 = Field("primary_ip4", f"primary_ip4 {ADDRESS}", nullable=KINDS, model="ipam.ipaddress")
PRIMARY_IP6 = Field("primary_ip6", f"primary_ip6 {ADDRESS}", nullable=KINDS, model="ipam.ipaddress")
# GraphQL does not have this field. NetBox's setting PREFER_IPV4 determines which of the two addresses it contains.
PRIMARY_IP = Field("primary_ip", f"primary_ip4 {ADDRESS} primary_ip6 {ADDRESS}", model="ipam.ipaddress")
OOB_IP = Field("oob_ip", f"oob_ip {ADDRESS}", DEVICES, nullable=DEVICES, model="ipam.ipaddress")

FIELDS = {field.name: field for field in list(globals().values()) if isinstance(field, Field)}

# Fields of devices and virtual machines in NetBox 4.5 to 4.7. Expressions can also use fields of later versions.
REST_FIELDS = {
    "devices": frozenset(
        [
            "id",
            "url",
            "display_url",
            "display",
            "name",
            "device_type",
            "role",
            "tenant",
            "platform",
            "serial",
            "asset_tag",
            "site",
            "location",
            "rack",
            "position",
            "face",
            "latitude",
            "longitude",
            "parent_device",
            "status",
            "airflow",
            "primary_ip",
            "primary_ip4",
            "primary_ip6",
            "oob_ip",
            "cluster",
            "virtual_chassis",
            "vc_position",
            "vc_priority",
            "description",
            "owner",
            "comments",
            "config_template",
            "config_context",
            "local_context_data",
            "tags",
            "custom_fields",
            "created",
            "last_updated",
            "console_port_count",
            "console_server_port_count",
            "power_port_count",
            "power_outlet_count",
            "interface_count",
            "front_port_count",
            "rear_port_count",
            "device_bay_count",
            "module_bay_count",
            "inventory_item_count",
        ]
    ),
    "virtual_machines": frozenset(
        [
            "id",
            "url",
            "display_url",
            "display",
            "name",
            "virtual_machine_type",
            "role",
            "status",
            "start_on_boot",
            "site",
            "cluster",
            "device",
            "serial",
            "platform",
            "primary_ip",
            "primary_ip4",
            "primary_ip6",
            "vcpus",
            "memory",
            "disk",
            "description",
            "owner",
            "tenant",
            "comments",
            "config_template",
            "config_context",
            "local_context_data",
            "tags",
            "custom_fields",
            "created",
            "last_updated",
            "interface_count",
            "virtual_disk_count",
        ]
    ),
}


class View:
    """The data that readers use in addition to the host's row: the snapshot, options, and results that hosts share."""

    def __init__(self, snapshot: Snapshot, options: Options) -> None:
        self.snapshot = snapshot
        self.options = options
        # The IDs of the members of each virtual chassis, by name. The key is the member that is a host.
        self.members: dict[int, list[int]] = {}
        # Addresses that are not safe for `ansible_host`, by the host's kind and ID.
        self.unsafe_addresses: dict[tuple[str, int], str] = {}
        # Subnets in which several addresses are gateways.
        self.ambiguous_gateways: set[str] = set()
        self.memory: dict[tuple[str, t.Any], t.Any] = {}

    def related(self, table: str, row: Row, field: str) -> Row:
        """Return the row in ``table`` that ``field`` of ``row`` refers to, or an empty row."""
        # This runs several times for each host.
        found = row.get(field)
        return self.snapshot.tables.get(table, NOTHING).get(found["id"], NOTHING) if found else NOTHING

    def owned(self, table: str) -> Owned:
        """Return the rows of ``table`` in order, by the kind and ID of their owners.

        The rows are removed from the snapshot, so that readers can change them.
        """
        owner = TABLES[table].owner
        if owner is None:
            raise AssertionError(f"the rows of {table} have no owner")

        def group() -> Owned:
            found: Owned = {}
            for row in self._in_order(table):
                belongs_to = owner(row)
                if belongs_to:
                    found.setdefault(belongs_to, []).append(row)
            return found

        return t.cast(Owned, self.once("owned", table, group))

    def addresses(self) -> Owned:
        """Return IP addresses by the object type and ID of their interfaces, and remove them from the snapshot."""

        def group() -> Owned:
            found: Owned = {}
            for row in self._in_order("addresses"):
                interface = (row.get("assigned_object_type") or "", row.get("assigned_object_id") or 0)
                found.setdefault(interface, []).append(row)
            return found

        return t.cast(Owned, self.once("owned", "addresses", group))

    def _in_order(self, table: str) -> list[Row]:
        """Remove the rows of ``table`` from the snapshot, and return them in ID order.

        With ``compatibility: netbox.netbox``, return them in NetBox's default order if netbox.netbox does.
        """
        rows = sorted(self.snapshot.tables.pop(table, {}).values(), key=lambda row: t.cast(int, row["id"]))
        order = TABLES[table].order
        return sorted(rows, key=order) if order and self.options.as_peer else rows

    def once(self, name: str, key: t.Any, compute: Callable[[], t.Any]) -> t.Any:
        """Return the result of ``compute()``. Call it only once for each ``name`` and ``key``."""
        place = (name, key)
        try:
            return self.memory[place]
        except KeyError:
            self.memory[place] = found = compute()
            return found


Reader = Callable[[View, str, Row], t.Any]
"""Returns the value of a fact, or ``None``. The arguments are the view, the kind of host, and the host's row."""


@dataclasses.dataclass(frozen=True)
class Fact:
    """A host variable.

    * ``fields``: the host fields that the value is read from.
    * ``read``: a function that returns the value.
    * ``tables``: the tables in ``tables.TABLES`` that the value is read from, and the fields of each table. An empty
      tuple means whole objects.
    * ``kinds``: the kinds of hosts that have the variable.
    * ``plural``: the name if the option ``plurals`` is true. In that case, the value is a list with one element.
    * ``option``: the option that adds the variable. Nothing can use the variable unless this option is set.
    """

    name: str
    fields: tuple[Field, ...]
    read: Reader
    tables: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    kinds: tuple[str, ...] = KINDS
    plural: str | None = None
    option: str | None = None


def plain(field: str) -> Reader:
    """Return a reader for the unchanged value of a field."""

    def read_plain(view: View, kind: str, row: Row) -> t.Any:
        return row.get(field)

    return read_plain


def slug(field: str) -> Reader:
    """Return a reader for the slug of the object in a field."""

    def read_slug(view: View, kind: str, row: Row) -> t.Any:
        return (row.get(field) or NOTHING).get("slug")

    return read_slug


def name(field: str) -> Reader:
    """Return a reader for the name of the object in a field."""

    def read_name(view: View, kind: str, row: Row) -> t.Any:
        return (row.get(field) or NOTHING).get("name")

    return read_name


def address(field: str) -> Reader:
    """Return a reader for the IP address in a field, without its prefix length."""

    def read_address(view: View, kind: str, row: Row) -> str | None:
        return without_length(row.get(field))

    return read_address


def site_field(field: str) -> Reader:
    """Return a reader for a field of the host's site."""

    def read_site_field(view: View, kind: str, row: Row) -> t.Any:
        return view.related("sites", row, "site").get(field)

    return read_site_field


def cluster_slug(field: str) -> Reader:
    """Return a reader for the slug of an object that the host's cluster refers to."""

    def read_cluster_slug(view: View, kind: str, row: Row) -> t.Any:
        return (view.related("clusters", row, "cluster").get(field) or NOTHING).get("slug")

    return read_cluster_slug


def site_ancestry(field: str, table: str) -> Reader:
    """Return a reader for the slugs of the objects that contain the host's site, starting with the lowest object."""

    def read_site_ancestry(view: View, kind: str, row: Row) -> list[str]:
        def slugs() -> list[str]:
            lowest = view.related("sites", row, "site").get(field) or NOTHING
            return [one["slug"] for one in ancestors(lowest.get("id"), view.snapshot.table(table))]

        return list(view.once(table, (row.get("site") or NOTHING).get("id"), slugs))

    return read_site_ancestry


def owned(table: str) -> Reader:
    """Return a reader for the host's rows in ``table``."""

    def read_owned(view: View, kind: str, row: Row) -> list[Row]:
        return view.owned(table).get((kind, row["id"]), [])

    return read_owned


def read_ansible_host(view: View, kind: str, row: Row) -> str | None:
    """Return the primary address. If the options require it, prefer the DNS name or the out-of-band address."""
    found = [without_length(row.get("primary_ip"))]
    if view.options.ansible_host_dns_name:
        found.append(read_dns_name(view, kind, row))
    if view.options.oob_ip_as_primary_ip:
        found.append(without_length(row.get("oob_ip")))
    for one in filter(None, reversed(found)):
        if is_safe_address(one):
            return one
        view.unsafe_addresses[kind, row["id"]] = one
    return None


def read_dns_name(view: View, kind: str, row: Row) -> str | None:
    """Return the primary address's DNS name. NetBox 4.5 returns this name only in the list of IP addresses."""
    primary = row.get("primary_ip") or NOTHING
    known = primary if "dns_name" in primary else view.snapshot.table("dns_names").get(primary.get("id", 0), NOTHING)
    return known.get("dns_name") or None


def read_status(view: View, kind: str, row: Row) -> dict[str, str] | None:
    """Return a copy of the status, so that hosts do not share one dictionary."""
    status = row.get("status")
    return dict(status) if status else None


def read_custom_fields(view: View, kind: str, row: Row) -> dict[str, t.Any]:
    """Return the custom fields that have a value."""
    return {key: value for key, value in (row.get("custom_fields") or NOTHING).items() if value is not None}


def read_site(view: View, kind: str, row: Row) -> t.Any:
    """Return the site's slug or, if the option ``site_data`` is true, a copy of the whole site.

    If the option ``prefixes`` is true, the copy contains the prefixes of the site.
    """
    site: Row = row.get("site") or NOTHING
    if not site:
        return None
    if not view.options.site_data:
        return site.get("slug")
    whole = view.snapshot.table("sites").get(site["id"])
    if whole is None:
        return None
    if view.options.prefixes and "prefixes" not in view.snapshot.denied:
        whole = {**whole, "prefixes": view.owned("prefixes").get(("sites", site["id"]), [])}
    return deep_copy(whole)


def read_locations(view: View, kind: str, row: Row) -> list[str]:
    """Return the slugs of the location and its ancestors, starting with the location."""
    lowest = (row.get("location") or NOTHING).get("id")

    def slugs() -> list[str]:
        return [one["slug"] for one in ancestors(lowest, view.snapshot.table("locations"))]

    return list(view.once("locations", lowest, slugs))


def read_time_zone(view: View, kind: str, row: Row) -> str | None:
    """Return the site's time zone in a form for group names, such as ``Europe_Berlin``."""
    zone = view.related("sites", row, "site").get("time_zone")
    return view.once("time_zone", zone, lambda: str(zone).replace("/", "_")) if zone else None


def read_utc_offset(view: View, kind: str, row: Row) -> str | None:
    """Return the current UTC offset of the site's time zone, such as ``plus_1`` or ``minus_3_30``."""
    zone = view.related("sites", row, "site").get("time_zone")
    return view.once("utc_offset", zone, lambda: utc_offset(zone, whole_hours=view.options.as_peer))


def read_manufacturer(view: View, kind: str, row: Row) -> str | None:
    """Return the slug of the device type's manufacturer."""
    return ((row.get("device_type") or NOTHING).get("manufacturer") or NOTHING).get("slug")


def read_rack_role(view: View, kind: str, row: Row) -> str | None:
    """Return the slug of the rack's role."""
    return (view.related("racks", row, "rack").get("role") or NOTHING).get("slug")


def read_cluster_device(view: View, kind: str, row: Row) -> t.Any:
    """Return the name of the device that a virtual machine is pinned to. With ``compatibility``, return the object."""
    device = row.get("device") or NOTHING
    return (deep_copy(device) or None) if view.options.as_peer else device.get("name")


def read_is_virtual(view: View, kind: str, row: Row) -> bool:
    """Return whether the host is a virtual machine."""
    return kind == "virtual_machines"


def read_interfaces(view: View, kind: str, row: Row) -> list[Row]:
    """Return the interfaces with their addresses. A virtual chassis has the interfaces of all members."""
    table, whole = INTERFACES[kind], "all" in view.options.interface_fields
    numbers = view.members.get(row["id"], [row["id"]]) if kind == "devices" else [row["id"]]
    owned, addresses, model, owner = view.owned(table.name), view.addresses(), table.model, kind[:-1]
    if view.options.as_peer and len(numbers) > 1:
        # netbox.netbox keeps NetBox's order: all interfaces of a member, and then those of the next member.
        interfaces = [one for number in numbers for one in sort_interfaces(owned.get((kind, number), ()))]
    else:
        interfaces = sort_interfaces([one for number in numbers for one in owned.get((kind, number), ())])
    return [shape_interface(one, addresses.get((model, one["id"]), []), owner, whole) for one in interfaces]


def read_services(view: View, kind: str, row: Row) -> list[Row]:
    """Return the services of a host in ID order. With ``compatibility``, use NetBox's default order."""
    services = view.owned("services").get((kind, row["id"]), [])
    if view.options.as_peer:
        services.sort(key=lambda one: ((one.get("protocol") or NOTHING).get("value", ""), one.get("ports") or []))
    return services


def read_selected(view: View, kind: str, row: Row) -> t.Any:
    """Return the host's data for the option ``select``."""
    return view.snapshot.table(f"selected_{kind}").get(row["id"], NOTHING).get("value")


def read_tags(view: View, kind: str, row: Row) -> list[str]:
    """Return the slugs of the tags."""
    return [tag["slug"] for tag in row.get("tags") or ()]


NESTED = ("slug", "parent")
SITE_GROUPS = {"sites": ("group",), "site_groups": NESTED}
HARDWARE = {"interfaces": (), "vm_interfaces": (), "addresses": ()}

# The order matches netbox.netbox, because a later variable replaces an earlier variable with the same name.
FACTS: dict[str, Fact] = {
    fact.name: fact
    for fact in (
        Fact("ansible_host", (PRIMARY_IP,), read_ansible_host),
        Fact("primary_ip4", (PRIMARY_IP4,), address("primary_ip4")),
        Fact("primary_ip6", (PRIMARY_IP6,), address("primary_ip6")),
        Fact("primary_ip4_prefix_length", (PRIMARY_IP4,), read_prefix_length),
        Fact(
            "primary_interface",
            (PRIMARY_IP,),
            read_primary_interface,
            {"primary_addresses": OF_INTERFACE},
            option="primary_interface",
        ),
        Fact(
            "gateway",
            (PRIMARY_IP4, PRIMARY_IP6),
            read_gateway,
            {"primary_addresses": OF_GATEWAY, "gateways": ("address", "vrf")},
            option="gateway_tag",
        ),
        Fact("oob_ip", (OOB_IP,), address("oob_ip"), kinds=DEVICES),
        Fact("disk", (DISK,), plain("disk"), kinds=VIRTUAL_MACHINES),
        Fact("memory", (MEMORY,), plain("memory"), kinds=VIRTUAL_MACHINES),
        Fact("vcpus", (VCPUS,), plain("vcpus"), kinds=VIRTUAL_MACHINES),
        Fact("status", (STATUS,), read_status),
        # With `compatibility`, flattened keys replace the variables above, but not the variables below.
        Fact("config_context", (CONFIG_CONTEXT,), plain("config_context"), option="config_context"),
        Fact("local_context_data", (LOCAL_CONTEXT_DATA,), plain("local_context_data")),
        Fact("custom_fields", (CUSTOM_FIELDS,), read_custom_fields),
        Fact("regions", (SITE,), site_ancestry("region", "regions"), {"sites": ("region",), "regions": NESTED}),
        Fact("cluster", (CLUSTER,), name("cluster")),
        Fact("cluster_group", (CLUSTER,), cluster_slug("group"), {"clusters": ("group",)}),
        Fact("cluster_type", (CLUSTER,), cluster_slug("type"), {"clusters": ("type",)}),
        Fact("cluster_device", (CLUSTER_DEVICE,), read_cluster_device, kinds=VIRTUAL_MACHINES),
        Fact("is_virtual", (), read_is_virtual),
        Fact("serial", (SERIAL,), plain("serial")),
        Fact("asset_tag", (ASSET_TAG,), plain("asset_tag"), kinds=DEVICES),
        Fact("time_zone", (SITE,), read_time_zone, {"sites": ("time_zone",)}),
        Fact("utc_offset", (SITE,), read_utc_offset, {"sites": ("time_zone",)}),
        Fact("facility", (SITE,), site_field("facility"), {"sites": ("facility",)}),
        Fact("site", (SITE,), read_site, plural="sites"),
        Fact("tenant", (TENANT,), slug("tenant"), plural="tenants"),
        Fact("tags", (TAGS,), read_tags),
        Fact("role", (ROLE,), slug("role"), plural="device_roles"),
        Fact("platform", (PLATFORM,), slug("platform"), plural="platforms"),
        Fact("device_type", (DEVICE_TYPE,), slug("device_type"), kinds=DEVICES, plural="device_types"),
        Fact("manufacturer", (DEVICE_TYPE,), read_manufacturer, kinds=DEVICES, plural="manufacturers"),
        Fact(
            "site_groups", (SITE,), site_ancestry("group", "site_groups"), {"sites": ("group",), "site_groups": NESTED}
        ),
        Fact("rack", (RACK,), name("rack"), kinds=DEVICES, plural="racks", option="racks"),
        Fact("rack_role", (RACK,), read_rack_role, {"racks": ("role",)}, kinds=DEVICES, option="racks"),
        Fact("locations", (LOCATION, SITE), read_locations, {"locations": NESTED}),
        Fact("services", (), read_services, {"services": ()}, option="services"),
        Fact(
            "virtual_disks",
            (),
            owned("virtual_disks"),
            {"virtual_disks": ()},
            option="virtual_disks",
        ),
        Fact("interfaces", (), read_interfaces, HARDWARE, option="interfaces"),
        Fact("selected", (), read_selected, {"selected_devices": (), "selected_virtual_machines": ()}, option="select"),
        Fact("dns_name", (PRIMARY_IP,), read_dns_name, {"dns_names": ("dns_name",)}, option="dns_name"),
    )
}
PLURALS = {fact.plural: fact.name for fact in FACTS.values() if fact.plural}


def tables_of(fact: str, options: Options) -> Mapping[str, tuple[str, ...]]:
    """Return the tables and fields that a fact needs with these options."""
    tables = dict(FACTS[fact].tables)
    if fact == "site" and options.site_data:
        tables["sites"] = ()
        if options.prefixes:
            tables["prefixes"] = ()
    if fact == "ansible_host" and options.ansible_host_dns_name:
        tables["dns_names"] = ("dns_name",)
    return tables


def without_length(ip: Row | None) -> str | None:
    """Return the address of an IP address object without its prefix length."""
    return ip["address"].split("/")[0] if ip else None


def utc_offset(time_zone: str | None, whole_hours: bool = False) -> str | None:
    """Return the current UTC offset of a time zone in a form for group names, such as ``plus_1`` or ``minus_3_30``.

    With ``whole_hours``, round the offset as netbox.netbox does.
    """
    if not time_zone:
        return None
    try:
        offset = datetime.datetime.now(zoneinfo.ZoneInfo(time_zone)).utcoffset()
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return None
    minutes = int((offset or datetime.timedelta()).total_seconds() // 60)
    if whole_hours:
        minutes = round(minutes / 60) * 60
    hours, rest = divmod(abs(minutes), 60)
    return ("minus" if minutes < 0 else "plus") + f"_{hours}" + (f"_{rest}" if rest else "")
