# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Host names, addresses, and warnings are safe, even if NetBox users enter dangerous strings."""

from __future__ import annotations

import re
import typing as t
from pathlib import Path

import pytest
from ansible import constants as C
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.names import is_local
from ansible_collections.netbox.cursor.tests.hostile import Canaries, control_characters, poison
from ansible_collections.netbox.cursor.tests.hostile.strategies import pools
from ansible_collections.netbox.cursor.tests.stand_in import NetBox

PLACE = "/nonexistent/canary"
PAYLOADS = Canaries.payloads_for(lambda: PLACE)
# Strings that a shell, ssh, or a template would interpret.
OBEYED = re.compile(r"^-|\s-\S|[`$;&|<>\"'\\@]|\{[{%#]|^\s|\s$")
OPTIONS: dict[str, t.Any] = {
    **dict.fromkeys(("config_context", "interfaces", "services", "ansible_host_dns_name", "dns_name"), True),
    **{f"flatten_{name}": True for name in ("config_context", "local_context_data", "custom_fields")},
    "group_by": ["site", "location", "region", "site_group", "role", "platform", "tenant", "tag", "rack", "cluster"],
    "group_names_raw": True,
    "keyed_groups": [
        {"key": "serial", "prefix": "", "separator": ""},
        {"key": "custom_fields", "prefix": "", "separator": ""},
        {"key": "site.name", "parent_group": "sites"},
    ],
    "compose": {"again": "serial", "both": "serial ~ site.name", "own": "netbox"},
}


def templates_in(value: t.Any) -> t.Iterator[str]:
    """Yield the strings in a value that look like templates."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from templates_in(key)
            yield from templates_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from templates_in(each)
    elif isinstance(value, str) and re.search(r"\{[{%]|^#jinja2:", value):
        yield value


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(pool=pools(PAYLOADS), seed=st.integers(0, 2**16), validated=st.booleans())
@pytest.mark.slow
def test_any_text_is_harmless_in_an_inventory(
    pool: list[str], seed: int, validated: bool, netbox: NetBox, read: t.Any, warnings: list[str]
) -> None:
    warnings.clear()
    tables = {endpoint: {pk: table[pk] for pk in table.ids()} for endpoint, table in netbox.estate.tables.items()}
    try:
        poison(netbox, pool, seed=seed, validated=validated)
        inventory = read(netbox, **OPTIONS)
    finally:
        for endpoint, rows in tables.items():
            netbox.estate.tables[endpoint].replace(rows)
    assert len(inventory.hosts) == 17  # one host is a member of a virtual chassis
    for name, host in inventory.hosts.items():
        variables = host.vars
        for address in (name, str(variables.get("ansible_host", "x"))):
            assert not OBEYED.search(address) and not control_characters(address) and not is_local(address), address
        unknown = {each for each in variables if each.startswith("ansible_")} - {"ansible_host"}
        assert not unknown, unknown
        templar = Templar(loader=DataLoader(), variables={})
        for text in templates_in(variables):
            assert templar.template(text) == text
    for group in inventory.groups:
        assert group not in C.LOCALHOST and not control_characters(group)
        assert not {"", ".", ".."} & set(group.split("/")) - {group}
    assert not any(control_characters(text) for text in warnings)
    assert not Path(PLACE).exists()
