# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: nb_inventory
short_description: Use NetBox as an inventory
version_added: 1.0.0
author:
  - The netbox.cursor authors (@netbox-cursor)
description:
  - Creates a host for each device and each virtual machine in NetBox, with variables and groups.
  - Requests only the lists and fields that the options need.
  - The inventory file name must end in C(netbox.yml), C(netbox.yaml), C(nb_inventory.yml), or C(nb_inventory.yaml).
  - Accepts every option of C(netbox.netbox.nb_inventory). To get identical variables and groups, set O(compatibility).
  - Values from NetBox are never evaluated as templates.
extends_documentation_fragment:
  - netbox.cursor._connection.plugin
  - netbox.cursor._connection
  - netbox.cursor._paging
  - netbox.cursor._filters
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
options:
  plugin:
    description: Name of the plugin. Must be V(netbox.cursor.nb_inventory).
    type: str
    required: true
    choices:
      - netbox.cursor.nb_inventory
  devices:
    description: Whether devices become hosts.
    type: bool
    default: true
  virtual_machines:
    description: Whether virtual machines become hosts.
    type: bool
    default: true
  query_filters:
    description:
      - NetBox filters that devices and virtual machines must match. Both object types must support the filters.
      - A list of dictionaries, or a single dictionary. If a value is a list, or if a filter occurs several times,
        objects can match any of the values.
      - To filter only one object type, use O(device_query_filters) or O(vm_query_filters).
    type: raw
    default: []
  device_query_filters:
    description:
      - NetBox filters that devices must match, in addition to O(query_filters).
      - The format is described in O(query_filters).
    type: raw
    default: []
  vm_query_filters:
    description:
      - NetBox filters that virtual machines must match, in addition to O(query_filters).
      - The format is described in O(query_filters).
    type: raw
    default: []
  include_filters:
    description:
      - List of filter sets for devices and virtual machines. A host is selected if it matches all filters of at least
        one set. Both object types must support the filters.
      - O(query_filters), O(device_query_filters), and O(vm_query_filters) apply as well.
      - Each set is a dictionary. If a value is a list, objects can match any of the values.
    type: raw
    default: []
  device_include_filters:
    description: Additional sets for O(include_filters) that apply only to devices.
    type: raw
    default: []
  vm_include_filters:
    description: Additional sets for O(include_filters) that apply only to virtual machines.
    type: raw
    default: []
  exclude_filters:
    description:
      - List of filter sets for devices and virtual machines. A host is excluded if it matches all filters of at least
        one set. Both object types must support the filters.
      - The format is described in O(include_filters).
    type: raw
    default: []
  device_exclude_filters:
    description: Additional sets for O(exclude_filters) that apply only to devices.
    type: raw
    default: []
  vm_exclude_filters:
    description: Additional sets for O(exclude_filters) that apply only to virtual machines.
    type: raw
    default: []
  group_by:
    description:
      - Properties for which to create groups. Each group name consists of the key and the slug, such as C(site_ber1).
        Racks and clusters have names instead of slugs.
      - Regions, site groups, sites, and locations form trees. A host is in the lowest group of each tree. Tenant groups
        form a tree as well. For other trees, see O(group_trees).
      - If several locations, regions, site groups, roles, or platforms share a slug, each group is named after its
        path, such as C(location_ber1_floor-1). The group for the slug, such as C(location_floor-1), contains these
        groups.
    type: list
    elements: str
    default: []
    choices:
      - sites
      - site
      - location
      - tenants
      - tenant
      - racks
      - rack
      - rack_role
      - tags
      - tag
      - device_roles
      - role
      - device_types
      - device_type
      - manufacturers
      - manufacturer
      - platforms
      - platform
      - region
      - site_group
      - cluster
      - cluster_type
      - cluster_group
      - is_virtual
      - services
      - status
      - time_zone
      - utc_offset
      - facility
      - tenant_group
  group_trees:
    description:
      - Keys in O(group_by) whose groups form trees. Nested roles and platforms are below their parents. Tenants are
        below their tenant groups, and tenant groups are below their parents.
      - If tenants in different tenant groups share a slug, each group is named after its path.
    type: list
    elements: str
    default: []
    choices:
      - role
      - platform
      - tenant
  group_names_raw:
    description: Whether to omit the key from the group names for O(group_by), so that C(site_ber1) becomes C(ber1).
    type: bool
    default: false
  group_prefix:
    description: Prefix for the names of all groups that O(group_by) creates.
    type: str
    default: ""
  empty_groups:
    description:
      - Whether to create the groups of all regions, site groups, sites, and locations, including those without hosts.
      - The default is V(false), or V(true) if O(compatibility=netbox.netbox).
    type: bool
  host_vars:
    description:
      - Variables to set on hosts, or V(all).
      - Requesting fewer variables reduces the load on NetBox. Expressions and groups can use all variables.
    type: list
    elements: str
    default:
      - all
  exclude_host_vars:
    description:
      - Variables in O(host_vars) that the plugin does not set on hosts.
      - Expressions and groups can use these variables.
    type: list
    elements: str
    default: []
  vars_prefix:
    description: Prefix for the names of all variables, except names that start with C(ansible_).
    type: str
    default: ""
  rename_variables:
    description:
      - List of dictionaries with the keys C(pattern) and C(repl). If the start of a variable name matches the regular
        expression C(pattern), the matching part is replaced with C(repl).
      - Only the first pattern that matches applies.
    type: list
    elements: dict
    default: []
  compatibility:
    description:
      - Set to V(netbox.netbox) to get the variables, defaults, and groups of C(netbox.netbox.nb_inventory) 3.23.
      - The migration guide lists the differences that remain.
    type: str
    choices:
      - netbox.netbox
  allow_ansible_variables:
    description:
      - Variables that Ansible interprets and that flattened data from NetBox is allowed to set, or V(all).
      - Without this option, keys such as C(ansible_connection) in config contexts, local context data, and custom
        fields do not become variables. See O(flatten_config_context), O(flatten_local_context_data), and
        O(flatten_custom_fields).
    type: list
    elements: str
    default: []
  plurals:
    description:
      - Whether to use the plural names C(sites), C(tenants), C(racks), C(device_roles), C(device_types),
        C(manufacturers), and C(platforms) for variables. Each variable is a list with one value. Config contexts are
        lists as well.
      - The default is V(false), or V(true) if O(compatibility=netbox.netbox).
    type: bool
  hostnames:
    description:
      - Jinja expressions for host names. The first expression with a result that is not empty applies.
      - Expressions can use the object's fields and the host's variables.
      - If all expressions are empty, the object's name is used. If the object has no name, the host is named after the
        device type and the ID.
    type: list
    elements: str
    default: []
  hostname_field:
    description: Custom field that contains the host name. If it is empty, the object's name is used.
    type: str
  duplicate_hostnames:
    description:
      - Action if several hosts share a name. Devices come before virtual machines, and low IDs come first. The name of
        the first host does not change.
      - V(suffix) appends the ID to the names of all other hosts. V(warn) skips all other hosts. Both print a warning.
      - V(error) fails.
    type: str
    choices:
      - suffix
      - warn
      - error
    default: suffix
  virtual_chassis_name:
    description:
      - Whether to name the host for a virtual chassis after the chassis.
      - A virtual chassis is one host, its master. If the filters exclude the master, the member with the lowest
        position represents the chassis. If a chassis has no master, all members are hosts.
    type: bool
    default: false
  config_context:
    description: Whether to add the variable C(config_context).
    type: bool
    default: false
  flatten_config_context:
    description:
      - Whether to add a variable for each key of the config context, instead of C(config_context).
      - Keys that are not valid variable names, such as C(ntp-servers), are renamed, for example to C(ntp_servers). A
        warning lists them. The names do not change if O(compatibility=netbox.netbox).
    type: bool
    default: false
  flatten_local_context_data:
    description:
      - Whether to add a variable for each key of the local context data, instead of C(local_context_data).
      - Keys are renamed as described in O(flatten_config_context).
    type: bool
    default: false
  flatten_custom_fields:
    description:
      - Whether to add a variable for each custom field, instead of C(custom_fields).
      - Names are changed as described in O(flatten_config_context).
    type: bool
    default: false
  interfaces:
    description: Whether to add the variable C(interfaces). It is a list of interfaces with their IP addresses.
    type: bool
    default: false
  interface_fields:
    description:
      - Interface fields to request. V(all) requests complete interfaces and complete IP addresses.
      - The default is V(name), V(label), V(enabled), V(type), V(description), V(mac_address), V(mtu), V(mode),
        V(mgmt_only), V(lag), V(parent), V(untagged_vlan), V(tagged_vlans), V(vrf), V(tags), and V(custom_fields); or
        V(all) if O(compatibility=netbox.netbox).
    type: list
    elements: str
  virtual_disks:
    description: Whether to add the variable C(virtual_disks) to virtual machines.
    type: bool
    default: false
  services:
    description:
      - Whether to add the variable C(services).
      - The default is V(false), or V(true) if O(compatibility=netbox.netbox).
    type: bool
  racks:
    description: Whether to add the variables C(rack), C(rack_role), and C(locations).
    type: bool
    default: true
  site_data:
    description: Whether the variable C(site) contains the complete site instead of its slug.
    type: bool
    default: false
  prefixes:
    description: Whether to add the list C(prefixes) to the variable C(site). Requires O(site_data).
    type: bool
    default: false
  dns_name:
    description: Whether to add the variable C(dns_name). It contains the DNS name of the primary IP address.
    type: bool
    default: false
  primary_interface:
    description:
      - Whether to add the variable C(primary_interface). It contains the name of the interface with the primary IP
        address.
      - The variable is undefined if the primary IP address is the outside address of a NAT on another device.
    type: bool
    default: false
  gateway_tag:
    description:
      - Slug of the tag that identifies gateways in NetBox. Adds the variable C(gateway).
      - The gateway is the IP address with this tag in the subnet and the VRF of the primary IPv4 address, or of the
        primary IPv6 address if there is no IPv4 address.
      - If no address or several addresses in the subnet have the tag, the variable is undefined. The host's own address
        is ignored.
    type: str
  select:
    description:
      - GraphQL selection of more fields for each host, such as V(tenant {group {slug}}), or a list of fields as in
        the O(netbox.cursor.nb_graphql#lookup:fields) option of P(netbox.cursor.nb_graphql#lookup).
      - Expressions see the result as C(selected), for example C(selected.tenant.group.slug). To add the variable
        C(selected) to hosts, list it in O(host_vars), for example V([all, selected]).
      - Filters and all other options work without changes. Requires NetBox's GraphQL API, even with O(transport=rest).
      - The plugin checks the field names before it reads hosts. A field that only devices or only virtual machines have
        is omitted for the other kind.
      - GraphQL returns null for objects that the token's user has no permission to view. In this case, the plugin
        fails with an error that names the permission. If the user has permission to view only some objects of a type,
        lists contain only these objects.
    type: raw
  ansible_host_dns_name:
    description: Whether to set C(ansible_host) to the DNS name of the primary IP address, if there is one.
    type: bool
    default: false
  oob_ip_as_primary_ip:
    description: Whether to set C(ansible_host) to the out-of-band IP address, if there is one.
    type: bool
    default: false
  transport:
    description:
      - NetBox API to use for hosts and interfaces. The inventory does not depend on this option.
      - GraphQL needs less CPU time on NetBox for large inventories. V(auto) uses GraphQL for 1,200 or more hosts,
        unless GraphQL hides objects that the REST API returns. C(-v) shows which API is used, and why.
      - Filters are always REST API filters.
      - GraphQL omits related objects that the token's user has no permission to view. The REST API still shows their
        names. V(auto) detects this and uses the REST API, with one exception. If the user has permission to view only
        some tags or VLANs, set V(rest).
    type: str
    choices:
      - auto
      - rest
      - graphql
    default: auto
  stale_if_error:
    description:
      - Number of seconds for which an expired cache can be used if NetBox is down.
      - Requires O(cache) and O(cache_timeout). The time starts when the cache expires.
    type: int
    default: 0
  refresh:
    description:
      - How to update an inventory whose cache has expired.
      - V(full) reads everything. V(changes) reads the changes since the last run from NetBox's change log, and then
        only the objects that changed. The result equals a full read, except for changes that NetBox does not log. See
        the refresh guide.
      - V(changes) requires O(cache), a O(cache_timeout) above 0, and a cache plugin that stores entries, such as
        C(ansible.builtin.jsonfile).
      - The token's user needs permission to view object changes (C(core.view_objectchange)).
      - If a run cannot rely on the change log, it reads everything. C(-v) shows the reason.
    type: str
    choices:
      - full
      - changes
    default: full
  refresh_full_age:
    description:
      - Number of seconds after which everything is read again.
      - Applies to O(refresh=changes).
    type: int
    default: 86400
  audit_slices:
    description:
      - Number of runs in which the plugin compares the complete inventory with NetBox, to find changes that NetBox does
        not log. Each run compares one slice. If the slice differs, everything is read again.
      - With V(0), runs compare only the number of hosts.
      - Applies to O(refresh=changes).
    type: int
    default: 24
  max_changes:
    description:
      - Maximum number of changes, and of hosts to read again. If there are more, everything is read.
      - The default is a tenth of the number of hosts, and at least 1000.
      - Applies to O(refresh=changes).
    type: int
  min_hosts:
    description:
      - Number of hosts that the inventory must have. If it has fewer, the run fails, and the cache does not change.
      - The run also fails if other inventory sources are read without errors.
    type: int
    default: 0
  max_shrink:
    description:
      - Percentage of hosts that can disappear between two inventories. If more hosts are gone, the run fails, and the
        cache does not change. The error lists the first hosts that are gone.
      - Requires O(cache). The plugin compares the number of hosts with the last inventory that it read with this base
        URL, this branch, and these filters. That inventory can have any age, and C(--flush-cache) does not remove it.
      - To accept an inventory with fewer hosts, set V(100) for one run.
    type: float
  fetch_all:
    description: Ignored. Accepted for compatibility with C(netbox.netbox).
    type: bool
    default: true
  max_uri_length:
    description: Ignored. Accepted for compatibility with C(netbox.netbox).
    type: int
    default: 4000
  follow_redirects:
    description:
      - Ignored. Accepted for compatibility with C(netbox.netbox).
      - The plugin follows redirects only on the same server.
    type: str
    default: urllib2
notes:
  - All options except expressions can be templates, such as C("{{ lookup('ansible.builtin.env', 'MY_TOKEN') }}").
  - Some names, such as C(site), exist both as a variable and as an object field. In O(compose) and O(hostnames), such a
    name refers to the field, so C(site.name) contains the site's name. In O(groups) and O(keyed_groups), it refers to
    the variable. C(netbox) is the object in all expressions.
seealso:
  - name: Inventory guide
    description: Explains how to select hosts, variables, and groups.
    link: https://netbox-cursor.github.io/netbox.cursor/1.0.0/docsite/inventory_guide.html
  - name: Filters of NetBox
    description: Describes NetBox REST API filters.
    link: https://netboxlabs.com/docs/netbox/reference/filtering/
"""

EXAMPLES = r"""
---
# All devices and virtual machines. The environment contains NETBOX_API and NETBOX_TOKEN.
plugin: netbox.cursor.nb_inventory

---
# Base URL and token in the file.
plugin: netbox.cursor.nb_inventory
api_endpoint: https://netbox.example.com
token: "{{ lookup('ansible.builtin.env', 'MY_TOKEN') }}"

---
# Active leaf switches in two sites.
plugin: netbox.cursor.nb_inventory
virtual_machines: false
device_query_filters:
  - site: [ber1, par1]
    role: leaf
    status: active

---
# Core routers everywhere and all hosts in one site, without hosts that are out of service or have a tag.
plugin: netbox.cursor.nb_inventory
include_filters:
  - site: ber1
device_include_filters:
  - role: core-router
exclude_filters:
  - status: [offline, failed]
  - tag: pci

---
# Groups for regions, sites, and tags, and only the variables that a playbook needs.
plugin: netbox.cursor.nb_inventory
host_vars: [ansible_host, site, platform, tags]
group_by: [region, site, tag]

---
# The tenant group and the interface of the primary address, without reading all tenants and interfaces.
plugin: netbox.cursor.nb_inventory
select: >-
  tenant {group {slug}}
  primary_ip4 {assigned_object {... on InterfaceType {name} ... on VMInterfaceType {name}}}
compose:
  tenant_group: selected.tenant.group.slug
  management_interface: selected.primary_ip4.assigned_object.name

---
# Groups for nested roles below their parents, and for tenants below their tenant groups.
plugin: netbox.cursor.nb_inventory
group_by: [role, tenant]
group_trees: [role, tenant]

---
# All variables except the address, so that hosts are reached by their names.
plugin: netbox.cursor.nb_inventory
exclude_host_vars: [ansible_host]

---
# The prefix length, the gateway, and the interface of the primary address.
plugin: netbox.cursor.nb_inventory
host_vars: [primary_ip4, primary_ip4_prefix_length, primary_interface, gateway]
primary_interface: true
gateway_tag: edge

---
# Names, variables, and groups from expressions.
plugin: netbox.cursor.nb_inventory
hostnames:
  - custom_fields.fqdn
  - name
compose:
  ansible_network_os: platform.slug
  rack_position: position
keyed_groups:
  - prefix: os
    key: platform
groups:
  pci: "'pci' in tags"

---
# A cache for one hour, or for one day if NetBox is down.
plugin: netbox.cursor.nb_inventory
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/ansible
cache_timeout: 3600
stale_if_error: 86400

---
# A cache for five minutes. After that, only what changed is read.
plugin: netbox.cursor.nb_inventory
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/ansible
cache_timeout: 300
refresh: changes

---
# Refuse an inventory that lost more than a tenth of its hosts, or that has fewer than five.
plugin: netbox.cursor.nb_inventory
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/ansible
cache_timeout: 3600
min_hosts: 5
max_shrink: 10

---
# The variables and groups of netbox.netbox.
plugin: netbox.cursor.nb_inventory
compatibility: netbox.netbox
group_by: [sites, device_roles]
"""

import typing as t

from ansible.errors import AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable

from ansible_collections.netbox.cursor.plugins.module_utils._http.advice import explain
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import NetBoxError
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.cache import keep_private
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.expressions import safe_group_name
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.guard import TooFewHosts, fail_the_run
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.run import run
from ansible_collections.netbox.cursor.plugins.plugin_utils._options import (
    names_plugin,
    refuse_unknown_options,
    refuse_wrong_booleans,
    resolve_options,
    resolve_validate_certs,
)

ENDINGS = ("netbox.yml", "netbox.yaml", "nb_inventory.yml", "nb_inventory.yaml")


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    NAME = "netbox.cursor.nb_inventory"
    _sanitize_group_name = staticmethod(safe_group_name)

    def verify_file(self, path: str) -> bool:
        """Return whether the plugin reads this file. Warn if only the file name is wrong, because Ansible does not."""
        if not super().verify_file(path):
            return False
        if not path.endswith(ENDINGS) and names_plugin(path, self.NAME):
            self.display.warning(
                f"{path} contains plugin: {self.NAME}, but its name must end in {' or '.join(ENDINGS)}."
            )
        return path.endswith(ENDINGS)

    def set_options(self, task_keys: t.Any = None, var_options: t.Any = None, direct: t.Any = None) -> None:
        """Resolve templates before Ansible converts the options.

        Increase the cache timeout, so that Ansible keeps expired entries that a run can still use.
        """
        expressions = ("compose", "groups", "keyed_groups", "hostnames")
        refuse_unknown_options(self.option_definitions, direct or ())
        constants = {name: value for name, value in (direct or {}).items() if name not in expressions}
        kept = {name: value for name, value in (direct or {}).items() if name in expressions}
        resolved = {**kept, **resolve_options(self.templar, constants)}
        refuse_wrong_booleans(self.option_definitions, resolved)
        resolved = resolve_validate_certs(self.option_definitions, resolved, var_options)
        super().set_options(task_keys=task_keys, var_options=var_options, direct=resolved)
        self._fresh = self.get_option("cache_timeout") or 0
        seconds: t.Any = self._fresh + (self.get_option("stale_if_error") or 0)
        if self.get_option("refresh") == "changes":
            seconds = max(seconds, self.get_option("refresh_full_age"))
        if self._fresh:
            self.set_option("cache_timeout", seconds)
        if self.get_option("max_shrink") is not None:
            # `max_shrink` compares the inventory with the last inventory, which can have any age.
            self.set_option("cache_timeout", 0)

    def update_cache_if_changed(self) -> None:
        """Make the cache private.

        Config contexts can contain secrets, and Ansible creates cache files that all users can read.
        """
        super().update_cache_if_changed()
        if self.get_option("cache"):
            keep_private(self._cache)

    def parse(self, inventory: t.Any, loader: t.Any, path: str, cache: bool = True) -> None:
        """Fill the inventory."""
        super().parse(inventory, loader, path, cache)
        try:
            self._read_config_data(path)
            run(self, cache, self._fresh)
        except TooFewHosts as error:
            fail_the_run()
            raise AnsibleParserError(f"{path}: {error}") from None
        except NetBoxError as error:
            raise AnsibleParserError(f"{path}: {explain(error)}") from None
