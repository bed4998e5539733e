# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Run nb_inventory: use the cache, read from NetBox, or use an expired cache if NetBox is down."""

from __future__ import annotations

import gc
import typing as t
from collections.abc import Iterator
from contextlib import contextmanager

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import DOWN, NetBoxError, UsageError
from ansible_collections.netbox.cursor.plugins.plugin_utils._connection import identity
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.cache import Entry, cache_key
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.expressions import Expressions, Naming
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.fill import fill
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.guard import Guard
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.hosts import Host, Inventory, make_hosts
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.options import Options
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.plan import make_plan


def run(plugin: t.Any, use_cache: bool, seconds: float) -> None:
    """Fill the inventory of ``plugin``.

    If ``use_cache`` is true, use the inventory in the cache if it is at most ``seconds`` old. 0 allows any age.
    """
    options, expressions = Options.read(plugin.get_option), Expressions.read(plugin.get_option)
    if plugin.get_option("refresh") == "changes" and not plugin.get_option("cache"):
        raise UsageError("refresh: changes requires cache: true.")
    key, warn = _key(plugin, options, expressions), plugin.display.warning
    entry = Entry(plugin._cache, key, seconds, warn) if plugin.get_option("cache") else None
    guard = Guard(plugin, options)
    with _no_garbage_collection():
        found = _cached(entry) if entry and use_cache else None
        fresh = found is None
        if found is None:
            try:
                found, kept = _fresh(plugin, options, expressions, entry, use_cache)
            except DOWN as error:
                found, fresh = _stale(plugin, entry, error), False
        guard.check([host.name for host in found.hosts], fresh)
        if fresh and entry:
            entry.write(vars(found), *kept)
        for warning in found.warnings:
            plugin.display.warning(warning)
        number = len(found.hosts)
        fill(plugin, found, expressions)
    plugin.display.verbose(f"netbox.cursor: {number} hosts", caplevel=0)


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Suspend garbage collection. It would not find any garbage, but would increase the run time by a tenth."""
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collected:
            if not gc.get_freeze_count():
                # Move all new objects to the oldest generation. Otherwise, Python now looks for garbage among all of
                # them, which takes as long as reading the cache.
                gc.freeze()
                gc.unfreeze()
            gc.enable()


def _fresh(
    plugin: t.Any, options: Options, expressions: Expressions, entry: Entry | None, use_cache: bool
) -> tuple[Inventory, tuple[t.Any, list[str]]]:
    """Read the current inventory from NetBox, and return it with the data that the cache stores for a refresh."""
    # Import these modules late, because a cached run does not need an HTTP client. Importing it takes longer than all
    # other imports together.
    from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.read import read_snapshot
    from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.refresh import read_refreshed

    plan = make_plan(options, expressions.needs(), expressions.compose)
    if plugin.get_option("refresh") == "full" or entry is None:
        snapshot, plan = read_snapshot(plugin, plan, options)
        state, parts = None, []
    else:
        refreshed = read_refreshed(plugin, plan, options, entry, use_cache)
        snapshot, plan, parts = refreshed.snapshot, refreshed.plan, refreshed.parts
        state = refreshed.state.as_data() if refreshed.state else None
    naming = Naming(plugin, expressions.hostnames) if expressions.hostnames else None
    found = make_hosts(snapshot, plan, options, naming)
    if naming:
        found.warnings += naming.warnings()
    return found, (state, parts)


def _cached(entry: Entry, stale: float = 0) -> Inventory | None:
    """Return the inventory in the cache, or ``None``. It can have expired up to ``stale`` seconds ago."""
    kept = entry.read(stale)
    if kept is None:
        return None
    hosts = [Host(*host) for host in kept["hosts"]]
    return Inventory(hosts, list(kept["edges"]), kept["groups"], kept["warnings"])


def _stale(plugin: t.Any, entry: Entry | None, error: NetBoxError) -> Inventory:
    """Return an expired inventory if the user allows it. Otherwise, raise ``error``."""
    allowed = plugin.get_option("stale_if_error")
    found = _cached(entry, allowed) if entry and allowed else None
    if found is None:
        raise error
    plugin.display.warning(f"NetBox is not available. An expired inventory is used (stale_if_error): {error}")
    return found


def _key(plugin: t.Any, options: Options, expressions: Expressions) -> str:
    return cache_key(identity(plugin), vars(options), vars(expressions))
