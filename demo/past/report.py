"""The report about a past: what there is, and how to sign in."""

from collections import Counter
from enum import StrEnum

from sqlalchemy import func, select

from demo.past.people import ADMIN, CUSTOMERS, STAFF
from models import ActivityRow, ActivityState, Dispute, Notice, Order, Refund, User, reading
from models.durable.execution import Execution


def format_report() -> str:
    """Return the counts of the rows, and the addresses that can sign in."""
    with reading() as session:
        customers = session.scalar(select(func.count()).where(User.roles == [])) or 0
        failed = ActivityRow.state == ActivityState.FAILED
        failures = session.scalar(select(func.count()).where(failed)) or 0
        notices = session.scalar(select(func.count()).where(Notice.settled_at.is_(None))) or 0
    lines = [
        "This shop now has a past:",
        f"  {_count_states(Order, 'orders')}",
        f"  {_count_states(Refund, 'refunds')}; {_count_states(Dispute, 'disputes')}",
        f"  {customers} customers, {failures} failed activities, {notices} open notices",
        "Sign in with one of these addresses; its code arrives in the sandbox's mailbox:",
        f"  {ADMIN:<22} admin",
        f"  {STAFF:<22} staff",
        f"  {CUSTOMERS[0].email:<22} a customer with orders",
    ]
    return "\n".join(lines)


def _count_states(model: type[Execution], plural: str) -> str:
    with reading() as session:
        states: list[StrEnum] = list(session.scalars(select(model.state)))
    counts = Counter(str(state) for state in states)
    listed = ", ".join(f"{number} {state}" for state, number in counts.most_common())
    return f"{len(states)} {plural}" + (f" ({listed})" if listed else "")
