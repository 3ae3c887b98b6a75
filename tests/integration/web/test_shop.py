"""The public settings of the shop, which a browser reads at its start."""

import pytest
from flask.testing import FlaskClient

from config import settings
from web.routes.shop import STRIPE_SCRIPT_URL, view_of


def test_a_browser_learns_where_everything_is(client: FlaskClient) -> None:
    answer = client.get("/shop.json", base_url="http://localhost:8080")
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert answer.get_json() == {
        "name": "ProjectX",
        "environment": "development",
        "currency": "usd",
        "stripePublishableKey": "pk_test_sandbox",
        "stripeScriptUrl": f"http://localhost:{settings.sandbox_port}/stripe.js",
        "mailboxUrl": f"http://localhost:{settings.sandbox_port}/mail",
        "flowerUrl": f"http://localhost:{settings.flower_port}",
        "eventsUrl": f"http://localhost:{settings.events_port}/events",
    }


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]:8080", "shop.local:80"])
def test_the_neighbours_are_on_the_requested_host(host: str) -> None:
    name = host.removesuffix(":8080").removesuffix(":80")
    assert view_of(settings, host).flower_url == f"http://{name}:{settings.flower_port}"


def test_without_the_sandbox_stripe_has_its_own_script_and_there_is_no_mailbox() -> None:
    real = settings.model_copy(update={"stripe_api_base": "", "sendgrid_api_base": ""})
    view = view_of(real, "localhost")
    assert (view.stripe_script_url, view.mailbox_url) == (STRIPE_SCRIPT_URL, None)


def test_production_names_no_place_of_developers() -> None:
    production = settings.model_copy(update={"projectx_env": "production"})
    view = view_of(production, "shop.example")
    assert (view.environment, view.stripe_script_url) == ("production", STRIPE_SCRIPT_URL)
    assert (view.mailbox_url, view.flower_url, view.events_url) == (None, None, None)
    with_events = production.model_copy(update={"events_url": "https://shop.example/events"})
    assert view_of(with_events, "shop.example").events_url == "https://shop.example/events"
