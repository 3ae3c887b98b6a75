"""The first page: where everything is."""

from flask import Blueprint, Response, current_app, jsonify

from config import settings

bp = Blueprint("landing", __name__)


@bp.get("/")
def page() -> Response:
    return current_app.send_static_file("index.html")


@bp.get("/places.json")
def places() -> Response:
    """The ports of what runs beside us."""
    return jsonify(flower=settings.flower_port, mailbox=settings.sandbox_port)
