#!/usr/bin/python
# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: nb_rack_elevation
short_description: Fetch rack elevations from NetBox
version_added: 1.0.0
author:
  - The netbox.cursor authors (@netbox-cursor)
description:
  - Fetches what is in a rack, seen from its front or from its rear, as an SVG drawing or as a list of all its units.
  - NetBox is only read.
extends_documentation_fragment:
  - netbox.cursor._attributes
  - netbox.cursor._connection
  - netbox.cursor._connection.module
  - ansible.builtin.files
options:
  rack_id:
    description:
      - Id of the rack.
      - One of O(rack_id) and O(rack) is needed.
    type: int
  rack:
    description:
      - Name of the rack. Where several racks have it, O(site) and O(location) say which.
    type: str
  site:
    description:
      - Slug of the site of O(rack).
    type: str
  location:
    description:
      - Slug of the location of O(rack), or of one above it.
    type: str
  render:
    description:
      - V(svg) for a drawing, V(json) for a list of half units from the top down.
    type: str
    choices:
      - svg
      - json
    default: svg
  face:
    description:
      - Which side of the rack.
    type: str
    choices:
      - front
      - rear
    default: front
  unit_width:
    description:
      - Width of the drawing of a unit, in pixels, from 1 to 10000.
      - This and all other options without a default are left to NetBox where they are not given.
    type: int
  unit_height:
    description:
      - Height of the drawing of a unit, in pixels, from 1 to 10000.
    type: int
  legend_width:
    description:
      - Width of the numbers beside the drawing, in pixels, from 1 to 10000.
    type: int
  include_images:
    description:
      - Whether the drawing refers to the pictures of the device types. These stay on NetBox, where a login is needed to
        see them; a drawing that is shown elsewhere looks better with V(false).
    type: bool
  highlight:
    description:
      - Devices that are drawn as usual, while the others are shaded, as V(field:value) such as V(name:leaf1) or
        V(role_id:3).
    type: list
    elements: str
  expand_devices:
    description:
      - With V(false), a device stands in its lowest half unit only. Only where O(render) is V(json).
    type: bool
  exclude:
    description:
      - Id of a device that is left out. Only where O(render) is V(json).
    type: int
  q:
    description:
      - Only units whose number contains this text. Only where O(render) is V(json).
    type: str
  dest:
    description:
      - File to write, on the host where the module runs. Its folder must exist.
      - It is written in one piece and only where it differs. In check mode it is not written.
      - Without it, the elevation is returned.
    type: path
seealso:
  - module: netbox.cursor.nb_image_attachment
  - name: Racks in NetBox
    description: What NetBox knows of a rack.
    link: https://netboxlabs.com/docs/netbox/models/dcim/rack/
"""

EXAMPLES = r"""
---
- name: Draw the front of a rack, NETBOX_API and NETBOX_TOKEN being set
  netbox.cursor.nb_rack_elevation:
    rack: A1
    site: ber1
    dest: /srv/www/racks/ber1-a1.svg
    mode: "0644"
  delegate_to: localhost

- name: See what is in its rear
  netbox.cursor.nb_rack_elevation:
    rack: A1
    site: ber1
    face: rear
    render: json
  register: rear

- name: Name the devices that are seen there
  ansible.builtin.debug:
    msg: "{{ rear.units | selectattr('device') | map(attribute='device.name') | unique }}"

- name: A large drawing of one rack, with one device made visible
  netbox.cursor.nb_rack_elevation:
    rack_id: 1
    unit_width: 500
    unit_height: 40
    highlight:
      - name:sw1
    dest: sw1.svg
"""

RETURN = r"""
rack_id:
  description: Id of the rack.
  type: int
  returned: success
  sample: 7
svg:
  description: The drawing. It comes from NetBox as it is, and may refer to it.
  type: str
  returned: success, O(render) is V(svg), and O(dest) is not given
  sample: <svg baseProfile="full" height="928" version="1.1" width="269" xmlns="http://www.w3.org/2000/svg">...</svg>
units:
  description: All half units, from the top down, as NetBox gives them.
  type: list
  elements: dict
  returned: success, O(render) is V(json), and O(dest) is not given
  sample:
    - id: 42.5
      name: U42.5
      face:
        value: front
        label: Front
      device:
      occupied: false
      display: U42.5
dest:
  description: The file.
  type: str
  returned: success and O(dest) is given
  sample: /srv/www/racks/ber1-a1.svg
size:
  description: Bytes of the elevation, as it is written to a file.
  type: int
  returned: success
  sample: 46213
sha256:
  description: SHA-256 digest of the same.
  type: str
  returned: success
failure:
  description:
    - What went wrong between the module and NetBox, for programs.
    - It has the same keys as that of M(netbox.cursor.nb_image_attachment).
  type: dict
  returned: failure
"""

import hashlib
import typing as t

from ansible_collections.netbox.cursor.plugins.module_utils._media.arguments import connected, new_module
from ansible_collections.netbox.cursor.plugins.module_utils._media.elevations import (
    Elevation,
    drawing,
    rack_id_of,
    units,
    units_as_text,
)
from ansible_collections.netbox.cursor.plugins.module_utils._media.files import write_file


def main() -> None:
    module = new_module(
        {
            "rack_id": {"type": "int"},
            "rack": {"type": "str"},
            "site": {"type": "str"},
            "location": {"type": "str"},
            "render": {"type": "str", "choices": ["svg", "json"], "default": "svg"},
            "face": {"type": "str", "choices": ["front", "rear"], "default": "front"},
            "unit_width": {"type": "int"},
            "unit_height": {"type": "int"},
            "legend_width": {"type": "int"},
            "include_images": {"type": "bool"},
            "highlight": {"type": "list", "elements": "str"},
            "expand_devices": {"type": "bool"},
            "exclude": {"type": "int"},
            "q": {"type": "str"},
            "dest": {"type": "path"},
        },
        mutually_exclusive=[("rack_id", "rack"), ("rack_id", "site"), ("rack_id", "location")],
        required_one_of=[("rack_id", "rack")],
        add_file_common_args=True,
    )
    options = module.params
    result: dict[str, t.Any] = {"changed": False}
    with connected(module) as client:
        wanted = Elevation.of_options(options)
        rack_id = options["rack_id"]
        if rack_id is None:
            rack_id = rack_id_of(client, options["rack"], options["site"], options["location"])
        if wanted.render == "svg":
            result["svg"] = text = drawing(client, rack_id, wanted)
        else:
            result["units"] = units(client, rack_id, wanted)
            text = units_as_text(result["units"])
    content = text.encode("utf-8")
    result.update(rack_id=rack_id, size=len(content), sha256=hashlib.sha256(content).hexdigest())
    if options["dest"] is not None:
        result.pop("svg", None)
        result.pop("units", None)
        result.update(write_file(module, options["dest"], content))
    module.exit_json(**result)


if __name__ == "__main__":
    main()
