# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory is the same with REST and with GraphQL."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible.errors import AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.utils.display import Display

from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory import rest_shaped
from ansible_collections.netbox.cursor.tests.stand_in import Fault, NetBox, serve

PEER = Path(__file__).resolve().parents[3] / "recordings" / "peer_inventory"
EVERYTHING: dict[str, t.Any] = {
    "group_by": [
        *("site", "location", "tenant", "rack", "rack_role", "tag", "role", "device_type", "manufacturer", "platform"),
        *("region", "site_group", "cluster", "cluster_type", "cluster_group", "is_virtual", "services", "status"),
        *("time_zone", "utc_offset", "facility"),
    ],
    **dict.fromkeys(("config_context", "interfaces", "services", "virtual_disks", "dns_name", "plurals"), True),
    **dict.fromkeys(("virtual_chassis_name", "site_data", "prefixes", "oob_ip_as_primary_ip"), True),
}
CONFIGURATIONS: dict[str, dict[str, t.Any]] = {
    "defaults": {},
    "everything": EVERYTHING,
    "slim": {"host_vars": ["site", "role", "platform", "status", "primary_ip4"]},
    "names": {"host_vars": [], "interfaces": False},
    "flattened": {"flatten_custom_fields": True, "flatten_local_context_data": True, "flatten_config_context": True},
    "devices": {"virtual_machines": False, "group_by": ["tag", "rack"]},
    "filters": {"query_filters": [{"tenant": "shop"}], "interfaces": True},
    "more filters": {"device_query_filters": [{"status": ["active", "staged"]}], "vm_query_filters": "site=berlin-1"},
    "tenant filter": {"query_filters": [{"tenant_id": 1}]},
    "expressions": {
        "compose": {"model": "device_type.model", "where": "site.name", "u": "position", "label": "status.label"},
        "keyed_groups": [{"prefix": "os", "key": "platform"}, {"prefix": "tier", "key": "custom_fields.tier"}],
        "groups": {"tagged": "tags | length > 0", "two": "netbox.primary_ip4 is not none"},
        "hostnames": ["custom_fields.fqdn", "serial", "name"],
    },
    "whole": {"compose": {"everything": "netbox"}},
    "dns": {"ansible_host_dns_name": True, "host_vars": ["ansible_host"]},
    "few fields of interfaces": {"interfaces": True, "interface_fields": ["name", "untagged_vlan", "mac_address"]},
    "whole interfaces": {"interfaces": True, "interface_fields": ["all"]},
    **{
        f"peer {path.stem}": json.loads(path.read_text(encoding="utf-8"))["options"]
        for path in sorted(PEER.glob("*.json"))
    },
}


def listed(inventory: InventoryData) -> str:
    """Return the complete inventory as text."""
    hosts = {
        name: {key: value for key, value in host.vars.items() if key not in ("inventory_file", "inventory_dir")}
        for name, host in inventory.hosts.items()
    }
    groups = {
        name: [sorted(host.name for host in group.hosts), sorted(child.name for child in group.child_groups)]
        for name, group in inventory.groups.items()
    }
    return json.dumps({"hosts": hosts, "groups": groups}, indent=1, default=str)


def by_graphql(netbox: NetBox) -> int:
    return sum(received.path == "/graphql/" for received in netbox.requests)


@pytest.fixture(scope="module", params=["4.5", "4.6", "4.7"])
def netbox(request: pytest.FixtureRequest) -> Iterator[NetBox]:
    with serve(version=request.param) as served:
        yield served


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_both_give_the_same_inventory(netbox: NetBox, read: t.Any, name: str) -> None:
    options = CONFIGURATIONS[name]
    by_rest = listed(read(netbox, transport="rest", **options))
    assert by_graphql(netbox) == 0
    inventory = read(netbox, transport="graphql", **options)
    assert listed(inventory) == by_rest
    assert (by_graphql(netbox) > 0) == (name not in ("whole",))


@pytest.mark.parametrize("transport", ["rest", "graphql"])
def test_fields_of_interfaces_have_the_same_order(netbox: NetBox, read: t.Any, transport: str) -> None:
    fields = ["name", "label", "type", "enabled", "parent", "lag", "mtu", "mac_address", "mgmt_only", "description"]
    fields += ["mode", "untagged_vlan", "tagged_vlans", "vrf", "tags", "custom_fields"]
    hosts = read(netbox, transport=transport, interfaces=True).hosts
    assert {tuple(one) for one in hosts["leaf1"].vars["interfaces"]} == {("id", *fields, "ip_addresses")}


def fill(netbox: NetBox, endpoint: str, rows: t.Iterable[dict[str, t.Any]]) -> None:
    for row in rows:
        netbox.table(endpoint)[row["id"]] = row


@pytest.fixture(scope="module")
def large() -> Iterator[NetBox]:
    """Serve 2,000 devices with interfaces, tags, VLANs, services, disks, and addresses."""
    with serve(version="4.6", estate=2000, interfaces=2) as served, serve(version="4.6") as recorded:
        for endpoint in ("ipam/services", "virtualization/virtual-disks", "ipam/prefixes", "ipam/vlans", "ipam/vrfs"):
            fill(served, endpoint, list(recorded.table(endpoint).values()))
        vlans = list(served.table("ipam/vlans").values())
        mode = [row["mode"] for row in recorded.table("dcim/interfaces").values() if row["mode"]][0]
        interfaces = served.table("dcim/interfaces")
        for number in list(interfaces.ids())[::7]:
            interfaces[number] = {
                **interfaces[number],
                "mode": mode,
                "untagged_vlan": vlans[0],
                "tagged_vlans": vlans[1:],
            }
        for number in list(interfaces.ids())[::50]:
            interfaces[number] = {**interfaces[number], "lag": interfaces[number + 1]}
        yield served


@pytest.mark.slow
def test_both_give_the_same_inventory_of_2000_devices_with_everything(large: NetBox, read: t.Any) -> None:
    by_rest = listed(read(large, transport="rest", **EVERYTHING))
    assert listed(read(large, transport="graphql", **EVERYTHING)) == by_rest
    assert by_graphql(large) > 20


@pytest.mark.slow
def test_tagged_vlans_are_read_only_for_interfaces_that_have_some(large: NetBox, read: t.Any) -> None:
    fields = ["name", "mgmt_only", "tagged_vlans"]
    read(large, transport="graphql", interfaces=True, interface_fields=fields, virtual_machines=False)
    queries = [received.json["query"] for received in large.requests if received.path == "/graphql/"]
    pages = [query for query in queries if "mgmt_only" in query]
    assert pages and not any("tagged_vlans" in query for query in pages)
    rows = [received.rows for received in large.requests if b"tagged_vlans {id}" in received.body]
    with_vlans = sum(1 for row in large.table("dcim/interfaces").values() if row["tagged_vlans"])
    assert sum(number or 0 for number in rows) == with_vlans > 500


def test_tagged_vlans_of_most_interfaces_are_read_with_them(read: t.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rest_shaped, "MIN_FOR_ESTIMATE", 1)
    with serve(version="4.6") as netbox:
        vlans = list(netbox.table("ipam/vlans").values())[:2]
        for row in list(netbox.table("dcim/interfaces").values()):
            tagged = {"mode": {"value": "tagged", "label": "Tagged"}, "tagged_vlans": vlans}
            netbox.table("dcim/interfaces")[row["id"]] = {**row, **tagged}
        read(netbox, transport="graphql", interfaces=True, virtual_machines=False)
        queries = [received.json["query"] for received in netbox.requests if received.path == "/graphql/"]
    assert [query for query in queries if "mgmt_only" in query and "tagged_vlans" in query]


def test_hosts_whose_ids_need_several_urls_have_their_interfaces(read: t.Any) -> None:
    with serve(version="4.6", estate=1000, interfaces=1) as netbox:
        by_rest = listed(read(netbox, transport="rest", interfaces=True))
        # 200 virtual machines, which are few enough to request only their interfaces.
        assert listed(read(netbox, transport="graphql", interfaces=True)) == by_rest


@pytest.mark.slow
def test_many_hosts_are_asked_for_through_graphql_and_few_through_rest(large: NetBox, read: t.Any) -> None:
    assert len(read(large).hosts) == len(large.table("dcim/devices")) + len(
        large.table("virtualization/virtual-machines")
    )
    assert by_graphql(large) > 0
    devices = [dict(received.query) for received in large.requests if received.path == "/api/dcim/devices/"]
    assert not any("site" in query["fields"] for query in devices)
    read(large, device_query_filters="id=1", vm_query_filters="id=1")
    assert by_graphql(large) == 0


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What -v prints."""
    lines: list[str] = []
    monkeypatch.setattr(Display, "verbose", lambda self, line, **options: lines.append(line))
    return lines


def same_as_rest(netbox: NetBox, read: t.Any, told: list[str], why: str, **options: t.Any) -> None:
    by_rest = listed(read(netbox, transport="rest", **options))
    told.clear()
    assert listed(read(netbox, **options)) == by_rest
    reasons = [line for line in told if "using REST because GraphQL failed" in line]
    assert any(why in reason for reason in reasons), told


@pytest.mark.slow
def test_a_server_without_graphql_is_asked_through_rest(large: NetBox, read: t.Any, told: list[str]) -> None:
    large.settings.graphql = False
    try:
        same_as_rest(large, read, told, "404")
        with pytest.raises(AnsibleParserError, match="GRAPHQL_ENABLED"):
            read(large, transport="graphql")
    finally:
        large.settings.graphql = True


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.slow
def test_an_old_server_is_asked_through_rest(large: NetBox, read: t.Any, told: list[str]) -> None:
    large.faults.append(Fault("status", "500", path="/graphql/"))
    try:
        same_as_rest(large, read, told, "500")
    finally:
        large.faults.clear()


@pytest.mark.slow
def test_token_without_permission_for_sites_uses_rest(large: NetBox, read: t.Any, told: list[str]) -> None:
    options = {"token": large.tokens["limited"], "virtual_machines": False, "host_vars": ["site", "tenant", "status"]}
    same_as_rest(large, read, told, "non-nullable", **options)


@pytest.mark.slow
def test_tenants_without_permission_are_read_through_rest(large: NetBox, read: t.Any, told: list[str]) -> None:
    options = {"token": large.tokens["limited"], "virtual_machines": False, "host_vars": ["tenant", "status"]}
    same_as_rest(large, read, told, "tenant_id=null", **options)
    tenants = {host.vars.get("tenant") for host in read(large, **options).hosts.values()}
    assert len(tenants) > 1


@pytest.mark.slow
@pytest.mark.parametrize("hidden", ["ipam/vlans", "extras/tags", "extras/custom-fields"])
def test_interfaces_are_complete_if_related_objects_are_hidden(
    large: NetBox, read: t.Any, told: list[str], hidden: str
) -> None:
    large.credentials.limited_to = tuple(endpoint for endpoint in large.estate.tables if endpoint != hidden)
    try:
        options = {"token": large.tokens["limited"], "interfaces": True, "host_vars": ["interfaces"]}
        same_as_rest(large, read, told, "", **options)
        inventory = read(large, **options)
    finally:
        large.credentials.limited_to = ("dcim/devices",)
    assert sum(len(host.vars["interfaces"]) for host in inventory.hosts.values()) > 4000


@pytest.mark.slow
def test_devices_without_permission_are_an_error(large: NetBox, read: t.Any) -> None:
    for transport in ("auto", "graphql", "rest"):
        with pytest.raises(AnsibleParserError, match="permission"):
            read(large, transport=transport, token=large.tokens["limited"], devices=False)


def test_ipv4_goes_first_where_netbox_is_set_up_so(netbox: NetBox, read: t.Any) -> None:
    devices = netbox.table("dcim/devices")
    before = dict(devices)
    both = next(row for row in before.values() if row["primary_ip4"] and row["primary_ip6"])
    try:
        for number, row in before.items():
            devices[number] = {**row, "primary_ip": row["primary_ip4"] or row["primary_ip6"]}
        inventory = read(netbox, transport="graphql")
    finally:
        devices.replace(before)
    assert inventory.hosts[both["name"]].vars["ansible_host"] == both["primary_ip4"]["address"].split("/")[0]
