# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connection options of modules: the branch, and which values mean "not set"."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.netbox.cursor.plugins.modules import nb_rack_elevation_info
from ansible_collections.netbox.cursor.tests.stand_in import serve

Run = t.Callable[..., "dict[str, t.Any]"]


@pytest.mark.parametrize("source", ["option", "environment"])
def test_module_sends_its_requests_to_the_branch(run_module: Run, monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    options: dict[str, t.Any] = {"branch": "ready-1"}
    if source == "environment":
        monkeypatch.setenv("NETBOX_BRANCH", options.pop("branch"))
    with serve(version="4.6", branching=True) as netbox:
        run_module(nb_rack_elevation_info, rack_id=1, api_endpoint=netbox.url, token=netbox.tokens["v1"], **options)
        assert netbox.requests[-1].headers["x-netbox-branch"] == "ygoi9ib6"


def test_module_names_the_branches(run_module: Run) -> None:
    with serve(version="4.6", branching=True) as netbox:
        options = {"api_endpoint": netbox.url, "token": netbox.tokens["v1"], "branch": "new-1"}
        result = run_module(nb_rack_elevation_info, rack_id=1, **options)
    assert "Branch 'new-1' is not ready. Its status is 'new'. Other branches: " in result["msg"]
    assert result["failure"]["kind"] == "UsageError"


@pytest.mark.parametrize("source", ["option", "environment"])
def test_mistyped_validate_certs_is_an_error(run_module: Run, monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    options = {"validate_certs": "treu"}
    if source == "environment":
        monkeypatch.setenv("NETBOX_VALIDATE_CERTS", options.pop("validate_certs"))
    result = run_module(nb_rack_elevation_info, rack_id=1, **options)
    assert "'validate_certs' is of type" in result["msg"] and "'treu' is not a valid boolean" in result["msg"]


@pytest.mark.parametrize("name", ["ca_path", "client_cert", "cert", "client_key", "key", "headers", "branch"])
@pytest.mark.parametrize("value", [False, ""])
def test_option_without_a_value_is_not_set(run_module: Run, name: str, value: t.Any) -> None:
    assert "msg" not in run_module(nb_rack_elevation_info, rack_id=1, **{name: value})
