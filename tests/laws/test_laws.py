# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test each law with generated estates and configurations."""

from __future__ import annotations

import typing as t
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.netbox.cursor.tests.laws import choosing, laws
from ansible_collections.netbox.cursor.tests.laws.configurations import (
    EARLIER,
    Options,
    cases,
    configurations,
    filter_sets,
    mistakes,
    subsets,
)
from ansible_collections.netbox.cursor.tests.laws.described import Described
from ansible_collections.netbox.cursor.tests.laws.estates import estates
from ansible_collections.netbox.cursor.tests.laws.rich import RICH
from ansible_collections.netbox.cursor.tests.laws.running import Mock

Case = tuple[Described, Options]
TRANSPORTS = st.sampled_from(("rest", "graphql"))


def hold(contradictions: list[str]) -> None:
    """Fail if there are contradictions of a law, and list them."""
    assert not contradictions, "\n" + "\n".join(contradictions[:12])


@given(cases())
def test_rest_and_graphql_give_the_same(case: Case) -> None:
    described, options = case
    hold(laws.transports_agree(Mock(described.netbox()), options))


@given(cases(), EARLIER)
def test_cached_run_gives_the_same(case: Case, earlier: t.Any) -> None:
    described, options = case
    hold(laws.cache_keeps_all(Mock(described.netbox()), options, earlier))


@given(cases(), st.sampled_from(("auto", "offset")), TRANSPORTS)
def test_pages_and_workers_do_not_matter(case: Case, pagination: str, transport: str) -> None:
    described, options = case
    hold(laws.pages_do_not_matter(Mock(described.netbox()), {**options, "transport": transport}, pagination))


@given(cases(with_filters=False), subsets(), EARLIER)
def test_host_vars_only_selects_variables(case: Case, chosen: list[str], earlier: t.Any) -> None:
    described, options = case
    hold(laws.host_vars_select(Mock(described.netbox()), options, chosen, earlier))


@given(cases())
def test_whole_objects_give_the_same(case: Case) -> None:
    described, options = case
    hold(laws.whole_objects_do_not_matter(Mock(described.netbox()), options))


@given(st.data())
def test_one_site_is_a_part_of_all(data: st.DataObject) -> None:
    described = data.draw(estates())
    options = data.draw(configurations(described, with_filters=False))
    sites = [site["slug"] for site in described.sites] or ["site"]
    hold(laws.one_site_is_a_part(Mock(described.netbox()), options, data.draw(st.sampled_from(sites))))


@given(cases(), st.permutations(laws.ENDPOINTS), TRANSPORTS)
def test_arrival_order_does_not_matter(case: Case, order: list[str], transport: str) -> None:
    described, options = case
    hold(laws.arrival_does_not_matter(Mock(described.netbox()), {**options, "transport": transport}, order))


@given(st.data(), EARLIER)
def test_errors_leave_nothing_behind(data: st.DataObject, earlier: t.Any) -> None:
    described = data.draw(estates())
    options = {**data.draw(configurations(described, strict=True)), **data.draw(mistakes())}
    hold(laws.errors_leave_nothing(Mock(described.netbox()), options, earlier))


@given(configurations(RICH, with_filters=False, with_select=False), TRANSPORTS, st.randoms(use_true_random=False))
def test_nothing_is_read_in_vain(options: Options, transport: str, random: Random) -> None:
    if "gateway_tag" in options:
        # Only this tag marks an address in the subnet of a host.
        options = {**options, "gateway_tag": "edge"}
    if "hostname_field" in options:
        # RICH does not contain all generated custom fields, but it contains this one.
        options = {**options, "hostname_field": "fqdn"}
    # Each field requires a run. Many examples with two fields find more contradictions than a few examples with all
    # fields.
    hold(laws.nothing_is_read_in_vain(Mock(RICH.netbox()), {**options, "transport": transport}, random, 2))


@given(cases(with_filters=False), EARLIER)
def test_each_object_is_one_host(case: Case, earlier: t.Any) -> None:
    described, options = case
    hold(laws.each_object_is_one_host(Mock(described.netbox()), options, earlier))


@given(st.data(), st.sampled_from(("rest", "graphql", "auto")))
def test_sets_of_filters_follow_set_algebra(data: st.DataObject, transport: str) -> None:
    described = choosing.without_chassis(data.draw(estates()))
    some = filter_sets(described)
    query = data.draw(st.just([]) | some.map(lambda sets: sets[:1]))
    include, exclude = data.draw(st.just([]) | some), data.draw(st.just([]) | some)
    mock = Mock(described.netbox())
    hold(choosing.sets_follow_set_algebra(mock, query, include, exclude, {"transport": transport}))


@given(cases(), subsets())
def test_excluded_variables_are_those_not_selected(case: Case, excluded: list[str]) -> None:
    described, options = case
    hold(choosing.excluded_variables_are_those_not_selected(Mock(described.netbox()), options, excluded))


@given(estates(), st.lists(st.integers(0, 30), max_size=6), st.sampled_from((0, 0.5, 10, 25, 50, 99, 100)))
def test_guard_stops_exactly_what_shrank(described: Described, gone: list[int], percent: float) -> None:
    mock = Mock(choosing.without_chassis(described).netbox())
    hold(choosing.guard_stops_exactly_what_shrank(mock, gone, percent))
