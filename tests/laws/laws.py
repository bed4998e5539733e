# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The laws: properties that the inventory has for every NetBox and every configuration.

Most functions run the inventory in two or more ways. Each function returns one line per contradiction of its law.
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
# Lists that the inventory reads. Law 8 changes the order in which their responses arrive.
ENDPOINTS = (
    *(DEVICES, VMS, "dcim/sites", "dcim/regions", "dcim/site-groups", "dcim/locations", "dcim/racks"),
    *("virtualization/clusters", "dcim/interfaces", "virtualization/interfaces", "ipam/ip-addresses", "ipam/services"),
    *("dcim/platforms", "tenancy/tenants", "tenancy/tenant-groups"),
    *("dcim/device-roles", "ipam/prefixes", "virtualization/virtual-disks", "extras/custom-fields"),
)
# Variables that have another name if the option ``plurals`` is set.
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
# Variables that hosts get only if an option or host_vars requests them.
ON_REQUEST = (
    *("time_zone", "utc_offset", "facility", "config_context", "interfaces", "services", "virtual_disks", "dns_name"),
    *("primary_interface", "gateway", "selected"),
)
EXPRESSIONS = ("compose", "groups", "keyed_groups", "hostnames")
# A composed variable that contains the URL of the host's object.
WHO = "law_who"
_caches = itertools.count()


def transports_agree(target: Target, options: Options) -> list[str]:
    """1. Check that REST, GraphQL, and auto create the same inventory."""
    rest = target.run({**options, "transport": "rest"})
    found = []
    for transport in ("graphql", "auto"):
        other = target.run({**options, "transport": transport})
        found += [f"rest != {transport}: {each}" for each in differences(rest, other)]
    return found


def cache_keeps_all(target: Target, options: Options, earlier: Earlier | None = None) -> list[str]:
    """2. Check that runs that fill or read the cache create the same inventory as a run without a cache."""
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
    """3. Check that one worker with pages of three objects creates the same inventory as eight workers."""
    many = target.run({**options, "max_workers": 8})
    small = {"max_workers": 1, "page_size": 3, "pagination": pagination}
    return differences(many, target.run({**options, **small}))


def host_vars_select(
    target: Target, options: Options, chosen: Sequence[str], earlier: Earlier | None = None
) -> list[str]:
    """4. Check that ``host_vars`` only selects variables.

    Groups, host names, and composed variables must not depend on ``host_vars``.
    """
    # Compose each variable a second time under another name. If the second variable exists, the expression returned a
    # value. Otherwise, a variable with the first name does not come from the expression.
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
    """Return the name that a variable has with the user's options."""
    return _renamed(PLURALS.get(variable, variable) if options.get("plurals") else variable, options)


def _renamed(name: str, options: Options) -> str:
    new = name
    for entry in options.get("rename_variables", ()):
        if re.match(entry["pattern"], name):
            new = re.sub(entry["pattern"], entry["repl"], name)
            break
    return new if name.startswith("ansible_") else f"{options.get('vars_prefix', '')}{new}"


def _selected(variables: Mapping[str, t.Any], chosen: Sequence[str], options: Options) -> dict[str, t.Any]:
    """Return the variables that host_vars selects, and the variables that it does not apply to."""
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
    """Return the names for which the law does not define a value.

    After renaming, two variables can have the same name. A variable can also have the same name as a flattened key.
    """
    facts = [_own_name(name, options) for name in HOST_VARS]
    unclear = {name for name in facts if facts.count(name) > 1}
    flat = [name for name in FLATTENED if options.get(f"flatten_{name}")]
    if flat:
        unclear |= {_renamed(name, options) for name in (*HOST_VARS, *PLURALS.values())}
    if len(flat) > 1 and not set(flat) <= set(chosen):
        # The outcome does not show whether a key comes from a context or from custom fields.
        found = {name for variables in every.hosts.values() for name in variables}
        unclear |= found - set(facts) - set(options["compose"]) - set(OF_THE_SOURCE)
    return unclear


def whole_objects_do_not_matter(target: Target, options: Options) -> list[str]:
    """5. Check that reading whole objects creates the same inventory as reading only the fields in the plan."""
    planned = target.run(options)
    # Put this expression first. The plugin must still read the fields that the other expressions need.
    compose = {"law_whole": "netbox | length", **options.get("compose", {})}
    return differences(planned, target.run({**options, "compose": compose}), ignored=("law_whole",))


def one_site_is_a_part(target: Target, options: Options, site: str) -> list[str]:
    """6. Check that the inventory of one site equals the full inventory, restricted to the hosts of that site."""
    told = {**options, "compose": {**options.get("compose", {}), WHO: "netbox.url"}}
    if "keyed_groups" in told:
        # A parent group contains all hosts of its child group, even hosts that are in the child group because of
        # another key. Remove the parent groups.
        told["keyed_groups"] = [{**entry, "parent_group": None} for entry in told["keyed_groups"]]
    if "group_trees" in told or not {"region", "site_group", "location"}.isdisjoint(told.get("group_by", ())):
        # If a role has the name of a tenant, for example, their hosts share a group, and the group has the parents of
        # the tenant. Use names that are unique.
        told["group_names_raw"] = False
    every = target.run(told)
    one = target.run({**told, "query_filters": [{"site": site}]})
    if every.error is not None or one.error is not None:
        # The full inventory can fail if a name is unique only within a site, or if an expression fails for a host in
        # another site.
        return [] if every.error is not None else [f"error: {one.error}"]
    there, here = hosts_by_object(every), hosts_by_object(one)
    expected = set(there) & _of_site(target, site)
    if options.get("duplicate_hostnames") == "warn":
        # The plugin skips all but one of the hosts that share a name. The two runs can skip different hosts.
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
        # Some names differ because a host in another site has the same name. The results of expressions can depend on
        # names, so do not compare them.
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
    """Return the host names by the URL of the object that each host was created from."""
    return {variables[WHO]: host for host, variables in outcome.hosts.items() if WHO in variables}


def _of_site(target: Target, site: str) -> set[str]:
    """Return the URLs of the devices and virtual machines in a site."""
    rows = [row for endpoint in (DEVICES, VMS) for row in target.rows(endpoint)]
    return {_here(target, row["url"]) for row in rows if row["site"] and row["site"]["slug"] == site}


def _here(target: Target, url: str) -> str:
    return f"{target.url.rstrip('/')}/api/{url.partition('/api/')[2]}"


def _empty(options: Options, every: Outcome) -> set[str]:
    """Return the groups that are allowed to have no hosts."""
    return set(every.groups) if options.get("empty_groups") else set()


# Error messages for keys or parents in keyed_groups that are not valid group names.
NOT_A_GROUP = re.compile(r"Invalid group name format|Invalid empty/false group name|parent_group must return a string")


def each_object_is_one_host(target: Target, options: Options, earlier: Earlier | None = None) -> list[str]:
    """Check that each device or virtual machine is exactly one host, and that data from earlier sources remains."""
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
    """Return the URLs of the objects that become hosts.

    If a virtual chassis has a master, the master represents the chassis. The other members do not become hosts.
    """
    devices = target.rows(DEVICES)
    members = {
        row["id"]
        for row in devices
        if (row["virtual_chassis"] or {}).get("master") and row["virtual_chassis"]["master"]["id"] != row["id"]
    }
    kept = [row for row in devices if row["id"] not in members] + target.rows(VMS)
    return {_here(target, row["url"]) for row in kept}


def arrival_does_not_matter(mock: Mock, options: Options, order: Sequence[str]) -> list[str]:
    """8. Check that the order in which lists arrive does not change the inventory."""
    mock.before = None
    usual = mock.run({**options, "max_workers": 8})
    mock.before = in_order({endpoint: rank for rank, endpoint in enumerate(order)}, 0.0003)
    try:
        return differences(usual, mock.run({**options, "max_workers": 8}))
    finally:
        mock.before = None


def errors_leave_nothing(target: Target, options: Options, earlier: Earlier | None = None) -> list[str]:
    """9. Check that no run causes a traceback, and that a failed run adds nothing to the inventory."""
    outcome = target.run(options, earlier=earlier)
    if outcome.crash is not None:
        return [f"traceback: {outcome.error}"]
    if outcome.error is None:
        return []
    before = fill_only(earlier or {})
    left = differences(Outcome(before.hosts, before.groups), Outcome(outcome.hosts, outcome.groups), order=False)
    return [f"left behind: {each}" for each in left]


# Fields that the inventory needs even if they do not change it. The plugin uses them to identify objects, name hosts,
# and join several objects into one host.
STRUCTURAL = ("id", "name", "virtual_chassis", "vc_position", "nat_inside")
# Lists that the plugin reads to check whether GraphQL returns the same data as the REST API. If the data differs, the
# plugin uses REST and creates the same inventory.
FOR_AGREEMENT = ("extras/custom-fields", "extras/tags")


# Choices. If no REST row contains a value that GraphQL returned, the plugin replaces the value with the one from the
# REST API.
CONFIRMED = ("mode", "type", "status")


# Host variables that contain lists of objects.
OF_HOSTS = ("interfaces", "services", "virtual_disks")


def nothing_is_read_in_vain(mock: Mock, options: Options, random: Random | None = None, number: int = 0) -> list[str]:
    """10. Check that each requested field can change the inventory, and that no request is sent twice.

    Ignore fields that are empty in all objects. Change the options so that no composed variable or renamed variable
    replaces another variable, and so that no host is skipped because of its name. Ignore fields that an expression
    mentions: the plugin must request them even if no object contains a matching value.

    If ``random`` is set, it chooses ``number`` fields to test. Otherwise, test all fields.
    """
    mock.change = None
    composed = {name: text for name, text in options.get("compose", {}).items() if name not in HOST_VARS}
    options = {**options, "compose": composed, "duplicate_hostnames": "suffix"}
    names = [_own_name(name, options) for name in HOST_VARS]
    if len(set(names)) < len(names):
        options = {name: value for name, value in options.items() if name != "rename_variables"}
    if not set(EXPRESSIONS).isdisjoint(options):
        # Do not flatten data. Otherwise, any unknown name in an expression could be a flattened key.
        options = {name: value for name, value in options.items() if not name.startswith("flatten_")}
    # Remove the conditions and parents of groups. Some of them only test whether a field exists.
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
    # If no expression returns a name, the host is named after a custom field or, if it has no name, after its type.
    mentioned |= {"device_type", "custom_fields"} if "hostnames" in options else set()
    requested = sorted({each for asked in usual.requests for each in _requested(asked)})
    requested = [each for each in requested if mentioned.isdisjoint(each[1].split("."))]
    if not mentioned.isdisjoint(("lookup", "query", "vars", "hostvars")):
        # An expression with one of these names can use any variable.
        return found
    if not mentioned.isdisjoint(OF_HOSTS):
        # An expression can use only some fields of each object in these lists.
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
    """Return the fields that a request names, each with its list.

    A list is a REST endpoint or the name of a GraphQL list. A request for whole objects does not name fields.
    """
    if asked.path.endswith("/graphql/"):
        document = asked.json["query"]
        left_out = {*STRUCTURAL, *CONFIRMED}
        paths = [(name, path) for name, path in selected_paths(document) if path[-1] not in left_out]
        # NetBox always loads whole nested objects, so selecting only their ID would not be cheaper.
        return {(name, ".".join(path[:-1] or path)) for name, path in paths}
    query = dict(asked.query)
    endpoint = asked.path.removeprefix("/api/").strip("/")
    if query.get("limit") in ("0", "1") or endpoint in FOR_AGREEMENT:
        # This request counts objects, reads a sample, or checks whether both APIs agree.
        return set()
    fields = set(query.get("fields", "").split(",")) - {"", *STRUCTURAL}
    if "id" in query and fields == {"primary_ip", "primary_ip4", "primary_ip6"}:
        # This request reads a sample that shows which primary address NetBox prefers. GraphQL does not return it.
        return set()
    if "primary_ip" in fields:
        # Without these fields, NetBox queries the primary address of each row separately.
        fields -= {"primary_ip4", "primary_ip6"}
    return {(endpoint, field) for field in fields}


def selected_paths(document: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return the paths of the leaf fields that a GraphQL document selects, each with the name of its list."""
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
    """Change the field in all rows of a response, and append its original values to ``poisoned``."""
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
    """Return another value of the same type.

    All numbers become the same number, and most strings become the same string. The value then no longer distinguishes
    rows.
    """
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


# Other values for choices. If a response contained an unknown choice, the run would use the other API.
CHOICES = {
    **dict.fromkeys(("active", "planned", "paused", "staged", "failed"), "offline"),
    **dict.fromkeys(("access", "tagged"), "tagged-all"),
    **dict.fromkeys(("1000base-t", "lag"), "virtual"),
}


def _poisoned_text(text: str) -> str:
    if text in CHOICES:
        return CHOICES[text]
    if re.fullmatch(r".*\d/\d+", text):
        # Return an address with another prefix length.
        return "2001:db8:4242::1/63" if ":" in text else "10.42.42.42/23"
    return "4242" if text.isdigit() else "poison"
