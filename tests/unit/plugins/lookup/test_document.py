# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``returns: document`` returns JSON that is not a list, and ``one: true`` returns exactly one object."""

from __future__ import annotations

import typing as t

import pytest
from ansible.errors import AnsibleLookupError
from ansible.utils.display import Display

if t.TYPE_CHECKING:  # pragma: no cover
    from ansible_collections.netbox.cursor.tests.stand_in import NetBox


@pytest.mark.parametrize("term", ["status", "api/status", "/api/status/"])
def test_document_is_returned_as_it_is(look_up: t.Any, term: str) -> None:
    (found,) = look_up(term, returns="document")
    assert found["netbox-version"] == "4.6.8"


def test_document_of_an_object_is_the_object(netbox: NetBox, look_up: t.Any) -> None:
    (found,) = look_up("dcim/sites/1", returns="document")
    assert found["name"] == netbox.table("dcim/sites")[1]["name"]


def test_documents_of_several_terms_are_several_results(look_up: t.Any) -> None:
    assert len(look_up("status", "authentication-check", "dcim/sites/1", returns="document")) == 3


def test_document_sends_filters_as_parameters(netbox: NetBox, look_up: t.Any) -> None:
    look_up("status", returns="document", filters={"a": ["1", "2"], "b": True}, strict_filters=False)
    assert netbox.requests[-1].query == [("a", "1"), ("a", "2"), ("b", "true")]


def test_document_that_is_a_list_is_refused(look_up: t.Any) -> None:
    with pytest.raises(AnsibleLookupError, match="dcim/sites is a list.* Remove returns=document"):
        look_up("dcim/sites", returns="document")


@pytest.mark.parametrize(
    "term", ["", "..", "a/../b", "a//b", "status?format=api", "a b", "https://x/api/status", "a#b"]
)
def test_document_with_an_invalid_path_is_refused(netbox: NetBox, look_up: t.Any, term: str) -> None:
    with pytest.raises(AnsibleLookupError, match="Invalid path"):
        look_up(term, returns="document")
    assert not netbox.requests


@pytest.mark.parametrize(
    "options",
    [
        {"fields": ["name"]},
        {"omit": ["name"]},
        {"brief": True},
        {"ordering": ["name"]},
        {"limit": 1},
        {"offset": 1},
        {"id": 1},
        {"one": True},
        {"config_context": False},
    ],
    ids=str,
)
def test_document_excludes_options_of_lists(netbox: NetBox, look_up: t.Any, options: dict[str, t.Any]) -> None:
    with pytest.raises(AnsibleLookupError, match="returns=document cannot be used together with"):
        look_up("status", returns="document", **options)
    assert not netbox.requests


def test_missing_document_obeys_on_missing(look_up: t.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    warnings: list[str] = []
    monkeypatch.setattr(Display, "warning", lambda display, text, *rest, **options: warnings.append(text))
    with pytest.raises(AnsibleLookupError, match="No Site matches"):
        look_up("dcim/sites/99", returns="document")
    assert look_up("dcim/sites/99", "status", returns="document", on_missing="skip")[0]["netbox-version"]
    assert look_up("dcim/sites/99", returns="document", on_missing="warn") == []
    assert len(warnings) == 1 and "No Site matches" in warnings[0]
    with pytest.raises(AnsibleLookupError, match="404"):
        look_up("dcim/nothing", returns="document", on_missing="skip")


@pytest.mark.parametrize(
    ("returns", "expected"), [("names", "leaf2"), ("ids", 2), ("objects", {"id": 2}), ("pairs", {"key": 2})]
)
def test_one_returns_the_object(look_up: t.Any, returns: str, expected: t.Any) -> None:
    options: dict[str, t.Any] = {"fields": ["id"]} if returns in ("objects", "pairs") else {}
    (found,) = look_up("dcim/devices", one=True, filters={"name": "leaf2"}, returns=returns, **options)
    assert found == expected or found == {"key": 2, "value": {"id": 2}}


def test_one_costs_one_request(netbox: NetBox, look_up: t.Any) -> None:
    look_up("dcim/devices", one=True, filters={"name": "leaf2"})
    assert [request.path for request in netbox.requests] == ["/api/dcim/devices/"]


@pytest.mark.parametrize("pagination", ["auto", "offset"])
def test_one_of_several_fails_with_their_names(look_up: t.Any, pagination: str) -> None:
    expected = (
        r"dcim/devices: one=true, but several objects match: server1 \(id 4\), server1 \(id 5\)\. "
        "Add filters, or set id."
    )
    with pytest.raises(AnsibleLookupError, match=expected):
        look_up("dcim/devices", one=True, filters={"name": "server1"}, fields=["name"], pagination=pagination)


def test_one_of_many_fails_with_ten_names(look_up: t.Any) -> None:
    with pytest.raises(AnsibleLookupError, match=r"\(id 10\), …\.") as caught:
        look_up("dcim/interfaces", one=True)
    assert str(caught.value).count("(id ") == 10


def test_one_of_none_obeys_on_missing(look_up: t.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    warnings: list[str] = []
    monkeypatch.setattr(Display, "warning", lambda display, text, *rest, **options: warnings.append(text))
    nothing = {"one": True, "filters": {"name": "nothing"}}
    with pytest.raises(AnsibleLookupError, match=r"no object matches\. Check filters"):
        look_up("dcim/devices", **nothing)
    assert look_up("dcim/devices", on_missing="skip", **nothing) == []
    assert look_up("dcim/devices", on_missing="warn", **nothing) == []
    assert warnings == ["dcim/devices: one=true, but no object matches."]


@pytest.mark.parametrize("options", [{"limit": 1}, {"offset": 1}, {"ordering": ["name"]}], ids=str)
def test_one_excludes_options_that_choose_from_several(look_up: t.Any, options: dict[str, t.Any]) -> None:
    with pytest.raises(AnsibleLookupError, match="one=true cannot be used together with"):
        look_up("dcim/devices", one=True, **options)


def test_one_with_an_id_is_that_object(look_up: t.Any) -> None:
    assert look_up("dcim/devices", one=True, id=2, returns="names") == ["leaf2"]
    assert look_up("dcim/devices/2", one=True, returns="names") == ["leaf2"]


def test_one_checks_fields(look_up: t.Any) -> None:
    with pytest.raises(AnsibleLookupError, match="do not have nothing"):
        look_up("dcim/devices", one=True, filters={"name": "leaf2"}, fields=["nothing"])
