#!/usr/bin/python
# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: nb_image_attachment
short_description: Attach images to NetBox objects
version_added: 1.0.0
author:
  - The netbox.cursor authors (@netbox-cursor)
description:
  - Adds, replaces, describes, or removes one image attachment of a NetBox object. The attachment is identified by its
    name.
  - The module compares images by their content. If the image is identical, it does not change the attachment. To
    replace an image, it adds a new attachment and removes the old one, so that no unused file remains on NetBox's disk.
    The new attachment has a new ID.
  - If NetBox lost the file of an attachment, the module sends the image again and does not add a new attachment.
  - In NetBox, several attachments of an object can share a name. In this case, the module fails and lists them. With
    O(state=absent), it removes all of them.
  - If the response to an upload is lost, the module looks for the new attachment instead of sending the image again. If
    two tasks change an attachment concurrently and several attachments remain, at least one of the tasks fails.
extends_documentation_fragment:
  - netbox.cursor._attributes
  - netbox.cursor._connection
  - netbox.cursor._connection.module
attributes:
  check_mode:
    details:
      - In check mode, the module checks whether the token's user can add or change image attachments, and how long
        their fields can be. It fails if NetBox would reject the image.
      - NetBox does not reveal whether the token's user can delete image attachments.
options:
  object_type:
    description:
      - Object type, as C(app.model).
      - NetBox can attach images to V(circuits.circuit), V(dcim.device), V(dcim.devicetype), V(dcim.location),
        V(dcim.moduletype), V(dcim.powerpanel), V(dcim.rack), V(dcim.racktype), V(dcim.site),
        V(virtualization.virtualmachine), and a few more types.
    type: str
    required: true
  object_id:
    description:
      - ID of the object.
      - Either O(object_id) or O(object) is required.
    type: int
  object:
    description:
      - NetBox filters that select the object, such as C(name) and C(site). Exactly one object must match.
      - The module fails for filters that NetBox does not support.
    type: dict
  name:
    description:
      - Name of the attachment.
      - The default is O(filename), or else the file name of O(src), without the extension.
    type: str
  description:
    description:
      - Description of the attachment.
      - If not set, the module does not change the description.
    type: str
  src:
    description:
      - Path of the image, on the host where the module runs. It must be a regular file.
      - With O(state=present), either O(src) or O(content) is required.
    type: path
  content:
    description:
      - The image, encoded in Base64. For large images, use O(src), which the module sends in chunks.
    type: str
  filename:
    description:
      - File name to send to NetBox. It must have an image extension. NetBox names the stored file after O(name).
      - The default is the file name of O(src), or O(name) with the extension of the image format.
    type: str
  content_type:
    description:
      - Media type of the image, such as V(image/png).
      - By default, the module detects the type.
    type: str
  state:
    description:
      - Whether the attachment must exist.
    type: str
    choices:
      - present
      - absent
    default: present
  compare:
    description:
      - How the module decides whether NetBox already has the image.
      - V(content) compares the sizes. If they are equal, it compares the bytes of NetBox's copy.
      - V(size) compares the sizes alone and does not read NetBox's copy. Use it if the token has no access to NetBox's
        media files. NetBox before 4.6.4 does not report sizes. For these versions, V(size) compares the dimensions.
    type: str
    choices:
      - content
      - size
    default: content
  max_size:
    description:
      - Size of the largest image to send, in bytes or with a unit, such as V(25M).
      - NetBox's web server has a limit as well. In NetBox's example configuration, it is V(25M).
    type: bytes
    default: 25M
  storage_hosts:
    description:
      - Additional hosts from which the module is allowed to read NetBox's copies of images. This is required if NetBox
        stores its media files elsewhere, such as in S3.
      - An entry is a host name with an optional port, such as V(bucket.s3.example.com) or V(minio.example.com:9000).
        Without a port, ports 80 and 443 are allowed.
      - The module sends neither the token nor O(headers) to these hosts. It rejects loopback and link-local addresses,
        except for the host of O(api_endpoint).
    type: list
    elements: str
    default: []
seealso:
  - module: netbox.cursor.nb_rack_elevation
  - name: Image attachments in NetBox
    description: Describes image attachments in NetBox.
    link: https://netboxlabs.com/docs/netbox/models/extras/imageattachment/
"""

EXAMPLES = r"""
---
# Attach a photo to a device.
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

---
# Attach an image that another task created. NETBOX_API and NETBOX_TOKEN are set in the environment.
- name: Attach a chart to a rack
  netbox.cursor.nb_image_attachment:
    object_type: dcim.rack
    object_id: 1
    name: temperature
    description: Temperatures of today
    content: "{{ drawing.content }}"
    filename: temperature.png

---
# Remove a photo.
- name: Remove a photo from a device
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
    - What the module did, or would do in check mode.
    - V(added), V(replaced) for another image, V(updated) for another description, V(removed), or V(left) if nothing
      changed.
  type: str
  returned: success
  sample: added
image_attachment:
  description:
    - The attachment as NetBox returns it. In check mode, this is the current attachment.
    - It is V(null) if there is no attachment.
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
  description: Properties of the image in O(src) or O(content).
  type: dict
  returned: success and O(state) is V(present)
  contains:
    size:
      description: Size in bytes.
      type: int
    sha256:
      description: SHA-256 digest.
      type: str
    content_type:
      description: Media type.
      type: str
    width:
      description: Width in pixels, or V(null) if the module cannot determine it.
      type: int
    height:
      description: Height in pixels, or V(null) if the module cannot determine it.
      type: int
failure:
  description: Machine-readable details of an error in the communication with NetBox.
  type: dict
  returned: failure
  contains:
    kind:
      description: Type of the error, such as V(BadRequest), V(AccessDenied), V(NotOne), or V(UsageError).
      type: str
    method:
      description: HTTP method of the request, or V(null) if no request was sent.
      type: str
    url:
      description: URL of the request, or V(null) if no request was sent.
      type: str
    status:
      description: HTTP status of the response, or V(null) if there was none.
      type: int
    detail:
      description: NetBox's error message in one line, or V(null) if there was none.
      type: str
    fields:
      description: NetBox's error messages by field.
      type: dict
    tries:
      description: Number of times that the request was sent.
      type: int
"""

from ansible_collections.netbox.cursor.plugins.module_utils._media.old_python import fail_on_old_python

fail_on_old_python()

import typing as t

from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import filter_pairs
from ansible_collections.netbox.cursor.plugins.module_utils._media.arguments import (
    connect_anonymously,
    connected,
    new_module,
)
from ansible_collections.netbox.cursor.plugins.module_utils._media.attachments import (
    Attachments,
    find_object_id,
    parse_object_type,
)
from ansible_collections.netbox.cursor.plugins.module_utils._media.copies import ImageCopies
from ansible_collections.netbox.cursor.plugins.module_utils._media.desired import DesiredImage, attachment_name


def main() -> None:
    module = new_module(
        {
            "object_type": {"type": "str", "required": True},
            "object_id": {"type": "int"},
            "object": {"type": "dict"},
            "name": {"type": "str"},
            "description": {"type": "str"},
            "src": {"type": "path"},
            # `content` is not a secret, but it is too long for results and logs.
            "content": {"type": "str", "no_log": True},
            "filename": {"type": "str"},
            "content_type": {"type": "str"},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "compare": {"type": "str", "choices": ["content", "size"], "default": "content"},
            "max_size": {"type": "bytes", "default": "25M"},
            "storage_hosts": {"type": "list", "elements": "str", "default": []},
        },
        mutually_exclusive=[("object_id", "object"), ("src", "content")],
        required_one_of=[("object_id", "object"), ("name", "src", "filename")],
        required_if=[("state", "present", ("src", "content"), True)],
    )
    options, check = module.params, module.check_mode
    result: dict[str, t.Any] = {}
    with connected(module) as client:
        object_type = parse_object_type(options["object_type"])
        desired = DesiredImage.from_options(options) if options["state"] == "present" else None
        copies = ImageCopies(client, options["storage_hosts"], lambda: connect_anonymously(module))
        object_id = options["object_id"]
        if object_id is None:
            object_id = find_object_id(client, object_type, filter_pairs(options["object"]))
        attachments = Attachments(client, copies, object_type, object_id, module.warn)
        if desired:
            diff_bytes = options["max_size"] if module._diff else 0
            outcome = attachments.present(desired, compare=options["compare"], check=check, diff_bytes=diff_bytes)
            result["picture"] = desired.describe_file()
        else:
            outcome = attachments.absent(attachment_name(options), check=check)
        result.update(changed=outcome.action != "left", action=outcome.action, image_attachment=outcome.row)
        if module._diff:
            result["diff"] = {"before": outcome.before, "after": outcome.after}
    module.exit_json(**result)


if __name__ == "__main__":
    main()
