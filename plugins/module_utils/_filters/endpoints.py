# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""NetBox's endpoints, and the terms that users write for them."""

from __future__ import annotations

import difflib
import re
import typing as t

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UsageError

# All object lists in the schemas of NetBox 4.5, 4.6, and 4.7.
_LISTS = {
    "circuits": """
        circuit-group-assignments circuit-groups circuit-terminations circuit-types circuits provider-accounts
        provider-networks providers virtual-circuit-terminations virtual-circuit-types virtual-circuits
    """,
    "core": """
        background-queues background-tasks background-workers data-files data-sources jobs object-changes object-types
    """,
    "dcim": """
        cable-bundles cable-terminations cables console-port-templates console-ports console-server-port-templates
        console-server-ports cooling-feeds cooling-intake-templates cooling-intakes cooling-outflow-templates
        cooling-outflows cooling-sources device-bay-templates device-bays device-roles device-types devices
        front-port-templates front-ports interface-templates interfaces inventory-item-roles inventory-item-templates
        inventory-items locations mac-addresses manufacturers module-bay-templates module-bay-types module-bays
        module-type-profiles module-types modules platforms power-feeds power-outlet-templates power-outlets
        power-panels power-port-templates power-ports rack-groups rack-reservations rack-roles rack-types racks
        rear-port-templates rear-ports regions site-groups sites virtual-chassis virtual-device-contexts
    """,
    "extras": """
        bookmarks config-context-profiles config-contexts config-templates custom-field-choice-sets custom-fields
        custom-links event-rules export-templates image-attachments journal-entries notification-groups notifications
        saved-filters scripts subscriptions table-configs tagged-objects tags webhooks
    """,
    "ipam": """
        aggregates asn-ranges asns fhrp-group-assignments fhrp-groups ip-addresses ip-ranges prefixes rirs roles
        route-targets service-templates services vlan-groups vlan-translation-policies vlan-translation-rules vlans vrfs
    """,
    "tenancy": """
        contact-assignments contact-groups contact-roles contacts tenant-groups tenants
    """,
    "users": """
        groups owner-groups owners permissions tokens users
    """,
    "virtualization": """
        cluster-groups cluster-types clusters interfaces virtual-disks virtual-machine-types virtual-machines
    """,
    "vpn": """
        ike-policies ike-proposals ipsec-policies ipsec-profiles ipsec-proposals l2vpn-terminations l2vpns tunnel-groups
        tunnel-terminations tunnels
    """,
    "wireless": """
        wireless-lan-groups wireless-lans wireless-links
    """,
}

ENDPOINTS = tuple(f"{app}/{name}" for app, names in _LISTS.items() for name in names.split())
"""Paths of NetBox's own lists, without ``api/``. Lists of plugins have paths below ``plugins/``."""


class Target(t.NamedTuple):
    """The list that a term refers to, or one object in that list."""

    endpoint: str
    id: int | None


def target(term: str) -> Target:
    """Parse a term: a path (``dcim/devices``, ``plugins/bgp/sessions``), its dotted form, or a short name.

    A short name is the last part of a path (``devices``), if it is unique in NetBox. Each form can end with an ID
    (``dcim/devices/5``).

    Paths of unknown endpoints are accepted, because servers differ. For all other terms, raise :class:`UsageError` with
    suggestions.
    """
    path = re.sub(r"^api/", "", str(term).strip().strip("/"))
    if "/" not in path:
        path = path.replace(".", "/")
    if not re.fullmatch(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*", path):
        raise UsageError(f"Invalid endpoint {term!r}. Use a path such as dcim/devices.")
    numbered = re.fullmatch(r"(.+)/([0-9]+)", path)
    name, number = (numbered[1], int(numbered[2])) if numbered else (path, None)
    return Target(name if "/" in name else _find_short_name(name), number)


def _find_short_name(name: str) -> str:
    name = name.replace("_", "-").lower()
    found = [endpoint for endpoint in ENDPOINTS if endpoint.split("/")[1] == name]
    if len(found) > 1:
        raise UsageError(f"{name!r} is ambiguous. Use {' or '.join(found)}.")
    if not found:
        raise UsageError(f"NetBox has no endpoint {name!r}.{did_you_mean(name)}")
    return found[0]


def did_you_mean(name: str) -> str:
    """Return `` Did you mean ...?`` with the endpoints that have the most similar names, or an empty string.

    For plugin endpoints, return a sentence about the plugin instead.
    """
    if name.startswith("plugins/"):
        return " Check that this plugin is installed in NetBox."
    short = {endpoint.split("/")[1]: endpoint for endpoint in ENDPOINTS}
    last = name.split("/")[-1]
    near = [endpoint for endpoint in ENDPOINTS if endpoint.split("/")[1] == last]
    near += [short[match] for match in difflib.get_close_matches(last, short, n=3, cutoff=0.75)]
    return f" Did you mean {' or '.join(dict.fromkeys(near))}?" if near else ""
