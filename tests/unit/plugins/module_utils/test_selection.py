# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Selections are converted to GraphQL with the same meaning."""

from __future__ import annotations

import typing as t

import graphql
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.netbox.cursor.plugins.module_utils._graphql.selection import parse, written
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UsageError


def tree_of(text: str) -> t.Any:
    """Return the syntax tree of a selection, without positions."""
    document = graphql.parse(f"{{{text}}}", no_location=True)
    return document.definitions[0]


@pytest.mark.parametrize(
    ("selection", "text"),
    [
        ("id name site{slug}", "id name site {slug}"),
        ("{ id, name }", "id name"),
        (["id", "name"], "id name"),
        (["id", {"site": ["slug", {"region": "name slug"}]}], "id site {slug region {name slug}}"),
        ({"site": "slug"}, "site {slug}"),
        (["id site {slug}", "name"], "id site {slug} name"),
        (
            'ports: interfaces(filters: {name: {exact: "a } b"}}) {id}',
            'ports: interfaces(filters: {name: {exact: "a } b"}}) {id}',
        ),
        ({"interfaces(filters: {enabled: true})": ["id"]}, "interfaces(filters: {enabled: true}) {id}"),
        ("parent {__typename ...on DeviceType {id} ... on VirtualMachineType {id}}",) * 2,
        ("id @include(if: true) name @skip(if: false) # comment\n serial",) * 2,
        ('a: x(s: """b "quoted" \\""" }""") {id}',) * 2,
        ("x(n: -1.5e3, l: [1, 2], e: STATUS_ACTIVE, o: {a: [{b: null}]}) {id}",) * 2,
    ],
)
def test_selections_mean_what_they_say(selection: t.Any, text: str) -> None:
    assert tree_of(written(parse(selection))) == tree_of(text)


@pytest.mark.parametrize(
    "selection",
    [
        "",
        "{}",
        "id }",
        "id {",
        "site {slug",
        "a(b: 1",
        "a(b: 1]",
        "a)",
        "1",
        "a: ",
        "...Known",
        '"x"',
        "a { }",
        "é",
        "$x",
    ]
    + ["id} other_list{id", "id) {id}", "@x", 7, [7], None, [{"site {id}": "slug"}, "x"], {"a b": "c"}, 'a(b: "c'],
)
def test_selection_without_fields_is_rejected(selection: t.Any) -> None:
    with pytest.raises(UsageError, match="fields"):
        parse(selection)


@given(st.text(alphabet='ab_ {}()[]:.,"\\@$#\n1-!é', max_size=40))
def test_nothing_gets_out_of_its_braces(text: str) -> None:
    try:
        found = written(parse(text))
    except UsageError:
        return
    try:
        document = graphql.parse(f"{{a_list {{{found}}}}}")
    except graphql.GraphQLSyntaxError:
        return
    assert len(document.definitions) == 1
    operation = t.cast(graphql.OperationDefinitionNode, document.definitions[0])
    assert len(operation.selection_set.selections) == 1
