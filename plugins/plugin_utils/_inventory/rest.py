# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Read hosts and tables through the REST API."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from ansible_collections.netbox.cursor.plugins.module_utils._filters.representation import Representation
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import BadRequest
from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import Pairs
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager
from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory import costs
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.choose import Choice
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.interning import ObjectInterner
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.plan import Plan
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.progress import Progress
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.tables import (
    HOSTS,
    INTERFACES,
    TABLES,
    Related,
    id_filter,
)

# The filter that selects objects with higher IDs. NetBox combines several values of this filter with "or".
AFTER = "id__gt"


class Counts:
    """Counts the objects in lists, and caches each count."""

    def __init__(self, pager: Pager) -> None:
        self._pager = pager
        self._known: dict[tuple[str, str], int] = {}
        self._lock = threading.Lock()

    def __call__(self, endpoint: str, filters: Pairs | None = None) -> int:
        """Return the number of objects in a list. Later calls return the cached count."""
        key = (endpoint, str(filters or []))
        with self._lock:
            if key not in self._known:
                self._known[key] = self._pager.count(endpoint, filters)
            return self._known[key]


class Owners:
    """The hosts whose components are read: their IDs by kind, and whether filters selected them."""

    def __init__(self, ids: Mapping[str, Collection[int]], filtered: Mapping[str, bool]) -> None:
        self.ids = {kind: sorted(numbers) for kind, numbers in ids.items()}
        self.filtered = filtered

    def of(self, kinds: Iterable[str]) -> dict[str, list[int]]:
        """Return host IDs by kind. Omit ``kinds`` without hosts."""
        return {kind: self.ids[kind] for kind in kinds if self.ids.get(kind)}


class RestReader:
    """Reads the hosts in ``choices`` through ``pager``, and the objects that belong to them or that they refer to.

    ``plan`` contains the fields to read. ``progress`` receives the pages of long lists.
    """

    def __init__(
        self, pager: Pager, plan: Plan, choices: Mapping[str, Choice], count: Counts, progress: Progress
    ) -> None:
        self._pager = pager
        self._plan = plan
        self._choices = choices
        self._progress = progress
        self.count = count

    # Hosts

    def representation(self, kind: str) -> Representation:
        """Return the representation that requests the host fields in the plan."""
        fields = self._plan.fields[kind]
        return Representation(HOSTS[kind].endpoint, fields=sorted(fields or ()))

    def hosts(self, kind: str, first: Sequence[Row] = ()) -> list[Row]:
        """Return the hosts of a kind. ``first`` contains the hosts with the lowest IDs if they were already read."""
        endpoint, filters = HOSTS[kind].endpoint, self._choices[kind].filters
        if first:
            filters = [*filters, (AFTER, str(first[-1]["id"]))]
        pages = self._pager.pages(endpoint, filters, representation=self.representation(kind))
        return self.interned(itertools.chain([list(first)], self._progress.pages(endpoint, pages)))

    def interned(self, pages: Iterable[list[Row]]) -> list[Row]:
        """Return the rows of all pages. Rows share one copy of each object that several rows refer to."""
        interner = ObjectInterner(self._plan.raw)
        return [row for page in pages for row in interner.intern(page)]

    def existing_fields(self, endpoint: str, names: Collection[str]) -> set[str]:
        """Read one object of a list, and return the ``names`` that are fields of this object."""
        rows = self._pager.rows(endpoint, limit=1, representation=Representation(endpoint))
        return {name for row in rows for name in names if name in row}

    def add_device_types(self, rows: Iterable[Row]) -> None:
        """Add the device type to devices without a name. Their host names contain the type's slug."""
        nameless = [row for row in rows if not row.get("name") and "device_type" not in row]
        if nameless:
            endpoint = HOSTS["devices"].endpoint
            filters = [("id", str(row["id"])) for row in nameless]
            types = {row["id"]: row for row in self._fetch(endpoint, filters, ("device_type",))}
            for row in nameless:
                row.update(types.get(row["id"], {}))

    def hosts_with(self, kind: str, ids: Collection[int]) -> list[Row]:
        """Return the hosts with these IDs that the user's filters select."""
        filters = self._choices[kind].filters
        # NetBox combines several values of one filter with "or", so apply the user's filter `id` here.
        selected = {value for name, value in filters if name == "id"}
        wanted = [("id", str(number)) for number in sorted(ids) if not selected or str(number) in selected]
        if not wanted:
            return []
        pairs = [*wanted, *(pair for pair in filters if pair[0] != "id")]
        pages = self._pager.pages(HOSTS[kind].endpoint, pairs, representation=self.representation(kind))
        rows = self.interned(pages)
        if kind == "devices":
            self.add_device_types(rows)
        return rows

    def host_ids(self, kind: str, filters: Pairs) -> set[int]:
        """Return the IDs of the hosts that these filters select."""
        shape = Representation(HOSTS[kind].endpoint, fields=("id",))
        return {row["id"] for row in self._pager.rows(HOSTS[kind].endpoint, filters, representation=shape)}

    def hosts_between(self, kind: str, low: int, high: int | None, known: Collection[int]) -> list[Row]:
        """Return the hosts whose IDs are in a range. If the user filters by ID, return the hosts with ``known`` IDs."""
        filters = self._choices[kind].filters
        if low == high:
            return []
        if any(name == "id" or name.startswith("id__") for name, dummy in filters):
            return self.hosts_with(kind, known)
        pairs = [*filters, *_between(low, high)]
        pages = self._pager.pages(HOSTS[kind].endpoint, pairs, representation=self.representation(kind))
        return self.interned(pages)

    # Tables

    def components_between(self, table: Related, low: int, high: int | None) -> Iterator[Row]:
        """Yield the rows of a table whose IDs are in a range."""
        if low == high:
            return iter(())
        pairs = [*self._complete_filters(table), *_between(low, high)]
        if table.name == "addresses":
            return self._addresses(pairs)
        return self._fetch(table.endpoint, pairs, self._plan.tables[table.name])

    def rows_with(self, table: Related, ids: Collection[int], fields: Collection[str] = ()) -> Iterator[Row]:
        """Yield the rows of a table that have these IDs. By default, ``fields`` are the fields in the plan."""
        if not ids:
            return iter(())
        pairs = [("id", str(number)) for number in sorted(ids)]
        return self._fetch(table.endpoint, pairs, fields or self._plan.tables[table.name])

    def whole(self, table: Related) -> Iterator[Row]:
        """Yield all rows of a table."""
        return self._fetch(table.endpoint, [], self._plan.tables[table.name], are_small=True)

    def referenced(self, table: Related, ids: Collection[int], filtered: bool) -> Iterator[Row]:
        """Yield the objects with these IDs.

        If the hosts were not ``filtered``, they probably refer to most objects in the table. In that case, read the
        whole table unless there are few IDs.
        """
        fields = self._plan.tables[table.name]
        row = costs.WHOLE_ROW if fields is None else costs.ROW
        few = len(ids) <= costs.IDS_PER_REQUEST
        if few or (filtered and costs.by_id(len(ids), row) < costs.complete(self.count(table.endpoint), row)):
            return self._fetch(table.endpoint, [("id", str(number)) for number in sorted(ids)], fields)
        return (one for one in self._fetch(table.endpoint, [], fields, are_small=True) if one["id"] in ids)

    def locations(self, sites: Collection[int]) -> Iterator[Row]:
        """Yield the locations in these sites, and possibly other locations."""
        few = len(sites) <= costs.IDS_PER_REQUEST
        filters = [("site_id", str(number)) for number in sorted(sites)] if few else []
        return self._fetch(TABLES["locations"].endpoint, filters, self._plan.tables["locations"])

    def dns_names(self, bare: Collection[int]) -> Iterator[Row]:
        """Yield the DNS names of the IP addresses with these IDs, and possibly other DNS names."""
        filters = [("id", str(number)) for number in sorted(bare)]
        if len(filters) > costs.IDS_PER_REQUEST:
            filters = [("dns_name__empty", "false")]
        return self._fetch(TABLES["dns_names"].endpoint, filters, ("dns_name",))

    def gateways(self, tag: str) -> Iterator[Row]:
        """Yield the IP addresses that have the tag for gateways."""
        try:
            yield from self._fetch(TABLES["gateways"].endpoint, [("tag", tag)], self._plan.tables["gateways"])
        except BadRequest as error:
            raise error.amend(f"Check gateway_tag: {tag!r} must be the slug of a tag.") from None

    def prefixes(self, sites: Collection[int]) -> Iterator[Row]:
        """Yield the prefixes whose scope is a site with one of these IDs, and possibly other prefixes."""
        filters = [("scope_type", "dcim.site")]
        if len(sites) <= costs.IDS_PER_REQUEST:
            filters += [("scope_id", str(number)) for number in sorted(sites)]
        return self._fetch(TABLES["prefixes"].endpoint, filters, None)

    def components(self, table: Related, owners: Owners, row_cost: float = costs.WHOLE_ROW) -> Iterator[Row]:
        """Yield the rows of a table that belong to these hosts."""
        present = owners.of(table.kinds)
        if self.by_owner_is_cheaper(table, owners, row_cost):
            # Read one list for each kind, because no object belongs to hosts of both kinds.
            lists = [self._of_hosts(table, kind, ids) for kind, ids in present.items()]
            return itertools.chain.from_iterable(lists)
        rows = self._fetch(table.endpoint, self._complete_filters(table), self._plan.tables[table.name])
        if table.owner is None:
            return rows
        owner, wanted = table.owner, {(kind, number) for kind, ids in present.items() for number in ids}
        return (row for row in rows if owner(row) in wanted)

    def interfaces(self, kind: str, owners: Owners) -> Iterator[Row]:
        """Yield the interfaces of the hosts of a kind."""
        table = INTERFACES[kind]
        rows = self.components(table, owners, costs.INTERFACE)
        return itertools.chain.from_iterable(self._progress.pages(table.endpoint, _paged(rows)))

    def addresses(self, owners: Owners) -> Iterator[Row]:
        """Yield the IP addresses that are assigned to the hosts' interfaces, and possibly other addresses."""
        table = TABLES["addresses"]
        lists: list[Pairs] = [self._complete_filters(table)]
        row_cost = costs.WHOLE_ROW if self._plan.tables[table.name] is None else costs.ROW
        if self.by_owner_is_cheaper(table, owners, row_cost):
            lists = [_owner_filters(kind, ids) for kind, ids in owners.of(table.kinds).items()]
        return itertools.chain.from_iterable(map(self._addresses, lists))

    def _addresses(self, filters: Pairs) -> Iterator[Row]:
        endpoint, fields = TABLES["addresses"].endpoint, self._plan.tables["addresses"]
        if fields is None:
            yield from self._fetch(endpoint, filters, None)
            return
        # Few addresses are in a VRF. Reading a second list with only these addresses is cheaper for NetBox than
        # returning the VRF of every address.
        in_vrf = [*filters, ("vrf_id__n", "null")]
        vrfs = {row["id"]: row["vrf"] for row in self._fetch(endpoint, in_vrf, ("vrf",))}
        for row in self._fetch(endpoint, filters, fields - {"vrf"}, are_small=True):
            row["vrf"] = vrfs.get(row["id"])
            yield row

    def by_owner_is_cheaper(self, table: Related, owners: Owners, row_cost: float) -> bool:
        """Return whether reading a table by host IDs costs less than reading the whole table."""
        present = owners.of(table.kinds)
        if not any(owners.filtered[kind] for kind in present):
            return False
        number = sum(map(len, present.values()))
        if number <= costs.IDS_PER_REQUEST:
            return True
        hosts = sum(
            self.count(HOSTS[kind].endpoint) if owners.filtered[kind] else len(ids) for kind, ids in present.items()
        )
        rows = self.count(table.endpoint, self._complete_filters(table))
        return costs.by_owner(number, rows * number / max(hosts, number), row_cost) < costs.complete(rows, row_cost)

    def _complete_filters(self, table: Related) -> Pairs:
        return [("assigned_to_interface", "true")] if table.name == "addresses" else []

    def _of_hosts(self, table: Related, kind: str, ids: Sequence[int]) -> Iterator[Row]:
        # If one of the hosts was deleted, NetBox rejects this filter for all lists except addresses and services.
        strict = table.name not in ("addresses", "services")
        stale = (id_filter(kind), HOSTS[kind].endpoint) if strict else None
        return self._fetch(table.endpoint, _owner_filters(kind, ids), self._plan.tables[table.name], stale=stale)

    def _fetch(
        self,
        endpoint: str,
        filters: Pairs,
        fields: Collection[str] | None,
        stale: tuple[str, str] | None = None,
        *,
        are_small: bool = False,
    ) -> Iterator[Row]:
        """Yield rows. ``are_small``: whether rows with only these fields are small."""
        shape = Representation(endpoint, fields=sorted({"id", *fields}) if fields else ())
        small = are_small and fields is not None
        return self._pager.rows(endpoint, filters, representation=shape, skip_deleted=stale, are_small=small)


def _between(low: int, high: int | None) -> Pairs:
    """Return filters for IDs that are at least ``low`` and, if ``high`` is set, less than ``high``."""
    return [("id__gte", str(low)), *([] if high is None else [("id__lt", str(high))])]


def _owner_filters(kind: str, ids: Iterable[int]) -> Pairs:
    return [(id_filter(kind), str(number)) for number in ids]


def _paged(rows: Iterable[Row], size: int = 100) -> Iterator[list[Row]]:
    rows = iter(rows)
    while page := list(itertools.islice(rows, size)):
        yield page
