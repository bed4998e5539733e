# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One GraphQL request reads several short lists. Lists are complete even if they are not short."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.netbox.cursor.plugins.module_utils._graphql.query import GraphQLQuery
from ansible_collections.netbox.cursor.plugins.module_utils._graphql.selection import parse
from ansible_collections.netbox.cursor.plugins.module_utils._graphql.walk import GraphQL
from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager
from ansible_collections.netbox.cursor.tests.stand_in import NetBox, _graphql, serve

SITES = "dcim/sites"
Range = tuple[int, int]


@pytest.fixture(scope="module")
def netbox() -> Iterator[NetBox]:
    with serve(version="4.6") as served:
        row = served.table(SITES)[1]
        served.table(SITES).replace(
            {number: {**row, "id": number, "name": f"site {number}"} for number in range(1, 101)}
        )
        yield served


@pytest.fixture(autouse=True)
def settings_of_netbox(netbox: NetBox) -> Iterator[None]:
    yield
    netbox.settings.max_page_size, netbox.settings.graphql_start = 1000, True


def read(netbox: NetBox, ranges: Sequence[Range], first: int = 100, **options: t.Any) -> list[list[int]]:
    """Return the IDs in each range. Before that, read the sites with the IDs up to ``first``."""
    queries = [GraphQLQuery("site_list", parse("name"), {"id": {"gte": low, "lte": high}}) for low, high in ranges]
    client = Client(netbox.url, netbox.tokens["v1"], sleep=lambda seconds: None)
    with client, Pager(client, **{"page_size": 20, **options}) as pager:
        graphql = GraphQL(pager)
        list(graphql.rows("site_list", parse("id"), {"id": {"lte": first}}))
        netbox.requests.clear()
        found = graphql.short_lists(queries)
    assert all(set(row) == {"name"} for rows in found for row in rows)
    return [[int(row["name"].split()[1]) for row in rows] for rows in found]


def of(ranges: Sequence[Range]) -> list[list[int]]:
    return [list(range(low, high + 1)) for low, high in ranges]


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(
    ranges=st.lists(st.tuples(st.integers(1, 100), st.integers(1, 100)), max_size=12),
    first=st.integers(0, 100),
    page_size=st.sampled_from([1, 2, 30, 300]),
    most=st.sampled_from([50, 1000]),
    start=st.booleans(),
)
def test_each_list_is_complete(
    netbox: NetBox, ranges: list[Range], first: int, page_size: int, most: int, start: bool
) -> None:
    netbox.settings.max_page_size, netbox.settings.graphql_start = most, start
    found = read(netbox, ranges, first, page_size=page_size)
    assert list(map(sorted, found)) == of(ranges)


@pytest.mark.parametrize(
    ("number", "requests"),
    [pytest.param(0, 0, id="none"), (1, 1), (8, 1), pytest.param(9, 2, id="more than NetBox allows in one query")],
)
def test_short_lists_need_one_request(netbox: NetBox, number: int, requests: int) -> None:
    ranges = [(one, one + 5) for one in range(number)]
    assert list(map(len, read(netbox, ranges))) == [5 if one == 0 else 6 for one in range(number)]
    assert len(netbox.requests) == requests


def test_only_a_long_list_is_read_again(netbox: NetBox) -> None:
    ranges = [(1, 3), (1, 90), (4, 5)]
    assert read(netbox, ranges) == of(ranges)
    together, *others = [received.json["query"] for received in netbox.requests]
    assert together.count("site_list") == 3
    assert others and all("lte: 90" in query for query in others)


def test_lists_are_read_one_by_one_if_netbox_allows_few_aliases(
    netbox: NetBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_graphql, "MOST_ALIASES", 2)
    ranges = [(1, 3), (2, 4), (4, 5)]
    assert read(netbox, ranges) == of(ranges)
    assert len(netbox.requests) == 4


def test_lists_are_read_by_offset_if_the_user_asks_for_it(netbox: NetBox) -> None:
    ranges = [(1, 3), (4, 5)]
    assert read(netbox, ranges, pagination="offset") == of(ranges)
    assert all("start:" not in received.json["query"] for received in netbox.requests)
