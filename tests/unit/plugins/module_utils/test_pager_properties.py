# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""For any IDs, pages, and changes between pages, every remaining row is returned exactly once, in order."""

from __future__ import annotations

import bisect
import typing as t
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager
from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import look_ahead
from ansible_collections.netbox.cursor.tests.stand_in import NetBox, serve

SITES = "dcim/sites"

# Ranges of consecutive IDs, with gaps of any size between them.
runs = st.lists(st.tuples(st.sampled_from([0, 0, 1, 2, 7, 50, 1000, 10**6, 10**9]), st.integers(1, 40)), max_size=8)


@st.composite
def sets_of_ids(draw: t.Any) -> list[int]:
    ids: list[int] = []
    for gap, length in draw(runs):
        first = (ids[-1] if ids else 0) + 1 + gap
        step = draw(st.sampled_from([1, 1, 1, 3, 11]))
        ids.extend(range(first, first + length * step, step))
    return ids


# Changes to the list between two requests: positions of deleted rows, and new rows.
edits = st.lists(
    st.tuples(
        st.sampled_from(["delete", "delete", "append", "insert", "edit"]),
        st.floats(0, 1, exclude_max=True),
        st.integers(1, 40),
    ),
    max_size=12,
)
pages = st.sampled_from([1, 2, 3, 5, 7, 10, 25, 100])
workers = st.sampled_from([1, 1, *range(2, 9)])
anything = settings(max_examples=40, deadline=None, derandomize=True, database=None)


@pytest.fixture(scope="module", params=["4.5", "4.6", "4.7"])
def netbox(request: pytest.FixtureRequest) -> Iterator[NetBox]:
    with serve(version=request.param) as served:
        yield served


def fill(netbox: NetBox, ids: list[int]) -> None:
    netbox.table(SITES).replace({number: {"id": number, "name": f"site {number:010}"} for number in ids})
    netbox.requests.clear()
    netbox.hooks.clear()
    netbox.settings.max_page_size = 1000


def ids_of(netbox: NetBox, filters: list[tuple[str, str]] | None = None, **options: t.Any) -> list[int]:
    walk = {name: options.pop(name) for name in ("limit", "ordering") if name in options}
    client = Client(netbox.url, netbox.tokens["v1"], sleep=lambda seconds: None)
    with client, Pager(client, **options) as pager:
        return [row["id"] for row in pager.rows(SITES, filters, **walk)]


@pytest.mark.slow
@anything
@given(ids=sets_of_ids(), page_size=pages, most=pages, size=workers, pagination=st.sampled_from(["auto", "offset"]))
def test_a_quiet_list_comes_whole(
    netbox: NetBox, ids: list[int], page_size: int, most: int, size: int, pagination: str
) -> None:
    fill(netbox, ids)
    netbox.settings.max_page_size = most
    assert ids_of(netbox, page_size=page_size, max_workers=size, pagination=pagination) == ids


@pytest.mark.slow
@anything
@given(
    ids=sets_of_ids(),
    changes=edits,
    page_size=pages,
    most=pages,
    size=workers,
    pagination=st.sampled_from(["auto", "offset"]),
)
def test_rows_that_stay_come_once_while_the_list_is_edited(
    netbox: NetBox, ids: list[int], changes: list[t.Any], page_size: int, most: int, size: int, pagination: str
) -> None:
    fill(netbox, ids)
    netbox.settings.max_page_size = most
    if pagination == "offset" or not netbox.settings.has_cursor:
        # Offset pages share a row with the next page. Pages of one row cannot share a row.
        page_size, netbox.settings.max_page_size = max(2, page_size), max(2, most)
    sites = netbox.table(SITES)
    staying = set(ids)
    waiting = iter(changes)

    def edit(received: object) -> None:
        change, place, number = next(waiting, ("none", 0, 0))
        present = sorted(sites)
        if change == "delete" and present:
            first = int(place * len(present))
            for one in present[first : first + number]:
                sites.pop(one)
                staying.discard(one)
        elif change == "append":
            last = present[-1] if present else 0
            for one in range(last + 1, last + 1 + number):
                sites[one] = {"id": one, "name": "new"}
        elif change == "insert" and present:
            one = present[int(place * len(present))] + 1
            sites[one] = sites.get(one, {"id": one, "name": "between"})
        elif change == "edit" and present:
            one = present[int(place * len(present))]
            sites[one] = {"id": one, "name": "edited"}

    netbox.hooks.append(edit)
    try:
        seen = ids_of(netbox, page_size=page_size, max_workers=size, pagination=pagination)
    finally:
        netbox.hooks.clear()
    assert seen == sorted(set(seen))
    assert staying <= set(seen)


@pytest.mark.slow
@anything
@given(ids=sets_of_ids(), limit=st.integers(1, 120), page_size=pages, size=workers)
def test_a_limit_gives_the_first_rows(netbox: NetBox, ids: list[int], limit: int, page_size: int, size: int) -> None:
    fill(netbox, ids)
    assert ids_of(netbox, page_size=page_size, max_workers=size, limit=limit) == ids[:limit]


@pytest.mark.slow
@anything
@given(ids=sets_of_ids(), page_size=pages, size=workers, ordering=st.sampled_from(["-id", "name", "-name"]))
def test_an_ordering_gives_each_row_once_in_that_order(
    netbox: NetBox, ids: list[int], page_size: int, size: int, ordering: str
) -> None:
    fill(netbox, ids)
    expected = ids[::-1] if ordering.startswith("-") else ids
    assert ids_of(netbox, page_size=page_size, max_workers=size, ordering=ordering) == expected


@pytest.mark.slow
@anything
@given(ids=sets_of_ids(), page_size=pages, size=workers, bound=st.integers(0, 10**9))
def test_a_filter_by_id_is_neither_widened_nor_narrowed(
    netbox: NetBox, ids: list[int], page_size: int, size: int, bound: int
) -> None:
    fill(netbox, ids)
    seen = ids_of(netbox, [("id__lt", str(bound))], page_size=page_size, max_workers=size)
    assert seen == [number for number in ids if number < bound]


def given_out(netbox: NetBox, ids: list[int]) -> set[int]:
    """Return the rows that the server sent. Pages that were canceled and requested again count once."""
    found: set[int] = set()
    for received in netbox.requests:
        query = dict(received.query)
        first = bisect.bisect_left(ids, int(query["start"])) if "start" in query else int(query.get("offset", 0))
        found.update(ids[first : first + (received.rows or 0)])
    return found


@pytest.mark.slow
@anything
@given(ids=sets_of_ids(), page_size=pages, size=workers)
def test_a_slow_reader_keeps_few_pages_waiting(netbox: NetBox, ids: list[int], page_size: int, size: int) -> None:
    fill(netbox, ids)
    netbox.most_at_once = 0
    client = Client(netbox.url, netbox.tokens["v1"])
    with client, Pager(client, page_size=page_size, max_workers=size) as pager:
        for taken, page in enumerate(pager.pages(SITES), 1):
            # The first page, the survey, and pages in progress or waiting in addition to the rows that were read.
            assert len(given_out(netbox, ids)) <= (taken + look_ahead(size) + 2) * page_size
            assert len(page) <= 2 * page_size
    assert netbox.most_at_once <= size
