# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Errors of nb_query for filters and options that NetBox would ignore."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import lookup_loader
from ansible.template import Templar

from ansible_collections.netbox.cursor.tests.stand_in import NetBox, serve

Query = Callable[..., "list[t.Any]"]


@pytest.fixture(scope="module")
def server() -> Iterator[NetBox]:
    with serve(version="4.6") as netbox:
        yield netbox


@pytest.fixture
def netbox(server: NetBox) -> Iterator[NetBox]:
    server.requests.clear()
    yield server
    server.settings.patch_version = None
    server.settings.base_path = ""


@pytest.fixture
def query(netbox: NetBox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Query:
    """Call nb_query as ``query('netbox.cursor.nb_query', term, ...)`` does."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    def query(term: str, **options: t.Any) -> list[t.Any]:
        lookup = lookup_loader.get("netbox.cursor.nb_query", loader=DataLoader(), templar=Templar(DataLoader()))
        connection = {
            "api_endpoint": netbox.url + netbox.settings.base_path,
            "token": netbox.tokens["v1"],
            "retries": 0,
        }
        found: list[t.Any] = lookup.run([term], {}, **{**connection, **options})
        return found

    return query


@pytest.mark.parametrize(
    ("term", "options", "message"),
    [
        ("devices", {"filters": {"cf_weight_kg__ic": "5"}}, "decimal custom fields do not support"),
        ("devices", {"filters": {"q": "  "}}, "'q' has an empty value"),
        ("devices", {"filters": {"site": ["", "berlin-1"]}}, "'site' has an empty value"),
        ("devices", {"filters": {"site": ["berlin-1", ""]}}, "'site' has an empty value"),
        ("devices", {"filters": [{"name": ""}, {"name": "leaf1"}]}, "'name' has an empty value"),
        ("devices", {"filters": "has_primary_ip=yes"}, "'has_primary_ip' must be true or false"),
        ("devices", {"filters": {"face": ["front", "rear"]}}, "'face' accepts one value"),
        ("devices", {"filters": {"attr_x": 1}}, "'attr_x' is not a filter of this list"),
        ("devices", {"filters": {"filter": "nowhere"}}, "there is no saved filter 'nowhere'"),
        ("devices", {"ordering": "-last_updatd", "limit": 3}, "did you mean last_updated"),
        ("dcim/racks/1/elevation", {"filters": {"fcae": "rear"}}, "did you mean face"),
        ("devices", {"filters": {"exclude": "config_context"}}, "use the option config_context"),
        ("devices", {"filters": {"limit": 5}}, "Use the option limit or page_size"),
    ],
)
def test_ignored_parameters_are_errors(query: Query, term: str, options: dict[str, t.Any], message: str) -> None:
    with pytest.raises(AnsibleError, match=message):
        query(term, **options)


def test_filter_of_a_newer_patch_version_is_an_error(netbox: NetBox, query: Query) -> None:
    assert len(query("devices", filters={"tag__any": ["core", "edge"]})) == 2
    netbox.settings.patch_version = "4.6.0"
    with pytest.raises(AnsibleError, match="'tag__any' is not a filter"):
        query("devices", filters={"tag__any": ["core", "edge"]})


def test_plugin_filters_below_a_base_path_are_checked(netbox: NetBox, query: Query) -> None:
    netbox.table("plugins/bgp/sessions").replace({1: {"id": 1, "name": "a"}})
    netbox.settings.base_path = "/netbox-api"
    assert query("plugins/bgp/sessions", filters={"name__ic": "a"}, returns="ids") == [1]
    with pytest.raises(AnsibleError, match="'nmae' is not a filter"):
        query("plugins/bgp/sessions", filters={"nmae": "a"})


def test_exclude_and_highlight_of_rack_elevations_are_accepted(query: Query) -> None:
    whole = query("dcim/racks/1/elevation", filters={"face": "front"})
    there = {unit["device"]["id"] for unit in whole if unit["device"]}
    without = query("dcim/racks/1/elevation", filters={"face": "front", "exclude": 1})
    assert 1 in there
    assert {unit["device"]["id"] for unit in without if unit["device"]} == there - {1}


def test_regular_expressions_keep_their_backslashes(netbox: NetBox, query: Query) -> None:
    assert query("devices", filters=r"name__regex=^leaf\d$", returns="names") == ["leaf1", "leaf2"]
    assert ("name__regex", r"^leaf\d$") in netbox.requests[-1].query


def test_counts_are_requested_to_sort_by_them(netbox: NetBox, query: Query) -> None:
    sites = query("sites", fields=["name", "device_count"])
    names = [site["name"] for site in sorted(sites, key=lambda site: (-site["device_count"], site["name"]))]
    assert query("sites", ordering=["-device_count", "name"], returns="names") == names
    (fields,) = [value for name, value in netbox.requests[-1].query if name == "fields"]
    assert "device_count" in fields.split(",")
    assert [set(row) for row in query("sites", ordering="-device_count", fields="name")][0] == {"name"}


def test_unchecked_filters_are_sent(query: Query) -> None:
    everything = query("devices", returns="ids")
    assert (
        query("devices", filters={"iste": "a", "q": " "}, ordering="bogus", returns="ids", strict_filters=False)
        == everything
    )


def test_known_filters_and_ordering_cost_no_request(netbox: NetBox, query: Query) -> None:
    query("devices", filters={"site": "berlin-1", "has_primary_ip": True}, ordering="-name")
    assert {received.path for received in netbox.requests} == {"/api/dcim/devices/"}
