# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""NetBox returns only the first objects of some lists, without reporting that there are more. The pager prints a
warning."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator

import pytest

from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import AccessDenied, UsageError
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager
from ansible_collections.netbox.cursor.tests.stand_in import NetBox, serve

# The number of objects that are available in the recorded estate.
AVAILABLE = {
    "ipam/prefixes/4/available-ips": 253,
    "ipam/vlan-groups/1/available-vlans": 4091,
    "ipam/asn-ranges/1/available-asns": 87,
}
VLANS = "ipam/vlan-groups/1/available-vlans"


@pytest.fixture(scope="module", params=["4.5", "4.6", "4.7"])
def netbox(request: pytest.FixtureRequest) -> Iterator[NetBox]:
    with serve(version=request.param) as served:
        yield served


def read(
    netbox: NetBox, endpoint: str, maximum: int = 1000, pagination: str = "auto", **query: t.Any
) -> tuple[list[dict[str, t.Any]], list[str], int]:
    """Return the rows, the warnings, and the number of requests."""
    netbox.requests.clear()
    warnings: list[str] = []
    netbox.settings.max_page_size = maximum
    client = Client(netbox.url, netbox.tokens["v1"])
    try:
        with client, Pager(client, warn=warnings.append, pagination=pagination) as pager:
            return list(pager.rows(endpoint, **query)), warnings, len(netbox.requests)
    finally:
        netbox.settings.max_page_size = 1000


@pytest.mark.parametrize("pagination", ["auto", "cursor", "offset"])
@pytest.mark.parametrize("maximum", [0, 20, 100, 253, 1000, 5000])
@pytest.mark.parametrize("endpoint", AVAILABLE)
def test_result_that_can_be_incomplete_is_reported(
    netbox: NetBox, endpoint: str, maximum: int, pagination: str
) -> None:
    """Without a limit, 1,000 objects are requested, and returned unless NetBox's maximum is lower."""
    rows, warnings, requests = read(netbox, endpoint, maximum, pagination)
    allowed = min(1000, maximum or 1000)
    assert len(rows) == min(AVAILABLE[endpoint], allowed)
    assert len(warnings) == (AVAILABLE[endpoint] >= allowed)
    assert all("might be incomplete" in warning and "Set limit" in warning for warning in warnings)
    assert requests <= 2


@pytest.mark.parametrize("endpoint", AVAILABLE)
def test_as_many_as_wanted_are_no_reason_for_a_warning(netbox: NetBox, endpoint: str) -> None:
    rows, warnings, requests = read(netbox, endpoint, limit=7)
    assert (len(rows), warnings, requests) == (7, [], 1)
    everything = read(netbox, endpoint)[0]
    assert read(netbox, endpoint, limit=7, offset=5)[0] == everything[5:12]
    assert read(netbox, endpoint, offset=5)[0] == everything[5:]


def test_more_than_netbox_returns_at_once_is_reported(netbox: NetBox) -> None:
    rows, warnings, dummy = read(netbox, VLANS, limit=2000)
    assert len(rows) == 1000 and len(warnings) == 1
    rows, warnings, dummy = read(netbox, VLANS, 5000, limit=2000)
    assert len(rows) == 2000 and not warnings
    rows, warnings, dummy = read(netbox, VLANS, 5000, limit=4500)
    assert len(rows) == 4091 and not warnings


def test_nothing_is_reported_of_an_empty_list(netbox: NetBox) -> None:
    group = netbox.table("ipam/vlan-groups")[1]
    group["vid_ranges"], ranges = [], group["vid_ranges"]
    try:
        assert read(netbox, VLANS) == ([], [], 1)
    finally:
        group["vid_ranges"] = ranges


@pytest.mark.parametrize("endpoint", AVAILABLE)
def test_they_cannot_be_counted_and_have_no_other_order(netbox: NetBox, endpoint: str) -> None:
    netbox.requests.clear()
    with Client(netbox.url, netbox.tokens["v1"]) as client, Pager(client) as pager:
        with pytest.raises(UsageError, match="cannot be counted"):
            pager.count(endpoint)
        with pytest.raises(UsageError, match="does not support ordering"):
            pager.rows(endpoint, ordering="-vid")
    assert not netbox.requests


def test_available_prefixes_are_never_cut(netbox: NetBox) -> None:
    """NetBox ignores the limit there."""
    endpoint = "ipam/prefixes/1/available-prefixes"
    rows, warnings, requests = read(netbox, endpoint, maximum=1)
    assert (rows, warnings, requests) == ([{"family": 4, "prefix": "192.0.2.0/24", "vrf": None}], [], 1)
    with Client(netbox.url, netbox.tokens["v1"]) as client, Pager(client) as pager:
        assert pager.count(endpoint) == 1


def test_rows_are_returned_if_the_maximum_stays_unknown(netbox: NetBox) -> None:
    class Restricted(Client):
        """Cannot read the parents' list."""

        def get(self, path: str, parameters: t.Any = (), *, raise_if_overloaded: bool = False) -> t.Any:
            if not path.endswith("available-asns/"):
                raise AccessDenied("HTTP 403 Forbidden.", status=403)
            return super().get(path, parameters, raise_if_overloaded=raise_if_overloaded)

    warnings: list[str] = []
    with Restricted(netbox.url, netbox.tokens["v1"]) as client, Pager(client, warn=warnings.append) as pager:
        assert len(list(pager.rows("ipam/asn-ranges/1/available-asns"))) == 87
    assert len(warnings) == 1
