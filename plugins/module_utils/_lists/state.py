# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""State that threads share when they read lists: facts about the server, and the progress of a list."""

from __future__ import annotations

import threading

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UnexpectedAnswer
from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import Pairs

# Maximum number of requests for one list. This is enough to read a million rows one at a time, and stops a read that
# would never end.
MAX_REQUESTS = 1_000_000


class ServerState:
    """Facts about the server. All lists of a pager share them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._longest_page = 1
        self._without_cursor: set[str] = set()
        self._graphql_start: bool | None = None

    @property
    def longest_page(self) -> int:
        """Number of rows in the longest page that the server has returned.

        The server's maximum is at least this number.
        """
        return self._longest_page

    def note_page(self, rows: int) -> None:
        """Record that the server returned a page with this number of rows."""
        with self._lock:
            self._longest_page = max(self._longest_page, rows)

    def supports_cursor(self, endpoint: str) -> bool:
        """Return ``False`` if ``endpoint`` is known not to support cursor pagination, and otherwise ``True``."""
        return endpoint not in self._without_cursor

    def note_without_cursor(self, endpoint: str) -> None:
        """Remember that ``endpoint`` does not support cursor pagination."""
        with self._lock:
            self._without_cursor.add(endpoint)

    @property
    def graphql_start(self) -> bool | None:
        """Whether GraphQL's pagination supports ``start`` (NetBox 4.5.2 and newer).

        ``None`` if this is not yet known.
        """
        return self._graphql_start

    def note_graphql_start(self, supported: bool) -> None:
        """Remember whether GraphQL's pagination supports ``start``."""
        with self._lock:
            self._graphql_start = supported


class ListState:
    """The state of reading one list: its ``mode`` for the log, its number of requests, and its current filters."""

    def __init__(self, name: str, filters: Pairs | None = None, mode: str = "cursor") -> None:
        self.name = name
        self._lock = threading.Lock()
        self._mode = mode
        self._requests = 0
        self._filters = filters or []

    @property
    def mode(self) -> str:
        return self._mode

    def set_mode(self, mode: str) -> None:
        with self._lock:
            self._mode = mode

    @property
    def requests(self) -> int:
        return self._requests

    def count_requests(self, number: int = 1) -> None:
        """Add ``number`` requests to the count.

        Raise :class:`UnexpectedAnswer` if a list needs more than :data:`MAX_REQUESTS` requests.
        """
        with self._lock:
            self._requests += number
            if self._requests > MAX_REQUESTS:
                raise UnexpectedAnswer(f"{self.name}: the list does not end.")

    @property
    def filters(self) -> Pairs:
        """The filters without removed values. Removing values creates a new list."""
        return self._filters

    def remove_filters(self, gone: set[tuple[str, str]]) -> None:
        """Remove these name-value pairs from the filters."""
        with self._lock:
            self._filters = [pair for pair in self._filters if pair not in gone]
