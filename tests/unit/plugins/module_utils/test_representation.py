# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Only the required fields of each object are requested."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.netbox.cursor.plugins.module_utils._filters.representation import Representation
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UsageError

DEVICES = "dcim/devices"
NO_CONTEXT = ("exclude", "config_context")


@pytest.mark.parametrize(
    ("endpoint", "options", "parameters"),
    [
        ("dcim/sites", {}, []),
        (DEVICES, {}, []),
        (DEVICES, {"config_context": False}, [("omit", "config_context"), NO_CONTEXT]),
        ("dcim/sites", {"config_context": False}, []),
        ("dcim/sites", {"fields": ["name"]}, [("fields", "name,id")]),
        (DEVICES, {"fields": ["id", "name"]}, [("fields", "id,name"), NO_CONTEXT]),
        (DEVICES, {"fields": ["id", "config_context"]}, [("fields", "id,config_context")]),
        (
            DEVICES,
            {"fields": ["id", "primary_ip"]},
            [("fields", "id,primary_ip,primary_ip4,primary_ip6"), NO_CONTEXT],
        ),
        ("dcim/sites", {"omit": ["tags"]}, [("omit", "tags")]),
        ("dcim/sites", {"omit": ["id"]}, []),
        (DEVICES, {"omit": ["tags"], "config_context": False}, [("omit", "tags,config_context"), NO_CONTEXT]),
        (DEVICES, {"brief": True}, [("brief", "true")]),
        (DEVICES, {"brief": True, "config_context": False}, [("brief", "true")]),
        ("dcim/sites", {"fields": ["name", "name", "id"]}, [("fields", "name,id")]),
        ("dcim/sites", {"omit": ["tags", "tags", "id"]}, [("omit", "tags")]),
        (DEVICES, {"omit": ["config_context"]}, [("omit", "config_context"), NO_CONTEXT]),
        ("ipam/services", {"fields": ["id", "primary_ip"]}, [("fields", "id,primary_ip")]),
        (
            "virtualization/virtual-machines",
            {"fields": ["primary_ip4", "primary_ip"]},
            [("fields", "primary_ip4,primary_ip,primary_ip6,id"), NO_CONTEXT],
        ),
    ],
)
def test_the_parameters_ask_for_what_is_wanted(endpoint: str, options: t.Any, parameters: t.Any) -> None:
    assert Representation(endpoint, **options).parameters == parameters


def test_additional_fields_are_removed() -> None:
    rows = [{"id": 1, "name": "a", "primary_ip": None, "primary_ip4": None, "primary_ip6": None}]
    Representation(DEVICES, fields=["name", "primary_ip"]).tidy(rows)
    assert rows == [{"name": "a", "primary_ip": None}]


@pytest.mark.parametrize("options", [{}, {"fields": ["name", "id"]}, {"omit": ["name"]}, {"brief": True}])
def test_rows_without_additional_fields_do_not_change(options: t.Any) -> None:
    rows = [{"id": 1, "name": "a"}]
    Representation("dcim/sites", **options).tidy(rows)
    assert rows == [{"id": 1, "name": "a"}]


def test_omitted_id_is_removed() -> None:
    rows = [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]
    Representation("dcim/sites", omit=["id"]).tidy(rows)
    assert rows == [{"name": "a"}, {"name": "b"}]


def test_fields_that_netbox_left_out_are_named() -> None:
    assert Representation(fields=["name", "nmae"]).unknown_fields({"id": 1, "name": "a"}) == ["nmae"]


@pytest.mark.parametrize(
    "options",
    [
        {"fields": ["a"], "brief": True},
        {"fields": ["a"], "omit": ["b"]},
        {"omit": ["a"], "brief": True},
        {"omit": ["site.name"]},
        {"fields": [""]},
        {"fields": ["site__name "]},
        {"fields": ["site.name"]},
        {"fields": ["a,b"]},
    ],
)
def test_fields_that_netbox_would_ignore_are_rejected(options: t.Any) -> None:
    with pytest.raises(UsageError):
        Representation(DEVICES, **options)
