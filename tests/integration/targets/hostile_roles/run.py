# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run both roles on an estate with only hostile text fields. No payload runs, and no other files are written."""

from __future__ import annotations

import html.parser
import io
import json
import os
import re
import subprocess
import tempfile
import typing as t
from pathlib import Path
from urllib.parse import quote

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from PIL import Image

from ansible_collections.netbox.cursor.tests.hostile import KINDS, Canaries, control_characters, poison
from ansible_collections.netbox.cursor.tests.hostile.strategies import pools
from ansible_collections.netbox.cursor.tests.stand_in import NetBox, serve

VERSIONS = ("4.5", "4.6", "4.7")
# Elements and attributes that the page contains. Whatever else it contained would come from NetBox.
ELEMENTS = frozenset(
    ["html", "head", "meta", "title", "link", "script", "body", "a", "header", "h1", "h2", "h3", "h4", "search"]
    + ["label", "input", "output", "fieldset", "legend", "span", "nav", "section", "p", "small", "ol", "li", "main"]
    + ["article", "meter", "div", "figure", "img", "figcaption", "button", "details", "summary", "b", "footer"]
    + ["time", "dialog"]
)


class Page(html.parser.HTMLParser):
    """Collects the elements of a page, the links, and the attributes that would run a script."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.links: list[str] = []
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        for name, value in attrs:
            if name.startswith("on") or name in ("style", "srcdoc", "srcset", "formaction"):
                self.handlers.append(f"{tag} {name}")
            if name in ("href", "src"):
                self.links.append(value or "")


def write_photos(folder: Path, netbox: NetBox) -> None:
    """Write a photo for each device under the name that the role expects, if a file name can contain the device's
    name."""
    folder.mkdir()
    stream = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(stream, "PNG")
    for row in netbox.table("dcim/devices").values():
        name = quote(str(row["name"]), safe=" ")
        if row["name"] and len(name) < 200 and row["name"] == row["name"].strip():
            (folder / f"{name}__front.png").write_bytes(stream.getvalue())


def play(netbox: NetBox, work: Path, ambiguous: str) -> str:
    """Run the playbook, and return its output. ``ambiguous``: the name of several racks.

    Ansible templates extra variables, which are the user's own. This one is only compared with names in NetBox.
    """
    (work / "vars.yml").write_text(f"ambiguous: !unsafe {json.dumps(ambiguous)}\n", encoding="utf-8")
    given = {
        "netbox_api": netbox.url,
        "netbox_token": netbox.tokens["v2"],
        "rack_elevations_dest": str(work / "gallery"),
        "image_attachments_folder": str(work / "photos"),
    }
    command = ["ansible-playbook", "playbook.yml", "--diff", "-e", json.dumps(given), "-e", f"@{work}/vars.yml"]
    environment = {**os.environ, "ANSIBLE_FORCE_COLOR": "false", "ANSIBLE_NOCOLOR": "true", "HOME": str(work / "home")}
    ended = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return ended.stdout.decode("utf-8", "backslashreplace")


def check_page(folder: Path) -> None:
    text = (folder / "index.html").read_text(encoding="utf-8")
    page = Page()
    page.feed(text)
    assert page.elements <= ELEMENTS, page.elements - ELEMENTS
    assert page.handlers == [], page.handlers
    strange = [link for link in page.links if not re.match(r"https?://|#|racks/|gallery\.|$", link)]
    assert strange == [], strange
    assert not control_characters(text.replace("\n", "")), control_characters(text)


def list_files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def check(seed: int, version: str, draw: t.Callable[[list[str]], list[str]]) -> None:
    """Check a run with payloads that ``draw`` chooses."""
    with tempfile.TemporaryDirectory() as place, serve(version=version) as netbox:
        work = Path(place, "work")
        (work / "home").mkdir(parents=True)
        canaries = Canaries(Path(place))
        payloads = draw(canaries.payloads())
        racks = netbox.table("dcim/racks")
        for number in range(10, 40):
            racks[number] = {**racks[1], "id": number}
        poison(netbox, payloads, seed=seed, validated=seed % 2 == 1)
        # Each kind of payload reaches an error message: it is the name of two racks.
        kinds = [make(canaries.path) for make in KINDS.values()]
        ambiguous = kinds[seed % len(kinds)][0].strip()
        for number in (1, 10):
            racks[number]["name"] = ambiguous
        write_photos(work / "photos", netbox)
        output = play(netbox, work, ambiguous=ambiguous)
        print(output[-3000:])
        assert not canaries.found(), canaries.found()
        bad = [repr(line[:1000]) for line in output.splitlines() if control_characters(line)]
        assert not bad, bad
        assert "Traceback" not in output and "42" not in re.findall(r'"msg": "(\d+)"', output)
        assert list_files(Path(place)) - {"canaries", "work"} == {f"work/{name}" for name in list_files(work)}, (
            "a file was written elsewhere"
        )
        gallery = list_files(work / "gallery")
        strange = {name for name in gallery if not re.fullmatch(r"[.\w]+|racks/[\w-][\w.-]*\.svg", name)}
        assert not strange, strange
        assert len([name for name in gallery if name.endswith(".svg")]) >= 2 * len(racks)
        check_page(work / "gallery")
        assert "failed=0" in output and "Check that the module failed" in output
        added = re.search(r"(\d+) added, \d+ (failed|replaced)", output)
        # With random text fields, all devices can have the same name.
        assert added and (int(added[1]) or len(set(payloads)) < len(KINDS) * 5)


@settings(
    max_examples=2,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data(), seed=st.integers(0, 2**16))
def check_drawn(data: st.DataObject, seed: int) -> None:
    check(seed, VERSIONS[seed % len(VERSIONS)], lambda payloads: data.draw(pools(payloads, least=30, most=80)))


# One run for each kind of payload in error messages.
for seed in range(len(KINDS)):
    check(seed, VERSIONS[seed % len(VERSIONS)], lambda payloads: payloads)
check_drawn()
