# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Generate options of nb_inventory as users combine them, for a given estate.

The expressions are similar to the ones that users write. They come from our guides, the documentation of netbox.netbox,
published inventory files, and issues about failures.
"""

from __future__ import annotations

import typing as t

from hypothesis import strategies as st

from ansible_collections.netbox.cursor.tests.laws.described import Described
from ansible_collections.netbox.cursor.tests.laws.estates import CUSTOM_NAMES, estates

Options = dict[str, t.Any]

GROUP_BY = (
    *("site", "location", "tenant", "rack", "rack_role", "tag", "role", "device_type", "manufacturer", "platform"),
    *("region", "site_group", "cluster", "cluster_type", "cluster_group", "is_virtual", "services", "status"),
    *("time_zone", "utc_offset", "facility", "tenant_group"),
)
SINGULAR = {
    **{f"{name}s": name for name in ("site", "tenant", "rack", "tag", "device_type", "manufacturer", "platform")},
    "device_roles": "role",
}
PLURALS = tuple(SINGULAR)
HOST_VARS = (
    *("ansible_host", "primary_ip4", "primary_ip6", "oob_ip", "status", "config_context", "local_context_data"),
    *("custom_fields", "site", "regions", "site_groups", "locations", "time_zone", "utc_offset", "facility", "tenant"),
    *("role", "platform", "device_type", "manufacturer", "rack", "rack_role", "cluster", "cluster_device"),
    *("cluster_type", "cluster_group", "is_virtual", "serial", "asset_tag", "disk", "memory", "vcpus", "tags"),
    *("dns_name", "services", "interfaces", "virtual_disks", "primary_ip4_prefix_length", "primary_interface"),
    *("gateway", "selected"),
)
SWITCHES = (
    *("config_context", "flatten_config_context", "flatten_local_context_data", "flatten_custom_fields", "interfaces"),
    *("virtual_disks", "services", "site_data", "prefixes", "dns_name", "ansible_host_dns_name", "primary_interface"),
    *("oob_ip_as_primary_ip", "virtual_chassis_name", "group_names_raw", "empty_groups", "plurals"),
)
INTERFACE_FIELDS = (
    *("name", "label", "enabled", "type", "description", "mac_address", "mtu", "mode", "mgmt_only", "lag", "parent"),
    *("untagged_vlan", "tagged_vlans", "vrf", "tags", "custom_fields", "display", "count_ipaddresses"),
)

# Values for compose.
VALUES = (
    # Fields of the object, host variables, and names that are both a field and a host variable.
    *("name", "id", "url", "site.slug", "site.name", "site", "role", "tenant.name", "netbox.site.name", "last_updated"),
    *("position", "face.value", "rack.display", "rack", "device_type.manufacturer.slug", "platform.slug", "platform"),
    *("status.value", "status.label", "regions", "regions | last", "site_groups | first | default('x')", "locations"),
    *("tags", "tags | length", "tags | map(attribute='slug') | list", "(tags | first).slug | default('none')"),
    *("primary_ip4.address", "primary_ip4.address.split('/')[0]", "primary_ip", "primary_ip6", "oob_ip", "nat"),
    *("selected", "selected.tenant.slug", "selected.name | default('x')", "selected.interfaces | length"),
    *("primary_ip4_prefix_length", "primary_interface", "gateway", "primary_interface ~ gateway | default('')"),
    *("primary_ip4.nat_outside | map(attribute='address') | list", "primary_ip.dns_name", "dns_name", "ansible_host"),
    "custom_fields['owner'] | default(primary_ip4.address | regex_replace('/.*', ''), true)",
    *("custom_fields.owner", "custom_fields.fqdn", "custom_fields.site.slug", "custom_fields | dict2items | length"),
    *("cluster", "cluster.name", "cluster_group", "cluster_type", "device.name", "cluster_device", "vcpus", "memory"),
    *("virtual_chassis.name", "vc_position", "virtual_chassis.master.id", "serial", "asset_tag", "description"),
    *("config_context", "config_context.ntp | default([])", "local_context_data", "local_context_data.disk", "disk"),
    *("is_virtual", "manufacturer", "device_type", "device_type.model", "time_zone", "utc_offset", "facility"),
    *("services", "services | map(attribute='name') | list", "virtual_disks | length", "rack_role", "racks", "sites"),
    "interfaces | map(attribute='name') | list",
    "interfaces | selectattr('mgmt_only') | map(attribute='ip_addresses') | flatten | map(attribute='address') | list",
    "interfaces | selectattr('name', 'match', '^eth') | list | length",
    # The whole object, method calls, and keys that are known only when the expression runs.
    *("netbox.get('face', 'x')", "netbox.get('serial')", "netbox.keys() | list", "netbox | length", "netbox"),
    *("netbox['site']['slug']", "netbox[something]", "netbox.items() | list | length", "netbox.rack.name"),
    *("vars['name']", "hostvars", "netbox.custom_fields", "netbox is mapping", "(netbox | default({})).name"),
    # Names that Ansible defines.
    *("inventory_hostname", "inventory_hostname_short", "inventory_file | basename", "inventory_dir | length"),
    *("inventory_hostname ~ '.lan'", "inventory_hostname.split('_')", "groups | default('no groups')", "omit"),
    # Globals, filters, and tests of Jinja and Ansible.
    *("range(2) | list", "now(utc=true).year", "lookup('env', 'LAWS_NOT_SET')", "query('env', 'LAWS_NOT_SET')"),
    *("lookup('ansible.builtin.env', 'LAWS_NOT_SET', default=site.slug)", "dict(a=serial)", "namespace(x=1).x"),
    *("name is defined and name is not none", "name | default('none', true) | upper", "undef()", "lipsum is defined"),
    "('role' in netbox) | ternary('has', 'has not')",
    "'{}.example.com'.format(name)",
    # Common mistakes: missing quotes, braces, undefined names, syntax errors, and empty expressions.
    *("community.routeros.routeros", "ansible.netcommon.network_cli", "{{ name }}", "{{ site.slug }}", "no_such_name"),
    *("name | no_such_filter", "name.no.such.attribute", "1 / 0", "name +", "", "'literal'", "[1, 2", "none", "true"),
    # Variables under names that result from vars_prefix and rename_variables.
    *("nb_site", "nb_status.value", "nb_tags", "nb_site.name", "my_tenant", "nb_my_tenant", "nb_custom_fields.owner"),
    # Variables from earlier sources, and variables from flattened data.
    *("earlier", "earlier.colour", "ntp", "fqdn", "owner", "tier", "x1", "ansible_connection"),
)
CONDITIONS = (
    *("is_virtual", "not is_virtual", "status.value == 'active'", "'leaf' in role", "role == 'leaf'", "'dup' in tags"),
    *("'ber' in regions", "'north' in site_groups", "'level-9' in locations", "site == 'ber'", "site.slug == 'ber'"),
    *("netbox.role.slug == 'leaf'", "tenant is defined", "primary_ip4 is not none", "primary_ip4 is defined"),
    *("virtual_chassis is not none", "inventory_hostname_short == 'web1'", "inventory_hostname is match('web')"),
    *("inventory_file is defined", "custom_fields.tier | default('') == 't1'", "interfaces | default([]) | length > 1"),
    *("services | default([]) | length > 0", "platform is defined", "'pci' in tags and status.value == 'active'"),
    *("true", "false", "1", "no_such_name", "netbox.get('face')", "earlier is defined", "disk is defined", "made"),
    *("{{ is_virtual }}", "name is none", "rack_role == 'ber'", "cluster is defined", "serial | length > 0"),
    *("netbox.tags | selectattr('slug', 'equalto', 'ber') | list", "dns_name is defined", "nb_site is defined"),
)
KEYS = (
    *("site", "sites", "role", "device_roles", "tags", "status", "status.value", "platform", "platforms", "tenant"),
    *("regions", "site_groups", "locations", "custom_fields.tier", "custom_fields.tier | default('none')", "serial"),
    *("netbox.device_type.manufacturer.slug", "device_type", "manufacturer", "rack", "rack_role", "cluster", "made"),
    *("custom_fields", "netbox.site.slug", "netbox.tenant.name", "is_virtual", "vcpus", "id", "name", "site.name"),
    *("no_such_name", "interfaces", "services | map(attribute='name') | list", "inventory_hostname_short", "nb_site"),
    *("netbox.rack", "netbox.role", "primary_ip4", "ansible_host", "cluster_type", "utc_offset", "time_zone"),
    *("netbox.get('tenant')", "local_context_data", "tags | first", "'x y'", "none", "[]", "['a', '', 'b']"),
)
HOST_NAMES = (
    *("name", "custom_fields.fqdn", "primary_ip4.dns_name", "dns_name", "ansible_host", "name ~ '.' ~ site.slug"),
    *("inventory_hostname", "name | lower", "custom_fields.owner", "site", "role", "status", "serial", "asset_tag"),
    *("netbox.name", "netbox.get('name')", "no_such_name", "''", "'all'", "rack", "platform.slug", "tags", "id"),
    *("virtual_chassis.name", "custom_fields.tier", "device_type.slug ~ '-' ~ id", "'x' if is_virtual else name"),
    "interfaces | map(attribute='name') | first",
)
PREFIXES = ("", "nb_", "NB-")
RENAMINGS: tuple[list[dict[str, str]], ...] = (
    [{"pattern": "tenant", "repl": "my_tenant"}],
    [{"pattern": "cluster(.*)", "repl": r"nb_cluster\1"}],
    [{"pattern": "(.*)", "repl": r"nb_\1"}],
    [{"pattern": "custom_(.*)", "repl": r"own_\1"}, {"pattern": "s", "repl": "S"}],
    [{"pattern": "x*", "repl": "y"}],
    [{"pattern": "ansible_host", "repl": "address"}],
    [{"pattern": "site", "repl": "status"}],
)


SELECTIONS: tuple[t.Any, ...] = (
    "name",
    "tenant {slug group {slug}} site {region {name}}",
    ["tags {slug}", {"interfaces": ["name", {"ip_addresses": ["address"]}]}],
    "rack {name} vcpus primary_ip4 {assigned_object {... on InterfaceType {name} ... on VMInterfaceType {name}}}",
    "interfaces {name lag {name} vrf {name}}",
    "x: role {id parent {slug}} custom_fields",
)


FEW = st.sampled_from((0, 1, 1, 2, 3))
RARELY = st.sampled_from((False, False, False, False, False, True))
OFTEN = st.booleans()
_VALUES, _CONDITIONS, _KEYS = st.sampled_from(VALUES), st.sampled_from(CONDITIONS), st.sampled_from(KEYS)
_HOST_NAMES = st.sampled_from(HOST_NAMES)
# Names of composed variables: new names, host variables, fields, connection variables, and an invalid name.
_COMPOSED = st.sampled_from(("made", "ansible_host", "site", "tags", "made_too", "ansible_user", "status", "1 x"))
_COMPOSED_GROUPS = st.sampled_from(("live", "web1", "site_ber", "dup", "a b", "all", "ungrouped", "ber"))
_GROUP_BY = st.lists(st.sampled_from((*GROUP_BY, *GROUP_BY, *PLURALS)), max_size=6, unique=True)
_HOST_VARS = st.lists(st.sampled_from(HOST_VARS), max_size=8, unique=True)
_INTERFACE_FIELDS = st.lists(st.sampled_from(INTERFACE_FIELDS), min_size=1, max_size=6, unique=True)
_DUPLICATES = st.sampled_from(("suffix", "warn", "error"))
_PARENTS = st.sampled_from(
    ("parents", "all", "{{ site }}", "{{ site.slug }}s", "site", "by {{ no_such_name }}", "web1")
)
_KEY_PREFIXES = st.sampled_from(("", "k", "site", "web 1"))
CHANCES = {share: st.sampled_from((False,) * (share - 1) + (True,)) for share in (2, 3, 4, 6, 10)}


def subsets(variables: tuple[str, ...] = HOST_VARS) -> st.SearchStrategy[list[str]]:
    """Return a strategy for lists of host_vars."""
    return st.lists(st.sampled_from(variables), max_size=8, unique=True)


@st.composite
def facts(draw: st.DrawFn) -> Options:
    """Draw the options that determine which variables hosts get, and the names of the variables."""
    options: Options = {name: True for name in SWITCHES if draw(CHANCES[4])}
    if draw(CHANCES[4]):
        options["racks"] = False
    if draw(CHANCES[4]):
        options["host_vars"] = draw(_HOST_VARS)
    if draw(CHANCES[6]):
        options["exclude_host_vars"] = draw(_HOST_VARS)
    if draw(CHANCES[6]):
        options["vars_prefix"] = draw(st.sampled_from(PREFIXES))
    if draw(CHANCES[6]):
        options["rename_variables"] = draw(st.sampled_from(RENAMINGS))
    if options.get("interfaces") and draw(CHANCES[3]):
        options["interface_fields"] = ["all"] if draw(OFTEN) else draw(_INTERFACE_FIELDS)
    if any(name.startswith("flatten") for name in options) and draw(CHANCES[3]):
        options["allow_ansible_variables"] = draw(st.sampled_from((["all"], ["ansible_connection"])))
    if draw(CHANCES[10]):
        options["hostname_field"] = draw(CUSTOM_NAMES)
    if draw(CHANCES[6]):
        options["duplicate_hostnames"] = draw(_DUPLICATES)
    return options


@st.composite
def groupings(draw: st.DrawFn) -> Options:
    """Draw the options that group hosts by their fields."""
    options: Options = {}
    # Use each key only once, under one of its names.
    keys = {SINGULAR.get(key, key): key for key in draw(_GROUP_BY)}
    if keys:
        options["group_by"] = list(keys.values())
        trees = [key for key in ("role", "platform", "tenant") if key in keys and draw(CHANCES[3])]
        if trees:
            options["group_trees"] = trees
        if draw(CHANCES[6]):
            options["group_prefix"] = draw(st.sampled_from(("g_", "nb-", "site_")))
    return options


@st.composite
def keyed_group(draw: st.DrawFn) -> Options:
    entry: Options = {"key": draw(_KEYS)}
    if draw(CHANCES[2]):
        entry["prefix"] = draw(_KEY_PREFIXES)
    if draw(CHANCES[3]):
        entry["parent_group"] = draw(_PARENTS)
    if draw(CHANCES[6]):
        entry["separator"] = draw(st.sampled_from(("", "-")))
    if draw(CHANCES[6]):
        entry.update(draw(st.sampled_from(({"default_value": "none"}, {"trailing_separator": False}))))
    return entry


@st.composite
def expressions(draw: st.DrawFn, *, names: bool = True) -> Options:
    """Draw compose, groups, and keyed_groups. If ``names`` is set, also draw hostnames."""
    options: Options = {}
    compose = {draw(_COMPOSED): draw(_VALUES) for _number in range(draw(FEW))}
    if compose:
        options["compose"] = compose
    groups = {draw(_COMPOSED_GROUPS): draw(_CONDITIONS) for _number in range(draw(FEW))}
    if groups:
        options["groups"] = groups
    keyed = [draw(keyed_group()) for _number in range(draw(FEW))]
    if keyed:
        options["keyed_groups"] = keyed
    if names and draw(CHANCES[4]):
        options["hostnames"] = [draw(_HOST_NAMES) for _number in range(draw(st.sampled_from((1, 2))))]
    if draw(CHANCES[10]):
        options["leading_separator"] = False
    return options


@st.composite
def filters(draw: st.DrawFn, described: Described) -> Options:
    """Draw filters that this estate's NetBox accepts."""
    options: Options = {}
    for name in ("query_filters", "device_query_filters", "vm_query_filters"):
        if draw(CHANCES[6]):
            found = [draw(one_filter(described, name)) for _number in range(draw(st.sampled_from((1, 2))))]
            options[name] = found if draw(OFTEN) else {key: value for one in found for key, value in one.items()}
    for name in ("include_filters", "exclude_filters", "device_exclude_filters", "vm_include_filters"):
        if draw(CHANCES[10]):
            kind = name if name.startswith(("device", "vm")) else "query_filters"
            options[name] = draw(filter_sets(described, kind.replace("exclude", "query").replace("include", "query")))
    if draw(CHANCES[10]):
        options[draw(st.sampled_from(("devices", "virtual_machines")))] = False
    return options


def filter_sets(described: Described, option: str = "query_filters") -> st.SearchStrategy[list[Options]]:
    """Return a strategy for one or two sets that contain one or two filters each."""
    one = st.lists(one_filter(described, option), min_size=1, max_size=2).map(
        lambda found: {key: value for each in found for key, value in each.items()}
    )
    return st.lists(one, min_size=1, max_size=2)


@st.composite
def one_filter(draw: st.DrawFn, described: Described, option: str) -> Options:
    """Draw a filter that the given option accepts."""
    lists = {
        "site": described.sites,
        "role": described.roles,
        "tag": described.tags,
        "tenant": described.tenants,
        "platform": described.platforms,
        "region": described.regions,
        "site_group": described.site_groups,
    }
    if option == "device_query_filters":
        lists.update(location=described.locations, device_type=described.device_types)
    name = draw(st.sampled_from((*lists, "has_primary_ip", "status", "name", "q", "site__n", "id__gte")))
    if name == "has_primary_ip":
        return {name: draw(st.sampled_from(("true", "false", True)))}
    if name == "status":
        return {name: draw(st.sampled_from(("active", "planned", ["active", "offline"])))}
    if name in ("name", "q"):
        return {name: draw(st.sampled_from(("web1", "dup", "WEB1")))}
    if name == "id__gte":
        return {name: 2}
    listed = lists[name.removesuffix("__n")]
    slugs = [thing["slug"] for thing in listed]
    if not slugs:
        return {"status": "active"}
    if draw(CHANCES[4]):
        return {name: slugs[:2]}
    return {name: draw(st.sampled_from(slugs))}


@st.composite
def configurations(
    draw: st.DrawFn,
    described: Described,
    *,
    with_filters: bool = True,
    with_names: bool = True,
    with_expressions: bool = True,
    with_select: bool = True,
    strict: bool = False,
) -> Options:
    """Draw a combination of all options. If ``strict`` is set, errors in expressions can fail the run."""
    options = {**draw(facts()), **draw(groupings())}
    if draw(CHANCES[6]) and described.tags:
        options["gateway_tag"] = draw(st.sampled_from([tag["slug"] for tag in described.tags]))
    if with_select and draw(CHANCES[6]):
        options["select"] = draw(st.sampled_from(SELECTIONS))
    if with_filters:
        options.update(draw(filters(described)))
    if with_expressions and not draw(CHANCES[4]):
        options.update(draw(expressions(names=with_names)))
        if strict and draw(CHANCES[4]):
            options["strict"] = True
    return options


@st.composite
def cases(draw: st.DrawFn, **settings: t.Any) -> tuple[Described, Options]:
    """Draw an estate, and options for it."""
    described = draw(estates())
    return described, draw(configurations(described, **settings))


# Data of earlier sources: variables of hosts, and groups with the names of hosts.
EARLIER = st.sampled_from(
    (
        {},
        {"hosts": {"web1": {"earlier": {"colour": "red"}, "site": "theirs"}}},
        {"hosts": {"old": {}}, "groups": {"web1": {"hosts": ["old"]}, "site_ber": {"hosts": ["old"]}}},
        {"hosts": {"dup": {"earlier": 1}}, "groups": {"dup": {"hosts": ["dup"]}, "all": {"children": ["dup"]}}},
        {"groups": {"ber": {"children": ["north"]}, "north": {}}},
    )
)


_WRONG: dict[str, tuple[t.Any, ...]] = {
    "group_by": (["sites", "nope"], ["tags", "tag"], "site", {"site": 1}, [None], [["site"]]),
    "group_trees": (["role"], ["nope"], [None], "role", 5),
    "host_vars": (["nope"], [None], "site", []),
    "select": ("nope", "site {", "site", "name {x}", 5, [], {}, ["site {nope}"], ""),
    "gateway_tag": ("nope", "", None, 5, [1]),
    "primary_interface": ("perhaps", None),
    "min_hosts": (-1, 10_000, "x", None, {}),
    "max_shrink": (-1, 101, "x", 5, {}),
    "exclude_host_vars": (["nope"], ["all"], [None], 5),
    "interface_fields": (["nope"], "all", [None]),
    "compose": (None, ["x"], {"a": None}, {"a": 1}, {1: "name"}, {"a": ["name"]}, {"a": {"b": "name"}}, {"": "name"}),
    "groups": ({"live": True}, {"live": None}, {"live": 1}, ["x"], {"live": ["name"]}, {"": "true"}, {1: "true"}),
    "keyed_groups": ([None], ["site"], [{}], [{"prefix": "x"}], {"key": "site"}, [{"key": None}], [{"key": ["a"]}]),
    "hostnames": ([None], "name", [1], [{"name": "x"}], [[]]),
    "rename_variables": ([None], ["x"], [{"pattern": "("}], [{"pattern": "a", "repl": "\\2"}], {"pattern": "a"}),
    "query_filters": (None, "site=ber", [None], [1], [{"nope": 1}], [{"site": None}], [{"limit": 5}], [{"site": ""}]),
    "device_query_filters": ([{"status": "bogus"}], [{"site": "nowhere"}], [{"cf_nope": 1}], [{"site": {"a": 1}}]),
    "include_filters": ([{}], [None], 5, [{"nope": 1}], [{"rack": "R1"}], [["site"]], "site=ber"),
    "exclude_filters": ([{}], "", {}, [{"limit": 1}], [{"status": "bogus"}]),
    "vm_query_filters": ([{"rack": "R1"}], [["site", "ber"]], [{1: 2}]),
    "duplicate_hostnames": ("no", None),
    "timeout": ("{{ nope }}", "soon", -1, None, 0),
    "retries": (-1, "x"),
    "page_size": (0, -1, "x"),
    "max_workers": (0, -1, "x", 1000),
    "token": ({"type": "Bearer"}, 5, [], "wrong", None, "{{ nope }}"),
    "headers": ("not json", ["x"], {"X": None}, 5),
    "api_endpoint": ("", "netbox", None, "ftp://x", "http://", "{{ nope }}"),
    "transport": ("soap", None),
    "pagination": ("pages",),
    "hostname_field": ("nope", 5, ""),
    "vars_prefix": (None, 5, "{{ nope }}"),
    "group_prefix": (None, 5),
    "plurals": ("perhaps", None),
    "gruop_by": (["site"],),
    "cert": (False, ""),
    "key": (False, ""),
    "ca_path": (False, "", "/no/such/file"),
    "validate_certs": ("perhaps", False),
    "cache": ("perhaps",),
    "thread_pool_executor": ("nope", "no.such.Class", 5),
}
_WRONG_NAMES = st.lists(st.sampled_from(sorted(_WRONG)), max_size=2, unique=True)


@st.composite
def mistakes(draw: st.DrawFn) -> Options:
    """Draw up to two options with values that are invalid or unusual."""
    return {name: draw(st.sampled_from(_WRONG[name])) for name in draw(_WRONG_NAMES)}
