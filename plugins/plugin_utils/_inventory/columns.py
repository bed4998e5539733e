# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Convert rows to JSON data in columns.

The data contains the field names once. It also contains equal dictionaries and lists only once, for example, the site
of many devices. Therefore, it has a fourth of the size. A refresh of 25,000 hosts with 200,000 interfaces takes 6.1 s
of CPU time. If the cache contained rows instead, it would take 7.6 s.
"""

from __future__ import annotations

import functools
import itertools
import typing as t
from collections.abc import Iterable

from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.values import deep_copy

# Successive rows with the same fields: the names of the fields, and a column for each field. A column is the list of
# its values, or `{"values": distinct values, "places": the place of each row's value}`.
Run = dict[str, t.Any]


def to_columns(rows: Iterable[Row]) -> list[Run]:
    """Convert rows of JSON values. Keep the order of the rows and of their fields."""
    runs = []
    for fields, group in itertools.groupby(rows, key=tuple):
        some = list(group)
        runs.append({"fields": fields, "columns": [_column([row[field] for row in some]) for field in fields]})
    return runs


def from_columns(runs: Iterable[Run]) -> list[Row]:
    """Convert the result of :func:`to_columns` back to rows."""
    rows: list[Row] = []
    for run in runs:
        columns = map(_values, run["columns"])
        rows += [dict(zip(run["fields"], values)) for values in zip(*columns)]
    return rows


def _column(values: list[t.Any]) -> t.Any:
    if not any(isinstance(value, (dict, list)) for value in values):
        return values
    distinct: list[t.Any] = []
    # Many values are the same object. Its text is made only once. The text distinguishes 1, 1.0, and true.
    place_of_object: dict[int, int] = {}
    place_of_text: dict[str, int] = {}
    places = []
    for value in values:
        place = place_of_object.get(id(value))
        if place is None:
            place = place_of_text.setdefault(repr(value), len(distinct))
            if place == len(distinct):
                distinct.append(value)
            place_of_object[id(value)] = place
        places.append(place)
    return {"values": distinct, "places": places}


def _values(column: t.Any) -> list[t.Any]:
    """Return the values of a column. No two values are the same dictionary or list, so each row can be changed."""
    if not isinstance(column, dict):
        return t.cast("list[t.Any]", column)
    copies = list(map(_copying, column["values"]))
    return [copies[place]() for place in column["places"]]


def _copying(value: t.Any) -> t.Callable[[], t.Any]:
    """Return a function that returns a copy of ``value``."""
    if not isinstance(value, (dict, list)):
        return lambda: value
    parts = value.values() if isinstance(value, dict) else value
    if any(isinstance(part, (dict, list)) for part in parts):
        return functools.partial(deep_copy, value)
    # This is ten times as fast as a deep copy.
    return value.copy
