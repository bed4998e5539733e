# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The names in a server's schema are cached on disk."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
import typing as t
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.netbox.cursor.plugins.module_utils._filters.check import FilterCheck
from ansible_collections.netbox.cursor.plugins.module_utils._filters.schema_cache import SchemaCache, extract_parameters
from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UnexpectedAnswer, UsageError
from ansible_collections.netbox.cursor.tests import _programs
from ansible_collections.netbox.cursor.tests.stand_in import NetBox, serve


@pytest.fixture(scope="module")
def server() -> Iterator[NetBox]:
    with serve(version="4.6") as netbox:
        yield netbox


@pytest.fixture
def netbox(server: NetBox) -> NetBox:
    server.requests.clear()
    return server


def ask(netbox: NetBox, folder: Path) -> None:
    with Client(netbox.url, netbox.tokens["v1"], retries=0) as client, pytest.raises(UsageError):
        FilterCheck(client, SchemaCache(folder)).check("dcim/devices", [("nonexist", "1")])


def schemas_asked(netbox: NetBox) -> int:
    return [received.path for received in netbox.requests].count("/api/schema/")


def test_schema_is_requested_once_and_only_the_user_can_read_it(netbox: NetBox, tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    ask(netbox, folder)
    ask(netbox, folder)
    assert schemas_asked(netbox) == 1
    (kept,) = folder.iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert netbox.tokens["v1"] not in kept.read_text(encoding="utf-8")


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"dcim/devices": 5}'])
def test_damaged_file_is_replaced(netbox: NetBox, tmp_path: Path, damage: str) -> None:
    ask(netbox, tmp_path)
    (kept,) = tmp_path.iterdir()
    kept.write_text(damage, encoding="utf-8")
    ask(netbox, tmp_path)
    assert schemas_asked(netbox) == 2
    assert json.loads(kept.read_text(encoding="utf-8"))


def test_cache_separates_servers_and_versions(tmp_path: Path) -> None:
    with serve(version="4.6") as one, serve(version="4.6") as other:
        ask(one, tmp_path)
        ask(other, tmp_path)
        one.settings.version = "4.7"
        ask(one, tmp_path)
        assert len(list(tmp_path.iterdir())) == 3


def test_unwritable_cache_folder_is_not_an_error(netbox: NetBox, tmp_path: Path) -> None:
    folder = tmp_path / "file" / "cache"
    folder.parent.write_text("in the way", encoding="utf-8")
    ask(netbox, folder)


PROCESS = """
import sys
from pathlib import Path
from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._filters.schema_cache import SchemaCache
with Client(*sys.argv[1:3]) as client:
    print(len(SchemaCache(Path(sys.argv[3])).names(client, "4.6.8")))
"""


def test_eight_processes_leave_one_complete_file(netbox: NetBox, tmp_path: Path) -> None:
    environment = _programs.environment()
    command = [sys.executable, "-c", PROCESS, netbox.url, netbox.tokens["v1"], str(tmp_path)]
    running: list[t.Any] = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for dummy in range(8)
    ]
    answers = {process.communicate()[0] for process in running}
    assert len(answers) == 1 and int(answers.pop()) > 100
    (kept,) = tmp_path.iterdir()
    assert len(json.loads(kept.read_text(encoding="utf-8"))) > 100


def operation(**parameters: str) -> dict[str, t.Any]:
    listed = [{"in": "query", "name": name, "schema": {"type": kind}} for name, kind in parameters.items()]
    return {"get": {"parameters": [*listed, {"in": "path", "name": "id", "schema": {"type": "integer"}}]}}


@pytest.mark.parametrize("base", ["", "/netbox-api", "/api", "/a/api/b"])
def test_paths_are_read_below_the_base_path(base: str) -> None:
    paths = {
        f"{base}/api/status/": operation(),
        f"{base}/api/dcim/devices/": operation(name="array", q="string", has_primary_ip="boolean"),
        f"{base}/api/dcim/devices/{{id}}/": operation(fields="string"),
        f"{base}/api/dcim/racks/{{id}}/elevation/": operation(face="string"),
        f"{base}/api/plugins/bgp/status/": operation(state="array"),
    }
    assert extract_parameters({"paths": paths}) == {
        "status": "",
        "dcim/devices": "has_primary_ip? name q!",
        "dcim/racks/{id}/elevation": "face!",
        "plugins/bgp/status": "state",
    }


@pytest.mark.parametrize("schema", [None, [], {}, {"paths": {}}, {"paths": {"/api/x/": {"get": 5}}}])
def test_other_documents_are_not_schemas(schema: t.Any) -> None:
    with pytest.raises(UnexpectedAnswer):
        extract_parameters(schema)
