# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read one list, and print the number of its rows.

Usage: python walk.py CLIENT ENDPOINT WORKERS [ROWS]

CLIENT is a key of CLIENTS. With ROWS, the pager clients read at most this number of rows, and only their IDs and names.
The environment variables NETBOX_API and NETBOX_TOKEN select the NetBox. This program iterates over the rows and does
not store them. It therefore needs memory for the whole list only if the client stores the list.
"""

from __future__ import annotations

import os
import sys
import typing as t
from collections.abc import Callable, Iterable, Iterator
from functools import partial

URL, TOKEN = os.environ["NETBOX_API"], os.environ["NETBOX_TOKEN"]


def pager(endpoint: str, workers: int, rows: int | None, *, pagination: str) -> Iterator[t.Any]:
    from ansible_collections.netbox.cursor.plugins.module_utils._filters.representation import Representation
    from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
    from ansible_collections.netbox.cursor.plugins.module_utils._lists.pager import Pager

    shape = Representation(endpoint, fields=["id", "name"]) if rows else None
    with Client(URL, TOKEN) as client, Pager(client, max_workers=workers, pagination=pagination) as walking:
        yield from walking.rows(endpoint, representation=shape, limit=rows)


def pager_without_orjson(endpoint: str, workers: int, rows: int | None) -> Iterator[t.Any]:
    sys.modules["orjson"] = t.cast(t.Any, None)  # Makes `import orjson` fail.
    return pager(endpoint, workers, rows, pagination="auto")


def nb_query(endpoint: str, workers: int, _rows: int | None) -> Iterable[t.Any]:
    return looked_up("netbox.cursor.nb_query", endpoint, max_workers=workers)


def nb_lookup(endpoint: str, _workers: int, _rows: int | None) -> Iterable[t.Any]:
    return looked_up("netbox.netbox.nb_lookup", endpoint.split("/")[1], raw_data=True)


def looked_up(name: str, term: str, **options: t.Any) -> list[t.Any]:
    from ansible.plugins.loader import init_plugin_loader, lookup_loader

    init_plugin_loader()
    found: list[t.Any] = lookup_loader.get(name).run([term], variables={}, **options)
    return found


def pynetbox(endpoint: str, workers: int, _rows: int | None, **options: t.Any) -> Iterable[t.Any]:
    import pynetbox as library

    app, name = endpoint.split("/")
    api = library.api(URL, TOKEN, max_workers=workers, **options)
    rows: Iterable[t.Any] = getattr(getattr(api, app), name.replace("-", "_")).all()
    return rows


CLIENTS: dict[str, Callable[[str, int, int | None], Iterable[t.Any]]] = {
    "pager": partial(pager, pagination="auto"),
    "pager-offset": partial(pager, pagination="offset"),
    "pager-without-orjson": pager_without_orjson,
    "nb_query": nb_query,
    "nb_lookup": nb_lookup,
    "pynetbox": pynetbox,
    "pynetbox-threaded": partial(pynetbox, threading=True),
    "pynetbox-cursor": partial(pynetbox, pagination="cursor"),
}


def main(client: str, endpoint: str, workers: str, rows: str = "") -> None:
    print(sum(1 for dummy in CLIENTS[client](endpoint, int(workers), int(rows) if rows else None)))


if __name__ == "__main__":
    main(*sys.argv[1:])
