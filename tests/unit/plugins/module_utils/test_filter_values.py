# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values and filters that NetBox ignores are errors: blank values, invalid Booleans, custom fields, saved filters, and
attributes."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.netbox.cursor.plugins.module_utils._filters.check import FilterCheck
from ansible_collections.netbox.cursor.plugins.module_utils._filters.schema_cache import SchemaCache
from ansible_collections.netbox.cursor.plugins.module_utils._http.client import Client
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UsageError
from ansible_collections.netbox.cursor.tests.stand_in import NetBox, serve

DEVICES = "dcim/devices"


@pytest.fixture(scope="module", params=["4.5", "4.6", "4.7"])
def server(request: pytest.FixtureRequest) -> Iterator[NetBox]:
    with serve(version=request.param) as netbox:
        fields = netbox.table("extras/custom-fields")
        example = dict(fields[fields.ids()[0]])
        kinds = {
            "note": ("text", "exact"),
            "hidden": ("text", "disabled"),
            "count": ("integer", "loose"),
            "home": ("url", "loose"),
        }
        for name, (kind, logic) in kinds.items():
            fields.add(
                **{
                    **example,
                    "id": fields.ids()[-1] + 1,
                    "name": name,
                    "type": {"value": kind},
                    "filter_logic": {"value": logic},
                }
            )
        fields.add(**{**example, "id": fields.ids()[-1] + 1, "name": "floor", "object_types": ["dcim.site"]})
        netbox.table("extras/saved-filters").add(slug="leaves", parameters={"role": ["leaf"]})
        yield netbox


@pytest.fixture
def netbox(server: NetBox) -> NetBox:
    server.requests.clear()
    return server


@pytest.fixture
def check(netbox: NetBox, tmp_path: Path) -> Iterator[FilterCheck]:
    with Client(netbox.url, netbox.tokens["v1"], retries=0) as client:
        yield FilterCheck(client, SchemaCache(tmp_path))


@pytest.mark.parametrize(
    ("pairs", "complaint"),
    [
        ([("name", "")], r"'name' has an empty value \(to select objects without a value, use name__empty=true\)"),
        ([("name", "leaf1"), ("name", "")], "'name' has an empty value"),
        ([("name", ""), ("name", "leaf1")], "'name' has an empty value"),
        ([("q", "  ")], r"'q' has an empty value\. "),
        ([("tenant_id", " ")], "use tenant_id=null"),
        ([("serial", "\t")], "use serial__empty=true"),
        ([("has_primary_ip", "yes")], "'has_primary_ip' must be true or false, not 'yes'"),
        ([("has_primary_ip", "1")], "must be true or false, not '1'"),
        ([("name__empty", "TRUE")], "must be true or false, not 'TRUE'"),
        ([("face", "front"), ("face", "rear")], "'face' accepts one value, not 2"),
        ([("has_primary_ip", "true"), ("has_primary_ip", "false")], "accepts one value"),
        ([("q", "leaf"), ("q", "spine")], "'q' accepts one value, not 2"),
    ],
)
def test_ignored_values_are_refused_without_a_request(
    netbox: NetBox, check: FilterCheck, pairs: list[tuple[str, str]], complaint: str
) -> None:
    with pytest.raises(UsageError, match=complaint):
        check.check(DEVICES, pairs)
    assert netbox.requests == []


@pytest.mark.parametrize(
    "pairs",
    [
        [("has_primary_ip", "true")],
        [("has_primary_ip", "False")],
        [("q", "leaf"), ("q", "leaf")],
        [("site", "a"), ("site", "b")],
        [("tenant_id", "null")],
        [("name__ic", " a")],
    ],
)
def test_values_that_count_are_accepted(netbox: NetBox, check: FilterCheck, pairs: list[tuple[str, str]]) -> None:
    check.check(DEVICES, pairs)
    assert netbox.requests == []


GOOD = {
    "asset_class": [""],
    "note": ["", "ic", "n", "empty", "iregex"],
    "tier": ["", "n", "isw"],
    "tiers": ["", "nie"],
    "weight_kg": ["", "gt", "lte", "empty"],
    "count": ["n"],
    "install_date": ["gte"],
    "depends_on": ["", "n"],
    "owners": ["", "n", "empty"],
    "monitored": [""],
}
BAD = {
    "cf_teir": r"no custom field 'teir' \(did you mean cf_tier",
    "cf_nothing_like_it": r"no custom field 'nothing_like_it'\.",
    "cf_floor": "only dcim.site objects have the custom field 'floor'",
    "cf_hidden": "the filter logic of custom field 'hidden' is disabled",
    "cf_hidden__n": "is disabled",
    "cf_extra": "cannot filter by custom field 'extra', because its type is json",
    "cf_weight_kg__ic": "lookup that decimal custom fields do not support .supported: cf_weight_kg, __n",
    "cf_asset_class__ic": "text custom fields with loose filter logic do not support",
    "cf_home__empty": "url custom fields with loose filter logic do not support",
    "cf_monitored__empty": "boolean custom fields do not support",
    "cf_owners__lt": "multiobject custom fields do not support",
    "cf_tier__gt": "select custom fields do not support",
    "cf_note__bogus": "text custom fields do not support",
    "cf_": "no custom field ''",
}


@pytest.mark.parametrize(
    "name", [f"cf_{field}{'__' if one else ''}{one}" for field, some in GOOD.items() for one in some]
)
def test_custom_field_filter_is_accepted(check: FilterCheck, name: str) -> None:
    check.check(DEVICES, [(name, "true")])


@pytest.mark.parametrize("name", BAD)
def test_custom_field_filter_is_refused(netbox: NetBox, check: FilterCheck, name: str) -> None:
    with pytest.raises(UsageError, match=BAD[name]):
        check.check(DEVICES, [(name, "5")])
    assert [received.path for received in netbox.requests] == ["/api/extras/custom-fields/"]


@pytest.mark.parametrize("name", [*(f"cf_{field}__{one}" for field, some in GOOD.items() for one in some if one), *BAD])
def test_mock_netbox_ignores_what_is_refused(netbox: NetBox, name: str) -> None:
    if name in ("cf_owners__lt", "cf_note__empty"):
        return  # NetBox applies the first as if it had no lookup. No object has a note.
    with Client(netbox.url, netbox.tokens["v1"]) as client:
        value = {"cf_install_date__gte": "2020-01-01"}.get(name, "true" if name.endswith("empty") else "98765")
        count = client.get("api/dcim/devices/", [(name, value), ("limit", "1")])["count"]
        everything = client.get("api/dcim/devices/", [("limit", "1")])["count"]
    excludes = "__n" in name
    assert (count == everything) == (name in BAD or excludes)


@pytest.mark.parametrize("name", ["cf_monitored", "cf_weight_kg__empty"])
def test_custom_field_booleans_must_be_booleans(check: FilterCheck, name: str) -> None:
    with pytest.raises(UsageError, match="must be true or false, not 'yes'"):
        check.check(DEVICES, [(name, "yes")])


def test_lists_without_custom_fields_refuse_their_filters(netbox: NetBox, check: FilterCheck) -> None:
    with pytest.raises(UsageError, match="'cf_tier' is not a filter of this list"):
        check.check("extras/tags", [("cf_tier", "t1")])
    assert netbox.requests == []


def test_custom_fields_of_plugin_lists_are_found(netbox: NetBox, check: FilterCheck) -> None:
    netbox.table("plugins/bgp/sessions").replace({1: {"id": 1, "name": "a"}})
    types = netbox.table("core/object-types")
    if not any(row.get("model") == "bgpsession" for row in types.values()):
        types.add(app_label="netbox_bgp", model="bgpsession", rest_api_endpoint="/api/plugins/bgp/sessions/")
    with pytest.raises(UsageError, match="only dcim.site objects have"):
        check.check("plugins/bgp/sessions", [("cf_floor", "1")])
    fields = netbox.table("extras/custom-fields")
    floor = next(row for row in fields.values() if row["name"] == "floor")
    fields[floor["id"]] = {**floor, "object_types": ["dcim.site", "netbox_bgp.bgpsession"]}
    with Client(netbox.url, netbox.tokens["v1"]) as client:
        FilterCheck(client).check("plugins/bgp/sessions", [("cf_floor", "1")])
    fields[floor["id"]] = floor


@pytest.fixture
def limited(netbox: NetBox) -> Iterator[FilterCheck]:
    with Client(netbox.url, netbox.tokens["limited"], retries=0) as client:
        yield FilterCheck(client)


def test_unreadable_custom_fields_are_verified_by_counts(netbox: NetBox, limited: FilterCheck) -> None:
    limited.check(DEVICES, [("cf_tier", "t1")])
    assert [received.path for received in netbox.requests][0] == "/api/extras/custom-fields/"
    for name, value in (("cf_teir", "t1"), ("cf_weight_kg__ic", "5")):
        with pytest.raises(UsageError) as caught:
            limited.check(DEVICES, [(name, value)])
        text = str(caught.value)
        assert f"{name!r} cannot be verified" in text and "no permission to view custom fields" in text
        assert "strict_filters" in text


def test_refused_value_proves_that_a_filter_is_known(limited: FilterCheck) -> None:
    limited.check(DEVICES, [("cf_weight_kg", "heavy")])


def test_counts_are_compared_again_while_the_list_changes(netbox: NetBox, limited: FilterCheck) -> None:
    devices = netbox.table(DEVICES)
    copy = dict(devices[1])

    def grow(received: t.Any) -> None:
        if received.path == "/api/dcim/devices/":
            devices.add(**{**copy, "id": devices.ids()[-1] + 1, "custom_fields": {}})

    netbox.hooks.append(grow)
    try:
        with pytest.raises(UsageError, match="cannot be verified"):
            limited.check(DEVICES, [("cf_teir", "t1")])
    finally:
        netbox.hooks.remove(grow)
        for pk in [pk for pk in devices.ids() if pk > 14]:
            del devices[pk]


def test_saved_filters_must_exist(netbox: NetBox, check: FilterCheck) -> None:
    check.check(DEVICES, [("filter", "leaves"), ("filter_id", "1")])
    with pytest.raises(UsageError, match="there is no saved filter 'laeves'"):
        check.check(DEVICES, [("filter", "leaves"), ("filter", "laeves")])
    with pytest.raises(UsageError, match="'filter_id' must be an ID, not '\u00b2'"):
        check.check(DEVICES, [("filter_id", "\u00b2")])
    with pytest.raises(UsageError, match="'filter' is not a filter"):
        check.check("dcim/racks/5/elevation", [("filter", "leaves")])


def test_unreadable_saved_filters_are_verified_by_counts(limited: FilterCheck) -> None:
    limited.check(DEVICES, [("filter", "leaves")])
    with pytest.raises(UsageError, match="'filter' cannot be verified.*no permission to view saved filters"):
        limited.check(DEVICES, [("filter", "laeves")])


def test_only_module_types_have_attributes(netbox: NetBox, check: FilterCheck) -> None:
    check.check("dcim/module-types", [("attr_speed", "10")])
    with pytest.raises(UsageError, match="'attr_speed' accepts one value"):
        check.check("dcim/module-types", [("attr_speed", "10"), ("attr_speed", "20")])
    with pytest.raises(UsageError, match="'attr_x' is not a filter of this list"):
        check.check(DEVICES, [("attr_x", "1")])
    netbox.table("plugins/bgp/sessions").replace({1: {"id": 1, "name": "a"}})
    with pytest.raises(UsageError, match="'attr_x' cannot be verified"):
        check.check("plugins/bgp/sessions", [("attr_x", "1")])


@pytest.mark.parametrize("field", ["name", "-last_updated", "interface_count", "custom_field_data", "-id"])
def test_fields_to_sort_by_cost_no_request(netbox: NetBox, check: FilterCheck, field: str) -> None:
    check.check_ordering(DEVICES, [field, "-name"])
    assert netbox.requests == []


@pytest.mark.parametrize(
    ("field", "complaint"),
    [
        ("-last_updatd", r"by 'last_updatd' \(did you mean last_updated"),
        ("display", "by 'display'"),
        ("primary_ip", r"by 'primary_ip' \(did you mean primary_ip"),
        ("tags", "by 'tags'"),
        ("site__name", "by 'site__name'"),
        ("pk", "by 'pk'"),
    ],
)
def test_ignored_ordering_is_refused(check: FilterCheck, field: str, complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        check.check_ordering(DEVICES, ["name", field])


def test_ordering_of_plugin_lists_is_tried(netbox: NetBox, check: FilterCheck) -> None:
    sessions = netbox.table("plugins/bgp/sessions")
    sessions.replace(
        {pk: {"id": pk, "name": f"s{9 - pk}", "state": "up", "display": f"s{9 - pk}"} for pk in range(1, 5)}
    )
    check.check_ordering("plugins/bgp/sessions", ["-name"])
    check.check_ordering("plugins/bgp/sessions", ["state"])
    with pytest.raises(UsageError, match="cannot sort plugins/bgp/sessions by 'nmae'"):
        check.check_ordering("plugins/bgp/sessions", ["nmae"])
    sessions.replace({})
    check.check_ordering("plugins/bgp/sessions", ["nmae"])
