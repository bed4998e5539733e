# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test minimal examples that contradicted a law in the past."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.facts import FACTS
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.options import GROUP_BY, GROUP_KEYS
from ansible_collections.netbox.cursor.tests.laws import laws
from ansible_collections.netbox.cursor.tests.laws.described import Described
from ansible_collections.netbox.cursor.tests.laws.rich import RICH
from ansible_collections.netbox.cursor.tests.laws.running import Mock, Outcome

ADDRESS = {"interfaces": [{"name": "eth0", "addresses": [{"address": "10.0.0.1/24"}]}], "primary_ip4": "10.0.0.1/24"}


def hold(contradictions: list[str]) -> None:
    assert not contradictions, "\n" + "\n".join(contradictions)


def read(described: Described, **options: t.Any) -> Outcome:
    outcome = Mock(described.netbox()).run(options)
    assert outcome.error is None
    return outcome


# Order


def test_graphql_by_offset_gives_hosts_in_id_order() -> None:
    described = Described(devices=[{"name": "web1"}, {"name": "dup"}])
    hold(laws.pages_do_not_matter(Mock(described.netbox()), {"transport": "graphql"}, "offset"))


# The cache


def test_cached_run_repeats_the_warning_of_duplicates() -> None:
    described = Described(clusters=[{"name": "R1"}], virtual_machines=[{"name": "a"}, {"name": "a", "cluster": 0}])
    hold(laws.cache_keeps_all(Mock(described.netbox()), {}))


# host_vars


@pytest.mark.parametrize("key", ["site", "role", "tags | first", "device_type", "netbox.site"])
def test_keyed_groups_do_not_depend_on_host_vars(key: str) -> None:
    described = Described(tags=[{"slug": "edge"}], devices=[{"name": "a", "tags": (0,)}])
    hold(laws.host_vars_select(Mock(described.netbox()), {"keyed_groups": [{"key": key}]}, []))


@pytest.mark.parametrize("expression", ["regions", "role", "interfaces | length", "nb_site", "netbox.items() | length"])
def test_composed_variables_do_not_depend_on_host_vars(expression: str) -> None:
    described = Described(regions=[{"slug": "eu"}], sites=[{"slug": "ber", "region": 0}], devices=[{"name": "a"}])
    options = {"compose": {"made": expression}, "interfaces": True, "vars_prefix": "nb_"}
    hold(laws.host_vars_select(Mock(described.netbox()), options, ["ansible_host"]))


@pytest.mark.parametrize("condition", ["is_virtual", "role == 'leaf'", "'eu' in regions"])
def test_composed_groups_do_not_depend_on_host_vars(condition: str) -> None:
    described = Described(
        regions=[{"slug": "eu"}],
        sites=[{"slug": "ber", "region": 0}],
        devices=[{"name": "a"}],
        virtual_machines=[{"name": "b", "site": 0}],
    )
    hold(laws.host_vars_select(Mock(described.netbox()), {"groups": {"live": condition}}, []))


def test_flattened_keys_called_like_fields_do_not_depend_on_host_vars() -> None:
    described = Described(devices=[{"name": "a", "context": {"role": "x"}}])
    # With the option plurals, the variable for the field ``role`` is named device_roles.
    options = {"flatten_local_context_data": True, "plurals": True, "keyed_groups": [{"key": "role"}]}
    assert "_x" in read(described, **options).groups
    hold(laws.host_vars_select(Mock(described.netbox()), options, []))


def test_flattened_key_called_custom_fields_does_not_depend_on_host_vars() -> None:
    described = Described(
        custom_fields=[{"name": "tier", "type": "text"}],
        devices=[{"name": "a", "custom_fields": {"tier": "one"}, "context": {"custom_fields": "x"}}],
    )
    options = {
        "flatten_custom_fields": True,
        "flatten_local_context_data": True,
        "keyed_groups": [{"key": "custom_fields"}],
    }
    assert "_x" in read(described, **options).groups
    hold(laws.host_vars_select(Mock(described.netbox()), options, []))


def test_groups_of_tags_do_not_depend_on_host_vars() -> None:
    described = Described(tags=[{"slug": "edge"}], devices=[{"name": "a", "tags": (0,)}])
    hold(laws.host_vars_select(Mock(described.netbox()), {"group_by": ["tag"]}, ["ansible_host"]))


# Whole objects


@pytest.mark.parametrize("expression", ["netbox.get('serial')", "netbox.get('face', 'x')", "netbox.keys() | list"])
def test_method_calls_see_the_whole_object(expression: str) -> None:
    described = Described(devices=[{"name": "a", "serial": "SN-1"}])
    options = {"host_vars": [], "compose": {"made": expression}}
    hold(laws.whole_objects_do_not_matter(Mock(described.netbox()), options))


def test_an_expression_on_the_whole_object_keeps_needs_of_others() -> None:
    described = Described(devices=[{"name": "a", **ADDRESS}])
    options = {"host_vars": [], "interfaces": True, "compose": {"made": "interfaces | length"}}
    hold(laws.whole_objects_do_not_matter(Mock(described.netbox()), options))


# Names


@pytest.mark.parametrize("name", ["all", "ungrouped"])
@pytest.mark.parametrize("listed", ["devices", "virtual_machines"])
def test_a_host_may_have_the_name_of_a_group_of_ansible(name: str, listed: str) -> None:
    described = Described(**{listed: [{"name": name, **({"site": 0} if listed == "virtual_machines" else {})}]})  # type: ignore[arg-type]
    hold(laws.each_object_is_one_host(Mock(described.netbox()), {}))


def test_a_host_may_have_the_name_of_a_group_of_another_source() -> None:
    earlier: dict[str, t.Any] = {"hosts": {"old": {}}, "groups": {"web1": {"hosts": ["old"]}}}
    described = Described(devices=[{"name": "web1"}])
    mock = Mock(described.netbox())
    hold(laws.each_object_is_one_host(mock, {}, earlier))
    outcome = mock.run({"group_by": ["site"]}, earlier=earlier)
    assert outcome.groups["site_site"].hosts == ("web1",)
    assert outcome.groups["web1"].hosts == ("old",)


def test_a_host_of_another_source_may_have_the_name_of_a_group() -> None:
    mock = Mock(Described(virtual_machines=[{"name": "vm1"}]).netbox())
    earlier: dict[str, t.Any] = {"hosts": {"web1": {}}}
    hold(laws.each_object_is_one_host(mock, {"groups": {"web1": "is_virtual"}}, earlier))
    outcome = mock.run({"groups": {"web1": "is_virtual"}}, earlier=earlier)
    assert (outcome.groups["web1"].hosts, outcome.groups["ungrouped"].hosts) == (("vm1",), ("web1",))


def test_a_host_in_the_group_all_leaves_the_group_of_its_name_alone() -> None:
    mock = Mock(Described(devices=[{"name": "web1"}]).netbox())
    earlier = {"hosts": {"old": {}}, "groups": {"web1": {"hosts": ["old"]}}}
    hold(laws.each_object_is_one_host(mock, {"groups": {"all": "not is_virtual"}}, earlier))


@pytest.mark.parametrize(
    "options",
    [
        {"groups": {"web1": "not is_virtual"}},
        {"keyed_groups": [{"key": "name", "separator": ""}]},
        {"keyed_groups": [{"key": "site", "prefix": "x", "parent_group": "web1"}]},
        {"group_names_raw": True, "group_by": ["tenant"]},
        {"group_names_raw": True, "group_by": ["site", "tag"]},
    ],
)
def test_a_host_may_have_the_name_of_its_own_group(options: dict[str, t.Any]) -> None:
    described = Described(
        sites=[{"slug": "web1"}],
        tenants=[{"slug": "web1"}],
        tags=[{"slug": "web1"}],
        devices=[{"name": "web1", "tenant": 0, "tags": (0,)}, {"name": "other"}],
    )
    hold(laws.each_object_is_one_host(Mock(described.netbox()), options))


def test_a_host_in_no_group_leaves_the_group_of_its_name_alone() -> None:
    described = Described(devices=[{"name": "live"}], virtual_machines=[{"name": "vm", "site": 0}])
    outcome = read(described, groups={"live": "is_virtual"})
    assert outcome.groups["ungrouped"].hosts == ("live",)
    assert outcome.groups["ungrouped"].children == ()
    assert outcome.groups["live"].hosts == ("vm",)


def test_a_suffix_does_not_take_the_name_of_another_host() -> None:
    described = Described(
        sites=[{"slug": "a"}, {"slug": "b"}],
        devices=[{"name": "dup"}, {"name": "dup", "site": 1}, {"name": "dup_2"}],
    )
    outcome = read(described, compose={"number": "netbox.id"})
    assert outcome.hosts["dup"]["number"] == 1
    assert outcome.hosts["dup_2"]["number"] == 3
    assert len(outcome.hosts) == 3


def test_composed_variables_do_not_land_on_the_group_of_the_same_name() -> None:
    described = Described(devices=[{"name": "web1"}])
    earlier: dict[str, t.Any] = {"groups": {"web1": {}}}
    outcome = Mock(described.netbox()).run({"compose": {"made": "name"}}, earlier=earlier)
    assert outcome.hosts["web1"]["made"] == "web1"
    assert outcome.groups["web1"].variables == {}


# Errors


@pytest.mark.parametrize(
    "options",
    [
        {"duplicate_hostnames": "error"},
        {"compose": {"made": "site.nope.nope"}, "strict": True},
        {"keyed_groups": [{"key": "nope"}], "strict": True},
        {"hostnames": ["nope.nope"], "strict": True},
    ],
)
def test_an_error_leaves_no_host_behind(options: dict[str, t.Any]) -> None:
    described = Described(
        sites=[{"slug": "a"}, {"slug": "b"}], devices=[{"name": "a"}, {"name": "dup"}, {"name": "dup", "site": 1}]
    )
    mock = Mock(described.netbox())
    assert mock.run(options).error is not None
    hold(laws.errors_leave_nothing(mock, options))


@pytest.mark.parametrize(
    "options",
    [
        {"hostnames": [None]},
        {"keyed_groups": [None]},
        {"keyed_groups": ["site"]},
        {"groups": {"live": True}},
        {"groups": {"live": None}},
        {"compose": {"made": None}},
        {"compose": {"made": 1}},
        {"group_by": [None]},
        {"host_vars": [None]},
        {"interfaces": True, "interface_fields": [None]},
        {"cache": "perhaps"},
        {"rename_variables": [{"pattern": "a", "repl": "\\2"}]},
        {"rename_variables": [{"pattern": "a", "repl": "\\g<nope>"}]},
        {"rename_variables": [{"pattern": "(", "repl": ""}]},
        {"keyed_groups": [{"key": "name", "parent_group": {"a": "b"}}]},
        {"keyed_groups": [{"key": "name", "parent_group": "{{ site }}"}], "plurals": True},
    ],
)
def test_mistake_in_an_option_causes_no_traceback(options: dict[str, t.Any]) -> None:
    hold(laws.errors_leave_nothing(Mock(Described(devices=[{"name": "a"}]).netbox()), options))


# Requests


@pytest.mark.parametrize("transport", ["rest", "graphql"])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"interfaces": True},
        {"group_by": ["cluster_type"], "host_vars": ["site"]},
        {"group_by": ["site_group", "region"], "vars_prefix": "nb_"},
        {"group_by": ["location"], "host_vars": []},
        {"rename_variables": [{"pattern": "site", "repl": "status"}]},
        {"site_data": True, "gateway_tag": "edge"},
    ],
)
def test_nothing_is_read_in_vain(transport: str, options: dict[str, t.Any]) -> None:
    hold(laws.nothing_is_read_in_vain(Mock(RICH.netbox()), {**options, "transport": transport}))


@pytest.mark.parametrize("transport", ["rest", "graphql"])
@pytest.mark.parametrize(
    "options",
    [{"host_vars": [name]} for name in FACTS]
    + [{"host_vars": [], "group_by": [key]} for key in GROUP_BY if key not in GROUP_KEYS],
    ids=str,
)
def test_one_variable_or_group_reads_nothing_in_vain(transport: str, options: dict[str, t.Any]) -> None:
    hold(laws.nothing_is_read_in_vain(Mock(RICH.netbox()), {**options, "transport": transport}))
