# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Choose hosts with ``query_filters``, and with the sets in ``include_filters`` and ``exclude_filters``.

NetBox cannot combine sets of filters with "or", and it treats several values of one filter as alternatives. If one
request cannot express the choice, the code reads the IDs that each set selects, and then reads each chosen host once.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial

from ansible_collections.netbox.cursor.plugins.module_utils._filters.check import FilterCheck
from ansible_collections.netbox.cursor.plugins.module_utils._filters.representation import Representation
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import AccessDenied
from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import Pairs
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager
from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory import costs
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.concurrency import side_by_side
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.options import KINDS, Options
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.tables import HOSTS

# Filters that select a saved filter. NetBox adds its parameters to the request. If the request already contains one of
# these parameters, the values become alternatives.
SAVED = frozenset(("filter", "filter_id"))


@dataclasses.dataclass(frozen=True)
class Choice:
    """Describes which hosts of a kind to read.

    * ``filters``: the REST filters that select these hosts, and possibly other hosts.
    * ``only``: the IDs of the chosen hosts, or ``None`` if ``filters`` and ``excluded`` determine them.
    * ``excluded``: the IDs of hosts that are not chosen, even if the filters select them.
    * ``count``: the number of hosts that the filters select, or ``None`` if it is unknown.
    """

    filters: Pairs = dataclasses.field(default_factory=list)
    only: frozenset[int] | None = None
    excluded: frozenset[int] = frozenset()
    count: int | None = None

    @property
    def restricts(self) -> bool:
        """Whether the choice excludes more than a few hosts."""
        return bool(self.filters) or self.only is not None or len(self.excluded) > costs.IDS_PER_REQUEST

    def keep(self, rows: list[Row]) -> list[Row]:
        """Return the rows of the chosen hosts."""
        if self.only is not None:
            return [row for row in rows if row["id"] in self.only]
        return [row for row in rows if row["id"] not in self.excluded] if self.excluded else rows


class Chooser:
    """Determines how to select the hosts of each kind.

    ``count`` returns the number of objects in a list. ``by_rest`` is true if GraphQL is never used to read hosts.
    """

    def __init__(self, pager: Pager, options: Options, count: Callable[[str, Pairs], int], by_rest: bool) -> None:
        self._pager = pager
        self._options = options
        self._count = count
        self._share = costs.REST_SHARE_BY_ID if by_rest else costs.GRAPHQL_SHARE_BY_ID

    def check(self, check: FilterCheck, confirmed: bool = False) -> None:
        """Raise :class:`UsageError` for filters that NetBox would ignore.

        If ``confirmed`` is true, the hosts were read, and the filters are checked a second time.
        """
        for kind in self._options.kinds:
            endpoint = HOSTS[kind].endpoint
            for action in ("query", "include", "exclude"):
                others = {HOSTS[other].endpoint: option_of(action, other) for other in KINDS if other != kind}
                for pairs in self._sets(action, kind):
                    if confirmed:
                        check.confirm(endpoint, pairs)
                    else:
                        check.check(endpoint, pairs, elsewhere=others)

    def _sets(self, action: str, kind: str) -> list[Pairs]:
        return [self._options.filters(kind)] if action == "query" else self._options.filter_sets(action, kind)

    def choices(self) -> dict[str, Choice]:
        """Return the choice for each kind of host that the options include."""
        kinds = self._options.kinds
        return dict(zip(kinds, side_by_side([partial(self._choice, kind) for kind in kinds])))

    def _choice(self, kind: str) -> Choice:
        with advised(kind):
            return self._chosen(kind)

    def _chosen(self, kind: str) -> Choice:
        endpoint, base = HOSTS[kind].endpoint, self._options.filters(kind)
        include, exclude = self._sets("include", kind), self._sets("exclude", kind)
        if len(include) == 1 and _can_join(base, include[0]):
            base, include = [*base, *include[0]], []
        apart = [pairs for pairs in include if not _can_join(base, pairs)]
        wanted = [pairs if pairs in apart else [*base, *pairs] for pairs in include]
        unwanted = [[*base, *pairs] if _can_join(base, pairs) else pairs for pairs in exclude]
        ids = self._ids(endpoint, [*wanted, *unwanted, *([base] if base and apart else [])])
        excluded = ids.union_of(unwanted)
        if include:
            only = ids.union_of(wanted, within=ids.union_of([base]) if base and apart else None) - excluded
            return self._either(endpoint, base, only)
        few = len(excluded) <= costs.IDS_PER_REQUEST
        total = None if few else self._count(endpoint, base)
        if total is None or len(excluded) <= total * (1 - self._share):
            return Choice(base, excluded=excluded, count=total)
        return self._either(endpoint, base, self._ids(endpoint, [base]).union_of([base]) - excluded)

    def _either(self, endpoint: str, base: Pairs, only: frozenset[int]) -> Choice:
        """Return a choice of the hosts with IDs in ``only``. Select them by ID or, if that costs less, by ``base``."""
        if len(only) > costs.IDS_PER_REQUEST:
            total = self._count(endpoint, base)
            if len(only) > total * self._share:
                return Choice(base, only, count=total)
        return Choice([("id", str(number)) for number in sorted(only)], only, count=len(only))

    def _ids(self, endpoint: str, lists: Iterable[Pairs]) -> _Ids:
        """Return the IDs that each list of filters selects."""
        different = {tuple(pairs): pairs for pairs in lists}

        def read(pairs: Pairs) -> frozenset[int]:
            shape = Representation(endpoint, fields=("id",))
            return frozenset(row["id"] for row in self._pager.rows(endpoint, pairs, representation=shape))

        found = side_by_side([partial(read, pairs) for pairs in different.values()])
        return _Ids(dict(zip(different, found)))


@dataclasses.dataclass(frozen=True)
class _Ids:
    """Host IDs, by the filters that select the hosts."""

    found: Mapping[tuple[tuple[str, str], ...], frozenset[int]]

    def union_of(self, lists: Iterable[Pairs], within: frozenset[int] | None = None) -> frozenset[int]:
        """Return the IDs that at least one list of filters selects. With ``within``, return only IDs in this set."""
        union = frozenset[int]().union(*(self.found[tuple(pairs)] for pairs in lists))
        return union if within is None else union & within


@contextmanager
def advised(kind: str) -> Iterator[None]:
    """Add advice to the error if the token's user has no permission to view hosts of this kind.

    The advice names the option that excludes these hosts.
    """
    try:
        yield
    except AccessDenied as error:
        if "permission" in error.detail.lower():
            error.advice = f"Give the token's user permission to view {kind.replace('_', ' ')}, or set {kind}: false."
        raise


def option_of(action: str, kind: str) -> str:
    """Return the name of the option for filters that apply only to this kind of host."""
    return f"{'device' if kind == 'devices' else 'vm'}_{action}_filters"


def _can_join(first: Pairs, second: Pairs) -> bool:
    """Return whether one request can combine two lists of filters.

    NetBox treats several values of one filter as alternatives.
    """
    names = {name for name, dummy in first}
    others = {name for name, dummy in second}
    return not first or (names.isdisjoint(others) and SAVED.isdisjoint(names | others))
