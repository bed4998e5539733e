# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""The lists that a gallery reads: their fields, and the valid values of fields that are used in calculations."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UnexpectedAnswer
from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row

RACKS, DEVICES, TYPES = "dcim/racks", "dcim/devices", "dcim/device-types"
ROLES, LOCATIONS, RESERVATIONS = "dcim/device-roles", "dcim/locations", "dcim/rack-reservations"

FIELDS = {
    RACKS: "id name display display_url site location role status tenant facility_id u_height starting_unit desc_units "
    "description last_updated",
    DEVICES: "id name display display_url device_type role status serial asset_tag rack site position face description "
    "parent_device device_bay_count virtual_chassis last_updated",
    TYPES: "id model manufacturer u_height is_full_depth exclude_from_utilization front_image rear_image last_updated",
    ROLES: "id name color last_updated",
    LOCATIONS: "id name parent last_updated",
    RESERVATIONS: "id rack units description last_updated",
}
# Fields by endpoint, for required objects, optional objects, and numbers.
_OBJECTS = {RACKS: ("site",), DEVICES: ("site", "device_type", "role"), RESERVATIONS: ("rack",)}
_OPTIONAL_OBJECTS = {RACKS: ("location", "role", "tenant"), DEVICES: ("rack",), LOCATIONS: ("parent",)}
_NUMBERS = {RACKS: ("u_height", "starting_unit"), DEVICES: ("position",), TYPES: ("u_height",)}
# NetBox's own limits are 100 units in a rack, and 32767 for the number of the first unit.
_MAX_NUMBER = 100_000


def check_rows(endpoint: str, rows: Iterable[Row]) -> None:
    """Raise :class:`UnexpectedAnswer` if a row has values that NetBox never returns."""
    for row in rows:
        fields = [name for name in _OBJECTS.get(endpoint, ()) if not _is_object(row.get(name))]
        fields += [
            name
            for name in _OPTIONAL_OBJECTS.get(endpoint, ())
            if row.get(name) is not None and not _is_object(row[name])
        ]
        fields += [
            name for name in _NUMBERS.get(endpoint, ()) if row.get(name) is not None and not _is_number(row[name])
        ]
        if endpoint == RESERVATIONS and not _is_list_of_numbers(row.get("units")):
            fields.append("units")
        if fields:
            raise UnexpectedAnswer(f"{endpoint}: the object with ID {row['id']} has an invalid value for {fields[0]}.")


def _is_object(value: t.Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("id"), int) and not isinstance(value["id"], bool)


def _is_number(value: t.Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= _MAX_NUMBER


def _is_list_of_numbers(value: t.Any) -> bool:
    return isinstance(value, list) and all(_is_number(each) for each in value)
