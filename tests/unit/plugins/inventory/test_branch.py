# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory of a branch. It never shares a cache entry with the inventory of the main data."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible.errors import AnsibleParserError

from ansible_collections.netbox.cursor.tests.stand_in import NetBox, serve


@pytest.fixture(scope="module")
def netbox() -> Iterator[NetBox]:
    with serve(version="4.6", branching=True) as netbox:
        yield netbox


@pytest.mark.parametrize("transport", ["rest", "graphql"])
def test_inventory_is_that_of_the_branch(netbox: NetBox, read: t.Any, transport: str) -> None:
    main = read(netbox, transport=transport).hosts
    branch = read(netbox, transport=transport, branch="ready-1").hosts
    assert "only-in-ready-1" in branch and "only-in-ready-1" not in main
    assert "größe-機器" in main and "größe-機器" not in branch
    assert branch["leaf1"].vars["serial"] == "SN-BRANCH"


def test_cache_entries_of_branches_are_kept_apart(
    netbox: NetBox, read: t.Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(tmp_path / "cache")}
    for branch in (None, "ready-1", "ready two (spaces)", None, "ready-1"):
        hosts = read(netbox, branch=branch, **options).hosts
        assert ("only-in-ready-1" in hosts) == (branch == "ready-1")
        assert ("only-in-two" in hosts) == (branch == "ready two (spaces)")
    monkeypatch.setenv("NETBOX_BRANCH", "ready-1")
    assert "only-in-ready-1" in read(netbox, **options).hosts
    assert not netbox.requests


def test_unknown_branch_fails(netbox: NetBox, read: t.Any) -> None:
    with pytest.raises(AnsibleParserError, match=r"There is no branch 'x'. Other branches: .*ready-1 \(ready\)"):
        read(netbox, branch="x")
