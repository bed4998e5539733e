# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ansible runs on hosts for which every string in NetBox contains a command. No command runs, and no file appears.

Each payload that can run a command creates a file whose name begins with ``canary``.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import typing as t
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.netbox.cursor.tests import _programs
from ansible_collections.netbox.cursor.tests.stand_in import NetBox, serve

PAYLOADS = (
    "-oProxyCommand=touch${IFS}canary2",
    # The second device has no address, so that ssh gets its name.
    "-oProxyCommand=touch canary1",
    "sw -oProxyCommand=touch${IFS}canary3",
    "-F/dev/null",
    "--version",
    "root@sw1",
    "$(touch canary4)",
    "`touch canary5`",
    "x;touch canary6;",
    "x|touch canary7",
    "x && touch canary8",
    "x\ntouch canary9\n",
    "'; touch canary10; '",
    '"; touch canary11; "',
    "{{ lookup('ansible.builtin.pipe', 'touch canary12') }}",
    "{% set x = lookup('ansible.builtin.pipe', 'touch canary13') %}",
    "{{ cycler.__init__.__globals__.os.system('touch canary14') }}",
    "{%raw%}{{ query('ansible.builtin.pipe', 'touch canary15') }}",
    "!!python/object/apply:os.system ['touch canary16']",
    "\x1b]0;owned\x07\x1b[2Jx",
    "\r\x9b2J\u202ex",
    "../outside",
    "/etc/passwd",
    "<script>alert(1)</script>",
    "&a [*a]",
    "localhost",
    "127.0.0.1",
    "::1",
    "all",
    "ungrouped",
)
# Variables that make Ansible run a command on the controller, or a different command.
OBEYED = {
    "ansible_connection": "local",
    "ansible_python_interpreter": "touch canary20; false",
    "ansible_ssh_common_args": "-oProxyCommand='touch canary21'",
    "ansible_ssh_executable": "./evil",
    "ansible_host": "-oProxyCommand=touch canary22",
    "delegated_vars['ansible_host']": "-oProxyCommand=touch canary23",
    "environment": {"EVIL": "canary24"},
    "omit": "0777",
}
OPTIONS: dict[str, t.Any] = {
    **dict.fromkeys(("config_context", "interfaces", "services", "ansible_host_dns_name", "dns_name"), True),
    **{f"flatten_{name}": True for name in ("config_context", "local_context_data", "custom_fields")},
    "group_by": ["site", "location", "region", "role", "platform", "tenant", "tag", "rack", "status"],
    "group_names_raw": True,
    "keyed_groups": [{"key": "serial", "prefix": "", "separator": ""}, {"key": "custom_fields", "prefix": "cf"}],
    "compose": {"again": "serial", "both": "serial ~ site.name", "own": "netbox"},
}
SSH = """#!/bin/sh
printf '%s\\0' "$@" >> "$SSH_LOG"
printf '\\n' >> "$SSH_LOG"
exit 255
"""


# Each test runs Ansible's programs.
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def hostile() -> Iterator[NetBox]:
    """A device for each payload, with the payload in each of its strings, and in all objects that it refers to."""
    with serve(version="4.6") as served:
        devices = served.table("dcim/devices")
        places: dict[str, dict[str, t.Any]] = {}
        template = devices[1]
        devices.replace({})
        for number, text in enumerate(PAYLOADS, 1):
            for field, endpoint in (
                *(("site", "dcim/sites"), ("location", "dcim/locations"), ("role", "dcim/device-roles")),
                *(("platform", "dcim/platforms"), ("tenant", "tenancy/tenants"), ("rack", "dcim/racks")),
                ("tags", "extras/tags"),
            ):
                table = served.table(endpoint)
                row = {**table[min(table.ids())], "id": 1000 + number, "parent": None}
                names = {"name": text, "slug": text, "display": text, "description": text}
                table[1000 + number] = places[field] = {**row, **names, "site": places.get("site")}
            address = {"id": 5000 + number, "address": f"192.0.2.{number}/24", "dns_name": text, "display": text}
            # Half of the hosts have an address. Ansible connects to the other half by name.
            addresses = {"primary_ip": address, "primary_ip4": address} if number % 2 else {}
            devices[number] = {
                **template,
                **dict.fromkeys(("primary_ip", "primary_ip4", "primary_ip6", "oob_ip", "virtual_chassis")),
                **addresses,
                **{field: places[field] for field in ("site", "location", "role", "platform", "tenant", "rack")},
                **dict.fromkeys(("name", "display", "serial", "asset_tag", "comments", "description"), text),
                "id": number,
                "tags": [places["tags"]],
                "custom_fields": {text: text, "label": text, **OBEYED},
                "local_context_data": {text: {text: [text]}, **OBEYED},
                "config_context": {text: {text: [text]}, "motd": text, **OBEYED},
            }
        interfaces = served.table("dcim/interfaces")
        for number in list(interfaces):
            text = PAYLOADS[number % len(PAYLOADS)]
            interfaces[number] = {**interfaces[number], "name": text, "label": text, "description": text}
        yield served


@pytest.fixture
def place(hostile: NetBox, tmp_path: Path) -> Path:
    """Return a directory with the inventory, where Ansible runs."""
    options = {"plugin": "netbox.cursor.nb_inventory", "virtual_machines": False, **OPTIONS}
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "a.netbox.yml").write_text(json.dumps(options), encoding="utf-8")
    return tmp_path / "work"


def run(netbox: NetBox, place: Path, program: str, *arguments: str, path: str = "", shows_values: bool = False) -> str:
    """Run Ansible, and return what it prints. Check the guarantees that apply to every run.

    If a task ``shows_values``, Ansible itself prints the control characters in values.
    """
    home = place.parent / "home"
    environment = _programs.environment(
        ANSIBLE_HOME=str(home),
        ANSIBLE_REMOTE_TMP=str(home / "remote"),
        ANSIBLE_NOCOLOR="1",
        ANSIBLE_HOST_KEY_CHECKING="false",
        ANSIBLE_TRANSFORM_INVALID_GROUP_CHARS="ignore",
        HOME=str(home),
        NETBOX_API=netbox.url,
        NETBOX_TOKEN=netbox.tokens["v1"],
        PATH=os.pathsep.join(filter(None, [path, os.environ["PATH"]])),
        SSH_LOG=str(place.parent / "ssh.log"),
    )
    home.mkdir(exist_ok=True)
    command = _programs.command(program, "-i", "a.netbox.yml", *arguments)
    ended = subprocess.run(
        command,
        env=environment,
        cwd=place,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        check=False,
        timeout=300,
    )
    assert not list(place.parent.rglob("canary*")), ended.stdout
    assert shows_values or not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", ended.stdout)
    assert "Traceback" not in ended.stdout
    return ended.stdout


@pytest.fixture
def fake_ssh(tmp_path: Path) -> str:
    """Return a directory with an ``ssh`` program that records its arguments."""
    program = tmp_path / "bin" / "ssh"
    program.parent.mkdir()
    program.write_text(SSH, encoding="utf-8")
    program.chmod(0o755)
    return str(program.parent)


def test_no_string_reaches_ssh_as_an_option(hostile: NetBox, place: Path, fake_ssh: str) -> None:
    # With several forks, the lines of the log can overlap.
    run(hostile, place, "adhoc", "all", "-f", "1", "-m", "ansible.builtin.raw", "-a", "hello", path=fake_ssh)
    calls = [
        line.split("\0")[:-1] for line in (place.parent / "ssh.log").read_text(encoding="utf-8").split("\n") if line
    ]
    hosts = [call[-2] for call in calls if call[-1].endswith("hello")]
    assert len(hosts) == len(PAYLOADS)
    for host in hosts:
        assert not host.startswith("-") and not re.search(r"\s-\S|[`$;&|<>\"'\\@\n]", host), host
        assert host not in ("localhost", "127.0.0.1", "::1")
    assert not any("canary" in word for call in calls for word in call[:-2])
    # Ansible uses an address if there is one.
    assert {f"192.0.2.{number}" for number in range(1, len(PAYLOADS) + 1, 2)} - set(hosts) <= {
        # These DNS names are harmless.
        f"192.0.2.{number}"
        for number, text in enumerate(PAYLOADS, 1)
        if re.fullmatch(r"[\w./]+", text)
    }


@pytest.mark.skipif(not shutil.which("ssh"), reason="ssh is not installed")
def test_ssh_runs_nothing_on_the_controller(hostile: NetBox, place: Path) -> None:
    options = "-oBatchMode=yes -oConnectTimeout=1 -oConnectionAttempts=1"
    run(
        hostile,
        place,
        *("adhoc", "all", "-m", "ansible.builtin.raw", "-a", "id", "-f", "15", f"--ssh-common-args={options}"),
    )


def test_modules_run_nothing_else(hostile: NetBox, place: Path) -> None:
    interpreter = f"ansible_python_interpreter={sys.executable}"
    said = run(hostile, place, "adhoc", "all[0:5]", "-m", "ansible.builtin.ping", "-c", "local", "-e", interpreter)
    assert said.count('"ping": "pong"') == 6


def test_templates_show_the_strings_as_they_are(hostile: NetBox, place: Path) -> None:
    (place / "all.j2").write_text(
        "{{ again }}\n{{ both }}\n{{ serial }}\n{{ motd }}\n{{ label }}\n{{ inventory_hostname }}\n"
        "{{ group_names | to_json }}\n{{ hostvars[inventory_hostname] | string | length }}\n",
        encoding="utf-8",
    )
    (place / "out").mkdir()
    tasks = [
        {
            "ansible.builtin.template": {
                "src": "all.j2",
                "dest": "out/{{ inventory_hostname | hash('sha256') }}",
                "mode": "{{ not_set | default(omit) }}",
            },
        },
        {"ansible.builtin.debug": {"msg": "{{ own | string | length }} {{ interfaces | string | length }}"}},
    ]
    variables = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    play = [{"hosts": "all[0:9]", "gather_facts": False, "vars": variables, "tasks": tasks}]
    (place / "play.yml").write_text(json.dumps(play), encoding="utf-8")
    said = run(hostile, place, "playbook", "play.yml")
    files = list((place / "out").iterdir())
    assert len(files) == 10, said
    shown = "".join(path.read_text(encoding="utf-8") for path in files)
    for text in PAYLOADS[:4]:
        # again, serial, motd, label
        assert shown.count(f"{text}\n") >= 4
    assert not any(path.stat().st_mode & 0o002 for path in files)


def test_all_templates_show_payloads_of_jinja_as_they_are(hostile: NetBox, place: Path) -> None:
    message = "msg='{{ serial }}{{ again }}'"
    said = run(hostile, place, "adhoc", "all", "-m", "ansible.builtin.debug", "-a", message, shows_values=True)
    assert said.count("touch canary12") >= 2 and said.count("os.system('touch canary14')") >= 2


def test_localhost_stays_the_controller(hostile: NetBox, place: Path) -> None:
    said = run(
        hostile,
        place,
        *("adhoc", "localhost", "-m", "ansible.builtin.debug"),
        *("-a", "msg='serial {{ serial | default(\"none\") }} {{ ansible_connection }}'"),
    )
    assert "serial none local" in said
    assert "192.0.2." not in said


def test_inventory_is_printed_without_control_characters(hostile: NetBox, place: Path) -> None:
    said = run(hostile, place, "inventory", "--graph")
    assert "sw _oProxyCommand=touch" in said and "_oProxyCommand=touch canary1" in said
    content = run(hostile, place, "inventory", "--list", "--output", "list.json")
    assert "NetBox data cannot set variables that Ansible interprets" in " ".join(content.split())
    hosts = json.loads((place / "list.json").read_text(encoding="utf-8"))["_meta"]["hostvars"]
    assert len(hosts) == len(PAYLOADS)
    for variables in hosts.values():
        assert set(OBEYED) & set(variables) <= {"ansible_host"}
        assert not str(variables.get("ansible_host", "")).startswith("-")
