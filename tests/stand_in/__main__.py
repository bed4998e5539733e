# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the mock NetBox from the command line. For its options, run `python tests/stand_in --help`."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

# If the directory is run by its path, it is not a package yet.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.exit(importlib.import_module("stand_in._command").main())
