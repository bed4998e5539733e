# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""What nb_query answers: the objects that a term and its options mean, in the form that is wanted."""

from __future__ import annotations

import dataclasses
import typing as t
from collections.abc import Callable, Iterable, Iterator

from ansible_collections.netbox.cursor.plugins.module_utils._filters.check import FilterCheck
from ansible_collections.netbox.cursor.plugins.module_utils._filters.endpoints import ENDPOINTS, did_you_mean, target
from ansible_collections.netbox.cursor.plugins.module_utils._filters.representation import Representation
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import NotFound, UsageError
from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import filter_pairs
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager
from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row

# What is asked for where only this is wanted. ``display`` stands in for objects without a name.
_FIELDS_FOR = {"names": ("id", "name", "display"), "ids": ("id",)}


@dataclasses.dataclass
class Query:
    """The options of nb_query, by their names; all terms of a call share them."""

    id: int | None
    filters: t.Any
    fields: list[str]
    omit: list[str]
    brief: bool
    config_context: bool
    ordering: list[str]
    limit: int | None
    offset: int | None
    returns: str
    on_missing: str
    strict_filters: bool

    @classmethod
    def of_options(cls, option: Callable[[str], t.Any]) -> Query:
        """From what ``option`` gives for each name; ``id name`` counts as two fields, like ``id,name``."""
        values = {field.name: option(field.name) for field in dataclasses.fields(cls)}
        for name in ("fields", "omit", "ordering"):
            values[name] = [word for text in values[name] for word in str(text).replace(",", " ").split()]
        return cls(**values)

    def __post_init__(self) -> None:
        self.pairs = filter_pairs(self.filters, self._options)
        form = {"fields": self.fields, "omit": self.omit, "brief": self.brief}
        place = {"limit": self.limit, "offset": self.offset}
        if self.returns in _FIELDS_FOR:
            self._refuse(f"returns={self.returns}", form)
        elif self.returns == "count":
            self._refuse("returns=count", {**form, **place, "ordering": self.ordering})

    @property
    def _options(self) -> set[str]:
        """The options of nb_query to which errors can refer."""
        return {"page_size", *(field.name for field in dataclasses.fields(self))}

    def answer(self, pager: Pager, term: str, warn: Callable[[str], None]) -> Iterator[t.Any]:
        """The results for ``term``, as they arrive. ``warn`` is told of a missing object, if that is wanted.

        Raises :class:`UsageError` for terms and options that make no sense, :class:`NotFound` for an object that is
        not there, and what the pager raises.
        """
        endpoint, number = target(term)
        if self.id is not None:
            if number is not None:
                raise UsageError(f"{term!r} has an id already: leave out id={self.id}.")
            number = self.id
        try:
            check = FilterCheck(pager.client, options=self._options) if self.strict_filters else None
            if check and number is None:
                check.check(endpoint, self.pairs)
                check.check_ordering(endpoint, self.ordering)
            if number is not None:
                yield from self._formed(self._one(pager, endpoint, number, warn))
            elif self.returns == "count":
                yield pager.count(endpoint, self.pairs)
            else:
                yield from self._formed(self._rows(pager, endpoint))
            if check:
                check.confirm(endpoint, self.pairs)
        except NotFound as error:
            if not error.is_missing_object and endpoint not in ENDPOINTS:
                error.message += f" There is no endpoint {endpoint}.{did_you_mean(endpoint)}"
                error.detail = ""
            raise

    def _rows(self, pager: Pager, endpoint: str) -> Iterator[Row]:
        rows = pager.rows(
            endpoint,
            self.pairs,
            representation=self._representation(endpoint),
            ordering=",".join(self.ordering) or None,
            limit=self.limit,
            offset=self.offset,
        )
        for number, row in enumerate(rows):
            if not number:
                self._check_fields(endpoint, row)
            yield row

    def _one(self, pager: Pager, endpoint: str, number: int, warn: Callable[[str], None]) -> Iterator[Row]:
        beside = {"filters": self.pairs, "ordering": self.ordering, "limit": self.limit, "offset": self.offset}
        self._refuse(f"{endpoint}/{number}, which is one object,", beside)
        if self.returns == "count":
            raise UsageError(f"returns=count counts lists: {endpoint}/{number} is one object.")
        shape = self._representation(endpoint)
        try:
            row = pager.client.get(f"api/{endpoint}/{number}/", shape.parameters)
        except NotFound as error:
            if self.on_missing == "error" or not error.is_missing_object:
                raise
            if self.on_missing == "warn":
                warn(str(error))
            return
        shape.tidy([row])
        self._check_fields(endpoint, row)
        yield row

    def _representation(self, endpoint: str) -> Representation:
        return Representation(
            endpoint,
            fields=_FIELDS_FOR.get(self.returns) or self.fields,
            omit=self.omit,
            brief=self.brief,
            config_context=self.config_context,
            ordering=self.ordering,
        )

    def _check_fields(self, endpoint: str, row: Row) -> None:
        unknown = [name for name in self.fields if name not in row]
        if unknown:
            raise UsageError(f"fields: objects of {endpoint} have no {' and no '.join(unknown)}.")

    def _formed(self, rows: Iterable[Row]) -> Iterator[t.Any]:
        for row in rows:
            if self.returns == "names":
                yield row.get("name") or row.get("display")
            elif self.returns == "ids":
                yield row.get("id")
            elif self.returns == "pairs":
                yield {"key": row.get("id"), "value": row}
            else:
                yield row

    def _refuse(self, what: str, options: dict[str, t.Any]) -> None:
        given = [name for name, value in options.items() if value not in (None, [], False)]
        if given:
            raise UsageError(f"{what} cannot be used together with {' or '.join(given)}.")
