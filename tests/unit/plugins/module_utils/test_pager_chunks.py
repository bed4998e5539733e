# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters that are too long for one URL return the same rows as with a single URL."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator

import pytest

from ansible_collections.netbox.cursor.plugins.module_utils._filters.representation import Representation
from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import BadRequest, UsageError
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager
from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import look_ahead
from ansible_collections.netbox.cursor.tests.stand_in import NetBox, serve

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=["4.5", "4.6"])
def netbox(request: pytest.FixtureRequest) -> Iterator[NetBox]:
    with serve(version=request.param, estate=1200, interfaces=2) as served:
        yield served


@pytest.fixture(params=[1, 4])
def pager(netbox: NetBox, request: pytest.FixtureRequest) -> Iterator[Pager]:
    netbox.requests.clear()
    client = Client(netbox.url, netbox.tokens["v1"], sleep=lambda seconds: None)
    with client, Pager(client, max_workers=request.param, page_size=100) as opened:
        yield opened


def ids_of(rows: t.Iterable[dict[str, t.Any]]) -> list[int]:
    return [row["id"] for row in rows]


def test_many_ids_come_whole_and_in_order(netbox: NetBox, pager: Pager) -> None:
    ids = list(netbox.table("dcim/devices").ids())
    filters = [("id", str(number)) for number in reversed(ids)]
    assert ids_of(pager.rows("dcim/devices", filters)) == ids
    assert all(len(received.url) < 3800 for received in netbox.requests)


def test_many_names_come_whole_and_in_order(netbox: NetBox, pager: Pager) -> None:
    devices = netbox.table("dcim/devices")
    names = [("name", devices[number]["name"]) for number in devices.ids() if devices[number]["name"]]
    rows = ids_of(pager.rows("dcim/devices", names, limit=len(devices)))
    assert rows == [number for number in devices.ids() if devices[number]["name"]]
    assert pager.count("dcim/devices", names) == len(rows)


def test_rows_that_several_requests_find_come_once(netbox: NetBox, pager: Pager) -> None:
    macs, interfaces = netbox.table("dcim/mac-addresses"), netbox.table("dcim/interfaces")
    rows = [interfaces[number] for number in (*range(1, 200, 2), *range(2, 201, 2))]
    for number, row in enumerate(rows, 1):
        mac = {"id": number, "mac_address": f"00:00:00:00:00:{number:02X}"}
        macs[number] = mac
        interfaces[row["id"]] = {**row, "mac_addresses": [mac]}
    # The first interfaces of all devices, then the second ones: each device is found by two requests.
    filters = [("mac_address", mac["mac_address"]) for mac in macs.values()]
    expected = sorted({row["device"]["id"] for row in rows})
    assert len(expected) == 100
    assert ids_of(pager.rows("dcim/devices", filters)) == expected
    assert ids_of(pager.rows("dcim/devices", filters, limit=30)) == expected[:30]
    assert pager.count("dcim/devices", filters) == 100


def test_a_limit_ends_it_before_all_is_asked_for(netbox: NetBox, pager: Pager) -> None:
    filters = [("id", str(number)) for number in range(1, 12001)]
    assert ids_of(pager.rows("dcim/devices", filters, limit=7)) == [1, 2, 3, 4, 5, 6, 7]
    assert len(netbox.requests) <= 2


def test_other_filters_count_in_each_request(netbox: NetBox, pager: Pager) -> None:
    devices = netbox.table("dcim/devices")
    filters = [("status", "active"), *(("id", str(number)) for number in devices.ids())]
    expected = [number for number in devices.ids() if devices[number]["status"]["value"] == "active"]
    assert 0 < len(expected) < len(devices)
    assert ids_of(pager.rows("dcim/devices", filters)) == expected
    assert pager.count("dcim/devices", filters) == len(expected)


def test_ids_that_are_gone_lose_nothing(netbox: NetBox, pager: Pager) -> None:
    devices = list(netbox.table("dcim/devices").ids())
    expected = ids_of(pager.rows("dcim/interfaces", [("device_id", str(number)) for number in devices]))
    gone = [*devices, 10**6, 10**6 + 1]
    filters = [("device_id", str(number)) for number in gone]
    assert ids_of(pager.rows("dcim/interfaces", filters, skip_deleted=("device_id", "dcim/devices"))) == expected
    assert len(expected) == 2 * len(devices)
    with pytest.raises(BadRequest):
        ids_of(pager.rows("dcim/interfaces", filters))


def test_a_request_of_which_all_ids_are_gone_does_not_lose_the_others(pager: Pager) -> None:
    gone = [("device_id", str(number)) for number in range(10**18, 10**18 + 120)]
    there = [("device_id", str(number)) for number in range(1, 6)]
    rows = list(pager.rows("dcim/interfaces", [*gone, *there], skip_deleted=("device_id", "dcim/devices")))
    assert sorted({row["device"]["id"] for row in rows}) == [1, 2, 3, 4, 5]
    assert len(rows) == 10


def test_other_rejection_does_not_count_as_a_deleted_id(pager: Pager) -> None:
    with pytest.raises(BadRequest, match="bogus"):
        ids_of(
            pager.rows("dcim/devices", [("site_id", "1"), ("status", "bogus")], skip_deleted=("site_id", "dcim/sites"))
        )


def test_filter_with_only_deleted_ids_returns_nothing(pager: Pager) -> None:
    assert (
        ids_of(pager.rows("dcim/interfaces", [("device_id", "1000000")], skip_deleted=("device_id", "dcim/devices")))
        == []
    )


def test_several_requests_have_no_common_order(netbox: NetBox, pager: Pager) -> None:
    filters = [("id", str(number)) for number in netbox.table("dcim/devices").ids()]
    with pytest.raises(UsageError, match="order"):
        pager.rows("dcim/devices", filters, ordering="name")


def test_a_few_ids_beside_many_names_come_in_order(netbox: NetBox, pager: Pager) -> None:
    devices = netbox.table("dcim/devices")
    named = [number for number in devices.ids() if devices[number]["name"]]
    names = [("name", devices[number]["name"]) for number in reversed(named)]
    filters = [*(("id", str(number)) for number in named[::20]), *names]
    assert ids_of(pager.rows("dcim/devices", filters)) == named[::20]


def test_a_few_ids_that_several_requests_find_come_once(netbox: NetBox, pager: Pager) -> None:
    macs, interfaces = netbox.table("dcim/mac-addresses"), netbox.table("dcim/interfaces")
    rows = [interfaces[number] for number in (*range(1, 200, 2), *range(2, 201, 2))]
    for number, row in enumerate(rows, 1):
        macs[number] = {"id": number, "mac_address": f"00:00:00:00:00:{number:02X}"}
        interfaces[row["id"]] = {**row, "mac_addresses": [macs[number]]}
    filters = [("id", str(number)) for number in range(1, 6)]
    filters += [("mac_address", mac["mac_address"]) for mac in macs.values()]
    assert ids_of(pager.rows("dcim/devices", filters)) == [1, 2, 3, 4, 5]
    assert pager.count("dcim/devices", filters) == 5


def test_many_ids_and_many_fields_fit_one_url(netbox: NetBox, pager: Pager) -> None:
    devices = netbox.table("dcim/devices")
    filters = [("id", str(number)) for number in devices.ids()]
    shape = Representation("dcim/devices", fields=sorted(devices[1]))
    assert ids_of(pager.rows("dcim/devices", filters, representation=shape)) == list(devices.ids())


def test_ids_that_are_all_gone_do_not_cost_the_cursor(netbox: NetBox, pager: Pager) -> None:
    filters = [("device_id", "1000000")]
    assert ids_of(pager.rows("dcim/interfaces", filters, skip_deleted=("device_id", "dcim/devices"))) == []
    netbox.requests.clear()
    assert next(pager.rows("dcim/interfaces"))
    by_cursor = any(name == "start" for name, dummy in netbox.requests[0].query)
    assert by_cursor == (netbox.settings.version >= "4.6")


def test_many_ids_that_are_gone_do_not_cost_a_request_each(netbox: NetBox, pager: Pager) -> None:
    filters = [("device_id", str(number)) for number in (*range(1, 6), *range(10**6, 10**6 + 100))]
    assert len(ids_of(pager.rows("dcim/interfaces", filters, skip_deleted=("device_id", "dcim/devices")))) == 10
    assert len(netbox.requests) < 20


@pytest.mark.parametrize("page_size", [20, 100])
def test_ids_are_cut_so_that_each_request_returns_a_whole_part(netbox: NetBox, page_size: int) -> None:
    netbox.requests.clear()
    ids = list(netbox.table("dcim/devices").ids())[:1000]
    filters = [("id", str(number)) for number in ids]
    client = Client(netbox.url, netbox.tokens["v1"])
    with client, Pager(client, page_size=page_size) as pager:
        assert ids_of(pager.rows("dcim/devices", filters)) == ids
    probe = netbox.settings.version == "4.5"  # the first request detects that cursors are not supported
    assert len(netbox.requests) <= 1000 / page_size + probe * 4


SITES = 1400


@pytest.fixture
def sites(netbox: NetBox) -> Iterator[list[tuple[str, str]]]:
    """Filters that select sites by name, in a different order than by ID. They need 43 URLs."""
    table = netbox.table("dcim/sites")
    before = dict(table)
    names = {pk: f"{(pk * 7919) % 1409:04}-{'x' * 92}" for pk in range(1, SITES + 1)}
    table.replace({pk: {"id": pk, "name": name, "comments": "c" * 4000} for pk, name in names.items()})
    netbox.requests.clear()
    yield [("name", names[pk]) for pk in sorted(names, key=lambda pk: names[pk])]
    table.replace(before)
    netbox.settings.latency = 0


def test_thousands_of_values_need_the_memory_of_a_few_pages(netbox: NetBox, sites: list[tuple[str, str]]) -> None:
    def requested() -> int:
        return sum(received.rows or 0 for received in netbox.requests)

    client = Client(netbox.url, netbox.tokens["v1"])
    with client, Pager(client, max_workers=4) as pager:
        rows = pager.rows("dcim/sites", sites)
        assert next(rows)["id"] == 1
        # Each part must return its first row. The first row of the list does not wait for anything else.
        assert 43 <= len(netbox.requests) <= 43 + 4 + (netbox.settings.version == "4.5") * 4
        most = requested()
        for taken, row in enumerate(rows, 2):
            assert row["id"] == taken
            most = max(most, requested() - taken)
    assert taken == SITES
    assert most <= look_ahead(4) * 300
    # Parts have 32 rows, and pages 25.
    assert len(netbox.requests) <= 2 * 43 + 8


def test_thousands_of_values_are_requested_by_all_workers(netbox: NetBox, sites: list[tuple[str, str]]) -> None:
    netbox.most_at_once = 0
    netbox.settings.latency = 0.01
    client = Client(netbox.url, netbox.tokens["v1"])
    with client, Pager(client, max_workers=4) as pager:
        assert ids_of(pager.rows("dcim/sites", sites)) == list(range(1, SITES + 1))
    assert 2 < netbox.most_at_once <= 4


def test_a_reader_that_stops_early_leaves_the_rest_alone(netbox: NetBox, sites: list[tuple[str, str]]) -> None:
    client = Client(netbox.url, netbox.tokens["v1"])
    with client, Pager(client, max_workers=4) as pager:
        assert ids_of(pager.rows("dcim/sites", sites, limit=3)) == [1, 2, 3]
    assert len(netbox.requests) <= 43 + 12


@pytest.mark.parametrize("workers", [1, 2, 8])
@pytest.mark.parametrize("devices", [60, 400], ids=["one URL", "several URLs"])
def test_devices_deleted_while_their_interfaces_are_read_lose_nothing_else(
    netbox: NetBox, workers: int, devices: int
) -> None:
    """NetBox rejects the ID of a deleted device. This can happen in any thread at any time."""
    tables = [netbox.table(endpoint) for endpoint in ("dcim/devices", "dcim/interfaces")]
    before = [dict(table) for table in tables]
    ids = list(tables[0].ids())[:devices]
    doomed = iter(ids[::5])

    def delete(received: t.Any) -> None:
        device = next(doomed, 0)
        tables[0].pop(device, None)
        for pk in [pk for pk, row in tables[1].items() if row["device"]["id"] == device]:
            tables[1].pop(pk)

    netbox.hooks.append(delete)
    client = Client(netbox.url, netbox.tokens["v1"], sleep=lambda seconds: None)
    try:
        with client, Pager(client, max_workers=workers, page_size=20) as pager:
            filters = [("device_id", str(number)) for number in ids]
            found = ids_of(pager.rows("dcim/interfaces", filters, skip_deleted=("device_id", "dcim/devices")))
        stayed = {pk for pk, row in tables[1].items() if row["device"]["id"] in set(ids)}
    finally:
        netbox.hooks.clear()
        for table, rows in zip(tables, before):
            table.replace(rows)
    assert found == sorted(set(found))
    assert stayed <= set(found)
