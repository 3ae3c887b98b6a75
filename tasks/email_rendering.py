"""Rendering of emails from the templates in `tasks/templates`.

User text is escaped in HTML and cannot break out of the subject line. Functions return None when
the address has been erased.
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
from models.personal import is_erased
from models.user import UserSession, UserStatus
from tasks.devices import describe_device
from tasks.gateways.sendgrid import Email


def render_login_code(login: Login, code: str, *, tags: dict[str, str]) -> Email | None:
    """Render the email with the sign-in code.

    The subject does not show the code, since subjects get logged.
    """
    context = {"code": code, "minutes": round(settings.login_timeout / 60) or 1}
    return _render("login_code", login.email, context, tags | {"loginId": str(login.id)})


def render_new_device(login: Login, session: UserSession, *, tags: dict[str, str]) -> Email | None:
    """Render the email about a sign-in from a device that the user had not used before."""
    context = {
        "device": describe_device(session.user_agent),
        "ip_address": session.ip_address or "unknown",
        "at": session.created_at,
        "by_passkey": "pop" in session.methods,
        "shop_url": settings.links_url,
    }
    return _render("new_device", login.email, context, tags | {"loginId": str(login.id)})


def render_order_email(
    template: str,
    order: Order,
    *,
    tags: dict[str, str],
    reason: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> Email | None:
    """Render an email about an order, which must have its items, user and payment loaded.

    `reason` is a sentence for the customer. `details` are the template's further variables. Return
    None also when the customer has deleted the account.
    """
    if order.user.status == UserStatus.DELETED:
        return None
    customer = f"{order.user.first_name} {order.user.last_name}".strip() or order.user.username
    context = dict(details or {}) | {
        "order": _order_context(order) | {"reason": reason},
        "customer_name": customer,
        "shop_url": settings.links_url,
    }
    return _render(template, order.user.email, context, tags | {"orderId": str(order.id)})


def _render(
    template: str, address: str, variables: dict[str, Any], tags: dict[str, str]
) -> Email | None:
    if is_erased(address):
        return None
    plain = _templates().get_template(f"{template}.txt")
    context = plain.new_context(variables)
    subject = " ".join("".join(plain.blocks["subject"](context)).split())
    html = _templates().get_template(f"{template}.html").render(variables)
    return Email(address, subject, plain.render(variables), html, category=template, tags=tags)


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("tasks"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
    )


def _order_context(order: Order) -> dict[str, Any]:
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
        "number": order.number,
        "created_at": order.created_at,
        "items": [line(item) for item in order.items],
        "subtotal": money(order.subtotal),
        "shipping": money(order.shipping_cost),
        "tax": money(order.tax_amount),
        "total": money(order.total),
        "paid": _captured_amount(order.payment),
        "shipping_address": order.shipping_address,
    }


def _captured_amount(payment: Payment) -> str | None:
    """Return the captured amount in its own currency, or None when it is the total or nothing."""
    if not payment.captured or payment.as_ordered:
        return None
    return display(payment.captured, payment.captured_currency or payment.currency)
