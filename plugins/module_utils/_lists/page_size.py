# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Choose the number of rows in a page: more if rows are small, and fewer if the server cannot finish a page.

Proxies sometimes fail for pages of any size. A server that is slow or has little memory fails repeatedly, but only if
pages are large. These rules distinguish the two cases:

* A page that failed is requested again with the same size.
* If the page fails again, only this page is requested in smaller parts.
* If the smaller parts succeed but no page of the full size does, all later pages are smaller.
* After eight successful pages, pages become larger again.
"""

from __future__ import annotations

import json
import threading
import typing as t
from collections.abc import Sequence

from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client, too_much
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import NetBoxError, TooLong

T = t.TypeVar("T")

# Number of rows in the first page. With 4 workers, six pages of complete devices (4.5 kB each) need less than 60 MB on
# every Python version. Six pages of 400 rows need more than that on Python 3.9. No other page can be requested before
# the first page arrives. Because the first page is small, reading 20,000 rows with 8 workers is six times as fast as
# with one.
FIRST_PAGE = 300
# Number of rows in later pages, if rows are small. NetBox returns at most 1,000 rows unless MAX_PAGE_SIZE was changed.
LARGEST_PAGE = 1000
# Pages of up to this number of rows are not split, even if the server cannot finish them.
SMALLEST_PAGE = 10
# Each page has a fixed cost in NetBox. It equals the cost of 700 rows without fields of related objects. Therefore,
# pages of small rows become larger, up to this number of bytes of JSON.
PAGE_BYTES = 1_000_000
# Approximate number of rows whose size is measured.
SAMPLE = 20
# Number of pages that must succeed before larger pages are requested again. The number doubles each time the larger
# pages fail.
SUCCESSES = 8


class PageSize:
    """The page size of one list, which is called ``name`` in the log. The threads that read the list share it.

    * ``first``: number of rows in the first page.
    * ``largest``: maximum number of rows in a page.
    * ``share``: the fraction of the usual memory that a page can use. It is less than 1 if many pages are in memory.
    """

    def __init__(self, client: Client, name: str, first: int, largest: int = 0, share: float = 1.0) -> None:
        self._client = client
        self._name = name
        self._share = share
        self._rows = self._target = max(min(first, SMALLEST_PAGE), int(first * share))
        self._largest = max(largest, self._rows)
        self._lock = threading.Lock()
        # Number of successes since the size changed, and number of successes that are required before pages become
        # larger.
        self._successes = 0
        self._needed = SUCCESSES
        # Whether the last request failed, and whether the last page needed more than one request.
        self._failing = self._recovered = False
        # Whether a page of the current size has succeeded since a page had to be split.
        self._proven = False
        # Whether pages ever had to become smaller, and whether they can reach their full size in one step.
        self._shrunk = self._may_jump = False
        # Whether pages became larger and none of these larger pages has succeeded yet.
        self._grown = False

    @property
    def rows(self) -> int:
        """Number of rows to request in one page."""
        return self._rows

    def set_maximum(self, rows: int) -> None:
        """Never request more than ``rows`` rows, because the server does not return more."""
        with self._lock:
            self._largest = min(self._largest, rows)
            self._target = min(self._target, rows)
            self._rows = min(self._rows, rows)

    def measure(self, page: Sequence[object]) -> None:
        """Increase the page size if ``page``, the first page, was full and its rows are small.

        This happens immediately, or after the next successful page if the first request for ``page`` failed.
        """
        with self._lock:
            if len(page) < self._rows or not page:
                return
            sample = page[:: max(1, len(page) // SAMPLE)]
            rows = int(self._share * PAGE_BYTES * len(sample) / len(json.dumps(sample)))
            self._target = max(self._target, min(self._largest, rows))
            self._may_jump = not self._shrunk
            if not self._recovered:
                self._grow()

    def read(self, rows: int, fetch: t.Callable[[int, bool], T], raise_statuses: tuple[int, ...] = ()) -> T:
        """Return the result of ``fetch`` for ``rows`` rows, or for fewer rows if the server cannot finish the page.

        The arguments of ``fetch`` are the number of rows and a flag. If the flag is true, ``fetch`` must not repeat the
        request after errors that a smaller page might avoid. Errors with an HTTP status in ``raise_statuses`` are
        raised immediately.
        """
        page_rows = whole = min(rows, self._rows)
        failures = 0
        while True:
            can_split = page_rows > SMALLEST_PAGE
            try:
                answer = fetch(page_rows, can_split)
            except NetBoxError as error:
                # The client itself never repeats a request after HTTP status 500.
                can_repeat = error.status == 500 and not failures
                if not too_much(error) or error.status in raise_statuses or not (can_split or can_repeat):
                    raise
                failures += 1
                again = self._size_after_failure(page_rows, failures, error)
                self._log(page_rows, again, error)
                page_rows = again
                error.tries = failures
                self._client.pause(error)
            else:
                self._note_success(page_rows, whole)
                return answer

    def _size_after_failure(self, page_rows: int, failures: int, error: NetBoxError) -> int:
        with self._lock:
            self._failing = True
            # Do not repeat the request if the response was too long, or if other pages have shown that this page is too
            # large.
            is_certain = isinstance(error, TooLong) or page_rows > self._rows
        if failures == 1 and not is_certain:
            return page_rows
        return max(min(page_rows, SMALLEST_PAGE), page_rows // 2)

    def _log(self, page_rows: int, again: int, error: NetBoxError) -> None:
        if again == page_rows:
            self._client.log(2, f"{self._name}: a page of {page_rows} rows failed; retrying: {error}")
        else:
            self._client.log(1, f"{self._name}: a page of {page_rows} rows failed; retrying with {again}: {error}")

    def _note_success(self, page_rows: int, whole: int) -> None:
        with self._lock:
            self._recovered, self._failing = self._failing, False
            if page_rows < whole:
                self._note_split(page_rows, whole)
                return
            if page_rows >= self._rows:
                self._proven = True
                if self._grown:
                    self._grown, self._needed = False, SUCCESSES
            self._successes += 2 * page_rows >= self._rows
            if not self._recovered:
                self._grow()

    def _note_split(self, page_rows: int, whole: int) -> None:
        """Record that a page of ``whole`` rows failed, and that its first part of ``page_rows`` rows succeeded."""
        if not page_rows < self._rows <= whole:
            return  # only this page was too large, or the size was already reduced
        if self._proven:
            # A page of this size succeeded recently, so its size might not be the reason. The next page will show the
            # reason.
            self._proven = False
            return
        self._rows, self._successes, self._shrunk, self._may_jump = page_rows, 0, True, False
        if self._grown:
            self._grown, self._needed = False, 2 * self._needed

    def _grow(self) -> None:
        """Increase the page size after enough successful pages."""
        if self._rows >= self._target or not (self._may_jump or self._successes >= self._needed):
            return
        self._rows = self._target if self._may_jump else min(self._target, 2 * self._rows)
        self._may_jump, self._grown, self._proven, self._successes = False, True, False, 0
