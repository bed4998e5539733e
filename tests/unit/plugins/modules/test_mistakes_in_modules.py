# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What beginners get wrong first is told by modules as by plugins: in one paragraph that says what to do."""

from __future__ import annotations

import typing as t

import pytest
from ansible.module_utils.basic import AnsibleModule

from ansible_collections.netbox.cursor.plugins.module_utils._http import deadlines
from ansible_collections.netbox.cursor.plugins.modules import nb_rack_elevation
from ansible_collections.netbox.cursor.tests.stand_in import NetBox, serve

Run = t.Callable[..., "dict[str, t.Any]"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"api_endpoint": None}, "missing required arguments: api_endpoint"),
        ({"api_endpoint": "http://127.0.0.1:9"}, "Check api_endpoint"),
        ({"api_endpoint": "netbox.example.com"}, "Use a URL such as https://netbox.example.com"),
        ({"token": None}, "Set token, or NETBOX_TOKEN in the environment."),
        ({"token": "0123456789ab.0123456789012345678901234567890123456789"}, "Check that token is complete."),
        ({"tokn": "x"}, "module: tokn. Supported parameters include: api_endpoint"),
    ],
)
def test_mistakes_are_explained(
    run_module: Run, monkeypatch: pytest.MonkeyPatch, options: dict[str, t.Any], says: str
) -> None:
    for name in ("NETBOX_API", "NETBOX_URL", "NETBOX_TOKEN", "NETBOX_API_TOKEN", "NETBOX_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    text = run_module(nb_rack_elevation, rack_id=1, **options)["msg"]
    assert says in text
    assert "\n" not in text


def test_an_untrusted_certificate(run_module: Run) -> None:
    with serve(version="4.6", tls=True) as other:
        text = run_module(nb_rack_elevation, rack_id=1, api_endpoint=other.url)["msg"]
    assert "set ca_path to the file" in text


def test_a_netbox_that_is_too_old(netbox: NetBox, run_module: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    warnings: list[str] = []
    # What Ansible makes of it depends on its version and on what else the process has imported.
    monkeypatch.setattr(AnsibleModule, "warn", lambda module, text: warnings.append(text))
    netbox.settings.told_version = "3.5"
    run_module(nb_rack_elevation, rack_id=1)
    assert len(warnings) == 1 and "This collection supports NetBox 4.5 and newer" in warnings[0]


def test_missing_requests(run_module: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadlines, "REQUESTS_IMPORT_ERROR", "ImportError")
    assert "-m pip install requests" in run_module(nb_rack_elevation, rack_id=1)["msg"]
