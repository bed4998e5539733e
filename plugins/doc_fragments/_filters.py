# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this doc fragment is **PRIVATE** to the collection. It can have breaking changes at any time.

from __future__ import annotations


class ModuleDocFragment:
    # Options of all plugins that accept filters.
    DOCUMENTATION = r"""
options:
  strict_filters:
    description:
      - Whether to reject filters that NetBox ignores. Without this check, NetBox returns all objects without an error.
      - The check covers unknown filters, filters that only a newer NetBox version supports, custom field filters, saved
        filters that do not exist, empty values, Booleans other than V(true) and V(false), and several values for a
        filter that accepts one value. It also covers the fields to sort by.
      - For filters that do not exist in every supported NetBox version, the plugin requests the NetBox version and, if
        necessary, the API schema. It caches the schema in the user's cache directory.
      - Custom field filters need permission to view custom fields. Without this permission, the plugin compares the
        number of objects with and without the filter, and rejects a filter that selects all objects.
      - If V(false), the plugin sends all filters unchecked.
    type: bool
    default: true
"""
