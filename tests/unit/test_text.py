"""Whatever another system sends, PostgreSQL can store it, and nothing else of it is changed."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.text import (
    MAX_DEPTH,
    MAX_KEY_LENGTH,
    REPLACEMENT,
    dump_json,
    parse,
    storable,
    storable_json,
    storable_key,
)

ANY_TEXT = st.text(st.characters(min_codepoint=0))
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(ANY_TEXT, inner),
)


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("a\x00b", f"a{REPLACEMENT}b"),
        ("\ud800", REPLACEMENT),
        ("half \udfff", f"half {REPLACEMENT}"),
        ("É 日本 🛒", "É 日本 🛒"),
        ("", ""),
    ],
)
def test_only_text_that_cannot_be_stored_is_replaced(text: str, stored: str) -> None:
    assert storable(text) == stored


def test_an_escaped_surrogate_pair_in_json_is_one_character() -> None:
    assert storable(json.loads('"\\ud83d\\uded2"')) == "🛒"


@given(ANY_TEXT)
def test_storable_text_is_utf_8_without_nul(text: str) -> None:
    assert b"\x00" not in storable(text).encode()


@given(ANY_JSON)
def test_storable_json_is_always_json(value: Any) -> None:
    stored = storable_json(value)
    written = dump_json(value)
    assert written == dump_json(stored)
    assert "\\u0000" not in written.replace("\\\\", "")
    assert json.loads(written, parse_constant=pytest.fail) == stored


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("[NaN, Infinity, -Infinity]", ["nan", "inf", "-inf"]),
        ("1e400000", "inf"),
        ("-" + "9" * 5000, "-inf"),
        (
            '{"a\\u0000": {"\\ud800": ["\\u0000"]}}',
            {f"a{REPLACEMENT}": {REPLACEMENT: [REPLACEMENT]}},
        ),
        ("123456789012345678901234567890", 123456789012345678901234567890),
    ],
)
def test_json_that_postgresql_refuses_is_replaced(sent: str, stored: Any) -> None:
    assert storable_json(parse(sent)) == stored
    assert json.loads(dump_json(parse(sent))) == stored


def test_json_is_cut_off_at_the_maximum_depth() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    stored, levels = json.loads(dump_json(deep)), 0
    while isinstance(stored, list):
        (stored,) = stored
        levels += 1
    assert (levels, stored) == (MAX_DEPTH, REPLACEMENT)


def test_json_text_that_is_nested_too_deeply_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="nested"):
        parse("[" * 100_000)


def test_a_number_stays_a_number() -> None:
    assert storable_json(1.5) == 1.5
    assert math.isclose(storable_json(1e308), 1e308)


def test_keys_fit_into_an_index_and_stay_distinct() -> None:
    assert storable_key("evt_1") == "evt_1"
    first, second = storable_key("x" * 9000 + "1"), storable_key("x" * 9000 + "2")
    assert first != second
    assert len(first) == len(second) == MAX_KEY_LENGTH
    assert storable_key("a\x00") != storable_key("a\ud800") != storable_key("a")
