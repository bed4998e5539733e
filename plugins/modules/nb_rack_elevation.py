#!/usr/bin/python
# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: nb_rack_elevation
short_description: Save a rack elevation as an SVG file
version_added: 1.0.0
author:
  - The netbox.cursor authors (@netbox-cursor)
description:
  - Writes an SVG drawing of a rack from NetBox to a file. The drawing shows the front or the rear of the rack.
  - The module only reads from NetBox.
extends_documentation_fragment:
  - netbox.cursor._attributes
  - netbox.cursor._connection
  - netbox.cursor._connection.module
  - netbox.cursor._elevation
  - netbox.cursor._elevation.drawing
  - ansible.builtin.files
options:
  dest:
    description:
      - Path of the file to write, on the host where the module runs. Its directory must exist.
      - The module fails if the path exists and is not a regular file.
      - The module writes the file only if its content differs. It never leaves an incomplete file.
      - In check mode, the module does not write the file.
    type: path
    required: true
seealso:
  - module: netbox.cursor.nb_rack_elevation_info
  - module: netbox.cursor.nb_image_attachment
  - name: Racks in NetBox
    description: Describes racks in NetBox.
    link: https://netboxlabs.com/docs/netbox/models/dcim/rack/
"""

EXAMPLES = r"""
---
# Draw the front of a rack. NETBOX_API and NETBOX_TOKEN are set in the environment.
- name: Draw the front of a rack
  netbox.cursor.nb_rack_elevation:
    rack: A1
    site: ber1
    dest: /srv/www/racks/ber1-a1.svg
    mode: "0644"
  delegate_to: localhost

---
# Draw one rack in a large size, and shade all devices except for one.
- name: Draw a rack and highlight a device
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
  description: ID of the rack.
  type: int
  returned: success
  sample: 7
dest:
  description: Path of the file.
  type: str
  returned: success
  sample: /srv/www/racks/ber1-a1.svg
size:
  description: Size of the drawing in bytes.
  type: int
  returned: success
  sample: 46213
sha256:
  description: SHA-256 digest of the drawing.
  type: str
  returned: success
failure:
  description:
    - Details of an error in the communication with NetBox, for programs.
    - See the return value RV(netbox.cursor.nb_image_attachment#module:failure) for its keys.
  type: dict
  returned: failure
"""

from ansible_collections.netbox.cursor.plugins.module_utils._media.old_python import fail_on_old_python

fail_on_old_python()

import hashlib

from ansible_collections.netbox.cursor.plugins.module_utils._media.arguments import connected, new_module
from ansible_collections.netbox.cursor.plugins.module_utils._media.elevations import (
    RACK_RULES,
    ElevationOptions,
    drawing_arguments,
    fetch_drawing,
    find_rack_id,
    rack_arguments,
)
from ansible_collections.netbox.cursor.plugins.module_utils._media.files import write_file


def main() -> None:
    module = new_module(
        {**rack_arguments(), **drawing_arguments(), "dest": {"type": "path", "required": True}},
        add_file_common_args=True,
        **RACK_RULES,
    )
    with connected(module) as client:
        options = ElevationOptions.from_options(module.params, "svg")
        rack_id = find_rack_id(client, module.params)
        content = fetch_drawing(client, rack_id, options).encode("utf-8")
    written = write_file(module, module.params["dest"], content)
    module.exit_json(rack_id=rack_id, size=len(content), sha256=hashlib.sha256(content).hexdigest(), **written)


if __name__ == "__main__":
    main()
