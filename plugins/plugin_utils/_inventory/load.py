# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""One run of nb_inventory: from the cache, from NetBox, or from an older cache where NetBox is down."""

from __future__ import annotations

import gc
import typing as t
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ansible.errors import AnsibleError

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import DOWN, NetBoxError
from ansible_collections.netbox.cursor.plugins.plugin_utils._connection import identity
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.build import Build, Naming
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.cache import Content, Entry, cache_key
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.fill import Filler
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.hosts import Host
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.plan import plan
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.settings import Settings
from ansible_collections.netbox.cursor.plugins.plugin_utils._unsafe import marked


def load(plugin: t.Any, use_cache: bool, seconds: float) -> None:
    """Fill the inventory of ``plugin``. ``use_cache``: what is kept counts, for so many ``seconds`` (0: for ever)."""
    settings = Settings.of_options(plugin.get_option)
    wanted = plan(settings, expressions(plugin.get_option))
    caching = plugin.get_option("cache")
    entry = Entry(plugin._cache, _key(plugin, settings), seconds) if caching else None
    filler = Filler(plugin)
    with _nothing_collected():
        kept = entry.read() if entry and use_cache else None
        if kept is None:
            # An inventory from the cache needs no HTTP, whose import takes longer than that of all else.
            from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.ask import ask

            try:
                rows = ask(plugin, wanted, settings)
            except DOWN as error:
                kept = _stale(plugin, entry, error)
            else:
                build = Build(rows, wanted, settings, _naming(plugin), plugin.display.warning)
                _fill_anew(plugin, filler, build, entry)
                return
        _fill(filler, kept)


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """No garbage collection: what piles up here is no garbage, and to look through all of it, again and again, takes a
    tenth of the time."""
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collected:
            gc.enable()


def expressions(option: Callable[[str], t.Any]) -> list[str]:
    """All Jinja expressions that are evaluated for hosts."""
    found = [str(one) for one in option("hostnames") or ()]
    for name in ("compose", "groups"):
        found += [str(one) for one in (option(name) or {}).values()]
    for entry in option("keyed_groups") or ():
        found += [str(entry[name]) for name in ("key", "parent_group") if entry.get(name)]
    return found


def _naming(plugin: t.Any) -> Naming | None:
    """What evaluates ``hostnames``; ``None`` where there are none."""
    wanted = plugin.get_option("hostnames")
    if not wanted:
        return None

    def name(variables: dict[str, t.Any]) -> str | None:
        seen = marked(variables)
        for expression in wanted:
            try:
                value = plugin._compose(expression, seen)
            except AnsibleError:
                if plugin.get_option("strict"):
                    raise
                continue
            if value not in (None, "", [], {}):
                return str(value)
        return None

    return name


def _fill_anew(plugin: t.Any, filler: Filler, build: Build, entry: Entry | None) -> None:
    kept: list[Host] = []
    count = 0
    for host in build.hosts():
        filler.add(host)
        count += 1
        if entry:
            kept.append(host)
    edges = build.edges()
    filler.edges(edges)
    empty = build.empty_groups()
    for group in empty:
        filler.group(group)
    plugin.display.verbose(f"netbox.cursor: {count} hosts", caplevel=0)
    if entry:
        entry.write({"hosts": kept, "edges": edges, "groups": empty})


def _fill(filler: Filler, kept: Content) -> None:
    for host in kept["hosts"]:
        filler.add(Host(*host))
    filler.edges(tuple(edge) for edge in kept["edges"])
    for group in kept["groups"]:
        filler.group(group)


def _stale(plugin: t.Any, entry: Entry | None, error: NetBoxError) -> Content:
    """What was kept, though too old, where the user allows it. Raises ``error`` otherwise."""
    allowed = plugin.get_option("stale_if_error")
    kept = entry.read(stale=allowed) if entry and allowed else None
    if kept is None:
        raise error
    plugin.display.warning(
        f"NetBox cannot be asked; an older inventory from the cache is used (stale_if_error): {error}"
    )
    return kept


def _key(plugin: t.Any, settings: Settings) -> str:
    shape = {name: plugin.get_option(name) for name in ("hostnames", "compose", "groups", "keyed_groups")}
    return cache_key(identity(plugin), vars(settings), shape)
