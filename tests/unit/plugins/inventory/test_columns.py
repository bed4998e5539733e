# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rows survive the conversion to columns, also as JSON text."""

from __future__ import annotations

import json
import typing as t

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.columns import from_columns, to_columns

SCALARS = st.none() | st.booleans() | st.integers(-3, 3) | st.floats(allow_nan=False) | st.text(max_size=3)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
ROWS = st.lists(st.dictionaries(st.sampled_from(("id", "name", "site", "tags")), VALUES, min_size=1), max_size=12)


@settings(derandomize=True, deadline=None)
@given(ROWS)
def test_rows_come_back_as_they_were(rows: list[dict[str, t.Any]]) -> None:
    found = from_columns(json.loads(json.dumps(to_columns(rows))))
    # As text, because 1 == True == 1.0, and because the order of the fields counts.
    assert list(map(json.dumps, found)) == list(map(json.dumps, rows))


def test_equal_objects_are_stored_once() -> None:
    rows = [{"id": number, "site": {"id": number % 2, "slug": "x" * 50}} for number in range(100)]
    assert json.dumps(to_columns(rows)).count("x" * 50) == 2
    found = from_columns(to_columns(rows))
    assert found[0]["site"] == found[2]["site"]
    assert found[0]["site"] is not found[2]["site"]
