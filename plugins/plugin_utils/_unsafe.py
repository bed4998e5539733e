# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Strings from NetBox are data. ansible-core before 2.19 evaluates templates in them unless they are marked."""

from __future__ import annotations

import re
import typing as t

from ansible import release
from ansible.utils.unsafe_proxy import wrap_var

# ansible-core 2.19 and later evaluates templates only in trusted strings. Strings from NetBox are not trusted.
NEEDS_MARKS = tuple(int(part) for part in re.findall(r"\d+", release.__version__)[:2]) < (2, 19)


def mark_unsafe(value: t.Any) -> t.Any:
    """Return ``value``. Strings and dictionary keys in it that might contain templates are marked as unsafe.

    A template contains a brace, or starts with a line such as ``#jinja2: variable_start_string: '[['``.
    """
    if not NEEDS_MARKS:
        return value
    if isinstance(value, str):
        return wrap_var(value) if "{" in value or "#" in value else value
    if isinstance(value, dict):
        return {mark_unsafe(key): mark_unsafe(one) for key, one in value.items()}
    if isinstance(value, list):
        return [mark_unsafe(one) for one in value]
    return value
