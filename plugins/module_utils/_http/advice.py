# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Advice for users about each kind of error, such as which option to check."""

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

# Advice for errors whose type alone does not reveal the cause.
VIEW_BRANCHES = "Give the token's user permission to view branches."
BRANCH_GONE = "It was merged, archived, or deleted in the meantime. Check branch."
NOT_ONLY_ONE = "Add filters, or set id."
NOT_EVEN_ONE = "Check filters, and whether the token's user has permission to view the object."

# The advice of the first matching error type is used.
_ADVICE: tuple[tuple[type[NetBoxError], str], ...] = (
    (MissingLibrary, f"Run this command to install it: {sys.executable} -m pip install requests"),
    (TLSFailed, "Check the scheme and the port in api_endpoint. https:// requires a port with TLS."),
    (Unreachable, "Check api_endpoint. If you use a proxy, check HTTPS_PROXY and NO_PROXY."),
    (TimedOut, "Increase timeout, or reduce page_size."),
    (ConnectionLost, "Check the scheme in api_endpoint and the servers in front of NetBox, or increase retries."),
    (Redirected, "Set api_endpoint to NetBox's own URL, with its scheme and base path."),
    (TooManyRequests, "Reduce max_workers, or increase retries."),
    (TooLong, "Reduce page_size, or request fewer fields."),
    (UnexpectedAnswer, "Check that api_endpoint is the base URL of NetBox."),
    (
        IncompleteList,
        "NetBox changed while the list was being read. Run the task again, or remove ordering to read the list in ID "
        "order.",
    ),
    (ServerFailed, "Check NetBox's log. A smaller page_size and fewer max_workers reduce the load on NetBox."),
    (
        NotFound,
        "Check that api_endpoint is the URL of NetBox's home page, with the base path but nothing after it. If it "
        "is, this NetBox version does not support the request.",
    ),
)


def advice(error: NetBoxError) -> str:
    """Return one or two sentences of advice about ``error``, or an empty string if there is no advice."""
    if error.advice:
        return error.advice
    specific = ""
    if isinstance(error, AccessDenied):
        specific = _about_access(error)
    elif isinstance(error, TLSFailed):
        specific = _about_certificates(error)
    elif isinstance(error, GraphQLFailed) and error.says("Cannot return null for non-nullable field"):
        specific = (
            "The token's user has no permission to view that object. Add the permission in NetBox, or do not select "
            "the object."
        )
    elif isinstance(error, NotFound) and "GraphQL" in error.detail:
        specific = (
            "Set GRAPHQL_ENABLED in NetBox's configuration, or use nb_query. In an inventory, set transport: rest."
        )
    elif isinstance(error, NotFound) and error.is_missing_object:
        specific = "The object was deleted, or the token's user has no permission to view it."
    elif isinstance(error, UnexpectedAnswer) and error.is_foreign and error.after_json:
        specific = (
            "NetBox responded to an earlier request, so a load balancer or a proxy sent this page. Run the task later, "
            "or increase retries."
        )
    return specific or next((words for kind, words in _ADVICE if isinstance(error, kind)), "")


def _about_access(error: AccessDenied) -> str:
    words = error.detail.lower()
    if "permission" in words:
        return (
            "The token is valid, but its user does not have this permission. Add the permission in NetBox, or use "
            "another token."
        )
    if "not provided" in words or "no credentials" in words:
        if error.with_token:
            return (
                "The request contained a token, but NetBox did not see it. A proxy might remove the header "
                "Authorization, and NetBox before 4.5 does not support tokens that begin with nbt_."
            )
        return "Set token, or NETBOX_TOKEN in the environment."
    if "invalid v1 token" in words or "parse key" in words:
        return (
            "Check that token is complete. Tokens of NetBox 4.5 and newer have the form nbt_KEY.SECRET. Tokens in the "
            "old form must exist in this NetBox."
        )
    return (
        "Check token. The token does not exist in this NetBox, has expired, or is not allowed from this address. It "
        "is also possible that its user does not have the permission."
    )


def _about_certificates(error: TLSFailed) -> str:
    if "mismatch" in error.message:
        return "Set api_endpoint to a URL with a host name from the certificate."
    if "certificate" in error.message.lower():
        return (
            "Save the certificate of the authority that issued NetBox's certificate in a file, and set ca_path to the "
            "file. If NetBox's certificate is self-signed, save that certificate instead. With validate_certs: false, "
            "Ansible would trust any server."
        )
    return ""


def explain(error: NetBoxError) -> str:
    """Return ``error`` and the advice for it as one paragraph that is safe to print."""
    return printable(f"{error} {advice(error)}".strip())
