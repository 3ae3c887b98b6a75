"""The guard of the routes below /admin: roles, step-up, and audited changes.

Each route declares its role with `@needs`, and is refused without a declaration.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from flask import current_app, request
from flask_openapi.models.tag import Tag

from models import transaction
from models.audit import audit
from models.errors import ConflictError, ForbiddenError
from state_machines.durable.operations.commands import OperationRefusedError
from state_machines.durable.operations.expected_version import UnchangedError
from web import authentication
from web.activity_registry import load_activities
from web.blueprint import ApiBlueprint
from web.request import cause

V = TypeVar("V", bound=Callable[..., Any])
DECLARATION = "admin_need"


class Role(StrEnum):
    STAFF = "staff"  # reads, and serves customers
    ADMIN = "admin"  # also does the dangerous


# The roles of users that may do what needs a role.
ADMITTED = {Role.STAFF: authentication.STAFF_ROLES, Role.ADMIN: frozenset({"admin"})}


@dataclass(frozen=True, slots=True)
class Need:
    """The role that a route needs, and whether it needs a recent sign-in, too."""

    role: Role
    step_up: bool = False


def needs(role: Role, *, step_up: bool = False) -> Callable[[V], V]:
    """Declare the role of a route. Write it below `@api.get` and the like.

    With `step_up` the caller must have signed in or stepped up within ten minutes.
    """

    def declare(view: V) -> V:
        setattr(view, DECLARATION, Need(role, step_up))
        return view

    return declare


def blueprint(subject: str) -> ApiBlueprint:
    """Create the blueprint of a module of this package; its paths begin with /admin."""
    api = ApiBlueprint(
        f"admin_{subject}",
        __name__,
        url_prefix="/admin",
        abp_tags=[Tag(name="admin")],
        abp_security=[{"bearer": []}],
    )
    api.before_request(check)
    return api


def check() -> None:
    """Refuse a request unless its caller has the declared role; a handler for `before_request`.

    Raises NotAuthenticatedError, ForbiddenError, or StepUpError.
    """
    authentication.require_session()
    if request.method == "OPTIONS":
        return
    need = declared_need(current_app.view_functions[request.endpoint or ""])
    if need is None or ADMITTED[need.role].isdisjoint(authentication.caller().roles):
        raise ForbiddenError(f"Only {need.role if need else 'nobody'} may do this")
    if need.step_up:
        authentication.require_recent_sign_in()
    load_activities()


def declared_need(view: Callable[..., Any]) -> Need | None:
    """Return the declaration of a route's function, or None."""
    need: Need | None = getattr(view, DECLARATION, None)
    return need


def actor() -> str:
    """Return the name of the caller in the history and in the audit: the user's id."""
    return str(authentication.caller().user_id)


@contextmanager
def audited(action: str, subject: object = None, **details: Any) -> Iterator[dict[str, Any]]:
    """Run the block in one transaction, attributed to the caller, and write its audit row.

    `action` is that of the command for the same, such as "orders ship". Yields `details`, to which
    the block may add. Raises ConflictError when an operation is refused; nothing was changed then.
    A block that raises UnchangedError is undone and leaves no row.
    """
    with suppress(UnchangedError), refused_as_conflict(), cause(actor()), transaction():
        yield details
        audit(actor(), action, subject, **details)


@contextmanager
def refused_as_conflict() -> Iterator[None]:
    """Turn refused operations into ConflictError (409)."""
    try:
        yield
    except OperationRefusedError as error:
        raise ConflictError(str(error)) from error
