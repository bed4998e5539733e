# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: nb_inventory
short_description: NetBox as an inventory
version_added: 1.0.0
author:
  - The netbox.cursor authors (@netbox-cursor)
description:
  - Hosts, variables and groups of the devices and virtual machines of NetBox.
  - NetBox is asked for what the options need and for nothing else.
  - Takes a file whose name ends in C(netbox.yml), C(netbox.yaml), C(nb_inventory.yml) or C(nb_inventory.yaml).
  - All options of C(netbox.netbox.nb_inventory) are taken and mean the same.
  - Nothing of NetBox is ever templated.
extends_documentation_fragment:
  - netbox.cursor._connection.plugin
  - netbox.cursor._connection
  - netbox.cursor._paging
  - netbox.cursor._filters
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
options:
  plugin:
    description: Must be V(netbox.cursor.nb_inventory).
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
      - Only devices and virtual machines that these filters of NetBox select. Both must know the filters.
      - A list of dictionaries, or one dictionary; a list as value, or a name that comes again, stands for any of the
        values.
    type: raw
    default: []
  device_query_filters:
    description: The same for devices alone.
    type: raw
    default: []
  vm_query_filters:
    description: The same for virtual machines alone.
    type: raw
    default: []
  group_by:
    description:
      - Groups to make. A group is called after the key and the slug (racks and clusters - the name) of its value,
        such as C(site_ber1).
      - Regions, site groups, sites and locations hang under each other, as far as they are named here; a host sits in
        the lowest one.
      - A location whose slug several sites have is a group of its own in each of them, such as
        C(site_ber1_location_floor-1); C(location_floor-1) holds them all.
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
  group_names_raw:
    description: Call groups after their values alone, such as C(ber1).
    type: bool
    default: false
  group_prefix:
    description: Text before the names of all groups made by O(group_by).
    type: str
    default: ""
  empty_groups:
    description:
      - Add the groups of all regions, site groups, sites, and locations, including those without hosts.
      - The default is V(false), or V(true) if O(compatibility=netbox.netbox).
    type: bool
  host_vars:
    description:
      - Which variables hosts get, or V(all). What nobody asks for is not fetched.
    type: list
    elements: str
    default:
      - all
  vars_prefix:
    description: Text before the names of all variables but those that begin with C(ansible_).
    type: str
    default: ""
  rename_variables:
    description:
      - Dictionaries with the keys C(pattern), a regular expression that the beginning of a variable's name must
        match, and C(repl), what to put for it. The first that matches counts.
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
      - Names of variables that flattened data from NetBox can set although Ansible obeys them, or V(all).
      - Without this option, keys such as C(ansible_connection) in config contexts, local context data, and custom
        fields do not become variables. See O(flatten_config_context), O(flatten_local_context_data), and
        O(flatten_custom_fields).
    type: list
    elements: str
    default: []
  plurals:
    description:
      - Call variables C(sites), C(tenants), C(racks), C(device_roles), C(device_types), C(manufacturers) and
        C(platforms), each being a list of one; and put config contexts into lists.
      - The default is V(false), or V(true) if O(compatibility=netbox.netbox).
    type: bool
  hostnames:
    description:
      - Jinja expressions; the first that is not empty is the name of a host. They see the object's fields and the
        variables.
      - Where all are empty, or there is none, it is called by its name; without a name, after its device type and id.
    type: list
    elements: str
    default: []
  hostname_field:
    description: Custom field that holds the name of a host, where it is not empty.
    type: str
  duplicate_hostnames:
    description:
      - What becomes of hosts that share a name with an earlier one. Devices come before virtual machines, low ids
        first.
      - V(suffix) puts their ids behind the name, V(warn) leaves them out; both warn. V(error) fails.
    type: str
    choices:
      - suffix
      - warn
      - error
    default: suffix
  virtual_chassis_name:
    description:
      - Call the host that stands for a virtual chassis after the chassis.
      - That is its master, or where that is not among the hosts, its lowest member; the other members are no hosts. A
        chassis without a master is no host; all its members are.
    type: bool
    default: false
  config_context:
    description: Add the variable C(config_context).
    type: bool
    default: false
  flatten_config_context:
    description: Make each key of the config context a variable of its own, instead.
    type: bool
    default: false
  flatten_local_context_data:
    description: Make each key of the local context data a variable of its own, instead of C(local_context_data).
    type: bool
    default: false
  flatten_custom_fields:
    description: Make each custom field a variable of its own, instead of C(custom_fields).
    type: bool
    default: false
  interfaces:
    description: Add the variable C(interfaces), a list with the addresses of each interface in it.
    type: bool
    default: false
  interface_fields:
    description:
      - Fields of interfaces to read, or V(all) for whole objects, and whole addresses in them.
      - The default is V(name), V(label), V(enabled), V(type), V(description), V(mac_address), V(mtu), V(mode),
        V(mgmt_only), V(lag), V(parent), V(untagged_vlan), V(tagged_vlans), V(vrf), V(tags), and V(custom_fields); or
        V(all) if O(compatibility=netbox.netbox).
    type: list
    elements: str
  virtual_disks:
    description: Add the variable C(virtual_disks) to virtual machines.
    type: bool
    default: false
  services:
    description:
      - Add the variable C(services).
      - The default is V(false), or V(true) if O(compatibility=netbox.netbox).
    type: bool
  racks:
    description: Add the variables C(rack), C(rack_role) and C(locations).
    type: bool
    default: true
  site_data:
    description: Let the variable C(site) be the whole site.
    type: bool
    default: false
  prefixes:
    description: With O(site_data), add the site's C(prefixes) to it.
    type: bool
    default: false
  dns_name:
    description: Add the variable C(dns_name), the DNS name of the primary address.
    type: bool
    default: false
  ansible_host_dns_name:
    description: Let C(ansible_host) be the DNS name of the primary address, where it has one.
    type: bool
    default: false
  oob_ip_as_primary_ip:
    description: Let C(ansible_host) be the out-of-band address, where there is one.
    type: bool
    default: false
  transport:
    description:
      - Which of NetBox's APIs to ask. Both give the same inventory.
      - GraphQL costs NetBox a fraction. V(auto) uses it where it can say what is needed and shows all that the REST API
        shows, and asks REST for everything otherwise; C(-v) says which, and why.
      - Filters are those of the REST API in any case.
      - GraphQL hides what the user of the token may not view, where REST names it. V(auto) sees that, with one
        exception - where that user may view some of the tags or VLANs and not others, write V(rest).
    type: str
    choices:
      - auto
      - rest
      - graphql
    default: auto
  stale_if_error:
    description:
      - With O(cache), seconds after the end of O(cache_timeout) for which the cache may still be used when NetBox is
        down.
    type: int
    default: 0
  fetch_all:
    description: Taken for the sake of C(netbox.netbox). What is fetched, and how, is decided by what the options need.
    type: bool
    default: true
  max_uri_length:
    description: Taken for the sake of C(netbox.netbox). Addresses are never too long for NetBox.
    type: int
    default: 4000
  follow_redirects:
    description: Taken for the sake of C(netbox.netbox). Only redirects on the same server are followed.
    type: str
    default: urllib2
notes:
  - Options may be templates, such as C("{{ lookup('ansible.builtin.env', 'MY_TOKEN') }}").
  - In O(compose), the object's own fields come before variables of the same name; in O(groups) and O(keyed_groups)
    the variables do. C(netbox) is always the object, C(netbox.site.name) the name of its site.
"""

EXAMPLES = r"""
# The shortest file, netbox.yml, NETBOX_API and NETBOX_TOKEN being set, has one line: the next one.
plugin: netbox.cursor.nb_inventory

# Where NetBox is, and who asks.
api_endpoint: https://netbox.example.com
token: "{{ lookup('ansible.builtin.env', 'MY_TOKEN') }}"

# The active leaves of two sites, no virtual machines.
device_query_filters:
  - site: [ber1, par1]
    role: leaf
    status: active
virtual_machines: false

# Only what is needed, and what is made of it.
host_vars: [ansible_host, site, platform, tags]
group_by: [region, site, location, tag]
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
  core: "'core' in tags"

# Kept for an hour, and for a day when NetBox is down.
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/ansible
cache_timeout: 3600
stale_if_error: 86400
"""

import typing as t

from ansible.errors import AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable

from ansible_collections.netbox.cursor.plugins.module_utils._http.advice import explain
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import NetBoxError
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.cache import keep_private
from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.run import run
from ansible_collections.netbox.cursor.plugins.plugin_utils._options import (
    names_plugin,
    refuse_unknown_options,
    resolve_options,
)

ENDINGS = ("netbox.yml", "netbox.yaml", "nb_inventory.yml", "nb_inventory.yaml")


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    NAME = "netbox.cursor.nb_inventory"

    def verify_file(self, path: str) -> bool:
        """Whether the file's name is one for this plugin. Ansible would not say that it is the name that is wrong."""
        if not super().verify_file(path):
            return False
        if not path.endswith(ENDINGS) and names_plugin(path, self.NAME):
            self.display.warning(
                f"{path} is not read, though it names {self.NAME}: give it a name that ends in {' or '.join(ENDINGS)}."
            )
        return path.endswith(ENDINGS)

    def set_options(self, task_keys: t.Any = None, var_options: t.Any = None, direct: t.Any = None) -> None:
        """Resolve templates before Ansible converts the options; keep the cache as long as a stale one may be used."""
        expressions = ("compose", "groups", "keyed_groups", "hostnames")
        refuse_unknown_options(self.option_definitions, direct or ())
        constants = {name: value for name, value in (direct or {}).items() if name not in expressions}
        kept = {name: value for name, value in (direct or {}).items() if name in expressions}
        resolved = {**kept, **resolve_options(self.templar, constants)}
        super().set_options(task_keys=task_keys, var_options=var_options, direct=resolved)
        self._fresh = self.get_option("cache_timeout") or 0
        if self._fresh and self.get_option("stale_if_error"):
            self.set_option("cache_timeout", self._fresh + self.get_option("stale_if_error"))

    def update_cache_if_changed(self) -> None:
        """What is kept may hold secrets, of config contexts say; Ansible lets everybody read it."""
        super().update_cache_if_changed()
        if self.get_option("cache"):
            keep_private(self._cache)

    def parse(self, inventory: t.Any, loader: t.Any, path: str, cache: bool = True) -> None:
        """Fill the inventory."""
        super().parse(inventory, loader, path, cache)
        try:
            self._read_config_data(path)
            run(self, cache, self._fresh)
        except NetBoxError as error:
            raise AnsibleParserError(f"{path}: {explain(error)}") from None
