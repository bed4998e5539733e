# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""State that threads share when they read lists: facts about the server, and the progress of a list."""

from __future__ import annotations

import threading

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UnexpectedAnswer
from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import Pairs

# Maximum number of requests for one list: a million rows, one at a time. This stops reading a list that never ends.
MAX_REQUESTS = 1_000_000


class ServerState:
    """Facts that a pager learned about the server. All lists of the pager share them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._longest_page = 1
        self._without_cursor: set[str] = set()
        self._graphql_start: bool | None = None

    @property
    def longest_page(self) -> int:
        """The length of the longest page that the server returned. The server's maximum is at least this length."""
        return self._longest_page

    def note_page(self, rows: int) -> None:
        """Record that the server returned a page with this number of rows."""
        with self._lock:
            self._longest_page = max(self._longest_page, rows)

    def supports_cursor(self, endpoint: str) -> bool:
        """Return whether a cursor can be tried for ``endpoint``: ``True`` unless it failed before."""
        return endpoint not in self._without_cursor

    def note_without_cursor(self, endpoint: str) -> None:
        """Remember that ``endpoint`` does not support cursor pagination."""
        with self._lock:
            self._without_cursor.add(endpoint)

    @property
    def graphql_start(self) -> bool | None:
        """Whether GraphQL's pagination supports ``start`` (NetBox 4.5.2). ``None`` if not yet known."""
        return self._graphql_start

    def note_graphql_start(self, supported: bool) -> None:
        """Remember whether GraphQL's pagination supports ``start``."""
        with self._lock:
            self._graphql_start = supported


class ListState:
    """How one list is read: its ``mode`` for the log, its requests, and its current filters."""

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
        """Count a request. Raise :class:`UnexpectedAnswer` if a list needs more requests than any list can."""
        with self._lock:
            self._requests += number
            if self._requests > MAX_REQUESTS:
                raise UnexpectedAnswer(f"{self.name}: the list does not end.")

    @property
    def filters(self) -> Pairs:
        """The filters without the values that were removed. The list itself never changes."""
        return self._filters

    def remove_filters(self, gone: set[tuple[str, str]]) -> None:
        """Remove these pairs of name and value."""
        with self._lock:
            self._filters = [pair for pair in self._filters if pair not in gone]
