# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random strings for hypothesis: payloads, combined parts of payloads, and any other characters."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

# Characters with a meaning in shells, templates, YAML, paths, and HTML, and characters that a terminal obeys.
_SPECIAL = " -=@:/\\.~%$`'\"|&;<>(){}[]#!*?,+\t\r\n\x00\x07\x1b\x7f\x9b\u200e\u202e\u2028\ufeff"
_ANY = st.text(st.one_of(st.sampled_from(_SPECIAL), st.characters(exclude_categories=["Cs"])), max_size=12)
# Prefixes that turn the following text into an option, a command, a template, or another line.
_STARTS = ("-", "--", "-o", "\n-", " -o", "{{ ", "{% ", "$(", "`", "; ", "\x1b]0;", "../", "localhost", "\u2800", "．")


def texts(payloads: Sequence[str]) -> st.SearchStrategy[str]:
    """Return a strategy for strings that are, contain, or resemble ``payloads``."""
    one = st.sampled_from(payloads)
    joined = st.tuples(st.sampled_from(("", *_STARTS)), _ANY, one, _ANY).map("".join)
    cut = st.tuples(one, st.integers(0, 30)).map(lambda drawn: drawn[0][drawn[1] :])
    return st.one_of(one, joined, cut, st.tuples(st.sampled_from(_STARTS), _ANY).map("".join), _ANY)


def pools(payloads: Sequence[str], least: int = 1, most: int = 40) -> st.SearchStrategy[list[str]]:
    """Return a strategy for lists of such strings, from which the fields of an estate are filled."""
    return st.lists(texts(payloads), min_size=least, max_size=most)
