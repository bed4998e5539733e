# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter classes that NetBox uses: the values that they accept, and how they compare them.

The `matches` method of a filter receives a lookup ("", "n", "ic", ...) and the values of one parameter. It returns the
IDs of the matching rows. If a value is invalid, it raises `Invalid` with NetBox's error message. If NetBox ignores the
parameter, for example because of an unknown lookup or an unusual boolean, it returns None.
"""

from __future__ import annotations

import operator
import re
import typing as t
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

from ._endpoints import target_of
from ._tables import Estate, Key, Table

Ids = t.Optional[t.Collection[int]]  # noqa: UP045 (evaluated at run time, also by Python 3.9)

COMPARISONS = {"lt": operator.lt, "lte": operator.le, "gt": operator.gt, "gte": operator.ge}
TEXT_LOOKUPS: dict[str, Callable[[str, str], bool]] = {
    "": operator.eq,
    "ie": lambda text, value: text.lower() == value.lower(),
    "ic": lambda text, value: value.lower() in text.lower(),
    "isw": lambda text, value: text.lower().startswith(value.lower()),
    "iew": lambda text, value: text.lower().endswith(value.lower()),
    "regex": lambda text, value: re.search(value, text) is not None,
    "iregex": lambda text, value: re.search(value, text, re.IGNORECASE) is not None,
}


class Invalid(Exception):
    """The error for a value that a filter does not accept."""


def not_a_choice(value: str) -> Invalid:
    return Invalid(f"Select a valid choice. {value} is not one of the available choices.")


def both(some: Ids, others: Collection[int]) -> Collection[int]:
    """Return the IDs in both collections. If `some` is None, return `others`. Two ranges result in a range."""
    if some is None:
        return others
    if isinstance(some, range) and isinstance(others, range):
        return range(max(some.start, others.start), min(some.stop, others.stop))
    few, many = sorted((some, others), key=len)
    return {pk for pk in few if pk in many}


def boolean(values: Sequence[str]) -> bool | None:
    """Return a boolean parameter as Django reads it. The last value is used.

    For other values, such as 1 or yes, return None. NetBox then ignores the parameter.
    """
    return {"true": True, "True": True, "2": True, "false": False, "False": False, "3": False}.get(values[-1])


def where(estate: Estate, table: Table, path: Sequence[str], wanted: set[Key]) -> set[int]:
    """Return the IDs of the rows with one of the wanted keys at the end of a path through nested objects."""
    field, *rest = path
    if rest:
        related = estate.get(target_of(table.endpoint, field) or "")
        wanted = where(estate, related, rest, wanted) | (wanted & {None})
    return table.having(field, wanted)


class Filter(t.Protocol):
    def matches(self, estate: Estate, table: Table, lookup: str, values: Sequence[str]) -> Ids:
        """Return the IDs of the rows that match `values`, or None if NetBox ignores the parameter."""


@dataclass(frozen=True)
class Related:
    """A filter by related objects, such as `site` (by slug) or `site_id`. The objects must exist."""

    path: tuple[str, ...]
    by: str = "slug"
    # Whether the filter includes all descendants of the objects in a tree.
    tree: bool = False

    def matches(self, estate: Estate, table: Table, lookup: str, values: Sequence[str]) -> Ids:
        if lookup not in ("", "n"):
            return None
        endpoint = table.endpoint
        for field in self.path:
            endpoint = target_of(endpoint, field) or ""
        related = estate.get(endpoint)
        wanted: set[Key] = set()
        for each in self.chosen(related, values).values():
            wanted |= each
        if self.tree:
            wanted = with_descendants(related, wanted)
        found = where(estate, table, self.path, wanted)
        return set(table.ids()) - found if lookup else found

    def chosen(self, related: Table, values: Sequence[str]) -> dict[str, set[Key]]:
        """Return the IDs of the related objects for each value. "null" selects rows without a related object."""
        chosen: dict[str, set[Key]] = {}
        for value in values:
            if value == "null":
                chosen[value] = {None}
            elif self.by != "id":
                chosen[value] = related.having(self.by, {value})
            elif re.fullmatch(r"\s*-?\d+\s*", value):
                chosen[value] = {int(value)} & set(related if int(value) not in related else [int(value)])
            else:
                raise Invalid(f"\u201c{value}\u201d is not a valid value.")
        for value, ids in chosen.items():
            if not ids:
                raise not_a_choice(value)
        return chosen


def with_descendants(table: Table, roots: set[Key]) -> set[Key]:
    found, new = set(roots), set(roots) - {None}
    while new:
        new = table.having("parent", new) - found
        found |= new
    return found


@dataclass(frozen=True)
class Tags(Related):
    """A filter for rows with all of these tags, with none of them (__n), or with at least one of them (__any)."""

    path: tuple[str, ...] = ("tags",)

    def matches(self, estate: Estate, table: Table, lookup: str, values: Sequence[str]) -> Ids:
        if lookup not in ("", "n", "any"):
            return None
        carriers = [table.having("tags", ids) for ids in self.chosen(estate.get("extras/tags"), values).values()]
        if lookup == "":
            return set.intersection(*carriers)
        some = set().union(*carriers)
        return set(table.ids()) - some if lookup == "n" else some


@dataclass(frozen=True)
class Text:
    """A filter by a string field or a choice field. Choices are compared by value."""

    field: str
    # The lookup to use if there is none. For example, "ie" ignores case in host names and serial numbers.
    exact: str = ""
    # The valid values. None means that all values are valid.
    choices: tuple[str, ...] | None = None

    def matches(self, estate: Estate, table: Table, lookup: str, values: Sequence[str]) -> Ids:
        if lookup == "empty":
            wanted = boolean(values)
            return None if wanted is None else table.where(self.field, lambda text: (text in (None, "")) is wanted)
        # The lookups __n, __nic, __nisw, ... negate the exact match, __ic, __isw, ...
        negated = lookup.startswith("n")
        lookup = lookup[1:] if negated else lookup
        if lookup not in TEXT_LOOKUPS or (negated and "regex" in lookup):
            return None
        if self.choices is not None:
            for value in values:
                if value not in (*self.choices, "null"):
                    raise not_a_choice(value)
        compare = TEXT_LOOKUPS[lookup or self.exact]

        def test(text: Key) -> bool:
            if text is None:
                return "null" in values
            texts = [str(each) for each in text] if isinstance(text, tuple) else [str(text)]
            return any(compare(each, value) for each in texts for value in values)

        found = table.where(self.field, test)
        return set(table.ids()) - found if negated else found


@dataclass(frozen=True)
class Ordered:
    """A filter by a number field or a time field."""

    field: str
    read: Callable[[t.Any], t.Any]
    complaint: str

    def matches(self, estate: Estate, table: Table, lookup: str, values: Sequence[str]) -> Ids:
        if lookup == "empty":
            wanted = boolean(values)
            return None if wanted is None else table.where(self.field, lambda value: (value is None) is wanted)
        if lookup not in ("", "n", *COMPARISONS):
            return None
        try:
            bounds = [self.read(value) for value in values]
        except (ValueError, OverflowError):
            raise Invalid(self.complaint) from None
        # Repeated bounds are alternatives, so the widest bound applies.
        if self.field == "id" and lookup in COMPARISONS:
            ids = table.ids()
            if lookup in ("lt", "lte"):
                kept = ids[: (bisect_left if lookup == "lt" else bisect_right)(ids, max(bounds))]
            else:
                kept = ids[(bisect_left if lookup == "gte" else bisect_right)(ids, min(bounds)) :]
            return kept if isinstance(kept, range) else set(kept)
        if self.field == "id":
            found = table.having("id", set(bounds))
        else:
            compare = COMPARISONS.get(lookup, operator.eq)
            found = table.where(
                self.field,
                lambda value: value is not None and any(compare(self.read(value), bound) for bound in bounds),
            )
        return set(table.ids()) - found if lookup == "n" else found


def whole_number(field: str) -> Ordered:
    return Ordered(field, int, "Enter a whole number.")


def decimal(field: str) -> Ordered:
    return Ordered(field, float, "Enter a number.")


def moment(field: str) -> Ordered:
    return Ordered(field, time_of, "Enter a valid date/time.")


def time_of(text: str) -> datetime:
    time = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    return time if time.tzinfo else time.replace(tzinfo=timezone.utc)


@dataclass(frozen=True)
class Flag:
    """A filter by a boolean field."""

    field: str

    def matches(self, estate: Estate, table: Table, lookup: str, values: Sequence[str]) -> Ids:
        wanted = boolean(values)
        return None if lookup or wanted is None else table.having(self.field, {wanted})


@dataclass(frozen=True)
class Method:
    """A filter that NetBox implements as a method. It does not support lookups. Most ignore values without a match."""

    find: Callable[[Estate, Table, Sequence[str]], Ids]

    def matches(self, estate: Estate, table: Table, lookup: str, values: Sequence[str]) -> Ids:
        return None if lookup else self.find(estate, table, values)
