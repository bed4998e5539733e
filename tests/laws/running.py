# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run an inventory plugin in this process against a mock NetBox, and return a result that tests can compare.

The module opens no sockets. The mock NetBox answers requests from the library ``requests`` directly. A run of
nb_inventory without expressions takes about 10 ms.
"""

from __future__ import annotations

import contextlib
import dataclasses
import inspect
import io
import json
import os
import tempfile
import threading
import time
import typing as t
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import requests.adapters
import urllib3
from ansible.errors import AnsibleError
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import inventory_loader
from ansible.utils.display import Display

from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory import costs, rest_shaped
from ansible_collections.netbox.cursor.tests.stand_in import NetBox, Received
from ansible_collections.netbox.cursor.tests.stand_in._application import application

OURS = "netbox.cursor.nb_inventory"
URL = "http://netbox.test"
# Each run writes a source file. Use a directory in memory if there is one.
FOLDER = Path(tempfile.mkdtemp(prefix="laws-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None))
# Variables that contain the location of the source.
OF_THE_SOURCE = ("inventory_file", "inventory_dir")

Options = Mapping[str, t.Any]

# The tests use few hosts and interfaces. With these limits, the plugin reads them in the ways that it otherwise uses
# only for large numbers of objects.
rest_shaped.MIN_FOR_ESTIMATE = 0
costs.MIN_HOSTS_IN_SLICE = 0


@dataclasses.dataclass(frozen=True)
class Group:
    hosts: tuple[str, ...]
    children: tuple[str, ...]
    variables: dict[str, t.Any]


@dataclasses.dataclass(frozen=True)
class Outcome:
    """The content of Ansible's inventory after a run, with the warnings, the error, and the requests of the run."""

    # In the order in which Ansible would run tasks on them.
    hosts: dict[str, dict[str, t.Any]]
    groups: dict[str, Group]
    warnings: tuple[str, ...] = ()
    # The error message that Ansible would show, or None if the source was read.
    error: str | None = None
    # An exception that Ansible did not define. Ansible would show its traceback.
    crash: BaseException | None = None
    requests: tuple[Received, ...] = ()

    def groups_of(self, host: str) -> set[str]:
        """Return the groups that contain the host, directly or through child groups."""
        found: set[str] = set()
        waiting = [name for name, group in self.groups.items() if host in group.hosts]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += [above for above, group in self.groups.items() if name in group.children]
        return found

    def members(self, group: str) -> set[str]:
        """Return the hosts in a group and in its child groups."""
        return {host for host in self.hosts if group in self.groups_of(host)}


class Target(t.Protocol):
    """A NetBox that an inventory plugin reads."""

    url: str

    def run(self, options: Options, *, earlier: Mapping[str, t.Any] | None = None, plugin: str = OURS) -> Outcome:
        """Read a source with these options as Ansible does. ``earlier`` contains the data of earlier sources."""

    def rows(self, endpoint: str) -> list[dict[str, t.Any]]:
        """Return all objects of a list."""


class Mock:
    """A mock NetBox that answers in this process."""

    def __init__(self, netbox: NetBox) -> None:
        self.url = netbox.url = URL
        self.netbox = netbox
        self._application = application(netbox)
        self._lock = threading.Lock()
        # Called with the method and path before each request is answered, in the thread that sends the request. It can
        # wait or raise an exception.
        self.before: Callable[[str, str], None] | None = None
        # Called with the request and the content of a successful JSON response. It returns the content to send.
        self.change: Callable[[Received, t.Any], t.Any] | None = None

    def run(self, options: Options, *, earlier: Mapping[str, t.Any] | None = None, plugin: str = OURS) -> Outcome:
        chosen = {"api_endpoint": URL, "token": self.netbox.tokens["v1"], "retries": 0, **options}
        self.netbox.requests.clear()
        with wired(self):
            outcome = read(chosen, earlier=earlier, plugin=plugin)
        return dataclasses.replace(outcome, requests=tuple(self.netbox.requests))

    def rows(self, endpoint: str) -> list[dict[str, t.Any]]:
        return list(self.netbox.table(endpoint).values())

    def ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Return the status, headers, and body of the response."""
        parts = urlsplit(url)
        if self.before:
            self.before(method, parts.path)
        sent: list[t.Any] = []
        waiting = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> t.Any:
            return waiting.pop() if waiting else {"type": "http.disconnect"}

        async def send(message: t.Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": parts.scheme,
            "path": parts.path,
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "root_path": "",
            "headers": [(b"host", parts.netloc.encode())]
            + [(name.lower().encode(), str(value).encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        with self._lock:
            finish(self._application(scope, receive, send))
        start, *rest = sent
        told = {name.decode("latin-1"): value.decode("latin-1") for name, value in start["headers"]}
        content = b"".join(message.get("body", b"") for message in rest)
        if self.change and start["status"] == 200 and told.get("content-type") == "application/json":
            changed = self.change(scope["received"], json.loads(content))  # type: ignore[arg-type]
            content = json.dumps(changed).encode()
            told["content-length"] = str(len(content))
        return start["status"], told, content

    def send(self, adapter: t.Any, request: t.Any, **dummy: t.Any) -> requests.Response:
        """Return the response to a request. This method replaces ``HTTPAdapter.send``."""
        body = request.body.encode() if isinstance(request.body, str) else request.body or b""
        status, headers, content = self.ask(request.method, request.url, request.headers, body)
        raw = urllib3.HTTPResponse(
            body=io.BytesIO(content),
            headers=headers,
            status=status,
            preload_content=False,
            request_method=request.method,
        )
        response: requests.Response = adapter.build_response(request, raw)
        return response


def finish(coroutine: t.Coroutine[t.Any, t.Any, None]) -> None:
    """Run a coroutine that never waits, without an event loop."""
    try:
        coroutine.send(None)
    except StopIteration:
        return
    coroutine.close()
    raise RuntimeError("The mock NetBox waits for something. Use no latency, workers or slow faults here.")


@contextlib.contextmanager
def wired(mock: Mock) -> Iterator[None]:
    """Let this mock NetBox answer all requests that the library ``requests`` sends."""
    before = requests.adapters.HTTPAdapter.send

    def send(adapter: t.Any, request: t.Any, **arguments: t.Any) -> requests.Response:
        return mock.send(adapter, request, **arguments)

    # The collection's adapter inherits this method.
    requests.adapters.HTTPAdapter.send = send  # type: ignore[assignment,method-assign]
    try:
        yield
    finally:
        requests.adapters.HTTPAdapter.send = before  # type: ignore[method-assign]


@contextlib.contextmanager
def heard() -> Iterator[list[str]]:
    """Yield a list that collects the warnings that Ansible would show, without duplicates."""
    told: list[str] = []
    before = {name: inspect.getattr_static(Display, name) for name in ("warning", "deprecated", "error", "display")}

    def warning(dummy: t.Any, message: t.Any, *arguments: t.Any, **keywords: t.Any) -> None:
        if str(message) not in told:
            told.append(str(message))

    def silent(dummy: t.Any, *arguments: t.Any, **keywords: t.Any) -> None:
        return None

    try:
        for name in before:
            setattr(Display, name, warning if name == "warning" else silent)
        yield told
    finally:
        for name, method in before.items():
            setattr(Display, name, method)


def read(
    options: Options,
    *,
    plugin: str = OURS,
    earlier: Mapping[str, t.Any] | None = None,
    path: Path | None = None,
) -> Outcome:
    """Read a source with these options as Ansible's InventoryManager does, and return the outcome."""
    path = path or FOLDER / "estate.netbox.yml"
    path.write_text(json.dumps({"plugin": plugin, **options}), encoding="utf-8")
    inventory = InventoryData()
    fill(inventory, earlier or {})
    error: str | None = None
    crash: BaseException | None = None
    with heard() as warnings:
        reader = inventory_loader.get(plugin)
        inventory.current_source = str(path)
        try:
            reader.parse(inventory, DataLoader(), str(path), cache=bool(options.get("cache")))
            # Like Ansible, accept plugins without a cache.
            if hasattr(reader, "_cache"):
                reader.update_cache_if_changed()
        except AnsibleError as caught:
            error = str(caught)
        except Exception as caught:
            error, crash = f"{type(caught).__name__}: {caught}", caught
        inventory.current_source = None
        try:
            inventory.reconcile_inventory()
        except Exception as caught:
            # Ansible cannot use this inventory, and has no error message for this case.
            error, crash = f"{type(caught).__name__}: {caught}", caught
    return outcome_of(inventory, tuple(warnings), error, crash)


def fill(inventory: InventoryData, earlier: Mapping[str, t.Any]) -> None:
    """Add the data of earlier sources: ``hosts`` with their variables, and ``groups`` with hosts and children."""
    for host, variables in earlier.get("hosts", {}).items():
        inventory.add_host(host)
        for name, value in variables.items():
            inventory.set_variable(host, name, value)
    for group in earlier.get("groups", {}):
        inventory.add_group(group)
    for group, content in earlier.get("groups", {}).items():
        for host in content.get("hosts", ()):
            inventory.add_host(host, group=group)
        for child in content.get("children", ()):
            inventory.add_child(group, child)


def fill_only(earlier: Mapping[str, t.Any]) -> Outcome:
    """Return the inventory that contains only the data of earlier sources."""
    inventory = InventoryData()
    with heard():
        fill(inventory, earlier)
        inventory.reconcile_inventory()
    return outcome_of(inventory, (), None, None)


def outcome_of(
    inventory: InventoryData,
    warnings: tuple[str, ...],
    error: str | None,
    crash: BaseException | None,
) -> Outcome:
    hosts = {name: plain(host.vars) for name, host in inventory.hosts.items()}
    groups = {
        name: Group(
            tuple(host.name for host in group.hosts),
            tuple(child.name for child in group.child_groups),
            plain(group.vars),
        )
        for name, group in inventory.groups.items()
    }
    return Outcome(hosts, groups, warnings, error, crash)


def plain(value: t.Any) -> t.Any:
    """Convert a value to built-in Python types. Ansible uses its own types for strings and containers."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Sequence):
        return [plain(one) for one in value]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return repr(value)


def same(one: t.Any, other: t.Any) -> bool:
    """Return whether two values are equal and have the same types. Templates distinguish 1, 1.0, and True."""
    return one == other and json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def differences(
    one: Outcome,
    other: Outcome,
    *,
    order: bool = True,
    warnings: bool = True,
    ignored: Sequence[str] = (),
) -> list[str]:
    """Return one line for each difference, with the value from ``one`` before the value from ``other``.

    If ``order`` is set, compare the order of hosts, and the order of hosts and children in groups. If ``warnings`` is
    set, compare the warnings. ``ignored`` contains the names of variables to skip.
    """
    if one.error is not None or other.error is not None:
        return [] if one.error == other.error else [f"error: {one.error!r} != {other.error!r}"]
    found = [f"host {name!r}: only in the first" for name in one.hosts if name not in other.hosts]
    found += [f"host {name!r}: only in the second" for name in other.hosts if name not in one.hosts]
    if not found and order and list(one.hosts) != list(other.hosts):
        found.append(f"order of hosts: {list(one.hosts)} != {list(other.hosts)}")
    for host, variables in one.hosts.items():
        if host in other.hosts:
            found += _different_variables(f"host {host!r}", variables, other.hosts[host], (*OF_THE_SOURCE, *ignored))
    found += [f"group {name!r}: only in the first" for name in one.groups if name not in other.groups]
    found += [f"group {name!r}: only in the second" for name in other.groups if name not in one.groups]
    for name, group in one.groups.items():
        there = other.groups.get(name)
        if there is None:
            continue
        for what, here, beyond in (("hosts", group.hosts, there.hosts), ("children", group.children, there.children)):
            if (here != beyond) if order else (sorted(here) != sorted(beyond)):
                found.append(f"group {name!r}: {what} {list(here)} != {list(beyond)}")
        found += _different_variables(f"group {name!r}", group.variables, there.variables, ignored)
    if warnings and one.warnings != other.warnings:
        found.append(f"warnings: {one.warnings} != {other.warnings}")
    return found


def _different_variables(
    where: str, one: Mapping[str, t.Any], other: Mapping[str, t.Any], ignored: Sequence[str]
) -> list[str]:
    missing = object()
    found = []
    for name in {**one, **other}:
        here, there = one.get(name, missing), other.get(name, missing)
        if name in ignored or (here is not missing and there is not missing and same(here, there)):
            continue
        shown = [("(undefined)" if value is missing else repr(value)) for value in (here, there)]
        found.append(f"{where}: variable {name!r} {shown[0]} != {shown[1]}")
    return found


def in_order(ranks: Mapping[str, int], seconds: float = 0.001) -> Callable[[str, str], None]:
    """Return a function for ``Mock.before`` that lets responses arrive in the order of their endpoints' ranks."""

    def wait(dummy: str, path: str) -> None:
        time.sleep(ranks.get(path.removeprefix("/api/").strip("/"), 0) * seconds)

    return wait
