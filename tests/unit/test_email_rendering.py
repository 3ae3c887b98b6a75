"""Letters say what they must, and what users wrote cannot do harm in them."""

from models import Login, Order, OrderItem, Payment, User
from models.clock import now
from models.ids import uuid7
from tasks import email_rendering
from tasks.gateways.sendgrid import Letter

HOSTILE = "<script>alert(1)</script>\r\nBcc: everyone@example.com"


def an_order() -> Order:
    return Order(
        id=uuid7(),
        reference_id=HOSTILE,
        created_at=now(),
        currency="usd",
        subtotal=9800,
        shipping_cost=1000,
        tax_amount=0,
        total=10800,
        shipping_address=HOSTILE,
        user=User(email="ann@example.com", username="ann", first_name=HOSTILE, last_name=""),
        items=[OrderItem(line=0, name=HOSTILE, quantity=2, price=4900)],
        payment=Payment(),
    )


def written(letter: Letter | None) -> Letter:
    assert letter is not None
    return letter


def test_the_code_is_in_the_letter_and_not_in_its_subject() -> None:
    login = Login(id=uuid7(), email="ann@example.com")
    letter = written(email_rendering.login_code(login, "042137", tags={}))
    assert letter.to == "ann@example.com"
    assert "042137" in letter.text
    assert "042137" in letter.html
    assert "042137" not in letter.subject
    assert "10 minutes" in letter.text


def test_a_copy_of_the_code_is_its_digits_alone() -> None:
    login = Login(id=uuid7(), email="ann@example.com")
    letter = written(email_rendering.login_code(login, "042137", tags={}))
    assert "042137" in letter.text.splitlines(), "a line of its own, not indented"
    assert ">042137<" in letter.html


def test_user_text_is_escaped_and_cannot_leave_the_subject_line() -> None:
    for template in ("order_confirmed", "order_failed", "order_cancelled"):
        letter = written(email_rendering.about_order(template, an_order(), tags={}, reason=HOSTILE))
        assert "<script>" not in letter.html
        assert "\n" not in letter.subject
        assert "\r" not in letter.subject
        assert letter.subject


def test_a_parcel_s_letter_has_its_number_and_a_refund_s_its_amount() -> None:
    parcel = {"carrier": "DHL", "tracking_number": HOSTILE}
    letter = written(
        email_rendering.about_order("order_shipped", an_order(), tags={}, about=parcel)
    )
    assert "DHL" in letter.text
    assert "DHL" in letter.html
    assert "<script>" not in letter.html
    for template in ("order_refunded", "payment_late_refunded"):
        about = {"refund": {"amount": "$12.34"}}
        letter = written(email_rendering.about_order(template, an_order(), tags={}, about=about))
        assert "$12.34" in letter.text
        assert "$12.34" in letter.html
    late = written(
        email_rendering.about_order("payment_late_refunded", an_order(), tags={}, about=about)
    )
    assert "after the order had been closed" in " ".join(late.text.split())


def test_a_receipt_shows_what_was_bought_and_what_it_cost() -> None:
    letter = written(
        email_rendering.about_order("order_confirmed", an_order(), tags={"activityId": "a"})
    )
    for shown in ("$49.00", "$98.00", "$10.00", "$108.00"):
        assert shown in letter.text
        assert shown in letter.html
    assert letter.tags["activityId"] == "a"
    assert letter.category == "order_confirmed"
