# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Time that tests wait before they report a hang."""

from __future__ import annotations

# In seconds. Without a hang, everything ends much sooner, even on a busy machine.
SOON = 10
