# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read lists with several workers while threads add, delete, and edit rows, and check the remaining rows."""

from __future__ import annotations

import itertools
import queue
import random
import threading
import time
import typing as t
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ansible_collections.netbox.cursor.plugins.module_utils._graphql.selection import parse
from ansible_collections.netbox.cursor.plugins.module_utils._graphql.walk import GraphQL
from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import IncompleteList
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager
from ansible_collections.netbox.cursor.tests.stand_in import NetBox

SITES = "dcim/sites"
WORKERS = 8


def by_rest(pager: Pager) -> Iterator[t.Any]:
    return pager.rows(SITES)


def by_graphql(pager: Pager) -> Iterator[t.Any]:
    return GraphQL(pager).rows("site_list", parse("id name description"))


def in_an_order(pager: Pager) -> Iterator[t.Any]:
    return pager.rows(SITES, ordering="name")


# Methods of reading, with their pagination. Cursors never lose rows. Offset pagination reports lost rows.
WAYS: dict[str, tuple[Callable[[Pager], Iterator[t.Any]], str]] = {
    "split cursor": (by_rest, "auto"),
    "GraphQL": (by_graphql, "auto"),
    "threaded offset": (by_rest, "offset"),
    "threaded offset, ordering: name": (in_an_order, "offset"),
}
BY_CURSOR = ("split cursor", "GraphQL")


@dataclass
class Walk:
    """The result of reading a changing list: missing remaining rows, repeated rows, and the errors and warnings."""

    lost: int
    repeated: int
    said: str
    changes: int


@contextmanager
def changing(netbox: NetBox, rows: int) -> Iterator[tuple[set[int], Callable[[], int]]]:
    """Create the sites 1 to ``rows``. Gradually delete every third site, while new sites are added and all sites are
    edited.

    Yield the IDs of the remaining sites, and a function that returns the number of changes. The writing threads can
    change data at any time. As in a transaction, NetBox responds to each request with the current data.
    """
    sites = netbox.table(SITES)
    example = sites[min(sites)]
    sites.replace({number: {**example, "id": number, "name": f"site {number:07}"} for number in range(1, rows + 1)})
    staying = {number for number in range(1, rows + 1) if number % 3}
    written: queue.SimpleQueue[Callable[[], object]] = queue.SimpleQueue()
    numbers = itertools.count(rows + 1)
    done = itertools.count()
    stop = threading.Event()

    def edit(number: int) -> None:
        sites[number] = {**sites[number], "description": f"edited {time.monotonic()}"}

    def add() -> None:
        number = next(numbers)
        sites[number] = {**example, "id": number, "name": f"new {random.random()}"}

    doomed = list(range(3, rows + 1, 3))
    random.shuffle(doomed)
    stays = list(staying)

    def write(change: Callable[[], Callable[[], object] | None]) -> None:
        while not stop.wait(0.001):
            for dummy in range(max(1, rows // 5000)):
                one = change()
                if one is not None:
                    written.put(one)

    def deletion() -> Callable[[], object] | None:
        if not doomed:
            return None
        number = doomed.pop()
        return lambda: sites.pop(number)

    def edition() -> Callable[[], object]:
        number = random.choice(stays)
        return lambda: edit(number)

    def take_over(received: object) -> None:
        while True:
            try:
                change = written.get_nowait()
            except queue.Empty:
                return
            change()
            next(done)

    netbox.hooks.append(take_over)
    threads = [threading.Thread(target=write, args=(change,)) for change in (lambda: add, deletion, edition)]
    for thread in threads:
        thread.start()
    try:
        yield staying, lambda: next(done)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        netbox.hooks.remove(take_over)


def walk(netbox: NetBox, way: str, rows: int, page_size: int) -> Walk:
    """Read the sites while they change."""
    read, pagination = WAYS[way]
    client = Client(netbox.url, netbox.tokens["v1"], sleep=lambda seconds: None)
    netbox.requests.clear()
    said, seen = "", Counter[int]()
    with changing(netbox, rows) as (staying, changes), client:
        with Pager(client, page_size=page_size, max_workers=WORKERS, pagination=pagination) as pager:
            try:
                for row in read(pager):
                    seen[int(row["id"])] += 1
            except IncompleteList as error:
                said = str(error)
        made = changes()
    return Walk(len(staying - set(seen)), sum(number > 1 for number in seen.values()), said, made)
