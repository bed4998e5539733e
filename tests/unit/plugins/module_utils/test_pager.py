# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists from every server version are complete, contain each row once and in order, and need few requests."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable, Sequence

import pytest

from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import AccessDenied, UsageError
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager
from ansible_collections.netbox.cursor.tests.stand_in import Fault, NetBox, serve

SITES = "dcim/sites"


def fill(netbox: NetBox, ids: Iterable[int]) -> None:
    netbox.table(SITES).replace({number: {"id": number, "name": f"site {number}"} for number in ids})
    netbox.requests.clear()


def walk(netbox: NetBox, endpoint: str = SITES, token: str | None = None, **options: t.Any) -> list[int]:
    client = Client(netbox.url, token or netbox.tokens["v1"], sleep=lambda seconds: None)
    with client, Pager(client, **options) as pager:
        return [row["id"] for row in pager.rows(endpoint)]


@pytest.mark.parametrize("version", ["4.5", "4.6", "4.7"])
@pytest.mark.parametrize("workers", [1, 3, 8])
@pytest.mark.parametrize(
    "ids",
    [range(1, 400), range(7, 3000, 7), [1], [], [*range(1, 60), *range(10**9, 10**9 + 300)], [*range(1, 9), 2**40]],
    ids=["dense", "sparse", "one", "none", "huge gap", "beyond 32 bits"],
)
def test_every_row_comes_once_and_in_order(version: str, workers: int, ids: Sequence[int]) -> None:
    with serve(version=version) as netbox:
        fill(netbox, ids)
        assert walk(netbox, page_size=37, max_workers=workers) == list(ids)


@pytest.mark.parametrize("version", ["4.5", "4.6"])
@pytest.mark.parametrize("workers", [1, 4])
def test_a_list_of_one_page_costs_one_request(version: str, workers: int) -> None:
    with serve(version=version) as netbox:
        fill(netbox, range(1, 1000))
        assert len(walk(netbox, page_size=1000, max_workers=workers)) == 999
        assert len(netbox.requests) == 1


def test_2345_rows_by_1000_cost_three_requests_with_one_worker() -> None:
    with serve(version="4.6") as netbox:
        fill(netbox, range(1, 2346))
        assert len(walk(netbox, page_size=1000, max_workers=1)) == 2345
        assert len(netbox.requests) == 3


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize(
    ("letters", "page_size", "longest"), [(0, None, 1000), (1500, None, 645), (4500, None, 300), (0, 200, 200)]
)
def test_pages_are_longer_where_rows_are_small(workers: int, letters: int, page_size: int | None, longest: int) -> None:
    """A row without letters takes 34 bytes. The first page has 300 rows unless the user sets a different number."""
    with serve(version="4.6") as netbox:
        fill(netbox, ())
        netbox.table(SITES).replace({number: {"id": number, "name": "x" * letters} for number in range(1, 4001)})
        assert walk(netbox, page_size=page_size, max_workers=workers) == list(range(1, 4001))
        limits = [int(dict(received.query)["limit"]) for received in netbox.requests]
        assert limits[0] == (page_size or 300)
        assert max(limits) == pytest.approx(longest, rel=0.05)


def test_longer_pages_that_are_too_long_for_the_server_are_halved() -> None:
    with serve(version="4.6") as netbox:
        fill(netbox, range(1, 4001))
        netbox.faults.append(Fault("slow_above", limit_above=600))
        assert walk(netbox, max_workers=4) == list(range(1, 4001))
        returned = [received.rows or 0 for received in netbox.requests]
        assert 500 in returned and max(returned) <= 600


def test_a_maximum_of_the_server_below_longer_pages_cuts_nothing() -> None:
    with serve(version="4.6", max_page_size=400) as netbox:
        fill(netbox, range(1, 4001, 3))
        for workers in (1, 4):
            assert walk(netbox, max_workers=workers) == list(range(1, 4001, 3))


def test_no_more_requests_are_under_way_than_there_are_workers() -> None:
    with serve(version="4.6", latency=0.01) as netbox:
        fill(netbox, range(1, 2000))
        walk(netbox, page_size=50, max_workers=3)
        assert 1 < netbox.most_at_once <= 3


@pytest.mark.parametrize("version", ["4.5", "4.6"])
@pytest.mark.parametrize("workers", [1, 4])
def test_rows_that_stay_come_once_while_others_are_deleted_and_added(version: str, workers: int) -> None:
    with serve(version=version) as netbox:
        fill(netbox, range(1, 1000))
        sites = netbox.table(SITES)
        doomed = iter(range(2, 1000, 3))

        def edit(received: object) -> None:
            for dummy in range(9):
                sites.pop(next(doomed, 0), None)
            number = max(sites) + 1
            sites[number] = {"id": number, "name": "new"}

        netbox.hooks.append(edit)
        ids = walk(netbox, page_size=40, max_workers=workers)
        assert ids == sorted(set(ids))
        assert not {number for number in range(1, 1000) if number % 3 != 2} - set(ids)


def test_without_a_cursor_rows_are_asked_for_in_id_order() -> None:
    with serve(version="4.5") as netbox:
        fill(netbox, range(1, 100))
        walk(netbox, page_size=30, max_workers=1)
        assert all(("ordering", "id") in received.query for received in netbox.requests[1:])
        assert not any(name == "start" for received in netbox.requests[1:] for name, dummy in received.query)


def test_asn_ranges_with_their_own_start_filter_are_complete() -> None:
    with serve(version="4.6") as netbox:
        assert walk(netbox, "ipam/asn-ranges") == [1, 2]


def test_an_endpoint_that_fails_on_start_is_walked_by_offset() -> None:
    with serve(version="4.6") as netbox:
        netbox.settings.list_backed.add("plugins/things/widgets")
        netbox.table("plugins/things/widgets").replace({number: {"id": number} for number in range(1, 100)})
        assert walk(netbox, "plugins/things/widgets", page_size=20) == list(range(1, 100))


def test_a_page_too_large_for_the_server_is_halved_until_it_comes() -> None:
    with serve(version="4.6") as netbox:
        fill(netbox, range(1, 1000))
        netbox.faults.append(Fault("slow_above", limit_above=100))
        assert walk(netbox, page_size=500) == list(range(1, 1000))


def test_request_is_repeated_after_a_broken_connection() -> None:
    with serve(version="4.6") as netbox:
        fill(netbox, range(1, 100))
        netbox.faults.append(Fault("reset", times=2))
        assert walk(netbox, page_size=30) == list(range(1, 100))


def test_cursor_and_ordering_exclude_each_other_before_anything_is_sent() -> None:
    with serve(version="4.6") as netbox:
        pager = Pager(Client(netbox.url, netbox.tokens["v1"]), pagination="cursor")
        with pytest.raises(UsageError, match="ordering"):
            pager.rows(SITES, ordering="name")
        assert netbox.requests == []


def test_a_wrong_token_is_named_as_such_and_not_shown() -> None:
    with serve(version="4.6") as netbox, pytest.raises(AccessDenied) as caught:
        walk(netbox, token="0123456789" * 4)
    assert "Invalid v1 token" in str(caught.value)
    assert "0123456789" not in str(caught.value)
