# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Run functions concurrently, and compute shared results only once."""

from __future__ import annotations

import threading
import typing as t
from collections.abc import Callable, Hashable, Sequence

from ansible_collections.netbox.cursor.plugins.module_utils._lists.workers import Tasks, Workers


class Memo:
    """A thread-safe cache for the results of requests that several lists need."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._results: dict[Hashable, t.Any] = {}

    def get(self, key: Hashable, compute: Callable[[], t.Any]) -> t.Any:
        """Return the result of ``compute()``. Call it only once for each ``key``."""
        with self._lock:
            if key not in self._results:
                self._results[key] = compute()
            return self._results[key]


def side_by_side(works: Sequence[Callable[[], t.Any]]) -> list[t.Any]:
    """Run the functions concurrently, and return their results in order. Raise the first error.

    The client limits the number of parallel requests.
    """
    if len(works) < 2:
        return [work() for work in works]
    workers = Workers(len(works))
    tasks: Tasks[int, t.Any] = Tasks(workers)
    try:
        for number, work in enumerate(works):
            tasks.start(number, work)
        results = dict(tasks.next_ended() for dummy in works)
    finally:
        workers.close()
    return [results[number] for number in range(len(works))]
