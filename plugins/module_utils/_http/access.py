# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Check the base URL, the token, and the headers that users set, and remove secrets from messages."""

from __future__ import annotations

import json
import re
import typing as t
from collections.abc import Iterable, Mapping
from urllib.parse import SplitResult, urlsplit, urlunsplit

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import (
    BadRequest,
    NetBoxError,
    UsageError,
    printable,
)

MOST_DETAIL = 500
# Maximum length of a message that might contain part of a response.
MOST_MESSAGE = 1000
# Do not mask shorter strings: masking them would corrupt URLs and reveal the strings.
SHORTEST_SECRET = 6


def clean_endpoint(endpoint: str) -> str:
    """Return NetBox's base URL with a trailing slash and without a trailing ``/api``."""
    text = str(endpoint or "").strip()
    parts = split_url(text)
    if parts is None:
        # An invalid URL might contain a password anywhere before the host.
        shown = text.rpartition("@")[2]
        raise UsageError(f"Invalid api_endpoint {shown!r}. Use a URL such as https://netbox.example.com.")
    if "@" in parts.netloc:
        raise UsageError(
            "api_endpoint must not contain a user name or a password. NetBox does not use them. Set token. For a "
            "proxy in front of NetBox, set the header Authorization in headers."
        )
    if parts.query or parts.fragment:
        raise UsageError(f"api_endpoint must not contain a query or a fragment: {text!r}.")
    path = re.sub(r"/+(api/*)?$", "", parts.path)
    return urlunsplit((parts.scheme, parts.netloc, path + "/", "", ""))


def authorization_header(token: str | Mapping[str, str] | None) -> str | None:
    """Return the value of the header Authorization for the option ``token``, or ``None`` if it is not set."""
    if not token or (isinstance(token, str) and not token.strip()):
        return None
    if isinstance(token, Mapping):
        if set(token) != {"type", "value"}:
            raise UsageError("token must be a string, or a dictionary with the keys type and value.")
        kind, value = str(token["type"]).strip(), str(token["value"]).strip()
    else:
        value = str(token).strip()
        kind = "Bearer" if value.startswith("nbt_") else "Token"
    # If there are other characters, the HTTP library would raise an exception that contains the token.
    if not re.fullmatch(r"[!-~]+", kind) or not re.fullmatch(r"[!-~]+", value):
        raise UsageError("token contains spaces, line breaks, or other characters that a token cannot contain.")
    return f"{kind} {value}"


def parse_headers(value: t.Any) -> Mapping[str, str]:
    """Return the option ``headers`` as a dictionary. Raise :class:`UsageError` unless it is a dictionary or JSON."""
    if isinstance(value, str):
        try:
            value = json.loads(value or "{}")
        except ValueError as error:
            raise UsageError(f"headers must be a dictionary or JSON: {error}.") from None
    if not isinstance(value, Mapping):
        raise UsageError("headers must be a dictionary of names and values.")
    return value


def string_or_none(value: str | None) -> str | None:
    """Return ``value``, or ``None`` if it is empty or ``false``, which Ansible converts to a string."""
    return value if value and value.lower() != "false" else None


def clean_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return ``headers`` as strings. Raise :class:`UsageError` if HTTP does not allow a name or a value."""
    clean = {}
    for name, value in headers.items():
        if not re.fullmatch(r"[!-9;-~]+", str(name)) or not re.fullmatch(r"[ -~]*", str(value)):
            raise UsageError(
                f"headers: the name or the value of {str(name)!r} contains characters that HTTP does not allow."
            )
        clean[str(name)] = str(value).strip()
    return clean


def _parts(value: str) -> list[str]:
    """Return the header value, and the parts of it that a server might repeat separately.

    These parts are the credentials after a scheme (``Token 0123…``), the secret of a token (``nbt_KEY.SECRET``), and
    the values of pairs (``sessionid=0123…; theme=dark``).
    """
    credentials = value.partition(" ")[2]
    secret = re.sub(r"^(\S+ )?nbt_[^.]*\.", "", value)
    return [value, credentials, secret, *re.findall(r'="?([^\s;,"]+)', value)]


class Mask:
    """Masks secrets in error messages."""

    def __init__(self, values: Iterable[str]) -> None:
        """``values``: the values of all headers that contain secrets."""
        secrets = {part for value in values for part in _parts(value) if len(part) >= SHORTEST_SECRET}
        self._secrets = sorted(secrets, key=len, reverse=True)

    def text(self, text: str) -> str:
        """Return ``text`` without secrets."""
        for secret in self._secrets:
            text = text.replace(secret, "…")
        return text

    def error(self, error: NetBoxError) -> None:
        """Remove secrets and control characters from ``error``, and shorten its strings if they are too long."""
        # Shorten the strings last, because the mask does not find half a token.
        error.detail = shorten(printable(self.text(error.detail)))
        error.message = shorten(printable(self.text(error.message)), MOST_MESSAGE)
        if isinstance(error, BadRequest):
            fields = error.fields.items()
            error.fields = {
                printable(self.text(name)): [printable(self.text(text)) for text in texts] for name, texts in fields
            }


def split_url(url: str) -> SplitResult | None:
    """Return the parts of ``url``, or ``None`` if it is not a valid HTTP or HTTPS URL."""
    try:
        parts = urlsplit(url)
        return parts if parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 else None
    except ValueError:  # an unmatched bracket, or a port that is not a number
        return None


def without_credentials(url: str) -> str:
    """Return ``url`` without the user name and the password."""
    return re.sub(r"//[^/?#\\]*@", "//", url)


def shorten(text: str, max_length: int = MOST_DETAIL) -> str:
    """Return ``text``, truncated to at most ``max_length`` characters."""
    return text if len(text) <= max_length else text[:max_length] + "…"
