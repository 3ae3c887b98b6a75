"""Routes of the landing page, which links to everything."""

from flask import Blueprint, Response, current_app, jsonify

from config import settings

bp = Blueprint("landing", __name__)


@bp.get("/")
def page() -> Response:
    """Return the page."""
    return current_app.send_static_file("index.html")


@bp.get("/places.json")
def places() -> Response:
    """Return the ports of the other services on this machine."""
    return jsonify(flower=settings.flower_port, mailbox=settings.sandbox_port)
