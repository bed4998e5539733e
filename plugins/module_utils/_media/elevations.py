# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Rack elevations: which rack, what is asked of NetBox, and its answer whole (FACTS 8)."""

from __future__ import annotations

import dataclasses
import json
import typing as t
from collections.abc import Iterable, Mapping

from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import ServerFailed, UsageError
from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import Pairs
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager
from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row
from ansible_collections.netbox.cursor.plugins.module_utils._media.objects import find_one

# NetBox takes any number, also those that make no drawing, or one that no program can show.
MOST_PIXELS = 10000
_OF_DRAWINGS = ("unit_width", "unit_height", "legend_width", "include_images", "highlight")
_OF_UNITS = ("expand_devices", "exclude", "q")


@dataclasses.dataclass
class Elevation:
    """What is wanted of an elevation, by NetBox's names for it; ``None`` for NetBox's own default."""

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
        """Raise :class:`UsageError` for what NetBox would ignore, or answer with a broken drawing or an error 500."""
        strange = _OF_UNITS if self.render == "svg" else _OF_DRAWINGS
        given = [name for name in strange if getattr(self, name) is not None]
        if given:
            raise UsageError(f"render={self.render} does not know {' and '.join(given)}.")
        for name in ("unit_width", "unit_height", "legend_width"):
            pixels = getattr(self, name)
            if pixels is not None and not 1 <= pixels <= MOST_PIXELS:
                raise UsageError(f"{name} is {pixels}: it is a number of pixels from 1 to {MOST_PIXELS}.")
        if self.exclude is not None and self.exclude < 1:
            raise UsageError(f"exclude is {self.exclude}: it is the id of a device.")
        for text in self.highlight or ():
            name, colon, value = text.partition(":")
            if not (name.strip() and colon and value.strip()):
                raise UsageError(f"highlight {text!r} is not of the form field:value, like name:leaf1 or role_id:3.")
            if (name in ("id", "pk") or name.endswith(("_id", "__pk"))) and not value.isdecimal():
                raise UsageError(f"highlight {text!r}: {name} is a number.")

    @classmethod
    def of_options(cls, options: Mapping[str, t.Any]) -> Elevation:
        """From the module's options of the same names."""
        return cls(**{field.name: options[field.name] for field in dataclasses.fields(cls)})

    @property
    def parameters(self) -> Pairs:
        """The query parameters that say so."""
        pairs = [("face", self.face)]
        for name in (*_OF_DRAWINGS, *_OF_UNITS):
            value = getattr(self, name)
            for part in value if isinstance(value, list) else [value]:
                if part is not None:
                    pairs.append((name, str(part).lower() if isinstance(part, bool) else str(part)))
        return pairs


def rack_id_of(client: Client, rack: str, site: str | None, location: str | None) -> int:
    """The id of the one rack of this name; ``site`` and ``location`` are slugs. Raises as ``find_one``."""
    places = [("site", site), ("location", location)]
    return int(
        find_one(client, "dcim/racks", [("name", rack), *((key, value) for key, value in places if value)])["id"]
    )


def drawing(client: Client, rack_id: int, wanted: Elevation) -> str:
    """The elevation as the text of an SVG drawing."""
    parameters = [("render", "svg"), *wanted.parameters]
    try:
        return client.text(f"api/{_endpoint(rack_id)}/", parameters, media_type="image/svg+xml", end="</svg>")
    except ServerFailed as error:
        if "rack_elevation.css" in error.detail:
            error.advice = "NetBox's static files are missing: whoever runs it has to call manage.py collectstatic."
        elif wanted.highlight:
            error.advice = "NetBox fails on values that a field cannot have: look at highlight."
        raise


def units(client: Client, rack_id: int, wanted: Elevation) -> list[Row]:
    """All half units of the rack, from the top down; NetBox alone would give the first 50 (FACTS 8)."""
    with Pager(client, max_workers=1) as pager:
        return list(pager.rows(_endpoint(rack_id), wanted.parameters))


def units_as_text(rows: Iterable[Row]) -> str:
    """The units as they are written into a file."""
    return json.dumps(list(rows), indent=2, ensure_ascii=False) + "\n"


def _endpoint(rack_id: int) -> str:
    if rack_id < 1:
        raise UsageError(f"rack_id is {rack_id}: ids of NetBox are numbers from 1 on.")
    return f"dcim/racks/{rack_id}/elevation"
