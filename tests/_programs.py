# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run Ansible's programs in separate processes, as users do.

ansible-test does not install programs. Its tests find Ansible only through PYTHONPATH.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

# The directory that contains ansible_collections. The directory of the collection itself can be a link.
COLLECTIONS = str(Path(__file__).absolute().parents[4])


def command(program: str, *arguments: str) -> list[str]:
    """Return the command for a program, which is ``inventory`` for ansible-inventory."""
    return [sys.executable, "-m", f"ansible.cli.{program}", *arguments]


def environment(kept: Mapping[str, str] | None = None, /, **own: str) -> dict[str, str]:
    """Return an environment in which the programs find Ansible and this collection.

    It contains ``own``, and ``kept`` or else the environment of this process.
    """
    found = {"ANSIBLE_COLLECTIONS_PATH": COLLECTIONS, "PYTHONPATH": os.pathsep.join([COLLECTIONS, *sys.path])}
    return {**(os.environ if kept is None else kept), **found, **own}
