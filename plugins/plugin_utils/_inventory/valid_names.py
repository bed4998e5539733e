# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Names of variables for keys of flattened dictionaries. Ansible-core 2.23 rejects invalid names."""

from __future__ import annotations

import re
from collections.abc import Iterable

# The names that templates read as values (ansible/_internal/_templating/_jinja_bits.py of ansible-core 2.21).
_KEYWORDS = frozenset(("true", "false", "none", "True", "False", "None", "not"))
_OTHERS = re.compile(r"[^0-9A-Za-z_]")


def is_valid(name: str) -> bool:
    """Return whether ansible-core accepts a variable of this name."""
    return name.isascii() and name.isidentifier() and name not in _KEYWORDS


def make_valid(name: str) -> str:
    """Return ``name`` with underscores in place of other characters, and with more of them if that is not enough."""
    valid = _OTHERS.sub("_", name)
    if not valid or valid[0].isdigit():
        valid = f"_{valid}"
    return valid if is_valid(valid) else f"{valid}_"


def rename_keys(names: Iterable[str]) -> dict[str, str]:
    """Return a valid name for each name of one dictionary. No two are the same.

    A valid name stays. Other names are assigned in alphabetical order, and the first get the shortest names. The result
    depends on this dictionary only, so that a host has the same variables whichever other hosts there are.
    """
    names = list(names)
    renamed = {name: name for name in names if is_valid(name)}
    taken = set(renamed)
    for name in sorted(set(names) - taken):
        base, number = make_valid(name), 2
        valid = base
        while valid in taken:
            valid, number = f"{base}_{number}", number + 1
        renamed[name] = valid
        taken.add(valid)
    return renamed
