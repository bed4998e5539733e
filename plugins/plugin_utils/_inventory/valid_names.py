# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Convert keys of flattened dictionaries to valid variable names. ansible-core 2.23 rejects invalid names."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Names that templates do not treat as variables (ansible/_internal/_templating/_jinja_bits.py in ansible-core 2.21).
_KEYWORDS = frozenset(("true", "false", "none", "True", "False", "None", "not"))
_OTHERS = re.compile(r"[^0-9A-Za-z_]")


def is_valid(name: str) -> bool:
    """Return whether ansible-core accepts a variable with this name."""
    return name.isascii() and name.isidentifier() and name not in _KEYWORDS


def make_valid(name: str) -> str:
    """Replace invalid characters in ``name`` with underscores. Add underscores if the result is still not valid."""
    valid = _OTHERS.sub("_", name)
    if not valid or valid[0].isdigit():
        valid = f"_{valid}"
    return valid if is_valid(valid) else f"{valid}_"


def rename_keys(names: Iterable[str]) -> dict[str, str]:
    """Return a valid and unique name for each name in one dictionary.

    Valid names are not changed. Other names are converted in alphabetical order. If a new name is not unique, a number
    is appended. The result depends only on this dictionary, so a host's variables never depend on other hosts.
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
