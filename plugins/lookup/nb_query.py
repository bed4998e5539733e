# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: nb_query
short_description: Read lists and objects of the NetBox REST API
version_added: 1.0.0
author:
  - The netbox.cursor authors (@netbox-cursor)
description:
  - Reads any list in NetBox, including lists that NetBox plugins add. Each object appears once, in ID order, even if
    NetBox changes during the run.
  - Several workers read long lists in parallel.
  - Values from NetBox are never evaluated as templates.
extends_documentation_fragment:
  - netbox.cursor._connection.plugin
  - netbox.cursor._connection
  - netbox.cursor._paging
  - netbox.cursor._filters
options:
  _terms:
    description:
      - Lists to read. Use the list's path, such as V(dcim/devices) or V(plugins/bgp/sessions), or the path with a dot,
        such as V(dcim.devices). If only one list has a name, such as V(devices), the name is sufficient.
      - A path with an ID, such as V(dcim/devices/5), reads a single object.
      - The results of several terms are returned in sequence. All other options apply to each term.
    type: list
    elements: str
    required: true
  id:
    description: ID of a single object to read.
    type: int
  filters:
    description:
      - NetBox filters that the objects must match.
      - A dictionary. If a value is a list, objects can match any value in it. V(null) matches objects without a value.
      - A list of dictionaries. Objects must match all of them.
      - A string, such as V(site=ber1 status=active).
    type: raw
  fields:
    description:
      - Fields to request. NetBox returns complete fields, such as V(site), but not parts of them.
      - Requesting fewer fields reduces the load on NetBox.
      - O(fields), O(omit), and O(brief) are mutually exclusive.
    type: list
    elements: str
    default: []
  omit:
    description: Fields to exclude. NetBox before 4.5.2 returns them anyway.
    type: list
    elements: str
    default: []
  brief:
    description: Whether to request the short form of the objects.
    type: bool
    default: false
  config_context:
    description:
      - Whether to request the rendered config context of devices and virtual machines.
      - Config contexts are expensive for NetBox 4.6 and earlier.
    type: bool
    default: true
  ordering:
    description:
      - Fields to sort the objects by, such as V(name), or V(-name) for descending order.
      - NetBox ignores names that are not fields of the objects, and fields that it calculates, such as V(display). With
        O(strict_filters), they are an error. Fields with several values, such as V(tags), are also an error, because
        NetBox repeats objects when it sorts by them.
      - Cursors support only ID order. If NetBox changes while the list is being read, and objects could be missing, the
        lookup fails.
    type: list
    elements: str
    default: []
  limit:
    description:
      - Maximum number of objects to return.
      - NetBox returns only the first objects of C(available-ips), C(available-vlans), and C(available-asns). Set this
        option to the number that you need. By default, at most 1,000 objects are returned. If there can be more, the
        lookup prints a warning.
    type: int
  offset:
    description: Number of objects to skip. The lookup then uses offset pagination.
    type: int
  returns:
    description:
      - Form of the results.
      - V(objects) - dictionaries with the fields of the objects.
      - V(names) - names of the objects. If an object has no name, its display string is returned.
      - V(ids) - IDs of the objects.
      - V(count) - number of objects, for each term. No object is read.
      - V(pairs) - dictionaries with the keys C(key), which contains the ID, and C(value), which contains the object.
      - V(document) - the JSON at a path that is neither a list nor an object, such as V(status) or
        V(dcim/interfaces/5/trace). O(filters) become query parameters.
    type: str
    choices:
      - objects
      - names
      - ids
      - count
      - pairs
      - document
    default: objects
  one:
    description:
      - Whether each term must select exactly one object. If it selects several, the lookup fails and lists them. If it
        selects none, O(on_missing) applies.
      - Use it with O(filters) that identify an object, such as its name and site.
    type: bool
    default: false
  on_missing:
    description:
      - Action if a single object does not exist, or if the token's user has no permission to view it. This applies to
        IDs, O(one), and O(returns=document).
      - V(warn) and V(skip) return no result for the object.
    type: str
    choices:
      - error
      - warn
      - skip
    default: error
notes:
  - C(query) always returns a list. C(lookup) returns a single result without a list, and joins several strings with
    commas.
seealso:
  - plugin: netbox.cursor.nb_graphql
    plugin_type: lookup
  - name: Filters of NetBox
    description: Describes NetBox REST API filters.
    link: https://netboxlabs.com/docs/netbox/reference/filtering/
"""

EXAMPLES = r"""
---
# The environment contains NETBOX_API and NETBOX_TOKEN.
- name: List the names of the active devices in two sites
  ansible.builtin.debug:
    msg: >-
      {{ query('netbox.cursor.nb_query', 'dcim/devices', returns='names',
               filters={'site': ['ber1', 'par1'], 'status': 'active'}) }}

---
- name: Read the base URL and the token from variables
  ansible.builtin.debug:
    msg: "{{ query('netbox.cursor.nb_query', 'dcim/sites', returns='names') }}"
  vars:
    netbox_api: https://netbox.example.com
    netbox_token: "{{ lookup('ansible.builtin.env', 'MY_TOKEN') }}"

---
- name: Request only two fields of each device
  ansible.builtin.debug:
    msg: "{{ item.name }} is a {{ item.device_type.model }}"
  loop: "{{ query('netbox.cursor.nb_query', 'devices', fields=['name', 'device_type'], filters='role=leaf') }}"
  loop_control:
    label: "{{ item.name }}"

---
- name: Read one site by its ID
  ansible.builtin.debug:
    msg: "{{ lookup('netbox.cursor.nb_query', 'dcim/sites', id=1).name }}"

---
- name: Read one device by its name and site
  ansible.builtin.debug:
    msg: "{{ lookup('netbox.cursor.nb_query', 'dcim/devices', one=true, filters=filters).serial }}"
  vars:
    filters:
      name: sw1
      site: ber1

---
- name: Count IP addresses
  ansible.builtin.debug:
    msg: "{{ lookup('netbox.cursor.nb_query', 'ipam/ip-addresses', returns='count') }}"

---
- name: List the ten devices that were changed last
  ansible.builtin.debug:
    msg: "{{ query('netbox.cursor.nb_query', 'dcim/devices', ordering='-last_updated', limit=10, returns='names') }}"

---
- name: List devices without a primary IP address
  ansible.builtin.debug:
    msg: "{{ query('netbox.cursor.nb_query', 'dcim/devices', filters={'has_primary_ip': false}, brief=true) }}"

---
- name: Show the version of NetBox
  ansible.builtin.debug:
    msg: "{{ lookup('netbox.cursor.nb_query', 'status', returns='document')['netbox-version'] }}"
"""

RETURN = r"""
_raw:
  description:
    - The results in ID order, or as sorted by O(ordering). O(returns) selects their form.
  type: list
  elements: raw
  sample:
    - id: 1
      url: https://netbox.example.com/api/dcim/sites/1/
      display: Berlin 1
      name: Berlin 1
      slug: ber1
"""

import typing as t

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible.utils.display import Display

from ansible_collections.netbox.cursor.plugins.module_utils._http.advice import explain
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import NetBoxError
from ansible_collections.netbox.cursor.plugins.plugin_utils._connection import connect, open_pager
from ansible_collections.netbox.cursor.plugins.plugin_utils._options import set_lookup_options
from ansible_collections.netbox.cursor.plugins.plugin_utils._query import Query

display = Display()


class LookupModule(LookupBase):
    def run(self, terms: list[t.Any], variables: t.Any = None, **kwargs: t.Any) -> list[t.Any]:
        try:
            set_lookup_options(self, variables, kwargs)
            query = Query.of_options(self.get_option)
            with connect(self, "lookup") as client, open_pager(self, client) as pager:
                return [result for term in terms for result in query.answer(pager, term, display.warning)]
        except NetBoxError as error:
            raise AnsibleLookupError(explain(error)) from None  # newer ansible-core would print the error twice
