# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of the objects in a generated estate."""

from __future__ import annotations

# Continent, country, city, and city code.
CITIES = (
    ("Europe", "Germany", "Berlin", "ber"),
    ("Europe", "Germany", "Frankfurt", "fra"),
    ("Europe", "France", "Paris", "par"),
    ("Europe", "Netherlands", "Amsterdam", "ams"),
    ("Europe", "Poland", "Łódź", "lcj"),
    ("Americas", "Brazil", "São Paulo", "gru"),
    ("Americas", "Canada", "Montréal", "yul"),
    ("Americas", "United States", "Ashburn", "iad"),
    ("Asia", "Japan", "Tokyo", "nrt"),
    ("Asia", "Singapore", "Singapore", "sin"),
)
# Role, parent role, short form in device names, and percentage of the devices that have the role.
ROLES = (
    ("Network", None, "net", 0),
    ("Leaf", "Network", "leaf", 20),
    ("Spine", "Network", "spine", 4),
    ("Router", "Network", "rtr", 3),
    ("Firewall", "Network", "fw", 3),
    ("Server", None, "srv", 0),
    ("Compute", "Server", "cmp", 50),
    ("Storage", "Server", "sto", 12),
    ("Passive", None, "pas", 0),
    ("PDU", "Passive", "pdu", 8),
)
# The colors of the roles that devices have.
COLORS = {
    "Leaf": "1976d2",
    "Spine": "0d47a1",
    "Router": "6a1b9a",
    "Firewall": "c62828",
    "Compute": "2e7d32",
    "Storage": "ef6c00",
    "PDU": "757575",
}
# Manufacturer, model, height in rack units, and the roles of its devices.
TYPES = (
    ("Acme", "Switch 48", 1.0, ("Leaf",)),
    ("Acme", "Switch 32Q", 1.0, ("Spine", "Leaf")),
    ("Globex", "Router 9", 2.0, ("Router",)),
    ("Globex", "Wall 2100", 1.0, ("Firewall",)),
    ("Initech", "Server 1U", 1.0, ("Compute",)),
    ("Initech", "Server 2U", 2.0, ("Compute", "Storage")),
    ("Hooli", "Disk Shelf", 4.0, ("Storage",)),
    ("Hooli", "Power Strip", 0.0, ("PDU",)),
)
# Platform, parent platform, and the parent role of the devices that run it.
PLATFORMS = (
    ("NOS", None, None),
    ("NOS 4", "NOS", "Network"),
    ("NOS 5", "NOS", "Network"),
    ("Linux", None, None),
    ("Debian 13", "Linux", "Server"),
    ("RHEL 10", "Linux", "Server"),
)
TENANT_GROUPS = (("Retail", None), ("Online", "Retail"), ("Stores", "Retail"), ("Finance", None), ("Internal", None))
TENANTS = (
    ("Shop", "Online"),
    ("Checkout", "Online"),
    ("Search", "Online"),
    ("Store North", "Stores"),
    ("Store South", "Stores"),
    ("Bank", "Finance"),
    ("Insurance", "Finance"),
    ("Mail", "Internal"),
    ("Monitoring", "Internal"),
    ("Build Farm", "Internal"),
)
TAGS = ("Edge", "Core", "Lab", "PCI", "Legacy", "Monitored", "Backup", "Canary")
STATUSES = (("active", 88), ("planned", 4), ("staged", 3), ("offline", 3), ("failed", 2))
