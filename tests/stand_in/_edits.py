# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Create, change, and delete objects as NetBox does, with change records and with changes that have no record.

netbox.edits.update("dcim/racks", 3, location=2)        # one request
with netbox.edits.request() as request:                 # several writes in one request
    device = request.create("dcim/devices", name="a", site=1, role=2, device_type=1)
    request.delete("extras/tags", 4)
late = netbox.edits.begin()                             # a long transaction
late.update("dcim/devices", 1, name="b")
...                                                     # other clients read and write
late.commit()                                           # its records have IDs from its beginning
netbox.edits.unlogged().update(...)                     # like nbshell, without a record
netbox.edits.unlogged(saved=False).update(...)          # like SQL, `last_updated` does not change either
"""

from __future__ import annotations

import typing as t
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from ._derived import ENDPOINT_OF_TYPE, Derived
from ._endpoints import type_of
from ._fields import Fields, Refused
from ._log import ChangeLog, Clock, stamp
from ._lookups import with_descendants
from ._relations import (
    ADDRESS,
    ANY_RELATIONS,
    DEVICE,
    INTERFACE,
    LOCATION,
    MACHINE,
    NOT_LOGGED,
    REFERRING,
    RELATIONS,
    SITE,
    VM_INTERFACE,
)
from ._tables import Estate, Row, Table, key
from ._validity import check, site_of_scope

TERMINATIONS = "dcim/cable-terminations"
# NetBox does not have this endpoint. The object type in change records is derived from the name.
MAPPINGS = "dcim/port-mappings"
# The number of change record IDs that a long transaction reserves.
RECORDS_OF_ONE = 20


class Edits:
    """Creates, changes, and deletes the objects of one mock NetBox."""

    def __init__(self, estate: Estate, log: ChangeLog, clock: Clock, version: Callable[[], str]) -> None:
        self.estate = estate
        self.log = log
        self.clock = clock
        self._version = version
        self._tools: dict[str, tuple[Fields, Derived]] = {}

    @property
    def fields(self) -> Fields:
        return self.tools()[0]

    def tools(self) -> tuple[Fields, Derived]:
        version = self._version()
        if version not in self._tools:
            self._tools[version] = Fields(self.estate, version), Derived(self.estate, version)
        return self._tools[version]

    def create(self, endpoint: str, **fields: t.Any) -> Row:
        with self.request() as request:
            return request.create(endpoint, **fields)

    def update(self, endpoint: str, pk: int, **fields: t.Any) -> Row:
        with self.request() as request:
            return request.update(endpoint, pk, **fields)

    def delete(self, endpoint: str, pk: int) -> None:
        with self.request() as request:
            request.delete(endpoint, pk)

    @contextmanager
    def request(self) -> Iterator[Request]:
        """Begin a request or a script that writes several objects. Undo all of its writes if it raises an error."""
        backup = self.backup()
        try:
            yield Request(self)
        except BaseException:
            # The sequence never reuses an ID.
            next_id = self.log.next_id
            self.restore(backup)
            self.log.next_id = next_id
            raise

    def unlogged(self, saved: bool = True) -> Request:
        """Return a request that writes without change records.

        If `saved` is false, `last_updated` does not change, and Django's signals do not run.
        """
        return Request(self, logged=False, saved=saved)

    def begin(self, records: int = RECORDS_OF_ONE) -> LateRequest:
        """Begin a transaction whose writes become visible when it commits. Reserve this number of record IDs now."""
        return LateRequest(self, records)

    def settle(self) -> None:
        """Update the derived parts of all rows: names, nested objects, counts, and config contexts.

        Call this after a test assigns rows directly. Otherwise, later edits would update these rows one by one, without
        records.
        """
        dummy, derived = self.tools()
        derived.refresh(
            [(table.endpoint, row) for table in self.estate.tables.values() for row in table.assigned().values()]
        )
        derived.refresh_contexts()

    def note(self, action: str, endpoint: str, before: Row | None, row: Row) -> None:
        """Add a change record for a write that another module performs."""
        Request(self).note(action, endpoint, before, row)

    def backup(self) -> Backup:
        """Return a backup of the database."""
        return Backup({endpoint: table.copied() for endpoint, table in self.estate.tables.items()}, self.log.next_id)

    def restore(self, backup: Backup) -> None:
        """Restore a backup of the database, including the ID sequence of the change log."""
        for endpoint in [endpoint for endpoint in self.estate.tables if endpoint not in backup.tables]:
            del self.estate.tables[endpoint]
        for endpoint, table in backup.tables.items():
            self.estate.table(endpoint).become(table)
        self.log.next_id = backup.next_id


class Backup(t.NamedTuple):
    tables: dict[str, Table]
    next_id: int


class LateRequest:
    """An open transaction. Its writes happen when it commits. Their times and record IDs are from its beginning."""

    def __init__(self, edits: Edits, records: int) -> None:
        self._edits = edits
        first = edits.log.reserve(records)
        self._ids = range(first, first + records)
        self._time = stamp(edits.clock.now())
        self._writes: list[Callable[[Request], object]] = []

    def create(self, endpoint: str, **fields: t.Any) -> int:
        """Reserve an ID for the new object, and return it. The commit creates the object."""
        pk = self._edits.estate.table(endpoint).reserve()
        self._writes.append(lambda request: request.create(endpoint, id=pk, **fields))
        return pk

    def update(self, endpoint: str, pk: int, **fields: t.Any) -> None:
        self._writes.append(lambda request: request.update(endpoint, pk, **fields))

    def delete(self, endpoint: str, pk: int) -> None:
        self._writes.append(lambda request: request.delete(endpoint, pk))

    def commit(self) -> None:
        request = Request(self._edits, time=self._time, ids=self._ids)
        backup = self._edits.backup()
        try:
            for write in self._writes:
                write(request)
        except Refused:
            # Another transaction deleted an object that this one needs.
            self._edits.restore(backup)
            raise


class Request:
    """A request that writes objects. All of its change records contain the same request ID."""

    def __init__(
        self, edits: Edits, *, logged: bool = True, saved: bool = True, time: str = "", ids: Iterable[int] = ()
    ) -> None:
        self._edits = edits
        self._estate = edits.estate
        self._fields, self._derived = edits.tools()
        self._logged = logged
        self._saved = saved
        self._time = time
        # Reserved IDs for the change records.
        self._ids = list(ids)
        self._id = str(uuid.uuid4())
        # The record IDs of this request by object, and the objects that it deletes.
        self._records: dict[tuple[str, int], int] = {}
        self._deleted: set[tuple[str, int]] = set()
        # The changed rows before and after each write. Other rows show parts of them.
        self._changed: list[tuple[str, Row]] = []

    # Writes

    def create(self, endpoint: str, **fields: t.Any) -> Row:
        """Create an object. The values can refer to other objects by ID."""
        table = self._estate.table(endpoint)
        pk = fields.pop("id", None)
        row = self._fields.blank(table, table.reserve() if pk is None else pk)
        row.update(self._fields.stored(endpoint, row, fields))
        check(self._estate, endpoint, None, row)
        now = self._now()
        for name in ("created", "last_updated"):
            if name in row:
                row[name] = now
        self._before_save(endpoint, None, row)
        self._put(endpoint, None, row)
        self._record("create", endpoint, row["id"], {})
        self._after_save(endpoint, None, row["id"])
        self._settle()
        return self._estate.tables[endpoint][row["id"]]

    def update(self, endpoint: str, pk: int, **fields: t.Any) -> Row:
        """Change some fields of an object."""
        table = self._estate.table(endpoint)
        if pk not in table:
            raise Refused(404, {"detail": "Not found."})
        before = table[pk]
        stored = self._fields.stored(endpoint, before, fields)
        many = {name: value for name, value in stored.items() if self._fields.is_many(endpoint, name)}
        plain = {name: value for name, value in stored.items() if name not in many}
        check(self._estate, endpoint, before, {**before, **stored})
        self._save(endpoint, pk, plain)
        for name, value in many.items():
            self._set_many(endpoint, pk, name, value)
        self._settle()
        return table[pk]

    def delete(self, endpoint: str, pk: int) -> None:
        """Delete an object, and the objects that NetBox deletes with it."""
        if pk not in self._estate.table(endpoint):
            raise Refused(404, {"detail": "Not found."})
        if endpoint == "dcim/virtual-chassis":
            self._dissolve(pk)
        places = self._collected(endpoint, pk)
        self._protect(places)
        for place in places:
            self._before_delete(*place)
        rows = [(each, self._estate.tables[each][number]) for each, number in places]
        for each, row in rows:
            self._unset_silently(each, row["id"])
            del self._estate.tables[each][row["id"]]
            self._changed.append((each, row))
        for each, row in rows:
            self._after_delete(each, row)
        self._settle()

    def note(self, action: str, endpoint: str, before: Row | None, row: Row) -> None:
        """Add a change record for a write that another module performs."""
        shown = self._fields.logged(endpoint, before) if before else {}
        self._add(action, endpoint, row, shown, {} if action == "delete" else self._fields.logged(endpoint, row))

    # One object

    def _now(self) -> str:
        return self._time or stamp(self._edits.clock.now())

    def _put(self, endpoint: str, before: Row | None, row: Row) -> None:
        """Update the derived parts of a row, and store the row."""
        table = self._estate.table(endpoint)
        table[row["id"]] = row
        table[row["id"]] = self._derived.fresh(endpoint, row)
        self._changed += [(endpoint, each) for each in (before, table[row["id"]]) if each is not None]

    def _save(self, endpoint: str, pk: int, fields: Row, snapshot: bool = True) -> None:
        """Save an object as Django does. If `snapshot` is false, the record does not contain the previous values."""
        table = self._estate.table(endpoint)
        before = table[pk]
        shown = self._fields.logged(endpoint, before) if snapshot else {}
        row = {**before, **fields}
        if "last_updated" in row and self._saved:
            row["last_updated"] = self._now()
        if self._saved:
            self._before_save(endpoint, before, row)
        self._put(endpoint, before, row)
        self._record("update", endpoint, pk, shown)
        if self._saved:
            self._after_save(endpoint, before, pk)

    def _set_silently(self, endpoint: str, pk: int, **fields: t.Any) -> None:
        """Update a row like `QuerySet.update`: without a record or signals. `last_updated` does not change."""
        before = self._estate.table(endpoint)[pk]
        if any(before.get(name) != value for name, value in fields.items()):
            self._put(endpoint, before, {**before, **fields})

    def _set_many(self, endpoint: str, pk: int, name: str, value: list[t.Any]) -> None:
        """Set a field that contains several objects. If the request already has a record of the object, update it."""
        table = self._estate.table(endpoint)
        before = table[pk]
        shown = self._fields.logged(endpoint, before)
        self._put(endpoint, before, {**before, name: value})
        if endpoint == "extras/custom-fields":
            self._apply_custom_field(before, table[pk])
        after = self._fields.logged(endpoint, table[pk])
        known = self._records.get((endpoint, pk))
        if known is not None and known in self._edits.log.table:
            record = self._edits.log.table[known]
            self._edits.log.table[known] = {**record, "postchange_data": after}
        elif shown != after:
            self._record("update", endpoint, pk, shown)

    def _record(self, action: str, endpoint: str, pk: int, before: Row) -> None:
        if not self._logged or endpoint in NOT_LOGGED:
            return
        row = self._estate.tables[endpoint][pk]
        after = {} if action == "delete" else self._fields.logged(endpoint, row)
        if action == "update" and before == after:
            return
        self._records[endpoint, pk] = self._add(action, endpoint, row, before, after)

    def _add(self, action: str, endpoint: str, row: Row, before: Row, after: Row) -> int:
        pk = self._ids.pop(0) if self._ids else self._edits.log.reserve(1)
        self._edits.log.add(action, endpoint, row, before, after, pk=pk, time=self._now(), request_id=self._id)
        return pk

    def _settle(self) -> None:
        changed, self._changed = self._changed, []
        self._derived.refresh(changed)

    # Side effects of saving

    def _before_save(self, endpoint: str, before: Row | None, row: Row) -> None:
        if endpoint == DEVICE and row["rack"]:
            room = self._estate.table("dcim/racks")[key(row["rack"])]["location"]
            row["location"] = room or row["location"]
        if endpoint == DEVICE and before is None and not row["platform"]:
            row["platform"] = self._estate.table("dcim/device-types")[key(row["device_type"])].get("default_platform")
        if endpoint == MACHINE and not row["site"] and row["cluster"]:
            site = site_of_scope(self._estate, self._estate.table("virtualization/clusters")[key(row["cluster"])])
            row["site"] = None if site is None else {"id": site}

    def _after_save(self, endpoint: str, before: Row | None, pk: int) -> None:
        row = self._estate.tables[endpoint][pk]
        if before is None and endpoint == "dcim/virtual-chassis" and row["master"]:
            self._save(DEVICE, key(row["master"]), {"virtual_chassis": {"id": pk}, "vc_position": 1}, snapshot=False)
        if before is None and endpoint == DEVICE:
            self._instantiate("device_type", key(row["device_type"]), device={"id": pk})
        if before is None and endpoint == "dcim/modules":
            self._instantiate("module_type", key(row["module_type"]), device=row["device"], module={"id": pk})
        if endpoint == DEVICE and before is not None:
            self._move_children(row)
        if endpoint == "dcim/racks" and before is not None:
            for device in self._estate.get(DEVICE).having("rack", {pk}):
                self._set_silently(DEVICE, device, site=row["site"], location=row["location"])
        if endpoint == LOCATION and before is not None:
            self._move_location(row)
        if endpoint == "virtualization/clusters":
            site = site_of_scope(self._estate, row)
            if site is not None:
                for machine in self._estate.get(MACHINE).having("cluster", {pk}):
                    self._set_silently(MACHINE, machine, site={"id": site})
        if endpoint == "virtualization/virtual-disks":
            # Like NetBox, do not update the virtual machine that previously had this disk.
            self._add_disks(key(row["virtual_machine"]))
        if endpoint == "extras/custom-fields":
            self._apply_custom_field(before, row)
        if endpoint == "extras/tags" and before is not None and before["slug"] != row["slug"]:
            self._rename_in_contexts(before["slug"], row["slug"])
        if endpoint == "dcim/cables":
            self._connect(before, row)
        if endpoint == "dcim/front-ports" and before is None:
            self._map_ports("create", row)
        if endpoint in (INTERFACE, VM_INTERFACE) and before is None and row["primary_mac_address"]:
            kind = type_of(endpoint)
            self._save(
                "dcim/mac-addresses",
                key(row["primary_mac_address"]),
                {"assigned_object_type": kind, "assigned_object_id": pk},
                snapshot=False,
            )

    def _instantiate(self, field: str, kind: int, **owner: t.Any) -> None:
        """Create the interfaces of a device type or module type. Types do not have other components here."""
        templates = self._estate.get("dcim/interface-templates")
        for pk in sorted(templates.having(field, {kind})):
            table = self._estate.table(INTERFACE)
            template = templates[pk]
            row = self._fields.blank(table, table.reserve())
            row.update({name: template[name] for name in ("name", "type", "enabled", "mgmt_only", "label")}, **owner)
            row["created"] = row["last_updated"] = self._now()
            self._put(INTERFACE, None, row)
            self._record("create", INTERFACE, row["id"], {})

    def _move_children(self, row: Row) -> None:
        """Move the devices in a device's bays to the device's place. NetBox does this whenever it saves the device."""
        bays = self._estate.get("dcim/device-bays")
        for pk in sorted(bays.having("device", {row["id"]})):
            if bays[pk]["installed_device"]:
                place = {field: row[field] for field in ("site", "rack", "location")}
                self._save(DEVICE, key(bays[pk]["installed_device"]), place, snapshot=False)

    def _move_location(self, row: Row) -> None:
        locations = t.cast("set[int]", with_descendants(self._estate.table(LOCATION), {row["id"]}))
        for pk in locations - {row["id"]}:
            self._set_silently(LOCATION, pk, site=row["site"])
        for endpoint in ("dcim/racks", DEVICE):
            for pk in self._estate.get(endpoint).having("location", set(locations)):
                self._set_silently(endpoint, pk, site=row["site"])

    def _add_disks(self, machine: int) -> None:
        if machine in self._estate.get(MACHINE):
            disks = self._estate.get("virtualization/virtual-disks")
            sizes = [disks[pk]["size"] for pk in disks.having("virtual_machine", {machine})]
            self._set_silently(MACHINE, machine, disk=sum(sizes) if sizes else None)

    def _apply_custom_field(self, before: Row | None, after: Row | None) -> None:
        """Add, rename, or remove a custom field in the rows that have it."""
        old = set(before["object_types"]) if before else set()
        new = set(after["object_types"]) if after else set()
        for kind in old | new:
            endpoint = ENDPOINT_OF_TYPE.get(kind, "")
            table = self._estate.get(endpoint)
            for pk in table.ids():
                if "custom_fields" not in table[pk]:
                    continue
                values = dict(table[pk]["custom_fields"])
                value = values.pop(before["name"], None) if before and kind in old else None
                if after and kind in new:
                    values[after["name"]] = value if kind in old else after["default"]
                self._set_silently(endpoint, pk, custom_fields=values)

    def _rename_in_contexts(self, old: str, new: str) -> None:
        for pk, slugs in self._estate.get("extras/config-contexts").column("tags"):
            if old in slugs:
                tags = [new if slug == old else slug for slug in slugs]
                self._set_silently("extras/config-contexts", pk, tags=tags)

    # Cables

    def _connect(self, before: Row | None, cable: Row) -> None:
        """Connect the new ends of a cable, and disconnect the previous ends."""
        sides = ("a_terminations", "b_terminations")
        old = {(side, end["object_type"], end["object_id"]) for side in sides for end in (before or {}).get(side, ())}
        new = [(side, end["object_type"], end["object_id"]) for side in sides for end in cable[side]]
        for _side, kind, pk in sorted(old - set(new)):
            self._end_termination(cable, kind, pk)
            self._save(ENDPOINT_OF_TYPE[kind], pk, {"cable": None, "cable_end": None})
        for side, kind, pk in new:
            if (side, kind, pk) not in old:
                self._begin_termination(cable, side[0].upper(), kind, pk)
                fields = {"cable": {"id": cable["id"]}, "cable_end": side[0].upper()}
                self._save(ENDPOINT_OF_TYPE[kind], pk, fields)
        if before is None:
            # NetBox saves a new cable a second time.
            self._record("update", "dcim/cables", cable["id"], {})

    def _begin_termination(self, cable: Row, end: str, kind: str, pk: int) -> None:
        table = self._estate.table(TERMINATIONS)
        name = self._estate.table(ENDPOINT_OF_TYPE[kind])[pk]["name"]
        row = table.add(
            display=f"Cable {cable['display']} to {name}",
            cable=cable["id"],
            cable_end=end,
            termination_type=kind,
            termination_id=pk,
        )
        del row["name"]
        self._record("create", TERMINATIONS, row["id"], {})

    def _end_termination(self, cable: Row, kind: str, pk: int) -> None:
        table = self._estate.table(TERMINATIONS)
        for number in sorted(table.having("termination_id", {pk})):
            row = table[number]
            if (row["cable"], row["termination_type"]) == (cable["id"], kind):
                self._record("delete", TERMINATIONS, number, self._fields.logged(TERMINATIONS, row))
                del table[number]

    # Side effects of deleting

    def _dissolve(self, chassis: int) -> None:
        """Save the members of a virtual chassis. NetBox does this before it deletes the virtual chassis."""
        for pk in sorted(self._estate.get(DEVICE).having("virtual_chassis", {chassis})):
            self._save(DEVICE, pk, {"vc_position": None, "vc_priority": None}, snapshot=False)

    def _collected(self, endpoint: str, pk: int) -> list[tuple[str, int]]:
        """Return the object and all objects that NetBox deletes with it. Dependent objects come first."""
        found: dict[tuple[str, int], None] = {}
        open_: set[tuple[str, int]] = set()

        def visit(place: tuple[str, int]) -> None:
            if place in found or place in open_:
                return
            open_.add(place)
            for below in sorted(self._cascading(*place)):
                visit(below)
            found[place] = None

        visit((endpoint, pk))
        return list(found)

    def _cascading(self, endpoint: str, pk: int) -> set[tuple[str, int]]:
        places = set()
        for other, field in REFERRING.get(endpoint, ()):
            if RELATIONS[other][field].deleted == "cascade":
                places |= {(other, each) for each in self._estate.get(other).having(field, {pk})}
        kind = type_of(endpoint)
        for other, relation in ANY_RELATIONS.items():
            table = self._estate.get(other)
            for each in table.having(relation.pk, {pk}):
                if table[each][relation.kind] == kind:
                    places.add((other, each))
        if endpoint == SITE:
            # Clusters and prefixes of a location also belong to the location's site.
            for location in self._estate.get(LOCATION).having("site", {pk}):
                places |= {place for place in self._cascading(LOCATION, location) if place[0] != "dcim/racks"}
        return places

    def _protect(self, places: list[tuple[str, int]]) -> None:
        """Raise `Refused` if other objects still refer to these objects."""
        doomed = set(places)
        dependents = [
            (other, each)
            for endpoint, pk in places
            for other, field in REFERRING.get(endpoint, ())
            if RELATIONS[other][field].deleted == "protect"
            for each in self._estate.get(other).having(field, {pk})
            if (other, each) not in doomed
        ]
        if dependents:
            names = ", ".join(f"{self._estate.tables[other][pk]['display']} ({pk})" for other, pk in dependents)
            text = f"Unable to delete object. {len(dependents)} dependent objects were found: {names}"
            raise Refused(409, {"detail": text})

    def _before_delete(self, endpoint: str, pk: int) -> None:
        """Add the record of a deletion, and save the objects that NetBox changes before the deletion."""
        row = self._estate.tables[endpoint][pk]
        self._deleted.add((endpoint, pk))
        if self._logged and endpoint not in NOT_LOGGED:
            self._add("delete", endpoint, row, self._fields.logged(endpoint, row), {})
        for other, field in REFERRING.get(endpoint, ()):
            reference = RELATIONS[other][field]
            if reference.deleted != "unset":
                continue
            for each in sorted(self._estate.get(other).having(field, {pk})):
                # The signal that unsets primary addresses does not check whether the host is also being deleted.
                if (other, each) in self._deleted and (endpoint, other) not in ((ADDRESS, DEVICE), (ADDRESS, MACHINE)):
                    continue
                if reference.many:
                    held = self._estate.tables[other][each][field]
                    self._set_many(other, each, field, [one for one in held if key(one) != pk])
                else:
                    self._save(other, each, {field: None})
        if endpoint == "extras/tags":
            self._untag(row)
        if endpoint == "extras/custom-fields":
            self._apply_custom_field(row, None)
        if endpoint == "dcim/front-ports":
            self._map_ports("delete", row)
        if endpoint == "dcim/cables":
            for end in row["a_terminations"] + row["b_terminations"]:
                self._end_termination(row, end["object_type"], end["object_id"])
        elif row.get("cable") and "cable_end" in row:
            self._unplug(endpoint, row)

    def _map_ports(self, action: str, front: Row) -> None:
        """Record the mappings of a front port to rear ports. The REST API shows them only as part of the port."""
        for mapping in front["rear_ports"] if self._logged else ():
            rear = self._estate.get("dcim/rear-ports").get(mapping["rear_port"], {})
            name = f"{front['name']}:{mapping['position']} to {rear.get('name')}:{mapping['rear_port_position']}"
            row = {"id": front["id"], "display": name}
            data = {"device": key(front["device"]), "front_port": front["id"], "rear_port": rear.get("id")}
            self._add(action, MAPPINGS, row, data if action == "delete" else {}, {} if action == "delete" else data)

    def _untag(self, tag: Row) -> None:
        for endpoint, table in list(self._estate.tables.items()):
            if endpoint == "extras/config-contexts":
                for pk, slugs in table.column("tags"):
                    if tag["slug"] in slugs:
                        self._set_many(endpoint, pk, "tags", [slug for slug in slugs if slug != tag["slug"]])
                continue
            for pk in sorted(table.having("tags", {tag["id"]})):
                self._set_many(endpoint, pk, "tags", [one for one in table[pk]["tags"] if one["id"] != tag["id"]])

    def _unplug(self, endpoint: str, row: Row) -> None:
        """Remove the object from the ends of its cable. The cable remains."""
        cables = self._estate.get("dcim/cables")
        pk = key(row["cable"])
        if pk in cables:
            cable, here = cables[pk], (type_of(endpoint), row["id"])
            self._end_termination(cable, *here)
            ends = {
                side: [end for end in cable[side] if (end["object_type"], end["object_id"]) != here]
                for side in ("a_terminations", "b_terminations")
            }
            self._set_silently("dcim/cables", pk, **ends)

    def _unset_silently(self, endpoint: str, pk: int) -> None:
        for other, field in REFERRING.get(endpoint, ()):
            if RELATIONS[other][field].deleted == "unset silently":
                for each in self._estate.get(other).having(field, {pk}):
                    self._set_silently(other, each, **{field: None})

    def _after_delete(self, endpoint: str, row: Row) -> None:
        if endpoint == "virtualization/virtual-disks":
            self._add_disks(key(row["virtual_machine"]))
