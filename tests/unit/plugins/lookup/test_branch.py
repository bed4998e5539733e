# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lookups read the branch from the option, a variable, or the environment."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator

import pytest
from ansible.errors import AnsibleLookupError

if t.TYPE_CHECKING:  # pragma: no cover
    from ansible_collections.netbox.cursor.tests.stand_in import NetBox


@pytest.fixture
def netbox() -> Iterator[NetBox]:
    from ansible_collections.netbox.cursor.tests.stand_in import serve

    with serve(version="4.6", branching=True) as netbox:
        yield netbox


@pytest.mark.parametrize("source", ["option", "variable", "environment"])
def test_branch_comes_from_each_source(look_up: t.Any, monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    options: dict[str, t.Any] = {}
    if source == "option":
        options["branch"] = "ready-1"
    elif source == "variable":
        options["variables"] = {"netbox_branch": "ready-1"}
    else:
        monkeypatch.setenv("NETBOX_BRANCH", "ready-1")
    assert "only-in-ready-1" in look_up("dcim/devices", returns="names", **options)
    assert {"name": "only-in-ready-1"} in look_up("device_list", name="nb_graphql", fields="name", **options)


@pytest.mark.parametrize("branch", ["", False])
def test_branch_without_a_value_is_the_main_data(
    netbox: NetBox, look_up: t.Any, monkeypatch: pytest.MonkeyPatch, branch: t.Any
) -> None:
    monkeypatch.setenv("NETBOX_BRANCH", "ready-1")
    assert "größe-機器" in look_up("dcim/devices", returns="names", branch=branch)
    assert not any("x-netbox-branch" in request.headers for request in netbox.requests)


def test_unknown_branch_fails(look_up: t.Any) -> None:
    with pytest.raises(AnsibleLookupError, match=r"There is no branch 'x'. Other branches: .*ready-1 \(ready\)"):
        look_up("dcim/devices", branch="x")
