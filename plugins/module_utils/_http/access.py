# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""What users write to reach a NetBox: its address, a token, and headers; and how secrets stay out of messages."""

from __future__ import annotations

import json
import re
import typing as t
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit, urlunsplit

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import BadRequest, NetBoxError, UsageError

MOST_DETAIL = 500
# Characters of a message of ours that contains something of the server's.
MOST_MESSAGE = 1000
# Masking shorter strings would reveal more than it hides, and corrupt URLs.
SHORTEST_SECRET = 6


def clean_endpoint(endpoint: str) -> str:
    """Return the base URL of NetBox with a trailing slash and without a trailing ``/api``."""
    text = str(endpoint or "").strip()
    try:
        parts = urlsplit(text)
        # Reading the port finds out whether it is a number.
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid:
        # An invalid address can contain a password at any place before the host.
        shown = text.rpartition("@")[2]
        raise UsageError(f"{shown!r} is no address of a NetBox: write https://netbox.example.com.")
    if parts.query or parts.fragment:
        raise UsageError(f"The address of NetBox {without_credentials(text)!r} must end with its path.")
    path = re.sub(r"/+(api/*)?$", "", parts.path)
    return urlunsplit((parts.scheme, parts.netloc, path + "/", "", ""))


def authorization_header(token: str | Mapping[str, str] | None) -> str | None:
    """Return the value of the header Authorization for a token as users write it."""
    if token is None or token == "":
        return None
    if isinstance(token, Mapping):
        if set(token) != {"type", "value"}:
            raise UsageError("A token written as a dict has the keys 'type' and 'value'.")
        kind, value = str(token["type"]).strip(), str(token["value"]).strip()
    else:
        value = str(token).strip()
        kind = "Bearer" if value.startswith("nbt_") else "Token"
    # Anything else would appear in an exception of the HTTP library together with the token.
    if not re.fullmatch(r"[!-~]+", kind) or not re.fullmatch(r"[!-~]+", value):
        raise UsageError("The token holds spaces, line breaks or other characters that no token has.")
    return f"{kind} {value}"


def parse_headers(value: t.Any) -> Mapping[str, str]:
    """Return the option ``headers``, a dictionary or JSON, as a dictionary. Raise :class:`UsageError` otherwise."""
    if isinstance(value, str):
        try:
            value = json.loads(value or "{}")
        except ValueError as error:
            raise UsageError(f"headers is a text, but not JSON: {error}.") from None
    if not isinstance(value, Mapping):
        raise UsageError("headers is a dict of names and values.")
    return value


def clean_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return ``headers`` as strings. Raise :class:`UsageError` for those that HTTP does not allow."""
    clean = {}
    for name, value in headers.items():
        if not re.fullmatch(r"[!-9;-~]+", str(name)) or not re.fullmatch(r"[ -~]*", str(value)):
            raise UsageError(f"The value or name of header {str(name)!r} has characters that HTTP does not allow.")
        clean[str(name)] = str(value).strip()
    return clean


class Mask:
    """Replaces secrets in what errors say."""

    def __init__(self, values: Iterable[str]) -> None:
        self._secrets = sorted({value for value in values if len(value) >= SHORTEST_SECRET}, key=len, reverse=True)

    def text(self, text: str) -> str:
        """Return ``text`` without secrets."""
        for secret in self._secrets:
            text = text.replace(secret, "…")
        return text

    def error(self, error: NetBoxError) -> None:
        """Remove the secrets from ``error``, and shorten it where it is too long for people."""
        # Shorten last: half a token would not be found.
        error.detail = shorten(self.text(error.detail))
        error.message = shorten(self.text(error.message), MOST_MESSAGE)
        if isinstance(error, BadRequest):
            fields = error.fields.items()
            error.fields = {self.text(name): [self.text(text) for text in texts] for name, texts in fields}


def without_credentials(url: str) -> str:
    """Return ``url`` without the user name and password that can stand before its host."""
    return re.sub(r"//[^/?#\\]*@", "//", url)


def shorten(text: str, most: int = MOST_DETAIL) -> str:
    """Return the first ``most`` characters of ``text``."""
    return text if len(text) <= most else text[:most] + "…"
