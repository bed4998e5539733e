# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Host names: every host has a unique name, and no program interprets the name as a command."""

from __future__ import annotations

import typing as t

import pytest
from ansible.inventory.data import InventoryData

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import printable
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.names import is_local, sanitize_host_name
from ansible_collections.netbox.cursor.tests.stand_in import NetBox


def hosts_in(inventory: InventoryData, group: str) -> set[str]:
    return {host.name for host in inventory.groups[group].get_hosts()}


# Names of groups


def test_host_called_like_a_group_of_another_source_is_added(
    netbox: NetBox, read: t.Any, add_device: t.Any, groups_of: t.Any
) -> None:
    add_device("web")
    other = InventoryData()
    other.add_group("web")
    other.add_host("outside", group="web")
    inventory = read(netbox, into=other, group_by=["site"], compose={"where": "site.name"})
    assert inventory.hosts["web"].vars["where"] == "Berlin 1"
    assert groups_of(inventory, "web") == {"site_berlin-1"}
    assert hosts_in(inventory, "web") == {"outside"}
    assert inventory.groups["web"].vars == {}
    assert inventory.hosts["web"].vars["inventory_file"] == inventory.hosts["leaf1"].vars["inventory_file"]
    assert "outside" not in hosts_in(inventory, "site_berlin-1")


def test_host_called_like_its_site_group_is_added(
    netbox: NetBox, read: t.Any, add_device: t.Any, groups_of: t.Any
) -> None:
    add_device("site_berlin-1")
    inventory = read(netbox, group_by=["site"], groups={"near": "site == 'berlin-1'"})
    assert groups_of(inventory, "site_berlin-1") == {"site_berlin-1", "near"}
    assert {"site_berlin-1", "leaf1"} <= hosts_in(inventory, "site_berlin-1")


@pytest.mark.parametrize("key", ["site", "tag"])
def test_host_called_like_its_own_raw_group_is_added(
    netbox: NetBox, read: t.Any, add_device: t.Any, groups_of: t.Any, key: str
) -> None:
    tag = netbox.table("extras/tags")[1]
    add_device("edge", tags=[tag])
    add_device("berlin-1")
    inventory = read(netbox, group_by=[key], group_names_raw=True, compose={"called": "inventory_hostname"})
    assert groups_of(inventory, "edge") == {"edge" if key == "tag" else "berlin-1"}
    assert inventory.hosts["edge"].vars["called"] == "edge"
    assert inventory.hosts["berlin-1"].vars["called"] == "berlin-1"
    assert not any("called" in group.vars for group in inventory.groups.values())


def test_composed_group_called_like_the_host_gets_the_host(
    netbox: NetBox, read: t.Any, add_device: t.Any, groups_of: t.Any
) -> None:
    add_device("web")
    inventory = read(
        netbox,
        compose={"again": "name"},
        groups={"web": "name == 'web'"},
        keyed_groups=[{"key": "name", "prefix": "", "separator": "", "parent_group": "by_name"}],
    )
    assert groups_of(inventory, "web") == {"web", "by_name"}
    assert hosts_in(inventory, "web") == {"web"}
    assert inventory.hosts["web"].vars["again"] == "web"


@pytest.mark.parametrize("name", ["all", "ungrouped"])
def test_host_called_like_a_group_of_ansible_gets_its_id(
    netbox: NetBox, read: t.Any, add_device: t.Any, warnings: list[str], name: str
) -> None:
    number = add_device(name)["id"]
    inventory = read(netbox)
    assert len(inventory.hosts) == 18
    assert f"{name}_{number}" in inventory.hosts and name not in inventory.hosts
    assert sum(f"{name} is now {name}_{number}" in text for text in warnings) == 1


# Duplicates


def test_duplicate_leaves_the_real_name_of_another_host_alone(netbox: NetBox, read: t.Any, add_device: t.Any) -> None:
    first, second = add_device("dup"), add_device("dup")
    real = add_device(f"dup_{second['id']}", serial="real")
    hosts = read(netbox).hosts
    assert hosts[real["name"]].vars["serial"] == "real"
    assert {"dup", f"dup_{second['id']}_{second['id']}"} <= set(hosts) and first["id"] < second["id"]


@pytest.mark.parametrize("real_comes", ["first", "last"])
def test_real_name_is_kept_whatever_the_order_of_ids(
    netbox: NetBox, read: t.Any, add_device: t.Any, real_comes: str
) -> None:
    ids = (100, 101, 102) if real_comes == "first" else (102, 100, 101)
    add_device(f"dup_{ids[2]}", id=ids[0], serial="real")
    add_device("dup", id=ids[1])
    add_device("dup", id=ids[2])
    hosts = read(netbox).hosts
    assert hosts[f"dup_{ids[2]}"].vars["serial"] == "real"
    assert {"dup", f"dup_{ids[2]}_{ids[2]}"} <= set(hosts)


def test_name_from_an_expression_uses_the_value_of_an_object(netbox: NetBox, read: t.Any) -> None:
    names = set(read(netbox, hostnames=["status ~ '' if false else device_type", "name"]).hosts)
    assert "switch-48" in names and not any("{" in name for name in names)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ({"value": "gold", "label": "Gold"}, "gold"),
        ({"id": 1, "name": "Shop", "slug": "shop", "display": "Shop"}, "shop"),
        ([{"value": "a", "label": "A"}, {"value": "b", "label": "B"}], "a_b"),
        (["t1", "t3"], "t1_t3"),
        (17, "17"),
        (None, "fallback"),
        ("", "fallback"),
        ([], "fallback"),
    ],
)
def test_hostname_field_of_any_type_gives_a_readable_name(
    netbox: NetBox, read: t.Any, add_device: t.Any, value: t.Any, name: str
) -> None:
    add_device("fallback", custom_fields={"label": value})
    assert name in read(netbox, hostname_field="label").hosts


# Names as arguments, templates, and paths


@pytest.mark.parametrize(
    ("name", "becomes"),
    [
        ("-oProxyCommand=touch /tmp/x", "_oProxyCommand=touch /tmp/x"),
        ("--help", "_-help"),
        ("  -oProxyCommand=id", "_oProxyCommand=id"),
        ("\u2028-oProxyCommand=id", "_oProxyCommand=id"),
        ("sw1 -oProxyCommand=/tmp/x", "sw1 _oProxyCommand=/tmp/x"),
        ("sw1\u00a0-oProxyCommand=/tmp/x", "sw1\u00a0_oProxyCommand=/tmp/x"),
        ("floor 1 - north", "floor 1 - north"),
        ("sw1 (old)", "sw1 (old)"),
        ("$(id)", "_(id)"),
        ("`id`", "_id_"),
        ("a;id", "a_id"),
        ("a|id&", "a_id_"),
        ("root@sw1", "root_sw1"),
        ("ssh://root@sw1:22", "ssh:__root_sw1:22"),
        ("{{ 1 }}", "_{ 1 }}"),
        ("{% x %}", "_% x %}"),
        ("{{{ 1 }}}", "__{ 1 }}}"),
        ("{# x #}", "_# x #}"),
        ("#jinja2: x:1", "_jinja2: x:1"),
        (" sw1 ", "sw1"),
        ("\n", "_"),
    ],
)
def test_name_that_a_program_would_obey_is_changed(
    netbox: NetBox, read: t.Any, add_device: t.Any, warnings: list[str], name: str, becomes: str
) -> None:
    number = add_device(name)["id"]
    assert becomes in read(netbox).hosts
    reported = [text for text in warnings if f"(ID {number})" in text]
    assert len(reported) == (name != becomes)
    assert all(printable(text) == text for text in warnings)
    assert sanitize_host_name(becomes) == becomes


@pytest.mark.parametrize(
    "name",
    [
        *("localhost", "127.0.0.1", "::1", "LOCALHOST", "localhost.", "localhost.localdomain", "localhost6"),
        *("ip6-localhost", "a.localhost", "127.0.0.2", "127.1", "2130706433", "0x7f000001", "[::1]", "0.0.0.0"),
        *("::", "::ffff:127.0.0.1", "0:0:0:0:0:0:0:1", "::1%lo", "\uff4cocalhost", "local\u200bhost", "0 0"),
    ],
)
def test_host_called_like_the_controller_gets_its_id(
    netbox: NetBox, read: t.Any, add_device: t.Any, warnings: list[str], name: str
) -> None:
    number = add_device(name)["id"]
    inventory = read(netbox)
    (renamed,) = {f"{name}_{number}", f"_{name}_{number}"} & set(inventory.hosts)
    assert not is_local(renamed) and name not in inventory.hosts
    assert inventory.localhost is None
    assert sum(f"{name} is now {renamed}" in text for text in warnings) == 1


@pytest.mark.parametrize(
    "name", ["192.0.2.1", "2001:db8::1", "1271", "my-localhost", "localhost-1", "127", "host.127.1"]
)
def test_other_names_are_not_taken_for_the_controller(name: str) -> None:
    assert not is_local(name)


def test_name_from_an_expression_is_changed_like_any_other(
    netbox: NetBox, read: t.Any, add_device: t.Any, warnings: list[str]
) -> None:
    one = add_device("a", serial="-oProxyCommand=id")["id"]
    two = add_device("b", serial="localhost")["id"]
    hosts = read(netbox, hostnames=["serial"]).hosts
    assert {"_oProxyCommand=id", f"localhost_{two}"} <= set(hosts)
    assert any(f"(ID {one})" in text for text in warnings)


def test_hosts_that_share_a_name_once_it_is_changed_are_kept_apart(
    netbox: NetBox, read: t.Any, add_device: t.Any
) -> None:
    changed, real = add_device("-x"), add_device("_x", serial="real")
    hosts = read(netbox).hosts
    assert hosts["_x"].vars["serial"] == "real"
    assert f"_x_{changed['id']}" in hosts and real["id"] > changed["id"]


# Addresses


def address(netbox: NetBox, text: str, dns_name: str = "") -> dict[str, t.Any]:
    """Return an IP address object as devices refer to it."""
    addresses = netbox.table("ipam/ip-addresses")
    number = max(addresses.ids()) + 1
    addresses[number] = {**addresses[min(addresses.ids())], "id": number, "address": text, "dns_name": dns_name}
    return {"id": number, "address": text, "dns_name": dns_name, "display": text}


@pytest.mark.parametrize(
    "dns_name",
    ["-oProxyCommand=id", "-x.example.com", "localhost", "a.localhost", "{{1}}", "a b", "a;id", "a\nb", "127.1"],
)
@pytest.mark.parametrize("transport", ["rest", "graphql"])
def test_dns_name_that_is_not_safe_is_not_the_ansible_host(
    netbox: NetBox, read: t.Any, add_device: t.Any, warnings: list[str], dns_name: str, transport: str
) -> None:
    primary = address(netbox, "192.0.2.200/24", dns_name)
    number = add_device("sw1", primary_ip=primary, primary_ip4=primary)["id"]
    inventory = read(netbox, ansible_host_dns_name=True, dns_name=True, transport=transport)
    assert inventory.hosts["sw1"].vars["ansible_host"] == "192.0.2.200"
    # The value is still data.
    assert inventory.hosts["sw1"].vars["dns_name"] == dns_name
    assert sum(f"(ID {number})" in text for text in warnings) == 1


@pytest.mark.parametrize("field", ["primary_ip", "oob_ip"])
@pytest.mark.parametrize("text", ["127.0.0.1/8", "::1/128", "127.8.0.1/32"])
def test_loopback_address_is_not_the_ansible_host(
    netbox: NetBox, read: t.Any, add_device: t.Any, warnings: list[str], field: str, text: str
) -> None:
    own = address(netbox, text)
    fields = {"primary_ip": own, "primary_ip4": own} if field == "primary_ip" else {"oob_ip": own}
    number = add_device("sw1", **fields)["id"]
    inventory = read(netbox, oob_ip_as_primary_ip=True)
    assert "ansible_host" not in inventory.hosts["sw1"].vars
    assert sum(f"(ID {number})" in text for text in warnings) == 1


def test_safe_dns_name_is_the_ansible_host(netbox: NetBox, read: t.Any, add_device: t.Any, warnings: list[str]) -> None:
    primary = address(netbox, "192.0.2.200/24", "sw1.example.com")
    add_device("sw1", primary_ip=primary, primary_ip4=primary)
    inventory = read(netbox, ansible_host_dns_name=True)
    assert inventory.hosts["sw1"].vars["ansible_host"] == "sw1.example.com"
    assert not any("ansible_host" in text for text in warnings)


# Names of groups that Ansible itself uses


def test_group_that_would_take_over_localhost_keeps_its_key(
    netbox: NetBox, read: t.Any, add_device: t.Any, add_place: t.Any, groups_of: t.Any
) -> None:
    site = add_place("dcim/sites", "localhost", region=None, group=None)
    add_device("sw1", site=site)
    inventory = read(netbox, group_by=["site"], group_names_raw=True)
    assert groups_of(inventory, "sw1") == {"site_localhost"}


@pytest.mark.parametrize("name", ["localhost", "all", "ungrouped"])
def test_keyed_group_that_ansible_reserves_is_renamed(
    netbox: NetBox, read: t.Any, add_device: t.Any, warnings: list[str], groups_of: t.Any, name: str
) -> None:
    add_device("sw1", serial=name)
    keyed = {"key": "serial", "prefix": "", "separator": "", "parent_group": "serials"}
    inventory = read(netbox, keyed_groups=[keyed], groups={"localhost": "name == 'leaf1'"})
    assert groups_of(inventory, "sw1") == {f"group_{name}", "serials"}
    assert sum(f"The group is now group_{name}" in text for text in warnings) == 1
    # The user chose this name.
    assert "localhost" in groups_of(inventory, "leaf1")


def test_parent_of_keyed_groups_can_be_all(netbox: NetBox, read: t.Any, warnings: list[str], groups_of: t.Any) -> None:
    inventory = read(netbox, keyed_groups=[{"key": "role", "prefix": "", "separator": "", "parent_group": "all"}])
    assert groups_of(inventory, "leaf2") == {"leaf"}
    assert not any("group_all" in text for text in warnings) and "group_all" not in inventory.groups


@pytest.mark.parametrize(
    ("serial", "group"),
    [("../x", "___x"), ("\x1b[2Jx", "__2Jx"), ("\u2066x\u2069", "_x_"), ("\x1b", "_"), ("a/b", "a_b")],
)
def test_keyed_group_is_not_a_path_and_moves_no_terminal(
    netbox: NetBox, read: t.Any, add_device: t.Any, groups_of: t.Any, serial: str, group: str
) -> None:
    """Ansible reads ``group_vars/NAME`` of each group."""
    add_device("sw1", serial=serial)
    inventory = read(netbox, keyed_groups=[{"key": "serial", "prefix": "", "separator": ""}])
    assert groups_of(inventory, "sw1") == {group}
