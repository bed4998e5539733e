#!/usr/bin/python
# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: nb_image_attachment
short_description: Attach pictures to objects of NetBox
version_added: 1.0.0
author:
  - The netbox.cursor authors (@netbox-cursor)
description:
  - Sees to it that an object of NetBox has, or has not, an image attachment of a name.
  - Pictures are compared by their content. The same picture is left as it is, another one replaces it, and no file
    stays behind on NetBox's disk.
  - NetBox lets an object have several attachments of one name. This module does not; where there are several, it
    names them and fails, and V(absent) in O(state) removes them all.
  - Run at the same time by several tasks, it leaves one attachment, or fails and names those that there are.
  - A picture is not sent again where NetBox may have it already. Where the answer to it gets lost, it is looked for;
    one that is not there, and may still come, is an error.
extends_documentation_fragment:
  - netbox.cursor._attributes
  - netbox.cursor._connection
  - netbox.cursor._connection.module
options:
  object_type:
    description:
      - Type of the object, as C(app.model). NetBox attaches images to V(dcim.device), V(dcim.devicetype),
        V(dcim.location), V(dcim.moduletype), V(dcim.powerpanel), V(dcim.rack), V(dcim.racktype), V(dcim.site),
        V(circuits.circuit), V(virtualization.virtualmachine), and to a few more.
    type: str
    required: true
  object_id:
    description:
      - Id of the object.
      - One of O(object_id) and O(object) is needed.
    type: int
  object:
    description:
      - Filters of NetBox that select the object, such as C(name) and C(site). Exactly one must match.
      - Filters that NetBox does not know are an error.
    type: dict
  name:
    description:
      - Name of the attachment.
      - If not given, it is O(filename) or the name of O(src), without the extension.
    type: str
  description:
    description:
      - Description of the attachment.
      - If not given, it stays what it is.
    type: str
  src:
    description:
      - File with the picture, on the host where the module runs.
      - One of O(src) and O(content) is needed where O(state) is V(present).
    type: path
  content:
    description:
      - The picture itself, in Base64. A big one is better given as O(src), which is sent piece by piece.
    type: str
  filename:
    description:
      - What NetBox is told the file is called. NetBox wants a picture's extension; it makes the name of its own file
        from O(name).
      - If not given, it is the name of O(src), or O(name) with the extension that belongs to the picture.
    type: str
  content_type:
    description:
      - Media type of the picture, such as V(image/png).
      - If not given, the picture says it itself.
    type: str
  state:
    description:
      - Whether the attachment is to be there.
    type: str
    choices:
      - present
      - absent
    default: present
  compare:
    description:
      - How it is found out whether NetBox has the picture already.
      - V(content) compares size and dimensions, and only where these are equal the bytes of NetBox's copy.
      - V(size) does not read NetBox's copy. It is for a NetBox that does not let the token read its media files.
        NetBox before 4.6.4 does not tell sizes; there only the dimensions are compared.
    type: str
    choices:
      - content
      - size
    default: content
  max_size:
    description:
      - Largest picture that is sent, in bytes or as V(25M). The web server before NetBox has a limit of its own; that
        of the example in NetBox's documentation is V(25M).
    type: bytes
    default: 25M
seealso:
  - module: netbox.cursor.nb_rack_elevation
  - name: Image attachments in NetBox
    description: What they are.
    link: https://netboxlabs.com/docs/netbox/models/extras/imageattachment/
"""

EXAMPLES = r"""
---
- name: Attach a photo to a device
  netbox.cursor.nb_image_attachment:
    api_endpoint: https://netbox.example.com
    token: "{{ vault_netbox_token }}"
    object_type: dcim.device
    object:
      name: sw1
      site: ber1
    name: front
    src: photos/sw1-front.jpg
  delegate_to: localhost

- name: Attach a drawing that another task made, NETBOX_API and NETBOX_TOKEN being set
  netbox.cursor.nb_image_attachment:
    object_type: dcim.rack
    object_id: 1
    name: temperature
    description: As of today
    content: "{{ drawing.content }}"
    filename: temperature.png

- name: Take a photo away
  netbox.cursor.nb_image_attachment:
    object_type: dcim.device
    object:
      name: sw1
      site: ber1
    name: front
    state: absent
"""

RETURN = r"""
action:
  description:
    - What was done, or would be in check mode.
    - V(added), V(replaced) (another picture), V(updated) (the description), V(removed), or V(left) (nothing to do).
  type: str
  returned: success
  sample: added
image_attachment:
  description:
    - The attachment as NetBox gives it. In check mode as it is.
    - It is V(null) where there is none.
  type: dict
  returned: success
  sample:
    id: 12
    url: https://netbox.example.com/api/extras/image-attachments/12/
    display: front
    object_type: dcim.device
    object_id: 3
    name: front
    image: https://netbox.example.com/media/image-attachments/device_3_front.jpg
    description: ""
    image_height: 960
    image_width: 1280
    image_size: 241152
picture:
  description: What was found out about O(src) or O(content).
  type: dict
  returned: success and O(state) is V(present)
  contains:
    size:
      description: Bytes.
      type: int
    sha256:
      description: SHA-256 digest.
      type: str
    content_type:
      description: Media type.
      type: str
    width:
      description: Pixels; V(null) where this module cannot read that.
      type: int
    height:
      description: Pixels; V(null) where this module cannot read that.
      type: int
failure:
  description: What went wrong between the module and NetBox, for programs.
  type: dict
  returned: failure
  contains:
    kind:
      description: Kind of error, such as V(BadRequest), V(AccessDenied), V(NotOne), V(UsageError).
      type: str
    method:
      description: HTTP method of the request; V(null) where none was sent.
      type: str
    url:
      description: URL of the request; V(null) where none was sent.
      type: str
    status:
      description: HTTP status of the answer; V(null) where there was none.
      type: int
    detail:
      description: NetBox's words in one line; V(null) where there were none.
      type: str
    fields:
      description: NetBox's words by field, where it refused some.
      type: dict
    tries:
      description: How often the request was sent.
      type: int
"""

import typing as t

from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import filter_pairs
from ansible_collections.netbox.cursor.plugins.module_utils._media.arguments import connected, new_module
from ansible_collections.netbox.cursor.plugins.module_utils._media.images import (
    Attachments,
    name_of,
    object_id_of,
    object_type_of,
    wanted_of,
)


def main() -> None:
    module = new_module(
        {
            "object_type": {"type": "str", "required": True},
            "object_id": {"type": "int"},
            "object": {"type": "dict"},
            "name": {"type": "str"},
            "description": {"type": "str"},
            "src": {"type": "path"},
            # No secret, but too long to be returned and logged.
            "content": {"type": "str", "no_log": True},
            "filename": {"type": "str"},
            "content_type": {"type": "str"},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "compare": {"type": "str", "choices": ["content", "size"], "default": "content"},
            "max_size": {"type": "bytes", "default": "25M"},
        },
        mutually_exclusive=[("object_id", "object"), ("src", "content")],
        required_one_of=[("object_id", "object"), ("name", "src", "filename")],
        required_if=[("state", "present", ("src", "content"), True)],
    )
    options, check = module.params, module.check_mode
    result: dict[str, t.Any] = {}
    with connected(module) as client:
        object_type = object_type_of(options["object_type"])
        wanted = wanted_of(options) if options["state"] == "present" else None
        object_id = options["object_id"]
        if object_id is None:
            object_id = object_id_of(client, object_type, filter_pairs(options["object"]))
        attachments = Attachments(client, object_type, object_id)
        if wanted:
            digests = options["max_size"] if module._diff else 0
            outcome = attachments.present(wanted, compare=options["compare"], check=check, digests=digests)
            result["picture"] = wanted.facts
        else:
            outcome = attachments.absent(name_of(options), check=check)
        result.update(changed=outcome.action != "left", action=outcome.action, image_attachment=outcome.row)
        if module._diff:
            result["diff"] = {"before": outcome.before, "after": outcome.after}
    module.exit_json(**result)


if __name__ == "__main__":
    main()
