# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters are converted to GraphQL with the same meaning."""

from __future__ import annotations

import datetime
import typing as t

import graphql
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.netbox.cursor.plugins.module_utils._graphql.filters import FilterTypes, written
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UsageError

SCHEMA = graphql.build_schema("""
    type Query {device_list(filters: DeviceFilter): [String!]!}
    input DeviceFilter {name: Text status: StatusLookup AND: DeviceFilter OR: [DeviceFilter!]}
    input Text {exact: String in_list: [String!]}
    input StatusLookup {exact: Status in_list: [Status!]}
    enum Status {STATUS_ACTIVE STATUS_PLANNED}
""")


class Asked:
    """A NetBox client for this schema that records its queries."""

    def __init__(self) -> None:
        self.queries: list[str] = []

    def __call__(self, query: str) -> t.Any:
        self.queries.append(query)
        answer = graphql.graphql_sync(SCHEMA, query)
        assert not answer.errors
        return answer.data


def value_of(text: str) -> t.Any:
    """Return the value of a GraphQL literal, with enum names in angle brackets."""

    def read(node: t.Any) -> t.Any:
        if isinstance(node, graphql.ObjectValueNode):
            return {field.name.value: read(field.value) for field in node.fields}
        if isinstance(node, graphql.ListValueNode):
            return [read(one) for one in node.values]
        if isinstance(node, graphql.EnumValueNode):
            return f"<{node.value}>"
        return graphql.value_from_ast_untyped(node)

    return read(graphql.parse_value(text))


names = st.from_regex(r"[_A-Za-z][_0-9A-Za-z]{0,10}", fullmatch=True)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
plain = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**40), 2**40), st.floats(allow_nan=False, allow_infinity=False), texts
)
anything = st.recursive(plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3))


@given(st.dictionaries(names, anything, max_size=4))
def test_filters_mean_what_they_say(filters: dict[str, t.Any]) -> None:
    assert value_of(written(filters, "other_list", FilterTypes(Asked()))) == filters


@given(texts)
def test_a_text_stays_a_text(text: str) -> None:
    found = written({"name": {"exact": text}}, "device_list", FilterTypes(Asked()))
    query = f"{{device_list(filters: {found})}}"
    assert graphql.validate(SCHEMA, graphql.parse(query)) == []
    assert value_of(found) == {"name": {"exact": text}}


def test_enums_are_told_from_texts_by_what_netbox_says_of_them() -> None:
    filters = {
        "name": {"in_list": ["STATUS_ACTIVE", "SW1"]},
        "status": {"in_list": ["STATUS_ACTIVE", "STATUS_PLANNED"]},
        "OR": [{"status": {"exact": "STATUS_ACTIVE"}}, {"AND": {"name": {"exact": "X"}}}],
    }
    asked = Asked()
    types = FilterTypes(asked)
    assert value_of(written(filters, "device_list", types)) == {
        "name": {"in_list": ["STATUS_ACTIVE", "SW1"]},
        "status": {"in_list": ["<STATUS_ACTIVE>", "<STATUS_PLANNED>"]},
        "OR": [{"status": {"exact": "<STATUS_ACTIVE>"}}, {"AND": {"name": {"exact": "X"}}}],
    }
    number = len(asked.queries)
    assert number <= 4
    written(filters, "device_list", types)
    assert len(asked.queries) == number


def test_netbox_is_not_asked_where_nothing_can_be_an_enum() -> None:
    asked = Asked()
    written({"name": {"exact": "sw1"}, "id": {"in_list": [1, 2]}}, "device_list", FilterTypes(asked))
    assert asked.queries == []


def test_dates_are_written_as_netbox_reads_them() -> None:
    when = {"created": {"gte": datetime.date(2026, 1, 31)}}
    assert value_of(written(when, "x_list", FilterTypes(Asked()))) == {"created": {"gte": "2026-01-31"}}


@pytest.mark.parametrize(
    "filters",
    [{"a b": 1}, {"": 1}, {"a": {"b}": 1}}, {1: 2}, {"a": object()}, {"a": b"x"}, {"a": float("nan")}, {"a": "\ud800"}],
)
def test_filter_values_without_a_graphql_form_are_rejected(filters: dict[str, t.Any]) -> None:
    with pytest.raises(UsageError, match="filters"):
        written(filters, "device_list", FilterTypes(Asked()))
