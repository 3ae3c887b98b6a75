"""Route of the landing page, which links to everything."""

from flask import Blueprint, Response, current_app

bp = Blueprint("landing", __name__)


@bp.get("/")
def page() -> Response:
    """Return the page."""
    return current_app.send_static_file("index.html")
