# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A mock NetBox for tests and demonstrations: `with serve(version="4.6") as netbox: ...`."""

from __future__ import annotations

from ._faults import Fault
from ._fields import Refused
from ._server import serve
from ._state import NetBox, Received, Settings
from ._tables import HERE, GeneratedTable, Table

__all__ = ["HERE", "Fault", "GeneratedTable", "NetBox", "Received", "Refused", "Settings", "Table", "serve"]
