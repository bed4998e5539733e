# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rack elevations: the units of a rack as a list, or as a drawing."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from xml.etree import ElementTree

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ._answers import here, json_answer, server_error
from ._endpoints import ENDPOINTS
from ._lists import Lists
from ._state import NetBox
from ._tables import HERE, Row
from ._tokens import Denied

CHOICES = {"face": ("front", "rear"), "render": ("json", "svg")}
NUMBERS = {"unit_width": 220, "unit_height": 22, "legend_width": 30, "margin_width": 15, "exclude": None}
BORDER = 2
READABLE = ("application/json", "text/html", "application/*", "text/*", "*/*")
NOT_ACCEPTABLE = "Could not satisfy the request Accept header."

# NetBox reads its style sheet from a file. On the recorded server, this file was empty.
STYLE = """
text { dominant-baseline: middle; font: 13px sans-serif; text-anchor: middle }
.unit { fill: #666; font-size: 10px }
.rack { fill: none; stroke: #222; stroke-width: 2px }
.slot { fill: #f7f7f7; stroke: #999 }
.slot.blocked { fill: url(#occupied) }
.shaded { opacity: 0.4 }
.add-device { display: none }
"""


class Elevations:
    def __init__(self, netbox: NetBox) -> None:
        self._netbox = netbox
        self._lists = Lists(netbox)

    def routes(self) -> list[Route]:
        return [Route("/api/dcim/racks/{pk:int}/elevation/", self.elevation)]

    async def elevation(self, request: Request) -> Response:
        accepted = [each.split(";")[0].strip() for each in request.headers.get("accept", "*/*").split(",")]
        if not any(each in READABLE for each in accepted):
            return json_answer(request, {"detail": NOT_ACCEPTABLE}, 406)
        try:
            self._netbox.credentials.rights(request.headers.get("authorization")).check("GET", "dcim/racks")
        except Denied as error:
            return json_answer(request, {"detail": str(error)}, 403)
        table = self._netbox.estate.get("dcim/racks")
        pk = request.path_params["pk"]
        complaints = complaints_of(request) if pk in table else {}
        if complaints:
            return json_answer(request, complaints, 400)
        if pk in table and request.query_params.get("render") == "svg":
            return self._drawn(request, table[pk])
        return self._lists.paged(request, "dcim/racks", lambda rack: self._units(rack, request))

    def _units(self, rack: Row, request: Request) -> list[Row]:
        """Return the half units of a rack from the top down, each with the device that is visible from the face."""
        query = request.query_params
        face = query.get("face", "front")
        expand = query.get("expand_devices", "true").lower() not in ("false", "0", "no", "off")
        filled: dict[float, Row] = {}
        for place in self._places(rack, face):
            if str(place.device["id"]) != query.get("exclude"):
                halves = int(place.height * 2) if expand else 1
                filled.update({place.position + half / 2: place.device for half in range(halves)})
        bottom = rack["starting_unit"]
        numbers = [bottom + half / 2 for half in range(int(rack["u_height"] * 2))]
        if not rack["desc_units"]:
            numbers.reverse()
        rows = [unit_row(number, face, filled.get(number), self._netbox.settings.version) for number in numbers]
        wanted = query.get("q", "").lower()
        return [row for row in rows if wanted in str(row["id"]) or wanted in row["name"].lower()]

    def _places(self, rack: Row, face: str) -> list[Place]:
        """Return the places of the devices that are visible from this face."""
        estate = self._netbox.estate
        places = []
        for pk in sorted(estate.get("dcim/devices").having("rack", {rack["id"]})):
            device = estate.get("dcim/devices")[pk]
            kind = estate.get("dcim/device-types")[device["device_type"]["id"]]
            if device["position"] and (kind["is_full_depth"] or device["face"]["value"] == face):
                places.append(
                    Place(device, kind, device["position"], kind["u_height"], device["face"]["value"] != face)
                )
        return places

    def _drawn(self, request: Request, rack: Row) -> Response:
        query = request.query_params
        drawn = self._netbox.drawings.get(rack["id"])
        if drawn is None:
            shaded: set[int] = set()
            places = self._places(rack, query.get("face", "front"))
            highlights = [each.split(":", 1) for each in query.getlist("highlight")]
            try:
                lit = {
                    place.device["id"] for field, value in highlights for place in places if fits(place, field, value)
                }
            except ValueError as error:
                return server_error(request, self._netbox.settings.full_version, error)
            if lit:
                shaded = {place.device["id"] for place in places} - lit
            drawn = Drawing(rack, query).with_devices(places, shaded, self._netbox)
        return Response(
            drawn.replace(HERE, here(request)), 200, {"Allow": "GET, HEAD, OPTIONS"}, media_type="image/svg+xml"
        )


@dataclass(frozen=True)
class Place:
    device: Row
    kind: Row
    position: float
    height: float
    from_behind: bool


def fits(place: Place, field: str, value: str) -> bool:
    if field in ("id", "pk"):
        return place.device["id"] == int(value)
    there = place.device.get(field)
    return str(there.get("value") if isinstance(there, dict) else there) == value


def complaints_of(request: Request) -> dict[str, list[str]]:
    query = request.query_params
    complaints = {}
    for name, choices in CHOICES.items():
        if query.get(name, choices[0]) not in choices:
            complaints[name] = [f'"{query[name]}" is not a valid choice.']
    for name in NUMBERS:
        try:
            int(query.get(name, "0"))
        except ValueError:
            complaints[name] = ["A valid integer is required."]
    return complaints


def unit_row(unit: float, face: str, device: Row | None, version: str) -> Row:
    row = {
        "id": unit,
        "name": f"U{unit:g}",
        "face": {"value": face, "label": face.capitalize()},
        "device": device and {field: device[field] for field in ENDPOINTS["dcim/devices"].brief},
        "occupied": device is not None,
        "display": f"U{unit:g}",
    }
    return row if version == "4.5" else {**row, "description": device and device["display"]}


class Drawing:
    """An SVG of a rack with its unit numbers. `with_devices` draws the devices over it."""

    def __init__(self, rack: Row, query: t.Mapping[str, str]) -> None:
        sizes = {name: int(query.get(name) or 0) or default for name, default in NUMBERS.items()}
        self._rack = rack
        self._face = query.get("face", "front")
        self._width, self._height = t.cast(int, sizes["unit_width"]), t.cast(int, sizes["unit_height"])
        self._left = t.cast(int, sizes["legend_width"]) + BORDER
        full = {
            "width": self._left + self._width + t.cast(int, sizes["margin_width"]) + BORDER,
            "height": self._height * rack["u_height"] + 2 * BORDER,
        }
        names = {"xmlns": "http://www.w3.org/2000/svg", "xmlns:xlink": "http://www.w3.org/1999/xlink"}
        self._root = ElementTree.Element("svg", {**names, "version": "1.1", **attributes(full)})
        self._defs = add(self._root, "defs")
        add(self._defs, "style").text = STYLE
        stripes = add(self._defs, "pattern", id="occupied", width=8, height=8, patternUnits="userSpaceOnUse")
        add(stripes, "path", d="M0 8 L8 0", stroke="#bbb")
        units = range(rack["u_height"])
        self._rows = [(row, (row if rack["desc_units"] else rack["u_height"] - 1 - row)) for row in units]
        for row, unit in self._rows:
            middle = row * self._height + self._height / 2 + 2 * BORDER
            label = add(self._root, "text", {"class": "unit"}, x=(self._left - BORDER) / 2, y=middle)
            label.text = str(unit + rack["starting_unit"])
        for row, unit in self._rows:
            self._slot(row, unit + rack["starting_unit"])

    def _slot(self, row: int, unit: int) -> None:
        rack = self._rack
        location = rack["location"]["id"] if rack["location"] else ""
        place = f"site={rack['site']['id']}&location={location}&rack={rack['id']}&face={self._face}&position={unit}"
        top = BORDER + row * self._height
        link = self._link(f"/dcim/devices/add/?{place}")
        size = {"width": self._width, "height": self._height}
        add(link, "rect", {"class": "slot"}, x=self._left, y=top, **size)
        words = add(link, "text", {"class": "add-device"}, x=self._left + self._width / 2, y=top + self._height / 2)
        words.text = "add device"

    def _link(self, href: str) -> ElementTree.Element:
        return add(self._root, "a", {"target": "_parent", "xlink:href": href})

    def with_devices(self, places: list[Place], shaded: set[int], netbox: NetBox) -> str:
        for place in sorted(places, key=lambda place: place.position, reverse=True):
            self._device(place, " shaded" if place.device["id"] in shaded else "", netbox)
        frame = {"x": self._left - BORDER / 2, "y": BORDER / 2}
        size = {"width": self._width + BORDER, "height": self._height * self._rack["u_height"] + BORDER}
        add(self._root, "rect", {"class": "rack"}, **frame, **size)
        return ElementTree.tostring(self._root, encoding="unicode")

    def _device(self, place: Place, shade: str, netbox: NetBox) -> None:
        device, rack = place.device, self._rack
        height = int(self._height * place.height)
        if rack["desc_units"]:
            top = int((place.position - rack["starting_unit"]) * self._height)
        else:
            top = int((rack["u_height"] - place.position + rack["starting_unit"]) * self._height) - height
        box = {"x": self._left, "y": top + BORDER, "width": self._width, "height": height}
        clip = f"clip-{device['id']}"
        add(add(self._defs, "clipPath", id=clip), "rect", **box)
        link = self._link(f"{HERE}/dcim/devices/{device['id']}/")
        add(link, "title").text = described(place)
        label = {"x": self._left + self._width / 2, "y": top + BORDER + height / 2}
        if place.from_behind:
            add(link, "rect", {"class": f"slot blocked{shade}"}, **box)
            ink = "#000000"
        else:
            color = netbox.estate.get("dcim/device-roles")[device["role"]["id"]]["color"]
            add(link, "rect", {"class": f"slot{shade}", "style": f"fill: #{color}"}, **box)
            ink = "#ffffff" if sum(bytes.fromhex(color)) < 480 else "#000000"
        words = add(link, "text", {"class": f"label{shade}", "clip-path": f"url(#{clip})", "fill": ink}, **label)
        words.text = device["name"] or place.kind["model"]


def described(place: Place) -> str:
    device, kind = place.device, place.kind
    lines = {
        "Name": device["name"],
        "Role": device["role"]["name"],
        "Status": device["status"]["label"],
        "Device Type": f"{kind['manufacturer']['name']} {kind['model']} ({kind['u_height']:g}U)",
    }
    more = {"Asset tag": device["asset_tag"], "Serial": device["serial"], "Description": device["description"]}
    lines.update({name: value for name, value in more.items() if value})
    return "\n".join(f"{name}: {value}" for name, value in lines.items())


def add(parent: ElementTree.Element, tag: str, named: t.Any = None, **more: t.Any) -> ElementTree.Element:
    return ElementTree.SubElement(parent, tag, {**(named or {}), **attributes(more)})


def attributes(values: dict[str, t.Any]) -> dict[str, str]:
    return {name: str(value) for name, value in values.items()}
