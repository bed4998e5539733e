# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Advice for users if NetBox or its reverse proxy rejects an image."""

from __future__ import annotations

from collections.abc import Collection

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import (
    AccessDenied,
    BadRequest,
    ConnectionLost,
    ErrorStatus,
    NetBoxError,
    ServerFailed,
    TimedOut,
    UnexpectedAnswer,
)
from ansible_collections.netbox.cursor.plugins.module_utils._media.advice import advise_module
from ansible_collections.netbox.cursor.plugins.module_utils._media.desired import DesiredImage

# After these errors, NetBox might have processed the request anyway.
UNCERTAIN = (ConnectionLost, TimedOut, ServerFailed, UnexpectedAnswer)

_FIELD_ADVICE = {
    "image": (
        "Check src or content, and filename. NetBox accepts every format that its image library can read. The file "
        "name must have an image extension, such as .png. NetBox does not accept SVG."
    ),
    "object_type": "Check object_type. Use the form app.model, such as dcim.device.",
    "object_id": "Check object_id.",
    "name": "Check name.",
    "description": "Check description.",
}


def advise(error: NetBoxError, desired: DesiredImage, object_type: str, types: Collection[str]) -> str:
    """Return advice about ``error``. ``types``: the object types to which NetBox can attach images."""
    if isinstance(error, BadRequest):
        words = " ".join(text for texts in error.fields.values() for text in texts)
        if "cannot be assigned" in words:
            return describe_types(types)
        if "Invalid parent object" in words:
            return f"Check object_id. There is no {object_type} with this ID."
        return " ".join(words for field, words in _FIELD_ADVICE.items() if field in error.fields)
    if isinstance(error, ErrorStatus) and error.status == 413:
        return (
            f"The image has {desired.file.size} bytes. Use a smaller image, or raise the limit of the web server in "
            "front of NetBox (nginx: client_max_body_size)."
        )
    if isinstance(error, ErrorStatus) and error.status == 415:
        return "NetBox did not receive the form. Check the proxies between this host and NetBox."
    if isinstance(error, AccessDenied) and "permission" in error.detail:
        return "Use a token with write access, and give its user permission to add image attachments."
    if isinstance(error, UNCERTAIN):
        return f"{advise_module(error)} NetBox might have attached the image anyway. To make sure, run the task again."
    return error.advice


def describe_types(types: Collection[str]) -> str:
    """Return a sentence that lists object types to which NetBox can attach images."""
    if not types:
        return "NetBox does not list the object types that support images."
    return f"NetBox can attach images to these object types: {', '.join(sorted(types))}."
