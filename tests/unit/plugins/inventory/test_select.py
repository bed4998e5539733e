# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The GraphQL selection for each host equals the result of nb_graphql, or the inventory fails."""

from __future__ import annotations

import functools
import re
import typing as t
from collections.abc import Callable

import pytest
from ansible.errors import AnsibleParserError
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import lookup_loader
from ansible.template import Templar

from ansible_collections.netbox.cursor.tests.laws.described import Described
from ansible_collections.netbox.cursor.tests.laws.rich import RICH
from ansible_collections.netbox.cursor.tests.laws.running import Mock
from ansible_collections.netbox.cursor.tests.stand_in import NetBox, serve

LISTS = {"dcim/devices": "device_list", "virtualization/virtual-machines": "virtual_machine_list"}
SELECTIONS = [
    "name tenant {name group {slug}}",
    "id site {slug region {name parent {slug}}} tags {id slug}",
    ["serial", {"interfaces": ["id", "name", {"ip_addresses": ["id", "address"]}]}],
    "primary_ip4 {address assigned_object {__typename ... on InterfaceType {name device {name}} "
    "... on VMInterfaceType {name virtual_machine {name}}}}",
    "{where: site {name} label: name interfaces {id name parent {name} tagged_vlans {id vid}}}",
    "custom_fields config_context status role {slug parent {slug}}",
]


@pytest.fixture
def look_up(netbox: NetBox) -> Callable[..., list[t.Any]]:
    """Return a function that returns the result of nb_graphql."""

    def look_up(name: str, fields: t.Any, ids: t.Any) -> list[t.Any]:
        loader = DataLoader()
        lookup = lookup_loader.get(
            "netbox.cursor.nb_graphql", loader=loader, templar=Templar(loader=loader, variables={})
        )
        options = {"api_endpoint": netbox.url, "token": netbox.tokens["v1"], "filters": {"id": {"in_list": ids}}}
        found: list[t.Any] = lookup.run([name], variables={}, fields=fields, **options)
        return found

    return look_up


def ordered(value: t.Any) -> t.Any:
    """Return the value with its lists in the order of the IDs. In nb_graphql, long lists have another order."""
    if isinstance(value, dict):
        return {key: ordered(one) for key, one in value.items()}
    if isinstance(value, list):
        return sorted(map(ordered, value), key=lambda one: int(one.get("id", 0)) if isinstance(one, dict) else 0)
    return value


def selected(inventory: t.Any, netbox: NetBox, endpoint: str) -> dict[int, t.Any]:
    """Return the selections by the ID of the object."""
    kind = endpoint.startswith("virt")
    return {
        host.vars["number"]: host.vars["selected"]
        for host in inventory.hosts.values()
        if host.vars["is_virtual"] == kind and "selected" in host.vars
    }


@pytest.mark.parametrize("select", SELECTIONS, ids=str)
@pytest.mark.parametrize("filters", [[], [{"status": "active"}]], ids=["all", "some"])
def test_selection_is_what_nb_graphql_returns(
    netbox: NetBox, read: t.Any, look_up: t.Any, select: t.Any, filters: t.Any
) -> None:
    options = {"host_vars": ["selected", "is_virtual"], "compose": {"number": "netbox.id"}, "query_filters": filters}
    inventory = read(netbox, select=select, **options)
    for endpoint, name in LISTS.items():
        found = selected(inventory, netbox, endpoint)
        ids = sorted(found)
        assert ids
        rows = look_up(name, ["law_id: id", select] if isinstance(select, str) else ["law_id: id", *select], ids)
        expected = {int(row.pop("law_id")): ordered(row) for row in rows}
        assert found == expected


def test_expressions_see_the_selection(netbox: NetBox, read: t.Any) -> None:
    options = {
        "select": "tenant {group {slug}}",
        "compose": {"group": "selected.tenant.group.slug"},
        "keyed_groups": [{"key": "selected.tenant.group.slug", "prefix": "of"}],
        "hostnames": ["selected.tenant.group.slug ~ '-' ~ name"],
    }
    inventory = read(netbox, **options)
    found = {name: host.vars.get("group") for name, host in inventory.hosts.items() if "group" in host.vars}
    assert found and all(name.startswith(f"{group}-") for name, group in found.items())
    assert not any("selected" in host.vars for host in inventory.hosts.values())


def test_variable_is_renamed_as_others(netbox: NetBox, read: t.Any) -> None:
    inventory = read(netbox, select="name", host_vars=["all", "selected"], vars_prefix="nb_")
    assert all(host.vars["nb_selected"]["name"] for name, host in inventory.hosts.items() if name == "leaf1")


def test_selection_that_nothing_uses_is_not_read(netbox: NetBox, read: t.Any, warnings: list[str]) -> None:
    read(netbox, select="name", transport="rest")
    assert not any(one.path == "/graphql/" for one in netbox.requests)
    assert any(text.startswith("select: nothing uses the selection") for text in warnings)


@pytest.mark.parametrize("filters", [[], [{"id__gte": 30}]])
def test_each_host_is_selected_once_in_pages(read: t.Any, filters: t.Any) -> None:
    with serve(version="4.6", estate=700, interfaces=1) as served:
        options = {"select": "name tags {slug}", "host_vars": ["selected"], "transport": "rest", "page_size": 100}
        inventory = read(served, device_query_filters=filters, virtual_machines=False, **options)
        assert all(name == host.vars["selected"]["name"] for name, host in inventory.hosts.items())
        lists = [one for one in served.requests if one.path == "/graphql/" and "device_list" in one.json["query"]]
        number = len(inventory.hosts)
        assert number > 600 and number // 100 <= len(lists) <= number // 100 + (2 if filters else 8)


def test_long_lists_are_complete_without_ids_in_the_selection(read: t.Any) -> None:
    with serve(version="4.6", estate=3, interfaces=230, max_page_size=50) as served:
        options = {"select": "interfaces {name}", "host_vars": ["selected"], "virtual_machines": False}
        hosts = read(served, **options).hosts.values()
        rows = [host.vars["selected"]["interfaces"] for host in hosts]
        assert [len(one) for one in rows] == [230] * 3 and all(set(one) == {"name"} for row in rows for one in row)


def test_cached_run_has_the_same_selection(netbox: NetBox, read: t.Any, tmp_path: t.Any) -> None:
    cache = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(tmp_path / "cache")}
    options = {"select": SELECTIONS[1], "host_vars": ["selected"], "compose": {"made": "selected.site.slug"}, **cache}
    fresh = {name: host.vars for name, host in read(netbox, **options).hosts.items()}
    cached = {name: host.vars for name, host in read(netbox, **options).hosts.items()}
    assert cached == fresh and not netbox.requests


# Mistakes


@pytest.mark.parametrize(
    ("select", "words"),
    [
        ("tenant {grop {slug}}", "TenantType has no field 'grop'. Did you mean group"),
        ("nmae", "DeviceType has no field 'nmae'. Did you mean name"),
        ("tenant", "'tenant' of DeviceType is an object. Select its fields"),
        ("name {x}", "'name' of DeviceType is a value without fields"),
        ("primary_ip4 {assigned_object {name}}", "not a field of all types of IPAddressAssignmentType"),
        ("primary_ip4 {assigned_object {... on IntrfaceType {name}}}", "Did you mean InterfaceType"),
        ("site {", "a closing } is missing"),
        (5, "select: "),
    ],
)
def test_field_that_does_not_exist_is_refused(netbox: NetBox, read: t.Any, select: t.Any, words: str) -> None:
    with pytest.raises(AnsibleParserError, match=words):
        read(netbox, select=select, host_vars=["selected"])
    assert not any(one.path == "/api/dcim/devices/" for one in netbox.requests)


def test_field_of_one_kind_is_left_out_for_the_other(netbox: NetBox, read: t.Any) -> None:
    hosts = read(netbox, select="rack {name} vcpus name", host_vars=["selected", "is_virtual"]).hosts.values()
    keys = {host.vars["is_virtual"]: set(host.vars["selected"]) for host in hosts}
    assert keys == {False: {"rack", "name"}, True: {"vcpus", "name"}}
    hosts = read(netbox, select="interfaces {lag {name} name}", host_vars=["selected", "is_virtual"]).hosts.values()
    keys = {
        host.vars["is_virtual"]: set(host.vars["selected"]["interfaces"][0])
        for host in hosts
        if host.vars["selected"]["interfaces"]
    }
    assert keys == {False: {"lag", "name"}, True: {"name"}}
    with pytest.raises(AnsibleParserError, match="VirtualMachineType has no field 'rack'"):
        read(netbox, select="rack {name}", host_vars=["selected"], devices=False)


def test_server_without_graphql_is_an_error(read: t.Any) -> None:
    message = "select requires NetBox's GraphQL API"
    with serve(version="4.6", graphql=False) as served, pytest.raises(AnsibleParserError, match=message):
        read(served, select="name", host_vars=["selected"])


# Permissions


@pytest.mark.parametrize(
    ("endpoint", "select", "permission"),
    [
        ("tenancy/tenant-groups", "tenant {group {slug}}", "tenancy.view_tenantgroup"),
        ("dcim/interfaces", "interfaces {name}", "dcim.view_interface"),
        ("extras/tags", "tags {slug}", "extras.view_tag"),
        ("dcim/sites", "site {slug}", "dcim.view_site"),
    ],
)
def test_missing_permission_is_named(netbox: NetBox, read: t.Any, endpoint: str, select: str, permission: str) -> None:
    netbox.credentials.limited_to = tuple(name for name in netbox.estate.tables if name != endpoint)
    with pytest.raises(AnsibleParserError, match=f"permission {permission}"):
        read(netbox, select=select, host_vars=["selected"], token=netbox.tokens["limited"])


def hide(field: tuple[str, ...], asked: t.Any, content: t.Any) -> t.Any:
    """Answer as NetBox does to a user without permission to view some objects."""
    for name in ("device_list", "virtual_machine_list"):
        for row in (content.get("data") or {}).get(name) or () if asked.path.endswith("/graphql/") else ():
            for key in field[:-1]:
                row = (row or {}).get(key)
            if row and row.get(field[-1]):
                row[field[-1]] = None
    return content


@pytest.mark.parametrize("filters", [[], [{"id__gte": 1}]])
@pytest.mark.parametrize(
    ("select", "field", "words"),
    [
        ("tenant {slug}", ("tenant",), "null for 'tenant' of .* tenancy.view_tenant "),
        ("tenant {group {slug}}", ("tenant", "group"), "null for 'group' of .* TenantType.* tenancy.view_tenantgroup "),
        ("site {region {slug}}", ("site", "region"), "dcim.view_region "),
        (
            "primary_ip4 {assigned_object {... on InterfaceType {name}}}",
            ("primary_ip4", "assigned_object"),
            "view_inter",
        ),
    ],
)
def test_null_of_a_hidden_object_is_an_error(select: str, field: tuple[str, ...], words: str, filters: t.Any) -> None:
    mock = Mock(RICH.netbox())
    options = {"select": select, "host_vars": ["selected"], "transport": "rest", "query_filters": filters}
    outcome = mock.run(options)
    assert outcome.error is None
    mock.change = functools.partial(hide, field)
    error = mock.run(options).error
    assert error is not None
    assert re.search(words, error), error


def test_null_that_rest_confirms_is_accepted() -> None:
    described = Described(tenants=[{"slug": "free"}], devices=[{"name": "a"}, {"name": "b", "tenant": 0}])
    outcome = Mock(described.netbox()).run({"select": "tenant {slug group {slug}}", "host_vars": ["selected"]})
    found = {name: variables["selected"]["tenant"] for name, variables in outcome.hosts.items()}
    assert found == {"a": None, "b": {"slug": "free", "group": None}}


def test_hidden_objects_of_hosts_that_are_left_out_do_not_matter() -> None:
    described = Described(tenants=[{"slug": "secret"}], devices=[{"name": "a"}, {"name": "b", "tenant": 0}])
    mock = Mock(described.netbox())
    mock.change = functools.partial(hide, ("tenant",))
    options = {"select": "tenant {slug}", "host_vars": ["selected"]}
    assert mock.run(options).error is not None
    outcome = mock.run({**options, "device_exclude_filters": [{"name": "b"}]})
    assert outcome.error is None and outcome.hosts["a"]["selected"] == {"tenant": None}
