# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""The objects and settings that a pager passes to the readers of its lists."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._lists.page_size import PageSize
from ansible_collections.netbox.cursor.plugins.module_utils._lists.state import ServerState
from ansible_collections.netbox.cursor.plugins.module_utils._lists.workers import Workers


@dataclasses.dataclass(frozen=True)
class Context:
    """The shared objects and settings of a pager.

    * ``pagination``: ``auto``, ``cursor``, or ``offset``.
    * ``first_page``, ``largest_page``: number of rows in the first page, and maximum number of rows in later pages.
    * ``warn``: called with each warning for the user.
    """

    client: Client
    workers: Workers
    server: ServerState
    pagination: str
    first_page: int
    largest_page: int
    warn: t.Callable[[str], object]

    def page_size(
        self, name: str, max_rows: int | None = None, share: float = 1.0, *, are_small: bool = False
    ) -> PageSize:
        """Return the page size for reading at most ``max_rows`` rows of the list ``name``.

        If the rows ``are_small``, the first page is as large as later pages. For ``share``, see :class:`PageSize`.
        """
        usual = self.largest_page if are_small else self.first_page
        first, largest = (min(rows, max_rows or rows) for rows in (usual, self.largest_page))
        return PageSize(self.client, name, first, largest, share)
