# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""nb_image_attachment explains what NetBox, or a server in front of it, rejects."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.netbox.cursor.plugins.modules import nb_image_attachment
from ansible_collections.netbox.cursor.tests.stand_in import Fault, NetBox, Table
from ansible_collections.netbox.cursor.tests.unit.plugins.modules.images import (
    GREEN,
    LEAF1,
    LEAF2,
    LIST,
    RED,
    Run,
    encode,
    every_file_has_an_attachment,
)

REFUSALS: dict[str, tuple[dict[str, t.Any], str, str]] = {
    "image that is text": ({"content": encode(b"text"), "filename": "x.png"}, "image", "Check src or content"),
    "image with bad extension": ({"filename": "x.txt"}, "image", "filename"),
    "image svg": ({"content": encode(b"<svg/>"), "filename": "x.svg"}, "image", "does not accept SVG"),
    "image for no object": ({"object_id": 99999}, "non_field_errors", "Check object_id"),
    "image for a model without images": (
        {"object_type": "ipam.prefix"},
        "__all__",
        "NetBox can attach images to these object types: circuits.circuit, dcim.device,",
    ),
    "image for no model": ({"object_type": "dcim.bogus"}, "object_type", "app.model"),
    "a long name": ({"name": "x" * 51}, "name", "Check name"),
    "a long description": ({"description": "x" * 201}, "description", "Check description"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_rejected_image_names_the_field(name: str, netbox: NetBox, run_module: Run) -> None:
    options, field, advice = REFUSALS[name]
    returned = run_module(nb_image_attachment, **{**LEAF2, "content": RED, "filename": "x.png", **options})
    failure = returned["failure"]
    assert (failure["kind"], failure["status"], failure["method"]) == ("BadRequest", 400, "POST")
    assert list(failure["fields"]) == [field]
    assert failure["fields"][field][0] in returned["msg"]
    assert advice in returned["msg"]
    assert every_file_has_an_attachment(netbox)


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (413, "Use a smaller image"),
        (415, "did not receive the form"),
        (403, "Check token"),
        (503, "Check the logs of NetBox"),
    ],
)
def test_rejection_by_a_web_server_is_explained(status: int, advice: str, netbox: NetBox, run_module: Run) -> None:
    netbox.faults.append(Fault("status", status, path=LIST, after=1))
    returned = run_module(nb_image_attachment, **LEAF2, content=RED)
    assert returned["failure"]["status"] == status
    assert advice in returned["msg"]


def test_read_only_token_is_explained(netbox: NetBox, run_module: Run) -> None:
    returned = run_module(nb_image_attachment, **{**LEAF2, "token": netbox.tokens["read_only"]}, content=RED)
    assert "You do not have permission" in returned["msg"]
    assert "Use a token with write access" in returned["msg"]
    assert returned["failure"]["kind"] == "AccessDenied"


def test_missing_delete_permission_names_what_is_left(netbox: NetBox, run_module: Run) -> None:
    netbox.faults.append(Fault("status", 403, path=f"{LIST}1/"))
    returned = run_module(nb_image_attachment, **LEAF1, content=GREEN)
    assert "id 1 (/media/image-attachments/device_1_front.png) still exists" in returned["msg"]
    assert "permission to delete image attachments" in returned["msg"]


def test_attachment_that_is_still_listed_is_not_removed(netbox: NetBox, run_module: Run) -> None:
    class Guarded(Table):
        """NetBox responds in this way to a user with a constrained permission to delete."""

        guarded = False

        def __getitem__(self, pk: int) -> dict[str, t.Any]:
            if self.guarded:
                raise KeyError(pk)
            return super().__getitem__(pk)

    table = Guarded("extras/image-attachments", netbox.table("extras/image-attachments").values())
    netbox.estate.tables["extras/image-attachments"] = table
    netbox.hooks.append(lambda received: setattr(table, "guarded", received.method == "DELETE"))
    returned = run_module(nb_image_attachment, **LEAF1, state="absent")
    assert "still exists" in returned["msg"]
    assert returned["failure"]["status"] == 404


def test_invalid_object_types_response_is_an_error(netbox: NetBox, run_module: Run) -> None:
    netbox.faults.append(Fault("other_json", path="/api/core/object-types/"))
    returned = run_module(nb_image_attachment, check=True, **LEAF2, content=RED)
    assert returned["failure"]["kind"] == "UnexpectedAnswer"
