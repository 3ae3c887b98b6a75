"""Rare transitions of a sign-in, an erasure or a refund, which random tests may miss."""

from uuid import UUID

import pytest
from sqlalchemy import select

from models import ErasureState, Login, LoginState, Refund, RefundState, transaction
from models.durable.transition import Transition
from models.erasure import Erasure
from models.refund import RefundOrigin
from state_machines import ErasureMachine, RefundMachine
from state_machines.actions.erase_user import request_erasure
from state_machines.actions.login_codes import MAX_WRONG_CODES, begin_login, try_code
from state_machines.durable import Activity, NonRetryableError
from state_machines.login import LoginMachine, LoginSignal
from tests.support.factories import a_user
from tests.support.shop import Shop
from tests.support.stripe import Stripe, deliver

BEFORE = {
    LoginState.CODE_PENDING: (),
    LoginState.CODE_SENT: (LoginSignal.SENT,),
    LoginState.CODE_UNSENT: (LoginSignal.GAVE_UP,),
}
ERASE, RECIPIENT = "privacy.erase", "privacy.erase_recipient"


def a_login(state: LoginState) -> UUID:
    with transaction():
        login = begin_login("ann@example.com", "a browser")
        for signal in BEFORE[state]:
            LoginMachine.send(login, signal)
        assert login.state == state
        return login.id


def state_of(login_id: UUID) -> LoginState:
    with transaction() as session:
        return session.get_one(Login, login_id, populate_existing=True).state


@pytest.mark.parametrize("state", BEFORE)
def test_wrong_codes_lock_a_sign_in_in_every_live_state(till: Shop, state: LoginState) -> None:
    login_id = a_login(state)
    for number in range(MAX_WRONG_CODES):
        assert state_of(login_id) == state, f"after {number} wrong codes"
        with transaction():
            assert not try_code(LoginMachine.lock([login_id])[login_id], "wrong")
    assert state_of(login_id) == LoginState.LOCKED


@pytest.mark.parametrize("state", BEFORE)
def test_the_correct_code_signs_in_in_every_live_state(till: Shop, state: LoginState) -> None:
    login_id = a_login(state)
    code = till.activity("emails.login_code").secret
    with transaction():
        assert try_code(LoginMachine.lock([login_id])[login_id], str(code))
    assert state_of(login_id) == LoginState.SUCCEEDED


@pytest.mark.parametrize("forgotten", [True, False])
@pytest.mark.parametrize("first", [None, ErasureState.ERASED, ErasureState.FAILED])
def test_sendgrid_answers_about_an_erasure_before_and_after_its_end(
    till: Shop, first: ErasureState | None, *, forgotten: bool
) -> None:
    """A refusal is noted, and needs a person; the data here is erased whatever it says."""
    with transaction():
        erasure_id = request_erasure(a_user()).id
    if first == ErasureState.ERASED:
        till.run(ERASE)
    elif first == ErasureState.FAILED:
        give_up(ERASE, erasure_id)
    if forgotten:
        with transaction():
            erasure = ErasureMachine.lock([erasure_id])[erasure_id]
            Activity.registry[RECIPIENT].record(erasure, None)
    else:
        give_up(RECIPIENT, erasure_id)
    with transaction() as session:
        erasure = session.get_one(Erasure, erasure_id, populate_existing=True)
        assert erasure.state == (first or ErasureState.REQUESTED)
        mine = select(Transition.signal).where(Transition.subject_id == erasure_id)
        signals = session.scalars(mine.order_by(Transition.version)).all()
    assert signals[-1] == ("forgotten" if forgotten else "remembered")


def give_up(name: str, erasure_id: UUID) -> None:
    """Give up as the runner does after the last attempt."""
    with transaction():
        erasure = ErasureMachine.lock([erasure_id])[erasure_id]
        Activity.registry[name].give_up(erasure, NonRetryableError("refused"))


def test_a_refund_recorded_as_refused_but_made_succeeds(till: Shop, bank: Stripe) -> None:
    payment_id = till.confirmed()
    till.refund(payment_id, 900)
    (row,) = till.refund_rows(payment_id)
    assert row.origin == RefundOrigin.OPERATOR
    payment = till.payment(payment_id)
    bank.post(
        "refunds", payment_intent=payment.intent_id, amount=900, **{"metadata[refundId]": row.id}
    )
    with transaction():
        refund = RefundMachine.lock([row.id])[row.id]
        Activity.registry["refunds.submit"].give_up(refund, NonRetryableError("no"))
        assert refund.state == RefundState.FAILED
    deliver(*bank.events(payment, "charge.refunded"))
    till.work()
    with transaction() as session:
        refund = session.get_one(Refund, row.id, populate_existing=True)
        assert refund.state == RefundState.SUCCEEDED
