# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures for module tests: a mock NetBox, and a function that runs a module as Ansible does."""

from __future__ import annotations

import json
import types
import typing as t
from collections.abc import Callable, Iterator

import pytest
from ansible.module_utils import basic

from ansible_collections.netbox.cursor.tests.stand_in import NetBox, serve

Run = Callable[..., "dict[str, t.Any]"]


@pytest.fixture
def netbox() -> Iterator[NetBox]:
    with serve(version="4.6") as netbox:
        yield netbox


@pytest.fixture
def run_module(netbox: NetBox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return ``run_module(module, check=False, diff=False, **options)``, which returns the module's result."""

    def run(module: types.ModuleType, check: bool = False, diff: bool = False, **options: t.Any) -> dict[str, t.Any]:
        connection = {"api_endpoint": netbox.url, "token": netbox.tokens["v1"], "retries": 0}
        given = {name: value for name, value in {**connection, **options}.items() if value is not None}
        arguments = {**given, "_ansible_check_mode": check, "_ansible_diff": diff}
        monkeypatch.setattr(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode())
        monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)  # ansible-core 2.19 and later
        with pytest.raises(SystemExit) as ended:
            module.main()
        returned: dict[str, t.Any] = json.loads(capsys.readouterr().out)
        assert bool(ended.value.code) == returned.get("failed", False)
        return returned

    return run
