# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Groups of roles, platforms, and tenants are below the groups of their parents."""

from __future__ import annotations

import typing as t

import pytest
from ansible.errors import AnsibleParserError

from ansible_collections.netbox.cursor.tests.laws.described import Described
from ansible_collections.netbox.cursor.tests.laws.running import Mock, Outcome
from ansible_collections.netbox.cursor.tests.stand_in import NetBox

TRANSPORTS = pytest.mark.parametrize("transport", ["rest", "graphql"])
ROLES: list[dict[str, t.Any]] = [
    *({"slug": "network"}, {"slug": "switch", "parent": 0}, {"slug": "leaf", "parent": 1}, {"slug": "server"}),
    *({"slug": "lab"}, {"slug": "leaf", "parent": 4}),
]
PLATFORMS: list[dict[str, t.Any]] = [{"slug": "linux"}, {"slug": "ubuntu", "parent": 0}, {"slug": "alone"}]
TENANT_GROUPS: list[dict[str, t.Any]] = [{"slug": "retail"}, {"slug": "europe", "parent": 0}, {"slug": "lab"}]
TENANTS: list[dict[str, t.Any]] = [
    *({"slug": "shop", "group": 1}, {"slug": "free"}, {"slug": "test", "group": 2}, {"slug": "test", "group": 0}),
]
ESTATE = Described(
    roles=ROLES,
    platforms=PLATFORMS,
    tenant_groups=TENANT_GROUPS,
    tenants=TENANTS,
    devices=[
        {"name": "a", "role": 2, "platform": 1, "tenant": 0},
        {"name": "b", "role": 5, "platform": 0, "tenant": 1},
        {"name": "c", "role": 1, "tenant": 2},
        {"name": "d", "role": 3, "platform": 2, "tenant": 3},
    ],
    virtual_machines=[{"name": "vm", "site": 0, "role": 0, "tenant": 0}],
)


def read(**options: t.Any) -> Outcome:
    outcome = Mock(ESTATE.netbox()).run(options)
    assert outcome.error is None
    return outcome


@TRANSPORTS
def test_roles_are_below_their_parents(transport: str) -> None:
    outcome = read(group_by=["role"], group_trees=["role"], transport=transport)
    assert outcome.members("role_network") == {"a", "c", "vm"}
    assert outcome.groups["role_network"].children == ("role_switch",)
    assert outcome.members("role_switch") == {"a", "c"}
    # Two roles have this slug.
    assert outcome.groups["role_switch"].children == ("role_network_switch_leaf",)
    assert outcome.groups["role_lab"].children == ("role_lab_leaf",)
    assert set(outcome.groups["role_leaf"].children) == {"role_network_switch_leaf", "role_lab_leaf"}
    assert outcome.members("role_leaf") == {"a", "b"}


def test_roles_without_trees_stay_flat() -> None:
    outcome = read(group_by=["role"])
    assert outcome.groups["role_network"].hosts == ("vm",) and not outcome.groups["role_network"].children


def test_platforms_are_below_their_parents() -> None:
    outcome = read(group_by=["platforms"], group_trees=["platform"])
    assert outcome.groups["platforms_linux"].children == ("platforms_ubuntu",)
    assert outcome.members("platforms_linux") == {"a", "b"}


@TRANSPORTS
def test_tenants_are_below_their_nested_groups(transport: str) -> None:
    outcome = read(group_by=["tenant"], group_trees=["tenant"], transport=transport)
    assert outcome.members("tenant_group_retail") == {"a", "vm", "d"}
    assert outcome.groups["tenant_group_europe"].children == ("tenant_shop",)
    assert set(outcome.groups["tenant_group_retail"].children) == {"tenant_group_europe", "tenant_retail_test"}
    # Two tenants have this slug.
    assert set(outcome.groups["tenant_test"].children) == {"tenant_lab_test", "tenant_retail_test"}
    assert outcome.members("tenant_group_lab") == {"c"} and outcome.members("tenant_free") == {"b"}


@TRANSPORTS
def test_tenant_groups_form_a_tree_without_tenants(transport: str) -> None:
    outcome = read(group_by=["tenant_group"], transport=transport)
    assert outcome.groups["tenant_group_retail"].children == ("tenant_group_europe",)
    assert outcome.groups["tenant_group_europe"].hosts == ("a", "vm")
    assert outcome.groups["tenant_group_retail"].hosts == ("d",)
    assert not any(name.startswith("tenant_") and not name.startswith("tenant_group_") for name in outcome.groups)


def test_host_is_in_the_lowest_group_of_the_tree_of_tenants() -> None:
    outcome = read(group_by=["tenant", "tenant_group"], group_trees=["tenant"])
    assert outcome.groups["tenant_group_europe"].hosts == ()
    assert outcome.members("tenant_group_europe") == {"a", "vm"}


def test_one_tenant_has_the_same_groups_alone() -> None:
    options = {"group_by": ["tenant"], "group_trees": ["tenant"], "query_filters": [{"tenant_id": 3}]}
    outcome = read(**options)
    assert outcome.groups["tenant_lab_test"].hosts == ("c",)
    assert outcome.groups["tenant_test"].children == ("tenant_lab_test",)


def test_tree_without_its_groups_is_refused(netbox: NetBox, read: t.Any) -> None:
    with pytest.raises(AnsibleParserError, match="group_trees: tenant requires .* Add tenant to group_by"):
        read(netbox, group_by=["role"], group_trees=["role", "tenant"])
    assert not netbox.requests


@pytest.mark.parametrize("endpoint", ["tenancy/tenants", "tenancy/tenant-groups"])
def test_tenants_that_are_denied_are_reported(netbox: NetBox, read: t.Any, warnings: list[str], endpoint: str) -> None:
    netbox.credentials.limited_to = tuple(name for name in netbox.estate.tables if name != endpoint)
    inventory = read(netbox, group_by=["tenant"], group_trees=["tenant"], token=netbox.tokens["limited"])
    assert inventory.groups["tenant_shop"].hosts
    assert any("the group trees for tenant:" in text for text in warnings)
    warnings.clear()
    read(netbox, group_by=["tenant_group"], token=netbox.tokens["limited"])
    assert any("the groups for tenant_group:" in text for text in warnings)
