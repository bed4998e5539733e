# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Read hosts and interfaces through GraphQL, at a fraction of the cost of the REST API.

The rows have the same form as in the REST API. Fields that GraphQL cannot return are read through the REST API.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial

from ansible_collections.netbox.cursor.plugins.module_utils._graphql.selection import Field as Selected
from ansible_collections.netbox.cursor.plugins.module_utils._graphql.selection import parse
from ansible_collections.netbox.cursor.plugins.module_utils._graphql.walk import GraphQL
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import AccessDenied
from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import Pairs
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager
from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.agreement import (
    Agreement,
    ResultMismatch,
    count_nulls,
)
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.choose import Choice
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.concurrency import Memo, side_by_side
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.facts import (
    CLUSTER_DEVICE,
    DNS_NAME,
    FIELDS,
    MANUFACTURER,
)
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.interning import ObjectInterner
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.options import Options
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.plan import Plan
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.progress import Progress
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.rest_shaped import RestShapedList
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.snapshot import Table
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.tables import (
    ADDRESS_FIELDS,
    HOSTS,
    INTERFACES,
    Listed,
    Related,
    id_filter,
)

INTERFACE_SELECTIONS = {
    **{name: name for name in ("name", "label", "enabled", "type", "description", "mtu", "mode", "mgmt_only")},
    "mac_address": "primary_mac_address {mac_address}",
    "custom_fields": "custom_fields",
    **{name: f"{name} {{id}}" for name in ("lag", "parent", "vrf", "untagged_vlan", "tagged_vlans")},
}
# Interface fields that refer to other objects, by GraphQL name. The values are REST filters that accept `null`, or
# `None` if there is no such filter.
INTERFACE_NULLS = {
    **{name: f"{name}_id" for name in ("lag", "parent", "vrf", "primary_mac_address")},
    **dict.fromkeys(("untagged_vlan", "tagged_vlans")),
}
# Fields that contain more data in the REST API: choices have labels, and objects have more fields.
SHOWN_DIFFERENTLY = frozenset(("type", "mode", "lag", "parent", "vrf", "untagged_vlan", "tagged_vlans"))


class GraphQLReader:
    """Reads the hosts in ``choices`` and their interfaces through GraphQL. ``plan`` contains the fields to read.

    The methods raise :class:`ResultMismatch` if GraphQL hides objects, and do not catch GraphQL errors. After such an
    error, the REST API can be used.
    """

    def __init__(
        self, pager: Pager, plan: Plan, options: Options, choices: Mapping[str, Choice], progress: Progress
    ) -> None:
        self._pager = pager
        self._graphql = GraphQL(pager)
        self._memo = Memo()
        self._plan = plan
        self._options = options
        self._choices = choices
        self._progress = progress

    # Hosts

    def rest_fields(self, kind: str) -> set[str]:
        """Return the host fields to read through the REST API."""
        fields = self._plan.fields[kind] or frozenset()
        filters = dict(self._choices[kind].filters)
        # If the user filters by a field, the REST API cannot count the selected hosts that have null in this field.
        found = {field for field in fields if not self._can_return(field) or f"{field}_id" in filters}
        if filters:
            # With filters, the REST API selects the hosts, so it returns their rows anyway. The plain fields of a row
            # add almost no cost.
            found |= {field for field in fields if field in FIELDS and FIELDS[field].plain or field in _OWN}
        return found

    def is_worth_it(self, kind: str) -> bool:
        """Return whether GraphQL reduces the cost.

        It does not if the REST API must return some fields, and could return the other fields at almost no cost.
        """
        by_rest = self.rest_fields(kind)
        left = (self._plan.fields[kind] or frozenset()) - by_rest - {"tags"}
        return not by_rest or any(not FIELDS[field].plain and field != "status" for field in left)

    def hosts(self, kind: str) -> list[Row]:
        """Return the hosts of a kind."""
        fields, filters = self._plan.fields[kind], self._choices[kind].filters
        if fields is None:
            raise AssertionError("whole objects come through REST")
        listed = RestShapedList(self._pager, self._graphql, self._memo, HOSTS[kind], filters)
        by_rest = self.rest_fields(kind)
        objects = listed.custom_objects() if "custom_fields" in fields - by_rest else []
        if objects is None:
            by_rest.add("custom_fields")
        if by_rest:
            self._pager.client.log(1, f"{HOSTS[kind].endpoint}: reading {', '.join(sorted(by_rest))} through REST")
        by_graphql = fields - by_rest - {"tags"}
        keys = {one.key for one in _selected(map(self._selection, by_graphql))}
        nullable = {one.name: f"{one.name}_id" for one in FIELDS.values() if kind in one.nullable and one.name in keys}
        found: Table = {}
        agreement = Agreement(self._pager, listed.endpoint, filters, nullable)
        read = partial(self._rows, listed, kind, by_graphql, agreement)
        if filters:
            found = listed.by_rest(by_rest)
            rows = read(sorted(found))
        elif by_rest:
            rows, found = side_by_side([read, partial(listed.by_rest, by_rest)])
        else:
            rows = read()
        agreement.check(count_nulls(rows, nullable))
        rows = self._completed(listed, rows, fields - by_rest, objects or [])
        return _joined(rows, found) if by_rest else rows

    def can_audit(self, kind: str) -> bool:
        """Return whether GraphQL returns all hosts of a kind with all fields in the plan."""
        return self._plan.fields[kind] is not None and not self._choices[kind].filters and not self.rest_fields(kind)

    def hosts_between(self, kind: str, low: int, high: int | None, known: Collection[Row]) -> list[Row]:
        """Return the hosts whose IDs are in a range. If GraphQL hides an object, the field contains null.

        ``known`` contains the hosts that the range contained before.
        """
        listed = self._list_between(HOSTS[kind], low, high)
        fields = self._plan.fields[kind] or frozenset()
        objects = listed.custom_objects(known) if "custom_fields" in fields else []
        by_rest = {"custom_fields"} if objects is None else set()
        selected = _selected(map(self._selection, fields - by_rest - {"tags"}))
        interner = ObjectInterner(None)
        rows = [row for page in listed.pages_within(selected) for row in interner.intern(list(map(_numbered, page)))]
        rows = self._completed(listed, rows, fields - by_rest, objects or [], known)
        number_addresses(rows)
        return _joined(rows, listed.by_rest(by_rest)) if by_rest else rows

    def _selection(self, field: str) -> str:
        """Return the GraphQL selection for a field. Omit DNS names and manufacturers if nothing needs them."""
        selection = FIELDS[field].selection
        if "dns_names" not in self._plan.tables:
            selection = selection.replace(DNS_NAME, "")
        if "manufacturer" not in self._plan.facts:
            selection = selection.replace(MANUFACTURER, "")
        return selection

    def _can_return(self, field: str) -> bool:
        """Return whether GraphQL returns all data in a field that variables and expressions use."""
        if field == CLUSTER_DEVICE.name and self._options.as_peer:
            return False  # the variable contains the object as the REST API returns it
        if self._plan.raw is None or field in self._plan.raw:
            return field in FIELDS and (FIELDS[field].plain or field in ("status", "config_context"))
        return field in FIELDS

    def _rows(
        self,
        listed: RestShapedList,
        kind: str,
        fields: Iterable[str],
        agreement: Agreement,
        ids: Sequence[int] | None = None,
    ) -> list[Row]:
        """Return all hosts, or the hosts with ``ids``. Request only ``fields``."""
        selected = _selected(map(self._selection, fields))
        interner = ObjectInterner(None)
        pages = listed.pages(selected, agreement) if ids is None else listed.pages_of(selected, ids)
        pages = self._progress.pages(listed.endpoint, pages)
        return [row for page in pages for row in interner.intern(list(map(_numbered, page)))]

    def _completed(
        self,
        listed: RestShapedList,
        rows: list[Row],
        fields: Collection[str],
        objects: Sequence[str],
        known: Collection[Row] = (),
    ) -> list[Row]:
        """Add the data that the rows lack: tags, labels, objects in custom fields, and primary addresses."""
        if "tags" in fields:
            listed.add_tags(rows, known)
        if "status" in fields:
            rows = listed.with_shown(rows, ["status"], shared=True, known=known)
        if objects and "custom_fields" in fields:
            rows = listed.with_shown(rows, objects, within="custom_fields")
        if "primary_ip" in fields:
            _add_primary(listed, rows)
        return rows

    # Interfaces

    def can_return_interfaces(self) -> bool:
        """Return whether GraphQL supports all fields in the option ``interface_fields``."""
        return {*self._options.interface_fields} <= {*INTERFACE_SELECTIONS, "tags"}

    def interfaces(self, kind: str, ids: Sequence[int] | None = None) -> list[Row]:
        """Return the interfaces of all hosts of a kind, or of the hosts with these IDs."""
        try:
            return self._interfaces(kind, ids)
        except AccessDenied as error:
            # The REST API can still return the interfaces, either with the names of hidden objects or without tags.
            raise ResultMismatch(
                f"{INTERFACES[kind].endpoint}: the token's user has no permission to view an object that interfaces "
                f"refer to: {error}"
            ) from None

    def interfaces_between(self, kind: str, low: int, high: int | None, known: Collection[Row]) -> list[Row]:
        """Return the interfaces whose IDs are in a range. If GraphQL hides an object, the field contains null.

        ``known`` contains the interfaces that the range contained before.
        """
        listed = self._list_between(INTERFACES[kind], low, high)
        objects, by_rest, selected = self._selected_of_interfaces(kind, listed, known)
        rows = [row for page in listed.pages_within(selected, known) for row in page]
        return self._completed_interfaces(kind, listed, rows, objects, by_rest, known)

    def _list_between(self, listed: Listed | Related, low: int, high: int | None) -> RestShapedList:
        filters: Pairs = [("id__gte", str(low)), *([] if high is None else [("id__lt", str(high))])]
        between = {"gte": low} if high is None else {"gte": low, "lt": high}
        return RestShapedList(self._pager, self._graphql, self._memo, listed, filters, {"id": between})

    def _interfaces(self, kind: str, ids: Sequence[int] | None) -> list[Row]:
        table, owner = INTERFACES[kind], kind[:-1]
        filters: Pairs = [] if ids is None else [(id_filter(kind), str(number)) for number in ids]
        listed = RestShapedList(self._pager, self._graphql, self._memo, table, filters)
        objects, by_rest, selected = self._selected_of_interfaces(kind, listed)
        keys = {one.key for one in selected}
        agreement = Agreement(
            self._pager, listed.endpoint, filters, {name: of for name, of in INTERFACE_NULLS.items() if name in keys}
        )
        pages = listed.pages(selected, agreement) if ids is None else listed.pages_of(selected, ids, owner)
        rows = [row for page in self._progress.pages(listed.endpoint, pages) for row in page]
        agreement.check(count_nulls(rows, keys))
        if {"untagged_vlan", "tagged_vlans"} & keys:
            # If the token's user has no permission to view VLANs, GraphQL silently omits them, but this REST request
            # fails with HTTP 403.
            self._memo.get("vlans", lambda: self._pager.count("ipam/vlans"))
        return self._completed_interfaces(kind, listed, rows, objects, by_rest)

    def _fields_of_interfaces(self, kind: str) -> set[str]:
        return set(self._plan.tables[INTERFACES[kind].name] or ()) - {kind[:-1]}

    def _selected_of_interfaces(
        self, kind: str, listed: RestShapedList, known: Collection[Row] | None = None
    ) -> tuple[list[str], set[str], list[Selected]]:
        """Return the custom fields with objects, the fields to read through REST, and the GraphQL selection."""
        fields = self._fields_of_interfaces(kind)
        objects = listed.custom_objects(known) if "custom_fields" in fields else []
        by_rest = {"custom_fields"} if objects is None else set()
        selections = (INTERFACE_SELECTIONS[field] for field in fields - by_rest - {"tags"})
        return objects or [], by_rest, _selected([*selections, f"{kind[:-1]} {{id}}"])

    def _completed_interfaces(
        self,
        kind: str,
        listed: RestShapedList,
        rows: list[Row],
        objects: Sequence[str],
        by_rest: set[str],
        known: Collection[Row] = (),
    ) -> list[Row]:
        """Convert the rows to the form of the REST API, and add the data that they lack."""
        fields, owner = self._fields_of_interfaces(kind), kind[:-1]
        for row in rows:
            row[owner]["id"] = int(row[owner]["id"])
            if "mac_address" in fields:
                row["mac_address"] = (row.pop("primary_mac_address") or {}).get("mac_address")
        if "tags" in fields:
            listed.add_tags(rows, known)
        if "tagged_vlans" in fields:
            for row in rows:
                row["tagged_vlans"] = row["tagged_vlans"] or []
        rows = listed.with_shown(rows, fields & SHOWN_DIFFERENTLY, known=known)
        if objects:
            rows = listed.with_shown(rows, objects, within="custom_fields")
        return _joined(rows, listed.by_rest(by_rest)) if by_rest else rows


# Host fields, besides plain fields, that the REST API returns without a query for other objects.
_OWN = ("status", "custom_fields", "tags")


def _selected(selections: Iterable[str]) -> list[Selected]:
    """Return the ID and the fields in these selections, without duplicates."""
    return list({field.key: field for text in ("id", *selections) for field in parse(text)}.values())


def _joined(rows: Iterable[Row], found: Table) -> list[Row]:
    """Return the rows that both APIs returned, with the fields from the REST API."""
    joined = []
    for row in rows:
        more = found.pop(row["id"], None)
        if more is not None:
            row.update(more)
            joined.append(row)
    return joined


def _numbered(row: Row) -> Row:
    """Convert the strings to numbers in fields that contain numbers in the REST API."""
    master = (row.get("virtual_chassis") or {}).get("master")
    if master:
        master["id"] = int(master["id"])
    if row.get("vcpus") is not None:
        row["vcpus"] = float(row["vcpus"])
    return row


def number_addresses(rows: Iterable[Row]) -> None:
    """Convert the IDs of the hosts' addresses to numbers, as in the REST API. GraphQL returns them as strings."""
    for row in rows:
        for field in ADDRESS_FIELDS:
            address = row.get(field)
            if address and not isinstance(address["id"], int):
                row[field] = {**address, "id": int(address["id"])}


def _add_primary(listed: RestShapedList, rows: Iterable[Row]) -> None:
    """Add the primary address to each row.

    If a host has an IPv4 and an IPv6 address, NetBox's setting PREFER_IPV4 determines the primary address. A few rows
    from the REST API reveal this setting.
    """
    both = [row["id"] for row in rows if row["primary_ip4"] and row["primary_ip6"]]
    # Request several hosts, because one of them might be edited in the meantime.
    sample = listed.by_rest(["primary_ip", "primary_ip4", "primary_ip6"], both[:5]) if both else {}
    prefer_ipv4 = any(row["primary_ip"] == row["primary_ip4"] for row in sample.values() if row["primary_ip6"])
    first, second = ("primary_ip4", "primary_ip6") if prefer_ipv4 else ("primary_ip6", "primary_ip4")
    for row in rows:
        row["primary_ip"] = row[first] or row[second]
