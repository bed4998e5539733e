# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Check custom field filters. NetBox ignores invalid ones without an error."""

from __future__ import annotations

import typing as t

from ansible_collections.netbox.cursor.plugins.module_utils._filters.known import BOOLEAN, MANY, suggest
from ansible_collections.netbox.cursor.plugins.module_utils._filters.server import CustomField, Server
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import AccessDenied
from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import Pairs

PREFIX = "cf_"
_TEXT = ["n", "ic", "nic", "iew", "niew", "isw", "nisw", "ie", "nie", "empty", "regex", "iregex"]
_NUMBER = ["n", "lt", "lte", "gt", "gte", "empty"]
# The lookups that each custom field type supports, in NetBox 4.5.0 to 4.7.0-beta1. For multiobject, NetBox also accepts
# lt, lte, gt, and gte, but compares as if there were no lookup.
_LOOKUPS = {
    **dict.fromkeys(("text", "longtext", "url", "select", "multiselect"), _TEXT),
    **dict.fromkeys(("integer", "decimal", "date", "datetime", "object"), _NUMBER),
    "multiobject": ["n", "empty"],
    "boolean": [],
}
_NO_FILTER = "json"
# If the filter logic is "loose", filters for these types match part of the value and do not support lookups.
_LOOSE = ("text", "longtext", "url")


class Verdict(t.NamedTuple):
    """The result of a check: an error message, or the marker of a filter that NetBox applies."""

    complaint: str = ""
    marker: str = MANY


def judge(server: Server, endpoint: str, pairs: Pairs, elsewhere: t.Mapping[str, str]) -> Verdict:
    """Check whether NetBox applies the custom field filter in ``pairs`` to a list. All pairs have the same name.

    For ``elsewhere``, see ``FilterCheck.check``.
    """
    name = pairs[0][0]
    try:
        fields = server.custom_fields()
    except AccessDenied as error:
        return verify(server, endpoint, pairs, error, "custom fields")
    field_name, dummy, lookup = name[len(PREFIX) :].partition("__")
    model = server.model(endpoint)
    field = fields.get(field_name)
    if field is None:
        return Verdict(f"there is no custom field {field_name!r}{_suggest(field_name, model, fields)}")
    if model not in field.models:
        options = [option for other, option in elsewhere.items() if server.model(other) in field.models]
        advice = f": use the option {options[0]}" if options else ""
        return Verdict(f"only {' and '.join(field.models)} objects have the custom field {field_name!r}{advice}")
    return _judge_lookup(field, name, lookup)


def verify(server: Server, endpoint: str, pairs: Pairs, denied: AccessDenied, kind: str) -> Verdict:
    """Check a filter by its effect, because the token's user has no permission to view ``kind``.

    Accept the filter if it changes the list.
    """
    if server.applies(endpoint, pairs):
        return Verdict()
    return Verdict(
        f"{pairs[0][0]!r} cannot be verified, because it selects all objects, and because the token's user has no "
        f"permission to view {kind} (HTTP {denied.status})"
    )


def _judge_lookup(field: CustomField, name: str, lookup: str) -> Verdict:
    if field.logic == "disabled":
        return Verdict(f"the filter logic of custom field {field.name!r} is disabled")
    if field.kind == _NO_FILTER:
        return Verdict(f"NetBox cannot filter by custom field {field.name!r}, because its type is {field.kind}")
    loose = field.logic == "loose" and field.kind in _LOOSE
    lookups = [] if loose else _LOOKUPS.get(field.kind, _TEXT + _NUMBER)
    if lookup and lookup not in lookups:
        kind = f"{field.kind} custom fields with loose filter logic" if loose else f"{field.kind} custom fields"
        known = ", ".join([f"{PREFIX}{field.name}", *(f"__{one}" for one in lookups)])
        return Verdict(f"{name!r} uses a lookup that {kind} do not support (supported: {known})")
    return Verdict(marker=BOOLEAN if lookup == "empty" or field.kind == "boolean" else MANY)


def _suggest(name: str, model: str, fields: dict[str, CustomField]) -> str:
    own = [field.name for field in fields.values() if model in field.models]
    return suggest(name, own, PREFIX) or suggest(name, fields, PREFIX)
