# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Select a rack, request its elevation, and read the complete response."""

from __future__ import annotations

import dataclasses
import typing as t
from collections.abc import Mapping

from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import ServerFailed, UsageError
from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import Pairs
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager
from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row
from ansible_collections.netbox.cursor.plugins.module_utils._media.highlights import check_highlights
from ansible_collections.netbox.cursor.plugins.module_utils._media.objects import find_one

# Limit the sizes here. NetBox accepts every number, even if the resulting drawing is invalid or too large to display.
MAX_PIXELS = 10000
_DRAWING_OPTIONS = ("unit_width", "unit_height", "legend_width", "include_images", "highlight")
_UNIT_OPTIONS = ("expand_devices", "exclude", "q")


def rack_arguments() -> dict[str, dict[str, t.Any]]:
    """Return the arguments that select a rack and one of its faces."""
    return {
        "rack_id": {"type": "int"},
        "rack": {"type": "str"},
        "site": {"type": "str"},
        "location": {"type": "str"},
        "face": {"type": "str", "choices": ["front", "rear"], "default": "front"},
    }


def drawing_arguments() -> dict[str, dict[str, t.Any]]:
    """Return the arguments that affect the appearance of a drawing."""
    return {
        "unit_width": {"type": "int"},
        "unit_height": {"type": "int"},
        "legend_width": {"type": "int"},
        "include_images": {"type": "bool"},
        "highlight": {"type": "list", "elements": "str"},
    }


# Restrictions on the arguments that select a rack, for AnsibleModule.
RACK_RULES: dict[str, t.Any] = {
    "mutually_exclusive": [("rack_id", "rack"), ("rack_id", "site"), ("rack_id", "location")],
    "required_one_of": [("rack_id", "rack")],
}


@dataclasses.dataclass
class ElevationOptions:
    """The parameters of the request, with NetBox's names. For ``None``, NetBox uses its own default."""

    render: str
    face: str
    unit_width: int | None = None
    unit_height: int | None = None
    legend_width: int | None = None
    include_images: bool | None = None
    highlight: list[str] | None = None
    expand_devices: bool | None = None
    exclude: int | None = None
    q: str | None = None

    def __post_init__(self) -> None:
        """Raise :class:`UsageError` if NetBox would ignore an option, or would return a broken drawing."""
        foreign = _UNIT_OPTIONS if self.render == "svg" else _DRAWING_OPTIONS
        given = [name for name in foreign if getattr(self, name) is not None]
        if given:
            raise UsageError(f"render={self.render} does not support {' and '.join(given)}.")
        for name in ("unit_width", "unit_height", "legend_width"):
            pixels = getattr(self, name)
            if pixels is not None and not 1 <= pixels <= MAX_PIXELS:
                raise UsageError(f"{name} is {pixels}. It must be a number of pixels from 1 to {MAX_PIXELS}.")
        if self.exclude is not None and self.exclude < 1:
            raise UsageError(f"exclude is {self.exclude}. It must be the ID of a device.")
        check_highlights(self.highlight or ())

    @classmethod
    def from_options(cls, options: Mapping[str, t.Any], render: str) -> ElevationOptions:
        """Create the object from the module options with the same names. Missing options keep their defaults."""
        names = [field.name for field in dataclasses.fields(cls) if field.name in options]
        return cls(**{**{name: options[name] for name in names}, "render": render})

    @property
    def parameters(self) -> Pairs:
        """The query parameters for these options."""
        pairs = [("face", self.face)]
        for name in (*_DRAWING_OPTIONS, *_UNIT_OPTIONS):
            value = getattr(self, name)
            for part in value if isinstance(value, list) else [value]:
                if part is not None:
                    pairs.append((name, str(part).lower() if isinstance(part, bool) else str(part)))
        return pairs


def find_rack_id(client: Client, options: Mapping[str, t.Any]) -> int:
    """Return the ID of the rack that ``options`` select. Errors from ``find_one`` are raised unchanged."""
    if options["rack_id"] is not None:
        return int(options["rack_id"])
    places = [(key, options[key]) for key in ("site", "location") if options[key]]
    return int(find_one(client, "dcim/racks", [("name", options["rack"]), *places])["id"])


def fetch_drawing(client: Client, rack_id: int, options: ElevationOptions) -> str:
    """Return the elevation as SVG."""
    parameters = [("render", "svg"), *options.parameters]
    try:
        return client.text(f"api/{_endpoint(rack_id)}/", parameters, media_type="image/svg+xml", end="</svg>")
    except ServerFailed as error:
        if "rack_elevation.css" in error.detail:
            error.advice = "NetBox's static files are missing. Run manage.py collectstatic on the NetBox server."
        elif options.highlight:
            error.advice = "Check highlight. NetBox fails if a value is not valid for its field."
        raise


def fetch_units(client: Client, rack_id: int, options: ElevationOptions) -> list[Row]:
    """Return all half units of the rack, from the top down. NetBox's first page contains only 50 of them."""
    with Pager(client, max_workers=1) as pager:
        return list(pager.rows(_endpoint(rack_id), options.parameters))


def _endpoint(rack_id: int) -> str:
    if rack_id < 1:
        raise UsageError(f"Invalid rack_id {rack_id}. IDs in NetBox start at 1.")
    return f"dcim/racks/{rack_id}/elevation"
