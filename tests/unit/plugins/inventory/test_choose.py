# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sets of filters include and exclude hosts. Each host is read once, and the load on NetBox increases only slightly."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator

import pytest
from ansible.errors import AnsibleParserError

from ansible_collections.netbox.cursor.tests.stand_in import NetBox, serve

pytestmark = pytest.mark.slow

TRANSPORTS = pytest.mark.parametrize("transport", ["rest", "graphql", "auto"])
DEVICES = "/api/dcim/devices/"


@pytest.fixture(scope="module")
def large() -> Iterator[NetBox]:
    """Serve 3,000 devices and some virtual machines."""
    with serve(version="4.6", estate=3000, interfaces=0) as served:
        yield served


def sites_of(netbox: NetBox) -> list[str]:
    return sorted({row["site"]["slug"] for row in netbox.table("dcim/devices").values()})


def names(netbox: NetBox, wanted: t.Callable[[dict[str, t.Any]], bool]) -> set[str]:
    return {row["name"] for row in netbox.table("dcim/devices").values() if wanted(row)}


def rows_of(netbox: NetBox) -> int:
    """Return the number of device rows that REST sent, without counts and ID lists."""
    return sum(
        one.rows or 0
        for one in netbox.requests
        if one.path == DEVICES and dict(one.query).get("limit") != "1" and dict(one.query).get("fields") != "id"
    )


def id_lists(netbox: NetBox) -> int:
    """Return the number of ID lists that were requested."""
    queries = [dict(one.query) for one in netbox.requests if one.path == DEVICES]
    return sum(query.get("fields") == "id" and query.get("start") == "0" for query in queries)


@TRANSPORTS
def test_excluded_site_is_left_out(large: NetBox, read: t.Any, transport: str) -> None:
    site = sites_of(large)[0]
    inventory = read(large, virtual_machines=False, transport=transport, exclude_filters=[{"site": site}])
    assert set(inventory.hosts) == names(large, lambda row: row["site"]["slug"] != site)
    assert id_lists(large) == 1


@TRANSPORTS
def test_most_hosts_excluded_are_not_read(large: NetBox, read: t.Any, transport: str) -> None:
    kept = sites_of(large)[0]
    others = [{"site": sites_of(large)[1:]}]
    inventory = read(large, virtual_machines=False, transport=transport, exclude_filters=others)
    assert set(inventory.hosts) == names(large, lambda row: row["site"]["slug"] == kept)
    assert rows_of(large) == len(inventory.hosts)


@TRANSPORTS
def test_sets_that_repeat_a_filter_are_alternatives(large: NetBox, read: t.Any, transport: str) -> None:
    one, two = sites_of(large)[:2]
    sets = [{"site": one, "status": "active"}, {"site": two}]
    inventory = read(large, virtual_machines=False, transport=transport, include_filters=sets)
    assert set(inventory.hosts) == names(
        large,
        lambda row: (row["site"]["slug"] == one and row["status"]["value"] == "active") or row["site"]["slug"] == two,
    )
    assert id_lists(large) == 2 and rows_of(large) == len(inventory.hosts)


@TRANSPORTS
def test_one_set_joins_the_other_filters(large: NetBox, read: t.Any, transport: str) -> None:
    site = sites_of(large)[0]
    options = {"query_filters": [{"status": "active"}], "include_filters": {"site": site}}
    inventory = read(large, virtual_machines=False, transport=transport, **options)
    assert set(inventory.hosts) == names(
        large, lambda row: row["site"]["slug"] == site and row["status"]["value"] == "active"
    )
    assert id_lists(large) == 0


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"query_filters": [{"site": 0}], "include_filters": [{"site": 1}]}, set()),
        ({"query_filters": [{"site": [0, 1]}], "include_filters": [{"site": [1, 2]}]}, {1}),
        ({"query_filters": [{"site": [0, 1]}], "exclude_filters": [{"site": [1, 2]}]}, {0}),
        ({"include_filters": [{"site": [0, 1]}], "exclude_filters": [{"site": 1}]}, {0}),
        ({"include_filters": [{"site": 0}], "device_include_filters": [{"site": 2}]}, {0, 2}),
        ({"device_include_filters": {"site": [0, 1]}, "vm_include_filters": {"name": "x"}}, {0, 1}),
    ],
)
def test_filters_of_one_name_do_not_become_alternatives(
    large: NetBox, read: t.Any, options: dict[str, t.Any], expected: set[int]
) -> None:
    sites = sites_of(large)

    def written(value: t.Any) -> t.Any:
        if isinstance(value, (list, dict)):
            return (
                [written(one) for one in value]
                if isinstance(value, list)
                else {k: written(v) for k, v in value.items()}
            )
        return sites[value] if isinstance(value, int) else value

    inventory = read(large, virtual_machines=False, **written(options))
    places = [sites[number] for number in expected]
    assert set(inventory.hosts) == names(large, lambda row: row["site"]["slug"] in places)


def test_excluding_one_site_costs_no_more_than_three_percent(large: NetBox, read: t.Any) -> None:
    large.cost.update(rest=0.0, graphql=0.0)
    read(large)
    without = sum(large.cost.values())
    requests = len(large.requests)
    few = sites_of(large)[0]
    ids = [number for number, row in large.table("dcim/devices").items() if row["site"]["slug"] == few][:10]
    large.cost.update(rest=0.0, graphql=0.0)
    read(large, device_exclude_filters=[{"id": ids}])
    assert sum(large.cost.values()) <= without * 1.03
    # Requests for pages that do not exist depend on timing.
    assert id_lists(large) == 1 and len(large.requests) <= requests + 3


def test_hosts_of_one_kind_have_sets_of_their_own(netbox: NetBox, read: t.Any) -> None:
    every = read(netbox).hosts
    machines = {name for name, host in every.items() if host.vars["is_virtual"]}
    assert set(read(netbox, device_include_filters=[{"name": "leaf1"}]).hosts) == {"leaf1"} | machines
    without = read(netbox, vm_exclude_filters=[{"id__gte": 1}]).hosts
    assert set(without) == set(every) - machines


@pytest.mark.parametrize("action", ["include", "exclude"])
def test_unknown_filter_in_a_set_is_refused(netbox: NetBox, read: t.Any, action: str) -> None:
    with pytest.raises(AnsibleParserError, match=f"'rack_id' is not a filter.*use the option device_{action}_filters"):
        read(netbox, **{f"{action}_filters": [{"status": "active"}, {"rack_id": 1}]})


@pytest.mark.parametrize("wrong", [[{}], [None], 5, [["site", "x"]], [""]])
def test_set_that_matches_all_hosts_is_refused(netbox: NetBox, read: t.Any, wrong: t.Any) -> None:
    with pytest.raises(AnsibleParserError, match="exclude_filters: .* must be a non-empty dictionary of filters"):
        read(netbox, exclude_filters=wrong)
    assert not netbox.requests


def test_missing_permission_names_the_option(netbox: NetBox, read: t.Any) -> None:
    netbox.credentials.limited_to = tuple(name for name in netbox.estate.tables if name != "dcim/devices")
    with pytest.raises(AnsibleParserError, match="permission to view devices, or set devices: false"):
        read(netbox, exclude_filters=[{"status": "offline"}], token=netbox.tokens["limited"])
