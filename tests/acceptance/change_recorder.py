# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Perform edits on a NetBox, and record their traces.

A case prepares objects, calls `scene.watch()`, and performs its edit. The recorder compares every object of the case
before and after the edit, and reads the records that the edit added to the change log. Each case has its own prefix for
object names, so cases do not affect each other. The recording contains no IDs, base URLs, or prefixes.
"""

from __future__ import annotations

import contextlib
import json
import re
import time
import typing as t
from collections.abc import Callable
from dataclasses import dataclass

import requests

Row = dict[str, t.Any]
Picture = dict[tuple[str, int], Row]

# At these endpoints, NetBox can create objects that the case does not create itself.
ALWAYS_WATCHED = ("dcim/devices", "dcim/interfaces")
# Fields that contain IDs, URLs, or times. For `last_updated`, the recording shows only whether it changed.
NOT_COMPARED = re.compile(r"created|display_url|url|id|.*_id|.*_ids|start_date|end_date")
# Fields whose values are specific to one object. `blank()` replaces them with None.
PARTICULAR = (
    "display",
    "last_updated",
    "name",
    "slug",
    "model",
    "address",
    "prefix",
    "mac_address",
    "object_id",
)
CHANGE_FIELDS = (
    "id,time,request_id,action,changed_object_type,changed_object_id,object_repr,prechange_data,postchange_data"
)


class Refused(Exception):
    """NetBox responded to a request with an error."""

    def __init__(self, method: str, path: str, answer: requests.Response) -> None:
        super().__init__(f"{method} {path}: HTTP {answer.status_code} {answer.text[:600]}")
        self.status = answer.status_code
        self.text = answer.text


class Server:
    """Sends requests to the REST API of a NetBox."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url.rstrip("/")
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"{'Bearer' if token.startswith('nbt_') else 'Token'} {token}"
        self._session.trust_env = False
        self.floors: dict[str, int] = {}
        self.version: str = self.request("GET", "status/")["netbox-full-version"]

    def request(self, method: str, path: str, **options: t.Any) -> t.Any:
        answer = self._session.request(method, f"{self._url}/api/{path}", timeout=300, **options)
        if not answer.ok:
            raise Refused(method, path, answer)
        return json.loads(answer.text.replace(self._url, "http://netbox.example")) if answer.content else None

    def rows(self, endpoint: str, first: int = 0, query: str = "") -> list[Row]:
        """Return the objects of a list whose IDs are at least `first`, in ID order."""
        rows: list[Row] = []
        while True:
            start = rows[-1]["id"] + 1 if rows else first
            page = self.request("GET", f"{endpoint}/?id__gte={start}&ordering=id&limit=1000{query}")["results"]
            rows += page
            if len(page) < 1000:
                return rows

    def newest(self, endpoint: str) -> int:
        """Return the highest ID of a list, or 0 if the list is empty."""
        page: list[Row] = self.request("GET", f"{endpoint}/?ordering=-id&limit=1&fields=id")["results"]
        return int(page[0]["id"]) if page else 0

    def floor(self, endpoint: str) -> int:
        """Return a lower limit for the IDs of new objects. The first call reads it from NetBox."""
        if endpoint not in self.floors:
            self.floors[endpoint] = self.newest(endpoint) + 1
        return self.floors[endpoint]

    def run_script(self, source: str, name: str) -> None:
        """Upload a custom script with a class `Edit`, run the script, and wait until it ends."""
        files = {"file": (f"{name}.py", source.encode(), "text/x-python")}
        self.request("POST", "extras/scripts/upload/", files=files)
        job = self.request("POST", f"extras/scripts/{name}.Edit/", json={"data": {}, "commit": True})["result"]
        for dummy in range(120):
            status = self.request("GET", f"core/jobs/{job['id']}/")["status"]["value"]
            if status not in ("pending", "scheduled", "running"):
                break
            time.sleep(0.5)
        if status != "completed":
            raise ValueError(f"The job ended with status {status}.")


@dataclass(frozen=True)
class Case:
    name: str
    run: Callable[[Scene], None]
    # The first NetBox version that supports the edit.
    since: str = "4.5"

    def applies_to(self, version: str) -> bool:
        return tuple(map(int, version.split(".")[:2])) >= tuple(map(int, self.since.split(".")))


class Recorder:
    """Runs cases on a server, and collects their traces."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._effects: dict[str, t.Any] = {}
        # By object type: the keys of `prechange_data` in the delete records of this type.
        self._deleted_keys: dict[str, list[str]] = {}
        # By endpoint: the length of the shortest POST request, and the response to it.
        self._rows: dict[str, tuple[int, Row]] = {}
        # The fields of nested objects, by endpoint, path within the object, and endpoint of the nested object.
        self._nested: dict[str, dict[str, dict[str, list[str]]]] = {}
        # Part of the prefixes, so that several runs on one server do not affect each other.
        self._run = int(time.time())

    def recording(self, earlier: Row | None = None) -> Row:
        """Return the recording. Add the cases of an earlier recording that did not run again."""
        new: Row = {
            "version": self.server.version,
            "cases": self._effects,
            "deleted_keys": self._deleted_keys,
            "nested": self._nested,
            "rows": {endpoint: blank(row) for endpoint, (dummy, row) in self._rows.items()},
        }
        for name in ("cases", "deleted_keys", "nested", "rows") if earlier else ():
            new[name] = {**t.cast(Row, earlier)[name], **new[name]}
        return new

    def record(self, case: Case) -> Row | None:
        """Run one case. Return its effects, or None if this version of NetBox does not support the edit."""
        if not case.applies_to(self.server.version):
            return None
        number = len(self._effects)
        scene = Scene(self.server, f"c{number}r{self._run:x}-", f"10.{self._run % 256}.{number}.", self._nested)
        case.run(scene)
        effects = self._effects[case.name] = scene.effects()
        scene.end()
        self._deleted_keys.update(scene.deleted_keys)
        for endpoint, (length, row) in scene.created.items():
            if endpoint not in self._rows or length < self._rows[endpoint][0]:
                self._rows[endpoint] = length, row
        return effects


class Scene:
    """Creates and edits the objects of one case, and compares them before and after the edit."""

    def __init__(
        self, server: Server, prefix: str, network: str, nested: dict[str, dict[str, dict[str, list[str]]]]
    ) -> None:
        self.server = server
        self.prefix = prefix
        self._nested = nested
        # The first three octets of the IP addresses in this case, and a dot.
        self._network = network
        self.deleted_keys: dict[str, list[str]] = {}
        self.created: dict[str, tuple[int, Row]] = {}
        self.refused: list[str] = []
        self._floors = {endpoint: server.floor(endpoint) for endpoint in ALWAYS_WATCHED}
        self._shared: dict[str, Row] = {}
        self._addresses = 0
        self._before: Picture | None = None
        # Custom fields and config contexts, which can apply to the devices of all cases.
        self._everywhere: list[Row] = []
        self._mark = 0

    # Edits

    def make(self, endpoint: str, **fields: t.Any) -> Row:
        """Create an object. If a field contains an object, send its ID. Add the prefix of this case to names."""
        body = plain(fields)
        for name in ("name", "slug", "model", "label"):
            if isinstance(body.get(name), str):
                body[name] = self.prefix + body[name]
        row: Row = self.server.request("POST", f"{endpoint}/", json=body)
        self._floors.setdefault(endpoint, row["id"])
        row["endpoint"] = endpoint
        length = len(json.dumps(body))
        if endpoint not in self.created or length < self.created[endpoint][0]:
            shown = json.loads(self._cleaned({name: value for name, value in row.items() if name != "endpoint"}))
            self.created[endpoint] = length, shown
        return row

    def edit(self, row: Row, **fields: t.Any) -> None:
        body = plain(fields)
        for name in ("name", "slug", "model"):
            if isinstance(body.get(name), str):
                body[name] = self.prefix + body[name]
        self.server.request("PATCH", f"{row['endpoint']}/{row['id']}/", json=body)

    def edit_all(self, rows: list[Row], **fields: t.Any) -> None:
        """Edit objects of one endpoint in one request."""
        body = [{"id": row["id"], **plain(fields)} for row in rows]
        self.server.request("PATCH", f"{rows[0]['endpoint']}/", json=body)

    def remove(self, row: Row) -> None:
        self.server.request("DELETE", f"{row['endpoint']}/{row['id']}/")

    def remove_all(self, rows: list[Row]) -> None:
        """Delete objects of one endpoint in one request."""
        self.server.request("DELETE", f"{rows[0]['endpoint']}/", json=[{"id": row["id"]} for row in rows])

    def try_to(self, edit: Callable[[], None]) -> None:
        """Perform an edit that NetBox should reject, and record the HTTP status."""
        try:
            edit()
        except Refused as error:
            self.refused.append(str(error.status))

    def upload(self, endpoint: str, data: Row, files: t.Any) -> None:
        row = self.server.request("POST", f"{endpoint}/", data=data, files=files)
        self._floors.setdefault(endpoint, row["id"])

    def find(self, endpoint: str, **filters: t.Any) -> Row:
        """Return the only object that matches these filters. Raise ValueError if there is not exactly one."""
        query = "".join(f"&{name}={value}" for name, value in plain(filters).items())
        (row,) = self.server.rows(endpoint, query=query)
        self._floors.setdefault(endpoint, row["id"])
        return {**row, "endpoint": endpoint}

    # Objects that many cases use

    def _once(self, name: str, make: Callable[[], Row]) -> Row:
        if name not in self._shared:
            self._shared[name] = make()
        return self._shared[name]

    def named(self, endpoint: str, name: str, **fields: t.Any) -> Row:
        """Return an object with a name and a slug. Create it on first use."""
        return self._once(f"{endpoint} {name}", lambda: self.make(endpoint, name=name, slug=name, **fields))

    def site(self, name: str = "site", **fields: t.Any) -> Row:
        return self.named("dcim/sites", name, **fields)

    def location(self, name: str, site: Row | None = None, **fields: t.Any) -> Row:
        return self.named("dcim/locations", name, site=site or self.site(), **fields)

    def rack(self, name: str = "rack", site: Row | None = None, **fields: t.Any) -> Row:
        return self._once(
            f"rack {name}", lambda: self.make("dcim/racks", name=name, site=site or self.site(), **fields)
        )

    def role(self, name: str = "role", **fields: t.Any) -> Row:
        return self.named("dcim/device-roles", name, color="9e9e9e", **fields)

    def maker(self, name: str = "maker") -> Row:
        return self.named("dcim/manufacturers", name)

    def type(self, name: str = "type", **fields: t.Any) -> Row:
        return self._once(
            f"type {name}",
            lambda: self.make("dcim/device-types", manufacturer=self.maker(), model=name, slug=name, **fields),
        )

    def device(self, name: str = "device", **fields: t.Any) -> Row:
        for field, make in (("site", self.site), ("role", self.role), ("device_type", self.type)):
            if field not in fields:
                fields[field] = make()
        return self.make("dcim/devices", name=name, **fields)

    def cluster(self, name: str = "cluster", **fields: t.Any) -> Row:
        kind = self.named("virtualization/cluster-types", "cluster-type")
        return self._once(
            f"cluster {name}", lambda: self.make("virtualization/clusters", name=name, type=kind, **fields)
        )

    def machine(self, name: str = "machine", **fields: t.Any) -> Row:
        """Create a virtual machine."""
        if not {"cluster", "site"} & fields.keys():
            fields["cluster"] = self.cluster()
        return self.make("virtualization/virtual-machines", name=name, **fields)

    def interface(self, owner: Row, name: str = "eth0", **fields: t.Any) -> Row:
        if owner["endpoint"] == "dcim/devices":
            return self.make("dcim/interfaces", device=owner, name=name, **{"type": "virtual", **fields})
        return self.make("virtualization/interfaces", virtual_machine=owner, name=name, **fields)

    def address(self, interface: Row | None = None, **fields: t.Any) -> Row:
        self._addresses += 1
        body: Row = {"address": self.ip(self._addresses), **fields}
        if interface:
            body |= {"assigned_object_type": TYPES[interface["endpoint"]], "assigned_object_id": interface["id"]}
        return self.make("ipam/ip-addresses", **body)

    def ip(self, number: int, length: int = 24) -> str:
        """Return an IP address in the network of this case. NetBox rejects duplicate addresses outside of VRFs."""
        return f"{self._network}{number}/{length}"

    def asn(self) -> int:
        """Return an ASN that no other case uses."""
        return 4_200_000_000 + int(re.sub(r"\D", "", self._network))

    def tag(self, name: str = "tag", **fields: t.Any) -> Row:
        return self.named("extras/tags", name, **fields)

    def field(self, name: str, type: str = "text", **fields: t.Any) -> Row:  # noqa: A002 (NetBox's name)
        """Create a custom field for devices and virtual machines. Its name must not contain hyphens."""
        kinds = ["dcim.device", "virtualization.virtualmachine"]
        body = {"name": self.field_name(name), "type": type, "object_types": kinds, **plain(fields)}
        row: Row = self.server.request("POST", "extras/custom-fields/", json=body)
        self._floors.setdefault("extras/custom-fields", row["id"])
        self.created.setdefault("extras/custom-fields", (len(json.dumps(body)), json.loads(self._cleaned(row))))
        row["endpoint"] = "extras/custom-fields"
        self._everywhere.append(row)
        return row

    def context(self, name: str = "context", **fields: t.Any) -> Row:
        row = self.make("extras/config-contexts", name=name, data={"from": name}, **fields)
        self._everywhere.append(row)
        return row

    def field_name(self, name: str) -> str:
        return self.prefix.replace("-", "_") + name

    # Effects

    def watch(self) -> None:
        """Read the objects before the edit. A case calls this method after its preparations."""
        self._before = self._picture()
        self._mark = self.server.newest("core/object-changes")

    def effects(self) -> Row:
        """Return the change log records of the edit, and all changes of objects."""
        if self._before is None:
            raise ValueError("The case does not call watch().")
        before, after = self._before, self._picture()
        records = self.server.rows("core/object-changes", self._mark + 1, f"&fields={CHANGE_FIELDS}")
        labels = self._labels({**after, **before})
        changed = {labels[key]: self._difference(before[key], after[key]) for key in before.keys() & after.keys()}
        effects: Row = {
            "records": sorted(self._described(record) for record in records),
            "requests": len({record["request_id"] for record in records}),
            "changed": {label: fields for label, fields in changed.items() if fields},
            "created": sorted(labels[key] for key in after.keys() - before.keys()),
            "deleted": sorted(labels[key] for key in before.keys() - after.keys()),
            "refused": self.refused,
        }
        return {name: value for name, value in effects.items() if value}

    def end(self) -> None:
        """Delete objects that would affect other cases."""
        for row in self._everywhere:
            with contextlib.suppress(Refused):  # The edit can delete the object, too.
                self.remove(row)

    def _picture(self) -> Picture:
        """Return every object of this case by endpoint and ID."""
        picture = {}
        for endpoint, floor in self._floors.items():
            for row in self.server.rows(endpoint, floor):
                picture[endpoint, row["id"]] = json.loads(self._cleaned(row))
                self._note_nested(self._nested.setdefault(endpoint, {}), "", row)
                self.server.floors[endpoint] = row["id"] + 1
        return picture

    @staticmethod
    def _labels(picture: Picture) -> dict[tuple[str, int], str]:
        """Return a unique name for each object. Add numbers if several objects have the same name."""
        labels: dict[tuple[str, int], str] = {}
        for key in sorted(picture):
            label = f"{key[0]} {label_of(picture[key])}"
            number = sum(1 for known in labels.values() if known.partition(" (")[0] == label)
            labels[key] = f"{label} ({number + 1})" if number else label
        return labels

    def _note_nested(self, known: dict[str, dict[str, list[str]]], place: str, value: t.Any) -> None:
        """Add the fields of nested objects in `value` to `known`."""
        if isinstance(value, list):
            for each in value:
                self._note_nested(known, place, each)
        elif isinstance(value, dict):
            if place and "url" in value:
                endpoint = value["url"].split("/api/")[1].rstrip("/").rpartition("/")[0]
                known.setdefault(place, {})[endpoint] = sorted(value)
            for name, each in value.items():
                if name != "custom_fields":
                    self._note_nested(known, f"{place}.{name}" if place else name, each)

    def _cleaned(self, value: t.Any) -> str:
        """Return `value` as JSON, without names, IDs, and times that are specific to this case."""
        text = json.dumps(value, ensure_ascii=False)
        text = re.sub(f"{self.prefix[:-1]}[-_ ]", "", text, flags=re.IGNORECASE)
        text = re.sub(r"#\d+|(?<= module \()\d+|(?<=\bAS)\d+( \([\d.]+\))?", "#", text)
        text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?", "#", text)
        return text.replace(self._network, "192.0.2.")

    def _described(self, record: Row) -> list[t.Any]:
        """Return the action, object type, and name of a record. For an update, add the changed fields of the record."""
        kind = record["changed_object_type"]
        action = record["action"]["value"]
        before, after = record["prechange_data"] or {}, record["postchange_data"] or {}
        described = [action, kind, self._bare(record["object_repr"])]
        if action == "delete":
            self.deleted_keys[kind] = sorted(before)
        if action == "update":
            names = before.keys() | after.keys()
            described.append(
                ",".join(sorted(self._bare(name) for name in names if before.get(name) != after.get(name)))
            )
        return described

    def _bare(self, name: str) -> str:
        return t.cast(str, json.loads(self._cleaned(name)))

    def _difference(self, before: Row, after: Row) -> Row:
        """Return the old and new value of each changed field.

        "nested" means that the displayed value is unchanged, but other fields of a nested object changed.
        """
        difference: Row = {}
        for name in sorted(before.keys() | after.keys()):
            if name == "last_updated":
                if before.get(name) != after.get(name):
                    difference[name] = "moved"
            elif not NOT_COMPARED.fullmatch(name):
                old, new = shown(before.get(name)), shown(after.get(name))
                if old != new:
                    difference[name] = [old, new]
                elif nested(before.get(name)) != nested(after.get(name)):
                    difference[name] = "nested"
        return difference


def plain(value: t.Any) -> t.Any:
    """Return `value` with IDs instead of objects."""
    if isinstance(value, dict):
        return value["id"] if "endpoint" in value else {name: plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value


def label_of(row: Row) -> str:
    """Return a readable name of an object. For a component, include the name of its host."""
    name = str(row.get("display") or row["id"])
    for owner in ("device", "virtual_machine"):
        if isinstance(row.get(owner), dict) and "site" not in row:
            name = f"{row[owner]['display']}/{name}"
    return name


def shown(value: t.Any) -> t.Any:
    """Return a readable form of `value`: the display names of objects, and the values of choices."""
    if isinstance(value, dict):
        if "url" in value:
            return value.get("display") or value.get("name")
        if value.keys() == {"value", "label"}:
            return value["value"]
        return {name: shown(each) for name, each in value.items() if not NOT_COMPARED.fullmatch(name)}
    if isinstance(value, list):
        return [shown(each) for each in value]
    return value


def blank(row: Row) -> Row:
    """Return the fields of a new object with their defaults. Replace values that are specific to it with None."""
    clean: Row = {}
    for name, value in row.items():
        if isinstance(value, list):
            clean[name] = []
        elif (isinstance(value, dict) and "url" in value) or name in ("id", "url", "display_url", "created"):
            clean[name] = None
        else:
            clean[name] = None if name in PARTICULAR else value
    return clean


def nested(value: t.Any) -> t.Any:
    """Return `value` with its nested objects, but without URLs, IDs, and times."""
    if isinstance(value, dict):
        return {name: nested(each) for name, each in value.items() if not NOT_COMPARED.fullmatch(name)}
    if isinstance(value, list):
        return [nested(each) for each in value]
    return value


# Object types, by endpoint.
TYPES = {
    "core/object-changes": "core.objectchange",
    "dcim/cables": "dcim.cable",
    "dcim/console-ports": "dcim.consoleport",
    "dcim/device-bays": "dcim.devicebay",
    "dcim/device-roles": "dcim.devicerole",
    "dcim/device-types": "dcim.devicetype",
    "dcim/devices": "dcim.device",
    "dcim/front-ports": "dcim.frontport",
    "dcim/interface-templates": "dcim.interfacetemplate",
    "dcim/interfaces": "dcim.interface",
    "dcim/inventory-items": "dcim.inventoryitem",
    "dcim/locations": "dcim.location",
    "dcim/mac-addresses": "dcim.macaddress",
    "dcim/manufacturers": "dcim.manufacturer",
    "dcim/module-bays": "dcim.modulebay",
    "dcim/module-types": "dcim.moduletype",
    "dcim/modules": "dcim.module",
    "dcim/platforms": "dcim.platform",
    "dcim/rack-reservations": "dcim.rackreservation",
    "dcim/rack-roles": "dcim.rackrole",
    "dcim/racks": "dcim.rack",
    "dcim/rear-ports": "dcim.rearport",
    "dcim/regions": "dcim.region",
    "dcim/site-groups": "dcim.sitegroup",
    "dcim/sites": "dcim.site",
    "dcim/virtual-chassis": "dcim.virtualchassis",
    "extras/config-contexts": "extras.configcontext",
    "extras/config-templates": "extras.configtemplate",
    "extras/custom-field-choice-sets": "extras.customfieldchoiceset",
    "extras/custom-fields": "extras.customfield",
    "extras/image-attachments": "extras.imageattachment",
    "extras/journal-entries": "extras.journalentry",
    "extras/tags": "extras.tag",
    "ipam/asns": "ipam.asn",
    "ipam/fhrp-group-assignments": "ipam.fhrpgroupassignment",
    "ipam/fhrp-groups": "ipam.fhrpgroup",
    "ipam/ip-addresses": "ipam.ipaddress",
    "ipam/prefixes": "ipam.prefix",
    "ipam/rirs": "ipam.rir",
    "ipam/services": "ipam.service",
    "ipam/vlan-groups": "ipam.vlangroup",
    "ipam/vlans": "ipam.vlan",
    "ipam/vrfs": "ipam.vrf",
    "tenancy/contact-assignments": "tenancy.contactassignment",
    "tenancy/contact-roles": "tenancy.contactrole",
    "tenancy/contacts": "tenancy.contact",
    "tenancy/tenant-groups": "tenancy.tenantgroup",
    "tenancy/tenants": "tenancy.tenant",
    "users/owner-groups": "users.ownergroup",
    "users/owners": "users.owner",
    "virtualization/cluster-groups": "virtualization.clustergroup",
    "virtualization/cluster-types": "virtualization.clustertype",
    "virtualization/clusters": "virtualization.cluster",
    "virtualization/interfaces": "virtualization.vminterface",
    "virtualization/virtual-disks": "virtualization.virtualdisk",
    "virtualization/virtual-machine-types": "virtualization.virtualmachinetype",
    "virtualization/virtual-machines": "virtualization.virtualmachine",
}
