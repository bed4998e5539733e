# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Draw racks with the role, and open the page in a browser."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import stat
import subprocess
import tempfile
import time
import typing as t
from pathlib import Path
from urllib.parse import unquote

import browse
import chromium

from ansible_collections.netbox.cursor.tests.stand_in import NetBox, serve

HOSTILE_NAME = "<img src=x onerror=alert(1)> {{ 7*7 }} \"'&"
FILES = {".rack_elevations.json", "index.html", "gallery.css", "gallery.js"}


def play(netbox: NetBox, dest: Path, *arguments: str, fails: bool = False, **variables: t.Any) -> str:
    """Run the role, and return its output. It must not contain a token."""
    given = {"netbox_api": netbox.url, "netbox_token": netbox.tokens["v2"], "rack_elevations_dest": str(dest)}
    command = ["ansible-playbook", "playbook.yml", "-vvv", "-e", json.dumps({**given, **variables}), *arguments]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NETBOX_")}
    ended = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, env=environment)
    output = ended.stdout + ended.stderr
    assert (ended.returncode != 0) == fails, output
    assert netbox.tokens["v2"].rpartition(".")[2] not in output, "the output contains a token"
    assert "Traceback" not in output, output
    return output


def list_files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def read_page(folder: Path) -> str:
    return (folder / "index.html").read_text(encoding="utf-8")


def linked_drawings(page: str) -> list[str]:
    return [unquote(link) for link in re.findall(r'<img src="([^"]+)"', page)]


def hostile_drawing(url: str, bomb: bool) -> str:
    """Return a drawing with scripts and external content, and with entities that expand to gigabytes."""
    entities = "".join(f'<!ENTITY b{n} "{f"&b{n - 1};" * 10}">' for n in range(1, 10)) if bomb else ""
    return (
        f'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY b0 "bomb">{entities}<!ENTITY file SYSTEM "file:///etc/passwd">]>'
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9" '
        f'onload="fetch(\'{url}/onload\')"><script>fetch("{url}/script")</script>'
        f'<style>@import url("{url}/style");</style><image xlink:href="{url}/image" width="9" height="9"/>'
        f'<foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" src="{url}/frame"/></foreignObject>'
        f"<text>{'&b9;' if bomb else '&b0;'}&file;</text></svg>"
    )


def recorded_estate(folder: Path) -> None:
    """Draw the racks of two sites. One of them is called ../../etc/passwd."""
    with serve(version="4.6") as netbox:
        play(netbox, folder, "--check")
        assert list_files(folder) == set() and not folder.exists()
        play(netbox, folder)
        drawings = {
            f"racks/{rack}-{face}.svg"
            for rack in ("berlin-1-R1-1", "paris-1-R1-2", "nowhere-etc_passwd-3")
            for face in ("front", "rear")
        }
        assert list_files(folder) == {*drawings, *FILES}
        page = read_page(folder)
        assert set(linked_drawings(page)) == drawings
        assert netbox.url in page and re.search(r'<time id="generated">20\d\d-', page)
        before = {path: (folder / path).stat().st_mtime_ns for path in list_files(folder)}
        assert "changed=0" in play(netbox, folder)
        assert {path: (folder / path).stat().st_mtime_ns for path in list_files(folder)} == before

        # Some racks, one face.
        some = {"rack_elevations_filters": {"site": ["berlin-1"]}, "rack_elevations_faces": ["front"]}
        play(netbox, folder / "some", **some, rack_elevations_title="A & B", rack_elevations_unit_width=100)
        page = read_page(folder / "some")
        assert linked_drawings(page) == ["racks/berlin-1-R1-1-front.svg"] and "<title>A &amp; B</title>" in page
        assert 'width="149"' in (folder / "some" / "racks" / "berlin-1-R1-1-front.svg").read_text(encoding="utf-8")

        # No racks, and mistakes.
        play(netbox, folder / "none", rack_elevations_filters={"name": "nothing"})
        assert list_files(folder / "none") == FILES
        assert "'iste'" in play(netbox, folder / "no", fails=True, rack_elevations_filters={"iste": "berlin-1"})
        assert "rack_elevations_faces" in play(netbox, folder / "no", fails=True, rack_elevations_faces=["top"])
        assert "'nosuch'" in play(netbox, folder / "no", fails=True, rack_elevations_highlight=["nosuch:1"])


def changes(folder: Path) -> None:
    """Rename and remove racks, keep file modes, and distinguish places with the same name."""
    with serve(version="4.6") as netbox:
        racks, locations = netbox.table("dcim/racks"), netbox.table("dcim/locations")
        folder.mkdir(mode=0o700)
        os.chmod(folder, 0o2700)
        play(netbox, folder, rack_elevations_mode="0640", rack_elevations_directory_mode="0750")
        assert stat.S_IMODE(folder.stat().st_mode) == 0o2700
        assert stat.S_IMODE((folder / "racks").stat().st_mode) == 0o750
        page = folder / "index.html"
        assert stat.S_IMODE(page.stat().st_mode) == 0o640
        page.chmod(0o600)

        # A renamed rack, a deleted rack, and a drawing that another program changed.
        (folder / "racks" / "notes.svg").write_text("a file of somebody else", encoding="utf-8")
        changed = folder / "racks" / "nowhere-etc_passwd-3-rear.svg"
        changed.write_text("changed", encoding="utf-8")
        racks[1] = {**racks[1], "name": "R9", "display": "R9", "last_updated": "2026-11-20T21:00:00.000000Z"}
        del racks[3]
        output = play(netbox, folder)
        assert "2 removed" not in output and "3 removed" in output and "another program changed it" in output
        assert {path.name for path in (folder / "racks").iterdir()} == {
            *("berlin-1-R9-1-front.svg", "berlin-1-R9-1-rear.svg", "paris-1-R1-2-front.svg", "paris-1-R1-2-rear.svg"),
            *("notes.svg", changed.name),
        }
        assert stat.S_IMODE(page.stat().st_mode) == 0o600
        assert stat.S_IMODE((folder / "racks" / "berlin-1-R9-1-front.svg").stat().st_mode) == 0o644
        play(netbox, folder, rack_elevations_prune=False, rack_elevations_filters={"site": "paris-1"})
        assert (folder / "racks" / "berlin-1-R9-1-front.svg").exists()

        # Room A is on two floors of one site.
        locations[90] = {**locations[1], "id": 90, "name": "Floor 2", "display": "Floor 2"}
        parent = {**locations[2]["parent"], "id": 90, "name": "Floor 2", "display": "Floor 2"}
        locations[91] = {**locations[2], "id": 91, "parent": parent}
        racks[9] = {**racks[1], "id": 9, "location": {**racks[1]["location"], "id": 91}}
        play(netbox, folder)
        headings = re.findall(r"<h3>([^<]*?) <small>", read_page(folder))
        assert {"Berlin 1 / Floor 1 / Room A", "Berlin 1 / Floor 2 / Room A"} < set(headings), headings


def hostile_estate(folder: Path) -> None:
    with serve(version="4.6") as netbox, socket.create_server(("127.0.0.1", 0)) as elsewhere:
        elsewhere.setblocking(False)
        racks, devices = netbox.table("dcim/racks"), netbox.table("dcim/devices")
        template = racks[1]
        names = ["a/b", "A/B", "a b", "Größe 東京", "..", "CON", "x" * 100, HOSTILE_NAME, "#?%41&=+.svg", "-rf"]
        for number, name in enumerate(names, 10):
            racks[number] = {
                **template,
                "id": number,
                "name": name,
                "display": name,
                "display_url": "javascript:alert(2)",
            }
        devices[1] = {**devices[1], "name": HOSTILE_NAME, "display": HOSTILE_NAME}
        url = f"http://127.0.0.1:{elsewhere.getsockname()[1]}"
        netbox.drawings.update({2: hostile_drawing(url, bomb=True), 3: hostile_drawing(url, bomb=False)})
        racks[1]["u_height"] = 60
        play(netbox, folder)

        page = read_page(folder)
        drawings = {path for path in list_files(folder) if path.endswith(".svg")}
        assert len(drawings) == 2 * len(racks) and set(linked_drawings(page)) == drawings
        assert all(re.fullmatch(r"racks/[\w-][\w.-]*-\d+-(front|rear)[.]svg", path) for path in drawings), drawings
        assert "racks/berlin-1-Größe_東京-13-front.svg" in drawings
        assert "<img src=x" not in page and "javascript:" not in page and ">49<" not in page and "bomb" not in page
        assert page.count("&lt;img src=x onerror=alert(1)&gt; {{ 7*7 }} &quot;&#x27;&amp;") >= 2

        program = chromium.found()
        if program is None:
            print("NO CHROMIUM IS INSTALLED: the page was not opened.")
            return
        with chromium.opened(program) as shown:
            browse.check_hostile(shown, folder, HOSTILE_NAME)
        try:
            elsewhere.accept()
        except BlockingIOError:
            return
        raise AssertionError("a drawing reached another server")


def full_rack(folder: Path) -> None:
    """Draw a rack with a device in each unit."""
    program = chromium.found()
    if program is None:
        return
    with serve(version="4.6") as netbox:
        racks, devices = netbox.table("dcim/racks"), netbox.table("dcim/devices")
        place = {"id": 1, "url": "", "display": "R1", "name": "R1"}
        for number in [number for number in devices.ids() if (devices[number]["rack"] or place)["id"] == 1]:
            del devices[number]
        for unit in range(1, 43):
            name = f"a-rather-long-name-of-a-server-{unit}.example.com"
            facts = {"name": name, "display": name, "serial": f"SERIAL-{unit}", "asset_tag": f"ASSET-TAG-{unit}"}
            where = {"site": racks[1]["site"], "rack": place, "position": float(unit)}
            devices[1000 + unit] = {**devices[2], "id": 1000 + unit, **facts, **where}
        play(netbox, folder)
        with chromium.opened(program) as shown:
            browse.check_full_rack(shown, folder)


def many_racks(folder: Path) -> None:
    """The second run sends at most one request per 50 racks, and takes at most a fifth of the time of the first run.

    A busy NetBox 4.6.8 with two workers took 0.25 s for each drawing. With four parallel requests, this mock NetBox is
    not slower.
    """
    with serve(version="4.6", estate=6000, latency=0.3) as netbox:
        racks = len(netbox.table("dcim/racks"))
        seconds, requests = [], []
        for dummy in range(2):
            netbox.requests.clear()
            began = time.monotonic()
            output = play(netbox, folder)
            seconds.append(time.monotonic() - began)
            requests.append(len(netbox.requests))
        assert "changed=0" in output
        assert len(list((folder / "racks").iterdir())) == 2 * racks
        print(
            f"{racks} racks: {seconds[0]:.1f} s and {requests[0]} requests, then {seconds[1]:.1f} s and {requests[1]}"
        )
        assert netbox.most_at_once <= 4, "rack_elevations_max_workers"
        assert requests[1] <= racks / 50
        assert seconds[1] <= seconds[0] / 5
    program = chromium.found()
    if program is not None:
        with chromium.opened(program) as shown:
            browse.check_gallery(shown, folder)
        with chromium.opened(program) as shown:
            browse.check_memory(shown, folder)


place = Path(tempfile.mkdtemp())
try:
    recorded_estate(place / "recorded")
    changes(place / "changes")
    hostile_estate(place / "hostile")
    full_rack(place / "full")
    many_racks(place / "many")
finally:
    if not os.environ.get("KEEP_GALLERY"):
        shutil.rmtree(place)
