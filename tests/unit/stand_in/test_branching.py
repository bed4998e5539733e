# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The mock NetBox responds to branch requests like the recorded server with netbox-branching 1.1.3."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

from ansible_collections.netbox.cursor.tests.stand_in import NetBox, serve

from .test_recordings import answer_to, comparable

# These responses show whether a request was rejected. Their bodies contain more fields than the mock NetBox supports.
STATUS_ONLY = ("api root with header new", "authentication-check with header new")
RECORDED = Path(__file__).resolve().parent.parent.parent / "recordings" / "branching"


def with_token(netbox: NetBox, exchange: dict[str, t.Any]) -> dict[str, t.Any]:
    """Replace the recorded user without permissions with the user in the mock NetBox."""
    asked = exchange["request"]
    if asked["auth"] == "limited":
        asked = {**asked, "auth": f"Token {netbox.tokens['limited']}"}
    return {**exchange, "request": asked}


def test_recorded_requests_about_branches_are_answered_alike() -> None:
    differences = {}
    with serve(version="4.6", branching=True) as netbox:
        for exchange in json.loads((RECORDED / "exchanges.json").read_text("utf-8")):
            name = exchange["name"]
            answered: t.Any = comparable(name, answer_to(netbox, with_token(netbox, exchange)))
            expected: t.Any = comparable(name, exchange["response"])
            if name in STATUS_ONLY:
                answered, expected = answered["status"], expected["status"]
            if answered != expected:
                differences[name] = {"expected": expected, "answered": answered}
    assert differences == {}
