# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters and irregularities that the recordings do not contain."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ansible_collections.netbox.cursor.tests.stand_in import serve

from .conftest import Client


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """These tests do not change data, so they share one server."""
    with serve(version="4.6") as netbox:
        client = Client(netbox)
        yield client
        client.session.close()


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("dcim/devices/?name=LEAF1", {1}),
        ("dcim/devices/?name__n=leaf1&name__isw=leaf", {2}),
        ("dcim/devices/?name__nic=e&name__empty=false", {10, 12, 13, 14}),
        ("dcim/devices/?name__iew=1&name__nisw=server", {1, 10, 11, 12, 14}),
        ("dcim/devices/?name=null", {6}),
        ("dcim/devices/?tag=edge&tag=core", set()),
        ("dcim/devices/?tag__any=edge&tag__any=core", {1, 2}),
        ("dcim/devices/?id__gt=5&id__gt=12", set(range(6, 15))),
        ("dcim/devices/?id__gte=3&id__lte=4", {3, 4}),
        ("dcim/devices/?id__in=1,2&limit=0", set(range(1, 15))),
        ("dcim/devices/?tenant_id=null&site=nowhere", {7}),
        ("dcim/devices/?site_id__n=1&site__n=paris-1&role=server", {7, 8, 9}),
        ("dcim/devices/?has_oob_ip=true", {1}),
        ("dcim/devices/?position=40.0", {1, 2}),
        ("dcim/devices/?face=front&face=rear", {2}),
        ("dcim/devices/?face=rear&face=front", {1, 6, 10}),
        ("dcim/devices/?has_primary_ip=1&site=nowhere", {7}),
        ("dcim/devices/?has_primary_ip=TRUE&site=nowhere", {7}),
        ("dcim/devices/?attr_x=1&site=nowhere", {7}),
        ("dcim/devices/?filter=nosuch&filter_id=99&site=nowhere", {7}),
        ("dcim/devices/?cf_weight_kg__ic=5&site=nowhere", {7}),
        ("dcim/devices/?cf_asset_class__ic=OL&site=nowhere", {7}),
        ("dcim/devices/?cf_monitored=yes&site=nowhere", {7}),
        ("dcim/devices/?cf_extra=a&site=nowhere", {7}),
        ("dcim/devices/?cf_asset_class=OL", {1}),
        ("dcim/devices/?cf_weight_kg__gt=7", {1}),
        ("dcim/devices/?cf_monitored=false", {2}),
        ("dcim/devices/?cf_depends_on=1", {2}),
        ("dcim/devices/?cf_tiers=t3", {1}),
        ("dcim/devices/?is_full_depth=maybe&site=nowhere", {7}),
        ("dcim/interfaces/?device=leaf2", {2, 18}),
        ("dcim/interfaces/?device=leaf1&type=lag", {9}),
        ("dcim/interfaces/?site=berlin-1&mgmt_only=true", {1, 3, 4}),
        ("dcim/interfaces/?mac_address=02:00:00:00:00:01", {1}),
        ("dcim/interfaces/?lag_id=9", {10, 11}),
        ("dcim/locations/?ancestor=floor-1", {2, 4}),
        ("dcim/regions/?parent=europe", {3, 4}),
        ("dcim/sites/?region=europe", {1, 2}),
        ("dcim/sites/?group=production&group=empty-group", {1, 2}),
        ("dcim/racks/?location=floor-1&name=R1", {1, 2}),
        ("ipam/ip-addresses/?device=leaf1", {1, 2, 3, 4}),
        ("ipam/ip-addresses/?virtual_machine_id=1&virtual_machine_id=9999", {11}),
        ("ipam/ip-addresses/?parent=2001:db8::/64", {3, 6}),
        ("ipam/ip-addresses/?address=192.0.2.11", {2}),
        ("ipam/ip-addresses/?interface_id=1", {2, 3}),
        ("ipam/prefixes/?region=europe", {1, 2, 3}),
        ("ipam/prefixes/?location=floor-1", {3}),
        ("ipam/services/?virtual_machine=web1&device=nobody", set()),
        ("ipam/services/?virtual_machine=web1", {3}),
        ("virtualization/clusters/?site=berlin-1", {1}),
        ("virtualization/virtual-machines/?cluster_group=east", {1}),
        ("virtualization/virtual-machines/?cluster_type=kvm&has_primary_ip=true", {1, 2, 3}),
        ("virtualization/virtual-machines/?vcpus=2.5", {1}),
        ("virtualization/interfaces/?virtual_machine=leaf1", {3}),
        ("core/object-changes/?time__gte=2040-01-01", set(range(1, 21))),
        ("core/object-changes/?time_after=2040-01-01", set()),
    ],
)
def test_filters_find(client: Client, query: str, ids: set[int]) -> None:
    assert set(client.ids(f"/api/{query}")) == ids


@pytest.mark.parametrize(
    ("query", "complaints"),
    [
        (
            "dcim/devices/?site=nope&status=odd",
            {
                "site": ["Select a valid choice. nope is not one of the available choices."],
                "status": ["Select a valid choice. odd is not one of the available choices."],
            },
        ),
        (
            "dcim/interfaces/?device=nobody",
            {"device": ["Select a valid choice. nobody is not one of the available choices."]},
        ),
        (
            "virtualization/interfaces/?virtual_machine_id=1&virtual_machine_id=9999",
            {"virtual_machine_id": ["Select a valid choice. 9999 is not one of the available choices."]},
        ),
        ("ipam/ip-addresses/?device_id=abc", {"device_id": ["Enter a whole number."]}),
        ("virtualization/virtual-machines/?vcpus=many", {"vcpus": ["Enter a number."]}),
        ("dcim/devices/?start=abc&id=abc", {"id": ["Enter a whole number."]}),
    ],
)
def test_values_that_cannot_be_are_refused(client: Client, query: str, complaints: dict[str, list[str]]) -> None:
    answer = client.get(f"/api/{query}")

    assert (answer.status_code, answer.json()) == (400, complaints)
