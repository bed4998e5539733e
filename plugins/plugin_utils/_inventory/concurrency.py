# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Runs several readings at the same time."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Sequence

from ansible_collections.netbox.cursor.plugins.module_utils._lists.workers import Tasks, Workers


def side_by_side(works: Sequence[Callable[[], t.Any]]) -> list[t.Any]:
    """Return the results of all functions, which run at the same time. The client bounds their requests.

    The first error ends it.
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
