# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compare the plugin with netbox.netbox, with generated estates and inventory files."""

from __future__ import annotations

import pytest
from ansible.plugins.loader import inventory_loader
from hypothesis import given

from ansible_collections.netbox.cursor.tests.laws import peer
from ansible_collections.netbox.cursor.tests.laws.configurations import Options
from ansible_collections.netbox.cursor.tests.laws.described import Described
from ansible_collections.netbox.cursor.tests.laws.peer_bugs import BUGS, Bug, Context
from ansible_collections.netbox.cursor.tests.laws.running import Mock

pytestmark = pytest.mark.skipif(
    inventory_loader.get(peer.PEER) is None, reason="The collection netbox.netbox or the library pytz is missing."
)


@given(peer.peer_cases())
def test_compatibility_gives_the_inventory_of_netbox_netbox(case: tuple[Described, Options]) -> None:
    described, options = case
    contradictions = peer.contradictions(Mock(described.netbox()), options)
    assert not contradictions, "\n" + "\n".join(contradictions[:12])


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_bug_of_netbox_netbox_shows_in_its_example(bug: Bug) -> None:
    described, options = bug.example
    mock = Mock(described.netbox())
    context = Context(mock.rows, options)
    differences = peer.compared(mock, options)
    assert [each for each in differences if bug.explains(context, each)]
    assert [str(each) for each in differences if not bug.explains(context, each)] == []
