# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The token is sent only to NetBox, and data from NetBox never becomes a path, a template, or a command."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import typing as t
from collections.abc import Iterator
from pathlib import Path

import ansible.template
import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.names import sanitize_name
from ansible_collections.netbox.cursor.tests import _programs
from ansible_collections.netbox.cursor.tests.stand_in import Fault, NetBox, serve

pytestmark = pytest.mark.slow

# ansible-core before 2.19 trusts all strings.
trusted = getattr(ansible.template, "trust_as_template", str)
GATE = "a-secret-for-the-gate"


@pytest.fixture
def netbox() -> Iterator[NetBox]:
    with serve(version="4.6") as served:
        yield served


def run(netbox: NetBox, folder: Path, what: str, *arguments: str, **options: t.Any) -> subprocess.CompletedProcess[str]:
    """Run Ansible with the token in the inventory's options, and in NETBOX_TOKEN for lookups."""
    source = folder / "a.netbox.yml"
    options = {"plugin": "netbox.cursor.nb_inventory", "token": netbox.tokens["v2"], "retries": 0, **options}
    source.write_text(json.dumps(options), encoding="utf-8")
    source.chmod(0o600)
    environment = _programs.environment(
        NETBOX_API=netbox.url,
        NETBOX_TOKEN=netbox.tokens["v1"],
        NETBOX_HEADERS=json.dumps({"X-Gate": GATE}),
        XDG_CACHE_HOME=str(folder / "xdg"),
        ANSIBLE_HOME=str(folder / "home"),
        ANSIBLE_LOG_PATH=str(folder / "log"),
        ANSIBLE_RETRY_FILES_ENABLED="true",
    )
    command = _programs.command(what, *(word.format(source=source) for word in arguments))
    return subprocess.run(
        command, env=environment, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )


def secrets_in(text: str, netbox: NetBox) -> list[str]:
    secrets = [GATE, *(part for token in netbox.tokens.values() for part in token.split("."))]
    return [secret for secret in secrets if secret in text]


CACHE = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": "cache"}


@pytest.mark.parametrize("fault", ["", "status:500", "html"])
def test_output_and_files_contain_no_secret(netbox: NetBox, text_in: t.Any, tmp_path: Path, fault: str) -> None:
    if fault:
        kind, dummy, argument = fault.partition(":")
        netbox.faults.append(Fault(kind, argument or None, after=2))
    # A filter that only the schema contains, so that the plugin caches the schema on disk.
    filters = [{"name__isw": "leaf"}, {"bogus": 1}]
    said = run(netbox, tmp_path, "inventory", "-i", "{source}", "--list", "-vvvvv", **CACHE).stdout
    said += run(netbox, tmp_path, "inventory", "-i", "{source}", "--list", "-vvvvv", query_filters=filters).stdout
    play = [{"hosts": "localhost", "gather_facts": False, "tasks": []}]
    for options in ("", ", filters={'bogus': 1}", ", ordering='name'"):
        play[0]["tasks"].append(  # type: ignore[attr-defined]
            {
                "ansible.builtin.debug": {"msg": "{{ query('netbox.cursor.nb_query', 'devices'" + options + ") }}"},
                "ignore_errors": True,
            }
        )
    (tmp_path / "play.yml").write_text(json.dumps(play), encoding="utf-8")
    said += run(netbox, tmp_path, "playbook", "play.yml", "-vvvvv").stdout
    assert "netbox.cursor" in said and netbox.url in said
    assert not secrets_in(said, netbox)
    for path in tmp_path.rglob("*"):
        if path.is_file() and path.name != "a.netbox.yml":
            assert not secrets_in(text_in(path), netbox), path


def test_files_that_may_hold_secrets_are_the_users_alone(netbox: NetBox, tmp_path: Path) -> None:
    """All users can read the files of Ansible's own jsonfile cache plugin."""
    before = os.umask(0o022)
    try:
        ended = run(netbox, tmp_path, "inventory", "-i", "{source}", "--list", **CACHE)
        run(netbox, tmp_path, "inventory", "-i", "{source}", "--list", query_filters=[{"bogus": 1}])
    finally:
        os.umask(before)
    assert ended.returncode == 0, ended.stdout
    kept = [*(tmp_path / "cache").iterdir(), *(tmp_path / "xdg" / "netbox.cursor").iterdir()]
    assert len(kept) == 2
    assert [stat.S_IMODE(path.stat().st_mode) for path in kept] == [0o600, 0o600]
    assert stat.S_IMODE((tmp_path / "xdg" / "netbox.cursor").stat().st_mode) == 0o700


def test_token_is_not_sent_to_another_host(netbox: NetBox, tmp_path: Path) -> None:
    with serve(version="4.6") as other:
        for fault in (Fault("redirect", other.url + "/api/dcim/sites/"), Fault("next_elsewhere", other.url + "/api/")):
            netbox.faults[:] = [fault]
            run(netbox, tmp_path, "inventory", "-i", "{source}", "--list", page_size=2)
        assert other.requests == []


def test_tls_is_verified_by_default(tmp_path: Path) -> None:
    with serve(version="4.6", tls=True) as netbox:
        ended = run(netbox, tmp_path, "inventory", "-i", "{source}", "--list")
        assert "cannot be trusted" in ended.stdout and netbox.requests == []
        ended = run(netbox, tmp_path, "inventory", "-i", "{source}", "--list", ca_path=netbox.ca_path)
        assert "cannot be trusted" not in ended.stdout and netbox.requests


def test_a_hosts_name_leads_to_no_file_of_ours(netbox: NetBox, tmp_path: Path) -> None:
    """Ansible reads host_vars/NAME and group_vars/NAME next to the inventory, even if NAME is a path to another
    directory."""
    (tmp_path / "host_vars").mkdir()
    (tmp_path / "group_vars").mkdir()
    outside = tmp_path / "outside.yml"
    outside.write_text("stolen: true\n", encoding="utf-8")
    devices, sites = netbox.table("dcim/devices"), netbox.table("dcim/sites")
    number = min(devices)
    site = devices[number]["site"]["id"]
    devices[number] = {
        **devices[number],
        "name": "../outside",
        "site": {**devices[number]["site"], "slug": "/../../outside"},
    }
    sites[site] = {**sites[site], "slug": "/../../outside"}
    ended = run(netbox, tmp_path, "inventory", "-i", "{source}", "--list", group_by=["site"])
    assert ended.returncode == 0 and ".._outside" in ended.stdout
    assert "stolen" not in ended.stdout


@pytest.mark.parametrize(
    ("name", "becomes"),
    [
        ("leaf1", "leaf1"),
        ("rack 1/pdu 2", "rack 1/pdu 2"),
        ("a..b", "a..b"),
        ("../../etc/passwd", ".._.._etc_passwd"),
        ("a/../../b", "a_.._.._b"),
        ("/etc/passwd", "_etc_passwd"),
        ("a//b", "a__b"),
        ("..", "__"),
        (".", "_"),
        ("a\x1b[2J\nb\u202e", "a [2J b"),
    ],
)
def test_names_are_no_paths_and_no_commands_to_a_terminal(name: str, becomes: str) -> None:
    assert sanitize_name(name) == becomes


def test_words_of_netbox_move_no_terminal(netbox: NetBox, tmp_path: Path) -> None:
    for row in netbox.table("dcim/devices").values():
        row["name"] = "evil\x1b[2J\x07"
    netbox.faults.append(Fault("status", "403", path="/api/dcim/sites/"))
    said = run(netbox, tmp_path, "inventory", "-i", "{source}", "--graph", "-vvvv", group_by=["region"]).stdout
    assert "evil" in said and "\x1b[2J" not in said and "\x07" not in said


COMMAND = "lookup('ansible.builtin.pipe', 'id')"
TEMPLATES = (
    "{{ 6 * 7 }}{{ " + COMMAND + " }}",
    # ansible-core before 2.19 interprets such a first line, which changes the template delimiters.
    "#jinja2: variable_start_string: '[[', variable_end_string: ']]'\n[[ " + COMMAND + " ]]",
    "#jinja2:line_statement_prefix:'%'\n% set x = " + COMMAND,
)


@pytest.mark.parametrize("template", TEMPLATES)
def test_strings_of_netbox_are_no_templates_in_lookups(
    netbox: NetBox, monkeypatch: pytest.MonkeyPatch, template: str
) -> None:
    for row in netbox.table("dcim/sites").values():
        row["description"] = template
    monkeypatch.setenv("NETBOX_API", netbox.url)
    monkeypatch.setenv("NETBOX_TOKEN", netbox.tokens["v1"])
    templar = Templar(loader=DataLoader(), variables={})
    expressions = (
        "query('netbox.cursor.nb_query', 'dcim/sites') | map(attribute='description') | first",
        "(query('netbox.cursor.nb_graphql', 'site_list', fields='description') | first).description",
    )
    for expression in expressions:
        text = "{{ " + expression + " }}"
        found = templar.template(trusted(text))
        assert found == template
        assert templar.template(found) == found


@pytest.mark.parametrize("template", TEMPLATES)
def test_strings_of_netbox_are_no_templates_in_variables(netbox: NetBox, tmp_path: Path, template: str) -> None:
    for row in netbox.table("dcim/devices").values():
        row["serial"] = row["comments"] = template
    expressions = {"composed": "serial", "joined": "serial ~ ' '", "cut": "('x' ~ serial)[1:]"}
    message = "{{ serial }}|{{ composed }}|{{ joined }}|{{ cut }}"
    source = {"compose": expressions, "keyed_groups": [{"key": "serial", "prefix": ""}]}
    ended = run(netbox, tmp_path, "inventory", "-i", "{source}", "--host", "leaf1", **source)
    composed = json.loads(ended.stdout[ended.stdout.index("{\n") :])["composed"]
    # ansible-core before 2.19 prints marked strings in this way.
    assert composed in (template, {"__ansible_unsafe": template})
    play = [{"hosts": "leaf1", "connection": "local", "gather_facts": False, "tasks": [{"debug": {"msg": message}}]}]
    (tmp_path / "play.yml").write_text(json.dumps(play), encoding="utf-8")
    ended = run(netbox, tmp_path, "playbook", "-i", "{source}", "play.yml", **source)
    assert "uid=" not in ended.stdout and "failed=0" in ended.stdout and "ok=1" in ended.stdout, ended.stdout
