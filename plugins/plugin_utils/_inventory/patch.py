# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Update the rows of a snapshot with the changes in the change log.

Rows that changed, or that contain an object that changed, are read again by their IDs. Rows that NetBox no longer
returns are removed from the snapshot. Short tables are read again completely.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.changes import Changes
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.effects import (
    COMPONENT_TYPES,
    REFERENCES,
    SILENT,
    changed_tables,
    may_select_others,
    not_followed,
)
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.options import KINDS, Options
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.plan import Plan
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.read import Reader
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.rest import Owners
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.snapshot import Snapshot, Table
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.tables import (
    ADDRESS_FIELDS,
    HOSTS,
    INTERFACES,
    TABLES,
    Related,
    is_component,
)
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.touched import Touched, referring

MAC, DISK, ADDRESS = "dcim.macaddress", "virtualization.virtualdisk", "ipam.ipaddress"
# The fields of interfaces that contain another interface.
INTERFACE_FIELDS = frozenset(("lag", "parent", "bridge"))
# The limit for components to read again is this number times the limit for hosts.
COMPONENTS_OF_A_HOST = 10
# Types of objects whose IDs are not always in the rows that they affect. If such an object was deleted, its last data
# identifies the row.
BEFORE = (MAC, DISK)
MACS = Related("mac_addresses", "dcim/mac-addresses", MAC)


class FullReadNeeded(Exception):
    """A refresh cannot bring the snapshot up to date. The message contains the reason."""


class Patch:
    """Applies ``changes`` to ``snapshot`` if they affect at most ``limit`` hosts of each kind.

    :meth:`apply` raises :class:`FullReadNeeded` if that is not possible. Do not use the snapshot after an error.
    """

    def __init__(
        self, reader: Reader, plan: Plan, options: Options, snapshot: Snapshot, changes: Changes, limit: int
    ) -> None:
        self._reader = reader
        self._rest = reader.rest
        self._plan = plan
        self._options = options
        self._snapshot = snapshot
        self._changes = changes
        self._limit = limit
        self._kinds = options.kinds
        self._touched = Touched(changes.objects())
        self._created = {change[1:3] for change in changes.changes if change.action == "create"}
        self._updated = {change.object_type for change in changes.changes if change.action != "create"}
        # The IDs of the hosts before the refresh, and the IDs of new hosts.
        self._before = {kind: set(snapshot.table(kind)) for kind in self._kinds}
        self._new_hosts: dict[str, set[int]] = {}
        self._addresses: set[int] = set()
        # The addresses in the change log that were read to find their inside addresses, or `None` if they are gone.
        self._changed_addresses: dict[int, Row | None] = {}
        # The number of rows that were read again from each table, and the kinds of hosts whose IDs were all read.
        self.read: dict[str, int] = {}
        self.swept: set[str] = set()

    def apply(self) -> None:
        """Read rows again until the snapshot is up to date."""
        types = self._touched.types()
        if not types:
            return
        reason = not_followed(types, self._updated, self._plan, self._options)
        if reason:
            raise FullReadNeeded(reason)
        self._add_nat()
        sites = self._sites()
        for kind in self._kinds:
            self._patch_hosts(kind, types)
        for table in TABLES.values():
            if table.kinds and table.name in self._plan.tables and table.name not in self._snapshot.denied:
                self._patch_components(table)
        self._patch_dns_names()
        self._patch_tables(types, bool(self._sites() - sites))

    def _sites(self) -> set[int]:
        """Return the IDs of the sites that hosts refer to."""
        hosts = (row for kind in self._kinds for row in self._snapshot.table(kind).values())
        return {row["site"]["id"] for row in hosts if row.get("site")}

    def _add_nat(self) -> None:
        """If an outside NAT address changed, mark the corresponding inside address as changed.

        NetBox does not write a change record for the inside address.
        """
        changed = set(self._touched.of(ADDRESS))
        shown = self._plan.raw is None or set(ADDRESS_FIELDS) & self._plan.raw
        if changed and (shown or "services" in self._plan.tables):
            # `None` stands for all fields.
            fields = self._plan.tables.get("addresses", frozenset())
            more = () if fields is None else {*fields, "nat_inside"}
            rows = list(self._rest.rows_with(TABLES["addresses"], changed, more))
            self._changed_addresses = {**dict.fromkeys(changed), **{row["id"]: row for row in rows}}
            self._touched.add(ADDRESS, {row["nat_inside"]["id"] for row in rows if row["nat_inside"]})

    # Hosts

    def _patch_hosts(self, kind: str, types: Collection[str]) -> None:
        fields, rows = self._plan.fields[kind] or frozenset(), self._snapshot.tables.setdefault(kind, {})
        ids = set(self._touched.of(HOSTS[kind].model)) | self._referring(kind, fields)
        ids |= self._moved_silently(kind, fields)
        if kind == "virtual_machines" and "disk" in fields:
            ids |= self._owners_of_disks()
        filters = self._options.filters(kind)
        before = self._before[kind]
        if filters and may_select_others(filters, types):
            selected = self._rest.host_ids(kind, filters)
            ids |= selected ^ before
            self.swept.add(kind)
        old, new = self._read_hosts(kind, ids, 0)
        more = self._related_hosts(kind, old, new) - ids
        self._read_hosts(kind, more, len(ids))
        self._new_hosts[kind] = set(rows) - before

    def _read_hosts(self, kind: str, ids: set[int], already: int) -> tuple[Table, Table]:
        """Read hosts again. Return the old rows and the new rows by ID."""
        if len(ids) + already > self._limit:
            raise FullReadNeeded(f"{len(ids) + already} {kind.replace('_', ' ')} to read again")
        rows = self._snapshot.tables[kind]
        new = {row["id"]: row for row in self._rest.hosts_with(kind, ids)} if ids else {}
        old = {number: rows.pop(number) for number in ids if number in rows}
        rows.update(new)
        self._addresses |= {row["primary_ip"]["id"] for row in new.values() if row.get("primary_ip")}
        self.read[kind] = self.read.get(kind, 0) + len(new)
        return old, new

    def _referring(self, kind: str, fields: Collection[str]) -> set[int]:
        """Return the IDs of hosts that contain an object that changed or that can change without a change record."""
        rows = self._snapshot.table(kind).values()
        # Devices without a name contain their type even if it is not in the plan, because they are named after it.
        known = {*fields, "device_type"} & REFERENCES.keys()
        ids = referring(rows, {field: REFERENCES[field] for field in known}, self._touched)
        nested = set(ADDRESS_FIELDS) & (self._plan.raw or frozenset())
        for field in nested:
            ids.update(row["id"] for row in rows if row.get(field) and self._touched.is_in(row[field]))
        if "display" in fields:
            # NetBox builds the display string of a host without a name from the names of the type and the chassis.
            ids.update(row["id"] for row in rows if not row.get("name"))
        return ids | self._in_custom_fields(rows)

    def _in_custom_fields(self, rows: Collection[Row]) -> set[int]:
        """Return the IDs of rows whose custom fields contain an object that changed."""
        return {
            row["id"]
            for row in rows
            if row.get("custom_fields")
            for value in row["custom_fields"].values()
            if isinstance(value, (dict, list)) and self._touched.is_in(value)
        }

    def _moved_silently(self, kind: str, fields: Collection[str]) -> set[int]:
        """Return the IDs of hosts that might have changed with another object, but that ``_referring`` cannot find."""
        found: set[int] = set()
        live = self._changes.objects(deleted=False)
        for silent in SILENT:
            visible = silent.field in fields and not silent.tree
            if kind in silent.kinds and silent.fields & set(fields) and not visible and live.get(silent.model):
                filters = [(f"{silent.field}_id", str(number)) for number in sorted(live[silent.model])]
                found |= self._rest.host_ids(kind, filters)
        return found

    def _owners_of_disks(self) -> set[int]:
        """Return the IDs of virtual machines whose disks changed.

        NetBox updates the total disk size of a virtual machine without a change record.
        """
        before = {row.get("virtual_machine") for (model, dummy), row in self._changes.before.items() if model == DISK}
        rows = self._rest.rows_with(TABLES["virtual_disks"], self._touched.of(DISK), ("virtual_machine",))
        return {row["virtual_machine"]["id"] for row in rows} | {number for number in before if number}

    def _related_hosts(self, kind: str, old: Table, new: Table) -> set[int]:
        """Return the IDs of devices that contain a count that might have changed.

        The counts are the number of members of a chassis, and the number of devices with a device type.
        """
        if kind != "devices":
            return set()
        rows = self._snapshot.tables[kind]
        chassis = {row["virtual_chassis"]["id"] for row in (*old.values(), *new.values()) if row.get("virtual_chassis")}
        found = {
            number
            for number, row in rows.items()
            if chassis and row.get("virtual_chassis") and row["virtual_chassis"]["id"] in chassis
        }
        if "device_type" in (self._plan.raw or ()):
            found |= self._of_types(old, new)
        return found

    def _of_types(self, old: Table, new: Table) -> set[int]:
        """Return the IDs of the devices whose type has more or fewer devices than before."""
        counted: set[int] = set()
        for number in self._touched.of("dcim.device"):
            if number not in old and number not in new:
                raise FullReadNeeded("the number of devices with a device type might have changed")
            types = {table[number]["device_type"]["id"] for table in (old, new) if number in table}
            if len(types) > 1 or number not in old or number not in new:
                counted |= types
        rows = self._snapshot.tables["devices"]
        return {number for number, row in rows.items() if counted and row["device_type"]["id"] in counted}

    # Components

    def _patch_components(self, table: Related) -> None:
        rows = self._snapshot.tables.setdefault(table.name, {})
        ids = set(self._touched.of(table.model)) | self._referring_components(table, rows.values())
        if table.name in ("interfaces", "vm_interfaces"):
            ids |= self._interfaces_of_macs(table)
        if len(ids) > self._limit * COMPONENTS_OF_A_HOST:
            raise FullReadNeeded(f"{len(ids)} {table.label} to read again")
        new = {row["id"]: row for row in self._component_rows(table, ids) if is_component(table, row)}
        came = set(new) - set(rows)
        for number in ids:
            rows.pop(number, None)
        rows.update(new)
        self.read[table.name] = len(new)
        if table.name == "vm_interfaces":
            self._follow_moved(table, came)
        self._add_of_new_hosts(table, rows)
        if table.owner:
            # Other rows still have their owners, unless hosts were added or removed.
            changed = rows if self._are_other_hosts(table.kinds) else new
            for number in [number for number, row in changed.items() if not self._has_owner(table, row)]:
                del rows[number]

    def _component_rows(self, table: Related, ids: set[int]) -> Iterator[Row]:
        """Yield the rows with these IDs. Do not read addresses twice."""
        if table.model == ADDRESS:
            fields = self._plan.tables[table.name]
            for row in filter(None, self._changed_addresses.values()):
                yield row if fields is None else {name: row[name] for name in row if name in fields or name == "id"}
            ids = ids - set(self._changed_addresses)
        yield from self._rest.rows_with(table, ids)

    def _are_other_hosts(self, kinds: Iterable[str]) -> bool:
        return any(self._snapshot.table(kind).keys() != self._before.get(kind, ()) for kind in kinds)

    def _has_owner(self, table: Related, row: Row) -> bool:
        owner = table.owner_of(row)
        return owner is not None and owner[1] in self._snapshot.table(owner[0])

    def _referring_components(self, table: Related, rows: Collection[Row]) -> set[int]:
        """Return the IDs of rows that contain an object that changed or that can change without a change record."""
        fields = self._plan.tables[table.name]
        if fields is None:
            # The change log names the rows that changed themselves.
            return {row["id"] for row in rows if self._touched.is_in(list(row.values()))}
        references = {name: model for name, model in table.references.items() if name in fields}
        found = referring(rows, references, self._touched)
        for field in INTERFACE_FIELDS & fields:
            found |= {row["id"] for row in rows if row.get(field) and self._touched.is_in_interface(row[field])}
        return found | self._in_custom_fields(rows) if "custom_fields" in fields else found

    def _interfaces_of_macs(self, table: Related) -> set[int]:
        """Return the IDs of interfaces that have or had a MAC address that changed."""
        fields, changed = self._plan.tables[table.name] or frozenset(), self._touched.of(MAC)
        if not changed or not {"mac_address", "primary_mac_address"} & fields:
            return set()
        # The last data of a deleted MAC address contains the interface type only as a number. So use each ID for both
        # interface types.
        found = {row.get("assigned_object_id") for (model, dummy), row in self._changes.before.items() if model == MAC}
        rows = self._rest.rows_with(MACS, changed, ("assigned_object_type", "assigned_object_id"))
        found |= {row["assigned_object_id"] for row in rows if row["assigned_object_type"] == table.model}
        return {number for number in found if number}

    def _follow_moved(self, table: Related, came: Collection[int]) -> None:
        """Record the virtual machines that received an interface from a virtual machine that is not a host.

        The addresses of these virtual machines are read later.
        """
        moved = {number for number in came if (table.model, number) not in self._created}
        rows = self._snapshot.tables[table.name]
        self._new_hosts.setdefault("moved", set()).update(rows[number]["virtual_machine"]["id"] for number in moved)

    def _add_of_new_hosts(self, table: Related, rows: Table) -> None:
        """Read the components of hosts that were not in the snapshot."""
        new = {kind: set(self._new_hosts.get(kind, ())) for kind in self._kinds}
        if table.name == "addresses" and "virtual_machines" in new:
            new["virtual_machines"] |= self._new_hosts.get("moved", set())
        owners = Owners(new, dict.fromkeys(KINDS, True))
        if not owners.of(table.kinds):
            return
        if table.name == "addresses":
            found: Iterable[Row] = self._rest.addresses(owners)
        elif table in INTERFACES.values():
            found = self._rest.interfaces(table.kinds[0], owners)
        else:
            found = self._rest.components(table, owners)
        rows.update({row["id"]: row for row in found})

    # Other tables

    def _patch_dns_names(self) -> None:
        rows = self._snapshot.tables.get("dns_names")
        if rows is None:
            return
        primary = {
            row["primary_ip"]["id"]
            for kind in self._kinds
            for row in self._snapshot.table(kind).values()
            if row.get("primary_ip") and "dns_name" not in row["primary_ip"]
        }
        ids = primary & (self._touched.of(ADDRESS) | self._addresses)
        for number in ids:
            rows.pop(number, None)
        rows.update({row["id"]: row for row in self._rest.rows_with(TABLES["dns_names"], ids)})

    def _patch_tables(self, types: Collection[str], more_sites: bool) -> None:
        """Read each table again if its objects changed, or if it lacks objects that hosts refer to."""
        needed, names = self._reader.needed_tables(self._snapshot), changed_tables(types, self._plan)
        names |= {name for name in needed - names if self._is_outdated(TABLES[name], types)}
        if more_sites and "prefixes" in needed:
            names.add("prefixes")
        for name in names:
            self._snapshot.tables.pop(name, None)
            self._snapshot.denied.pop(name, None)
        if names:
            self._reader.read_tables(self._snapshot, names)
            self.read["tables"] = len(names)

    def _is_outdated(self, table: Related, types: Collection[str]) -> bool:
        """Return whether a table was not read yet, lacks objects, or contains components that changed."""
        rows = self._snapshot.tables.get(table.name)
        if rows is None:
            return table.name not in self._snapshot.denied
        if table.kinds or table.name == "dns_names":
            return False
        if self._plan.tables[table.name] is None and set(types) <= COMPONENT_TYPES:
            return any(self._touched.is_in(list(row.values())) for row in rows.values())
        return bool(table.field) and self._lacks(table)

    def _lacks(self, table: Related) -> bool:
        """Return whether hosts refer to objects that are not in a table."""
        rows, field = self._snapshot.tables[table.name], table.field or ""
        return any(
            row.get(field) and row[field]["id"] not in rows
            for kind in self._kinds
            for row in self._snapshot.table(kind).values()
        )


def counted(read: dict[str, int]) -> str:
    """Return a string with the number of hosts and the number of interfaces that were read again."""
    hosts = sum(read.get(kind, 0) for kind in KINDS)
    interfaces = sum(read.get(table.name, 0) for table in INTERFACES.values())
    return f"{hosts} hosts and {interfaces} interfaces"
