# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""NetBox versions are parsed, and compared as versions."""

from __future__ import annotations

import pytest

from ansible_collections.netbox.cursor.plugins.module_utils._filters.known import VERSIONS, matching_versions
from ansible_collections.netbox.cursor.plugins.module_utils._http import netbox_version
from ansible_collections.netbox.cursor.plugins.module_utils._http.advice import explain
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import MissingLibrary


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("4.6.8", "4.6.8"),
        ("v4.6.8", "4.6.8"),
        ("4.6.8-Docker-4.0.2", "4.6.8"),
        ("4.7.0-beta1", "4.7.0b1"),
        ("4.6.8-rc2-Docker", "4.6.8rc2"),
        ("4.6", "4.6"),
        ("", "None"),
        ("x4.6", "None"),
        ("9" * 5000 + ".1", "None"),
    ],
)
def test_version_is_read_from_the_start(text: str, version: str) -> None:
    assert str(netbox_version.parse_version(text)) == version


@pytest.mark.parametrize(
    ("full", "minor", "versions"),
    [
        ("4.6.5", (4, 6), ["4.6.5"]),
        ("4.6.99", (4, 6), ["4.6.8"]),
        ("4.7.0-beta1", (4, 7), ["4.7.0-beta1"]),
        ("4.7.3", (4, 7), ["4.7.0-beta1"]),
        ("4.6.0-beta1", (4, 6), []),
        ("4.10.0", (4, 10), []),
        ("", (4, 5), [version for version in VERSIONS if version.startswith("4.5.")]),
        ("", (4, 8), []),
        ("", None, []),
    ],
)
def test_index_version_for_a_server(full: str, minor: tuple[int, int] | None, versions: list[str]) -> None:
    assert list(matching_versions(full, minor)) == versions


def test_missing_packaging_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(netbox_version, "PACKAGING_IMPORT_ERROR", "ImportError")
    with pytest.raises(MissingLibrary) as caught:
        netbox_version.parse_version("4.6.8")
    assert "pip install packaging" in explain(caught.value)
