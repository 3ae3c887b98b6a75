"""Routes of the web app: its pages, which are one HTML file, and its hashed assets."""

import hashlib
import re
import secrets
from contextlib import suppress
from dataclasses import replace
from http import HTTPStatus
from mimetypes import guess_type

from flask import Blueprint, Flask, Response, current_app, request, send_file
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException, NotFound

from config import settings
from models import Product, reading
from models.product import MAX_PRODUCT_ID
from web import dist, errors
from web.page_answers import FIRST_PAGE, answers_of, answers_of_product
from web.page_head import Head, head_of
from web.routes.shop import view_of
from web.security_headers import POLICY, page_policy

bp = Blueprint("pages", __name__)

PRODUCT = "/products/<product_id>"
# Of no interest to search engines: they are a person's own.
PRIVATE = (
    "/cart",
    "/checkout",
    "/sign-in",
    "/orders",
    "/orders/<reference>",
    "/orders/<reference>/receipt",
    "/account",
    "/goodbye",
)
PUBLIC = ("/", "/products", "/terms", "/privacy", "/about")
# The paths of the app's router: frontend/src/router.tsx.
PATHS = (*PUBLIC, PRODUCT, *PRIVATE)
# The console says itself that it has no such page: frontend/src/console/routes.ts.
CONSOLE = ("/console", "/console/<path:page>")
# The files of frontend/public, which have no hash in their names.
ROOT_FILES = ("color-scheme.js",)
# Of the catalogue: the first row on a phone, whose pictures load while the app starts.
FIRST_PICTURES = 2
PRODUCT_ID = re.compile(r"[1-9][0-9]{0,15}")
FOREVER = "public, max-age=31536000, immutable"
MISSING = "The pages are not built: `make run` builds them. The API is described at /docs.\n"


def register(app: Flask) -> None:
    """Serve the web app, also as the answer to a browser that asks for an unknown page."""
    app.register_blueprint(bp)
    app.register_error_handler(HTTPStatus.NOT_FOUND, _not_found)


def page(**_: str) -> Response:
    """Return a page of the app."""
    rule = request.url_rule.rule if request.url_rule else ""
    answers = {}
    # Filters would lead to other answers.
    if not request.args:
        with suppress(OperationalError, PoolTimeoutError), reading():
            answers = answers_of(rule)
    first = answers.get(FIRST_PAGE, {"data": []})["data"][:FIRST_PICTURES]
    pictures = tuple(product["imageUrl"] for product in first if product["imageUrl"])
    return _render(Head(request.path, is_public=rule in PUBLIC, answers=answers, pictures=pictures))


@bp.get(PRODUCT)
def product(product_id: str) -> Response:
    """Return the page of a product, with a head for link previews and search engines."""
    is_id = PRODUCT_ID.fullmatch(product_id) and int(product_id) <= MAX_PRODUCT_ID
    try:
        with reading() as session:
            row = session.get(Product, int(product_id)) if is_id else None
    except (OperationalError, PoolTimeoutError):
        # The page itself says what is unavailable, and tries again.
        return _render(Head(request.path))
    if row is None:
        return _render(Head(request.path, is_public=False), HTTPStatus.NOT_FOUND)
    return _render(replace(head_of(row), answers=answers_of_product(row)))


@bp.get("/assets/<name>")
def asset(name: str) -> Response:
    """Return an asset in the best encoding that the browser accepts."""
    file = dist.find_asset(name)
    if file is None:
        raise NotFound
    encoding = request.accept_encodings.best_match([*file.encodings, "identity"])
    if encoding == "identity":
        encoding = None
    response = send_file(
        file.encoded(encoding), mimetype=guess_type(name)[0], conditional=True, etag=True
    )
    if encoding:
        response.headers["Content-Encoding"] = encoding
    response.headers["Cache-Control"] = FOREVER
    response.vary.add("Accept-Encoding")
    return response


def root_file() -> Response:
    """Return a file without a hash in its name, which a browser must check each time."""
    path = dist.FOLDER / request.path.removeprefix("/")
    if not path.is_file():
        raise NotFound
    response = send_file(path, conditional=True, etag=True)
    response.headers["Cache-Control"] = "no-cache"
    return response


for path in (*PATHS, *CONSOLE):
    if path != PRODUCT:
        bp.add_url_rule(path, view_func=page)
for name in ROOT_FILES:
    bp.add_url_rule(f"/{name}", view_func=root_file)


def _not_found(error: HTTPException) -> Response:
    """Return the app, which shows that there is no such page; a problem to all but browsers."""
    # A path with a zero byte is refused before the page that its rule leads to.
    has_page = request.url_rule is None or "\x00" in request.path
    is_page = has_page and request.method in ("GET", "HEAD")
    wants_html = "text/html" in request.headers.get("Accept", "")
    if not is_page or not wants_html or _is_of_api(request.path) or dist.read_index() is None:
        return errors.http_error(error)
    return _render(Head(request.path, is_public=False), HTTPStatus.NOT_FOUND)


def _is_of_api(path: str) -> bool:
    """Return whether a path begins as those of the API and of files do."""
    prefixes = {blueprint.url_prefix or "/" for blueprint in current_app.blueprints.values()}
    first_parts = {prefix.split("/")[1] for prefix in prefixes} - {""}
    return path.split("/")[1] in first_parts | {"assets", "docs", "static"}


def _render(head: Head, status: HTTPStatus = HTTPStatus.OK) -> Response:
    index = dist.read_index()
    if index is None:
        return Response(MISSING, HTTPStatus.SERVICE_UNAVAILABLE, mimetype="text/plain")
    nonce = secrets.token_urlsafe(16)
    shop = view_of(settings, request.host)
    head = replace(head, answers={"/shop.json": {"data": shop.json_ready()}, **head.answers})
    response = Response(head.insert(index, nonce), status, mimetype="text/html")
    response.headers["Cache-Control"] = "no-cache"
    if status == HTTPStatus.OK:
        # Without the nonce: a browser that has the page has the policy with its nonce, too.
        content = head.insert(index, "") + page_policy(shop, "")
        response.set_etag(hashlib.sha256(content.encode()).hexdigest()[:32])
        response.make_conditional(request)
    if response.status_code != HTTPStatus.NOT_MODIFIED:
        response.headers[POLICY] = page_policy(shop, nonce)
    return response
