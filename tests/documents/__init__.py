# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples in guides, READMEs, and EXAMPLES, and the mock NetBox that they run against."""

from __future__ import annotations

from ._blocks import Block, Command, output_pattern, read_blocks
from ._estate import serve_documented

__all__ = ["Block", "Command", "output_pattern", "read_blocks", "serve_documented"]
