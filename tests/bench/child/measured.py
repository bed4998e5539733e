# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a program, and write its costs to a file.

Usage: python measured.py RESULT OUTPUT PROGRAM ...

RESULT is a JSON file with `wall` and `cpu` (user and system) in seconds, `memory` (peak) in MB, and the exit `status`.
OUTPUT is a file for the standard output of the program. The system reports a peak for a new process that is at least
the peak of its parent process. This program needs little memory, so it does not affect the result.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time

# The unit of memory in getrusage, in bytes.
KILOBYTES = 1 if sys.platform == "darwin" else 1024


def main(result: str, output: str, *program: str) -> None:
    with open(output, "wb") as file:
        began = time.perf_counter()
        status = subprocess.call(program, stdout=file)
        wall = time.perf_counter() - began
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    memory = used.ru_maxrss * KILOBYTES / 1e6
    told = {"wall": wall, "cpu": used.ru_utime + used.ru_stime, "memory": memory, "status": status}
    with open(result, "w", encoding="utf-8") as file:
        json.dump(told, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
