# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Choose the hosts by ``query_filters``, and by the sets in ``include_filters`` and ``exclude_filters``.

NetBox cannot combine sets of filters by "or", and it treats several values of one filter as alternatives. If one
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

# NetBox adds a saved filter's parameters to the others, so values of a parameter that both contain become alternatives.
SAVED = frozenset(("filter", "filter_id"))


@dataclasses.dataclass(frozen=True)
class Choice:
    """The hosts of a kind to read.

    * ``filters``: the REST filters that select them, and possibly others.
    * ``only``: the IDs of the chosen hosts, if the filters select others as well.
    * ``excluded``: IDs of hosts that the filters select, but that are not chosen.
    * ``count``: how many hosts the filters select, if that is known.
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
        """Return only the rows that belong to chosen hosts."""
        if self.only is not None:
            return [row for row in rows if row["id"] in self.only]
        return [row for row in rows if row["id"] not in self.excluded] if self.excluded else rows


class Chooser:
    """Finds the choice for each kind of host. ``count`` returns the number of objects in a list.

    ``by_rest``: whether hosts are certainly read through the REST API.
    """

    def __init__(self, pager: Pager, options: Options, count: Callable[[str, Pairs], int], by_rest: bool) -> None:
        self._pager = pager
        self._options = options
        self._count = count
        self._share = costs.REST_SHARE_BY_ID if by_rest else costs.GRAPHQL_SHARE_BY_ID

    def check(self, check: FilterCheck, confirmed: bool = False) -> None:
        """Refuse filters that NetBox would ignore. ``confirmed``: check again after the hosts were read."""
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
        """Return the choice of hosts with these IDs. Read them by ID, or read all hosts that ``base`` selects."""
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
    """IDs by the filters that select them."""

    found: Mapping[tuple[tuple[str, str], ...], frozenset[int]]

    def union_of(self, lists: Iterable[Pairs], within: frozenset[int] | None = None) -> frozenset[int]:
        """Return the IDs that at least one list of filters selects."""
        union = frozenset[int]().union(*(self.found[tuple(pairs)] for pairs in lists))
        return union if within is None else union & within


@contextmanager
def advised(kind: str) -> Iterator[None]:
    """If the token's user has no permission to view hosts of a kind, name the option that omits them."""
    try:
        yield
    except AccessDenied as error:
        if "permission" in error.detail.lower():
            error.advice = f"Give the token's user permission to view {kind.replace('_', ' ')}, or set {kind}: false."
        raise


def option_of(action: str, kind: str) -> str:
    """Return the option for filters that apply to only one kind of host."""
    return f"{'device' if kind == 'devices' else 'vm'}_{action}_filters"


def _can_join(first: Pairs, second: Pairs) -> bool:
    """Return whether one request can apply both. NetBox treats several values of one filter as alternatives."""
    names = {name for name, dummy in first}
    others = {name for name, dummy in second}
    return not first or (names.isdisjoint(others) and SAVED.isdisjoint(names | others))
