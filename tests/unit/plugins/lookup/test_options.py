# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connection options of lookups: which values mean "not set", and errors that name the option."""

from __future__ import annotations

import typing as t

import pytest
from ansible.errors import AnsibleError, AnsibleLookupError

if t.TYPE_CHECKING:  # pragma: no cover
    from ansible_collections.netbox.cursor.tests.stand_in import NetBox

UNSET: list[dict[str, t.Any]] = [
    *({name: value} for name in ("ca_path", "client_cert", "cert", "client_key", "key") for value in (False, "", None)),
    *({"headers": value} for value in (False, "", None, "{}")),
    {"headers": {}},
    *({"timeout": value} for value in (False, "", None)),
    *({"validate_certs": value} for value in ("", None)),
]


@pytest.mark.parametrize("options", UNSET, ids=str)
def test_option_without_a_value_is_not_set(look_up: t.Any, options: dict[str, t.Any]) -> None:
    assert len(look_up("dcim/sites", **options)) == 4


@pytest.mark.parametrize("value", [False, "", "  "])
def test_token_without_a_value_is_none(
    netbox: NetBox, look_up: t.Any, monkeypatch: pytest.MonkeyPatch, value: t.Any
) -> None:
    """The token in the environment could belong to another server."""
    monkeypatch.setenv("NETBOX_TOKEN", netbox.tokens["v1"])
    with pytest.raises(AnsibleLookupError, match="Set token"):
        look_up("dcim/sites", token=value)
    assert not any(name.lower() == "authorization" for name in netbox.requests[-1].headers)


@pytest.mark.parametrize("name", ["NETBOX_TOKEN", "NETBOX_API_TOKEN", "NETBOX_API_KEY"])
def test_empty_token_variables_do_not_hide_another(
    netbox: NetBox, look_up: t.Any, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for variable in ("NETBOX_TOKEN", "NETBOX_API_TOKEN", "NETBOX_API_KEY"):
        monkeypatch.setenv(variable, netbox.tokens["v1"] if variable == name else "")
    assert len(look_up("dcim/sites", token=None)) == 4


def test_empty_address_variable_does_not_hide_the_other(
    netbox: NetBox, look_up: t.Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for empty, full in (("NETBOX_API", "NETBOX_URL"), ("NETBOX_URL", "NETBOX_API")):
        monkeypatch.setenv(empty, "")
        monkeypatch.setenv(full, netbox.url)
        assert len(look_up("dcim/sites", api_endpoint="")) == 4


def test_missing_address_is_an_error(look_up: t.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("NETBOX_API", "NETBOX_URL"):
        monkeypatch.setenv(variable, "")
    with pytest.raises(AnsibleLookupError, match="api_endpoint is not set. Set this option, .*variable NETBOX_API"):
        look_up("dcim/sites", api_endpoint="")


@pytest.mark.parametrize("name", ["timeout", "retries", "token", "headers", "ca_path"])
def test_template_of_a_variable_that_fails_names_it(look_up: t.Any, name: str) -> None:
    variables = {f"netbox_{name}": "{{ nope }}"}
    with pytest.raises(AnsibleLookupError, match=f"netbox_{name}: .*'nope' is undefined"):
        look_up("dcim/sites", variables=variables, **{name: None})


@pytest.mark.parametrize("timeout", [0, -1, "0"])
def test_timeout_must_be_positive(look_up: t.Any, timeout: t.Any) -> None:
    with pytest.raises(AnsibleError, match="timeout must be more than 0 seconds"):
        look_up("dcim/sites", timeout=timeout)


HTTPS = {"api_endpoint": "https://127.0.0.1:9"}


@pytest.mark.parametrize("name", ["nb_query", "nb_graphql"])
@pytest.mark.parametrize("source", ["validate_certs", "netbox_validate_certs", "NETBOX_VALIDATE_CERTS"])
def test_mistyped_validate_certs_is_an_error(
    look_up: t.Any, monkeypatch: pytest.MonkeyPatch, name: str, source: str
) -> None:
    """Ansible itself converts each of these values to false."""
    options = {source: "treu"} if source == "validate_certs" else {}
    variables = {source: "treu"} if source == "netbox_validate_certs" else {}
    if source == "NETBOX_VALIDATE_CERTS":
        monkeypatch.setenv(source, "treu")
    with pytest.raises(AnsibleError, match=f"{source} must be true or false, not 'treu'"):
        look_up("dcim/sites", name=name, variables=variables, **HTTPS, **options)


@pytest.mark.parametrize("option", [None, "", True, False, "no"])
@pytest.mark.parametrize("variable", [None, "", "{{ true }}", "off"])
@pytest.mark.parametrize("environment", [None, "", "yes", "0"])
def test_first_validate_certs_that_is_not_empty_applies(
    look_up: t.Any, monkeypatch: pytest.MonkeyPatch, option: t.Any, variable: t.Any, environment: t.Any
) -> None:
    if environment is not None:
        monkeypatch.setenv("NETBOX_VALIDATE_CERTS", environment)
    warnings: list[str] = []
    monkeypatch.setattr("ansible.utils.display.Display.warning", lambda self, text, **options: warnings.append(text))
    variables = {} if variable is None else {"netbox_validate_certs": variable}
    with pytest.raises(AnsibleLookupError, match="Connection refused"):
        look_up("dcim/sites", variables=variables, validate_certs=option, **HTTPS)
    value = next(value for value in (option, variable, environment, True) if value not in (None, ""))
    assert any("validate_certs is false" in text for text in warnings) == (value in (False, "no", "off", "0"))


def test_later_sources_of_validate_certs_are_ignored(look_up: t.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETBOX_VALIDATE_CERTS", "treu")
    assert look_up("dcim/sites", validate_certs=True)


@pytest.mark.parametrize("name", ["ca_path", "client_cert", "cert", "client_key", "key"])
@pytest.mark.parametrize("value", [False, ""])
def test_path_without_a_value_overrides_the_environment(
    look_up: t.Any, monkeypatch: pytest.MonkeyPatch, name: str, value: t.Any
) -> None:
    variable = {"cert": "NETBOX_CLIENT_CERT", "key": "NETBOX_CLIENT_KEY"}.get(name, f"NETBOX_{name.upper()}")
    monkeypatch.setenv(variable, "/no/such/file.pem")
    options = {"api_endpoint": "https://127.0.0.1:9", name: value}
    with pytest.raises(AnsibleLookupError, match="Connection refused"):
        look_up("dcim/sites", **options)
    with pytest.raises(AnsibleLookupError, match="/no/such/file.pem|client_key requires client_cert"):
        look_up("dcim/sites", **{**options, name: None})
