# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""GraphQL lists are complete as well. Each row is returned once, in order, with its nested lists."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable, Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.netbox.cursor.plugins.module_utils._graphql.selection import parse
from ansible_collections.netbox.cursor.plugins.module_utils._graphql.walk import GraphQL
from ansible_collections.netbox.cursor.plugins.module_utils._http import errors
from ansible_collections.netbox.cursor.plugins.module_utils._http.advice import explain
from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager
from ansible_collections.netbox.cursor.tests.stand_in import Fault, NetBox, serve

SITES = "dcim/sites"


@pytest.fixture(scope="module", params=["4.5", "4.6", "4.7"])
def netbox(request: pytest.FixtureRequest) -> Iterator[NetBox]:
    with serve(version=request.param) as served:
        yield served


@pytest.fixture
def server(netbox: NetBox) -> Iterator[NetBox]:
    sites = dict(netbox.table(SITES))
    yield netbox
    netbox.table(SITES).replace(sites)
    netbox.settings.max_page_size, netbox.settings.graphql_start, netbox.settings.graphql = 1000, True, True
    netbox.hooks.clear()
    netbox.faults.clear()


def fill(netbox: NetBox, ids: Iterable[int]) -> None:
    row = next(iter(netbox.table(SITES).values()))
    netbox.table(SITES).replace({number: {**row, "id": number, "name": f"site {number}"} for number in ids})
    netbox.requests.clear()


def ask(
    netbox: NetBox,
    name: str,
    fields: t.Any = "id",
    filters: dict[str, t.Any] | None = None,
    limit: int | None = None,
    token: str | None = None,
    **options: t.Any,
) -> list[dict[str, t.Any]]:
    client = Client(netbox.url, token or netbox.tokens["v1"], sleep=lambda seconds: None)
    with client, Pager(client, **options) as pager:
        return list(GraphQL(pager).rows(name, parse(fields), filters, limit))


def ids_of(netbox: NetBox, name: str = "site_list", **options: t.Any) -> list[int]:
    return [int(row["id"]) for row in ask(netbox, name, **options)]


ids = st.lists(st.tuples(st.sampled_from([0, 0, 1, 7, 1000, 10**6]), st.integers(1, 40)), max_size=8).map(
    lambda runs: [
        number
        for place in range(len(runs))
        for start in [sum(gap + length for gap, length in runs[:place]) + runs[place][0] + 1]
        for number in range(start, start + runs[place][1])
    ]
)


@pytest.mark.slow
@settings(max_examples=20, deadline=None, derandomize=True, database=None)
@given(
    ids=ids,
    page_size=st.sampled_from([1, 2, 3, 10, 25, 100]),
    most=st.sampled_from([50, 60, 1000]),
    size=st.integers(1, 8),
    start=st.booleans(),
)
def test_a_list_comes_whole_and_in_order(
    netbox: NetBox, ids: list[int], page_size: int, most: int, size: int, start: bool
) -> None:
    before = dict(netbox.table(SITES))
    try:
        fill(netbox, ids)
        netbox.settings.max_page_size, netbox.settings.graphql_start = most, start
        found = ids_of(netbox, page_size=page_size, max_workers=size)
    finally:
        netbox.settings.max_page_size, netbox.settings.graphql_start = 1000, True
        netbox.table(SITES).replace(before)
    assert (found if start else sorted(found)) == ids


@pytest.mark.parametrize("workers", [1, 4])
def test_rows_that_stay_come_once_while_others_are_deleted_and_added(server: NetBox, workers: int) -> None:
    fill(server, range(1, 1000))
    sites = server.table(SITES)
    doomed = iter(range(2, 1000, 3))

    def edit(received: object) -> None:
        for dummy in range(9):
            sites.pop(next(doomed, 0), None)
        number = max(sites) + 1
        sites[number] = {**sites[1], "id": number}

    server.hooks.append(edit)
    found = ids_of(server, page_size=40, max_workers=workers)
    assert found == sorted(set(found))
    assert not {number for number in range(1, 1000) if number % 3 != 2} - set(found)


def test_a_list_that_changes_while_it_is_read_by_offset_is_an_error(server: NetBox) -> None:
    fill(server, range(1, 200))
    server.settings.graphql_start = False
    sites = server.table(SITES)

    def edit(received: object) -> None:
        sites.pop(min(sites))

    server.hooks.append(edit)
    with pytest.raises(errors.IncompleteList, match="site_list"):
        ids_of(server, page_size=40)


@pytest.mark.parametrize("page_size", [50, 300])
def test_list_of_one_short_page_costs_two_requests(server: NetBox, page_size: int) -> None:
    """NetBox does not return its maximum page size, so a second request reads the ID of the next row."""
    fill(server, range(1, 40))
    assert len(ids_of(server, page_size=page_size)) == 39
    assert [received.rows for received in server.requests] == [39, 1]


def test_known_maximum_saves_the_second_request(server: NetBox) -> None:
    fill(server, range(1, 100))
    client = Client(server.url, server.tokens["v1"])
    with client, Pager(client, page_size=50, max_workers=1) as pager:
        graphql = GraphQL(pager)
        assert len(list(graphql.rows("site_list", parse("id")))) == 99
        server.requests.clear()
        assert len(list(graphql.rows("site_list", parse("id"), {"id": {"lt": 40}}))) == 39
    assert len(server.requests) == 1


def test_few_requests_are_needed_to_find_the_highest_id(server: NetBox) -> None:
    fill(server, [*range(1, 500), *range(10**8, 10**8 + 500)])
    assert len(ids_of(server, page_size=100, max_workers=4)) == 999
    assert 1 <= sum(b"probe0" in received.body for received in server.requests) <= 5


def test_several_cursors_are_busy_at_once() -> None:
    with serve(version="4.6", latency=0.01) as server:
        fill(server, range(1, 2000))
        assert len(ids_of(server, page_size=50, max_workers=4)) == 1999
        assert 1 < server.most_at_once <= 4


def test_a_limit_ends_it(server: NetBox) -> None:
    fill(server, range(1, 500))
    assert ids_of(server, limit=7) == [1, 2, 3, 4, 5, 6, 7]
    assert ids_of(server, limit=70, page_size=40, max_workers=4) == list(range(1, 71))


def test_a_page_too_large_for_the_server_is_halved_until_it_comes(server: NetBox) -> None:
    fill(server, range(1, 1000))
    server.faults.append(Fault("status", "502", path="/graphql/", times=2))
    assert ids_of(server, page_size=500) == list(range(1, 1000))


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("most", [1000, 400])
def test_longer_pages_of_small_rows_cut_nothing(server: NetBox, workers: int, most: int) -> None:
    server.settings.max_page_size = most
    fill(server, range(1, 4001))
    assert ids_of(server, max_workers=workers) == list(range(1, 4001))
    by_start = server.settings.version != "4.5"
    assert len(server.requests) < (30 if most < 1000 or not by_start else 15)


def test_only_what_was_selected_is_in_the_rows(server: NetBox) -> None:
    rows = ask(server, "device_list", ["name", {"site": ["slug"]}])
    assert {tuple(row) for row in rows} == {("name", "site")}
    assert rows[0]["site"] == {"slug": "berlin-1"}


def test_filters_select(server: NetBox) -> None:
    devices = server.table("dcim/devices").values()
    active = [row["id"] for row in devices if row["status"]["value"] == "active"]
    assert 0 < len(active) < len(devices)
    assert ids_of(server, "device_list", filters={"status": {"exact": "STATUS_ACTIVE"}}) == active
    assert ids_of(server, "device_list", filters={"id": {"in_list": active[:3]}}) == active[:3]
    assert ask(server, "device_list", "name", {"name": {"exact": "server1"}}) == [{"name": "server1"}] * 2


def test_a_filter_in_capitals_is_taken_as_what_it_is(server: NetBox) -> None:
    names = ask(server, "rack_list", "name", {"name": {"exact": "R1"}})
    assert names == [{"name": "R1"}] * 2


@pytest.mark.parametrize("workers", [1, 4])
def test_filters_with_or_are_not_narrowed(server: NetBox, workers: int) -> None:
    fill(server, range(1, 1000))
    filters = {"name": {"exact": "site 3"}, "OR": {"id": {"gt": 100}}}
    found = ids_of(server, filters=filters, page_size=60, max_workers=workers)
    assert found == [3, *range(101, 1000)]


def with_interfaces(server: NetBox, number: int) -> Iterator[int]:
    """Yield the ID of a device with this number of interfaces."""
    interfaces = server.table("dcim/interfaces")
    before = dict(interfaces)
    row = before[min(before)]
    first = max(before) + 1
    missing = number - sum(one["device"]["id"] == row["device"]["id"] for one in before.values())
    for pk in range(first, first + missing):
        interfaces[pk] = {**row, "id": pk, "name": f"i{pk}"}
    yield row["device"]["id"]
    interfaces.replace(before)


@pytest.fixture
def owner(server: NetBox, request: pytest.FixtureRequest) -> Iterator[int]:
    """The ID of a device with 150 interfaces, or with as many as the test names."""
    yield from with_interfaces(server, getattr(request, "param", 150))


def interfaces_of(server: NetBox, device: int) -> list[str]:
    return [str(pk) for pk, one in server.table("dcim/interfaces").items() if one["device"]["id"] == device]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("owner", "maximum"),
    # Small pages of a list of 25, as each page is a request, and pages around the length of a list of 150.
    [*((25, maximum) for maximum in (1, 2, 7)), *((150, maximum) for maximum in (20, 45, 60, 149, 150, 151, 1000))],
    indirect=["owner"],
)
@pytest.mark.parametrize(
    ("pagination", "start"), [("auto", True), ("auto", False), ("offset", True), ("offset", False), ("cursor", True)]
)
def test_nested_lists_are_complete_in_every_mode(
    server: NetBox, owner: int, maximum: int, pagination: str, start: bool
) -> None:
    server.settings.max_page_size, server.settings.graphql_start = maximum, start
    by_offset = pagination == "offset" or not start
    filters = {"id": {"in_list": [owner, owner + 1]}}
    fields = "id interfaces {id name} site {id devices {id name wired: interfaces {id}}}"
    try:
        rows = ask(server, "device_list", fields, filters, pagination=pagination)
    except errors.IncompleteList as error:
        # Pages of one object cannot overlap, so lost rows could not be detected when a list is read by offset.
        assert maximum == 1 and by_offset and "one object at a time" in str(error)
        return
    assert maximum > 1 or not by_offset
    found = next(row for row in rows if row["id"] == str(owner))
    assert sorted(one["id"] for one in found["interfaces"]) == sorted(interfaces_of(server, owner))
    beside = next(one for one in found["site"]["devices"] if one["id"] == str(owner))
    assert sorted(one["id"] for one in beside["wired"]) == sorted(interfaces_of(server, owner))


@pytest.mark.slow
@pytest.mark.parametrize("maximum", [1, 3, 20, 44, 45, 46])
@pytest.mark.parametrize("limit", [None, 2, 19, 20, 21, 45, 47])
@pytest.mark.parametrize("workers", [1, 4])
def test_maximum_below_the_limit_loses_no_rows(server: NetBox, maximum: int, limit: int | None, workers: int) -> None:
    fill(server, range(1, 50))
    server.settings.max_page_size = maximum
    assert ids_of(server, limit=limit, max_workers=workers) == list(range(1, 50))[:limit]


@pytest.mark.parametrize("word", ["pagination", "pagination:", "pagination: {limit: 1}"])
def test_a_filter_that_says_pagination_does_not_leave_a_list_cut(server: NetBox, owner: int, word: str) -> None:
    server.settings.max_page_size = 60
    fields = f'id interfaces(filters: {{NOT: {{name: {{exact: "{word}"}}}}}}) {{id}}'
    rows = ask(server, "device_list", fields, {"id": {"exact": owner}})
    assert sorted(one["id"] for one in rows[0]["interfaces"]) == sorted(interfaces_of(server, owner))


@pytest.mark.parametrize("status", [500, 502, 504])
@pytest.mark.parametrize("after", range(9))
def test_one_failure_anywhere_loses_no_list(server: NetBox, status: int, after: int) -> None:
    """Also in the last small query, which checks that the token's user can still view the objects."""
    fill(server, range(1, 200))
    server.faults.append(Fault("status", status, path="/graphql/", after=after, times=1))
    assert ids_of(server, page_size=50, max_workers=1) == list(range(1, 200))


def test_a_cut_list_that_cannot_be_made_whole_is_an_error(server: NetBox, owner: int) -> None:
    server.settings.max_page_size = 60
    with pytest.raises(errors.IncompleteList, match="the list interfaces of"):
        ask(server, "device_list", "id interfaces {name}")


def test_a_list_that_the_user_pages_is_left_as_it_is(server: NetBox, owner: int) -> None:
    server.settings.max_page_size = 60
    rows = ask(server, "device_list", "id interfaces(pagination: {limit: 55}) {name}", {"id": {"exact": owner}})
    assert len(rows[0]["interfaces"]) == 55


@pytest.mark.parametrize(
    ("name", "fields", "filters", "words"),
    [
        ("device_list", "id nope", None, "Cannot query field 'nope'.*near 'nope"),
        ("devices_list", "id", None, "Cannot query field 'devices_list'"),
        ("device_list", "id", {"iste": {"exact": "x"}}, "Field 'iste' is not defined by type 'DeviceFilter'"),
        ("device_list", "id site", None, "must have a selection of subfields"),
    ],
)
def test_unknown_name_is_an_error_with_its_position(
    server: NetBox, name: str, fields: str, filters: dict[str, t.Any] | None, words: str
) -> None:
    with pytest.raises(errors.GraphQLFailed, match=words):
        ask(server, name, fields, filters)


@pytest.mark.parametrize("name", ["device list", "device_list{id}", "x(", "", "{__schema{types{name}}}#"])
def test_names_of_lists_are_names(netbox: NetBox, name: str) -> None:
    with pytest.raises(errors.UsageError, match="Invalid list name"):
        ask(netbox, name)


def test_error_mentions_missing_permission_for_related_objects(server: NetBox) -> None:
    with pytest.raises(errors.GraphQLFailed, match="non-nullable") as caught:
        ask(server, "device_list", "id site {slug}", token=server.tokens["limited"])
    assert "no permission to view" in explain(caught.value)


@pytest.mark.parametrize(("token", "words"), [("0123456789" * 4, "Invalid v1 token"), ("", "No credentials|login")])
def test_a_wrong_token_is_named_as_such(server: NetBox, token: str, words: str) -> None:
    client = Client(server.url, token or None, retries=0)
    with client, Pager(client) as pager, pytest.raises(errors.AccessDenied, match=words) as caught:
        list(GraphQL(pager).rows("site_list", parse("id")))
    assert "token" in explain(caught.value).lower()


def test_a_server_without_graphql_is_named_as_such(server: NetBox) -> None:
    server.settings.graphql = False
    with pytest.raises(errors.NotFound) as caught:
        ids_of(server)
    assert "GRAPHQL_ENABLED" in explain(caught.value)


def test_pagination_cursor_is_rejected_without_start(server: NetBox) -> None:
    server.settings.graphql_start = False
    with pytest.raises(errors.UsageError, match=r"4\.5\.2"):
        ids_of(server, pagination="cursor")


def test_ids_beyond_32_bits_are_no_end_of_the_list(server: NetBox) -> None:
    fill(server, [1, 2**31 - 1, 2**31, 2**40])
    with pytest.raises(errors.GraphQLFailed, match="2147483647.*REST"):
        ids_of(server, page_size=2, max_workers=1)
    assert ids_of(server, page_size=40) == [1, 2**31 - 1, 2**31, 2**40]


@pytest.mark.parametrize("data", [None, [], "x"])
def test_an_answer_without_data_is_not_taken_for_an_empty_list(netbox: NetBox, data: t.Any) -> None:
    class Answering(Client):
        def graphql(self, query: str, variables: t.Any = None, *, raise_if_overloaded: bool = False) -> t.Any:
            return {"data": data}

    with Answering(netbox.url) as client, Pager(client) as pager, pytest.raises(errors.UnexpectedAnswer):
        list(GraphQL(pager).rows("site_list", parse("id")))


def test_a_whole_query_is_sent_once_as_it_is(server: NetBox) -> None:
    server.requests.clear()
    with Client(server.url, server.tokens["v1"]) as client, Pager(client) as pager:
        text = "query($id: ID!) {site(id: $id) {slug} all: site_list {id}}"
        data = GraphQL(pager).query(text, {"id": 1})
    assert data["site"] == {"slug": "berlin-1"}
    assert {int(row["id"]) for row in data["all"]} == set(server.table(SITES))
    assert len(server.requests) == 1


def test_threads_may_share_it(server: NetBox) -> None:
    fill(server, range(1, 300))
    client = Client(server.url, server.tokens["v1"])
    with client, Pager(client, page_size=30) as pager:
        graphql = GraphQL(pager)
        walks: Sequence[Iterator[dict[str, t.Any]]] = [graphql.rows("site_list", parse("id")) for dummy in range(4)]
        found = [[int(row["id"]) for row in rows] for rows in zip(*walks)]
    assert found == [[number] * 4 for number in range(1, 300)]
