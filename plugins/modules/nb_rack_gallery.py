#!/usr/bin/python
# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: nb_rack_gallery
short_description: Save rack elevations and a web page to browse them
version_added: 1.0.0
author:
  - The netbox.cursor authors (@netbox-cursor)
description:
  - Saves drawings of the selected racks, and a web page that shows these drawings, in a directory.
  - The role P(netbox.cursor.rack_elevations#role) calls this module with its style sheet and its script. Use the role
    unless you have your own style sheet and script.
  - The module reads lists of racks and devices to detect changes since the last run. It requests only drawings that
    might have changed. If nothing changed, the module sends only one request for each list.
  - A manifest in the directory records which files the module wrote.
extends_documentation_fragment:
  - netbox.cursor._attributes
  - netbox.cursor._connection
  - netbox.cursor._connection.module
  - netbox.cursor._elevation.drawing
attributes:
  diff_mode:
    details:
      - The diff lists file names.
options:
  dest:
    description:
      - Directory to write to. The module creates it if it does not exist.
      - The page is C(index.html), and the drawings are in the directory C(racks).
    type: path
    required: true
  filters:
    description:
      - NetBox filters that select the racks, such as C(site) and C(status). By default, all racks are selected.
      - The module fails for filters that NetBox does not support.
    type: dict
    default: {}
  faces:
    description:
      - Rack faces to draw.
    type: list
    elements: str
    choices:
      - front
      - rear
    default:
      - front
      - rear
  title:
    description:
      - Page title.
    type: str
    default: Rack elevations
  devices:
    description:
      - Whether the page lists the devices in each rack, and the devices at these sites that are not in a rack.
    type: bool
    default: true
  stylesheet:
    description:
      - Content of the style sheet C(gallery.css). If not set, the module does not write the file.
    type: str
  script:
    description:
      - Content of the script C(gallery.js). If not set, the module does not write the file.
    type: str
  prune:
    description:
      - Whether to remove the drawings of racks that no longer exist, or that the filters no longer select.
      - The module removes a file only if it wrote the file itself and the file has not changed since.
    type: bool
    default: true
  force:
    description:
      - Whether to request all drawings again. Use this if something changed that the lists do not show, such as a
        manufacturer name, the contents of a device bay, or the default drawing size in NetBox's configuration.
    type: bool
    default: false
  mode:
    description:
      - Mode of new files, as for M(ansible.builtin.file). The mode of existing files does not change.
      - By default, the user's umask determines the mode.
    type: raw
  directory_mode:
    description:
      - Mode of new directories, as for M(ansible.builtin.file). The mode of existing directories does not change.
      - By default, the user's umask determines the mode.
    type: raw
  owner:
    description:
      - Owner of new files and directories.
    type: str
  group:
    description:
      - Group of new files and directories.
    type: str
  max_workers:
    description:
      - Maximum number of concurrent requests.
    type: int
    default: 4
seealso:
  - module: netbox.cursor.nb_rack_elevation
"""

EXAMPLES = r"""
---
# Draw all active racks of a site. NETBOX_API and NETBOX_TOKEN are set in the environment.
- name: Draw the racks of a site
  netbox.cursor.nb_rack_gallery:
    dest: /srv/www/racks
    filters:
      site: ber1
      status: active
  delegate_to: localhost
"""

RETURN = r"""
racks:
  description: Number of racks on the page.
  type: int
  returned: success
  sample: 300
written:
  description: Files and directories that the module created or changed, relative to O(dest).
  type: list
  elements: str
  returned: success
  sample: [index.html, racks/ber1-A1-7-front.svg]
removed:
  description: Files that the module removed, relative to O(dest).
  type: list
  elements: str
  returned: success
  sample: [racks/ber1-A0-6-front.svg]
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

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UsageError
from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import filter_pairs
from ansible_collections.netbox.cursor.plugins.module_utils._media.arguments import connected, new_module
from ansible_collections.netbox.cursor.plugins.module_utils._media.elevations import drawing_arguments
from ansible_collections.netbox.cursor.plugins.module_utils._media.gallery import Gallery
from ansible_collections.netbox.cursor.plugins.module_utils._media.gallery_files import GalleryFiles


def main() -> None:
    faces = ["front", "rear"]
    module = new_module(
        {
            **drawing_arguments(),
            "dest": {"type": "path", "required": True},
            "filters": {"type": "dict", "default": {}},
            "faces": {"type": "list", "elements": "str", "choices": faces, "default": faces},
            "title": {"type": "str", "default": "Rack elevations"},
            "devices": {"type": "bool", "default": True},
            "stylesheet": {"type": "str"},
            "script": {"type": "str"},
            "prune": {"type": "bool", "default": True},
            "force": {"type": "bool", "default": False},
            "mode": {"type": "raw"},
            "directory_mode": {"type": "raw"},
            "owner": {"type": "str"},
            "group": {"type": "str"},
            "max_workers": {"type": "int", "default": 4},
        },
    )
    options = module.params
    result: dict[str, t.Any] = {}
    with connected(module) as client:
        if options["max_workers"] < 1:
            raise UsageError("max_workers must be at least 1.")
        gallery = Gallery(client, GalleryFiles(module, options["dest"]), options, module.warn)
        result = gallery.update(filter_pairs(options["filters"]))
    result["changed"] = bool(result["written"] or result["removed"])
    if module._diff:
        before, after = ("".join(f"{name}\n" for name in result[key]) for key in ("removed", "written"))
        result["diff"] = {"before_header": "removed", "after_header": "written", "before": before, "after": after}
    module.exit_json(**result)


if __name__ == "__main__":
    main()
