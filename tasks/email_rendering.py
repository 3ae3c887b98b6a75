"""Writes e-mails from the templates beside this file. User text is escaped in HTML, and cannot
break out of a subject line.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from config import settings
from models.login import Login
from models.money import display
from models.order import Order, OrderItem
from models.payment import Payment
from models.user import UserSession, UserStatus, is_erased
from tasks.gateways.sendgrid import Letter


def login_code(login: Login, code: str, *, tags: dict[str, str]) -> Letter | None:
    """The letter with the code. Its subject does not show the code: subjects get logged. None once
    the address is erased; as with all letters.
    """
    about = {"code": code, "minutes": round(settings.login_timeout / 60) or 1}
    return _write("login_code", login.email, about, tags | {"loginId": str(login.id)})


def new_device(login: Login, session: UserSession, *, tags: dict[str, str]) -> Letter | None:
    """The letter about a sign-in from a device that its user had not used before."""
    about = {
        "device": session.user_agent or "unknown",
        "ip_address": session.ip_address or "unknown",
        "at": session.created_at,
        "by_passkey": "pop" in session.methods,
        "shop_url": settings.links_url,
    }
    return _write("new_device", login.email, about, tags | {"loginId": str(login.id)})


def about_order(
    template: str,
    order: Order,
    *,
    tags: dict[str, str],
    reason: str | None = None,
    about: Mapping[str, Any] | None = None,
) -> Letter | None:
    """A letter about an order, which must have its items, user and payment loaded. `reason` is a
    sentence for the customer, `about` what the template tells beside the order. None once the
    customer has asked to be forgotten.
    """
    if order.user.status == UserStatus.DELETED:
        return None
    customer = f"{order.user.first_name} {order.user.last_name}".strip() or order.user.username
    whole = dict(about or {}) | {
        "order": _order(order) | {"reason": reason},
        "customer_name": customer,
        "shop_url": settings.links_url,
    }
    return _write(template, order.user.email, whole, tags | {"orderId": str(order.id)})


def _write(template: str, to: str, about: dict[str, Any], tags: dict[str, str]) -> Letter | None:
    if is_erased(to):
        return None
    plain = _templates().get_template(f"{template}.txt")
    context = plain.new_context(about)
    subject = " ".join("".join(plain.blocks["subject"](context)).split())
    html = _templates().get_template(f"{template}.html").render(about)
    return Letter(to, subject, plain.render(about), html, category=template, tags=tags)


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("tasks"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
    )


def _order(order: Order) -> dict[str, Any]:
    def money(minor: int) -> str:
        return display(minor, order.currency)

    def line(item: OrderItem) -> dict[str, Any]:
        return {
            "name": item.name,
            "quantity": item.quantity,
            "price": money(item.price),
            "total": money(item.price * item.quantity),
        }

    return {
        "reference": order.reference_id,
        "number": str(order.id)[-8:].upper(),
        "created_at": order.created_at,
        "items": [line(item) for item in order.items],
        "subtotal": money(order.subtotal),
        "shipping": money(order.shipping_cost),
        "tax": money(order.tax_amount),
        "total": money(order.total),
        "paid": _paid(order.payment),
        "shipping_address": order.shipping_address,
    }


def _paid(payment: Payment) -> str | None:
    """Return what was captured, in its own currency; None where that is the total, or nothing."""
    if not payment.captured or payment.as_ordered:
        return None
    return display(payment.captured, payment.captured_currency or payment.currency)
