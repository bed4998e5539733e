# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Show the progress of a long run in one line on a terminal."""

from __future__ import annotations

import sys
import threading
import time
import typing as t
from collections.abc import Callable, Iterable, Iterator

from ansible_collections.netbox.cursor.plugins.module_utils._lists.ranges import Row

# Seconds before the first line, and between updates of the line.
PATIENCE = 3.0
PAUSE = 0.5


class Progress:
    """Prints the number of rows of each list to ``stream`` (by default, standard error) if it is a terminal."""

    def __init__(self, stream: t.TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        stream = stream or sys.stderr
        self._stream = stream if stream.isatty() else None
        self._clock = clock
        self._next = clock() + PATIENCE
        self._rows: dict[str, int] = {}
        self._width = 0
        self._lock = threading.Lock()

    def pages(self, name: str, pages: Iterable[list[Row]]) -> Iterator[list[Row]]:
        """Yield the pages, and count their rows."""
        for page in pages:
            with self._lock:
                self._rows[name] = self._rows.get(name, 0) + len(page)
                if self._stream and self._clock() >= self._next:
                    self._next = self._clock() + PAUSE
                    self._say("netbox.cursor: " + ", ".join(f"{rows:,} {name}" for name, rows in self._rows.items()))
            yield page

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *error: object) -> None:
        """Clear the line."""
        with self._lock:
            if self._stream and self._width:
                self._say("")

    def _say(self, line: str) -> None:
        if self._stream:
            line = line[:79]
            self._stream.write("\r" + line.ljust(self._width) + ("\r" if not line else ""))
            self._stream.flush()
            self._width = len(line)
