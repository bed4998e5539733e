# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.netbox.cursor.tools.peer_differences import GUIDE, updated


def test_migration_guide_lists_the_differences_that_tests_allow() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    assert updated(guide) == guide, "Run python tools/peer_differences.py"
