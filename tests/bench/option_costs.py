# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Print the costs of inventory options: the number of requests to a mock NetBox, and CPU seconds from its cost model.

Usage: PYTHONPATH=... python tests/bench/option_costs.py [DEVICES [START OF A TITLE]]
"""

from __future__ import annotations

import sys
import typing as t
from collections.abc import Iterator

from ansible.plugins.loader import init_plugin_loader
from ansible.utils.collection_loader import AnsibleCollectionConfig

if AnsibleCollectionConfig.collection_finder is None:
    init_plugin_loader()

from ansible_collections.netbox.cursor.tests.laws.running import read
from ansible_collections.netbox.cursor.tests.stand_in import NetBox, serve

SELECT = "tenant {group {slug}} primary_ip4 {assigned_object {... on InterfaceType {name}}}"


def cases(netbox: NetBox) -> Iterator[tuple[str, dict[str, t.Any]]]:
    """Yield the title and the inventory options of each case."""
    devices = netbox.table("dcim/devices")
    # As many devices as one site contains if 300 sites share all devices equally.
    few = list(devices.ids())[: len(devices) // 300]
    sites = sorted({row["site"]["slug"] for row in devices.values()})
    trees = ["role", "platform", "tenant"]
    yield "all default variables", {}
    yield "exclude_filters with one site of 300", {"device_exclude_filters": [{"id": few}]}
    yield "include_filters with two sites", {"include_filters": [{"site": sites[0]}, {"site": sites[1]}]}
    yield "exclude_host_vars with tags", {"exclude_host_vars": ["tags"]}
    yield "group_by role, platform, and tenant", {"group_by": trees}
    yield "the same with group_trees", {"group_by": trees, "group_trees": trees}
    yield "primary_interface", {"primary_interface": True}
    yield "gateway_tag", {"gateway_tag": "edge"}
    yield "select", {"select": SELECT, "host_vars": ["all", "selected"]}


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 25_000
    with serve(version="4.6", estate=number, interfaces=1) as netbox:
        for title, options in cases(netbox):
            if not title.startswith(tuple(sys.argv[2:3]) or ("",)):
                continue
            netbox.requests.clear()
            netbox.cost.update(rest=0.0, graphql=0.0)
            outcome = read({"api_endpoint": netbox.url, "token": netbox.tokens["v1"], **options})
            seconds = sum(netbox.cost.values())
            error = f" {outcome.error}" if outcome.error else ""
            print(
                f"{title}: {len(outcome.hosts)} hosts, {len(netbox.requests)} requests, {seconds:.2f} s{error}",
                flush=True,
            )


if __name__ == "__main__":
    main()
