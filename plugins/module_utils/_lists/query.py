# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""The description of a list query: the endpoint, the rows to read, and their representation."""

from __future__ import annotations

import dataclasses
import re

from ansible_collections.netbox.cursor.plugins.module_utils._filters.representation import Representation
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UsageError
from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import (
    MAX_QUERY_BYTES,
    Pairs,
    chunks,
    encode,
)

# Parameters that only the pager sets.
PAGING = ("start", "limit", "offset", "ordering")
# Core endpoints that do not support cursor pagination, up to NetBox 4.7. The endpoint asn-ranges has a filter named
# `start`. The other views paginate Python lists.
WITHOUT_CURSOR = re.compile(
    r"ipam/asn-ranges$|dcim/racks/\d+/elevation$|extras/custom-field-choice-sets/\d+/choices$|core/background-"
)
# Lists that NetBox truncates to MAX_PAGE_SIZE objects. The response contains neither a count nor a link to a next page.
CUT_SILENTLY = re.compile(r"(?P<parents>[^?]+)/\d+/available-(ips|vlans|asns)$")


@dataclasses.dataclass(frozen=True)
class ListQuery:
    """The rows of a list to read, and their representation.

    * ``endpoint``: the path below ``api/``, such as ``dcim/devices`` or ``plugins/bgp/sessions``.
    * ``filters``: pairs as returned by ``filter_pairs`` in ``_http.parameters``.
    * ``ordering``: the value of NetBox's parameter, such as ``-name``. ``None``: ID order.
    * ``offset``: number of rows to skip.
    * ``max_rows``: maximum number of rows to return.
    * ``skip_deleted``: the name of a filter whose values are IDs, and the endpoint of the objects with these IDs. If
      NetBox rejects an ID because its object was deleted, the query continues without the ID.
    * ``are_small``: whether the rows are known to be small, so that the first page can be large.

    Raise :class:`UsageError` if a value is invalid, or if values cannot be combined.
    """

    endpoint: str
    filters: Pairs = dataclasses.field(default_factory=list)
    representation: Representation = dataclasses.field(default_factory=Representation)
    ordering: str | None = None
    offset: int | None = None
    max_rows: int | None = None
    skip_deleted: tuple[str, str] | None = None
    are_small: bool = False

    def __post_init__(self) -> None:
        if self.max_rows is not None and self.max_rows < 1:
            raise UsageError(f"limit must be at least 1, not {self.max_rows}.")
        if self.offset is not None and self.offset < 0:
            raise UsageError(f"offset must be at least 0, not {self.offset}.")
        for name, dummy in self.filters:
            if name in PAGING:
                raise UsageError(f"{name!r} is not a filter. NetBox uses it for paging.")
        if self.is_cut_silently and self.ordering is not None:
            raise UsageError(f"{self.endpoint} does not support ordering.")

    @property
    def path(self) -> str:
        return f"api/{self.endpoint}/"

    @property
    def is_of_plugin(self) -> bool:
        return self.endpoint.startswith("plugins/")

    @property
    def is_cut_silently(self) -> bool:
        """Whether NetBox returns only the first rows and does not report whether there are more."""
        return bool(CUT_SILENTLY.match(self.endpoint))

    @property
    def highest_id(self) -> int | None:
        """The highest ID that a row can have, or ``None`` if the filters do not list the IDs."""
        ids = [value for name, value in self.filters if name == "id"]
        return max(map(int, ids)) if ids and all(re.fullmatch("[0-9]{1,19}", value) for value in ids) else None

    @property
    def selects_by_id(self) -> bool:
        """Whether a filter selects objects by ID. NetBox would combine a second ID filter with OR."""
        return any(name == "id" or name.startswith("id__") for name, dummy in self.filters)

    def parts(self, page_rows: int) -> list[ListQuery]:
        """Split this query into queries whose filters fit into one URL each.

        If the query is split by ID, each part has at most ``page_rows`` IDs, and the parts are in ID order.
        """
        room = MAX_QUERY_BYTES - len(encode(self.representation.parameters))
        parts = chunks(self.filters, room, max_ids=page_rows)
        if len(parts) > 1 and (self.ordering is not None or self.offset is not None):
            raise UsageError(
                "The filters need several requests, and NetBox can order only the results of a single request."
            )
        return [dataclasses.replace(self, filters=part) for part in parts]


def are_in_sequence(parts: list[ListQuery]) -> bool:
    """Return whether the parts select different IDs, so that all rows of a part precede the next part's rows."""
    highest = [part.highest_id for part in parts]
    return None not in highest and len(set(highest)) == len(highest)
