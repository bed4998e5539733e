# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Token permissions. Every rejected request returns status 403 with NetBox's message."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from ._endpoints import endpoint_of

NO_CREDENTIALS = "Authentication credentials were not provided."
NO_PERMISSION = "You do not have permission to perform this action."
BAD_FORM = 'Invalid authorization header: Must be in the form "Bearer <key>.<token>" or "Token <token>"'
NO_KEY = (
    "Invalid authorization header: Could not parse key from v2 token. Did you mean to use 'Token' instead of 'Bearer'?"
)
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
# Lists that every user with a login can read.
OPEN_ENDPOINTS = ("core/object-types",)


class Denied(Exception):
    pass


@dataclass(frozen=True)
class Rights:
    write: bool = True
    # The endpoints that can be read, or None for all.
    reads: tuple[str, ...] | None = None

    def may_read(self, endpoint: str) -> bool:
        return self.reads is None or endpoint in (*self.reads, *OPEN_ENDPOINTS)

    def check(self, method: str, endpoint: str) -> None:
        allowed = self.write if method not in SAFE_METHODS else True
        if not allowed or not self.may_read(endpoint):
            raise Denied(NO_PERMISSION)


class Tokens:
    """One token of each kind. The tokens are different after each start."""

    def __init__(self) -> None:
        self.by_kind = {kind: secrets.token_hex(20) for kind in ("v1", "read_only", "expired", "limited")}
        self.by_kind["v2"] = f"nbt_{secrets.token_hex(6)}.{secrets.token_hex(20)}"
        # The endpoints that the user of the "limited" token has permission to view.
        self.limited_to: tuple[str, ...] = ("dcim/devices",)

    def rights(self, authorization: str | None) -> Rights:
        """Return the permissions for this header. The keyword is ignored, because the token itself contains its
        version."""
        words = (authorization or "").split()
        if not words or words[0].lower() not in ("token", "bearer"):
            raise Denied(NO_CREDENTIALS)
        if len(words) != 2:
            raise Denied(BAD_FORM)
        token = words[1]
        version = 2 if token.startswith("nbt_") else 1
        if version == 2 and "." not in token:
            raise Denied(NO_KEY)
        kind = next((kind for kind, known in self.by_kind.items() if known == token), None)
        if kind is None:
            raise Denied(f"Invalid v{version} token")
        if kind == "expired":
            raise Denied("Token expired")
        return Rights(write=kind != "read_only", reads=self.limited_to if kind == "limited" else None)


def allowed_methods(endpoint: str, single: bool) -> str:
    """Return the `Allow` header. It lists the methods that NetBox supports, not those that the mock NetBox supports."""
    known = endpoint_of(endpoint)
    if known.read_only:
        return "GET, HEAD, OPTIONS"
    if known.plain and not single:
        return "GET, POST, HEAD, OPTIONS"
    methods = "GET, PUT, PATCH, DELETE, HEAD, OPTIONS" if single else "GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS"
    return f"{methods}, TRACE" if known.traced else methods
