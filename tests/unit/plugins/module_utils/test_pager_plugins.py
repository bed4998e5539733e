# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists of plugins can have a filter called ``start``. A cursor is trusted there only if it is proven to work."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Iterator

import pytest

from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import IncompleteList, UsageError
from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager
from ansible_collections.netbox.cursor.tests.stand_in import NetBox, serve

LEASES = "plugins/dhcp/leases"
NUMBER = 250


@pytest.fixture(params=["4.5", "4.6", "4.7"])
def netbox(request: pytest.FixtureRequest) -> Iterator[NetBox]:
    with serve(version=request.param) as served:
        yield served


def fill(netbox: NetBox, start: Callable[[int], t.Any] | None) -> None:
    """Leases with a field ``start``, which is a filter as well, or without."""
    rows = [{"id": pk, **({"start": start(pk)} if start else {})} for pk in range(1, NUMBER + 1)]
    netbox.table(LEASES).replace({t.cast(int, row["id"]): row for row in rows})
    netbox.settings.own_start_filter.discard(LEASES)
    if start:
        netbox.settings.own_start_filter.add(LEASES)


def ids_of(netbox: NetBox, limit: int | None = None, **options: t.Any) -> list[int]:
    client = Client(netbox.url, netbox.tokens["v1"], sleep=lambda seconds: None)
    with client, Pager(client, page_size=60, **options) as pager:
        return [row["id"] for row in pager.rows(LEASES, limit=limit)]


STARTS: dict[str, Callable[[int], t.Any]] = {
    "zero": lambda pk: 0,
    "own ID": lambda pk: pk,
    "few values": lambda pk: pk % 7,
    "date": lambda pk: "2026-01-01",
    "string": lambda pk: "a",
}


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("limit", [None, 5, 130])
@pytest.mark.parametrize("start", STARTS)
def test_a_filter_called_start_loses_no_rows(netbox: NetBox, start: str, limit: int | None, workers: int) -> None:
    fill(netbox, STARTS[start])
    assert ids_of(netbox, limit, max_workers=workers) == list(range(1, NUMBER + 1))[:limit]


@pytest.mark.parametrize("workers", [1, 4])
def test_a_list_without_such_a_filter_is_read_by_cursor(netbox: NetBox, workers: int) -> None:
    fill(netbox, None)
    assert ids_of(netbox, max_workers=workers) == list(range(1, NUMBER + 1))
    cursors = sum("start" in dict(received.query) for received in netbox.requests)
    assert (cursors >= 4) == netbox.settings.has_cursor
    # The first page is read by offset, and its last row is read again with a cursor.
    assert len(netbox.requests) <= 5 + (workers > 1) + 4


def test_a_list_of_one_page_costs_one_request(netbox: NetBox) -> None:
    fill(netbox, STARTS["zero"])
    client = Client(netbox.url, netbox.tokens["v1"])
    with client, Pager(client, page_size=300) as pager:
        assert len(list(pager.rows(LEASES))) == NUMBER
    assert len(netbox.requests) == 1


class MostlyOpen(Client):
    """A plugin whose filter ``start`` selects rows that began later. It does not hide rows at the beginning of the
    list."""

    def get(self, path: str, parameters: t.Any = (), *, raise_if_overloaded: bool = False) -> t.Any:
        asked = dict(parameters)
        self.api_version = (4, 6)
        limit = int(asked["limit"])
        if "start" in asked:
            start = int(asked["start"])
            begins = {pk: 1000 if pk < 100 else 150 for pk in range(1, NUMBER + 1)}
            found = [pk for pk in range(start, NUMBER + 1) if begins[pk] >= start][:limit]
            following = f"?start={found[-1] + 1}&limit={limit}" if len(found) == limit else None
            return {"count": None, "next": following, "results": [{"id": pk} for pk in found]}
        offset = int(asked.get("offset", 0))
        found = list(range(1, NUMBER + 1))[offset : offset + limit]
        following = f"?offset={offset + limit}&limit={limit}" if offset + limit < NUMBER else None
        return {"count": NUMBER, "next": following, "results": [{"id": pk} for pk in found]}


@pytest.mark.parametrize("workers", [1, 4])
def test_a_filter_that_hides_later_rows_is_an_error(workers: int) -> None:
    with Pager(MostlyOpen("http://netbox.invalid"), page_size=60, max_workers=workers) as pager:
        with pytest.raises(IncompleteList, match="filter named start"):
            list(pager.rows(LEASES))
        assert [row["id"] for row in pager.rows(LEASES)] == list(range(1, NUMBER + 1))


def test_deleted_rows_are_not_taken_for_hidden_ones(netbox: NetBox) -> None:
    fill(netbox, None)
    table = netbox.table(LEASES)

    def delete(received: object) -> None:
        table.pop(max(table))

    netbox.hooks.append(delete)
    found = ids_of(netbox, max_workers=1)
    assert found == sorted(set(found)) and set(table) <= set(found)


def test_pagination_cursor_fails_if_start_is_a_filter(netbox: NetBox) -> None:
    fill(netbox, STARTS["own ID"])
    with pytest.raises(UsageError, match="does not support cursor pagination for plugins/dhcp/leases"):
        ids_of(netbox, pagination="cursor")
    fill(netbox, None)
    if netbox.settings.has_cursor:
        assert ids_of(netbox, pagination="cursor") == list(range(1, NUMBER + 1))
        assert ids_of(netbox, 130, pagination="cursor") == list(range(1, 131))
    else:
        with pytest.raises(UsageError, match=r"NetBox 4\.5 does not support cursor"):
            ids_of(netbox, pagination="cursor")
