"""What people type is brought into one form, and what nobody sees in it is refused."""

import pytest

from models.text import normalise, normalise_name


def test_one_text_has_one_form() -> None:
    assert normalise("Mo\u0308bel") == "M\u00f6bel"
    assert normalise(" two\nlines\t ") == "two\nlines"
    assert normalise("\u2764\ufe0f made with love") == "\u2764\ufe0f made with love"


@pytest.mark.parametrize(
    "hidden",
    list("\u200b\ufeff\u00ad\u2060\u200d\u202e\u2066\u180e\u034f\u115f\u3164\u2800\u2028\x00\x1b\x7f"
         "\x85\ud800\ue000\U000e0041"),
)  # fmt: skip
def test_a_character_that_nobody_sees_is_refused(hidden: str) -> None:
    for judge in (normalise, normalise_name):
        with pytest.raises(ValueError, match=f"U\\+{ord(hidden):04X}"):
            judge(f"L-{hidden}1")


@pytest.mark.parametrize("character", list("\n\t\u00a0\u2003\u3000\ufe0f\U000e0100"))
def test_a_name_has_plain_spaces_alone(character: str) -> None:
    assert normalise_name("Desk lamp") == "Desk lamp"
    with pytest.raises(ValueError, match=f"U\\+{ord(character):04X}"):
        normalise_name(f"L{character}1")
