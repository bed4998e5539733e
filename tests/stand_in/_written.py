# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A cache of rows as JSON for benchmarks, which request the same rows repeatedly.

It supports only one user, and estates that do not change.
"""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Hashable, Iterable

import orjson


class Written:
    def __init__(self) -> None:
        # For each form of rows, the rows by ID: their JSON, and the CPU seconds that a real NetBox would need for them.
        self._rows: dict[Hashable, dict[int, tuple[orjson.Fragment, float]]] = {}

    def rows(
        self, shown: Hashable, ids: Iterable[int], show: Callable[[int], tuple[t.Any, float]]
    ) -> tuple[list[t.Any], float]:
        """Return these rows as JSON, and their total CPU seconds. `show` creates the rows that are not in the cache."""
        known = self._rows.setdefault(shown, {})
        rows, seconds = [], 0.0
        for pk in ids:
            if pk not in known:
                content, price = show(pk)
                known[pk] = orjson.Fragment(orjson.dumps(content)), price
            row, price = known[pk]
            rows.append(row)
            seconds += price
        return rows, seconds
