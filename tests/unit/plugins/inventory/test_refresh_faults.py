# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A refresh that is killed, or that runs in parallel with another refresh, does not damage the cache. tests/soak
contains more tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.netbox.cursor.tests.soak import _kills
from ansible_collections.netbox.cursor.tests.stand_in import NetBox


@pytest.mark.slow
def test_refresh_that_is_killed_leaves_a_right_cache(netbox: NetBox, tmp_path: Path) -> None:
    netbox.edits.settle()
    netbox.edits.update("dcim/sites", 1, facility="first")
    dummy, wrong = _kills.killed(netbox, tmp_path, 4)
    assert not wrong


@pytest.mark.slow
def test_two_refreshes_at_once_leave_a_right_cache(netbox: NetBox, tmp_path: Path) -> None:
    netbox.edits.settle()
    netbox.edits.update("dcim/sites", 1, facility="first")
    assert not _kills.at_once(netbox, tmp_path, 2)
