# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Report a clear error on hosts whose Python is too old for this collection.

ansible-core 2.16 supports Python 3.6 on managed hosts. Therefore, this file must work on Python 3.6, and modules import
it before anything else. Python 3.6 cannot even compile other files in the collection.
"""

import json
import sys

OLDEST_PYTHON = (3, 9)


def fail_on_old_python() -> None:
    """End the module with a failure if Python is too old."""
    if sys.version_info[:2] < OLDEST_PYTHON:
        text = "Modules of netbox.cursor need Python {0}.{1} or newer on the host where they run. {2} is Python {3}."
        message = text.format(OLDEST_PYTHON[0], OLDEST_PYTHON[1], sys.executable, sys.version.split()[0])
        sys.stdout.write(json.dumps({"failed": True, "msg": message}) + "\n")
        raise SystemExit(1)
