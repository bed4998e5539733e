# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading a list always ends, for any JSON response. It returns each row once, or raises one of our errors, but never
another exception."""

from __future__ import annotations

import itertools
import threading
import typing as t
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.netbox.cursor.plugins.module_utils._filters.check import FilterCheck
from ansible_collections.netbox.cursor.plugins.module_utils._filters.schema_cache import SchemaCache
from ansible_collections.netbox.cursor.plugins.module_utils._graphql.selection import parse
from ansible_collections.netbox.cursor.plugins.module_utils._graphql.walk import GraphQL
from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import NetBoxError
from ansible_collections.netbox.cursor.plugins.module_utils._lists import pager as lists_pager
from ansible_collections.netbox.cursor.plugins.module_utils._lists import state
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager

anything = settings(
    max_examples=300,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
numbers = st.one_of(st.integers(-2, 40), st.sampled_from([2**31, 2**63 - 1, 2**63, 10**400]))
odd = st.one_of(st.none(), st.booleans(), st.just(0.5), st.text(max_size=3), st.just([]), st.just({}), st.just([[]]))
# Strings with numbers that Python's int rejects, and URLs that urlsplit rejects.
links = st.sampled_from(["?start=²", "http://[::1", f"?start={'9' * 5000}", "file:///etc/passwd?start=3&limit=0"])
following = st.builds(lambda start, offset: f"http://elsewhere/?start={start}&offset={offset}", numbers, numbers)
ids = st.one_of(numbers, numbers, odd, numbers.map(str))
row = st.one_of(st.builds(lambda number: {"id": number, "name": "a"}, ids), st.just({}), odd)
rows = st.one_of(
    st.lists(row, max_size=6),
    st.integers(0, 30).map(lambda first: [{"id": number} for number in range(first, first + 3)]),
)
pages = st.fixed_dictionaries(
    {},
    optional={
        "count": st.one_of(st.none(), st.none(), numbers, odd),
        "next": st.one_of(st.none(), following, following, links, odd),
        "results": st.one_of(rows, rows, odd),
    },
)
answers = st.lists(st.one_of(pages, pages, pages, rows, odd), min_size=1, max_size=5)


class Answering(Client):
    """Repeats these responses."""

    def __init__(self, answers: list[t.Any]) -> None:
        super().__init__("http://netbox.invalid", sleep=lambda seconds: None)
        self._answers = itertools.cycle(answers)
        self._turn = threading.Lock()

    def get(self, path: str, parameters: t.Any = (), *, raise_if_overloaded: bool = False) -> t.Any:
        with self._turn:
            return next(self._answers)

    def graphql(self, query: str, variables: t.Any = None, *, raise_if_overloaded: bool = False) -> t.Any:
        return self.get("")


@pytest.fixture(autouse=True)
def few_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "MAX_REQUESTS", 300)


@anything
@given(
    answers=answers,
    pagination=st.sampled_from(lists_pager.MODES),
    ordering=st.sampled_from([None, None, "name"]),
    many=st.booleans(),
    size=st.integers(1, 3),
    page_size=st.sampled_from([1, 2, 3, 50]),
)
def test_rest_lists_end(
    answers: list[t.Any], pagination: str, ordering: str | None, many: bool, size: int, page_size: int
) -> None:
    filters = [("id", str(number)) for number in range(1, 800)] if many else []
    pager = Pager(Answering(answers), pagination=pagination, page_size=page_size, max_workers=size)
    with pager:
        try:
            found = [row["id"] for row in pager.rows("dcim/sites", filters, ordering=ordering) if "id" in row]
            pager.count("dcim/sites")
        except NetBoxError as error:
            assert "\n" not in str(error)
        else:
            assert many or len(set(map(repr, found))) == len(found)


graphql_rows = st.lists(
    st.one_of(
        st.fixed_dictionaries(
            {"id": st.one_of(st.integers(1, 9), st.integers(1, 9).map(str), ids)},
            optional={"tags": st.one_of(st.lists(st.builds(lambda number: {"id": number}, ids), max_size=4), odd)},
        ),
        odd,
    ),
    max_size=4,
)
errors = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "message": odd,
            "path": st.one_of(odd, st.just(["a", 1])),
            "locations": st.one_of(odd, st.just([{"line": 99, "column": 1}]), st.just([{"line": "x"}])),
        },
    ),
    max_size=2,
)
data = st.fixed_dictionaries(
    {},
    optional={
        "site_list": st.one_of(graphql_rows, graphql_rows, odd),
        "from0": graphql_rows,
        "from3": odd,
        "__type": odd,
    },
)
graphql_answers = st.lists(
    st.one_of(st.fixed_dictionaries({"data": st.one_of(data, data, odd)}, optional={"errors": errors}), odd),
    min_size=1,
    max_size=5,
)


@anything
@given(
    answers=graphql_answers,
    pagination=st.sampled_from(["auto", "offset"]),
    size=st.integers(1, 3),
    page_size=st.sampled_from([1, 2, 3, 50]),
    filters=st.sampled_from([{}, {"status": {"exact": "STATUS_ACTIVE"}}]),
)
def test_graphql_lists_end(
    answers: list[t.Any], pagination: str, size: int, page_size: int, filters: dict[str, t.Any]
) -> None:
    with Pager(Answering(answers), pagination=pagination, page_size=page_size, max_workers=size) as pager:
        graphql = GraphQL(pager)
        try:
            list(graphql.rows("site_list", parse("id tags {id}"), filters))
        except NetBoxError as error:
            assert "\n" not in str(error)


schemas = st.one_of(
    odd,
    st.fixed_dictionaries(
        {},
        optional={
            "paths": st.one_of(
                odd, st.dictionaries(st.sampled_from(["/api/dcim/sites/", "x"]), st.one_of(odd, st.just({"get": None})))
            ),
            "results": st.one_of(odd, st.just([{"name": "a"}])),
            "next": odd,
            "netbox-version": odd,
            "plugins": odd,
        },
    ),
)


@anything
@given(answers=st.lists(schemas, min_size=1, max_size=5))
def test_a_filter_is_known_or_not(answers: list[t.Any], tmp_path: Path) -> None:
    client = Answering(answers)
    client.api_version = (9, 9)
    check = FilterCheck(client, SchemaCache(tmp_path))
    for name in ("bogus", "cf_bogus"):
        try:
            check.check("dcim/sites", [(name, "1")])
        except NetBoxError as error:
            assert "bogus" in str(error) or "custom-fields" in str(error)
