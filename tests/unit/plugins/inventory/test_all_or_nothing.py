# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""After an error, the inventory contains nothing from this source. Data from other sources does not change."""

from __future__ import annotations

import json
import subprocess
import typing as t
from pathlib import Path

import pytest
from ansible.errors import AnsibleError
from ansible.inventory.data import InventoryData

from ansible_collections.netbox.cursor.tests import _programs
from ansible_collections.netbox.cursor.tests.stand_in import Fault, NetBox

OF_ANSIBLE = {"inventory_file", "inventory_dir"}

# Only one of the last hosts has this name.
LATE = "web2"
FAILURES: dict[str, dict[str, t.Any]] = {
    "duplicates": {"duplicate_hostnames": "error"},
    "compose": {"strict": True, "compose": {"x": f"name | split('-') if name != '{LATE}' else nothing.at_all"}},
    "groups": {"strict": True, "groups": {"x": f"name != '{LATE}' or nothing.at_all"}},
    "keyed groups": {"strict": True, "keyed_groups": [{"key": f"name if name != '{LATE}' else nothing.at_all"}]},
    "parent group": {"strict": True, "keyed_groups": [{"key": "role", "parent_group": "{{ nothing.at_all }}"}]},
    "hostnames": {"strict": True, "hostnames": [f"name if name != '{LATE}' else nothing.at_all"]},
    "both separators": {"keyed_groups": [{"key": "role", "default_value": "x", "trailing_separator": False}]},
}


def content(inventory: InventoryData) -> t.Any:
    return {
        "hosts": {name: dict(host.vars) for name, host in inventory.hosts.items()},
        "groups": {
            name: (
                sorted(host.name for host in group.hosts),
                sorted(one.name for one in group.child_groups),
                group.vars,
            )
            for name, group in inventory.groups.items()
        },
    }


@pytest.fixture
def other() -> InventoryData:
    """Return an inventory that another source filled."""
    inventory = InventoryData()
    inventory.add_group("leaf")
    inventory.add_host("leaf1", group="leaf")
    inventory.set_variable("leaf1", "owner", "other source")
    inventory.reconcile_inventory()
    return inventory


@pytest.mark.parametrize("name", FAILURES)
def test_failure_in_one_host_adds_no_host(netbox: NetBox, read: t.Any, other: InventoryData, name: str) -> None:
    before = json.dumps(content(other))
    with pytest.raises(AnsibleError):
        read(netbox, into=other, group_by=["site", "role"], **FAILURES[name])
    assert json.dumps(content(other)) == before


@pytest.mark.parametrize("name", ["compose", "groups", "hostnames"])
def test_failure_in_a_cached_run_adds_no_host(
    netbox: NetBox, read: t.Any, other: InventoryData, tmp_path: Path, name: str
) -> None:
    cache = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(tmp_path / "cache")}
    options = {**FAILURES[name], **cache}
    before = json.dumps(content(other))
    for dummy in range(2):
        with pytest.raises(AnsibleError):
            read(netbox, into=other, **options)
        assert json.dumps(content(other)) == before


@pytest.mark.parametrize("fault", [Fault("status", "500"), Fault("reset"), Fault("html"), Fault("not_json")])
@pytest.mark.parametrize(
    "path", ["/api/virtualization/virtual-machines/", "/api/dcim/regions/", "/api/dcim/interfaces/"]
)
@pytest.mark.usefixtures("no_pauses")
def test_failure_of_one_list_adds_no_host(
    netbox: NetBox, read: t.Any, other: InventoryData, fault: Fault, path: str
) -> None:
    before = json.dumps(content(other))
    netbox.faults.append(Fault(fault.kind, fault.argument, path=path))
    with pytest.raises(AnsibleError) as caught:
        read(netbox, into=other, interfaces=True)
    assert json.dumps(content(other)) == before
    assert "Traceback" not in str(caught.value)


def test_failure_without_strict_keeps_the_other_hosts(netbox: NetBox, read: t.Any) -> None:
    inventory = read(netbox, **{**FAILURES["compose"], "strict": False})
    assert len(inventory.hosts) == 17
    assert "x" in inventory.hosts["leaf2"].vars and "x" not in inventory.hosts[LATE].vars


@pytest.mark.parametrize("name", ["duplicates", "compose"])
def test_ansible_uses_no_host_of_a_source_that_failed(netbox: NetBox, tmp_path: Path, name: str) -> None:
    source = tmp_path / "a.netbox.yml"
    options = {"plugin": "netbox.cursor.nb_inventory", "api_endpoint": netbox.url, "token": netbox.tokens["v2"]}
    source.write_text(json.dumps({**options, **FAILURES[name]}), encoding="utf-8")
    (tmp_path / "hosts.ini").write_text("outside\n", encoding="utf-8")
    environment = _programs.environment(ANSIBLE_HOME=str(tmp_path / "home"))
    command = _programs.command("inventory", "-i", str(source), "-i", str(tmp_path / "hosts.ini"), "--list")
    ended = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert set(json.loads(ended.stdout)["_meta"]["hostvars"]) <= {"outside"}
    assert json.loads(ended.stdout)["ungrouped"]["hosts"] == ["outside"]
    assert "Failed to parse" in " ".join(ended.stderr.split()) and "Traceback" not in ended.stderr
