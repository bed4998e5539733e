# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: nb_graphql
short_description: Ask NetBox's GraphQL
version_added: 1.0.0
author:
  - The netbox.cursor authors (@netbox-cursor)
description:
  - Reads a list of NetBox's GraphQL, such as V(device_list), however long it is. Each object comes once and none is
    missed, in the order of the ids; long lists are read by several cursors at once (NetBox 4.5.2 and newer), or by
    offset.
  - Lists inside of objects, such as the interfaces of a device, come whole too, where NetBox itself would cut them.
  - Or sends a whole query, as it is.
  - GraphQL costs NetBox a fraction of what the same objects cost through its REST API. Objects look different there -
    ids and decimal numbers are texts, choices have no labels.
  - Nothing in the results is ever templated.
extends_documentation_fragment:
  - netbox.cursor._connection.plugin
  - netbox.cursor._connection
  - netbox.cursor._paging
options:
  _terms:
    description:
      - Names of lists, such as V(device_list). The results of several come one after the other; all other options count
        for each of them.
      - None with O(query).
    type: list
    elements: str
  fields:
    description:
      - What to select of each object, as GraphQL, such as V(id name site {slug}), without the braces around it.
      - "Or the same as a list of names and dictionaries, such as V([id, name, {site: [slug]}])."
    type: raw
    default: id display
  filters:
    description:
      - Only objects that these filters of NetBox's GraphQL select, which are not those of its REST API.
      - "A dictionary, such as V({name: {i_starts_with: sw}, status: {exact: STATUS_ACTIVE}}). The names of enums are
        written like texts."
      - A filter that NetBox does not know is an error.
    type: dict
    default: {}
  limit:
    description:
      - Stop after that many objects.
    type: int
  query:
    description:
      - A whole query, sent once and as it is. What NetBox cuts stays cut.
      - The only result is what NetBox calls the data, a dictionary.
    type: str
  graph_variables:
    description:
      - Variables for O(query).
    type: dict
    default: {}
notes:
  - Called as C(lookup), Ansible joins names with commas and gives a single result without the list around it. Use
    C(query) or C(wantlist=true) to get a list always.
  - The token's user must be allowed to view all kinds of objects that are selected. NetBox gives empty lists of what
    may not be seen, and fails where a device would have to come without its site, say.
seealso:
  - plugin: netbox.cursor.nb_query
    plugin_type: lookup
  - name: GraphQL in NetBox
    description: What can be selected, and filtered by.
    link: https://netboxlabs.com/docs/netbox/integrations/graphql-api/
"""

EXAMPLES = r"""
- name: Active devices with their sites and addresses
  ansible.builtin.debug:
    msg: "{{ item.name }} in {{ item.site.slug }}: {{ (item.primary_ip4 or {}).address | default('no address') }}"
  loop: "{{ query('netbox.cursor.nb_graphql', 'device_list', fields=fields, filters=filters) }}"
  loop_control:
    label: "{{ item.name }}"
  vars:
    fields: name site {slug} primary_ip4 {address}
    filters:
      status: {exact: STATUS_ACTIVE}

- name: The same fields as a list
  ansible.builtin.debug:
    msg: "{{ query('netbox.cursor.nb_graphql', 'device_list', fields=fields) }}"
  vars:
    fields:
      - name
      - site: [slug]
      - primary_ip4: [address]

- name: A whole query, with a variable
  ansible.builtin.debug:
    msg: "{{ lookup('netbox.cursor.nb_graphql', query=text, graph_variables={'id': 1}).site.name }}"
  vars:
    text: |
      query ($id: ID!) {
        site(id: $id) { name }
      }
"""

RETURN = r"""
_raw:
  description:
    - The objects in the order of their ids, each with the selected fields; or the data of O(query).
    - Called as C(lookup), one result comes without a list around it.
  type: list
  elements: dict
  sample:
    - id: "1"
      name: leaf1
      site:
        slug: berlin-1
"""

import typing as t

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ansible_collections.netbox.cursor.plugins.module_utils._graphql.selection import parse
from ansible_collections.netbox.cursor.plugins.module_utils._graphql.walk import GraphQL
from ansible_collections.netbox.cursor.plugins.module_utils._http.advice import explain
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import NetBoxError, UsageError
from ansible_collections.netbox.cursor.plugins.plugin_utils._connection import connect, open_pager
from ansible_collections.netbox.cursor.plugins.plugin_utils._options import set_lookup_options


class LookupModule(LookupBase):
    def run(self, terms: list[t.Any], variables: t.Any = None, **kwargs: t.Any) -> list[t.Any]:
        try:
            set_lookup_options(self, variables, kwargs)
            query = self.get_option("query")
            if bool(query) == bool(terms):
                raise UsageError("Name the lists to read, such as 'device_list', or a whole query: one of the two.")
            with connect(self, "lookup") as client, open_pager(self, client) as pager:
                graphql = GraphQL(pager)
                if query:
                    return [graphql.query(query, self.get_option("graph_variables"))]
                fields, filters = parse(self.get_option("fields")), self.get_option("filters")
                limit = self.get_option("limit")
                return [row for term in terms for row in graphql.rows(str(term), fields, filters, limit)]
        except NetBoxError as error:
            raise AnsibleLookupError(explain(error)) from None  # newer cores would say it twice
