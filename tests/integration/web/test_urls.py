"""All our URLs are absolute, and no forged Host gets into them."""

from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config import settings
from models import Product, transaction
from tests.support.factories import a_product
from tests.support.web import Person
from tests.support.wsgi import serve

FORGED = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
# One that is trusted, and not the public one.
OTHER = {"Host": "127.0.0.1:1", "X-Forwarded-Host": "evil.example"}


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("/static/products/lamp.svg", "http://127.0.0.1:81/static/products/lamp.svg"),
        ("https://images.example/lamp.svg", "https://images.example/lamp.svg"),
        ("//evil.example/lamp.svg", "http://127.0.0.1:81//evil.example/lamp.svg"),
        ("", ""),
    ],
)
def test_an_image_url_has_the_requested_host(client: FlaskClient, stored: str, shown: str) -> None:
    with transaction():
        lamp = a_product(image_url=stored)
    for path in ("/product", f"/product/{lamp.id}"):
        product = client.get(path, base_url="http://127.0.0.1:81").get_json()
        assert (product[0] if path == "/product" else product)["imageUrl"] == shown


def test_the_summary_has_an_absolute_image_url(ann: Person, lamp: Product) -> None:
    placed = ann.order(lamp).get_json()
    (item,) = ann.get(f"/order/summary/{placed['orderId']}").get_json()["items"]
    assert item["product"]["imageUrl"] == f"http://localhost{lamp.image_url}"


def test_the_link_to_the_next_page_is_absolute(ann: Person, lamp: Product) -> None:
    for _ in range(2):
        ann.order(lamp)
    link = ann.get("/order?size=1").headers["Link"]
    assert link.startswith("<http://localhost/order?size=1&cursor=")


@pytest.mark.parametrize("host", ["LOCALHOST", "LocalHost:81", "localhost"])
def test_a_host_in_capitals_is_the_same_host(ann: Person, lamp: Product, host: str) -> None:
    answer = ann.get("/product", Host=host)
    assert answer.status_code == 200
    assert f"<http://{host.lower()}/product?" in answer.headers["Link"]


@pytest.mark.slow
def test_all_urls_begin_with_the_public_url(ann: Person, lamp: Product) -> None:
    body = {
        "referenceId": uuid4().hex,
        "items": [{"productId": lamp.id, "quantity": 1}],
        "billingAddress": "",
        "shippingAddress": "",
    }
    headers = ann.headers | OTHER | {"Prefer": "wait=0"}
    answers = serve(
        (settings.product_port, "GET", "/product?size=1", None, OTHER),
        (settings.product_port, "GET", f"/product/{lamp.id}", None, OTHER),
        (settings.order_port, "POST", "/order", body, headers),
        (settings.web_port, "GET", "/product//categories", None, OTHER),
        PUBLIC_URL="https://api.shop.example/",
    )
    assert "evil.example" not in str(answers)
    assert "127.0.0.1:1" not in str(answers)
    products, product, placed, redirect = answers
    image = "https://api.shop.example/static/products/lamp.svg"
    assert products[1][0]["imageUrl"] == product[1]["imageUrl"] == image
    assert products[2]["Link"].startswith("<https://api.shop.example/product?size=1&page=1>")
    status = f"https://api.shop.example/order/status/{body['referenceId']}"
    assert placed[2]["Location"] == status
    assert redirect[2]["Location"] == "https://api.shop.example/product/categories"


@pytest.mark.slow
@pytest.mark.parametrize("proxies", ["0", "1"])
def test_a_forged_host_is_refused(database: Flask, proxies: str) -> None:
    forged = FORGED if proxies == "0" else {"X-Forwarded-Host": "evil.example"}
    paths = ("/product//categories", "/docs", "/product", "/health")
    answers = serve(
        *((settings.web_port, "GET", path, None, forged) for path in paths),
        (settings.web_port, "POST", "/auth/refresh", None, forged),
        (settings.web_port, "GET", "/docs", None, {"Host": "api.shop.example"}),
        (settings.web_port, "GET", "/docs", None, {"Host": "eu.shops.example:8080"}),
        TRUSTED_PROXIES=proxies,
        TRUSTED_HOSTS=".shops.example",
        PUBLIC_URL="https://api.shop.example/",
    )
    assert [answer[0] for answer in answers] == [400] * 5 + [200] * 2
    assert all(answer[1]["status"] == 400 for answer in answers[:5])
    assert not any("Location" in answer[2] for answer in answers)


@pytest.mark.slow
def test_every_service_describes_the_whole_interface(database: Flask) -> None:
    ports = (settings.product_port, settings.order_port, settings.auth_port, settings.web_port)
    documents = [answer[1] for answer in serve(*((port, "GET", "/openapi.json") for port in ports))]
    assert all(document["paths"] == documents[-1]["paths"] for document in documents)
    assert all(document["components"] == documents[-1]["components"] for document in documents)
