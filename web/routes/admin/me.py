"""The route of the operator who is signed in."""

from typing import Any

from config import settings
from models import reading
from models.clock import now
from web import authentication
from web.authentication import MAX_SIGN_IN_AGE
from web.openapi import VERSION
from web.pagination import conditional
from web.routes.admin.guard import Role, blueprint, needs
from web.schemas.admin.me import OperatorView

api = blueprint("me")


@api.get("/me", responses={200: OperatorView})
@needs(Role.STAFF)
def show() -> Any:
    """Return the operator who is signed in, and the environment that the console changes."""
    caller = authentication.caller()
    with reading():
        user = authentication.current_user()
    end = caller.authenticated_at + MAX_SIGN_IN_AGE
    view = OperatorView(
        id=user.id,
        email=user.email,
        roles=sorted(caller.roles),
        environment=settings.projectx_env,
        version=VERSION,
        authenticated_at=caller.authenticated_at,
        step_up_until=end if end > now() else None,
        refund_step_up_above=settings.refund_step_up_above,
    )
    return conditional(view.json_ready())
