# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Variables about the primary IP address: prefix length, interface, and gateway."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.netbox.cursor.tests.laws.described import Described
from ansible_collections.netbox.cursor.tests.laws.running import Mock, Outcome

TRANSPORTS = pytest.mark.parametrize("transport", ["rest", "graphql"])
TAGS: dict[str, t.Any] = {"tags": [{"slug": "gw"}, {"slug": "other"}]}
OPTIONS = {"primary_interface": True, "gateway_tag": "gw"}


def host(name: str, *addresses: str | dict[str, t.Any], **more: t.Any) -> dict[str, t.Any]:
    """Return a device with these addresses on ``eth1``. The first one is primary."""
    written = [{"address": one} if isinstance(one, str) else one for one in addresses]
    primary = "primary_ip6" if ":" in written[0]["address"] else "primary_ip4"
    interfaces = [{"name": "eth0"}, {"name": "eth1", "addresses": written}]
    return {"name": name, "interfaces": interfaces, primary: written[0]["address"], **more}


def read(described: Described, **options: t.Any) -> Outcome:
    outcome = Mock(described.netbox()).run({**OPTIONS, **options})
    assert outcome.error is None
    return outcome


def gateways(outcome: Outcome) -> dict[str, str | None]:
    return {name: variables.get("gateway") for name, variables in outcome.hosts.items()}


@TRANSPORTS
def test_length_is_a_number(transport: str) -> None:
    described = Described(devices=[host("a", "10.0.0.1/23"), host("b", "2001:db8::1/64"), {"name": "c"}])
    outcome = Mock(described.netbox()).run({"transport": transport})
    lengths = [variables.get("primary_ip4_prefix_length") for variables in outcome.hosts.values()]
    assert lengths == [23, None, None]
    # The interface and the gateway need an option.
    assert not any({"primary_interface", "gateway"} & set(variables) for variables in outcome.hosts.values())
    assert not any("ip-addresses" in one.path for one in outcome.requests)


@TRANSPORTS
def test_interface_is_that_of_the_primary_address(transport: str) -> None:
    machine = {**host("vm", "10.0.0.9/24"), "site": 0}
    devices = [host("a", "10.0.0.1/24"), host("b", "2001:db8::1/64"), {"name": "c"}]
    outcome = read(Described(devices=devices, virtual_machines=[machine], **TAGS), transport=transport)
    found = {name: variables.get("primary_interface") for name, variables in outcome.hosts.items()}
    assert found == {"a": "eth1", "b": "eth1", "c": None, "vm": "eth1"}


@TRANSPORTS
@pytest.mark.parametrize("option", OPTIONS)
def test_either_option_alone_adds_its_variable(option: str, transport: str) -> None:
    gateway = host("gw", {"address": "10.0.0.254/24", "tags": [0]})
    described = Described(devices=[host("a", "10.0.0.1/24"), gateway], **TAGS)
    outcome = Mock(described.netbox()).run({option: OPTIONS[option], "transport": transport})
    assert outcome.error is None
    found = {"primary_interface", "gateway"} & set(outcome.hosts["a"])
    assert found == {"primary_interface" if option == "primary_interface" else "gateway"}


def test_interface_of_another_device_behind_nat_is_not_used() -> None:
    described = Described(devices=[host("fw", "192.0.2.1/24"), host("a", "10.0.0.1/24")], **TAGS)
    netbox = described.netbox()
    table = netbox.table("ipam/ip-addresses")
    outside = next(row for row in table.values() if row["address"] == "192.0.2.1/24")
    outside["nat_inside"] = {"id": 2, "address": "10.0.0.1/24"}
    row = netbox.table("dcim/devices")[2]
    row["primary_ip"] = row["primary_ip4"] = netbox.table("dcim/devices")[1]["primary_ip4"]
    outcome = Mock(netbox).run(OPTIONS)
    assert outcome.hosts["fw"]["primary_interface"] == "eth1"
    assert "primary_interface" not in outcome.hosts["a"]


@TRANSPORTS
def test_gateway_has_the_tag_and_is_in_the_subnet(transport: str) -> None:
    router = host("gw", *({"address": one, "tags": (0,)} for one in ("10.0.0.1/24", "10.1.0.1/24", "2001:db8::1/64")))
    hosts = [host("a", "10.0.0.7/24"), host("b", "10.1.0.7/16"), host("c", "10.2.0.7/24"), host("d", "2001:db8::7/64")]
    outcome = read(Described(devices=[router, *hosts], **TAGS), transport=transport)
    assert gateways(outcome) == {"gw": None, "a": "10.0.0.1", "b": "10.1.0.1", "c": None, "d": "2001:db8::1"}


@TRANSPORTS
def test_gateway_is_in_the_same_vrf(transport: str) -> None:
    router = host("gw", {"address": "10.0.0.1/24", "tags": (0,)}, {"address": "10.0.0.2/24", "tags": (0,), "vrf": 0})
    hosts = [host("a", "10.0.0.7/24"), host("b", {"address": "10.0.0.8/24", "vrf": 0})]
    hosts.append(host("c", {"address": "10.0.0.9/24", "vrf": 1}))
    described = Described(devices=[router, *hosts], vrfs=[{"name": "red"}, {"name": "blue"}], **TAGS)
    assert gateways(read(described, transport=transport)) == {"gw": None, "a": "10.0.0.1", "b": "10.0.0.2", "c": None}


def test_several_gateways_are_none_and_are_reported() -> None:
    router = host("gw", {"address": "10.0.0.1/24", "tags": (0,)}, {"address": "10.0.0.2/24", "tags": (0,)})
    outcome = read(Described(devices=[router, host("a", "10.0.0.7/24")], **TAGS))
    assert gateways(outcome)["a"] is None
    (warning,) = [text for text in outcome.warnings if "gateway_tag" in text]
    assert warning.endswith("gateway is undefined there: 10.0.0.0/24.")


def test_one_address_on_two_routers_is_one_gateway() -> None:
    routers = [host(name, own, {"address": "10.0.0.1/24", "tags": (0,)}) for name, own in (("x", "10.9.0.1/24"),)]
    routers.append(host("y", "10.9.0.2/24", {"address": "10.0.0.1/24", "tags": (0,), "role": "vrrp"}))
    assert gateways(read(Described(devices=[*routers, host("a", "10.0.0.7/24")], **TAGS)))["a"] == "10.0.0.1"


def test_unknown_tag_names_the_option() -> None:
    outcome = Mock(Described(devices=[host("a", "10.0.0.7/24")]).netbox()).run({"gateway_tag": "nope"})
    assert outcome.error is not None and "Check gateway_tag: 'nope' must be the slug of a tag." in outcome.error


def test_compatibility_gives_the_length_only_on_request() -> None:
    described = Described(devices=[host("a", "10.0.0.1/23")])
    peer = {"compatibility": "netbox.netbox"}
    assert "primary_ip4_prefix_length" not in Mock(described.netbox()).run(peer).hosts["a"]
    chosen = {**peer, "host_vars": ["primary_ip4_prefix_length"]}
    assert Mock(described.netbox()).run(chosen).hosts["a"]["primary_ip4_prefix_length"] == 23


def test_addresses_that_are_denied_leave_the_variables_undefined(netbox: t.Any, read: t.Any, warnings: t.Any) -> None:
    netbox.credentials.limited_to = tuple(name for name in netbox.estate.tables if name != "ipam/ip-addresses")
    inventory = read(netbox, primary_interface=True, token=netbox.tokens["limited"])
    assert not any("primary_interface" in host.vars for host in inventory.hosts.values())
    assert any(
        "Cannot read ip addresses. The inventory lacks the variables primary_interface" in one for one in warnings
    )
