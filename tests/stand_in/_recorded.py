# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The recorded estate: every object in a small real NetBox, as this NetBox returned it."""

from __future__ import annotations

import typing as t
from functools import cache
from pathlib import Path

import orjson

from ._endpoints import ENDPOINTS
from ._tables import Estate, Row, Table
from ._versions import FULL_VERSIONS

RECORDINGS = Path(__file__).resolve().parent.parent / "recordings"


def recording(version: str, name: str) -> t.Any:
    """Return the content of a file that was recorded on a server with this version."""
    return orjson.loads((RECORDINGS / FULL_VERSIONS[version] / f"{name}.json").read_bytes())


def recorded_estate(version: str) -> Estate:
    dataset: dict[str, list[Row]] = recording(version, "dataset")
    tables = [Table(endpoint, rows) for endpoint, rows in dataset.items()]
    empty = [Table("dcim/rack-reservations"), Table("extras/saved-filters")]
    return Estate([*tables, *background_queues(), *empty])


def empty_estate(version: str) -> Estate:
    """Return the estate of a new NetBox. It has all endpoints, but no objects except the object types."""
    types = Table("core/object-types", recording(version, "dataset")["core/object-types"])
    return Estate([types, *(Table(endpoint) for endpoint in ENDPOINTS if endpoint != types.endpoint)])


def background_queues() -> list[Table]:
    """Return a table that was not recorded. Its endpoint does not support cursor pagination."""
    rows = [{"id": pk, "name": name, "jobs": 0, "oldest_job_timestamp": "-"} for pk, name in enumerate(QUEUES, 1)]
    return [Table("core/background-queues", rows)]


@cache
def changes_of(version: str) -> t.Any:
    """Return the recording about writes. For versions without this recording, return the one of NetBox 4.6."""
    known = (RECORDINGS / FULL_VERSIONS[version] / "changes.json").exists()
    return recording(version if known else "4.6", "changes")


@cache
def nested_fields(version: str) -> dict[str, dict[str, dict[str, list[str]]]]:
    """Return the fields of nested objects, by endpoint, place in the object, and endpoint of the nested object."""
    known: dict[str, dict[str, dict[str, list[str]]]] = {}

    def note(endpoint: str, place: str, value: t.Any) -> None:
        if isinstance(value, list):
            for each in value:
                note(endpoint, place, each)
        elif isinstance(value, dict):
            if place and "url" in value:
                target = value["url"].split("/api/")[1].rstrip("/").rpartition("/")[0]
                known.setdefault(endpoint, {}).setdefault(place, {})[target] = list(value)
            for name, each in value.items():
                below = "custom_fields" if name == "custom_fields" or place == "custom_fields" else name
                note(endpoint, f"{place}.{name}" if place and below == name else below, each)

    for endpoint, rows in recording(version, "dataset").items():
        note(endpoint, "", rows)
    for endpoint, places in changes_of(version)["nested"].items():
        for place, targets in places.items():
            for target, fields in targets.items():
                known.setdefault(endpoint, {}).setdefault(place, {}).setdefault(target, fields)
    return known


@cache
def choice_labels(version: str) -> dict[tuple[str, str], dict[t.Any, str]]:
    """Return the labels of recorded choices, by endpoint and field."""
    labels: dict[tuple[str, str], dict[t.Any, str]] = {}
    blank: dict[str, Row] = changes_of(version)["rows"]
    dataset: dict[str, list[Row]] = recording(version, "dataset")
    for endpoint in [*dataset, *blank]:
        for row in [*dataset.get(endpoint, ()), *([blank[endpoint]] if endpoint in blank else [])]:
            for field, value in row.items():
                if isinstance(value, dict) and value.keys() == {"value", "label"}:
                    labels.setdefault((endpoint, field), {})[value["value"]] = value["label"]
    return labels


QUEUES = ("high", "default", "low")


@cache
def status_of(version: str) -> Row:
    return next(each["response"]["body"] for each in recording(version, "exchanges") if each["name"] == "status")
