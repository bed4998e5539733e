# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""nb_rack_gallery requests only the drawings that might have changed, and the page shows what NetBox returns."""

from __future__ import annotations

import datetime
import html
import re
import time
import types
import typing as t
from pathlib import Path

import pytest
from ansible.module_utils.basic import AnsibleModule

from ansible_collections.netbox.cursor.plugins.module_utils._media import gallery
from ansible_collections.netbox.cursor.plugins.modules import nb_rack_gallery
from ansible_collections.netbox.cursor.tests.stand_in import Fault, NetBox, serve

Run = t.Callable[..., "dict[str, t.Any]"]

LATER = "2026-11-20T22:00:00.000000Z"
NOW = datetime.datetime(2026, 11, 21, 22, tzinfo=datetime.timezone.utc)
R1 = {"racks/berlin-1-R1-1-front.svg", "racks/berlin-1-R1-1-rear.svg"}
R2 = {"racks/paris-1-R1-2-front.svg", "racks/paris-1-R1-2-rear.svg"}
R3 = {"racks/nowhere-etc_passwd-3-front.svg", "racks/nowhere-etc_passwd-3-rear.svg"}
PAGE = {"index.html"}


def list_drawn(netbox: NetBox) -> list[str]:
    """Return the racks and faces that were drawn since the last call."""
    found = [re.search(r"racks/(\d+)/elevation/\?render=svg&face=(\w+)", request.url) for request in netbox.requests]
    netbox.requests.clear()
    return sorted(f"{match[1]} {match[2]}" for match in found if match)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the clock to a day after the last change of the recorded objects."""
    stopped = types.SimpleNamespace(time=NOW.timestamp, strftime=time.strftime, gmtime=time.gmtime)
    monkeypatch.setattr(gallery, "time", stopped)


@pytest.fixture
def draw(run_module: Run, tmp_path: Path) -> Run:
    def run(**options: t.Any) -> dict[str, t.Any]:
        return run_module(nb_rack_gallery, **{"dest": str(tmp_path / "gallery"), **options})

    return run


@pytest.fixture
def page(tmp_path: Path) -> t.Callable[[], str]:
    return lambda: (tmp_path / "gallery" / "index.html").read_text(encoding="utf-8").replace("\u00a0", " ")


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    texts: list[str] = []
    monkeypatch.setattr(AnsibleModule, "warn", lambda module, text: texts.append(text))
    return texts


def change(netbox: NetBox, endpoint: str, number: int, **values: t.Any) -> None:
    """Edit an object as NetBox does, which sets the time of its last change."""
    table = netbox.table(endpoint)
    table[number] = {**table[number], "last_updated": LATER, **values}


def test_all_racks_are_drawn(netbox: NetBox, draw: Run, page: t.Callable[[], str], tmp_path: Path) -> None:
    returned = draw(stylesheet="a {}", script="1")
    assert (returned["changed"], returned["racks"], returned["removed"]) == (True, 3, [])
    assert set(returned["written"]) == {".", "racks", "gallery.css", "gallery.js", *PAGE, *R1, *R2, *R3}
    assert list_drawn(netbox) == [f"{rack} {face}" for rack in (1, 2, 3) for face in ("front", "rear")]
    assert re.findall(r'<img src="([^"]+)"', page()) == sorted([*R1, *R2, *R3], key=page().index)
    assert (tmp_path / "gallery" / "gallery.css").read_text(encoding="utf-8") == "a {}"


def test_unchanged_racks_take_one_request_per_list(netbox: NetBox, draw: Run) -> None:
    draw()
    netbox.requests.clear()
    returned = draw()
    assert (returned["changed"], returned["written"], returned["removed"]) == (False, [], [])
    assert len(netbox.requests) == 6
    assert list_drawn(netbox) == []


def test_check_mode_writes_nothing(netbox: NetBox, draw: Run, tmp_path: Path) -> None:
    returned = draw(check=True, diff=True)
    assert returned["changed"] and set(returned["written"]) > R1
    assert "racks/berlin-1-R1-1-front.svg\n" in returned["diff"]["after"]
    assert list(tmp_path.iterdir()) == []
    draw()
    assert not draw(check=True)["changed"]


def recolor(netbox: NetBox) -> None:
    role = netbox.table("dcim/devices")[1]["role"]["id"]
    change(netbox, "dcim/device-roles", role, color="00ff00")


def reserve(netbox: NetBox) -> None:
    place = {"id": 2, "display": "R1", "name": "R1", "url": ""}
    netbox.table("dcim/rack-reservations")[1] = {
        **{"id": 1, "rack": place, "units": [20, 21], "description": "kept", "last_updated": LATER},
    }


def unmount(netbox: NetBox) -> None:
    del netbox.table("dcim/devices")[2]


def rename_location(netbox: NetBox) -> None:
    change(netbox, "dcim/locations", 1, name="Cellar", display="Cellar")
    parent = netbox.table("dcim/locations")[2]["parent"]
    change(netbox, "dcim/locations", 2, parent={**parent, "name": "Cellar", "display": "Cellar"})


CHANGES: dict[str, tuple[t.Callable[[NetBox], None], set[str]]] = {
    "device name": (lambda netbox: change(netbox, "dcim/devices", 1, name="new", display="new"), R1),
    "device status": (lambda netbox: change(netbox, "dcim/devices", 1, status={"value": "failed", "label": "F"}), R1),
    "device moved up": (lambda netbox: change(netbox, "dcim/devices", 1, position=12.0), R1),
    "device removed": (unmount, R2),
    "role color": (recolor, R1 | R2),
    "device type height": (lambda netbox: change(netbox, "dcim/device-types", 4, u_height=6.0), R2),
    "reservation": (reserve, R2),
    "rack height": (lambda netbox: change(netbox, "dcim/racks", 3, u_height=20), R3),
    "location above": (rename_location, set()),
}


@pytest.mark.parametrize("name", CHANGES)
def test_change_draws_only_racks_that_show_it(name: str, netbox: NetBox, draw: Run) -> None:
    edit, drawings = CHANGES[name]
    draw()
    netbox.requests.clear()
    edit(netbox)
    returned = draw()
    requested = {entry.split()[0] for entry in list_drawn(netbox)}
    assert requested == {name.rpartition("-")[0][-1] for name in drawings}
    assert returned["changed"] and set(returned["written"]) <= drawings | PAGE
    assert not draw()["changed"]
    assert list_drawn(netbox) == []


def test_recent_change_is_read_again(netbox: NetBox, draw: Run) -> None:
    """A transaction that ends later can contain an earlier time."""
    now = (NOW - datetime.timedelta(minutes=4)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    change(netbox, "dcim/devices", 1, name="new", last_updated=now)
    draw()
    change(netbox, "dcim/devices", 2, name="late", last_updated=netbox.table("dcim/devices")[2]["last_updated"])
    assert set(draw()["written"]) == {*R2, *PAGE}


@pytest.mark.parametrize("option", [{"unit_width": 100}, {"legend_width": 50}, {"include_images": True}])
def test_option_of_drawings_draws_all_racks(option: dict[str, t.Any], netbox: NetBox, draw: Run) -> None:
    draw()
    netbox.requests.clear()
    draw(**option)
    assert len(list_drawn(netbox)) == 6


@pytest.mark.parametrize("option", [{"force": True}, {"highlight": ["name:leaf1"]}])
def test_drawings_are_requested_on_each_run_with(option: dict[str, t.Any], netbox: NetBox, draw: Run) -> None:
    draw(**option)
    netbox.requests.clear()
    assert not draw(**option)["changed"]
    assert len(list_drawn(netbox)) == 6


def test_changed_or_missing_files_are_written_again(netbox: NetBox, draw: Run, tmp_path: Path) -> None:
    draw()
    front, rear = (tmp_path / "gallery" / name for name in sorted(R1))
    front.write_text("changed", encoding="utf-8")
    rear.unlink()
    netbox.requests.clear()
    assert set(draw()["written"]) >= R1
    assert list_drawn(netbox) == ["1 front", "1 rear"]


def test_drawings_of_gone_racks_are_removed(netbox: NetBox, draw: Run, page: t.Callable[[], str]) -> None:
    draw()
    change(netbox, "dcim/racks", 1, name="R9", display="R9")
    del netbox.table("dcim/racks")[2]
    returned = draw()
    assert set(returned["removed"]) == R1 | R2
    assert {"racks/berlin-1-R9-1-front.svg", "racks/berlin-1-R9-1-rear.svg", *PAGE} == set(returned["written"])
    assert "paris" not in page()


def test_drawings_of_gone_racks_stay_without_prune(netbox: NetBox, draw: Run, tmp_path: Path) -> None:
    draw()
    assert draw(prune=False, filters={"site": "paris-1"})["removed"] == []
    assert (tmp_path / "gallery" / min(R1)).exists()
    # A later run with prune still finds them in the manifest.
    assert set(draw(filters={"site": "paris-1"})["removed"]) == R1 | R3


def test_interrupted_run_is_continued(
    netbox: NetBox, draw: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next run creates the missing drawings, and removes the files of the interrupted run."""
    monkeypatch.setattr(gallery, "BATCH", 2)
    netbox.faults.append(Fault("status", 500, path="/api/dcim/racks/3/*"))
    assert draw(max_workers=1)["failed"]
    assert {f"racks/{path.name}" for path in (tmp_path / "gallery" / "racks").iterdir()} == R1 | R2
    netbox.faults.clear()
    del netbox.table("dcim/racks")[1]
    netbox.requests.clear()
    assert set(draw()["removed"]) == R1
    # A request of the interrupted run can still be in progress.
    assert set(list_drawn(netbox)) == {"3 front", "3 rear"}
    assert {f"racks/{path.name}" for path in (tmp_path / "gallery" / "racks").iterdir()} == R2 | R3
    assert not draw()["changed"]


@pytest.mark.slow
@pytest.mark.parametrize("max_workers", [1, 3])
def test_gallery_keeps_max_workers(max_workers: int, run_module: Run, tmp_path: Path) -> None:
    with serve(version="4.6", estate=600, latency=0.01) as netbox:
        connection = {"api_endpoint": netbox.url, "token": netbox.tokens["v1"]}
        returned = run_module(nb_rack_gallery, **connection, dest=str(tmp_path / "g"), max_workers=max_workers)
        assert returned["racks"] == len(netbox.table("dcim/racks")) > 10
        assert netbox.most_at_once == max_workers


def test_max_workers_below_one_is_an_error(draw: Run) -> None:
    assert draw(max_workers=0)["msg"] == "max_workers must be at least 1."


@pytest.mark.parametrize(
    ("endpoint", "rest"),
    [("dcim/devices", "leaf1"), ("dcim/locations", "Floor 1"), ("dcim/device-types", ""), ("dcim/device-roles", "")],
)
def test_list_without_permission_is_a_warning(
    endpoint: str, rest: str, netbox: NetBox, draw: Run, page: t.Callable[[], str], warnings: list[str]
) -> None:
    netbox.faults.append(Fault("status", 403, path=f"/api/{endpoint}/"))
    assert draw()["racks"] == 3
    assert [text for text in warnings if f"Cannot read {endpoint}" in text]
    assert not rest or rest not in page()


def test_racks_without_permission_are_an_error(netbox: NetBox, draw: Run) -> None:
    draw()
    netbox.faults.append(Fault("status", 403, path="/api/dcim/racks/"))
    assert draw()["failure"]["kind"] == "AccessDenied"


def test_filters_are_checked(draw: Run) -> None:
    assert "'iste'" in draw(filters={"iste": "berlin-1"})["msg"]


def headings(text: str) -> list[str]:
    return [html.unescape(name) for name in re.findall(r"<h3>([^<]*?) <small>", text)]


def test_places_of_the_same_name_are_kept_apart(netbox: NetBox, draw: Run, page: t.Callable[[], str]) -> None:
    """Two sites with the same name, two rooms with the same name, and names that differ in case."""
    racks, sites, locations = (netbox.table(f"dcim/{name}") for name in ("racks", "sites", "locations"))
    twin = {**racks[1]["site"], "id": 90, "name": "BERLIN 1", "slug": "berlin-x", "display": "BERLIN 1"}
    sites[90] = {**sites[1], **twin}
    floor = {**locations[2]["parent"], "id": 91, "name": "Floor 2", "display": "Floor 2"}
    locations[91] = {**locations[1], **floor}
    locations[92] = {**locations[2], "id": 92, "parent": floor}
    racks[10] = {**racks[1], "id": 10, "site": twin, "location": None}
    racks[11] = {**racks[1], "id": 11, "location": {**racks[1]["location"], "id": 92}}
    draw()
    assert headings(page()) == [
        *("Berlin 1 / Floor 1 / Room A", "Berlin 1 / Floor 2 / Room A", "BERLIN 1 / No location"),
        *("Nowhere / No location", "Paris 1 / Floor 1 / Room A"),
    ]
    sections = page().split('<section class="location"')[1:]
    assert [re.findall(r'<article class="rack" id="rack-(\d+)"', each) for each in sections] == [
        *(["1"], ["11"], ["10"], ["3"], ["2"]),
    ]


def test_page_shows_units_and_facts_of_devices(netbox: NetBox, draw: Run, page: t.Callable[[], str]) -> None:
    change(netbox, "dcim/devices", 1, serial="SN1", asset_tag="A1")
    reserve(netbox)
    draw()
    rack = page().split('id="rack-1"')[1].split("</article>")[0]
    assert "40 of 42 U free" in rack and "5 % utilized" in rack and "largest block 38 U" in rack
    assert "Serial SN1 · Asset tag A1" in rack and 'class="status status-active"' in rack
    assert f'href="{netbox.url}/dcim/devices/1/"' in rack
    assert "2 U reserved" in page().split('id="rack-2"')[1].split("</article>")[0]
    assert "2 devices" in page().split("Devices without a rack")[1]


def test_devices_can_be_left_out(draw: Run, page: t.Callable[[], str]) -> None:
    draw(devices=False)
    assert "leaf1" not in page() and "Devices without a rack" not in page()
    assert "40 of 42 U free" in page()
