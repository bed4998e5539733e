# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The laws of the refresh, on drawn estates, configurations, and edits."""

from __future__ import annotations

import typing as t

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.netbox.cursor.tests.laws import refreshing
from ansible_collections.netbox.cursor.tests.laws.configurations import Options, cases
from ansible_collections.netbox.cursor.tests.laws.described import Described
from ansible_collections.netbox.cursor.tests.laws.running import Mock
from ansible_collections.netbox.cursor.tests.laws.test_laws import TRANSPORTS, hold
from ansible_collections.netbox.cursor.tests.stand_in.edit_strategies import edit_sequences

Case = tuple[Described, Options]
BATCHES = st.lists(edit_sequences(6), min_size=1, max_size=3)
BETWEEN = st.lists(edit_sequences(4), max_size=2)


@given(cases(), TRANSPORTS, BATCHES, BETWEEN)
def test_refresh_equals_full_read(case: Case, transport: str, batches: t.Any, between: t.Any) -> None:
    described, options = case
    mock = Mock(described.netbox())
    hold(refreshing.logged_edits_are_followed(mock, {**options, "transport": transport}, batches, between))


@given(cases(), TRANSPORTS, edit_sequences(5, unlogged=True))
def test_unlogged_edits_are_found(case: Case, transport: str, steps: t.Any) -> None:
    described, options = case
    mock = Mock(described.netbox())
    hold(refreshing.unlogged_edits_are_found(mock, {**options, "transport": transport}, steps))
