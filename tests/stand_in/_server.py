# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a mock NetBox on a free local port, in a thread of this process."""

from __future__ import annotations

import asyncio
import socket
import tempfile
import threading
import time
import typing as t
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import uvicorn
from starlette.types import Scope

from ._application import application
from ._branching import Branching
from ._generated import generated_estate
from ._recorded import empty_estate, recorded_estate
from ._state import NetBox, Settings
from ._tables import Estate

HOST = "127.0.0.1"
# The host names in the TLS certificate.
HOST_NAMES = (HOST, "localhost")


class Server(uvicorn.Server):
    """A Uvicorn server that stops immediately. Uvicorn waits for tenths of a second, too long for hundreds of tests."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._wake: t.Callable[[], object] = lambda: None

    def stop(self) -> None:
        """Stop the server. Other threads can call this method."""
        self.should_exit = True
        self._wake()

    async def main_loop(self) -> None:
        loop, stopped, counter = asyncio.get_running_loop(), asyncio.Event(), 0
        self._wake = lambda: None if loop.is_closed() else loop.call_soon_threadsafe(stopped.set)
        while not await self.on_tick(counter):
            counter += 1
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(stopped.wait(), 0.1)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for each in sockets or []:
            each.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        deadline = time.monotonic() + (self.config.timeout_graceful_shutdown or 0)
        while self._is_answering() and time.monotonic() < deadline:
            await asyncio.sleep(0.001)
        for task in self.server_state.tasks:
            task.cancel()
        # Without an abort, a TLS connection waits half a minute for a client that sends nothing more.
        for connection in list(self.server_state.connections):
            if connection.transport:
                connection.transport.abort()

    def _is_answering(self) -> bool:
        transports = [connection.transport for connection in self.server_state.connections]
        return bool(self.server_state.tasks) or any(map(_is_sending, transports))


def _is_sending(transport: asyncio.Transport | None) -> bool:
    # In Python 3.12, a TLS transport that was closed twice has dropped its unsent data and raises AttributeError here.
    with suppress(AttributeError):
        return bool(transport and transport.get_write_buffer_size())
    return False


@contextmanager
def serve(
    *,
    version: str = "4.6",
    estate: str | int = "recorded",
    interfaces: int = 8,
    port: int = 0,
    tls: bool = False,
    branching: bool = False,
    **settings: t.Any,
) -> Iterator[NetBox]:
    """Serve a mock NetBox while the block runs.

    `estate` is "recorded", "empty", or a number of generated devices. `interfaces` is the number of interfaces on each
    generated device. If `branching` is true, add the plugin netbox-branching to the recorded estate of NetBox 4.6. All
    other keyword arguments are fields of `Settings`.
    """
    rows = estate_of(version, estate, interfaces)
    netbox = NetBox(rows, Settings(version=version, **settings))
    if branching:
        netbox.branching = Branching(rows)
    with (
        tempfile.TemporaryDirectory() as folder,
        socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener,
    ):
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        reception = application(netbox)
        config = uvicorn.Config(
            reception,
            access_log=False,
            log_config=None,
            log_level="error",
            lifespan="off",
            timeout_keep_alive=60,
            timeout_graceful_shutdown=1,
            ssl_certfile=certificate(netbox, Path(folder)) if tls else None,
        )
        server = Server(config)

        def transports(scope: Scope) -> list[t.Any]:
            known: list[t.Any] = [connection.transport for connection in server.server_state.connections]
            return [one for one in known if one.get_extra_info("peername") == tuple(scope["client"])]

        def hang_up(scope: Scope, at_once: bool) -> None:
            for transport in transports(scope):
                (transport.abort if at_once else transport.close)()

        def speak(scope: Scope, words: bytes) -> None:
            for transport in transports(scope):
                transport.write(words)

        reception.hang_up, reception.speak = hang_up, speak
        netbox.url = f"{'https' if tls else 'http'}://{HOST}:{listener.getsockname()[1]}"
        thread = threading.Thread(target=server.run, args=([listener],), name="mock NetBox", daemon=True)
        thread.start()
        try:
            while not server.started and thread.is_alive():
                time.sleep(0.002)
            yield netbox
        finally:
            server.stop()
            thread.join()


def estate_of(version: str, estate: str | int, interfaces: int) -> Estate:
    if estate == "recorded":
        return recorded_estate(version)
    return empty_estate(version) if estate == "empty" else generated_estate(version, int(estate), interfaces)


def certificate(netbox: NetBox, folder: Path) -> str:
    """Create a certificate for this address from a CA that exists only during this run."""
    import trustme

    authority = trustme.CA()
    netbox.ca_path = str(folder / "ca.pem")
    authority.cert_pem.write_to_path(netbox.ca_path)
    authority.issue_cert(*HOST_NAMES).private_key_and_cert_chain_pem.write_to_path(str(folder / "server.pem"))
    return str(folder / "server.pem")
