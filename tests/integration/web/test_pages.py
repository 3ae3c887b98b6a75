"""The web app as it is served: pages, assets, link previews, and nothing else of the build."""

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config import settings
from launch.stack import ROOT
from models import Product, ProductStatus, transaction
from tests.support.factories import a_product
from tests.support.wsgi import serve
from web.routes.pages import FOREVER, PATHS, ROOT_FILES

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
HOSTILE = """</script><script>alert("&'")</script><!-- <b>lamp</b>"""

pytestmark = pytest.mark.usefixtures("pages")


def head(answer: TestResponse) -> str:
    return answer.get_data(as_text=True).partition("</head>")[0]


def content(page: str, name: str) -> str:
    """Return the content of a meta element."""
    (text,) = re.findall(rf'<meta (?:name|property)="{name}" content="([^"]*)">', page)
    return unescape(text)


def nonces(answer: TestResponse) -> list[str]:
    """Return the nonce of the policy, and that of the page."""
    policy = re.findall(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])
    return policy + re.findall(r'property="csp-nonce" nonce="([^"]+)"', head(answer))


def scripts(pages: Path) -> list[str]:
    return [path.name for path in (pages / "assets").glob("index-*.js")]


@pytest.mark.parametrize("path", [path for path in PATHS if "<product" not in path])
def test_every_page_begins_as_the_same_html(client: FlaskClient, path: str) -> None:
    answer = client.get(re.sub("<[^>]+>", "x", path), headers=HTML)
    assert answer.status_code == 200
    assert answer.mimetype == "text/html"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert '<div id="root">' in answer.get_data(as_text=True)
    assert "<!--meta-->" not in answer.get_data(as_text=True)
    assert client.head(re.sub("<[^>]+>", "x", path)).status_code == 200


def test_the_paths_are_those_of_the_router() -> None:
    router = (ROOT / "frontend/src/router.tsx").read_text()
    paths = set(re.findall(r"\bpath: '([^']+)'", router))
    served = {re.sub(r"<(?:\w+:)?\w+>", "$", path) for path in PATHS}
    unserved = {re.sub(r"\$\w*", "$", path) for path in paths} - served
    assert paths
    assert not unserved, "add them to PATHS of web/routes/pages.py"


@pytest.mark.parametrize("path", ["/console", "/console/executions", "/console/order/7"])
def test_the_console_begins_as_the_shop_and_is_not_listed(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers=HTML)
    assert answer.status_code == 200
    assert '<div id="root">' in answer.get_data(as_text=True)
    assert '<meta name="robots" content="noindex">' in answer.get_data(as_text=True)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_a_browser_asks_whether_a_page_has_changed(client: FlaskClient) -> None:
    first = client.get("/products", headers=HTML)
    again = client.get("/products", headers=HTML | {"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    # It would replace the policy of the page that the browser has.
    assert "Content-Security-Policy" not in again.headers


def test_each_answer_has_a_nonce_of_its_own(client: FlaskClient) -> None:
    answers = [nonces(client.get("/", headers=HTML)) for _ in range(2)]
    assert all(policy == page for policy, page in answers)
    assert answers[0] != answers[1]


def test_scripts_of_other_origins_are_those_of_the_sandbox(client: FlaskClient) -> None:
    policy = client.get("/", headers=HTML).headers["Content-Security-Policy"]
    directives = {part.split()[0]: part.split()[1:] for part in policy.split("; ")}
    assert directives["default-src"] == ["'none'"]
    assert directives["script-src"] == ["'self'", "http://localhost:8090"]
    assert directives["frame-src"] == ["http://localhost:8090"]
    assert "'unsafe-inline'" not in policy
    assert "default-src 'none'" in client.get("/product").headers["Content-Security-Policy"]


@pytest.mark.slow
def test_pictures_may_come_from_the_listed_origins(app: Flask) -> None:
    ((status, _, headers),) = serve(
        (settings.web_port, "GET", "/"), IMAGE_ORIGINS="https://a.example,https://b.example"
    )
    assert status == 200
    pictures = "img-src 'self' data: https://a.example https://b.example;"
    assert pictures in headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/products/1/more", "/index.html", "/.stamp", "/%00", "/orders/%00",
     "/orders/a%00b/receipt", "/products/%00", "/console/%00"],
)  # fmt: skip
def test_an_unknown_page_is_the_app_with_status_404(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers=HTML)
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert content(head(answer), "robots") == "noindex"
    assert b"\x00" not in answer.data
    assert client.get(path).mimetype == "application/problem+json"
    assert client.post(path, headers=HTML).status_code in (404, 405)


@pytest.mark.parametrize(
    "path",
    ["/product/nothing", "/order/x/y/z", "/auth/nothing", "/assets/nothing.js", "/docs/x",
     "/order/summary/%00", "/assets/%00", "/admin/executions/order/%00"],
)  # fmt: skip
def test_unknown_paths_of_the_api_and_of_files_stay_problems(
    client: FlaskClient, path: str
) -> None:
    answer = client.get(path, headers=HTML)
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


@pytest.mark.parametrize("encoding", ["br", "gzip", ""])
def test_assets_are_compressed_and_never_asked_for_again(
    client: FlaskClient, pages: Path, encoding: str
) -> None:
    (name,) = scripts(pages)
    headers = {"Accept-Encoding": f"{encoding}, deflate" if encoding else "identity"}
    with client.get(f"/assets/{name}", headers=headers) as answer:
        size = len(answer.data)
    assert answer.headers["Cache-Control"] == FOREVER
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.mimetype == "text/javascript"
    assert answer.headers.get("Content-Encoding", "") == encoding
    plain = (pages / "assets" / name).stat().st_size
    assert size < plain / 2 if encoding else size == plain


def test_the_best_encoding_is_chosen(client: FlaskClient, pages: Path) -> None:
    (name,) = scripts(pages)
    with client.get(f"/assets/{name}", headers={"Accept-Encoding": "gzip, deflate, br"}) as answer:
        assert answer.headers["Content-Encoding"] == "br"
    with client.head(f"/assets/{name}", headers={"Accept-Encoding": "br;q=0, gzip"}) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert answer.data == b""


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../index.html",
        "/assets/..%2f.stamp",
        "/assets/%2e%2e%2findex.html",
        "/assets//etc/passwd",
        "/assets/.stamp",
        "/assets/",
        "/../package.json",
    ],
)
def test_no_other_file_is_served(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_compressed_file_has_no_address_of_its_own(client: FlaskClient, pages: Path) -> None:
    (name,) = scripts(pages)
    assert (pages / "assets" / f"{name}.br").exists()
    assert client.get(f"/assets/{name}.br").status_code == 404


def test_the_files_without_a_hash_are_checked_each_time(client: FlaskClient, pages: Path) -> None:
    public = {path.name for path in (ROOT / "frontend/public").iterdir()}
    assert public == set(ROOT_FILES)
    for name in ROOT_FILES:
        with client.get(f"/{name}") as answer:
            assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")


@pytest.mark.parametrize(
    ("picture", "preview"),
    [
        ("https://pictures.example/lamp.jpg", "https://pictures.example/lamp.jpg"),
        ("/static/products/snake-plant.svg", "http://localhost/static/products/snake-plant.jpg"),
        ("/static/products/lamp.svg", "http://localhost/static/shop/og.png"),
        ("https://pictures.example/snake-plant.svg", "http://localhost/static/shop/og.png"),
        ("", "http://localhost/static/shop/og.png"),
    ],
)
def test_a_link_preview_has_a_picture_that_networks_draw(
    client: FlaskClient, picture: str, preview: str
) -> None:
    with transaction():
        product = a_product(image_url=picture)
    answer = client.get(f"/products/{product.id}", headers=HTML)
    assert content(head(answer), "og:image") == preview


def test_a_product_has_a_link_preview(client: FlaskClient, lamp: Product) -> None:
    answer = client.get(f"/products/{lamp.id}", headers=HTML)
    page, address = head(answer), f"http://localhost/products/{lamp.id}"
    assert answer.status_code == 200
    assert f"<title>{lamp.name} · ProjectX</title>" in page
    assert page.count("<title>") == 1
    assert content(page, "og:title") == lamp.name
    assert content(page, "og:url") == address
    assert content(page, "product:price:amount") == "49.00"
    assert f'<link rel="canonical" href="{address}">' in page
    offer = linked_data(page)["offers"]
    assert (offer["price"], offer["priceCurrency"]) == ("49.00", "USD")
    assert offer["availability"] == "https://schema.org/InStock"


def linked_data(page: str) -> Any:
    (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    return json.loads(data)


def test_texts_of_a_product_cannot_leave_their_place(client: FlaskClient) -> None:
    with transaction():
        product = a_product(name=HOSTILE, description=HOSTILE)
    page = head(client.get(f"/products/{product.id}", headers=HTML))
    assert "alert" in page
    assert "<script>alert" not in page
    assert "<!-- <b>" not in page
    assert content(page, "description") == HOSTILE
    assert linked_data(page)["description"] == HOSTILE


def test_a_product_that_is_not_for_sale_says_so(client: FlaskClient) -> None:
    with transaction():
        product = a_product(status=ProductStatus.DISCONTINUED)
    page = head(client.get(f"/products/{product.id}", headers=HTML))
    assert linked_data(page)["offers"]["availability"] == "https://schema.org/Discontinued"


@pytest.mark.parametrize("key", ["999999999", "0", "-1", "lamp", "9" * 40])
def test_an_unknown_product_is_a_page_with_status_404(client: FlaskClient, key: str) -> None:
    answer = client.get(f"/products/{key}", headers=HTML)
    assert (answer.status_code, answer.mimetype) == (404, "text/html")


def test_search_engines_learn_of_the_products_for_sale(client: FlaskClient, lamp: Product) -> None:
    with transaction():
        gone = a_product(status=ProductStatus.UNAVAILABLE)
    rules = client.get("/robots.txt").get_data(as_text=True)
    assert "Disallow: /checkout" in rules
    (sitemap,) = re.findall(r"^Sitemap: (.+)$", rules, re.MULTILINE)
    addresses = re.findall("<loc>(.+?)</loc>", client.get(sitemap).get_data(as_text=True))
    assert "http://localhost/" in addresses
    assert f"http://localhost/products/{lamp.id}" in addresses
    assert f"http://localhost/products/{gone.id}" not in addresses


def test_the_site_can_be_installed(client: FlaskClient) -> None:
    answer = client.get("/site.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    description = json.loads(answer.data)
    assert description["start_url"] == "/"
    for icon in description["icons"]:
        with client.get(icon["src"]) as picture:
            assert picture.status_code == 200


def answers(page: str) -> Any:
    """Return the answers that a page brings along."""
    start = page.index('id="answers">') + len('id="answers">')
    return json.loads(page[start : page.index("</script>", start)])


def test_a_page_brings_along_what_the_api_would_answer(client: FlaskClient) -> None:
    with transaction():
        key = a_product(name="</script><b>", tags=["featured"]).id
    for path in ("/", "/products", f"/products/{key}"):
        brought = answers(client.get(path).text)
        assert len(brought) > 1
        for address, answer in brought.items():
            with client.get(address) as response:
                assert answer["data"] == response.get_json()
                assert str(answer.get("total", "")) == response.headers.get("X-Total-Count", "")


def test_filters_lead_to_answers_that_no_page_brings_along(client: FlaskClient) -> None:
    assert list(answers(client.get("/products?q=lamp").text)) == ["/shop.json"]
    assert list(answers(client.get("/nothing", headers={"Accept": "text/html"}).text)) == [
        "/shop.json"
    ]
