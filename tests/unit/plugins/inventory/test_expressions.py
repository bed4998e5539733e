# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Expressions can use every variable, even if ``host_vars`` does not contain it."""

from __future__ import annotations

import typing as t

import pytest
from ansible.errors import AnsibleError, AnsibleParserError
from ansible.inventory.data import InventoryData

from ansible_collections.netbox.cursor.plugins.plugin_utils._unsafe import NEEDS_MARKS
from ansible_collections.netbox.cursor.tests.stand_in import NetBox

# Names that a host has in addition to its variables.
OF_ANSIBLE = {"inventory_file", "inventory_dir"}


def fields_read(netbox: NetBox) -> set[str] | None:
    """Return the fields of devices that were requested, or ``None`` if whole objects were requested."""
    queries = [dict(one.query) for one in netbox.requests if one.path == "/api/dcim/devices/"]
    lists = [query.get("fields") for query in queries if query.get("limit") != "1" or "fields" in query]
    return None if None in lists else {name for fields in lists if fields for name in fields.split(",")}


# Limited host_vars


@pytest.mark.parametrize("transport", ["rest", "graphql"])
@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("regions", ["france", "europe"]),
        ("site_groups", ["production"]),
        ("locations", ["room-a", "floor-1"]),
        ("time_zone", "Europe_Paris"),
        ("facility", "PAR1"),
        ("rack_role", "network"),
        ("manufacturer", "acme"),
        ("netbox.site.name", "Paris 1"),
        ("primary_ip4.address", "198.51.100.12/24"),
        ("[serial, is_virtual | string]", ["SN-0002", "False"]),
    ],
)
def test_compose_with_limited_host_vars_sees_all_variables(
    netbox: NetBox, read: t.Any, transport: str, expression: str, value: t.Any
) -> None:
    sites = netbox.table("dcim/sites")
    group = netbox.table("dcim/site-groups")[1]
    sites[2] = {**sites[2], "time_zone": "Europe/Paris", "facility": "PAR1", "group": group}
    role = netbox.table("dcim/rack-roles")[1]
    rack = netbox.table("dcim/devices")[2]["rack"]["id"]
    racks = netbox.table("dcim/racks")
    racks[rack] = {**racks[rack], "role": {**role, "slug": "network"}}
    devices = netbox.table("dcim/devices")
    devices[2] = {**devices[2], "serial": "SN-0002"}
    options = {"host_vars": ["ansible_host"], "transport": transport}
    variables = read(netbox, compose={"result": expression}, **options).hosts["leaf2"].vars
    assert variables["result"] == value
    assert set(variables) - OF_ANSIBLE == {"ansible_host", "result"}


def test_groups_with_limited_host_vars_see_slugs(netbox: NetBox, read: t.Any, groups_of: t.Any) -> None:
    inventory = read(
        netbox,
        host_vars=["ansible_host"],
        groups={"l": "role == 'leaf'", "e": "'europe' in regions"},
        keyed_groups=[{"prefix": "pl", "key": "platform"}, {"prefix": "tag", "key": "tags"}],
    )
    assert groups_of(inventory, "leaf2") == {"l", "e", "pl_nos_5", "tag_core"}


@pytest.mark.parametrize("host_vars", [["all"], ["site"], []])
def test_hostnames_see_ansible_host(netbox: NetBox, read: t.Any, host_vars: list[str]) -> None:
    hosts = read(netbox, hostnames=["ansible_host", "name"], host_vars=host_vars).hosts
    assert {"198.51.100.12", "größe-機器"} <= set(hosts)


def test_compose_with_limited_host_vars_sees_interfaces(netbox: NetBox, read: t.Any) -> None:
    first = "(interfaces | map(attribute='ip_addresses') | flatten | map(attribute='address') | first).split('/')[0]"
    inventory = read(netbox, host_vars=["site"], interfaces=True, compose={"ansible_host": first})
    whole = read(netbox, interfaces=True)
    addresses = [one for each in whole.hosts["leaf2"].vars["interfaces"] for one in each["ip_addresses"]]
    assert inventory.hosts["leaf2"].vars["ansible_host"] == addresses[0]["address"].split("/")[0]
    assert set(inventory.hosts["leaf2"].vars) - OF_ANSIBLE == {"ansible_host", "site"}


def test_expressions_with_a_prefix_see_the_names_of_the_user(netbox: NetBox, read: t.Any, groups_of: t.Any) -> None:
    inventory = read(
        netbox,
        host_vars=["tags"],
        vars_prefix="nb_",
        rename_variables=[{"pattern": "role", "repl": "function"}],
        compose={"where": "nb_regions | first", "does": "nb_function"},
        groups={"berlin": "nb_site == 'berlin-1'"},
        keyed_groups=[{"prefix": "f", "key": "nb_function"}],
        hostnames=["nb_dns_name", "name"],
        dns_name=True,
    )
    assert "leaf2.example.com" in inventory.hosts
    variables = inventory.hosts["leaf2.example.com"].vars
    assert (variables["where"], variables["does"]) == ("france", "leaf")
    assert set(variables) - OF_ANSIBLE == {"where", "does", "nb_tags"}
    assert groups_of(inventory, "leaf2.example.com") == {"f_leaf"}


@pytest.mark.parametrize("option", ["flatten_custom_fields", "flatten_local_context_data", "flatten_config_context"])
def test_expressions_see_flattened_keys(
    netbox: NetBox, read: t.Any, add_device: t.Any, groups_of: t.Any, option: str
) -> None:
    field = option.partition("_")[2]
    add_device("sw1", **{field: {"tier": "t1", "site": "x"}})
    inventory = read(
        netbox,
        host_vars=["ansible_host"],
        keyed_groups=[{"prefix": "tier", "key": "tier"}],
        compose={"again": "tier"},
        **{option: True},
    )
    assert groups_of(inventory, "sw1") == {"tier_t1"}
    assert inventory.hosts["sw1"].vars["again"] == "t1"


def test_host_vars_with_time_zone_and_facility_give_them(netbox: NetBox, read: t.Any) -> None:
    sites = netbox.table("dcim/sites")
    sites[2] = {**sites[2], "time_zone": "Europe/Paris", "facility": "PAR1"}
    variables = read(netbox, host_vars=["facility", "time_zone", "utc_offset"]).hosts["leaf2"].vars
    assert (variables["facility"], variables["time_zone"]) == ("PAR1", "Europe_Paris")
    assert variables["utc_offset"] in ("plus_1", "plus_2")


# What expressions need


@pytest.mark.parametrize("expression", ["netbox.get('face', 'x')", "netbox['face']", "netbox.face", "face"])
def test_field_is_seen_however_the_expression_names_it(netbox: NetBox, read: t.Any, expression: str) -> None:
    inventory = read(netbox, compose={"side": f"({expression}).value"}, virtual_machines=False)
    assert inventory.hosts["leaf1"].vars["side"] == "front"


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("netbox.keys() | list | length > 40", True),
        ("netbox | length > 40", True),
        ("'airflow' in netbox", True),
        ("netbox.items() | list | length > 40", True),
        ("(netbox.values() | list | length) > 40", True),
        ("netbox[status.value | replace('active', 'airflow')] is none", True),
    ],
)
def test_whole_object_is_seen_by_expressions_that_can_read_any_field(
    netbox: NetBox, read: t.Any, expression: str, value: t.Any
) -> None:
    inventory = read(netbox, compose={"result": expression}, virtual_machines=False)
    assert str(inventory.hosts["leaf1"].vars["result"]) == str(value)
    assert fields_read(netbox) is None


@pytest.mark.parametrize("first", ["netbox | length", "netbox.keys() | list | length", "vars.keys() | list | length"])
def test_expression_on_the_whole_object_keeps_the_needs_of_the_next(
    netbox: NetBox, read: t.Any, groups_of: t.Any, first: str
) -> None:
    inventory = read(
        netbox,
        host_vars=["ansible_host"],
        compose={"size": f"({first}) | default(0)", "area": "regions | first"},
        keyed_groups=[{"prefix": "rr", "key": "manufacturer"}],
    )
    assert inventory.hosts["leaf2"].vars["area"] == "france"
    assert groups_of(inventory, "leaf2") == {"rr_acme"}


@pytest.mark.parametrize(
    "expression",
    [
        "now().year",
        "range(3) | list",
        "lookup('ansible.builtin.env', 'HOME')",
        "query('ansible.builtin.env', 'HOME')",
        "namespace(a=1).a",
        "dict(a=1)",
        "inventory_hostname ~ inventory_hostname_short",
        "omit",
    ],
)
def test_names_of_jinja_and_ansible_are_not_requested(netbox: NetBox, read: t.Any, expression: str) -> None:
    read(netbox, compose={"result": expression}, transport="rest")
    words = {"now", "range", "lookup", "query", "namespace", "dict", "inventory_hostname", "omit"}
    assert not words & (fields_read(netbox) or set())
    # For names that could be fields of a newer NetBox, the plugin requests one complete object.
    assert not any(dict(one.query).get("limit") == "1" for one in netbox.requests)


def test_parent_group_without_braces_is_not_an_expression(netbox: NetBox, read: t.Any, groups_of: t.Any) -> None:
    keyed = {"prefix": "p", "key": "platform", "parent_group": "netbox"}
    inventory = read(netbox, keyed_groups=[keyed], virtual_machines=False)
    assert groups_of(inventory, "leaf2") == {"p_nos_5", "netbox"}
    assert "comments" not in (fields_read(netbox) or {"comments"})


def test_parent_group_with_braces_is_an_expression(netbox: NetBox, read: t.Any, groups_of: t.Any) -> None:
    keyed = {"prefix": "p", "key": "platform", "parent_group": "area_{{ regions | first }}"}
    inventory = read(netbox, keyed_groups=[keyed], host_vars=["ansible_host"])
    assert groups_of(inventory, "leaf2") >= {"p_nos_5", "area_france"}


def test_only_the_fields_that_expressions_name_are_read(netbox: NetBox, read: t.Any) -> None:
    # A device without a name is named after its type.
    del netbox.table("dcim/devices")[6]
    read(netbox, host_vars=[], compose={"a": "netbox.face.value", "b": "position"}, groups={"c": "'x' in tags"})
    assert fields_read(netbox) == {"id", "name", "face", "position", "tags", "virtual_chassis", "vc_position"}


# Names in expressions that do not come from NetBox


def test_groups_see_the_names_that_ansible_sets(netbox: NetBox, read: t.Any, groups_of: t.Any) -> None:
    inventory = read(
        netbox,
        groups={
            "short": "inventory_hostname_short == 'router'",
            "long": "inventory_hostname == 'router.example.com'",
            "source": "inventory_file.endswith('a.netbox.yml') and inventory_dir == inventory_file | dirname",
        },
        compose={"short": "inventory_hostname_short", "source": "inventory_file | basename"},
    )
    assert groups_of(inventory, "router.example.com") == {"short", "long", "source"}
    variables = inventory.hosts["router.example.com"].vars
    assert (variables["short"], variables["source"]) == ("router", "a.netbox.yml")


def test_short_name_of_a_host_called_like_an_address_is_the_address(
    netbox: NetBox, read: t.Any, add_device: t.Any
) -> None:
    add_device("192.0.2.77")
    inventory = read(netbox, compose={"short": "inventory_hostname_short"})
    assert inventory.hosts["192.0.2.77"].vars["short"] == "192.0.2.77"


def test_expressions_see_variables_of_earlier_sources(netbox: NetBox, read: t.Any, groups_of: t.Any) -> None:
    before = InventoryData()
    before.add_host("leaf2")
    before.set_variable("leaf2", "owner_team", "core")
    before.set_variable("leaf2", "serial", "other")
    inventory = read(
        netbox,
        into=before,
        compose={"team": "owner_team"},
        groups={"core": "owner_team == 'core'", "ours": "serial != 'other'"},
    )
    assert inventory.hosts["leaf2"].vars["team"] == "core"
    assert groups_of(inventory, "leaf2") == {"core", "ours"}


def test_composed_variables_are_seen_by_groups(netbox: NetBox, read: t.Any, groups_of: t.Any) -> None:
    inventory = read(
        netbox,
        host_vars=["ansible_host"],
        compose={"tier": "'one' if site.slug == 'paris-1' else 'two'"},
        groups={"tier_one": "tier == 'one'"},
        keyed_groups=[{"key": "tier", "prefix": "t"}],
    )
    assert groups_of(inventory, "leaf2") == {"tier_one", "t_one"}


def test_text_of_netbox_in_expressions_is_not_a_template(netbox: NetBox, read: t.Any, add_device: t.Any) -> None:
    add_device("sw1", serial="{{ 6 * 7 }}")
    inventory = read(netbox, compose={"a": "serial", "b": "serial ~ 'x'", "c": "netbox.serial | upper"})
    variables = inventory.hosts["sw1"].vars
    assert [variables[name] for name in "abc"] == ["{{ 6 * 7 }}", "{{ 6 * 7 }}x", "{{ 6 * 7 }}"]
    if NEEDS_MARKS:
        assert {type(variables[name]).__name__ for name in "abc"} == {"AnsibleUnsafeText"}


# Mistakes


def test_hostnames_that_never_give_a_name_are_reported(netbox: NetBox, read: t.Any, warnings: list[str]) -> None:
    read(netbox, hostnames=["custom_fields.fqdm", "name", "serial"])
    reported = [text for text in warnings if "never returns a name" in text]
    assert len(reported) == 1 and "'custom_fields.fqdm'" in reported[0]


@pytest.mark.parametrize("expression", ["description", "custom_fields.fqdm | default('')", "none"])
def test_hostnames_that_are_empty_everywhere_are_reported(
    netbox: NetBox, read: t.Any, warnings: list[str], expression: str
) -> None:
    read(netbox, hostnames=[expression, "name"])
    reported = [text for text in warnings if "never returns a name" in text]
    assert len(reported) == 1 and repr(expression) in reported[0]


def test_hostnames_that_give_some_hosts_a_name_are_not_reported(
    netbox: NetBox, read: t.Any, add_device: t.Any, warnings: list[str]
) -> None:
    add_device("sw1", serial="SN-77")
    inventory = read(netbox, hostnames=["primary_ip4.dns_name", "serial", "name", "comments"])
    assert "SN-77" in inventory.hosts
    assert not any("never returns a name" in text for text in warnings)


@pytest.mark.parametrize("keyed", [[None], ["site"], [{}], [{"prefix": "x"}], [{"key": ""}], [{"key": None}], "site"])
def test_keyed_groups_of_a_wrong_form_are_explained(netbox: NetBox, read: t.Any, keyed: t.Any) -> None:
    with pytest.raises(AnsibleParserError, match="keyed_groups") as caught:
        read(netbox, keyed_groups=keyed)
    assert "Traceback" not in str(caught.value) and "object has no attribute" not in str(caught.value)


@pytest.mark.parametrize("option", ["compose", "groups"])
@pytest.mark.parametrize("value", ["site", ["site"], 5])
def test_expressions_of_a_wrong_form_are_explained(netbox: NetBox, read: t.Any, option: str, value: t.Any) -> None:
    with pytest.raises(AnsibleError, match=option) as caught:
        read(netbox, **{option: value})
    assert "object has no attribute" not in str(caught.value)


@pytest.mark.parametrize("option", ["compose", "groups"])
@pytest.mark.parametrize("expression", [5, True, None, "{{", "a b", ""])
def test_odd_expressions_do_not_lose_the_inventory(netbox: NetBox, read: t.Any, option: str, expression: t.Any) -> None:
    assert len(read(netbox, **{option: {"x": expression}}).hosts) == 17
