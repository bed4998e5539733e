# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Report hosts that several inventory files of this plugin create. Ansible merges such hosts without a warning."""

from __future__ import annotations

import typing as t
import weakref
from collections.abc import Iterable

from ansible.inventory.data import InventoryData
from ansible.inventory.group import Group

from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.values import listing


class Source(t.NamedTuple):
    """An inventory file, and the prefix of the variables that it sets."""

    path: str
    prefix: str


# The keys are the groups `all` of inventories. On ansible-core 2.19 and later, each source has its own proxy of the
# inventory, which Python can delete before the next source is read.
_creators: weakref.WeakKeyDictionary[Group, dict[str, Source]] = weakref.WeakKeyDictionary()


def find_shared_hosts(inventory: InventoryData, names: Iterable[str], source: Source) -> list[str]:
    """Register the hosts of ``source``. Return one warning for each earlier file that created some of these hosts.

    Files with different variable prefixes are not compared, because they can describe the same host on purpose.
    """
    creators = _creators.setdefault(inventory.groups["all"], {})
    shared: dict[str, list[str]] = {}
    for name in names:
        other = creators.setdefault(name, source)
        if other.path != source.path and other.prefix == source.prefix:
            shared.setdefault(other.path, []).append(name)
    return [
        f"{path} and {source.path} create hosts with the same name, and Ansible merges them ({len(hosts)}): "
        f"{listing(hosts)}. Give them different names with hostnames. If they are the same hosts, set a different "
        "vars_prefix in each file."
        for path, hosts in shared.items()
    ]
