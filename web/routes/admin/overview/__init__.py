"""The route of the overview, whose figures each process computes once in two seconds."""

from typing import Any

from web.cached import Cached
from web.pagination import conditional
from web.routes.admin.guard import Role, blueprint, needs
from web.routes.admin.overview.figures import load_overview
from web.schemas.admin.overview import OverviewView

api = blueprint("overview")

MAX_AGE = 2.0  # seconds
overview: Cached[dict[str, Any]] = Cached(MAX_AGE, load_overview)


@api.get("/overview", responses={200: OverviewView})
@needs(Role.STAFF)
def show() -> Any:
    """Return the state of the shop at a glance, at most two seconds old."""
    return conditional(overview.get())
