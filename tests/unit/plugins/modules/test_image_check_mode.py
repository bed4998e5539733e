# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check mode of nb_image_attachment fails if NetBox would reject the request, as far as NetBox reveals that."""

from __future__ import annotations

import typing as t

import pytest
from ansible.module_utils.basic import AnsibleModule

from ansible_collections.netbox.cursor.plugins.modules import nb_image_attachment
from ansible_collections.netbox.cursor.tests.stand_in import Fault, NetBox, serve
from ansible_collections.netbox.cursor.tests.unit.plugins.modules.images import (
    GREEN,
    LEAF1,
    LEAF2,
    LIST,
    OF_LEAF1,
    OF_LEAF2,
    OPTIONS,
    RED,
    TYPES,
    Run,
    encode,
    image,
    list_requests,
)

SVG = encode(b'<svg xmlns="http://www.w3.org/2000/svg"/>')
# Options that NetBox rejects, and a part of the error message in check mode.
REJECTED: dict[str, tuple[dict[str, t.Any], str]] = {
    "long name": ({"name": "x" * 51}, "name has 51 characters. NetBox accepts at most 50."),
    "long description": ({"description": "x" * 201}, "description has 201 characters. NetBox accepts at most 200."),
    "long file name": ({"filename": "x" * 97 + ".png"}, "filename has 101 characters. NetBox accepts at most 100."),
    "SVG": ({"content": SVG, "filename": "x.svg"}, "NetBox does not accept SVG"),
    "SVG with another extension": ({"content": SVG, "filename": "x.png"}, "NetBox does not accept SVG"),
    "text": (
        {"content": encode(b"text"), "filename": "x.png"},
        "content is not an image in a format",
    ),
    "text without an extension": ({"content": encode(b"text")}, "does not have an image extension"),
    "extension": ({"filename": "x.txt"}, "filename 'x.txt' does not have an image extension"),
    "too wide": ({"content": encode(image(size=(32768, 1)))}, "at most 32767 pixels"),
    "object type": ({"object_type": "ipam.prefix"}, "circuits.circuit, dcim.device,"),
    "unknown object type": ({"object_type": "dcim.bogus"}, "object_type 'dcim.bogus'"),
    "object": ({"object_id": 99999}, "No Device matches the given query"),
}


@pytest.mark.parametrize("name", REJECTED)
def test_rejected_options_fail_in_check_mode(name: str, netbox: NetBox, run_module: Run) -> None:
    options, said = REJECTED[name]
    options = {**LEAF2, "content": RED, **options}
    assert run_module(nb_image_attachment, **options)["failure"]["status"] == 400
    assert said in run_module(nb_image_attachment, check=True, **options)["msg"]


@pytest.mark.parametrize("version", ["4.5", "4.6", "4.7"])
@pytest.mark.parametrize(
    "options", [{**LEAF2, "content": RED}, {**LEAF1, "content": GREEN}, {**LEAF1, "content": RED, "description": "x"}]
)
def test_read_only_token_fails_in_check_mode(options: dict[str, t.Any], version: str, run_module: Run) -> None:
    with serve(version=version) as netbox:
        connection = {"api_endpoint": netbox.url, "token": netbox.tokens["read_only"]}
        for check in (True, False):
            returned = run_module(nb_image_attachment, check=check, **options, **connection)
            assert returned["failure"]["kind"] == "AccessDenied"
            assert "write" in returned["msg"]


def test_read_only_token_is_a_warning_if_an_image_would_be_removed(
    netbox: NetBox, run_module: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NetBox reveals whether a token can add and change objects, but not whether it can delete them."""
    warnings: list[str] = []
    monkeypatch.setattr(AnsibleModule, "warn", lambda module, text: warnings.append(text))
    run_module(nb_image_attachment, check=True, **LEAF1, state="absent")
    assert warnings == []
    run_module(nb_image_attachment, check=True, **LEAF1, state="absent", token=netbox.tokens["read_only"])
    assert len(warnings) == 1 and "read-only" in warnings[0]


def test_long_description_of_an_unchanged_image_fails_in_check_mode(netbox: NetBox, run_module: Run) -> None:
    options = {**LEAF1, "content": RED, "description": "x" * 201}
    assert run_module(nb_image_attachment, **options)["failure"]["status"] == 400
    assert "description has 201 characters" in run_module(nb_image_attachment, check=True, **options)["msg"]


def test_unchanged_image_needs_no_further_request(netbox: NetBox, run_module: Run) -> None:
    assert not run_module(nb_image_attachment, check=True, **LEAF1, content=RED)["changed"]
    assert OPTIONS not in list_requests(netbox)


@pytest.mark.parametrize("fault", [Fault("status", 405), Fault("html"), Fault("other_json")])
def test_server_without_options_is_checked_for_the_object_alone(fault: Fault, netbox: NetBox, run_module: Run) -> None:
    fault.path, fault.after = LIST, 1
    netbox.faults.append(fault)
    returned = run_module(nb_image_attachment, check=True, **LEAF2, content=RED)
    assert (returned["action"], list_requests(netbox)) == (
        "added",
        [OF_LEAF2, OPTIONS, TYPES, "GET /api/dcim/devices/2/?fields=id"],
    )


def test_user_who_cannot_view_the_object_passes_check_mode(netbox: NetBox, run_module: Run) -> None:
    """NetBox requires no permission on the object to which an image is attached."""
    netbox.faults.append(Fault("status", 403, path="/api/dcim/devices/2/"))
    assert run_module(nb_image_attachment, check=True, **LEAF2, content=RED)["action"] == "added"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"object_type": "dcim.devcie"}, "object_type 'dcim.devcie'"),
        ({"object_type": "ipam.prefix"}, "object_type 'ipam.prefix'"),
        ({"object_id": 99999}, "No Device matches the given query"),
    ],
)
@pytest.mark.parametrize("check", [True, False])
def test_absent_for_an_unknown_object_is_an_error(
    check: bool, options: dict[str, t.Any], said: str, run_module: Run
) -> None:
    assert said in run_module(nb_image_attachment, check=check, **{**LEAF2, **options}, state="absent")["msg"]


def test_absent_for_an_object_without_images_is_left(netbox: NetBox, run_module: Run) -> None:
    assert run_module(nb_image_attachment, **LEAF2, state="absent")["action"] == "left"
    assert list_requests(netbox) == [OF_LEAF2, TYPES, "GET /api/dcim/devices/2/?fields=id"]
    assert run_module(nb_image_attachment, **LEAF1, state="absent")["action"] == "removed"
    assert list_requests(netbox) == [OF_LEAF1, f"DELETE {LIST}1/"]
