# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""One object of NetBox, named by filters."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable

from ansible_collections.netbox.cursor.plugins.module_utils._filters.check import FilterCheck
from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import NotOne, UnexpectedAnswer, UsageError
from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import Pairs
from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row

# What tells objects of one name apart. NetBox leaves out what an object does not have.
_PLACES = ("site", "location", "rack", "device", "virtual_machine", "cluster", "tenant", "provider")
_MOST_LISTED = 10


def find_one(client: Client, endpoint: str, filters: Pairs) -> Row:
    """The one object of ``endpoint`` (``dcim/racks``) that ``filters`` select: its id, url, display and place.

    Costs one request. Raises :class:`UsageError` for filters that NetBox does not know, :class:`NotOne` where none or
    several match; the message lists these.
    """
    if not filters:
        raise UsageError(f"nothing says which of {endpoint} is meant.")
    check = FilterCheck(client, options=())
    check.check(endpoint, filters)
    wanted = ("id", "url", "display", *_PLACES)
    paging = [("fields", ",".join(wanted)), ("limit", str(_MOST_LISTED + 1))]
    answer = client.get(f"api/{endpoint}/", [*filters, *paging])
    check.confirm(endpoint, filters)
    rows = answer.get("results") if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise UnexpectedAnswer(f"{endpoint} is not a list of objects.")
    if len(rows) == 1:
        return t.cast(Row, rows[0])
    asked = " ".join(f"{name}={value}" for name, value in filters)
    if not rows:
        raise NotOne(f"Nothing of {endpoint} matches {asked}, as far as the user of the token may see.")
    raise NotOne(f"Several of {endpoint} match {asked}: {listed(rows)}. Say more, or use the id.")


def listed(rows: Iterable[Row]) -> str:
    """Objects in words, for an error: what tells them apart, and their ids."""
    texts = [_shown(row) for row in rows]
    more = texts[_MOST_LISTED:]
    return ", ".join(texts[:_MOST_LISTED]) + (" and more" if more else "")


def _shown(row: Row) -> str:
    places = [f"{name} {row[name].get('display')}" for name in _PLACES if isinstance(row.get(name), dict)]
    return f"{row.get('display')} ({', '.join([*places, 'id ' + str(row.get('id'))])})"
