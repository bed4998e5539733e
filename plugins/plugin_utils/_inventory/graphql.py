# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""A plan answered through GraphQL, with the rows that REST would give, for a fraction of its cost (FACTS 14).

What GraphQL cannot say comes through REST, each fact for itself, and so do side lists other than interfaces.
"""

from __future__ import annotations

import collections
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from ansible_collections.netbox.cursor.plugins.module_utils._graphql.selection import Field, parse
from ansible_collections.netbox.cursor.plugins.module_utils._graphql.walk import GraphQL
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import AccessDenied
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager
from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.alike import Alike, Differs
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.plan import Plan
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.progress import Progress
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.rest import FEW, RestSource
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.rows import HOSTS, INTERFACES, Sharing, Table
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.settings import Settings

# For fewer hosts, the small requests that tell what GraphQL does not say cost NetBox more than GraphQL spares it: 1,000
# cost 2.3 s through GraphQL and 2.1 through REST, 2,000 cost 3.1 and 3.8 (tests/bench, all default variables).
MANY = 1200

# Fields that look the same in both APIs, or are easily made to.
PLAIN = ("id", "name", "serial", "asset_tag", "vc_position", "memory", "disk", "vcpus", "local_context_data")
_ADDRESS = "{id address dns_name}"
# How the other facts of hosts are selected.
SELECTIONS = {
    **{name: name for name in (*PLAIN, "status", "custom_fields", "config_context")},
    "site": "site {id slug}",
    "location": "location {id slug}",
    "rack": "rack {id name}",
    "tenant": "tenant {id slug}",
    "role": "role {id slug}",
    "platform": "platform {id slug}",
    "device_type": "device_type {id slug manufacturer {slug}}",
    "cluster": "cluster {id name}",
    "device": "device {id name}",
    "virtual_chassis": "virtual_chassis {id name master {id}}",
    "primary_ip": f"primary_ip4 {_ADDRESS} primary_ip6 {_ADDRESS}",
    "primary_ip4": f"primary_ip4 {_ADDRESS}",
    "primary_ip6": f"primary_ip6 {_ADDRESS}",
    "oob_ip": f"oob_ip {_ADDRESS}",
}
# Relations that may be null; the REST filter of the same name and _id takes `null`.
NULLABLE = {
    "devices": (
        *("location", "rack", "tenant", "platform", "cluster", "virtual_chassis"),
        *("primary_ip4", "primary_ip6", "oob_ip"),
    ),
    "virtual_machines": ("site", "tenant", "role", "platform", "cluster", "device", "primary_ip4", "primary_ip6"),
}

INTERFACE_SELECTIONS = {
    **{name: name for name in ("name", "label", "enabled", "type", "description", "mtu", "mode", "mgmt_only")},
    "mac_address": "primary_mac_address {mac_address}",
    "custom_fields": "custom_fields",
    **{name: f"{name} {{id}}" for name in ("lag", "parent", "vrf", "untagged_vlan", "tagged_vlans")},
}
# What interfaces may refer to, by the names in GraphQL, with the REST filters that take `null`.
INTERFACE_NULLS = {
    **{name: f"{name}_id" for name in ("lag", "parent", "vrf", "primary_mac_address")},
    **dict.fromkeys(("untagged_vlan", "tagged_vlans")),
}
# What REST shows otherwise: labels of choices, and more of what interfaces refer to.
SHOWN = ("type", "mode", "lag", "parent", "vrf", "untagged_vlan", "tagged_vlans")
# Interfaces of virtual machines have none of these.
ONLY_OF_DEVICES = ("label", "type", "mgmt_only", "lag")


class GraphQLSource(RestSource):
    """Asks for hosts and interfaces through GraphQL. ``always``: also where there are so few that REST is cheaper.

    Raises :class:`Differs` where GraphQL hides something, and what GraphQL raises; nothing is lost then, but nothing is
    gained either: :class:`RestSource` answers the same plan.
    """

    def __init__(
        self,
        pager: Pager,
        plan: Plan,
        settings: Settings,
        warn: Callable[[str], None],
        progress: Progress,
        always: bool,
    ) -> None:
        super().__init__(pager, plan, settings, warn, progress)
        self._graphql = GraphQL(pager)
        self._always = always

    # Hosts

    def _hosts(self, kind: str) -> collections.deque[list[Row]]:
        wanted = self._plan.fields[kind]
        filters = self._settings.filters(kind)
        if wanted is None:
            self._pager.client.log(1, f"{HOSTS[kind].endpoint}: through REST, as expressions need whole objects")
            return super()._hosts(kind)
        if not self._always:
            few = self._few_hosts(kind)
            if few is not None:
                return few
        hosts = Alike(self._pager, self._graphql, HOSTS[kind], filters)
        # Beside a filter of the same name, REST cannot count those that have null.
        objects = hosts.custom_objects() if "custom_fields" in wanted else []
        by_rest = {field for field in wanted if not self._can_say(field) or f"{field}_id" in dict(filters)}
        if objects is None:
            by_rest.add("custom_fields")
        if filters:
            # Their rows are asked for anyway, and what each of them holds itself costs next to nothing more.
            by_rest |= set(wanted) & {*PLAIN, "status", "custom_fields", "tags"}
        by_graphql = set(wanted) - by_rest - {"tags"}
        if by_rest and by_graphql <= {*PLAIN, "status"}:
            self._pager.client.log(1, f"{HOSTS[kind].endpoint}: through REST, which tells all of it at once")
            return super()._hosts(kind)
        if by_rest:
            self._pager.client.log(1, f"{HOSTS[kind].endpoint}: {', '.join(sorted(by_rest))} through REST")
        found: Table = {}
        walk = partial(self._host_pages, hosts, kind, by_graphql)
        if filters:
            found = hosts.by_rest(by_rest)
            pages = walk(list(found))
        elif by_rest:
            pages, found = self._side_by_side([walk, partial(hosts.by_rest, by_rest)])
        else:
            pages = walk()
        rows = [row for page in pages for row in page]
        if filters and rows:
            hosts.check_nulls(rows, {name: f"{name}_id" for name in NULLABLE[kind] if name in rows[0]})
        if "tags" in set(wanted) - by_rest:
            hosts.add_tags(rows)
        if "status" in by_graphql:
            hosts.add_shown(rows, ["status"])
        if objects and "custom_fields" in by_graphql:
            hosts.add_shown(rows, objects, within="custom_fields")
        if "primary_ip" in by_graphql:
            self._add_primary(hosts, rows)
        if by_rest:
            for page in pages:
                page[:] = _joined(page, found)
        return pages

    def _few_hosts(self, kind: str) -> collections.deque[list[Row]] | None:
        """The hosts through REST if there are few; ``None`` if there are many."""
        reason = f"{HOSTS[kind].endpoint}: through REST, as there are few"
        filters = self._settings.filters(kind)
        if filters:
            # Likely to be few: they come with their number.
            rows, count = self._pager.first_page(HOSTS[kind].endpoint, filters, representation=self._shape(kind))
            if count == len(rows):
                self._pager.client.log(1, reason)
                return self._shared([rows])
        else:
            count = self._pager.count(HOSTS[kind].endpoint)
        if count is None or count >= MANY:
            return None
        self._pager.client.log(1, reason)
        return super()._hosts(kind)

    def _can_say(self, field: str) -> bool:
        """Whether GraphQL says what REST does, as far as anybody looks at it."""
        if field in self._plan.raw_fields:
            return field in (*PLAIN, "status", "config_context")
        return field in SELECTIONS or field == "tags"

    def _host_pages(
        self, hosts: Alike, kind: str, fields: Iterable[str], ids: list[int] | None = None
    ) -> collections.deque[list[Row]]:
        selected = _selected(SELECTIONS[field] for field in fields)
        sharing = Sharing(slim=False)
        if ids is None:
            keys = {field.key for field in selected}
            pages = hosts.pages(selected, {name: f"{name}_id" for name in NULLABLE[kind] if name in keys})
        else:
            pages = hosts.pages_of(selected, ids)
        watched = self._progress.pages(hosts.endpoint, pages)
        return collections.deque(sharing.page(list(map(_host, page))) for page in watched)

    def _add_primary(self, hosts: Alike, rows: list[Row]) -> None:
        """Put the primary address into the rows. Of two, PREFER_IPV4 in NetBox's settings says which: a row tells."""
        both = [row["id"] for row in rows if row["primary_ip4"] and row["primary_ip6"]]
        sample = hosts.by_rest(["primary_ip", "primary_ip4"], both[:1]) if both else {}
        four = any(row["primary_ip"] == row["primary_ip4"] for row in sample.values())
        first, second = ("primary_ip4", "primary_ip6") if four else ("primary_ip6", "primary_ip4")
        for row in rows:
            row["primary_ip"] = row[first] or row[second]

    # Interfaces

    def _interface_rows(self, kind: str, ids: list[int]) -> Iterable[Row]:
        wanted = set(self._settings.interface_fields)
        if kind == "virtual_machines":
            wanted -= set(ONLY_OF_DEVICES)
        if (len(ids) <= FEW and not self._always) or not wanted <= {*INTERFACE_SELECTIONS, "tags"}:
            return super()._interface_rows(kind, ids)
        try:
            return self._interfaces_by_graphql(kind, ids, wanted)
        except AccessDenied as error:
            # REST may show them all the same: names of what may not be viewed, or interfaces without tags.
            raise Differs(
                f"{INTERFACES[kind].endpoint}: something that they refer to may not be viewed: {error}"
            ) from None

    def _interfaces_by_graphql(self, kind: str, ids: list[int], wanted: set[str]) -> list[Row]:
        few, owner = len(ids) <= FEW, kind[:-1]
        filters = self._owned_filters(f"{owner}_id", ids)
        listed = Alike(self._pager, self._graphql, INTERFACES[kind], filters)
        objects = listed.custom_objects() if "custom_fields" in wanted else []
        by_rest = {"custom_fields"} if objects is None else set()
        texts = [INTERFACE_SELECTIONS[field] for field in wanted - by_rest - {"tags"}]
        fields = _selected([*texts, f"{owner} {{id}}"])
        keys = {field.key for field in fields}
        nulls = {name: of for name, of in INTERFACE_NULLS.items() if name in keys}
        pages = listed.pages_of(fields, ids, owner) if few else listed.pages(fields, nulls)
        rows = [row for page in self._progress.pages(listed.endpoint, pages) for row in page]
        if few and rows:
            listed.check_nulls(rows, nulls)
        for row in rows:
            row[owner]["id"] = int(row[owner]["id"])
            if "mac_address" in wanted:
                row["mac_address"] = (row.pop("primary_mac_address") or {}).get("mac_address")
        if "tags" in wanted:
            listed.add_tags(rows)
        if {"untagged_vlan", "tagged_vlans"} & wanted:
            self._pager.count("ipam/vlans")  # 403 unless they may be viewed: GraphQL would show none
        if "tagged_vlans" in wanted:
            for row in rows:
                row["tagged_vlans"] = row["tagged_vlans"] or []
        listed.add_shown(rows, wanted & set(SHOWN))
        if objects:
            listed.add_shown(rows, objects, within="custom_fields")
        if by_rest:
            found = listed.by_rest(by_rest)
            rows = list(_joined(rows, found))
        return rows


def _selected(texts: Iterable[str]) -> list[Field]:
    """The fields that these texts select, each once, and the id."""
    return list({field.key: field for text in ("id", *texts) for field in parse(text)}.values())


def _joined(rows: Iterable[Row], found: Table) -> Iterator[Row]:
    """The rows that both APIs have, with what REST says in them. ``found`` is emptied on the way."""
    for row in rows:
        more = found.pop(row["id"], None)
        if more is not None:
            row.update(more)
            yield row


def _host(row: Row) -> Row:
    """A row of GraphQL with numbers where REST has numbers."""
    master = (row.get("virtual_chassis") or {}).get("master")
    if master:
        master["id"] = int(master["id"])
    if row.get("vcpus") is not None:
        row["vcpus"] = float(row["vcpus"])
    return row
