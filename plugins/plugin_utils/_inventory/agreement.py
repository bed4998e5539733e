# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Compare lists that were read through GraphQL with counts from the REST API.

If the token's user has no permission to view a related object, GraphQL returns null, but the REST API returns its name.
A small request reveals the difference, such as a count of the rows without a tenant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import NetBoxError
from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import Pairs, chunks
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager
from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row, look_ahead
from ansible_collections.netbox.cursor.plugins.module_utils._lists.workers import ordered_map


class ResultMismatch(NetBoxError):
    """The result of GraphQL differs from the result of the REST API."""


class Agreement:
    """The REST API's counts of rows with null in each field, from before the list was read.

    ``nullable`` maps each field to a REST filter that accepts ``null``, or to ``None`` if there is no such filter.
    """

    def __init__(self, pager: Pager, endpoint: str, filters: Pairs, nullable: Mapping[str, str | None]) -> None:
        self._pager = pager
        self._endpoint = endpoint
        self._filters: dict[str, Pairs] = {"": filters}
        self._filters.update((key, [*filters, (name, "null")]) for key, name in nullable.items() if name)
        self._before = dict(zip(self._filters, self._counts()))

    @property
    def total(self) -> int:
        """The number of rows in the list."""
        return self._before[""]

    def having(self, field: str) -> int | None:
        """Return the number of rows with a value in ``field``, or ``None`` if the REST API cannot count them."""
        return self.total - self._before[field] if field in self._before else None

    def check(self, nulls: Mapping[str, int]) -> None:
        """Compare the number of rows with null in each field with the count from the REST API.

        Raise :class:`ResultMismatch` if :meth:`check_count` does not accept a number.
        """
        for field, filters in self._filters.items():
            if field:
                self.check_count(f"{filters[-1][0]}=null", filters, self._before[field], nulls.get(field, 0))

    def check_count(self, what: str, filters: Pairs, before: int, seen: int) -> None:
        """Compare ``seen`` with the earlier REST count ``before`` and, if they differ, with a new REST count.

        Rows might have been edited in the meantime, so all numbers between the two counts are accepted. Raise
        :class:`ResultMismatch` for other numbers.
        """
        if seen == before:
            return
        now = self._pager.count(self._endpoint, filters)
        if not min(before, now) <= seen <= max(before, now):
            raise ResultMismatch(
                f"{self._endpoint}: GraphQL returned {seen} rows with {what}, but the REST API counts {now}. The "
                "token's user probably has no permission to view some objects that these rows refer to."
            )

    def _counts(self) -> Iterable[int]:
        def count(filters: Pairs) -> int:
            return self._pager.count(self._endpoint, filters)

        if any(len(chunks(filters)) > 1 for filters in self._filters.values()):
            # If filters need several requests, the pager uses all workers to count a list. So count the lists in
            # sequence.
            return map(count, self._filters.values())
        workers = self._pager.workers
        return ordered_map(workers, count, self._filters.values(), look_ahead(workers.size))


def count_nulls(rows: Iterable[Row], fields: Iterable[str]) -> dict[str, int]:
    """Return the number of rows with null in each field."""
    return {field: sum(row.get(field) is None for row in rows) for field in fields}
