# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state of one mock NetBox: rows, settings, recorded requests, and faults."""

from __future__ import annotations

import asyncio
import json
import time
import typing as t
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from ._edits import Edits
from ._faults import Fault
from ._log import ChangeLog, Clock
from ._tables import Estate, Table
from ._tokens import Tokens
from ._versions import FULL_VERSIONS
from ._written import Written

if t.TYPE_CHECKING:  # pragma: no cover
    from ._branching import Branching

# The tables of the branch that the current request selects, or None for the main data.
chosen: ContextVar[Estate | None] = ContextVar("tables of this request", default=None)


@dataclass
class Settings:
    """The settings of a mock NetBox. Tests can change them at any time. Changes apply from the next request."""

    version: str = "4.6"
    # The patch version, such as 4.6.0, or None for the recorded version. It affects only filters and reported versions.
    patch_version: str | None = None
    # The base path, such as /netbox-api.
    base_path: str = ""
    # The reported version, or None for the actual version.
    told_version: str | None = None
    # 0 means unlimited.
    max_page_size: int = 1000
    # Additional seconds for each response. They do not occupy a worker.
    latency: float = 0.0
    # Maximum number of requests that are processed in parallel, or None.
    workers: int | None = None
    # LOGIN_REQUIRED. If false, NetBox ignores tokens for media files.
    login_required: bool = True
    # GRAPHQL_ENABLED.
    graphql: bool = True
    # Whether GraphQL pagination supports `start`. NetBox supports it since version 4.5.2.
    graphql_start: bool = True
    # Seconds that a worker is occupied for each CPU second of a real NetBox (_costs).
    cost_factor: float = 0.0
    # Endpoints whose views return a Python list. A cursor causes a server error there. Rack elevations and the choices
    # of a choice set always behave in this way.
    list_backed: set[str] = field(default_factory=set)
    # Endpoints with a filter named `start`, which is applied together with the cursor.
    own_start_filter: set[str] = field(default_factory=lambda: {"ipam/asn-ranges"})

    @property
    def full_version(self) -> str:
        return self.patch_version or FULL_VERSIONS[self.version]

    @property
    def has_cursor(self) -> bool:
        return self.version != "4.5"


@dataclass
class Received:
    """A request and its result."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    # The path with the query, as the client sent it.
    url: str
    body: bytes = b""
    # The time at which a worker started it (monotonic clock).
    taken: float = 0.0
    status: int | None = None
    rows: int | None = None

    @property
    def json(self) -> t.Any:
        """Return the parsed body of a POST request. For GraphQL, it contains `query` and `variables`."""
        return json.loads(self.body)


class NetBox:
    def __init__(self, estate: Estate, settings: Settings) -> None:
        self._estate = estate
        # The plugin netbox-branching, if it is installed.
        self.branching: Branching | None = None
        self.settings = settings
        self.url = ""
        # The CA certificate of this server, if it uses TLS.
        self.ca_path: str | None = None
        self.credentials = Tokens()
        self.clock = Clock()
        self.log = ChangeLog(estate)
        self.edits = Edits(estate, self.log, self.clock, lambda: settings.version)
        self.requests: list[Received] = []
        self.hooks: list[Callable[[Received], None]] = []
        self.faults: list[Fault] = []
        # Rows that a benchmark has already written.
        self.written: Written | None = None
        # CPU seconds of a real NetBox, by API.
        self.cost = {"rest": 0.0, "graphql": 0.0}
        # Files on the server's disk, by path.
        self.media: dict[str, bytes] = {}
        # SVG elevations by rack ID. They replace the generated drawings.
        self.drawings: dict[int, str] = {}
        # The number of requests in progress, and the highest number so far.
        self.at_once = 0
        self.most_at_once = 0
        self._busy = 0
        self._waiting: list[asyncio.Future[None]] = []

    @property
    def estate(self) -> Estate:
        """Return the tables of the branch that the current request selects, or the tables of the main data."""
        return chosen.get() or self._estate

    @property
    def tokens(self) -> dict[str, str]:
        return self.credentials.by_kind

    def table(self, endpoint: str) -> Table:
        return self.estate.table(endpoint)

    @asynccontextmanager
    async def in_hand(self) -> AsyncIterator[None]:
        """Count a request as in progress from its arrival to its response."""
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            yield
        finally:
            self.at_once -= 1

    @asynccontextmanager
    async def worker(self) -> AsyncIterator[None]:
        """Wait for a free worker, and occupy it."""
        while self.settings.workers is not None and self._busy >= self.settings.workers:
            waiter = asyncio.get_running_loop().create_future()
            self._waiting.append(waiter)
            await waiter
        self._busy += 1
        try:
            yield
        finally:
            self._busy -= 1
            self._waiting = [waiter for waiter in self._waiting if not waiter.done()]
            if self._waiting:
                self._waiting.pop(0).set_result(None)

    async def worked(self, received: Received, api: str, seconds: float) -> None:
        """Record the CPU seconds that a real NetBox would need for a response (see _costs).

        If `cost_factor` is set, wait until the worker has been occupied for this time, multiplied by the factor.
        """
        self.cost[api] += seconds
        if self.settings.cost_factor:
            gone = time.monotonic() - received.taken
            await asyncio.sleep(max(0.0, seconds * self.settings.cost_factor - gone))
