# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters that are too long for one URL give what they would give in one."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator

import pytest

from ansible_collections.netbox.cursor.plugins.module_utils._client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._errors import BadRequest, UsageError
from ansible_collections.netbox.cursor.plugins.module_utils._pager import Pager
from ansible_collections.netbox.cursor.tests.stand_in import NetBox, serve


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


def test_ids_that_are_gone_lose_nothing(netbox: NetBox, pager: Pager) -> None:
    devices = list(netbox.table("dcim/devices").ids())
    expected = ids_of(pager.rows("dcim/interfaces", [("device_id", str(number)) for number in devices]))
    gone = [*devices, 10**6, 10**6 + 1]
    filters = [("device_id", str(number)) for number in gone]
    assert ids_of(pager.rows("dcim/interfaces", filters, stale="device_id")) == expected
    assert len(expected) == 2 * len(devices)
    with pytest.raises(BadRequest):
        ids_of(pager.rows("dcim/interfaces", filters))


def test_only_ids_that_are_gone_give_nothing(pager: Pager) -> None:
    assert ids_of(pager.rows("dcim/interfaces", [("device_id", "1000000")], stale="device_id")) == []


def test_several_requests_have_no_common_order(netbox: NetBox, pager: Pager) -> None:
    filters = [("id", str(number)) for number in netbox.table("dcim/devices").ids()]
    with pytest.raises(UsageError, match="order"):
        pager.rows("dcim/devices", filters, ordering="name")
