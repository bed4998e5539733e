# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""With ``compatibility: netbox.netbox``, the variables match netbox.netbox 3.23. Without it, they match the
documentation."""

from __future__ import annotations

import re
import typing as t

import pytest

from ansible_collections.netbox.cursor.tests.laws.described import Described
from ansible_collections.netbox.cursor.tests.laws.running import Mock
from ansible_collections.netbox.cursor.tests.stand_in import NetBox

PEER = {"compatibility": "netbox.netbox"}
TRANSPORTS = pytest.mark.parametrize("transport", ["rest", "graphql"])


@TRANSPORTS
def test_cluster_device_is_the_object_that_the_rest_api_shows(netbox: NetBox, read: t.Any, transport: str) -> None:
    machines, device = netbox.table("virtualization/virtual-machines"), netbox.table("dcim/devices")[4]
    brief = {key: device[key] for key in ("id", "url", "display", "name", "description")}
    machines[1] = {**machines[1], "device": brief}
    name = machines[1]["name"]
    compatible = read(netbox, transport=transport, **PEER).hosts[name].vars["cluster_device"]
    assert {**compatible, "url": ""} == {**brief, "url": ""}
    assert read(netbox, transport=transport).hosts[name].vars["cluster_device"] == device["name"]


@TRANSPORTS
def test_flattened_config_context_needs_the_option_config_context_there(
    netbox: NetBox, read: t.Any, transport: str
) -> None:
    options = {"flatten_config_context": True, "transport": transport}
    assert "syslog" in read(netbox, **options).hosts["leaf2"].vars
    assert "syslog" not in read(netbox, **options, **PEER).hosts["leaf2"].vars
    assert "syslog" in read(netbox, config_context=True, **options, **PEER).hosts["leaf2"].vars


@TRANSPORTS
def test_later_variable_replaces_a_flattened_dictionary_there(netbox: NetBox, read: t.Any, transport: str) -> None:
    row = netbox.table("dcim/devices")[2]
    row["local_context_data"], row["custom_fields"] = {"custom_fields": {"from": "context"}}, {}
    options = {"flatten_local_context_data": True, "transport": transport}
    assert read(netbox, **options, **PEER).hosts[row["name"]].vars["custom_fields"] == {}


@TRANSPORTS
def test_prefixes_make_the_site_an_object_there(netbox: NetBox, read: t.Any, transport: str) -> None:
    options = {"prefixes": True, "transport": transport}
    assert read(netbox, **options).hosts["leaf2"].vars["site"] == "paris-1"
    (site,) = read(netbox, **options, **PEER).hosts["leaf2"].vars["sites"]
    assert site["slug"] == "paris-1" and isinstance(site["prefixes"], list)
    (same,) = read(netbox, site_data=True, **options, **PEER).hosts["leaf2"].vars["sites"]
    assert same == site


def test_prefixes_are_in_the_default_order_of_netbox_there() -> None:
    prefixes = [{"prefix": one, "site": 0} for one in ("2001:db8::/32", "10.1.0.0/16", "10.0.0.0/8", "9.0.0.0/8")]
    described = Described(sites=[{"slug": "a"}], devices=[{"name": "x"}], prefixes=prefixes)

    def order(**options: t.Any) -> list[str]:
        outcome = Mock(described.netbox()).run({"prefixes": True, "site_data": True, **options})
        site = outcome.hosts["x"]["site" if not options else "sites"]
        return [row["prefix"] for row in (site[0] if options else site)["prefixes"]]

    assert order() == [one["prefix"] for one in prefixes]
    assert order(**PEER) == ["9.0.0.0/8", "10.0.0.0/8", "10.1.0.0/16", "2001:db8::/32"]


@TRANSPORTS
@pytest.mark.parametrize("option", ["interfaces", "ansible_host_dns_name"])
def test_dns_name_comes_with_interfaces_there(netbox: NetBox, read: t.Any, option: str, transport: str) -> None:
    options = {option: True, "transport": transport}
    assert "dns_name" not in read(netbox, **options).hosts["leaf2"].vars
    assert read(netbox, **options, **PEER).hosts["leaf2"].vars["dns_name"] == "leaf2.example.com"
    assert "dns_name" not in read(netbox, transport=transport, **PEER).hosts["leaf2"].vars


@pytest.mark.parametrize("option", ["interfaces", "ansible_host_dns_name"])
def test_dns_name_comes_from_netbox_4_5_too(read: t.Any, option: str) -> None:
    from ansible_collections.netbox.cursor.tests.stand_in import serve

    with serve(version="4.5") as netbox:
        variables = read(netbox, **{option: True}, **PEER).hosts["leaf2"].vars
    assert variables["dns_name"] == "leaf2.example.com"


@pytest.mark.parametrize(
    ("zone", "there", "here"),
    [
        ("Asia/Kolkata", "plus_6", "plus_5_30"),
        ("Asia/Kathmandu", "plus_6", "plus_5_45"),
        ("America/Caracas", "minus_4", "minus_4"),
        ("Pacific/Marquesas", "minus_10", "minus_9_30"),
        ("Asia/Yangon", "plus_6", "plus_6_30"),
        ("Africa/Abidjan", "plus_0", "plus_0"),
        ("Pacific/Nowhere", None, None),
    ],
)
def test_utc_offset_of_half_hours_is_rounded_there(
    netbox: NetBox, read: t.Any, zone: str, there: str | None, here: str | None
) -> None:
    sites = netbox.table("dcim/sites")
    sites[2] = {**sites[2], "time_zone": zone}
    assert read(netbox, host_vars=["utc_offset"]).hosts["leaf2"].vars.get("utc_offset") == here
    inventory = read(netbox, group_by=["utc_offset"], **PEER)
    assert inventory.hosts["leaf2"].vars.get("utc_offset") == there
    assert (f"utc_offset_{there}" in inventory.groups) == (there is not None)


@pytest.mark.parametrize("compatibility", [{}, PEER])
@pytest.mark.parametrize(
    ("pattern", "repl"), [("s*", "x_"), (".*", "x"), ("(site)?", r"a_\1"), ("(.*)", r"nb_\1"), ("$", "x")]
)
def test_pattern_that_matches_nothing_renames_as_the_re_module_does(
    netbox: NetBox, read: t.Any, compatibility: t.Any, pattern: str, repl: str
) -> None:
    options = {"rename_variables": [{"pattern": pattern, "repl": repl}], "host_vars": ["site"], "plurals": False}
    variables = read(netbox, **options, **compatibility).hosts["leaf2"].vars
    renamed = re.sub(pattern, repl, "site") if re.match(pattern, "site") else "site"
    assert variables[renamed] == "paris-1"


def test_renaming_does_not_hide_is_virtual_from_expressions(netbox: NetBox, read: t.Any) -> None:
    options = {"rename_variables": [{"pattern": "is_", "repl": "nb_"}], "groups": {"virtual": "is_virtual"}}
    inventory = read(netbox, **options, **PEER)
    found = inventory.groups["virtual"].get_hosts()
    assert found == [host for host in inventory.hosts.values() if host.vars["nb_virtual"]] != []


@TRANSPORTS
def test_whole_interfaces_have_whole_addresses(netbox: NetBox, read: t.Any, transport: str) -> None:
    tag = netbox.table("extras/tags")[1]
    addresses = netbox.table("ipam/ip-addresses")
    for number in list(addresses):
        addresses[number] = {**addresses[number], "tags": [tag]}
    inventory = read(netbox, interfaces=True, interface_fields=["all"], transport=transport)
    found = [
        address
        for host in inventory.hosts.values()
        for interface in host.vars["interfaces"]
        for address in interface["ip_addresses"]
    ]
    assert len(found) > 5
    for address in found:
        assert [one["slug"] for one in address["tags"]] == [tag["slug"]]
        assert {"created", "tenant", "nat_outside", "custom_fields"} <= set(address)


@pytest.mark.parametrize("whole", [False, True])
@TRANSPORTS
def test_interfaces_come_in_natural_order(
    netbox: NetBox, read: t.Any, add_device: t.Any, whole: bool, transport: str
) -> None:
    device, interfaces = add_device("sw1"), netbox.table("dcim/interfaces")
    names = ["mgmt0", "Ethernet1/10", "Ethernet1/2", "Ethernet1/2.100", "Ethernet1/2.20", "lo0", "Ethernet2/1", "ae1"]
    for name in names:
        number = max(interfaces.ids()) + 1
        brief = {key: device[key] for key in ("id", "url", "display", "name", "description")}
        interfaces[number] = {**interfaces[1], "id": number, "name": name, "display": name, "device": brief}
    fields = {"interface_fields": ["all"]} if whole else {}
    found = read(netbox, interfaces=True, transport=transport, **fields).hosts["sw1"].vars["interfaces"]
    assert [one["name"] for one in found] == [
        *("Ethernet1/2", "Ethernet1/2.20", "Ethernet1/2.100", "Ethernet1/10", "Ethernet2/1"),
        *("ae1", "lo0", "mgmt0"),
    ]


@TRANSPORTS
def test_interfaces_of_a_chassis_are_grouped_by_member_there(transport: str) -> None:
    """NetBox sorts interfaces by the name of their device first."""
    members = [
        {"name": name, "chassis": 0, "interfaces": [{"name": "eth10"}, {"name": "eth2"}, {"name": f"of {name}"}]}
        for name in ("sw10", "sw2")
    ]
    described = Described(chassis=[{"name": "stack", "master": 0}], devices=members)
    options = {"interfaces": True, "transport": transport}

    def names(**more: t.Any) -> list[str]:
        variables = Mock(described.netbox()).run({**options, **more}).hosts["sw10"]
        return [one["name"] for one in variables["interfaces"]]

    assert names(**PEER) == ["eth2", "eth10", "of sw2", "eth2", "eth10", "of sw10"]
    assert names() == ["eth2", "eth2", "eth10", "eth10", "of sw2", "of sw10"]
