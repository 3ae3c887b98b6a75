"""/v1/payment_methods: https://docs.stripe.com/api/payment_methods."""

import time
from typing import Any

from sandbox import clock
from sandbox.cards import BY_NUMBER, GENERIC, TestMethod, named
from sandbox.compact import Json
from sandbox.ids import new_id
from sandbox.rows.methods import PaymentMethod
from sandbox.stripe_api.bank import Bank, find
from sandbox.stripe_api.call import Call
from sandbox.stripe_api.errors import StripeError, invalid, missing
from sandbox.stripe_api.params import allow, group, integer, merge_metadata, one_of, required, text

KNOWN = ("type", "card", "us_bank_account", "billing_details", "metadata", "allow_redisplay")


def create(call: Call) -> Json:
    allow(call.params, KNOWN)
    return from_data(call.bank, call.params).view()


def retrieve(call: Call) -> Json:
    return find(call.bank.store.methods, "PaymentMethod", call.row, "payment_method").view()


def obtain(bank: Bank, key: str) -> PaymentMethod:
    """Return an existing method, or a new one for a test token such as pm_card_visa."""
    if test := named(key):
        return _keep(bank, PaymentMethod(new_id("pm"), test.token, int(clock.now())))
    method = bank.store.methods.get(key)
    if method is None:
        raise missing("PaymentMethod", key, "payment_method")
    return method


def from_data(bank: Bank, data: Json) -> PaymentMethod:
    """Create a method from `type` and the group of that name, as in payment_method_data."""
    required(data, "type")
    kind = one_of(data, "type", ("card", "us_bank_account"))
    method = PaymentMethod(
        new_id("pm"),
        (_account(data) if kind == "us_bank_account" else _card(data)).token,
        int(clock.now()),
        billing_details=group(data, "billing_details") or {},
        metadata=merge_metadata({}, data),
    )
    if kind == "card" and "token" not in data["card"]:
        method.exp_month, method.exp_year = _expiry(data["card"])
    return _keep(bank, method)


def _card(data: Json) -> TestMethod:
    card: Any = group(data, "card") or {}
    if token := text(card, "token"):
        if (test := named(token.replace("tok_", "pm_card_"))) is None:
            raise missing("token", token, "card[token]")
        return test
    number = str(required(card, "number")).replace(" ", "").replace("-", "")
    if not _luhn(number):
        raise _card_error("Your card number is incorrect.", "incorrect_number", "number")
    _refuse_bad_cvc(card, number)
    if number not in BY_NUMBER:
        raise StripeError(
            "Your card was declined. Your request was in test mode, but used a non test card. For "
            "a list of valid test cards, visit: https://stripe.com/docs/testing.",
            status=402,
            type="card_error",
            code=GENERIC.code,
            decline_code="test_mode_live_card",
        )
    return BY_NUMBER[number]


def _account(data: Json) -> TestMethod:
    account = group(data, "us_bank_account") or {}
    test = BY_NUMBER.get(str(required(account, "account_number")))
    if test is None or test.settling is None or test.voucher:
        raise invalid("Invalid account number.", "us_bank_account[account_number]")
    return test


def _expiry(card: Json) -> tuple[int, int]:
    required(card, "exp_month")
    required(card, "exp_year")
    month, year = integer(card, "exp_month", 0) or 0, integer(card, "exp_year", 0) or 0
    year += 2000 if year < 100 else 0
    now = time.gmtime(clock.now())
    if not 1 <= month <= 12:
        message = "Your card's expiration month is invalid."
        raise _card_error(message, "invalid_expiry_month", "exp_month")
    if (year, month) < (now.tm_year, now.tm_mon) or year > now.tm_year + 50:
        message = "Your card's expiration year is invalid."
        raise _card_error(message, "invalid_expiry_year", "exp_year")
    return month, year


def _refuse_bad_cvc(card: Json, number: str) -> None:
    cvc = text(card, "cvc")
    length = 4 if number.startswith(("34", "37")) else 3
    if cvc is not None and not (cvc.isdecimal() and len(cvc) in (3, length)):
        raise _card_error("Your card's security code is invalid.", "invalid_cvc", "cvc")


def _card_error(message: str, code: str, param: str) -> StripeError:
    return StripeError(message, status=402, type="card_error", code=code, param=param)


def _luhn(number: str) -> bool:
    if not number.isdecimal() or not 12 <= len(number) <= 19:
        return False
    odd, even = number[-1::-2], number[-2::-2]
    doubled = (divmod(2 * int(digit), 10) for digit in even)
    return (sum(map(int, odd)) + sum(tens + ones for tens, ones in doubled)) % 10 == 0


def _keep(bank: Bank, method: PaymentMethod) -> PaymentMethod:
    bank.store.save(method)
    return method
