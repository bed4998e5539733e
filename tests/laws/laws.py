# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The laws: what holds for every NetBox and every configuration.

Each function runs the inventory in two ways or more, and returns what contradicts the law, a line each.
"""

from __future__ import annotations

import collections
import functools
import itertools
import re
import typing as t
from collections.abc import Mapping, Sequence
from random import Random

import graphql

from ansible_collections.netbox.cursor.tests.laws.configurations import HOST_VARS, Options
from ansible_collections.netbox.cursor.tests.laws.running import (
    FOLDER,
    OF_THE_SOURCE,
    Mock,
    Outcome,
    Target,
    differences,
    fill_only,
    in_order,
)
from ansible_collections.netbox.cursor.tests.stand_in import Received

Earlier = Mapping[str, t.Any]

DEVICES, VMS = "dcim/devices", "virtualization/virtual-machines"
# Lists that are read, for a law on the order in which they arrive.
ENDPOINTS = (
    *(DEVICES, VMS, "dcim/sites", "dcim/regions", "dcim/site-groups", "dcim/locations", "dcim/racks"),
    *("virtualization/clusters", "dcim/interfaces", "virtualization/interfaces", "ipam/ip-addresses", "ipam/services"),
    *("dcim/platforms", "tenancy/tenants", "tenancy/tenant-groups"),
    *("dcim/device-roles", "ipam/prefixes", "virtualization/virtual-disks", "extras/custom-fields"),
)
# What netbox.netbox calls by two names.
PLURALS = {
    "site": "sites",
    "tenant": "tenants",
    "role": "device_roles",
    "platform": "platforms",
    "device_type": "device_types",
    "manufacturer": "manufacturers",
    "rack": "racks",
}
FLATTENED = ("config_context", "local_context_data", "custom_fields")
# Variables that hosts get only if an option, or host_vars itself, says so.
ON_REQUEST = (
    *("time_zone", "utc_offset", "facility", "config_context", "interfaces", "services", "virtual_disks", "dns_name"),
    *("primary_interface", "gateway", "selected"),
)
EXPRESSIONS = ("compose", "groups", "keyed_groups", "hostnames")
# A composed variable that tells which object a host is.
WHO = "law_who"
_caches = itertools.count()


def transports_agree(target: Target, options: Options) -> list[str]:
    """1. REST, GraphQL and auto give the same."""
    rest = target.run({**options, "transport": "rest"})
    found = []
    for transport in ("graphql", "auto"):
        other = target.run({**options, "transport": transport})
        found += [f"rest != {transport}: {each}" for each in differences(rest, other)]
    return found


def cache_keeps_all(target: Target, options: Options, earlier: Earlier | None = None) -> list[str]:
    """2. A run that fills the cache, and a run from the cache, give what a run without one gives."""
    kept = {
        "cache": True,
        "cache_plugin": "ansible.builtin.jsonfile",
        "cache_connection": str(FOLDER / f"cache{next(_caches)}"),
    }
    fresh = target.run(options, earlier=earlier)
    filling = target.run({**options, **kept}, earlier=earlier)
    cached = target.run({**options, **kept}, earlier=earlier)
    found = [f"fresh != filling: {each}" for each in differences(fresh, filling)]
    found += [f"fresh != cached: {each}" for each in differences(fresh, cached)]
    if fresh.error is None:
        found += [f"asked although cached: {asked.url}" for asked in cached.requests]
    return found


def pages_do_not_matter(target: Target, options: Options, pagination: str) -> list[str]:
    """3. One worker with pages of three gives the same as eight workers."""
    many = target.run({**options, "max_workers": 8})
    small = {"max_workers": 1, "page_size": 3, "pagination": pagination}
    return differences(many, target.run({**options, **small}))


def host_vars_select(
    target: Target, options: Options, chosen: Sequence[str], earlier: Earlier | None = None
) -> list[str]:
    """4. ``host_vars`` selects among the variables; groups, names and composed variables stay."""
    # A second variable for each composed one tells whether the expression gave anything.
    compose = options.get("compose", {})
    options = {**options, "compose": {**compose, **{f"law_{name}": text for name, text in compose.items()}}}
    every = target.run({**options, "host_vars": ["all"]}, earlier=earlier)
    some = target.run({**options, "host_vars": list(chosen)}, earlier=earlier)
    found = differences(_without_variables(every), _without_variables(some), warnings=False)
    if found or every.error is not None:
        return found
    unclear = _unclear(every, options, chosen)
    requested = {_own_name(name, options) for name in ON_REQUEST if name in chosen}
    for host, variables in every.hosts.items():
        given = (earlier or {}).get("hosts", {}).get(host, {})
        expected = {**given, **_selected(variables, chosen, options)}
        here = {name: value for name, value in some.hosts[host].items() if name not in requested or name in expected}
        found += differences(Outcome({host: expected}, {}), Outcome({host: here}, {}), ignored=tuple(unclear))
    return found


def _without_variables(outcome: Outcome) -> Outcome:
    return Outcome({host: {} for host in outcome.hosts}, outcome.groups, (), outcome.error)


def _own_name(variable: str, options: Options) -> str:
    """What the user's options call a variable."""
    return _renamed(PLURALS.get(variable, variable) if options.get("plurals") else variable, options)


def _renamed(name: str, options: Options) -> str:
    new = name
    for entry in options.get("rename_variables", ()):
        if re.match(entry["pattern"], name):
            new = re.sub(entry["pattern"], entry["repl"], name)
            break
    return new if name.startswith("ansible_") else f"{options.get('vars_prefix', '')}{new}"


def _selected(variables: Mapping[str, t.Any], chosen: Sequence[str], options: Options) -> dict[str, t.Any]:
    """The variables that host_vars selects, and those that it does not select among."""
    names = {_own_name(name, options) for name in chosen}
    facts = {_own_name(name, options) for name in HOST_VARS}
    flat = any(options.get(f"flatten_{name}") and name in chosen for name in FLATTENED)
    kept = {name for name in options["compose"] if f"law_{name}" in variables or name.startswith("law_")}
    kept.update(OF_THE_SOURCE)
    return {
        name: value
        for name, value in variables.items()
        if name in names or name in kept or (flat and name not in facts)
    }


def _unclear(every: Outcome, options: Options, chosen: Sequence[str]) -> set[str]:
    """Names that two facts share after renaming, or a fact and a key of a context: the law does not say who wins."""
    facts = [_own_name(name, options) for name in HOST_VARS]
    unclear = {name for name in facts if facts.count(name) > 1}
    flat = [name for name in FLATTENED if options.get(f"flatten_{name}")]
    if flat:
        unclear |= {_renamed(name, options) for name in (*HOST_VARS, *PLURALS.values())}
    if len(flat) > 1 and not set(flat) <= set(chosen):
        # Nothing tells whether a key comes from a context or from custom fields.
        found = {name for variables in every.hosts.values() for name in variables}
        unclear |= found - set(facts) - set(options["compose"]) - set(OF_THE_SOURCE)
    return unclear


def whole_objects_do_not_matter(target: Target, options: Options) -> list[str]:
    """5. Whole objects give the same as the fields that the plan names."""
    planned = target.run(options)
    # First, as what one expression needs must not make what others need forgotten.
    compose = {"law_whole": "netbox | length", **options.get("compose", {})}
    return differences(planned, target.run({**options, "compose": compose}), ignored=("law_whole",))


def one_site_is_a_part(target: Target, options: Options, site: str) -> list[str]:
    """6. Filtered to one site, the inventory is what it was, restricted to the hosts of that site."""
    told = {**options, "compose": {**options.get("compose", {}), WHO: "netbox.url"}}
    if "keyed_groups" in told:
        # A group with a parent takes all its hosts there, also those that are in it because of another key.
        told["keyed_groups"] = [{**entry, "parent_group": None} for entry in told["keyed_groups"]]
    every = target.run(told)
    one = target.run({**told, "query_filters": [{"site": site}]})
    if every.error is not None or one.error is not None:
        # Names that are unique in a site need not be unique; an expression can fail elsewhere.
        return [] if every.error is not None else [f"error: {one.error}"]
    there, here = hosts_by_object(every), hosts_by_object(one)
    expected = set(there) & _of_site(target, site)
    if options.get("duplicate_hostnames") == "warn":
        # Of two hosts with one name, the one elsewhere may be the one that is left out.
        expected &= set(here)
    found = [f"{host!r} is not a host of its own" for host in every.hosts if host not in there.values()]
    found += [f"{who}: only among all" for who in sorted(expected - set(here))]
    found += [f"{who}: only in the site" for who in sorted(set(here) - expected) if who in there]
    both = sorted(set(here) & set(there))
    other_names = [who for who in both if here[who] != there[who]]
    found += [
        f"{who}: called {here[who]!r} and, among all, {there[who]!r}"
        for who in other_names
        if not there[who].startswith(f"{here[who]}_")
    ]
    if other_names and set(options) & set(EXPRESSIONS):
        # What expressions make of a name that a duplicate elsewhere has is another matter.
        return found
    for who in both:
        mine, among_all = one.hosts[here[who]], every.hosts[there[who]]
        found += differences(Outcome({who: mine}, {}), Outcome({who: among_all}, {}))
        if one.groups_of(here[who]) != every.groups_of(there[who]):
            found.append(f"{who}: groups {one.groups_of(here[who])} != {every.groups_of(there[who])}")
    needed = {group for host in one.hosts for group in one.groups_of(host)} | {"all", "ungrouped"}
    found += [f"group {name!r}: without hosts" for name in one.groups if name not in needed | _empty(options, every)]
    for name, group in one.groups.items():
        if name in every.groups and name != "all":
            children = set(every.groups[name].children) & set(one.groups)
            if set(group.children) != children:
                found.append(f"group {name!r}: children {sorted(group.children)} != {sorted(children)}")
    return found


def hosts_by_object(outcome: Outcome) -> dict[str, str]:
    """Names of hosts by the URL of the object that they were made of."""
    return {variables[WHO]: host for host, variables in outcome.hosts.items() if WHO in variables}


def _of_site(target: Target, site: str) -> set[str]:
    """The URLs of the hosts of a site."""
    rows = [row for endpoint in (DEVICES, VMS) for row in target.rows(endpoint)]
    return {_here(target, row["url"]) for row in rows if row["site"] and row["site"]["slug"] == site}


def _here(target: Target, url: str) -> str:
    return f"{target.url.rstrip('/')}/api/{url.partition('/api/')[2]}"


def _empty(options: Options, every: Outcome) -> set[str]:
    """Groups that there are without hosts."""
    return set(every.groups) if options.get("empty_groups") else set()


# The words for a key or a parent of keyed_groups that no group can be made of.
NOT_A_GROUP = re.compile(r"Invalid group name format|Invalid empty/false group name|parent_group must return a string")


def each_object_is_one_host(target: Target, options: Options, earlier: Earlier | None = None) -> list[str]:
    """Every device and virtual machine is exactly one host, and what other sources gave is still there."""
    told = {**options, "duplicate_hostnames": "suffix", "devices": True, "virtual_machines": True}
    outcome = target.run({**told, "compose": {**options.get("compose", {}), WHO: "netbox.url"}}, earlier=earlier)
    if outcome.error is not None:
        return [] if NOT_A_GROUP.search(outcome.error) else [f"error: {outcome.error}"]
    hosts = {host: variables[WHO] for host, variables in outcome.hosts.items() if WHO in variables}
    expected = _become_hosts(target)
    found = [f"{who}: no host" for who in sorted(expected - set(hosts.values()))]
    found += [f"{host!r}: {who} is no host of its own" for host, who in hosts.items() if who not in expected]
    found += [f"{who}: two hosts" for who in expected if list(hosts.values()).count(who) > 1]
    before = fill_only(earlier or {})
    for name, group in before.groups.items():
        lost = [host for host in group.hosts if host not in outcome.groups[name].hosts and name != "ungrouped"]
        found += [f"group {name!r}: lost {host!r}" for host in lost]
    found += [f"{host!r} is in no group" for host in outcome.hosts if "all" not in outcome.groups_of(host)]
    found += [f"'ungrouped' has the child {child!r}" for child in outcome.groups["ungrouped"].children]
    found += [f"host {host!r} of another source is lost" for host in before.hosts if host not in outcome.hosts]
    return found


def _become_hosts(target: Target) -> set[str]:
    """The URLs of objects that become hosts: all but the members of a chassis with a master, which stands for them."""
    devices = target.rows(DEVICES)
    members = {
        row["id"]
        for row in devices
        if (row["virtual_chassis"] or {}).get("master") and row["virtual_chassis"]["master"]["id"] != row["id"]
    }
    kept = [row for row in devices if row["id"] not in members] + target.rows(VMS)
    return {_here(target, row["url"]) for row in kept}


def arrival_does_not_matter(mock: Mock, options: Options, order: Sequence[str]) -> list[str]:
    """8. Lists may arrive in any order."""
    mock.before = None
    usual = mock.run({**options, "max_workers": 8})
    mock.before = in_order({endpoint: rank for rank, endpoint in enumerate(order)}, 0.0003)
    try:
        return differences(usual, mock.run({**options, "max_workers": 8}))
    finally:
        mock.before = None


def errors_leave_nothing(target: Target, options: Options, earlier: Earlier | None = None) -> list[str]:
    """9. Never a traceback; and after an error nothing of this source is in the inventory."""
    outcome = target.run(options, earlier=earlier)
    if outcome.crash is not None:
        return [f"traceback: {outcome.error}"]
    if outcome.error is None:
        return []
    before = fill_only(earlier or {})
    left = differences(Outcome(before.hosts, before.groups), Outcome(outcome.hosts, outcome.groups), order=False)
    return [f"left behind: {each}" for each in left]


# Fields that the inventory needs whether or not they show in it: by them objects are told apart, named, and joined
# where several of them are one host.
STRUCTURAL = ("id", "name", "virtual_chassis", "vc_position", "nat_inside")
# What tells whether GraphQL shows what REST does: if not, REST is used, and the inventory is the same.
FOR_AGREEMENT = ("extras/custom-fields", "extras/tags")


# Choices. The REST API's value replaces one of GraphQL that no row of the REST API has.
CONFIRMED = ("mode", "type", "status")


# Facts that are lists of objects.
OF_HOSTS = ("interfaces", "services", "virtual_disks")


def nothing_is_read_in_vain(mock: Mock, options: Options, random: Random | None = None, number: int = 0) -> list[str]:
    """10. Each field that is requested can change the inventory, and no request is sent twice.

    A field that is empty in all objects shows nothing. Neither does a fact that a composed variable or another fact
    replaces, or a host that is left out because another one has its name. A field that an expression mentions is
    requested because the user wants it, even if no object has what the expression looks for. ``random`` chooses the
    ``number`` of fields that are tried. Without it, all fields are tried.
    """
    mock.change = None
    composed = {name: text for name, text in options.get("compose", {}).items() if name not in HOST_VARS}
    options = {**options, "compose": composed, "duplicate_hostnames": "suffix"}
    names = [_own_name(name, options) for name in HOST_VARS]
    if len(set(names)) < len(names):
        options = {name: value for name, value in options.items() if name != "rename_variables"}
    if not set(EXPRESSIONS).isdisjoint(options):
        # Any unknown name can be that of a flattened key.
        options = {name: value for name, value in options.items() if not name.startswith("flatten_")}
    # Some conditions and parents only test whether a field exists.
    options = {
        **options,
        "groups": {},
        "keyed_groups": [{"key": each["key"]} for each in options.get("keyed_groups", ())],
    }
    usual = mock.run(options)
    if usual.error is not None:
        return []
    mentioned = set(re.findall(r"\w+", str([options.get(name) for name in EXPRESSIONS])))
    sent = collections.Counter((asked.method, asked.url, asked.body) for asked in usual.requests)
    found = [f"sent {count} times: {url}" for (_method, url, _body), count in sent.items() if count > 1]
    # A device without a name is named after its type if no expression gives a name.
    mentioned |= {"device_type"} if "hostnames" in options else set()
    requested = sorted({each for asked in usual.requests for each in _requested(asked)})
    requested = [each for each in requested if mentioned.isdisjoint(each[1].split("."))]
    if not mentioned.isdisjoint(("lookup", "query", "vars", "hostvars")):
        # These can use each variable.
        return found
    if not mentioned.isdisjoint(OF_HOSTS):
        # An expression can use only a part of each object.
        requested = [each for each in requested if not re.search("interface|address|service|disk", each[0])]
    for list_name, field in random.sample(requested, min(number, len(requested))) if random else requested:
        poisoned: list[t.Any] = []
        mock.change = functools.partial(_poisoned, list_name, field, poisoned)
        try:
            other = mock.run(options)
        finally:
            mock.change = None
        if poisoned and not differences(usual, other):
            found.append(f"{list_name}: {field} is requested but changes nothing")
    return found


def _requested(asked: Received) -> set[tuple[str, str]]:
    """Lists and fields that a request names: of REST endpoints, or of lists in GraphQL. Whole objects name none."""
    if asked.path.endswith("/graphql/"):
        document = asked.json["query"]
        left_out = {*STRUCTURAL, *CONFIRMED}
        paths = [(name, path) for name, path in selected_paths(document) if path[-1] not in left_out]
        # NetBox loads nested objects whole: to select only their ID would not be cheaper.
        return {(name, ".".join(path[:-1] or path)) for name, path in paths}
    query = dict(asked.query)
    endpoint = asked.path.removeprefix("/api/").strip("/")
    if query.get("limit") in ("0", "1") or endpoint in FOR_AGREEMENT:
        # A count, or a sample.
        return set()
    fields = set(query.get("fields", "").split(",")) - {"", *STRUCTURAL}
    if "id" in query and fields == {"primary_ip", "primary_ip4", "primary_ip6"}:
        # A sample, which shows beside GraphQL which of its two addresses NetBox prefers.
        return set()
    if "primary_ip" in fields:
        # Without these, NetBox looks for the primary address of each row alone.
        fields -= {"primary_ip4", "primary_ip6"}
    return {(endpoint, field) for field in fields}


def selected_paths(document: str) -> list[tuple[str, tuple[str, ...]]]:
    """The leaves that a GraphQL document selects of each list."""
    found: list[tuple[str, tuple[str, ...]]] = []

    def look(listed: str, nodes: t.Any, above: tuple[str, ...]) -> None:
        for node in nodes:
            name = (node.alias or node.name).value
            if node.selection_set:
                look(listed, node.selection_set.selections, (*above, name))
            else:
                found.append((listed, (*above, name)))

    for definition in graphql.parse(document).definitions:
        for node in t.cast(t.Any, definition).selection_set.selections:
            if node.selection_set and not node.name.value.startswith("__"):
                look((node.alias or node.name).value, node.selection_set.selections, ())
    return found


def _poisoned(list_name: str, field: str, poisoned: list[t.Any], asked: Received, content: t.Any) -> t.Any:
    """The answer with another value in that field of all rows. The values that were there go to ``poisoned``."""
    if asked.path.endswith("/graphql/"):
        for row in (content.get("data") or {}).get(list_name) or ():
            _poison_path(row, field.split("."), poisoned)
    elif asked.path.removeprefix("/api/").strip("/") == list_name and dict(asked.query).get("limit") not in ("0", "1"):
        for row in content["results"]:
            if field in row:
                _poison_path(row, [field], poisoned)
    return content


def _poison_path(value: t.Any, path: Sequence[str], poisoned: list[t.Any]) -> None:
    for each in value if isinstance(value, list) else [value]:
        if each and len(path) > 1:
            _poison_path(each[path[0]], path[1:], poisoned)
        elif each and each[path[0]] not in (None, []):
            poisoned.append(each[path[0]])
            each[path[0]] = poison(each[path[0]])


def poison(value: t.Any) -> t.Any:
    """Another value of the same kind, the same for all rows: what tells rows apart must not do so any longer."""
    if value is None:
        return None
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return 4242
    if isinstance(value, str):
        return _poisoned_text(value)
    if isinstance(value, list):
        return []
    return {key: poison(one) for key, one in value.items()} or {"law": "poison"}


# Another choice, as a choice that NetBox does not have would make the run use the other API.
CHOICES = {
    **dict.fromkeys(("active", "planned", "paused", "staged", "failed"), "offline"),
    **dict.fromkeys(("access", "tagged"), "tagged-all"),
    **dict.fromkeys(("1000base-t", "lag"), "virtual"),
}


def _poisoned_text(text: str) -> str:
    if text in CHOICES:
        return CHOICES[text]
    if re.fullmatch(r".*\d/\d+", text):
        # Still an address, but in a network of another size.
        return "2001:db8:4242::1/63" if ":" in text else "10.42.42.42/23"
    return "4242" if text.isdigit() else "poison"
