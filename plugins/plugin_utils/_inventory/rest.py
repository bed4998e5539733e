# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""A plan answered through REST: hosts first, then what they refer to, lists side by side."""

from __future__ import annotations

import collections
import itertools
import typing as t
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from ansible_collections.netbox.cursor.plugins.module_utils._filters.check import FilterCheck
from ansible_collections.netbox.cursor.plugins.module_utils._filters.representation import Representation
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import AccessDenied
from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import Pairs
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager
from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row
from ansible_collections.netbox.cursor.plugins.module_utils._lists.workers import Tasks, Workers
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.plan import Plan
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.progress import Progress
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.rows import (
    HOSTS,
    INTERFACES,
    Owned,
    Rows,
    Sharing,
    Sides,
    Table,
)
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.settings import Settings

# So many ids fit one URL: fewer are asked for by id, more mean the whole list, which NetBox makes with less work.
FEW = 300

# What is read of the rows of side lists.
SITE_FIELDS = ("id", "name", "slug", "region", "group", "time_zone", "facility")
ADDRESS_FIELDS = (
    *("id", "address", "family", "status", "role", "dns_name", "description"),
    *("assigned_object_type", "assigned_object_id"),
)
TREE_FIELDS = ("id", "name", "slug", "parent")


class RestSource:
    """Asks through ``pager`` for what ``plan`` wants.

    ``warn`` is told of side lists that the token may not see, ``progress`` of the pages of long lists.
    """

    def __init__(
        self, pager: Pager, plan: Plan, settings: Settings, warn: Callable[[str], None], progress: Progress
    ) -> None:
        self._pager = pager
        self._plan = plan
        self._settings = settings
        self._warn = warn
        self._progress = progress

    def rows(self) -> Rows:
        """Ask for everything, and return it. Raises what the pager raises, but for 403 on a side list."""
        kinds = [kind for kind in HOSTS if getattr(self._settings, kind)]
        check = FilterCheck(self._pager.client) if self._settings.strict_filters else None
        if check:
            for kind in kinds:
                check.check(HOSTS[kind].endpoint, self._settings.filters(kind))
        pages = dict(zip(kinds, self._side_by_side([partial(self._hosts, kind) for kind in kinds])))
        if check:
            for kind in kinds:
                check.confirm(HOSTS[kind].endpoint, self._settings.filters(kind))
        self._add_types(pages.get("devices", ()))
        return Rows(pages, self._sides(pages))

    def _hosts(self, kind: str) -> collections.deque[list[Row]]:
        filters = self._settings.filters(kind)
        pages = self._pager.pages(HOSTS[kind].endpoint, filters, representation=self._shape(kind))
        return self._shared(self._progress.pages(HOSTS[kind].endpoint, pages))

    def _shape(self, kind: str) -> Representation:
        fields = self._plan.fields[kind]
        return Representation(HOSTS[kind].endpoint, fields=fields or (), config_context=self._plan.config_context)

    def _shared(self, pages: Iterable[list[Row]]) -> collections.deque[list[Row]]:
        sharing = Sharing(slim=not self._plan.raw)
        return collections.deque(map(sharing.page, pages))

    def _add_types(self, pages: Iterable[list[Row]]) -> None:
        """Put device types into rows without a name, which are called after them."""
        nameless = [row for page in pages for row in page if not row.get("name") and "device_type" not in row]
        if nameless:
            types = self._by_id(HOSTS["devices"].endpoint, [row["id"] for row in nameless], ("id", "device_type"))
            for row in nameless:
                row.update(types.get(row["id"], {}))

    def _side_by_side(self, works: Sequence[Callable[[], t.Any]]) -> list[t.Any]:
        """The results of all works, done at the same time. The pager bounds their requests."""
        workers = Workers(max(1, len(works)))
        tasks: Tasks[int, t.Any] = Tasks(workers)
        try:
            for number, work in enumerate(works):
                tasks.start(number, work)
            results = dict(tasks.next_ended() for dummy in works)
        finally:
            workers.close()
        return [results[number] for number in range(len(works))]

    def _sides(self, pages: dict[str, collections.deque[list[Row]]]) -> Sides:
        sides = Sides()
        wanted = self._plan.lists
        referred = {
            name: {row[field]["id"] for some in pages.values() for page in some for row in page if row.get(field)}
            for name, field in (
                ("sites", "site"),
                ("racks", "rack"),
                ("clusters", "cluster"),
                ("locations", "location"),
            )
        }
        owners = {kind: [row["id"] for page in some for row in page] for kind, some in pages.items()}
        everything = self._settings.empty_groups
        works: dict[str, Callable[[], t.Any]] = {}
        if "sites" in wanted and (referred["sites"] or everything):
            site_fields = () if self._settings.site_data else SITE_FIELDS
            works["sites"] = partial(self._by_id, "dcim/sites", referred["sites"], site_fields, everything)
            for name, endpoint in (("regions", "dcim/regions"), ("site_groups", "dcim/site-groups")):
                if name in wanted:
                    works[name] = partial(self._table, endpoint, [], TREE_FIELDS)
        if "locations" in wanted and (referred["locations"] or everything):
            few = referred["sites"] if len(referred["sites"]) <= FEW and not everything else ()
            filters = [("site_id", str(number)) for number in sorted(few)]
            works["locations"] = partial(self._table, "dcim/locations", filters, (*TREE_FIELDS, "site"))
        if "racks" in wanted and referred["racks"]:
            works["racks"] = partial(self._by_id, "dcim/racks", referred["racks"], ("id", "role"))
        if "clusters" in wanted and referred["clusters"]:
            cluster_fields = ("id", "name", "type", "group")
            works["clusters"] = partial(self._by_id, "virtualization/clusters", referred["clusters"], cluster_fields)
        if "prefixes" in wanted and referred["sites"]:
            works["prefixes"] = partial(self._prefixes, referred["sites"])
        if "dns_names" in wanted:
            works["dns_names"] = partial(self._add_dns_names, pages)
        for name, of in (
            ("interfaces", self._interfaces),
            ("services", self._services),
            ("virtual_disks", self._virtual_disks),
        ):
            if name in wanted and any(owners.values()):
                works[name] = partial(of, owners)
        found = self._side_by_side([partial(self._allowed, name, work) for name, work in works.items()])
        for name, rows in zip(works, found):
            if rows is not None:
                setattr(sides, name, rows)
        return sides

    def _allowed(self, name: str, work: Callable[[], t.Any]) -> t.Any:
        try:
            return work()
        except AccessDenied as error:
            self._warn(f"Hosts come without {name.replace('_', ' ')} and what follows from them: {error}")
            return None

    def _table(self, endpoint: str, filters: Pairs, fields: Sequence[str]) -> Table:
        shape = Representation(endpoint, fields=fields)
        return {row["id"]: row for row in self._pager.rows(endpoint, filters, representation=shape)}

    def _by_id(self, endpoint: str, ids: Iterable[int], fields: Sequence[str], all_of_them: bool = False) -> Table:
        numbers = sorted(ids)
        few = len(numbers) <= FEW and not all_of_them
        return self._table(endpoint, [("id", str(number)) for number in numbers] if few else [], fields)

    def _add_dns_names(self, pages: dict[str, collections.deque[list[Row]]]) -> None:
        """Put DNS names into primary addresses that came without them: NetBox 4.5 does not show them there."""
        bare = [
            row["primary_ip"]
            for some in pages.values()
            for page in some
            for row in page
            if row.get("primary_ip") and "dns_name" not in row["primary_ip"]
        ]
        if not bare:
            return
        numbers = sorted({address["id"] for address in bare})
        filters = [("id", str(number)) for number in numbers] if len(numbers) <= FEW else [("dns_name__empty", "false")]
        names = self._table("ipam/ip-addresses", filters, ("id", "dns_name"))
        for address in bare:
            address["dns_name"] = names.get(address["id"], {}).get("dns_name")

    def _prefixes(self, sites: Iterable[int]) -> dict[int, list[Row]]:
        numbers = sorted(sites)
        filters = [("scope_type", "dcim.site")]
        if len(numbers) <= FEW:
            filters += [("scope_id", str(number)) for number in numbers]
        found: dict[int, list[Row]] = {}
        for row in self._pager.rows("ipam/prefixes", filters):
            if row.get("scope_type") == "dcim.site":
                found.setdefault(row["scope_id"], []).append(row)
        return found

    def _owned_filters(self, name: str, ids: list[int]) -> Pairs:
        return [(name, str(number)) for number in ids] if len(ids) <= FEW else []

    def _owned_by_any(self, owners: dict[str, list[int]], of_all: Pairs) -> list[Pairs]:
        """Filters for what belongs to these hosts: one for each kind, as both together would match nothing; or
        ``of_all``, where there are so many hosts that the whole list is cheaper."""
        asked = [self._owned_filters(f"{kind[:-1]}_id", ids) for kind, ids in owners.items() if ids]
        return asked if all(asked) else [of_all]

    def _interfaces(self, owners: dict[str, list[int]]) -> Owned:
        """Interfaces with their addresses inside."""
        whole = "all" in self._settings.interface_fields
        found: Owned = {}
        interfaces: dict[tuple[str, int], Row] = {}
        for kind, ids in owners.items():
            owner, known = kind[:-1], set(ids)
            for row in self._interface_rows(kind, ids) if ids else ():
                if row[owner]["id"] in known:
                    row["ip_addresses"] = []
                    interfaces[INTERFACES[kind].model, row["id"]] = row
                    found.setdefault((kind, row[owner]["id"]), []).append(row)
                    if not whole:
                        del row[owner]
        for address in self._addresses(owners, whole):
            interface = interfaces.get((address.get("assigned_object_type", ""), address.get("assigned_object_id", 0)))
            if interface is not None:
                for name in ("assigned_object", "assigned_object_id", "assigned_object_type"):
                    address.pop(name, None)
                interface["ip_addresses"].append(address)
        return found

    def _addresses(self, owners: dict[str, list[int]], whole: bool) -> Iterator[Row]:
        """The addresses of the interfaces of these hosts, and maybe of others."""
        shape = Representation(fields=() if whole else ADDRESS_FIELDS)
        for filters in self._owned_by_any(owners, [("assigned_to_interface", "true")]):
            # Most addresses are in no VRF: it is cheaper to ask for it where there is one.
            vrfs = {} if whole else self._table("ipam/ip-addresses", [*filters, ("vrf_id__n", "null")], ("id", "vrf"))
            for address in self._pager.rows("ipam/ip-addresses", filters, representation=shape):
                if not whole:
                    address["vrf"] = vrfs.get(address["id"], {}).get("vrf")
                yield address

    def _interface_rows(self, kind: str, ids: list[int]) -> Iterable[Row]:
        """The interfaces of these hosts, and maybe of others."""
        fields, owner = self._settings.interface_fields, kind[:-1]
        endpoint = INTERFACES[kind].endpoint
        shape = Representation(endpoint, fields=() if "all" in fields else ("id", owner, *fields))
        filters = self._owned_filters(f"{owner}_id", ids)
        stale = (f"{owner}_id", HOSTS[kind].endpoint) if filters else None
        pages = self._pager.pages(endpoint, filters, representation=shape, skip_deleted=stale)
        return itertools.chain.from_iterable(self._progress.pages(endpoint, pages))

    def _services(self, owners: dict[str, list[int]]) -> Owned:
        kinds = {listed.model: kind for kind, listed in HOSTS.items()}
        found: Owned = {}
        for filters in self._owned_by_any(owners, []):
            for row in self._pager.rows("ipam/services", filters):
                kind = kinds.get(row.get("parent_object_type") or "")
                if kind:
                    found.setdefault((kind, row["parent_object_id"]), []).append(row)
        return found

    def _virtual_disks(self, owners: dict[str, list[int]]) -> Owned:
        ids = owners.get("virtual_machines")
        found: Owned = {}
        if ids:
            filters = self._owned_filters("virtual_machine_id", ids)
            stale = ("virtual_machine_id", HOSTS["virtual_machines"].endpoint) if filters else None
            for row in self._pager.rows("virtualization/virtual-disks", filters, skip_deleted=stale):
                found.setdefault(("virtual_machines", row["virtual_machine"]["id"]), []).append(row)
        return found
