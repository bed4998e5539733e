# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Which part of each object is asked for: ``fields``, ``omit``, ``brief``, config contexts; and no more than that."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable, Sequence

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UsageError
from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import Pairs

# Only these have config contexts. Up to NetBox 4.6, they cost more than everything else unless they are excluded.
WITH_CONFIG_CONTEXT = ("dcim/devices", "virtualization/virtual-machines")


class Representation:
    """What of each object of ``endpoint`` (``dcim/devices``) is wanted.

    * ``fields``: names of the wanted fields, whole ones (NetBox knows no paths inside); empty for all.
    * ``omit``: names of fields that are not wanted (NetBox 4.5.2 and later; older ones send them all the same).
    * ``brief``: NetBox's short form.
    * ``config_context``: whether config contexts are wanted where all other fields are.
    * ``ordering``: fields by which the list is sorted, such as ``-device_count``.

    ``parameters`` are the query parameters that say so. They may ask for a little more than is wanted (the id, by which
    rows are told apart; what spares NetBox a query per row): :meth:`tidy` takes that away again.
    """

    def __init__(
        self,
        endpoint: str = "",
        *,
        fields: Sequence[str] = (),
        omit: Sequence[str] = (),
        brief: bool = False,
        config_context: bool = True,
        ordering: Iterable[str] = (),
    ) -> None:
        if sum(map(bool, (fields, omit, brief))) > 1:
            raise UsageError("fields, omit and brief exclude each other: NetBox would heed only the first of them.")
        for name in (*fields, *omit):
            if not name or not name.replace("_", "").replace("-", "").isalnum():
                raise UsageError(
                    f"{name!r} is no field: NetBox gives whole fields, such as 'site', and no paths inside them."
                )
        self._fields = tuple(dict.fromkeys(fields))
        self._surplus: tuple[str, ...] = ()
        has_context = endpoint in WITH_CONFIG_CONTEXT
        self.parameters: Pairs = []
        if self._fields:
            asked = list(self._fields)
            if has_context and "primary_ip" in asked:
                # Without these two fields, NetBox sends two more queries to its database for each row.
                asked += [name for name in ("primary_ip4", "primary_ip6") if name not in asked]
            # NetBox adds counts to its query only if they are among the fields, and otherwise cannot sort by them.
            asked += [name for name in (field.lstrip("-") for field in ordering) if name not in asked]
            if "id" not in asked:
                asked.append("id")
            self._surplus = tuple(asked[len(self._fields) :])
            self.parameters.append(("fields", ",".join(asked)))
            config_context = "config_context" in asked
        elif brief:
            self.parameters.append(("brief", "true"))
            config_context = True  # never part of the short form
        else:
            left_out = [name for name in dict.fromkeys(omit) if name != "id"]
            if has_context and not config_context and "config_context" not in left_out:
                left_out.append("config_context")
            config_context = "config_context" not in left_out
            self._surplus = ("id",) if "id" in omit else ()
            if left_out:
                self.parameters.append(("omit", ",".join(left_out)))
        if has_context and not config_context:
            # Up to NetBox 4.6, only this parameter avoids the work. NetBox 4.7 ignores it, and uses omit and fields.
            self.parameters.append(("exclude", "config_context"))

    def tidy(self, rows: Iterable[dict[str, t.Any]]) -> None:
        """Take out of ``rows``, in place, what was asked for without being wanted."""
        if self._surplus:
            for row in rows:
                for name in self._surplus:
                    row.pop(name, None)

    def unknown_fields(self, row: dict[str, t.Any]) -> list[str]:
        """Return the requested fields that ``row`` lacks. NetBox ignores unknown fields without an error."""
        return [name for name in self._fields if name not in row]
