# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The versions of NetBox that the mock NetBox can simulate."""

from __future__ import annotations

FULL_VERSIONS = {"4.5": "4.5.10", "4.6": "4.6.8", "4.7": "4.7.0-beta1"}
