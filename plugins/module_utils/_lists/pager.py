# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""REST lists, every row once: by cursor, by several cursors at once, by offset, by offset in several threads.

No request is spent on finding out which: the first page is asked for with ``start=0``, and it is a cursor's page if and
only if its ``count`` is null (FACTS 1).
"""

from __future__ import annotations

import concurrent.futures
import dataclasses
import heapq
import itertools
import re
import time
import typing as t
from collections.abc import Iterator, Sequence
from urllib.parse import parse_qsl

from ansible_collections.netbox.cursor.plugins.module_utils._filters.representation import Representation
from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import (
    BadRequest,
    NetBoxError,
    ServerFailed,
    UnexpectedAnswer,
    UsageError,
)
from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import (
    MAX_QUERY_BYTES,
    Pairs,
    chunks,
    encode,
)
from ansible_collections.netbox.cursor.plugins.module_utils._lists.offsets import Window, numeric_ids, once, whole
from ansible_collections.netbox.cursor.plugins.module_utils._lists.offsets import walk as walk_offsets
from ansible_collections.netbox.cursor.plugins.module_utils._lists.page_size import PageSize
from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Page, Row, follow, look_ahead
from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import walk as walk_ranges
from ansible_collections.netbox.cursor.plugins.module_utils._lists.threads import DaemonThreads
from ansible_collections.netbox.cursor.plugins.module_utils._lists.workers import Workers, ordered_map

MODES = ("auto", "cursor", "offset")
FIRST_WITH_CURSOR = (4, 6)
# Rows asked for at first. With 4 workers, six pages of whole devices (4.5 kB each) stay below 60 MB on every Python,
# which those of 400 rows do not on 3.9. With 8, the first page, which comes alone, is short enough for 20,000 rows to
# come 6 times sooner (tests/bench).
PAGE_SIZE = 300
# Rows asked for where they are small. NetBox gives no more unless its MAX_PAGE_SIZE is changed.
LARGEST_PAGE = 1000
# With 4 cursors a list comes nearly four times sooner than with one (tests/bench). NetBox as its documentation installs
# it has 5 processes: one stays for people.
MAX_WORKERS = 4
# Core endpoints where `start` is something else than a cursor, or breaks: asn-ranges have a field of that name, the
# others are made from Python lists (FACTS 1, "Where cursor does NOT work").
WITHOUT_CURSOR = re.compile(
    r"ipam/asn-ranges$|dcim/racks/\d+/elevation$|extras/custom-field-choice-sets/\d+/choices$|core/background-"
)
OWNED = ("start", "limit", "offset", "ordering")
# Requests that one list may need: a million rows one by one. A server whose list never ends is left alone then.
MOST_REQUESTS = 1_000_000


class Pager:
    """Walks the lists of one NetBox.

    * ``pagination``: ``auto``, ``cursor`` (never anything else) or ``offset``.
    * ``page_size``: rows in one request; by default the first page has 300, and those after it up to 1,000, if they are
      small.
    * ``max_workers``: requests under way at once, over all lists of this pager; 1 asks one after the other.
    * ``executor_class``: a drop-in for ``concurrent.futures.ThreadPoolExecutor``.

    Lists of one pager may be walked from several threads.
    """

    def __init__(
        self,
        client: Client,
        *,
        pagination: str = "auto",
        page_size: int | None = None,
        max_workers: int = MAX_WORKERS,
        executor_class: t.Callable[..., concurrent.futures.Executor] = DaemonThreads,
    ) -> None:
        if pagination not in MODES:
            raise UsageError(f"pagination is {pagination!r}: choose from {', '.join(MODES)}.")
        if page_size is not None and page_size < 1:
            raise UsageError(f"page_size is {page_size}: at least one row is needed in a page.")
        self.client = client
        self.pagination = pagination
        self.page_size = page_size or PAGE_SIZE
        self.largest_page = page_size or LARGEST_PAGE
        self.workers = Workers(max_workers, executor_class)
        self._without_cursor: set[str] = set()

    def __enter__(self) -> Pager:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End the worker threads; the client stays open."""
        self.workers.close()

    def rows(
        self,
        endpoint: str,
        filters: Pairs | None = None,
        *,
        representation: Representation | None = None,
        ordering: str | None = None,
        offset: int | None = None,
        limit: int | None = None,
        stale: tuple[str, str] | None = None,
    ) -> Iterator[Row]:
        """The objects of a list as they arrive, each once, in id order or in that of ``ordering``.

        * ``endpoint``: path below ``api/``, such as ``dcim/devices`` or ``plugins/bgp/sessions``.
        * ``filters``: pairs as of ``_parameters.filter_pairs``; too many for one URL are asked for in several.
        * ``ordering``: NetBox's ``ordering``, such as ``-name``; this excludes cursors.
        * ``offset``: only the one page that begins after that many rows; this excludes cursors.
        * ``limit``: stop after that many rows.
        * ``stale``: name of a filter whose values are ids that may have been deleted meanwhile, with the endpoint of
          what has these ids: where NetBox refuses one (FACTS 4), those that are gone are left out, instead of losing
          all the others.

        Raises :class:`UsageError` before anything is sent where these exclude each other, :class:`IncompleteList` where
        rows were lost, and what the client raises.
        """
        return itertools.chain.from_iterable(
            self.pages(
                endpoint,
                filters,
                representation=representation,
                ordering=ordering,
                offset=offset,
                limit=limit,
                stale=stale,
            )
        )

    def pages(
        self,
        endpoint: str,
        filters: Pairs | None = None,
        *,
        representation: Representation | None = None,
        ordering: str | None = None,
        offset: int | None = None,
        limit: int | None = None,
        stale: tuple[str, str] | None = None,
    ) -> Iterator[list[Row]]:
        """:meth:`rows`, handed on in lists of some, as they arrive."""
        if self.pagination == "cursor" and (ordering is not None or offset is not None):
            name = "ordering" if ordering is not None else "offset"
            raise UsageError(f"pagination=cursor goes by id: it cannot be used together with {name}.")
        if limit is not None and limit < 1:
            raise UsageError(f"limit is {limit}: ask for one object at least.")
        if offset is not None and offset < 0:
            raise UsageError(f"offset is {offset}: it counts rows from 0.")
        for name, dummy in filters or ():
            if name in OWNED:
                raise UsageError(f"{name!r} is not a filter: NetBox pages by it.")
        shape = representation or Representation(endpoint)
        parts = chunks(filters or [], MAX_QUERY_BYTES - len(encode(shape.parameters)))
        if len(parts) > 1 and (ordering is not None or offset is not None):
            raise UsageError("the filters need several requests, which NetBox cannot bring into one order.")
        lists = [_List(self, endpoint, part, shape, ordering, limit, stale) for part in parts]
        if offset is not None:
            source = lists[0].one_page(offset)
        elif len(lists) == 1:
            source = lists[0].pages()
        else:
            source = self._several(lists)
        return handed_on(self.client, endpoint, source, lists, limit, shape.tidy)

    def _several(self, lists: list[_List]) -> t.Generator[list[Row], None, None]:
        """The rows of several parts of a list, in id order, each once.

        One page of each part is in memory at a time. The first ones are fetched side by side.
        """
        begun = ordered_map(self.workers, _List.begun, lists, look_ahead(self.workers.size))
        if lists[0].ids != lists[1].ids:
            # Cut by id, they follow each other.
            for pages in begun:
                yield from pages
            return
        last = None
        merged = heapq.merge(*(itertools.chain.from_iterable(pages) for pages in begun), key=_number)
        for row in merged:
            if row["id"] != last:
                last = row["id"]
                yield [row]

    def count(self, endpoint: str, filters: Pairs | None = None) -> int:
        """How many objects a list has; one small request, or several when the filters need several URLs."""
        client, parts = self.client, chunks(filters or [])
        if len(parts) > 1:
            # A row may be in several parts, so that their counts say nothing.
            return sum(1 for dummy in self.rows(endpoint, filters, representation=Representation(fields=["id"])))
        answer = client.get(
            _path(endpoint), [*parts[0], ("fields", "id"), ("exclude", "config_context"), ("limit", "1")]
        )
        if isinstance(answer, list):
            return len(answer)
        count = answer.get("count") if isinstance(answer, dict) else None
        if not isinstance(count, int):
            raise UnexpectedAnswer(f"{endpoint} is not a list: its answer has no count.")
        return count

    def first_page(
        self, endpoint: str, filters: Pairs | None = None, *, representation: Representation | None = None
    ) -> tuple[list[Row], int | None]:
        """The first rows of a list, in id order, and how many it has in all: one request.

        No rows and ``None`` where the filters need several URLs.
        """
        shape = representation or Representation(endpoint)
        parts = chunks(filters or [], MAX_QUERY_BYTES - len(encode(shape.parameters)))
        if len(parts) > 1:
            return [], None
        window = _List(self, endpoint, parts[0], shape, None, None, None).first_window()
        rows = once(window.rows)
        shape.tidy(rows)
        return rows, window.count - len(window.rows) + len(rows)

    def has_cursor(self, endpoint: str) -> bool:
        """Whether a cursor may be tried; ``True`` also where nothing is known yet."""
        version = self.client.api_version
        return not (
            self.pagination == "offset"
            or (version is not None and version < FIRST_WITH_CURSOR)
            or WITHOUT_CURSOR.search(endpoint)
            or endpoint in self._without_cursor
        )

    def forget_cursor(self, endpoint: str) -> None:
        """Remember for this pager that ``endpoint`` knows no cursor."""
        self._without_cursor.add(endpoint)


class Walked(t.Protocol):
    """A list being walked: by what mode, and with how many requests up to now."""

    mode: str
    requests: int


def handed_on(
    client: Client,
    name: str,
    source: t.Generator[list[Row], None, None],
    lists: Sequence[Walked],
    limit: int | None,
    tidy: t.Callable[[list[Row]], None],
) -> Iterator[list[Row]]:
    """The pages of ``source`` up to ``limit`` rows, each as ``tidy`` makes it look, and none that is empty.

    One line for the log in the end, also where the caller stops before: how ``name`` was walked, which ``lists`` know.
    """
    began, rows = time.monotonic(), 0
    try:
        for page in source:
            page = page if limit is None else page[: limit - rows]
            rows += len(page)
            tidy(page)
            if page:
                yield page
            if rows == limit:
                return
    finally:
        source.close()
        modes = ", ".join(dict.fromkeys(walked.mode for walked in lists))
        requests = sum(walked.requests for walked in lists)
        client.log(1, f"{name}: {rows} rows by {modes}, {requests} requests, {time.monotonic() - began:.1f} s")


def _is_row(value: t.Any) -> bool:
    return isinstance(value, dict) and not isinstance(value.get("id"), (dict, list))


def _number(row: Row) -> int:
    """The id of a row, by which those of several requests are brought into order."""
    if numeric_ids([row]) is None:
        raise UnexpectedAnswer("what several requests found cannot be put together: its ids are no numbers.")
    return t.cast(int, row["id"])


def _path(endpoint: str) -> str:
    return f"api/{endpoint.strip('/')}/"


@dataclasses.dataclass
class _Answer:
    """What NetBox answered for a page. ``count`` is ``None`` if and only if it went by cursor."""

    rows: list[Row]
    count: int | None
    next: dict[str, int] | None
    """``start``, ``offset`` and ``limit`` of its ``next``, all that is trusted of it; ``None`` on the last page."""
    limit: int
    """How many rows it could have had: what was asked for, or the server's maximum where that is less."""

    def window(self, endpoint: str) -> Window:
        if self.count is None:
            raise UnexpectedAnswer(f"{endpoint}: a page by offset has no count.")
        if not self.rows and self.next is not None:
            raise UnexpectedAnswer(f"{endpoint}: an empty page is followed by another.")
        return Window(self.rows, self.count, self.next is not None)


class _List:
    """One list being walked, with filters that fit one URL."""

    def __init__(
        self,
        pager: Pager,
        endpoint: str,
        filters: Pairs,
        representation: Representation,
        ordering: str | None,
        most: int | None,
        stale: tuple[str, str] | None,
    ) -> None:
        self._pager = pager
        self._client = pager.client
        self._workers = pager.workers
        self._endpoint = endpoint.strip("/")
        self._filters = filters
        self._parameters = representation.parameters
        self._ordering = ordering
        self._most = most
        self._stale = stale
        first, largest = (min(size, most or size) for size in (pager.page_size, pager.largest_page))
        self._size = PageSize(pager.client, self._endpoint, first, largest)
        self.mode = "cursor"
        self.requests = 0

    @property
    def ids(self) -> list[str]:
        """The values of the filter ``id``."""
        return [value for name, value in self._filters if name == "id"]

    def begun(self) -> Iterator[list[Row]]:
        """:meth:`pages` one after the other, with the first page fetched already."""
        source = self.pages(alone=True)
        return itertools.chain([next(source, [])], source)

    def pages(self, alone: bool = False) -> t.Generator[list[Row], None, None]:
        """The rows, some at a time. ``alone``: without the workers."""
        alone = alone or self._workers.size == 1 or (self._most is not None and self._most <= self._size.rows)
        if self._ordering is None and self._pager.has_cursor(self._endpoint):
            answer = self._first_by_cursor()
            if answer is not None and answer.count is None:
                first = self._cursor_page(answer, 0)
                limit = self._size.rows if self._size.grow(answer.rows) else answer.limit
                if alone:
                    yield from follow(first, self._fetch, limit)
                else:
                    yield from walk_ranges(first, self._fetch, self._survey, self._workers, limit)
                return
        else:
            answer = None
            if self._pager.pagination == "cursor":
                raise self._no_cursor()
        yield from self._by_offset(answer, alone)

    def first_window(self) -> Window:
        """The page at offset 0."""
        return self._ask(self._by_offset_parameters(0), self._size.rows).window(self._endpoint)

    def one_page(self, offset: int) -> t.Generator[list[Row], None, None]:
        """The page that begins after ``offset`` rows."""
        self.mode = "offset"
        yield self._ask(self._by_offset_parameters(offset), self._size.rows).rows

    # By cursor

    def _first_by_cursor(self) -> _Answer | None:
        """The first page: a cursor's, or the whole list by offset, or ``None`` where it must be walked by offset."""
        plugin = self._endpoint.startswith("plugins/")
        try:
            answer = self._ask([("start", "0")], self._size.rows, at_once=(500,))
        except (BadRequest, ServerFailed) as error:
            # Views over lists, and ids that are no numbers, fail with 500. A plugin may have a filter named start.
            collides = plugin and isinstance(error, BadRequest) and "start" in error.fields
            if self._pager.pagination == "cursor" or not (error.status == 500 or collides):
                raise
            self._without_cursor(str(error))
            return None
        if answer.count is not None:
            if self._pager.pagination == "cursor":
                raise self._no_cursor()
            self._without_cursor("it answers by offset")
            return answer if answer.next is None else None
        if numeric_ids(answer.rows) is None:
            self._without_cursor("its ids are no numbers")
            return None
        if plugin and not answer.rows and self._pager.count(self._endpoint, self._filters):
            self._without_cursor("it has a filter named start")
            return None
        return answer

    def _without_cursor(self, reason: str) -> None:
        self._client.log(2, f"{self._endpoint}: no cursor here, {reason}")
        self._pager.forget_cursor(self._endpoint)

    def _no_cursor(self) -> UsageError:
        version = self._client.api_version
        server = f"NetBox {version[0]}.{version[1]}" if version else "NetBox"
        return UsageError(f"{server} has no cursor for {self._endpoint}: set pagination to auto.")

    def _fetch(self, start: int, stop: int | None, limit: int) -> Page:
        paging = [("start", str(start))]
        if stop is not None and not any(name == "id" or name.startswith("id__") for name, dummy in self._filters):
            # Spares NetBox the rows that belong to the next piece. Beside a filter of the user's by id it might widen
            # it (FACTS 4); where it is not known, what is too much is dropped on our side.
            paging.append(("id__lt", str(stop)))
        return self._cursor_page(self._ask(paging, limit), start)

    def _cursor_page(self, answer: _Answer, start: int) -> Page:
        """Hold an answer against what a cursor promises: rows from ``start`` on in id order, then a later start."""
        ids = numeric_ids(answer.rows)
        if answer.count is not None or ids is None:
            raise UnexpectedAnswer(
                f"{self._endpoint}: it gave one page by cursor, and the page from id {start} is none."
            )
        rows = answer.rows
        if any(one == other for one, other in zip(ids, ids[1:])):
            rows = once(rows)
            ids = [row["id"] for row in rows]
        if ids and (ids[0] < start or any(one >= other for one, other in zip(ids, ids[1:]))):
            raise UnexpectedAnswer(f"{self._endpoint}: the rows of the page from id {start} are not in id order.")
        following = None
        if answer.next is not None:
            following = answer.next.get("start", -1)
            if not ids or following <= ids[-1]:
                raise UnexpectedAnswer(f"{self._endpoint}: the page from id {start} is followed by itself.")
        return Page(rows, ids, following)

    def _survey(self) -> tuple[int, int]:
        """How many rows there are, and the highest id: one small request. (0, 0) where that cannot be had."""
        small = [("ordering", "-id"), ("fields", "id"), ("exclude", "config_context")]
        try:
            answer = self._get([*self._filters, *small, ("limit", "1")], impatient=True)
        except NetBoxError as error:
            self._client.log(2, f"{self._endpoint}: going on with one cursor, for want of the highest id: {error}")
            return 0, 0
        try:
            found = self._read(answer, 1)
        except UnexpectedAnswer:
            return 0, 0
        ids = numeric_ids(found.rows)
        if not ids or found.count is None:
            return 0, 0
        self.mode = f"{self._workers.size} cursors"
        return found.count, ids[0]

    # By offset

    def _by_offset(self, answer: _Answer | None, alone: bool) -> t.Generator[list[Row], None, None]:
        """All rows by offset; ``answer`` is the first page when it holds them all."""
        self.mode = "offset" if alone else "threaded offset"
        answer = answer or self._ask(self._by_offset_parameters(0), self._size.rows)
        first = answer.window(self._endpoint)
        if not first.more:
            self.mode = "offset"
            yield whole(first, self._endpoint, sort=self._ordering is None)
            return
        yield from walk_offsets(
            first,
            lambda offset, rows: self._ask(self._by_offset_parameters(offset), rows).window(self._endpoint),
            self._endpoint,
            by_id=self._ordering is None,
            size=answer.limit,
            workers=None if alone else self._workers,
            most=self._most,
        )

    def _by_offset_parameters(self, offset: int) -> Pairs:
        ordering = self._ordering or "id"
        if "id" not in ordering.replace("-", "").split(","):
            ordering += ",id"  # without a tiebreaker, rows are lost between pages (FACTS 13)
        return [("ordering", ordering), *([("offset", str(offset))] if offset else [])]

    # Requests

    def _ask(self, paging: Pairs, rows: int, at_once: tuple[int, ...] = ()) -> _Answer:
        """Ask for a page of at most ``rows`` rows. ``at_once`` as for ``PageSize``."""

        def fetch(limit: int, impatient: bool) -> _Answer:
            parameters = [*self._filters, *self._parameters, *paging, ("limit", str(limit))]
            return self._read(self._get(parameters, impatient), limit)

        return self._size.ask(rows, fetch, at_once)

    def _get(self, parameters: Pairs, impatient: bool) -> t.Any:
        """GET a page, without the values of the filter ``stale`` that are gone if NetBox refuses one of them."""
        while True:
            self.requests += 1
            if self.requests > MOST_REQUESTS:
                raise UnexpectedAnswer(f"{self._endpoint}: the list does not end.")
            try:
                return self._client.get(_path(self._endpoint), parameters, impatient=impatient)
            except BadRequest as error:
                if self._stale is None or set(error.fields) != {self._stale[0]}:
                    raise
                there = self._there(self._stale)
                if all(pair in there for pair in self._filters):
                    raise
                self._filters = there
                parameters = [pair for pair in parameters if pair[0] != self._stale[0] or pair in there]
                if not any(name == self._stale[0] for name, dummy in there):
                    by_cursor = "start" in dict(parameters)
                    return {"count": None if by_cursor else 0, "next": None, "results": []}

    def _there(self, stale: tuple[str, str]) -> Pairs:
        """The filters without the ids that are gone. NetBox names one in each answer, so that it is asked for all."""
        name, endpoint = stale
        numbers = [("id", value) for key, value in self._filters if key == name]
        shape = Representation(endpoint, fields=["id"])
        found = _List(self._pager, endpoint, numbers, shape, None, None, None)
        ids = {str(row["id"]) for page in found.pages(alone=True) for row in page}
        self.requests += found.requests
        self._client.log(2, f"{self._endpoint}: {len(numbers) - len(ids)} values of {name} are gone")
        return [pair for pair in self._filters if pair[0] != name or pair[1] in ids]

    def _read(self, answer: t.Any, limit: int) -> _Answer:
        if isinstance(answer, list) and all(map(_is_row, answer)):
            return _Answer(answer, len(answer), None, limit)  # views that know no pages (FACTS 1, point 5)
        results = answer.get("results") if isinstance(answer, dict) else None
        if not isinstance(results, list) or not all(map(_is_row, results)):
            raise UnexpectedAnswer(f"{self._endpoint} is not a list of objects.")
        count, following = answer.get("count"), answer.get("next")
        if count is not None and (not isinstance(count, int) or count < 0):
            raise UnexpectedAnswer(f"{self._endpoint}: its count is no number.")
        if following is None:
            return _Answer(results, count, None, limit)
        numbers = {
            name: int(number)
            for name, number in parse_qsl(str(following).partition("?")[2].partition("#")[0])
            if name in ("start", "offset", "limit") and re.fullmatch("[0-9]{1,19}", number)
        }
        return _Answer(results, count, numbers, min(limit, numbers.get("limit") or limit))
