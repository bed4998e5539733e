# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Variables that the token's user has no permission to view are undefined, never empty, and every run prints a
warning."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from ansible.errors import AnsibleParserError
from ansible.inventory.data import InventoryData

from ansible_collections.netbox.cursor.tests.stand_in import NetBox

OF_ANSIBLE = {"inventory_file", "inventory_dir"}
TRANSPORTS = pytest.mark.parametrize("transport", ["auto", "rest", "graphql"])


def hide(netbox: NetBox, *endpoints: str) -> dict[str, str]:
    """Remove the permission to view these lists from the token ``limited``, and return the option for this token."""
    netbox.credentials.limited_to = tuple(name for name in netbox.estate.tables if name not in endpoints)
    return {"token": netbox.tokens["limited"]}


def variables_of(inventory: InventoryData) -> dict[str, dict[str, t.Any]]:
    return {
        name: {key: value for key, value in host.vars.items() if key not in OF_ANSIBLE}
        for name, host in inventory.hosts.items()
    }


@pytest.mark.parametrize(
    ("endpoint", "options", "lost"),
    [
        ("dcim/sites", {}, {"regions", "site_groups", "time_zone", "utc_offset", "facility"}),
        ("dcim/sites", {"site_data": True}, {"site", "regions", "site_groups", "time_zone", "utc_offset", "facility"}),
        ("dcim/regions", {}, {"regions"}),
        ("dcim/site-groups", {}, {"site_groups"}),
        ("dcim/locations", {}, {"locations"}),
        ("dcim/racks", {}, {"rack_role"}),
        ("virtualization/clusters", {}, {"cluster_type", "cluster_group"}),
        ("dcim/interfaces", {"interfaces": True}, {"interfaces"}),
        ("ipam/ip-addresses", {"interfaces": True}, {"interfaces"}),
        ("ipam/services", {"services": True}, {"services"}),
        ("virtualization/virtual-disks", {"virtual_disks": True}, {"virtual_disks"}),
    ],
)
@pytest.mark.parametrize("transport", ["auto", "rest"])
def test_variables_of_a_list_that_is_denied_are_undefined(
    netbox: NetBox, read: t.Any, warnings: list[str], endpoint: str, options: t.Any, lost: set[str], transport: str
) -> None:
    whole = variables_of(read(netbox, transport=transport, **options))
    warnings.clear()
    some = variables_of(read(netbox, transport=transport, **options, **hide(netbox, endpoint)))
    # Hosts of the other kind do not need these lists.
    kinds = {"dcim/interfaces": {False}, "virtualization/virtual-disks": {True}}.get(endpoint, {False, True})
    for name, variables in whole.items():
        gone = lost if variables["is_virtual"] in kinds else set()
        assert some[name] == {key: value for key, value in variables.items() if key not in gone}, name
    assert any(lost & set(variables) for variables in whole.values())
    told = [text for text in warnings if "Cannot read" in text]
    assert len(told) == 1
    assert "You do not have permission" in told[0] and endpoint.rpartition("/")[2].replace("-", " ") in told[0]
    names = {name for name in lost if any(name in variables for variables in whole.values())}
    assert all(name in told[0] for name in names), told[0]


def test_interfaces_of_machines_stay_if_those_of_devices_are_denied(netbox: NetBox, read: t.Any) -> None:
    hosts = read(netbox, interfaces=True, **hide(netbox, "dcim/interfaces")).hosts
    assert hosts["web1"].vars["interfaces"] and "interfaces" not in hosts["leaf2"].vars


def test_prefixes_that_are_denied_are_not_in_the_site(netbox: NetBox, read: t.Any, warnings: list[str]) -> None:
    hosts = read(netbox, site_data=True, prefixes=True, **hide(netbox, "ipam/prefixes")).hosts
    assert hosts["leaf2"].vars["site"]["slug"] == "paris-1" and "prefixes" not in hosts["leaf2"].vars["site"]
    assert sum("Cannot read prefixes" in text and "prefixes of sites" in text for text in warnings) == 1


def test_dns_names_that_are_denied_leave_the_address(read: t.Any, warnings: list[str]) -> None:
    from ansible_collections.netbox.cursor.tests.stand_in import serve

    with serve(version="4.5") as netbox:
        hosts = read(netbox, ansible_host_dns_name=True, dns_name=True, **hide(netbox, "ipam/ip-addresses")).hosts
    assert hosts["leaf2"].vars["ansible_host"] == "198.51.100.12" and "dns_name" not in hosts["leaf2"].vars
    told = [text for text in warnings if "Cannot read" in text]
    assert len(told) == 1 and "dns_name" in told[0] and "ansible_host" in told[0]


@pytest.mark.parametrize(
    ("endpoint", "key", "group"),
    [
        ("dcim/regions", "region", "region_france"),
        ("dcim/site-groups", "site_group", "site_group_production"),
        ("dcim/locations", "location", "location_paris-1_floor-1"),
        ("dcim/racks", "rack_role", "rack_role_network"),
        ("virtualization/clusters", "cluster_type", "cluster_type_kvm"),
        ("dcim/sites", "region", "region_france"),
        ("dcim/sites", "facility", "facility_PAR1"),
    ],
)
def test_groups_of_a_list_that_is_denied_are_named_in_the_warning(
    netbox: NetBox, read: t.Any, warnings: list[str], endpoint: str, key: str, group: str
) -> None:
    inventory = read(netbox, group_by=[key], host_vars=["serial"], **hide(netbox, endpoint))
    assert group not in inventory.groups and len(inventory.hosts) == 17
    told = [text for text in warnings if "Cannot read" in text]
    assert len(told) == 1 and f"the groups for {key}" in told[0] and "variables" not in told[0]


@pytest.mark.parametrize(("endpoint", "key"), [("dcim/device-roles", "role"), ("dcim/platforms", "platform")])
def test_groups_of_nested_objects_that_are_denied_have_the_slug(
    netbox: NetBox, read: t.Any, warnings: list[str], endpoint: str, key: str
) -> None:
    inventory = read(netbox, group_by=[key], **hide(netbox, endpoint))
    slug = netbox.table("dcim/devices")[2][key]["slug"]
    assert "leaf2" in {host.name for host in inventory.groups[f"{key}_{slug}"].get_hosts()}
    told = [text for text in warnings if "Cannot read" in text]
    assert len(told) == 1 and "variables" not in told[0] and f"separate groups for {key}" in told[0]


def test_site_groups_stay_if_sites_are_denied(netbox: NetBox, read: t.Any) -> None:
    inventory = read(netbox, group_by=["site", "region"], **hide(netbox, "dcim/sites"))
    assert "site_paris-1" in inventory.groups and "region_france" not in inventory.groups


@pytest.mark.parametrize(
    ("endpoint", "options"),
    [
        ("dcim/interfaces", {"interfaces": True}),
        ("dcim/sites", {"group_by": ["region"]}),
        ("ipam/services", {"services": True, "compose": {"n": "services | default('none')"}}),
    ],
)
def test_cached_run_reports_what_is_denied_as_the_fresh_run_did(
    netbox: NetBox, read: t.Any, tmp_path: Path, warnings: list[str], endpoint: str, options: t.Any
) -> None:
    cache = {
        "cache": True,
        "cache_plugin": "ansible.builtin.jsonfile",
        "cache_connection": str(tmp_path / "cache"),
        **hide(netbox, endpoint),
    }
    fresh = variables_of(read(netbox, **options, **cache))
    first = list(warnings)
    assert netbox.requests and any("Cannot read" in text for text in first)
    warnings.clear()
    assert variables_of(read(netbox, **options, **cache)) == fresh
    assert not netbox.requests
    assert warnings == first


@TRANSPORTS
@pytest.mark.parametrize(
    ("kind", "endpoint"),
    [("virtual_machines", "virtualization/virtual-machines"), ("devices", "dcim/devices")],
)
def test_hosts_that_are_denied_are_an_error_that_names_the_option(
    netbox: NetBox, read: t.Any, kind: str, endpoint: str, transport: str
) -> None:
    token = hide(netbox, endpoint)
    with pytest.raises(AnsibleParserError, match="permission") as caught:
        read(netbox, transport=transport, **token)
    assert f"or set {kind}: false" in str(caught.value)
    # The advice helps.
    assert read(netbox, transport="rest", **{kind: False}, **token).hosts


@pytest.mark.parametrize("kind", ["devices", "virtual_machines"])
def test_hosts_that_are_denied_with_a_filter_name_the_option(netbox: NetBox, read: t.Any, kind: str) -> None:
    endpoint = {"devices": "dcim/devices", "virtual_machines": "virtualization/virtual-machines"}[kind]
    with pytest.raises(AnsibleParserError, match=f"or set {kind}: false"):
        read(netbox, query_filters=[{"site": "paris-1"}], **hide(netbox, endpoint))


def test_token_that_is_not_valid_is_not_told_to_leave_hosts_out(netbox: NetBox, read: t.Any) -> None:
    with pytest.raises(AnsibleParserError) as caught:
        read(netbox, token="0123456789" * 4)
    assert "devices: false" not in str(caught.value)
