# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""How many rows to ask for at once: more where rows are small, fewer where NetBox cannot finish a page."""

from __future__ import annotations

import json
import threading
import typing as t
from collections.abc import Sequence

from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client, too_much
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import NetBoxError

T = t.TypeVar("T")

# A page that is too much for the server is halved down to this, never below.
SMALLEST_PAGE = 10
# NetBox works for a request before it comes to the first row: as long as for 700 rows that are only their own fields
# (tests/stand_in/_costs.py). So pages of small rows get longer, up to this many bytes of JSON.
PAGE_BYTES = 1_000_000
# Rows by which their size is estimated.
SAMPLE = 20
# Pages that must succeed before a larger one is tried again.
PATIENCE = 8


class PageSize:
    """The size of the pages of one list, called ``name`` in the log, shared by the workers that read it.

    ``rows``: how many a page has at first; ``largest``: how many it may have.
    """

    def __init__(self, client: Client, name: str, rows: int, largest: int = 0) -> None:
        self.rows = rows
        self._largest = largest
        self._client = client
        self._name = name
        self._most = rows
        self._succeeded = 0
        self._lock = threading.Lock()

    def grow(self, page: Sequence[object]) -> bool:
        """Let pages be longer if ``page``, the first one, was as long as could be, and its rows are small."""
        with self._lock:
            if not len(page) == self.rows == self._most < self._largest:
                return False
            sample = page[:: max(1, len(page) // SAMPLE)]
            rows = PAGE_BYTES * len(sample) // len(json.dumps(sample))
            self.rows = self._most = max(self.rows, min(self._largest, rows))
            return True

    def ask(self, rows: int, fetch: t.Callable[[int, bool], T], at_once: tuple[int, ...] = ()) -> T:
        """Have ``fetch`` ask for a page of at most ``rows`` rows, and for half of it while that is too much.

        ``fetch`` is given the number of rows and whether a page that is too much may be asked for with fewer, instead
        of once more. The errors of the HTTP status codes in ``at_once`` are raised.
        """
        while True:
            limit = min(rows, self.rows)
            large = limit > SMALLEST_PAGE
            try:
                answer = fetch(limit, large)
            except NetBoxError as error:
                if not (large and too_much(error)) or error.status in at_once:
                    raise
                self._failed(limit, error)
                self._client.log(1, f"{self._name}: {limit} rows were too much; asking for {self.rows}: {error}")
                self._client.pause(error)
            else:
                self._done()
                return answer

    def _failed(self, rows: int, error: NetBoxError) -> None:
        """A page of ``rows`` was too much: halve it. For good, unless a restarting server (502) may be the reason."""
        with self._lock:
            self.rows = min(self.rows, max(SMALLEST_PAGE, rows // 2))
            self._succeeded = 0
            if error.status != 502:
                self._most = self.rows

    def _done(self) -> None:
        with self._lock:
            self._succeeded += 1
            if self.rows < self._most and self._succeeded >= PATIENCE:
                self.rows = min(self._most, 2 * self.rows)
                self._succeeded = 0
