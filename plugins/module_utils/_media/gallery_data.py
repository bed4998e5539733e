# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Read the data for a gallery of racks with a few list requests, and detect changes since the last run."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import typing as t
from collections.abc import Iterable, Mapping

from ansible_collections.netbox.cursor.plugins.module_utils._filters.check import FilterCheck
from ansible_collections.netbox.cursor.plugins.module_utils._filters.representation import Representation
from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import AccessDenied, UnexpectedAnswer
from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import Pairs, chunks
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager
from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row
from ansible_collections.netbox.cursor.plugins.module_utils._media.gallery_rows import (
    DEVICES,
    FIELDS,
    LOCATIONS,
    RACKS,
    RESERVATIONS,
    ROLES,
    TYPES,
    check_rows,
)
from ansible_collections.netbox.cursor.plugins.module_utils._media.rack_units import (
    Place,
    Usage,
    compute_usage,
    locate,
)

PAGE_SIZE = 1000
# Maximum duration of a transaction in seconds. NetBox sets the time of a change before its transaction ends, so a
# change can become visible after a newer change. By default, NetBox ends requests after 120 seconds and jobs after 300
# seconds.
LONGEST_TRANSACTION = 300
# For up to this number of racks, devices are selected by rack. For more racks, devices are selected by site.
MAX_RACK_FILTERS = 100

# The lists on which drawings and pages depend. Racks are always read completely.
WATCHED = (DEVICES, TYPES, ROLES, LOCATIONS, RESERVATIONS)

State = t.Optional[list[t.Any]]
"""The state of a list: the number of objects, and the time and the ID of the newest change.

The state is ``None`` if the newest change is unknown, and ``["denied"]`` if the token's user cannot view the list.
"""


@dataclasses.dataclass
class Device:
    """A device in a rack. If it does not occupy any units, ``place`` is ``None``."""

    row: Row
    type: Row
    place: Place | None

    @property
    def faces(self) -> tuple[str, ...]:
        """The faces of the rack on which the device is visible."""
        face = _choice(self.row.get("face"))
        if self.type.get("is_full_depth"):
            return (face, "rear" if face == "front" else "front")
        return (face,)


@dataclasses.dataclass
class Rack:
    """A rack, and everything that its drawings show."""

    row: Row
    path: tuple[str, ...]
    devices: list[Device]
    reservations: list[Row]
    usage: Usage

    @property
    def id(self) -> int:
        return int(self.row["id"])

    @property
    def site_id(self) -> int:
        return int(self.row["site"]["id"])

    @property
    def location_id(self) -> int:
        return int((self.row.get("location") or {}).get("id", 0))

    def fingerprint(self, roles: Mapping[int, Row]) -> str:
        """Return a digest of all NetBox data that the drawings of this rack show."""
        devices = []
        for device in self.devices:
            shown = {name: value for name, value in device.row.items() if name != "last_updated"}
            role = roles.get(_id(device.row.get("role")), {})
            devices.append([shown, _without_time(device.type), role.get("name"), role.get("color")])
        racks = _without_time(self.row)
        return digest([racks, devices, [_without_time(row) for row in self.reservations]])


@dataclasses.dataclass
class RackData:
    """Racks, devices without a rack by site ID, and device roles by ID."""

    racks: list[Rack]
    unracked: dict[int, list[Row]]
    roles: dict[int, Row]


def digest(value: t.Any) -> str:
    """Return the SHA-256 digest of a value that can be converted to JSON."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _without_time(row: Mapping[str, t.Any]) -> dict[str, t.Any]:
    return {name: value for name, value in row.items() if name != "last_updated"}


def _choice(value: t.Any) -> str:
    return str(value.get("value")) if isinstance(value, dict) else ""


def _id(value: t.Any) -> int:
    return int(value["id"]) if isinstance(value, dict) else 0


class RackReader:
    """Reads racks and their devices.

    * ``filters``: NetBox filters that select the racks.
    * ``warn``: called with a warning if the token's user has no permission to view a list.
    """

    def __init__(self, client: Client, pager: Pager, filters: Pairs, warn: t.Callable[[str], object]) -> None:
        self._client = client
        self._pager = pager
        self._warn = warn
        check = FilterCheck(client, options=())
        check.check(RACKS, filters)
        self.rows = self._read(RACKS, filters)
        check.confirm(RACKS, filters)
        self._sites = sorted({int(row["site"]["id"]) for row in self.rows})

    def states(self) -> dict[str, State]:
        """Return the state of each list on which the gallery depends.

        This usually sends one request for each list.
        """
        return {endpoint: self._state(endpoint) for endpoint in WATCHED} if self.rows else {}

    def _state(self, endpoint: str) -> State:
        by_site = [("site_id", str(number)) for number in self._sites]
        filters = by_site if endpoint in (DEVICES, LOCATIONS) else []
        paging = [("fields", "id,last_updated"), ("ordering", "-last_updated"), ("limit", "1")]
        counts, newest = [], []
        try:
            for part in chunks(filters):
                answer = self._client.get(f"api/{endpoint}/", [*part, *paging])
                counts.append(int(answer["count"]))
                newest += [[row["last_updated"], row["id"]] for row in answer["results"]]
        except AccessDenied:
            return ["denied"]
        except (KeyError, TypeError, ValueError):
            raise UnexpectedAnswer(f"The response for {endpoint} is not a list of objects.") from None
        # Objects that were created by merging a branch have no time in last_updated. NetBox lists them first.
        if any(stamp is None for stamp, dummy in newest):
            return None
        return [sum(counts), *max(newest, default=[])]

    def read(self) -> RackData:
        """Return the racks with their devices."""
        rack_ids = {int(row["id"]) for row in self.rows}
        locations = {int(row["id"]): row for row in self._read_optional(LOCATIONS, self._by_site())}
        devices = self._read_devices(rack_ids)
        type_ids = sorted({_id(row.get("device_type")) for row in devices} - {0})
        by_id = [("id", str(number)) for number in type_ids]
        types = {int(row["id"]): row for row in self._read_optional(TYPES, by_id)} if by_id else {}
        roles = {int(row["id"]): row for row in self._read_optional(ROLES, [])}
        reservations: dict[int, list[Row]] = {}
        for row in self._read_optional(RESERVATIONS, []):
            reservations.setdefault(_id(row.get("rack")), []).append(row)
        in_racks: dict[int, list[Row]] = {}
        unracked: dict[int, list[Row]] = {}
        for row in devices:
            if row.get("rack") is None:
                unracked.setdefault(_id(row.get("site")), []).append(row)
            else:
                in_racks.setdefault(_id(row["rack"]), []).append(row)
        racks = [
            _build_rack(row, locations, in_racks.get(int(row["id"]), []), types, reservations.get(int(row["id"]), []))
            for row in self.rows
        ]
        return RackData(racks, unracked, roles)

    def _by_site(self) -> Pairs:
        return [("site_id", str(number)) for number in self._sites]

    def _read_devices(self, rack_ids: set[int]) -> list[Row]:
        """Return the devices in the racks, and the devices without a rack at the sites of the racks."""
        if not rack_ids:
            return []
        if len(rack_ids) > MAX_RACK_FILTERS:
            rows = self._read_optional(DEVICES, self._by_site())
            return [row for row in rows if row.get("rack") is None or _id(row["rack"]) in rack_ids]
        in_racks = self._read_optional(DEVICES, [("rack_id", str(number)) for number in sorted(rack_ids)])
        return in_racks + self._read_optional(DEVICES, [*self._by_site(), ("rack_id", "null")])

    def _read_optional(self, endpoint: str, filters: Pairs) -> list[Row]:
        try:
            return self._read(endpoint, filters)
        except AccessDenied as error:
            self._warn(f"Cannot read {endpoint}, so the page shows fewer details. {error}")
            return []

    def _read(self, endpoint: str, filters: Pairs) -> list[Row]:
        representation = Representation(endpoint, fields=FIELDS[endpoint].split())
        rows = list(self._pager.rows(endpoint, filters, representation=representation))
        check_rows(endpoint, rows)
        return rows


def _build_rack(
    row: Row, locations: Mapping[int, Row], devices: list[Row], types: Mapping[int, Row], reservations: list[Row]
) -> Rack:
    placed = []
    for device in devices:
        device_type = types.get(_id(device.get("device_type")), {})
        position, height = device.get("position"), device_type.get("u_height")
        place = locate(row, float(position), float(height)) if position and height else None
        placed.append(Device(device, device_type, place))
    placed.sort(key=lambda device: (device.place is None, device.place.top if device.place else 0, device.row["id"]))
    counted = [
        (device.place, not device.type.get("exclude_from_utilization")) for device in placed if device.place is not None
    ]
    units = [int(unit) for reservation in reservations for unit in reservation.get("units") or ()]
    return Rack(
        row, _build_path(row.get("location"), locations), placed, reservations, compute_usage(row, counted, units)
    )


def _build_path(location: t.Any, locations: Mapping[int, Row]) -> tuple[str, ...]:
    """Return the names of a location and of all locations that contain it, from the top down."""
    names: list[str] = []
    seen: set[int] = set()
    while isinstance(location, dict) and location["id"] not in seen:
        seen.add(location["id"])
        names.append(str(location.get("name") or location.get("display")))
        location = locations.get(location["id"], {}).get("parent")
    return tuple(reversed(names))


def are_settled(states: Iterable[State], read_at: float) -> bool:
    """Return whether lists that were read at ``read_at`` are settled.

    If a list is settled, it contains all changes that are older than its newest change.
    """
    for state in states:
        if state is None:
            return False
        if len(state) == 3:
            try:
                stamp = datetime.datetime.fromisoformat(str(state[1]).replace("Z", "+00:00")).timestamp()
            except ValueError:
                return False
            if read_at - stamp < LONGEST_TRANSACTION:
                return False
    return True
