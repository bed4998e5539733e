# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Estimate how much work requests cause in NetBox, to choose the cheapest way to read a table.

All figures are seconds of CPU time, measured on NetBox 4.6.8 with PostgreSQL. Only their ratios matter.
"""

from __future__ import annotations

# The cost of one request, without its rows.
REQUEST = 0.015
# The cost of one row in a REST list: a row with a few fields, a whole object, and an interface.
ROW = 0.0002
WHOLE_ROW = 0.0012
INTERFACE = 0.001
# The cost of one row in a GraphQL list.
GRAPHQL_ROW = 0.0001
# The cost of one host in a filter such as `device_id`. NetBox runs a query for each host (ipam/filtersets.py,
# dcim/filtersets.py).
OWNER = 0.001
# Number of IDs that fit in one URL.
IDS_PER_REQUEST = 250
# Read hosts by ID if at most this fraction of a list is needed. The fraction is lower for GraphQL, because the counts
# that confirm a GraphQL result cost about as much as the rows.
REST_SHARE_BY_ID = 0.9
GRAPHQL_SHARE_BY_ID = 0.45
# If a kind has fewer hosts than this, REST is cheaper for NetBox. With all default variables, 1,000 hosts cost 2.1 s
# through REST and 2.3 s through GraphQL. 2,000 hosts cost 3.8 s through REST and 3.1 s through GraphQL.
MIN_HOSTS_FOR_GRAPHQL = 1200
# The same for a slice of the audit, whose result needs no counts that confirm it.
MIN_HOSTS_IN_SLICE = 400


def requests(rows: float) -> float:
    """Return the cost of the requests for this number of rows or IDs."""
    return REQUEST * (1 + rows // IDS_PER_REQUEST)


def by_id(ids: int, row: float = ROW) -> float:
    """Return the cost of reading rows by their own IDs."""
    return requests(ids) + ids * row


def by_owner(owners: int, rows: float, row: float) -> float:
    """Return the cost of reading ``rows`` by the IDs of the hosts that they belong to."""
    return requests(owners) + owners * OWNER + rows * row


def complete(rows: int, row: float = ROW) -> float:
    """Return the cost of reading a whole list."""
    return requests(rows / 4) + rows * row
