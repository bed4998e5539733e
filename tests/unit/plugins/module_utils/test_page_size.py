# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pages get shorter if the server cannot complete them, but not if a proxy fails occasionally."""

from __future__ import annotations

import random
import statistics
import typing as t
from collections.abc import Callable

import pytest

from ansible_collections.netbox.cursor.plugins.module_utils._graphql.selection import parse
from ansible_collections.netbox.cursor.plugins.module_utils._graphql.walk import GraphQL
from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import (
    AccessDenied,
    NetBoxError,
    ServerFailed,
    TimedOut,
    TooLong,
)
from ansible_collections.netbox.cursor.plugins.module_utils._lists.page_size import PageSize
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager
from ansible_collections.netbox.cursor.tests.stand_in import Fault, NetBox, serve

SITES = "dcim/sites"
ROWS = 2400
OVERLOADS = {
    "timeout": TimedOut("No response."),
    "500": ServerFailed("HTTP 500.", status=500),
    "502": ServerFailed("HTTP 502.", status=502),
    "504": ServerFailed("HTTP 504.", status=504),
}


class Server:
    """Fails for pages for which ``error_for`` returns an error. It records the sizes of all requested pages."""

    def __init__(self, error_for: Callable[[int], NetBoxError | None], first: int = 300, largest: int = 300) -> None:
        self.requested: list[int] = []
        self.pauses: list[float] = []
        self.error_for = error_for
        client = Client("http://netbox.invalid", sleep=self.pauses.append)
        self.size = PageSize(client, SITES, first, largest)

    def read(self, rows: int = 300) -> int:
        return self.size.read(rows, self.fetch)

    def fetch(self, rows: int, raise_if_overloaded: bool) -> int:
        self.requested.append(rows)
        error = self.error_for(rows)
        if error:
            raise error
        return rows


def failing(*numbers: int, error: str = "502") -> Callable[[int], NetBoxError | None]:
    """Return a function that makes the requests with these numbers fail, counted from 1."""
    count = iter(range(1, 10**6))
    return lambda rows: OVERLOADS[error] if next(count) in numbers else None


def above(limit: int, error: str = "504") -> Callable[[int], NetBoxError | None]:
    return lambda rows: OVERLOADS[error] if rows > limit else None


@pytest.mark.parametrize("error", OVERLOADS)
def test_failed_page_is_requested_again_with_the_same_size(error: str) -> None:
    server = Server(failing(1, error=error))
    assert [server.read(), server.read()] == [300, 300]
    assert server.requested == [300, 300, 300]
    assert len(server.pauses) == 1


@pytest.mark.parametrize("error", OVERLOADS)
def test_page_that_fails_twice_is_split_alone(error: str) -> None:
    server = Server(failing(2, 3, error=error))
    assert [server.read() for dummy in range(3)] == [300, 150, 300]
    assert server.requested == [300, 300, 300, 150, 300]


@pytest.mark.parametrize("error", OVERLOADS)
def test_pages_of_a_server_that_cannot_finish_them_get_shorter(error: str) -> None:
    server = Server(above(100, error))
    assert [server.read() for dummy in range(5)] == [75] * 5
    assert server.requested == [300, 300, 150, 75, 75, 75, 75, 75]


def test_second_split_without_a_whole_page_between_shortens_pages() -> None:
    server = Server(failing())
    server.read()
    server.error_for = above(150)
    assert [server.read() for dummy in range(3)] == [150, 150, 150]
    assert server.requested[1:] == [300, 300, 150, 300, 300, 150, 150]


@pytest.mark.parametrize("error", OVERLOADS)
def test_pages_get_longer_after_eight_successes(error: str) -> None:
    server = Server(above(150, error))
    assert [server.read() for dummy in range(8)] == [150] * 8
    server.error_for = failing()
    assert [server.read() for dummy in range(3)] == [150, 300, 300]


def test_pages_get_longer_less_often_each_time_they_fail_again() -> None:
    server = Server(above(150))
    for dummy in range(100):
        server.read()
    # Twice at the beginning, and twice after 8, 16, and 32 pages.
    assert server.requested.count(300) == 2 * 4


def test_pages_do_not_get_longer_right_after_a_failure() -> None:
    """The eighth page succeeds only when it is requested again."""
    server = Server(above(150))
    server.read()
    server.error_for = failing(8)
    assert [server.read() for dummy in range(10)] == [150] * 9 + [300]


@pytest.mark.parametrize("rows", [300, 75, 10])
def test_response_that_is_too_long_is_split_at_once(rows: int) -> None:
    server = Server(lambda rows: TooLong("Too long.") if rows > 40 else None)
    server.read(rows)
    assert server.requested == {300: [300, 150, 75, 37], 75: [75, 37], 10: [10]}[rows]


def test_small_pages_are_not_split() -> None:
    server = Server(above(0))
    with pytest.raises(ServerFailed):
        server.read(10)
    assert server.requested == [10]


def test_small_page_is_requested_again_after_a_500() -> None:
    """The client itself does not repeat requests after this status."""
    server = Server(failing(1, error="500"))
    assert server.read(10) == 10
    server = Server(above(0, "500"))
    with pytest.raises(ServerFailed):
        server.read(10)
    assert server.requested == [10, 10]


def test_other_errors_are_raised_at_once() -> None:
    server = Server(lambda rows: AccessDenied("HTTP 403.", status=403))
    with pytest.raises(AccessDenied):
        server.read()
    assert server.requested == [300]


@pytest.mark.parametrize(
    ("failures", "sizes"),
    [
        ((), [300, 1000, 1000]),
        ((1,), [300, 300, 1000]),  # not right after a failure
        ((1, 2), [150] * 9 + [300] * 8 + [600] * 8 + [1000]),
    ],
)
def test_pages_of_small_rows_get_longer(failures: tuple[int, ...], sizes: list[int]) -> None:
    server = Server(failing(*failures), largest=1000)
    found = [server.read(1000)]
    server.size.measure([{"id": number} for number in range(found[0])])
    found += [server.read(1000) for dummy in sizes[1:]]
    assert found == sizes


def test_pages_of_large_rows_do_not_get_longer() -> None:
    server = Server(failing(), largest=1000)
    server.read(1000)
    server.size.measure([{"comments": "x" * 5000}] * 300)
    assert server.read(1000) == 300


@pytest.fixture(scope="module")
def netbox() -> t.Iterator[NetBox]:
    with serve(version="4.6") as served:
        sites = {number: {"id": number, "name": f"site {number:05}"} for number in range(1, ROWS + 1)}
        served.table(SITES).replace(sites)
        yield served


def walk(netbox: NetBox, way: str, workers: int) -> tuple[list[int], int]:
    """Return the IDs that were read, and the number of requests. Pages have 40 rows."""
    netbox.requests.clear()
    # If one request in five fails, six attempts in a row fail once in 16,000 requests.
    client = Client(netbox.url, netbox.tokens["v1"], retries=20, sleep=lambda seconds: None)
    pagination = "offset" if way == "offset" else "auto"
    with client, Pager(client, page_size=40, max_workers=workers, pagination=pagination) as pager:
        if way == "GraphQL":
            rows: t.Iterator[t.Any] = GraphQL(pager).rows("site_list", parse("id name"))
        else:
            rows = pager.rows(SITES, ordering="-id" if way == "ordering" else None)
        ids = [int(row["id"]) for row in rows]
    return ids[::-1] if way == "ordering" else ids, len(netbox.requests)


class Failing(Fault):
    """Makes a random fraction of the requests fail."""

    def __init__(self, kind: str, argument: t.Any, part: float, seed: int) -> None:
        super().__init__(kind, argument)
        self._random = random.Random(seed)
        self._part = part

    def strikes(self, path: str, limit: int, reads: bool) -> bool:
        return self._random.random() < self._part


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 8])
@pytest.mark.parametrize("way", ["cursor", "offset", "ordering", "GraphQL"])
def test_failures_at_random_cost_at_most_half_as_much_again(netbox: NetBox, way: str, workers: int) -> None:
    """One request in five fails with the least specific error: a proxy reports that NetBox does not respond."""
    expected, undisturbed = walk(netbox, way, workers)
    assert expected == list(range(1, ROWS + 1))
    costs = []
    for seed in range(5):
        netbox.faults.append(Failing("status", 502, 0.2, seed))
        try:
            ids, requests = walk(netbox, way, workers)
        finally:
            netbox.faults.clear()
        assert ids == expected
        costs.append(requests / undisturbed)
    assert statistics.median(costs) <= 1.5


def test_a_page_that_is_too_large_is_split_although_only_cursors_are_allowed(netbox: NetBox) -> None:
    netbox.faults.append(Fault("status", 500, limit_above=100))
    client = Client(netbox.url, netbox.tokens["v1"], sleep=lambda seconds: None)
    try:
        with client, Pager(client, pagination="cursor") as pager:
            assert [row["id"] for row in pager.rows(SITES)] == list(range(1, ROWS + 1))
    finally:
        netbox.faults.clear()


@pytest.mark.parametrize("after", range(4))
def test_a_500_does_not_cost_a_list_its_cursor(netbox: NetBox, after: int) -> None:
    netbox.requests.clear()
    netbox.faults.append(Fault("status", 500, after=after, times=1))
    client = Client(netbox.url, netbox.tokens["v1"], sleep=lambda seconds: None)
    try:
        with client, Pager(client, max_workers=1) as pager:
            assert [row["id"] for row in pager.rows(SITES)] == list(range(1, ROWS + 1))
    finally:
        netbox.faults.clear()
    assert all("start" in dict(received.query) for received in netbox.requests)
