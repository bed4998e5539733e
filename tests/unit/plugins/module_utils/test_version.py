# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The user agent contains the collection's version."""

from __future__ import annotations

import re
from pathlib import Path

from ansible_collections.netbox.cursor.plugins.module_utils._http.version import VERSION

ROOT = Path(__file__).resolve().parents[4]


def test_the_version_is_that_of_galaxy_yml() -> None:
    found = re.search(r"^version: (\S+)$", (ROOT / "galaxy.yml").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert found and found[1] == VERSION
