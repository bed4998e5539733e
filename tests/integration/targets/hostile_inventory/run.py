# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run commands and a play on hosts with random hostile text fields. No payload runs, and no other files are written."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ansible_collections.netbox.cursor.tests.hostile import Canaries, control_characters, poison
from ansible_collections.netbox.cursor.tests.hostile.strategies import pools
from ansible_collections.netbox.cursor.tests.stand_in import NetBox, serve

HERE = Path(__file__).resolve().parent
VERSIONS = ("4.5", "4.6", "4.7")
# Canaries have the same paths in each run, so that hypothesis can draw strings that name them.
PLACE = Path(tempfile.mkdtemp())
CANARIES = Canaries(PLACE)
PAYLOADS = CANARIES.payloads()
OPTIONS = {
    "plugin": "netbox.cursor.nb_inventory",
    **dict.fromkeys(("config_context", "interfaces", "services", "ansible_host_dns_name", "dns_name"), True),
    **{f"flatten_{name}": True for name in ("config_context", "local_context_data", "custom_fields")},
    "group_by": ["site", "location", "region", "role", "platform", "tenant", "tag", "rack", "cluster"],
    "group_names_raw": True,
    "keyed_groups": [{"key": "serial", "prefix": "", "separator": ""}, {"key": "custom_fields", "prefix": "cf"}],
    "compose": {"again": "serial", "both": "serial ~ site.name", "own": "netbox"},
}
SSH = """#!/bin/sh
printf '%s\\0' "$@" >> "$SSH_LOG"
printf '\\n' >> "$SSH_LOG"
exit 255
"""
OBEYED = re.compile(r"^-|\s-\S|[`$;&|<>\"'\\@\n]")


class Runs:
    """Runs Ansible's programs in an empty directory, and checks the guarantees for every run."""

    def __init__(self, netbox: NetBox, work: Path) -> None:
        self._work = work
        (work / "a.netbox.yml").write_text(json.dumps(OPTIONS), encoding="utf-8")
        (work / "all.j2").write_text("{{ hostvars[inventory_hostname] | to_json }}\n{{ again }}\n", encoding="utf-8")
        for name in ("home", "out", "bin"):
            (work / name).mkdir()
        (work / "bin" / "ssh").write_text(SSH, encoding="utf-8")
        (work / "bin" / "ssh").chmod(0o755)
        self._environment = {
            **os.environ,
            "ANSIBLE_FORKS": "10",
            "ANSIBLE_HOST_KEY_CHECKING": "false",
            "ANSIBLE_NOCOLOR": "1",
            "HOME": str(work / "home"),
            "NETBOX_API": netbox.url,
            "NETBOX_TOKEN": netbox.tokens["v2"],
            "OUT": str(work / "out"),
            "SSH_LOG": str(work / "ssh.log"),
            "TEMPLATE": str(work / "all.j2"),
        }

    def run(self, *command: str, with_ssh: bool = False) -> str:
        path = self._environment["PATH"]
        environment = {**self._environment, "PATH": path if with_ssh else f"{self._work}/bin:{path}"}
        ended = subprocess.run(
            [*command, "-i", "a.netbox.yml"],
            env=environment,
            cwd=self._work,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=300,
        )
        output = ended.stdout.decode("utf-8", "backslashreplace")
        assert not CANARIES.found(), (CANARIES.found(), output)
        assert not control_characters(output), [line for line in output.splitlines() if control_characters(line)]
        assert "Traceback" not in output, output
        return output

    def hosts_of_ssh(self) -> list[str]:
        log = (self._work / "ssh.log").read_text(encoding="utf-8")
        calls = [line.split("\0") for line in log.split("\0\n") if line]
        return [call[-2] for call in calls if call[-1].endswith("hello")]

    def files(self) -> set[str]:
        allowed = r"a\.netbox\.yml|all\.j2|ssh\.log|bin(/ssh)?|home(/.*)?|out(/[0-9a-f]{64})?"
        names = {str(path.relative_to(self._work)) for path in self._work.rglob("*")}
        return {name for name in names if not re.fullmatch(allowed, name)}


def check(netbox: NetBox, work: Path) -> None:
    runs = Runs(netbox, work)
    graph = runs.run("ansible-inventory", "--graph")
    hosts = {line.strip(" |-") for line in graph.splitlines() if "|--" in line and "|--@" not in line}
    assert len(hosts) >= 15, graph
    runs.run("ansible", "all", "-m", "ansible.builtin.raw", "-a", "hello")
    called = runs.hosts_of_ssh()
    assert len(called) >= 15 and not [host for host in called if OBEYED.search(host)], called
    if shutil.which("ssh"):
        options = "--ssh-common-args=-oBatchMode=yes -oConnectTimeout=1 -oConnectionAttempts=1"
        runs.run("ansible", "all", "-m", "ansible.builtin.raw", "-a", "hello", options, with_ssh=True)
    given = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    output = runs.run("ansible-playbook", str(HERE / "playbook.yml"), "-e", json.dumps(given))
    assert "failed=0" in output and not re.search("failed=[1-9]|unreachable=[1-9]", output), output
    assert len(list((work / "out").iterdir())) >= 15
    assert not runs.files(), runs.files()
    print(f"{len(called)} hosts, {len(output)} characters")


@settings(
    max_examples=2,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(pool=pools(PAYLOADS, least=30, most=80), seed=st.integers(0, 2**16))
def drawn(pool: list[str], seed: int) -> None:
    print(f"seed {seed}: {len(pool)} strings")
    with serve(version=VERSIONS[seed % len(VERSIONS)]) as netbox, tempfile.TemporaryDirectory() as work:
        poison(netbox, pool, seed=seed, validated=seed % 2 == 1)
        check(netbox, Path(work))


with serve(version="4.6") as netbox, tempfile.TemporaryDirectory() as work:
    poison(netbox, PAYLOADS)
    check(netbox, Path(work))
drawn()
shutil.rmtree(PLACE)
