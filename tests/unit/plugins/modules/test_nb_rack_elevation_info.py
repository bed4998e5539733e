# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""nb_rack_elevation_info returns all units or the drawing of one rack. nb_rack_elevation has the same options."""

from __future__ import annotations

import types
import typing as t
from pathlib import Path

import pytest

from ansible_collections.netbox.cursor.plugins.modules import nb_rack_elevation, nb_rack_elevation_info
from ansible_collections.netbox.cursor.tests.stand_in import Fault, NetBox, serve

Run = t.Callable[..., "dict[str, t.Any]"]


def list_requests(netbox: NetBox) -> list[str]:
    requests = [f"{request.method} {request.url}" for request in netbox.requests]
    netbox.requests.clear()
    return requests


@pytest.fixture(params=[nb_rack_elevation, nb_rack_elevation_info], ids=["write", "info"])
def draw(request: pytest.FixtureRequest, run_module: Run, tmp_path: Path) -> Run:
    """Return a function that draws with one of the modules. Both results contain ``svg``."""
    module: types.ModuleType = request.param

    def run(**options: t.Any) -> dict[str, t.Any]:
        dest = tmp_path / "rack.svg"
        more = {"dest": str(dest)} if module is nb_rack_elevation else {"render": "svg"}
        returned = run_module(module, **more, **options)
        if dest.exists():
            returned["svg"] = dest.read_text(encoding="utf-8")
        return returned

    return run


def test_drawing_is_returned(netbox: NetBox, run_module: Run) -> None:
    for check in (False, True):
        returned = run_module(nb_rack_elevation_info, check=check, rack_id=1, render="svg")
        assert not returned["changed"]
        assert returned["svg"].startswith("<svg") and ">leaf1</text>" in returned["svg"]
        assert list_requests(netbox) == ["GET /api/dcim/racks/1/elevation/?render=svg&face=front"]


@pytest.mark.parametrize("version", ["4.5", "4.6", "4.7"])
@pytest.mark.parametrize("max_page_size", [1000, 50])
@pytest.mark.parametrize("u_height", [42, 60])
def test_all_units_are_returned(version: str, max_page_size: int, u_height: int, run_module: Run) -> None:
    with serve(version=version, max_page_size=max_page_size) as other:
        other.table("dcim/racks")[1]["u_height"] = u_height
        options = {"api_endpoint": other.url, "token": other.tokens["v2"], "rack_id": 1}
        for face in ("front", "rear"):
            units = run_module(nb_rack_elevation_info, face=face, **options)["units"]
            assert [unit["id"] for unit in units] == [half / 2 + 1 for half in reversed(range(2 * u_height))]
            assert {unit["face"]["value"] for unit in units} == {face}
            assert {unit["device"]["name"] for unit in units if unit["device"]} == {"leaf1", None}
        drawn = run_module(nb_rack_elevation_info, **options, render="svg")["svg"]
        assert drawn.count('class="unit"') == u_height


def test_drawing_options_are_sent(draw: Run, netbox: NetBox) -> None:
    options = {"unit_width": 400, "unit_height": 30, "legend_width": 50, "include_images": False, "face": "rear"}
    svg = draw(rack_id=1, highlight=["name:leaf1", "id:6"], **options)["svg"]
    assert 'width="469" height="1264"' in svg
    assert list_requests(netbox) == [
        "GET /api/dcim/racks/1/elevation/?render=svg&face=rear&unit_width=400&unit_height=30&legend_width=50"
        "&include_images=false&highlight=name%3Aleaf1&highlight=id%3A6"
    ]


def test_unit_options_are_sent(netbox: NetBox, run_module: Run) -> None:
    units = run_module(nb_rack_elevation_info, rack_id=1, expand_devices=False, exclude=6, q="40")["units"]
    assert [(unit["id"], unit["occupied"]) for unit in units] == [(40.5, False), (40.0, True)]
    assert [request.rpartition("?")[2].split("&")[:4] for request in list_requests(netbox)] == [
        ["face=front", "expand_devices=false", "exclude=6", "q=40"]
    ]


def test_rack_is_found_by_name_and_site(draw: Run, netbox: NetBox) -> None:
    assert draw(rack="R1", site="paris-1")["rack_id"] == 2
    find, drawing = list_requests(netbox)
    assert find.startswith("GET /api/dcim/racks/?name=R1&site=paris-1&fields=")
    assert drawing == "GET /api/dcim/racks/2/elevation/?render=svg&face=front"
    assert draw(rack="../../etc/passwd")["rack_id"] == 3


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"rack": "R1"}, "R1 (site Berlin 1, location Room A, id 1), R1 (site Paris 1, location Room A, id 2)"),
        ({"rack": "R9"}, "No object in dcim/racks that the token's user can view matches name=R9"),
        ({"rack": "R1", "site": "nowhere"}, "site"),
        ({"rack_id": 9999}, "No Rack matches the given query"),
    ],
)
def test_options_without_exactly_one_rack_fail(options: dict[str, t.Any], said: str, draw: Run) -> None:
    returned = draw(**options)
    assert said in returned["msg"]
    assert returned["failure"]["kind"] in ("NotOne", "NotFound", "BadRequest")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "rack_id, rack"),
        ({"rack_id": 1, "rack": "R1"}, "mutually exclusive"),
        ({"rack_id": 0}, "IDs in NetBox start at 1"),
        ({"rack_id": 1, "face": "top"}, "face must be one of"),
        ({"rack_id": 1, "unit_width": 0}, "from 1 to 10000"),
        ({"rack_id": 1, "unit_height": -5}, "from 1 to 10000"),
        ({"rack_id": 1, "legend_width": 100000}, "from 1 to 10000"),
        ({"rack_id": 1, "unit_width": "wide"}, "unit_width"),
        ({"rack_id": 1, "highlight": ["bogus"]}, "Use the form field:value"),
        ({"rack_id": 1, "highlight": ["nosuch:1"]}, "Devices do not have a field 'nosuch'"),
        ({"rack_id": 1, "highlight": ["nam:leaf1"]}, "Similar fields: name"),
        ({"rack_id": 1, "highlight": ["name__icontans:leaf"]}, "does not support the lookup 'icontans'"),
        ({"rack_id": 1, "highlight": ["role__slug!:leaf"]}, "Use a path such as role__slug:leaf"),
        ({"rack_id": 1, "highlight": ["id:abc"]}, "The value of id must be a number"),
        ({"rack_id": 1, "highlight": ["role_id:leaf"]}, "The value of role_id must be a number"),
        ({"rack_id": 1, "highlight": ["role:leaf"]}, "The value of role must be a number"),
        ({"rack_id": 1, "highlight": ["primary_ip4__isnull:True"]}, "cannot evaluate the lookup 'isnull'"),
        ({"rack_id": 1, "highlight": ["position__gte:x"]}, "The value of position__gte must be a number"),
    ],
)
def test_invalid_options_fail_before_any_request(
    options: dict[str, t.Any], said: str, netbox: NetBox, draw: Run
) -> None:
    assert said in draw(**options)["msg"]
    assert netbox.requests == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"render": "svg", "q": "4"}, "render=svg does not support q"),
        ({"unit_width": 5, "highlight": ["name:x"]}, "render=json does not support unit_width and highlight"),
        ({"exclude": 0}, "ID of a device"),
    ],
)
def test_options_of_the_other_form_fail(options: dict[str, t.Any], said: str, netbox: NetBox, run_module: Run) -> None:
    assert said in run_module(nb_rack_elevation_info, rack_id=1, **options)["msg"]
    assert netbox.requests == []


@pytest.mark.parametrize(
    "highlight",
    [
        "name:a:b",
        "id:-1",
        "position:4.5",
        "tenant_id:3",
        "tenant:3",
        "role__slug:leaf",
        "device_type__manufacturer__name__icontains:ac",
        "interfaces__name:eth0",
        "custom_field_data__owner:me",
        "asset_tag__istartswith:A-",
        "tags__name:core",
    ],
)
def test_valid_highlights_are_sent(highlight: str, netbox: NetBox, draw: Run) -> None:
    draw(rack_id=1, highlight=[highlight])
    assert [dict(request.query)["highlight"] for request in netbox.requests] == [highlight]


def test_drawing_that_netbox_cannot_make_is_explained(netbox: NetBox, draw: Run) -> None:
    netbox.faults.append(Fault("status", 500))
    assert "Check highlight" in draw(rack_id=1, highlight=["status:x"])["msg"]


def test_missing_permission_is_explained(netbox: NetBox, draw: Run) -> None:
    returned = draw(rack_id=1, token=netbox.tokens["limited"])
    assert "permission" in returned["msg"]
    assert returned["failure"]["status"] == 403


def test_names_are_returned_unchanged(netbox: NetBox, run_module: Run) -> None:
    name = "a/b ü {{ 7*7 }} <script>"
    netbox.table("dcim/devices")[1]["name"] = name
    units = run_module(nb_rack_elevation_info, rack_id=1)["units"]
    assert {unit["device"]["name"] for unit in units if unit["device"]} == {name, None}
