# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Find one NetBox object by filters."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable

from ansible_collections.netbox.cursor.plugins.module_utils._filters.check import FilterCheck
from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import NotOne, UnexpectedAnswer, UsageError
from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import Pairs
from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row

# Fields that distinguish objects if several objects share a name. NetBox omits fields that an object does not have.
_PLACES = ("site", "location", "rack", "device", "virtual_machine", "cluster", "tenant", "provider")
_MAX_LISTED = 10


def find_one(client: Client, endpoint: str, filters: Pairs) -> Row:
    """Return the ID, URL, display name, and place of the only object in ``endpoint`` that ``filters`` select.

    This sends one list request. Raise :class:`UsageError` if NetBox does not support a filter. Raise :class:`NotOne` if
    no object or several objects match. If several objects match, the message lists them.
    """
    if not filters:
        raise UsageError(f"Specify filters that select one object in {endpoint}.")
    check = FilterCheck(client, options=())
    check.check(endpoint, filters)
    fields = ("id", "url", "display", *_PLACES)
    paging = [("fields", ",".join(fields)), ("limit", str(_MAX_LISTED + 1))]
    answer = client.get(f"api/{endpoint}/", [*filters, *paging])
    check.confirm(endpoint, filters)
    rows = answer.get("results") if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise UnexpectedAnswer(f"The response for {endpoint} is not a list of objects.")
    if len(rows) == 1:
        return t.cast(Row, rows[0])
    selection = " ".join(f"{name}={value}" for name, value in filters)
    if not rows:
        raise NotOne(f"No object in {endpoint} that the token's user can view matches {selection}.")
    raise NotOne(f"Several objects in {endpoint} match {selection}: {_list(rows)}. Add filters, or use the ID.")


def _list(rows: Iterable[Row]) -> str:
    texts = [_describe(row) for row in rows]
    more = texts[_MAX_LISTED:]
    return ", ".join(texts[:_MAX_LISTED]) + (" and more" if more else "")


def _describe(row: Row) -> str:
    places = [f"{name} {row[name].get('display')}" for name in _PLACES if isinstance(row.get(name), dict)]
    return f"{row.get('display')} ({', '.join([*places, 'id ' + str(row.get('id'))])})"
