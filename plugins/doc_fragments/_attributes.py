# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this doc fragment is **PRIVATE** to the collection. It can have breaking changes at any time.

from __future__ import annotations


class ModuleDocFragment:
    # Attributes of all modules.
    DOCUMENTATION = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/netbox.cursor.netbox) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - netbox.cursor.netbox
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying the target.
    support: full
  diff_mode:
    description: Returns details on what has changed (or would change in C(check_mode)) when in diff mode.
    support: full
  idempotent:
    description:
      - When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
    support: full
"""

    # For modules that only return data. List it after the fragment above.
    INFO = r"""
options: {}
attributes:
  check_mode:
    details:
      - This module does not modify state.
  diff_mode:
    support: N/A
    details:
      - This module does not modify state.
  idempotent:
    details:
      - This module does not modify state.
"""
