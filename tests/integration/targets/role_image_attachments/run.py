# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Attach a directory of photos as users do, attach it again, and test all possible mistakes."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import tempfile
import typing as t
from pathlib import Path

from PIL import Image

from ansible_collections.netbox.cursor.tests.stand_in import Fault, NetBox, serve

folder = Path(tempfile.mkdtemp()) / "photos"
folder.mkdir()


def photo(name: str, color: str = "red", form: str = "JPEG") -> None:
    stream = io.BytesIO()
    Image.new("RGB", (64, 48), color).save(stream, form)
    (folder / name).write_bytes(stream.getvalue())


def play(netbox: NetBox, *arguments: str, fails: bool = False, **variables: t.Any) -> str:
    """Run the role, and return its final message. The output must not contain a token."""
    given = {"netbox_api": netbox.url, "netbox_token": netbox.tokens["v2"], "image_attachments_folder": str(folder)}
    command = ["ansible-playbook", "-vvv", "playbook.yml"]
    command += ["-e", json.dumps({**given, **variables}), *arguments]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NETBOX_")}
    ended = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, env=environment)
    print(ended.stdout, ended.stderr)
    assert (ended.returncode != 0) == fails, ended.returncode
    assert netbox.tokens["v2"].rpartition(".")[2] not in ended.stdout + ended.stderr, "a token is in the output"
    assert "Traceback" not in ended.stdout + ended.stderr
    return " ".join((ended.stdout + ended.stderr).split())


def summary(said: str) -> str:
    return re.findall(r"Images[^\"]*\d+ skipped because of their names[^\"]*", said)[-1]


def attached(netbox: NetBox) -> set[tuple[str, int, str]]:
    rows = netbox.table("extras/image-attachments").values()
    return {(row["object_type"], row["object_id"], row["name"]) for row in rows if row["id"] > 2}


with serve(version="4.6") as netbox:
    devices = netbox.table("dcim/devices")
    ids = {name: number for number, name in enumerate(["leaf2", "r2/s3 ü+", "{{ 7*7 }}", "web 1"], 2)}
    for name, number in ids.items():
        devices[number] = {**devices[number], "name": name, "display": name}
    photo("leaf2__front.jpg")
    photo("leaf2__rear.JPG", "green")
    photo("r2%2Fs3 ü+__front.png", form="PNG")
    photo("{{ 7*7 }}__a__b.webp", form="WEBP")
    photo("web 1__<b>.gif", form="GIF")
    photo("no view.jpg")
    (folder / "notes__x.txt").write_text("no picture", encoding="utf-8")
    building = {
        "src": str(folder / "no view.jpg"),
        "object_type": "dcim.site",
        "object": {"slug": "berlin-1"},
        "name": "building",
        "description": "from the street",
    }
    more = {"image_attachments_mapping": [building]}

    said = play(netbox, "--check", **more)
    assert "Images (check mode): 6 added, 0 replaced" in said, summary(said)
    assert attached(netbox) == set()
    said = play(netbox, **more)
    assert (
        "6 added, 0 replaced, 0 updated, 0 left unchanged, 0 failed, 1 skipped because of their names: no view.jpg"
        in said
    )
    assert attached(netbox) == {
        ("dcim.device", ids["leaf2"], "front"),
        ("dcim.device", ids["leaf2"], "rear"),
        ("dcim.device", ids["r2/s3 ü+"], "front"),
        ("dcim.device", ids["{{ 7*7 }}"], "a__b"),
        ("dcim.device", ids["web 1"], "<b>"),
        ("dcim.site", 1, "building"),
    }
    netbox.requests.clear()
    said = play(netbox, **more)
    assert "0 added, 0 replaced, 0 updated, 6 left unchanged, 0 failed" in said and "changed=0" in said
    assert {request.method for request in netbox.requests} == {"GET"}
    assert netbox.most_at_once == 1

    photo("leaf2__front.jpg", "blue")
    building["description"] = "from above"
    said = play(netbox, **more)
    assert "0 added, 1 replaced, 1 updated, 4 left unchanged, 0 failed" in said
    assert len(attached(netbox)) == 6

    # If one image fails, the others are still attached.
    photo("nobody__front.jpg")
    photo("leaf2__top.jpg")
    said = play(netbox, fails=True, image_attachments_object_filters={"id__gt": 1}, **more)
    assert "No object in dcim/devices that the token's user can view matches" in said
    assert "1 added, 0 replaced, 0 updated, " in said and "failed=1" in said
    (folder / "nobody__front.jpg").unlink()

    # Mistakes that the role detects before it sends a request.
    netbox.requests.clear()
    photo("leaf2__front.png", form="PNG")
    said = play(netbox, fails=True)
    assert "only one can be attached: leaf2__front.jpg, leaf2__front.png." in said
    (folder / "leaf2__front.png").unlink()
    assert "image_attachments_folder" in play(netbox, fails=True, image_attachments_folder="/no/such/folder")
    assert "image_attachments_compare" in play(netbox, fails=True, image_attachments_compare="sometimes")
    assert netbox.requests == []

    # Nothing to do.
    assert "0 added, 0 replaced, 0 updated, 0 left" in play(netbox, image_attachments_folder=tempfile.mkdtemp())

    # NetBox does not return its copies of images.
    netbox.faults.append(Fault("status", 404, path="/media/*"))
    assert "compare=size" in play(netbox, fails=True)
    assert "0 failed" in play(netbox, image_attachments_compare="size")
