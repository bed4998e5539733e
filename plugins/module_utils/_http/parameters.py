# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Query parameters: from what people write to the ordered pairs that NetBox reads, their encoding and their length."""

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
"""Query parameters in their order; a repeated name stands once per value."""

# gunicorn refuses request lines above 4,094 bytes. The rest is for the method, the base path, and paging parameters.
# It also allows for the `next` links of NetBox, which are longer than the URLs of the requests.
MAX_QUERY_BYTES = 3500

# NetBox's views read these parameters before its filters do: what each does, and the options that replace it.
RESERVED: dict[str, tuple[str, tuple[str, ...]]] = {
    "brief": ("selects a short form of the objects", ("brief",)),
    "export": ("renders an export template", ()),
    "fields": ("selects fields", ("fields",)),
    "format": ("selects the response format", ()),
    "limit": ("sets the page size", ("limit", "page_size")),
    "offset": ("skips objects", ("offset",)),
    "omit": ("removes fields", ("omit",)),
    "ordering": ("sorts the objects", ("ordering",)),
    "start": ("sets a cursor. If the objects have a field of this name, use start__gte and start__lte", ()),
}


NEGATED = re.compile(r"__n(ic|ie|isw|iew)?$")
"""Lookups that exclude: an object must match none of their values."""


def parameter_pairs(written: t.Any) -> Pairs:
    """Turn what people write into pairs.

    ``written`` is a dict (a list repeats the parameter), a list of such dicts (one after the other), a text like
    ``"site=ber1 name='sw 1'"``, or ``None``. Booleans become ``true`` and ``false``, ``None`` becomes NetBox's literal
    ``null``. Raises :class:`UsageError` for anything else, and for an empty list, which would select everything.
    """
    if written is None:
        return []
    if isinstance(written, str):
        return _pairs_of_text(written)
    if isinstance(written, Mapping):
        return [(str(name), text) for name, value in written.items() for text in _texts(str(name), value)]
    if isinstance(written, Sequence) and not isinstance(written, (bytes, bytearray)):
        return [pair for part in written for pair in parameter_pairs(part)]
    raise UsageError(f"filters are a dict, a list of dicts or a text like 'site=ber1 status=active', not {written!r}.")


def filter_pairs(written: t.Any, options: Collection[str] = ()) -> Pairs:
    """Return :func:`parameter_pairs` of ``written``, and refuse parameters that are not filters.

    ``options``: names of the caller's options. The error only advises options that the caller has.
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
    # As shlex.split(), but a backslash is an ordinary character: regular expressions need it.
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
            raise UsageError(f"filters {text!r}: {word!r} is not of the form name=value; quote values with spaces.")
        pairs.append((name, value))
    return pairs


def _texts(name: str, value: t.Any) -> list[str]:
    if isinstance(value, (list, tuple, set, frozenset)):
        if not value:
            raise UsageError(f"filter {name!r} is an empty list, with which NetBox would select everything.")
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
        f"filter {name!r} is {value!r}: NetBox takes texts, numbers, booleans, dates, null and lists of these."
    )


def encode(pairs: Iterable[tuple[str, str]]) -> str:
    """The query string: UTF-8, percent-encoded, in order."""
    try:
        return urlencode(list(pairs))
    except UnicodeEncodeError as error:
        raise UsageError(f"a filter holds what is no text: {error}.") from error


def chunks(pairs: Pairs, most: int = MAX_QUERY_BYTES, max_ids: int | None = None) -> list[Pairs]:
    """Cut ``pairs`` into several lists that each encode to at most ``most`` bytes; one list when they fit.

    A list that has to be cut by ``id`` has at most ``max_ids`` of its values in each part.

    Of the parameters that are repeated, the longest is cut: NetBox takes any of its values, so the rows of the chunks
    together are the rows of the whole. Values of ``id`` are sorted by number first, so that chunks follow each other.
    Raises :class:`UsageError` where that does not hold (tags must all match, ``__n`` must match none) or does not help.
    """
    if len(encode(pairs)) <= most:
        return [pairs]
    numbers = collections.Counter(name for name, dummy in pairs)
    lengths: dict[str, int] = {}
    for pair in pairs:
        if numbers[pair[0]] > 1:
            lengths[pair[0]] = lengths.get(pair[0], 0) + len(encode([pair])) + 1
    name = max(lengths, key=lengths.__getitem__, default="")
    rest = [pair for pair in pairs if pair[0] != name]
    room = most - len(encode(rest)) - 1
    if not lengths or room < 200:
        raise UsageError(f"the filters make a URL of more than {most} bytes, and no list among them can be cut.")
    if name in ("tag", "tag_id") or NEGATED.search(name):
        raise UsageError(
            f"filter {name!r} has {numbers[name]} values: too many for one URL, and they cannot be asked apart."
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
