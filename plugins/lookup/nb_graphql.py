# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: nb_graphql
short_description: Read lists of the NetBox GraphQL API
version_added: 1.0.0
author:
  - The netbox.cursor authors (@netbox-cursor)
description:
  - Reads a GraphQL list, such as V(device_list). Each object appears once, in ID order, even if NetBox changes during
    the run.
  - Several workers read long lists in parallel. Nested lists, such as the interfaces of a device, are complete as well.
  - Can also send a complete GraphQL query.
  - GraphQL needs less CPU time on NetBox than the REST API. The results differ from those
    of the REST API - IDs and decimal numbers are strings, and choices have no labels.
  - Values from NetBox are never evaluated as templates.
extends_documentation_fragment:
  - netbox.cursor._connection.plugin
  - netbox.cursor._connection
  - netbox.cursor._paging
options:
  _terms:
    description:
      - Names of GraphQL lists, such as V(device_list). The results of several lists are returned in sequence. All other
        options apply to each list.
      - Mutually exclusive with O(query).
    type: list
    elements: str
  fields:
    description:
      - Fields to select from each object, as a GraphQL selection without the outer braces, such as
        V(id name site {slug}).
      - "Alternatively, a list of names and dictionaries, such as V([id, name, {site: [slug]}])."
    type: raw
    default: id display
  filters:
    description:
      - GraphQL filters that the objects must match. They differ from REST API filters.
      - "A dictionary, such as V({name: {i_starts_with: sw}, status: {exact: STATUS_ACTIVE}}). Write enum values as
        strings."
      - NetBox rejects unknown filters.
    type: dict
    default: {}
  limit:
    description: Maximum number of objects to return.
    type: int
  query:
    description:
      - GraphQL query to send. The result is the dictionary C(data) of the response.
      - If NetBox truncates a list, the lookup does not read the rest of it.
      - Mutually exclusive with a list name.
    type: str
  graph_variables:
    description: Variables for O(query).
    type: dict
    default: {}
notes:
  - C(query) always returns a list. C(lookup) returns a single result without a list, and joins several strings with
    commas.
  - The token's user needs permission to view all selected object types. For other objects, NetBox returns empty lists
    or an error.
seealso:
  - plugin: netbox.cursor.nb_query
    plugin_type: lookup
  - name: GraphQL API of NetBox
    description: Describes selections and filters.
    link: https://netboxlabs.com/docs/netbox/integrations/graphql-api/
"""

EXAMPLES = r"""
---
# The environment contains NETBOX_API and NETBOX_TOKEN.
- name: Show active devices with their sites and addresses
  ansible.builtin.debug:
    msg: "{{ item.name }} in {{ item.site.slug }}: {{ (item.primary_ip4 or {}).address | default('no address') }}"
  loop: "{{ query('netbox.cursor.nb_graphql', 'device_list', fields=fields, filters=filters) }}"
  loop_control:
    label: "{{ item.name }}"
  vars:
    fields: name site {slug} primary_ip4 {address}
    filters:
      status: {exact: STATUS_ACTIVE}

---
- name: Write the selection as a list
  ansible.builtin.debug:
    msg: "{{ query('netbox.cursor.nb_graphql', 'device_list', fields=fields) }}"
  vars:
    fields:
      - name
      - site: [slug]
      - primary_ip4: [address]

---
- name: Send a query with a variable
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
    - The objects in ID order, with the selected fields. With O(query), the data of the response.
  type: list
  elements: dict
  sample:
    - id: "1"
      name: sw1
      site:
        slug: ber1
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
                raise UsageError("Specify either list names, such as 'device_list', or the option query, but not both.")
            with connect(self, "lookup") as client, open_pager(self, client) as pager:
                graphql = GraphQL(pager)
                if query:
                    return [graphql.query(query, self.get_option("graph_variables"))]
                fields, filters = parse(self.get_option("fields")), self.get_option("filters")
                limit = self.get_option("limit")
                return [row for term in terms for row in graphql.rows(str(term), fields, filters, limit)]
        except NetBoxError as error:
            raise AnsibleLookupError(explain(error)) from None  # newer ansible-core would print the error twice
