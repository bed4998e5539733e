# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run ansible-inventory as users and AWX do, and check its output."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
import typing as t
from pathlib import Path

import ansible_runner

from ansible_collections.netbox.cursor.tests.stand_in import Fault, NetBox, serve

# As in the documentation of netbox.netbox, with `plugin:` changed.
FILES = {
    "netbox_inventory.netbox.yml": """
plugin: netbox.cursor.nb_inventory
validate_certs: true
config_context: false
group_by:
  - device_roles
query_filters:
  - status: active
""",
    "sites.nb_inventory.yml": """
plugin: netbox.cursor.nb_inventory
api_endpoint: "{{ lookup('ansible.builtin.env', 'NETBOX_API') }}"
token: "{{ lookup('ansible.builtin.env', 'NETBOX_TOKEN') }}"
validate_certs: false
config_context: true
flatten_config_context: true
interfaces: true
virtual_chassis_name: true
group_by: [site, location]
query_filters:
  - site: berlin-1
  - site: paris-1
device_query_filters:
  - has_primary_ip: 'true'
vm_query_filters:
  - has_primary_ip: 'true'
compose:
  foo: device_type.slug
keyed_groups:
  - prefix: status
    key: status.value
""",
}

folder = Path(tempfile.mkdtemp())


def run(netbox: NetBox, *arguments: str, fails: bool = False, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ansible-inventory with these arguments. The output must not contain a token or a traceback."""
    given = {
        **os.environ,
        "NETBOX_API": netbox.url,
        "NETBOX_TOKEN": netbox.tokens["v2"],
        "NETBOX_RETRIES": "0",
        "XDG_CACHE_HOME": str(folder / "user"),
        "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true",
        **environment,
    }
    command = ["ansible-inventory", *arguments]
    ended = subprocess.run(command, env=given, capture_output=True, encoding="utf-8", check=False)
    print(command, ended.returncode, ended.stderr)
    assert (ended.returncode != 0) == fails, ended.stdout + ended.stderr
    for token in netbox.tokens.values():
        assert token.rpartition(".")[2] not in ended.stdout + ended.stderr, "a token is in the output"
    assert "Traceback" not in ended.stderr
    return ended


def listed(netbox: NetBox, *arguments: str, **environment: str) -> dict[str, t.Any]:
    return json.loads(run(netbox, *arguments, "--list", **environment).stdout)


def plain(value: t.Any) -> t.Any:
    """Return a value without the object in which ansible-inventory wraps strings that are not templates."""
    return value["__ansible_unsafe"] if isinstance(value, dict) and "__ansible_unsafe" in value else value


for name, text in FILES.items():
    (folder / name).write_text(text, encoding="utf-8")
first, second = (str(folder / name) for name in FILES)

for version in ("4.5", "4.6", "4.7"):
    with serve(version=version) as netbox:
        answer = listed(netbox, "-i", first)
        assert len(answer["_meta"]["hostvars"]) == 12, sorted(answer["_meta"]["hostvars"])
        assert set(answer["device_roles_leaf"]["hosts"]) == {"leaf1"}
        answer = listed(netbox, "-i", second, "--export")
        assert plain(answer["_meta"]["hostvars"]["leaf2"]["foo"]) == "switch-48"
        assert "status_active" in answer and "site_berlin-1" in answer
        # With -v, ansible-inventory also prints how each list was read, but no token.
        assert "dcim/devices: " in run(netbox, "-i", first, "--list", "-vvvv").stdout

with serve(version="4.6") as netbox:
    # Read several files, and use --limit.
    both = listed(netbox, "-i", first, "-i", second)
    assert set(both["_meta"]["hostvars"]) > {"leaf1", "leaf2", "web1"}
    limited = listed(netbox, "-i", first, "--limit", "device_roles_leaf")
    assert set(limited["_meta"]["hostvars"]) == {"leaf1"}

    # As AWX does for an inventory source in a project: use ansible-runner, with the credential in the environment.
    answer, told = ansible_runner.get_inventory(
        action="list",
        inventories=[first],
        response_format="json",
        private_data_dir=str(folder / "private"),
        envvars={"NETBOX_API": netbox.url, "NETBOX_TOKEN": netbox.tokens["v2"]},
        quiet=True,
    )
    assert set(answer["_meta"]["hostvars"]) == set(listed(netbox, "-i", first)["_meta"]["hostvars"]), told
    for path in (folder / "private").rglob("*"):
        # ansible-runner itself writes the environment to "command".
        if path.is_file() and path.name != "command":
            assert netbox.tokens["v2"] not in path.read_text(encoding="utf-8", errors="replace"), path
    awx = {
        "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(folder / "facts"),
        "ANSIBLE_INVENTORY_CACHE": "true",
        "ANSIBLE_INVENTORY_CACHE_PLUGIN": "ansible.builtin.jsonfile",
        "ANSIBLE_INVENTORY_CACHE_CONNECTION": str(folder / "cache"),
    }
    fresh = listed(netbox, "-i", first, "--export", **awx)
    netbox.requests.clear()
    assert listed(netbox, "-i", first, "--export", **awx) == fresh
    assert netbox.requests == [], "a cached run asks NetBox"
    # Older versions of ansible-core support --flush-cache only for playbooks.
    if "--flush-cache" in run(netbox, "--help").stdout:
        listed(netbox, "-i", first, "--flush-cache", **awx)
        assert netbox.requests, "--flush-cache does not ask NetBox"

    # NetBox is not available, with and without an older inventory.
    netbox.faults.append(Fault("status", "503"))
    told = run(netbox, "-i", first, "--list", fails=True).stderr
    assert "HTTP 503" in " ".join(told.split())
    assert listed(netbox, "-i", first, **awx) == fresh
    # An inventory that is too old causes an error, unless the user accepts it.
    text = FILES["netbox_inventory.netbox.yml"] + "cache_timeout: 1\n"
    (folder / "strict.netbox.yml").write_text(text, encoding="utf-8")
    (folder / "lenient.netbox.yml").write_text(text + "stale_if_error: 7200\n", encoding="utf-8")
    netbox.faults.clear()
    for name in ("strict.netbox.yml", "lenient.netbox.yml"):
        listed(netbox, "-i", str(folder / name), **awx)
    time.sleep(2)
    netbox.faults.append(Fault("status", "503"))
    run(netbox, "-i", str(folder / "strict.netbox.yml"), "--list", fails=True, **awx)
    ended = run(netbox, "-i", str(folder / "lenient.netbox.yml"), "--list", **awx)
    assert json.loads(ended.stdout)["_meta"]["hostvars"] == fresh["_meta"]["hostvars"]
    assert "stale_if_error" in ended.stderr

    # After a mistake, there are no hosts.
    netbox.faults.clear()
    (folder / "wrong.netbox.yml").write_text(
        "plugin: netbox.cursor.nb_inventory\ngroup_by: [sight]\n", encoding="utf-8"
    )
    told = run(netbox, "-i", str(folder / "wrong.netbox.yml"), "--list", fails=True).stderr
    assert "sight" in told

    # After a mistyped filter, there are no hosts either, and there is no other message.
    for option in ("query_filters", "device_query_filters", "vm_query_filters"):
        (folder / "typo.netbox.yml").write_text(
            f"plugin: netbox.cursor.nb_inventory\n{option}: [{{iste: berlin-1}}]\n", encoding="utf-8"
        )
        ended = run(
            netbox, "-i", str(folder / "typo.netbox.yml"), "--list", fails=True, ANSIBLE_INVENTORY_ENABLED="auto"
        )
        told = " ".join(ended.stderr.split())
        assert "'iste'" in told and "site" in told and "hosts" not in ended.stdout
        # Ansible reports that it could not parse the file. With ansible-test, it also mentions the collection.
        told = told.replace("[WARNING]: running with default collection", "")
        assert told.count("[WARNING]") + told.count("[ERROR]") <= 2, told
