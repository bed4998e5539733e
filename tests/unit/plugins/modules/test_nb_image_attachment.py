# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""nb_image_attachment adds, replaces, describes, and removes the image with a name, and keeps an identical image."""

from __future__ import annotations

import base64
import json
import typing as t
from pathlib import Path

import pytest

from ansible_collections.netbox.cursor.plugins.modules import nb_image_attachment
from ansible_collections.netbox.cursor.tests.stand_in import Fault, NetBox, Table, serve
from ansible_collections.netbox.cursor.tests.unit.plugins.modules.images import (
    FRONT,
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
    every_file_has_an_attachment,
    image,
    list_requests,
    named_rows,
)

OBJECT = "GET /api/dcim/devices/1/?fields=id"


class Action(t.NamedTuple):
    """Options, and the requests that they cause: first, repeated, and in check mode. leaf1 has the red image front."""

    options: dict[str, t.Any]
    do: list[str]
    again: list[str]
    check: list[str]


ACTIONS = {
    "added": Action(
        {**LEAF2, "content": RED},
        [OF_LEAF2, f"POST {LIST}", OF_LEAF2],
        [OF_LEAF2, "GET /media/image-attachments/device_2_new.png"],
        [OF_LEAF2, OPTIONS, TYPES, "GET /api/dcim/devices/2/?fields=id"],
    ),
    "replaced": Action(
        {**LEAF1, "content": GREEN},
        [OF_LEAF1, f"POST {LIST}", f"DELETE {LIST}1/", OF_LEAF1],
        [OF_LEAF1, "GET /media/image-attachments/device_1_front_*.png"],
        [OF_LEAF1, OPTIONS],
    ),
    "updated": Action(
        {**LEAF1, "content": RED, "description": "as delivered"},
        [OF_LEAF1, FRONT, f"PATCH {LIST}1/"],
        [OF_LEAF1, FRONT],
        [OF_LEAF1, FRONT, OPTIONS],
    ),
    "removed": Action(
        {**LEAF1, "state": "absent"}, [OF_LEAF1, f"DELETE {LIST}1/"], [OF_LEAF1, TYPES, OBJECT], [OF_LEAF1, OPTIONS]
    ),
}


@pytest.mark.parametrize("action", ACTIONS)
def test_action_changes_netbox(action: str, netbox: NetBox, run_module: Run) -> None:
    options, do = ACTIONS[action][:2]
    returned = run_module(nb_image_attachment, **options)
    assert (returned["changed"], returned["action"]) == (True, action)
    assert list_requests(netbox) == do
    rows = named_rows(netbox, options["name"])
    assert len(rows) == (action != "removed")
    assert (returned["image_attachment"] is None) == (action == "removed")
    for row in rows:
        assert returned["image_attachment"]["id"] == row["id"]
        assert netbox.media[row["image"].replace("http://netbox.example", "")] == base64.b64decode(options["content"])
        assert row["description"] == options.get("description", "")
    assert every_file_has_an_attachment(netbox)


@pytest.mark.parametrize("action", ACTIONS)
def test_action_repeated_changes_nothing(action: str, netbox: NetBox, run_module: Run) -> None:
    options, _do, again, _check = ACTIONS[action]
    first = run_module(nb_image_attachment, **options)
    netbox.requests.clear()
    returned = run_module(nb_image_attachment, **options)
    assert (returned["changed"], returned["action"]) == (False, "left")
    assert returned["image_attachment"] == first["image_attachment"]
    assert list_requests(netbox) == again


@pytest.mark.parametrize("action", ACTIONS)
def test_action_in_check_mode_changes_nothing(action: str, netbox: NetBox, run_module: Run) -> None:
    options, _do, _again, check = ACTIONS[action]
    before = dict(netbox.table("extras/image-attachments")), dict(netbox.media)
    returned = run_module(nb_image_attachment, check=True, **options)
    assert (returned["changed"], returned["action"]) == (True, action)
    assert list_requests(netbox) == check
    assert (dict(netbox.table("extras/image-attachments")), dict(netbox.media)) == before


@pytest.mark.parametrize("action", ACTIONS)
def test_check_mode_after_action_reports_left(action: str, netbox: NetBox, run_module: Run) -> None:
    options, _do, again, _check = ACTIONS[action]
    run_module(nb_image_attachment, **options)
    netbox.requests.clear()
    returned = run_module(nb_image_attachment, check=True, **options)
    assert (returned["changed"], returned["action"]) == (False, "left")
    assert list_requests(netbox) == again


def test_description_not_given_is_kept(netbox: NetBox, run_module: Run) -> None:
    run_module(nb_image_attachment, **LEAF1, content=RED, description="as delivered")
    assert not run_module(nb_image_attachment, **LEAF1, content=RED)["changed"]
    assert run_module(nb_image_attachment, **LEAF1, content=GREEN)["action"] == "replaced"
    assert named_rows(netbox, "front")[0]["description"] == "as delivered"
    assert run_module(nb_image_attachment, **LEAF1, content=GREEN, description="")["action"] == "updated"


@pytest.mark.parametrize("version", ["4.5", "4.6", "4.7"])
def test_actions_work_on_every_netbox_version(version: str, monkeypatch: pytest.MonkeyPatch, run_module: Run) -> None:
    with serve(version=version) as other:
        here = {"api_endpoint": other.url, "token": other.tokens["v2"]}
        told = []
        for content in (RED, RED, GREEN, GREEN):
            told.append(run_module(nb_image_attachment, **{**LEAF2, **here}, content=content)["action"])
        told.append(run_module(nb_image_attachment, **{**LEAF2, **here}, state="absent")["action"])
        assert told == ["added", "left", "replaced", "left", "removed"]
        assert every_file_has_an_attachment(other)


def test_object_is_found_by_filters(netbox: NetBox, run_module: Run) -> None:
    returned = run_module(
        nb_image_attachment, object_type="dcim.device", object={"name": "leaf2"}, name="x", content=RED
    )
    assert returned["image_attachment"]["object_id"] == 2
    assert list_requests(netbox)[0].startswith("GET /api/dcim/devices/?name=leaf2&fields=id%2Curl%2Cdisplay%2C")


def test_object_of_a_plugin_is_found_by_filters(netbox: NetBox, run_module: Run) -> None:
    kind = dict(netbox.table("core/object-types")[min(netbox.table("core/object-types"))])
    kind.update(id=9999, app_label="bgp", model="session", rest_api_endpoint="/api/plugins/bgp/sessions/")
    kind.update(features=["image_attachments"], app_name="BGP", model_name="session", display="BGP > session")
    netbox.table("core/object-types")[9999] = kind
    netbox.table("plugins/bgp/sessions").add(name="uplink")
    returned = run_module(
        nb_image_attachment, object_type="bgp.session", object={"name": "uplink"}, name="x", content=RED
    )
    assert returned["image_attachment"]["object_type"] == "bgp.session"


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        ({"name": "nothing"}, "No object in dcim/racks that the token's user can view matches name=nothing"),
        ({"name": "R1"}, "R1 (site Berlin 1, location Room A, id 1), R1 (site Paris 1, location Room A, id 2)"),
        ({"nmae": "R1"}, "'nmae' is not a filter of this list (did you mean name"),
        ({"name": ""}, "empty value"),
        ({}, "Specify filters that select one object in dcim/racks"),
    ],
)
def test_filters_without_exactly_one_object_fail(
    filters: dict[str, str], said: str, netbox: NetBox, run_module: Run
) -> None:
    returned = run_module(nb_image_attachment, object_type="dcim.rack", object=filters, name="x", content=RED)
    assert said in returned["msg"]
    assert returned["failure"]["kind"] in ("NotOne", "UsageError")
    assert not any(request.method == "POST" for request in netbox.requests)


def test_duplicate_names_are_listed_and_removable(netbox: NetBox, run_module: Run) -> None:
    table = netbox.table("extras/image-attachments")
    table[7] = {**table[1], "id": 7}
    returned = run_module(nb_image_attachment, **LEAF1, content=RED)
    assert "There are 2 image attachments with the name 'front': id 1 (/media/" in returned["msg"]
    assert ", id 7 (/media/" in returned["msg"]
    returned = run_module(nb_image_attachment, **LEAF1, state="absent", diff=True)
    assert returned["changed"]
    assert [before["name"] for before in returned["diff"]["before"]] == ["front", "front"]
    assert named_rows(netbox, "front") == []


def test_names_are_compared_exactly(netbox: NetBox, run_module: Run) -> None:
    for name in ("Front", "front ", "fron", ""):
        run_module(nb_image_attachment, **{**LEAF1, "name": name}, content=GREEN, filename="x.png")
    assert sorted(row["name"] for row in netbox.table("extras/image-attachments").values()) == [
        "",
        "Front",
        "door",
        "fron",
        "front",
    ]
    run_module(nb_image_attachment, **{**LEAF1, "name": ""}, state="absent")
    assert len(netbox.table("extras/image-attachments")) == 4


def test_ignored_filter_does_not_affect_other_objects(netbox: NetBox, run_module: Run) -> None:
    class Unfiltered(Table):
        def having(self, field: str, wanted: set[t.Any]) -> set[int]:
            return set(self)

    rows = netbox.table("extras/image-attachments")
    table = Unfiltered("extras/image-attachments", [*rows.values(), {**rows[1], "id": 8, "object_id": 3}])
    netbox.estate.tables["extras/image-attachments"] = table
    table[2]["name"] = "front"
    run_module(nb_image_attachment, **LEAF1, state="absent")
    assert sorted(table) == [2, 8]


def test_compare_size_works_without_media_access(netbox: NetBox, run_module: Run) -> None:
    netbox.faults.append(Fault("status", 404, path="/media/*"))
    returned = run_module(nb_image_attachment, **LEAF1, content=RED)
    assert "needs NetBox's copy of the image" in returned["msg"] and "compare=size" in returned["msg"]
    assert not run_module(nb_image_attachment, **LEAF1, content=RED, compare="size")["changed"]
    assert run_module(nb_image_attachment, **LEAF1, content=GREEN, compare="size")["changed"]


def test_image_of_another_size_is_not_downloaded(netbox: NetBox, run_module: Run) -> None:
    for content in (image(size=(33, 24)), image("#123456"), image(form="GIF")):
        run_module(nb_image_attachment, check=True, **LEAF1, content=encode(content))
    assert set(list_requests(netbox)) == {OF_LEAF1, OPTIONS}


def test_diff_shows_facts_instead_of_bytes(netbox: NetBox, run_module: Run) -> None:
    for content in (GREEN, encode(image("red")[:-1] + b"\x83")):
        diff = run_module(nb_image_attachment, check=True, diff=True, **LEAF1, content=content)["diff"]
        before, after = diff["before"], diff["after"]
        assert (before["size"], before["width"], before["height"]) == (93, 32, 24)
        assert len(before["sha256"]) == len(after["sha256"]) == 64
        assert before["sha256"] != after["sha256"]
        assert RED not in json.dumps(diff)


def test_diff_works_without_media_access(netbox: NetBox, run_module: Run) -> None:
    netbox.faults.append(Fault("status", 404, path="/media/*"))
    returned = run_module(nb_image_attachment, check=True, diff=True, **LEAF1, content=GREEN)
    assert returned["diff"]["before"]["sha256"] is None


@pytest.mark.parametrize(
    ("options", "name", "stored"),
    [
        ({"src": "leaf2 rear.png"}, "leaf2 rear", "device_2_leaf2_rear.png"),
        ({"src": "leaf2.rear"}, "leaf2", "device_2_leaf2.png"),
        ({"src": "leaf2 rear.png", "name": "Rückseite 1/2"}, "Rückseite 1/2", "device_2_Rückseite_12.png"),
        ({"content": RED, "name": "sw1.example"}, "sw1.example", "device_2_sw1.example.png"),
        ({"content": RED, "filename": "a b.PNG"}, "a b", "device_2_a_b.PNG"),
        ({"content": RED, "name": "<script>alert(1)</script>.."}, "<script>alert(1)</script>..", None),
    ],
)
def test_names_are_derived_from_options(
    options: dict[str, t.Any],
    name: str,
    stored: str | None,
    tmp_path: Path,
    netbox: NetBox,
    run_module: Run,
) -> None:
    if "src" in options:
        path = tmp_path / ("noextension" if options["src"] == "leaf2.rear" else options["src"])
        path.write_bytes(image())
        options = {**options, "src": str(path)}
        if path.name == "noextension":
            name, stored = "noextension", "device_2_noextension.png"
    row = run_module(nb_image_attachment, object_type="dcim.device", object_id=2, **options)["image_attachment"]
    assert row["name"] == name
    assert stored is None or row["image"].endswith(stored)
    assert not run_module(nb_image_attachment, object_type="dcim.device", object_id=2, **options)["changed"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({**LEAF2}, "src, content"),
        ({**LEAF2, "content": RED, "src": "/x"}, "mutually exclusive"),
        ({"object_type": "dcim.device", "name": "x", "content": RED}, "object_id, object"),
        ({**LEAF2, "content": "no=base64"}, "content must be Base64"),
        ({**LEAF2, "content": ""}, "content is empty"),
        ({**LEAF2, "content": RED, "max_size": 92}, "more than 92 bytes, which is the limit in max_size"),
        ({**LEAF2, "content": RED, "content_type": "png"}, "Use a media type such as image/png"),
        ({**LEAF2, "content": RED, "object_type": "device"}, "Use the form app.model"),
        ({**LEAF2, "src": "/no/such/file.png"}, "Cannot read src"),
        ({**LEAF2, "content": RED, "headers": "{"}, "headers must be a dictionary or JSON"),
        ({**LEAF2, "content": RED, "client_key": "/x"}, "client_key requires client_cert"),
        ({**LEAF2, "content": RED, "api_endpoint": "netbox"}, "Invalid api_endpoint"),
    ],
)
def test_invalid_options_fail_before_any_request(
    options: dict[str, t.Any], said: str, netbox: NetBox, run_module: Run
) -> None:
    assert said in run_module(nb_image_attachment, **options)["msg"]
    assert netbox.requests == []


def test_connection_is_read_from_the_environment(
    netbox: NetBox, monkeypatch: pytest.MonkeyPatch, run_module: Run
) -> None:
    monkeypatch.setenv("NETBOX_URL", netbox.url)
    monkeypatch.setenv("NETBOX_API_TOKEN", netbox.tokens["v2"])
    monkeypatch.setenv("NETBOX_HEADERS", '{"X-One": "1"}')
    here = {"api_endpoint": None, "token": None}
    assert run_module(nb_image_attachment, **{**LEAF1, **here}, content=RED)["action"] == "left"
    assert netbox.requests[0].headers["x-one"] == "1"


def test_short_header_values_are_not_masked(netbox: NetBox, run_module: Run) -> None:
    headers = {"X-Forwarded-Proto": "http", "X-Secret": "a-long-secret"}
    returned = run_module(nb_image_attachment, **LEAF1, content=RED, headers=headers)
    assert returned["image_attachment"]["url"].startswith("http://")
    assert "a-long-secret" not in json.dumps(returned)
    assert netbox.tokens["v1"] not in json.dumps(returned)
