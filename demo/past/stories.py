"""The stories of the past: each is a generator that yields the time until its next step.

A story whose next step lies after the end of the past stays where it is, as real orders do. One
that the shop refuses, such as the shipment of an unpaid order, ends.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta

from demo.past.people import Person, pick_customer
from demo.past.shop import Shop
from models import Payment
from state_machines.actions import cancel_order, refund_order, ship_order

Story = Iterator[timedelta]
CARDS = ("pm_card_visa", "pm_card_mastercard", "pm_card_amex", "pm_card_visa_debit")
DECLINES = (
    "pm_card_chargeDeclined",
    "pm_card_chargeDeclinedInsufficientFunds",
    "pm_card_chargeDeclinedExpiredCard",
)
CARRIERS = ("DHL", "UPS", "DPD")
WRONG_CODE = "000000"


def some(shop: Shop, unit: str, least: float, most: float) -> timedelta:
    """Return a random time between `least` and `most` of `unit`, such as "minutes"."""
    return timedelta(**{unit: shop.dice.uniform(least, most)})


def sign_in(shop: Shop, person: Person) -> Story:
    """Sign in with the emailed code, if the session is over; some try a wrong code first."""
    if not shop.needs_sign_in(person):
        return
    login_id = shop.request_code(person)
    yield some(shop, "seconds", 15, 70)
    if shop.dice.random() < 0.1:
        shop.enter_code(person, login_id, WRONG_CODE)
        yield some(shop, "seconds", 5, 20)
    shop.enter_code(person, login_id)
    yield some(shop, "seconds", 20, 90)


def pay(
    shop: Shop, method: str | None = None, then: "Callable[[Shop, Payment], Story] | None" = None
) -> Story:
    """Sign in, place an order, pay it with `method`, and go on with `then`."""
    person = pick_customer(shop.dice)
    yield from sign_in(shop, person)
    if shop.needs_sign_in(person):
        return
    payment = shop.place(person, shop.choose_lines())
    if method != "":
        yield some(shop, "seconds", 40, 400)
        shop.pay(payment, method or shop.dice.choice(CARDS))
    if then is not None:
        yield from then(shop, payment)


def buy(shop: Shop) -> Story:
    return pay(shop, None, receive)


def buy_with_challenge(shop: Shop) -> Story:
    return pay(shop, "pm_card_threeDSecure2Required", receive)


def buy_after_decline(shop: Shop) -> Story:
    return pay(shop, shop.dice.choice(DECLINES), pay_again)


def buy_by_bank_transfer(shop: Shop) -> Story:
    return pay(shop, "pm_usBankAccount_success", receive_late)


def bank_transfer_fails(shop: Shop) -> Story:
    return pay(shop, "pm_usBankAccount_insufficientFunds")


def bank_transfer_hangs(shop: Shop) -> Story:
    return pay(shop, "pm_usBankAccount_processing")


def never_pay(shop: Shop) -> Story:
    return pay(shop, "")


def give_up_after_decline(shop: Shop) -> Story:
    return pay(shop, shop.dice.choice(DECLINES))


def cancel_unpaid(shop: Shop) -> Story:
    return pay(shop, "", cancel)


def cancel_paid(shop: Shop) -> Story:
    return pay(shop, None, cancel_later)


def pay_too_late(shop: Shop) -> Story:
    """Pay at a bank that ignores the cancellation: the money goes back."""
    return pay(shop, "pm_sandbox_succeedsAfterCancel")


def return_a_part(shop: Shop) -> Story:
    return pay(shop, None, receive_and_return_a_part)


def return_everything(shop: Shop) -> Story:
    return pay(shop, None, receive_and_return)


def refund_fails(shop: Shop) -> Story:
    return pay(shop, "pm_card_refundFail", receive_and_return)


def refund_waits(shop: Shop) -> Story:
    return pay(shop, "pm_card_pendingRefund", cancel)


def receive(shop: Shop, payment: Payment, wait_hours: tuple[float, float] = (2, 44)) -> Story:
    """Ship the order, and deliver it some days later."""
    yield some(shop, "hours", *wait_hours)
    carrier = shop.dice.choice(CARRIERS)
    number = f"JJD{shop.dice.randrange(10**10):010}"
    with shop.operated(payment, "orders ship", carrier=carrier, tracking=number) as row:
        ship_order.ship(row.order, carrier, number)
    yield some(shop, "hours", 20, 90)
    with shop.operated(payment, "orders deliver") as row:
        ship_order.deliver(row.order)


def receive_late(shop: Shop, payment: Payment) -> Story:
    return receive(shop, payment, (60, 90))


def pay_again(shop: Shop, payment: Payment) -> Story:
    """Pay with another card after a decline."""
    yield some(shop, "seconds", 30, 150)
    shop.pay(payment, shop.dice.choice(CARDS))
    yield from receive(shop, payment)


def cancel(shop: Shop, payment: Payment) -> Story:
    yield some(shop, "minutes", 2, 9)
    with shop.requested(payment) as row:
        cancel_order.cancel(row)


def cancel_later(shop: Shop, payment: Payment) -> Story:
    yield some(shop, "hours", 0.2, 5)
    yield from cancel(shop, payment)


def receive_and_return(shop: Shop, payment: Payment) -> Story:
    """Send everything back after the delivery."""
    yield from receive(shop, payment)
    yield some(shop, "hours", 30, 80)
    yield from refund(shop, payment, None, "sent back")


def receive_and_return_a_part(shop: Shop, payment: Payment) -> Story:
    """Get a part of the price back, for a product that arrived damaged."""
    yield from receive(shop, payment)
    yield some(shop, "hours", 5, 60)
    yield from refund(shop, payment, payment.amount // 400 * 100, "arrived with a scratch")


def refund(shop: Shop, payment: Payment, amount: int | None, reason: str) -> Story:
    """Refund an amount, or everything, by a command of the staff."""
    yield timedelta(0)
    with shop.operated(payment, "orders refund", reason=reason) as row:
        refund_order.refund(row.order, amount, reason=reason)
