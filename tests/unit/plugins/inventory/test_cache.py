# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plugin uses only cache files that this user wrote, and does not follow links."""

from __future__ import annotations

import os
import stat
import typing as t
from pathlib import Path

import pytest
from ansible.plugins.cache import CachePluginAdjudicator

from ansible_collections.netbox.cursor.tests.stand_in import NetBox

SOMEBODY_ELSE = 4242


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def options(folder: Path) -> dict[str, t.Any]:
    plugin = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_timeout": 3600}
    return {**plugin, "cache_connection": str(folder)}


@pytest.fixture
def cached(netbox: NetBox, read: t.Any, options: t.Any, folder: Path) -> Path:
    """Return the file of an inventory in the cache."""
    read(netbox, **options)
    (path,) = folder.iterdir()
    assert read(netbox, **options) is not None and not netbox.requests
    return path


def is_reported(warnings: list[str], path: Path, reason: str) -> bool:
    return sum(text == f"The inventory cache is not used: {path} {reason}." for text in warnings) == 1


def test_cache_file_can_be_read_by_the_user_alone(cached: Path) -> None:
    assert stat.S_IMODE(cached.stat().st_mode) == 0o600


def test_cache_file_of_another_user_is_not_used(
    netbox: NetBox, read: t.Any, options: t.Any, cached: Path, warnings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.lstat

    def lstat(path: t.Any, **more: t.Any) -> os.stat_result:
        found = real(path, **more)
        return os.stat_result((*found[:4], SOMEBODY_ELSE, *found[5:])) if str(path) == str(cached) else found

    monkeypatch.setattr(os, "lstat", lstat)
    assert read(netbox, **options).hosts and netbox.requests
    assert is_reported(warnings, cached, "belongs to another user")


@pytest.mark.parametrize("mode", [0o666, 0o620, 0o602])
def test_cache_file_that_others_can_write_is_not_used(
    netbox: NetBox, read: t.Any, options: t.Any, cached: Path, warnings: list[str], mode: int
) -> None:
    cached.chmod(mode)
    assert read(netbox, **options).hosts and netbox.requests
    assert is_reported(warnings, cached, "can be changed by other users")
    # The run wrote a new, private file.
    warnings.clear()
    read(netbox, **options)
    assert not netbox.requests and not any("cache" in text for text in warnings)


@pytest.mark.parametrize("kind", ["symlink", "hard link", "fifo", "directory"])
def test_cache_file_that_is_not_regular_is_not_used(
    netbox: NetBox, read: t.Any, options: t.Any, cached: Path, warnings: list[str], tmp_path: Path, kind: str
) -> None:
    planted = tmp_path / "planted"
    cached.rename(planted)
    if kind == "symlink":
        cached.symlink_to(planted)
    elif kind == "hard link":
        os.link(planted, cached)
    elif kind == "fifo":
        os.mkfifo(cached)
    else:
        cached.mkdir()
    before = planted.stat().st_mtime, planted.read_bytes()
    assert read(netbox, **options).hosts and netbox.requests
    assert is_reported(warnings, cached, "is a link or not a regular file")
    assert (planted.stat().st_mtime, planted.read_bytes()) == before


def test_mode_of_the_target_of_a_link_is_not_changed(
    netbox: NetBox, read: t.Any, options: t.Any, cached: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "target"
    target.write_text("", encoding="utf-8")
    target.chmod(0o644)

    def write(self: t.Any) -> None:
        """Replace the file after Ansible writes it and before the plugin sets its mode."""
        real(self)
        cached.unlink()
        cached.symlink_to(target)

    real = CachePluginAdjudicator.update_cache_if_changed
    monkeypatch.setattr(CachePluginAdjudicator, "update_cache_if_changed", write)
    read(netbox, **options)
    assert cached.is_symlink()
    assert stat.S_IMODE(target.stat().st_mode) == 0o644


@pytest.mark.parametrize("mode", [0o777, 0o757])
def test_folder_that_others_can_change_is_not_used(
    netbox: NetBox, read: t.Any, options: t.Any, cached: Path, folder: Path, warnings: list[str], mode: int
) -> None:
    folder.chmod(mode)
    before = cached.stat().st_mtime_ns
    assert read(netbox, **options).hosts and netbox.requests
    assert is_reported(warnings, folder, "can be changed by other users")
    assert cached.stat().st_mtime_ns == before


@pytest.mark.parametrize("mode", [0o700, 0o755, 0o775, 0o1777])
def test_folder_in_which_others_cannot_replace_files_is_used(
    netbox: NetBox, read: t.Any, options: t.Any, cached: Path, folder: Path, warnings: list[str], mode: int
) -> None:
    """Only this user is in the group."""
    folder.chmod(mode)
    read(netbox, **options)
    assert not netbox.requests and not any("cache" in text for text in warnings)


def test_folder_of_another_user_is_not_used(
    netbox: NetBox,
    read: t.Any,
    options: t.Any,
    folder: Path,
    warnings: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder.mkdir()
    real = os.stat

    def other(path: t.Any, **more: t.Any) -> os.stat_result:
        found = real(path, **more)
        return os.stat_result((*found[:4], SOMEBODY_ELSE, *found[5:])) if str(path) == str(folder) else found

    monkeypatch.setattr(os, "stat", other)
    assert read(netbox, **options).hosts
    monkeypatch.undo()
    assert not list(folder.iterdir())


def test_folder_behind_a_link_of_the_user_is_used(
    netbox: NetBox, read: t.Any, options: t.Any, cached: Path, folder: Path, tmp_path: Path, warnings: list[str]
) -> None:
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")
    read(netbox, **options)
    assert not netbox.requests and not any("cache" in text for text in warnings)


def test_entry_of_other_options_under_this_name_is_not_used(
    netbox: NetBox, read: t.Any, options: t.Any, cached: Path, folder: Path
) -> None:
    """A user who can rename files can replace one entry with another."""
    read(netbox, host_vars=["site"], **options)
    (other,) = set(folder.iterdir()) - {cached}
    other.rename(cached)
    assert "tenant" in read(netbox, **options).hosts["leaf1"].vars
    assert netbox.requests


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '"text"', "{}", '{"time": 1}', '{"time": "x", "content": 5}', "\x00"]
)
def test_damaged_entry_is_read_again(netbox: NetBox, read: t.Any, options: t.Any, cached: Path, content: str) -> None:
    cached.write_text(content, encoding="utf-8")
    cached.chmod(0o600)
    assert len(read(netbox, **options).hosts) == 17
    assert netbox.requests
    read(netbox, **options)
    assert not netbox.requests


def test_memory_cache_has_no_files_to_check(netbox: NetBox, read: t.Any, warnings: list[str]) -> None:
    assert read(netbox, cache=True, cache_plugin="memory").hosts
    assert not any("cache" in text for text in warnings)
