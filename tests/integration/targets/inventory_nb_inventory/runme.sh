#!/usr/bin/env bash
# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Run nb_inventory as users do, against a mock NetBox of each version.

set -eux
root=${JUNIT_OUTPUT_DIR%/tests/output/*}
collections=$(cd "$root/../../.." && pwd)
PYTHONPATH=$collections:${PYTHONPATH:-} python run.py
