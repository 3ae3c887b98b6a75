"""Emails contain what they must, look like the shop, and user text cannot do harm in them."""

import re
from pathlib import Path

import pytest

from models import Login, Order, OrderItem, Payment, User
from models.clock import now
from models.ids import uuid7
from tasks.email_rendering import render_login_code, render_order_email
from tasks.gateways.sendgrid import Email

ROOT = Path(__file__).parents[2]
STYLES = [ROOT / "frontend/src/ui" / name for name in ("base.css", "theme.ts")]
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


def rendered(email: Email | None) -> Email:
    assert email is not None
    return email


def test_the_code_is_in_the_email_and_not_in_its_subject() -> None:
    login = Login(id=uuid7(), email="ann@example.com")
    email = rendered(render_login_code(login, "042137", tags={}))
    assert email.to == "ann@example.com"
    assert "042137" in email.text
    assert "042137" in email.html
    assert "042137" not in email.subject
    assert "10 minutes" in email.text


def test_a_copied_code_has_only_its_digits() -> None:
    login = Login(id=uuid7(), email="ann@example.com")
    email = rendered(render_login_code(login, "042137", tags={}))
    assert "042137" in email.text.splitlines(), "a line of its own, not indented"
    assert ">042137<" in email.html


def test_user_text_is_escaped_and_cannot_leave_the_subject_line() -> None:
    for template in ("order_confirmed", "order_failed", "order_cancelled"):
        email = rendered(render_order_email(template, an_order(), tags={}, reason=HOSTILE))
        assert "<script>" not in email.html
        assert "\n" not in email.subject
        assert "\r" not in email.subject
        assert email.subject


def test_a_parcel_s_email_has_its_number_and_a_refund_s_its_amount() -> None:
    parcel = {"carrier": "DHL", "tracking_number": HOSTILE}
    email = rendered(render_order_email("order_shipped", an_order(), tags={}, details=parcel))
    assert "DHL" in email.text
    assert "DHL" in email.html
    assert "<script>" not in email.html
    for template in ("order_refunded", "payment_late_refunded"):
        details = {"refund": {"amount": "$12.34"}}
        email = rendered(render_order_email(template, an_order(), tags={}, details=details))
        assert "$12.34" in email.text
        assert "$12.34" in email.html
    late = rendered(
        render_order_email("payment_late_refunded", an_order(), tags={}, details=details)
    )
    assert "after the order had been closed" in " ".join(late.text.split())


def test_a_receipt_shows_what_was_bought_and_what_it_cost() -> None:
    email = rendered(render_order_email("order_confirmed", an_order(), tags={"activityId": "a"}))
    for shown in ("$49.00", "$98.00", "$10.00", "$108.00"):
        assert shown in email.text
        assert shown in email.html
    assert email.tags["activityId"] == "a"
    assert email.category == "order_confirmed"


@pytest.mark.parametrize(
    "template", sorted((ROOT / "tasks/templates").glob("*.html")), ids=lambda p: p.name
)
def test_an_email_has_only_colors_of_the_shop(template: Path) -> None:
    colors = {color for style in STYLES for color in colors_in(style)}
    assert colors_in(template) <= colors


def colors_in(file: Path) -> set[str]:
    return set(re.findall(r"(?<!&)#[0-9a-f]{6}\b", file.read_text()))
