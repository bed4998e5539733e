# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Find a branch of the netbox-branching plugin by its name, and build the header that selects it."""

from __future__ import annotations

import re
import threading
import typing as t
from collections.abc import Iterable

from ansible_collections.netbox.cursor.plugins.module_utils._http.advice import BRANCH_GONE, VIEW_BRANCHES
from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import (
    AccessDenied,
    NetBoxError,
    NotFound,
    UnexpectedAnswer,
    UsageError,
)

HEADER = "X-NetBox-Branch"
PATH = "api/plugins/branching/branches/"
# NetBox accepts requests only for branches with this status.
READY = "ready"
# Maximum number of branches that an error message lists.
MOST_LISTED = 30

Get = t.Callable[[str, Iterable[tuple[str, str]]], t.Any]


# NetBox's error messages if the header contains the ID of a branch that was deleted or is not ready. Version 1.1 of the
# plugin fails with the second message. Version 1.2 responds with the third message.
_GONE = (
    "Invalid branch identifier",
    "'HttpResponseBadRequest' object has no attribute 'schema_name'",
    "branch is not ready",
)


class Branch:
    """The branch called ``name``. The first request, in any thread, reads the branch's ID once."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._lock = threading.Lock()
        self._headers: dict[str, str] | None = None
        self._error: NetBoxError | None = None

    def headers(self, get: Get) -> dict[str, str]:
        """Return the header that selects the branch. ``get`` sends a GET request without this header.

        Raise :class:`UsageError` if the branch does not exist or is not ready. Errors from ``get`` are raised
        unchanged. The first error is stored for all threads, so only one thread waits for it.
        """
        with self._lock:
            if self._error is not None:
                raise self._error
            if self._headers is None:
                try:
                    self._headers = {HEADER: self._find_id(get)}
                except NetBoxError as error:
                    self._error = error
                    raise
            return self._headers

    def explain(self, error: NetBoxError) -> None:
        """If the branch was merged or deleted during the run, add this reason to NetBox's ``error``."""
        if any(words in error.detail for words in _GONE):
            error.amend(
                f"The branch {self.name!r} can no longer be used.",
                advice=BRANCH_GONE,
            )

    def _find_id(self, get: Get) -> str:
        try:
            found = [row for row in _read(get, [("name", self.name)]) if row["name"] == self.name]
            if not found or _status(found[0]) != READY:
                raise self._unusable(found, _read(get, [("limit", str(MOST_LISTED + 1))]))
        except AccessDenied as error:
            if "permission" not in error.detail:
                raise
            raise error.amend(advice=VIEW_BRANCHES) from None
        return str(found[0]["schema_id"])

    def _unusable(self, found: list[dict[str, t.Any]], rows: list[dict[str, t.Any]]) -> UsageError:
        if found:
            problem = f"Branch {self.name!r} is not ready. Its status is {_status(found[0])!r}."
        else:
            problem = f"There is no branch {self.name!r}."
        others = [f"{row['name']} ({_status(row)})" for row in rows if row["name"] != self.name]
        more = ", …" if len(rows) > MOST_LISTED else ""
        listed = (
            f"Other branches: {', '.join(others[:MOST_LISTED])}{more}." if others else "There are no other branches."
        )
        return UsageError(f"{problem} {listed}")


def _status(row: dict[str, t.Any]) -> str:
    status = row.get("status")
    return str(status.get("value")) if isinstance(status, dict) else str(status)


def _read(get: Get, parameters: list[tuple[str, str]]) -> list[dict[str, t.Any]]:
    """Return the branches that match ``parameters``. Raise :class:`UsageError` if NetBox does not have the plugin."""
    try:
        answer = get(PATH, parameters)
    except NotFound as error:
        if error.is_missing_object or not error.from_netbox:
            raise
        raise UsageError("branch is set, but this NetBox does not have the netbox-branching plugin.") from None
    rows = answer.get("results") if isinstance(answer, dict) else None
    if not isinstance(rows, list) or not all(map(_is_branch, rows)):
        raise UnexpectedAnswer(f"{PATH} is not a list of branches.")
    return rows


def _is_branch(row: t.Any) -> bool:
    # The ID becomes the value of a header, so allow only these characters.
    return (
        isinstance(row, dict)
        and isinstance(row.get("name"), str)
        and isinstance(row.get("schema_id"), str)
        and bool(re.fullmatch("[0-9A-Za-z_-]+", row["schema_id"]))
    )
