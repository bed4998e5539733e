# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The change log: filters, late commits, pruning, restored databases, and permissions."""

from __future__ import annotations

import datetime
import typing as t

import pytest
import requests

from ansible_collections.netbox.cursor.tests.stand_in import NetBox, Received, Refused

if t.TYPE_CHECKING:
    from .conftest import Client

LOG = "/api/core/object-changes/"
FIELDS = "fields=id,action,changed_object_type,changed_object_id,request_id,time"


def records(client: Client, query: str = "") -> list[tuple[t.Any, ...]]:
    rows = client.get(f"{LOG}?start=0&limit=1000&{FIELDS}{query}").json()["results"]
    return [(row["id"], row["action"]["value"], row["changed_object_type"], row["changed_object_id"]) for row in rows]


@pytest.fixture
def first(netbox: NetBox) -> int:
    """Return the ID of the next record."""
    return netbox.log.next_id


def test_request_has_one_id_for_all_its_records(netbox: NetBox, client: Client, first: int) -> None:
    with netbox.edits.request() as request:
        request.update("dcim/sites", 1, facility="F1")
        request.update("dcim/sites", 2, facility="F2")
    netbox.edits.update("dcim/sites", 1, facility="F3")

    rows = client.get(f"{LOG}?start={first}&{FIELDS}").json()["results"]

    assert [row["changed_object_id"] for row in rows] == [1, 2, 1]
    assert rows[0]["request_id"] == rows[1]["request_id"] != rows[2]["request_id"]
    assert rows[0]["time"] < rows[1]["time"] < rows[2]["time"]


def test_failed_request_leaves_ids_but_no_records(netbox: NetBox, client: Client, first: int) -> None:
    with pytest.raises(Refused), netbox.edits.request() as request:
        request.update("dcim/sites", 1, name="renamed")
        request.delete("dcim/device-roles", 1)

    assert netbox.table("dcim/sites")[1]["name"] == "Berlin 1"
    assert records(client, f"&id__gte={first}") == []
    assert netbox.log.next_id == first + 1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("action=delete", [1]),
        # NetBox uses the last value.
        ("action=delete&action=update", [0]),
        ("action__n=delete", [0, 2]),
        ("changed_object_type=dcim.site", [0]),
        ("changed_object_type=DCIM.Site&changed_object_type=extras.configcontext", [0, 1]),
        # NetBox 4.6 ignores the negation of this lookup, and accepts unknown types.
        ("changed_object_type__n=dcim.site", [0]),
        ("changed_object_type=dcim.nope", []),
        ("changed_object_id=2", [1]),
        ("time_before=2020-01-01", []),
        ("time_after=2020-01-01T00:00:00Z", [0, 1, 2]),
        ("time__gte=2099-01-01", [0, 1, 2]),
        ("user=admin", [0, 1, 2]),
        ("id__lt=0", []),
    ],
)
def test_records_are_filtered_as_netbox_does(
    netbox: NetBox, client: Client, first: int, query: str, found: list[int]
) -> None:
    netbox.edits.update("dcim/sites", 1, facility="F1")
    netbox.edits.delete("extras/config-contexts", 2)
    netbox.edits.create("tenancy/tenants", name="New", slug="new")

    assert [row[0] - first for row in records(client, f"&id__gte={first}&{query}")] == found


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        ("action=nope", {"action": ["Select a valid choice. nope is not one of the available choices."]}),
        ("request_id=nope", {"request_id": ["Enter a valid UUID."]}),
        ("time_after=nope", {"time": ["Enter a valid date/time."]}),
        ("changed_object_id=nope", {"changed_object_id": ["Enter a whole number."]}),
        ("user=nope", {"user": ["Select a valid choice. nope is not one of the available choices."]}),
    ],
)
def test_invalid_filter_values_are_rejected(client: Client, query: str, complaint: t.Any) -> None:
    answer = client.get(f"{LOG}?{query}")

    assert (answer.status_code, answer.json()) == (400, complaint)


def test_late_commit_fills_a_gap(netbox: NetBox, client: Client, first: int) -> None:
    late = netbox.edits.begin(records=3)
    late.update("dcim/sites", 1, facility="late")
    pk = late.create("tenancy/tenants", name="Late", slug="late")
    netbox.edits.update("dcim/sites", 2, facility="F2")
    before = records(client, f"&id__gte={first}")
    facility = netbox.table("dcim/sites")[1]["facility"]

    late.commit()

    assert before == [(first + 3, "update", "dcim.site", 2)]
    assert facility != "late" == netbox.table("dcim/sites")[1]["facility"]
    assert records(client, f"&id__gte={first}") == [
        (first, "update", "dcim.site", 1),
        (first + 1, "create", "tenancy.tenant", pk),
        (first + 3, "update", "dcim.site", 2),
    ]
    times = [row["time"] for row in netbox.log.records()[-3:]]
    assert times[0] < times[2]


def test_unlogged_writes_leave_no_records(netbox: NetBox, client: Client, first: int) -> None:
    updated = netbox.table("dcim/sites")[1]["last_updated"]

    netbox.edits.unlogged(saved=False).update("dcim/sites", 1, facility="SQL")
    after_sql = netbox.table("dcim/sites")[1]
    netbox.edits.unlogged().update("dcim/sites", 1, facility="nbshell")

    assert (after_sql["facility"], after_sql["last_updated"]) == ("SQL", updated)
    assert netbox.table("dcim/sites")[1]["last_updated"] > updated
    assert records(client, f"&id__gte={first}") == []


def test_old_records_can_be_pruned(netbox: NetBox, client: Client, first: int) -> None:
    netbox.edits.update("dcim/sites", 1, facility="F1")
    netbox.clock.advance(days=91)
    netbox.edits.update("dcim/sites", 2, facility="F2")

    netbox.log.prune(netbox.clock.now() - datetime.timedelta(days=90))

    assert records(client) == [(first + 1, "update", "dcim.site", 2)]


def test_restored_database_reuses_the_ids_of_records(netbox: NetBox, client: Client, first: int) -> None:
    backup = netbox.edits.backup()
    netbox.edits.update("dcim/sites", 1, facility="lost")
    tenant = netbox.edits.create("tenancy/tenants", name="Lost", slug="lost")

    netbox.edits.restore(backup)
    netbox.edits.update("dcim/sites", 2, facility="kept")

    assert netbox.table("dcim/sites")[1]["facility"] != "lost"
    assert tenant["id"] not in netbox.table("tenancy/tenants")
    assert records(client, f"&id__gte={first}") == [(first, "update", "dcim.site", 2)]
    assert netbox.edits.create("tenancy/tenants", name="Other", slug="other")["id"] == tenant["id"]


def test_constrained_permission_hides_records(netbox: NetBox, client: Client, first: int) -> None:
    netbox.edits.update("dcim/sites", 1, facility="F1")
    netbox.edits.update("tenancy/tenants", 1, description="hidden")

    netbox.log.hides = lambda record: record["changed_object_type"] == "tenancy.tenant"

    assert [row[2] for row in records(client, f"&id__gte={first}")] == ["dcim.site"]
    assert client.get(f"{LOG}{first}/").status_code == 200
    assert client.get(f"{LOG}{first + 1}/").status_code == 404


def test_token_without_permission_sees_no_log(netbox: NetBox) -> None:
    headers = {"Authorization": f"Token {netbox.tokens['limited']}"}

    assert requests.get(netbox.url + LOG, headers=headers, timeout=30).status_code == 403


def test_whole_records_of_types_without_an_api_are_a_server_error(netbox: NetBox, client: Client, first: int) -> None:
    device = netbox.edits.create("dcim/devices", name="panel", site=1, role=1, device_type=1)["id"]
    rear = netbox.edits.create("dcim/rear-ports", device=device, name="rear", type="8p8c")["id"]
    ports = [{"position": 1, "rear_port": rear, "rear_port_position": 1}]
    netbox.edits.create("dcim/front-ports", device=device, name="front", type="8p8c", rear_ports=ports)

    answer = client.get(f"{LOG}?start={first}")

    assert (answer.status_code, answer.json()["exception"]) == (500, "SerializerNotFound")
    assert client.get(f"{LOG}?start={first}&omit=changed_object").status_code == 200
    assert ("create", "dcim.portmapping") in [row[1:3] for row in records(client, f"&id__gte={first}")]


def test_record_shows_the_object_before_and_after(netbox: NetBox, client: Client, first: int) -> None:
    netbox.edits.update("dcim/devices", 1, status="failed", site=2, location=None, rack=None, tags=[2, 1])
    netbox.edits.delete("dcim/interfaces", 11)

    update, deletion = client.get(f"{LOG}?start={first}").json()["results"]

    before, after = update["prechange_data"], update["postchange_data"]
    assert (before["site"], after["site"], before["status"], after["status"]) == (1, 2, "active", "failed")
    assert after["tags"] == ["Core", "Edge"]
    assert update["changed_object"]["name"] == "leaf1"
    assert (deletion["prechange_data"]["device"], deletion["postchange_data"]) == (1, {})
    assert deletion["changed_object"] is None


# Filters by the ID of a deleted object, as in NetBox 4.5.10, 4.6.8, and 4.7.0-beta1.
STALE = {
    "dcim/devices": (
        "site_id region_id site_group_id location_id rack_id role_id platform_id tenant_id tenant_group_id "
        "device_type_id manufacturer_id cluster_id cluster_group_id tag_id virtual_chassis_id config_template_id "
        "primary_ip4_id oob_ip_id parent_device_id owner_id",
        "id",
    ),
    "virtualization/virtual-machines": (
        "site_id region_id role_id platform_id tenant_id tenant_group_id cluster_id cluster_type_id cluster_group_id "
        "device_id tag_id primary_ip4_id virtual_machine_type_id",
        "id",
    ),
    "dcim/interfaces": (
        "device_id vrf_id cable_id lag_id parent_id bridge_id tag_id primary_mac_address_id",
        "id vlan_id",
    ),
    "ipam/ip-addresses": (
        "interface_id vminterface_id vrf_id nat_inside_id",
        "id device_id virtual_machine_id assigned_object_id",
    ),
    "ipam/services": ("", "id device_id virtual_machine_id parent_object_id"),
    "virtualization/virtual-disks": ("virtual_machine_id", "id"),
    "core/object-changes": ("", "id changed_object_id"),
}


def test_ids_that_are_gone_are_refused_where_netbox_refuses_them(netbox: NetBox, client: Client) -> None:
    for endpoint in ("extras/config-templates", "users/owners", "virtualization/virtual-machine-types"):
        netbox.table(endpoint)
    answers = {}
    for endpoint, (refused, tolerated) in STALE.items():
        for name in (refused + " " + tolerated).split():
            answer = client.get(f"/api/{endpoint}/?{name}=99999999&fields=id")
            empty = answer.status_code == 200 and answer.json()["count"] == 0
            if (answer.status_code == 400) is not (name in refused.split()) or not (empty or answer.status_code == 400):
                answers[f"{endpoint} {name}"] = answer.status_code, answer.text[:100]

    assert answers == {}


def test_edits_between_pages_are_possible(netbox: NetBox, client: Client) -> None:
    def edit(received: Received) -> None:
        if received.path == "/api/dcim/sites/" and ("start", "3") in received.query:
            netbox.edits.update("dcim/sites", 3, name="Edited")

    netbox.hooks.append(edit)
    first = client.get("/api/dcim/sites/?start=0&limit=2").json()
    second = client.get(first["next"].replace(netbox.url, "")).json()

    assert second["results"][0]["name"] == "Edited"


def test_objects_are_written_through_rest(netbox: NetBox, client: Client) -> None:
    def send(method: str, path: str, content: t.Any) -> requests.Response:
        return client.session.request(method, f"{netbox.url}/api/{path}/", json=content, timeout=30)

    created = send("POST", "tenancy/tenants", {"name": "New", "slug": "new", "group": {"slug": "retail"}})
    tenant = created.json()
    several = send("POST", "tenancy/tenants", [{"name": name, "slug": name} for name in ("a", "b")])
    changed = send("PATCH", "tenancy/tenants", [{"id": row["id"], "description": "x"} for row in several.json()])

    assert (created.status_code, tenant["group"]["name"], tenant["display"]) == (201, "Retail", "New")
    assert created.headers["Location"] == f"{netbox.url}/api/tenancy/tenants/{tenant['id']}/"
    assert [row["description"] for row in changed.json()] == ["x", "x"]
    assert send("PATCH", f"tenancy/tenants/{tenant['id']}", {"group": 99}).status_code == 400
    assert send("DELETE", "tenancy/tenants", [{"id": row["id"]} for row in several.json()]).status_code == 204
    assert send("DELETE", f"tenancy/tenants/{tenant['id']}", None).status_code == 204
    assert send("DELETE", "tenancy/tenants/1", None).status_code == 409
    assert send("POST", "dcim/devices", {"name": "x"}).status_code == 400
    assert send("POST", "core/object-changes", {}).status_code == 405
