# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What people write becomes what NetBox reads."""

from __future__ import annotations

import datetime
import typing as t

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.netbox.cursor.plugins.module_utils._errors import UsageError
from ansible_collections.netbox.cursor.plugins.module_utils._parameters import (
    chunks,
    encode,
    filter_pairs,
    parameter_pairs,
)


@pytest.mark.parametrize(
    ("written", "pairs"),
    [
        (None, []),
        ({}, []),
        ({"site": "ber1"}, [("site", "ber1")]),
        ({"site": ["ber1", "par1"], "id": 5}, [("site", "ber1"), ("site", "par1"), ("id", "5")]),
        ({"a": True, "b": False, "c": None}, [("a", "true"), ("b", "false"), ("c", "null")]),
        ({"created__gte": datetime.date(2026, 1, 2)}, [("created__gte", "2026-01-02")]),
        ([{"site": "ber1"}, {"site": "par1"}], [("site", "ber1"), ("site", "par1")]),
        ("site=ber1 status=active", [("site", "ber1"), ("status", "active")]),
        ("name='sw 1' cf_note=\"a=b\"", [("name", "sw 1"), ("cf_note", "a=b")]),
        (["site=ber1", {"role": "leaf"}], [("site", "ber1"), ("role", "leaf")]),
    ],
)
def test_all_forms_become_pairs(written: t.Any, pairs: list[tuple[str, str]]) -> None:
    assert parameter_pairs(written) == pairs


@pytest.mark.parametrize(
    "written", [5, {"site": []}, {"site": {"slug": "a"}}, "site", "=a", "name='open", {"a": [[1]]}]
)
def test_what_makes_no_filter_is_refused(written: t.Any) -> None:
    with pytest.raises(UsageError):
        parameter_pairs(written)


@pytest.mark.parametrize(
    "name", ["limit", "offset", "start", "ordering", "fields", "omit", "brief", "exclude", "format"]
)
def test_names_that_belong_to_options_are_no_filters(name: str) -> None:
    with pytest.raises(UsageError, match=f"'{name}' is not a filter"):
        filter_pairs({name: "1"})


def test_everything_is_encoded() -> None:
    assert encode([("name", "São Paulo & co/#?")]) == "name=S%C3%A3o+Paulo+%26+co%2F%23%3F"


@settings(deadline=None, derandomize=True, database=None)
@given(
    values=st.lists(st.one_of(st.integers(1, 10**9).map(str), st.text(min_size=1, max_size=20)), max_size=400),
    most=st.integers(600, 4000),
)
def test_chunks_fit_and_hold_everything_together(values: list[str], most: int) -> None:
    others = [("status", "active"), ("role", "leaf")]
    parts = chunks([others[0], *(("name", value) for value in values), others[1]], most)
    for part in parts:
        assert len(encode(part)) <= most
        assert [pair for pair in part if pair[0] != "name"] == others
    assert {value for part in parts for name, value in part if name == "name"} == set(values)


def test_chunks_of_ids_follow_each_other() -> None:
    parts = chunks([("id", str(number)) for number in range(5000, 0, -1)])
    ids = [int(value) for part in parts for dummy, value in part]
    assert len(parts) > 1 and ids == sorted(ids)


@pytest.mark.parametrize("name", ["tag", "tag_id", "site__n", "name__nic"])
def test_filters_that_need_all_their_values_are_not_cut(name: str) -> None:
    with pytest.raises(UsageError, match="too many for one URL"):
        chunks([(name, f"value-{number}") for number in range(1000)])


def test_one_value_that_is_too_long_is_refused() -> None:
    with pytest.raises(UsageError, match="no list among them"):
        chunks([("name", "x" * 5000)])
