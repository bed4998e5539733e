# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""If one request in five fails, lists are complete and need few additional requests. ``make soak`` repeats this test
for longer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ansible_collections.netbox.cursor.tests.soak._chaos import READS, Load, disturbed
from ansible_collections.netbox.cursor.tests.stand_in import NetBox, serve

LOAD = Load(rows=1600, page_size=40)
SEEDS = range(5)


@pytest.fixture(scope="module")
def netbox() -> Iterator[NetBox]:
    with serve(version="4.6") as served:
        yield served


@pytest.mark.slow
@pytest.mark.parametrize("way", READS)
def test_lists_are_complete_if_one_request_in_five_fails(netbox: NetBox, way: str) -> None:
    outcome = disturbed(netbox, READS[way], LOAD, SEEDS)
    assert not outcome.incomplete
    assert outcome.failures > 20
    assert outcome.factor <= 1.5, (outcome.undisturbed, outcome.requests)
