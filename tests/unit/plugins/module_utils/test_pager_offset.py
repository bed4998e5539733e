# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``offset`` and ``limit`` return exactly the rows that they name, whatever the page size and the server's maximum."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import IncompleteList, UsageError
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager
from ansible_collections.netbox.cursor.tests.stand_in import NetBox, serve

SITES = "dcim/sites"
anything = settings(max_examples=60, deadline=None, derandomize=True, database=None)


@pytest.fixture(scope="module", params=["4.5", "4.6"])
def netbox(request: pytest.FixtureRequest) -> Iterator[NetBox]:
    with serve(version=request.param) as served:
        yield served


def fill(netbox: NetBox, number: int) -> None:
    rows = {7 * pk: {"id": 7 * pk, "name": f"site {-pk + 10**6:07}"} for pk in range(1, number + 1)}
    netbox.table(SITES).replace(rows)
    netbox.requests.clear()


def ids_of(netbox: NetBox, *, page_size: int | None, max_workers: int, **query: t.Any) -> list[int]:
    client = Client(netbox.url, netbox.tokens["v1"], sleep=lambda seconds: None)
    with client, Pager(client, page_size=page_size, max_workers=max_workers) as pager:
        return [row["id"] for row in pager.rows(SITES, **query)]


@anything
@given(
    number=st.integers(0, 130),
    offset=st.integers(0, 140),
    limit=st.one_of(st.none(), st.integers(1, 140)),
    page_size=st.sampled_from([1, 2, 3, 10, 37, 100]),
    maximum=st.sampled_from([1, 2, 7, 50, 1000]),
    workers=st.sampled_from([1, 2, 5]),
    ordering=st.sampled_from([None, None, "name", "-id"]),
)
def test_offset_and_limit_return_exactly_these_rows(
    netbox: NetBox,
    number: int,
    offset: int,
    limit: int | None,
    page_size: int,
    maximum: int,
    workers: int,
    ordering: str | None,
) -> None:
    fill(netbox, number)
    netbox.settings.max_page_size = maximum
    try:
        found = ids_of(netbox, page_size=page_size, max_workers=workers, offset=offset, limit=limit, ordering=ordering)
    finally:
        netbox.settings.max_page_size = 1000
    ids = list(range(7, 7 * number + 1, 7))
    if ordering:
        ids.reverse()
    assert found == ids[offset : None if limit is None else offset + limit]


@pytest.mark.parametrize(("offset", "limit", "requests"), [(0, 500, 2), (0, 300, 1), (10, 5, 1), (0, 1000, 4)])
def test_limit_of_500_is_not_cut_at_the_page_size(netbox: NetBox, offset: int, limit: int, requests: int) -> None:
    fill(netbox, 2000)
    found = ids_of(netbox, page_size=None, max_workers=4, offset=offset, limit=limit)
    assert found == list(range(7 * (offset + 1), 7 * (offset + limit) + 1, 7))
    assert len(netbox.requests) == requests


@anything
@given(offset=st.integers(0, 300), limit=st.integers(1, 300), deleted=st.integers(0, 30), workers=st.integers(1, 5))
def test_rows_are_never_skipped_if_rows_before_them_are_deleted(
    netbox: NetBox, offset: int, limit: int, deleted: int, workers: int
) -> None:
    """The remaining rows are a part of the list without gaps, no matter which requests preceded a deletion."""
    fill(netbox, 400)
    sites = netbox.table(SITES)
    number = 0

    def delete(received: object) -> None:
        nonlocal number
        number += 1
        if number > 1:
            for pk in sorted(sites)[:deleted]:
                sites.pop(pk)

    netbox.hooks.append(delete)
    try:
        found = ids_of(netbox, page_size=40, max_workers=workers, offset=offset, limit=limit)
    finally:
        netbox.hooks.clear()
    assert found == sorted(set(found))
    if found:
        assert {pk for pk in sites.ids() if found[0] <= pk <= found[-1]} <= set(found)


def test_offset_and_ordering_exclude_cursors_at_once(netbox: NetBox) -> None:
    netbox.requests.clear()
    pager = Pager(Client(netbox.url), pagination="cursor")
    queries: list[dict[str, t.Any]] = [{"offset": 0}, {"ordering": "name"}, {"offset": -1}, {"limit": 0}]
    for query in queries:
        with pytest.raises(UsageError, match="pagination=cursor|must be at least"):
            pager.rows(SITES, **query)
    assert not netbox.requests


class Listing(Client):
    """Returns these rows by offset, without a cursor. ``maximum``: rows in one response."""

    def __init__(self, rows: list[dict[str, t.Any]], maximum: int = 1000) -> None:
        super().__init__("http://netbox.invalid")
        self._rows = rows
        self._maximum = maximum

    def get(self, path: str, parameters: t.Any = (), *, raise_if_overloaded: bool = False) -> t.Any:
        asked = dict(parameters)
        offset, limit = int(asked.get("offset", 0)), min(int(asked["limit"]), self._maximum)
        results = self._rows[offset : offset + limit]
        more = {"offset": offset + limit, "limit": limit} if offset + limit < len(self._rows) else None
        return {"count": len(self._rows), "next": more and "?" + urlencode(more), "results": results}


ROWS: dict[str, list[dict[str, t.Any]]] = {
    "null": [{"id": None, "name": f"{number}"} for number in range(25)],
    "none": [{"name": f"{number}"} for number in range(25)],
    "some": [{"id": None if number % 3 else number, "name": f"{number}"} for number in range(25)],
    "strings": [{"id": f"job {number}"} for number in range(25)],
    "equal": [{"name": "a"}] * 25,
}


@pytest.mark.parametrize("page_size", [1, 2, 7, 25, 100])
@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("kind", ROWS)
def test_rows_without_numeric_ids_are_all_returned(kind: str, workers: int, page_size: int) -> None:
    rows = ROWS[kind]
    with Pager(Listing(rows), page_size=page_size, max_workers=workers) as pager:
        assert list(pager.rows("core/background-tasks")) == rows
        assert list(pager.rows("core/background-tasks", offset=3, limit=15)) == rows[3:18]


def test_rows_that_stay_away_are_an_error() -> None:
    client = Listing(ROWS["none"], maximum=10)
    client._rows = [*ROWS["none"][:15]]
    whole = client.get

    def fewer(path: str, parameters: t.Any = (), *, raise_if_overloaded: bool = False) -> t.Any:
        answer = whole(path, parameters)
        return {**answer, "count": 25}

    client.get = fewer  # type: ignore[method-assign]
    with Pager(client, max_workers=1) as pager, pytest.raises(IncompleteList, match="25 rows but returned 15"):
        list(pager.rows("core/background-tasks"))
