"""Routes of the API's documentation. The page needs no other site."""

from importlib.resources import files

from flask import Blueprint, Response, current_app, jsonify, send_from_directory
from flask_openapi.openapi import OpenAPI

from web.security_headers import POLICY, REFERENCE_POLICY

bp = Blueprint("document", __name__)

SWAGGER = str(files("flask_openapi_swagger") / "templates" / "swagger")


@bp.get("/openapi.json")
def description() -> Response:
    """Return the OpenAPI description."""
    app = current_app
    return jsonify(app.api_doc if isinstance(app, OpenAPI) else {})


@bp.get("/docs")
def page() -> Response:
    """Return the page that shows the description."""
    response = current_app.send_static_file("docs.html")
    response.headers[POLICY] = REFERENCE_POLICY
    return response


@bp.get("/docs/<path:name>")
def asset(name: str) -> Response:
    """Return a script or style of the page, from the package flask-openapi-swagger."""
    return send_from_directory(SWAGGER, name)
