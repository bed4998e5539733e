# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options with unknown names or invalid values are rejected, and the error suggests a similar name."""

from __future__ import annotations

import typing as t

import pytest
from ansible.errors import AnsibleError, AnsibleParserError

from ansible_collections.netbox.cursor.tests.stand_in import NetBox

TRANSPORTS = pytest.mark.parametrize("transport", ["rest", "graphql"])


@pytest.mark.parametrize(
    ("wrong", "nearest"),
    [("ansible_hots", "ansible_host"), ("sitess", "sites"), ("plattform", "platform"), ("primary_ip_4", "primary_ip4")],
)
def test_unknown_name_in_host_vars_is_refused(netbox: NetBox, read: t.Any, wrong: str, nearest: str) -> None:
    with pytest.raises(AnsibleParserError, match=f"host_vars: .*'{wrong}'.*Did you mean {nearest}"):
        read(netbox, host_vars=["site", wrong])
    assert not netbox.requests


@TRANSPORTS
@pytest.mark.parametrize(
    ("wrong", "nearest"), [("nmae", "name"), ("mac_adress", "mac_address"), ("taged_vlans", "tagged_vlans")]
)
def test_unknown_name_in_interface_fields_is_refused(
    netbox: NetBox, read: t.Any, wrong: str, nearest: str, transport: str
) -> None:
    with pytest.raises(AnsibleParserError, match=f"interface_fields: .*'{wrong}'.*Did you mean {nearest}"):
        read(netbox, interfaces=True, interface_fields=["name", wrong], transport=transport)


def test_known_name_in_interface_fields_costs_no_request(netbox: NetBox, read: t.Any) -> None:
    fields = ["name", "cable", "speed", "duplex", "wwn", "lag", "ip_addresses", "id", "virtual_machine"]
    read(netbox, interfaces=True, interface_fields=fields)
    lists = [dict(one.query) for one in netbox.requests if one.path == "/api/dcim/interfaces/"]
    assert lists and all("fields" in query for query in lists)


@TRANSPORTS
def test_interface_field_of_a_newer_netbox_is_read(netbox: NetBox, read: t.Any, transport: str) -> None:
    interfaces = netbox.table("dcim/interfaces")
    for number in list(interfaces):
        interfaces[number] = {**interfaces[number], "quantum_state": "up"}
    hosts = read(netbox, interfaces=True, interface_fields=["name", "quantum_state"], transport=transport).hosts
    assert {one["quantum_state"] for one in hosts["leaf2"].vars["interfaces"]} == {"up"}


def test_interface_fields_are_not_checked_without_interfaces(netbox: NetBox, read: t.Any) -> None:
    assert read(netbox, interface_fields=["nmae"]).hosts


@pytest.mark.parametrize("item", [None, 5, ["site"]])
@pytest.mark.parametrize("option", ["host_vars", "exclude_host_vars", "interface_fields", "allow_ansible_variables"])
def test_item_that_is_not_a_string_is_refused(netbox: NetBox, read: t.Any, option: str, item: t.Any) -> None:
    with pytest.raises(AnsibleParserError, match=option):
        read(netbox, **{option: [item]})
    assert not netbox.requests


@pytest.mark.parametrize("option", ["compose", "groups"])
def test_name_of_an_expression_must_be_a_string(netbox: NetBox, read_yaml: t.Any, option: str) -> None:
    with pytest.raises(AnsibleError, match=f"{option}: 5 must be a string"):
        read_yaml(netbox, f"{option}:\n  5: name\n")


@pytest.mark.parametrize("value", [False, "", None])
def test_hostname_field_without_a_value_is_not_set(netbox: NetBox, read: t.Any, value: t.Any) -> None:
    assert "leaf2" in read(netbox, hostname_field=value).hosts


@pytest.mark.parametrize("name", ["query_filters", "device_query_filters", "vm_query_filters", "group_by", "hostnames"])
@pytest.mark.parametrize("value", [None, []])
def test_list_without_a_value_is_not_set(netbox: NetBox, read: t.Any, name: str, value: t.Any) -> None:
    assert len(read(netbox, **{name: value}).hosts) == 17


@pytest.mark.parametrize("name", ["limit", "offset", "start", "ordering", "fields"])
def test_paging_parameter_as_filter_names_only_options_that_exist(netbox: NetBox, read: t.Any, name: str) -> None:
    with pytest.raises(AnsibleParserError, match=f"'{name}' is not a filter") as caught:
        read(netbox, device_query_filters=[{name: 5}])
    assert f"use the option {name}" not in str(caught.value)


def test_filter_for_devices_among_filters_for_all_names_the_option(netbox: NetBox, read: t.Any) -> None:
    with pytest.raises(AnsibleParserError, match="'rack_id'") as caught:
        read(netbox, query_filters=[{"rack_id": 1}])
    assert "device_query_filters" in str(caught.value)
    assert read(netbox, device_query_filters=[{"rack_id": 1}]).hosts


def test_filter_for_machines_among_filters_for_all_names_the_option(netbox: NetBox, read: t.Any) -> None:
    with pytest.raises(AnsibleParserError, match="vm_query_filters"):
        read(netbox, query_filters=[{"vcpus": 1}])


def test_unknown_name_in_exclude_host_vars_is_refused(netbox: NetBox, read: t.Any) -> None:
    with pytest.raises(AnsibleParserError, match="exclude_host_vars: .*'ansible_hots'.*Did you mean ansible_host"):
        read(netbox, exclude_host_vars=["ansible_hots"])
    assert not netbox.requests


@pytest.mark.parametrize("name", ["site", "sites"])
def test_excluded_variables_stay_visible_to_expressions(netbox: NetBox, read: t.Any, name: str) -> None:
    inventory = read(netbox, exclude_host_vars=[name], keyed_groups=[{"key": "site", "prefix": "at"}])
    assert "site" not in inventory.hosts["leaf1"].vars and "role" in inventory.hosts["leaf1"].vars
    assert "leaf1" in {host.name for host in inventory.groups["at_berlin_1"].hosts}


def test_fields_of_excluded_variables_are_not_requested(netbox: NetBox, read: t.Any) -> None:
    read(netbox, exclude_host_vars=["tags", "rack", "rack_role"])
    lists = [dict(one.query).get("fields", "") for one in netbox.requests if one.path == "/api/dcim/devices/"]
    assert lists and not {"tags", "rack"} & {field for fields in lists for field in fields.split(",")}
    assert not any(one.path == "/api/dcim/racks/" for one in netbox.requests)


@pytest.mark.parametrize(("host_vars", "warned"), [(["site", "status"], True), (["site"], False), (["all"], True)])
def test_variables_of_the_same_name_are_reported(
    netbox: NetBox, read: t.Any, warnings: list[str], host_vars: list[str], warned: bool
) -> None:
    hosts = read(netbox, rename_variables=[{"pattern": "site$", "repl": "status"}], host_vars=host_vars).hosts
    assert hosts["leaf2"].vars["status"]
    assert ("status (site, status)" in str(warnings)) == warned
