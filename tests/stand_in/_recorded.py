# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The recorded estate: every object of a small real NetBox, as that NetBox served it."""

from __future__ import annotations

import typing as t
from functools import cache
from pathlib import Path

import orjson

from ._state import FULL_VERSIONS
from ._tables import Estate, Row, Table

RECORDINGS = Path(__file__).resolve().parent.parent / "recordings"


def recording(version: str, name: str) -> t.Any:
    """A file of what was recorded from a server of that version."""
    return orjson.loads((RECORDINGS / FULL_VERSIONS[version] / f"{name}.json").read_bytes())


def recorded_estate(version: str) -> Estate:
    dataset: dict[str, list[Row]] = recording(version, "dataset")
    tables = [Table(endpoint, rows) for endpoint, rows in dataset.items()]
    return Estate([*tables, *background_queues(), Table("extras/saved-filters")])


def background_queues() -> list[Table]:
    """Not recorded: rows of another kind, which no cursor works on."""
    rows = [{"id": pk, "name": name, "jobs": 0, "oldest_job_timestamp": "-"} for pk, name in enumerate(QUEUES, 1)]
    return [Table("core/background-queues", rows)]


QUEUES = ("high", "default", "low")


@cache
def status_of(version: str) -> Row:
    return next(each["response"]["body"] for each in recording(version, "exchanges") if each["name"] == "status")
