# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""7. Check that inventory files of netbox.netbox create the same inventory with ``compatibility: netbox.netbox``.

The module runs the plugin of netbox.netbox in this process, on the same mock NetBox and with the same options. It
matches hosts by the object that they were created from, because their names can differ.

The collection netbox.netbox and the library pytz must be importable. ``make test`` unpacks the collection from the
Python package ``ansible``. LAWS_PEER names the directory that contains its ``ansible_collections``.
"""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
import sys
import threading
import typing as t
import urllib.error
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urljoin

from ansible.plugins.loader import inventory_loader
from hypothesis import strategies as st

from ansible_collections.netbox.cursor.tests.laws import configurations
from ansible_collections.netbox.cursor.tests.laws.configurations import Options, groupings
from ansible_collections.netbox.cursor.tests.laws.described import Described
from ansible_collections.netbox.cursor.tests.laws.estates import estates
from ansible_collections.netbox.cursor.tests.laws.laws import DEVICES, VMS, WHO, hosts_by_object
from ansible_collections.netbox.cursor.tests.laws.peer_bugs import Context, Difference, unexplained
from ansible_collections.netbox.cursor.tests.laws.running import (
    FOLDER,
    OF_THE_SOURCE,
    URL,
    Mock,
    Outcome,
    read,
    same,
)
from ansible_collections.netbox.cursor.tests.stand_in import Settings
from ansible_collections.netbox.cursor.tests.stand_in._schema import recorded

PEER = "netbox.netbox.nb_inventory"
# Options with which our plugin creates the same inventory as netbox.netbox.
COMPATIBLE: Options = {"compatibility": "netbox.netbox"}


def supported() -> bool:
    """Return whether our plugin already has the option ``compatibility``."""
    documentation = Path(__file__).parents[2] / "plugins" / "inventory" / "nb_inventory.py"
    return "\n  compatibility:" in documentation.read_text(encoding="utf-8")


def ours(options: Options) -> Options:
    """Return the options of an inventory file after its migration from netbox.netbox."""
    if supported():
        return {**COMPATIBLE, **options}
    # The options that the guide recommended before the option ``compatibility`` existed.
    return {"plurals": True, "services": True, "interface_fields": ["all"], **options}


# Running the peer


@contextlib.contextmanager
def peer_answered_by(mock: Mock) -> Iterator[None]:
    """Let this mock NetBox answer the requests of netbox.netbox, and make its random names predictable."""
    module = sys.modules[type(inventory_loader.get(PEER)).__module__]
    before = {name: getattr(module, name) for name in ("open_url", "DEFAULT_LOCAL_TMP", "uuid")}
    places = {
        "open_url": lambda url, headers, **dummy: _open_url(mock, url, headers),
        # netbox.netbox stores NetBox's schema next to this directory. Use one directory per NetBox version.
        "DEFAULT_LOCAL_TMP": str(FOLDER / mock.netbox.settings.version / "tmp"),
        "uuid": _Unrandom(),
    }
    _keep_schema(mock.netbox.settings)
    try:
        for name, place in places.items():
            setattr(module, name, place)
        yield
    finally:
        for name, place in before.items():
            setattr(module, name, place)


@contextlib.contextmanager
def silent_threads() -> Iterator[None]:
    """Suppress tracebacks of threads. netbox.netbox raises their exceptions again in the main thread."""
    hook, threading.excepthook = threading.excepthook, lambda dummy: None
    try:
        yield
    finally:
        threading.excepthook = hook


def _keep_schema(settings: Settings) -> None:
    """Write the schema file that netbox.netbox caches between runs, with only the parts that it reads."""
    folder = FOLDER / settings.version
    kept = folder / "netbox_api_dump.json"
    if not kept.exists():
        folder.mkdir(exist_ok=True)
        names = recorded(settings.full_version)
        paths = {
            f"/api/{each}/": {"get": {"parameters": [{"name": name} for name in names[each].kinds]}}
            for each in (DEVICES, VMS)
        }
        schema = {"info": {"version": settings.full_version}, "paths": paths}
        kept.write_text(json.dumps(schema), encoding="utf-8")


class _Unrandom:
    """A replacement for the module uuid that returns predictable values."""

    def __init__(self) -> None:
        self._count = 0

    def uuid4(self) -> uuid.UUID:
        self._count += 1
        return uuid.UUID(int=self._count)


def _open_url(mock: Mock, url: str, headers: Mapping[str, str]) -> t.Any:
    status, told, content = mock.ask("GET", url, headers, b"")
    if status == 301:
        return _open_url(mock, urljoin(url, told["location"]), headers)
    if status >= 400:
        raise urllib.error.HTTPError(url, status, "", told, io.BytesIO(content))  # type: ignore[arg-type]
    return io.BytesIO(content)


def run_peer(mock: Mock, options: Options) -> Outcome:
    """Run netbox.netbox on this mock NetBox, and return the outcome."""
    chosen = {"api_endpoint": URL, "token": mock.netbox.tokens["v1"], **options}
    mock.netbox.requests.clear()
    with peer_answered_by(mock), silent_threads():
        outcome = read(chosen, plugin=PEER)
    return dataclasses.replace(outcome, requests=tuple(mock.netbox.requests))


# Comparing


MISSING = "(undefined)"


def compared(mock: Mock, options: Options) -> list[Difference]:
    """Return the differences between the two plugins with these options of netbox.netbox."""
    told = {**options, "compose": {**options.get("compose", {}), WHO: "url"}}
    return differences_between(mock.run(ours(told)), run_peer(mock, told))


def contradictions(mock: Mock, options: Options) -> list[str]:
    """Return the differences that known bugs of netbox.netbox do not explain."""
    return [str(each) for each in unexplained(Context(mock.rows, options), compared(mock, options))]


def differences_between(here: Outcome, there: Outcome) -> list[Difference]:
    if here.error is not None or there.error is not None:
        same_end = (here.error is None) == (there.error is None)
        return [] if same_end else [Difference("lost", "", "", here.error, there.error)]
    mine, theirs = hosts_by_object(here), hosts_by_object(there)
    names = [(who, mine.get(who), theirs.get(who)) for who in {**mine, **theirs}]
    found = [Difference("host", who, "", one, other) for who, one, other in names if one != other]
    for who in mine:
        if who not in theirs:
            continue
        found += _variables(who, here.hosts[mine[who]], there.hosts[theirs[who]])
        groups, beyond = here.groups_of(mine[who]), there.groups_of(theirs[who])
        found += [Difference("group", who, name, True, False) for name in sorted(groups - beyond)]
        found += [Difference("group", who, name, False, True) for name in sorted(beyond - groups)]
    edges, others = _edges(here), _edges(there)
    for parent, child in sorted(edges ^ others):
        if parent != "all":
            found.append(Difference("tree", parent, child, (parent, child) in edges, (parent, child) in others))
    found += [
        Difference("empty group", name, "", name in here.groups, name in there.groups)
        for name in sorted(set(here.groups) ^ set(there.groups))
        if not here.members(name) and not there.members(name)
    ]
    return found


def _edges(outcome: Outcome) -> set[tuple[str, str]]:
    return {(name, child) for name, group in outcome.groups.items() for child in group.children}


def _variables(who: str, mine: Mapping[str, t.Any], theirs: Mapping[str, t.Any]) -> list[Difference]:
    names = [name for name in {**mine, **theirs} if name not in OF_THE_SOURCE]
    pairs = [(name, mine.get(name, MISSING), theirs.get(name, MISSING)) for name in names]
    return [Difference("variable", who, name, one, other) for name, one, other in pairs if not same(one, other)]


# Drawing


SWITCHES = (
    *("config_context", "flatten_config_context", "flatten_local_context_data", "flatten_custom_fields", "interfaces"),
    *("virtual_disks", "site_data", "prefixes", "dns_name", "ansible_host_dns_name", "oob_ip_as_primary_ip"),
    *("virtual_chassis_name", "group_names_raw"),
)
# Options that are enabled by default in netbox.netbox.
ON = ("plurals", "services", "racks", "fetch_all")
PLURAL = {
    "site": "sites",
    "tenant": "tenants",
    "rack": "racks",
    "tag": "tags",
    "role": "device_roles",
    "platform": "platforms",
    "device_type": "device_types",
    "manufacturer": "manufacturers",
}
# Keys of group_by that netbox.netbox does not support.
UNKNOWN_KEYS = ("tenant_group",)
RENAMINGS = tuple(each for each in configurations.RENAMINGS if each[0]["pattern"] != "(.*)")
# Options that users set explicitly without an effect on the inventory. In netbox.netbox, False means "not set".
WRITTEN_OUT = st.sampled_from(
    ({}, {}, {"cert": False, "key": False}, {"ca_path": False}, {"hostname_field": False}, {"follow_redirects": "all"})
)


@st.composite
def peer_configurations(draw: st.DrawFn, described: Described) -> Options:
    """Draw options as inventory files of netbox.netbox contain them."""
    chances = configurations.CHANCES
    options: dict[str, t.Any] = {name: True for name in SWITCHES if draw(chances[4])}
    options.update({name: False for name in ON if draw(chances[3])})
    options.update(t.cast("dict[str, t.Any]", draw(WRITTEN_OUT)))
    if draw(chances[6]):
        options["rename_variables"] = draw(st.sampled_from(RENAMINGS))
    group_by = draw(groupings()).get("group_by", [])
    plurals = options.get("plurals", True)
    singular = {plural: name for name, plural in PLURAL.items()}
    # In netbox.netbox, the option plurals determines which names are valid.
    names = [
        (PLURAL.get(name, name) if plurals else singular.get(name, name))
        for name in group_by
        if name not in UNKNOWN_KEYS
    ]
    if names:
        options["group_by"] = list(dict.fromkeys(names))
    for name in ("query_filters", "device_query_filters", "vm_query_filters"):
        if draw(chances[10]):
            options[name] = [_as_there(draw(configurations.one_filter(described, name)))]
    if draw(st.booleans()):
        options.update(draw(configurations.expressions(names=False)))
    return options


def _as_there(filter_: Options) -> Options:
    """Return the filter in the form that netbox.netbox accepts: one name with one value."""
    (name, value), *_rest = filter_.items()
    if isinstance(value, list):
        value = value[0]
    return {name: "true" if value is True else value}


@st.composite
def peer_cases(draw: st.DrawFn) -> tuple[Described, Options]:
    described = draw(estates(versions=st.just("4.6")))
    # Most bugs of netbox.netbox concern names. Make names and slugs unique in most estates, so that these bugs do not
    # hide other differences.
    if not draw(configurations.CHANCES[4]):
        tidy_names(described)
    if not draw(configurations.CHANCES[4]):
        tidy_slugs(described)
    return described, draw(peer_configurations(described))


def tidy_names(described: Described) -> None:
    """Give each host a unique name that differs from all group names."""
    for kind, listed in (("device", described.devices), ("vm", described.virtual_machines), ("vc", described.chassis)):
        for place, thing in enumerate(listed):
            thing["name"] = f"{kind}{place}.example"


def tidy_slugs(described: Described) -> None:
    """Give each object that has a slug a unique slug."""
    for field in dataclasses.fields(described):
        for place, thing in enumerate(value if isinstance(value := getattr(described, field.name), list) else ()):
            if "slug" in thing:
                thing["slug"] = f"{field.name}-{place}"
