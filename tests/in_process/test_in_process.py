# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lookups, modules and the inventory, run by Ansible in the process of the tests, with the fixtures of pytest-ansible.

``make check`` runs these tests. ansible-test does not, because it has no pytest-ansible.
"""

from __future__ import annotations

import json
import sys
import typing as t
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ansible.template import trust_as_template

from ansible_collections.netbox.cursor.tests.stand_in import NetBox, serve

# pytest-ansible announces that it will remove its fixtures one day.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::pytest.PytestWarning")

Run = Callable[..., "dict[str, t.Any]"]


@pytest.fixture(scope="module")
def netbox() -> Iterator[NetBox]:
    with serve(version="4.6") as netbox:
        yield netbox


@pytest.fixture
def connection(netbox: NetBox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, str]:
    """Options for modules. Lookups find the same NetBox in the environment."""
    monkeypatch.setenv("NETBOX_API", netbox.url)
    monkeypatch.setenv("NETBOX_TOKEN", netbox.tokens["v2"])
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("ANSIBLE_PYTHON_INTERPRETER", sys.executable)
    return {"api_endpoint": netbox.url, "token": netbox.tokens["v2"]}


@pytest.fixture
def run(localhost: t.Any, connection: dict[str, str]) -> Run:
    """Run a module on localhost and return its result."""

    def run(module: str, **options: t.Any) -> dict[str, t.Any]:
        own = connection if module.startswith("netbox.") else {}
        contacted = getattr(localhost, module)(**{**own, **options}).contacted
        result: dict[str, t.Any] = contacted["localhost"]
        return result

    return run


def test_rack_elevation_is_written_once(run: Run, tmp_path: Path) -> None:
    options = {"rack": "R1", "site": "berlin-1", "dest": str(tmp_path / "rack.svg")}
    assert run("netbox.cursor.nb_rack_elevation", **options)["changed"] is True
    assert (tmp_path / "rack.svg").read_text(encoding="utf-8").startswith("<svg")
    assert run("netbox.cursor.nb_rack_elevation", **options)["changed"] is False


def test_module_reports_a_wrong_filter(run: Run, tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n")
    failed = run(
        "netbox.cursor.nb_image_attachment", object_type="dcim.rack", object={"nmae": "R1"}, src=str(picture), name="a"
    )
    assert failed["failed"] and "did you mean name" in failed["msg"]


def test_lookup_returns_objects_in_a_template(run: Run) -> None:
    names = "{{ query('netbox.cursor.nb_query', 'devices', filters={'name__isw': 'leaf'}, returns='names') }}"
    assert run("ansible.builtin.debug", msg=trust_as_template(names))["msg"] == ["leaf1", "leaf2"]


def test_lookup_reports_a_wrong_ordering(run: Run) -> None:
    names = "{{ query('netbox.cursor.nb_query', 'devices', ordering='-last_updatd', returns='names') }}"
    failed = run("ansible.builtin.debug", msg=trust_as_template(names))
    assert failed["failed"] and "did you mean last_updated" in failed["msg"]


def test_graphql_lookup_returns_objects(run: Run) -> None:
    names = (
        "{{ query('netbox.cursor.nb_graphql', 'site_list', fields='id name') | map(attribute='name') | sort | first }}"
    )
    assert run("ansible.builtin.debug", msg=trust_as_template(names))["msg"] == "Berlin 1"


def test_inventory_plugin_provides_hosts(
    ansible_adhoc: Callable[..., t.Any], netbox: NetBox, connection: dict[str, str], tmp_path: Path
) -> None:
    source = tmp_path / "demo.netbox.yml"
    options = {"plugin": "netbox.cursor.nb_inventory", "group_by": ["site"], "query_filters": [{"site": "berlin-1"}]}
    source.write_text(json.dumps(options), encoding="utf-8")
    hosts = ansible_adhoc(inventory=str(source), connection="local", host_pattern="site_berlin_1")
    assert "leaf1" in hosts.keys()  # noqa: SIM118 (it is no dictionary)
    (result,) = getattr(hosts.leaf1, "ansible.builtin.debug")(msg=trust_as_template("{{ site }}")).values()
    assert result["msg"] == "berlin-1"
