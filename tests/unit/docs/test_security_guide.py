# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tests in the security guide exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
GUIDE = (ROOT / "docs" / "docsite" / "rst" / "security_guide.rst").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"``([a-z_]+/test_\w+\.py(?:::\w+)?|targets/\w+)``", GUIDE)))


def test_guide_names_tests_for_its_guarantees() -> None:
    tables = re.findall(r"\* - Guarantee\n    - Test\n((?:  .*\n)*)", GUIDE)
    rows = [row for table in tables for row in re.split(r"^  \* - ", table, flags=re.MULTILINE)[1:]]
    assert len(rows) >= 20
    for row in rows:
        assert re.search(r"\n    - ``(targets/|\w+/test_)", row), row


@pytest.mark.parametrize("named", NAMED)
def test_named_test_exists(named: str) -> None:
    path, dummy, function = named.partition("::")
    if path.startswith("targets/"):
        assert (ROOT / "tests" / "integration" / path / "runme.sh").exists()
        return
    text = (ROOT / "tests" / "unit" / "plugins" / path).read_text(encoding="utf-8")
    assert not function or re.search(rf"^def {function}\(", text, flags=re.MULTILINE)
