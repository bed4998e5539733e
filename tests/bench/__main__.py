# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the benchmarks for `make bench`. See --help."""

from __future__ import annotations

import sys
from pathlib import Path

# If Python runs this directory by its path, it cannot import the collection without this entry.
sys.path.insert(0, str(Path(__file__).absolute().parents[5]))

from ansible_collections.netbox.cursor.tests.bench._command import main  # noqa: E402

sys.exit(main())
