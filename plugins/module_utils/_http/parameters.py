# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Convert filters to ordered query parameters, encode them, and split them if a URL would be too long."""

from __future__ import annotations

import collections
import datetime
import re
import shlex
import typing as t
from collections.abc import Collection, Iterable, Mapping, Sequence
from urllib.parse import urlencode

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UsageError

Pairs = list[tuple[str, str]]
"""Query parameters in order. A parameter with several values occurs once for each value."""

# Gunicorn rejects request lines of more than 4,094 bytes. The difference leaves room for the method, the base path, the
# paging parameters, and `next` links, which are longer than the request URLs.
MAX_QUERY_BYTES = 3500

# Parameters that NetBox does not use as filters, with their effects and the options that replace them.
RESERVED: dict[str, tuple[str, tuple[str, ...]]] = {
    "brief": ("selects a short form of the objects", ("brief",)),
    "export": ("renders an export template", ()),
    "fields": ("selects fields", ("fields",)),
    "format": ("selects the response format", ()),
    "limit": ("sets the page size", ("limit", "page_size")),
    "offset": ("skips objects", ("offset",)),
    "omit": ("removes fields", ("omit",)),
    "ordering": ("sorts the objects", ("ordering",)),
    "start": ("sets a cursor. If the objects have a field with this name, use start__gte and start__lte", ()),
}


NEGATED = re.compile(r"__n(ic|ie|isw|iew)?$")
"""Lookups that exclude objects. Matching objects have none of the values."""


def parameter_pairs(written: t.Any) -> Pairs:
    """Convert filters from the form that users write to a list of pairs.

    ``written`` is a dictionary (a list as a value repeats the parameter), a list of dictionaries, a string such as
    ``"site=ber1 name='sw 1'"``, or ``None``. Boolean values become ``true`` and ``false``, and ``None`` becomes
    NetBox's literal ``null``. Raise :class:`UsageError` for anything else, and for an empty list, which would select
    all objects.
    """
    if written is None:
        return []
    if isinstance(written, str):
        return _pairs_of_text(written)
    if isinstance(written, Mapping):
        return [(str(name), text) for name, value in written.items() for text in _texts(str(name), value)]
    if isinstance(written, Sequence) and not isinstance(written, (bytes, bytearray)):
        return [pair for part in written for pair in parameter_pairs(part)]
    raise UsageError(f"filters must be a dictionary, a list, or a string such as 'site=ber1', not {written!r}.")


def filter_pairs(written: t.Any, options: Collection[str] = ()) -> Pairs:
    """Convert filters with :func:`parameter_pairs`. Raise :class:`UsageError` if a parameter is not a filter.

    ``options``: names of the caller's options. The error message suggests only these options.
    """
    pairs = parameter_pairs(written)
    for name, dummy in pairs:
        if name in RESERVED:
            effect, replacements = RESERVED[name]
            known = [option for option in replacements if option in options]
            advice = f" Use the option {' or '.join(known)}." if known else ""
            raise UsageError(f"{name!r} is not a filter. It {effect}.{advice}")
    return pairs


def _pairs_of_text(text: str) -> Pairs:
    # Split like shlex.split(), but keep backslashes, because regular expressions need them.
    lexer = shlex.shlex(text, posix=True, punctuation_chars=False)
    lexer.whitespace_split, lexer.commenters, lexer.escape = True, "", ""
    try:
        words = list(lexer)
    except ValueError as error:
        raise UsageError(f"filters {text!r}: {error}.") from error
    pairs = []
    for word in words:
        name, equals, value = word.partition("=")
        if not (name and equals):
            raise UsageError(f"filters {text!r}: {word!r} must have the form name=value. Quote values with spaces.")
        pairs.append((name, value))
    return pairs


def _texts(name: str, value: t.Any) -> list[str]:
    if isinstance(value, (list, tuple, set, frozenset)):
        if not value:
            raise UsageError(f"filter {name!r} is an empty list. NetBox would ignore it and return all objects.")
        return [_text(name, part) for part in value]
    return [_text(name, value)]


def _text(name: str, value: t.Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return str(value)
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    raise UsageError(
        f"filter {name!r}: a value must be a string, number, Boolean, date, null, or a list of these, not {value!r}."
    )


def encode(pairs: Iterable[tuple[str, str]]) -> str:
    """Return the percent-encoded query string. Raise :class:`UsageError` if UTF-8 cannot encode a value."""
    try:
        return urlencode(list(pairs))
    except UnicodeEncodeError as error:
        raise UsageError(f"a filter cannot be encoded as UTF-8: {error}.") from error


def chunks(pairs: Pairs, max_bytes: int = MAX_QUERY_BYTES, max_ids: int | None = None) -> list[Pairs]:
    """Split ``pairs`` into lists that encode to at most ``max_bytes`` each. Return a single list if ``pairs`` fits.

    The values of the longest repeated parameter are split. Objects match any of these values, so the parts together
    select the same objects as ``pairs``. If the parameter is ``id``, the IDs are sorted first, so that the parts are in
    ID order, and each part has at most ``max_ids`` IDs.

    Raise :class:`UsageError` if objects must match all values (tags) or none of them (``__n``), or if the parts would
    still be too long.
    """
    if len(encode(pairs)) <= max_bytes:
        return [pairs]
    numbers = collections.Counter(name for name, dummy in pairs)
    lengths: dict[str, int] = {}
    for pair in pairs:
        if numbers[pair[0]] > 1:
            lengths[pair[0]] = lengths.get(pair[0], 0) + len(encode([pair])) + 1
    name = max(lengths, key=lengths.__getitem__, default="")
    rest = [pair for pair in pairs if pair[0] != name]
    room = max_bytes - len(encode(rest)) - 1
    if not lengths or room < 200:
        raise UsageError(
            f"the filters result in a URL of more than {max_bytes} bytes, and none of their lists can be split."
        )
    if name in ("tag", "tag_id") or NEGATED.search(name):
        raise UsageError(
            f"filter {name!r} has {numbers[name]} values. They do not fit into one URL and cannot be split."
        )
    values = list(dict.fromkeys(value for key, value in pairs if key == name))
    if name == "id" and all(re.fullmatch("[0-9]+", value) for value in values):
        values.sort(key=int)
    cut: list[Pairs] = []
    used = room
    most_values = max_ids if name == "id" and max_ids is not None else len(values)
    for value in values:
        length = len(encode([(name, value)])) + 1
        if length > room:
            raise UsageError(f"a value of filter {name!r} is too long for one URL.")
        if used + length > room or len(cut[-1]) - len(rest) >= most_values:
            cut.append(list(rest))
            used = 0
        cut[-1].append((name, value))
        used += length
    return cut
