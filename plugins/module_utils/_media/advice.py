# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Advice about errors for users of modules."""

from __future__ import annotations

from ansible_collections.netbox.cursor.plugins.module_utils._http.advice import advice
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import (
    IncompleteList,
    NetBoxError,
    ServerFailed,
    TimedOut,
    TooLong,
    TooManyRequests,
)

# The advice for other plugins mentions options that modules do not have, such as page_size.
_ADVICE: tuple[tuple[type[NetBoxError], str], ...] = (
    (TimedOut, "Increase timeout."),
    (TooLong, "Check that api_endpoint is the base URL of NetBox."),
    (TooManyRequests, "Run the task later, or increase retries."),
    (IncompleteList, "NetBox changed while the list was being read. Run the task again."),
    (ServerFailed, "Check the logs of NetBox and of the servers in front of it."),
)


def advise_module(error: NetBoxError) -> str:
    """Return advice about ``error``, or an empty string. The advice mentions only options that modules have."""
    found = error.advice or next((words for kind, words in _ADVICE if isinstance(error, kind)), "")
    return found or advice(error)
