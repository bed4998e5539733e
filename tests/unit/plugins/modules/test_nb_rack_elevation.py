# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Racks are drawn or listed whole, into a file or into the result."""

from __future__ import annotations

import json
import os
import typing as t
from pathlib import Path

import pytest

from ansible_collections.netbox.cursor.plugins.modules import nb_rack_elevation
from ansible_collections.netbox.cursor.tests.stand_in import Fault, NetBox, serve

Run = t.Callable[..., "dict[str, t.Any]"]

SVG = "GET /api/dcim/racks/1/elevation/?render=svg&face=front"
UNITS = "GET /api/dcim/racks/1/elevation/?face=front&offset=0&limit=300"


def asked(netbox: NetBox) -> list[str]:
    requests = [f"{request.method} {request.url}" for request in netbox.requests]
    netbox.requests.clear()
    return requests


@pytest.fixture(params=["svg", "json"])
def render(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_done(render: str, netbox: NetBox, run_module: Run, tmp_path: Path) -> None:
    dest = tmp_path / "rack"
    returned = run_module(nb_rack_elevation, rack_id=1, render=render, dest=str(dest), mode="0640")
    assert (returned["changed"], returned["dest"], returned["rack_id"]) == (True, str(dest), 1)
    assert returned["size"] == dest.stat().st_size
    assert dest.stat().st_mode & 0o777 == 0o640
    assert not {"svg", "units"} & set(returned)
    assert len(asked(netbox)) == 1
    assert os.listdir(tmp_path) == ["rack"]


def test_done_again(render: str, run_module: Run, tmp_path: Path) -> None:
    dest = tmp_path / "rack"
    options = {"rack_id": 1, "render": render, "dest": str(dest)}
    run_module(nb_rack_elevation, **options)
    before = dest.stat()
    assert not run_module(nb_rack_elevation, **options)["changed"]
    assert (dest.stat().st_ino, dest.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert run_module(nb_rack_elevation, mode="0600", **options)["changed"]
    assert not run_module(nb_rack_elevation, mode="0600", **options)["changed"]
    assert run_module(nb_rack_elevation, face="rear", **options)["changed"]


def test_in_check_mode(render: str, run_module: Run, tmp_path: Path) -> None:
    dest = tmp_path / "rack"
    returned = run_module(nb_rack_elevation, check=True, diff=True, rack_id=1, render=render, dest=str(dest))
    assert returned["changed"]
    assert (returned["diff"]["before"], len(returned["diff"]["after"])) == ("", returned["size"])
    assert os.listdir(tmp_path) == []


def test_done_and_then_in_check_mode(render: str, run_module: Run, tmp_path: Path) -> None:
    dest = tmp_path / "rack"
    options = {"rack_id": 1, "render": render, "dest": str(dest)}
    run_module(nb_rack_elevation, **options)
    returned = run_module(nb_rack_elevation, check=True, diff=True, **options)
    assert not returned["changed"]
    assert returned["diff"]["before"] == returned["diff"]["after"]


def test_without_a_file_the_drawing_is_returned(netbox: NetBox, run_module: Run) -> None:
    for check in (False, True):
        returned = run_module(nb_rack_elevation, check=check, rack_id=1)
        assert not returned["changed"]
        assert returned["svg"].startswith("<svg") and ">leaf1</text>" in returned["svg"]
        assert asked(netbox) == [SVG]


@pytest.mark.parametrize("version", ["4.5", "4.6", "4.7"])
@pytest.mark.parametrize("max_page_size", [1000, 50])
@pytest.mark.parametrize("u_height", [42, 60])
def test_all_units_of_both_faces(version: str, max_page_size: int, u_height: int, run_module: Run) -> None:
    with serve(version=version, max_page_size=max_page_size) as other:
        other.table("dcim/racks")[1]["u_height"] = u_height
        here = {"api_endpoint": other.url, "token": other.tokens["v2"], "rack_id": 1, "render": "json"}
        for face in ("front", "rear"):
            units = run_module(nb_rack_elevation, face=face, **here)["units"]
            assert [unit["id"] for unit in units] == [half / 2 + 1 for half in reversed(range(2 * u_height))]
            assert {unit["face"]["value"] for unit in units} == {face}
            assert {unit["device"]["name"] for unit in units if unit["device"]} == {"leaf1", None}
        drawn = run_module(nb_rack_elevation, **{**here, "render": "svg"})["svg"]
        assert drawn.count('class="unit"') == u_height


def test_what_is_wanted_of_a_drawing_is_told_to_netbox(netbox: NetBox, run_module: Run) -> None:
    options = {"unit_width": 400, "unit_height": 30, "legend_width": 50, "include_images": False, "face": "rear"}
    svg = run_module(nb_rack_elevation, rack_id=1, highlight=["name:leaf1", "id:6"], **options)["svg"]
    assert 'width="469" height="1264"' in svg
    assert asked(netbox) == [
        "GET /api/dcim/racks/1/elevation/?render=svg&face=rear&unit_width=400&unit_height=30&legend_width=50"
        "&include_images=false&highlight=name%3Aleaf1&highlight=id%3A6"
    ]


def test_what_is_wanted_of_units_is_told_to_netbox(netbox: NetBox, run_module: Run) -> None:
    units = run_module(nb_rack_elevation, rack_id=1, render="json", expand_devices=False, exclude=6, q="40")["units"]
    assert [(unit["id"], unit["occupied"]) for unit in units] == [(40.5, False), (40.0, True)]
    assert [request.rpartition("?")[2].split("&")[:4] for request in asked(netbox)] == [
        ["face=front", "expand_devices=false", "exclude=6", "q=40"]
    ]


def test_a_rack_is_found_by_its_name_and_place(netbox: NetBox, run_module: Run) -> None:
    assert run_module(nb_rack_elevation, rack="R1", site="paris-1")["rack_id"] == 2
    find, draw = asked(netbox)
    assert find.startswith("GET /api/dcim/racks/?name=R1&site=paris-1&fields=")
    assert draw == "GET /api/dcim/racks/2/elevation/?render=svg&face=front"
    assert run_module(nb_rack_elevation, rack="../../etc/passwd")["rack_id"] == 3


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"rack": "R1"}, "R1 (site Berlin 1, location Room A, id 1), R1 (site Paris 1, location Room A, id 2)"),
        ({"rack": "R9"}, "Nothing of dcim/racks matches name=R9"),
        ({"rack": "R1", "site": "nowhere"}, "site"),
        ({"rack_id": 9999}, "No Rack matches the given query"),
    ],
)
def test_a_rack_that_is_not_one_is_an_error(options: dict[str, t.Any], said: str, run_module: Run) -> None:
    returned = run_module(nb_rack_elevation, **options)
    assert said in returned["msg"]
    assert returned["failure"]["kind"] in ("NotOne", "NotFound", "BadRequest")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "rack_id, rack"),
        ({"rack_id": 1, "rack": "R1"}, "mutually exclusive"),
        ({"rack_id": 0}, "ids of NetBox are numbers from 1 on"),
        ({"rack_id": 1, "face": "top"}, "face must be one of"),
        ({"rack_id": 1, "unit_width": 0}, "from 1 to 10000"),
        ({"rack_id": 1, "unit_height": -5}, "from 1 to 10000"),
        ({"rack_id": 1, "legend_width": 100000}, "from 1 to 10000"),
        ({"rack_id": 1, "unit_width": "wide"}, "unit_width"),
        ({"rack_id": 1, "highlight": ["bogus"]}, "not of the form field:value"),
        ({"rack_id": 1, "highlight": ["id:abc"]}, "id is a number"),
        ({"rack_id": 1, "highlight": ["role_id:leaf"]}, "role_id is a number"),
        ({"rack_id": 1, "q": "4"}, "render=svg does not know q"),
        ({"rack_id": 1, "render": "json", "unit_width": 5}, "render=json does not know unit_width"),
        ({"rack_id": 1, "render": "json", "exclude": 0}, "id of a device"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_sent(
    options: dict[str, t.Any], said: str, netbox: NetBox, run_module: Run
) -> None:
    assert said in run_module(nb_rack_elevation, **options)["msg"]
    assert netbox.requests == []


def test_what_netbox_cannot_draw_is_explained(netbox: NetBox, run_module: Run) -> None:
    netbox.table("dcim/racks")[1]["site"] = None
    netbox.faults.append(Fault("status", 500))
    assert "look at highlight" in run_module(nb_rack_elevation, rack_id=1, highlight=["cf:x"])["msg"]


def test_a_token_that_may_not_see_racks(netbox: NetBox, run_module: Run) -> None:
    returned = run_module(nb_rack_elevation, rack_id=1, token=netbox.tokens["limited"])
    assert "Add the permission" in returned["msg"]
    assert returned["failure"]["status"] == 403


def test_a_bare_file_name_is_a_file_in_the_folder_of_the_run(
    run_module: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_module(nb_rack_elevation, rack_id=1, dest="rack.svg")["dest"] == "rack.svg"
    assert (tmp_path / "rack.svg").read_text(encoding="utf-8").startswith("<svg")


def test_a_file_that_cannot_be_written_is_an_error(run_module: Run, tmp_path: Path) -> None:
    for dest in (tmp_path / "nothing" / "x.svg", tmp_path):
        returned = run_module(nb_rack_elevation, rack_id=1, dest=str(dest))
        assert "cannot be written" in returned["msg"]
    assert "cannot be written" in run_module(nb_rack_elevation, check=True, rack_id=1, dest=str(tmp_path))["msg"]
    assert run_module(nb_rack_elevation, check=True, rack_id=1, dest=str(tmp_path / "nothing" / "x.svg"))["changed"]
    assert os.listdir(tmp_path) == []


def test_a_run_that_is_cut_off_leaves_the_old_file(netbox: NetBox, run_module: Run, tmp_path: Path) -> None:
    dest = tmp_path / "rack.svg"
    dest.write_text("old", encoding="utf-8")
    netbox.faults.append(Fault("cut"))
    assert run_module(nb_rack_elevation, rack_id=1, dest=str(dest))["failure"]["kind"] == "ConnectionLost"
    assert dest.read_text(encoding="utf-8") == "old"


def test_names_are_written_as_they_are(netbox: NetBox, run_module: Run, tmp_path: Path) -> None:
    name = "a/b ü {{ 7*7 }} <script>"
    netbox.table("dcim/devices")[1]["name"] = name
    dest = tmp_path / "rack.json"
    run_module(nb_rack_elevation, rack_id=1, render="json", dest=str(dest))
    text = dest.read_text(encoding="utf-8")
    assert name in text
    assert {unit["device"]["name"] for unit in json.loads(text) if unit["device"]} == {name, None}
