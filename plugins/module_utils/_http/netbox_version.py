# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Compare NetBox versions."""

from __future__ import annotations

import re
import sys
import traceback

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import MissingLibrary

try:
    from packaging.version import Version
except ImportError:
    PACKAGING_IMPORT_ERROR: str | None = traceback.format_exc()
else:
    PACKAGING_IMPORT_ERROR = None


def parse_version(text: str) -> Version | None:
    """Return the version at the beginning of a string, or ``None``.

    Suffixes are ignored unless they indicate a prerelease: ``4.6.8-Docker-4.0.1`` is version 4.6.8, but ``4.7.0-beta1``
    is a prerelease. Raise :class:`MissingLibrary` if ``packaging`` is not installed.
    """
    if PACKAGING_IMPORT_ERROR is not None:
        error = MissingLibrary("The Python library packaging is not installed.")
        error.advice = f"Run this command to install it: {sys.executable} -m pip install packaging"
        raise error
    found = re.match(r"v?([0-9]{1,9}\.[0-9]{1,9}(\.[0-9]{1,9})?(-(alpha|beta|rc)[0-9]{1,9})?)", text)
    return Version(found[1]) if found else None
