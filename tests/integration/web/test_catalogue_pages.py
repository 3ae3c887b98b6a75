"""Pages of the catalogue that Redis keeps: they are never out of date, and Redis may be away."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import update

from launch.redis import Redis
from models import Product, ProductStatus, transaction
from models.clock import tick
from state_machines.actions import edit_product
from tests.support import python
from tests.support.factories import a_product
from tests.support.statements import statements_of
from tests.support.web import Json, Person
from web.application import create_app
from web.catalogue_pages import MAX_PAGE_SIZE, CataloguePages

TAG = "0" * 32


@pytest.fixture
def lamp(client: FlaskClient) -> Product:
    with transaction():
        return a_product(name="Desk lamp", price=4900, stock=9)


def read_lamp(client: FlaskClient) -> Json:
    (lamp,) = client.get("/product").get_json()
    return dict(lamp)


def change_price(lamp: Product, _: Person) -> None:
    with transaction():
        edit_product.change("staff", edit_product.lock(Product.id == lamp.id), {"price": "50"})


def change_name(lamp: Product, _: Person) -> None:
    with transaction() as session:
        session.execute(update(Product).where(Product.id == lamp.id).values(name="Floor lamp"))


def correct_stock(lamp: Product, _: Person) -> None:
    with transaction():
        edit_product.set_stock("staff", edit_product.lock(Product.id == lamp.id), 3)


def order_a_piece(lamp: Product, ann: Person) -> None:
    assert ann.order(lamp).status_code == 202


@pytest.mark.parametrize("change", [change_price, change_name, correct_stock, order_a_piece])
def test_a_change_of_a_product_shows_at_once(
    client: FlaskClient, ann: Person, lamp: Product, change: Callable[[Product, Person], None]
) -> None:
    before, tag = read_lamp(client), client.get("/product").headers["ETag"]
    assert read_lamp(client) == before
    change(lamp, ann)
    answer = client.get("/product", headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert answer.get_json() != [before]
    assert answer.get_json() == [client.get(f"/product/{lamp.id}").get_json()]
    assert answer.headers["ETag"] != tag


def test_a_product_that_is_no_longer_for_sale_leaves_the_page(
    client: FlaskClient, lamp: Product
) -> None:
    assert read_lamp(client)["id"] == lamp.id
    with transaction() as session:
        gone = update(Product).where(Product.id == lamp.id)
        session.execute(gone.values(status=ProductStatus.UNAVAILABLE))
    answer = client.get("/product")
    assert (answer.get_json(), answer.headers["X-Total-Count"]) == ([], "0")


def test_a_stock_that_returns_to_what_it_was_shows_that_page(
    client: FlaskClient, lamp: Product
) -> None:
    pages = []
    for stock in (9, 8, 9, 8):
        with transaction() as session:
            session.execute(update(Product).where(Product.id == lamp.id).values(stock=stock))
        pages.append(read_lamp(client)["stockLeft"])
    assert pages == [9, 8, 9, 8]


def test_all_services_and_processes_share_the_pages(shop: Flask, lamp: Product) -> None:
    other = create_app("product")
    page = other.test_client().get("/product")
    with statements_of(shop) as statements:
        again = shop.test_client().get("/product")
    assert (again.data, again.headers["ETag"]) == (page.data, page.headers["ETag"])
    assert len(statements) == 1, "it was rendered once"


def test_the_number_of_all_matches_is_never_of_another_time(
    client: FlaskClient, lamp: Product
) -> None:
    assert client.get("/product?size=1").headers["X-Total-Count"] == "1"
    with transaction():
        a_product(name="Zebra")
    assert client.get("/product?size=1").headers["X-Total-Count"] == "2"


def test_a_host_of_its_own_has_a_page_of_its_own(client: FlaskClient) -> None:
    with transaction():
        a_product(image_url="/static/products/arc.svg")
    for host in ("http://localhost", "http://127.0.0.1"):
        (product,) = client.get("/product", base_url=host).get_json()
        assert product["imageUrl"] == f"{host}/static/products/arc.svg"


@pytest.mark.slow
def test_the_catalogue_is_served_without_redis(lamp: Product) -> None:
    code = (
        "from web.application import create_app; client = create_app('product').test_client();"
        "answers = [client.get('/product') for _ in '12'];"
        "print(*(answer.status_code for answer in answers), answers[0].text == answers[1].text)"
    )
    environment = os.environ | {"REDIS_URL": "redis://127.0.0.1:9/0"}
    done = python.run("-c", code, env=environment)
    assert done.stdout.split() == ["200", "200", "True"], done.stderr


@pytest.fixture
def server(tmp_path: Path) -> Redis:
    return Redis(tmp_path / "redis")


def pages_of(server: Redis) -> CataloguePages:
    client = redis.Redis(port=server.port, socket_timeout=0.5, retry=Retry(NoBackoff(), 0))
    return CataloguePages(lambda: client)


def test_a_page_is_kept_until_another_takes_its_place(server: Redis) -> None:
    other = f"{256:08x}" + "f" * 24  # in the same slot
    with server:
        pages = pages_of(server)
        pages.store(TAG, b"[1]")
        assert (pages.load(TAG), pages.load(other)) == (b"[1]", None)
        pages.store(other, b"[2]")
        assert (pages.load(TAG), pages.load(other)) == (None, b"[2]")
        pages.store(TAG, b" " * (MAX_PAGE_SIZE + 1))
        assert pages.load(TAG) is None, "it is too large"


def test_a_full_redis_keeps_no_pages(server: Redis) -> None:
    with server:
        with redis.Redis(port=server.port) as client:
            client.config_set("maxmemory", 1)
        pages = pages_of(server)
        pages.store(TAG, b"[1]")
        with redis.Redis(port=server.port) as client:
            client.config_set("maxmemory", 0)
        assert pages_of(server).load(TAG) is None


def test_a_redis_that_is_away_is_left_alone_for_a_while(server: Redis) -> None:
    with server:
        keeper = pages_of(server)
        keeper.store(TAG, b"[1]")
        port = server.port
    calls = []

    def client() -> redis.Redis:
        calls.append(tick())
        return redis.Redis(port=port, socket_timeout=0.5, retry=Retry(NoBackoff(), 0))

    pages = CataloguePages(client)
    for _ in range(5):
        assert pages.load(TAG) is None
        pages.store(TAG, b"[1]")
    assert len(calls) == 1 or calls[1] - calls[0] >= 2
