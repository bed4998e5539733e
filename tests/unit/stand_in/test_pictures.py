# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The mock NetBox stores images and draws elevations like the recorded servers."""

from __future__ import annotations

import io
import json
import re
import typing as t
from pathlib import Path
from xml.etree import ElementTree

import pytest
import requests
from PIL import Image

from ansible_collections.netbox.cursor.tests.stand_in import HERE, NetBox, serve

RECORDINGS = Path(__file__).resolve().parent.parent.parent / "recordings"
FOLDERS = {"4.5": "4.5.10", "4.6": "4.6.8", "4.7": "4.7.0-beta1"}
# Values that differ between runs: times, and the random part of file names.
MOMENT = re.compile(r"20\d\d-\d\d-\d\dT[\d:.]+(Z|\+00:00)")
ACCIDENTAL = re.compile(r"(device_2_recorded)_\w{7}\.")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'


def png(color: str = "red") -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", (32, 24), color).save(picture, "PNG")
    return picture.getvalue()


# The recordings contain the fact that a file was sent, but not the file.
SENT = {
    "image that is text": ("recorded.png", b"not a picture"),
    "image with bad extension": ("recorded.txt", png()),
    "image svg": ("recorded.svg", SVG),
}


def answer_to(netbox: NetBox, exchange: dict[str, t.Any]) -> dict[str, t.Any]:
    asked, headers = exchange["request"], exchange["response"]["headers"]
    known = {"v1": f"Token {netbox.tokens['v1']}", "v1 read-only": f"Token {netbox.tokens['read_only']}"}
    credentials = {} if asked["auth"] is None else {"Authorization": known.get(asked["auth"], asked["auth"])}
    answer = requests.request(
        asked["method"],
        netbox.url + asked["path"],
        headers={**asked["headers"], **credentials},
        json=asked["json"],
        data=asked["form"],
        files={name: SENT.get(exchange["name"], ("recorded.png", png())) for name in asked["files"]},
        allow_redirects=False,
        timeout=30,
    )
    kind = answer.headers.get("Content-Type", "")
    body: t.Any = answer.text.replace(netbox.url, HERE)
    if "json" in kind:
        body = json.loads(body)
    elif "html" in kind:
        body = f"<html, {len(answer.content)} characters>"
    elif kind == "image/png":
        body = f"<{len(answer.content)} bytes>"
    said = {name: answer.headers.get(name, "").replace(netbox.url, HERE) for name in headers}
    return {"status": answer.status_code, "body": body, "headers": said}


def comparable(response: dict[str, t.Any]) -> t.Any:
    if response["headers"].get("content-type") == "image/svg+xml":
        return {**response, "body": drawn(response["body"])}
    text = MOMENT.sub("a moment", ACCIDENTAL.sub(r"\1_accidental.", json.dumps(response)))
    return json.loads(text)


def drawn(svg: str) -> t.Any:
    """Return the visible and hidden content of a drawing in a fixed order."""
    root = ElementTree.fromstring(svg)
    for definitions in root.findall("{*}defs"):
        root.remove(definitions)
    told = [
        (
            element.tag.rpartition("}")[2],
            sorted((name.rpartition("}")[2], value) for name, value in element.attrib.items()),
            element.text,
        )
        for element in root.iter()
        if element is not root
    ]
    return root.get("width"), root.get("height"), sorted(told, key=repr)


@pytest.mark.parametrize("version", FOLDERS)
def test_every_recorded_request_is_answered_as_it_was(version: str) -> None:
    recorded = json.loads((RECORDINGS / FOLDERS[version] / "pictures.json").read_text("utf-8"))
    differences = {}
    with serve(version=version) as netbox:
        for exchange in recorded:
            answered = comparable(answer_to(netbox, exchange))
            expected = comparable(exchange["response"])
            if answered != expected:
                differences[exchange["name"]] = {"expected": expected, "answered": answered}

    assert len(recorded) >= 29
    assert differences == {}


def test_replaced_file_remains_but_removed_file_is_deleted() -> None:
    with serve(version="4.6") as netbox, requests.Session() as session:
        session.headers["Authorization"] = f"Token {netbox.tokens['v1']}"
        url = f"{netbox.url}/api/extras/image-attachments/"
        form = {"object_type": "dcim.device", "object_id": "2", "name": "x"}
        first = session.post(url, data=form, files={"image": ("x.png", png())}, timeout=30).json()
        changed = session.patch(first["url"], data=form, files={"image": ("x.png", png("blue"))}, timeout=30).json()
        old, new = (str(row["image"]).replace(netbox.url, "") for row in (first, changed))
        assert {old, new} < set(netbox.media) and old != new
        assert session.get(netbox.url + old, timeout=30).status_code == 404
        assert session.get(netbox.url + new, timeout=30).content == png("blue")
        assert session.delete(first["url"], timeout=30).status_code == 204
        assert old in netbox.media and new not in netbox.media


def test_highlighted_devices_are_drawn_as_usual_and_the_others_shaded() -> None:
    with serve(version="4.6") as netbox, requests.Session() as session:
        session.headers["Authorization"] = f"Token {netbox.tokens['v1']}"
        url = f"{netbox.url}/api/dcim/racks/1/elevation/?render=svg&highlight="
        # The style sheet contains one of them.
        assert session.get(f"{url}name:leaf1", timeout=30).text.count("shaded") == 3
        assert session.get(f"{url}id:abc", timeout=30).status_code == 500
        assert session.get(f"{url}bogus", timeout=30).status_code == 500
