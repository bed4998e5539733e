# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The bugs of netbox.netbox 3.23 that ``compatibility: netbox.netbox`` does not imitate.

The tests that compare the plugin with netbox.netbox allow these differences and no others.
``tools/peer_differences.py`` copies the list into the migration guide, so its strings are reStructuredText.
"""

from __future__ import annotations

import collections
import dataclasses
import functools
import re
import typing as t
from collections.abc import Callable, Iterable, Mapping

from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.names import (
    RESERVED,
    is_local,
    sanitize_host_name,
)
from ansible_collections.netbox.cursor.tests.laws.described import Described
from ansible_collections.netbox.cursor.tests.laws.laws import NOT_A_GROUP

Row = dict[str, t.Any]
Options = Mapping[str, t.Any]

DEVICES, VMS = "dcim/devices", "virtualization/virtual-machines"
PLACES = {"location": "dcim/locations", "region": "dcim/regions", "site_group": "dcim/site-groups"}
# Keys of ``group_by``, with the endpoints whose slugs are unique only within one parent or manufacturer.
NESTED: dict[tuple[str, ...], str] = {
    **{(key,): endpoint for key, endpoint in PLACES.items()},
    ("role", "device_roles"): "dcim/device-roles",
    ("platform", "platforms"): "dcim/platforms",
}
VARIABLES = {"location": "locations", "region": "regions", "site_group": "site_groups"}
FLATTENED = ("config_context", "local_context_data", "custom_fields")
# Ansible's error messages for a group that contains itself.
LOOPS = re.compile(r"can't add group to itself|recursive dependency loop")


@dataclasses.dataclass(frozen=True)
class Difference:
    """One difference between the two inventories."""

    # "lost" (only one of the runs failed), "host", "variable", "group", "tree", "empty group"
    what: str
    # The URL of the object that the host was created from, or the name of a group.
    of: str
    # The name of a variable, of a group that contains the host, or of a child group.
    name: str = ""
    here: t.Any = None
    there: t.Any = None

    def __str__(self) -> str:
        return f"{self.what} {self.of} {self.name}: ours {self.here!r}, theirs {self.there!r}"


class Context:
    """The objects in NetBox, and the options of the run. ``rows`` returns all objects of a list."""

    def __init__(self, rows: Callable[[str], list[Row]], options: Options) -> None:
        self._rows = rows
        self.options = options

    @functools.cached_property
    def objects(self) -> dict[str, Row]:
        """Devices and virtual machines by the last part of their URLs, for example ``dcim/devices/1/``."""
        return {f"{each}/{row['id']}/": row for each in (DEVICES, VMS) for row in self._rows(each)}

    def object(self, url: str) -> Row:
        return self.objects.get(url.partition("/api/")[2], {})

    @functools.cached_property
    def _tables(self) -> dict[str, dict[int, Row]]:
        return {}

    def table(self, endpoint: str) -> dict[int, Row]:
        if endpoint not in self._tables:
            self._tables[endpoint] = {row["id"]: row for row in self._rows(endpoint)}
        return self._tables[endpoint]

    def name_of(self, row: Row) -> t.Any:
        """Return the host name in netbox.netbox, or ``None`` if the name is random."""
        chassis = row.get("virtual_chassis") or {}
        if self.options.get("virtual_chassis_name") and chassis.get("master"):
            return chassis["name"] or None
        if self.options.get("hostname_field"):
            return (row.get("custom_fields") or {}).get(self.options["hostname_field"])
        return row.get("name") or None

    @functools.cached_property
    def names(self) -> collections.Counter[t.Any]:
        """Host names in netbox.netbox, each with the number of objects that share it."""
        return collections.Counter(name for name in map(self.name_of, self.objects.values()) if isinstance(name, str))

    def chain(self, endpoint: str, place: Row | None) -> list[Row]:
        """Return a place and the places that contain it."""
        found: list[Row] = []
        while place:
            found.append(self.table(endpoint)[place["id"]])
            place = found[-1]["parent"]
        return found

    def places_of(self, key: str, row: Row) -> list[Row]:
        """Return the locations, regions, or site groups that contain an object."""
        if key == "location":
            return self.chain(PLACES[key], row.get("location"))
        site = self.table("dcim/sites").get((row.get("site") or {}).get("id", 0)) or {}
        return self.chain(PLACES[key], site.get("group" if key == "site_group" else key))

    def is_variable(self, difference: Difference, names: Iterable[str]) -> bool:
        """Return whether a difference is in one of these variables, after ``rename_variables`` changed their names."""
        return difference.what == "variable" and difference.name in set(map(self._renamed, names))

    def _renamed(self, name: str) -> str:
        for each in self.options.get("rename_variables", ()):
            if re.match(each["pattern"], name):
                return re.sub(each["pattern"], each["repl"], name)
        return name

    @functools.cached_property
    def expressions(self) -> str:
        """All expressions as one string."""
        compose, groups = self.options.get("compose", {}), self.options.get("groups", {})
        keyed = [str(entry) for entry in self.options.get("keyed_groups", ())]
        return "\n".join([*map(str, compose.values()), *map(str, groups.values()), *keyed])

    def mentions(self, *words: str) -> bool:
        return any(re.search(rf"\b{word}\b", self.expressions) for word in words)

    def groups_by(self, *keys: str) -> bool:
        return not set(keys).isdisjoint(self.options.get("group_by", ()))

    @functools.cached_property
    def flat_keys(self) -> set[str]:
        """Keys that become variables because of a ``flatten_`` option."""
        flat = [field for field in FLATTENED if self.options.get(f"flatten_{field}")]
        return {key for row in self.objects.values() for field in flat for key in row.get(field) or ()}


Explains = Callable[[Context, Difference], bool]


@dataclasses.dataclass(frozen=True)
class Bug:
    """An intended difference, with a function that recognizes it."""

    name: str
    matter: str
    there: str
    here: str
    explains: Explains
    # An estate and options that cause this difference.
    example: tuple[Described, dict[str, t.Any]]


def _same_name(context: Context, difference: Difference) -> bool:
    name = context.name_of(context.object(difference.of)) if "/api/" in difference.of else None
    return name is not None and context.names[name] > 1


def _no_name(context: Context, difference: Difference) -> bool:
    row = context.object(difference.of) if "/api/" in difference.of else None
    if not row or context.name_of(row) is not None:
        return False
    return difference.what == "host" or context.mentions("inventory_hostname", "inventory_hostname_short")


def _named_like_a_group(context: Context, difference: Difference) -> bool:
    if difference.what == "lost":
        return difference.here is None and bool(LOOPS.search(str(difference.there)))
    names = _groups_named_like_hosts(context)
    if "/api/" in difference.of and context.name_of(context.object(difference.of)) in names:
        # Ansible sets the host's variables on the group with the same name.
        return True
    # Ansible moves the group with the same name, and the hosts of this group, instead of the host.
    return difference.what in ("group", "tree", "empty group") and bool(names)


def _groups_named_like_hosts(context: Context) -> set[str]:
    """Return the names of hosts that can also be names of groups."""
    raw = bool(context.options.get("group_names_raw"))
    slugs = {row["slug"] for row in _all_slugs(context)} | {row["name"] for row in context.table("dcim/racks").values()}
    found = {name for name in context.names if raw and name in slugs}
    found |= {name for name in context.names if any(name.endswith(f"_{slug}") for slug in slugs)}
    found |= {name for name in context.names if name in context.options.get("groups", {}) or name == "is_virtual"}
    # This function does not know the names of keyed groups. Any host name could be one of them.
    return found | (set(context.names) if context.options.get("keyed_groups") else set())


def _all_slugs(context: Context) -> list[Row]:
    endpoints = (
        *("dcim/sites", "dcim/locations", "dcim/regions", "dcim/site-groups", "dcim/device-roles", "dcim/platforms"),
        *("dcim/device-types", "dcim/manufacturers", "tenancy/tenants", "extras/tags", "dcim/rack-roles"),
        *("virtualization/cluster-types", "virtualization/cluster-groups"),
    )
    return [row for endpoint in endpoints for row in context.table(endpoint).values()]


def _all_or_ungrouped(context: Context, difference: Difference) -> bool:
    names = {name for name in ("all", "ungrouped") if name in context.names}
    if not names:
        return False
    if "/api/" in difference.of:
        return context.name_of(context.object(difference.of)) in names
    return difference.what in ("lost", "tree", "empty group")


def _unsafe_name(context: Context, difference: Difference) -> bool:
    name = context.name_of(context.object(difference.of)) if "/api/" in difference.of else None
    if not isinstance(name, str) or (sanitize_host_name(name) == name and not is_local(name)):
        return False
    return difference.what == "host" or context.mentions("inventory_hostname", "inventory_hostname_short")


def _same_slug(context: Context, difference: Difference) -> bool:
    """Return whether several objects that ``group_by`` uses share a slug."""
    lists = [endpoint for keys, endpoint in NESTED.items() if context.groups_by(*keys)]
    slugs = [[row["slug"] for row in context.table(endpoint).values()] for endpoint in lists]
    return difference.what in ("group", "tree", "empty group") and any(len(set(each)) < len(each) for each in slugs)


def _same_slug_above(context: Context, difference: Difference) -> bool:
    """Return whether a place is inside another place with the same slug."""
    keys = [key for key in PLACES if context.is_variable(difference, [VARIABLES[key]])]
    if difference.what == "lost":
        chains = [
            self_and_above
            for key, endpoint in PLACES.items()
            if context.groups_by(key)
            for self_and_above in (context.chain(endpoint, row) for row in context.table(endpoint).values())
        ]
        return bool(LOOPS.search(str(difference.there))) and any(_repeats(chain) for chain in chains)
    if keys:
        return _repeats(context.places_of(keys[0], context.object(difference.of)))
    return False


def _repeats(places: list[Row]) -> bool:
    slugs = [place["slug"] for place in places]
    return len(set(slugs)) < len(slugs)


def _reserved_names(context: Context, difference: Difference) -> bool:
    if not context.options.get("group_names_raw") or difference.what == "lost":
        return False
    # In our inventory, the group name contains the key.
    return {difference.of, difference.name} & RESERVED != set() or difference.name.rpartition("_")[2] in RESERVED


def _raw_names(context: Context, difference: Difference) -> bool:
    return (
        difference.what == "lost"
        and bool(context.options.get("group_names_raw"))
        and difference.here is None
        and bool(LOOPS.search(str(difference.there)))
    )


def _site_group_alone(context: Context, difference: Difference) -> bool:
    if difference.what == "lost":
        return "site_group_names" in str(difference.there)
    chosen = set(context.options.get("group_by", ()))
    is_alone = "site_group" in chosen and chosen.isdisjoint(("site", "sites", "location", "region"))
    # If no site belongs to a site group, netbox.netbox does not fail, but the groups are missing.
    return is_alone and (difference.name == "ungrouped" or difference.there is False)


def _names_without_interfaces(context: Context, difference: Difference) -> bool:
    return difference.what == "lost" and "devices_with_ips" in str(difference.there)


def _hostname_field(context: Context, difference: Difference) -> bool:
    field = context.options.get("hostname_field")
    wrong = ("Invalid empty host name", f"KeyError: '{field}'", "Invalid host name supplied")
    return bool(field) and difference.what == "lost" and any(each in str(difference.there) for each in wrong)


def _missing_master(context: Context, difference: Difference) -> bool:
    row = context.object(difference.of) if "/api/" in difference.of else {}
    chassis = row.get("virtual_chassis") or {}
    not_master = bool(chassis.get("master")) and chassis["master"]["id"] != row["id"]
    return not_master and difference.what == "host" and difference.there is None


def _unfitting_keys(context: Context, difference: Difference) -> bool:
    return difference.what == "lost" and "is not valid. Check group_by" in str(difference.there)


def _disks_of_devices(context: Context, difference: Difference) -> bool:
    return context.is_variable(difference, ["virtual_disks"]) and f"/{DEVICES}/" in difference.of


def _name_of_outside_address(context: Context, difference: Difference) -> bool:
    """Return whether the primary address has no interface. netbox.netbox does not read such addresses."""
    if not context.is_variable(difference, ("dns_name", "ansible_host")):
        return False
    primary = context.object(difference.of).get("primary_ip") or {}
    return bool(primary) and context.table("ipam/ip-addresses")[primary["id"]]["assigned_object_id"] is None


# Names that only our expressions can use: host variables, and names that Ansible defines.
OURS_ONLY = (
    *("netbox", "inventory_hostname", "inventory_hostname_short", "inventory_file", "inventory_dir", "ansible_host"),
    *("regions", "site_groups", "locations", "interfaces", "services", "virtual_disks", "dns_name", "manufacturer"),
    *("cluster_group", "cluster_type", "cluster_device", "rack_role", "time_zone", "utc_offset", "facility"),
    *("sites", "tenants", "racks", "device_roles", "device_types", "manufacturers", "platforms", "groups"),
    "primary_ip4_prefix_length",
)


def _compose_sees_more(context: Context, difference: Difference) -> bool:
    compose = context.options.get("compose", {})
    words = {*OURS_ONLY, *context.flat_keys}
    if not context.options.get("config_context"):
        # netbox.netbox does not read the field unless the option is set.
        words.add("config_context")
    more = {name for name, text in compose.items() if any(re.search(rf"\b{word}\b", str(text)) for word in words)}
    if difference.what == "variable":
        return difference.name in more
    if difference.what == "lost":
        # Ansible ignores an entry whose key is undefined, so only our run found that the entry has no valid group name.
        keys = [str(entry.get("key")) for entry in context.options.get("keyed_groups", ())]
        ours = any(re.search(rf"\b{word}\b", key) for word in words | more for key in keys)
        return ours and bool(NOT_A_GROUP.search(str(difference.here)))
    # Groups can depend on composed variables.
    return difference.what in ("group", "tree", "empty group") and context.mentions(
        *more, *words & {"netbox", "config_context"}, *_files()
    )


def _files() -> tuple[str, ...]:
    return ("inventory_file", "inventory_dir")


# Names that Ansible or a template interprets.
OBEYED = re.compile(r"_?ansible_|delegated_vars|(omit|vars|groups|hostvars|lookup|query|environment|inventory_\w+)$")


def _obeyed_keys(context: Context, difference: Difference) -> bool:
    obeyed = {key for key in context.flat_keys if OBEYED.match(key)}
    return context.is_variable(difference, obeyed) or (bool(obeyed) and context.mentions(*obeyed))


BUGS = (
    Bug(
        "same-name",
        "Several objects that share a name",
        "They become one host that has the variables of all these objects.",
        "Each is a host: ``sw1``, ``sw1_17`` (``duplicate_hostnames``).",
        _same_name,
        (Described(sites=[{"slug": "a"}, {"slug": "b"}], devices=[{"name": "sw1"}, {"name": "sw1", "site": 1}]), {}),
    ),
    Bug(
        "no-name",
        "A device without a name",
        "The host gets a new random name on each run.",
        "The host is named after its device type and ID.",
        _no_name,
        (Described(devices=[{}]), {}),
    ),
    Bug(
        "named-like-group",
        "A host that has the same name as a group",
        "Ansible moves the group instead of the host, or the inventory fails.",
        "The host and the group are separate.",
        _named_like_a_group,
        (Described(devices=[{"name": "live"}]), {"groups": {"live": "status.value == 'active'"}}),
    ),
    Bug(
        "all-ungrouped",
        "A host with the name ``all`` or ``ungrouped``",
        "The inventory fails.",
        "The plugin appends the ID to the name.",
        _all_or_ungrouped,
        (Described(devices=[{"name": "all"}]), {}),
    ),
    Bug(
        "unsafe-name",
        "A host name that a program can misread, such as ``localhost`` or ``-oProxyCommand=id``",
        "The name is used without changes.",
        "The plugin appends the ID, or replaces the characters with ``_``.",
        _unsafe_name,
        (Described(devices=[{"name": "localhost"}]), {}),
    ),
    Bug(
        "same-slug",
        "Several locations, regions, site groups, roles, or platforms that share a slug",
        "They share one group, so a play can run on hosts in the wrong place.",
        "Each has a group that is named after its path. The group that is named after the slug contains these groups.",
        _same_slug,
        (
            Described(
                sites=[{"slug": "ber"}, {"slug": "par"}],
                locations=[{"slug": "floor-1", "site": 0}, {"slug": "floor-1", "site": 1}],
                devices=[{"name": "a", "location": 0}, {"name": "b", "site": 1, "location": 1}],
            ),
            {"group_by": ["sites", "location"]},
        ),
    ),
    Bug(
        "same-slug-above",
        "A location, region, or site group inside another one with the same slug",
        "``locations``, ``regions``, or ``site_groups`` is incomplete. If you group by them, the inventory fails.",
        "The list is complete.",
        _same_slug_above,
        (
            Described(
                regions=[{"slug": "world"}, {"slug": "north", "parent": 0}, {"slug": "north", "parent": 1}],
                sites=[{"slug": "ber", "region": 2}],
                devices=[{"name": "a"}],
            ),
            {},
        ),
    ),
    Bug(
        "reserved-names",
        "``group_names_raw: true``, and an object is called ``all``, ``ungrouped``, or ``localhost``",
        "Ansible's own groups get the hosts, or a group takes the place of ``localhost``.",
        "The name of the group contains the key: ``service_all``.",
        _reserved_names,
        (
            Described(devices=[{"name": "a", "services": [{"name": "all", "ports": [22], "protocol": "tcp"}]}]),
            {"group_names_raw": True, "group_by": ["services"]},
        ),
    ),
    Bug(
        "raw-names",
        "``group_names_raw: true``, and a region, site, or location has the same slug as its parent",
        "The inventory fails.",
        "Both share one group.",
        _raw_names,
        (
            Described(regions=[{"slug": "ber"}], sites=[{"slug": "ber", "region": 0}], devices=[{"name": "a"}]),
            {"group_names_raw": True, "group_by": ["region", "sites"]},
        ),
    ),
    Bug(
        "site-group-alone",
        "``group_by: [site_group]`` without sites, locations, or regions",
        "The inventory fails.",
        "The groups contain the hosts.",
        _site_group_alone,
        (
            Described(site_groups=[{"slug": "prod"}], sites=[{"slug": "ber", "group": 0}], devices=[{"name": "a"}]),
            {"group_by": ["site_group"]},
        ),
    ),
    Bug(
        "dns-without-interfaces",
        "``fetch_all: false`` with ``dns_name`` or ``ansible_host_dns_name``, but without ``interfaces``",
        "The inventory fails.",
        "Hosts have their DNS names.",
        _names_without_interfaces,
        (Described(devices=[{"name": "a"}]), {"fetch_all": False, "dns_name": True}),
    ),
    Bug(
        "hostname-field",
        "An object without a string in the custom field ``hostname_field``",
        "The inventory fails.",
        "The host has the name of the object, or the value converted to a string.",
        _hostname_field,
        (
            Described(custom_fields=[{"name": "fqdn", "type": "text"}], devices=[{"name": "a"}]),
            {"hostname_field": "fqdn"},
        ),
    ),
    Bug(
        "missing-master",
        "A virtual chassis whose master the filters exclude",
        "The inventory does not contain the chassis.",
        "The member with the lowest position represents the chassis.",
        _missing_master,
        (
            Described(
                chassis=[{"name": "stack", "master": 0}],
                devices=[
                    {"name": "one", "chassis": 0, "vc_position": 1},
                    {"name": "two", "chassis": 0, "vc_position": 2},
                ],
            ),
            {"device_query_filters": [{"name": "two"}]},
        ),
    ),
    Bug(
        "unfitting-keys",
        "Keys in ``group_by`` that contradict ``plurals``, ``racks``, or ``services``",
        "The inventory fails.",
        "Both names of each key work, even if hosts do not have the variable.",
        _unfitting_keys,
        (Described(devices=[{"name": "a"}]), {"group_by": ["site"]}),
    ),
    Bug(
        "disks-of-devices",
        "``virtual_disks`` for devices",
        "A device has the disks of the virtual machine that has the same ID.",
        "Only virtual machines have virtual disks.",
        _disks_of_devices,
        (
            Described(devices=[{"name": "a"}], virtual_machines=[{"name": "b", "site": 0, "disks": [{"size": 1000}]}]),
            {"virtual_disks": True},
        ),
    ),
    Bug(
        "name-of-outside-address",
        "DNS name of a primary IP address without an interface, such as a NAT address",
        "``dns_name`` is undefined.",
        "``dns_name`` contains the name.",
        _name_of_outside_address,
        (
            Described(
                devices=[
                    {
                        "name": "a",
                        "interfaces": [{"name": "eth0", "addresses": [{"address": "10.0.0.1/24"}]}],
                        "outside": {"address": "192.0.2.1/32", "dns_name": "a.example", "nat_inside": "10.0.0.1/24"},
                        "primary_ip4": "192.0.2.1/32",
                    }
                ]
            ),
            {"dns_name": True},
        ),
    ),
    Bug(
        "compose-sees-more",
        "Names in ``compose``",
        "Only the fields of the object",
        "Also the host's variables, ``inventory_hostname``, and ``netbox``, which is the object",
        _compose_sees_more,
        (Described(devices=[{"name": "a"}]), {"compose": {"called": "inventory_hostname"}}),
    ),
    Bug(
        "obeyed-keys",
        "Flattened data with a key that Ansible interprets, such as ``ansible_connection``",
        "The key becomes a variable, so NetBox users can run code on the controller.",
        "The key becomes a variable only if ``allow_ansible_variables`` lists it.",
        _obeyed_keys,
        (
            Described(
                devices=[
                    {
                        "name": "a",
                        "context": {"ansible_host": "other", "ansible_connection": "local"},
                        "interfaces": [{"name": "eth0", "addresses": [{"address": "10.0.0.1/24"}]}],
                        "primary_ip4": "10.0.0.1/24",
                    }
                ]
            ),
            {"flatten_local_context_data": True},
        ),
    ),
)


def unexplained(context: Context, differences: list[Difference]) -> list[Difference]:
    """Return the differences that no known bug explains."""
    return [each for each in differences if not any(bug.explains(context, each) for bug in BUGS)]
