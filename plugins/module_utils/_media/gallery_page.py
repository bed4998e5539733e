# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Render the page of a gallery as HTML. Every string from NetBox is escaped, and drawings are linked as images.

The page is complete without its script. The script adds the search, the enlarged drawings, and the devices in drawings.
"""

from __future__ import annotations

import dataclasses
import html
import itertools
import re
import typing as t
from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import quote

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import printable
from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row
from ansible_collections.netbox.cursor.plugins.module_utils._media.gallery_data import Device, Rack, RackData
from ansible_collections.netbox.cursor.plugins.module_utils._media.rack_units import Usage, sum_usages

# Width of the border and of the margin in NetBox's drawings, in pixels.
BORDER = 2
MARGIN_WIDTH = 15
LEGEND_WIDTH = 30
_POLICY = (
    "default-src 'none'; img-src 'self' file:; style-src 'self' file:; script-src 'self' file:; base-uri 'none'; "
    "form-action 'none'"
)
_SIZE = re.compile(rb"<svg\b[^>]*>")

Drawings = Mapping[tuple[int, str], "Drawing"]


@dataclasses.dataclass(frozen=True)
class Drawing:
    """The file name of a drawing, and its size in pixels if the size is known."""

    name: str
    size: tuple[int, int] | None


@dataclasses.dataclass(frozen=True)
class PageOptions:
    """``source``: NetBox's base URL. ``generated``: a time as a string. ``devices``: whether to list devices."""

    title: str
    faces: Sequence[str]
    source: str
    generated: str
    devices: bool
    legend_width: int


def read_size(drawing: bytes) -> tuple[int, int] | None:
    """Return the width and height that an SVG file declares in pixels, or ``None``."""
    tag = _SIZE.search(drawing[:4096])
    found = [re.search(rb'\s%s="(\d{1,5})(?:px)?"' % name, tag[0]) if tag else None for name in (b"width", b"height")]
    sides = [int(side[1]) for side in found if side]
    return (sides[0], sides[1]) if len(sides) == 2 and all(sides) else None


def escape(value: t.Any) -> str:
    """Escape ``value`` for HTML content and attributes."""
    return html.escape(printable("" if value is None else str(value)), quote=True)


def render_page(data: RackData, drawings: Drawings, options: PageOptions) -> str:
    """Return the complete page."""
    sites = [list(racks) for dummy, racks in itertools.groupby(_sort(data.racks), key=lambda rack: rack.site_id)]
    lines = [*_head(options, len(data.racks)), *_overview(sites), '<main id="racks">']
    lines.append(f'<p id="nothing"{" hidden" if data.racks else ""}>No rack matches.</p>')
    for racks in sites:
        lines += _site(racks, data, drawings, options)
    source = escape(options.source)
    generated = escape(options.generated)
    lines += [
        "</main>",
        f'<footer>Generated at <time id="generated">{generated}</time> from <a href="{source}">{source}</a></footer>',
        *_dialogs(),
        "</body>",
        "</html>",
    ]
    return "\n".join(lines) + "\n"


def _sort(racks: Iterable[Rack]) -> list[Rack]:
    """Sort racks by site, path, and name. IDs distinguish locations and racks that have the same names."""
    return sorted(
        racks,
        key=lambda rack: (
            _natural(rack.row["site"].get("name")),
            rack.site_id,
            [_natural(name) for name in rack.path],
            rack.location_id,
            _natural(rack.row.get("name")),
            rack.id,
        ),
    )


def _natural(text: t.Any) -> list[tuple[int, t.Any]]:
    """Return a sort key that places R2 before R10."""
    parts = re.split(r"([0-9]+)", str(text).casefold())
    return [(0, int(part)) if number % 2 else (1, part) for number, part in enumerate(parts)]


def _head(options: PageOptions, racks: int) -> Iterator[str]:
    title = escape(options.title)
    yield from (
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        '<meta name="referrer" content="no-referrer">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        f"<title>{title}</title>",
        '<link rel="stylesheet" href="gallery.css">',
        '<script src="gallery.js" defer></script>',
        "</head>",
        "<body>",
        '<a class="skip" href="#racks">Skip to the racks</a>',
        "<header>",
        f"<h1>{title}</h1>",
        '<search hidden><label for="search">Search</label>',
        '<input id="search" type="search" placeholder="Rack, site, device, serial" autocomplete="off">',
        f'<output id="found" for="search">{racks} {_plural("rack", racks)}</output></search>',
    )
    if len(options.faces) > 1:
        yield '<fieldset id="switch" hidden><legend>Faces</legend>'
        for value in ("both", *options.faces):
            checked = " checked" if value == "both" else ""
            label = value.capitalize()
            yield f'<label><input type="radio" name="faces" value="{value}"{checked}><span>{label}</span></label>'
        yield "</fieldset>"
    yield "</header>"


def _overview(sites: Sequence[Sequence[Rack]]) -> Iterator[str]:
    yield '<nav id="overview" aria-label="Overview">'
    for racks in sites:
        site = racks[0].row["site"]
        usage = _describe_usage(sum_usages(rack.usage for rack in racks))
        yield f'<section><h2><a href="#site-{racks[0].site_id}">{escape(site.get("name"))}</a></h2><p>{usage}</p>'
        for location in _locations(racks):
            total = sum_usages(rack.usage for rack in location)
            name = escape(_place_name(location[0]))
            yield '<div class="place">'
            yield f'<h3><a href="#{_place_id(location[0])}">{name}</a> <small>{_describe_usage(total)}</small></h3>'
            tiles = "".join(
                f'<li><a class="tile level-{rack.usage.percent // 10}" href="#rack-{rack.id}">'
                f"{escape(rack.row.get('name'))} <small>{rack.usage.percent} %</small></a></li>"
                for rack in location
            )
            yield f'<ol class="tiles">{tiles}</ol></div>'
        yield "</section>"
    yield "</nav>"


def _locations(racks: Iterable[Rack]) -> list[list[Rack]]:
    return [list(group) for dummy, group in itertools.groupby(racks, key=lambda rack: rack.location_id)]


def _place_name(rack: Rack) -> str:
    return " / ".join(rack.path) or "No location"


def _place_id(rack: Rack) -> str:
    return f"place-{rack.site_id}-{rack.location_id}"


def _site(racks: Sequence[Rack], data: RackData, drawings: Drawings, options: PageOptions) -> Iterator[str]:
    name = escape(racks[0].row["site"].get("name"))
    yield f'<section class="site" id="site-{racks[0].site_id}">'
    yield f"<h2>{name}</h2>"
    for location in _locations(racks):
        yield f'<section class="location" id="{_place_id(location[0])}">'
        usage = _describe_usage(sum_usages(rack.usage for rack in location))
        yield f"<h3>{name} / {escape(_place_name(location[0]))} <small>{usage}</small></h3>"
        yield '<div class="racks">'
        for rack in location:
            yield from _rack(rack, drawings, options)
        yield "</div></section>"
    unracked = data.unracked.get(racks[0].site_id, ())
    if unracked and options.devices:
        yield '<section class="unracked"><h3>Devices without a rack</h3>'
        yield f"<details><summary>{len(unracked)} {_plural('device', len(unracked))}</summary><ol>"
        for row in unracked:
            yield f"<li>{_describe_device(row)}</li>"
        yield "</ol></details></section>"
    yield "</section>"


def _rack(rack: Rack, drawings: Drawings, options: PageOptions) -> Iterator[str]:
    row = rack.row
    place = f"{row['site'].get('name')} / {_place_name(rack)}"
    units = row.get("u_height") or 0
    yield f'<article class="rack" id="rack-{rack.id}" tabindex="-1" data-place="{escape(place)}" data-units="{units}">'
    yield f"<h4>{_link(row, row.get('display'))} {_status(row)}</h4>"
    facts = [
        f"{units} U",
        row.get("facility_id"),
        (row.get("role") or {}).get("name"),
        (row.get("tenant") or {}).get("name"),
        row.get("description"),
    ]
    yield f'<p class="facts">{escape(" · ".join(str(fact) for fact in facts if fact))}</p>'
    usage = rack.usage
    yield (
        f'<p class="usage"><meter min="0" max="100" value="{usage.percent}" aria-hidden="true"></meter> '
        f"{_describe_usage(usage)}</p>"
    )
    yield '<div class="faces">'
    for face in options.faces:
        yield from _figure(rack, face, drawings.get((rack.id, face)), options)
    yield "</div>"
    if options.devices and rack.devices:
        yield f'<details class="devices"><summary>{_count_devices(rack)}</summary><ol>'
        for device in rack.devices:
            yield _item(rack, device)
        yield "</ol></details>"
    yield "</article>"


def _figure(rack: Rack, face: str, drawing: Drawing | None, options: PageOptions) -> Iterator[str]:
    if drawing is None:
        return
    label = escape(f"{rack.row.get('display')}, {face}")
    size = geometry = ""
    if drawing.size:
        width, height = drawing.size
        size = f' width="{width}" height="{height}"'
        left = options.legend_width + BORDER
        right = MARGIN_WIDTH + BORDER
        if left + right < width:
            geometry = f' data-left="{left}" data-right="{right}"'
    yield f'<figure class="face" data-face="{face}"{geometry}>'
    source = escape(quote(drawing.name))
    yield f'<div class="drawing"><img src="{source}" alt="{label}"{size} loading="lazy" decoding="async"></div>'
    yield (
        f"<figcaption>{face.capitalize()} "
        f'<button type="button" class="enlarge" hidden aria-label="Enlarge {label}">Enlarge</button></figcaption>'
    )
    yield "</figure>"


def _item(rack: Rack, device: Device) -> str:
    position = device.row.get("position")
    if device.place is None:
        return f"<li><b>–</b> {_describe_device(device.row)}</li>"
    place = f"{device.place.top} {device.place.size} {' '.join(device.faces)}"
    unit = f"{position:g}" if isinstance(position, (int, float)) else str(position)
    return f'<li data-place="{escape(place)}"><b>U{escape(unit)}</b> {_describe_device(device.row)}</li>'


def _describe_device(row: Row) -> str:
    device_type = row.get("device_type") or {}
    facts = [
        (row.get("role") or {}).get("name"),
        f"{(device_type.get('manufacturer') or {}).get('name') or ''} {device_type.get('model') or ''}".strip(),
        f"Serial {row['serial']}" if row.get("serial") else None,
        f"Asset tag {row['asset_tag']}" if row.get("asset_tag") else None,
    ]
    shown = escape(" · ".join(str(fact) for fact in facts if fact))
    return f"{_link(row, row.get('name') or row.get('display'))} {_status(row)} <small>{shown}</small>"


def _link(row: Row, text: t.Any) -> str:
    """Return ``text`` as a link to the object in NetBox, if NetBox has a page for it."""
    url = str(row.get("display_url") or "")
    if not re.match(r"https?://", url):
        return f"<span>{escape(text)}</span>"
    return f'<a href="{escape(url)}" rel="noopener noreferrer">{escape(text)}</a>'


def _status(row: Row) -> str:
    status = row.get("status")
    if not isinstance(status, dict):
        return ""
    kind = re.sub(r"[^a-z0-9-]", "", str(status.get("value")).lower())
    return f'<span class="status status-{kind}">{escape(status.get("label"))}</span>'


def _describe_usage(usage: Usage) -> str:
    """Describe the usage of racks. Lines do not break between a number and its unit."""
    parts = [f"{usage.percent} % utilized", f"{usage.free / 2:g} of {usage.total / 2:g} U free"]
    if usage.free:
        parts.append(f"largest block {usage.largest_free / 2:g} U")
    if usage.reserved:
        parts.append(f"{usage.reserved / 2:g} U reserved")
    return re.sub(r"(?<=[0-9]) (?=U|%)", "\u00a0", " · ".join(parts))


def _count_devices(rack: Rack) -> str:
    placed = sum(device.place is not None for device in rack.devices)
    others = len(rack.devices) - placed
    text = f"{placed} {_plural('device', placed)}"
    return f"{text}, {others} without a position" if others else text


def _plural(word: str, number: int) -> str:
    return word if number == 1 else f"{word}s"


def _dialogs() -> Iterator[str]:
    yield from (
        '<dialog id="large" aria-labelledby="large-name">',
        '<div class="bar"><h2 id="large-name"></h2>',
        '<button type="button" data-step="-1" aria-label="Previous rack">←</button>',
        '<button type="button" data-step="1" aria-label="Next rack">→</button>',
        '<button type="button" class="close" aria-label="Close">✕</button></div>',
        '<div class="drawing"><img alt=""></div><p id="large-facts"></p>',
        "</dialog>",
        '<dialog id="device" aria-labelledby="device-name">',
        '<div class="bar"><h2 id="device-name"></h2>',
        '<button type="button" class="close" aria-label="Close">✕</button></div><div id="device-facts"></div>',
        "</dialog>",
    )
