# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""A row becomes a host: its variables and groups. Pure: no Ansible, no HTTP."""

from __future__ import annotations

import datetime
import typing as t
import zoneinfo
from collections.abc import Callable

from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.names import Groups, chain, plural_of
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.plan import VARIABLES, Plan
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.rows import Sides
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.settings import PLURAL, Settings

Facts = dict[str, t.Any]


class Host(t.NamedTuple):
    """What Ansible gets to know of a device or virtual machine."""

    name: str
    variables: dict[str, t.Any]
    groups: list[str]
    raw: Row | None
    """The object itself, where expressions want to see it."""


class Hosts:
    """Makes hosts of rows, for one plan and the side lists that were read for it."""

    def __init__(self, plan: Plan, settings: Settings, sides: Sides) -> None:
        self._plan = plan
        self._settings = settings
        self._sides = sides
        self.groups = Groups(settings, sides)
        facts = set(plan.variables) | {name for name in VARIABLES if settings.groups_by(name)}
        readers = self._readers()
        self._facts = [(name, readers[name]) for name in VARIABLES if name in facts]
        self._renamings = settings.renamings()
        self._names: dict[str, str] = {}
        self._shapes = {name: self._shape(name) for name in plan.variables}

    def facts(self, kind: str, row: Row) -> Facts:
        """What is known of a row, by the singular names of the variables."""
        return {name: read(kind, row) for name, read in self._facts}

    def host(self, name: str, row: Row, facts: Facts, variables: dict[str, t.Any]) -> Host:
        """The host that a row becomes under this name, with these facts and the variables that they are."""
        return Host(name, variables, self.groups.of(row, facts), row if self._plan.raw else None)

    def variables(self, facts: Facts) -> dict[str, t.Any]:
        """The variables of a host, by the names that the user wants for them. What is null is left out."""
        variables: dict[str, t.Any] = {}
        for name, value in facts.items():
            shape = self._shapes.get(name)
            if shape is None:
                continue
            variable, form = shape
            if form == "flat":
                if isinstance(value, dict):
                    for key, one in value.items():
                        variables[self._name(key)] = one
            elif form == "list":
                variables[variable] = [value]
            elif value is not None:
                variables[variable] = value if form == "plain" else [value]
        return variables

    def _shape(self, name: str) -> tuple[str, str]:
        """What a fact is called as a variable, and its form there.

        That is ``plain``, ``flat`` (its keys are variables of their own), ``list`` (of one), or ``plural`` (the same,
        but nothing where the fact is null).
        """
        if getattr(self._settings, f"flatten_{name}", False):
            return name, "flat"
        if self._settings.plurals and name in ("config_context", "local_context_data"):
            return self._name(name), "list"
        if self._settings.plurals and name in PLURAL:
            return self._name(plural_of(name)), "plural"
        return self._name(name), "plain"

    def _name(self, name: str) -> str:
        """The name of a variable with the user's renamings and prefix; Ansible's own names stay."""
        known = self._names.get(name)
        if known is None:
            known = name
            for pattern, replacement in self._renamings:
                if pattern.match(name):
                    known = pattern.sub(replacement, name)
                    break
            if self._settings.vars_prefix and not name.startswith("ansible_"):
                known = self._settings.vars_prefix + known
            self._names[name] = known
        return known

    def _readers(self) -> dict[str, Callable[[str, Row], t.Any]]:
        """How each fact is read."""
        sides = self._sides
        nothing: Row = {}

        def slug(field: str) -> Callable[[str, Row], t.Any]:
            return lambda kind, row: (row.get(field) or nothing).get("slug")

        def name(field: str) -> Callable[[str, Row], t.Any]:
            return lambda kind, row: (row.get(field) or nothing).get("name")

        def plain(field: str) -> Callable[[str, Row], t.Any]:
            return lambda kind, row: row.get(field)

        def address(field: str) -> Callable[[str, Row], t.Any]:
            return lambda kind, row: _address(row.get(field))

        def of_site(field: str) -> Callable[[str, Row], t.Any]:
            return lambda kind, row: sides.sites.get((row.get("site") or nothing).get("id", 0), nothing).get(field)

        def of_cluster(field: str) -> Callable[[str, Row], t.Any]:
            def read(kind: str, row: Row) -> t.Any:
                cluster = sides.clusters.get((row.get("cluster") or nothing).get("id", 0), nothing)
                return (cluster.get(field) or nothing).get("slug")

            return read

        def ancestry(field: str, table: dict[int, Row]) -> Callable[[str, Row], t.Any]:
            known: dict[int, list[str]] = {}

            def read(kind: str, row: Row) -> t.Any:
                site = (row.get("site") or nothing).get("id", 0)
                if site not in known:
                    lowest = sides.sites.get(site, nothing).get(field) or nothing
                    known[site] = [one["slug"] for one in chain(lowest.get("id"), table)]
                return known[site]

            return read

        def owned(table: dict[tuple[str, int], list[Row]]) -> Callable[[str, Row], t.Any]:
            return lambda kind, row: table.get((kind, row["id"]), [])

        time_zone, device = of_site("time_zone"), name("device")
        return {
            "ansible_host": self._ansible_host,
            "primary_ip4": address("primary_ip4"),
            "primary_ip6": address("primary_ip6"),
            "oob_ip": address("oob_ip"),
            "status": plain("status"),
            "config_context": plain("config_context"),
            "local_context_data": plain("local_context_data"),
            "custom_fields": lambda kind, row: {
                key: value for key, value in (row.get("custom_fields") or nothing).items() if value is not None
            },
            "site": self._site,
            "regions": ancestry("region", sides.regions),
            "site_groups": ancestry("group", sides.site_groups),
            "locations": lambda kind, row: [
                one["slug"] for one in chain((row.get("location") or nothing).get("id"), sides.locations)
            ],
            "time_zone": lambda kind, row: (time_zone(kind, row) or "").replace("/", "_") or None,
            "utc_offset": lambda kind, row: utc_offset(time_zone(kind, row)),
            "facility": of_site("facility"),
            "tenant": slug("tenant"),
            "role": slug("role"),
            "platform": slug("platform"),
            "device_type": slug("device_type"),
            "manufacturer": lambda kind, row: ((row.get("device_type") or nothing).get("manufacturer") or nothing).get(
                "slug"
            ),
            "rack": name("rack"),
            "rack_role": lambda kind, row: (
                sides.racks.get((row.get("rack") or nothing).get("id", 0), nothing).get("role") or nothing
            ).get("slug"),
            "cluster": name("cluster"),
            "cluster_device": lambda kind, row: device(kind, row) if kind == "virtual_machines" else None,
            "cluster_type": of_cluster("type"),
            "cluster_group": of_cluster("group"),
            "is_virtual": lambda kind, row: kind == "virtual_machines",
            "serial": plain("serial"),
            "asset_tag": plain("asset_tag"),
            "disk": plain("disk"),
            "memory": plain("memory"),
            "vcpus": plain("vcpus"),
            "tags": lambda kind, row: [tag["slug"] for tag in row.get("tags") or ()],
            "dns_name": lambda kind, row: (row.get("primary_ip") or nothing).get("dns_name") or None,
            "services": owned(sides.services),
            "interfaces": lambda kind, row: [_with_slugs(one) for one in sides.interfaces.get((kind, row["id"]), [])],
            "virtual_disks": owned(sides.virtual_disks),
        }

    def _ansible_host(self, kind: str, row: Row) -> str | None:
        settings = self._settings
        address = _address(row.get("primary_ip"))
        if settings.ansible_host_dns_name:
            address = (row.get("primary_ip") or {}).get("dns_name") or address
        if settings.oob_ip_as_primary_ip:
            address = _address(row.get("oob_ip")) or address
        return address

    def _site(self, kind: str, row: Row) -> t.Any:
        site: Row = row.get("site") or {}
        if not site:
            return None
        if not self._settings.site_data:
            return site.get("slug")
        whole: Row = self._sides.sites.get(site["id"], site)
        if self._settings.prefixes and "prefixes" not in whole:
            whole["prefixes"] = self._sides.prefixes.get(site["id"], [])
        return whole


def _address(ip: Row | None) -> str | None:
    """The address of an IP object, without its mask."""
    return ip["address"].split("/")[0] if ip else None


def _with_slugs(interface: Row) -> Row:
    """An interface with its tags, and those of its addresses, as slugs."""
    for one in (interface, *interface.get("ip_addresses", ())):
        if one.get("tags"):
            one["tags"] = [tag["slug"] if isinstance(tag, dict) else tag for tag in one["tags"]]
    return interface


def utc_offset(time_zone: str | None) -> str | None:
    """How far a time zone is from UTC now, in words that may stand in a group's name: ``plus_1``, ``minus_3_30``."""
    if not time_zone:
        return None
    try:
        offset = datetime.datetime.now(zoneinfo.ZoneInfo(time_zone)).utcoffset()
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return None
    minutes = int((offset or datetime.timedelta()).total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    return ("minus" if minutes < 0 else "plus") + f"_{hours}" + (f"_{rest}" if rest else "")
