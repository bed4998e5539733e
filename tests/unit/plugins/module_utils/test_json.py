# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Parsing a response with or without orjson results in the same value or the same error."""

from __future__ import annotations

import contextlib
import json
import math
import typing as t
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ansible_collections.netbox.cursor.plugins.module_utils._http import answers

pytest.importorskip("orjson")
RECORDINGS = Path(__file__).resolve().parents[4] / "tests" / "recordings"


def outcome(body: bytes) -> t.Any:
    """The value with its types, or the error."""
    try:
        return typed(answers.parse_json(body))
    except (ValueError, RecursionError) as error:
        return type(error), str(error)


def typed(value: t.Any) -> t.Any:
    if isinstance(value, dict):
        return "object", [(name, typed(part)) for name, part in value.items()]
    if isinstance(value, list):
        return "array", [typed(part) for part in value]
    if isinstance(value, float):
        return "float", "nan" if math.isnan(value) else value.hex()
    return type(value).__name__, value


def without_orjson(body: bytes) -> t.Any:
    answers.HAS_ORJSON = False
    try:
        return outcome(body)
    finally:
        answers.HAS_ORJSON = True


NUMBERS = st.one_of(
    st.integers(),
    st.integers(min_value=-(2**70), max_value=2**70),
    st.integers(min_value=2**63 - 2, max_value=2**64 + 2),
    st.integers(min_value=-(2**63) - 2, max_value=-(2**63) + 2),
    st.floats(),
).map(json.dumps)
# Include numbers in forms that no program writes.
ODD_NUMBERS = st.from_regex(r"-?[0-9]{1,25}(\.[0-9]{0,25})?([eE][+-]?[0-9]{0,4})?", fullmatch=True)
STRINGS = st.one_of(
    st.text().map(json.dumps),
    st.text(st.characters()).map(lambda text: json.dumps(text, ensure_ascii=False)),
    st.from_regex(r'"(\\u[0-9a-fA-F]{4}|\\[ux"/bnrtz\\]|[ -~])*"', fullmatch=True),
)
SCALARS = st.one_of(NUMBERS, ODD_NUMBERS, STRINGS, st.sampled_from(["true", "false", "null", "NaN", "Infinity", "nul"]))
KEYS = st.one_of(STRINGS, st.sampled_from(['"a"', '"b"']))


def arrays_and_objects(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.lists(st.tuples(KEYS, parts), max_size=4).map(lambda found: [f"{key}: {part}" for key, part in found])
    return st.one_of(
        st.lists(parts, max_size=4).map(lambda found: f"[{','.join(found)}]"),
        pairs.map(lambda found: "{" + ", ".join(found) + "}"),
    )


DOCUMENTS = st.recursive(SCALARS, arrays_and_objects, max_leaves=10).map(
    lambda text: text.encode("utf-8", "surrogatepass")
)


@settings(deadline=None, derandomize=True, database=None, max_examples=400)
@given(body=DOCUMENTS)
@example(body=b"18446744073709551616")
@example(body=b"-9223372036854775809")
@example(body=b"[1e400, -1e400, 1e-400, -0, -0.0]")
@example(body=b'{"a": 1, "a": 2}')
@example(body=b'"\xed\xa0\x80"')
@example(body=b'"\\ud800"')
@example(body=b'"\xff"')
@example(body=b"\xef\xbb\xbf{}")
@example(body='{"a": 1}'.encode("utf-16"))
@example(body=b"")
@example(body=b"9" * 5000)
def test_documents_are_parsed_alike(body: bytes) -> None:
    assert outcome(body) == without_orjson(body)


@settings(deadline=None, derandomize=True, database=None, max_examples=300)
@given(body=DOCUMENTS, place=st.integers(0, 200), piece=st.binary(max_size=3))
def test_damaged_documents_are_parsed_alike(body: bytes, place: int, piece: bytes) -> None:
    body = body[:place] + piece + body[place + 1 :]
    assert outcome(body) == without_orjson(body)


@pytest.mark.parametrize("depth", [1, 100, 500])
@pytest.mark.parametrize("form", [(b"[", b"]"), (b'{"a": ', b"}")])
def test_nested_documents_are_parsed_alike(depth: int, form: tuple[bytes, bytes]) -> None:
    body = form[0] * depth + b"1" + form[1] * depth
    assert answers.parse_json(body) == json.loads(body)


@pytest.mark.parametrize("depth", [1_000, 1_025, 5_000, 100_000])
def test_deeply_nested_documents_are_values_or_errors(depth: int) -> None:
    """The maximum depth of Python's own parser depends on its version and on the caller."""
    for parse in (outcome, without_orjson):
        with contextlib.suppress(RecursionError):  # the test itself cannot compare such a deep value
            parse(b"[" * depth + b"]" * depth)


@pytest.mark.parametrize("path", sorted(RECORDINGS.glob("4*/dataset.json")), ids=lambda path: path.parent.name)
def test_recorded_objects_are_parsed_alike(path: Path) -> None:
    body = path.read_bytes()
    assert answers.parse_json(body) == json.loads(body)


def test_orjson_parses_what_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(body: bytes) -> None:
        raise AssertionError("Python's own parser was called")

    monkeypatch.setattr(answers.json, "loads", refuse)
    assert answers.parse_json(b'{"id": 999999999999999999, "a": [1.5, null, "\xc3\xbc"]}')["a"][2] == "ü"
