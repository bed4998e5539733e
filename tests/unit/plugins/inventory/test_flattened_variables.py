# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys of config contexts and custom fields become variables, but cannot change Ansible's behavior."""

from __future__ import annotations

import typing as t

import pytest
import yaml
from ansible import constants as C
from ansible.parsing.dataloader import DataLoader
from ansible.plugins import loader as plugin_loader
from ansible.template import Templar

from ansible_collections.netbox.cursor.plugins.doc_fragments._connection import ModuleDocFragment
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.facts import FACTS
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.variables import OBEYED, is_obeyed
from ansible_collections.netbox.cursor.tests.stand_in import NetBox

PEER = {"compatibility": "netbox.netbox"}
DATA = ("config_context", "local_context_data", "custom_fields")
HOSTILE = {
    "ansible_connection": "local",
    "ansible_python_interpreter": "/tmp/evil",
    "ansible_ssh_common_args": "-oProxyCommand=id",
    "environment": {"LD_PRELOAD": "/tmp/evil.so"},
    "netbox_api": "http://evil.example.com",
    "netbox_token": "stolen",
    "omit": "x",
    "groups": {},
    "hostvars": {},
    "inventory_hostname": "localhost",
    "delegated_vars['ansible_host']": "-oProxyCommand=id",
    "_ansible_ansiballz_debugpy_config": {"connect": ["evil.example.com", 5678]},
}


def reading(data: str, **more: t.Any) -> dict[str, t.Any]:
    """Return the options that flatten ``data``."""
    return {f"flatten_{data}": True, "config_context": data == "config_context", **more}


# Variables that Ansible interprets


@pytest.mark.parametrize("compatibility", [{}, PEER])
@pytest.mark.parametrize("data", DATA)
def test_keys_that_ansible_obeys_are_left_out(
    netbox: NetBox, read: t.Any, add_device: t.Any, warnings: list[str], data: str, compatibility: t.Any
) -> None:
    add_device("sw1", **{data: {**HOSTILE, "ntp": ["192.0.2.1"]}})
    variables = read(netbox, **reading(data), **compatibility).hosts["sw1"].vars
    assert variables["ntp"] == ["192.0.2.1"]
    assert not set(HOSTILE) & set(variables)
    told = [text for text in warnings if "allow_ansible_variables" in text]
    assert len(told) == 1 and "ansible_connection" in told[0] and "ansible_python_interpreter" in told[0]


def test_keys_that_ansible_obeys_are_not_seen_by_expressions(netbox: NetBox, read: t.Any, add_device: t.Any) -> None:
    add_device("sw1", custom_fields={"ansible_connection": "local", "netbox_api": "x"})
    inventory = read(
        netbox,
        flatten_custom_fields=True,
        compose={"a": "ansible_connection | default('none')", "b": "custom_fields.ansible_connection"},
    )
    variables = inventory.hosts["sw1"].vars
    # The user's expressions can use the data.
    assert (variables["a"], variables["b"]) == ("none", "local")


@pytest.mark.parametrize("data", DATA)
def test_allowed_keys_become_variables(
    netbox: NetBox, read: t.Any, add_device: t.Any, warnings: list[str], data: str
) -> None:
    add_device("sw1", **{data: {**HOSTILE, "ansible_network_os": "nos"}})
    options = reading(data, allow_ansible_variables=["ansible_network_os"])
    variables = read(netbox, **options).hosts["sw1"].vars
    assert variables["ansible_network_os"] == "nos" and not set(HOSTILE) & set(variables)
    assert not any("ansible_network_os" in text for text in warnings)


def test_allowing_all_keys_lets_them_become_variables(
    netbox: NetBox, read: t.Any, add_device: t.Any, warnings: list[str]
) -> None:
    add_device("sw1", custom_fields=HOSTILE)
    options = reading("custom_fields", allow_ansible_variables=["all"])
    variables = read(netbox, **options).hosts["sw1"].vars
    renamed = {"delegated_vars['ansible_host']": "delegated_vars__ansible_host__"}
    assert {key: variables[renamed.get(key, key)] for key in HOSTILE} == HOSTILE
    assert not any("allow_ansible_variables" in text for text in warnings)


@pytest.mark.parametrize(
    ("key", "options"),
    [
        ("ansible_connection", {"vars_prefix": "nb_"}),
        ("connection", {"vars_prefix": "ansible_"}),
        ("my_connection", {"rename_variables": [{"pattern": "my_", "repl": "ansible_"}]}),
        ("my_api", {"rename_variables": [{"pattern": "my_", "repl": "netbox_"}]}),
        ("api", {"vars_prefix": "netbox_"}),
    ],
)
def test_renaming_does_not_make_a_key_obeyed(
    netbox: NetBox, read: t.Any, add_device: t.Any, key: str, options: t.Any
) -> None:
    add_device("sw1", custom_fields={key: "evil"})
    variables = read(netbox, flatten_custom_fields=True, **options).hosts["sw1"].vars
    assert "evil" not in variables.values()


def test_prefix_makes_unprefixed_names_harmless(netbox: NetBox, read: t.Any, add_device: t.Any) -> None:
    add_device("sw1", custom_fields={"environment": {"A": "b"}, "omit": "x"})
    variables = read(netbox, flatten_custom_fields=True, vars_prefix="nb_").hosts["sw1"].vars
    assert (variables["nb_environment"], variables["nb_omit"]) == ({"A": "b"}, "x")


@pytest.mark.parametrize("data", DATA)
def test_data_that_is_not_flattened_keeps_all_keys(
    netbox: NetBox, read: t.Any, add_device: t.Any, warnings: list[str], data: str
) -> None:
    add_device("sw1", **{data: HOSTILE})
    assert read(netbox, config_context=True).hosts["sw1"].vars[data] == HOSTILE
    assert not any("allow_ansible_variables" in text for text in warnings)


# Names of other variables


@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize("key", ["disk", "status", "site", "primary_ip4", "serial", "tags", "is_virtual"])
def test_variable_of_netbox_wins_over_a_flattened_key(
    netbox: NetBox, read: t.Any, warnings: list[str], data: str, key: str
) -> None:
    machines = netbox.table("virtualization/virtual-machines")
    machines[1] = {**machines[1], "disk": 100, "serial": "SN-1", "local_context_data": None, "custom_fields": {}}
    name = machines[1]["name"]
    before = read(netbox, **reading(data)).hosts[name].vars
    machines[1] = {**machines[1], data: {key: "flattened", "other": "kept"}}
    warnings.clear()
    after = read(netbox, **reading(data)).hosts[name].vars
    assert after[key] == before[key] != "flattened" and after["other"] == "kept"
    assert sum("have the same names as other variables" in text and key in text for text in warnings) == 1


def test_flattened_key_loses_also_to_a_variable_that_is_null(netbox: NetBox, read: t.Any, add_device: t.Any) -> None:
    """Otherwise, a variable would come from NetBox for one host and from a config context for another host."""
    add_device("sw1", custom_fields={"tenant": "flattened"})
    assert "tenant" not in read(netbox, flatten_custom_fields=True).hosts["sw1"].vars


@pytest.mark.parametrize(
    ("key", "wins"),
    [("disk", True), ("memory", True), ("vcpus", True), ("status", True), ("primary_ip4", True), ("oob_ip", True)]
    + [("site", False), ("cluster", False), ("serial", False), ("is_virtual", False), ("tags", False)],
)
def test_compatible_flattened_key_wins_as_there(netbox: NetBox, read: t.Any, key: str, wins: bool) -> None:
    machines = netbox.table("virtualization/virtual-machines")
    fields = {"disk": 100, "memory": 200, "vcpus": 2.0, "serial": "SN-1"}
    machines[1] = {**machines[1], **fields, "custom_fields": {key: "flattened"}}
    name = machines[1]["name"]
    inventory = read(netbox, flatten_custom_fields=True, plurals=False, **PEER)
    assert (inventory.hosts[name].vars[key] == "flattened") == wins


def test_later_data_wins_over_earlier_data(netbox: NetBox, read: t.Any, add_device: t.Any) -> None:
    add_device("sw1", **{data: {"ntp": data} for data in DATA})
    options = {f"flatten_{data}": True for data in DATA}
    assert read(netbox, **options).hosts["sw1"].vars["ntp"] == "custom_fields"


# Names that are not valid


@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize(
    ("keys", "names"),
    [
        (["ntp-servers"], {"ntp-servers": "ntp_servers"}),
        (["ntp-servers", "ntp_servers"], {"ntp_servers": "ntp_servers", "ntp-servers": "ntp_servers_2"}),
        (["a.b", "a-b", "a b"], {"a b": "a_b", "a-b": "a_b_2", "a.b": "a_b_3"}),
        (["a-b", "a_b", "a_b_2"], {"a_b": "a_b", "a_b_2": "a_b_2", "a-b": "a_b_3"}),
        (["1st", "not", "true", "größe"], {"1st": "_1st", "not": "not_", "true": "true_", "größe": "gr__e"}),
        (["class", "import"], {"class": "class", "import": "import"}),
    ],
)
def test_keys_that_are_not_valid_names_are_renamed(
    netbox: NetBox, read: t.Any, add_device: t.Any, warnings: list[str], data: str, keys: list[str], names: t.Any
) -> None:
    for order in (keys, keys[::-1]):
        warnings.clear()
        add_device("sw1", id=900, **{data: {key: f"value of {key}" for key in order}})
        variables = read(netbox, **reading(data)).hosts["sw1"].vars
        assert {name: variables[name] for name in names.values()} == {new: f"value of {k}" for k, new in names.items()}
        told = [text for text in warnings if "not valid variable names" in text]
        changed = [key for key, name in names.items() if key != name]
        assert len(told) == bool(changed)
        assert all(f"{key} is now {names[key]}" in told[0] for key in changed)


def test_other_hosts_do_not_change_the_name_of_a_key(netbox: NetBox, read: t.Any, add_device: t.Any) -> None:
    add_device("sw1", custom_fields={"a-b": 1})
    add_device("sw2", custom_fields={"a_b": 2, "a-b": 3})
    hosts = read(netbox, flatten_custom_fields=True).hosts
    assert hosts["sw1"].vars["a_b"] == 1
    assert (hosts["sw2"].vars["a_b"], hosts["sw2"].vars["a_b_2"]) == (2, 3)


def test_keys_of_different_dictionaries_that_meet_are_reported(
    netbox: NetBox, read: t.Any, add_device: t.Any, warnings: list[str]
) -> None:
    add_device("sw1", local_context_data={"a-b": 1}, custom_fields={"a_b": 2})
    options = {"flatten_custom_fields": True, "flatten_local_context_data": True}
    assert read(netbox, **options).hosts["sw1"].vars["a_b"] == 2
    assert any("so only the last value is used: a_b." in text for text in warnings)


@pytest.mark.parametrize("key", ["ansible-connection", "ansible host", "netbox-token", "group-names"])
def test_renamed_key_does_not_become_an_ansible_variable(
    netbox: NetBox, read: t.Any, add_device: t.Any, warnings: list[str], key: str
) -> None:
    add_device("sw1", custom_fields={key: "x"})
    variables = read(netbox, flatten_custom_fields=True).hosts["sw1"].vars
    assert "x" not in variables.values()
    assert any("allow_ansible_variables" in text for text in warnings)


def test_renamed_key_does_not_replace_a_variable(netbox: NetBox, read: t.Any, add_device: t.Any) -> None:
    add_device("sw1", custom_fields={"device-type": "x"})
    assert read(netbox, flatten_custom_fields=True).hosts["sw1"].vars["device_type"] != "x"


def test_expressions_see_the_new_name(netbox: NetBox, read: t.Any, add_device: t.Any) -> None:
    add_device("sw1", custom_fields={"ntp-servers": ["a"]})
    inventory = read(netbox, flatten_custom_fields=True, host_vars=[], compose={"made": "ntp_servers[0]"})
    assert inventory.hosts["sw1"].vars["made"] == "a"


def test_compatibility_keeps_names_that_are_not_valid(
    netbox: NetBox, read: t.Any, add_device: t.Any, warnings: list[str]
) -> None:
    add_device("sw1", custom_fields={"ntp-servers": ["a"]})
    assert read(netbox, flatten_custom_fields=True, **PEER).hosts["sw1"].vars["ntp-servers"] == ["a"]
    assert not any("not valid variable names" in text for text in warnings)


# The set of names


def test_no_fact_is_a_variable_that_ansible_obeys() -> None:
    assert not any(is_obeyed(name) for name in FACTS if name != "ansible_host")


def test_variables_that_options_of_the_collection_read_are_obeyed() -> None:
    """Fragments with ``vars`` belong to lookups, and hosts could set these options."""
    fragments = [*ModuleDocFragment.__dict__.values()]
    documents = [yaml.safe_load(text) for text in fragments if isinstance(text, str) and "options:" in text]
    entries = [option.get("vars") or () for document in documents for option in document["options"].values()]
    names = {entry["name"] for each in entries for entry in each}
    assert len(names) >= 10
    assert names <= OBEYED
    # The list contains only names that need protection.
    assert {name for name in OBEYED if name.startswith("netbox_")} - names <= {"netbox_branch"}


@pytest.mark.parametrize("kind", ["connection", "become", "shell", "lookup", "strategy", "cache", "callback", "vars"])
def test_variables_that_plugins_of_ansible_read_are_obeyed(kind: str) -> None:
    loader = getattr(plugin_loader, f"{kind}_loader")
    names = set()
    for plugin in loader.all(class_only=True):
        if plugin.__module__.startswith("ansible.plugins."):
            names |= set(C.config.get_plugin_vars(kind, plugin._load_name))
    assert all(map(is_obeyed, names)), [name for name in names if not is_obeyed(name)]
    assert kind != "connection" or len(names) > 20


def test_variables_that_settings_of_ansible_read_are_obeyed() -> None:
    definitions = C.config.get_configuration_definitions()
    names = {entry["name"] for setting in definitions.values() for entry in setting.get("vars") or ()}
    assert len(names) >= 2
    assert all(map(is_obeyed, names)), [name for name in names if not is_obeyed(name)]


def test_functions_of_templates_are_obeyed() -> None:
    templar = Templar(loader=DataLoader(), variables={})
    names = set(templar.environment.globals)
    assert "lookup" in names
    assert names <= OBEYED
