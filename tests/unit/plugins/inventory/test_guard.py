# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""If an inventory lost too many hosts, the plugin fails and does not change the cache."""

from __future__ import annotations

import subprocess
import time
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible import constants as C
from ansible.errors import AnsibleParserError

from ansible_collections.netbox.cursor.tests import _programs
from ansible_collections.netbox.cursor.tests.stand_in import NetBox


@pytest.fixture(autouse=True)
def restore(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard changes a setting of this process."""
    monkeypatch.setattr(C, "INVENTORY_ANY_UNPARSED_IS_FAILED", False)


@pytest.fixture
def options(tmp_path: Path) -> dict[str, t.Any]:
    cache = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_timeout": 3600}
    return {**cache, "cache_connection": str(tmp_path / "cache"), "virtual_machines": False}


def remove(netbox: NetBox, number: int) -> list[str]:
    """Remove the last devices, and return their names."""
    table = netbox.table("dcim/devices")
    return [table.pop(one)["name"] for one in sorted(table.ids())[-number:]]


def fill(netbox: NetBox, add_device: t.Any, number: int = 100) -> None:
    table = netbox.table("dcim/devices")
    for one in list(table.ids()):
        if one != 4:
            del table[one]
    for one in range(1, number):
        add_device(f"sw{one:03}", id=1000 + one)


def files(tmp_path: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (tmp_path / "cache").iterdir()}


@pytest.fixture
def again(netbox: NetBox, read: t.Any, options: t.Any) -> t.Callable[..., int]:
    """Return a function that returns the number of hosts."""

    def again(**more: t.Any) -> int:
        return len(read(netbox, **{**options, "max_shrink": 10, **more}).hosts)

    return again


def expire(monkeypatch: pytest.MonkeyPatch) -> None:
    """Move the clock forward by two hours."""
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 7200)


def test_inventory_that_lost_more_is_refused(
    netbox: NetBox, add_device: t.Any, again: t.Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(netbox, add_device)
    assert again() == 100
    before = files(tmp_path)
    gone = remove(netbox, 11)
    expire(monkeypatch)
    with pytest.raises(AnsibleParserError) as caught:
        again()
    text = str(caught.value)
    assert "has 89 hosts. This is 11 fewer than the 100 hosts of" in text and "but max_shrink allows 10 %" in text
    assert f"gone (11): {', '.join(sorted(gone)[:10])}, and 1 more" in text
    assert files(tmp_path) == before and vars(C)["INVENTORY_ANY_UNPARSED_IS_FAILED"]
    # A second run fails as well.
    with pytest.raises(AnsibleParserError, match="11 fewer"):
        again()
    assert again(max_shrink=100) == 89
    expire(monkeypatch)
    assert again() == 89


def test_inventory_within_limits_becomes_the_next_to_compare_with(
    netbox: NetBox, add_device: t.Any, again: t.Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(netbox, add_device)
    assert again() == 100
    for expected in (90, 81):
        remove(netbox, expected // 9)
        expire(monkeypatch)
        assert again() == expected
    remove(netbox, 9)
    expire(monkeypatch)
    with pytest.raises(AnsibleParserError, match="9 fewer than the 81"):
        again()


@pytest.mark.parametrize("more", [{"host_vars": ["site"]}, {"group_by": ["site"]}, {"token": "other"}])
def test_other_options_do_not_hide_that_hosts_are_gone(
    netbox: NetBox, add_device: t.Any, again: t.Any, monkeypatch: pytest.MonkeyPatch, more: dict[str, t.Any]
) -> None:
    fill(netbox, add_device)
    assert again() == 100
    remove(netbox, 50)
    if "token" in more:
        more = {"token": netbox.tokens["v2"]}
    with pytest.raises(AnsibleParserError, match="50 fewer"):
        again(**more)


def test_other_filters_start_a_new_comparison(netbox: NetBox, add_device: t.Any, again: t.Any) -> None:
    fill(netbox, add_device)
    assert again() == 100
    assert again(device_exclude_filters=[{"id__gte": 1050}]) == 50


@pytest.mark.parametrize("cached", [False, True])
def test_too_few_hosts_are_refused(netbox: NetBox, read: t.Any, options: t.Any, cached: bool) -> None:
    number = len(read(netbox, **options).hosts)
    assert len(read(netbox, min_hosts=number, **options, **({} if cached else {"vars_prefix": "a"})).hosts) == number
    with pytest.raises(AnsibleParserError, match=f"has {number} hosts, but min_hosts requires {number + 1}"):
        read(netbox, min_hosts=number + 1, **options, **({} if cached else {"vars_prefix": "b"}))


def test_max_shrink_needs_the_cache(netbox: NetBox, read: t.Any) -> None:
    with pytest.raises(AnsibleParserError, match=r"max_shrink .* Set cache: true"):
        read(netbox, max_shrink=5)
    assert not netbox.requests


@pytest.mark.parametrize("value", [-1, 100.5])
def test_percentage_out_of_range_is_refused(netbox: NetBox, read: t.Any, options: t.Any, value: float) -> None:
    with pytest.raises(AnsibleParserError, match="max_shrink must be a percentage from 0 to 100"):
        read(netbox, max_shrink=value, **options)


@pytest.mark.parametrize("program", ["inventory", "playbook"])
def test_programs_of_ansible_fail(netbox: NetBox, tmp_path: Path, program: str) -> None:
    """Without the guard, they would continue without hosts."""
    source = tmp_path / "estate.netbox.yml"
    options = {"plugin": "netbox.cursor.nb_inventory", "api_endpoint": netbox.url, "token": netbox.tokens["v1"]}
    source.write_text(yaml.safe_dump({**options, "min_hosts": 1000}), encoding="utf-8")
    play = tmp_path / "play.yml"
    play.write_text("- hosts: all\n  gather_facts: false\n  tasks: []\n", encoding="utf-8")
    command = _programs.command(program, "-i", str(source), "--list" if program == "inventory" else str(play))
    environment = _programs.environment()
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert ended.returncode != 0, ended.stdout
    assert "min_hosts requires 1000" in " ".join(ended.stderr.split())
