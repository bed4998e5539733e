# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Convert field values from requests to rows, and from rows to change records."""

from __future__ import annotations

import copy
import typing as t

from ._derived import ENDPOINT_OF_TYPE
from ._endpoints import endpoint_of, type_of
from ._log import ADMIN
from ._recorded import changes_of, choice_labels
from ._relations import ANY_RELATIONS, RELATIONS
from ._tables import HERE, Estate, Row, Table, key

REQUIRED = "This field is required."
NUMBERS = ("latitude", "longitude", "position", "u_height", "vcpus", "weight_kg")
# Choices without a value that the database stores as an empty string. The REST API returns null.
EMPTY = (("dcim/cables", "profile"), ("dcim/devices", "face"))
# Fields that a client cannot write.
COMPUTED = ("id", "url", "display", "display_url", "created", "last_updated", "_depth", "config_context")
# Fields that contain several objects. NetBox writes them after it has saved the object itself.
MANY = {
    **{endpoint: {name for name, field in fields.items() if field.many} for endpoint, fields in RELATIONS.items()},
    "extras/custom-fields": {"object_types"},
}


class Refused(Exception):
    """The error that NetBox returns for a write that it rejects."""

    def __init__(self, status: int, content: t.Any) -> None:
        super().__init__(f"HTTP {status}: {content}")
        self.status = status
        self.content = content


def invalid(field: str, text: str) -> Refused:
    return Refused(400, {field: [text]})


class Fields:
    """Converts the field values of one mock NetBox."""

    def __init__(self, estate: Estate, version: str) -> None:
        self._estate = estate
        self._labels = choice_labels(version)
        self._blank: dict[str, Row] = changes_of(version)["rows"]
        self._logged: dict[str, list[str]] = changes_of(version)["deleted_keys"]

    @staticmethod
    def is_many(endpoint: str, field: str) -> bool:
        return field == "tags" or field in MANY.get(endpoint, ())

    def is_writable(self, endpoint: str) -> bool:
        return endpoint in self._blank

    def blank(self, table: Table, pk: int) -> Row:
        """Return a new row with the default values of its endpoint."""
        if table.endpoint not in self._blank:
            raise Refused(405, {"detail": 'Method "POST" not allowed.'})
        row = copy.deepcopy(self._blank[table.endpoint])
        row["id"] = pk
        row["url"] = f"{HERE}/api/{table.endpoint}/{pk}/"
        if "display_url" in row:
            row["display_url"] = f"{HERE}/{table.endpoint}/{pk}/"
        if "custom_fields" in row:
            row["custom_fields"] = {
                field["name"]: copy.deepcopy(field["default"]) for field in self.custom_fields(table.endpoint)
            }
        return row

    def custom_fields(self, endpoint: str) -> list[Row]:
        """Return the custom fields for the objects of an endpoint."""
        kind = type_of(endpoint)
        return [row for row in self._estate.get("extras/custom-fields").values() if kind in row["object_types"]]

    # From a client to a row

    def stored(self, endpoint: str, row: Row, given: Row) -> Row:
        """Return a client's fields in the form of the row. Like NetBox, this ignores unknown fields."""
        fields = {}
        for name, value in given.items():
            if name in row and name not in COMPUTED:
                fields[name] = self._stored(endpoint, row, name, value)
        return fields

    def _stored(self, endpoint: str, row: Row, name: str, value: t.Any) -> t.Any:
        reference = RELATIONS.get(endpoint, {}).get(name)
        if reference and reference.many:
            return [self._found(reference.target, name, each) for each in value or ()]
        if reference:
            return None if value is None else self._found(reference.target, name, value)
        if name == "tags" and endpoint == "extras/config-contexts":
            return [each if isinstance(each, str) else each["slug"] for each in value]
        if name == "tags":
            return [self._found("extras/tags", name, each) for each in value]
        if name == "custom_fields":
            return self._custom_fields(endpoint, {**(row[name] or {}), **value})
        if (endpoint, name) in self._labels:
            return self._choice(endpoint, name, value)
        if name in NUMBERS and value is not None:
            return float(value)
        if name == "mac_address":
            return value.upper()
        if name == "user":
            return ADMIN
        if name in ("a_terminations", "b_terminations"):
            return [{field: end[field] for field in ("object_type", "object_id")} for end in value]
        return copy.deepcopy(value)

    def _found(self, endpoint: str, name: str, value: t.Any) -> Row:
        """Return the object that a client specified by ID, as a nested object, or by other fields."""
        table = self._estate.get(endpoint)
        if isinstance(value, dict) and "id" not in value:
            ids = [pk for pk, row in table.items() if all(row.get(field) == each for field, each in value.items())]
            if len(ids) != 1:
                raise invalid(name, f"Related object not found using the provided attributes: {value}")
            pk = ids[0]
        else:
            pk = key(value)
        if pk not in table:
            raise invalid(name, f"Related object not found using the provided numeric ID: {pk}")
        return self.brief(endpoint, table[pk])

    @staticmethod
    def brief(endpoint: str, row: Row) -> Row:
        return {field: row[field] for field in endpoint_of(endpoint).brief if field in row}

    def _choice(self, endpoint: str, name: str, value: t.Any) -> t.Any:
        value = key(value)
        if value in (None, ""):
            return None
        labels = self._labels[endpoint, name]
        return {"value": value, "label": labels.get(value, str(value).capitalize())}

    def _custom_fields(self, endpoint: str, given: Row) -> Row:
        known = {field["name"]: field for field in self.custom_fields(endpoint)}
        values: Row = {}
        for name, value in given.items():
            if name not in known:
                raise invalid("custom_fields", f"Custom field '{name}' does not exist for this object type.")
            target = ENDPOINT_OF_TYPE.get(known[name]["related_object_type"] or "")
            if target and isinstance(value, list):
                values[name] = [self._found(target, name, each) for each in value]
            elif target and value is not None:
                values[name] = self._found(target, name, value)
            else:
                values[name] = copy.deepcopy(value)
        return values

    # From a row to the change log

    def logged(self, endpoint: str, row: Row) -> Row:
        """Return a row in the form of the change log."""
        names = self._logged.get(type_of(endpoint)) or [
            name for name in row if name not in COMPUTED and not name.startswith("_") and name != "last_updated"
        ]
        return {name: self._logged_value(endpoint, row, name) for name in names}

    def _logged_value(self, endpoint: str, row: Row, name: str) -> t.Any:
        value: t.Any = row.get(name)
        relation = ANY_RELATIONS.get(endpoint)
        if relation and name == relation.kind and value:
            return self.type_id(value)
        if value is None and (endpoint, name) in EMPTY:
            return ""
        if name == "tags":
            return sorted(tag["name"] if isinstance(tag, dict) else self._tag_name(tag) for tag in value or ())
        if name == "custom_fields":
            return {field: _plain(each) for field, each in (value or {}).items() if each is not None}
        if name == "object_types":
            return [self.type_id(each) for each in value]
        if name in ("a_terminations", "b_terminations"):
            return [[end["object_type"], end["object_id"]] for end in value]
        return _plain(value) if name not in ("data", "local_context_data", "extra_choices") else value

    def _tag_name(self, slug: str) -> str:
        tags = self._estate.get("extras/tags").values()
        return next((str(tag["name"]) for tag in tags if tag["slug"] == slug), slug)

    def type_id(self, kind: str) -> int:
        """Return the ID of an object type. The change log contains this ID instead of the name."""
        app, _dot, model = kind.partition(".")
        types = self._estate.get("core/object-types").values()
        known = next((row["id"] for row in types if (row["app_label"], row["model"]) == (app, model)), None)
        return int(known) if known is not None else 1000 + sorted(ENDPOINT_OF_TYPE).index(kind)


def _plain(value: t.Any) -> t.Any:
    """Replace objects with their IDs, and choices with their values."""
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return key(value)
