# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the laws of the refresh with generated estates, configurations, and edits."""

from __future__ import annotations

import typing as t

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.netbox.cursor.tests.laws import refreshing
from ansible_collections.netbox.cursor.tests.laws.configurations import Options, cases
from ansible_collections.netbox.cursor.tests.laws.described import Described
from ansible_collections.netbox.cursor.tests.laws.running import Mock, differences
from ansible_collections.netbox.cursor.tests.laws.test_laws import TRANSPORTS, hold
from ansible_collections.netbox.cursor.tests.stand_in.edit_strategies import edit_sequences

Case = tuple[Described, Options]
BATCHES = st.lists(edit_sequences(6), min_size=1, max_size=3)
BETWEEN = st.lists(edit_sequences(4), max_size=2)


@given(cases(), TRANSPORTS, BATCHES, BETWEEN)
def test_refresh_equals_full_read(case: Case, transport: str, batches: t.Any, between: t.Any) -> None:
    described, options = case
    mock = Mock(described.netbox())
    hold(refreshing.logged_edits_are_followed(mock, {**options, "transport": transport}, batches, between))


@given(cases(), TRANSPORTS, edit_sequences(5, unlogged=True))
def test_unlogged_edits_are_found(case: Case, transport: str, steps: t.Any) -> None:
    described, options = case
    mock = Mock(described.netbox())
    hold(refreshing.unlogged_edits_are_found(mock, {**options, "transport": transport}, steps))


# Examples that contradicted these laws in the past


def refreshed(described: Described, options: Options, edits: t.Any, edits_later: t.Any = lambda edits: None) -> None:
    """Check that an inventory from changes equals a full read after the edits."""
    mock = Mock(described.netbox())
    inventory = refreshing.Refreshing(mock, options)
    mock.netbox.edits.settle()
    mock.netbox.edits.update("dcim/sites", 1, facility="first")
    for edit in (lambda edits: None, edits, edits_later):
        edit(mock.netbox.edits)
        again = inventory.run()
        contradictions = differences(inventory.fresh(), again)
        inventory.close() if contradictions else None
        hold(contradictions)
    assert "read again" in inventory.said[-1]
    inventory.close()


LAG = {"name": "po1", "type": "lag"}


def test_interface_shows_the_new_name_of_the_device_of_its_lag() -> None:
    """NetBox shows a LAG with its device."""
    described = Described(devices=[{"name": "a", "interfaces": [LAG, {"name": "eth0"}]}])

    def edit(edits: t.Any) -> None:
        edits.update("dcim/interfaces", 2, lag=1)

    refreshed(described, {"interfaces": True}, edit, lambda edits: edits.update("dcim/devices", 1, name="b"))


def test_subinterface_of_an_interface_with_a_cable_is_followed() -> None:
    """NetBox shows the parent with the ID of its cable."""
    described = Described(devices=[{"name": "a", "interfaces": [{"name": "eth0"}, {"name": "eth0.1"}, {"name": "e1"}]}])

    def connect(edits: t.Any) -> None:
        ends = [[{"object_type": "dcim.interface", "object_id": number}] for number in (1, 3)]
        edits.create("dcim/cables", a_terminations=ends[0], b_terminations=ends[1])
        edits.update("dcim/interfaces", 2, parent=1)

    refreshed(described, {"interfaces": True}, connect, lambda edits: edits.update("dcim/devices", 1, serial="x"))
    refreshed(described, {"interfaces": True}, connect, lambda edits: edits.delete("dcim/cables", 1))


def test_audit_ignores_addresses_without_an_interface() -> None:
    address = {"interfaces": [{"name": "eth0", "addresses": [{"address": "10.0.0.1/24"}]}]}
    described = Described(devices=[{"name": "a", **address}])

    def edit(edits: t.Any) -> None:
        edits.update("ipam/ip-addresses", 1, assigned_object_type=None, assigned_object_id=None)

    refreshed(described, {"interfaces": True}, edit)


def test_device_without_a_name_follows_its_type() -> None:
    described = Described(
        device_types=[{"slug": "leaf", "manufacturer": 0}], manufacturers=[{"slug": "m"}], devices=[{}]
    )
    options = {"host_vars": ["site"]}
    refreshed(described, options, lambda edits: edits.update("dcim/device-types", 1, slug="spine", model="spine"))


def test_prefixes_of_a_site_that_got_its_first_host_are_read() -> None:
    """With empty groups, the table of sites contains all sites."""
    described = Described(
        sites=[{"slug": "a"}, {"slug": "b"}], prefixes=[{"prefix": "10.0.0.0/8", "site": 1}], devices=[{"name": "x"}]
    )
    options = {"site_data": True, "prefixes": True, "empty_groups": True, "group_by": ["site"]}
    refreshed(described, options, lambda edits: edits.update("dcim/devices", 1, site=2))


def test_audit_ignores_locations_without_hosts() -> None:
    """A full read contains all locations of sites with hosts. The edit moves a host to a site without hosts."""
    described = Described(
        sites=[{"slug": "a"}, {"slug": "b"}],
        locations=[{"slug": "room", "site": 0}, {"slug": "hall", "site": 1}],
        devices=[{"name": "x", "location": 0}, {"name": "y"}],
    )
    refreshed(described, {}, lambda edits: edits.update("dcim/devices", 2, site=2))


def test_address_that_graphql_returned_is_followed() -> None:
    """GraphQL returns the ID of the address as a string."""
    one = {"name": "eth0", "addresses": [{"address": "10.0.0.1/24"}]}
    described = Described(devices=[{"name": "a", "interfaces": [one], "primary_ip4": "10.0.0.1/24"}])
    options = {"transport": "graphql"}
    refreshed(described, options, lambda edits: edits.update("ipam/ip-addresses", 1, address="10.0.0.9/24"))
