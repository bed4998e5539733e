# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Check filters that no schema lists because users define them: custom fields, saved filters, and type attributes."""

from __future__ import annotations

import typing as t

from ansible_collections.netbox.cursor.plugins.module_utils._filters import custom_fields, known
from ansible_collections.netbox.cursor.plugins.module_utils._filters.custom_fields import Verdict
from ansible_collections.netbox.cursor.plugins.module_utils._filters.server import Server
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import AccessDenied
from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import Pairs

_ATTRIBUTE = "attr_"
# Parameters that select saved filters, each with the field of the saved filter that it matches.
_SAVED = {"filter": "slug", "filter_id": "id"}


def matches(name: str) -> bool:
    """Return whether ``name`` might be a filter that users define."""
    return name in _SAVED or name.startswith((custom_fields.PREFIX, _ATTRIBUTE))


def judge(server: Server, path: str, endpoint: str, pairs: Pairs, elsewhere: t.Mapping[str, str]) -> Verdict:
    """Check whether NetBox applies the filter in ``pairs`` to ``endpoint``. All pairs have the same name.

    ``path`` is the generalized endpoint. For ``elsewhere``, see ``FilterCheck.check``.
    """
    name = pairs[0][0]
    prefix = next((prefix for prefix in (custom_fields.PREFIX, _ATTRIBUTE) if name.startswith(prefix)), "")
    if known.is_known(path) and (f"{prefix}*" if prefix else name) not in known.patterns_of(path):
        return Verdict(f"{name!r} is not a filter of this list")
    if prefix == custom_fields.PREFIX:
        return custom_fields.judge(server, endpoint, pairs, elsewhere)
    if prefix == _ATTRIBUTE:
        if known.is_known(path) or server.applies(endpoint, pairs):
            return Verdict(marker=known.ONE)
        return Verdict(f"{name!r} cannot be verified, because it selects all objects")
    return _judge_saved(server, endpoint, pairs)


def _judge_saved(server: Server, endpoint: str, pairs: Pairs) -> Verdict:
    """Check saved filters.

    NetBox ignores those that do not exist or that the token's user has no permission to view.
    """
    name = pairs[0][0]
    field = _SAVED[name]
    values = [value for dummy, value in pairs]
    wrong = [value for value in values if field == "id" and not (value.isascii() and value.isdecimal())]
    if wrong:
        return Verdict(f"{name!r} must be an ID, not {wrong[0]!r}")
    try:
        rows = server.rows("extras/saved-filters", [(field, value) for value in values], (field,))
    except AccessDenied as error:
        return custom_fields.verify(server, endpoint, pairs, error, "saved filters")
    there = {str(row.get(field)) for row in rows}
    missing = [value for value in values if value not in there]
    return Verdict(f"there is no saved filter {' or '.join(map(repr, missing))}" if missing else "")
