# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Send the requests for one list."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.netbox.cursor.plugins.module_utils._filters.representation import Representation
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import BadRequest
from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import Pairs
from ansible_collections.netbox.cursor.plugins.module_utils._lists.answers import ListAnswer, read_answer
from ansible_collections.netbox.cursor.plugins.module_utils._lists.context import Context
from ansible_collections.netbox.cursor.plugins.module_utils._lists.page_size import PageSize
from ansible_collections.netbox.cursor.plugins.module_utils._lists.query import ListQuery
from ansible_collections.netbox.cursor.plugins.module_utils._lists.state import ListState


class ListRequests:
    """Sends the requests for the list that ``query`` describes. Several threads can use it.

    ``existing_ids`` returns the IDs of the existing objects that a query selects. It counts its requests.
    """

    def __init__(
        self,
        context: Context,
        query: ListQuery,
        size: PageSize,
        existing_ids: t.Callable[[ListQuery, ListState], set[str]],
    ) -> None:
        self._context = context
        self._query = query
        self._existing_ids = existing_ids
        self.size = size
        self.state = ListState(query.endpoint, query.filters)

    def page(self, paging: Pairs, rows: int, raise_statuses: tuple[int, ...] = ()) -> ListAnswer:
        """Return a page of at most ``rows`` rows. For ``raise_statuses``, see :meth:`PageSize.read`."""

        def fetch(page_rows: int, raise_if_overloaded: bool) -> ListAnswer:
            parameters = [*self._query.representation.parameters, *paging, ("limit", str(page_rows))]
            answer = read_answer(self._query.endpoint, self.get(parameters, raise_if_overloaded), page_rows)
            if answer.page_rows < page_rows:
                self.size.set_maximum(answer.page_rows)
            self._context.server.note_page(len(answer.rows))
            return answer

        return self.size.read(rows, fetch, raise_statuses)

    def get(self, parameters: Pairs, raise_if_overloaded: bool = False) -> t.Any:
        """Send a GET request for the list with its filters and ``parameters``, and return the JSON of the response.

        If NetBox rejects an ID in the filter ``skip_deleted`` of the query, remove the IDs that no longer exist, and
        try again.
        """
        while True:
            self._context.workers.check_open()
            self.state.count_requests()
            filters = self.state.filters
            try:
                return self._context.client.get(
                    self._query.path, [*filters, *parameters], raise_if_overloaded=raise_if_overloaded
                )
            except BadRequest as error:
                if not self._drop_deleted(filters, error):
                    raise
                name = (self._query.skip_deleted or ("",))[0]
                if not any(pair[0] == name for pair in self.state.filters):
                    by_cursor = "start" in dict(parameters)
                    return {"count": None if by_cursor else 0, "next": None, "results": []}

    def _drop_deleted(self, filters: Pairs, error: BadRequest) -> bool:
        """Remove the IDs in ``filters`` that no longer exist. Return whether the filters have changed.

        Each response names only one ID, so check all IDs. Another thread might have removed them already.
        """
        if self._query.skip_deleted is None:
            return False
        name, endpoint = self._query.skip_deleted
        if set(error.fields) != {name}:
            return False
        if filters is not self.state.filters:
            return True
        values = [value for key, value in filters if key == name]
        query = ListQuery(endpoint, [("id", value) for value in values], Representation(endpoint, fields=["id"]))
        existing = self._existing_ids(query, self.state)
        gone = {(name, value) for value in values if value not in existing}
        self._context.client.log(2, f"{self._query.endpoint}: {len(gone)} values of {name} no longer exist")
        self.state.remove_filters(gone)
        return bool(gone)


def with_fields(query: ListQuery, *fields: str) -> ListQuery:
    """Return a copy of ``query`` that requests only these fields."""
    return dataclasses.replace(query, representation=Representation(query.endpoint, fields=fields))
