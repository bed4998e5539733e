# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""nb_rack_gallery writes, reads, and removes only its own regular files, and no response makes it fail unexpectedly."""

from __future__ import annotations

import copy
import json
import os
import stat
import typing as t
from pathlib import Path

import pytest
from ansible.module_utils.basic import AnsibleModule
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.netbox.cursor.plugins.modules import nb_rack_gallery
from ansible_collections.netbox.cursor.tests.stand_in import NetBox

pytestmark = pytest.mark.slow

Run = t.Callable[..., "dict[str, t.Any]"]

FRONT = "racks/berlin-1-R1-1-front.svg"
# Values that a NetBox never returns in some of the fields.
STRANGE: tuple[t.Any, ...] = (None, True, -1, 0, 1, 10**9, 0.5, "", "x", [], ["x"], {}, {"id": "x"}, {"id": None}, [{}])
LISTS = ("racks", "devices", "device-types", "device-roles", "locations", "rack-reservations")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "gallery"


@pytest.fixture
def draw(run_module: Run, folder: Path) -> Run:
    def run(**options: t.Any) -> dict[str, t.Any]:
        return run_module(nb_rack_gallery, **{"dest": str(folder), **options})

    return run


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    texts: list[str] = []
    monkeypatch.setattr(AnsibleModule, "warn", lambda module, text: texts.append(text))
    return texts


def read_mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_umask_determines_the_modes_of_new_files(umask: int, draw: Run, folder: Path) -> None:
    before = os.umask(umask)
    try:
        draw()
    finally:
        os.umask(before)
    assert {read_mode(path) for path in (folder, folder / "racks")} == {0o777 & ~umask}
    assert {read_mode(path) for path in folder.rglob("*") if path.is_file()} == {0o666 & ~umask}


def test_existing_files_and_directories_keep_their_modes(netbox: NetBox, draw: Run, folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o2700)
    draw(mode="0640", directory_mode="0710")
    assert [read_mode(path) for path in (folder, folder / "racks", folder / FRONT)] == [0o2700, 0o710, 0o640]
    (folder / FRONT).chmod(0o444)
    devices = netbox.table("dcim/devices")
    devices[1] = {**devices[1], "name": "new"}
    assert FRONT in draw(force=True, mode="0666")["written"]
    assert read_mode(folder / FRONT) == 0o444


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_owner_and_group_are_set_on_creation_only(netbox: NetBox, draw: Run, folder: Path) -> None:
    draw(owner="1234", group="1235")
    assert {(path.stat().st_uid, path.stat().st_gid) for path in (folder, *folder.rglob("*"))} == {(1234, 1235)}
    os.chown(folder / FRONT, 1, 2)
    devices = netbox.table("dcim/devices")
    devices[1] = {**devices[1], "name": "new"}
    draw(force=True, owner="1234", group="1235")
    assert ((folder / FRONT).stat().st_uid, (folder / FRONT).stat().st_gid) == (1, 2)


@pytest.mark.parametrize("name", ["index.html", "gallery.css", FRONT, ".rack_elevations.json"])
@pytest.mark.parametrize("kind", ["link", "pipe", "directory"])
def test_file_that_is_not_regular_is_an_error(kind: str, name: str, draw: Run, folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("kept", encoding="utf-8")
    path = folder / name
    path.parent.mkdir(parents=True)
    if kind == "link":
        path.symlink_to(outside)
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.mkdir()
    for check in (True, False):
        said = draw(check=check, stylesheet="a {}")["msg"]
        assert said == f"Cannot write {str(path)!r}: it exists and is not a regular file."
    assert outside.read_text(encoding="utf-8") == "kept"


def test_directory_of_drawings_that_is_a_link_is_an_error(draw: Run, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    folder.mkdir()
    (folder / "racks").symlink_to(tmp_path / "outside")
    assert "is not a directory" in draw()["msg"]
    assert list((tmp_path / "outside").iterdir()) == []


@pytest.mark.parametrize("dest", ["/dev/null", "/proc/version", "/dev/null/gallery"])
def test_dest_that_is_not_a_directory_is_an_error(dest: str, draw: Run) -> None:
    assert draw(dest=dest)["msg"].startswith("Cannot write ")


def test_manifest_names_no_files_of_others(draw: Run, folder: Path, tmp_path: Path, warnings: list[str]) -> None:
    """A user who can write the manifest cannot make the module read or remove other files."""
    draw()
    outside = tmp_path / "outside.svg"
    outside.write_bytes(b"")
    os.mkfifo(tmp_path / "pipe")
    (folder / "racks" / "notes.txt").write_bytes(b"")
    manifest = json.loads((folder / ".rack_elevations.json").read_text(encoding="utf-8"))
    empty = {"sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "source": ""}
    strange = [str(outside), "../outside.svg", "racks/../../outside.svg", "/dev/zero", "../pipe", "racks/notes.txt"]
    manifest["files"].update(dict.fromkeys(strange, empty))
    (folder / ".rack_elevations.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert draw(filters={"site": "paris-1"})["removed"] != []
    assert outside.exists() and (folder / "racks" / "notes.txt").exists()
    assert warnings == []


@pytest.mark.parametrize(
    "content",
    [
        *("", "{", "[]", "null", '{"version": 1}', '{"version": 1, "files": []}', "[" * 100_000, "\ud800"),
        *(
            '{"version": 1, "files": {"index.html": 1}, "state": {}, "generated": [1], "settings": 1}',
            '{"version": 99}',
        ),
    ],
)
def test_damaged_manifest_is_replaced(content: str, draw: Run, folder: Path) -> None:
    draw()
    before = (folder / ".rack_elevations.json").read_bytes()
    (folder / ".rack_elevations.json").write_bytes(content.encode("utf-8", "surrogatepass"))
    assert "failed" not in draw()
    assert json.loads((folder / ".rack_elevations.json").read_bytes())["files"] == json.loads(before)["files"]


def test_changed_drawing_of_a_gone_rack_is_kept(netbox: NetBox, draw: Run, folder: Path, warnings: list[str]) -> None:
    draw()
    (folder / FRONT).write_text("changed", encoding="utf-8")
    del netbox.table("dcim/racks")[1]
    assert FRONT not in draw()["removed"]
    assert warnings == [
        f"{folder / FRONT} belongs to a rack that no longer exists, but another program changed it. "
        "The module keeps it."
    ]


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_strange_responses_end_in_one_error(data: st.DataObject, netbox: NetBox, draw: Run) -> None:
    """A field of any type in any list results in a gallery or an error, but never in a traceback."""
    netbox.drawings.update(dict.fromkeys(netbox.table("dcim/racks"), "<svg></svg>"))
    table = netbox.table("dcim/" + data.draw(st.sampled_from(LISTS)))
    if not len(table):
        table[1] = {"id": 1, "rack": {"id": 1}, "units": [1], "description": "", "last_updated": None}
    number = data.draw(st.sampled_from(sorted(table.ids())))
    row = table[number]
    field = data.draw(st.sampled_from(sorted(set(row) - {"id", "url"})))
    try:
        table[number] = {**copy.deepcopy(row), field: data.draw(st.sampled_from(STRANGE))}
        returned = draw()
        if returned.get("failed"):
            assert returned["failure"]["kind"] in ("UnexpectedAnswer", "ServerFailed", "NotFound"), returned
    finally:
        table[number] = row
