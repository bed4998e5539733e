# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""What a user can do about an error: the option to look at, by the kind of error. One paragraph, without secrets."""

from __future__ import annotations

import sys

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import (
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
    printable,
)

# The first that fits counts.
_ADVICE: tuple[tuple[type[NetBoxError], str], ...] = (
    (MissingLibrary, f"Install it for the Python that runs this: {sys.executable} -m pip install requests"),
    (TLSFailed, "Check the scheme and the port in api_endpoint: https:// needs a port that speaks TLS."),
    (Unreachable, "Check api_endpoint, and the proxy if there is one (HTTPS_PROXY, NO_PROXY)."),
    (TimedOut, "Allow more time in timeout, or ask for smaller pages with page_size."),
    (
        ConnectionLost,
        "Check the scheme in api_endpoint, and what stands between here and NetBox; retries says how often it is asked "
        "again.",
    ),
    (Redirected, "Set api_endpoint to the address that NetBox itself answers at, with its scheme and base path."),
    (TooManyRequests, "Ask for less at once with max_workers, or allow more retries."),
    (TooLong, "Ask for smaller pages with page_size, or for fewer fields."),
    (UnexpectedAnswer, "Check that api_endpoint is the address of a NetBox, without the path of a page in it."),
    (
        IncompleteList,
        "NetBox was edited meanwhile: run it again, or leave ordering out, so that the ids give the order.",
    ),
    (ServerFailed, "NetBox's own log says more. Smaller pages (page_size) and fewer max_workers are easier on it."),
    (
        NotFound,
        "Check api_endpoint: it is the address of NetBox's home page, with the base path if there is one, and nothing "
        "behind it. Or this NetBox is older than what is asked for.",
    ),
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
            if error.with_token:
                return (
                    "A token was sent, and NetBox did not see it: a proxy may take the header Authorization away, and "
                    "NetBox before 4.5 knows no tokens that begin with nbt_."
                )
            return "Set token, or NETBOX_TOKEN in the environment."
        if "invalid v1 token" in words or "parse key" in words:
            return (
                "Check token: is it whole? NetBox 4.5 and newer make tokens such as nbt_KEY.SECRET, all of which is "
                "the token. Any other is of the old kind, of which this NetBox does not know this one."
            )
        return (
            "Check token: it is not known to this NetBox, has expired, or may not be used from here; "
            "or its user lacks the permission."
        )
    if isinstance(error, TLSFailed) and "mismatch" in error.message:
        return "Write api_endpoint with the name that the certificate is for."
    if isinstance(error, TLSFailed) and "certificate" in error.message.lower():
        return (
            "Put the certificate of the authority that NetBox's comes from (if it is self-signed, that is NetBox's "
            "own) into a file, and name the file in ca_path. validate_certs: false would trust anybody."
        )
    if isinstance(error, GraphQLFailed) and error.says("Cannot return null for non-nullable field"):
        return "The user of the token may not view that object: add the permission in NetBox, or do not select it."
    if isinstance(error, NotFound) and "GraphQL" in error.detail:
        return "Set GRAPHQL_ENABLED in NetBox's configuration, or use nb_query (transport: rest for an inventory)."
    if isinstance(error, UnexpectedAnswer) and error.is_foreign and error.after_json:
        return (
            "NetBox answered before, so a load balancer or a proxy sent this page. Run it again later, or allow more "
            "retries."
        )
    if isinstance(error, NotFound) and error.is_missing_object:
        return "It was deleted, or the user of the token may not see it."
    return next((words for kind, words in _ADVICE if isinstance(error, kind)), "")


def explain(error: NetBoxError) -> str:
    """Return ``error`` and what to do about it, as one paragraph that is safe to print."""
    return printable(f"{error} {advice(error)}".strip())
