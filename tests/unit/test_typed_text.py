"""Text that people type: one form, nothing unseen, no card numbers."""

from uuid import uuid4

import pytest

from models.typed_text import (
    clean_line,
    clean_lines,
    has_card_number,
    normalise,
    normalise_name,
)
from tests.support.cards import CARDS


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  Ann  ", "Ann"),
        ("Zoe\u0308", "Zo\u00eb"),
        ("\u00a0Ann\u3000", "Ann"),
        ("1\tMain St", "1 Main St"),
        ("\u200f\u05d0\u05d1\u200e", "\u05d0\u05d1"),
        ("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u200c\u062e"),
        ("👩\u200d🔬", "👩\u200d🔬"),
        ("Ⅷ ﬁ", "Ⅷ ﬁ"),
    ],
)
def test_text_is_normalised(typed: str, stored: str) -> None:
    assert clean_line(typed) == clean_lines(typed) == stored
    assert clean_line(stored) == stored, "once is enough"


@pytest.mark.parametrize("breaks", ["\r\n", "\r", "\n", "\u2028"])
def test_line_breaks_are_normalised_and_refused_in_a_line(breaks: str) -> None:
    assert clean_lines(f"1 Main St{breaks}Springfield") == "1 Main St\nSpringfield"
    with pytest.raises(ValueError, match=r"U\+000A"):
        clean_line(f"1 Main St{breaks}Springfield")


@pytest.mark.parametrize(
    "character",
    ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\x0b", "\u200b", "\ufeff", "\u2060", "\u00ad",
     "\u202e", "\u202a", "\u2066", "\u2069", "\u3164", "\u115f", "\uffa0", "\u2800", "\u034f",
     "\ud800", "\ufffe", "\ufdd0", "\U000e0041", "\ufff9"],
)  # fmt: skip
def test_invisible_characters_are_refused(character: str) -> None:
    for clean in (clean_line, clean_lines):
        with pytest.raises(ValueError, match=rf"U\+{ord(character):04X}"):
            clean(f"a{character}b")


def test_a_text_that_is_slow_to_normalise_is_refused() -> None:
    slow = "a" + "\u0300\u0323" * 500_000
    with pytest.raises(ValueError, match="marks"):
        normalise(slow)
    with pytest.raises(ValueError, match="at most"):
        clean_line(slow)


@pytest.mark.parametrize("text", CARDS)
def test_a_card_number_is_recognised_in_any_notation(text: str) -> None:
    assert has_card_number(text)


@pytest.mark.parametrize(
    "text",
    ["", "1 Main St\n12345 Springfield", "4242424242424241", "1234567890123456", "1795700000000",
     "+49 1512 34567891", "+4915123456789", "Tel. +44 (20) 7946-0958", "0000000000000000",
     "2026-11-27T12:00:00.000Z", "12 34", "550e8400-e29b-41d4-a716-446655440000",
     "4000000000000000000000000000000a", "12345678-4242-4424-8242-424242424242"],
)  # fmt: skip
def test_other_numbers_are_not_taken_for_card_numbers(text: str) -> None:
    assert not has_card_number(text)


def test_no_random_id_is_taken_for_a_card_number() -> None:
    ids = [uuid4() for _ in range(20_000)]
    assert not [i for i in ids if has_card_number(str(i)) or has_card_number(i.hex)]


def test_normalising_twice_changes_nothing() -> None:
    assert normalise("Mo\u0308bel") == "M\u00f6bel"
    assert normalise(" two\nlines\t ") == "two\nlines"
    assert normalise("\u2764\ufe0f made with love") == "\u2764\ufe0f made with love"


@pytest.mark.parametrize(
    "hidden",
    list("\u200b\ufeff\u00ad\u2060\u200d\u202e\u2066\u180e\u034f\u115f\u3164\u2800\u2028\x00\x1b\x7f"
         "\x85\ud800\ue000\U000e0041"),
)  # fmt: skip
def test_an_invisible_character_is_refused(hidden: str) -> None:
    for judge in (normalise, normalise_name):
        with pytest.raises(ValueError, match=f"U\\+{ord(hidden):04X}"):
            judge(f"L-{hidden}1")


@pytest.mark.parametrize("character", list("\n\t\u00a0\u2003\u3000\ufe0f\U000e0100"))
def test_a_name_has_plain_spaces_alone(character: str) -> None:
    assert normalise_name("Desk lamp") == "Desk lamp"
    with pytest.raises(ValueError, match=f"U\\+{ord(character):04X}"):
        normalise_name(f"L{character}1")
