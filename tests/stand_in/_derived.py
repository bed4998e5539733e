# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parts of rows that NetBox computes from other rows: nested objects, names, counts, cable paths, config contexts.

A write changes a row. `refresh` updates all rows that show a part of it. Their `last_updated` does not change, and
there is no change record.
"""

from __future__ import annotations

import ipaddress
import typing as t
from collections.abc import Callable, Iterable, Iterator

from ._contexts import ENDPOINT as CONTEXTS
from ._contexts import HOSTS, INPUTS, context_of
from ._endpoints import ENDPOINTS, endpoint_of, type_of
from ._lookups import with_descendants
from ._ordering import ordered
from ._recorded import nested_fields
from ._relations import (
    ADDRESS,
    ANY_RELATIONS,
    DEVICE,
    INTERFACE,
    MACHINE,
    REFERRING,
    RELATIONS,
    SITE,
    TREES,
    VM_INTERFACE,
)
from ._tables import Estate, GeneratedTable, Row, key

Place = tuple[str, int]

ASSIGNMENTS = "ipam/fhrp-group-assignments"
ENDPOINT_OF_TYPE = {type_of(endpoint): endpoint for endpoint in ENDPOINTS}
# Endpoints of the objects at which cables can end.
CABLED = (INTERFACE, "dcim/console-ports", "dcim/front-ports", "dcim/rear-ports")
# Fields in which an interface shows other interfaces. These show only the IDs of their cables.
IN_INTERFACES = ("parent", "bridge", "bridge_interfaces", "lag")
# Counts that NetBox stores in the object itself or computes from it. All other counts are 0 in nested objects.
KEPT_COUNTS = {
    "dcim/device-types": "device_count",
    "dcim/module-types": "module_count",
    "dcim/virtual-chassis": "member_count",
    "extras/custom-field-choice-sets": "choices_count",
}


def _children(endpoint: str, field: str, tree: bool = False) -> Callable[[Estate, Row], int]:
    """Return a function that counts the rows that refer to a row or, if `tree` is true, to one of its descendants."""

    def count(estate: Estate, row: Row) -> int:
        wanted = {row["id"]}
        if tree:
            target = RELATIONS[endpoint][field].target
            wanted = t.cast("set[int]", with_descendants(estate.get(target), wanted))
        return len(estate.get(endpoint).having(field, wanted))

    return count


def _assigned(endpoint: str, kind: str) -> Callable[[Estate, Row], int]:
    """Return a function that counts the rows that refer to a row by its type and ID."""
    relation = ANY_RELATIONS[endpoint]

    def count(estate: Estate, row: Row) -> int:
        table = estate.get(endpoint)
        return sum(1 for pk in table.having(relation.pk, {row["id"]}) if table[pk][relation.kind] == kind)

    return count


def _prefixes(estate: Estate, site: Row) -> int:
    """Count the prefixes of a site and of its locations."""
    scopes = {"dcim.site": {site["id"]}, "dcim.location": estate.get("dcim/locations").having("site", {site["id"]})}
    prefixes = estate.get("ipam/prefixes").values()
    return sum(1 for row in prefixes if row["scope_id"] in scopes.get(row["scope_type"] or "", ()))


def _tagged(estate: Estate, tag: Row) -> int:
    tables = (table for endpoint, table in estate.tables.items() if endpoint != CONTEXTS)
    return sum(len(table.having("tags", {tag["id"]})) for table in tables)


def _sum(field: str) -> Callable[[Estate, Row], t.Any]:
    """Return a function that adds up a field of a cluster's virtual machines. Without values, it returns None."""

    def add(estate: Estate, cluster: Row) -> t.Any:
        machines = estate.get(MACHINE)
        values = [machines[pk].get(field) for pk in machines.having("cluster", {cluster["id"]})]
        given = [value for value in values if value is not None]
        return sum(given) if given else None

    return add


COUNTS: dict[str, dict[str, Callable[[Estate, Row], t.Any]]] = {
    DEVICE: {
        "console_port_count": _children("dcim/console-ports", "device"),
        "device_bay_count": _children("dcim/device-bays", "device"),
        "front_port_count": _children("dcim/front-ports", "device"),
        "interface_count": _children(INTERFACE, "device"),
        "inventory_item_count": _children("dcim/inventory-items", "device"),
        "module_bay_count": _children("dcim/module-bays", "device"),
        "rear_port_count": _children("dcim/rear-ports", "device"),
    },
    "dcim/device-roles": {
        "device_count": _children(DEVICE, "role", tree=True),
        "virtualmachine_count": _children(MACHINE, "role", tree=True),
    },
    "dcim/device-types": {
        "device_count": _children(DEVICE, "device_type"),
        "interface_template_count": _children("dcim/interface-templates", "device_type"),
    },
    INTERFACE: {
        "count_ipaddresses": _assigned(ADDRESS, "dcim.interface"),
        "count_fhrp_groups": _assigned(ASSIGNMENTS, "dcim.interface"),
    },
    "dcim/locations": {
        "device_count": _children(DEVICE, "location", tree=True),
        "rack_count": _children("dcim/racks", "location", tree=True),
        "prefix_count": _assigned("ipam/prefixes", "dcim.location"),
    },
    "dcim/manufacturers": {
        "devicetype_count": _children("dcim/device-types", "manufacturer"),
        "inventoryitem_count": _children("dcim/inventory-items", "manufacturer"),
        "moduletype_count": _children("dcim/module-types", "manufacturer"),
        "platform_count": _children("dcim/platforms", "manufacturer"),
    },
    "dcim/module-types": {
        "interface_template_count": _children("dcim/interface-templates", "module_type"),
        "module_count": _children("dcim/modules", "module_type"),
    },
    "dcim/platforms": {
        "device_count": _children(DEVICE, "platform", tree=True),
        "virtualmachine_count": _children(MACHINE, "platform", tree=True),
    },
    "dcim/rack-roles": {"rack_count": _children("dcim/racks", "role")},
    "dcim/racks": {"device_count": _children(DEVICE, "rack")},
    "dcim/regions": {"site_count": _children(SITE, "region", tree=True)},
    "dcim/site-groups": {"site_count": _children(SITE, "group", tree=True)},
    SITE: {
        "device_count": _children(DEVICE, "site"),
        "prefix_count": _prefixes,
        "rack_count": _children("dcim/racks", "site"),
        "virtualmachine_count": _children(MACHINE, "site"),
        "vlan_count": _children("ipam/vlans", "site"),
    },
    "dcim/virtual-chassis": {"member_count": _children(DEVICE, "virtual_chassis")},
    "extras/custom-field-choice-sets": {"choices_count": lambda estate, row: len(row["extra_choices"] or ())},
    "extras/tags": {"tagged_items": _tagged},
    "ipam/asns": {"site_count": _children(SITE, "asns")},
    "ipam/vlan-groups": {"vlan_count": _children("ipam/vlans", "group")},
    "ipam/vrfs": {
        "ipaddress_count": _children(ADDRESS, "vrf"),
        "prefix_count": _children("ipam/prefixes", "vrf"),
    },
    "tenancy/tenant-groups": {"tenant_count": _children("tenancy/tenants", "group", tree=True)},
    "tenancy/tenants": {
        "cluster_count": _children("virtualization/clusters", "tenant"),
        "device_count": _children(DEVICE, "tenant"),
        "ipaddress_count": _children(ADDRESS, "tenant"),
        "prefix_count": _children("ipam/prefixes", "tenant"),
        "rack_count": _children("dcim/racks", "tenant"),
        "site_count": _children(SITE, "tenant"),
        "virtualmachine_count": _children(MACHINE, "tenant"),
        "vlan_count": _children("ipam/vlans", "tenant"),
        "vrf_count": _children("ipam/vrfs", "tenant"),
    },
    "virtualization/cluster-groups": {"cluster_count": _children("virtualization/clusters", "group")},
    "virtualization/cluster-types": {"cluster_count": _children("virtualization/clusters", "type")},
    "virtualization/clusters": {
        "allocated_disk": _sum("disk"),
        "allocated_memory": _sum("memory"),
        "allocated_vcpus": _sum("vcpus"),
        "device_count": _children(DEVICE, "cluster"),
        "virtualmachine_count": _children(MACHINE, "cluster"),
    },
    VM_INTERFACE: {
        "count_ipaddresses": _assigned(ADDRESS, "virtualization.vminterface"),
        "count_fhrp_groups": _assigned(ASSIGNMENTS, "virtualization.vminterface"),
    },
    "virtualization/virtual-machine-types": {"virtual_machine_count": _children(MACHINE, "virtual_machine_type")},
    MACHINE: {
        "interface_count": _children(VM_INTERFACE, "virtual_machine"),
        "virtual_disk_count": _children("virtualization/virtual-disks", "virtual_machine"),
    },
}


class Derived:
    """Computes the derived parts of the rows of one estate."""

    def __init__(self, estate: Estate, version: str) -> None:
        # NetBox's setting PREFER_IPV4.
        self.prefer_ipv4 = False
        self._estate = estate
        self._version = version
        self._nested = nested_fields(version)
        self._computed: dict[str, Callable[[Row], None]] = {
            DEVICE: self._compute_device,
            "dcim/cables": self._compute_cable,
            "dcim/console-ports": self._compute_cabled,
            "dcim/device-bays": self._compute_bay,
            "dcim/front-ports": self._compute_cabled,
            INTERFACE: self._compute_interface,
            "dcim/module-bays": self._compute_module_bay,
            "dcim/rear-ports": self._compute_cabled,
            "dcim/virtual-chassis": self._compute_chassis,
            ADDRESS: self._compute_address,
            "ipam/fhrp-groups": self._compute_group,
            VM_INTERFACE: self._compute_interface,
            MACHINE: self._compute_machine,
        }

    # One row

    def fresh(self, endpoint: str, row: Row) -> Row:
        """Return the row with all derived parts up to date."""
        row = dict(row)
        for field, reference in RELATIONS.get(endpoint, {}).items():
            if field in row:
                row[field] = self._shown(endpoint, field, reference.target, row[field])
        if relation := ANY_RELATIONS.get(endpoint):
            target = ENDPOINT_OF_TYPE.get(row.get(relation.kind) or "")
            known = target and self._row(target, row.get(relation.pk))
            if target and known:
                row[relation.shown] = self.nested(endpoint, relation.shown, target, known)
            elif row.get(relation.kind) is None:
                row[relation.shown] = None
        if endpoint != CONTEXTS and row.get("tags"):
            row["tags"] = self._shown(endpoint, "tags", "extras/tags", row["tags"])
        if row.get("custom_fields"):
            row["custom_fields"] = self._custom_fields(endpoint, row["custom_fields"])
        if endpoint in TREES:
            row["_depth"] = sum(1 for dummy in self.ancestors(endpoint, row))
        if compute := self._computed.get(endpoint):
            compute(row)
        for field, count in COUNTS.get(endpoint, {}).items() if self._counts() else ():
            # Keep the recorded server's counts of objects in endpoints that were not recorded.
            if field in row and (field != "count_fhrp_groups" or ASSIGNMENTS in self._estate.tables):
                row[field] = count(self._estate, row)
        row["display"] = self.display(endpoint, row)
        if endpoint in HOSTS and "config_context" in row and len(self._estate.get(CONTEXTS)):
            row["config_context"] = context_of(self._estate, endpoint, row)
        return row

    def _counts(self) -> bool:
        """Return whether counts are updated. Generated estates never update them, as every device would show them."""
        return not any(isinstance(table, GeneratedTable) for table in self._estate.tables.values())

    def _row(self, endpoint: str, pk: t.Any) -> Row | None:
        table = self._estate.get(endpoint)
        return table.get(pk)

    def _shown(self, endpoint: str, field: str, target: str, value: t.Any) -> t.Any:
        """Return the nested form of the objects that a field refers to. Objects in missing tables do not change."""
        if isinstance(value, list):
            if target not in self._estate.tables:
                return value
            table = self._estate.tables[target]
            ids = [key(each) for each in value if key(each) in table]
            ids = list(ordered(self._estate, table, ids, None, self._version, 0)) if len(ids) > 1 else ids
            return [self.nested(endpoint, field, target, table[pk]) for pk in ids]
        row = None if value is None else self._row(target, key(value))
        return value if row is None else self.nested(endpoint, field, target, row)

    def nested(self, endpoint: str, place: str, target: str, row: Row) -> Row:
        """Return a row of `target` as rows of `endpoint` show it at a place such as `device_type.manufacturer`."""
        known_fields = self._nested.get(endpoint, {}).get(place, {}).get(target)
        shown = {}
        for field in known_fields or endpoint_of(target, self._version).brief:
            if field not in row:
                continue
            value = row[field]
            if field == "cable" and place in IN_INTERFACES:
                value = value and key(value)
            elif isinstance(value, dict) and "url" in value:
                if known_fields is None and "." in place:
                    # The recordings do not contain this place. Omit the object, because NetBox limits nesting.
                    continue
                above = self._target(value)
                known = self._row(above, value["id"])
                value = self.nested(endpoint, f"{place}.{field}", above, known) if known else value
            elif isinstance(value, list) and value and isinstance(value[0], dict) and "url" in value[0]:
                value = self._shown(endpoint, f"{place}.{field}", self._target(value[0]), value)
            elif field == "family" and place.endswith(("nat_inside", "nat_outside")):
                value = value["value"]
            elif field.endswith("_count") and KEPT_COUNTS.get(target) != field:
                value = 0
            shown[field] = value
        return shown

    @staticmethod
    def _target(nested: Row) -> str:
        """Return the endpoint of a nested object."""
        return str(nested["url"]).split("/api/")[1].rstrip("/").rpartition("/")[0]

    def _custom_fields(self, endpoint: str, values: Row) -> Row:
        """Return custom fields with up-to-date objects and choices. Remove deleted objects."""
        values = dict(values)
        kind = type_of(endpoint)
        for field in self._estate.get("extras/custom-fields").values():
            value = values.get(field["name"])
            if value is None or kind not in field["object_types"]:
                continue
            target = ENDPOINT_OF_TYPE.get(field["related_object_type"] or "")
            if target in self._estate.tables and field["type"]["value"] == "object":
                row = self._row(target, key(value))
                values[field["name"]] = self.nested(endpoint, "custom_fields", target, row) if row else None
            elif target in self._estate.tables and field["type"]["value"] == "multiobject":
                rows = [self._row(target, key(each)) for each in value]
                values[field["name"]] = [self.nested(endpoint, "custom_fields", target, row) for row in rows if row]
            elif "select" in field["type"]["value"] and self._version == "4.7":
                values[field["name"]] = self._labelled(field, value)
        return values

    def _labelled(self, field: Row, value: t.Any) -> t.Any:
        """Return a choice with its label, as NetBox 4.7 and later do."""
        choices = self._row("extras/custom-field-choice-sets", key(field["choice_set"])) or {}
        labels = dict(choices.get("extra_choices") or ())
        if isinstance(value, list):
            return [self._labelled(field, each) for each in value]
        value = key(value)
        return {"value": value, "label": labels.get(value, value)}

    # Computed fields of individual endpoints

    def _compute_device(self, row: Row) -> None:
        self._compute_machine(row)
        bays = self._estate.get("dcim/device-bays")
        bay = next(iter(bays.having("installed_device", {row["id"]})), None)
        if bay is not None:
            parent = self._row(DEVICE, key(bays[bay]["device"]))
            row["parent_device"] = parent and self.nested(DEVICE, "parent_device", DEVICE, parent)
            if parent:
                bay_shown = self.nested(DEVICE, "parent_device.device_bay", "dcim/device-bays", bays[bay])
                row["parent_device"]["device_bay"] = bay_shown
        elif "parent_device" in row:
            row["parent_device"] = None

    def _compute_machine(self, row: Row) -> None:
        first, second = ("primary_ip4", "primary_ip6") if self.prefer_ipv4 else ("primary_ip6", "primary_ip4")
        row["primary_ip"] = row[first] or row[second]

    def _compute_bay(self, row: Row) -> None:
        if "_occupied" in row:
            row["_occupied"] = row["installed_device"] is not None

    def _compute_module_bay(self, row: Row) -> None:
        modules = self._estate.get("dcim/modules")
        module = next(iter(modules.having("module_bay", {row["id"]})), None)
        row["_occupied"] = module is not None
        row["installed_module"] = None
        if module is not None:
            row["installed_module"] = self.nested(
                "dcim/module-bays", "installed_module", "dcim/modules", modules[module]
            )

    def _compute_chassis(self, row: Row) -> None:
        devices = self._estate.get(DEVICE)
        members = [{"id": pk} for pk in devices.having("virtual_chassis", {row["id"]})]
        row["members"] = self._shown("dcim/virtual-chassis", "members", DEVICE, members)

    def _compute_address(self, row: Row) -> None:
        family = ipaddress.ip_interface(row["address"]).version
        row["family"] = {"value": family, "label": f"IPv{family}"}
        outside = [{"id": pk} for pk in self._estate.get(ADDRESS).having("nat_inside", {row["id"]})]
        row["nat_outside"] = self._shown(ADDRESS, "nat_outside", ADDRESS, outside)

    def _compute_group(self, row: Row) -> None:
        table = self._estate.get(ADDRESS)
        found = [pk for pk in table.having("assigned_object_id", {row["id"]}) if _is_of(table[pk], "ipam.fhrpgroup")]
        addresses = [{"id": pk} for pk in found]
        row["ip_addresses"] = self._shown("ipam/fhrp-groups", "ip_addresses", ADDRESS, addresses)

    def _compute_interface(self, row: Row) -> None:
        is_vm = "virtual_machine" in row
        endpoint, kind = (VM_INTERFACE, "virtualization.vminterface") if is_vm else (INTERFACE, "dcim.interface")
        macs = self._estate.get("dcim/mac-addresses")
        found = [{"id": pk} for pk in macs.having("assigned_object_id", {row["id"]}) if _is_of(macs[pk], kind)]
        row["mac_addresses"] = self._shown(endpoint, "mac_addresses", "dcim/mac-addresses", found)
        primary = row["primary_mac_address"]
        row["mac_address"] = primary and primary["mac_address"]
        if "bridge_interfaces" in row:
            bridged = [{"id": pk} for pk in self._estate.get(endpoint).having("bridge", {row["id"]})]
            row["bridge_interfaces"] = self._shown(endpoint, "bridge_interfaces", endpoint, bridged)
        if not is_vm:
            self._compute_cabled(row, INTERFACE)

    # Cables

    def _compute_cable(self, row: Row) -> None:
        for end in ("a_terminations", "b_terminations"):
            shown = []
            for termination in row[end]:
                target = ENDPOINT_OF_TYPE.get(termination["object_type"], "")
                known = self._row(target, termination["object_id"])
                if known:
                    nested = self.nested("dcim/cables", f"{end}.object", target, known)
                    shown.append({**termination, "object": nested})
                elif target not in self._estate.tables:
                    shown.append(termination)
            row[end] = shown

    def _compute_cabled(self, row: Row, endpoint: str = "") -> None:
        endpoint = endpoint or self._target(row)
        cable = row["cable"] and self._row("dcim/cables", key(row["cable"]))
        here = (type_of(endpoint), row["id"])
        ends = {"A": "a_terminations", "B": "b_terminations"}
        end = next((end for end, field in ends.items() if cable and here in _ends(cable, field)), None)
        if not end:
            row.update(cable=None, cable_end=None, link_peers=[], link_peers_type=None, _occupied=row["mark_connected"])
        else:
            peers = _ends(t.cast(Row, cable), ends["B" if end == "A" else "A"])
            row["cable"] = self.nested(endpoint, "cable", "dcim/cables", t.cast(Row, cable))
            row["cable_end"] = end
            row["link_peers"], row["link_peers_type"] = self._ends_shown(endpoint, "link_peers", peers)
            row["_occupied"] = True
        if "connected_endpoints" in row:
            ends_found, reachable = self._trace(here) if end else ([], False)
            shown, kind = self._ends_shown(endpoint, "connected_endpoints", ends_found)
            row["connected_endpoints"] = shown or None
            row["connected_endpoints_type"] = kind
            row["connected_endpoints_reachable"] = bool(shown) and reachable

    def _ends_shown(self, endpoint: str, field: str, ends: list[tuple[str, int]]) -> tuple[list[Row], str | None]:
        shown = []
        for kind, pk in ends:
            row = self._row(ENDPOINT_OF_TYPE.get(kind, ""), pk)
            if row:
                shown.append(self.nested(endpoint, field, ENDPOINT_OF_TYPE[kind], row))
        return shown, ends[0][0] if shown else None

    def _trace(self, here: tuple[str, int]) -> tuple[list[tuple[str, int]], bool]:
        """Return the far ends of the path along cables and patch panels, and whether all cables are connected."""
        reachable, seen = True, {here}
        while True:
            cable = self._cable_at(here)
            if cable is None:
                return [], False
            reachable = reachable and cable["status"]["value"] == "connected"
            near = here in _ends(cable, "a_terminations")
            far = _ends(cable, "b_terminations" if near else "a_terminations")
            if not far or far[0] in seen:
                return [], False
            if far[0][0] not in ("dcim.frontport", "dcim.rearport"):
                return far, reachable
            seen.add(far[0])
            through = self._through(far[0])
            if through is None:
                return [], False
            seen.add(through)
            here = through

    def _cable_at(self, here: tuple[str, int]) -> Row | None:
        row = self._row(ENDPOINT_OF_TYPE.get(here[0], ""), here[1])
        cable = row and row.get("cable") and self._row("dcim/cables", key(row["cable"]))
        return cable or None

    def _through(self, port: tuple[str, int]) -> tuple[str, int] | None:
        """Return the opposite port in a patch panel. Rear ports have only one position here."""
        kind, pk = port
        fronts = self._estate.get("dcim/front-ports")
        if kind == "dcim.frontport":
            mapped = fronts[pk]["rear_ports"] if pk in fronts else []
            return ("dcim.rearport", mapped[0]["rear_port"]) if mapped else None
        for front in fronts.values():
            if any(mapping["rear_port"] == pk for mapping in front["rear_ports"]):
                return "dcim.frontport", front["id"]
        return None

    # Names

    def display(self, endpoint: str, row: Row) -> str:
        """Return the display name of an object."""
        name = NAMES.get(endpoint)
        return name(row) if name else str(row.get("name") or row.get("display"))

    # Rows that show parts of each other

    def ancestors(self, endpoint: str, row: Row) -> Iterator[Row]:
        """Yield the ancestors of a row in a tree, from the parent to the root."""
        seen = {row.get("id")}
        parent = row.get("parent")
        while parent and key(parent) not in seen:
            seen.add(key(parent))
            above = self._row(endpoint, key(parent))
            if above is None:
                return
            yield above
            parent = above.get("parent")

    def _neighbors(self, endpoint: str, row: Row) -> Iterator[Place]:
        """Yield the rows that can show parts of a row."""
        pk = row["id"]
        for other, field in REFERRING.get(endpoint, ()):
            if other in self._estate.tables:
                yield from ((other, each) for each in self._estate.tables[other].having(field, {pk}))
        for field, reference in RELATIONS.get(endpoint, {}).items():
            value = row.get(field)
            for each in value if isinstance(value, list) else [value]:
                if each is not None:
                    yield from self._with_ancestors(reference.target, key(each))
        kind = type_of(endpoint)
        for other, assigned in ANY_RELATIONS.items():
            table = self._estate.tables.get(other)
            if table is not None:
                found = table.having(assigned.pk, {pk})
                yield from ((other, each) for each in found if table[each].get(assigned.kind) == kind)
        if relation := ANY_RELATIONS.get(endpoint):
            target = ENDPOINT_OF_TYPE.get(row.get(relation.kind) or "")
            if target:
                yield target, row[relation.pk]
            if target == "dcim/locations":
                location = self._row(target, row[relation.pk])
                if location:
                    yield SITE, key(location["site"])
        if endpoint == "extras/tags":
            for other, table in self._estate.tables.items():
                if other != CONTEXTS:
                    yield from ((other, each) for each in table.having("tags", {pk}))
        elif endpoint != CONTEXTS:
            yield from (("extras/tags", tag["id"]) for tag in row.get("tags") or ())
        yield from self._cabled_neighbors(endpoint, row)
        yield from self._custom_neighbors(kind, row)

    def _with_ancestors(self, endpoint: str, pk: int) -> Iterator[Place]:
        yield endpoint, pk
        if endpoint in TREES:
            row = self._row(endpoint, pk)
            yield from ((endpoint, above["id"]) for above in (self.ancestors(endpoint, row) if row else ()))

    def _cabled_neighbors(self, endpoint: str, row: Row) -> Iterator[Place]:
        if endpoint == "dcim/cables":
            for kind, pk in _ends(row, "a_terminations") + _ends(row, "b_terminations"):
                if kind in ENDPOINT_OF_TYPE:
                    yield ENDPOINT_OF_TYPE[kind], pk
        elif endpoint in CABLED:
            for field in ("link_peers", "connected_endpoints"):
                yield from ((self._target(peer), peer["id"]) for peer in row.get(field) or ())
            through = self._through((type_of(endpoint), row["id"])) if "port" in endpoint else None
            if through:
                yield ENDPOINT_OF_TYPE[through[0]], through[1]

    def _custom_neighbors(self, kind: str, row: Row) -> Iterator[Place]:
        """Yield the rows whose custom fields contain this object or, for a choice set, one of its choices."""
        for field in self._estate.get("extras/custom-fields").values():
            of_choices = kind == "extras.customfieldchoiceset" and key(field["choice_set"]) == row["id"]
            if not of_choices and field["related_object_type"] != kind:
                continue
            for each in field["object_types"]:
                table = self._estate.tables.get(ENDPOINT_OF_TYPE.get(each, ""))
                for pk, holder in table.assigned().items() if table is not None else ():
                    value = key((holder.get("custom_fields") or {}).get(field["name"]))
                    held = value if isinstance(value, tuple) else (value,)
                    if (of_choices and value is not None) or (not of_choices and row["id"] in held):
                        yield table.endpoint, pk  # type: ignore[union-attr]

    # All rows

    def refresh(self, changed: Iterable[tuple[str, Row]]) -> None:
        """Update all rows that show parts of changed rows. `changed` contains each row before and after its change."""
        rows = list(changed)
        queue: dict[Place, None] = {}
        endpoints = {endpoint for endpoint, dummy in rows}
        for endpoint, row in rows:
            queue[endpoint, row["id"]] = None
            queue.update(dict.fromkeys(self._neighbors(endpoint, row)))
        while queue:
            place = next(iter(queue))
            del queue[place]
            endpoint, pk = place
            old = self._row(endpoint, pk)
            if old is None:
                continue
            new = self.fresh(endpoint, old)
            if new != old:
                self._estate.tables[endpoint][pk] = new
                endpoints.add(endpoint)
                queue.update(dict.fromkeys((*self._neighbors(endpoint, old), *self._neighbors(endpoint, new))))
        if endpoints & set(INPUTS) and (len(self._estate.get(CONTEXTS)) or CONTEXTS in endpoints):
            self.refresh_contexts()

    def refresh_contexts(self) -> None:
        """Update the config contexts of all hosts."""
        for endpoint in HOSTS:
            table = self._estate.get(endpoint)
            for pk in table.ids():
                row = table[pk]
                context = context_of(self._estate, endpoint, row)
                if row.get("config_context") != context:
                    table[pk] = {**row, "config_context": context}


def _is_of(row: Row, kind: str) -> bool:
    return bool(row["assigned_object_type"] == kind)


def _ends(cable: Row, field: str) -> list[tuple[str, int]]:
    return [(end["object_type"], end["object_id"]) for end in cable[field]]


def _device_name(row: Row) -> str:
    chassis = row.get("virtual_chassis")
    name = row["name"] or (f"{chassis['name']}:{row['vc_position']}" if chassis else None)
    if name:
        return f"{name} ({row['asset_tag']})" if row["asset_tag"] else str(name)
    kind = row["device_type"]
    return f"{kind['manufacturer']['name']} {kind['model']} ({row['asset_tag'] or row['id']})"


def _service_name(row: Row) -> str:
    if "port_mappings" in row:
        return str(row["name"])
    return f"{row['name']} ({row['protocol']['label']}/{', '.join(map(str, row['ports']))})"


def _group_name(row: Row) -> str:
    protocol = {"vrrp2": "VRRPv2", "vrrp3": "VRRPv3"}.get(row["protocol"], row["protocol"].upper())
    name = f"{row['name']} {protocol}: {row['group_id']}" if row["name"] else f"{protocol}: {row['group_id']}"
    return f"{name} ({row['ip_addresses'][0]['display']})" if row["ip_addresses"] else name


def _assignment_name(row: Row) -> str:
    priority = f" ({row['priority']['label']})" if row["priority"] else ""
    return f"{row['contact']['name']}{priority} -> {row['object']['display']}"


# Display names that differ from the name of the object.
NAMES: dict[str, Callable[[Row], str]] = {
    "dcim/cables": lambda row: row["label"] or f"#{row['id']}",
    DEVICE: _device_name,
    "dcim/device-types": lambda row: row["model"],
    "dcim/interface-templates": lambda row: f"{row['name']} ({row['label']})" if row["label"] else row["name"],
    INTERFACE: lambda row: f"{row['name']} ({row['label']})" if row["label"] else row["name"],
    "dcim/mac-addresses": lambda row: row["mac_address"],
    "dcim/module-types": lambda row: row["model"],
    "dcim/modules": lambda row: f"{row['module_bay']['name']}: {row['module_type']['model']} ({row['id']})",
    "dcim/rack-reservations": lambda row: f"Reservation for rack {row['rack']['name']}",
    "dcim/racks": lambda row: f"{row['name']} ({row['facility_id']})" if row.get("facility_id") else row["name"],
    "extras/custom-fields": lambda row: row["label"] or row["name"].replace("_", " ").capitalize(),
    "extras/journal-entries": lambda row: f"{row['created'][:16].replace('T', ' ')} ({row['kind']['label']})",
    "ipam/asn-ranges": lambda row: f"{row['name']} ({row['start']}-{row['end']})",
    "ipam/asns": lambda row: f"AS{row['asn']}",
    ADDRESS: lambda row: row["address"],
    "ipam/fhrp-group-assignments": lambda row: (
        f"{row['interface']['display']}: {row['group']['display']} ({row['priority']})"
    ),
    "ipam/fhrp-groups": _group_name,
    "ipam/prefixes": lambda row: row["prefix"],
    "ipam/services": _service_name,
    "ipam/vlans": lambda row: f"{row['name']} ({row['vid']})",
    "ipam/vrfs": lambda row: f"{row['name']} ({row['rd']})" if row["rd"] else row["name"],
    "tenancy/contact-assignments": _assignment_name,
}
