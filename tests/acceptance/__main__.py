# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check laws 1 to 7 on a real NetBox.

The program fills NetBox with test data, and reads inventories with random configurations. The NetBox must be empty, or
contain only objects from an earlier run. Without --keep, the program deletes existing objects first. Do not use a
NetBox that anybody needs.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import typing as t
from collections.abc import Callable, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).absolute().parents[5]))
# netbox.netbox caches the NetBox schema next to Ansible's temporary directory. Servers of the same version would share
# this cache, so use a new directory.
_temporary = tempfile.TemporaryDirectory(prefix="acceptance-")
os.environ["ANSIBLE_LOCAL_TEMP"] = _temporary.name + "/tmp"

from ansible.plugins.loader import init_plugin_loader, inventory_loader  # noqa: E402
from hypothesis import HealthCheck, Phase, given, seed, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

init_plugin_loader()

from ansible_collections.netbox.cursor.tests.acceptance.fill import Server, fill  # noqa: E402
from ansible_collections.netbox.cursor.tests.laws import laws, peer  # noqa: E402
from ansible_collections.netbox.cursor.tests.laws.configurations import configurations, subsets  # noqa: E402
from ansible_collections.netbox.cursor.tests.laws.peer_bugs import Context, unexplained  # noqa: E402
from ansible_collections.netbox.cursor.tests.laws.rich import RICH  # noqa: E402
from ansible_collections.netbox.cursor.tests.laws.running import OURS, Outcome, read  # noqa: E402

Try = Callable[[st.DataObject], tuple[list[str], t.Any]]


class Real:
    """Reads inventories and lists of a real NetBox."""

    def __init__(self, server: Server, token: str) -> None:
        self.url = server.url
        self._token = token
        self._server = server
        self._kept: dict[str, list[dict[str, t.Any]]] = {}

    def run(
        self, options: Mapping[str, t.Any], *, earlier: Mapping[str, t.Any] | None = None, plugin: str = OURS
    ) -> Outcome:
        chosen = {"api_endpoint": self.url, "token": self._token, **options}
        return read(chosen, earlier=earlier, plugin=plugin)

    def rows(self, endpoint: str) -> list[dict[str, t.Any]]:
        # Nobody edits this NetBox during the checks, so read each list only once.
        if endpoint not in self._kept:
            self._kept[endpoint] = self._server.rows(endpoint)
        return self._kept[endpoint]


def tries(real: Real, with_peer: bool) -> dict[str, Try]:
    """Return a function for each law.

    The function draws options and checks the law with them. It returns the contradictions and the drawn options.
    """

    def simple(law: Callable[..., list[str]]) -> Try:
        def tried(data: st.DataObject) -> tuple[list[str], t.Any]:
            options = data.draw(configurations(RICH))
            return law(real, options), options

        return tried

    def pages(data: st.DataObject) -> tuple[list[str], t.Any]:
        options = {**data.draw(configurations(RICH)), "transport": data.draw(st.sampled_from(("rest", "graphql")))}
        pagination = data.draw(st.sampled_from(("auto", "offset")))
        return laws.pages_do_not_matter(real, options, pagination), (options, pagination)

    def selects(data: st.DataObject) -> tuple[list[str], t.Any]:
        options, chosen = data.draw(configurations(RICH, with_filters=False)), data.draw(subsets())
        return laws.host_vars_select(real, options, chosen), (options, chosen)

    def one_site(data: st.DataObject) -> tuple[list[str], t.Any]:
        options = data.draw(configurations(RICH, with_filters=False))
        site = data.draw(st.sampled_from([site["slug"] for site in RICH.sites]))
        return laws.one_site_is_a_part(real, options, site), (options, site)

    def beside(data: st.DataObject) -> tuple[list[str], t.Any]:
        options = data.draw(peer.peer_configurations(RICH))
        told = {**options, "compose": {**options.get("compose", {}), laws.WHO: "url"}}
        with peer.silent_threads():
            theirs = real.run(told, plugin=peer.PEER)
        found = peer.differences_between(real.run(peer.ours(told)), theirs)
        return [str(each) for each in unexplained(Context(real.rows, options), found)], options

    found: dict[str, Try] = {
        "1 REST = GraphQL": simple(laws.transports_agree),
        "2 cached = fresh": simple(laws.cache_keeps_all),
        "3 pages and workers": pages,
        "4 host_vars": selects,
        "5 whole objects": simple(laws.whole_objects_do_not_matter),
        "6 one site": one_site,
    }
    if with_peer:
        found["7 netbox.netbox"] = beside
    return found


def count_broken(name: str, attempt: Try, examples: int, number: int) -> int:
    """Check a law with random configurations, and print the contradictions.

    Return how many configurations contradict the law. `number` is the random seed.
    """
    broken: list[tuple[list[str], t.Any]] = []

    @seed(number)
    @settings(
        max_examples=examples, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=HealthCheck
    )
    @given(st.data())
    def trying(data: st.DataObject) -> None:
        contradictions, drawn = attempt(data)
        if contradictions:
            broken.append((contradictions, drawn))

    trying()
    print(f"{name}: {examples} configurations, {len(broken)} contradict", flush=True)
    for contradictions, drawn in sorted(broken, key=lambda each: len(repr(each[1])))[:5]:
        print(f"    {drawn!r}")
        for line in contradictions[:4]:
            print(f"        {line[:300]}", flush=True)
    return len(broken)


def main() -> int:
    parser = argparse.ArgumentParser(prog="acceptance", description=__doc__)
    parser.add_argument("--url", default=os.environ.get("NETBOX_API"), help="default: NETBOX_API")
    parser.add_argument("--token", default=os.environ.get("NETBOX_TOKEN"), help="default: NETBOX_TOKEN")
    parser.add_argument("--examples", type=int, default=200, help="configurations for each law")
    parser.add_argument("--seed", type=int, default=random.randrange(2**31))
    parser.add_argument("--law", default="", help="only laws whose name contains this")
    parser.add_argument("--keep", action="store_true", help="do not fill the NetBox again")
    options = parser.parse_args()
    if not options.url or not options.token:
        parser.error("Set NETBOX_API and NETBOX_TOKEN.")
    server = Server(options.url, options.token)
    if not options.keep:
        fill(server, RICH)
    with_peer = inventory_loader.get(peer.PEER) is not None
    if not with_peer:
        print("7 netbox.netbox: not tried, because the collection netbox.netbox or the library pytz is missing")
    print(f"seed {options.seed}", flush=True)
    chosen = {
        name: attempt for name, attempt in tries(Real(server, options.token), with_peer).items() if options.law in name
    }
    # Check every law, even after a contradiction.
    broken = [count_broken(name, attempt, options.examples, options.seed) for name, attempt in chosen.items()]
    return int(any(broken))


if __name__ == "__main__":
    sys.exit(main())
