# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this doc fragment is **PRIVATE** to the collection. It can have breaking changes at any time.

from __future__ import annotations


class ModuleDocFragment:
    # Options that select a rack and its face.
    DOCUMENTATION = r"""
options:
  rack_id:
    description:
      - ID of the rack.
      - Either O(rack_id) or O(rack) is required.
    type: int
  rack:
    description:
      - Name of the rack. If several racks have this name, select one with O(site) and O(location).
    type: str
  site:
    description:
      - Slug of the site that contains O(rack).
    type: str
  location:
    description:
      - Slug of the location that contains O(rack), or of a parent location.
    type: str
  face:
    description:
      - Face of the rack.
    type: str
    choices:
      - front
      - rear
    default: front
"""

    # Options for the appearance of a drawing.
    DRAWING = r"""
options:
  unit_width:
    description:
      - Width of a rack unit in the drawing, in pixels, from 1 to 10000.
      - If not set, NetBox uses its configured default.
    type: int
  unit_height:
    description:
      - Height of a rack unit in the drawing, in pixels, from 1 to 10000.
      - If not set, NetBox uses its configured default.
    type: int
  legend_width:
    description:
      - Width of the unit numbers next to the drawing, in pixels, from 1 to 10000.
      - If not set, NetBox uses its default of 30 pixels.
    type: int
  include_images:
    description:
      - Whether the drawing refers to device type images. If not set, NetBox includes them.
      - The images stay on NetBox, and viewing them requires a login there. Use V(false) for drawings that are shown
        elsewhere.
    type: bool
  highlight:
    description:
      - Devices to highlight, as V(field:value), for example V(name:leaf1), V(role_id:3), or V(role__slug:leaf). All
        other devices are shaded.
      - Each field is a device field in NetBox's database. The module rejects unknown fields, which NetBox ignores.
    type: list
    elements: str
"""
