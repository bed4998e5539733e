#!/usr/bin/python
# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: nb_rack_elevation_info
short_description: Return the units or the drawing of a rack elevation
version_added: 1.0.0
author:
  - The netbox.cursor authors (@netbox-cursor)
description:
  - Returns the units of a rack from NetBox with the devices in them, or an SVG drawing of the rack.
  - O(face) selects the front or the rear of the rack.
extends_documentation_fragment:
  - netbox.cursor._attributes
  - netbox.cursor._attributes.info
  - netbox.cursor._connection
  - netbox.cursor._connection.module
  - netbox.cursor._elevation
  - netbox.cursor._elevation.drawing
options:
  render:
    description:
      - Whether to return the units (V(json)) or the drawing (V(svg)).
      - The options O(unit_width), O(unit_height), O(legend_width), O(include_images), and O(highlight) require V(svg).
    type: str
    choices:
      - json
      - svg
    default: json
  expand_devices:
    description:
      - Whether the list names a device in each half unit that it occupies. With V(false), only its lowest half unit
        names the device.
      - Requires O(render=json). If not set, NetBox uses V(true).
    type: bool
  exclude:
    description:
      - ID of a device to ignore. NetBox treats its units as free.
      - Requires O(render=json).
    type: int
  q:
    description:
      - String that unit numbers must contain. Only matching units are returned.
      - Requires O(render=json).
    type: str
seealso:
  - module: netbox.cursor.nb_rack_elevation
  - name: Racks in NetBox
    description: Describes racks in NetBox.
    link: https://netboxlabs.com/docs/netbox/models/dcim/rack/
"""

EXAMPLES = r"""
---
# List the devices in the rear of a rack. NETBOX_API and NETBOX_TOKEN are set in the environment.
- name: Read the rear of a rack
  netbox.cursor.nb_rack_elevation_info:
    rack: A1
    site: ber1
    face: rear
  register: rear

- name: List its devices
  ansible.builtin.debug:
    msg: "{{ rear.units | selectattr('device') | map(attribute='device.name') | unique }}"

---
# Return a drawing, for example to send it by mail.
- name: Draw the front of a rack
  netbox.cursor.nb_rack_elevation_info:
    rack_id: 1
    render: svg
    include_images: false
  register: front
"""

RETURN = r"""
rack_id:
  description: ID of the rack.
  type: int
  returned: success
  sample: 7
units:
  description: All half units from top to bottom, as NetBox returns them.
  type: list
  elements: dict
  returned: success and O(render) is V(json)
  sample:
    - id: 42.5
      name: U42.5
      face:
        value: front
        label: Front
      device:
      occupied: false
      display: U42.5
svg:
  description: The drawing as NetBox returns it. It can refer to images on NetBox.
  type: str
  returned: success and O(render) is V(svg)
  sample: <svg baseProfile="full" height="928" version="1.1" width="269" xmlns="http://www.w3.org/2000/svg">...</svg>
failure:
  description:
    - Details of an error in the communication with NetBox, for programs.
    - See the return value RV(netbox.cursor.nb_image_attachment#module:failure) for its keys.
  type: dict
  returned: failure
"""

from ansible_collections.netbox.cursor.plugins.module_utils._media.old_python import fail_on_old_python

fail_on_old_python()

import typing as t

from ansible_collections.netbox.cursor.plugins.module_utils._media.arguments import connected, new_module
from ansible_collections.netbox.cursor.plugins.module_utils._media.elevations import (
    RACK_RULES,
    ElevationOptions,
    drawing_arguments,
    fetch_drawing,
    fetch_units,
    find_rack_id,
    rack_arguments,
)


def main() -> None:
    module = new_module(
        {
            **rack_arguments(),
            **drawing_arguments(),
            "render": {"type": "str", "choices": ["json", "svg"], "default": "json"},
            "expand_devices": {"type": "bool"},
            "exclude": {"type": "int"},
            "q": {"type": "str"},
        },
        **RACK_RULES,
    )
    result: dict[str, t.Any] = {"changed": False}
    with connected(module) as client:
        options = ElevationOptions.from_options(module.params, module.params["render"])
        result["rack_id"] = rack_id = find_rack_id(client, module.params)
        if options.render == "svg":
            result["svg"] = fetch_drawing(client, rack_id, options)
        else:
            result["units"] = fetch_units(client, rack_id, options)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
