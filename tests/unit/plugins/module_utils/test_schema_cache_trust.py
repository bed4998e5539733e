# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The schema cache uses only directories and files that no other user can have written."""

from __future__ import annotations

import json
import os
import stat
import typing as t
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ansible_collections.netbox.cursor.plugins.module_utils._filters.schema_cache import SchemaCache
from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.tests.stand_in import NetBox, serve

PLANTED = {"dcim/devices": "planted"}
OTHER_USER = 65534
is_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to other users")


@pytest.fixture
def netbox() -> Iterator[NetBox]:
    with serve(version="4.6") as netbox:
        yield netbox


def read(netbox: NetBox, folder: Path | None) -> tuple[dict[str, str], int]:
    """Return the parameters, and the number of times that the schema was requested."""
    netbox.requests.clear()
    with Client(netbox.url, netbox.tokens["v1"]) as client:
        names = SchemaCache(folder).names(client, "4.6.8")
    return names, sum(request.path == "/api/schema/" for request in netbox.requests)


def cached_file(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


def plant(path: Path) -> None:
    path.write_text(json.dumps(PLANTED), encoding="utf-8")


def give_away(path: Path) -> None:
    os.chown(path, OTHER_USER, OTHER_USER)


def open_to_group(path: Path) -> None:
    path.chmod(path.stat().st_mode | stat.S_IWGRP)


def open_to_others(path: Path) -> None:
    path.chmod(path.stat().st_mode | stat.S_IWOTH)


def replace_by_link(path: Path) -> None:
    target = path.parent.parent / f"target of {path.name}"
    path.rename(target)
    path.symlink_to(target)


def replace_by_fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path, 0o600)


CHANGES: list[t.Any] = [open_to_group, open_to_others, replace_by_link, pytest.param(give_away, marks=is_root)]


def test_trusted_file_is_used(netbox: NetBox, tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    assert read(netbox, folder)[1] == 1
    plant(cached_file(folder))
    assert read(netbox, folder) == (PLANTED, 0)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(cached_file(folder).stat().st_mode) == 0o600


@pytest.mark.parametrize("change", [*CHANGES, replace_by_fifo])
def test_file_of_others_is_replaced(change: Callable[[Path], None], netbox: NetBox, tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    read(netbox, folder)
    path = cached_file(folder)
    plant(path)
    change(path)
    names, requests = read(netbox, folder)
    assert (names != PLANTED, requests) == (True, 1)
    status = cached_file(folder).lstat()
    assert stat.S_ISREG(status.st_mode) and stat.S_IMODE(status.st_mode) == 0o600
    assert status.st_uid == os.geteuid()
    assert read(netbox, folder) == (names, 0)
    for target in tmp_path.glob("target of *"):
        assert json.loads(target.read_text(encoding="utf-8")) == PLANTED


def states_below(folder: Path) -> dict[Path, tuple[int, ...]]:
    """Return what changes if something is written. Listing a directory changes its access time."""
    found = {path: path.lstat() for path in folder.rglob("*")}
    return {path: (one.st_ino, one.st_mode, one.st_uid, one.st_size, one.st_mtime_ns) for path, one in found.items()}


@pytest.mark.parametrize("change", CHANGES)
def test_directory_of_others_is_neither_read_nor_written(
    change: Callable[[Path], None], netbox: NetBox, tmp_path: Path
) -> None:
    folder = tmp_path / "cache"
    read(netbox, folder)
    plant(cached_file(folder))
    change(folder)
    before = states_below(tmp_path)
    names, requests = read(netbox, folder)
    assert (names != PLANTED, requests) == (True, 1)
    assert states_below(tmp_path) == before


def test_directory_for_the_cache_can_be_a_file(netbox: NetBox, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file", encoding="utf-8")
    assert read(netbox, tmp_path / "cache")[1] == 1


@pytest.mark.parametrize("home", [None, "", "relative"])
def test_nothing_is_written_without_a_home(
    home: str | None, netbox: NetBox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A container can run as a user ID without an entry in /etc/passwd and without HOME."""
    monkeypatch.chdir(tmp_path)
    for name in ("HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    if home is not None:
        monkeypatch.setenv("HOME", home)
    monkeypatch.setattr("pwd.getpwuid", fail_lookup)
    assert read(netbox, None)[1] == 1
    assert list(tmp_path.iterdir()) == []


def fail_lookup(number: int) -> t.NoReturn:
    raise KeyError(number)


def test_relative_cache_directory_is_ignored(netbox: NetBox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The XDG specification requires absolute paths. Others depend on where Ansible runs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", "cache")
    assert read(netbox, None)[1] == 1
    assert [path.name for path in tmp_path.iterdir()] == ["home"]
    assert read(netbox, None)[1] == 0
