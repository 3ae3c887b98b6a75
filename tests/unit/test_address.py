"""One mailbox has one address, however it is typed."""

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from web.schemas.base import normal_address

CHARACTERS = st.characters(codec="utf-8", max_codepoint=0x2FFFF)
TYPED = st.builds(
    "{}@{}.{}".format,
    st.text(CHARACTERS, min_size=1, max_size=8),
    st.text(CHARACTERS, min_size=1, max_size=8),
    st.sampled_from(["com", "COM", "\uff43\uff4f\uff4d", "xn--p1ai", "\u0440\u0444"]),
)


@given(TYPED)
def test_the_normal_form_of_an_address_is_its_own_normal_form(typed: str) -> None:
    with suppress(ValueError):
        normal = normal_address(typed)
        assert normal_address(normal) == normal
        assert normal_address(f"\u200b {normal.upper()}\u00a0") == normal_address(normal.upper())
