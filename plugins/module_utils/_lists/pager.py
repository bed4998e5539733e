# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Read complete lists from NetBox's REST API, with cursors or offsets, in sequence or in parallel."""

from __future__ import annotations

import math
import time
import typing as t
from collections.abc import Generator, Iterator, Sequence

from ansible_collections.netbox.cursor.plugins.module_utils._filters.representation import Representation
from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UnexpectedAnswer, UsageError
from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import Pairs, chunks
from ansible_collections.netbox.cursor.plugins.module_utils._lists.context import Context
from ansible_collections.netbox.cursor.plugins.module_utils._lists.merge import Merge, memory_share
from ansible_collections.netbox.cursor.plugins.module_utils._lists.page_size import FIRST_PAGE, LARGEST_PAGE
from ansible_collections.netbox.cursor.plugins.module_utils._lists.query import ListQuery, are_in_sequence
from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import look_ahead
from ansible_collections.netbox.cursor.plugins.module_utils._lists.reader import ListReader
from ansible_collections.netbox.cursor.plugins.module_utils._lists.rows import Row, drop_adjacent_duplicates
from ansible_collections.netbox.cursor.plugins.module_utils._lists.state import ListState, ServerState
from ansible_collections.netbox.cursor.plugins.module_utils._lists.threads import DaemonThreads
from ansible_collections.netbox.cursor.plugins.module_utils._lists.workers import ExecutorClass, Workers, ordered_map

MODES = ("auto", "cursor", "offset")
# Reading a list with 4 cursors is nearly four times as fast as with one. If NetBox is installed as its documentation
# describes, it has 5 processes, so one process remains for other users.
MAX_WORKERS = 4


class Pager:
    """Reads lists from one NetBox server.

    * ``pagination``: ``auto``, ``cursor`` (and fail if a list does not support it), or ``offset``.
    * ``page_size``: number of rows in a page. By default, the first page has 300 rows, and later pages have up to 1,000
      rows if the rows are small.
    * ``max_workers``: number of threads that send requests. With 1, requests are sent in sequence.
    * ``executor_class``: a replacement for ``concurrent.futures.ThreadPoolExecutor``.
    * ``warn``: called with each warning for the user. By default, warnings go to the client's log.

    Several threads can read lists through one pager concurrently, including its own workers.
    """

    def __init__(
        self,
        client: Client,
        *,
        pagination: str = "auto",
        page_size: int | None = None,
        max_workers: int = MAX_WORKERS,
        executor_class: ExecutorClass = DaemonThreads,
        warn: t.Callable[[str], object] | None = None,
    ) -> None:
        if pagination not in MODES:
            raise UsageError(f"pagination must be one of {', '.join(MODES)}, not {pagination!r}.")
        if page_size is not None and page_size < 1:
            raise UsageError(f"page_size must be at least 1, not {page_size}.")
        self.client = client
        self.page_size = page_size or FIRST_PAGE
        self.workers = Workers(max_workers, executor_class)
        self.context = Context(
            client=client,
            workers=self.workers,
            server=ServerState(),
            pagination=pagination,
            first_page=self.page_size,
            largest_page=page_size or LARGEST_PAGE,
            warn=warn or (lambda text: client.log(0, text)),
        )

    def __enter__(self) -> Pager:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop the threads. Unfinished reads fail with an error. The client stays open."""
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
        skip_deleted: tuple[str, str] | None = None,
        are_small: bool = False,
    ) -> Generator[Row, None, None]:
        """Yield the objects in a list as they arrive, in ID order or in the order that ``ordering`` specifies.

        No object is repeated. For the parameters, see :class:`ListQuery`, in which ``limit`` is called ``max_rows``.
        With ``ordering`` or ``offset``, the list is read by offset. If the filters are too long for one URL, several
        requests are sent.

        Raise :class:`UsageError` immediately if the parameters are invalid or cannot be combined. Raise
        :class:`IncompleteList` if rows were lost. Errors from the client are raised unchanged.
        """
        pages = self.pages(
            endpoint,
            filters,
            representation=representation,
            ordering=ordering,
            offset=offset,
            limit=limit,
            skip_deleted=skip_deleted,
            are_small=are_small,
        )
        return flatten(pages)

    def pages(
        self,
        endpoint: str,
        filters: Pairs | None = None,
        *,
        representation: Representation | None = None,
        ordering: str | None = None,
        offset: int | None = None,
        limit: int | None = None,
        skip_deleted: tuple[str, str] | None = None,
        are_small: bool = False,
    ) -> Generator[list[Row], None, None]:
        """Yield lists of the objects from :meth:`rows`, as they arrive."""
        endpoint = endpoint.strip("/")
        return self.read(
            ListQuery(
                endpoint,
                filters or [],
                representation or Representation(endpoint),
                ordering,
                offset,
                limit,
                skip_deleted,
                are_small,
            )
        )

    def read(self, query: ListQuery) -> Generator[list[Row], None, None]:
        """Yield lists of the rows that ``query`` describes, as they arrive."""
        self.workers.check_open()
        if self.context.pagination == "cursor" and (query.ordering is not None or query.offset is not None):
            name = "ordering" if query.ordering is not None else "offset"
            raise UsageError(f"pagination=cursor reads in ID order. It cannot be used with {name}.")
        parts = query.parts(self.page_size)
        readers = [ListReader(self.context, parts[0])] if len(parts) == 1 else self._readers(parts)
        source: Iterator[list[Row]]
        if len(parts) == 1:
            source = readers[0].pages()
        elif are_in_sequence(parts):
            source = self._in_sequence(readers)
        else:
            source = Merge([reader.pages(sequential=True) for reader in readers], self.workers).pages()
        states = [reader.state for reader in readers]
        return emit_pages(self.client, query.endpoint, source, states, query.max_rows, query.representation.tidy)

    def _readers(self, parts: list[ListQuery]) -> list[ListReader]:
        share = 1.0 if are_in_sequence(parts) else memory_share(len(parts), self.workers.size)
        size = self.context.page_size(parts[0].endpoint, parts[0].max_rows, share)
        return [ListReader(self.context, part, size) for part in parts]

    def _in_sequence(self, readers: list[ListReader]) -> Iterator[list[Row]]:
        """Yield the rows of several parts, part by part. Each part fits into one page."""
        max_rows, ahead = readers[0].query.max_rows, look_ahead(self.workers.size)
        if max_rows is not None:
            ahead = min(ahead, math.ceil(max_rows / self.page_size))

        def read(reader: ListReader) -> list[Row]:
            rows: list[Row] = []
            for page in reader.pages(sequential=True):
                rows += page
                if max_rows is not None and len(rows) >= max_rows:
                    break
            return rows

        return ordered_map(self.workers, read, readers, ahead)

    def count(self, endpoint: str, filters: Pairs | None = None) -> int:
        """Return the number of objects in a list.

        This sends one small request. If the filters need several URLs, read and count all IDs instead.
        """
        query = ListQuery(endpoint.strip("/"), filters or [])
        if query.is_cut_silently:
            raise UsageError(f"{query.endpoint} cannot be counted: NetBox returns only the first of these objects.")
        parts = chunks(query.filters)
        if len(parts) > 1:
            # A row might be in several parts, so do not add their counts.
            return sum(1 for dummy in self.rows(endpoint, filters, representation=Representation(fields=["id"])))
        small = [("fields", "id"), ("exclude", "config_context"), ("limit", "1")]
        answer = self.client.get(query.path, [*parts[0], *small])
        if isinstance(answer, list):
            return len(answer)
        count = answer.get("count") if isinstance(answer, dict) else None
        if not isinstance(count, int):
            raise UnexpectedAnswer(f"{query.endpoint} is not a list: its response has no count.")
        return count

    def first_page(
        self, endpoint: str, filters: Pairs | None = None, *, representation: Representation | None = None
    ) -> tuple[list[Row], int | None]:
        """Return the first rows of a list in ID order, and the total number of rows, with one request.

        If the filters need several URLs, return no rows and ``None``.
        """
        endpoint = endpoint.strip("/")
        query = ListQuery(endpoint, filters or [], representation or Representation(endpoint))
        parts = query.parts(self.page_size)
        if len(parts) > 1:
            return [], None
        page = ListReader(self.context, parts[0]).first_offset_page()
        rows = drop_adjacent_duplicates(page.rows)
        query.representation.tidy(rows)
        return rows, page.count - len(page.rows) + len(rows)


def flatten(pages: Generator[list[Row], None, None]) -> Generator[Row, None, None]:
    """Yield the rows of ``pages``. If this generator is closed, it closes ``pages``."""
    try:
        for page in pages:
            yield from page
            del page  # frees the rows before the next page arrives
    finally:
        pages.close()


def emit_pages(
    client: Client,
    name: str,
    source: Iterator[list[Row]],
    states: Sequence[ListState],
    max_rows: int | None,
    tidy: t.Callable[[list[Row]], None],
) -> Generator[list[Row], None, None]:
    """Yield the pages of ``source`` without empty pages, and with at most ``max_rows`` rows in total.

    ``tidy`` changes each page before it is yielded. At the end, or if the caller stops earlier, log how the list
    ``name`` was read, according to ``states``.
    """
    began, rows = time.monotonic(), 0
    try:
        for page in source:
            page = page if max_rows is None else page[: max_rows - rows]
            rows += len(page)
            tidy(page)
            if page:
                yield page
            del page  # frees the rows before the next page arrives
            if rows == max_rows:
                return
    finally:
        t.cast("Generator[t.Any, None, None]", source).close()
        modes = ", ".join(dict.fromkeys(state.mode for state in states))
        requests = sum(state.requests for state in states)
        client.log(1, f"{name}: {rows} rows by {modes}, {requests} requests, {time.monotonic() - began:.1f} s")
