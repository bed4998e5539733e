# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""If two inventory files create hosts with the same name, the plugin prints a warning, because Ansible merges these
hosts."""

from __future__ import annotations

import gc
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader

from ansible_collections.netbox.cursor.tests.stand_in import NetBox


@pytest.fixture
def read_both(netbox: NetBox, tmp_path: Path) -> t.Callable[..., InventoryManager]:
    """Return a function that reads two files with these options as Ansible does, after a static file."""

    def read_both(first: dict[str, t.Any], second: dict[str, t.Any]) -> InventoryManager:
        paths = [tmp_path / name for name in ("static.yml", "one.netbox.yml", "two.netbox.yml")]
        paths[0].write_text("all: {hosts: {leaf1: {colour: red}}}\n", encoding="utf-8")
        given = {"plugin": "netbox.cursor.nb_inventory", "api_endpoint": netbox.url, "token": netbox.tokens["v1"]}
        for path, options in zip(paths[1:], (first, second)):
            path.write_text(yaml.safe_dump({**given, **options}), encoding="utf-8")
        return InventoryManager(loader=DataLoader(), sources=[str(path) for path in paths])

    return read_both


def shared(warnings: list[str]) -> list[str]:
    return [text for text in warnings if "create hosts with the same name" in text]


def test_both_files_are_named(read_both: t.Any, warnings: list[str], tmp_path: Path) -> None:
    read_both({"device_query_filters": [{"name": "leaf1"}], "virtual_machines": False}, {})
    (text,) = shared(warnings)
    assert text.startswith(f"{tmp_path}/one.netbox.yml and {tmp_path}/two.netbox.yml create hosts")
    # The static file only adds a variable.
    assert "merges them (1): leaf1. Give" in text and "static" not in text


def test_first_file_is_known_after_its_plugin_is_deleted(read_both: t.Any, warnings: list[str], tmp_path: Path) -> None:
    manager = read_both({}, {"vars_prefix": "other_"})
    third = tmp_path / "three.netbox.yml"
    third.write_text((tmp_path / "one.netbox.yml").read_text(encoding="utf-8"), encoding="utf-8")
    gc.collect()
    manager.parse_source(str(third))
    (text,) = shared(warnings)
    assert text.startswith(f"{tmp_path}/one.netbox.yml and {third} create hosts")


def test_different_names_are_no_problem(read_both: t.Any, warnings: list[str]) -> None:
    manager = read_both({"hostnames": ["name ~ '.a'"]}, {"hostnames": ["name ~ '.b'"]})
    assert {"leaf1.a", "leaf1.b"} <= set(manager.hosts) and not shared(warnings)


def test_different_prefixes_merge_hosts_on_purpose(read_both: t.Any, warnings: list[str]) -> None:
    manager = read_both({"vars_prefix": "a_"}, {"vars_prefix": "b_"})
    variables = manager.hosts["leaf1"].vars
    assert variables["a_site"] == variables["b_site"] and not shared(warnings)


def test_file_that_is_read_again_is_not_another_source(read_both: t.Any, warnings: list[str]) -> None:
    manager = read_both({"hostnames": ["name ~ '.a'"]}, {})
    manager.refresh_inventory()
    assert not shared(warnings)
