# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Draw racks as people do, and look at the page in a browser."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
import typing as t
from pathlib import Path
from urllib.parse import unquote

import chromium

from ansible_collections.netbox.cursor.tests.stand_in import NetBox, serve

HOSTILE_NAME = "<img src=x onerror=alert(1)> {{ 7*7 }} \"'&"


def play(netbox: NetBox, dest: Path, *arguments: str, fails: bool = False, **variables: t.Any) -> str:
    """Run the role. No token may show."""
    given = {"netbox_api": netbox.url, "netbox_token": netbox.tokens["v2"], "rack_elevations_dest": str(dest)}
    command = ["ansible-playbook", "playbook.yml", "-vvv", "-e", json.dumps({**given, **variables}), *arguments]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NETBOX_")}
    ended = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, env=environment)
    said = ended.stdout + ended.stderr
    assert (ended.returncode != 0) == fails, said
    assert netbox.tokens["v2"].rpartition(".")[2] not in said, "a token is in the output"
    assert "Traceback" not in said, said
    return said


def files_of(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def links_of(page: str) -> list[str]:
    return [unquote(link) for link in re.findall(r'<img src="([^"]*)"', page)]


def hostile_drawing(url: str, bomb: bool) -> str:
    """Scripts, things from elsewhere, and, in a ``bomb``, entities that grow to gigabytes."""
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
    """Racks of two sites and of none, one of them called ../../etc/passwd."""
    with serve(version="4.6") as netbox:
        play(netbox, folder, "--check", fails=False)
        assert files_of(folder) == set()
        play(netbox, folder)
        drawings = {
            f"racks/{rack}-{face}.svg"
            for rack in ("berlin-1-R1-1", "paris-1-R1-2", "nowhere-etc_passwd-3")
            for face in ("front", "rear")
        }
        assert files_of(folder) == {*drawings, "index.html", "gallery.css", "gallery.js"}
        page = (folder / "index.html").read_text(encoding="utf-8")
        assert set(links_of(page)) == drawings
        before = {path: (folder / path).stat().st_mtime_ns for path in files_of(folder)}
        assert "changed=0" in play(netbox, folder)
        assert {path: (folder / path).stat().st_mtime_ns for path in files_of(folder)} == before

        # Some racks, one face.
        some = {"rack_elevations_filters": {"site": ["berlin-1"]}, "rack_elevations_faces": ["front"]}
        play(netbox, folder / "some", **some, rack_elevations_title="A & B", rack_elevations_unit_width=100)
        page = (folder / "some" / "index.html").read_text(encoding="utf-8")
        assert links_of(page) == ["racks/berlin-1-R1-1-front.svg"] and "<title>A &amp; B</title>" in page
        assert 'width="149"' in (folder / "some" / "racks" / "berlin-1-R1-1-front.svg").read_text(encoding="utf-8")

        # None, and mistakes.
        play(netbox, folder / "none", rack_elevations_filters={"name": "nothing"})
        assert files_of(folder / "none") == {"index.html", "gallery.css", "gallery.js"}
        assert "'iste'" in play(netbox, folder / "no", fails=True, rack_elevations_filters={"iste": "berlin-1"})
        assert "rack_elevations_faces" in play(netbox, folder / "no", fails=True, rack_elevations_faces=["top"])
        assert not (folder / "no").exists()


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

        page = (folder / "index.html").read_text(encoding="utf-8")
        drawings = {path for path in files_of(folder) if path.endswith(".svg")}
        assert len(drawings) == 2 * len(racks) and set(links_of(page)) == drawings
        assert all(re.fullmatch(r"racks/[\w-][\w.-]*-\d+-(front|rear)[.]svg", path) for path in drawings), drawings
        assert "racks/berlin-1-Größe_東京-13-front.svg" in drawings
        assert "<img src=x" not in page and "javascript:" not in page and "49" not in page and "bomb" not in page
        assert page.count("&lt;img src=x onerror=alert(1)&gt; {{ 7*7 }} &#34;&#39;&amp;") >= 2

        program = chromium.found()
        if program is None:
            print("NO CHROMIUM IS INSTALLED: the page was not looked at.")
            return
        with chromium.opened(program) as shown:
            look(shown, folder)
            seen = shown.run("document.querySelector('#rack-17 h4').textContent")
            assert seen == HOSTILE_NAME, seen
        try:
            elsewhere.accept()
        except BlockingIOError:
            return
        raise AssertionError("a drawing reached another server")


def look(shown: chromium.Page, folder: Path) -> None:
    """As a person would: pictures, search, large drawings, two widths, light and dark, paper."""
    pictures = """Promise.all([...document.querySelectorAll("main img")].map(
        (image) => image.decode().then(() => image.naturalWidth, () => 0)))"""
    hidden = "[...document.querySelectorAll('.rack')].filter((rack) => rack.checkVisibility()).map((rack) => rack.id)"
    search = """document.getElementById("search").value = {};
        document.getElementById("search").dispatchEvent(new Event("input"))"""
    for width, dark in ((1280, False), (420, True)):
        shown.open((folder / "index.html").as_uri(), width=width, dark=dark)
        widths = shown.run(pictures)
        # To a browser, the two of the rack with the bomb are no drawings.
        assert len(widths) == len(links_of((folder / "index.html").read_text(encoding="utf-8")))
        assert widths.count(0) == 2 and widths.count(9) == 2, widths
        assert shown.run("document.documentElement.scrollWidth <= innerWidth"), "it is wider than the window"
        shown.screenshot(str(folder / f"{width}.png"))
        everything = shown.run(hidden)
        for words, found in (("grosse", []), ("größe", ["rack-13"]), ("PARIS", ["rack-2"]), ("onerror r1", ["rack-1"])):
            shown.run(search.format(json.dumps(words)))
            assert shown.run(hidden) == found, (words, shown.run(hidden))
            assert shown.run("document.getElementById('nothing').hidden") == bool(found)
        shown.run(search.format("''"))
        assert shown.run(hidden) == everything
        shown.run("document.querySelector('#rack-1 img').click()")
        assert shown.run("document.getElementById('large').open")
        shown.run("document.getElementById('large').click()")
        assert not shown.run("document.getElementById('large').open")
        outside = [url for url in shown.requested if not url.startswith((folder.as_uri(), "data:"))]
        assert outside == [], outside
        complaints = [each for each in shown.complaints if "-R1-2-" not in json.dumps(each)]
        assert complaints == [], complaints
    shown.printed(str(folder / "printed.pdf"))
    assert (folder / "printed.pdf").stat().st_size > 10000


def time_per_rack(folder: Path) -> None:
    with serve(version="4.6", estate=400) as netbox:
        racks = len(netbox.table("dcim/racks"))
        began = time.monotonic()
        play(netbox, folder)
        seconds = time.monotonic() - began
        assert len(list((folder / "racks").iterdir())) == 2 * racks
        print(f"{racks} racks in {seconds:.1f} s, {seconds / racks:.2f} s for the two drawings of one")


place = Path(tempfile.mkdtemp())
try:
    recorded_estate(place / "recorded")
    hostile_estate(place / "hostile")
    time_per_rack(place / "many")
finally:
    if not os.environ.get("KEEP_GALLERY"):
        shutil.rmtree(place)
