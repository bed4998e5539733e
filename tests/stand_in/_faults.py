# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Simulated faults: errors from NetBox, from a proxy in front of it, and from the network."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from ._lies import KINDS as LIES

KINDS = (
    *LIES,
    "status",  # the response has the status ARGUMENT; 502, 503, and 504 are HTML pages from a proxy
    "reset",  # the connection is closed before the response
    "cut",  # the connection is closed in the middle of the response
    "reset_body",  # the connection is reset in the middle of the response
    "wrong_length",  # the response is ARGUMENT bytes longer than its Content-Length
    "drip",  # the response is sent byte by byte, with a pause of ARGUMENT seconds after each byte
    "slow",  # the response is delayed by ARGUMENT seconds
    "slow_above",  # a request for more than limit_above rows is delayed by ARGUMENT seconds, or fails with 504
    "html",  # status 200 with an HTML page
    "empty",  # status 200 with an empty body
    "not_json",  # status 200 with the requested media type (JSON or SVG), but with other content
    "other_json",  # status 200 with JSON that does not come from NetBox
    "not_utf8",  # status 200 with the requested media type, but with content that is not valid UTF-8
    "redirect",  # status 302 to ARGUMENT, or to the requested URL
)
# Faults that replace the response, so that the request is not processed.
IN_PLACE = ("reset", "status", "html", "empty", "not_json", "other_json", "not_utf8", "redirect")


@dataclass
class Fault:
    kind: str
    argument: str | float | None = None
    # A path without the query. `*` matches any string. None matches every path.
    path: str | None = None
    # The number of times that the fault occurs (None: no limit), and the number of requests before the first fault.
    times: int | None = None
    after: int = 0
    retry_after: str | int | None = None
    limit_above: int | None = None
    # Whether NetBox processes the request although it does not return the result.
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
    """Return the fault that a string of the form KIND[:ARGUMENT][@PATH][xTIMES] describes."""
    match = re.fullmatch(r"([a-z_]+?)(?::([^@]*?))?(?:@(.+?))?(?:x(\d+))?", text)
    if not match:
        raise ValueError(f"{text} is not KIND[:ARGUMENT][@PATH][xTIMES]")
    kind, argument, path, times = match.groups()
    fault = Fault(kind, argument, path=path, times=int(times) if times else None)
    if kind == "slow_above":
        fault.argument, fault.limit_above = None, int(argument)
    return fault
