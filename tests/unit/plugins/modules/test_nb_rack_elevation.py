# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""nb_rack_elevation writes a complete drawing to a regular file, and does not change an identical file."""

from __future__ import annotations

import os
import stat
import typing as t
from pathlib import Path

import pytest
from ansible.module_utils.basic import AnsibleModule

from ansible_collections.netbox.cursor.plugins.modules import nb_rack_elevation
from ansible_collections.netbox.cursor.tests.stand_in import Fault, NetBox

Run = t.Callable[..., "dict[str, t.Any]"]


def list_requests(netbox: NetBox) -> list[str]:
    requests = [f"{request.method} {request.url}" for request in netbox.requests]
    netbox.requests.clear()
    return requests


def describe(path: Path) -> tuple[int, ...]:
    """Return values that identify a file. Other programs change the times of devices."""
    status = path.lstat()
    return status.st_dev, status.st_ino, status.st_mode, status.st_rdev, status.st_uid


def test_drawing_is_written(netbox: NetBox, run_module: Run, tmp_path: Path) -> None:
    dest = tmp_path / "rack.svg"
    returned = run_module(nb_rack_elevation, rack_id=1, dest=str(dest), mode="0640")
    assert (returned["changed"], returned["dest"], returned["rack_id"]) == (True, str(dest), 1)
    assert returned["size"] == dest.stat().st_size
    assert stat.S_IMODE(dest.stat().st_mode) == 0o640
    assert ">leaf1</text>" in dest.read_text(encoding="utf-8")
    assert list_requests(netbox) == ["GET /api/dcim/racks/1/elevation/?render=svg&face=front"]
    assert os.listdir(tmp_path) == ["rack.svg"]


def test_same_drawing_is_not_written_again(run_module: Run, tmp_path: Path) -> None:
    dest = tmp_path / "rack.svg"
    options = {"rack_id": 1, "dest": str(dest)}
    run_module(nb_rack_elevation, **options)
    before = dest.stat()
    assert not run_module(nb_rack_elevation, **options)["changed"]
    assert (dest.stat().st_ino, dest.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert run_module(nb_rack_elevation, mode="0600", **options)["changed"]
    assert not run_module(nb_rack_elevation, mode="0600", **options)["changed"]
    assert run_module(nb_rack_elevation, face="rear", **options)["changed"]


def test_check_mode_writes_nothing(run_module: Run, tmp_path: Path) -> None:
    dest = tmp_path / "rack.svg"
    returned = run_module(nb_rack_elevation, check=True, diff=True, rack_id=1, dest=str(dest))
    assert returned["changed"]
    assert (returned["diff"]["before"], len(returned["diff"]["after"])) == ("", returned["size"])
    assert os.listdir(tmp_path) == []


def test_check_mode_after_writing_reports_no_change(run_module: Run, tmp_path: Path) -> None:
    options = {"rack_id": 1, "dest": str(tmp_path / "rack.svg")}
    run_module(nb_rack_elevation, **options)
    returned = run_module(nb_rack_elevation, check=True, diff=True, **options)
    assert not returned["changed"]
    assert returned["diff"]["before"] == returned["diff"]["after"]


def test_dest_is_required(run_module: Run) -> None:
    assert run_module(nb_rack_elevation, rack_id=1)["msg"] == "missing required arguments: dest"


@pytest.mark.parametrize("check", [True, False])
def test_dest_that_is_not_a_regular_file_is_an_error(check: bool, run_module: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "directory").mkdir()
    (tmp_path / "link").symlink_to("/dev/null")
    paths = (*tmp_path.iterdir(), Path("/dev/null"))
    before = list(map(describe, paths))
    for path in paths:
        msg = run_module(nb_rack_elevation, check=check, rack_id=1, dest=str(path), mode="0600")["msg"]
        assert msg == f"Cannot write dest '{path}': it exists and is not a regular file."
    assert list(map(describe, paths)) == before


@pytest.mark.parametrize("name", ["new/", "directory/", "file/"])
def test_dest_with_a_trailing_slash_is_an_error(name: str, run_module: Run, tmp_path: Path) -> None:
    (tmp_path / "directory").mkdir()
    (tmp_path / "file").write_text("old", encoding="utf-8")
    msg = run_module(nb_rack_elevation, rack_id=1, dest=f"{tmp_path}/{name}")["msg"]
    assert "it must be the path of a file, not of a directory" in msg
    assert sorted(os.listdir(tmp_path)) == ["directory", "file"]
    assert (tmp_path / "file").read_text(encoding="utf-8") == "old"


def test_dest_without_a_directory_is_an_error(run_module: Run, tmp_path: Path) -> None:
    dest = str(tmp_path / "nothing" / "x.svg")
    assert "its directory does not exist" in run_module(nb_rack_elevation, rack_id=1, dest=dest)["msg"]
    assert run_module(nb_rack_elevation, check=True, rack_id=1, dest=dest)["changed"]
    assert os.listdir(tmp_path) == []


def test_dest_without_a_path_is_in_the_current_directory(
    run_module: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_module(nb_rack_elevation, rack_id=1, dest="rack.svg")["dest"] == "rack.svg"
    assert (tmp_path / "rack.svg").read_text(encoding="utf-8").startswith("<svg")


@pytest.mark.parametrize("unsafe", [True, False])
def test_unsafe_writes_is_passed_on(
    unsafe: bool, run_module: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is mounted into a container cannot be replaced by a rename, but it can be overwritten."""
    dest = tmp_path / "rack.svg"
    dest.write_text("old", encoding="utf-8")

    def rename(source: t.Any, target: t.Any) -> None:
        raise OSError(16, "Device or resource busy")

    monkeypatch.setattr(os, "rename", rename)
    if unsafe:
        assert run_module(nb_rack_elevation, rack_id=1, dest=str(dest), unsafe_writes=True)["changed"]
        assert dest.read_text(encoding="utf-8").startswith("<svg")
    else:
        monkeypatch.setattr(AnsibleModule, "atomic_move", fail_move)
        assert "Cannot write dest" in run_module(nb_rack_elevation, rack_id=1, dest=str(dest))["msg"]
        assert dest.read_text(encoding="utf-8") == "old"


def fail_move(module: AnsibleModule, source: str, dest: str, unsafe_writes: bool) -> None:
    assert unsafe_writes is False
    raise OSError(16, "Device or resource busy")


def test_interrupted_download_keeps_the_old_file(netbox: NetBox, run_module: Run, tmp_path: Path) -> None:
    dest = tmp_path / "rack.svg"
    dest.write_text("old", encoding="utf-8")
    netbox.faults.append(Fault("cut"))
    assert run_module(nb_rack_elevation, rack_id=1, dest=str(dest))["failure"]["kind"] == "ConnectionLost"
    assert dest.read_text(encoding="utf-8") == "old"
