"""Routes with which admins change users: roles, suspension, export and erasure."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from models import ErasureState, User, UserStatus
from models.errors import ConflictError, ForbiddenError, InvalidInputError
from state_machines.actions import manage_users
from state_machines.actions.erase_user import request_erasure
from state_machines.durable.operations.expected_version import UnchangedError, require_moves
from web import authentication
from web.personal_export import export_of
from web.routes.admin.guard import Role, audited, blueprint, needs
from web.routes.admin.user_view import load_user
from web.schemas.admin.user import EraseUser, Reasoned, RoleChange, UserDetail, UserPath
from web.schemas.privacy import ErasureRequested

api = blueprint("user_changes")


@api.post("/users/<uuid:userId>/roles", responses={200: UserDetail})
@needs(Role.ADMIN, step_up=True)
def change_roles(path: UserPath, body: RoleChange) -> Any:
    """Give a user a role, or remove it. It takes effect at once, also in open sessions.

    Nobody changes their own roles, and the last admin stays one.
    """
    body.refuse_ambiguous()
    _refuse_self(path, "Nobody changes their own roles")
    if body.grant is not None:
        _grant(path.user_id, body.grant, body.reason)
    else:
        _revoke(path.user_id, str(body.revoke), body.reason)
    return load_user(path.user_id).json_ready()


@api.post("/users/<uuid:userId>/suspend", responses={200: UserDetail})
@needs(Role.ADMIN)
def suspend(path: UserPath, body: Reasoned) -> Any:
    """End a user's sessions, and refuse sign-ins and new orders. Placed orders continue."""
    _refuse_self(path, "Nobody suspends themselves")
    with audited("users suspend", path.user_id, reason=body.reason):
        user = manage_users.lock_for_removal(User.id == path.user_id)
        if user.status == UserStatus.SUSPENDED:
            raise UnchangedError
        manage_users.suspend(user)
    return load_user(path.user_id).json_ready()


@api.post("/users/<uuid:userId>/reinstate", responses={200: UserDetail})
@needs(Role.ADMIN)
def reinstate(path: UserPath, body: Reasoned) -> Any:
    """Let a suspended user sign in again."""
    with audited("users restore", path.user_id, reason=body.reason):
        user = manage_users.lock(User.id == path.user_id)
        if user.status == UserStatus.ACTIVE:
            raise UnchangedError
        manage_users.restore(user)
    return load_user(path.user_id).json_ready()


@api.post("/users/<uuid:userId>/export", responses={200: {"content": {"application/json": {}}}})
@needs(Role.ADMIN, step_up=True)
def export_data(path: UserPath, body: Reasoned) -> Any:
    """Download all data about a user as a JSON file. Amounts are in minor units."""
    with audited("users export", path.user_id, reason=body.reason):
        return export_of(manage_users.find(User.id == path.user_id))


@api.post("/users/<uuid:userId>/erase", responses={202: ErasureRequested})
@needs(Role.ADMIN, step_up=True)
def erase(path: UserPath, body: EraseUser) -> Any:
    """Delete a user's account and erase the personal data, or retry an erasure that failed.

    422 unless `email` is the user's. 409 while an order, a refund or a dispute is open.
    """
    _refuse_self(path, "Nobody erases themselves here: the account page does it")
    with audited("users erase", path.user_id, reason=body.reason):
        user = manage_users.lock_for_removal(User.id == path.user_id)
        if user.email != body.email:
            raise InvalidInputError("email", "is not the address of this user")
        erasure = request_erasure(user)
        answer = ErasureRequested(
            erasure_id=erasure.id,
            status=ErasureState(erasure.state),
            message="The account is closed, and its personal data is being erased",
        )
        require_moves()
    return answer.json_ready(), HTTPStatus.ACCEPTED


def _grant(user_id: UUID, role: str, reason: str) -> None:
    """Give a user a role. Raises NotFoundError, and ConflictError when the user is deleted."""
    with audited("users grant", user_id, role=role, reason=reason):
        user = manage_users.lock(User.id == user_id)
        if user.status == UserStatus.DELETED:
            raise ConflictError("The user is deleted")
        if role in user.roles:
            raise UnchangedError
        manage_users.grant(user, role)


def _revoke(user_id: UUID, role: str, reason: str) -> None:
    """Remove a role from a user. Raises NotFoundError, and ConflictError for the last admin."""
    is_admin = role == manage_users.ADMIN
    lock = manage_users.lock_for_removal if is_admin else manage_users.lock
    with audited("users revoke", user_id, role=role, reason=reason):
        user = lock(User.id == user_id)
        if role not in user.roles:
            raise UnchangedError
        manage_users.revoke(user, role)


def _refuse_self(path: UserPath, message: str) -> None:
    if path.user_id == authentication.caller().user_id:
        raise ForbiddenError(message)
