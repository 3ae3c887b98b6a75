"""The personal data of one user: the tables that hold it, and the columns to export and to erase.

Every column of every table is accounted for here, or is named in NOT_PERSONAL: a test compares both
with the schema, so that a new column cannot be forgotten.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Text,
    case,
    cast,
    func,
    inspect,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from models.audit import AuditRow
from models.base import Base, db
from models.dispute import Dispute
from models.durable.activity import ActivityRow
from models.durable.signal import ERASED_PAYLOAD, SignalRow
from models.durable.transition import Transition
from models.erasure import Erasure
from models.login import Login, LoginFailure
from models.notice import Notice, NoticeKind
from models.order import Order, OrderItem
from models.passkey import Passkey, PasskeyChallenge
from models.payment import Payment
from models.refund import Refund
from models.shipment import Shipment
from models.user import ERASED_DOMAIN, User, UserSession

ERASED = "(erased)"
# The details of an audit row that are figures or names of ours.
KEPT_DETAILS = ("amount", "currency", "carrier", "role", "roles", "counts", "outcome")


@dataclass(frozen=True, slots=True)
class Person:
    """One user. `email` is the address under which rows about sign-ins are found."""

    user_id: UUID
    email: str

    @property
    def pseudonym(self) -> str:
        """The address that stands for the erased one."""
        return f"{self.user_id}{ERASED_DOMAIN}"

    @property
    def orders(self) -> Select[UUID]:
        return select(Order.id).where(Order.user_id == self.user_id)

    @property
    def executions(self) -> Any:
        """The ids of everything about the user that a machine moves."""
        of_orders = [
            select(row.id).where(row.order_id.in_(self.orders))
            for row in (Payment, Refund, Dispute)
        ]
        mine = [select(Login.id).where(Login.email.in_((self.email, self.pseudonym)))]
        mine += [select(Erasure.id).where(Erasure.user_id == self.user_id)]
        return union_all(self.orders, *of_orders, *mine)

    def replace(self, column: Any) -> ColumnElement[str]:
        """The column, with the pseudonym where the address stands."""
        return case((column == self.email, literal(self.pseudonym)), else_=column)


@dataclass(frozen=True, slots=True)
class Holding:
    """Rows of one table about a person. `erase` gives the new value of each personal column, unless
    the rows are `deleted`; the columns `hidden` are secrets of ours, or mean nothing outside, and
    are not exported.
    """

    row: type[Base]
    of: Callable[[Person], ColumnElement[bool]]
    erase: Mapping[str, Any] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()
    deleted: bool = False

    def replacements(self, person: Person) -> dict[str, Any]:
        """The new values of this person's personal columns."""
        return {
            name: value(person) if callable(value) else value for name, value in self.erase.items()
        }


def _of_orders(row: Any) -> Callable[[Person], ColumnElement[bool]]:
    return lambda person: row.order_id.in_(person.orders)


def _of_executions(row: Any) -> Callable[[Person], ColumnElement[bool]]:
    return lambda person: row.subject_id.in_(person.executions)


def _actor(row: Any) -> Callable[[Person], ColumnElement[str]]:
    return lambda person: person.replace(row.actor)


def _pseudonym(person: Person) -> str:
    return person.pseudonym


def _in_audit(person: Person) -> ColumnElement[bool]:
    names = (str(person.user_id), person.email, person.pseudonym)
    ids = select(cast(person.executions.subquery().c[0], String))
    return or_(AuditRow.actor.in_(names), AuditRow.subject.in_(names), AuditRow.subject.in_(ids))


def _kept_details() -> Any:
    """The details of an audit row without the words that somebody typed."""
    detail = func.jsonb_each(AuditRow.details).table_valued("key", "value")
    kept = func.jsonb_object_agg(detail.c.key, detail.c.value)
    return (
        select(func.coalesce(kept, literal({}, JSONB)))
        .select_from(detail)
        .where(detail.c.key.in_(KEPT_DETAILS))
        .scalar_subquery()
    )


def _without_its_error(_: Person) -> Any:
    # NULL stays NULL; what is still to be told to a machine stays to be told.
    path = cast(["error"], ARRAY(Text))
    return func.jsonb_set(ActivityRow.giving_up, path, literal(ERASED, JSONB))


def _needed_sentence(_: Person) -> Any:
    # What a person has still to do is about money. The address is in what could not be delivered.
    needed = Notice.settled_at.is_(None) & (Notice.kind != NoticeKind.UNDELIVERED)
    return case((needed, Notice.text), else_=ERASED)


HOLDINGS = (
    Holding(
        User,
        lambda person: User.id == person.user_id,
        erase={
            "email": _pseudonym,
            "username": ERASED,
            **dict.fromkeys(
                (
                    *("first_name", "last_name", "address_line1", "address_line2", "city"),
                    *("region", "postal_code", "country", "phone_number"),
                ),
                "",
            ),
        },
    ),
    Holding(
        UserSession,
        lambda person: UserSession.user_id == person.user_id,
        erase={"user_agent": "", "ip_address": "", "family_secret": None},
        hidden=("family_secret", "generation", "superseded_at"),
    ),
    Holding(
        PasskeyChallenge,
        lambda person: PasskeyChallenge.user_id == person.user_id,
        hidden=("challenge",),
        deleted=True,
    ),
    Holding(
        Passkey,
        lambda person: Passkey.user_id == person.user_id,
        hidden=("credential_id", "public_key"),
        deleted=True,
    ),
    Holding(
        Login,
        lambda person: Login.email.in_((person.email, person.pseudonym)),
        erase={"email": _pseudonym, "code_hash": "", "browser_hash": None},
        hidden=("code_hash", "browser_hash"),
    ),
    Holding(
        LoginFailure,
        lambda person: LoginFailure.email.in_((person.email, person.pseudonym)),
        erase={"email": _pseudonym},
    ),
    Holding(
        Order,
        lambda person: Order.user_id == person.user_id,
        erase={
            # The reference is the customer's own text; the id is as unique.
            "reference_id": lambda _: cast(Order.id, String),
            "request_hash": "",
            "billing_address": "",
            "shipping_address": "",
            "payment_method": None,
        },
        hidden=("request_hash",),
    ),
    Holding(OrderItem, _of_orders(OrderItem)),
    Holding(
        Payment,
        _of_orders(Payment),
        erase=dict.fromkeys(("client_secret", "last4", "exp_month", "exp_year", "card_brand")),
        hidden=("client_secret",),
    ),
    Holding(Refund, _of_orders(Refund), erase={"reason": None, "failure_reason": None}),
    Holding(Dispute, _of_orders(Dispute)),
    Holding(Shipment, _of_orders(Shipment), erase={"tracking_number": ERASED}),
    Holding(Notice, _of_orders(Notice), erase={"text": _needed_sentence}),
    Holding(
        Transition, _of_executions(Transition), erase={"reason": None, "actor": _actor(Transition)}
    ),
    Holding(
        ActivityRow,
        _of_executions(ActivityRow),
        erase={"last_error": None, "giving_up": _without_its_error},
        hidden=("token", "secret"),
    ),
    Holding(
        SignalRow,
        _of_executions(SignalRow),
        erase={"payload": ERASED_PAYLOAD, "last_error": None},
    ),
    Holding(
        AuditRow,
        _in_audit,
        erase={
            "actor": _actor(AuditRow),
            "subject": lambda person: person.replace(AuditRow.subject),
            "details": lambda _: _kept_details(),
        },
    ),
    Holding(Erasure, lambda person: Erasure.user_id == person.user_id),
)
# The tables that hold nothing about a customer, each with the reason.
NOT_PERSONAL = {
    "product": "the catalogue; `created_by` is a member of the staff",
    "stock_move": "counts of pieces, with the order's id",
    "reconciliation": "counts of a comparison with Stripe",
    "idempotency_key": "random keys with the ids of a user and an order",
    "sweep": "when the last sweep was",
}


def export(person: Person) -> dict[str, list[dict[str, Any]]]:
    """Return all that is kept about a person: the rows of each table, by column.

    Money is integer minor units; times are in UTC. Secrets of ours are left out.
    """
    document: dict[str, list[dict[str, Any]]] = {}
    for holding in HOLDINGS:
        mapper = inspect(holding.row)
        columns = [c.key for c in mapper.column_attrs if c.key not in holding.hidden]
        rows = db.session.scalars(
            select(holding.row).where(holding.of(person)).order_by(*mapper.primary_key)
        )
        document[holding.row.__tablename__] = [
            {name: getattr(row, name) for name in columns} for row in rows.unique()
        ]
    return document
