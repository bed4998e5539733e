# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Copy the table of faults from the tests to the security guide: python tools/fault_table.py"""

from __future__ import annotations

import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[4]))

from ansible_collections.netbox.cursor.tests.unit.plugins.module_utils.test_faults import as_rst  # noqa: E402

guide = HERE.parents[1] / "docs" / "docsite" / "rst" / "security_guide.rst"
text = guide.read_text(encoding="utf-8")
table = re.compile(r"\.\. list-table::\n  :header-rows: 1\n\n  \* - Fault\n(?:    .*\n|  \* .*\n)*")
guide.write_text(table.sub(lambda found: as_rst(), text), encoding="utf-8")
