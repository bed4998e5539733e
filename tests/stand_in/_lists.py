# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists that NetBox does not query from the database: rack elevations, choices in a choice set, and available
objects."""

from __future__ import annotations

import ipaddress
import itertools
import typing as t
from collections.abc import Callable, Iterator

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ._answers import here, json_answer, server_error
from ._endpoints import ENDPOINTS
from ._pages import DEFAULT_LIMIT, by_offset, limit_of
from ._rest import ListBacked
from ._state import NetBox, Received
from ._tables import Estate, Row


class Lists:
    def __init__(self, netbox: NetBox) -> None:
        self._netbox = netbox

    def routes(self) -> list[Route]:
        return [
            Route("/api/extras/custom-field-choice-sets/{pk:int}/choices/", self.choices),
            *(Route(f"/api/{path.replace('ID', '{pk:int}')}/", self.available) for path in AVAILABLE),
        ]

    async def choices(self, request: Request) -> Response:
        return self.paged(request, "extras/custom-field-choice-sets", choices_of)

    async def available(self, request: Request) -> Response:
        """Return a list without pages, shortened to the limit. Only available-prefixes ignores the limit."""
        path = request.url.path.strip("/").split("/")
        endpoint, pk, kind = "/".join(path[1:3]), request.path_params["pk"], path[-1]
        table = self._netbox.estate.get(endpoint)
        if pk not in table:
            return json_answer(
                request, {"detail": f"No {ENDPOINTS[endpoint].model} matches the given query."}, 404, ALLOW
            )
        limit = available_limit(request.query_params, self._netbox.settings.max_page_size)
        rows = AVAILABLE[f"{endpoint}/ID/{kind}"](self._netbox.estate, table[pk])
        found = list(rows if kind == "available-prefixes" else itertools.islice(rows, limit or None))
        received: Received = request.scope["received"]
        received.rows = len(found)
        return json_answer(request, found, allow=ALLOW)

    def paged(self, request: Request, endpoint: str, members_of: t.Callable[[Row], list[Row]]) -> Response:
        settings = self._netbox.settings
        query = dict(request.query_params)
        pk = request.path_params["pk"]
        table = self._netbox.estate.get(endpoint)
        if pk not in table:
            missing = {"detail": f"No {ENDPOINTS[endpoint].model} matches the given query."}
            return json_answer(request, missing, 404)
        if settings.has_cursor and "start" in query:
            return server_error(request, settings.full_version, ListBacked.as_python_says(), "GET, HEAD, OPTIONS")
        members = members_of(table[pk])
        url = f"{here(request)}{request.url.path}?{request.url.query}"
        limit = limit_of(query, settings.max_page_size)
        page = by_offset(len(members), query, limit, url, lambda first, end: members[first:end])
        received: Received = request.scope["received"]
        received.rows = len(page.members)
        return json_answer(request, page.envelope(page.members))


def choices_of(choice_set: Row) -> list[Row]:
    return [{"id": value, "display": label} for value, label in choice_set["extra_choices"] or []]


ALLOW = "GET, POST, HEAD, OPTIONS"


def available_limit(query: t.Mapping[str, str], max_page_size: int) -> int:
    """Return the maximum number of objects in the response. 0 means all objects."""
    try:
        limit = int(query.get("limit", DEFAULT_LIMIT)) or max_page_size
    except ValueError:
        limit = DEFAULT_LIMIT
    return min(limit, max_page_size) if max_page_size else limit


def nested(row: Row) -> Row:
    return {name: row[name] for name in ("id", "url", "display", "name", "slug", "description")}


def available_addresses(estate: Estate, prefix: Row) -> Iterator[Row]:
    network = ipaddress.ip_network(prefix["prefix"])
    others = [row for row in estate.get("ipam/ip-addresses").values() if row["vrf"] == prefix["vrf"]]
    used = {ipaddress.ip_interface(row["address"]).ip for row in others}
    if network.version == 4 and network.prefixlen < 31 and not prefix["is_pool"]:
        used |= {network.network_address, network.broadcast_address}
    elif network.version == 6 and network.prefixlen < 127 and not prefix["is_pool"]:
        used.add(network.network_address)
    for address in network:
        if address not in used:
            family = network.version
            yield {"family": family, "address": f"{address}/{network.prefixlen}", "vrf": prefix["vrf"]}


def available_prefixes(estate: Estate, prefix: Row) -> Iterator[Row]:
    free: list[t.Any] = [ipaddress.ip_network(prefix["prefix"])]
    for row in estate.get("ipam/prefixes").values():
        child: t.Any = ipaddress.ip_network(row["prefix"])
        around = next((one for one in free if one.version == child.version and child.subnet_of(one)), None)
        if around is not None and row["id"] != prefix["id"] and row["vrf"] == prefix["vrf"]:
            free.remove(around)
            free += around.address_exclude(child)
    for network in sorted(free):
        yield {"family": network.version, "prefix": str(network), "vrf": prefix["vrf"]}


def available_vlans(estate: Estate, group: Row) -> Iterator[Row]:
    of_group = [row for row in estate.get("ipam/vlans").values() if (row["group"] or {}).get("id") == group["id"]]
    used = {row["vid"] for row in of_group}
    for first, last in group["vid_ranges"]:
        yield from ({"vid": vid, "group": nested(group)} for vid in range(first, last + 1) if vid not in used)


def available_asns(estate: Estate, asn_range: Row) -> Iterator[Row]:
    used = {row["asn"] for row in estate.get("ipam/asns").values()}
    for asn in range(asn_range["start"], asn_range["end"] + 1):
        if asn not in used:
            yield {"rir": asn_range["rir"], "asn": asn}


AVAILABLE: dict[str, Callable[[Estate, Row], Iterator[Row]]] = {
    "ipam/prefixes/ID/available-ips": available_addresses,
    "ipam/prefixes/ID/available-prefixes": available_prefixes,
    "ipam/vlan-groups/ID/available-vlans": available_vlans,
    "ipam/asn-ranges/ID/available-asns": available_asns,
}
