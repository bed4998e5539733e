# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters from users are converted to query parameters for NetBox."""

from __future__ import annotations

import datetime
import typing as t

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UsageError
from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import (
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
        ("", []),
        ([], []),
        ("name=", [("name", "")]),
        (r"name__regex=^sw\d+$ role=leaf", [("name__regex", r"^sw\d+$"), ("role", "leaf")]),
        (
            r"name__regex='^sw \d+$' cf_path=C:\\x #1=a",
            [("name__regex", r"^sw \d+$"), ("cf_path", "C:\\\\x"), ("#1", "a")],
        ),
        ({"id": (1, 2), 3: 0.5}, [("id", "1"), ("id", "2"), ("3", "0.5")]),
        ({"site": [None, True, "x"]}, [("site", "null"), ("site", "true"), ("site", "x")]),
        (
            {"last_updated__gte": datetime.datetime(2026, 1, 2, 3, 4, tzinfo=datetime.timezone.utc)},
            [("last_updated__gte", "2026-01-02T03:04:00+00:00")],
        ),
    ],
)
def test_all_forms_become_pairs(written: t.Any, pairs: list[tuple[str, str]]) -> None:
    assert parameter_pairs(written) == pairs


@pytest.mark.parametrize(
    "written",
    [5, b"a=1", [5], {"site": []}, {"site": {"slug": "a"}}, {"a": b"b"}, "site", "=a", "name='open", {"a": [[1]]}],
)
def test_invalid_filters_are_rejected(written: t.Any) -> None:
    with pytest.raises(UsageError):
        parameter_pairs(written)


@pytest.mark.parametrize(
    "name", ["limit", "offset", "start", "ordering", "fields", "omit", "brief", "format", "export"]
)
def test_reserved_parameters_are_not_filters(name: str) -> None:
    with pytest.raises(UsageError, match=f"'{name}' is not a filter"):
        filter_pairs({name: "1"})


@pytest.mark.parametrize(
    ("options", "advice"),
    [
        (("limit", "page_size"), "Use the option limit or page_size."),
        (("page_size", "host_vars"), "Use the option page_size."),
        ((), ""),
    ],
)
def test_advice_names_only_options_of_the_caller(options: tuple[str, ...], advice: str) -> None:
    with pytest.raises(UsageError) as caught:
        filter_pairs({"limit": 5}, options)
    assert str(caught.value) == f"'limit' is not a filter. It sets the page size. {advice}".strip()


def test_names_of_filters_are_not_judged() -> None:
    assert filter_pairs("start__gte=5 cf_a=b exclude=3") == [("start__gte", "5"), ("cf_a", "b"), ("exclude", "3")]
    assert filter_pairs(None) == []


def test_filter_with_surrogates_is_rejected() -> None:
    with pytest.raises(UsageError, match="cannot be encoded"):
        encode([("name", "\udc80")])


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


def test_digits_that_are_not_numbers_do_not_break_chunks() -> None:
    parts = chunks([("id", value) for value in ["\u00b2", *map(str, range(3000))]])
    assert len(parts) > 1
    assert {value for part in parts for dummy, value in part} == {"\u00b2", *map(str, range(3000))}


@settings(deadline=None, derandomize=True, database=None)
@given(ids=st.lists(st.integers(1, 2**40), max_size=300), most=st.integers(600, 1200))
def test_ids_are_cut_in_order_and_none_is_asked_for_twice(ids: list[int], most: int) -> None:
    parts = chunks([("id", str(number)) for number in ids], most)
    if len(parts) > 1:
        assert [int(value) for part in parts for dummy, value in part] == sorted(set(ids))
        assert all(len(encode(one)) + len(encode(other[:1])) > most - 10 for one, other in zip(parts, parts[1:]))


def test_filters_that_fit_into_one_url_do_not_change() -> None:
    pairs = [("id", "3"), ("site", "b"), ("id", "1"), ("id", "3")]
    assert chunks(pairs) == [pairs]
    assert chunks([]) == [[]]


def test_the_longest_list_is_cut_not_the_one_with_most_values() -> None:
    sites = [("site", f"s{number}") for number in range(50)]
    names = [("name", f"{'x' * 100}-{number}") for number in range(40)]
    parts = chunks([*sites, *names])
    assert len(parts) > 1
    assert all(part[:50] == sites and len(encode(part)) <= 3500 for part in parts)
    assert [pair for part in parts for pair in part if pair[0] == "name"] == names


@pytest.mark.parametrize("name", ["tag", "tag_id", "site__n", "name__nic"])
def test_filters_that_need_all_their_values_are_not_cut(name: str) -> None:
    with pytest.raises(UsageError, match="do not fit into one URL"):
        chunks([(name, f"value-{number}") for number in range(1000)])


def test_one_value_that_is_too_long_is_refused() -> None:
    with pytest.raises(UsageError, match="none of their lists can be split"):
        chunks([("name", "x" * 5000)])
    with pytest.raises(UsageError, match="too long for one URL"):
        chunks([("name", "a"), ("name", "b"), ("name", "x" * 5000)])


def test_list_that_does_not_fit_beside_filters_is_rejected() -> None:
    with pytest.raises(UsageError, match="none of their lists can be split"):
        chunks([("q", "x" * 3400), *(("id", str(number)) for number in range(100))])
