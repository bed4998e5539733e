# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Edits have the same effects in the mock NetBox as in the recorded NetBox."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.netbox.cursor.tests.acceptance.change_cases import CASES
from ansible_collections.netbox.cursor.tests.acceptance.change_recorder import Recorder
from ansible_collections.netbox.cursor.tests.stand_in import serve

RECORDINGS = Path(__file__).resolve().parent.parent.parent / "recordings"
FOLDERS = {"4.6": "4.6.8"}


@pytest.fixture(scope="module", params=FOLDERS)
def recorded(request: pytest.FixtureRequest, server: t.Any) -> Iterator[tuple[Recorder, t.Any]]:
    version = request.param
    recording = json.loads((RECORDINGS / FOLDERS[version] / "changes.json").read_text("utf-8"))
    with serve(version=version, estate="empty") as netbox:
        yield Recorder(server(netbox)), recording


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_edit_leaves_the_recorded_traces(recorded: tuple[Recorder, t.Any], case: t.Any) -> None:
    recorder, recording = recorded

    assert recorder.record(case) == recording["cases"].get(case.name)
