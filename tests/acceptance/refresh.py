# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Edit a real NetBox, and compare inventories that were refreshed from its change log with full reads.

The NetBox must be empty, or contain only objects from an earlier run. The program creates, edits, and deletes objects.
Do not use a NetBox that anybody needs.
"""

from __future__ import annotations

import argparse
import functools
import importlib
import itertools
import os
import random
import sys
import tempfile
import time
import traceback
import typing as t
from pathlib import Path

sys.path.insert(0, str(Path(__file__).absolute().parents[5]))
os.environ.setdefault("ANSIBLE_LOCAL_TEMP", tempfile.mkdtemp(prefix="acceptance-") + "/tmp")

from ansible.plugins.loader import init_plugin_loader  # noqa: E402

init_plugin_loader()

from ansible_collections.netbox.cursor.tests.acceptance import change_recorder as recorders  # noqa: E402
from ansible_collections.netbox.cursor.tests.acceptance.__main__ import Real  # noqa: E402
from ansible_collections.netbox.cursor.tests.acceptance.fill import Refused, Server, fill  # noqa: E402
from ansible_collections.netbox.cursor.tests.laws.refreshing import AUDIT, Refreshing, compare  # noqa: E402
from ansible_collections.netbox.cursor.tests.laws.rich import RICH  # noqa: E402
from ansible_collections.netbox.cursor.tests.stand_in.edit_strategies import EDITS, Hand, Nothing  # noqa: E402

GROUPS = (
    *("site", "location", "tenant", "rack", "rack_role", "tag", "role", "device_type", "manufacturer", "platform"),
    *("region", "site_group", "cluster", "cluster_type", "cluster_group", "status", "services"),
)
EVERYTHING = {"interfaces": True, "services": True, "virtual_disks": True, "dns_name": True, "group_by": GROUPS}
# These expressions add whole nested objects to the host variables.
NESTED = {"compose": {name: name for name in ("device_type", "virtual_chassis", "primary_ip", "rack", "cluster")}}
CONFIGURATIONS: dict[str, dict[str, t.Any]] = {
    "everything": EVERYTHING,
    "everything, GraphQL": {**EVERYTHING, "transport": "graphql"},
    "sites, prefixes": {"site_data": True, "prefixes": True, "config_context": True, "empty_groups": True},
    "nested objects": {**NESTED, "host_vars": ["site", "locations"]},
    "few variables": {"host_vars": ["site"], "group_by": ["location", "site_group"]},
    "filtered": {**EVERYTHING, "query_filters": [{"status": ["active", "planned"]}, {"name__n": "nobody"}]},
    "filtered by a search": {"query_filters": [{"q": "1"}], "services": True},
}


class Table:
    """A list of a real NetBox, with the interface of a mock NetBox table."""

    def __init__(self, server: Server, endpoint: str) -> None:
        self._rows = {row["id"]: row for row in server.rows(endpoint)}

    def ids(self) -> list[int]:
        return sorted(self._rows)

    def __getitem__(self, number: int) -> t.Any:
        return self._rows[number]

    def get(self, number: int, default: t.Any = None) -> t.Any:
        return self._rows.get(number, default)

    def values(self) -> t.Any:
        return self._rows.values()


class Editor:
    """Performs random edits on a real NetBox.

    The functions in `EDITS` are written for a mock NetBox. This class replaces the mock NetBox, its estate, and the
    target of its edits.
    """

    def __init__(self, server: Server, without: t.Collection[str] = ()) -> None:
        self._server = server
        self._names = sorted(EDITS.keys() - set(without))
        self.estate = self
        self._tables: dict[str, Table] = {}

    def get(self, endpoint: str) -> Table:
        if endpoint not in self._tables:
            self._tables[endpoint] = Table(self._server, endpoint)
        return self._tables[endpoint]

    table = get

    def edit(self) -> str | None:
        """Perform one random edit. Return its name, or None if it failed."""
        name = random.choice(self._names)
        hand = Hand(t.cast(t.Any, self), [random.randrange(1000) for dummy in range(12)])
        try:
            EDITS[name](hand, self)
        except (Refused, Nothing, KeyError, TypeError, AttributeError, ValueError):
            return None
        return name

    def create(self, endpoint: str, **fields: t.Any) -> t.Any:
        return self._write("POST", endpoint, fields)

    def update(self, endpoint: str, number: int, **fields: t.Any) -> t.Any:
        return self._write("PATCH", f"{endpoint}/{number}", fields)

    def delete(self, endpoint: str, number: int) -> None:
        self._write("DELETE", f"{endpoint}/{number}", None)

    def _write(self, method: str, path: str, fields: t.Any) -> t.Any:
        self._tables.clear()
        return self._server.request(method, path, **({"json": fields} if fields is not None else {}))


def refreshed(name: str, refreshing: Refreshing) -> list[str]:
    """Refresh an inventory, and return its differences from a full read."""
    again = refreshing.run()
    found = compare(refreshing.fresh(), again)
    if again.crash:
        found += traceback.format_exception(again.crash)[-3:]
    return [f"{name}: {each}" for each in found]


def report(what: str, found: list[str], said: list[str]) -> bool:
    for line in found[:8]:
        print(f"    {what}: {line[:600]}", flush=True)
    if found:
        print("\n".join(f"    {text}" for text in said), flush=True)
    return bool(found)


def try_random_edits(editor: Editor, real: Real, number: int, size: int) -> int:
    """Perform at least `number` random edits in batches of `size`.

    Refresh three inventories after each batch. Return how many of them differed from a full read.
    """
    inventories = {name: Refreshing(real, options, 5) for name, options in CONFIGURATIONS.items()}
    for each in inventories.values():
        each.run()
    broken, refreshes, done, kinds = 0, 0, 0, itertools.cycle(inventories)
    while done < number:
        edits: list[str] = []
        while len(edits) < size:
            name = editor.edit()
            edits += [name] if name else []
        done += len(edits)
        for dummy in range(3):
            kind = next(kinds)
            inventories[kind].said.clear()
            found = refreshed(kind, inventories[kind])
            broken += report(f"after {', '.join(edits)}", found, inventories[kind].said)
            said = " ".join(inventories[kind].said)
            refreshes += "read again" in said
            print(f"{done} edits, {kind}: {said[:150]}", flush=True)
    print(f"{refreshes} of the inventories came from changes")
    return broken


def start(inventories: t.Iterable[Refreshing]) -> None:
    """Read each inventory once, so that its next run is a refresh."""
    for refreshing in inventories:
        refreshing.said.clear()
        refreshing.run()


def try_cases(url: str, token: str, real: Real, part: str) -> int:
    """Perform the edits of the cases whose names contain `part`.

    Return how many refreshed inventories differed from a full read.
    """
    cases = importlib.import_module("ansible_collections.netbox.cursor.tests.acceptance.change_cases")
    server, broken = recorders.Server(url, token), 0
    inventories = {name: Refreshing(real, options, 5) for name, options in CONFIGURATIONS.items()}
    run = f"{int(time.time()) % 65536:x}"
    for number, case in enumerate(cases.CASES):
        if part not in case.name or not case.applies_to(server.version):
            continue
        scene = recorders.Scene(server, f"c{number}r{run}-", f"10.{int(run, 16) % 256}.{number}.", {})
        # Check only one inventory for each case, because each check takes several seconds.
        chosen = [list(inventories)[number % len(inventories)]]
        scene.watch = functools.partial(start, [inventories[name] for name in chosen])  # type: ignore[method-assign]
        try:
            case.run(scene)
            for name in chosen:
                broken += report(case.name, refreshed(name, inventories[name]), inventories[name].said)
            said = sorted({inventories[name].said[-1].split(", audit")[0] for name in chosen})
            print(f"{case.name}: {'; '.join(said)[:300]}", flush=True)
            scene.end()
        except (recorders.Refused, ValueError) as error:
            print(f"{case.name}: not tried: {str(error)[:200]}", flush=True)
    return broken


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("token")
    parser.add_argument("--edits", type=int, default=1000, help="random edits")
    parser.add_argument("--batch", type=int, default=10, help="random edits between two refreshes")
    parser.add_argument("--cases", action="store_true", help="also perform the edits whose traces are recorded")
    parser.add_argument("--case", default="", help="only those whose names contain these words")
    parser.add_argument("--keep", action="store_true", help="do not fill the NetBox again")
    parser.add_argument("--without", action="append", default=[], choices=sorted(EDITS), help="random edits to omit")
    parser.add_argument("--seed", type=int, default=random.randrange(2**31))
    options = parser.parse_args()
    random.seed(options.seed)
    print(f"seed {options.seed}, audit warning: {AUDIT}", flush=True)
    server = Server(options.url, options.token)
    real = Real(server, options.token)
    broken = 0
    if options.cases or options.case:
        broken += try_cases(options.url, options.token, real, options.case)
    if options.edits:
        if not options.keep:
            fill(server, RICH)
        broken += try_random_edits(Editor(server, options.without), real, options.edits, options.batch)
    print(f"{broken} contradictions")
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
