"""The application class that generates the API's description (OpenAPI 3.1)."""

from typing import Any

from flask import Response
from flask_openapi.models.info import Info
from flask_openapi.models.path_item import PathItem
from flask_openapi.models.security_scheme import SecurityScheme
from flask_openapi.openapi import OpenAPI

from web import errors, static_files
from web.blueprint import ApiBlueprint
from web.request import Request
from web.schemas.problem import Problem

VERSION = "1.0.0"
PROBLEM = {"schema": {"$ref": "#/components/schemas/Problem"}}
ABOUT = """Passwordless login, products, orders and payments. Errors are problem documents
(RFC 9457)."""
PREFER = {
    "name": "Prefer",
    "in": "header",
    "schema": {"type": "string"},
    "example": "wait=10",
    "description": "The seconds that the client is willing to wait (RFC 7240).",
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "maxLength": 257},
    "example": '"8e03978e-40d5-43dd-bc93-6894a57f9324"',
    "description": "Repeating a key returns the same order. May replace `referenceId`.",
}
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "schema": {"type": "string"},
    "example": '"1f0c3b5d7e9a2b4c"',
    "description": "An ETag; the response is 304 while the order is unchanged. With `Prefer: wait`,"
    " it is sent when the order changes, or after that time.",
}
TRACKED = [PREFER, IF_NONE_MATCH]
# Request headers of operations, by path and method.
HEADERS = {
    ("/order", "post"): [PREFER, IDEMPOTENCY_KEY],
    ("/order/status/{referenceId}", "get"): TRACKED,
    ("/order/summary/{orderId}", "get"): TRACKED,
    ("/order/summary", "get"): TRACKED,
}


class Api(OpenAPI):
    """A Flask application with an OpenAPI description and strict requests."""

    request_class = Request

    def __init__(self, name: str) -> None:
        super().__init__(
            name,
            info=Info(title="ProjectX", version=VERSION, description=ABOUT),
            security_schemes={
                "bearer": SecurityScheme(type="http", scheme="bearer", bearerFormat="JWT")
            },
            validation_error_model=Problem,
            validation_error_callback=errors.validation_error,
            doc_ui=False,
        )
        self.openapi_version = "3.1.0"
        self._described: list[ApiBlueprint] = []

    def request_context(self, environ: Any) -> Any:
        """Convert the host to lower case before it is checked: hosts are case-insensitive.

        Source: https://www.rfc-editor.org/rfc/rfc9110#section-4.2.3
        """
        if "HTTP_HOST" in environ:
            environ["HTTP_HOST"] = environ["HTTP_HOST"].lower()
        return super().request_context(environ)

    def send_static_file(self, filename: str) -> Response:
        """Return a file of web/static, compressed if the browser accepts it."""
        return static_files.send(str(self.static_folder), filename)

    def register_api(self, api: ApiBlueprint, **options: Any) -> None:  # type: ignore[override]
        """Serve a blueprint. Another one may have the same paths with other methods."""
        self.describe(api)
        self.register_blueprint(api, **options)

    def describe(self, api: ApiBlueprint) -> None:
        """Add the routes of another service to the description, without serving them."""
        self._described.append(api)

    def generate_spec_json(self) -> None:
        """Add the error responses of all operations, and the request headers of some."""
        for api in self._described:
            self._add(api)
        super().generate_spec_json()  # type: ignore[no-untyped-call]
        for path, item in self.spec_json["paths"].items():
            for method, operation in item.items():
                if headers := HEADERS.get((path, method)):
                    operation["parameters"] = [*operation.get("parameters", []), *headers]
                responses: dict[str, Any] = operation["responses"]
                if headers is TRACKED:
                    responses["304"] = {"description": "The order is unchanged"}
                content = {"application/problem+json": PROBLEM}
                responses["422"] = {"description": "A field is invalid", "content": content}
                responses["default"] = {"description": "A problem", "content": content}

    def _add(self, api: ApiBlueprint) -> None:
        api.describe()
        self.tags += [tag for tag in api.tags if tag not in self.tags]
        for path, item in api.paths.items():
            self.paths[path] = _merge(self.paths[path], item) if path in self.paths else item
        self.components_schemas.update(api.components_schemas)


def _merge(earlier: PathItem, later: PathItem) -> PathItem:
    return earlier.model_copy(update=later.model_dump(exclude_none=True, by_alias=True))
