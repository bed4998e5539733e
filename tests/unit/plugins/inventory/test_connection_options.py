# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connection options of the inventory: which values mean "not set", and errors that name the option."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator

import pytest
from ansible.errors import AnsibleError

from ansible_collections.netbox.cursor.tests.stand_in import NetBox, serve

UNSET: list[dict[str, t.Any]] = [
    *({name: value} for name in ("ca_path", "client_cert", "cert", "client_key", "key") for value in (False, "", None)),
    {"cert": False, "key": False, "ca_path": False, "validate_certs": True},
    *({"headers": value} for value in (False, "", None)),
    {"headers": {}},
    *({"timeout": value} for value in (False, "", None)),
    *({"validate_certs": value} for value in ("", None)),
]


@pytest.fixture(scope="module")
def netbox() -> Iterator[NetBox]:
    with serve(version="4.6") as netbox:
        yield netbox


@pytest.mark.parametrize("options", UNSET, ids=str)
def test_option_without_a_value_is_not_set(netbox: NetBox, read: t.Any, options: dict[str, t.Any]) -> None:
    assert read(netbox, **options).hosts


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((name, "{{ nope }}") for name in ("timeout", "retries", "token", "api_endpoint", "max_workers")),
        ("headers", {"X-A": "{{ nope }}"}),
        ("query_filters", [{"site": "{{ nope }}"}]),
    ],
)
def test_template_that_fails_names_its_option(netbox: NetBox, read: t.Any, name: str, value: t.Any) -> None:
    with pytest.raises(AnsibleError, match=f"{name}: .*'nope' is undefined"):
        read(netbox, **{name: value})


@pytest.mark.parametrize("name", ["interfaces", "services", "cache", "strict", "validate_certs", "plurals"])
@pytest.mark.parametrize("value", ["ture", "perhaps", 7])
def test_value_that_is_not_boolean_is_an_error(netbox: NetBox, read: t.Any, name: str, value: t.Any) -> None:
    """Ansible itself converts these values to false."""
    with pytest.raises(AnsibleError, match=f"{name} must be true or false, not '?{value}'?"):
        read(netbox, **{name: value})


@pytest.mark.parametrize("source", ["netbox_validate_certs", "NETBOX_VALIDATE_CERTS"])
@pytest.mark.parametrize("value", ["treu", "", "no"])
def test_typo_in_a_variable_keeps_validating_certificates(
    netbox: NetBox, read: t.Any, monkeypatch: pytest.MonkeyPatch, warnings: list[str], source: str, value: str
) -> None:
    """Ansible itself converts the typo and the empty string to false, also in extra variables."""
    if source == "NETBOX_VALIDATE_CERTS":
        monkeypatch.setenv(source, value)
    else:
        monkeypatch.setattr("ansible.plugins.inventory.load_extra_vars", lambda loader: {source: value})
    says = f"{source} must be true or false, not 'treu'" if value == "treu" else "Connection refused"
    with pytest.raises(AnsibleError, match=says):
        read(netbox, api_endpoint="https://127.0.0.1:9")
    assert any("validate_certs is false" in text for text in warnings) == (value == "no")
