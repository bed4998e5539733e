# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The option branch selects a branch of netbox-branching for all requests. Errors list the available branches."""

from __future__ import annotations

import threading
import typing as t
from collections.abc import Iterator

import pytest

from ansible_collections.netbox.cursor.plugins.module_utils._graphql.selection import parse
from ansible_collections.netbox.cursor.plugins.module_utils._graphql.walk import GraphQL
from ansible_collections.netbox.cursor.plugins.module_utils._http import errors
from ansible_collections.netbox.cursor.plugins.module_utils._http.advice import explain
from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._http.multipart import Multipart
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager
from ansible_collections.netbox.cursor.tests.stand_in import Fault, NetBox, serve

BRANCHES = "/api/plugins/branching/branches/"
DEVICES = "api/dcim/devices/"
IMAGES = "api/extras/image-attachments/"
OTHERS = (
    "failed-1 (failed), merged-1 (merged), new-1 (new), pending-1 (pending-migrations), "
    "provisioning-1 (provisioning), ready two (spaces) (ready), ready-1 (ready)."
)


@pytest.fixture
def netbox() -> Iterator[NetBox]:
    with serve(version="4.6", branching=True) as netbox:
        yield netbox


def client_of(netbox: NetBox, branch: str | None, **options: t.Any) -> Client:
    options = {"token": netbox.tokens["v2"], "sleep": lambda seconds: None, **options}
    return Client(netbox.url, branch=branch, **options)


def sent(netbox: NetBox) -> list[str | None]:
    """Return the branch of each request, except requests for the list of branches."""
    return [request.headers.get("x-netbox-branch") for request in netbox.requests if request.path != BRANCHES]


@pytest.mark.parametrize(
    ("branch", "name"), [(None, "größe-機器"), ("ready-1", "only-in-ready-1"), ("ready two (spaces)", "only-in-two")]
)
def test_rest_and_graphql_read_the_branch(netbox: NetBox, branch: str | None, name: str) -> None:
    with client_of(netbox, branch) as client, Pager(client, page_size=4) as pager:
        by_rest = [row["name"] for row in pager.rows("dcim/devices")]
        by_graphql = [row["name"] for row in GraphQL(pager).rows("device_list", parse("name"))]
    assert by_rest == by_graphql
    assert name in by_rest
    assert ("größe-機器" in by_rest) == (branch != "ready-1")


def test_every_request_names_the_branch(netbox: NetBox) -> None:
    picture = netbox.media["/media/image-attachments/rack_1_door.png"]
    fields = {"object_type": "dcim.rack", "object_id": "1", "name": "new"}
    with client_of(netbox, "ready-1") as client:
        client.get(DEVICES)
        client.graphql("{device_list {id}}")
        client.text("api/dcim/racks/1/elevation/", [("render", "svg")], media_type="image/svg+xml", end="</svg>")
        client.download(f"{netbox.url}/media/image-attachments/rack_1_door.png", 1000, b"".join)
        form = Multipart(fields, "image", "x.png", "image/png", len(picture), lambda: iter([picture]))
        client.write("DELETE", f"api/extras/image-attachments/{client.write('POST', IMAGES, form)['id']}/")
    assert sent(netbox) == ["ygoi9ib6"] * 6


def test_requests_to_other_servers_do_not_name_the_branch(netbox: NetBox) -> None:
    with serve(version="4.6") as other, client_of(netbox, "ready-1") as client:
        with pytest.raises(errors.NotFound):
            client.download(f"{other.url}/bucket/x.png", 9, b"".join)
        assert [request.headers.get("x-netbox-branch") for request in other.requests] == [None]


def test_branch_is_read_once_by_many_threads(netbox: NetBox) -> None:
    netbox.settings.latency = 0.05
    with client_of(netbox, "ready-1", max_workers=2) as client:
        threads = [threading.Thread(target=client.get, args=(DEVICES,)) for dummy in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [request.path for request in netbox.requests].count(BRANCHES) == 1
    assert sent(netbox) == ["ygoi9ib6"] * 6


def test_branch_is_not_read_before_the_first_request(netbox: NetBox) -> None:
    client_of(netbox, "nope").close()
    assert not netbox.requests


@pytest.mark.parametrize("branch", ["nope", "READY-1", "ygoi9ib6", "ready-1 "])
def test_unknown_branch_is_an_error_with_the_others(netbox: NetBox, branch: str) -> None:
    expected = f"There is no branch {branch!r}. Other branches: archived-1 (archived), {OTHERS}"
    with client_of(netbox, branch) as client, pytest.raises(errors.UsageError) as caught:
        client.get(DEVICES)
    assert explain(caught.value) == expected
    assert len(netbox.requests) == 2


@pytest.mark.parametrize("status", ["archived", "failed", "merged", "new", "provisioning"])
def test_branch_that_is_not_ready_is_an_error_with_the_others(netbox: NetBox, status: str) -> None:
    with client_of(netbox, f"{status}-1") as client, pytest.raises(errors.UsageError) as caught:
        client.get(DEVICES)
    assert str(caught.value).startswith(f"Branch '{status}-1' is not ready. Its status is '{status}'. Other branches: ")
    assert "ready-1 (ready)." in str(caught.value) and f"{status}-1 (" not in str(caught.value)


def test_long_list_of_branches_is_cut(netbox: NetBox) -> None:
    table = netbox.table("plugins/branching/branches")
    for number in range(50):
        table.add(name=f"b{number:02}", schema_id=f"b{number:07}", status={"value": "new", "label": "New"})
    with (
        client_of(netbox, "nope") as client,
        pytest.raises(errors.UsageError, match=r"b01 \(new\), .*, …\.$") as caught,
    ):
        client.get(DEVICES)
    assert str(caught.value).count("(") == 30


def test_branches_all_gone(netbox: NetBox) -> None:
    netbox.table("plugins/branching/branches").clear()
    with client_of(netbox, "x") as client, pytest.raises(errors.UsageError, match="There are no other branches"):
        client.get(DEVICES)


def test_all_threads_get_the_error_of_one(netbox: NetBox) -> None:
    raised: list[str] = []

    def ask() -> None:
        with pytest.raises(errors.UsageError) as caught:
            client.get(DEVICES)
        raised.append(str(caught.value))

    with client_of(netbox, "nope") as client:
        threads = [threading.Thread(target=ask) for dummy in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(set(raised)) == 1 and len(raised) == 5
    assert len(netbox.requests) == 2


def test_netbox_without_the_plugin_is_an_error() -> None:
    with serve(version="4.6") as netbox, client_of(netbox, "ready-1") as client:
        with pytest.raises(errors.UsageError, match="does not have the netbox-branching plugin"):
            client.get(DEVICES)
        assert [request.path for request in netbox.requests] == [BRANCHES]


def test_wrong_address_is_not_taken_for_a_missing_plugin(netbox: NetBox) -> None:
    client = Client(f"{netbox.url}/nowhere", netbox.tokens["v2"], branch="ready-1")
    with client, pytest.raises(errors.NotFound) as caught:
        client.get(DEVICES)
    assert "Check that api_endpoint" in explain(caught.value)


def test_missing_permission_is_named(netbox: NetBox) -> None:
    client = client_of(netbox, "ready-1", token=netbox.tokens["limited"])
    with client, pytest.raises(errors.AccessDenied) as caught:
        client.get(DEVICES)
    assert explain(caught.value).endswith("Give the token's user permission to view branches.")


def test_bad_token_is_explained_as_always(netbox: NetBox) -> None:
    with client_of(netbox, "ready-1", token="0" * 40) as client, pytest.raises(errors.AccessDenied) as caught:
        client.get(DEVICES)
    assert "Check that token is complete" in explain(caught.value)


@pytest.mark.parametrize("status", [502, 503, 429])
def test_list_of_branches_is_retried(netbox: NetBox, status: int) -> None:
    netbox.faults.append(Fault("status", status, path=BRANCHES, times=2))
    with client_of(netbox, "ready-1") as client:
        assert client.get(DEVICES)["count"] == 14


@pytest.mark.parametrize(
    "row", [{"name": "x"}, {"name": "x", "schema_id": "a b"}, {"name": "x", "schema_id": "a\r\nb"}]
)
def test_branch_without_a_usable_id_is_an_error(netbox: NetBox, row: dict[str, t.Any]) -> None:
    netbox.table("plugins/branching/branches").add(status={"value": "ready"}, **row)
    with client_of(netbox, "x") as client, pytest.raises(errors.UnexpectedAnswer, match="not a list of branches"):
        client.get(DEVICES)
    assert len(netbox.requests) == 1


@pytest.mark.parametrize("api", ["REST", "GraphQL"])
@pytest.mark.parametrize("change", ["merged", "deleted"])
def test_branch_that_goes_away_during_a_run_is_explained(netbox: NetBox, api: str, change: str) -> None:
    table = netbox.table("plugins/branching/branches")
    with client_of(netbox, "ready-1") as client, Pager(client) as pager:
        client.get(DEVICES)
        if change == "merged":
            table[1] = {**table[1], "status": {"value": "merged", "label": "Merged"}}
        else:
            del table[1]
        with pytest.raises(errors.NetBoxError) as caught:
            if api == "REST":
                list(pager.rows("dcim/devices"))
            else:
                GraphQL(pager).query("{device_list {id}}")
    assert "The branch 'ready-1' can no longer be used" in explain(caught.value)
