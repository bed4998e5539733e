# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An estate of any size is created quickly, is always the same, and can be filtered by its values."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator

import pytest

from ansible_collections.netbox.cursor.tests.stand_in import Table, serve
from ansible_collections.netbox.cursor.tests.stand_in._filters import select
from ansible_collections.netbox.cursor.tests.stand_in._generated import generated_estate
from ansible_collections.netbox.cursor.tests.stand_in._tables import Estate, GeneratedTable

from .conftest import Client

MADE = ("dcim/devices", "dcim/interfaces", "virtualization/virtual-machines", "virtualization/interfaces")


@pytest.fixture(scope="module")
def large() -> Estate:
    return generated_estate("4.6", 100_000, 8)


@pytest.fixture(scope="module")
def small() -> Estate:
    return generated_estate("4.6", 600, 3)


@pytest.fixture
def walker() -> Iterator[Client]:
    with serve(estate=2500, interfaces=2) as netbox:
        client = Client(netbox)
        yield client
        client.session.close()


def test_a_large_estate_holds_what_was_asked_for(large: Estate) -> None:
    sizes = {endpoint: len(large.get(endpoint)) for endpoint in (*MADE, "ipam/ip-addresses", "dcim/sites")}

    assert sizes == {
        "dcim/devices": 100_000,
        "dcim/interfaces": 800_000,
        "virtualization/virtual-machines": 20_000,
        "virtualization/interfaces": 20_000,
        "ipam/ip-addresses": 120_000,
        "dcim/sites": 500,
    }


def test_rows_are_made_when_asked_for(large: Estate) -> None:
    devices = large.get("dcim/devices")

    assert devices[99_999] == devices[99_999]
    assert devices[99_999] is not devices[99_999]
    names = {name for _pk, name in devices.column("name")}
    assert len(names) == 100_000


@pytest.mark.parametrize("version", ["4.5", "4.6", "4.7"])
def test_rows_have_the_fields_of_recorded_rows(version: str) -> None:
    estate = generated_estate(version, 40, 2)
    with serve(version=version) as recorded:
        for endpoint, table in estate.tables.items():
            for row in table.values():
                assert set(row) == set(next(iter(recorded.table(endpoint).values()))), endpoint


def test_nested_objects_are_those_of_their_own_endpoint(small: Estate) -> None:
    for device in small.get("dcim/devices").values():
        for field, endpoint in (
            ("site", "dcim/sites"),
            ("rack", "dcim/racks"),
            ("location", "dcim/locations"),
            ("primary_ip4", "ipam/ip-addresses"),
        ):
            if device[field]:
                assert small.get(endpoint)[device[field]["id"]]["display"] == device[field]["display"]
        assert small.get("dcim/racks")[device["rack"]["id"]]["site"] == device["site"]
        assert small.get("dcim/racks")[device["rack"]["id"]]["location"] == device["location"]


def plain(table: Table) -> Table:
    return Table(table.endpoint, table.values())


@pytest.mark.parametrize(
    "query",
    [
        "site=ber01",
        "site__n=ber01&site__n=fra01",
        "role=network",
        "status=planned&status=failed",
        "tag=edge",
        "tag__n=edge",
        "tag__any=edge&tag__any=lab",
        "tenant=shop",
        "tenant_group=retail",
        "tenant_id=null",
        "region=europe&status=active",
        "manufacturer=acme",
        "platform=linux",
        "rack_id=3",
        "has_primary_ip=false",
        "name__ic=leaf",
        "name__empty=true",
        "serial=sn00000007",
        "id__gte=10&id__lt=20",
        "id=1&id=5&id=9999",
        "q=A-0000012",
        "cf_tier=t2",
        "last_updated__gte=2026-06-01",
    ],
)
def test_filters_agree_with_a_scan_of_the_rows(small: Estate, query: str) -> None:
    pairs = [t.cast("tuple[str, str]", tuple(pair.split("="))) for pair in query.split("&")]
    devices = small.get("dcim/devices")
    scanned = Estate([plain(devices), *(table for name, table in small.tables.items() if name != "dcim/devices")])

    found, complaints = select(small, devices, pairs)
    expected, _same = select(scanned, scanned.get("dcim/devices"), pairs)

    assert found is not None and expected is not None
    assert (set(found), complaints) == (set(expected), {})
    assert len(found) < 600


@pytest.mark.parametrize("endpoint", [*MADE, "ipam/ip-addresses"])
def test_columns_say_what_rows_say(small: Estate, endpoint: str) -> None:
    table = small.get(endpoint)
    assert isinstance(table, GeneratedTable)
    rows = plain(table)
    for field in table._columns:
        for pk, value in rows.column(field):
            assert table.having(field, set()) == set()
            nested = value["id"] if isinstance(value, dict) and "id" in value else value
            nested = nested["value"] if isinstance(nested, dict) else nested
            if not isinstance(nested, list):
                assert pk in table.having(field, {nested}), (field, pk)
                break


@pytest.mark.parametrize("query", ["start=0&limit=1000", "offset=0&limit=1000", "offset=0&limit=1000&ordering=-id"])
def test_a_walk_finds_every_row_once(walker: Client, query: str) -> None:
    path, ids, pages = f"/api/dcim/devices/?fields=id&{query}", [], 0
    while path:
        page = walker.get(path).json()
        ids += [row["id"] for row in page["results"]]
        path = (page["next"] or "").replace(walker.netbox.url, "")
        pages += 1

    assert sorted(ids) == list(range(1, 2501))
    assert pages == 3


def test_made_rows_can_be_deleted_and_replaced(walker: Client) -> None:
    devices = walker.netbox.table("dcim/devices")
    del devices[2]
    devices[3] = {**devices[3], "name": "replaced"}
    added = devices.add(name="added")

    assert walker.ids("/api/dcim/devices/?start=1&limit=2") == [1, 3]
    assert set(walker.ids("/api/dcim/devices/?name=replaced&name=added")) == {3, added["id"]} == {3, 2501}
    assert walker.get("/api/dcim/devices/?limit=1").json()["count"] == 2500
    assert walker.get("/api/dcim/devices/2/").status_code == 404


@pytest.mark.parametrize("devices", [400, 3000])
def test_devices_of_a_generated_estate_do_not_overlap(devices: int) -> None:
    estate = generated_estate("4.6", devices, 1)
    types, racks = estate.get("dcim/device-types"), estate.get("dcim/racks")
    used: dict[int, set[float]] = {}
    placed = 0
    for device in estate.get("dcim/devices").values():
        height = types[device["device_type"]["id"]]["u_height"]
        if device["position"] is None:
            assert device["face"] is None
            continue
        placed += 1
        units = {device["position"] + half / 2 for half in range(int(height * 2))}
        rack = racks[device["rack"]["id"]]
        assert height and not units & used.setdefault(rack["id"], set()), device["name"]
        assert min(units) >= 1 and max(units) < rack["u_height"] + 1
        used[rack["id"]] |= units
    # Only power strips and devices that do not fit have no position, and the racks are nearly full.
    assert placed > devices * 0.75
    assert len(used) == len(racks)
    assert sum(map(len, used.values())) / 2 > 0.5 * sum(rack["u_height"] for rack in racks.values())
