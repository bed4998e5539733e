# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Reject an inventory that has fewer hosts than ``min_hosts``, or that lost more hosts than ``max_shrink`` allows."""

from __future__ import annotations

import time
import typing as t
from collections.abc import Sequence

from ansible import constants as C

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UsageError
from ansible_collections.netbox.cursor.plugins.plugin_utils._connection import identity
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.cache import Entry, cache_key
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.options import KINDS, Options
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.values import listing

# The filter sets that select hosts in addition to the query filters.
SETS = ("include", "exclude")


class TooFewHosts(UsageError):
    """The inventory is smaller than the options allow."""


class Guard:
    """Checks inventories of ``plugin``.

    Host names are cached in a separate entry that never expires. Its key depends on the base URL, the branch, and the
    filters. So the check detects missing hosts even if the token or the variables changed.
    """

    def __init__(self, plugin: t.Any, options: Options) -> None:
        self._least = plugin.get_option("min_hosts") or 0
        self._shrink = plugin.get_option("max_shrink")
        if self._least < 0:
            raise UsageError(f"min_hosts must not be negative: {self._least}.")
        self._entry: Entry | None = None
        if self._shrink is None:
            return
        if not 0 <= self._shrink <= 100:
            raise UsageError(f"max_shrink must be a percentage from 0 to 100, not {self._shrink:g}.")
        if not plugin.get_option("cache"):
            raise UsageError("max_shrink requires the cache, which contains the last inventory. Set cache: true.")
        chosen = [
            (kind, getattr(options, kind), options.filters(kind), *(options.filter_sets(one, kind) for one in SETS))
            for kind in KINDS
        ]
        key = cache_key("guard", identity(plugin)[:2], chosen)
        self._entry = Entry(plugin._cache, key, 0, plugin.display.warning)

    def check(self, names: Sequence[str], fresh: bool) -> None:
        """Raise :class:`TooFewHosts` if there are too few hosts. Otherwise, store the ``names`` of the hosts.

        Hosts that are not ``fresh`` come from the cache. They are not compared with the last inventory.
        """
        if len(names) < self._least:
            raise TooFewHosts(
                f"The inventory has {len(names)} hosts, but min_hosts requires {self._least}. The token's user "
                "might have lost a permission, or a filter selects too few hosts."
            )
        if self._entry is None:
            return
        before = self._entry.read()
        if before is not None and not fresh:
            return
        if before is not None:
            self._compare(before, names)
        self._entry.write({"time": time.time(), "names": list(names)})

    def _compare(self, before: dict[str, t.Any], names: Sequence[str]) -> None:
        last = before["names"]
        fewer = len(last) - len(names)
        if fewer * 100 <= self._shrink * len(last):
            return
        gone = set(last) - set(names)
        when = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(before["time"]))
        raise TooFewHosts(
            f"The inventory has {len(names)} hosts. This is {fewer} fewer than the {len(last)} hosts of {when}, but "
            f"max_shrink allows {self._shrink:g} %. Hosts that are gone ({len(gone)}): {listing(gone)}. If the new "
            "inventory is correct, set max_shrink: 100 for one run."
        )


def fail_the_run() -> None:
    """Make Ansible fail because of this source, as if its setting INVENTORY_ANY_UNPARSED_IS_FAILED were on.

    By default, Ansible prints a warning and continues with the hosts of other sources, or without hosts.
    """
    t.cast(t.Any, C).INVENTORY_ANY_UNPARSED_IS_FAILED = True
