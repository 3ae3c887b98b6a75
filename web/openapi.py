"""The API's description (OpenAPI 3.1), and a page that shows it without any network."""

from importlib.resources import files
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, send_from_directory
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.info import Info
from flask_openapi.models.path_item import PathItem
from flask_openapi.models.security_scheme import SecurityScheme
from flask_openapi.openapi import OpenAPI

from web import errors
from web.request import Request
from web.schemas.problem import Problem

bp = Blueprint("document", __name__)

SWAGGER = str(files("flask_openapi_swagger") / "templates" / "swagger")
PROBLEM = {"schema": {"$ref": "#/components/schemas/Problem"}}
ABOUT = """Passwordless login, products, orders and payments. Errors are problem documents
(RFC 9457)."""
PREFER = {
    "name": "Prefer",
    "in": "header",
    "schema": {"type": "string"},
    "example": "wait=10",
    "description": "How many seconds the answer may wait (RFC 7240).",
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "maxLength": 257},
    "example": '"8e03978e-40d5-43dd-bc93-6894a57f9324"',
    "description": "The same key again is the same order. It may stand for a `referenceId`.",
}
# Headers that operations read, by path and method.
HEADERS = {
    ("/order", "post"): [PREFER, IDEMPOTENCY_KEY],
    ("/order/status/{referenceId}", "get"): [PREFER],
}


class Api(OpenAPI):
    """A Flask application that describes itself."""

    request_class = Request

    def __init__(self, name: str) -> None:
        super().__init__(
            name,
            info=Info(title="ProjectX", version="1.0.0", description=ABOUT),
            security_schemes={
                "bearer": SecurityScheme(type="http", scheme="bearer", bearerFormat="JWT")
            },
            validation_error_model=Problem,
            validation_error_callback=errors.invalid,
            doc_ui=False,
        )
        self.openapi_version = "3.1.0"
        self.register_blueprint(bp)

    def request_context(self, environ: Any) -> Any:
        """Bring the host's name into lower case before anybody judges it: capitals mean nothing.

        Source: https://www.rfc-editor.org/rfc/rfc9110#section-4.2.3
        """
        if "HTTP_HOST" in environ:
            environ["HTTP_HOST"] = environ["HTTP_HOST"].lower()
        return super().request_context(environ)

    def register_api(self, api: APIBlueprint, **options: Any) -> None:
        """Two blueprints may answer on one path, each with methods of its own."""
        shared = {path: self.paths[path] for path in api.paths if path in self.paths}
        super().register_api(api, **options)
        for path, earlier in shared.items():
            self.paths[path] = _both(earlier, self.paths[path])

    def describe(self, api: APIBlueprint) -> None:
        """Describe what another service answers: the description is of all of them."""
        self.tags += [tag for tag in api.tags if tag not in self.tags]
        for path, item in api.paths.items():
            self.paths[path] = _both(self.paths[path], item) if path in self.paths else item
        self.components_schemas.update(api.components_schemas)

    def generate_spec_json(self) -> None:
        """Add what operations share: every one may answer a problem, and some read headers."""
        super().generate_spec_json()  # type: ignore[no-untyped-call]
        for address, path in self.spec_json["paths"].items():
            for method, operation in path.items():
                if headers := HEADERS.get((address, method)):
                    operation["parameters"] = [*operation.get("parameters", []), *headers]
                responses: dict[str, Any] = operation["responses"]
                content = {"application/problem+json": PROBLEM}
                responses["422"] = {"description": "A field is wrong", "content": content}
                responses["default"] = {"description": "A problem", "content": content}


def _both(earlier: PathItem, later: PathItem) -> PathItem:
    return earlier.model_copy(update=later.model_dump(exclude_none=True, by_alias=True))


@bp.get("/openapi.json")
def description() -> Response:
    app = current_app
    return jsonify(app.api_doc if isinstance(app, OpenAPI) else {})


@bp.get("/docs")
def page() -> Response:
    return current_app.send_static_file("docs.html")


@bp.get("/docs/<path:name>")
def asset(name: str) -> Response:
    """The page's scripts and styles, which come with the package flask-openapi-swagger."""
    return send_from_directory(SWAGGER, name)
