"""The route of the search by any id. Each look-up is one by an index."""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import select

from models import ActivityRow, Payment, Product, Shipment, SignalRow, Transition, reading
from models.base import db
from models.ids import as_id
from models.money import display
from models.order import number_of
from models.product import MAX_PRODUCT_ID
from models.user import User, has_address
from state_machines import OrderMachine, PaymentMachine
from state_machines.durable import DurableMachine
from state_machines.durable.base import handling
from state_machines.durable.operations.executions import (
    Machine,
    Summary,
    load_list,
    load_summary,
)
from state_machines.durable.operations.executions import Order as Sort
from state_machines.durable.operations.filters import Filters
from web.pagination import conditional
from web.routes.admin.guard import Role, blueprint, needs
from web.schemas.admin.search import Found, FoundView, SearchQuery, execution_path

api = blueprint("search")
# Of each kind.
MAX_FOUND = 10


@api.get("/search", responses={200: Found})
@needs(Role.STAFF)
def search(query: SearchQuery) -> Any:
    """Find what has this id: executions, activities, signals, users, and products."""
    with reading():
        items = list(_find(query.q))
    # The same execution may be found by several of its ids.
    unique = {(item.kind, item.machine, item.id): item for item in items}
    return conditional(Found(items=list(unique.values())).json_ready())


def _find(text: str) -> Iterator[FoundView]:
    yield from map(_view_execution, _find_executions(text))
    key = as_id(text)
    activities = ActivityRow.provider_request_id == text
    yield from map(
        _view_activity, _load(ActivityRow, activities if key is None else ActivityRow.id == key)
    )
    signals = SignalRow.source.in_(list(handling.handlers)) & (SignalRow.external_id == text)
    yield from map(_view_signal, _load(SignalRow, signals if key is None else SignalRow.id == key))
    yield from map(_view_user, _load(User, has_address(text) if key is None else User.id == key))
    if key is None:
        yield from map(_view_product, _find_products(text))


def _load(row: type[Any], condition: Any) -> Iterable[Any]:
    return db.session.scalars(select(row).where(condition).limit(MAX_FOUND))


def _find_executions(text: str) -> Iterator[Summary]:
    key = as_id(text)
    if key is not None:
        for machine in DurableMachine.registry.values():
            yield from _one(machine, key)
    # A customer's reference may look like an id, too.
    users = list(db.session.scalars(select(User.id).where(has_address(text))))
    filters = Filters(text=text, customers=users)
    machines = list(DurableMachine.registry.values())
    yield from load_list(machines, filters, Sort.NEWEST, None, MAX_FOUND).rows
    yield from _by_other_ids(text)


def _by_other_ids(text: str) -> Iterator[Summary]:
    """Yield the executions of a charge, of a parcel, and those that a request has moved."""
    for payment_id in _ids(Payment.id, Payment.charge_id == text):
        yield from _one(PaymentMachine, payment_id)
    for order_id in _ids(Shipment.order_id, Shipment.tracking_number == text):
        yield from _one(OrderMachine, order_id)
    moved = select(Transition.machine, Transition.subject_id).distinct().limit(MAX_FOUND)
    for name, subject_id in db.session.execute(
        moved.where(Transition.cause == f"request:{text}", Transition.cause.startswith("request:"))
    ):
        if name in DurableMachine.registry:
            yield from _one(DurableMachine.registry[name], subject_id)


def _ids(column: Any, condition: Any) -> Iterable[UUID]:
    return db.session.scalars(select(column).where(condition).limit(MAX_FOUND)).all()


def _one(machine: Machine, key: UUID) -> Iterator[Summary]:
    summary = load_summary(machine, key)
    if summary is not None:
        yield summary


def _find_products(text: str) -> Iterable[Product]:
    is_number = text.isascii() and text.isdecimal() and int(text[:20]) <= MAX_PRODUCT_ID
    condition = Product.sku == text
    if is_number and len(text) <= len(str(MAX_PRODUCT_ID)):
        condition |= Product.id == int(text)
    return _load(Product, condition)


def _view_execution(summary: Summary) -> FoundView:
    name = summary.machine.name
    return FoundView(
        kind="execution",
        machine=name,
        id=str(summary.id),
        title=f"{name} {_name_of(summary)}",
        subtitle=", ".join(_tell_apart(summary)),
        path=execution_path(name, summary.id),
    )


def _name_of(summary: Summary) -> str:
    """Return what people call an execution: an order by its number, as its customer does."""
    is_order = summary.machine is OrderMachine
    return number_of(summary.id) if is_order else str(summary.key or summary.id)


def _tell_apart(summary: Summary) -> Iterator[str]:
    """Yield what tells the executions of a customer apart."""
    yield summary.state
    if summary.amount is not None and summary.currency is not None:
        yield display(summary.amount, summary.currency)
    yield f"{summary.created_at:%Y-%m-%d %H:%M} UTC"


def _view_activity(row: ActivityRow) -> FoundView:
    return FoundView(
        kind="activity",
        machine=row.machine,
        id=str(row.id),
        title=row.name,
        subtitle=f"{row.state}, {row.attempts} attempts",
        path=f"/console/activities/{row.id}",
    )


def _view_signal(row: SignalRow) -> FoundView:
    return FoundView(
        kind="signal",
        machine=None,
        id=str(row.id),
        title=f"{row.source} {row.kind}",
        subtitle=f"{row.state}, {row.external_id}",
        path=f"/console/signals/{row.id}",
    )


def _view_user(row: User) -> FoundView:
    return FoundView(
        kind="user",
        machine=None,
        id=str(row.id),
        title=row.email,
        subtitle=row.status.value,
        path=f"/console/people/{row.id}",
    )


def _view_product(row: Product) -> FoundView:
    return FoundView(
        kind="product",
        machine=None,
        id=str(row.id),
        title=row.name,
        subtitle=row.sku,
        path=f"/console/catalogue/{row.id}",
    )
