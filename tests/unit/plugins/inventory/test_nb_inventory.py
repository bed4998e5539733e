# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory requests only the data that it needs, distinguishes hosts, and treats strings from NetBox only as
data."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible.errors import AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.netbox.cursor.plugins.plugin_utils._unsafe import NEEDS_MARKS
from ansible_collections.netbox.cursor.tests.stand_in import Fault, NetBox, serve


@pytest.fixture
def netbox() -> Iterator[NetBox]:
    with serve(version="4.6") as served:
        yield served


def asked(netbox: NetBox) -> set[str]:
    return {received.path.replace("/api/", "").strip("/") for received in netbox.requests}


def groups_of(inventory: InventoryData, host: str) -> set[str]:
    return {group.name for group in inventory.hosts[host].get_groups()} - {"all", "ungrouped"}


@pytest.mark.parametrize("version", ["4.5", "4.6", "4.7"])
def test_all_versions_give_the_same_hosts(version: str, read: t.Any) -> None:
    with serve(version=version) as netbox:
        inventory = read(netbox, group_by=["site", "role"], dns_name=True)
        assert len(inventory.hosts) == 17
        assert inventory.hosts["leaf2"].vars["dns_name"] == "leaf2.example.com"
        assert inventory.hosts["leaf2"].vars["ansible_host"] == "198.51.100.12"
        assert groups_of(inventory, "leaf2") == {"site_paris-1", "role_leaf"}


def test_no_list_is_read_that_no_option_needs(netbox: NetBox, read: t.Any) -> None:
    inventory = read(netbox, host_vars=["ansible_host", "site", "role", "tags"], group_by=["tag"])
    assert asked(netbox) == {"dcim/devices", "virtualization/virtual-machines"}
    assert set(inventory.hosts["leaf2"].vars) <= {
        "ansible_host",
        "site",
        "role",
        "tags",
        "inventory_file",
        "inventory_dir",
    }
    for received in netbox.requests:
        fields = dict(received.query)["fields"].split(",")
        assert not {"rack", "tenant", "custom_fields", "config_context", "comments"} & set(fields)
        assert ("exclude", "config_context") in received.query


def test_services_are_asked_for_the_hosts_that_there_are(netbox: NetBox, read: t.Any) -> None:
    whole = {name: host.vars["services"] for name, host in read(netbox, services=True).hosts.items()}
    some = read(netbox, services=True, device_query_filters=[{"name": "router.example.com"}])
    asked_for = [{name for name, value in one.query} for one in netbox.requests if one.path == "/api/ipam/services/"]
    assert [names & {"device_id", "virtual_machine_id"} for names in asked_for] == [
        {"device_id"},
        {"virtual_machine_id"},
    ]
    for name in ("router.example.com", "web1"):
        assert some.hosts[name].vars["services"] == whole[name] != []


def test_addresses_of_many_hosts_are_read_once(read: t.Any) -> None:
    with serve(version="4.6", estate=2000, interfaces=1) as netbox:
        inventory = read(netbox, interfaces=True, transport="rest", page_size=1000)
        asked_for = [dict(one.query) for one in netbox.requests if one.path == "/api/ipam/ip-addresses/"]
        starts = [query["start"] for query in asked_for if "vrf_id__n" not in query and "start" in query]
        assert len(starts) == len(set(starts)) > 1
        hosts = inventory.hosts.values()
        for virtual in (False, True):
            assert any(
                one["ip_addresses"]
                for host in hosts
                if host.vars["is_virtual"] == virtual
                for one in host.vars["interfaces"]
            )


def test_config_contexts_are_made_only_when_wanted(netbox: NetBox, read: t.Any) -> None:
    read(netbox)
    assert all(("exclude", "config_context") in one.query for one in netbox.requests if "devices" in one.path)
    inventory = read(netbox, config_context=True)
    assert inventory.hosts["leaf2"].vars["config_context"]["syslog"] == {"host": "192.0.2.9"}


def test_expressions_get_the_fields_that_they_name(netbox: NetBox, read: t.Any) -> None:
    inventory = read(
        netbox,
        host_vars=["status"],
        compose={"where": "site.name", "height": "netbox.position", "called": "inventory_hostname"},
        groups={"live": "status.value == 'active'"},
        keyed_groups=[{"prefix": "made_by", "key": "netbox.device_type.manufacturer.slug | default('nobody')"}],
    )
    variables = inventory.hosts["leaf2"].vars
    assert (variables["where"], variables["called"]) == ("Paris 1", "leaf2")
    assert groups_of(inventory, "leaf1") == {"live", "made_by_acme"}
    devices = [dict(received.query) for received in netbox.requests if received.path == "/api/dcim/devices/"]
    fields = devices[-1]["fields"].split(",")
    assert {"site", "position", "status", "device_type"} <= set(fields)
    assert "custom_fields" not in fields


def test_an_expression_on_the_whole_object_takes_whole_objects(netbox: NetBox, read: t.Any) -> None:
    inventory = read(netbox, compose={"size": "netbox | length"})
    assert int(inventory.hosts["leaf2"].vars["size"]) > 30


def test_defaults_for_one_site_cost_few_requests(read: t.Any) -> None:
    with serve(version="4.6", estate=20_000, interfaces=0) as netbox:
        site = next(iter(netbox.table("dcim/sites").values()))
        number = len(netbox.table("dcim/devices").having("site", {site["id"]}))
        assert 100 < number < 500
        inventory = read(
            netbox, device_query_filters=[{"site": site["slug"]}], vm_query_filters=[{"site": site["slug"]}]
        )
        assert len(netbox.requests) <= 8
        assert len([host for host in inventory.hosts.values() if not host.vars["is_virtual"]]) == number


def test_equal_names_stay_two_hosts(netbox: NetBox, read: t.Any, capsys: t.Any) -> None:
    inventory = read(netbox)
    assert {"server1", "server1_5", "leaf1", "leaf1_3"} <= set(inventory.hosts)
    assert inventory.hosts["server1"].vars["site"] == "berlin-1"
    assert inventory.hosts["server1_5"].vars["site"] == "paris-1"
    inventory = read(netbox, duplicate_hostnames="warn")
    assert "server1_5" not in inventory.hosts and inventory.hosts["server1"].vars["site"] == "berlin-1"
    with pytest.raises(AnsibleParserError, match="Two hosts have the name 'server1'"):
        read(netbox, duplicate_hostnames="error")


def test_hosts_are_called_as_expressions_say(netbox: NetBox, read: t.Any) -> None:
    inventory = read(netbox, hostnames=["primary_ip4.dns_name", "custom_fields.nothing", "name ~ '.lan'"])
    assert {"leaf2.example.com", "web2.lan"} <= set(inventory.hosts)
    assert "patch-panel-6" in read(netbox, hostnames=["name"]).hosts


def test_a_chassis_stays_when_its_master_is_filtered_out(netbox: NetBox, read: t.Any) -> None:
    filters = [{"name": ["stack1-2"]}]
    inventory = read(netbox, device_query_filters=filters, virtual_machines=False, virtual_chassis_name=True)
    assert set(inventory.hosts) == {"stack1"}
    inventory = read(netbox, device_query_filters=filters, virtual_machines=False)
    assert set(inventory.hosts) == {"stack1-2"}


def test_names_of_variables_and_groups_can_be_changed(netbox: NetBox, read: t.Any) -> None:
    inventory = read(
        netbox,
        vars_prefix="nb_",
        group_prefix="g_",
        group_by=["site"],
        rename_variables=[{"pattern": "custom_(.*)", "repl": "own_\\1"}],
    )
    variables = inventory.hosts["leaf2"].vars
    assert variables["ansible_host"] and variables["nb_site"] == "paris-1" and "nb_own_fields" in variables
    assert groups_of(inventory, "leaf2") == {"g_site_paris-1"}


def test_empty_groups_are_made_when_wanted(netbox: NetBox, read: t.Any) -> None:
    options = {"group_by": ["region", "site", "location", "site_group"], "virtual_machines": False}
    few = read(netbox, device_query_filters=[{"name": "leaf2"}], **options)
    assert set(few.groups) >= {"region_france", "site_paris-1"} and "region_brazil" not in few.groups
    many = read(netbox, device_query_filters=[{"name": "leaf2"}], empty_groups=True, **options)
    assert {"region_brazil", "site_sao-paulo", "site_group_empty-group"} <= set(many.groups)


def test_each_key_of_group_by_stands_alone(netbox: NetBox, read: t.Any) -> None:
    for key, group in (("region", "region_france"), ("site_group", "site_group_production"), ("site", "site_paris-1")):
        inventory = read(netbox, group_by=[key])
        assert groups_of(inventory, "leaf2") >= {group}


def test_nothing_of_netbox_is_run_lost_or_changed(netbox: NetBox, read: t.Any) -> None:
    hostile = {
        "serial": "{{ 6 * 7 }}{% set a = 1 %}",
        "asset_tag": "!unsafe x",
        "comments": "",
        "custom_fields": {"text": "a\x00b\r\n" + "x" * 65536, "number": 2**40, "{{ 1 }}": "{{ 2 }}", "none": None},
        "local_context_data": {"a": ["{{ lookup('pipe', 'id') }}", {"{% raw %}": None}]},
        "name": "../a/b {{ 3 }}",
    }
    devices = netbox.table("dcim/devices")
    number = max(devices.ids())
    devices[2**33] = {**devices[number], **hostile, "id": 2**33}
    # Set all fields to null that can be null.
    kept = ("id", "url", "display", "display_url", "device_type", "role", "site", "status", "tags", "custom_fields")
    devices[2**33 + 1] = {key: value if key in kept else None for key, value in devices[number].items()}
    devices[2**33 + 1]["id"] = 2**33 + 1
    inventory = read(netbox, compose={"again": "serial"}, group_by=["role"])
    host = inventory.hosts[".._a_b _{ 3 }}"]
    assert host.vars["serial"] == hostile["serial"]
    assert json.loads(json.dumps(host.vars["local_context_data"])) == hostile["local_context_data"]
    assert host.vars["custom_fields"]["text"] == hostile["custom_fields"]["text"]  # type: ignore[index]
    assert host.vars["custom_fields"]["number"] == 2**40
    assert host.vars["again"] == hostile["serial"]
    if NEEDS_MARKS:
        assert type(host.vars["serial"]).__name__ == "AnsibleUnsafeText"
    templar = Templar(loader=DataLoader(), variables=host.vars)
    assert templar.template(host.vars["serial"]) == hostile["serial"]
    assert f"{devices[number]['device_type']['slug']}-{2**33 + 1}" in inventory.hosts


def test_lists_without_permission_are_omitted_and_reported(netbox: NetBox, read: t.Any, capsys: t.Any) -> None:
    netbox.faults.append(Fault("status", "403", path="/api/dcim/sites/"))
    inventory = read(netbox, group_by=["region", "site"])
    assert len(inventory.hosts) == 17
    assert inventory.hosts["leaf2"].vars["site"] == "paris-1"
    assert groups_of(inventory, "leaf2") == {"site_paris-1"}
    told = capsys.readouterr()
    assert "Cannot read sites" in " ".join(told.err.split()) and not told.out


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"gruop_by": ["site"]}, "There is no option 'gruop_by'. Did you mean group_by"),
        ({"device_query_filters": [{"limit": 5}]}, "'limit' is not a filter"),
        ({"device_query_filters": [{"status": "bogus"}]}, "bogus is not one of the available choices"),
        ({"token": "0123456789" * 4}, "Check that token is complete"),
        ({"rename_variables": [{"pattern": "("}]}, "must have exactly the keys pattern and repl"),
        ({"validate_certs": "ture"}, "validate_certs must be true or false, not 'ture'"),
    ],
)
def test_mistakes_are_explained(netbox: NetBox, read: t.Any, options: t.Any, says: str) -> None:
    with pytest.raises(AnsibleParserError) as caught:
        read(netbox, **options)
    assert says in str(caught.value)


def test_options_may_be_templates(netbox: NetBox, read: t.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_TOKEN", netbox.tokens["v2"])
    monkeypatch.setenv("MY_SITE", "paris-1")
    environment = "{{ lookup('ansible.builtin.env', '%s') }}"
    inventory = read(
        netbox,
        token=environment % "MY_TOKEN",
        query_filters=[{"site": environment % "MY_SITE"}],
        timeout="{{ 10 * 3 }}",
        devices="{{ true }}",
    )
    assert {host.vars["site"] for host in inventory.hosts.values()} == {"paris-1"}


def shape(inventory: InventoryData) -> dict[str, t.Any]:
    hosts = {name: {**host.vars, "inventory_file": "", "inventory_dir": ""} for name, host in inventory.hosts.items()}
    groups = {
        name: (sorted(host.name for host in group.hosts), sorted(child.name for child in group.child_groups))
        for name, group in inventory.groups.items()
    }
    return json.loads(json.dumps({"hosts": hosts, "groups": groups}, sort_keys=True))


def test_cached_inventory_is_equal_and_sends_no_requests(
    netbox: NetBox, read: t.Any, text_in: t.Any, tmp_path: Path
) -> None:
    options: dict[str, t.Any] = {
        "cache": True,
        "cache_plugin": "ansible.builtin.jsonfile",
        "cache_connection": str(tmp_path / "cache"),
        "group_by": ["site", "location", "role"],
        "compose": {"where": "site.name"},
        "interfaces": True,
    }
    first = shape(read(netbox, **options))
    assert len(netbox.requests) > 2
    assert shape(read(netbox, **options)) == first
    assert netbox.requests == []
    kept = "".join(path.name + text_in(path) for path in (tmp_path / "cache").iterdir())
    assert "leaf2" in kept and netbox.tokens["v1"] not in kept
    read(netbox, **{**options, "group_by": ["site"]})
    assert netbox.requests
    read(netbox, token=netbox.tokens["v2"], **options)
    assert netbox.requests


def test_an_older_cache_is_used_when_netbox_is_down_and_the_user_allows_it(
    netbox: NetBox, read: t.Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options: dict[str, t.Any] = {
        "cache": True,
        "cache_plugin": "ansible.builtin.jsonfile",
        "cache_connection": str(tmp_path / "cache"),
        "cache_timeout": 60,
    }
    first = shape(read(netbox, stale_if_error=3600, **options))
    kept = next((tmp_path / "cache").iterdir())
    content = json.loads(kept.read_text(encoding="utf-8"))
    text = content.get("__payload__", None)
    aged = json.loads(text) if text else content
    aged["time"] -= 600
    kept.write_text(json.dumps({**content, "__payload__": json.dumps(aged)} if text else aged), encoding="utf-8")
    netbox.faults.append(Fault("status", "503"))
    assert shape(read(netbox, stale_if_error=3600, **options)) == first
    with pytest.raises(AnsibleParserError, match="503"):
        read(netbox, **options)
    with pytest.raises(AnsibleParserError, match="503"):
        read(netbox, stale_if_error=60, **options)
