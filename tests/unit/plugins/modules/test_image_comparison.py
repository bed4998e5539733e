# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""nb_image_attachment compares images by their content, and descriptions in the form in which NetBox stores them."""

from __future__ import annotations

import io
import typing as t

import pytest
from PIL import Image

from ansible_collections.netbox.cursor.plugins.modules import nb_image_attachment
from ansible_collections.netbox.cursor.tests.stand_in import Fault, NetBox, serve
from ansible_collections.netbox.cursor.tests.unit.plugins.modules.images import (
    FRONT,
    GREEN,
    LEAF1,
    LEAF2,
    RED,
    Run,
    encode,
    every_file_has_an_attachment,
    image,
    named_rows,
)

# A GIF whose logical screen is 0x0 or 1x1 although its frame has 32x24 pixels.
GIF = image(form="GIF")
GIF_WITHOUT_SCREEN = GIF[:6] + b"\0\0\0\0" + GIF[10:]
GIF_WITH_SMALL_SCREEN = GIF[:6] + b"\1\0\1\0" + GIF[10:]


def os2_bitmap() -> bytes:
    """Return a bitmap of 2x1 pixels with the 12-byte header of OS/2 1.x."""
    pixels = b"\0\0\xff\0\xff\0\0\0"
    header = (12).to_bytes(4, "little") + b"\2\0\1\0\1\0\x18\0"
    return b"BM" + (26 + len(pixels)).to_bytes(4, "little") + b"\0\0\0\0" + (26).to_bytes(4, "little") + header + pixels


MISLEADING = {
    "GIF without a screen": ("gif", GIF_WITHOUT_SCREEN),
    "GIF with a small screen": ("gif", GIF_WITH_SMALL_SCREEN),
    "OS/2 bitmap": ("bmp", os2_bitmap()),
}


@pytest.mark.parametrize("version", ["4.5", "4.6"])
@pytest.mark.parametrize("compare", ["content", "size"])
@pytest.mark.parametrize("name", MISLEADING)
def test_image_with_misleading_header_is_left(name: str, compare: str, version: str, run_module: Run) -> None:
    extension, content = MISLEADING[name]
    with serve(version=version) as netbox:
        options = {**LEAF2, "content": encode(content), "filename": f"x.{extension}", "compare": compare}
        connection = {"api_endpoint": netbox.url, "token": netbox.tokens["v2"]}
        actions = [run_module(nb_image_attachment, **options, **connection)["action"] for dummy in range(3)]
    assert actions == ["added", "left", "left"]


def test_image_of_equal_size_is_compared_by_its_bytes_alone(netbox: NetBox, run_module: Run) -> None:
    row = netbox.table("extras/image-attachments")[1]
    row.update(image_width=7, image_height=9)
    assert run_module(nb_image_attachment, **LEAF1, content=RED)["action"] == "left"


@pytest.mark.parametrize("description", ["as built\n", "  as built", "as built \t\r\n", "two\nlines\n"])
def test_description_is_compared_without_surrounding_whitespace(description: str, run_module: Run) -> None:
    run_module(nb_image_attachment, **LEAF1, content=RED, description=description)
    returned = run_module(nb_image_attachment, **LEAF1, content=RED, description=description)
    assert (returned["action"], returned["image_attachment"]["description"]) == ("left", description.strip())


def test_file_that_netbox_lost_is_replaced(netbox: NetBox, run_module: Run) -> None:
    del netbox.media[FRONT.partition(" ")[2]]
    returned = run_module(nb_image_attachment, check=True, diff=True, **LEAF1, content=RED)
    assert (returned["action"], returned["diff"]["before"]["sha256"]) == ("replaced", None)
    returned = run_module(nb_image_attachment, **LEAF1, content=RED)
    assert (returned["action"], returned["image_attachment"]["id"]) == ("replaced", 1)
    assert run_module(nb_image_attachment, **LEAF1, content=RED)["action"] == "left"
    assert every_file_has_an_attachment(netbox)


@pytest.mark.parametrize("compare", ["content", "size"])
def test_file_that_netbox_lost_is_replaced_by_another_image(compare: str, netbox: NetBox, run_module: Run) -> None:
    """The new file gets the name of the lost one, which NetBox deletes together with the old attachment."""
    del netbox.media[FRONT.partition(" ")[2]]
    returned = run_module(nb_image_attachment, **LEAF1, content=GREEN, compare=compare)
    assert returned["action"] == "replaced"
    assert [row["id"] for row in named_rows(netbox, "front")] == [returned["image_attachment"]["id"]]
    assert run_module(nb_image_attachment, **LEAF1, content=GREEN)["action"] == "left"
    assert every_file_has_an_attachment(netbox)


def test_media_that_need_no_login_are_not_taken_for_lost(netbox: NetBox, run_module: Run) -> None:
    """With LOGIN_REQUIRED=False, NetBox ignores tokens for media files and answers every request with 404."""
    netbox.settings.login_required = False
    for check in (True, False):
        returned = run_module(nb_image_attachment, check=check, **LEAF1, content=RED)
        assert returned["failure"]["status"] == 404
        assert "compare=size" in returned["msg"] and "state=absent" in returned["msg"]
    assert [row["id"] for row in named_rows(netbox, "front")] == [1]


def test_attachment_that_disappears_during_the_comparison_is_an_error(netbox: NetBox, run_module: Run) -> None:
    table = netbox.table("extras/image-attachments")

    def delete(received: t.Any) -> None:
        if received.path.startswith("/media/"):
            table.pop(1, None)

    netbox.hooks.append(delete)
    returned = run_module(nb_image_attachment, **LEAF1, content=RED)
    assert "Run the task again" in returned["msg"]
    assert [row["name"] for row in table.values()] == ["door"]


@pytest.mark.parametrize("status", [403, 500])
def test_other_errors_of_media_files_are_not_taken_for_lost(status: int, netbox: NetBox, run_module: Run) -> None:
    netbox.faults.append(Fault("status", status, path="/media/*"))
    assert run_module(nb_image_attachment, **LEAF1, content=RED)["failure"]["status"] == status
    assert [row["id"] for row in named_rows(netbox, "front")] == [1]


def test_dimensions_match_those_of_netbox(netbox: NetBox, run_module: Run) -> None:
    for extension, content in MISLEADING.values():
        options = {**LEAF2, "content": encode(content), "filename": f"x.{extension}"}
        returned = run_module(nb_image_attachment, **options)
        with Image.open(io.BytesIO(content)) as opened:
            assert (returned["picture"]["width"], returned["picture"]["height"]) == opened.size
        row = returned["image_attachment"]
        assert (row["image_width"], row["image_height"]) == (
            returned["picture"]["width"],
            returned["picture"]["height"],
        )
