# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Select the fields of each object to request: ``fields``, ``omit``, ``brief``, and config contexts."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable, Sequence

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UsageError
from ansible_collections.netbox.cursor.plugins.module_utils._http.parameters import Pairs

# Only objects of these endpoints have config contexts. Up to NetBox 4.6, rendering config contexts takes longer than
# reading everything else, so they are excluded if they are not needed.
WITH_CONFIG_CONTEXT = ("dcim/devices", "virtualization/virtual-machines")


class Representation:
    """The fields to request for each object in ``endpoint`` (``dcim/devices``).

    * ``fields``: names of whole fields, because NetBox cannot select parts of a field. An empty value selects all
      fields.
    * ``omit``: names of fields to omit. NetBox before 4.5.2 returns them anyway.
    * ``brief``: whether to request NetBox's short form.
    * ``config_context``: whether to request config contexts together with all other fields.
    * ``ordering``: fields by which the list is sorted, such as ``-device_count``.

    The attribute ``parameters`` contains the resulting query parameters. They can request additional fields: the ID,
    which identifies rows, the fields in ``ordering``, and fields that save database queries in NetBox. :meth:`tidy`
    removes the additional fields from the rows.
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
            raise UsageError(
                "fields, omit, and brief are mutually exclusive: NetBox would apply only the first of them."
            )
        for name in (*fields, *omit):
            if not name or not name.replace("_", "").replace("-", "").isalnum():
                raise UsageError(
                    f"{name!r} is not a field. NetBox returns whole fields, such as 'site', but not parts of them."
                )
        self._fields = tuple(dict.fromkeys(fields))
        self._surplus: tuple[str, ...] = ()
        has_context = endpoint in WITH_CONFIG_CONTEXT
        self.parameters: Pairs = []
        if self._fields:
            asked = list(self._fields)
            if has_context and "primary_ip" in asked:
                # Without these two fields, NetBox runs two additional database queries for each row.
                asked += [name for name in ("primary_ip4", "primary_ip6") if name not in asked]
            # NetBox computes counts only if they are among the requested fields. Otherwise, it cannot sort by them.
            asked += [name for name in (field.lstrip("-") for field in ordering) if name not in asked]
            if "id" not in asked:
                asked.append("id")
            self._surplus = tuple(asked[len(self._fields) :])
            self.parameters.append(("fields", ",".join(asked)))
            config_context = "config_context" in asked
        elif brief:
            self.parameters.append(("brief", "true"))
            config_context = True  # The short form never contains config contexts.
        else:
            left_out = [name for name in dict.fromkeys(omit) if name != "id"]
            if has_context and not config_context and "config_context" not in left_out:
                left_out.append("config_context")
            config_context = "config_context" not in left_out
            self._surplus = ("id",) if "id" in omit else ()
            if left_out:
                self.parameters.append(("omit", ",".join(left_out)))
        if has_context and not config_context:
            # Up to NetBox 4.6, only this parameter prevents NetBox from rendering config contexts. NetBox 4.7 ignores
            # it and evaluates omit and fields instead.
            self.parameters.append(("exclude", "config_context"))

    def tidy(self, rows: Iterable[dict[str, t.Any]]) -> None:
        """Remove the additional fields from ``rows``, in place."""
        if self._surplus:
            for row in rows:
                for name in self._surplus:
                    row.pop(name, None)

    def unknown_fields(self, row: dict[str, t.Any]) -> list[str]:
        """Return the requested fields that ``row`` lacks. NetBox ignores unknown fields without an error."""
        return [name for name in self._fields if name not in row]
