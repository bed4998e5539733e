# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Control a Chromium without a window over a pipe (Chrome DevTools Protocol)."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import re
import select
import shutil
import subprocess
import tempfile
import time
import typing as t
from collections.abc import Iterator
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
SWITCHES = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--remote-debugging-pipe",
)
LONGEST_WAIT = 60


def found() -> str | None:
    """Return the path of Chromium, if it is installed."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


@contextlib.contextmanager
def opened(program: str) -> Iterator[Page]:
    """Yield an empty page in a new browser with an empty profile."""
    to_browser, from_us = os.pipe()
    from_browser, to_us = os.pipe()

    def pipes() -> None:
        # Where the browser expects them. First out of the way, as they may be 3 or 4 themselves.
        reading, writing = os.dup(to_browser), os.dup(to_us)
        os.dup2(reading, 3)
        os.dup2(writing, 4)

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = subprocess.Popen(
            [program, *SWITCHES, f"--user-data-dir={profile}", "about:blank"],
            preexec_fn=pipes,
            close_fds=False,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(to_us)
        try:
            yield Page(from_us, from_browser, profile)
        finally:
            browser.terminate()
            browser.wait()
            os.close(from_us)
            os.close(from_browser)


class Page:
    """``events`` contains the page's requests, console messages, and errors."""

    def __init__(self, writing: int, reading: int, profile: str) -> None:
        self._writing, self._reading = writing, reading
        self._profile = profile.encode()
        self._rest = b""
        self._number = 0
        self._session: str | None = None
        self.events: list[dict[str, t.Any]] = []
        pages = self.ask("Target.getTargets")["targetInfos"]
        target = next(page["targetId"] for page in pages if page["type"] == "page")
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, **parameters: t.Any) -> dict[str, t.Any]:
        """Send a command and wait for its result."""
        self._number += 1
        command = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            command["sessionId"] = self._session
        os.write(self._writing, json.dumps(command).encode() + b"\0")
        number = self._number
        while True:
            message = self._message()
            if message.get("id") == number:
                assert "error" not in message, message
                result: dict[str, t.Any] = message["result"]
                return result
            self.events.append(message)

    def wait_for(self, method: str) -> None:
        """Wait until the page sends this event."""
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self._message())

    def _message(self) -> dict[str, t.Any]:
        until = time.monotonic() + LONGEST_WAIT
        while b"\0" not in self._rest:
            ready = select.select([self._reading], [], [], max(0, until - time.monotonic()))[0]
            assert ready, "the browser says nothing"
            piece = os.read(self._reading, 2**20)
            assert piece, "the browser has ended"
            self._rest += piece
        text, _zero, self._rest = self._rest.partition(b"\0")
        message: dict[str, t.Any] = json.loads(text)
        return message

    def open(self, url: str, width: int = 1280, height: int = 900, dark: bool = False) -> None:
        """Open ``url``, and wait until the page is complete."""
        self.events.clear()
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.ask("Emulation.setEmulatedMedia", features=[scheme])
        self.ask("Page.navigate", url=url)
        self.wait_for("Page.loadEventFired")

    def run(self, script: str) -> t.Any:
        """Return the value of a JavaScript expression. Wait for promises."""
        told = self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    def memory(self) -> int:
        """Return the memory of all browser processes in bytes (0 if not on Linux).

        Memory that processes share is counted once.
        """
        total = 0
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if self._profile in (process / "cmdline").read_bytes() or self._is_child(process):
                    rollup = (process / "smaps_rollup").read_text(encoding="utf-8")
                    total += 1024 * int(re.findall(r"^Pss:\s+(\d+)", rollup, flags=re.MULTILINE)[0])
        return total

    def _is_child(self, process: Path) -> bool:
        """Return whether a process belongs to this browser. Helper processes do not have the profile as an argument."""
        parent = re.findall(r"^PPid:\s+(\d+)", (process / "status").read_text(encoding="utf-8"), flags=re.MULTILINE)[0]
        if parent in ("0", "1"):
            return False
        path = Path("/proc", parent)
        return self._profile in (path / "cmdline").read_bytes() or self._is_child(path)

    def screenshot(self, path: str) -> None:
        """Save the visible part of the page as a PNG file."""
        with open(path, "wb") as stream:
            stream.write(base64.b64decode(self.ask("Page.captureScreenshot")["data"]))

    def printed(self, path: str) -> None:
        """Print the page to a PDF file."""
        with open(path, "wb") as stream:
            stream.write(base64.b64decode(self.ask("Page.printToPDF", printBackground=True)["data"]))

    @property
    def requested(self) -> list[str]:
        """The addresses that the page asked for."""
        return [
            event["params"]["request"]["url"]
            for event in self.events
            if event.get("method") == "Network.requestWillBeSent"
        ]

    @property
    def complaints(self) -> list[t.Any]:
        """What went wrong in the page: errors and warnings in its console, scripts that failed."""
        return [
            event["params"]
            for event in self.events
            if event.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled")
        ]
