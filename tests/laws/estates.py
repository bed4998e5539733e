# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Generate small estates that use all kinds of data that NetBox accepts.

Names come from short lists, so that they collide with each other, with group names, with Ansible's own names, and with
the names that the plugin creates for duplicates. The strategies do not generate data that NetBox rejects: two devices
with the same name in a site and tenant, two regions with the same slug under one parent, or a primary address on
another host's interface.
"""

from __future__ import annotations

import typing as t

from hypothesis import strategies as st

from ansible_collections.netbox.cursor.tests.laws.described import CHOICES, Described, Thing, Things

Draw = t.Callable[[st.SearchStrategy[t.Any]], t.Any]

MOST_DEVICES, MOST_VMS = 12, 6

# Slugs of all objects. Failing examples shrink to the first value of a list.
SLUGS = st.sampled_from(("ber", "north", "level-9", "web1", "leaf", "all", "dup", "a-b", "site", "1st"))
# Names of hosts. Names such as dup_2 are also names that the plugin creates for duplicates.
HOST_NAMES = st.sampled_from(
    (
        *("web1", "dup", "dup_2", "dup_3", "dup_4", "leaf", "ber", "north", "site_ber", "region_north", "tag_dup"),
        *("all", "ungrouped", "localhost", "Web1", "web server 1", "Größe-ä", "a/b", "10.0.0.1", "{{ 7 * 7 }}", "x,y"),
        *("level-9", "role_leaf", "no-name", "is_virtual", "dup_2_2"),
    )
)
# Names of objects without a slug: racks and clusters.
NAMES = st.sampled_from(("R1", "Rack 9/ä", "web1", "all", "ber", "c 1", "dup"))
TEXTS = st.sampled_from(("", "SN-1", "{{ 6 * 7 }}", "ü ß", "all", "!unsafe x", "true"))
DNS_NAMES = st.sampled_from(("", "web1.example.com", "web1", "dup", "all", "a.b.example.com"))
DEVICE_STATUS = st.sampled_from(("active", "planned", "offline", "staged", "failed", "inventory", "decommissioning"))
VM_STATUS = st.sampled_from(("active", "planned", "offline", "staged", "failed", "decommissioning", "paused"))
TIME_ZONES = st.sampled_from(
    (None, "Europe/Berlin", "America/St_Johns", "Asia/Kolkata", "UTC", "America/Argentina/Salta")
)
# Keys of config contexts: names of variables of the plugin and of Ansible, and invalid variable names.
KEYS = st.sampled_from(
    (
        *("ntp", "ntp-servers", "disk", "status", "site", "sites", "tags", "regions", "ansible_host", "role"),
        *(
            "ansible_connection",
            "omit",
            "1st",
            "größe",
            "custom_fields",
            "is_virtual",
            "hosts",
            "x y",
            "nb_site",
            "serial",
        ),
    )
)
VALUES = st.sampled_from(
    ("a", None, ["10.0.0.1", "10.0.0.2"], {"host": "x", "deep": {"a": [1, None]}}, 0, True, 1.5, [], "{{ 7 * 7 }}", "")
)
CONTEXTS = st.dictionaries(KEYS, VALUES, max_size=3)
CUSTOM_NAMES = st.sampled_from(("owner", "fqdn", "site", "tier", "disk", "ansible_host", "status", "x1"))
CUSTOM_VALUES: dict[str, st.SearchStrategy[t.Any]] = {
    "text": st.sampled_from(("web1.lan", "dup", "", "{{ x }}", "all", "ä b")),
    "longtext": st.sampled_from(("# a\n\nb", "web1")),
    "integer": st.sampled_from((0, 7, -1, 2**40)),
    "decimal": st.sampled_from((0.0, 7.25, 1.5)),
    "boolean": st.booleans(),
    "date": st.sampled_from(("2024-02-29", "2026-01-01")),
    "datetime": st.just("2026-01-01T10:00:00Z"),
    "url": st.just("https://example.com/a?b=1"),
    "json": st.sampled_from(({"a": [1, 2, {"b": None}]}, [1, "x"], {"id": 5, "value": "x"}, {})),
    "select": st.sampled_from(CHOICES),
    "multiselect": st.sampled_from((["t1"], ["t1", "t3"], ["t3", "t2"])),
}
KINDS = st.sampled_from(
    (
        *("text", "integer", "boolean", "select", "object", "multiobject", "multiselect", "json", "date", "decimal"),
        *("longtext", "url", "datetime"),
    )
)
OBJECTS_OF = st.sampled_from(("tenants", "sites", "devices", "tags"))

INTERFACE_NAMES = ("eth0", "eth1/10", "eth1/2", "mgmt0", "po1", "vlan 7")
INTERFACE_TYPES = st.sampled_from(("1000base-t", "lag", "virtual", "10gbase-x-sfpp"))
MODES = st.sampled_from((None, "access", "tagged", "tagged-all"))
MACS = st.sampled_from(((), ("02:00:00:00:00:01",), ("02:00:00:00:00:0A", "02:00:00:00:00:02")))
# Ways to reach a host: the addresses of its first interfaces, and the choice of the primary addresses.
REACHED = st.sampled_from(
    ("none", "4", "6", "46", "4 in second", "two names", "nat", "outside", "oob", "unset", "46 oob")
)
ADDRESS_ROLES = st.sampled_from((None, None, "vip", "anycast"))
SERVICES = st.sampled_from(((), (), ("ssh",), ("ssh", "http"), ("all",), ("web server", "ssh")))
PORTS = st.sampled_from(([22], [80, 443], [161]))
PROTOCOLS = st.sampled_from(("tcp", "udp"))

RARE = st.sampled_from((False, False, False, True))
FEW = st.sampled_from((0, 1, 2, 3))
SCOPES = st.sampled_from((None, "site", "location", "region"))
WEIGHTS = st.sampled_from((0, 100))
NOTHING = st.just(None)
BOOLEANS = st.booleans()
VERSIONS = st.sampled_from(("4.6", "4.6", "4.6", "4.5", "4.7"))
# Strategies for integers below a number. Create each strategy only once.
_BELOW = [st.integers(0, max(0, number - 1)) for number in range(40)]
_MAYBE = [st.sampled_from((None, *range(number))) for number in range(1, 12)]
_SOME = [
    st.sampled_from(((), *((one,) for one in range(number)), *((one, one - 1) for one in range(1, number))))
    for number in range(12)
]


def below(draw: Draw, number: int) -> int:
    """Draw an index in a list of this length."""
    return int(draw(_BELOW[number])) if number > 1 else 0


def maybe(draw: Draw, number: int) -> int | None:
    """Draw an index in a list of this length, or ``None``."""
    return t.cast("int | None", draw(_MAYBE[number - 1])) if number else None


def some(draw: Draw, number: int) -> tuple[int, ...]:
    """Draw up to two indexes in a list of this length."""
    return t.cast("tuple[int, ...]", draw(_SOME[number])) if number else ()


def without_blanks(thing: Thing) -> Thing:
    """Return ``thing`` without empty values, so that failing examples are easier to read."""
    return {name: value for name, value in thing.items() if value not in (None, (), [], "", {})}


def without_defaults(thing: Thing) -> Thing:
    """Return ``thing`` without references to index 0, which is the default."""
    return {name: value for name, value in thing.items() if value != 0}


class Taken:
    """The keys that are already in use, and that NetBox requires to be unique."""

    def __init__(self) -> None:
        self._keys: set[t.Any] = set()

    def free(self, *key: t.Any) -> bool:
        """Return whether the key is free, and reserve it."""
        if key in self._keys:
            return False
        self._keys.add(key)
        return True


@st.composite
def made(draw: Draw, make: t.Callable[[], Thing | None]) -> Thing | None:
    """Draw one item of a list with ``make``, so that hypothesis can remove the item from a failing example."""
    # Without this, hypothesis assumes that the strategy draws nothing.
    draw(NOTHING)
    return make()


def several(draw: Draw, make: t.Callable[[], Thing | None], most: int = 3) -> Things:
    """Draw a list of items with ``make``, which returns None for an item that NetBox would reject."""
    return [thing for thing in draw(st.lists(made(make), max_size=most)) if thing is not None]


def _tree(draw: Draw, most: int, under: t.Callable[[], Thing] = dict) -> Things:
    """Draw a tree of places. A slug and a name are unique under their parent."""
    listed: Things = []
    taken = Taken()

    def place() -> Thing | None:
        more = under()
        parents = [at for at, other in enumerate(listed) if all(other.get(key) == more[key] for key in more)]
        above = maybe(draw, len(parents))
        parent = None if above is None else parents[above]
        slug = draw(SLUGS)
        if taken.free(slug, parent, *more.values()):
            listed.append(without_blanks({"slug": slug, "parent": parent}) | more)
        return None

    several(draw, place, most)
    return listed


def _unique(draw: Draw, most: int = 3, **fields: t.Callable[[], t.Any]) -> Things:
    taken = Taken()

    def thing() -> Thing | None:
        slug = draw(SLUGS)
        more = {name: make() for name, make in fields.items()}
        return without_blanks({"slug": slug, **more}) if taken.free(slug) else None

    return several(draw, thing, most)


@st.composite
def estates(
    draw: Draw, *, most_devices: int = MOST_DEVICES, most_vms: int = MOST_VMS, versions: t.Any = VERSIONS
) -> Described:
    """Draw an estate with a NetBox version."""
    described = Described(version=draw(versions), prefer_ipv4=draw(BOOLEANS))
    _places(draw, described)
    _organization(draw, described)
    _custom_fields(draw, described)
    described.chassis = several(draw, lambda: {"name": draw(HOST_NAMES)}, 2) if draw(BOOLEANS) else []
    hosts = _Hosts(draw, described)
    several(draw, hosts.device, most_devices)
    several(draw, hosts.virtual_machine, most_vms)
    _masters(draw, described)
    _objects_of_custom_fields(draw, described)
    return described


def _places(draw: Draw, described: Described) -> None:
    described.regions = _tree(draw, 4)
    described.site_groups = _tree(draw, 4)
    described.tenant_groups = _unique(draw)
    for place, thing in enumerate(described.tenant_groups):
        above = maybe(draw, place)
        if above is not None:
            thing["parent"] = above
    taken = Taken()

    def tenant() -> Thing | None:
        """Draw a tenant. Its slug is unique in its group."""
        slug, group = draw(SLUGS), maybe(draw, len(described.tenant_groups))
        return without_blanks({"slug": slug, "group": group}) if taken.free("tenant", slug, group) else None

    described.tenants = several(draw, tenant)
    described.tags = _unique(draw)
    described.sites = _unique(
        draw,
        5,
        region=lambda: maybe(draw, len(described.regions)),
        group=lambda: maybe(draw, len(described.site_groups)),
        tenant=lambda: maybe(draw, len(described.tenants)) if draw(RARE) else None,
        time_zone=lambda: draw(TIME_ZONES),
        facility=lambda: draw(TEXTS) if draw(RARE) else None,
    )
    count = max(1, len(described.sites))
    described.locations = _tree(draw, 6, lambda: {"site": below(draw, count)})
    described.rack_roles = _unique(draw)

    def rack() -> Thing | None:
        location = maybe(draw, len(described.locations))
        site = below(draw, count) if location is None else described.locations[location]["site"]
        name, role = draw(NAMES), maybe(draw, len(described.rack_roles))
        # Names are unique in a location. Racks without a location can share a name.
        if location is not None and not taken.free("rack", name, location):
            return None
        return {**without_blanks({"name": name, "location": location, "role": role}), "site": site}

    described.racks = several(draw, rack)

    def prefix() -> Thing | None:
        where = draw(SCOPES)
        listed = getattr(described, f"{where}s") if where else ()
        number = below(draw, 4)
        text = f"10.{number}.0.0/16" if draw(BOOLEANS) else f"2001:db8:{number}::/48"
        scope = {where: below(draw, len(listed))} if listed else {}
        return {"prefix": text, **scope} if taken.free(text) else None

    described.prefixes = several(draw, prefix)


def _organization(draw: Draw, described: Described) -> None:
    described.manufacturers = _unique(draw, 2)
    makers = max(1, len(described.manufacturers))
    taken = Taken()

    def kind() -> Thing | None:
        slug, maker = draw(SLUGS), below(draw, makers)
        return {"slug": slug, **without_defaults({"manufacturer": maker})} if taken.free(slug, maker) else None

    described.device_types = several(draw, kind, 4)
    described.roles = _tree(draw, 5)
    platforms: Things = []

    def platform() -> None:
        """Draw a platform. Its slug is unique for its manufacturer, or among platforms without a manufacturer."""
        slug, maker, parent = draw(SLUGS), maybe(draw, len(described.manufacturers)), maybe(draw, len(platforms))
        if taken.free("platform", slug, maker):
            platforms.append(without_blanks({"slug": slug, "manufacturer": maker, "parent": parent}))

    several(draw, platform)
    described.platforms = platforms
    described.cluster_types = _unique(draw, 2)
    described.cluster_groups = _unique(draw, 2)

    def cluster() -> Thing | None:
        """Draw a cluster. Its name is unique in its group and in its site.

        NetBox does not compare the names of clusters without a group or a site.
        """
        name, site, group = draw(NAMES), maybe(draw, len(described.sites)), maybe(draw, len(described.cluster_groups))
        kind = below(draw, len(described.cluster_types))
        in_group = group is None or taken.free("cluster of group", name, group)
        if not in_group or (site is not None and not taken.free("cluster in site", name, site)):
            return None
        return {"name": name, **without_defaults({"type": kind}), **without_blanks({"site": site, "group": group})}

    described.clusters = several(draw, cluster)
    described.vrfs = [{"name": f"vrf {number}", "rd": f"65000:{number}"} for number in range(draw(FEW))]
    described.vlans = [{"name": f"vlan{number}", "vid": 10 + number} for number in range(draw(FEW))]

    def context() -> Thing | None:
        fields = {"weight": draw(WEIGHTS), "site": maybe(draw, len(described.sites))}
        return {"data": draw(CONTEXTS), **without_blanks(fields)}

    described.config_contexts = several(draw, context, 2)


def _custom_fields(draw: Draw, described: Described) -> None:
    taken = Taken()

    def field() -> Thing | None:
        name, kind = draw(CUSTOM_NAMES), draw(KINDS)
        found: Thing = {"name": name, "type": kind}
        if kind in ("object", "multiobject"):
            found["of"] = draw(OBJECTS_OF)
        if draw(RARE):
            found[draw(st.sampled_from(("devices", "virtual_machines")))] = False
        return found if taken.free(name) else None

    described.custom_fields = several(draw, field, 5)


def _masters(draw: Draw, described: Described) -> None:
    """Choose a member as the master of each chassis, or leave the chassis without a master."""
    for place, chassis in enumerate(described.chassis):
        members = [number for number, device in enumerate(described.devices) if device.get("chassis") == place]
        master = maybe(draw, len(members)) if draw(RARE) else (0 if members else None)
        if master is not None:
            chassis["master"] = members[master]


def _objects_of_custom_fields(draw: Draw, described: Described) -> None:
    """Draw the values of custom fields. Call this last, because the values can refer to any object."""
    for listed, on in ((described.devices, "devices"), (described.virtual_machines, "virtual_machines")):
        fields = [field for field in described.custom_fields if field.get(on, True)]
        for thing in listed:
            values = {}
            for field in fields:
                if not draw(BOOLEANS):
                    continue
                kind = field["type"]
                count = len(getattr(described, field["of"])) if "of" in field else 0
                if kind == "object":
                    value: t.Any = maybe(draw, min(count, 11))
                elif kind == "multiobject":
                    value = list(some(draw, min(count, 11))) or None
                else:
                    value = draw(CUSTOM_VALUES[kind])
                if value is not None:
                    values[field["name"]] = value
            if values:
                thing["custom_fields"] = values


class _Hosts:
    """Draws hosts. Hosts do not share addresses, asset tags, or rack units."""

    def __init__(self, draw: Draw, described: Described) -> None:
        self._draw = draw
        self._described = described
        self._taken = Taken()
        self._addresses = 0
        # The lowest free unit of each rack.
        self._units = [1] * len(described.racks)
        self._positions = [0] * len(described.chassis)
        # The site and device type that all members of a chassis share.
        self._homes: dict[int, Thing] = {}

    def device(self) -> None:
        draw, described = self._draw, self._described
        site, kind = below(draw, len(described.sites)), below(draw, len(described.device_types))
        thing: Thing = without_defaults({"site": site, "type": kind})
        chassis = maybe(draw, len(described.chassis)) if described.chassis and draw(BOOLEANS) else None
        if chassis is not None:
            self._positions[chassis] += 1
            thing = {
                **self._homes.setdefault(chassis, thing),
                "chassis": chassis,
                "vc_position": self._positions[chassis],
            }
        site = thing.get("site", 0)
        thing.update(without_defaults({"role": below(draw, len(described.roles))}))
        thing.update(self._room(site))
        thing.update(self._common(DEVICE_STATUS))
        platform = maybe(draw, len(described.platforms))
        if platform is not None:
            maker = described.platforms[platform].get("manufacturer")
            kinds = described.device_types or [{}]
            if maker in (None, kinds[thing.get("type", 0)].get("manufacturer", 0)):
                thing["platform"] = platform
        if draw(RARE):
            thing["asset_tag"] = f"A-{len(described.devices)}"
        # A cluster in a site contains only devices of that site.
        near = [
            number for number, one in enumerate(described.clusters) if one.get("site") in (None, site) and draw(RARE)
        ]
        if near:
            thing["cluster"] = near[0]
        name = draw(HOST_NAMES)
        if name != "no-name" and self._taken.free("device", name.lower(), site, thing.get("tenant")):
            thing["name"] = name
        self._network(thing, oob=True)
        described.devices.append(thing)

    def virtual_machine(self) -> None:
        draw, described = self._draw, self._described
        thing = self._common(VM_STATUS)
        cluster = maybe(draw, len(described.clusters))
        site = maybe(draw, len(described.sites))
        if cluster is not None:
            thing["cluster"] = cluster
            at = described.clusters[cluster].get("site")
            # A virtual machine is in its cluster's site. If the cluster does not have a site, the virtual machine can
            # be in any site.
            site = at if at is not None else site
        elif site is None:
            # NetBox 4.6 and later accept a virtual machine that has only a device. Older versions require a site or a
            # cluster.
            site = 0
        if site is not None:
            thing["site"] = site
        hosts = [
            number
            for number, device in enumerate(described.devices)
            if device.get("cluster") == cluster and cluster is not None and site in (None, device.get("site", 0))
        ]
        host = maybe(draw, min(len(hosts), 11))
        if host is not None:
            thing["device"] = hosts[host]
        role = maybe(draw, len(described.roles))
        if role is not None:
            thing["role"] = role
        platform = maybe(draw, len(described.platforms))
        if platform is not None:
            thing["platform"] = platform
        name = draw(HOST_NAMES)
        if not self._taken.free("vm", name.lower(), cluster, thing.get("tenant")) or name == "no-name":
            self._addresses += 1
            name = f"vm{self._addresses}"
        thing["name"] = name
        if draw(BOOLEANS):
            thing.update(vcpus=draw(st.sampled_from((2.0, 0.5))), memory=1024)
        if draw(RARE):
            thing["disks"] = [{"size": 1000 * (number + 1)} for number in range(below(draw, 3) + 1)]
        self._network(thing, oob=False)
        described.virtual_machines.append(thing)

    def _common(self, status: st.SearchStrategy[str]) -> Thing:
        draw, described = self._draw, self._described
        return without_blanks(
            {
                "tenant": maybe(draw, len(described.tenants)),
                "status": draw(status) if draw(RARE) else None,
                "serial": draw(TEXTS) if draw(RARE) else None,
                "tags": some(draw, len(described.tags)),
                "context": draw(CONTEXTS) if draw(RARE) else None,
                "description": draw(TEXTS) if draw(RARE) else None,
                "services": self._services(),
            }
        )

    def _services(self) -> Things:
        draw = self._draw
        return [{"name": name, "ports": draw(PORTS), "protocol": draw(PROTOCOLS)} for name in draw(SERVICES)]

    def _room(self, site: int) -> Thing:
        """Draw a location, a rack with or without a position, or nothing."""
        draw, described = self._draw, self._described
        racks = [number for number, rack in enumerate(described.racks) if rack["site"] == site]
        rack = maybe(draw, len(racks))
        if rack is None:
            rooms = [number for number, room in enumerate(described.locations) if room["site"] == site]
            room = maybe(draw, len(rooms))
            return {} if room is None else {"location": rooms[room]}
        number = racks[rack]
        room = described.racks[number].get("location")
        found: Thing = {"rack": number, **without_blanks({"location": room})}
        if draw(BOOLEANS):
            found.update(position=float(self._units[number]), face="front")
            self._units[number] += 2
        return found

    def _network(self, thing: Thing, oob: bool) -> None:
        draw, described = self._draw, self._described
        reached = draw(REACHED)
        count = draw(FEW)
        if reached != "none":
            count = max(count, 2)
        if not count:
            return
        taken = Taken()
        interfaces: Things = []
        for number in range(count):
            name = INTERFACE_NAMES[below(draw, len(INTERFACE_NAMES))]
            if not taken.free(name):
                name = f"eth{number + 2}"
                taken.free(name)
            interface: Thing = {"name": name}
            if draw(RARE):
                interface.update(self._details(interfaces, oob))
            interfaces.append(interface)
        thing["interfaces"] = interfaces
        self._reach(thing, interfaces, reached, oob)
        if draw(RARE):
            self._put(interfaces[-1], 4, dns_name=draw(DNS_NAMES), role=draw(ADDRESS_ROLES), status="reserved")
        if draw(RARE):
            self._put(interfaces[-1], 4, tags=some(draw, len(described.tags)))
        if described.vrfs and draw(RARE):
            self._put(interfaces[0], 4, vrf=below(draw, len(described.vrfs)), tags=some(draw, len(described.tags)))

    def _details(self, before: Things, of_device: bool) -> Thing:
        draw, described = self._draw, self._described
        mode = draw(MODES)
        details: Thing = {
            "enabled": None if draw(BOOLEANS) else False,
            "description": draw(TEXTS),
            "mtu": draw(st.sampled_from((None, 9000))),
            "mode": mode,
            "untagged_vlan": maybe(draw, len(described.vlans)) if mode else None,
            "tagged_vlans": some(draw, len(described.vlans)) if mode == "tagged" else None,
            "vrf": maybe(draw, len(described.vrfs)),
            "tags": some(draw, len(described.tags)),
            "macs": draw(MACS),
            "parent": maybe(draw, len(before)),
        }
        if details["macs"] and draw(RARE):
            details["primary_mac"] = False
        if of_device:
            details.update(label=draw(TEXTS), type=draw(INTERFACE_TYPES), mgmt_only=True if draw(RARE) else None)
            lags = [place for place, one in enumerate(before) if one.get("type") == "lag"]
            # Only virtual interfaces have a parent. A virtual interface cannot be in a LAG.
            if details["parent"] is not None:
                details["type"] = "virtual"
            elif lags and details["type"] not in ("lag", "virtual"):
                details["lag"] = lags[0]
        kept = without_blanks(details)
        return {name: value for name, value in kept.items() if value is not None}

    def _reach(self, thing: Thing, interfaces: Things, reached: str, oob: bool) -> None:
        draw = self._draw
        first, second = interfaces[0], interfaces[1] if len(interfaces) > 1 else interfaces[0]
        if reached in ("4", "46", "two names", "oob", "46 oob"):
            thing["primary_ip4"] = self._put(first, 4, dns_name=draw(DNS_NAMES))
        if reached in ("6", "46", "46 oob"):
            thing["primary_ip6"] = self._put(first, 6, dns_name=draw(DNS_NAMES))
        if reached == "4 in second":
            thing["primary_ip4"] = self._put(second, 4)
        if reached == "two names":
            self._put(first, 4, dns_name="other.example.com")
            self._put(second, 6, dns_name="third.example.com")
        if reached == "nat":
            inside = self._put(first, 4)
            # NetBox allows the public address on any host. This one is on the same host.
            thing["primary_ip4"] = self._put(second, 4, dns_name="public.example.com", nat_inside=inside)
        if reached == "outside":
            inside = self._put(first, 4)
            thing["primary_ip4"] = self._put(thing, 4, "outside", dns_name=draw(DNS_NAMES), nat_inside=inside)
        if reached == "unset":
            self._put(first, 4, dns_name=draw(DNS_NAMES))
        if "oob" in reached and oob:
            thing["oob_ip"] = self._put(second, 4, dns_name=draw(DNS_NAMES))

    def _put(self, where: Thing, family: int, name: str = "addresses", **fields: t.Any) -> str:
        """Add an address to an interface, or an address without an interface to a host."""
        self._addresses += 1
        number = self._addresses
        text = f"10.1.{number // 250}.{number % 250 + 1}/24" if family == 4 else f"2001:db8::{number:x}/64"
        address = {"address": text, **without_blanks(fields)}
        if name == "addresses":
            where.setdefault(name, []).append(address)
        else:
            where[name] = address
        return text
