# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""With ``refresh: changes``, a run reads only changes, or everything if it cannot rely on the change log. It logs the
decision and the reason."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import json
import re
import typing as t
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from ansible.errors import AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.plugins.loader import cache_loader

from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory import (
    cache,
    costs,
    effects,
    expressions,
    patch,
    saved,
)
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.options import KINDS, Options
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.plan import make_plan
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.snapshot import Snapshot
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.tables import TABLES
from ansible_collections.netbox.cursor.tests.stand_in import Fault, NetBox

DEVICES, SITES = "dcim/devices", "dcim/sites"
LOG = "/api/core/object-changes/"
HOUR = 3600

Run = Callable[..., InventoryData]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"  # the one of `run`


def reads(netbox: NetBox) -> list[str]:
    """Return the paths of the requests, without the change log and the version."""
    return [received.path for received in netbox.requests if received.path not in (LOG, "/api/status/")]


def full_read(said: list[str], reason: str) -> bool:
    return any(text.startswith("full read: ") and reason in text for text in said)


# What is read


def test_run_within_the_timeout_makes_no_request(netbox: NetBox, run: Run, said: list[str]) -> None:
    first = run()
    assert full_read(said, "the cache contains no snapshot")
    assert list(run(0.5).hosts) == list(first.hosts)
    assert not netbox.requests and not said


def test_run_after_the_timeout_reads_what_changed(netbox: NetBox, run: Run, said: list[str]) -> None:
    run()
    netbox.edits.update(DEVICES, 1, serial="NEW")
    found = run(audit_slices=0)
    assert found.hosts["leaf1"].vars["serial"] == "NEW"
    assert re.match(r"1 changes, \d hosts and \d interfaces read again, audit off, \d requests, \d\.\d s$", said[0])
    # Requests for the change log, the version, the hosts and interfaces that refer to the device, and the host counts.
    assert len(netbox.requests) <= 7
    assert {"/api/dcim/devices/", "/api/virtualization/virtual-machines/"} <= set(reads(netbox))


def test_only_the_services_of_changed_hosts_are_read_again(netbox: NetBox, run: Run) -> None:
    parent = {"parent_object_type": "dcim.device", "name": "ssh", "protocol": "tcp", "ports": [22]}
    services = {pk: netbox.edits.create("ipam/services", parent_object_id=pk, **parent)["id"] for pk in (1, 2, 3)}
    interface = next(pk for pk in netbox.table("dcim/interfaces").ids() if pk == 2)
    run(services=True, interfaces=True)
    netbox.edits.update(DEVICES, 1, description="new")
    netbox.edits.update("dcim/interfaces", interface, description="new")
    run(services=True, interfaces=True, audit_slices=0)
    (asked,) = [received.query for received in netbox.requests if received.path == "/api/ipam/services/"]
    numbers = {value for name, value in asked if name == "id"}
    assert str(services[1]) in numbers
    # An interface has the ID of device 2.
    assert not {str(services[2]), str(services[3])} & numbers


def test_run_without_changes_reads_no_objects(netbox: NetBox, run: Run, said: list[str]) -> None:
    # With several workers, a request that the first run no longer needs can arrive during the second run.
    run(max_workers=1)
    run(max_workers=1, audit_slices=0)
    assert said[0].startswith("0 changes, 0 hosts and 0 interfaces read again")
    assert len(netbox.requests) == 4


def test_deleted_device_is_not_a_host_any_more(netbox: NetBox, run: Run, said: list[str]) -> None:
    run()
    lists = (DEVICES, "virtualization/virtual-machines")
    names = collections.Counter(row["name"] for endpoint in lists for row in netbox.table(endpoint).values())
    device = next(
        row for row in netbox.table(DEVICES).values() if names[row["name"]] == 1 and not row["virtual_chassis"]
    )
    netbox.edits.delete(DEVICES, device["id"])
    assert device["name"] not in run().hosts
    assert "read again" in said[0]


def test_host_that_enters_the_filtered_site_is_added(netbox: NetBox, run: Run, said: list[str]) -> None:
    """Its rack moved there, and the device has no record."""
    rack = next(row for row in netbox.table("dcim/racks").values() if row["site"]["id"] == 1)
    other = next(row for row in netbox.table(SITES).values() if row["id"] != 1)
    options = {"query_filters": [{"site": other["slug"]}]}
    before = run(**options)
    netbox.edits.update("dcim/racks", rack["id"], site=other["id"], location=None)
    moved = {row["name"] for row in netbox.table(DEVICES).values() if (row["rack"] or {}).get("id") == rack["id"]} - {
        None
    }
    assert moved and not moved & set(before.hosts)
    assert moved <= set(run(**options).hosts)
    assert "read again" in said[0]


def test_device_without_a_name_follows_the_slug_of_its_type(netbox: NetBox, run: Run, said: list[str]) -> None:
    """Such a device is named after its type. The plan does not read the type for other devices."""
    options = {"host_vars": ["site"], "interfaces": False}
    before = set(run(**options).hosts)
    kind = next(row["device_type"]["id"] for row in netbox.table(DEVICES).values() if not row["name"])
    netbox.edits.update("dcim/device-types", kind, slug="renamed-type")
    assert {host for host in set(run(**options).hosts) - before if host.startswith("renamed-type-")}
    assert "read again" in said[0]


@pytest.mark.parametrize("transport", ["rest", "graphql"])
def test_audit_finds_a_write_without_a_record(
    netbox: NetBox, run: Run, said: list[str], warnings: list[str], monkeypatch: pytest.MonkeyPatch, transport: str
) -> None:
    monkeypatch.setattr(costs, "MIN_HOSTS_IN_SLICE", 1)
    run = partial(run, transport=transport)
    run()
    netbox.edits.unlogged(saved=False).update(DEVICES, 1, serial="SILENT")
    values = {run(audit_slices=3).hosts["leaf1"].vars["serial"] for dummy in range(3)}
    assert "SILENT" in values
    assert any("devices 1 (serial)" in text for text in warnings)
    assert not full_read(said, "audit") or run(audit_slices=3).hosts["leaf1"].vars["serial"] == "SILENT"


def test_audit_finds_writes_without_a_record_in_each_part_of_a_long_table(
    netbox: NetBox, run: Run, warnings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(costs, "IDS_PER_REQUEST", 2)
    run = partial(run, host_vars=["facility", "site"], audit_slices=3)
    used = {row["site"]["id"] for row in netbox.table(DEVICES).values()}
    assert len(used) > 2
    run()
    for number in used:
        netbox.edits.unlogged(saved=False).update(SITES, number, facility=f"SILENT {number}")
        netbox.requests.clear()
        facilities = [{host.vars.get("facility") for host in run().hosts.values()} for dummy in range(3)]
        assert f"SILENT {number}" in facilities[-1]
        assert any(f"sites {number} (facility)" in text for text in warnings)


def test_audit_ignores_objects_that_only_graphql_hides(
    netbox: NetBox, run: Run, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(costs, "MIN_HOSTS_IN_SLICE", 1)
    netbox.credentials.limited_to = (*set(netbox.estate.tables) - {"tenancy/tenants"}, "core/object-changes")
    options = {"token": netbox.tokens["limited"], "audit_slices": 1, "host_vars": ["tenant", "status"]}
    tenants = [host.vars.get("tenant") for host in run(**options).hosts.values()]
    assert any(tenants)
    run(**options)
    queries = [received.json["query"] for received in netbox.requests if received.path == "/graphql/"]
    assert any("device_list" in query and "tenant" in query for query in queries)
    assert "audit 1/1 clean" in said[-1]


def test_host_that_came_without_a_record_is_noticed_at_once(netbox: NetBox, run: Run, said: list[str]) -> None:
    run()
    netbox.edits.unlogged(saved=False).create(DEVICES, name="silent", site=1, role=1, device_type=1)
    assert "silent" in run(audit_slices=0).hosts
    assert full_read(said, "and the snapshot has")


# Reasons to read everything


def test_age_of_the_last_full_read_is_limited(run: Run, said: list[str]) -> None:
    run()
    run(refresh_full_age=3 * HOUR)
    assert "read again" in said[0]
    run(refresh_full_age=3 * HOUR)
    assert full_read(said, "older than refresh_full_age")


def test_too_many_changes_are_not_followed(netbox: NetBox, run: Run, said: list[str]) -> None:
    run()
    for number in range(3):
        netbox.edits.update(DEVICES, 1, serial=f"N{number}")
    assert run(max_changes=2).hosts["leaf1"].vars["serial"] == "N2"
    assert full_read(said, "more than 2 changes since the last refresh")


def test_custom_field_is_not_followed(netbox: NetBox, run: Run, said: list[str]) -> None:
    run()
    field = next(iter(netbox.table("extras/custom-fields")))
    netbox.edits.delete("extras/custom-fields", field)
    run()
    assert full_read(said, "custom fields changed")


def test_upgrade_of_netbox_is_not_followed(netbox: NetBox, run: Run, said: list[str]) -> None:
    run()
    netbox.settings.patch_version = "4.6.99"
    run()
    assert full_read(said, "was upgraded")


def test_pruned_log_is_not_followed(netbox: NetBox, run: Run, said: list[str]) -> None:
    run()
    netbox.clock.advance(minutes=60)
    netbox.edits.update(DEVICES, 1, serial="LATER")
    netbox.log.prune(datetime.datetime.fromisoformat(netbox.log.records()[-1]["time"].replace("Z", "+00:00")))
    assert run().hosts["leaf1"].vars["serial"] == "LATER"
    assert full_read(said, "no longer in the change log")


def test_restored_database_is_not_followed(netbox: NetBox, run: Run, said: list[str]) -> None:
    backup = netbox.edits.backup()
    netbox.edits.update(DEVICES, 1, serial="LOST")
    assert run().hosts["leaf1"].vars["serial"] == "LOST"
    netbox.edits.restore(backup)
    assert run().hosts["leaf1"].vars.get("serial") != "LOST"
    assert full_read(said, "database was restored")


def test_token_without_permission_for_the_log_reads_everything(netbox: NetBox, run: Run, said: list[str]) -> None:
    netbox.faults.append(Fault("status", 403, path=LOG))
    for dummy in range(2):
        assert len(run().hosts) == 17
        assert any("core.view_objectchange" in text for text in said)


@pytest.mark.usefixtures("no_pauses")
def test_log_that_fails_reads_everything(netbox: NetBox, run: Run, said: list[str]) -> None:
    run()
    netbox.edits.update(DEVICES, 1, serial="NEW")
    netbox.faults.append(Fault("status", 500, path=LOG))
    assert run().hosts["leaf1"].vars["serial"] == "NEW"
    assert full_read(said, "cannot read the change log")
    netbox.faults.clear()
    run()
    assert full_read(said, "the cache contains no snapshot")


def test_version_that_cannot_be_read_does_not_fail_the_run(netbox: NetBox, run: Run, said: list[str]) -> None:
    netbox.faults.append(Fault("status", 403, path="/api/status/"))
    for dummy in range(2):
        assert len(run().hosts) == 17
        assert any("the next run must read everything as well" in text for text in said)


def test_tag_of_many_interfaces_is_not_followed(
    netbox: NetBox, run: Run, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patch, "COMPONENTS_OF_A_HOST", 0)
    run()
    netbox.edits.update("dcim/interfaces", 1, description="new")
    run()
    assert full_read(said, "1 interfaces to read again")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"compose": {"all": "netbox"}}, "expressions use whole objects"),
        ({"compose": {"moved": "last_updated"}}, "expressions use last_updated"),
        ({"interface_fields": ["all"]}, "interface_fields is all"),
        ({"interface_fields": ["name", "cable"]}, "interface_fields contains cable"),
    ],
)
def test_fields_that_change_without_records_are_not_followed(
    netbox: NetBox, run: Run, said: list[str], options: t.Any, reason: str
) -> None:
    for dummy in range(2):
        run(**options)
        assert said == [f"full read: {reason}"] or full_read(said, reason)
        assert LOG not in {received.path for received in netbox.requests}


@dataclasses.dataclass(frozen=True)
class NewerOptions(Options):
    """Options, of which the refresh does not support one yet."""

    from_the_future: bool = False


def test_option_that_the_refresh_does_not_know_is_not_followed() -> None:
    plan = make_plan(Options(), expressions.Needs())
    assert effects.unsupported(plan, NewerOptions(), KINDS) is None
    assert effects.unsupported(plan, NewerOptions(from_the_future=True), KINDS) == "the option from_the_future is set"


def test_table_that_the_refresh_does_not_know_is_not_followed() -> None:
    plan = make_plan(Options(), expressions.Needs())
    newer = dataclasses.replace(plan, tables={**plan.tables, "moons": frozenset(("name",))})
    assert effects.unsupported(newer, Options(), KINDS) == "the inventory contains moons"


def test_fields_that_refer_to_objects_are_followed_by_their_type() -> None:
    """The refresh does not detect changes to a field without `model`."""
    nested = {field.name for field in effects.FIELDS.values() if "{" in field.selection}
    assert nested & effects.FOLLOWED <= effects.REFERENCES.keys()
    assert TABLES.keys() >= effects.FOLLOWED_TABLES
    assert {field.name for field in dataclasses.fields(Options)} >= effects.FOLLOWED_OPTIONS - {"exclude_host_vars"}


def test_refresh_requires_a_cache(netbox: NetBox, read: t.Any) -> None:
    with pytest.raises(AnsibleParserError, match="refresh: changes requires cache: true"):
        read(netbox, refresh="changes")


def test_memory_cache_reads_everything(run: Run, said: list[str]) -> None:
    assert len(run(cache_plugin="memory").hosts) == 17
    assert full_read(said, "the cache contains no snapshot")


# The cache


def parts(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.name[-2:-1] == "_")


def test_lost_part_of_the_snapshot_reads_everything(run: Run, said: list[str], folder: Path) -> None:
    run()
    parts(folder)[0].unlink()
    assert len(run().hosts) == 17
    assert full_read(said, "a part of the snapshot is not in the cache")


def test_torn_snapshot_reads_everything(
    netbox: NetBox, run: Run, said: list[str], folder: Path, tmp_path: Path
) -> None:
    """The cache contains a part from an earlier run and the entry from a later run, as after two parallel runs."""
    run()
    netbox.edits.update(DEVICES, 1, serial="OLD")
    run()
    part = parts(folder)[-1]
    earlier = part.read_bytes()
    netbox.edits.update(DEVICES, 1, serial="NEW")
    run()
    part.write_bytes(earlier)
    part.chmod(0o600)
    assert run().hosts["leaf1"].vars["serial"] == "NEW"
    assert full_read(said, "a part of the snapshot is not in the cache")


def test_snapshot_of_another_format_reads_everything(
    run: Run, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run()
    monkeypatch.setattr(saved, "FORMAT", saved.FORMAT + 1)
    run()
    assert full_read(said, "the cache contains no snapshot")


def test_large_snapshot_is_stored_in_parts(
    netbox: NetBox, run: Run, said: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved, "ROWS_IN_PART", 10)
    run()
    assert len(parts(folder)) > 3
    netbox.edits.update(DEVICES, 1, serial="NEW")
    assert run().hosts["leaf1"].vars["serial"] == "NEW"
    assert "read again" in said[0]


@pytest.mark.parametrize("data", [None, [], "x", {}, {"format": 1}, {"format": 1, "mark": 5}, 7])
def test_data_that_is_not_a_state_is_rejected(data: t.Any) -> None:
    assert saved.State.from_data(data) is None


@pytest.mark.parametrize("text", ["", "x", "eJw=", "{}"])
def test_text_that_is_not_a_snapshot_is_rejected(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        saved.unpack([text], {}, difference=False)


def test_disk_that_is_full_leaves_the_earlier_entry(
    netbox: NetBox, run: Run, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run()
    netbox.edits.update(DEVICES, 1, serial="NEW")

    failures: list[OSError] = []

    def fail(*dummy: t.Any, **more: t.Any) -> None:
        failures.append(OSError(28, "No space left on device"))
        raise failures[-1]

    with monkeypatch.context() as patch:
        patch.setattr(cache_loader.get("ansible.builtin.jsonfile", class_only=True), "_dump", fail)
        assert run().hosts["leaf1"].vars["serial"] == "NEW"
    assert failures
    netbox.edits.update(DEVICES, 1, serial="NEWER")
    assert run().hosts["leaf1"].vars["serial"] == "NEWER"


def test_files_contain_no_token(netbox: NetBox, run: Run, folder: Path) -> None:
    run()
    for path in folder.iterdir():
        assert netbox.tokens["v1"] not in path.read_text(encoding="utf-8")
        assert path.stat().st_mode & 0o077 == 0


def test_snapshot_survives_the_cache() -> None:
    rows: dict[int, dict[str, t.Any]] = {
        1: {"id": 1, "name": "ä", "vcpus": 1.5, "tags": []},
        7: {"id": 7, "name": None},
    }
    snapshot = Snapshot({"devices": rows, "virtual_machines": {}}, {"racks": "HTTP 403"})
    found, dummy = saved.unpack(json.loads(json.dumps(saved.pack(snapshot))), snapshot.denied, difference=False)
    assert (found.tables, found.denied) == (snapshot.tables, snapshot.denied)


def test_difference_to_the_last_full_read_survives_the_cache() -> None:
    tables = {
        name: {number: {"id": number, "in": name} for number in (1, 2, 3)} for name in ("devices", "racks", "roles")
    }
    parts = saved.pack(Snapshot(tables))
    for dummy in range(2):
        snapshot, base = saved.unpack(parts, {}, difference=len(parts) > 1)
        # Changed, deleted, and created rows, an added table, and a removed table.
        snapshot.tables["devices"][2] = {"id": 2, "in": "elsewhere"}
        snapshot.tables["devices"].pop(1, None)
        snapshot.tables["devices"][4] = {"id": 4, "in": "devices"}
        snapshot.tables["sites"] = {9: {"id": 9}}
        snapshot.tables["platforms"] = {}
        snapshot.tables.pop("racks", None)
        parts = [parts[0], base.difference(snapshot)]
        found, dummy2 = saved.unpack(parts, {}, difference=True)
        assert found.tables == snapshot.tables
    assert len(saved.unpack([parts[0]], {}, difference=False)[0].tables["devices"]) == 3


def test_entry_keeps_its_age_for_the_cached_run() -> None:
    """A refresh reads expired entries, but a cached run does not."""
    stored: dict[str, t.Any] = {}
    entry = cache.Entry(stored, "key", 1, lambda text: None)
    entry.write({"a": 1}, {"state": 1}, ["part"])
    stored["key"]["time"] -= 5
    assert entry.read() is None
    assert (entry.read_state(), entry.read_parts(1), entry.read_parts(2)) == ({"state": 1}, ["part"], None)
