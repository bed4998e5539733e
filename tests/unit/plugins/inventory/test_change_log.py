# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each change is read once, even if it is committed late, and an unreliable change log is detected."""

from __future__ import annotations

import datetime
import json
import typing as t
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import NoAnswer
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.changes import (
    ChangeLog,
    Changes,
    LogUnusable,
    Mark,
)
from ansible_collections.netbox.cursor.tests.stand_in import Fault, NetBox, Received, serve

SITES = "dcim/sites"
LOG = "/api/core/object-changes/"


@pytest.fixture
def version() -> str:
    return "4.6"


@pytest.fixture
def netbox(version: str) -> Iterator[NetBox]:
    with serve(version=version) as netbox:
        yield netbox


every_version = pytest.mark.parametrize("version", ["4.5", "4.6", "4.7"])


class Reader:
    """Reads the change log of one NetBox."""

    def __init__(self, netbox: NetBox, token: str = "v1", **options: t.Any) -> None:
        self._client = Client(netbox.url, netbox.tokens[token], retries=0, sleep=lambda seconds: None)
        self._netbox = netbox
        self._log = ChangeLog(Pager(self._client, **options))

    def mark(self) -> Mark:
        self._netbox.requests.clear()
        return self._log.mark()

    def since(self, mark: Mark, max_changes: int = 1000, before: tuple[str, ...] = ()) -> Changes:
        self._netbox.requests.clear()
        # The cache stores a mark as JSON between two runs.
        mark = Mark.from_data(json.loads(json.dumps(mark.as_data())))
        return self._log.since(mark, max_changes=max_changes, before=before)


@pytest.fixture
def reader(netbox: NetBox) -> Reader:
    return Reader(netbox)


def edit(netbox: NetBox, pk: int = 1, times: int = 1) -> None:
    for number in range(times):
        netbox.edits.update(SITES, pk, facility=f"F{netbox.log.next_id}-{number}")


def objects(changes: Changes) -> list[tuple[str, int, str]]:
    return [(change.object_type, change.object_id, change.action) for change in changes.changes]


@every_version
def test_changes_since_the_mark_are_returned_in_order(netbox: NetBox, reader: Reader) -> None:
    mark = reader.mark()
    edit(netbox, 2)
    tenant = netbox.edits.create("tenancy/tenants", name="New", slug="new")["id"]
    netbox.edits.delete("extras/config-contexts", 2)

    changes = reader.since(mark)

    assert objects(changes) == [
        ("dcim.site", 2, "update"),
        ("tenancy.tenant", tenant, "create"),
        ("extras.configcontext", 2, "delete"),
    ]
    assert len(netbox.requests) == 1
    assert changes.objects(deleted=True) == {"extras.configcontext": {2}}
    assert changes.objects(deleted=False) == {"dcim.site": {2}, "tenancy.tenant": {tenant}}


def test_nothing_is_read_twice(netbox: NetBox, reader: Reader) -> None:
    edit(netbox)
    first = reader.since(reader.mark())
    edit(netbox, 2)
    second = reader.since(first.mark)
    third = reader.since(second.mark)

    assert [objects(changes) for changes in (first, second, third)] == [[], [("dcim.site", 2, "update")], []]
    assert third.mark == second.mark
    assert len(netbox.requests) == 1


def test_object_that_was_edited_and_then_deleted_is_deleted(netbox: NetBox, reader: Reader) -> None:
    mark = reader.mark()
    netbox.edits.update("extras/config-contexts", 2, weight=5)
    netbox.edits.delete("extras/config-contexts", 2)

    changes = reader.since(mark)

    assert changes.objects(deleted=True) == changes.objects() == {"extras.configcontext": {2}}
    assert changes.objects(deleted=False) == {}


def test_last_data_of_deleted_objects_is_returned(netbox: NetBox, reader: Reader) -> None:
    mark = reader.mark()
    netbox.edits.delete("dcim/interfaces", 11)
    netbox.edits.delete("extras/config-contexts", 2)

    changes = reader.since(mark, before=("dcim.interface", "dcim.cable"))

    assert {place: data["device"] for place, data in changes.before.items()} == {("dcim.interface", 11): 1}
    assert len(netbox.requests) == 2


@every_version
def test_late_commit_is_read_when_it_appears(netbox: NetBox, reader: Reader) -> None:
    late = netbox.edits.begin(records=2)
    late.update(SITES, 3, facility="late")
    edit(netbox)
    first = reader.since(reader.mark())
    edit(netbox, 2)
    second = reader.since(first.mark)
    late.commit()
    third = reader.since(second.mark)
    fourth = reader.since(third.mark)

    assert [objects(each) for each in (first, second, third, fourth)] == [
        [],
        [("dcim.site", 2, "update")],
        [("dcim.site", 3, "update")],
        [],
    ]


def test_late_commit_before_the_first_mark_is_read(netbox: NetBox, reader: Reader) -> None:
    edit(netbox)
    late = netbox.edits.begin(records=1)
    late.update(SITES, 3, facility="late")
    netbox.clock.advance(minutes=59)
    edit(netbox, 2)
    mark = reader.mark()
    late.commit()

    assert objects(reader.since(mark)) == [("dcim.site", 3, "update")]


def test_ids_that_stay_missing_are_forgotten(netbox: NetBox, reader: Reader) -> None:
    edit(netbox)
    mark = reader.mark()
    netbox.log.reserve(5)
    edit(netbox)
    missing = reader.since(mark).mark
    netbox.clock.advance(minutes=66)
    edit(netbox)
    forgotten = reader.since(missing).mark
    reader.since(forgotten)

    assert [(gap.first, gap.last) for gap in missing.gaps] == [(mark.id + 1, mark.id + 5)]
    assert forgotten.gaps == ()
    assert len(netbox.requests) == 1


@every_version
def test_many_missing_ids_are_read_again_as_a_range(netbox: NetBox, reader: Reader) -> None:
    mark = reader.mark()
    late = netbox.edits.begin(records=300)
    edit(netbox, times=20)
    first = reader.since(mark)
    late.update(SITES, 3, facility="late")
    late.commit()
    second = reader.since(first.mark)

    assert len(first.changes) == 20
    assert objects(second) == [("dcim.site", 3, "update")]
    assert [(gap.first, gap.last) for gap in second.mark.gaps] == [(mark.id + 2, mark.id + 300)]
    assert len(netbox.requests) <= 4


def test_commit_between_the_requests_of_a_read_is_not_lost(netbox: NetBox, reader: Reader) -> None:
    late = netbox.edits.begin(records=1)
    late.update(SITES, 3, facility="late")
    edit(netbox)
    mark = reader.mark()

    def commit(received: Received) -> None:
        # Add the records after the request for the missing IDs and before the request for the new records.
        if received.path == LOG and any(name == "id__gt" for name, dummy in received.query):
            netbox.hooks.remove(commit)
            late.commit()

    netbox.hooks.append(commit)
    first = reader.since(mark)
    second = reader.since(first.mark)

    assert [objects(first), objects(second)] == [[], [("dcim.site", 3, "update")]]


@every_version
def test_long_log_is_read_in_pages(netbox: NetBox) -> None:
    reader = Reader(netbox, page_size=7, max_workers=3)
    mark = reader.mark()
    edit(netbox, times=100)

    changes = reader.since(mark)

    assert [change.id for change in changes.changes] == list(range(mark.id + 1, mark.id + 101))


def test_too_many_changes_are_not_read(netbox: NetBox, reader: Reader) -> None:
    mark = reader.mark()
    edit(netbox, times=10)

    assert len(reader.since(mark, max_changes=10).changes) == 10
    with pytest.raises(LogUnusable, match="more than 9 changes since the last refresh"):
        reader.since(mark, max_changes=9)


def delete_the_log(netbox: NetBox) -> None:
    netbox.table("core/object-changes").replace({})


def prune(netbox: NetBox) -> None:
    netbox.clock.advance(days=100)
    edit(netbox, 2)
    netbox.log.prune(netbox.clock.now() - datetime.timedelta(days=90))


@pytest.mark.parametrize(
    ("happens", "reason"),
    [
        (prune, "is no longer in the change log, which was pruned or restored"),
        (delete_the_log, "the change log ends before change"),
        (lambda netbox: netbox.log.__setattr__("hides", lambda record: record["id"] < 30), "is no longer in"),
    ],
)
def test_mark_that_is_gone_makes_the_log_unusable(
    netbox: NetBox, reader: Reader, happens: Callable[[NetBox], None], reason: str
) -> None:
    edit(netbox)
    mark = reader.mark()
    edit(netbox, times=10)

    happens(netbox)

    with pytest.raises(LogUnusable, match=reason):
        reader.since(mark)


@pytest.mark.parametrize("writes", [0, 1, 2, 3])
def test_restored_database_makes_the_log_unusable(netbox: NetBox, reader: Reader, writes: int) -> None:
    backup = netbox.edits.backup()
    edit(netbox, times=2)
    mark = reader.mark()

    netbox.edits.restore(backup)
    netbox.clock.advance(seconds=1)
    edit(netbox, times=writes)

    with pytest.raises(LogUnusable, match="NetBox's database was restored"):
        reader.since(mark)


def test_database_restored_to_a_time_after_the_mark_is_accepted(netbox: NetBox, reader: Reader) -> None:
    mark = reader.mark()
    edit(netbox)
    backup = netbox.edits.backup()
    edit(netbox, 2)
    netbox.edits.restore(backup)
    edit(netbox, 3)

    assert objects(reader.since(mark)) == [("dcim.site", 1, "update"), ("dcim.site", 3, "update")]


def test_permission_with_constraints_is_suspected(netbox: NetBox, reader: Reader) -> None:
    mark = reader.mark()
    netbox.log.hides = lambda record: record["id"] > mark.id and record["id"] % 20 != 0
    edit(netbox, times=40)
    # The requests of other users on a busy NetBox.
    netbox.log.reserve(2000)
    edit(netbox, times=40)

    with pytest.raises(LogUnusable, match=r"shows only 4 of 20\d\d changes.* a permission with constraints"):
        reader.since(mark)


def test_edits_in_branches_do_not_make_the_log_unusable(netbox: NetBox, reader: Reader) -> None:
    mark = reader.mark()
    # The plugin netbox-branching writes records into the tables of branches, with IDs from the same sequence.
    netbox.log.reserve(900)
    edit(netbox, times=3)
    first = reader.since(mark)
    edit(netbox)
    second = reader.since(first.mark)

    assert [len(first.changes), len(second.changes)] == [3, 1]
    assert len(netbox.requests) == 2


def test_token_without_permission_is_reported(netbox: NetBox, reader: Reader) -> None:
    mark = reader.mark()
    limited = Reader(netbox, "limited")

    for read in (limited.mark, lambda: limited.since(mark)):
        with pytest.raises(LogUnusable, match=r"core\.view_objectchange.*HTTP 403"):
            read()


def test_empty_log_has_no_mark(netbox: NetBox, reader: Reader) -> None:
    delete_the_log(netbox)

    with pytest.raises(LogUnusable, match="the change log is empty"):
        reader.mark()


def test_log_that_fails_is_unusable(netbox: NetBox, reader: Reader) -> None:
    mark = reader.mark()
    netbox.faults.append(Fault("status", 500, path=LOG))

    with pytest.raises(LogUnusable, match="cannot read the change log: .*HTTP 500"):
        reader.since(mark)


def test_netbox_that_is_down_is_an_error_of_its_own(netbox: NetBox, reader: Reader) -> None:
    mark = reader.mark()
    netbox.faults.append(Fault("reset", path=LOG))

    with pytest.raises(NoAnswer):
        reader.since(mark)


def test_records_of_types_without_an_api_are_read(netbox: NetBox, reader: Reader) -> None:
    mark = reader.mark()
    device = netbox.edits.create("dcim/devices", name="panel", site=1, role=1, device_type=1)["id"]
    rear = netbox.edits.create("dcim/rear-ports", device=device, name="rear", type="8p8c")["id"]
    ports = [{"position": 1, "rear_port": rear, "rear_port_position": 1}]
    netbox.edits.create("dcim/front-ports", device=device, name="front", type="8p8c", rear_ports=ports)

    assert "dcim.portmapping" in reader.since(mark).objects()


@pytest.mark.parametrize(
    "data", [None, [], [1, 2, 3], [1, "yesterday", "x", []], ["x", "2026-01-01T00:00:00Z", "", []]]
)
def test_data_that_is_not_a_mark_is_rejected(data: t.Any) -> None:
    with pytest.raises(ValueError):
        Mark.from_data(data)


# Events that can happen between two reads. Commits and failures choose one of the transactions that are open.
steps = st.lists(
    st.tuples(st.sampled_from(["edit", "edit", "begin", "commit", "fail", "wait", "read"]), st.integers(0, 59)),
    max_size=40,
)


class Story:
    """Transactions that begin in one order and end in another order."""

    def __init__(self, netbox: NetBox) -> None:
        self._netbox = netbox
        # The start time of each transaction. No transaction takes longer than 65 minutes.
        self._open: list[tuple[t.Any, datetime.datetime]] = []

    def step(self, name: str, number: int) -> None:
        if name == "edit":
            edit(self._netbox, 1 + number % 3)
        elif name == "begin":
            late = self._netbox.edits.begin(records=1 + number % 4)
            for dummy in range(1 + number % 3):
                late.update(SITES, 1 + number % 3, facility=f"late {self._netbox.log.next_id} {number} {dummy}")
            self._open.append((late, self._netbox.clock.now()))
        elif name in ("commit", "fail") and self._open:
            late = self._open.pop(number % len(self._open))[0]
            if name == "commit":
                late.commit()
        elif name == "wait":
            self._netbox.clock.advance(minutes=number)
            now = self._netbox.clock.now()
            for late, began in list(self._open):
                if now - began > datetime.timedelta(minutes=60):
                    self._open.remove((late, began))

    def end(self) -> None:
        for late, dummy in self._open:
            late.commit()
        self._open.clear()


@pytest.fixture(scope="module")
def quiet() -> Iterator[NetBox]:
    with serve(version="4.6") as netbox:
        yield netbox


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(before=steps, after=steps, during=steps, page_size=st.sampled_from([1, 3, 1000]))
def test_every_change_is_read_exactly_once(
    quiet: NetBox, before: list[t.Any], after: list[t.Any], during: list[t.Any], page_size: int
) -> None:
    netbox = quiet
    delete_the_log(netbox)
    netbox.hooks.clear()
    edit(netbox)
    story, left = Story(netbox), list(during)
    reader = Reader(netbox, page_size=page_size)
    for name, number in before:
        story.step(name, number)
    visible = {record["id"] for record in netbox.log.records()}
    mark, read = reader.mark(), []

    def meanwhile(received: Received) -> None:
        if left:
            story.step(*left.pop(0))

    for name, number in [*after, ("read", 0)]:
        if name == "read":
            netbox.hooks[:] = [meanwhile]
            changes = reader.since(mark)
            netbox.hooks.clear()
            mark = changes.mark
            read += [change.id for change in changes.changes]
        else:
            story.step(name, number)
    story.end()
    read += [change.id for change in reader.since(mark).changes]

    assert sorted(read) == [record["id"] for record in netbox.log.records() if record["id"] not in visible]
