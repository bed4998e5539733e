# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Terms are parsed. Ambiguous names are rejected."""

from __future__ import annotations

import pytest

from ansible_collections.netbox.cursor.plugins.module_utils._filters.endpoints import ENDPOINTS, target
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UsageError


@pytest.mark.parametrize(
    ("term", "endpoint", "number"),
    [
        ("dcim/devices", "dcim/devices", None),
        ("/api/dcim/devices/", "dcim/devices", None),
        ("dcim.devices", "dcim/devices", None),
        ("devices", "dcim/devices", None),
        ("ip_addresses", "ipam/ip-addresses", None),
        ("dcim/devices/5", "dcim/devices", 5),
        ("devices/5", "dcim/devices", 5),
        ("plugins/bgp/sessions", "plugins/bgp/sessions", None),
        ("plugins.bgp.sessions", "plugins/bgp/sessions", None),
        ("dcim/racks/5/elevation", "dcim/racks/5/elevation", None),
        ("dcim/new-things", "dcim/new-things", None),
    ],
)
def test_terms_are_read(term: str, endpoint: str, number: int | None) -> None:
    assert target(term) == (endpoint, number)


@pytest.mark.parametrize(
    ("term", "hint"),
    [
        ("interfaces", "dcim/interfaces or virtualization/interfaces"),
        ("device", "Did you mean dcim/devices"),
        ("dcim/devices?limit=1", "Use a path"),
        ("../users", "Use a path"),
        ("", "Use a path"),
    ],
)
def test_term_without_a_list_is_rejected(term: str, hint: str) -> None:
    with pytest.raises(UsageError, match=hint):
        target(term)


def test_short_names_mean_one_list_or_are_refused() -> None:
    for endpoint in ENDPOINTS:
        try:
            assert target(endpoint.split("/")[1]).endpoint == endpoint
        except UsageError as error:
            assert endpoint in str(error)
