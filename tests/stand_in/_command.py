# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command line. It serves requests until it receives a signal."""

from __future__ import annotations

import argparse
import signal
import threading
from collections.abc import Sequence

from ._faults import fault_from
from ._server import serve
from ._versions import FULL_VERSIONS


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="stand_in", description="A mock NetBox on this machine.")
    parser.add_argument("--version", choices=sorted(FULL_VERSIONS), default="4.6")
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    parser.add_argument("--estate", default="recorded", help="recorded, empty, or a number of generated devices")
    parser.add_argument("--interfaces", type=int, default=8, help="number of interfaces of each generated device")
    parser.add_argument("--max-page-size", type=int, default=1000, help="0: unlimited")
    parser.add_argument("--latency", type=float, default=0.0, help="additional seconds for each response")
    parser.add_argument("--workers", type=int, help="maximum number of requests that are processed in parallel")
    parser.add_argument(
        "--cost-factor", type=float, default=0.0, help="1: rows take as much time as in a real NetBox; 0: no time"
    )
    parser.add_argument("--fault", action="append", default=[], metavar="KIND[:ARGUMENT][@PATH][xTIMES]")
    parser.add_argument("--tls", action="store_true", help="serve HTTPS with a certificate for this run")
    parser.add_argument(
        "--branching", action="store_true", help="include the plugin netbox-branching and the recorded estate"
    )
    options = vars(parser.parse_args(arguments))
    faults = [fault_from(text) for text in options.pop("fault")]
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    with serve(**options) as netbox:
        netbox.faults.extend(faults)
        told = f"mock NetBox {netbox.settings.full_version} at {netbox.url} token {netbox.tokens['v2']}"
        print(f"{told} ca {netbox.ca_path}" if netbox.ca_path else told, flush=True)
        stop.wait()
    return 0
