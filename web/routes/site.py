"""Routes that describe the site to search engines and browsers."""

from html import escape

from flask import Blueprint, Response, current_app, jsonify

from models import catalogue, reading
from web.page_head import ABOUT, SHOP
from web.routes.pages import PUBLIC
from web.urls import make_absolute

bp = Blueprint("site", __name__)

MAX_AGE = 3600  # seconds
# A sitemap has at most 50,000 addresses. Source: https://www.sitemaps.org/protocol.html
MAX_PRODUCTS = 49_000
CACHED = f"public, max-age={MAX_AGE}"
# Pages of one person, and the API.
UNLISTED = ("/auth/", "/order/", "/orders", "/cart", "/checkout", "/account", "/sign-in")
UNLISTED_CONSOLE = ("/admin/", "/console")
ICONS = "/static/shop"


@bp.get("/robots.txt")
def robots() -> Response:
    """Return the paths that search engines leave out."""
    rules = [f"Disallow: {path}" for path in (*UNLISTED, *UNLISTED_CONSOLE)]
    lines = ["User-agent: *", *rules, f"Sitemap: {make_absolute('/sitemap.xml')}", ""]
    return _cached(Response("\n".join(lines), mimetype="text/plain"))


@bp.get("/sitemap.xml")
def sitemap() -> Response:
    """Return the addresses of the public pages and of the products for sale."""
    with reading():
        listed = catalogue.list_for_sale(MAX_PRODUCTS)
    urls = [f"<url><loc>{escape(make_absolute(path))}</loc></url>" for path in PUBLIC]
    urls += [
        f"<url><loc>{escape(make_absolute(f'/products/{product_id}'))}</loc>"
        f"<lastmod>{updated_at:%Y-%m-%d}</lastmod></url>"
        for product_id, updated_at in listed
    ]
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    body = "\n".join([head, f'<urlset xmlns="{space}">', *urls, "</urlset>", ""])
    return _cached(Response(body, mimetype="application/xml"))


@bp.get("/site.webmanifest")
def manifest() -> Response:
    """Return the description with which a browser installs the site as an app."""
    response = jsonify(
        name=SHOP,
        short_name=SHOP,
        description=ABOUT,
        start_url="/",
        display="standalone",
        background_color="#fbf8f3",
        theme_color="#fbf8f3",
        icons=[
            {"src": f"{ICONS}/favicon.svg", "sizes": "any", "type": "image/svg+xml"},
            {"src": f"{ICONS}/icon-512.png", "sizes": "512x512", "type": "image/png"},
        ],
    )
    response.mimetype = "application/manifest+json"
    return _cached(response)


@bp.get("/favicon.ico")
def favicon() -> Response:
    """Return the icon to browsers that do not read it from a page."""
    return _cached(current_app.send_static_file("shop/favicon.svg"))


def _cached(response: Response) -> Response:
    response.headers["Cache-Control"] = CACHED
    return response
