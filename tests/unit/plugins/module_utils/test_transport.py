# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Number of parallel requests, and handling of the libraries' errors and connections."""

from __future__ import annotations

import threading
import time
import typing as t
from collections.abc import Iterator

import pytest

from ansible_collections.netbox.cursor.plugins.module_utils._http import deadlines, errors
from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager
from ansible_collections.netbox.cursor.tests.stand_in import Fault, NetBox, serve

SITES = "api/dcim/sites/"


@pytest.fixture
def netbox() -> Iterator[NetBox]:
    with serve(version="4.6") as netbox:
        yield netbox


def in_threads(number: int, call: t.Callable[[], object]) -> None:
    threads = [threading.Thread(target=call) for dummy in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("max_workers", [1, 2, 3])
def test_client_in_many_threads_keeps_max_workers(netbox: NetBox, max_workers: int) -> None:
    netbox.faults.append(Fault("slow", 0.02))
    with Client(netbox.url, netbox.tokens["v1"], max_workers=max_workers) as client:
        in_threads(8, lambda: client.get(SITES))
    assert len(netbox.requests) == 8
    assert netbox.most_at_once == max_workers


def test_client_without_max_workers_has_no_bound(netbox: NetBox) -> None:
    netbox.faults.append(Fault("slow", 0.3))
    with Client(netbox.url, netbox.tokens["v1"]) as client:
        in_threads(6, lambda: client.get(SITES))
    assert netbox.most_at_once == 6


@pytest.mark.parametrize("number", [0, -1])
def test_max_workers_below_one_is_refused(number: int) -> None:
    with pytest.raises(errors.UsageError, match="max_workers"):
        Client("http://netbox.invalid", max_workers=number)


def test_two_pagers_share_the_bound_of_their_client(netbox: NetBox) -> None:
    netbox.faults.append(Fault("slow", 0.01))
    with Client(netbox.url, netbox.tokens["v1"], max_workers=2) as client:

        def walk() -> None:
            with Pager(client, max_workers=4, page_size=3) as pager:
                assert list(pager.rows("dcim/devices", limit=60))

        in_threads(2, walk)
    assert netbox.most_at_once == 2


def test_a_pause_before_a_retry_holds_no_slot(netbox: NetBox) -> None:
    netbox.faults.append(Fault("status", "503", path="/api/dcim/sites/", times=1))
    pausing, done = threading.Event(), threading.Event()

    def sleep(seconds: float) -> None:
        pausing.set()
        assert done.wait(10)

    with Client(netbox.url, netbox.tokens["v1"], max_workers=1, sleep=sleep) as client:
        thread = threading.Thread(target=client.get, args=(SITES,))
        thread.start()
        assert pausing.wait(10)
        assert client.get("api/dcim/racks/")["count"] > 0
        done.set()
        thread.join()


def test_a_body_that_is_being_read_holds_its_slot(netbox: NetBox) -> None:
    front = "/media/image-attachments/device_1_front.png"
    reading, done = threading.Event(), threading.Event()

    def read(pieces: Iterator[bytes]) -> bytes:
        reading.set()
        assert done.wait(10)
        return b"".join(pieces)

    with Client(netbox.url, netbox.tokens["v1"], max_workers=1) as client:
        first = threading.Thread(target=client.download, args=(netbox.url + front, 1000, read))
        second = threading.Thread(target=client.get, args=(SITES,))
        first.start()
        assert reading.wait(10)
        second.start()
        time.sleep(0.2)
        assert [request.path for request in netbox.requests] == [front]
        done.set()
        first.join()
        second.join()
    assert [request.path for request in netbox.requests] == [front, "/" + SITES]


def test_closing_the_client_ends_the_wait_for_a_slot(netbox: NetBox) -> None:
    netbox.faults.append(Fault("slow", 3))
    raised: list[Exception] = []

    def ask() -> None:
        try:
            client.get(SITES)
        except errors.NetBoxError as error:
            raised.append(error)

    client = Client(netbox.url, netbox.tokens["v1"], max_workers=1)
    threads = [threading.Thread(target=ask) for dummy in range(3)]
    for thread in threads:
        thread.start()
    while not netbox.requests:
        time.sleep(0.01)
    began = time.monotonic()
    client.close()
    while len(raised) < 2:
        assert time.monotonic() - began < 2
        time.sleep(0.01)
    for thread in threads:
        thread.join()
    assert len(netbox.requests) == 1


@pytest.mark.parametrize("lost", ["ConnectionCls", "get_connection"])
def test_without_our_connections_only_deadlines_are_lost(
    netbox: NetBox, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    """Simulate a later version of the libraries that treats our attributes differently."""
    if lost == "ConnectionCls":
        monkeypatch.setattr(deadlines, "_with_deadlines", lambda connection, verify: connection)
    else:
        for name in ("get_connection", "get_connection_with_tls_context"):
            monkeypatch.delattr(deadlines.Adapter, name)
    with Client(netbox.url, netbox.tokens["v1"]) as client:
        assert client.get(SITES)["count"] == 4
        assert len(client.download(f"{netbox.url}/media/image-attachments/device_1_front.png", 10**6, b"".join)) == 93
