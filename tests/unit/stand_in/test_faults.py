# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults occur as often and at the requests that a test specifies."""

from __future__ import annotations

import time
import typing as t

import pytest
import requests

from ansible_collections.netbox.cursor.tests.stand_in import Fault, NetBox, serve
from ansible_collections.netbox.cursor.tests.stand_in._faults import IN_PLACE, fault_from
from ansible_collections.netbox.cursor.tests.stand_in._lies import KINDS as LIES

if t.TYPE_CHECKING:
    from .conftest import Client

SITES = "/api/dcim/sites/"
IMAGES = "/api/extras/image-attachments/"


def attach(netbox: NetBox, client: Client) -> requests.Response:
    fields = {"object_type": "dcim.device", "object_id": "2", "name": "new"}
    files = {"image": ("new.png", netbox.media["/media/image-attachments/device_1_front.png"])}
    return client.session.post(netbox.url + IMAGES, fields, files=files, timeout=30, allow_redirects=False)


def test_status_fault_occurs_as_often_as_requested(netbox: NetBox, client: Client) -> None:
    netbox.faults.append(Fault("status", 429, path=SITES, times=2, after=1, retry_after=7))

    answers = [client.get(SITES) for _each in range(4)]

    assert [answer.status_code for answer in answers] == [200, 429, 429, 200]
    assert answers[1].headers["Retry-After"] == "7"


def test_other_paths_are_spared(netbox: NetBox, client: Client) -> None:
    netbox.faults.append(Fault("status", 503, path=SITES))

    assert client.get("/api/dcim/regions/").status_code == 200
    assert client.get("/api/dcim/sites/1/").status_code == 200
    assert "html" in client.get(SITES).headers["Content-Type"]


def test_reset_closes_the_connection_without_an_answer(netbox: NetBox, client: Client) -> None:
    netbox.faults.append(Fault("reset", times=1))

    with pytest.raises(requests.ConnectionError):
        client.get(SITES)
    assert client.get(SITES).status_code == 200


def test_cut_promises_more_than_it_sends(netbox: NetBox, client: Client) -> None:
    netbox.faults.append(Fault("cut", times=1))

    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError)):
        client.get(SITES)
    assert client.get(SITES).status_code == 200


def test_slow_answers_later(netbox: NetBox, client: Client) -> None:
    netbox.faults.append(Fault("slow", 0.2, times=1))

    started = time.monotonic()
    assert client.get(SITES).status_code == 200
    assert time.monotonic() - started >= 0.2


@pytest.mark.parametrize(("limit", "status"), [("5", 200), ("6", 504), ("", 504), ("0", 504), ("100000", 504)])
def test_requests_for_many_rows_time_out(netbox: NetBox, client: Client, limit: str, status: int) -> None:
    netbox.faults.append(Fault("slow_above", limit_above=5))

    assert client.get(f"{SITES}?limit={limit}").status_code == status


@pytest.mark.parametrize(
    ("kind", "content_type", "text"),
    [
        ("html", "text/html; charset=utf-8", "<!DOCTYPE html>"),
        ("empty", "application/json", ""),
        ("not_json", "application/json", "This is not JSON"),
        ("other_json", "application/json", '{"message": "It works!"}'),
    ],
)
def test_answers_that_are_not_netbox(netbox: NetBox, client: Client, kind: str, content_type: str, text: str) -> None:
    netbox.faults.append(Fault(kind))

    answer = client.get(SITES)

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, content_type)
    assert answer.text.startswith(text)


def test_answers_that_are_no_drawing(netbox: NetBox, client: Client) -> None:
    drawing = "/api/dcim/racks/1/elevation/?render=svg"
    whole = client.get(drawing).text
    told = {}
    for kind in ("empty", "not_utf8", "other_json", "long_page", "next_loops", "wrong_length"):
        netbox.faults[:] = [Fault(kind, 10)]
        answer = client.get(drawing)
        told[kind] = (answer.headers["Content-Type"].split(";")[0], len(answer.text))
    svg = "image/svg+xml"
    assert told["empty"] == (svg, 0)
    assert told["not_utf8"][0] == svg
    assert told["other_json"][0] == "application/json"
    assert told["wrong_length"] == (svg, len(whole) - 10)
    assert told["long_page"] == told["next_loops"] == (svg, len(whole))


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("kind", IN_PLACE)
def test_fault_processes_a_post_only_if_done_is_true(netbox: NetBox, client: Client, kind: str, done: bool) -> None:
    table = netbox.table("extras/image-attachments")
    before = len(table)
    netbox.faults.append(Fault(kind, 504 if kind == "status" else None, path=IMAGES, done=done))
    if kind == "reset":
        with pytest.raises(requests.ConnectionError):
            attach(netbox, client)
    else:
        assert attach(netbox, client).status_code in (200, 302, 504)
    assert len(table) - before == done


@pytest.mark.parametrize("kind", ["cut", "reset_body", "wrong_length", "drip", "slow"])
def test_post_is_processed_if_only_the_response_fails(netbox: NetBox, client: Client, kind: str) -> None:
    table = netbox.table("extras/image-attachments")
    before = len(table)
    netbox.faults.append(Fault(kind, {"wrong_length": 10, "drip": 0.0001, "slow": 0.01}.get(kind), path=IMAGES))
    if kind in ("cut", "reset_body"):
        with pytest.raises(requests.RequestException):
            attach(netbox, client)
    else:
        assert attach(netbox, client).status_code == 201
    assert len(table) - before == 1


@pytest.mark.parametrize("kind", LIES)
def test_lies_are_told_of_lists_not_of_what_is_posted(netbox: NetBox, client: Client, kind: str) -> None:
    page = f"{IMAGES}?limit=2"
    attach(netbox, client)
    right = client.get(page).json()
    netbox.faults.append(Fault(kind, 2, path=IMAGES, after=1))
    assert client.get(page).json() == right
    assert attach(netbox, client).json()["name"] == "new"
    netbox.table("extras/image-attachments").pop(4)
    assert client.get(page).json() != right


def test_redirect_leads_where_it_is_told(netbox: NetBox, client: Client) -> None:
    netbox.faults.append(Fault("redirect", "http://127.0.0.1:1/elsewhere"))

    answer = client.get(SITES, allow_redirects=False)

    assert (answer.status_code, answer.headers["Location"]) == (302, "http://127.0.0.1:1/elsewhere")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("reset", Fault("reset")),
        ("status:502@/api/dcim/devices/x3", Fault("status", "502", path="/api/dcim/devices/", times=3)),
        ("slow:2.5x1", Fault("slow", "2.5", times=1)),
        ("slow_above:100", Fault("slow_above", limit_above=100)),
        ("redirect:http://127.0.0.1:1/x@/api/*", Fault("redirect", "http://127.0.0.1:1/x", path="/api/*")),
    ],
)
def test_faults_can_be_written_on_the_command_line(text: str, fault: Fault) -> None:
    assert fault_from(text) == fault


def test_a_kind_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="explode is no kind of fault"):
        Fault("explode")


def test_tls_is_vouched_for_by_the_authority_it_names() -> None:
    pytest.importorskip("trustme")
    with serve(tls=True) as netbox:
        headers = {"Authorization": f"Bearer {netbox.tokens['v2']}"}
        answer = requests.get(netbox.url + SITES, headers=headers, verify=netbox.ca_path, timeout=30)
        assert answer.json()["results"][0]["url"].startswith(netbox.url)
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(netbox.url + SITES, headers=headers, timeout=30)
