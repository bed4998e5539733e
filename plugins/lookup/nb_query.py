# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: nb_query
short_description: Query NetBox for objects of any kind
version_added: 1.0.0
author:
  - The netbox.cursor authors (@netbox-cursor)
description:
  - Reads objects of any list of NetBox, its plugins' lists included. Each object comes once and none is missed, in
    the order of the ids, also while NetBox is being edited.
  - Long lists are read by several cursors at once (NetBox 4.6 and newer), or by offset.
  - Objects are returned as NetBox gives them. Nothing in them is ever templated.
extends_documentation_fragment:
  - netbox.cursor._connection.plugin
  - netbox.cursor._connection
  - netbox.cursor._paging
  - netbox.cursor._filters
options:
  _terms:
    description:
      - What to read. The path of a list (V(dcim/devices), V(plugins/bgp/sessions)), its dotted form
        (V(dcim.devices)), or a short name where only one list of NetBox has it (V(devices)).
      - With an id behind it, such as V(dcim/devices/5), it is that one object.
      - The results of several terms come one after the other; all other options count for each of them.
    type: list
    elements: str
    required: true
  id:
    description:
      - Read the one object with this id.
    type: int
  filters:
    description:
      - Only objects that these filters of NetBox select.
      - A dictionary; a list as value stands for any of its values, V(true) and V(false) for themselves, V(null) for
        NetBox's V(null), which means that there is none.
      - Or a list of such dictionaries, which are taken together; or a text such as V(site=ber1 status=active).
    type: raw
  fields:
    description:
      - Only these fields of each object. NetBox knows whole fields, such as V(site), and no paths inside them.
      - NetBox works the less the fewer there are.
      - O(fields), O(omit) and O(brief) exclude each other.
    type: list
    elements: str
    default: []
  omit:
    description:
      - All fields but these. NetBox before 4.5.2 sends them all the same.
    type: list
    elements: str
    default: []
  brief:
    description:
      - NetBox's short form of the objects.
    type: bool
    default: false
  config_context:
    description:
      - Whether devices and virtual machines come with their config context, which is dear to make for NetBox up to
        4.6.
    type: bool
    default: true
  ordering:
    description:
      - Fields to sort the objects by, such as V(name), or V(-name) for descending order.
      - NetBox ignores names that are not fields of the objects, and fields that it calculates, such as V(display). With
        O(strict_filters), they are an error. So are fields with several values, such as V(tags), because NetBox repeats
        objects when it sorts by them.
      - There is no cursor for this. Where NetBox is edited meanwhile, objects may be repeated or missed, which is
        noticed and is an error.
    type: list
    elements: str
    default: []
  limit:
    description:
      - Stop after that many objects.
    type: int
  offset:
    description:
      - Leave out that many objects at the beginning and read the one page that follows. With O(limit), that many
        objects of it.
    type: int
  returns:
    description:
      - What to return of each object.
      - V(objects) - the object, as a dictionary.
      - V(names) - its name; where it has none, what NetBox displays.
      - V(ids) - its id.
      - V(count) - how many objects there are, one number for each term; nothing else is read.
      - V(pairs) - a dictionary with the keys C(key), its id, and C(value), the object.
      - V(document) - the JSON at a path that is neither a list nor an object of a list, such as V(status),
        V(dcim/interfaces/5/trace), or V(dcim/connected-device). O(filters) become query parameters. There is one result
        for each term.
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
      - What to do when an object that is named by its id is not there, or must not be seen by the token's user.
      - It also applies to O(one) and to O(returns=document).
      - With V(warn) and V(skip), nothing is returned for it.
    type: str
    choices:
      - error
      - warn
      - skip
    default: error
notes:
  - Called as C(lookup), Ansible joins names with commas and gives a single result without the
    list around it. Use C(query) or C(wantlist=true) to get a list always.
seealso:
  - name: Filters of NetBox
    description: What lists can be filtered by.
    link: https://netboxlabs.com/docs/netbox/reference/filtering/
"""

EXAMPLES = r"""
- name: Names of the active devices of two sites
  ansible.builtin.debug:
    msg: >-
      {{ query('netbox.cursor.nb_query', 'dcim/devices', returns='names',
               filters={'site': ['ber1', 'par1'], 'status': 'active'}) }}
  vars:
    netbox_api: https://netbox.example.com
    netbox_token: "{{ lookup('ansible.builtin.env', 'MY_TOKEN') }}"

- name: Only what is needed of each device, NETBOX_API and NETBOX_TOKEN being set
  ansible.builtin.debug:
    msg: "{{ item.name }} is a {{ item.device_type.model }}"
  loop: "{{ query('netbox.cursor.nb_query', 'devices', fields=['name', 'device_type'], filters='role=leaf') }}"
  loop_control:
    label: "{{ item.name }}"

- name: One object
  ansible.builtin.debug:
    msg: "{{ lookup('netbox.cursor.nb_query', 'dcim/sites', id=1) }}"

- name: The one device of a name, or an error that lists the devices that match
  ansible.builtin.debug:
    msg: >-
      {{ lookup('netbox.cursor.nb_query', 'dcim/devices', one=true,
                filters={'name': 'sw1', 'site': 'ber1'}).serial }}

- name: The version of NetBox
  ansible.builtin.debug:
    msg: "{{ lookup('netbox.cursor.nb_query', 'status', returns='document')['netbox-version'] }}"

- name: How many addresses there are
  ansible.builtin.debug:
    msg: "{{ lookup('netbox.cursor.nb_query', 'ipam/ip-addresses', returns='count') }}"

- name: The ten devices that were changed last
  ansible.builtin.debug:
    msg: "{{ query('netbox.cursor.nb_query', 'dcim/devices', ordering='-last_updated', limit=10, returns='names') }}"

- name: Devices without a primary address
  ansible.builtin.debug:
    msg: "{{ query('netbox.cursor.nb_query', 'dcim/devices', filters={'has_primary_ip': false}, brief=true) }}"
"""

RETURN = r"""
_raw:
  description:
    - The objects in the order of their ids, or of O(ordering); or what O(returns) wants of them.
    - Called as C(lookup), one result comes without a list around it.
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
            raise AnsibleLookupError(explain(error)) from None  # newer cores would say it twice
