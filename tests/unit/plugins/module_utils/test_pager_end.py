# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""If a pager is closed or an executor fails, reading a list raises an error within a second."""

from __future__ import annotations

import concurrent.futures
import threading
import time
import typing as t
from collections.abc import Iterator

import pytest

from ansible_collections.netbox.cursor.plugins.module_utils._graphql.selection import parse
from ansible_collections.netbox.cursor.plugins.module_utils._graphql.walk import GraphQL
from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UsageError
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager
from ansible_collections.netbox.cursor.tests._timing import SOON
from ansible_collections.netbox.cursor.tests.stand_in import NetBox, serve

SITES = "dcim/sites"
WAYS = ["cursor", "offset", "GraphQL"]


@pytest.fixture
def netbox() -> Iterator[NetBox]:
    with serve(version="4.6") as served:
        row = served.table(SITES)[1]
        served.table(SITES).replace({pk: {**row, "id": pk, "name": f"site {pk}"} for pk in range(1, 601)})
        yield served


def rows_of(pager: Pager, way: str) -> t.Generator[t.Any, None, None]:
    if way == "GraphQL":
        return GraphQL(pager).rows("site_list", parse("id name"))
    return pager.rows(SITES, offset=0 if way == "offset" else None)


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("way", WAYS)
def test_list_of_a_pager_closed_in_between_is_an_error(netbox: NetBox, way: str, workers: int) -> None:
    with Client(netbox.url, netbox.tokens["v1"]) as client:
        with Pager(client, page_size=20, max_workers=workers) as pager:
            rows = rows_of(pager, way)
            next(rows)
        began = time.monotonic()
        with pytest.raises(UsageError, match="The pager is closed"):
            list(rows)
        assert time.monotonic() - began < SOON


@pytest.mark.parametrize("way", WAYS)
def test_closing_a_pager_wakes_a_reader_that_waits_for_netbox(netbox: NetBox, way: str) -> None:
    errors: list[BaseException] = []
    client = Client(netbox.url, netbox.tokens["v1"])
    pager = Pager(client, page_size=20, max_workers=4)
    rows = rows_of(pager, way)
    next(rows)
    netbox.settings.latency = 20

    def read() -> None:
        try:
            list(rows)
        except UsageError as error:
            errors.append(error)

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    time.sleep(0.2)
    pager.close()
    thread.join(1)
    assert not thread.is_alive()
    assert "The pager is closed" in str(errors[0])


@pytest.mark.parametrize("way", WAYS)
def test_closed_pager_reads_no_list(netbox: NetBox, way: str) -> None:
    with Client(netbox.url, netbox.tokens["v1"]) as client:
        with Pager(client) as pager:
            pass
        netbox.requests.clear()
        with pytest.raises(UsageError, match="The pager is closed"):
            rows_of(pager, way)
    assert not netbox.requests


@pytest.mark.parametrize("way", WAYS)
def test_rows_can_be_closed_and_request_nothing_more(netbox: NetBox, way: str) -> None:
    with Client(netbox.url, netbox.tokens["v1"]) as client, Pager(client, page_size=20, max_workers=2) as pager:
        rows = rows_of(pager, way)
        next(rows)
        rows.close()
        # The whole list takes more than 30 requests.
        time.sleep(0.5)
        assert len(netbox.requests) < 12


class FailingInitializer(concurrent.futures.ThreadPoolExecutor):
    def __init__(self, max_workers: int) -> None:
        super().__init__(max_workers, initializer=lambda: 1 / 0)


@pytest.mark.parametrize("executor", [concurrent.futures.ProcessPoolExecutor, FailingInitializer, dict])
@pytest.mark.parametrize("way", WAYS)
def test_list_read_with_an_executor_that_fails_is_an_error(netbox: NetBox, way: str, executor: t.Any) -> None:
    client = Client(netbox.url, netbox.tokens["v1"])
    with client, Pager(client, page_size=20, max_workers=4, executor_class=executor) as pager:
        began = time.monotonic()
        with pytest.raises(UsageError, match="thread_pool_executor"):
            list(rows_of(pager, way))
        assert time.monotonic() - began < SOON
