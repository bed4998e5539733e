# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults on demand: errors of NetBox, of a proxy in front of it, and of the network."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from ._lies import KINDS as LIES

KINDS = (
    *LIES,
    "status",  # ARGUMENT is the status; 502, 503 and 504 are a proxy's page
    "reset",  # the connection is closed before the answer
    "cut",  # the connection is closed in the middle of the answer
    "reset_body",  # the connection is reset there
    "wrong_length",  # the answer is ARGUMENT bytes longer than its Content-Length says
    "drip",  # the answer comes byte by byte, each ARGUMENT seconds after the one before
    "slow",  # the answer comes ARGUMENT seconds later
    "slow_above",  # requests for more than limit_above rows: a 504, or ARGUMENT seconds later
    "html",  # 200 with a page for people
    "empty",  # 200 with nothing
    "not_json",  # 200 with something else that says it is what was asked for, JSON or a drawing
    "other_json",  # 200 with JSON that is not NetBox's
    "not_utf8",  # 200 with what says that it is what was asked for, and is in no known encoding
    "redirect",  # to ARGUMENT, or to what was asked for
)
# Faults that replace the response, so that the request is not processed.
IN_PLACE = ("reset", "status", "html", "empty", "not_json", "other_json", "not_utf8", "redirect")


@dataclass
class Fault:
    kind: str
    argument: str | float | None = None
    # A path without the query; `*` stands for any text. None: every path.
    path: str | None = None
    # The number of times that the fault occurs, and the number of requests before the first one.
    times: int | None = None
    after: int = 0
    retry_after: str | int | None = None
    limit_above: int | None = None
    # The request is processed anyway.
    done: bool = False
    seen: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"{self.kind} is no kind of fault; these are: {', '.join(KINDS)}")

    def strikes(self, path: str, limit: int, reads: bool) -> bool:
        """Return whether the fault applies to this request, and count the requests to which it can apply. Wrong data
        applies only to reads."""
        if self.kind in LIES and not reads:
            return False
        if self.path is not None and not fnmatchcase(path, self.path):
            return False
        # 0 means no limit, which exceeds every number.
        if self.limit_above is not None and 0 < limit <= self.limit_above:
            return False
        self.seen += 1
        return self.seen > self.after and (self.times is None or self.seen <= self.after + self.times)


def fault_from(text: str) -> Fault:
    """KIND[:ARGUMENT][@PATH][xTIMES]"""
    match = re.fullmatch(r"([a-z_]+?)(?::([^@]*?))?(?:@(.+?))?(?:x(\d+))?", text)
    if not match:
        raise ValueError(f"{text} is not KIND[:ARGUMENT][@PATH][xTIMES]")
    kind, argument, path, times = match.groups()
    fault = Fault(kind, argument, path=path, times=int(times) if times else None)
    if kind == "slow_above":
        fault.argument, fault.limit_above = None, int(argument)
    return fault
