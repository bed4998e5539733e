# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""After random edits, an inventory from changes equals a full read. tests/laws tries more estates and edits."""

from __future__ import annotations

import typing as t

import pytest
from hypothesis import HealthCheck, given, settings

from ansible_collections.netbox.cursor.tests.laws import refreshing
from ansible_collections.netbox.cursor.tests.laws.configurations import cases
from ansible_collections.netbox.cursor.tests.laws.running import Mock
from ansible_collections.netbox.cursor.tests.laws.test_laws import hold
from ansible_collections.netbox.cursor.tests.laws.test_refresh import BATCHES, BETWEEN

HEALTHY = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example)


@pytest.mark.slow
@pytest.mark.parametrize("transport", ["rest", "graphql"])
@settings(max_examples=150, deadline=None, derandomize=True, database=None, suppress_health_check=HEALTHY)
@given(case=cases(), batches=BATCHES, between=BETWEEN)
def test_refresh_equals_full_read(transport: str, case: t.Any, batches: t.Any, between: t.Any) -> None:
    described, options = case
    mock = Mock(described.netbox())
    hold(refreshing.logged_edits_are_followed(mock, {**options, "transport": transport}, batches, between))
