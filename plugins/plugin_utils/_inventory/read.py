# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Read everything in a plan into a snapshot, and choose the transport for each list."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial

from ansible_collections.netbox.cursor.plugins.module_utils._filters.check import FilterCheck
from ansible_collections.netbox.cursor.plugins.module_utils._http.client import GRAPHQL
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import (
    DOWN,
    AccessDenied,
    NetBoxError,
    UsageError,
)
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager
from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row
from ansible_collections.netbox.cursor.plugins.plugin_utils._connection import connect, open_pager
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory import costs
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.choose import Chooser, advised
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.concurrency import side_by_side
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.facts import FACTS
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.graphql import GraphQLReader
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.options import KINDS, Options
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.plan import (
    OF_INTERFACES,
    Plan,
    unknown_interface_fields,
)
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.progress import Progress
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.rest import AFTER, Counts, Owners, RestReader
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.select import SelectReader
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.snapshot import Snapshot, Table
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.tables import HOSTS, INTERFACES, TABLES, Related
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.values import suggest

# The tables for the option `select`.
SELECTED = frozenset(f"selected_{kind}" for kind in KINDS)
# Tables that are read if facts need address fields that hosts do not contain.
PRIMARY_TABLES = frozenset({"primary_addresses", "gateways"})
# Tables that are read in other ways than by the hosts that they belong to or by the objects that hosts refer to.
OTHER_TABLES = SELECTED | PRIMARY_TABLES | {"dns_names", "prefixes"}
# The options that messages about filters can mention.
PAGING = ("strict_filters", "page_size", "max_workers", "pagination")


def read_snapshot(plugin: t.Any, plan: Plan, options: Options) -> tuple[Snapshot, Plan]:
    """Read everything in the plan from the NetBox server in the options of ``plugin``.

    Return the snapshot and the plan. The plan includes fields that only NetBox versions later than 4.7 have.
    """
    with connect(plugin, "inventory") as client, open_pager(plugin, client) as pager, Progress() as progress:
        reader = Reader(pager, plan, options, plugin.get_option("transport"), progress)
        return reader.read(), reader.plan


class Reader:
    """Reads a plan through ``pager``. ``transport`` is the value of the option with this name.

    Tables that the token's user has no permission to view are skipped. If GraphQL fails and REST might succeed, REST is
    used. All other errors of the pager are raised.
    """

    def __init__(self, pager: Pager, plan: Plan, options: Options, transport: str, progress: Progress) -> None:
        self._pager = pager
        self._options = options
        self._transport = transport
        self._progress = progress
        self._kinds = options.kinds
        self._count = Counts(pager)
        self._select: SelectReader | None = None
        self.plan = plan

    def open(self, chooser: Chooser | None = None) -> None:
        """Prepare to read tables and single rows. :meth:`read` calls this method itself."""
        chooser = chooser or Chooser(self._pager, self._options, self._count, self._transport == "rest")
        self._choices = chooser.choices()
        self._filtered = {kind: choice.restricts for kind, choice in self._choices.items()}
        self._rest = RestReader(self._pager, self.plan, self._choices, self._count, self._progress)
        self._graphql = GraphQLReader(self._pager, self.plan, self._options, self._choices, self._progress)

    @property
    def rest(self) -> RestReader:
        """The reader for the REST API."""
        return self._rest

    def hosts_between(self, kind: str, low: int, high: int | None, known: Table) -> tuple[list[Row], bool]:
        """Return the hosts whose IDs are in a range, and whether they were read through GraphQL.

        ``known`` contains the hosts that the range contained before. If the user filters by ID, return the hosts with
        their IDs.
        """
        many = low != high and len(known) >= costs.MIN_HOSTS_IN_SLICE
        if many and self._transport != "rest" and self._graphql.can_audit(kind):
            try:
                return self._graphql.hosts_between(kind, low, high, known.values()), True
            except NetBoxError as error:
                if not _can_use_rest(error):
                    raise
        return self._rest.hosts_between(kind, low, high, list(known)), False

    def interfaces_between(
        self, kind: str, low: int, high: int | None, known: Collection[Row]
    ) -> tuple[list[Row], bool]:
        """Return the interfaces whose IDs are in a range, and whether they were read through GraphQL.

        ``known`` contains the interfaces that the range contained before.
        """
        if low != high and self._transport != "rest" and self._graphql.can_return_interfaces():
            try:
                return self._graphql.interfaces_between(kind, low, high, known), True
            except NetBoxError as error:
                if not _can_use_rest(error):
                    raise
        return list(self._rest.components_between(INTERFACES[kind], low, high)), False

    def by_owner_is_cheaper(self, table: Related, ids: Mapping[str, Collection[int]]) -> bool:
        """Return whether reading a table by host IDs costs less than reading the whole table.

        ``ids`` contains the IDs of all hosts in the inventory, by kind.
        """
        owners = Owners(ids, self._filtered)
        if self._transport != "rest" and table in INTERFACES.values() and self._graphql.can_return_interfaces():
            kind = table.kinds[0]
            return owners.filtered[kind] and self._rest_interfaces_are_cheaper(kind, owners)
        return self._rest.by_owner_is_cheaper(table, owners, costs.WHOLE_ROW)

    def read(self) -> Snapshot:
        """Read everything in the plan, and return the snapshot."""
        check = FilterCheck(self._pager.client, options=PAGING) if self._options.strict_filters else None
        chooser = Chooser(self._pager, self._options, self._count, self._transport == "rest")
        if check:
            chooser.check(check)
        self._add_unknown_fields()
        if "selected" in self.plan.facts:
            self._select = SelectReader(self._pager, self._options.select, self._kinds, self._count)
            self._select.prepare()
        self.open(chooser)
        hosts = dict(zip(self._kinds, side_by_side([partial(self._hosts, kind) for kind in self._kinds])))
        if check:
            chooser.check(check, confirmed=True)
        self._rest.add_device_types(hosts.get("devices", ()))
        snapshot = Snapshot()
        for kind, rows in hosts.items():
            snapshot.tables[kind] = {row["id"]: row for row in rows}
        self.read_tables(snapshot, self.plan.tables)
        return snapshot

    def _add_unknown_fields(self) -> None:
        """Look for unknown names in expressions and options that are fields in NetBox versions later than 4.7.

        Add the fields in expressions to the plan. Raise :class:`UsageError` if a name in ``interface_fields`` is not a
        field.
        """
        rest = RestReader(self._pager, self.plan, {}, self._count, self._progress)
        for kind in self._kinds if self.plan.unknown else ():
            self.plan = self.plan.with_fields(kind, rest.existing_fields(HOSTS[kind].endpoint, self.plan.unknown))
        unknown = unknown_interface_fields(self._options)
        for kind in self._kinds if unknown else ():
            try:
                unknown -= rest.existing_fields(INTERFACES[kind].endpoint, unknown)
            except AccessDenied:
                return  # hosts have no interfaces, because the token's user has no permission to view them
        for name in sorted(unknown):
            raise UsageError(
                f"interface_fields: interfaces do not have a field {name!r}.{suggest(name, OF_INTERFACES)}"
            )

    # Hosts

    def _hosts(self, kind: str) -> list[Row]:
        choice = self._choices[kind]
        if choice.only is not None and not choice.only:
            return []
        with advised(kind):
            return choice.keep(self._through_either(HOSTS[kind].endpoint, *self._host_readers(kind)))

    def _host_readers(self, kind: str) -> tuple[Callable[[], list[Row]], Callable[[], list[Row]] | None]:
        """Return two functions that read the hosts of a kind: one through REST, and one through GraphQL.

        The second function is ``None`` if GraphQL is not used.
        """
        endpoint, rest = HOSTS[kind].endpoint, partial(self._rest.hosts, kind)
        if self._transport == "rest":
            return rest, None
        if self.plan.fields[kind] is None:
            return self._only_rest(endpoint, "expressions need whole objects", rest)
        if not self._graphql.is_worth_it(kind):
            return self._only_rest(endpoint, "REST returns all fields at once", rest)
        if self._transport == "auto":
            first = self._few(kind)
            if first is not None:
                return self._only_rest(endpoint, "there are few hosts", first)
        return rest, partial(self._graphql.hosts, kind)

    def _few(self, kind: str) -> Callable[[], list[Row]] | None:
        """Return a function that reads the hosts through REST, or ``None`` if there are too many for REST."""
        endpoint, choice = HOSTS[kind].endpoint, self._choices[kind]
        filters, first, count = choice.filters, [], choice.count
        if count is not None:
            pass
        elif not filters:
            count = self._count(endpoint)
        else:
            # The filters probably select few hosts, so request the first page together with the number of hosts.
            rows, counted = self._pager.first_page(endpoint, filters, representation=self._rest.representation(kind))
            if counted == len(rows):
                return lambda: self._rest.interned([rows])
            first = [] if AFTER in dict(filters) else rows
            count = costs.MIN_HOSTS_FOR_GRAPHQL if counted is None else counted
        return partial(self._rest.hosts, kind, first) if count < costs.MIN_HOSTS_FOR_GRAPHQL else None

    def _only_rest(self, endpoint: str, reason: str, rest: Callable[[], list[Row]]) -> tuple[t.Any, None]:
        self._pager.client.log(1, f"{endpoint}: using REST because {reason}")
        return rest, None

    def _through_either(
        self, endpoint: str, rest: Callable[[], list[Row]], graphql: Callable[[], list[Row]] | None
    ) -> list[Row]:
        """Read one list through GraphQL. If ``graphql`` is ``None`` or fails, read the list through REST."""
        if graphql is None:
            return rest()
        try:
            return graphql()
        except NetBoxError as error:
            if self._transport == "graphql" or not _can_use_rest(error):
                raise
            self._pager.client.log(1, f"{endpoint}: using REST because GraphQL failed: {error}")
        return rest()

    # Tables

    def needed_tables(self, snapshot: Snapshot) -> set[str]:
        """Return the names of the tables in the plan that the hosts in the snapshot need."""
        return set(self._table_works(snapshot, self.plan.tables.keys()))

    def read_tables(self, snapshot: Snapshot, names: Collection[str]) -> None:
        """Read the tables with these names into the snapshot, if the hosts in it need them."""
        works = self._table_works(snapshot, names)

        def read(name: str) -> tuple[str, list[Row] | None]:
            try:
                return name, list(works[name]())
            except AccessDenied as error:
                snapshot.denied[name] = str(error)
                return name, None

        for name, rows in side_by_side([partial(read, name) for name in works]):
            if rows is not None:
                snapshot.tables[name] = {row["id"]: row for row in rows}

    def _table_works(self, snapshot: Snapshot, names: Collection[str]) -> dict[str, Callable[[], Iterable[Row]]]:
        """Return functions that read those of the tables with these ``names`` that the hosts need, by table name."""
        works: dict[str, Callable[[], Iterable[Row]]] = {}
        ids = {kind: snapshot.table(kind).keys() for kind in self._kinds}
        owners = Owners(ids, self._filtered)
        for table in TABLES.values():
            if table.name not in names or table.name in OTHER_TABLES:
                continue
            referenced = _referenced(snapshot, table.field) if table.field else set()
            if self.reads_all(table):
                if any(ids.values()) or self._options.empty_groups:
                    works[table.name] = partial(self._rest.whole, table)
            elif table.name == "locations":
                if referenced:
                    works[table.name] = partial(self._rest.locations, _referenced(snapshot, "site"))
            elif referenced:
                works[table.name] = partial(self._rest.referenced, table, referenced, any(self._filtered.values()))
            elif table.name in ("interfaces", "vm_interfaces"):
                if owners.of(table.kinds):
                    works[table.name] = partial(self._interfaces, table.kinds[0], owners)
            elif owners.of(table.kinds):
                works[table.name] = partial(
                    self._rest.addresses if table.name == "addresses" else partial(self._rest.components, table), owners
                )
        sites = _referenced(snapshot, "site") if "prefixes" in names else set()
        if sites:
            works["prefixes"] = partial(self._rest.prefixes, sites)
        bare = self._addresses_without_names(snapshot) if "dns_names" in names else set()
        if bare:
            works["dns_names"] = partial(self._rest.dns_names, bare)
        for kind in self._kinds:
            if self._select and f"selected_{kind}" in names:
                works[f"selected_{kind}"] = partial(self._select.read, kind, ids[kind], not self._filtered[kind])
        primary = self._primary_addresses(snapshot) if not PRIMARY_TABLES.isdisjoint(names) else set()
        if primary:
            works["primary_addresses"] = partial(
                self._rest.referenced, TABLES["primary_addresses"], primary, filtered=True
            )
            works["gateways"] = partial(self._rest.gateways, self._options.gateway_tag or "")
        return {name: work for name, work in works.items() if name in names}

    def _addresses_without_names(self, snapshot: Snapshot) -> set[int]:
        """Return the IDs of primary addresses that hosts contain without DNS names."""
        rows = (row for kind in self._kinds for row in snapshot.table(kind).values())
        addresses = (row["primary_ip"] for row in rows if row.get("primary_ip"))
        return {address["id"] for address in addresses if "dns_name" not in address}

    def _primary_addresses(self, snapshot: Snapshot) -> set[int]:
        """Return the IDs of primary addresses if facts need address fields that hosts do not contain."""
        facts = [FACTS[name] for name in self.plan.facts if "primary_addresses" in FACTS[name].tables]
        fields = {field.name for fact in facts for field in fact.fields}
        rows = [row for kind in self._kinds for row in snapshot.table(kind).values()]
        # GraphQL returns IDs as strings.
        return {int(row[field]["id"]) for field in fields for row in rows if row.get(field)}

    def reads_all(self, table: Related) -> bool:
        """Return whether a table also contains objects that no host refers to. Groups, for example, can need them."""
        options = self._options
        return (
            table.whole
            or table.name in ("gateways", "prefixes")
            or (table.name == "sites" and options.empty_groups)
            or (table.name == "locations" and "location" in options.group_keys)
            or (table.name == "tenants" and "tenant" in options.group_trees)
        )

    def _interfaces(self, kind: str, owners: Owners) -> list[Row]:
        """Return the interfaces of the hosts of a kind, and possibly other interfaces."""
        table, rest = INTERFACES[kind], partial(self._rest.interfaces, kind, owners)
        if self._transport == "rest" or not self._graphql.can_return_interfaces():
            return list(rest())
        ids = owners.ids[kind]
        if self._transport == "auto" and self._rest_interfaces_are_cheaper(kind, owners):
            return list(rest())
        some = ids if owners.filtered[kind] and len(ids) <= costs.IDS_PER_REQUEST else None
        return self._through_either(table.endpoint, lambda: list(rest()), partial(self._graphql.interfaces, kind, some))

    def _rest_interfaces_are_cheaper(self, kind: str, owners: Owners) -> bool:
        """Return whether it costs less to read interfaces by host ID through REST than to read all through GraphQL."""
        table, ids = INTERFACES[kind], owners.ids[kind]
        if len(ids) <= costs.IDS_PER_REQUEST:
            return True
        if not owners.filtered[kind]:
            return False
        hosts, rows = self._count(HOSTS[kind].endpoint), self._count(table.endpoint)
        by_owner = costs.by_owner(len(ids), rows * len(ids) / max(hosts, len(ids)), costs.INTERFACE)
        return by_owner < costs.complete(rows, costs.GRAPHQL_ROW)


def _referenced(snapshot: Snapshot, field: str) -> set[int]:
    """Return the IDs of the objects that hosts refer to in a field."""
    return {row[field]["id"] for kind in KINDS for row in snapshot.table(kind).values() if row.get(field)}


def _can_use_rest(error: NetBoxError) -> bool:
    """Return whether REST might succeed after this error.

    It cannot if the user's options are wrong, or if a REST request failed after all retries.
    """
    if isinstance(error, DOWN):
        return error.url.endswith(GRAPHQL)
    return not isinstance(error, UsageError)
