"""The incidents of the past: disputes, emails that fail, outages, sign-ins that go wrong."""

from datetime import timedelta

from demo.past.people import pick_customer
from demo.past.shop import Shop
from demo.past.stories import WRONG_CODE, Story, pay, receive, some
from models import Payment
from sandbox.faults import Fault

OUTAGE = timedelta(minutes=25)


def dispute_won(shop: Shop) -> Story:
    return pay(shop, "pm_card_createDisputeProductNotReceived", answer_with_proof)


def dispute_lost(shop: Shop) -> Story:
    return pay(shop, "pm_card_createDispute", answer_in_vain)


def dispute_open(shop: Shop) -> Story:
    return pay(shop, "pm_card_createDispute", receive)


def bank_inquires(shop: Shop) -> Story:
    return pay(shop, "pm_card_createDisputeInquiry", receive)


def answer_with_proof(shop: Shop, payment: Payment) -> Story:
    yield from receive(shop, payment)
    yield from _answer(shop, payment, "winning_evidence")


def answer_in_vain(shop: Shop, payment: Payment) -> Story:
    yield from receive(shop, payment)
    yield from _answer(shop, payment, "losing_evidence")


def _answer(shop: Shop, payment: Payment, evidence: str) -> Story:
    """Wait for the dispute of a payment, and send the bank evidence that decides it."""
    while not (disputes := shop.find_disputes(payment)):
        yield timedelta(days=1)
    yield some(shop, "hours", 4, 30)
    shop.outside.submit_evidence(disputes[0], evidence)


def confirmation_refused(shop: Shop) -> Story:
    return pay(shop, "", pay_while_sendgrid_refuses)


def pay_while_sendgrid_refuses(shop: Shop, payment: Payment) -> Story:
    """Pay an order whose confirmation SendGrid refuses for good."""
    yield some(shop, "minutes", 1, 4)
    shop.outside.faults.sendgrid = Fault.REFUSED
    shop.pay(payment, "pm_card_visa")
    shop.outside.faults.sendgrid = Fault.NONE
    yield from receive(shop, payment)


def sendgrid_outage(shop: Shop) -> Story:
    """Let SendGrid answer with errors for a while: emails are late, and sign-ins give up."""
    shop.outside.faults.sendgrid = Fault.ERROR
    yield OUTAGE
    shop.outside.faults.sendgrid = Fault.NONE


def lock_out(shop: Shop) -> Story:
    """Guess codes until the sign-in is locked."""
    person = pick_customer(shop.dice)
    login_id = shop.request_code(person)
    for _ in range(6):
        yield some(shop, "seconds", 4, 15)
        shop.enter_code(person, login_id, WRONG_CODE)


def forget_code(shop: Shop) -> Story:
    """Request a code, and never enter it."""
    yield timedelta(0)
    shop.request_code(pick_customer(shop.dice))


def change_amount(shop: Shop) -> Story:
    return pay(shop, "", pay_other_amount)


def pay_other_amount(shop: Shop, payment: Payment) -> Story:
    """Change the amount in Stripe's dashboard before the customer pays."""
    yield some(shop, "minutes", 1, 4)
    shop.outside.change_amount(shop.read_intent_id(payment), payment.amount - 1000)
    shop.pay(payment, "pm_card_visa")
