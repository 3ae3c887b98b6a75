"""Look-ups that several routes of the console share: machines, emails of people, and links."""

from collections.abc import Iterable
from urllib.parse import quote
from uuid import UUID

from sqlalchemy import select

from config import settings
from models import ActivityRow, SignalRow, Transition, User, tracing
from models.base import db
from models.errors import InvalidInputError, NotFoundError
from models.ids import as_id
from state_machines.durable import Activity, DurableMachine
from state_machines.durable.operations.executions import Machine
from state_machines.durable.operations.filters import has_activity
from web.schemas.admin.executions import Link


def find_machine(name: str) -> Machine:
    """Return a machine. Raises NotFoundError."""
    machine = DurableMachine.registry.get(name)
    if machine is None:
        raise NotFoundError(f"There is no machine of this name; there are {', '.join(names())}")
    return machine


def names() -> list[str]:
    """Return the names of all machines."""
    return sorted(DurableMachine.registry)


def require_machine(name: str | None) -> None:
    """Refuse a filter for a machine that does not exist. Raises InvalidInputError."""
    if name is not None and name not in DurableMachine.registry:
        raise InvalidInputError("machine", f"must be one of {', '.join(names())}")


def require_activity(field: str, name: str | None) -> None:
    """Refuse a filter for a name that neither the code nor an open or failed activity has.

    Raises InvalidInputError.
    """
    if name is not None and name not in Activity.registry and not has_activity(name):
        raise InvalidInputError(field, "is the name of no activity")


def emails_of(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Return the email addresses of users by their ids."""
    known = {user_id for user_id in ids if user_id is not None}
    if not known:
        return {}
    query = select(User.id, User.email).where(User.id.in_(known))
    return {row.id: row.email for row in db.session.execute(query)}


def emails_of_actors(actors: Iterable[str | None]) -> dict[str, str]:
    """Return the email addresses of those actors, or subjects, that are users, by their names."""
    ids = {actor: as_id(actor) for actor in actors if actor is not None}
    emails = emails_of(ids.values())
    return {actor: emails[key] for actor, key in ids.items() if key is not None and key in emails}


def link(label: str, template: str, key: str | None) -> list[Link]:
    """Return a link made of a template of the settings; nothing without a template or an id."""
    if not template or not key:
        return []
    return [Link(label=label, url=template.replace("{id}", quote(key, safe="")))]


def trace_link(row: ActivityRow | SignalRow | Transition) -> list[Link]:
    """Return the link to the trace of a row; nothing if it has none."""
    return link("Trace", settings.trace_url, tracing.trace_id(row.traceparent))
