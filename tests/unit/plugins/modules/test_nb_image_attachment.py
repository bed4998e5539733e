# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One picture of a name at one object: added, replaced, described, removed, or left as it is."""

from __future__ import annotations

import base64
import io
import itertools
import json
import os
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
from PIL import Image

from ansible_collections.netbox.cursor.plugins.modules import nb_image_attachment
from ansible_collections.netbox.cursor.tests.stand_in import HERE, Fault, NetBox, Table, serve

Run = t.Callable[..., "dict[str, t.Any]"]

LIST = "/api/extras/image-attachments/"
OF_LEAF1 = f"GET {LIST}?object_type=dcim.device&object_id=1&start=0&limit=300"
OF_LEAF2 = f"GET {LIST}?object_type=dcim.device&object_id=2&start=0&limit=300"
FRONT = "GET /media/image-attachments/device_1_front.png"
TYPES = "GET /api/core/object-types/?features=image_attachments&fields=app_label%2Cmodel%2Crest_api_endpoint&limit=0"
LEAF1: dict[str, t.Any] = {"object_type": "dcim.device", "object_id": 1, "name": "front"}
LEAF2: dict[str, t.Any] = {"object_type": "dcim.device", "object_id": 2, "name": "new"}


def picture(color: str = "red", size: tuple[int, int] = (32, 24), form: str = "PNG") -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, color).save(stream, form)
    return stream.getvalue()


def base64_of(content: bytes) -> str:
    return base64.b64encode(content).decode()


RED, GREEN = base64_of(picture("red")), base64_of(picture("green"))


class Action(t.NamedTuple):
    """What is asked for where the recorded picture ``front`` (red) is at leaf1, and which requests that takes."""

    options: dict[str, t.Any]
    do: list[str]
    again: list[str]
    check: list[str]


ACTIONS = {
    "added": Action(
        {**LEAF2, "content": RED},
        [OF_LEAF2, f"POST {LIST}", OF_LEAF2],
        [OF_LEAF2, "GET /media/image-attachments/device_2_new.png"],
        [OF_LEAF2, TYPES, "GET /api/dcim/devices/2/?fields=id"],
    ),
    "replaced": Action(
        {**LEAF1, "content": GREEN},
        [OF_LEAF1, f"POST {LIST}", OF_LEAF1, f"DELETE {LIST}1/"],
        [OF_LEAF1, "GET /media/image-attachments/device_1_front_*.png"],
        [OF_LEAF1],
    ),
    "updated": Action(
        {**LEAF1, "content": RED, "description": "as delivered"},
        [OF_LEAF1, FRONT, f"PATCH {LIST}1/"],
        [OF_LEAF1, FRONT],
        [OF_LEAF1, FRONT],
    ),
    "removed": Action({**LEAF1, "state": "absent"}, [OF_LEAF1, f"DELETE {LIST}1/"], [OF_LEAF1], [OF_LEAF1]),
}


def asked(netbox: NetBox) -> list[str]:
    """The requests since the last call; what is accidental in a file's name is a star."""
    requests = []
    for request in netbox.requests:
        url = request.url
        if url.startswith("/media/") and len(url.rpartition("_")[2]) == len("1234567.png"):
            url = f"{url.rpartition('_')[0]}_*.png"
        requests.append(f"{request.method} {url}")
    netbox.requests.clear()
    return requests


def named(netbox: NetBox, name: str) -> list[dict[str, t.Any]]:
    return [row for row in netbox.table("extras/image-attachments").values() if row["name"] == name]


def files_are_those_of_attachments(netbox: NetBox) -> bool:
    rows = netbox.table("extras/image-attachments").values()
    return sorted(netbox.media) == sorted(row["image"].replace("http://netbox.example", "") for row in rows)


@pytest.mark.parametrize("action", ACTIONS)
def test_done(action: str, netbox: NetBox, run_module: Run) -> None:
    options, do = ACTIONS[action][:2]
    returned = run_module(nb_image_attachment, **options)
    assert (returned["changed"], returned["action"]) == (True, action)
    assert asked(netbox) == do
    rows = named(netbox, options["name"])
    assert len(rows) == (action != "removed")
    assert (returned["image_attachment"] is None) == (action == "removed")
    for row in rows:
        assert returned["image_attachment"]["id"] == row["id"]
        assert netbox.media[row["image"].replace("http://netbox.example", "")] == base64.b64decode(options["content"])
        assert row["description"] == options.get("description", "")
    assert files_are_those_of_attachments(netbox)


@pytest.mark.parametrize("action", ACTIONS)
def test_done_again(action: str, netbox: NetBox, run_module: Run) -> None:
    options, _do, again, _check = ACTIONS[action]
    first = run_module(nb_image_attachment, **options)
    netbox.requests.clear()
    returned = run_module(nb_image_attachment, **options)
    assert (returned["changed"], returned["action"]) == (False, "left")
    assert returned["image_attachment"] == first["image_attachment"]
    assert asked(netbox) == again


@pytest.mark.parametrize("action", ACTIONS)
def test_in_check_mode(action: str, netbox: NetBox, run_module: Run) -> None:
    options, _do, _again, check = ACTIONS[action]
    before = dict(netbox.table("extras/image-attachments")), dict(netbox.media)
    returned = run_module(nb_image_attachment, check=True, **options)
    assert (returned["changed"], returned["action"]) == (True, action)
    assert asked(netbox) == check
    assert (dict(netbox.table("extras/image-attachments")), dict(netbox.media)) == before


@pytest.mark.parametrize("action", ACTIONS)
def test_done_and_then_in_check_mode(action: str, netbox: NetBox, run_module: Run) -> None:
    options, _do, again, _check = ACTIONS[action]
    run_module(nb_image_attachment, **options)
    netbox.requests.clear()
    returned = run_module(nb_image_attachment, check=True, **options)
    assert (returned["changed"], returned["action"]) == (False, "left")
    assert asked(netbox) == again


def test_a_description_that_is_not_given_stays(netbox: NetBox, run_module: Run) -> None:
    run_module(nb_image_attachment, **LEAF1, content=RED, description="as delivered")
    assert not run_module(nb_image_attachment, **LEAF1, content=RED)["changed"]
    assert run_module(nb_image_attachment, **LEAF1, content=GREEN)["action"] == "replaced"
    assert named(netbox, "front")[0]["description"] == "as delivered"
    assert run_module(nb_image_attachment, **LEAF1, content=GREEN, description="")["action"] == "updated"


@pytest.mark.parametrize("version", ["4.5", "4.6", "4.7"])
def test_all_versions_of_netbox(version: str, monkeypatch: pytest.MonkeyPatch, run_module: Run) -> None:
    with serve(version=version) as other:
        here = {"api_endpoint": other.url, "token": other.tokens["v2"]}
        told = []
        for content in (RED, RED, GREEN, GREEN):
            told.append(run_module(nb_image_attachment, **{**LEAF2, **here}, content=content)["action"])
        told.append(run_module(nb_image_attachment, **{**LEAF2, **here}, state="absent")["action"])
        assert told == ["added", "left", "replaced", "left", "removed"]
        assert files_are_those_of_attachments(other)


def test_the_object_is_found_by_filters(netbox: NetBox, run_module: Run) -> None:
    returned = run_module(
        nb_image_attachment, object_type="dcim.device", object={"name": "leaf2"}, name="x", content=RED
    )
    assert returned["image_attachment"]["object_id"] == 2
    assert asked(netbox)[0].startswith("GET /api/dcim/devices/?name=leaf2&fields=id%2Curl%2Cdisplay%2C")


def test_an_object_of_an_unusual_type_is_found_by_filters(netbox: NetBox, run_module: Run) -> None:
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
        ({"name": "nothing"}, "Nothing of dcim/racks matches name=nothing"),
        ({"name": "R1"}, "R1 (site Berlin 1, location Room A, id 1), R1 (site Paris 1, location Room A, id 2)"),
        ({"nmae": "R1"}, "NetBox does not know 'nmae' (did you mean name"),
        ({"name": ""}, "empty value"),
        ({}, "nothing says which"),
    ],
)
def test_an_object_that_is_not_one_is_an_error(
    filters: dict[str, str], said: str, netbox: NetBox, run_module: Run
) -> None:
    returned = run_module(nb_image_attachment, object_type="dcim.rack", object=filters, name="x", content=RED)
    assert said in returned["msg"]
    assert returned["failure"]["kind"] in ("NotOne", "UsageError")
    assert not any(request.method == "POST" for request in netbox.requests)


REFUSALS: dict[str, tuple[dict[str, t.Any], str, str]] = {
    "image that is text": ({"content": base64_of(b"text"), "filename": "x.png"}, "image", "Look at src or content"),
    "image with bad extension": ({"filename": "x.txt"}, "image", "filename"),
    "image svg": ({"content": base64_of(b"<svg/>"), "filename": "x.svg"}, "image", "no SVG"),
    "image for no object": ({"object_id": 99999}, "non_field_errors", "Look at object_id"),
    "image for a model without images": (
        {"object_type": "ipam.prefix"},
        "__all__",
        "NetBox attaches images to these object types: circuits.circuit, dcim.device,",
    ),
    "image for no model": ({"object_type": "dcim.bogus"}, "object_type", "app.model"),
    "a long name": ({"name": "x" * 51}, "name", "Look at name"),
    "a long description": ({"description": "x" * 201}, "description", "Look at description"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_netbox_refuses_is_an_error_with_the_field_named(name: str, netbox: NetBox, run_module: Run) -> None:
    options, field, advice = REFUSALS[name]
    returned = run_module(nb_image_attachment, **{**LEAF2, "content": RED, "filename": "x.png", **options})
    failure = returned["failure"]
    assert (failure["kind"], failure["status"], failure["method"]) == ("BadRequest", 400, "POST")
    assert list(failure["fields"]) == [field]
    assert failure["fields"][field][0] in returned["msg"]
    assert advice in returned["msg"]
    assert files_are_those_of_attachments(netbox)


@pytest.mark.parametrize(
    ("status", "advice"),
    [(413, "make it smaller"), (415, "did not get the form"), (403, "Check token"), (503, "Check NetBox's log")],
)
def test_what_stands_before_netbox_refuses_too(status: int, advice: str, netbox: NetBox, run_module: Run) -> None:
    netbox.faults.append(Fault("status", status, path=LIST, after=1))
    returned = run_module(nb_image_attachment, **LEAF2, content=RED)
    assert returned["failure"]["status"] == status
    assert advice in returned["msg"]


def test_a_token_that_may_only_read(netbox: NetBox, run_module: Run) -> None:
    returned = run_module(nb_image_attachment, **{**LEAF2, "token": netbox.tokens["read_only"]}, content=RED)
    assert "You do not have permission" in returned["msg"]
    assert "may write" in returned["msg"]
    assert returned["failure"]["kind"] == "AccessDenied"


def test_a_user_who_may_not_delete_is_told_what_stays(netbox: NetBox, run_module: Run) -> None:
    netbox.faults.append(Fault("status", 403, path=f"{LIST}1/"))
    returned = run_module(nb_image_attachment, **LEAF1, content=GREEN)
    assert "id 1 (/media/image-attachments/device_1_front.png) is still there" in returned["msg"]
    assert "permission to delete image attachments" in returned["msg"]


def test_what_netbox_calls_gone_and_still_lists_is_not_taken_for_removed(netbox: NetBox, run_module: Run) -> None:
    class Guarded(Table):
        """As to a user with a constrained permission to delete."""

        guarded = False

        def __getitem__(self, pk: int) -> dict[str, t.Any]:
            if self.guarded:
                raise KeyError(pk)
            return super().__getitem__(pk)

    table = Guarded("extras/image-attachments", netbox.table("extras/image-attachments").values())
    netbox.estate.tables["extras/image-attachments"] = table
    netbox.hooks.append(lambda received: setattr(table, "guarded", received.method == "DELETE"))
    returned = run_module(nb_image_attachment, **LEAF1, state="absent")
    assert "is still there" in returned["msg"]
    assert returned["failure"]["status"] == 404


def test_an_answer_that_gets_lost_is_found_out(netbox: NetBox, run_module: Run) -> None:
    netbox.faults.append(Fault("cut", path=LIST, after=1, times=1))
    returned = run_module(nb_image_attachment, **LEAF2, content=RED)
    (row,) = named(netbox, "new")
    assert (returned["action"], returned["image_attachment"]["id"]) == ("added", row["id"])
    assert asked(netbox) == [
        OF_LEAF2,
        f"POST {LIST}",
        OF_LEAF2,
        "GET /media/image-attachments/device_2_new.png",
        OF_LEAF2,
    ]


def test_an_answer_that_gets_lost_is_found_out_by_the_next_run(netbox: NetBox, run_module: Run) -> None:
    netbox.faults.append(Fault("cut", path=LIST, after=1))
    returned = run_module(nb_image_attachment, **LEAF2, content=RED)
    assert "run it again" in returned["msg"]
    netbox.faults.clear()
    assert run_module(nb_image_attachment, **LEAF2, content=RED)["action"] == "left"
    assert len(named(netbox, "new")) == 1


def test_where_nothing_can_be_found_out_the_picture_to_remove_is_named(netbox: NetBox, run_module: Run) -> None:
    netbox.faults.append(Fault("cut", path=LIST, after=1))
    returned = run_module(nb_image_attachment, **LEAF1, content=GREEN)
    assert [row["id"] for row in named(netbox, "front")] == [1, 3]
    assert "remove the one before, id 1 (/media/image-attachments/device_1_front.png)" in returned["msg"]


def test_a_picture_that_comes_late_is_waited_for(netbox: NetBox, run_module: Run) -> None:
    netbox.faults.append(Fault("slow", 0.5, path=LIST, after=1, times=1))
    returned = run_module(nb_image_attachment, **LEAF1, content=GREEN, timeout=0.2)
    (row,) = named(netbox, "front")
    assert (returned["action"], returned["image_attachment"]["id"]) == ("replaced", row["id"])
    assert sum(request.method == "POST" for request in netbox.requests) == 1


def test_the_picture_of_another_task_is_not_taken_for_one_whose_answer_got_lost(
    netbox: NetBox, run_module: Run
) -> None:
    table = netbox.table("extras/image-attachments")

    def add_another(received: t.Any) -> None:
        if received.method == "POST":
            netbox.media["/media/other.png"] = picture("green")
            table[4] = {**table[1], "id": 4, "object_id": 2, "name": "new", "image": f"{HERE}/media/other.png"}

    netbox.hooks.append(add_another)
    netbox.faults.append(Fault("reset", path=LIST, after=1, times=1))
    assert "run it again" in run_module(nb_image_attachment, **LEAF2, content=RED)["msg"]
    assert [row["id"] for row in named(netbox, "new")] == [4]


class Broken(t.NamedTuple):
    """A request that goes wrong once while ``front`` is replaced, and whether NetBox does it all the same."""

    method: str
    kind: str
    done: bool

    @property
    def is_told(self) -> bool:
        """Is it an error, as nothing can make up for it?"""
        if self.method == "POST":
            return not self.done
        return self.kind == "other_json" and self.method != "GET media"


# In the order in which they are made.
REQUESTS = ["GET list", "GET media", "POST", "GET list again", "DELETE"]
BREAKS = [
    Broken(method, kind, done)
    for method in REQUESTS
    for kind, done in itertools.product(("reset", "cut", "status", "empty", "other_json"), (True, False))
    if (done or kind != "cut") and (done or not method.startswith("GET"))
]


@pytest.mark.parametrize("broken", BREAKS, ids=lambda broken: f"{broken.method}-{broken.kind}-{broken.done}")
def test_no_picture_is_lost_or_there_twice_whichever_request_goes_wrong(
    broken: Broken, netbox: NetBox, run_module: Run
) -> None:
    # Of the same size, so that it must be read to be told apart.
    old, new = picture("red")[::-1], picture("red")
    netbox.media[FRONT.partition(" ")[2]] = old

    def pictures() -> list[bytes]:
        return [netbox.media[row["image"].replace("http://netbox.example", "")] for row in named(netbox, "front")]

    fault = Fault(broken.kind, 503, after=REQUESTS.index(broken.method), times=1, done=broken.done)
    netbox.faults.append(fault)
    returned = run_module(nb_image_attachment, **LEAF1, content=RED, retries=1)
    assert fault.seen > fault.after
    assert returned.get("failed", False) == broken.is_told
    if not broken.is_told:
        assert (returned["action"], pictures()) == ("replaced", [new])
    else:
        assert pictures() in ([old], [new], [old, new])
    if len(pictures()) == 2:
        # It says which, and the next run does not go by chance.
        assert "id 1 (/media/image-attachments/device_1_front.png)" in returned["msg"]
        assert "state=absent" in run_module(nb_image_attachment, **LEAF1, content=RED)["msg"]
        run_module(nb_image_attachment, **LEAF1, state="absent")
    run_module(nb_image_attachment, **LEAF1, content=RED)
    assert pictures() == [new]
    assert files_are_those_of_attachments(netbox)


def test_a_description_is_written_again_where_the_answer_got_lost(netbox: NetBox, run_module: Run) -> None:
    for kind in ("cut", "other_json"):
        netbox.faults[:] = [Fault(kind, path=f"{LIST}1/", times=1)]
        returned = run_module(nb_image_attachment, **LEAF1, content=RED, description=kind, retries=1)
        assert returned.get("action") == ("updated" if kind == "cut" else None)
        assert "the answer is no image attachment" in returned.get("msg", "") or kind == "cut"


@pytest.mark.parametrize(
    "options", [{"object_type": "ipam.prefix"}, {"object_type": "dcim.bogus"}, {"object_id": 99999}]
)
def test_check_mode_foresees_what_netbox_would_refuse(
    options: dict[str, t.Any], netbox: NetBox, run_module: Run
) -> None:
    returned = run_module(nb_image_attachment, check=True, **{**LEAF2, **options}, content=RED)
    assert returned["failed"]
    assert returned["failure"]["kind"] in ("UsageError", "NotFound")


def test_object_types_that_are_none_are_an_error(netbox: NetBox, run_module: Run) -> None:
    netbox.faults.append(Fault("other_json", path="/api/core/object-types/"))
    returned = run_module(nb_image_attachment, check=True, **LEAF2, content=RED)
    assert returned["failure"]["kind"] == "UnexpectedAnswer"


def test_several_of_a_name_are_an_error_that_lists_them_and_can_be_removed(netbox: NetBox, run_module: Run) -> None:
    table = netbox.table("extras/image-attachments")
    table[7] = {**table[1], "id": 7}
    returned = run_module(nb_image_attachment, **LEAF1, content=RED)
    assert "There are 2 image attachments of the name 'front': id 1 (/media/" in returned["msg"]
    assert ", id 7 (/media/" in returned["msg"]
    returned = run_module(nb_image_attachment, **LEAF1, state="absent", diff=True)
    assert returned["changed"]
    assert [before["name"] for before in returned["diff"]["before"]] == ["front", "front"]
    assert named(netbox, "front") == []


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


def test_other_objects_are_never_touched_whatever_a_filter_does(netbox: NetBox, run_module: Run) -> None:
    class Unfiltered(Table):
        def having(self, field: str, wanted: set[t.Any]) -> set[int]:
            return set(self)

    rows = netbox.table("extras/image-attachments")
    table = Unfiltered("extras/image-attachments", [*rows.values(), {**rows[1], "id": 8, "object_id": 3}])
    netbox.estate.tables["extras/image-attachments"] = table
    table[2]["name"] = "front"
    run_module(nb_image_attachment, **LEAF1, state="absent")
    assert sorted(table) == [2, 8]


def test_where_copies_are_out_of_reach_sizes_can_be_compared(netbox: NetBox, run_module: Run) -> None:
    netbox.faults.append(Fault("status", 404, path="/media/*"))
    returned = run_module(nb_image_attachment, **LEAF1, content=RED)
    assert "needed for the comparison" in returned["msg"] and "compare=size" in returned["msg"]
    assert not run_module(nb_image_attachment, **LEAF1, content=RED, compare="size")["changed"]
    assert run_module(nb_image_attachment, **LEAF1, content=GREEN, compare="size")["changed"]


def test_of_a_picture_of_another_size_no_copy_is_fetched(netbox: NetBox, run_module: Run) -> None:
    for content in (picture(size=(33, 24)), picture("#123456"), picture(form="GIF")):
        run_module(nb_image_attachment, check=True, **LEAF1, content=base64_of(content))
    assert set(asked(netbox)) == {OF_LEAF1}


def test_the_diff_shows_sizes_dimensions_and_digests_and_no_bytes(netbox: NetBox, run_module: Run) -> None:
    for content in (GREEN, base64_of(picture("red")[:-1] + b"\x83")):
        diff = run_module(nb_image_attachment, check=True, diff=True, **LEAF1, content=content)["diff"]
        before, after = diff["before"], diff["after"]
        assert (before["size"], before["width"], before["height"]) == (93, 32, 24)
        assert len(before["sha256"]) == len(after["sha256"]) == 64
        assert before["sha256"] != after["sha256"]
        assert RED not in json.dumps(diff)


def test_the_diff_needs_no_copy(netbox: NetBox, run_module: Run) -> None:
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
def test_names(
    options: dict[str, t.Any],
    name: str,
    stored: str | None,
    tmp_path: Path,
    netbox: NetBox,
    run_module: Run,
) -> None:
    if "src" in options:
        path = tmp_path / ("noextension" if options["src"] == "leaf2.rear" else options["src"])
        path.write_bytes(picture())
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
        ({**LEAF2, "content": "no=base64"}, "content is no Base64"),
        ({**LEAF2, "content": ""}, "content is empty"),
        ({**LEAF2, "content": RED, "max_size": 92}, "more than 92 bytes, which is max_size"),
        ({**LEAF2, "content": RED, "content_type": "png"}, "is no media type"),
        ({**LEAF2, "content": RED, "object_type": "device"}, "not of the form app.model"),
        ({**LEAF2, "src": "/no/such/file.png"}, "cannot be read"),
        ({**LEAF2, "content": RED, "headers": "{"}, "headers must be a dictionary or JSON"),
        ({**LEAF2, "content": RED, "client_key": "/x"}, "client_key requires client_cert"),
        ({**LEAF2, "content": RED, "api_endpoint": "netbox"}, "Invalid api_endpoint"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_sent(
    options: dict[str, t.Any], said: str, netbox: NetBox, run_module: Run
) -> None:
    assert said in run_module(nb_image_attachment, **options)["msg"]
    assert netbox.requests == []


def test_the_connection_is_taken_from_the_environment(
    netbox: NetBox, monkeypatch: pytest.MonkeyPatch, run_module: Run
) -> None:
    monkeypatch.setenv("NETBOX_URL", netbox.url)
    monkeypatch.setenv("NETBOX_API_TOKEN", netbox.tokens["v2"])
    monkeypatch.setenv("NETBOX_HEADERS", '{"X-One": "1"}')
    here = {"api_endpoint": None, "token": None}
    assert run_module(nb_image_attachment, **{**LEAF1, **here}, content=RED)["action"] == "left"
    assert netbox.requests[0].headers["x-one"] == "1"


def test_short_headers_do_not_blacken_what_is_returned(netbox: NetBox, run_module: Run) -> None:
    headers = {"X-Forwarded-Proto": "http", "X-Secret": "a-long-secret"}
    returned = run_module(nb_image_attachment, **LEAF1, content=RED, headers=headers)
    assert returned["image_attachment"]["url"].startswith("http://")
    assert "a-long-secret" not in json.dumps(returned)
    assert netbox.tokens["v1"] not in json.dumps(returned)


# Runs the module with the arguments in the first line of its input once there is a second. Its last word on stderr is
# how many bytes of memory it needed at once after that.
PROCESS = """
import atexit, sys, tracemalloc
atexit.register(lambda: print(tracemalloc.get_traced_memory()[1], file=sys.stderr))
from ansible.module_utils import basic
from ansible_collections.netbox.cursor.plugins.modules import nb_image_attachment
basic._ANSIBLE_ARGS, basic._ANSIBLE_PROFILE = sys.stdin.readline().encode(), "legacy"
print("ready", flush=True)
sys.stdin.readline()
tracemalloc.start()
nb_image_attachment.main()
"""


def test_a_big_file_is_never_in_memory_as_a_whole(tmp_path: Path, netbox: NetBox) -> None:
    needed = []
    for side in (1, 2600):
        (tmp_path / "x.bmp").write_bytes(picture(size=(side, side), form="BMP"))
        options = {**LEAF2, "name": str(side), "src": str(tmp_path / "x.bmp"), "api_endpoint": netbox.url}
        for _again in range(2):
            ended = subprocess.run(
                [sys.executable, "-c", PROCESS],
                input=json.dumps({"ANSIBLE_MODULE_ARGS": {**options, "token": netbox.tokens["v1"]}}) + "\ngo\n",
                capture_output=True,
                encoding="utf-8",
                check=False,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            )
            needed.append(int(ended.stderr.split()[-1]))
    assert [len(content) > 20_000_000 for content in netbox.media.values()].count(True) == 1
    # Of 20 MB: sent, and then read again.
    assert max(needed) < 5_000_000, needed


def at_once(netbox: NetBox, tasks: list[dict[str, t.Any]]) -> list[dict[str, t.Any]]:
    """What processes return that run the module at the same time."""
    connection = {"api_endpoint": netbox.url, "token": netbox.tokens["v1"]}
    processes = []
    for options in tasks:
        process = subprocess.Popen(
            [sys.executable, "-c", PROCESS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert process.stdin
        process.stdin.write(json.dumps({"ANSIBLE_MODULE_ARGS": {**connection, **options}}) + "\n")
        process.stdin.flush()
        processes.append(process)
    for process in processes:
        assert process.stdout and process.stdout.readline() == "ready\n"
    # Longer than it takes to start them all: they all see the same before any of them writes.
    netbox.settings.latency = 0.3
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    return [json.loads(process.communicate(timeout=60)[0]) for process in processes]


@pytest.mark.parametrize("options", [{**LEAF2, "content": RED}, {**LEAF1, "content": GREEN}])
def test_the_same_task_four_times_at_once_leaves_one(options: dict[str, t.Any], netbox: NetBox) -> None:
    returned = at_once(netbox, [options] * 4)
    assert sum(request.method == "POST" for request in netbox.requests) > 1, "they did not run at once"
    assert not [each["msg"] for each in returned if each.get("failed")]
    (row,) = named(netbox, options["name"])
    assert row["id"] in {each["image_attachment"]["id"] for each in returned if each["changed"]}
    assert files_are_those_of_attachments(netbox)


def test_two_pictures_of_one_name_at_once_leave_one_of_them(netbox: NetBox) -> None:
    returned = at_once(netbox, [{**LEAF2, "content": RED}, {**LEAF2, "content": GREEN}])
    (row,) = named(netbox, "new")
    (last,) = [each for each in returned if each.get("changed") and each["image_attachment"]["id"] == row["id"]]
    (other,) = [each for each in returned if each is not last]
    assert other.get("changed") or "Another task attached another picture" in other["msg"]
    assert files_are_those_of_attachments(netbox)


@pytest.mark.parametrize("color", ["red", "green"])
def test_another_task_that_was_later_wins(color: str, netbox: NetBox, run_module: Run) -> None:
    table = netbox.table("extras/image-attachments")

    def add_another(received: t.Any) -> None:
        if received.method == "GET" and received.path == LIST and 3 in table and 4 not in table:
            netbox.media["/media/other.png"] = picture(color)
            table[4] = {**table[3], "id": 4, "image": f"{HERE}/media/other.png", "image_size": len(picture(color))}

    netbox.hooks.append(add_another)
    returned = run_module(nb_image_attachment, **LEAF2, content=RED)
    assert [row["id"] for row in named(netbox, "new")] == [4]
    if color == "red":
        assert (returned["action"], returned["image_attachment"]["id"]) == ("left", 4)
    else:
        assert (
            "Another task attached another picture of the same name meanwhile: id 4 (/media/other.png)"
            in returned["msg"]
        )


def test_another_task_that_was_earlier_loses(netbox: NetBox, run_module: Run) -> None:
    table = netbox.table("extras/image-attachments")
    table[9] = {**table[2], "id": 9}

    def add_another(received: t.Any) -> None:
        if received.method == "GET" and received.path == LIST and 10 in table:
            table[8] = {**table[10], "id": 8}

    netbox.hooks.append(add_another)
    returned = run_module(nb_image_attachment, **LEAF2, content=RED)
    assert (returned["action"], returned["image_attachment"]["id"]) == ("added", 10)
    assert [row["id"] for row in named(netbox, "new")] == [10]


def test_a_task_waits_for_another_that_is_just_replacing(netbox: NetBox, run_module: Run) -> None:
    table = netbox.table("extras/image-attachments")
    table[7] = {**table[1], "id": 7}

    def finish(received: t.Any) -> None:
        if len(netbox.requests) == 3:
            del table[1]

    netbox.hooks.append(finish)
    returned = run_module(nb_image_attachment, **LEAF1, content=RED)
    assert (returned["action"], returned["image_attachment"]["id"]) == ("left", 7)


def test_a_picture_that_another_task_replaces_during_the_comparison(netbox: NetBox, run_module: Run) -> None:
    table = netbox.table("extras/image-attachments")

    def replace(received: t.Any) -> None:
        if received.path.startswith("/media/") and 1 in table:
            netbox.media["/media/other.png"] = picture()
            table[7] = {**table[1], "id": 7, "image": f"{HERE}/media/other.png"}
            del table[1]

    netbox.hooks.append(replace)
    returned = run_module(nb_image_attachment, **LEAF1, content=RED)
    assert (returned["action"], returned["image_attachment"]["id"]) == ("left", 7)
