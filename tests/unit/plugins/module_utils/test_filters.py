# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Unknown filters are errors. Filters that every NetBox version supports need no request."""

from __future__ import annotations

import importlib.util
import json
import types
import typing as t
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.netbox.cursor.plugins.module_utils._filters import index, known
from ansible_collections.netbox.cursor.plugins.module_utils._filters.check import FilterCheck
from ansible_collections.netbox.cursor.plugins.module_utils._filters.schema_cache import SchemaCache
from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UsageError
from ansible_collections.netbox.cursor.tests.stand_in import Fault, NetBox, serve

ROOT = Path(__file__).resolve().parents[4]
MINORS = ("4.5", "4.6", "4.7")

# Filters that every version supports.
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
    "ipam/prefixes": ("within_include", "contains", "role", "vrf", "family"),
    "ipam/vlans": ("vid", "group_id", "available_on_device"),
    "ipam/services": ("description__ic", "tag", "name"),
    "ipam/asn-ranges": ("rir", "start__gte"),
    "virtualization/virtual-machines": ("cluster", "vcpus__lt", "site", "platform"),
    "virtualization/clusters": ("type", "group", "scope_id"),
    "tenancy/tenants": ("group", "group_id", "slug"),
    "circuits/circuits": ("provider", "commit_rate__gte", "type"),
    "extras/tags": ("slug", "color"),
    "vpn/tunnels": ("status", "encapsulation"),
    "wireless/wireless-lans": ("ssid", "auth_type"),
}


@pytest.fixture(scope="module", params=MINORS)
def server(request: pytest.FixtureRequest) -> Iterator[NetBox]:
    with serve(version=request.param) as netbox:
        yield netbox


@pytest.fixture
def netbox(server: NetBox) -> Iterator[NetBox]:
    server.requests.clear()
    yield server
    server.faults.clear()
    server.settings.patch_version = None
    server.settings.base_path = ""


@pytest.fixture
def check(netbox: NetBox, tmp_path: Path) -> Iterator[FilterCheck]:
    with Client(netbox.url, netbox.tokens["v1"], retries=0) as client:
        yield FilterCheck(client, SchemaCache(tmp_path))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache directory for all tests that do not count schema requests, because reading the schema takes a long
    time."""
    return tmp_path_factory.mktemp("kept")


def paths(netbox: NetBox) -> set[str]:
    return {received.path for received in netbox.requests}


@pytest.mark.parametrize("endpoint", RIGHT)
def test_known_filters_cost_no_request(netbox: NetBox, check: FilterCheck, endpoint: str) -> None:
    markers = known.filters_of(endpoint)
    check.check(endpoint, [(name, "true" if markers[name] == known.BOOLEAN else "1") for name in RIGHT[endpoint]])
    assert netbox.requests == []


@pytest.mark.parametrize("endpoint", RIGHT)
def test_unknown_filters_are_reported_together(netbox: NetBox, kept: Path, endpoint: str) -> None:
    right = RIGHT[endpoint][0]
    with Client(netbox.url, netbox.tokens["v1"]) as client, pytest.raises(UsageError) as caught:
        FilterCheck(client, SchemaCache(kept)).check(
            endpoint, [(right, "1"), ("nonexist", "1"), ("id__in", "1,2"), ("name__zz", "a")]
        )
    text = str(caught.value)
    assert text.startswith(f"Invalid filters for {endpoint}: ")
    assert all(f"{name!r} is not a filter of this list" in text for name in ("nonexist", "id__in", "name__zz"))
    assert f"{right!r}" not in text
    assert paths(netbox) <= {"/api/status/", "/api/schema/"}


def test_error_suggests_the_nearest_names(check: FilterCheck) -> None:
    with pytest.raises(UsageError, match=r"'iste' is not a filter of this list \(did you mean site"):
        check.check("dcim/devices", [("iste", "ber1")])


@pytest.mark.parametrize(
    ("minor", "patch", "endpoint", "name", "there"),
    [
        ("4.5", "4.5.10", "dcim/devices", "tag__any", False),
        ("4.6", "4.6.0", "dcim/devices", "tag__any", False),
        ("4.6", "4.6.5", "dcim/devices", "tag__any", False),
        ("4.6", "4.6.6", "dcim/devices", "tag__any", True),
        ("4.6", "4.6.8", "dcim/devices", "tag__any", True),
        ("4.6", "4.6.99", "dcim/devices", "tag__any", True),
        ("4.7", "4.7.0-beta1", "dcim/devices", "tag__any", True),
        ("4.7", "4.7.0", "dcim/devices", "tag__any", True),
        ("4.6", "4.6.7-Docker-4.0.2", "dcim/devices", "tag__any", True),
    ],
)
def test_patch_version_decides(tmp_path: Path, minor: str, patch: str, endpoint: str, name: str, there: bool) -> None:
    with serve(version=minor) as netbox, Client(netbox.url, netbox.tokens["v1"]) as client:
        netbox.settings.patch_version = patch
        strict = FilterCheck(client, SchemaCache(tmp_path))
        if there:
            strict.check(endpoint, [(name, "a")])
            assert paths(netbox) == {"/api/status/"}
        else:
            with pytest.raises(UsageError, match=name):
                strict.check(endpoint, [(name, "a")])


def test_without_status_all_patch_versions_must_have_a_filter(netbox: NetBox, check: FilterCheck) -> None:
    netbox.faults += [Fault("status", "500", path="/api/status/"), Fault("status", "500", path="/api/schema/")]
    with pytest.raises(UsageError, match="tag__any.*cannot read the API schema.*HTTP 500"):
        if netbox.settings.version == "4.7":
            check.check("dcim/devices", [("tag__any", "a"), ("nonexist", "b")])
        else:
            check.check("dcim/devices", [("tag__any", "a")])


def test_plugin_lists_are_checked_by_the_schema(netbox: NetBox, check: FilterCheck) -> None:
    netbox.table("plugins/bgp/sessions").replace({1: {"id": 1, "name": "a"}})
    check.check("plugins/bgp/sessions", [("name__ic", "a")])
    with pytest.raises(UsageError, match=r"'nmae' is not a filter of this list \(did you mean name"):
        check.check("plugins/bgp/sessions", [("nmae", "a")])
    assert [received.path for received in netbox.requests].count("/api/schema/") == 1


@pytest.mark.parametrize("base", ["/netbox-api", "/a/api/b"])
def test_plugin_lists_below_a_base_path_are_checked(netbox: NetBox, tmp_path: Path, base: str) -> None:
    netbox.settings.base_path = base
    netbox.table("plugins/bgp/sessions").replace({1: {"id": 1, "name": "a"}})
    with Client(f"{netbox.url}{base}/", netbox.tokens["v1"], retries=0) as client:
        strict = FilterCheck(client, SchemaCache(tmp_path))
        strict.check("plugins/bgp/sessions", [("name__ic", "a")])
        with pytest.raises(UsageError, match="'nmae'"):
            strict.check("plugins/bgp/sessions", [("nmae", "a")])


def test_endpoints_that_the_schema_omits_are_refused_if_they_exist(netbox: NetBox, check: FilterCheck) -> None:
    check.check("plugins/secret/things", [("name", "a")])  # NetBox's error for a missing endpoint is more helpful.
    with pytest.raises(UsageError, match="schema of this NetBox does not list the filters"):
        check.confirm("plugins/secret/things", [("name", "a")])


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("fcae", "rear", r"'fcae' is not a filter of this list \(did you mean face"),
        ("site", "berlin-1", "'site' is not a filter"),
        ("face", "rear", ""),
        ("q", "42", ""),
        ("exclude", "3", ""),
        ("expand_devices", "false", ""),
        ("highlight", "name:leaf1", ""),
    ],
)
def test_parameters_of_rack_elevations(check: FilterCheck, name: str, value: str, complaint: str) -> None:
    if complaint:
        with pytest.raises(UsageError, match=complaint):
            check.check("dcim/racks/5/elevation", [(name, value)])
    else:
        check.check("dcim/racks/5/elevation", [(name, value)])


@pytest.mark.parametrize("endpoint", ["ipam/prefixes/3/available-ips", "dcim/interfaces/5/trace"])
def test_views_of_one_object_without_filters_accept_none(check: FilterCheck, endpoint: str) -> None:
    with pytest.raises(UsageError, match="'status' is not a filter"):
        check.check(endpoint, [("status", "active")])


def test_exclude_is_a_filter_of_rack_elevations_only(netbox: NetBox) -> None:
    with Client(netbox.url, netbox.tokens["v1"]) as client:
        with pytest.raises(UsageError, match="'exclude' is not a filter of this list; use the option config_context"):
            strict = FilterCheck(client, options=("config_context", "strict_filters"))
            strict.check("dcim/devices", [("exclude", "config_context")])
        with pytest.raises(UsageError) as caught:
            FilterCheck(client, options=()).check("dcim/devices", [("exclude", "config_context")])
    assert "option" not in str(caught.value) and "strict_filters" not in str(caught.value)
    assert netbox.requests == []


@pytest.mark.parametrize("endpoint", ["extras/subscriptions", "core/background-queues", "users/config"])
def test_lists_without_filters_accept_none(check: FilterCheck, endpoint: str) -> None:
    with pytest.raises(UsageError, match="cannot filter this list"):
        check.check(endpoint, [("id", "1")])


def test_unreadable_schema_is_named_in_the_error(netbox: NetBox, check: FilterCheck) -> None:
    netbox.faults.append(Fault("status", "500", path="/api/schema/"))
    with pytest.raises(UsageError, match="'nonexist'.*cannot read the API schema of this NetBox: .*HTTP 500"):
        check.check("dcim/devices", [("nonexist", "1")])


def test_filter_for_the_other_hosts_names_its_option(check: FilterCheck) -> None:
    elsewhere = {"dcim/devices": "device_query_filters"}
    with pytest.raises(
        UsageError, match="'rack_id' .*dcim/devices supports this filter: use the option device_query_filters"
    ):
        check.check("virtualization/virtual-machines", [("rack_id", "1")], elsewhere=elsewhere)
    with pytest.raises(UsageError, match="custom field 'weight_kg': use the option device_query_filters"):
        check.check("virtualization/virtual-machines", [("cf_weight_kg", "1")], elsewhere=elsewhere)
    with pytest.raises(UsageError, match=r"'rakc_id' is not a filter of this list \(did"):
        check.check("virtualization/virtual-machines", [("rakc_id", "1")], elsewhere=elsewhere)


def test_unknown_minor_version_is_checked_by_its_schema(tmp_path: Path) -> None:
    with serve(version="4.6") as netbox, Client(netbox.url, netbox.tokens["v1"]) as client:
        strict = FilterCheck(client, SchemaCache(tmp_path))
        strict.check("dcim/devices", [("site", "ber1")])
        assert netbox.requests == []
        netbox.settings.told_version = netbox.settings.patch_version = "4.9"
        client.get("api/status/")
        strict.confirm("dcim/devices", [("site", "ber1"), ("cf_any", "a")])
        assert "/api/schema/" in paths(netbox)
        with pytest.raises(UsageError, match="nonexist"):
            strict.confirm("dcim/devices", [("nonexist", "1")])


def test_facts_are_read_once_for_each_client(netbox: NetBox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with Client(netbox.url, netbox.tokens["v1"]) as client:
        for dummy in range(3):
            FilterCheck(client).check("dcim/devices", [("cf_tier", "t1")])
            with pytest.raises(UsageError):
                FilterCheck(client).check("dcim/devices", [("nonexist", "1")])
    assert sorted(received.path for received in netbox.requests) == [
        "/api/extras/custom-fields/",
        "/api/schema/",
        "/api/status/",
    ]


def tool() -> types.ModuleType:
    spec = importlib.util.spec_from_file_location("pack_filters", ROOT / "tools/pack_filters.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_index_is_the_record_packed() -> None:
    record = json.loads((ROOT / "tests/recordings/filters.json").read_text(encoding="utf-8"))
    assert tool().pack(record) == Path(index.__file__).read_text(encoding="utf-8")


def test_tool_adds_a_version_in_between() -> None:
    add = tool().add
    record: dict[str, t.Any] = {"versions": [], "endpoints": {}}
    listed = {
        "4.6.0": {"a/b": {"filters": ["name", "kind!"], "ordering": ["id"], "model": "a.b"}},
        "4.10.0": {
            "a/b": {"filters": ["name", "new", "kind"], "ordering": ["id"], "model": "a.b"},
            "c/d": {"filters": ["x?"]},
        },
        "4.6.1": {"a/b": {"filters": ["name", "new"], "ordering": ["id", "name"], "model": "a.b"}},
    }
    for version, endpoints in listed.items():
        record = add(record, {"version": version, "endpoints": endpoints})
    assert record == {
        "versions": ["4.6.0", "4.6.1", "4.10.0"],
        "endpoints": {
            "a/b": {
                "filters": "kind@4.10.0.. kind!@..4.6.0 name new@4.6.1..",
                "ordering": "id name@4.6.1..4.6.1",
                "model": "a.b",
            },
            "c/d": {"filters": "x?@4.10.0.."},
        },
    }
    again = add(record, {"version": "4.6.1", "endpoints": listed["4.6.1"]})
    assert again == record
