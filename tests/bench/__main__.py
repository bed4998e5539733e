# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""make bench: see --help."""

from __future__ import annotations

import sys
from pathlib import Path

# Run by its path, the folder is no package yet.
sys.path.insert(0, str(Path(__file__).absolute().parents[5]))

from ansible_collections.netbox.cursor.tests.bench._command import main  # noqa: E402

sys.exit(main())
