# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A filter that NetBox would ignore is an error; a right one costs nothing."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import typing as t
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.netbox.cursor.plugins.module_utils._filters.check import VERSIONS, FilterCheck, shipped
from ansible_collections.netbox.cursor.plugins.module_utils._filters.schema_cache import SchemaCache
from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UsageError
from ansible_collections.netbox.cursor.tests.stand_in import Fault, NetBox, serve

RECORDED = Path(__file__).resolve().parents[3] / "recordings" / "filters"

# Right everywhere, by endpoint.
RIGHT = {
    "dcim/devices": (
        "site",
        "name__ic",
        "has_primary_ip",
        "tag",
        "q",
        "cluster_id",
        "created__gte",
        "role",
        "mac_address",
    ),
    "dcim/interfaces": ("device_id", "enabled", "type__n", "virtual_chassis_id", "mac_address__ic"),
    "dcim/sites": ("region", "region_id", "slug", "status", "asn_id", "id__lt", "tag__n"),
    "dcim/racks": ("location_id", "u_height__gte", "role", "facility_id__isw"),
    "dcim/locations": ("parent", "site_id", "ancestor_id"),
    "dcim/cables": ("device_id", "type", "color", "unterminated"),
    "dcim/device-types": ("manufacturer", "part_number__ic", "u_height"),
    "dcim/platforms": ("manufacturer", "slug"),
    "dcim/regions": ("parent_id", "slug__ic"),
    "dcim/virtual-chassis": ("master_id", "domain"),
    "dcim/power-feeds": ("power_panel_id", "voltage__gt"),
    "dcim/inventory-items": ("device", "serial"),
    "dcim/modules": ("module_bay_id", "device_id"),
    "ipam/ip-addresses": ("parent", "vrf_id", "assigned_to_interface", "device", "dns_name__iew"),
    "ipam/prefixes": ("within_include", "contains", "scope_type", "vrf", "family"),
    "ipam/vlans": ("vid", "group_id", "available_on_device"),
    "ipam/services": ("port", "protocol", "name"),
    "ipam/asn-ranges": ("rir", "start__gte"),
    "virtualization/virtual-machines": ("cluster", "vcpus__lt", "site", "platform"),
    "virtualization/clusters": ("type", "group", "scope_id"),
    "tenancy/tenants": ("group", "group_id", "slug"),
    "circuits/circuits": ("provider", "commit_rate__gte", "type"),
    "extras/tags": ("slug", "color"),
    "vpn/tunnels": ("status", "encapsulation"),
    "wireless/wireless-lans": ("ssid", "auth_type"),
}


@pytest.fixture(scope="module", params=VERSIONS)
def server(request: pytest.FixtureRequest) -> Iterator[NetBox]:
    with serve(version=request.param) as netbox:
        yield netbox


@pytest.fixture
def netbox(server: NetBox) -> NetBox:
    server.requests.clear()
    server.faults.clear()
    return server


@pytest.fixture
def check(netbox: NetBox, tmp_path: Path) -> Iterator[FilterCheck]:
    with Client(netbox.url, netbox.tokens["v1"], retries=0) as client:
        yield FilterCheck(client, SchemaCache(tmp_path))


@pytest.mark.parametrize("endpoint", RIGHT)
def test_right_filters_cost_no_request(netbox: NetBox, check: FilterCheck, endpoint: str) -> None:
    check.check(endpoint, [(name, "1") for name in (*RIGHT[endpoint], "filter_id", "id")])
    assert netbox.requests == []


@pytest.mark.parametrize("endpoint", RIGHT)
def test_wrong_filters_are_named_all_at_once(netbox: NetBox, check: FilterCheck, endpoint: str) -> None:
    right = RIGHT[endpoint][0]
    with pytest.raises(UsageError) as caught:
        check.check(endpoint, [(right, "1"), ("nonexist", "1"), ("id__in", "1,2"), ("name__zz", "a")])
    text = str(caught.value)
    assert endpoint in text
    assert all(repr(name) in text for name in ("nonexist", "id__in", "name__zz"))
    assert f"{right!r}" not in text
    # The version, the schema's key, the schema; and nothing of the list.
    assert {received.path for received in netbox.requests} <= {"/api/status/", "/api/schema/"}


def test_the_nearest_names_are_told(check: FilterCheck) -> None:
    with pytest.raises(UsageError, match=r"'iste' \(did you mean site"):
        check.check("dcim/devices", [("iste", "ber1")])


def test_a_name_of_another_version_is_unknown(tmp_path: Path) -> None:
    for version, known in (("4.5", False), ("4.7", True)):
        name = next(iter(shipped("4.7")["dcim/racks"] - shipped("4.5")["dcim/racks"] - shipped("4.6")["dcim/racks"]))
        with serve(version=version) as netbox, Client(netbox.url, netbox.tokens["v1"]) as client:
            strict = FilterCheck(client, SchemaCache(tmp_path))
            if known:
                strict.check("dcim/racks", [(name, "1")])
                assert {received.path for received in netbox.requests} == {"/api/status/"}
            else:
                with pytest.raises(UsageError, match=name):
                    strict.check("dcim/racks", [(name, "1")])


def test_lists_of_plugins_are_checked_by_the_servers_schema(netbox: NetBox, check: FilterCheck) -> None:
    netbox.table("plugins/bgp/sessions").replace({1: {"id": 1, "name": "a"}})
    check.check("plugins/bgp/sessions", [("name__ic", "a")])
    with pytest.raises(UsageError, match=r"'nmae' \(did you mean name"):
        check.check("plugins/bgp/sessions", [("nmae", "a")])
    assert [received.path for received in netbox.requests].count("/api/schema/") == 1


def test_empty_values_are_refused(netbox: NetBox, check: FilterCheck) -> None:
    with pytest.raises(UsageError, match="name__empty"):
        check.check("dcim/devices", [("name", "")])
    assert netbox.requests == []


def test_custom_fields_must_exist(netbox: NetBox, check: FilterCheck) -> None:
    check.check("dcim/devices", [("cf_tier", "t1"), ("cf_tier__n", "t2")])
    with pytest.raises(UsageError, match="'cf_teir' .did you mean cf_tier"):
        check.check("dcim/devices", [("cf_teir", "t1")])


def test_lists_that_ignore_filters_take_none(check: FilterCheck) -> None:
    with pytest.raises(UsageError, match="does not filter"):
        check.check("extras/subscriptions", [("id", "1")])


def test_without_a_schema_an_unknown_name_is_still_an_error(netbox: NetBox, check: FilterCheck) -> None:
    netbox.faults.append(Fault("status", "500", path="/api/schema/"))
    with pytest.raises(UsageError, match="could not be had.*HTTP 500"):
        check.check("dcim/devices", [("nonexist", "1")])


def test_the_index_holds_what_was_recorded() -> None:
    for version in VERSIONS:
        names = json.loads((RECORDED / f"{version}.json").read_text(encoding="utf-8"))
        assert shipped(version) == {endpoint: frozenset(text.split()) for endpoint, text in names.items()}


def ask(netbox: NetBox, folder: Path) -> None:
    with Client(netbox.url, netbox.tokens["v1"], retries=0) as client, pytest.raises(UsageError):
        FilterCheck(client, SchemaCache(folder)).check("dcim/devices", [("nonexist", "1")])


def schemas_asked(netbox: NetBox) -> int:
    return [received.path for received in netbox.requests].count("/api/schema/")


def test_the_schema_is_asked_for_once_and_kept_for_the_user_alone(netbox: NetBox, tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    ask(netbox, folder)
    ask(netbox, folder)
    assert schemas_asked(netbox) == 1
    (kept,) = folder.iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert netbox.tokens["v1"] not in kept.read_text(encoding="utf-8")


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"dcim/devices": 5}'])
def test_a_damaged_file_is_made_again(netbox: NetBox, tmp_path: Path, damage: str) -> None:
    ask(netbox, tmp_path)
    (kept,) = tmp_path.iterdir()
    kept.write_text(damage, encoding="utf-8")
    ask(netbox, tmp_path)
    assert schemas_asked(netbox) == 2
    assert json.loads(kept.read_text(encoding="utf-8"))


def test_servers_and_versions_are_kept_apart(tmp_path: Path) -> None:
    with serve(version="4.6") as one, serve(version="4.6") as other:
        ask(one, tmp_path)
        ask(other, tmp_path)
        one.settings.version = "4.7"
        ask(one, tmp_path)
        assert len(list(tmp_path.iterdir())) == 3


def test_a_folder_that_cannot_be_written_is_no_error(netbox: NetBox, tmp_path: Path) -> None:
    folder = tmp_path / "file" / "cache"
    folder.parent.write_text("in the way", encoding="utf-8")
    ask(netbox, folder)


PROCESS = """
import sys
from pathlib import Path
from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._filters.schema_cache import SchemaCache
with Client(*sys.argv[1:3]) as client:
    print(len(SchemaCache(Path(sys.argv[3])).names(client)))
"""


def test_eight_processes_at_once_leave_one_whole_file(netbox: NetBox, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[7])}
    command = [sys.executable, "-c", PROCESS, netbox.url, netbox.tokens["v1"], str(tmp_path)]
    running: list[t.Any] = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for dummy in range(8)
    ]
    answers = {process.communicate()[0] for process in running}
    assert len(answers) == 1 and int(answers.pop()) > 100
    (kept,) = tmp_path.iterdir()
    assert len(json.loads(kept.read_text(encoding="utf-8"))) > 100


def test_a_version_that_the_collection_does_not_know_is_checked_by_its_schema(tmp_path: Path) -> None:
    with serve(version="4.6") as netbox, Client(netbox.url, netbox.tokens["v1"]) as client:
        strict = FilterCheck(client, SchemaCache(tmp_path))
        strict.check("dcim/devices", [("site", "ber1")])
        assert netbox.requests == []
        client.api_version = (4, 9)
        strict.confirm("dcim/devices", [("site", "ber1"), ("cf_any", "a")])
        assert [received.path for received in netbox.requests] == ["/api/status/", "/api/schema/"]
        client.api_version = (4, 9)
        with pytest.raises(UsageError, match="nonexist"):
            strict.confirm("dcim/devices", [("nonexist", "1")])
