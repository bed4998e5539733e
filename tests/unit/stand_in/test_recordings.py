# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The mock NetBox responds to every recorded request like the recorded server."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest
import requests

from ansible_collections.netbox.cursor.tests.stand_in import HERE, NetBox, serve

RECORDINGS = Path(__file__).resolve().parent.parent.parent / "recordings"
FOLDERS = {"4.5": "4.5.10", "4.6": "4.6.8", "4.7": "4.7.0-beta1"}
# Responses that are not compared, by name, with the reason.
NOT_COMPARED = {
    "options": {
        "actions": "describes the fields that clients can write, which the mock NetBox does not describe",
    },
}


RECORDED_V2 = "nbt_kkkkkkkkkkkk." + "b" * 40


def recorded(version: str, name: str) -> t.Any:
    return json.loads((RECORDINGS / FOLDERS[version] / f"{name}.json").read_text("utf-8"))


def authorization(netbox: NetBox, said: str | None) -> dict[str, str]:
    """Replace the tokens of the recorded servers with this server's tokens. Send invalid tokens unchanged."""
    if said is None:
        return {}
    known = {
        "v1": f"Token {netbox.tokens['v1']}",
        "v1 read-only": f"Token {netbox.tokens['read_only']}",
        "v2": f"Bearer {netbox.tokens['v2']}",
        f"Token {RECORDED_V2}": f"Token {netbox.tokens['v2']}",
    }
    return {"Authorization": known.get(said, said)}


def answer_to(netbox: NetBox, exchange: dict[str, t.Any]) -> dict[str, t.Any]:
    """Return this server's response in the format of the recordings."""
    asked, headers = exchange["request"], exchange["response"]["headers"]
    answer = requests.request(
        asked["method"],
        netbox.url + asked["path"],
        headers={**asked["headers"], **authorization(netbox, asked["auth"])},
        json=asked["json"],
        allow_redirects=False,
        timeout=30,
    )
    text = answer.text.replace(netbox.url, HERE)
    is_json = "json" in answer.headers["Content-Type"] and text
    return {
        "status": answer.status_code,
        "headers": {name: answer.headers.get(name, "").replace(netbox.url, HERE) for name in headers},
        "body": json.loads(text) if is_json else text,
    }


def comparable(name: str, response: dict[str, t.Any]) -> dict[str, t.Any]:
    body = response["body"]
    if "html" in response["headers"]["content-type"]:
        body = "a page for people"
    if name in NOT_COMPARED:
        body = {field: value for field, value in body.items() if field not in NOT_COMPARED[name]}
    return {**response, "body": body}


@pytest.mark.parametrize("file", ["exchanges", "available"])
@pytest.mark.parametrize("version", FOLDERS)
def test_every_recorded_request_is_answered_as_it_was(version: str, file: str) -> None:
    differences = {}
    with serve(version=version) as netbox:
        for exchange in recorded(version, file):
            name = exchange["name"]
            answered = comparable(name, answer_to(netbox, exchange))
            expected = comparable(name, exchange["response"])
            if answered != expected:
                differences[name] = {"expected": expected, "answered": answered}

    assert differences == {}


@pytest.mark.parametrize("version", FOLDERS)
def test_every_recorded_object_is_served_as_it_was(version: str) -> None:
    with serve(version=version) as netbox, requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {netbox.tokens['v2']}"
        for endpoint, rows in recorded(version, "dataset").items():
            page = session.get(f"{netbox.url}/api/{endpoint}/?limit=1000&ordering=id", timeout=30)
            assert json.loads(page.text.replace(netbox.url, HERE))["results"] == rows
