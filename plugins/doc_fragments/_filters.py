# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this doc fragment is **PRIVATE** to the collection. It can have breaking changes at any time.

from __future__ import annotations


class ModuleDocFragment:
    # For all plugins that take filters.
    DOCUMENTATION = r"""
options:
  strict_filters:
    description:
      - Whether filters that NetBox does not know are an error. NetBox itself ignores them, and answers with
        everything.
      - Names that the collection knows cost no request. For others, NetBox's own schema is asked for once, and what
        it says is kept in the user's cache folder.
      - Empty values are refused, too; they select everything.
      - V(false) sends what is written.
    type: bool
    default: true
"""
