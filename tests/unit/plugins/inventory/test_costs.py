# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The load on NetBox grows with the number of selected hosts, without sudden steps."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Iterator

import pytest

from ansible_collections.netbox.cursor.tests.stand_in import NetBox, Received, serve

pytestmark = pytest.mark.slow

TRANSPORTS = pytest.mark.parametrize("transport", ["auto", "rest"])


@pytest.fixture(scope="module")
def large() -> Iterator[NetBox]:
    """Serve 5,000 devices with 8 interfaces each."""
    with serve(version="4.6", estate=5000, interfaces=8) as served:
        yield served


@pytest.fixture
def cost(large: NetBox, read: t.Any) -> Callable[..., float]:
    """Return a function that returns the CPU seconds that NetBox needs for an inventory with a number of devices."""

    def cost(number: int, **options: t.Any) -> float:
        large.cost.update(rest=0.0, graphql=0.0)
        filters = [{"id__lte": number}]
        inventory = read(large, virtual_machines=False, device_query_filters=filters, **options)
        assert len(inventory.hosts) == number
        return sum(large.cost.values())

    return cost


def rows_of(netbox: NetBox, path: str) -> int:
    """Return the number of rows that were sent for a list, without requests for a count."""
    return sum(one.rows or 0 for one in netbox.requests if one.path == path and dict(one.query).get("limit") != "1")


@TRANSPORTS
@pytest.mark.parametrize("fields", [None, ["all"]])
def test_interfaces_of_301_hosts_cost_no_more_than_those_of_300(
    cost: t.Any, transport: str, fields: list[str] | None
) -> None:
    options = {"interfaces": True, "interface_fields": fields, "transport": transport}
    assert cost(301, **options) <= 1.05 * cost(300, **options)


@TRANSPORTS
def test_interfaces_of_251_hosts_cost_no_more_than_those_of_250(cost: t.Any, transport: str) -> None:
    """This number of IDs fits into one URL."""
    options = {"interfaces": True, "transport": transport}
    assert cost(251, **options) <= 1.05 * cost(250, **options)


@TRANSPORTS
def test_interfaces_of_few_hosts_are_read_for_these_alone(large: NetBox, cost: t.Any, transport: str) -> None:
    cost(301, interfaces=True, transport=transport)
    assert rows_of(large, "/api/dcim/interfaces/") <= 301 * 8 * 1.02


@TRANSPORTS
@pytest.mark.parametrize("number", [299, 300, 301, 601])
def test_no_host_is_read_twice(large: NetBox, cost: t.Any, transport: str, number: int) -> None:
    cost(number, transport=transport)
    # After a full page, the reader requests the next pages before it knows whether they exist.
    assert rows_of(large, "/api/dcim/devices/") == number


def test_hosts_after_the_first_page_are_read_with_a_filter_on_the_same_field(large: NetBox, read: t.Any) -> None:
    filters = [{"id__lte": 700, "id__gt": 100}]
    inventory = read(large, virtual_machines=False, device_query_filters=filters, host_vars=["site"])
    assert len(inventory.hosts) == 600


def test_no_list_is_counted_twice(large: NetBox, cost: t.Any) -> None:
    cost(400, interfaces=True, services=True)
    counts = [
        (one.path, str(sorted(one.query)))
        for one in large.requests
        if dict(one.query).get("limit") == "1" and one.path.startswith("/api/")
    ]
    assert counts and len(counts) == len(set(counts))


# Edits during the run


@pytest.fixture
def edited() -> Iterator[NetBox]:
    """Serve enough hosts for GraphQL."""
    with serve(version="4.6", estate=1300, interfaces=0) as served:
        yield served


def edit_at_first_query(netbox: NetBox, edit: Callable[[], None]) -> None:
    """Call ``edit`` when the first GraphQL query arrives, after the REST API has counted."""

    def hook(received: Received) -> None:
        if received.path == "/graphql/" and hook in netbox.hooks:
            netbox.hooks.remove(hook)
            edit()

    netbox.hooks.append(hook)


@pytest.mark.parametrize("transport", ["graphql", "auto"])
@pytest.mark.parametrize("field", ["tenant", "rack", "location", "platform"])
def test_host_that_is_edited_during_the_run_is_counted_again(
    edited: NetBox, read: t.Any, transport: str, field: str
) -> None:
    devices = edited.table("dcim/devices")
    number = next(number for number in devices if devices[number][field])

    def edit() -> None:
        devices[number] = {**devices[number], field: None}

    edit_at_first_query(edited, edit)
    inventory = read(edited, transport=transport, virtual_machines=False)
    assert not edited.hooks and len(inventory.hosts) == 1300
    # The REST API does not read the list again.
    fields = [dict(one.query).get("fields", "") for one in edited.requests if one.path == "/api/dcim/devices/"]
    assert not any("tenant" in names.split(",") for names in fields)


def test_two_hosts_that_swap_a_tenant_during_the_run_are_no_error(edited: NetBox, read: t.Any) -> None:
    """The number of hosts without a tenant is the same before and after the query, but differs during the query."""
    devices = edited.table("dcim/devices")
    first = next(number for number in devices if devices[number]["tenant"])
    last = max(number for number in devices if not devices[number]["tenant"])
    tenant = devices[first]["tenant"]

    def edit() -> None:
        devices[first] = {**devices[first], "tenant": None}

    def edit_again(received: Received) -> None:
        if "tenant_id=null" in received.url and devices[first]["tenant"] is None:
            devices[last] = {**devices[last], "tenant": tenant}

    edit_at_first_query(edited, edit)
    edited.hooks.append(edit_again)
    inventory = read(edited, virtual_machines=False)
    # The list was read again through the REST API.
    assert len(inventory.hosts) == 1300 and devices[last]["tenant"] == tenant
    assert sum(host.vars.get("tenant") == tenant["slug"] for host in inventory.hosts.values()) == sum(
        (devices[number]["tenant"] or {}).get("slug") == tenant["slug"] for number in devices
    )
