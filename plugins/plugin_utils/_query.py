# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Read the objects that a term and the options of nb_query select, and return them in the requested form."""

from __future__ import annotations

import dataclasses
import re
import typing as t
from collections.abc import Callable, Iterable, Iterator

from ansible_collections.netbox.cursor.plugins.module_utils._filters.check import FilterCheck
from ansible_collections.netbox.cursor.plugins.module_utils._filters.endpoints import ENDPOINTS, did_you_mean, target
from ansible_collections.netbox.cursor.plugins.module_utils._filters.representation import Representation
from ansible_collections.netbox.cursor.plugins.module_utils._http.advice import NOT_EVEN_ONE, NOT_ONLY_ONE
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import (
    NetBoxError,
    NotFound,
    NotOne,
    UsageError,
)
from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import filter_pairs
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager
from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row

# Fields to request if the option `returns` is `names` or `ids`. `display` replaces the name of objects without a name.
_FIELDS_FOR = {"names": ("id", "name", "display"), "ids": ("id",)}
# Paths of lists that NetBox truncates without reporting it.
_CUT = re.compile(r"/available-[a-z]+$")
# Maximum number of objects that an error lists.
_MOST_LISTED = 10


@dataclasses.dataclass
class Query:
    """The options of nb_query by name. All terms of a lookup call share these options."""

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
    one: bool
    on_missing: str
    strict_filters: bool

    @classmethod
    def of_options(cls, option: Callable[[str], t.Any]) -> Query:
        """Build a query from the values that ``option`` returns. Spaces or commas can separate field names."""
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
        elif self.returns in ("count", "document"):
            self._refuse(f"returns={self.returns}", {**form, **place, "ordering": self.ordering, "one": self.one})
        if self.returns == "document":
            self._refuse("returns=document", {"id": self.id, "config_context=false": not self.config_context})
        if self.one:
            self._refuse("one=true", {**place, "ordering": self.ordering})

    @property
    def _options(self) -> set[str]:
        """The options of nb_query that errors can mention."""
        return {"page_size", *(field.name for field in dataclasses.fields(self))}

    def answer(self, pager: Pager, term: str, warn: Callable[[str], None]) -> Iterator[t.Any]:
        """Yield the results for ``term`` as they arrive. Call ``warn`` if ``on_missing`` requires a warning.

        Raise :class:`UsageError` if the term or an option is invalid, :class:`NotFound` if an object is missing, and
        :class:`NotOne` if ``one`` is true and not exactly one object matches. Errors of the pager are not caught.
        """
        if self.returns == "document":
            yield from self._document(pager, term, warn)
            return
        endpoint, number = target(term)
        if self.id is not None:
            if number is not None:
                raise UsageError(f"{term!r} already contains an ID. Remove id={self.id}.")
            number = self.id
        try:
            check = FilterCheck(pager.client, options=self._options) if self.strict_filters else None
            if check and number is None:
                check.check(endpoint, self.pairs)
                check.check_ordering(endpoint, self.ordering)
            if number is not None:
                yield from self._formed(self._numbered(pager, endpoint, number, warn))
            elif self.returns == "count":
                yield pager.count(endpoint, self.pairs)
            elif self.one:
                yield from self._formed(self._only_one(pager, endpoint, warn))
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

    def _numbered(self, pager: Pager, endpoint: str, number: int, warn: Callable[[str], None]) -> Iterator[Row]:
        """Yield the object with this ID."""
        beside = {"filters": self.pairs, "ordering": self.ordering, "limit": self.limit, "offset": self.offset}
        self._refuse(f"{endpoint}/{number}, which is a single object,", beside)
        if self.returns == "count":
            raise UsageError(f"returns=count requires a list, but {endpoint}/{number} is a single object.")
        shape = self._representation(endpoint)
        try:
            row = pager.client.get_object(f"api/{endpoint}/{number}/", shape.parameters)
        except NotFound as error:
            self._report_missing(error, error.is_missing_object, warn)
            return
        shape.tidy([row])
        self._check_fields(endpoint, row)
        yield row

    def _only_one(self, pager: Pager, endpoint: str, warn: Callable[[str], None]) -> Iterator[Row]:
        """Yield the object that the filters select. Raise :class:`NotOne` if they select several."""
        shape = self._representation(endpoint)
        rows = list(pager.rows(endpoint, self.pairs, representation=shape, limit=2))
        if len(rows) == 1:
            self._check_fields(endpoint, rows[0])
            yield rows[0]
        elif rows:
            names = Representation(endpoint, fields=["id", "display"])
            some = list(pager.rows(endpoint, self.pairs, representation=names, limit=_MOST_LISTED + 1))
            listed = ", ".join(f"{row.get('display')} (id {row.get('id')})" for row in some[:_MOST_LISTED])
            more = ", …" if len(some) > _MOST_LISTED else ""
            raise NotOne(f"{endpoint}: one=true, but several objects match: {listed}{more}.").amend(advice=NOT_ONLY_ONE)
        else:
            error = NotOne(f"{endpoint}: one=true, but no object matches.")
            error.amend(advice=NOT_EVEN_ONE)
            self._report_missing(error, True, warn)

    def _document(self, pager: Pager, term: str, warn: Callable[[str], None]) -> Iterator[t.Any]:
        """Yield the JSON document at a path in NetBox's API. Raise :class:`UsageError` if the document is a list."""
        path = re.sub(r"^api/", "", str(term).strip().strip("/"))
        if not re.fullmatch(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*", path):
            raise UsageError(
                f"Invalid path {term!r}. Use a path of NetBox's API such as status or dcim/cables/1/trace."
            )
        check = FilterCheck(pager.client) if self.strict_filters and self.pairs else None
        if check:
            check.check(path, self.pairs)
        try:
            document = pager.client.get(f"api/{path}/", self.pairs)
        except NotFound as error:
            self._report_missing(error, error.is_missing_object, warn)
            return
        if _CUT.search(path) or (isinstance(document, dict) and {"results", "next"} <= set(document)):
            raise UsageError(f"{path} is a list, and NetBox would return only a part of it. Remove returns=document.")
        if check:
            check.confirm(path, self.pairs)
        yield document

    def _report_missing(self, error: NetBoxError, is_missing: bool, warn: Callable[[str], None]) -> None:
        """If ``error`` reports a missing object, apply the option ``on_missing``. Otherwise, raise ``error``."""
        if self.on_missing == "error" or not is_missing:
            raise error
        if self.on_missing == "warn":
            warn(str(error))

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
            raise UsageError(f"fields: objects in {endpoint} do not have {' or '.join(unknown)}.")

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
