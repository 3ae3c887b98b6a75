"""The shell of the pages: templates, static files, and the security policy."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

FOLDER = Path(__file__).parent
# Nothing inline, nothing from elsewhere; only frames of emails, which have a policy of their own.
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_templates = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class BadQueryError(Exception):
    """A parameter of a page's address is invalid."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field} {message}")
        self.field, self.message = field, message


def render(template: str, *, status: int = 200, **variables: Any) -> web.Response:
    """Return a page. Values are escaped by the template."""
    html = _templates.get_template(template).render(variables)
    return web.Response(text=html, status=status, content_type="text/html", headers=HEADERS)


def refuse(error: BadQueryError) -> web.Response:
    """Return the page of a bad request, which names the field."""
    return render("problem.html", status=400, title="Bad request", text=f"{error}.", here="")


def as_time(seconds: float) -> dict[str, str]:
    """Return a time for a `<time>` element: exact, and in words until a script localises it."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return {"exact": moment.isoformat(timespec="seconds"), "words": f"{moment:%d %b %Y %H:%M} UTC"}


def static_routes() -> list[web.RouteDef]:
    """Return a route for each static file; there are only these."""

    def serve(path: Path) -> web.RouteDef:
        async def show(_: web.Request) -> web.FileResponse:
            headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
            return web.FileResponse(path, headers=headers)

        return web.get(f"/static/{path.name}", show)

    return [serve(path) for path in sorted((FOLDER / "static").iterdir())]
