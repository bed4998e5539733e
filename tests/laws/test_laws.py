# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What holds for every estate and every configuration: the inventory does not depend on how it was computed."""

from __future__ import annotations

import itertools
import re
import typing as t

from hypothesis import assume, given
from hypothesis import strategies as st

from ansible_collections.netbox.cursor.tests.laws.configurations import (
    EARLIER,
    HOST_VARS,
    Options,
    cases,
    configurations,
    mistakes,
    subsets,
)
from ansible_collections.netbox.cursor.tests.laws.described import VMS, Described
from ansible_collections.netbox.cursor.tests.laws.estates import estates
from ansible_collections.netbox.cursor.tests.laws.running import (
    FOLDER,
    Outcome,
    Wire,
    differences,
    fill_only,
    in_order,
    run,
)

# Lists that are read, in the order that a test lets them arrive in.
ENDPOINTS = (
    *("dcim/devices", VMS, "dcim/sites", "dcim/regions", "dcim/site-groups", "dcim/locations", "dcim/racks"),
    *("virtualization/clusters", "dcim/interfaces", "virtualization/interfaces", "ipam/ip-addresses", "ipam/services"),
    *("dcim/device-roles", "ipam/prefixes", "virtualization/virtual-disks", "extras/custom-fields"),
)
# What netbox.netbox calls by two names.
PLURALS = {
    "site": "sites",
    "tenant": "tenants",
    "role": "device_roles",
    "platform": "platforms",
    "device_type": "device_types",
    "manufacturer": "manufacturers",
    "rack": "racks",
}
FLATTENED = ("config_context", "local_context_data", "custom_fields")
# Variables that hosts get only if an option, or host_vars itself, says so.
ON_REQUEST = (
    *("time_zone", "utc_offset", "facility", "config_context", "interfaces", "services", "virtual_disks", "dns_name"),
)
_folders = itertools.count()


def assert_same(one: Outcome, other: Outcome, **how: t.Any) -> None:
    found = differences(one, other, **how)
    assert not found, "\n".join(found[:12])


# 1


@given(cases())
def test_rest_and_graphql_give_the_same_inventory(case: tuple[Described, Options]) -> None:
    described, options = case
    wire = Wire(described.netbox())
    rest = run(wire, {**options, "transport": "rest"})
    for transport in ("graphql", "auto"):
        assert_same(rest, run(wire, {**options, "transport": transport}))


# 2


@given(cases(), EARLIER)
def test_cached_run_gives_the_same_inventory(case: tuple[Described, Options], earlier: t.Any) -> None:
    described, options = case
    wire = Wire(described.netbox())
    kept = {
        "cache": True,
        "cache_plugin": "ansible.builtin.jsonfile",
        "cache_connection": str(FOLDER / f"cache{next(_folders)}"),
    }
    fresh = run(wire, options, earlier=earlier)
    assert_same(fresh, run(wire, {**options, **kept}, earlier=earlier))
    cached = run(wire, {**options, **kept}, earlier=earlier)
    assert_same(fresh, cached)
    assert fresh.error or not cached.requests


# 3


@given(cases(), st.sampled_from(("auto", "offset")), st.sampled_from(("rest", "graphql")))
def test_pages_and_workers_do_not_change_the_inventory(
    case: tuple[Described, Options], pagination: str, transport: str
) -> None:
    described, options = {**case[1], "transport": transport}, case[0]
    wire = Wire(options.netbox())
    large = run(wire, {**described, "max_workers": 8})
    assert_same(large, run(wire, {**described, "max_workers": 1, "page_size": 3, "pagination": pagination}))


# 4


@given(cases(with_filters=False), subsets(), EARLIER)
def test_host_vars_only_selects_variables(case: tuple[Described, Options], chosen: list[str], earlier: t.Any) -> None:
    described, options = case
    options.pop("host_vars", None)
    wire = Wire(described.netbox())
    every = run(wire, options, earlier=earlier)
    some = run(wire, {**options, "host_vars": chosen}, earlier=earlier)
    bare = {host: {} for host in every.hosts}
    assert_same(
        Outcome(dict(bare), every.groups, every.warnings, every.error),
        Outcome({host: {} for host in some.hosts}, some.groups, some.warnings, some.error),
        warnings=False,
    )
    if every.error:
        return
    for host, variables in every.hosts.items():
        expected = selected(variables, chosen, options, earlier.get("hosts", {}).get(host, {}))
        found = {name: value for name, value in some.hosts[host].items() if name in expected or name in variables}
        allowed = uncertain(options, chosen)
        assert_same(
            Outcome({host: {name: one for name, one in expected.items() if name not in allowed}}, {}),
            Outcome({host: {name: one for name, one in found.items() if name not in allowed}}, {}),
        )
        assert set(some.hosts[host]) - set(variables) <= {own_name(name, options) for name in ON_REQUEST} | allowed


def own_name(variable: str, options: Options) -> str:
    """What the user's options call a variable."""
    if options.get("plurals"):
        variable = PLURALS.get(variable, variable)
    return renamed(variable, options)


def renamed(name: str, options: Options) -> str:
    if name.startswith("ansible_") and not options.get("rename_variables"):
        return name
    new = name
    for entry in options.get("rename_variables", ()):
        if re.match(entry["pattern"], name):
            new = re.sub(entry["pattern"], entry["repl"], name)
            break
    return new if name.startswith("ansible_") else options.get("vars_prefix", "") + new


def selected(
    variables: dict[str, t.Any], chosen: list[str], options: Options, earlier: dict[str, t.Any]
) -> dict[str, t.Any]:
    """The variables that host_vars selects."""
    names = {own_name(name, options) for name in chosen}
    facts = {own_name(name, options) for name in HOST_VARS}
    flat = any(options.get(f"flatten_{name}") and name in chosen for name in FLATTENED)
    kept = {*options.get("compose", ()), *earlier, "inventory_file", "inventory_dir"}
    return {
        name: value
        for name, value in variables.items()
        if name in names or name in kept or (flat and name not in facts)
    }


def uncertain(options: Options, chosen: list[str]) -> set[str]:
    """Names that a fact and a key of a context share, or two facts after renaming: which of them wins is not asked."""
    facts = [own_name(name, options) for name in HOST_VARS]
    shared = {name for name in facts if facts.count(name) > 1}
    flat = [name for name in FLATTENED if options.get(f"flatten_{name}")]
    if not flat:
        return shared
    keys = {renamed(name, options) for name in (*HOST_VARS, *PLURALS.values())}
    # With several of them, a key's origin is not known.
    return shared | keys | (UNKNOWN if len(flat) > 1 and set(flat) - set(chosen) else set())


# Keys of contexts and custom fields that are drawn and that no fact has.
UNKNOWN = {
    prefix + name
    for prefix in ("", "nb_", "NB-")
    for name in (
        *("ntp", "ntp-servers", "1st", "größe", "hosts", "x y", "ansible_connection"),
        *("owner", "fqdn", "x1", "tier"),
    )
}


# 5


@given(cases())
def test_whole_objects_give_the_same_as_planned_fields(case: tuple[Described, Options]) -> None:
    described, options = case
    wire = Wire(described.netbox())
    planned = run(wire, options)
    whole = run(wire, {**options, "compose": {**options.get("compose", {}), "law_whole": "netbox | length"}})
    assert_same(planned, whole, ignored=("law_whole",))


# 6


@given(st.data())
def test_one_site_is_the_inventory_restricted_to_it(data: st.DataObject) -> None:
    described = data.draw(estates())
    options = data.draw(configurations(described, with_filters=False))
    site = data.draw(st.sampled_from(described.sites))["slug"]
    wire = Wire(described.netbox())
    options["compose"] = {**options.get("compose", {}), "law_who": "netbox.url"}
    every = run(wire, options)
    assume(every.error is None)
    one = run(wire, {**options, "query_filters": [{"site": site}]})
    assert one.error is None
    who = {variables["law_who"]: host for host, variables in every.hosts.items()}
    assert set(who) == expected_hosts(described, wire) or options.get("duplicate_hostnames") == "warn"
    rows = {
        row["url"].replace("http://netbox.example", wire.netbox.url)
        for endpoint in ("dcim/devices", VMS)
        for row in wire.netbox.table(endpoint).values()
        if row["site"] and row["site"]["slug"] == site
    }
    here = {variables["law_who"]: host for host, variables in one.hosts.items()}
    if options.get("duplicate_hostnames") != "warn":
        assert set(here) == set(who) & rows
    same_names = all(who[each] == host for each, host in here.items())
    # What expressions make of a name that is taken elsewhere is another matter.
    assume(same_names or not set(options) & {"groups", "keyed_groups", "hostnames"})
    for each, host in here.items():
        there = who[each]
        assert there == host or there.startswith(f"{host}_")
        names = set(options["compose"]) - {"law_who"} if host != there else set()
        assert_same(Outcome({host: one.hosts[host]}, {}), Outcome({host: every.hosts[there]}, {}), ignored=tuple(names))
        assert one.groups_of(host) == every.groups_of(there)
    needed = {group for host in one.hosts for group in one.groups_of(host)} | {"all", "ungrouped"}
    assert needed <= set(one.groups) <= set(every.groups)
    if not options.get("empty_groups"):
        assert set(one.groups) == needed
    for name, group in one.groups.items():
        if name != "all":
            assert sorted(group.children) == sorted(set(every.groups[name].children) & set(one.groups)), name


def expected_hosts(described: Described, wire: Wire) -> set[str]:
    """The URLs of the objects that become hosts: all, but for members of a chassis that have a master."""
    members = {
        place
        for place, device in enumerate(described.devices)
        if device.get("chassis") is not None and described.chassis[device["chassis"]].get("master") not in (None, place)
    }
    devices = [f"dcim/devices/{place + 1}" for place in range(len(described.devices)) if place not in members]
    machines = [f"{VMS}/{place + 1}" for place in range(len(described.virtual_machines))]
    return {f"{wire.netbox.url}/api/{each}/" for each in (*devices, *machines)}


# 8


@given(cases(), st.permutations(ENDPOINTS), st.sampled_from(("rest", "graphql")))
def test_arrival_order_does_not_change_the_inventory(
    case: tuple[Described, Options], order: list[str], transport: str
) -> None:
    described, options = case[0], {**case[1], "transport": transport, "max_workers": 8}
    wire = Wire(described.netbox())
    usual = run(wire, options)
    wire.before = in_order({endpoint: rank for rank, endpoint in enumerate(order)}, 0.0003)
    assert_same(usual, run(wire, options))


# 9


@given(st.data(), EARLIER)
def test_errors_are_explained_and_leave_nothing_behind(data: st.DataObject, earlier: t.Any) -> None:
    described = data.draw(estates())
    options = {**data.draw(configurations(described, strict=True)), **data.draw(mistakes())}
    outcome = run(described.netbox(), options, earlier=earlier)
    if outcome.crash:
        raise AssertionError(f"A traceback: {outcome.error}") from outcome.crash
    if outcome.error is not None:
        before = fill_only(earlier)
        assert_same(Outcome(before.hosts, before.groups), Outcome(outcome.hosts, outcome.groups))


# Every object is one host.


@given(cases(with_filters=False), EARLIER)
def test_each_object_is_exactly_one_host(case: tuple[Described, Options], earlier: t.Any) -> None:
    described, options = case
    for name in ("devices", "virtual_machines", "duplicate_hostnames"):
        options.pop(name, None)
    wire = Wire(described.netbox())
    options["compose"] = {**options.get("compose", {}), "law_who": "netbox.url"}
    outcome = run(wire, options, earlier=earlier)
    assume(outcome.error is None)
    found = sorted(variables["law_who"] for variables in outcome.hosts.values() if "law_who" in variables)
    assert found == sorted(expected_hosts(described, wire))
    # What other sources gave is still there.
    for group, content in earlier.get("groups", {}).items():
        assert set(content.get("hosts", ())) <= set(outcome.groups[group].hosts)
    assert set(earlier.get("hosts", ())) <= set(outcome.hosts)
