#!/usr/bin/env bash
# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Read lists from a mock NetBox in a separate process, with cursors and by offset.

set -eux
root=${JUNIT_OUTPUT_DIR%/tests/output/*}
collections=$(cd "$root/../../.." && pwd)
PYTHONPATH=$collections:${PYTHONPATH:-} python walk.py "$root/tests/stand_in"
