# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Groups contain exactly the hosts that their names describe, for all combinations of options and selected hosts."""

from __future__ import annotations

import typing as t

import pytest
from ansible.inventory.data import InventoryData

from ansible_collections.netbox.cursor.tests.stand_in import NetBox

Row = dict[str, t.Any]


def hosts_in(inventory: InventoryData, group: str) -> set[str]:
    """Return the names of all hosts in a group and below it."""
    return {host.name for host in inventory.groups[group].get_hosts()}


def children_of(inventory: InventoryData, group: str) -> set[str]:
    return {child.name for child in inventory.groups[group].child_groups}


# Groups of single values


@pytest.mark.parametrize("host_vars", [["all"], [], ["site"], ["tags"]])
@pytest.mark.parametrize("key", ["tag", "tags"])
def test_tag_groups_do_not_depend_on_host_vars(netbox: NetBox, read: t.Any, host_vars: list[str], key: str) -> None:
    inventory = read(netbox, group_by=[key], host_vars=host_vars)
    assert hosts_in(inventory, f"{key}_edge") == {"leaf1", "web1"}
    assert hosts_in(inventory, f"{key}_core") == {"leaf2"}


@pytest.mark.parametrize("plurals", [False, True])
@pytest.mark.parametrize(
    ("key", "group", "host"),
    [
        ("site", "site_paris-1", "leaf2"),
        ("sites", "sites_paris-1", "leaf2"),
        ("tenant", "tenant_shop", "leaf1"),
        ("role", "role_leaf", "leaf2"),
        ("device_roles", "device_roles_leaf", "leaf2"),
        ("platform", "platform_nos-5", "leaf2"),
        ("device_type", "device_type_switch-48", "leaf2"),
        ("manufacturer", "manufacturer_acme", "leaf2"),
        ("rack", "rack_R1", "leaf2"),
        ("status", "status_staged", "leaf2"),
        ("region", "region_france", "leaf2"),
        ("location", "location_paris-1_floor-1_room-a", "leaf2"),
        ("time_zone", "time_zone_Europe_Paris", "leaf2"),
        ("facility", "facility_PAR1", "leaf2"),
        ("cluster", "cluster_kvm-berlin", "web1"),
        ("is_virtual", "is_virtual", "web1"),
        ("services", "service_https", "web1"),
    ],
)
def test_groups_need_no_variable(
    netbox: NetBox, read: t.Any, groups_of: t.Any, key: str, group: str, host: str, plurals: bool
) -> None:
    sites = netbox.table("dcim/sites")
    sites[2] = {**sites[2], "time_zone": "Europe/Paris", "facility": "PAR1"}
    cluster = netbox.table("virtualization/virtual-machines")[1]["cluster"]
    cluster["name"] = "kvm-berlin"
    services = netbox.table("ipam/services")
    for number in list(services):
        services[number] = {**services[number], "name": "https"}
    whole = read(netbox, group_by=[key], plurals=plurals, services=key == "services")
    few = read(netbox, group_by=[key], plurals=plurals, host_vars=[], services=key == "services")
    assert group in groups_of(few, host)
    assert {name: groups_of(whole, name) for name in whole.hosts} == {name: groups_of(few, name) for name in few.hosts}


@pytest.mark.parametrize("raw", [False, True])
def test_rack_role_is_there_with_groups_of_locations(netbox: NetBox, read: t.Any, raw: bool) -> None:
    role = netbox.table("dcim/rack-roles")[1]
    racks = netbox.table("dcim/racks")
    for number in list(racks):
        racks[number] = {**racks[number], "role": role}
    inventory = read(netbox, group_by=["location"], group_names_raw=raw)
    assert inventory.hosts["leaf2"].vars["rack_role"] == role["slug"]


# Places that share a slug


@pytest.fixture
def buildings(netbox: NetBox, add_device: t.Any, add_place: t.Any) -> NetBox:
    """Two buildings of one site with a ``level-9`` each, and a ``level-9`` without a building at another site."""
    berlin, paris = netbox.table("dcim/sites")[1], netbox.table("dcim/sites")[2]
    for name in ("building-a", "building-b"):
        building = add_place("dcim/locations", name, site=berlin)
        level = add_place("dcim/locations", "level-9", site=berlin, parent=building)
        cage = add_place("dcim/locations", f"cage-of-{name}", site=berlin, parent=level)
        add_device(f"in-{name}", location=level)
        add_device(f"in-cage-of-{name}", location=cage)
        add_device(f"below-{name}", location=building)
    add_device("in-paris", site=paris, location=add_place("dcim/locations", "level-9", site=paris))
    return netbox


@pytest.mark.parametrize("transport", ["rest", "graphql"])
def test_locations_of_one_slug_are_groups_of_their_own(buildings: NetBox, read: t.Any, transport: str) -> None:
    inventory = read(buildings, group_by=["location"], transport=transport)
    first = "location_berlin-1_building-a_level-9"
    assert hosts_in(inventory, first) == {"in-building-a", "in-cage-of-building-a"}
    assert hosts_in(inventory, "location_berlin-1_building-b_level-9") == {"in-building-b", "in-cage-of-building-b"}
    assert hosts_in(inventory, "location_building-a") == {
        "in-building-a",
        "in-cage-of-building-a",
        "below-building-a",
    }
    assert hosts_in(inventory, "location_cage-of-building-a") == {"in-cage-of-building-a"}
    shared = {first, "location_berlin-1_building-b_level-9", "location_paris-1_level-9"}
    assert children_of(inventory, "location_level-9") == shared
    assert first in children_of(inventory, "location_building-a")
    assert "location_level-9" not in children_of(inventory, "location_building-a")


@pytest.mark.parametrize(
    "filters", [{"name": "in-building-a"}, {"name": ["in-building-a", "in-paris"]}, {"site": "berlin-1"}]
)
def test_narrower_filter_renames_no_group(buildings: NetBox, read: t.Any, groups_of: t.Any, filters: t.Any) -> None:
    options = {"group_by": ["site", "location", "region", "role", "platform"], "virtual_machines": False}
    every = read(buildings, **options)
    some = read(buildings, device_query_filters=[filters], **options)
    assert len(some.hosts) < len(every.hosts)
    # Only hosts in the inventory count as duplicates.
    same = set(some.hosts) & set(every.hosts) - {"server1"}
    assert same
    assert {name: groups_of(some, name) for name in same} == {name: groups_of(every, name) for name in same}


def test_regions_of_one_slug_are_groups_of_their_own(
    netbox: NetBox, read: t.Any, add_device: t.Any, add_place: t.Any
) -> None:
    regions = netbox.table("dcim/regions")
    for parent in (regions[1], regions[2]):
        north = add_place("dcim/regions", "north", parent=parent)
        site = add_place("dcim/sites", f"site-in-{parent['slug']}", region=north, group=None)
        add_device(f"in-{parent['slug']}", site=site)
    inventory = read(netbox, group_by=["region"])
    assert hosts_in(inventory, "region_europe_north") == {"in-europe"}
    assert hosts_in(inventory, "region_americas_north") == {"in-americas"}
    assert children_of(inventory, "region_north") == {"region_europe_north", "region_americas_north"}
    assert "in-americas" not in hosts_in(inventory, "region_europe")
    assert hosts_in(inventory, "region_europe") >= {"in-europe", "leaf1", "leaf2"}


def test_site_groups_of_one_slug_are_groups_of_their_own(
    netbox: NetBox, read: t.Any, add_device: t.Any, add_place: t.Any
) -> None:
    groups = netbox.table("dcim/site-groups")
    for parent in (groups[1], groups[2]):
        tier = add_place("dcim/site-groups", "tier-2", parent=parent)
        site = add_place("dcim/sites", f"site-in-{parent['slug']}", region=None, group=tier)
        add_device(f"in-{parent['slug']}", site=site)
    inventory = read(netbox, group_by=["site_group"])
    assert hosts_in(inventory, "site_group_production_tier-2") == {"in-production"}
    assert hosts_in(inventory, "site_group_tier-2") == {"in-production", "in-empty-group"}


@pytest.mark.parametrize(("key", "endpoint"), [("role", "dcim/device-roles"), ("platform", "dcim/platforms")])
def test_nested_objects_of_one_slug_are_groups_of_their_own(
    netbox: NetBox, read: t.Any, add_device: t.Any, add_place: t.Any, groups_of: t.Any, key: str, endpoint: str
) -> None:
    table = netbox.table(endpoint)
    for parent in (table[1], table[2]):
        add_device(f"in-{parent['slug']}", **{key: add_place(endpoint, "edge", parent=parent)})
    one, other = table[1]["slug"], table[2]["slug"]
    inventory = read(netbox, group_by=[key])
    assert groups_of(inventory, f"in-{one}") == {f"{key}_{one}_edge", f"{key}_edge"}
    assert hosts_in(inventory, f"{key}_edge") == {f"in-{one}", f"in-{other}"}
    # The other name is unique and does not change.
    assert f"{key}_{netbox.table('dcim/devices')[2][key]['slug']}" in groups_of(inventory, "leaf2")


def test_slug_that_equals_the_path_of_another_place_is_kept_apart(
    netbox: NetBox, read: t.Any, add_device: t.Any, add_place: t.Any
) -> None:
    regions = netbox.table("dcim/regions")
    numbers = []
    for parent in (regions[1], regions[2]):
        north = add_place("dcim/regions", "north", parent=parent)
        numbers.append(north["id"])
        site = add_place("dcim/sites", f"site-in-{parent['slug']}", region=north, group=None)
        add_device(f"in-{parent['slug']}", site=site)
    real = add_place("dcim/regions", "europe_north")
    add_device("in-real", site=add_place("dcim/sites", "real", region=real, group=None))
    inventory = read(netbox, group_by=["region"])
    assert hosts_in(inventory, "region_europe_north") == {"in-real"}
    assert hosts_in(inventory, f"region_europe_north_{numbers[0]}") == {"in-europe"}
    assert hosts_in(inventory, "region_north") == {"in-europe", "in-americas"}


# Trees


def test_places_are_below_each_other(netbox: NetBox, read: t.Any) -> None:
    inventory = read(netbox, group_by=["region", "site_group", "site", "location"])
    assert children_of(inventory, "region_europe") == {"region_germany", "region_france"}
    assert children_of(inventory, "region_france") == {"site_paris-1"}
    assert "location_paris-1_floor-1" in children_of(inventory, "site_paris-1")
    assert hosts_in(inventory, "region_france") == hosts_in(inventory, "site_paris-1")


@pytest.mark.parametrize("host_vars", [["all"], [], ["serial"]])
@pytest.mark.parametrize(
    ("keys", "group"),
    [
        (["region"], "region_brazil"),
        (["site_group"], "site_group_empty-group"),
        (["site"], "site_sao-paulo"),
        (["location"], "location_paris-1_floor-1"),
        (["site", "region"], "site_sao-paulo"),
        (["site", "location"], "site_sao-paulo"),
    ],
)
def test_empty_groups_are_made_with_any_host_vars(
    netbox: NetBox, read: t.Any, host_vars: list[str], keys: list[str], group: str
) -> None:
    options = {"group_by": keys, "host_vars": host_vars, "virtual_machines": False}
    filters = [{"name": "router.example.com"}]
    assert group in read(netbox, empty_groups=True, device_query_filters=filters, **options).groups
    assert group not in read(netbox, device_query_filters=filters, **options).groups


def test_empty_groups_are_made_without_any_host(netbox: NetBox, read: t.Any) -> None:
    netbox.table("dcim/devices").replace({})
    inventory = read(netbox, group_by=["region", "site"], empty_groups=True, virtual_machines=False, host_vars=[])
    assert not inventory.hosts
    assert "site_paris-1" in children_of(inventory, "region_france")


@pytest.mark.parametrize("keys", [["region", "site", "location"], ["site", "tag", "role"], ["sites"]])
def test_raw_names_that_meet_make_no_circle(
    netbox: NetBox, read: t.Any, add_device: t.Any, add_place: t.Any, keys: list[str]
) -> None:
    """A region, a site, a location, a tag, a role, and a host with the same name."""
    region = add_place("dcim/regions", "same")
    site = add_place("dcim/sites", "same", region=region, group=None)
    location = add_place("dcim/locations", "same", site=site)
    tag, role = add_place("extras/tags", "same"), add_place("dcim/device-roles", "same")
    add_device("same", site=site, location=location, tags=[tag], role=role)
    inventory = read(netbox, group_by=keys, group_names_raw=True)
    assert hosts_in(inventory, "same") == {"same"}
    assert len(inventory.hosts) == 18


def test_raw_names_in_a_circle_are_reported(
    netbox: NetBox, read: t.Any, add_device: t.Any, add_place: t.Any, warnings: list[str]
) -> None:
    outer = add_place("dcim/regions", "x", parent=None)
    inner = add_place("dcim/regions", "y", parent=outer)
    site = add_place("dcim/sites", "x", region=inner, group=None)
    add_device("sw1", site=site)
    inventory = read(netbox, group_by=["region", "site"], group_names_raw=True)
    assert "sw1" in hosts_in(inventory, "x")
    assert sum("Groups cannot contain each other" in text and "x below y" in text for text in warnings) == 1


def test_keyed_group_called_like_its_parent_keeps_its_hosts(netbox: NetBox, read: t.Any, groups_of: t.Any) -> None:
    keyed = {"key": "role", "prefix": "", "separator": "", "parent_group": "leaf"}
    inventory = read(netbox, keyed_groups=[keyed])
    assert groups_of(inventory, "leaf2") == {"leaf"}
    assert children_of(inventory, "leaf") == {"server", "network", "passive"}


def test_keyed_groups_in_a_circle_are_reported(netbox: NetBox, read: t.Any, warnings: list[str]) -> None:
    keyed = [
        {"key": "role", "prefix": "", "separator": "", "parent_group": "server"},
        {"key": "role", "prefix": "", "separator": "", "parent_group": "leaf"},
    ]
    inventory = read(netbox, keyed_groups=keyed)
    assert "leaf2" in hosts_in(inventory, "leaf") and len(inventory.hosts) == 17
    assert sum("Cannot put group server below leaf" in text for text in warnings) == 1


def test_group_that_another_source_put_above_is_reported(netbox: NetBox, read: t.Any, warnings: list[str]) -> None:
    other = InventoryData()
    for group in ("site_paris-1", "region_france"):
        other.add_group(group)
    other.add_child("site_paris-1", "region_france")
    inventory = read(netbox, into=other, group_by=["region", "site"])
    assert len(inventory.hosts) == 17
    assert sum("Cannot put group site_paris-1 below region_france" in text for text in warnings) == 1


# As netbox.netbox

PEER = {"compatibility": "netbox.netbox"}


@pytest.mark.parametrize("key", ["region", "location", "site_group"])
def test_compatible_group_by_place_adds_the_groups_of_sites(netbox: NetBox, read: t.Any, key: str) -> None:
    inventory = read(netbox, group_by=[key], **PEER)
    assert "leaf2" in hosts_in(inventory, "sites_paris-1")
    assert not any(name.startswith("site") and "paris" in name for name in read(netbox, group_by=["region"]).groups)


def test_compatible_group_by_with_the_sites_of_the_user_has_no_others(netbox: NetBox, read: t.Any) -> None:
    inventory = read(netbox, group_by=["region", "site"], plurals=False, **PEER)
    assert "site_paris-1" in children_of(inventory, "region_france") and "sites_paris-1" not in inventory.groups
