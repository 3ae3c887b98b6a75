"""One mailbox has one address, however it is typed."""

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from models.email_address import address_for_mail, address_from_mail
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


@given(TYPED)
def test_an_address_that_mail_systems_report_is_the_one_that_was_given_to_them(typed: str) -> None:
    with suppress(ValueError):
        normal = normal_address(typed)
        mailed = address_for_mail(normal)
        assert mailed.rpartition("@")[2].isascii()
        assert address_from_mail(mailed) == normal
        # Others have no one upper case: that of \u00df is SS, which is another domain.
        in_upper_case = "".join(each.upper() if each.isascii() else each for each in mailed)
        assert address_from_mail(in_upper_case) == normal


def test_text_that_is_no_address_is_left() -> None:
    assert address_for_mail("b\u00fccher") == "b\u00fccher"
    assert address_from_mail(" B\u00fccher ") == "b\u00fccher"
    assert address_from_mail(None) == "none"
