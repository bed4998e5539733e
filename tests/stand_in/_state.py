# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One stand-in NetBox as tests see it: its rows, its settings, what it was asked, what is to go wrong."""

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

# The tables of the branch that a request chose.
chosen: ContextVar[Estate | None] = ContextVar("tables of this request", default=None)


@dataclass
class Settings:
    """May be changed at any time; a change counts from the next request on."""

    version: str = "4.6"
    # Its patch version, such as 4.6.0; None: the recorded one. Only filters and what names the version depend on it.
    patch_version: str | None = None
    # The path below which it is reached, such as /netbox-api.
    base_path: str = ""
    # The version that its answers tell; None: its own.
    told_version: str | None = None
    # 0: unlimited.
    max_page_size: int = 1000
    # Seconds each answer takes longer on its way; holds no worker.
    latency: float = 0.0
    # Requests worked on at once; None: any number.
    workers: int | None = None
    # LOGIN_REQUIRED; without it, nobody is logged in where media files are read.
    login_required: bool = True
    # GRAPHQL_ENABLED.
    graphql: bool = True
    # Does GraphQL's pagination know `start`? Not before 4.5.2.
    graphql_start: bool = True
    # Seconds a worker is busy for each second that a real NetBox would have worked (_costs).
    cost_factor: float = 0.0
    # Endpoints made of a list, where a cursor is a server error; those of racks and choice sets are anyway.
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
    """A request, and what came of it."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    # The path with the query as it was sent.
    url: str
    body: bytes = b""
    # When a worker took it, by the monotonic clock.
    taken: float = 0.0
    status: int | None = None
    rows: int | None = None

    @property
    def json(self) -> t.Any:
        """What was posted: of GraphQL {query, variables}."""
        return json.loads(self.body)


class NetBox:
    def __init__(self, estate: Estate, settings: Settings) -> None:
        self._estate = estate
        # The plugin netbox-branching, if it is installed.
        self.branching: Branching | None = None
        self.settings = settings
        self.url = ""
        # The certificate of the authority that vouches for this server, when it speaks TLS.
        self.ca_path: str | None = None
        self.credentials = Tokens()
        self.clock = Clock()
        self.log = ChangeLog(estate)
        self.edits = Edits(estate, self.log, self.clock, lambda: settings.version)
        self.requests: list[Received] = []
        self.hooks: list[Callable[[Received], None]] = []
        self.faults: list[Fault] = []
        # Where a benchmark keeps rows once they are written.
        self.written: Written | None = None
        # Seconds that a real NetBox would have worked, by API.
        self.cost = {"rest": 0.0, "graphql": 0.0}
        # Files by path, as they lie on its disk.
        self.media: dict[str, bytes] = {}
        # Elevations by the id of their rack, in place of those that it would draw.
        self.drawings: dict[int, str] = {}
        # Requests that have come and are not answered yet; and how many these were at most.
        self.at_once = 0
        self.most_at_once = 0
        self._busy = 0
        self._waiting: list[asyncio.Future[None]] = []

    @property
    def estate(self) -> Estate:
        """The tables of the branch that a request chose, or those of the main data."""
        return chosen.get() or self._estate

    @property
    def tokens(self) -> dict[str, str]:
        return self.credentials.by_kind

    def table(self, endpoint: str) -> Table:
        return self.estate.table(endpoint)

    @asynccontextmanager
    async def in_hand(self) -> AsyncIterator[None]:
        """Counts a request from its arrival to its answer."""
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            yield
        finally:
            self.at_once -= 1

    @asynccontextmanager
    async def worker(self) -> AsyncIterator[None]:
        """Waits for a worker that is free, and keeps it busy."""
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
        """Notes what a real NetBox would have worked for an answer (_costs), and takes as long as that over it."""
        self.cost[api] += seconds
        if self.settings.cost_factor:
            gone = time.monotonic() - received.taken
            await asyncio.sleep(max(0.0, seconds * self.settings.cost_factor - gone))
