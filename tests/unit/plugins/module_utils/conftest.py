# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import sys
from pathlib import Path

# All tests on the oldest Python and on that of the newest cores; on others those that are quick, as sanity tests
# compile and import everything on each.
WHOLE = ((3, 9), (3, 12))
QUICK = ("endpoints", "parameters", "representation", "selection", "version", "workers")
if sys.version_info[:2] not in WHOLE:
    collect_ignore = [
        path.name for path in Path(__file__).parent.glob("test_*.py") if path.stem.replace("test_", "") not in QUICK
    ]
