"""Settings that are refused when a process starts."""

import pytest
from pydantic import ValidationError

from config import Settings

MONTH = 26 * 24 * 3600


def test_a_long_lived_access_token_is_an_explicit_choice() -> None:
    with pytest.raises(ValidationError, match="ACCESS_TOKEN_LONG_LIVED=true"):
        Settings(access_token_lifetime=901)
    chosen = Settings(access_token_lifetime=MONTH, access_token_long_lived=True)
    assert chosen.access_token_lifetime == MONTH
    assert Settings(access_token_lifetime=900).access_token_long_lived is False


def test_no_access_token_outlives_its_session() -> None:
    with pytest.raises(ValidationError, match="above REFRESH_TOKEN_LIFETIME"):
        Settings(
            access_token_lifetime=MONTH, access_token_long_lived=True, refresh_token_lifetime=3600
        )


@pytest.mark.parametrize("name", ["public_url", "shop_url"])
@pytest.mark.parametrize(
    "address",
    ["shop.example", "/shop", "ftp://shop.example", "https://", "https://a@shop.example",
     "https://shop.example?x=1", "https://shop.example#x", "https://shop.example\r\nX: y",
     "https://shop example", "javascript://x"],
)  # fmt: skip
def test_what_is_no_address_is_refused(name: str, address: str) -> None:
    with pytest.raises(ValidationError, match=name):
        Settings.model_validate({name: address})


def test_links_lead_to_the_shop_or_else_to_the_public_address() -> None:
    there = {"public_url": "https://api.shop.example/", "shop_url": "https://shop.example/en/"}
    assert Settings.model_validate(there).links_url == "https://shop.example/en"
    here = Settings.model_validate({"public_url": "http://127.0.0.1:8080", "shop_url": ""})
    assert here.links_url == "http://127.0.0.1:8080"
    nowhere = Settings.model_validate({"public_url": "", "shop_url": "", "web_port": 8180})
    assert nowhere.links_url == "http://localhost:8180"


def test_production_needs_a_public_address() -> None:
    with pytest.raises(ValidationError, match="PUBLIC_URL is missing"):
        Settings.model_validate({"projectx_env": "production", "public_url": ""})
