# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read lists through a proxy that fails at random, and measure whether they are complete and how many requests they
need."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from ansible_collections.netbox.cursor.plugins.module_utils._graphql.selection import parse
from ansible_collections.netbox.cursor.plugins.module_utils._graphql.walk import GraphQL
from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager
from ansible_collections.netbox.cursor.tests.stand_in import NetBox
from ansible_collections.netbox.cursor.tests.stand_in._proxy import KINDS, ChaosProxy, chaos

SITES = "dcim/sites"
PART = 0.2
# With fewer retries, all attempts of a request would sometimes fail.
RETRIES = 20
# Limit for the number of requests, relative to a read without failures. It applies to the median of all seeds.
MOST = 1.5


@dataclass(frozen=True)
class Load:
    """The list to read, and the client's timeout."""

    rows: int
    page_size: int
    workers: int = 4
    timeout: float = 10.0
    delay: float = 0.05


Read = Callable[[str, str, Load], "list[int]"]
"""Returns the IDs of all sites. It gets the URL, the token, and the load."""


def _pager(url: str, token: str, load: Load, pagination: str = "auto") -> Iterator[Pager]:
    client = Client(url, token, timeout=load.timeout, retries=RETRIES, sleep=lambda seconds: None)
    with client, Pager(client, page_size=load.page_size, max_workers=load.workers, pagination=pagination) as pager:
        yield pager


def by_rest(url: str, token: str, load: Load) -> list[int]:
    return [row["id"] for pager in _pager(url, token, load) for row in pager.rows(SITES)]


def by_offset(url: str, token: str, load: Load) -> list[int]:
    return [row["id"] for pager in _pager(url, token, load, "offset") for row in pager.rows(SITES)]


def by_graphql(url: str, token: str, load: Load) -> list[int]:
    fields = parse("id name")
    return [int(row["id"]) for pager in _pager(url, token, load) for row in GraphQL(pager).rows("site_list", fields)]


READS: dict[str, Read] = {"REST by cursor": by_rest, "REST by offset": by_offset, "GraphQL": by_graphql}


@dataclass
class Outcome:
    """The number of requests with and without failures, and the seeds with incomplete rows."""

    undisturbed: int
    requests: list[int]
    incomplete: list[int]
    failures: int

    @property
    def factor(self) -> float:
        return statistics.median(self.requests) / self.undisturbed

    @property
    def kept(self) -> bool:
        return not self.incomplete and self.factor <= MOST and self.failures > 0


def fill(netbox: NetBox, rows: int) -> None:
    netbox.table(SITES).replace({pk: {"id": pk, "name": f"site {pk:06}"} for pk in range(1, rows + 1)})


def disturbed(netbox: NetBox, read: Read, load: Load, seeds: Iterable[int], kinds: Sequence[str] = KINDS) -> Outcome:
    """Read all sites once without failures, and once for each seed."""
    fill(netbox, load.rows)
    expected, requests, incomplete, failures = list(range(1, load.rows + 1)), [], [], 0
    for seed in [-1, *seeds]:
        part = 0.0 if seed == -1 else PART
        with chaos(ChaosProxy(netbox.url, part, seed, kinds, load.delay)) as proxy:
            if read(proxy.url, netbox.tokens["v1"], load) != expected:
                incomplete.append(seed)
        requests.append(proxy.requests)
        failures += sum(proxy.failures.values())
    return Outcome(requests[0], requests[1:], incomplete, failures)
