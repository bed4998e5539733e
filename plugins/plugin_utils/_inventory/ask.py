# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""NetBox is asked for what a plan wants: through GraphQL where that may be, else through REST."""

from __future__ import annotations

import typing as t

from ansible_collections.netbox.cursor.plugins.module_utils._http.client import GRAPHQL
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import DOWN, NetBoxError, UsageError
from ansible_collections.netbox.cursor.plugins.plugin_utils._connection import connect, open_pager
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.graphql import GraphQLSource
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.plan import Plan
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.progress import Progress
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.rest import RestSource
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.rows import Rows
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.settings import Settings


def ask(plugin: t.Any, wanted: Plan, settings: Settings) -> Rows:
    """All rows of the plan, from the NetBox that the options of ``plugin`` name."""
    transport, warn = plugin.get_option("transport"), plugin.display.warning
    with connect(plugin, "inventory") as client, open_pager(plugin, client) as pager, Progress() as progress:
        if transport != "rest":
            always = transport == "graphql"
            try:
                return GraphQLSource(pager, wanted, settings, warn, progress, always).rows()
            except NetBoxError as error:
                if always or not _rest_may_answer(error):
                    raise
                client.log(1, f"REST for everything, as GraphQL cannot be used: {error}")
        return RestSource(pager, wanted, settings, warn, progress).rows()


def _rest_may_answer(error: NetBoxError) -> bool:
    """Not where REST itself has failed: each of its requests was tried as often as it makes sense."""
    if isinstance(error, DOWN):
        return error.url.endswith(GRAPHQL)
    return not isinstance(error, UsageError)
