# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""While other clients change a list, each remaining row is returned once. With offset pagination, lost rows are
reported. ``make soak`` repeats this test for longer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ansible_collections.netbox.cursor.plugins.module_utils._graphql.selection import parse
from ansible_collections.netbox.cursor.plugins.module_utils._graphql.walk import GraphQL
from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import IncompleteList
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager
from ansible_collections.netbox.cursor.tests.soak._changes import BY_CURSOR, SITES, WAYS, walk
from ansible_collections.netbox.cursor.tests.stand_in import Fault, NetBox, serve

ROWS, PAGE, ROUNDS = 2_000, 50, 3


@pytest.fixture(scope="module")
def netbox() -> Iterator[NetBox]:
    with serve(version="4.6", latency=0.005) as served:
        yield served


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_remaining_rows_are_returned_once_or_loss_is_reported(netbox: NetBox, way: str) -> None:
    for dummy in range(ROUNDS):
        walked = walk(netbox, way, ROWS, PAGE)
        assert walked.changes > 20
        assert not walked.repeated
        assert walked.said or not walked.lost
        assert way not in BY_CURSOR or not walked.said


def test_loss_in_a_list_with_ordering_is_reported(netbox: NetBox) -> None:
    sites = netbox.table(SITES)
    sites.replace({number: {"id": number, "name": f"{number:03}"} for number in range(1, 301)})

    def delete_the_first(received: object) -> None:
        sites.pop(min(sites))

    netbox.hooks.append(delete_the_first)
    client = Client(netbox.url, netbox.tokens["v1"])
    try:
        with (
            client,
            Pager(client, page_size=20, max_workers=1) as pager,
            pytest.raises(IncompleteList, match="deleted"),
        ):
            list(pager.rows(SITES, ordering="name"))
    finally:
        netbox.hooks.remove(delete_the_first)


@pytest.mark.parametrize("argument", [None, pytest.param(3, marks=pytest.mark.slow)], ids=["504", "time-out"])
@pytest.mark.parametrize("way", [*WAYS, "cursor", "offset"])
def test_a_server_that_fails_above_100_rows_is_walked_to_the_end(way: str, argument: int | None) -> None:
    """Each transport starts with pages of 300 rows. The log reports that they are too large, and the new size."""
    lines: list[str] = []
    pagination = "offset" if "offset" in way else "auto"
    workers = 8 if way in WAYS else 1
    with serve(version="4.6") as netbox:
        row = next(iter(netbox.table(SITES).values()))
        sites = {number: {**row, "id": number, "name": f"site {number:07}"} for number in range(1, 1501)}
        netbox.table(SITES).replace(sites)
        netbox.faults.append(Fault("slow_above", argument, limit_above=100))
        client = Client(
            netbox.url,
            netbox.tokens["v1"],
            timeout=1,
            sleep=lambda seconds: None,
            log=lambda verbosity, line: lines.append(line) if verbosity == 1 else None,
        )
        with client, Pager(client, pagination=pagination, max_workers=workers) as pager:
            if way == "GraphQL":
                ids = [int(one["id"]) for one in GraphQL(pager).rows("site_list", parse("id"))]
            else:
                ids = [one["id"] for one in pager.rows(SITES, ordering="name" if "ordering" in way else None)]
        netbox.faults.clear()
    assert ids == list(range(1, 1501))
    assert any("a page of 300 rows failed; retrying with 150" in line for line in lines)
    assert any("a page of 150 rows failed; retrying with 75" in line for line in lines)
