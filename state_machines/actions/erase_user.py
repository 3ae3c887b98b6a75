"""The erasure of a user's personal data: its request, which ends the account, and its execution.

Orders, amounts, payments and their histories stay for the accounts, without personal data.
"""

import json
import re
from uuid import UUID

from sqlalchemy import Uuid, delete, or_, select, text, union_all, update

from models.audit import AuditRow
from models.base import db
from models.clock import now
from models.dispute import OPEN, Dispute
from models.durable.signal import ERASED_PAYLOAD, SignalRow, SignalState
from models.durable.transition import Transition
from models.email_address import address_for_mail
from models.erasure import Erasure, ErasureState
from models.errors import ConflictError
from models.login import LIVE, Login
from models.order import Order, OrderState
from models.personal import Person
from models.personal_data import KEPT_DETAILS, personal_tables
from models.prepared import Prepared, parameter
from models.problem_codes import ProblemKind
from models.refund import Refund, RefundState
from models.user import User, UserStatus
from state_machines.actions.manage_users import end_sessions
from state_machines.erasure import ErasureMachine, ErasureSignal
from state_machines.login import LoginMachine, LoginSignal

UNDER_WAY = (OrderState.PENDING, OrderState.CONFIRMED, OrderState.SHIPPED)
PAGE_SIZE = 500
# Signals in these states are applied only when an operator replays them.
SETTLED_SIGNALS = (SignalState.IGNORED, SignalState.UNMATCHED)


def request_erasure(user: User) -> Erasure:
    """End the account of a locked user, and request the erasure of the personal data.

    Repeating it changes nothing, but retries a failed erasure. Raises ConflictError while an order,
    a refund or a dispute is under way.
    """
    earlier = db.session.scalar(select(Erasure.id).where(Erasure.user_id == user.id).limit(1))
    if earlier is not None:
        erasure = ErasureMachine.lock([earlier])[earlier]
        if erasure.state == ErasureState.FAILED:
            retry_erasure(erasure, user)
        return erasure
    _refuse_under_way(user.id)
    user.status, user.updated_at = UserStatus.DELETED, now()
    end_sessions(user.id)
    live = select(Login.id).where(Login.email == user.email, Login.state.in_(LIVE))
    for login in LoginMachine.lock(db.session.scalars(live).all()).values():
        if login.live:
            LoginMachine.send(login, LoginSignal.SUPERSEDE)
    erasure = Erasure(user_id=user.id)
    ErasureMachine.begin(erasure, ErasureSignal.REQUEST, secret=user.email)
    return erasure


def retry_erasure(erasure: Erasure, user: User, *, reason: str | None = None) -> None:
    """Repeat the calls of a locked erasure that failed. They need the address of the account."""
    ErasureMachine.send(erasure, ErasureSignal.RETRY, reason=reason, secret=user.email)


def erase(erasure: Erasure, email: str) -> None:
    """Erase the personal data of the user of a locked erasure, in the current transaction."""
    person = Person(erasure.user_id, email)
    _erase_unmatched_signals(email)
    # Only a function of the tables' owner may change the history and the audit.
    db.session.execute(
        text("SELECT erase_history(:user, :email, :kept)"),
        {"user": erasure.user_id, "email": email, "kept": list(KEPT_DETAILS)},
    )
    for table, personal in personal_tables():
        values = personal.new_values(person)
        if personal.deleted:
            db.session.execute(delete(table).where(personal.belongs_to(person)))
        elif values and table not in (Transition, AuditRow):
            # Rows without such data are not locked: workers may be about to record a call.
            columns = ((getattr(table, name), value) for name, value in values.items())
            has_data = or_(*(column.is_distinct_from(value) for column, value in columns))
            db.session.execute(
                update(table)
                .where(personal.belongs_to(person), has_data)
                .values(values)
                .execution_options(synchronize_session=False)
            )
    ErasureMachine.observe(erasure, ErasureSignal.ERASE)


# By columns: an order of the ORM would have its addresses decrypted.
_IS_ERASED = Prepared(
    lambda: union_all(
        *(
            select(model.erased).where(model.id == parameter("subject_id", Uuid()))
            for model in (Order, Login)
        )
    )
)


def may_keep(subject_id: UUID) -> bool:
    """Return whether payloads about this order or login may be stored: not once it is erased."""
    rows = _IS_ERASED.within(db.session(), subject_id=subject_id)
    return not any(is_erased for (is_erased,) in rows)


def _refuse_under_way(user_id: UUID) -> None:
    """Raise ConflictError, which names the first order that is not finished."""
    refunds = select(Refund.order_id).where(
        Refund.state.in_((RefundState.REQUESTED, RefundState.SUBMITTED))
    )
    disputes = select(Dispute.order_id).where(Dispute.state.in_(OPEN))
    unfinished = or_(Order.state.in_(UNDER_WAY), Order.id.in_(refunds), Order.id.in_(disputes))
    order = db.session.scalars(
        select(Order).where(Order.user_id == user_id, unfinished).order_by(Order.id).limit(1)
    ).first()
    if order is None:
        return
    unfinished_part = "" if order.state in UNDER_WAY else "has a refund or a dispute under way"
    why = unfinished_part or f"is {order.state}"
    message = f"Order {order.reference_id} {why}: the account can be deleted afterwards"
    raise ConflictError(message, ProblemKind.UNFINISHED_ORDER)


def _erase_unmatched_signals(email: str) -> None:
    """Erase the payloads of settled signals that have no subject and contain the address.

    Signals that wait to be applied stay, since they may be about money: they are erased when they
    are applied, or by their age. PostgreSQL cannot search encrypted payloads, so this reads them,
    a page at a time.
    """
    last = UUID(int=0)
    # A longer address that contains this one is somebody else's.
    forms = "|".join(re.escape(form) for form in {email, address_for_mail(email).lower()})
    pattern = re.compile(rf"(?<![^\s\"'<>,;:])(?:{forms})(?![^\s\"'<>,;:])")
    while True:
        page = db.session.execute(
            select(SignalRow.id, SignalRow.payload)
            .where(
                SignalRow.subject_id.is_(None),
                SignalRow.state.in_(SETTLED_SIGNALS),
                SignalRow.id > last,
            )
            .order_by(SignalRow.id)
            .limit(PAGE_SIZE)
        ).all()
        matching = [key for key, payload in page if pattern.search(_lower(payload))]
        if matching:
            db.session.execute(
                update(SignalRow)
                .where(SignalRow.id.in_(matching))
                .values(payload=ERASED_PAYLOAD, last_error=None)
                .execution_options(synchronize_session=False)
            )
        if len(page) < PAGE_SIZE:
            return
        last = page[-1][0]


def _lower(payload: object) -> str:
    return json.dumps(payload, ensure_ascii=False).lower()
