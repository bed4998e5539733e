# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A long run shows its progress on a terminal, and nowhere else."""

from __future__ import annotations

import io
import itertools

from ansible_collections.netbox.cursor.plugins.plugin_utils._inventory.progress import PATIENCE, Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_long_run_says_how_far_it_is_and_leaves_nothing_behind() -> None:
    terminal = Terminal()
    pages = [[{"id": 1}] * 600] * 4
    with Progress(terminal, itertools.count(step=PATIENCE).__next__) as progress:
        assert list(progress.pages("dcim/devices", pages)) == pages
        assert "\rnetbox.cursor: 2,400 dcim/devices" in terminal.getvalue()
    assert terminal.getvalue().rpartition("\r")[0].rpartition("\r")[2].strip() == ""


def test_a_short_run_says_nothing() -> None:
    terminal = Terminal()
    with Progress(terminal, lambda: 0.0) as progress:
        assert list(progress.pages("dcim/devices", [[{"id": 1}]])) == [[{"id": 1}]]
    assert terminal.getvalue() == ""


def test_progress_is_not_shown_without_a_terminal() -> None:
    stream = io.StringIO()
    with Progress(stream, itertools.count(step=PATIENCE).__next__) as progress:
        list(progress.pages("dcim/devices", [[{"id": 1}]] * 9))
    assert stream.getvalue() == ""
