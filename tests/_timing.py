# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long tests wait before they call something hanging."""

from __future__ import annotations

# In seconds. Everything that does not hang ends much sooner, also on a busy machine.
SOON = 10
