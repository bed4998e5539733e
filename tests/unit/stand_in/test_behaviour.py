# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Behavior of the mock NetBox on which tests rely: permissions, recorded requests, simulated costs, and changing
rows."""

from __future__ import annotations

import time
import typing as t
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from ansible_collections.netbox.cursor.tests.stand_in import NetBox, Received, serve

if t.TYPE_CHECKING:
    from .conftest import Client

DEVICES = "/api/dcim/devices/"


@pytest.mark.parametrize(
    ("kind", "path", "status", "detail"),
    [
        ("v1", DEVICES, 200, None),
        ("v2", DEVICES, 200, None),
        ("read_only", DEVICES, 200, None),
        ("limited", DEVICES, 200, None),
        ("limited", "/api/status/", 200, None),
        ("limited", "/api/dcim/sites/", 403, "You do not have permission to perform this action."),
        ("expired", DEVICES, 403, "Token expired"),
        ("expired", "/api/authentication-check/", 403, "Token expired"),
    ],
)
def test_each_token_has_its_permissions(netbox: NetBox, kind: str, path: str, status: int, detail: str | None) -> None:
    keyword = "Bearer" if kind == "v2" else "Token"
    headers = {"Authorization": f"{keyword} {netbox.tokens[kind]}"}

    answer = requests.get(netbox.url + path, headers=headers, timeout=30)

    assert (answer.status_code, answer.json().get("detail")) == (status, detail)


@pytest.mark.parametrize(
    ("header", "detail"),
    [
        ("Basic abc", "Authentication credentials were not provided."),
        ("Token a b", "Invalid authorization header: Must be in the form"),
        ("Bearer nbt_abc", "Invalid authorization header: Could not parse key from v2 token."),
    ],
)
def test_invalid_token_is_reported(netbox: NetBox, header: str, detail: str) -> None:
    answer = requests.get(netbox.url + DEVICES, headers={"Authorization": header}, timeout=30)

    assert answer.status_code == 403
    assert answer.json()["detail"].startswith(detail)


def test_requests_are_noted(netbox: NetBox, client: Client) -> None:
    client.get(f"{DEVICES}?name=l%C3%A9af&site=&limit=3&limit=2")

    (received,) = netbox.requests
    assert (received.method, received.path, received.status, received.rows) == ("GET", DEVICES, 200, 0)
    assert received.query == [("name", "léaf"), ("site", ""), ("limit", "3"), ("limit", "2")]
    assert received.url == f"{DEVICES}?name=l%C3%A9af&site=&limit=3&limit=2"
    assert received.headers["authorization"].startswith("Bearer nbt_")


def test_links_carry_the_address_that_was_asked(client: Client) -> None:
    page = client.get(f"{DEVICES}?limit=1", headers={"Host": "netbox.internal:8080"}).json()

    assert page["next"].startswith("http://netbox.internal:8080/api/")
    assert page["results"][0]["url"].startswith("http://netbox.internal:8080/api/")


def test_an_etag_is_the_time_of_the_last_change(netbox: NetBox, client: Client) -> None:
    assert client.get(f"{DEVICES}1/").headers["ETag"].startswith('W/"2026-')
    assert "ETag" not in client.get(DEVICES).headers
    netbox.settings.version = "4.5"
    assert "ETag" not in client.get(f"{DEVICES}1/").headers


def test_a_request_line_that_gunicorn_would_not_read_is_refused(client: Client) -> None:
    assert client.get(f"{DEVICES}?q={'x' * 4000}").status_code == 200
    answer = client.get(f"{DEVICES}?q={'x' * 4100}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "text/html; charset=utf-8")


def test_rows_come_and_go_between_pages(netbox: NetBox, client: Client) -> None:
    table = netbox.table("plugins/things/widgets")
    table.replace({pk: {"id": pk, "name": f"widget {pk}"} for pk in range(1, 11)})

    def change(received: Received) -> None:
        if ("start", "5") in received.query:
            del table[5]
            table.add(name="late")
            table[7]["name"] = "renamed"

    netbox.hooks.append(change)
    path, names = "/api/plugins/things/widgets/?start=0&limit=4", []
    while path:
        page = client.get(path).json()
        names += [row["name"] for row in page["results"]]
        path = (page["next"] or "").replace(netbox.url, "")

    assert names == [f"widget {pk}" for pk in (1, 2, 3, 4, 6)] + [
        "renamed",
        "widget 8",
        "widget 9",
        "widget 10",
        "late",
    ]


def test_an_id_is_never_given_twice(netbox: NetBox) -> None:
    table = netbox.table("plugins/things/widgets")
    first = table.add()
    del table[first["id"]]

    assert table.add()["id"] == first["id"] + 1


def test_a_cursor_on_a_list_is_a_server_error(netbox: NetBox, client: Client) -> None:
    netbox.table("plugins/things/widgets").add()
    netbox.settings.list_backed.add("plugins/things/widgets")

    for path in ("dcim/racks/1/elevation", "extras/custom-field-choice-sets/1/choices", "plugins/things/widgets"):
        answer = client.get(f"/api/{path}/?start=0")
        assert (answer.status_code, answer.json()["exception"]) == (500, "AttributeError")
        assert client.get(f"/api/{path}/").json()["count"] > 0


def test_a_filter_named_start_is_a_cursor_too(netbox: NetBox, client: Client) -> None:
    assert client.ids("/api/ipam/asn-ranges/?start=64512") == []
    netbox.settings.version = "4.5"
    assert client.ids("/api/ipam/asn-ranges/?start=64512") == [1]


def test_background_queues_know_no_cursor(client: Client) -> None:
    assert client.get("/api/core/background-queues/?start=2&limit=2").json()["count"] == 3


@pytest.mark.parametrize(("largest", "limit", "rows"), [(100, 0, 100), (100, 5000, 100), (0, 0, 314), (0, 200, 200)])
def test_the_largest_page_counts(netbox: NetBox, client: Client, largest: int, limit: int, rows: int) -> None:
    netbox.settings.max_page_size = largest

    assert len(client.ids(f"/api/ipam/ip-addresses/?limit={limit}")) == rows


def test_an_order_with_ties_repeats_and_loses_rows(client: Client) -> None:
    def walk(ordering: str) -> list[int]:
        path = "/api/dcim/interfaces/?fields=id&limit=7"
        return [pk for offset in range(0, 78, 7) for pk in client.ids(f"{path}&ordering={ordering}&offset={offset}")]

    assert len(set(walk("mode"))) < 78
    assert sorted(walk("mode,id")) == list(range(1, 79))
    assert sorted(walk("id")) == list(range(1, 79))


def test_exclude_is_read_as_loosely_as_netbox_reads_it(netbox: NetBox, client: Client) -> None:
    def has_context(query: str) -> bool:
        return "config_context" in client.get(f"{DEVICES}?id=1&{query}").json()["results"][0]

    assert not has_context("exclude=config_context")
    assert not has_context("exclude=foo,config_context_too")
    assert not has_context("fields=id,config_context&exclude=config_context")
    assert has_context("exclude=config_context&exclude=foo")
    netbox.settings.version = "4.7"
    assert has_context("exclude=config_context")


def test_any_text_switches_brief_on_and_fields_go_first(client: Client) -> None:
    def fields(query: str) -> set[str]:
        return set(client.get(f"{DEVICES}?limit=1&{query}").json()["results"][0])

    brief = {"id", "url", "display", "name", "description"}
    assert fields("brief=0") == fields("brief=false") == brief
    assert {"serial", "config_context"} < fields("brief=")
    assert fields("brief=1&fields=id") == {"id"}
    assert fields("fields=id&omit=id") == {"id"}
    assert "serial" in fields("brief=1&omit=id")


def test_workers_are_shared_by_requests() -> None:
    with serve(workers=2, cost_factor=2.0) as netbox, ThreadPoolExecutor(6) as pool:
        headers = {"Authorization": f"Bearer {netbox.tokens['v2']}"}

        def ask(_number: int) -> int:
            return requests.get(f"{netbox.url}{DEVICES}?limit=5", headers=headers, timeout=30).status_code

        started = time.monotonic()
        assert list(pool.map(ask, range(6))) == [200] * 6
        # Six pages, two in parallel. In a real NetBox, each page takes 50 ms before its first row.
        assert time.monotonic() - started >= 3 * 2 * 0.05
        assert netbox.most_at_once > 2
        netbox.most_at_once = 0
        ask(0)
        assert netbox.most_at_once == 1


def test_latency_holds_no_worker() -> None:
    with serve(workers=1, latency=1) as netbox, ThreadPoolExecutor(4) as pool:
        headers = {"Authorization": f"Bearer {netbox.tokens['v2']}"}

        started = time.monotonic()
        list(pool.map(lambda _n: requests.get(netbox.url + DEVICES, headers=headers, timeout=30), range(4)))

        assert 1 <= time.monotonic() - started < 4
