# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""After any edits, the rows in the mock NetBox are consistent."""

from __future__ import annotations

import random
import typing as t

import pytest
from hypothesis import given, settings

from ansible_collections.netbox.cursor.tests.stand_in import NetBox, Settings
from ansible_collections.netbox.cursor.tests.stand_in._generated import generated_estate
from ansible_collections.netbox.cursor.tests.stand_in._recorded import recorded_estate
from ansible_collections.netbox.cursor.tests.stand_in._relations import RELATIONS
from ansible_collections.netbox.cursor.tests.stand_in._tables import key
from ansible_collections.netbox.cursor.tests.stand_in.edit_strategies import (
    EDITS,
    Step,
    edit_sequences,
    editing_between_requests,
    perform,
)

if t.TYPE_CHECKING:
    from .conftest import Client


def new_netbox(version: str = "4.6") -> NetBox:
    """A mock NetBox without a server."""
    return NetBox(recorded_estate(version), Settings(version=version))


def outdated(netbox: NetBox) -> dict[str, t.Any]:
    """Return the rows that are inconsistent with the complete database."""
    dummy, derived = netbox.edits.tools()
    found = {}
    for endpoint, table in netbox.estate.tables.items():
        for pk, row in table.items() if endpoint in RELATIONS else ():
            fresh = derived.fresh(endpoint, row)
            if fresh != row:
                different = {name: (row[name], fresh[name]) for name in fresh if fresh[name] != row.get(name)}
                found[f"{endpoint} {pk}"] = different
    return found


def dangling(netbox: NetBox) -> list[str]:
    """Return references to objects that do not exist."""
    return [
        f"{endpoint} {pk}: {field}"
        for endpoint, fields in RELATIONS.items()
        for field, reference in fields.items()
        for pk, value in netbox.estate.get(endpoint).column(field)
        for each in (value if isinstance(value, list) else [value])
        if each is not None and reference.target in netbox.estate.tables
        if key(each) not in netbox.estate.tables[reference.target]
    ]


@pytest.mark.parametrize("version", ["4.5", "4.6", "4.7"])
def test_derived_parts_are_those_of_the_recorded_rows(version: str) -> None:
    assert outdated(new_netbox(version)) == {}


@pytest.mark.parametrize("version", ["4.5", "4.6", "4.7"])
def test_derived_parts_are_those_of_the_generated_rows(version: str) -> None:
    assert outdated(NetBox(generated_estate(version, 60, 2), Settings(version=version))) == {}


def test_edits_of_a_large_estate_make_few_rows() -> None:
    netbox = NetBox(generated_estate("4.6", 2000, 8), Settings())
    rack = netbox.table("dcim/devices")[7]["rack"]["id"]

    netbox.edits.update("dcim/devices", 7, name="renamed")
    netbox.edits.update("dcim/racks", rack, name="moved")
    netbox.edits.delete("dcim/devices", 9)

    assert netbox.table("dcim/devices")[7]["display"] == "renamed (A-0000007)"
    assert netbox.table("dcim/devices")[7]["rack"]["name"] == "moved"
    assert netbox.table("dcim/interfaces").having("device", {9}) == set()
    assert {row["device"]["name"] for row in netbox.table("dcim/interfaces").assigned().values()} == {"renamed"}
    assert len(netbox.table("dcim/devices").assigned()) < 40


@pytest.mark.slow
@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(steps=edit_sequences(unlogged=True))
def test_rows_agree_with_each_other_after_any_edits(steps: list[Step]) -> None:
    netbox = new_netbox()

    perform(netbox, steps)

    assert dangling(netbox) == []
    assert outdated(netbox) == {}


def test_rows_that_a_test_assigned_can_be_settled() -> None:
    netbox = new_netbox()
    site, device = netbox.table("dcim/sites")[1], netbox.table("dcim/devices")[1]
    netbox.table("dcim/sites")[1] = {**site, "name": "Renamed"}
    netbox.table("dcim/devices")[1] = {**device, "display": "wrong", "asset_tag": None, "interface_count": 99}
    netbox.table("extras/config-contexts").replace({})

    netbox.edits.settle()

    assert outdated(netbox) == {}
    row = netbox.table("dcim/devices")[1]
    assert (row["display"], row["interface_count"], row["site"]["name"]) == ("leaf1", 10, "Renamed")
    assert (row["last_updated"], row["config_context"]) == (device["last_updated"], row["local_context_data"])


@settings(max_examples=20, deadline=None, derandomize=True, database=None)
@given(steps=edit_sequences(unlogged=True))
def test_failed_request_changes_nothing(steps: list[Step]) -> None:
    netbox = new_netbox()
    perform(netbox, steps)
    before = {endpoint: dict(table.items()) for endpoint, table in netbox.estate.tables.items()}

    with pytest.raises(ZeroDivisionError), netbox.edits.request() as request:
        for site in netbox.table("dcim/sites"):
            request.update("dcim/sites", site, name=f"renamed {site}")
        raise ZeroDivisionError

    assert {endpoint: dict(table.items()) for endpoint, table in netbox.estate.tables.items()} == before


@pytest.mark.slow
@pytest.mark.parametrize("edit", EDITS)
def test_every_edit_is_possible(edit: str) -> None:
    netbox = new_netbox()
    numbers = random.Random(edit)
    netbox.edits.create("dcim/device-bays", device=1, name="bay-1")
    netbox.edits.create("dcim/mac-addresses", mac_address="02:00:00:00:00:09")
    netbox.edits.update("dcim/devices", 1, cluster=1)
    steps = [Step(edit, "logged", tuple(numbers.randrange(1000) for dummy in range(12))) for dummy in range(40)]
    records = len(netbox.log.records())

    assert perform(netbox, steps) > 0
    assert len(netbox.log.records()) > records or edit == "save"


def test_edits_happen_between_requests(netbox: NetBox, client: Client) -> None:
    steps = [Step("create group", "logged", (3, number, number)) for number in range(6)]
    first = len(netbox.table("extras/tags"))

    with editing_between_requests(netbox, steps, every=2):
        counts = [client.get("/api/extras/tags/").json()["count"] - first for dummy in range(5)]

    assert counts == [0, 1, 1, 2, 2]
