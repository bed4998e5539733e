# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The places and free units that a gallery shows are those in the rack elevations that NetBox returns."""

from __future__ import annotations

import typing as t

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.netbox.cursor.plugins.module_utils._media.rack_units import Usage, compute_usage, locate
from ansible_collections.netbox.cursor.plugins.modules import nb_rack_elevation_info
from ansible_collections.netbox.cursor.tests.stand_in import NetBox

Run = t.Callable[..., "dict[str, t.Any]"]


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    u_height=st.integers(1, 60),
    starting_unit=st.integers(1, 100),
    desc_units=st.booleans(),
    data=st.data(),
)
def test_place_of_a_device_is_that_of_netbox(
    u_height: int, starting_unit: int, desc_units: bool, data: st.DataObject, netbox: NetBox, run_module: Run
) -> None:
    half_units = data.draw(st.integers(1, 2 * u_height), label="height in half units")
    lowest = data.draw(st.integers(0, 2 * u_height - half_units), label="half units below")
    racks, devices, types = (netbox.table(f"dcim/{name}") for name in ("racks", "devices", "device-types"))
    racks[1] = {**racks[1], "u_height": u_height, "starting_unit": starting_unit, "desc_units": desc_units}
    for number in list(devices.ids()):
        if number != 1:
            del devices[number]
    position = starting_unit + lowest / 2
    devices[1] = {**devices[1], "position": position}
    number = devices[1]["device_type"]["id"]
    types[number] = {**types[number], "u_height": half_units / 2}

    units = run_module(nb_rack_elevation_info, rack_id=1)["units"]
    occupied = [index for index, unit in enumerate(units) if unit["occupied"]]
    place = locate(racks[1], position, half_units / 2)
    assert occupied == list(range(place.top, place.top + place.size))
    usage = compute_usage(racks[1], [(place, True)], [])
    assert (usage.total, usage.utilized, usage.free) == (len(units), len(occupied), len(units) - len(occupied))


def test_usage_counts_reservations_and_excluded_types_as_netbox() -> None:
    """Reserved units are utilized. Devices of excluded types occupy units, but do not count as utilization."""
    rack = {"u_height": 10, "starting_unit": 1, "desc_units": False}
    devices = [(locate(rack, 1, 2), True), (locate(rack, 3, 1), False)]
    usage = compute_usage(rack, devices, [2, 5, 99])
    assert usage == Usage(total=20, utilized=6, free=12, reserved=2, largest_free=10)
    assert usage.percent == 30


def test_usage_of_a_rack_without_units_is_zero() -> None:
    assert compute_usage({"u_height": 0}, [], []).percent == 0
