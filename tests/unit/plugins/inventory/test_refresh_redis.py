# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several controllers refresh one inventory in a real Redis. Needs redis-server, redis, and community.general."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
import typing as t
from collections.abc import Callable, Iterator

import pytest
from ansible.inventory.data import InventoryData
from ansible.plugins.loader import cache_loader

from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory import saved
from ansible_collections.netbox.cursor.tests.stand_in import NetBox

redis = pytest.importorskip("redis")
PLUGIN, DEVICES = "community.general.redis", "dcim/devices"
pytestmark = pytest.mark.skipif(
    not shutil.which("redis-server") or not cache_loader.find_plugin(PLUGIN), reason="needs redis-server and its plugin"
)

Run = Callable[..., InventoryData]


@pytest.fixture
def server() -> Iterator[t.Any]:
    """Return a client of a Redis that stores nothing on disk."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        client = redis.StrictRedis("127.0.0.1", port)
        for dummy in range(100):
            try:
                client.ping()
                break
            except redis.ConnectionError:
                time.sleep(0.05)
        try:
            yield client
        finally:
            client.close()
            process.terminate()


@pytest.fixture
def run_with_redis(run: Run, server: t.Any) -> Run:
    port = server.connection_pool.connection_kwargs["port"]

    def run_with_redis(**options: t.Any) -> InventoryData:
        return run(**{"cache_plugin": PLUGIN, "cache_connection": f"127.0.0.1:{port}:0", **options})

    return run_with_redis


def test_another_controller_refreshes(netbox: NetBox, run_with_redis: Run, said: list[str], server: t.Any) -> None:
    run_with_redis()
    netbox.edits.update(DEVICES, 1, serial="NEW")
    assert run_with_redis().hosts["leaf1"].vars["serial"] == "NEW"
    assert "read again" in said[0]
    assert all(server.ttl(key) > 3600 for key in server.keys("*netbox_cursor_*") if server.type(key) == b"string")


def test_evicted_part_reads_everything(
    netbox: NetBox, run_with_redis: Run, said: list[str], server: t.Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved, "ROWS_IN_PART", 20)
    run_with_redis()
    keys = [key for key in server.keys("*netbox_cursor_*_1") if server.type(key) == b"string"]
    assert keys
    server.delete(*keys)
    assert len(run_with_redis().hosts) == 17
    assert said == ["full read: a part of the snapshot is not in the cache"]


def test_evicted_entry_reads_everything(run_with_redis: Run, said: list[str], server: t.Any) -> None:
    run_with_redis()
    server.flushall()
    assert len(run_with_redis().hosts) == 17
    assert said == ["full read: the cache contains no snapshot"]


def test_parts_of_two_controllers_do_not_mix(
    netbox: NetBox, run_with_redis: Run, said: list[str], server: t.Any
) -> None:
    run_with_redis()
    netbox.edits.update(DEVICES, 1, serial="OLD")
    run_with_redis()
    (part,) = [key for key in server.keys("*netbox_cursor_*_1") if server.type(key) == b"string"]
    earlier = server.get(part)
    netbox.edits.update(DEVICES, 1, serial="NEW")
    run_with_redis()
    server.set(part, earlier)
    assert run_with_redis().hosts["leaf1"].vars["serial"] == "NEW"
    assert said == ["full read: a part of the snapshot is not in the cache"]
