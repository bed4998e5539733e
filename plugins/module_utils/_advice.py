# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""What a user can do about an error: the option to look at, by the kind of error. One paragraph, without secrets."""

from __future__ import annotations

import sys

from ansible_collections.netbox.cursor.plugins.module_utils._errors import (
    AccessDenied,
    ConnectionLost,
    GraphQLFailed,
    IncompleteList,
    MissingLibrary,
    NetBoxError,
    NotFound,
    Redirected,
    ServerFailed,
    TimedOut,
    TLSFailed,
    TooLong,
    TooManyRequests,
    UnexpectedAnswer,
    Unreachable,
)

# The first that fits counts.
_ADVICE: tuple[tuple[type[NetBoxError], str], ...] = (
    (MissingLibrary, f"Install it for the Python that runs this, {sys.executable}."),
    (TLSFailed, "Name the authority of NetBox's certificate in ca_path, or see validate_certs."),
    (Unreachable, "Check api_endpoint, and the proxy if there is one (HTTPS_PROXY, NO_PROXY)."),
    (TimedOut, "Allow more time in timeout, or ask for smaller pages with page_size."),
    (ConnectionLost, "Check what stands between here and NetBox; retries says how often it is asked again."),
    (Redirected, "Set api_endpoint to the address that NetBox itself answers at, with its scheme and base path."),
    (TooManyRequests, "Ask for less at once with max_workers, or allow more retries."),
    (TooLong, "Ask for smaller pages with page_size, or for fewer fields."),
    (UnexpectedAnswer, "Check that api_endpoint is the address of a NetBox, without the path of a page in it."),
    (
        IncompleteList,
        "NetBox was edited meanwhile: run it again, or leave ordering out, so that the ids give the order.",
    ),
    (ServerFailed, "NetBox's own log says more. Smaller pages (page_size) and fewer max_workers are easier on it."),
    (NotFound, "If this should be there, check api_endpoint: NetBox's address with its base path, if it has one."),
)


def advice(error: NetBoxError) -> str:
    """One sentence on what to do about ``error``; empty where the error says that itself."""
    if error.advice:
        return error.advice
    if isinstance(error, AccessDenied):
        words = error.detail.lower()
        if "permission" in words:
            return (
                "The token is known, but its user may not do this: add the permission in NetBox, or use another token."
            )
        if "not provided" in words or "no credentials" in words:
            return "Set token, or NETBOX_TOKEN in the environment."
        return (
            "Check token: it is not known to this NetBox, has expired, or may not be used from here; "
            "or its user lacks the permission."
        )
    if isinstance(error, GraphQLFailed) and error.says("Cannot return null for non-nullable field"):
        return "The user of the token may not view that object: add the permission in NetBox, or do not select it."
    if isinstance(error, NotFound) and "GraphQL" in error.detail:
        return "Set GRAPHQL_ENABLED in NetBox's configuration, or use nb_query (transport: rest for an inventory)."
    if isinstance(error, NotFound) and error.is_missing_object:
        return "It was deleted, or the user of the token may not see it."
    return next((words for kind, words in _ADVICE if isinstance(error, kind)), "")


def explain(error: NetBoxError) -> str:
    """``error`` and what to do about it, as one paragraph."""
    return f"{error} {advice(error)}".strip()
