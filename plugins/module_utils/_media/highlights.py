# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Check the option ``highlight`` of rack elevations.

NetBox uses each entry as a Django filter on the devices of the rack. If one entry names a field that devices do not
have, NetBox ignores all entries without an error. If a value is not valid for its field, NetBox returns HTTP status
500.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UsageError


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# The fields of devices in NetBox 4.5 to 4.7, and the lookups that Django supports for their values.
_NUMBERS = _words(
    "id pk position latitude longitude vc_position vc_priority console_port_count console_server_port_count "
    "device_bay_count front_port_count interface_count inventory_item_count module_bay_count power_outlet_count "
    "power_port_count rear_port_count"
)
_STRINGS = _words("airflow asset_tag comments created description face last_updated name serial status")
_RELATIONS = _words(
    "cluster config_template device_type location oob_ip owner platform primary_ip4 primary_ip6 rack role site tenant "
    "virtual_chassis"
)
_REVERSE_RELATIONS = _words(
    "bookmarks cabletermination consoleports consoleserverports contacts devicebays frontports images interfaces "
    "inventoryitems journal_entries modulebays modules parent_bay port_mappings poweroutlets powerports rearports "
    "services subscriptions tagged_items tags vc_master_for vdcs virtual_machines"
)
_JSON = _words("custom_field_data local_context_data")
_LOOKUPS = _words(
    "exact iexact contains icontains startswith istartswith endswith iendswith regex iregex gt gte lt lte in range "
    "date year month day"
)
_FIELDS = {
    *_NUMBERS,
    *_STRINGS,
    *_RELATIONS,
    *(f"{name}_id" for name in _RELATIONS),
    *_REVERSE_RELATIONS,
    *_JSON,
}


def check_highlights(entries: Iterable[str]) -> None:
    """Raise :class:`UsageError` if NetBox would ignore an entry or would fail because of it."""
    for entry in entries:
        path, colon, value = entry.partition(":")
        if not (path.strip() and colon and value.strip()):
            raise UsageError(f"Invalid highlight {entry!r}. Use the form field:value, such as name:leaf1 or role_id:3.")
        field, dummy, rest = path.partition("__")
        if field not in _FIELDS:
            near = difflib.get_close_matches(field, sorted(_FIELDS), 3)
            hint = f" Similar fields: {', '.join(near)}." if near else ""
            raise UsageError(f"Invalid highlight {entry!r}. Devices do not have a field {field!r}.{hint}")
        if path.endswith("__isnull"):
            raise UsageError(f"Invalid highlight {entry!r}. NetBox cannot evaluate the lookup 'isnull'.")
        if field in _NUMBERS | _STRINGS or field.endswith("_id"):
            if rest and rest not in _LOOKUPS:
                raise UsageError(f"Invalid highlight {entry!r}. NetBox does not support the lookup {rest!r}.")
        elif rest and field not in _JSON and not re.fullmatch(r"[a-z0-9_]+", rest):
            raise UsageError(f"Invalid highlight {entry!r}. Use a path such as role__slug:leaf.")
        if _is_number(path, field, rest) and not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value):
            raise UsageError(f"Invalid highlight {entry!r}. The value of {path} must be a number.")


def _is_number(path: str, field: str, rest: str) -> bool:
    if rest in ("in", "range", "regex", "iregex"):
        return False
    if path.endswith(("_id", "__pk", "__id")):
        return True
    return field in _NUMBERS or (field in _RELATIONS and not rest)
