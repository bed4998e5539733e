# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import sys
from pathlib import Path

import pytest

# The oldest Python and the Python of the newest ansible-core run all tests. Other versions run only the fast tests,
# because the sanity tests compile and import all code on every version.
WHOLE = ((3, 9), (3, 12))
QUICK = ("endpoints", "netbox_version", "parameters", "representation", "selection", "version", "workers")


# ansible-test lists the files one by one, so collect_ignore has no effect.
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if sys.version_info[:2] in WHOLE:
        return
    here = Path(__file__).parent
    kept = [item for item in items if item.path.parent != here or item.path.stem[len("test_") :] in QUICK]
    config.hook.pytest_deselected(items=list(set(items) - set(kept)))
    items[:] = kept
