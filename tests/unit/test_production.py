"""Production does not start with what is missing, the sandbox's, or open to strangers."""

from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import make_url

from config import Settings
from production import REQUIRED

GOOD: dict[str, Any] = {
    "projectx_env": "production",
    "database_url": "postgresql://shop@db:5432/shop",
    "redis_url": "redis://redis:6379/0",
    "allowed_origins": "https://shop.example,https://www.shop.example:8443",
    "public_url": "https://api.shop.example",
    "shop_url": "https://shop.example",
    "stripe_secret_key": "sk_live_1",
    "stripe_publishable_key": "pk_live_1",
    "stripe_webhook_secrets": "whsec_1",
    "sendgrid_api_key": "SG.1",
    "email_from": "shop@shop.example",
}
WRONG = [
    ("stripe_webhook_secrets", "whsec_sandbox", "STRIPE_WEBHOOK_SECRETS is the sandbox's"),
    ("stripe_webhook_secrets", "whsec_1,whsec_sandbox", "STRIPE_WEBHOOK_SECRETS is the sandbox's"),
    ("stripe_secret_key", "sk_test_sandbox", "STRIPE_SECRET_KEY is the sandbox's"),
    ("stripe_publishable_key", "pk_test_sandbox", "STRIPE_PUBLISHABLE_KEY is the sandbox's"),
    ("sendgrid_api_key", "SG.sandbox", "SENDGRID_API_KEY is the sandbox's"),
    ("allowed_origins", "", "ALLOWED_ORIGINS is missing"),
    ("allowed_origins", "http://shop.example", "ALLOWED_ORIGINS must begin with https://"),
    ("allowed_origins", "http://localhost:3000", "ALLOWED_ORIGINS must begin with https://"),
    ("public_url", "http://api.shop.example", "PUBLIC_URL must begin with https://"),
    ("shop_url", "http://shop.example", "SHOP_URL must begin with https://"),
    ("email_from", "", "EMAIL_FROM is missing"),
]


@pytest.fixture
def good(own_keys: dict[str, str]) -> dict[str, Any]:
    return GOOD | own_keys


@pytest.fixture
def own_keys() -> dict[str, str]:
    """Return the tests' own keys, which are valid ones."""
    names = ("jwt_private_key", "jwt_public_keys", "code_secret", "encryption_keys")
    keys = Settings().model_dump(include=set(names))
    return {name: ",".join(v) if isinstance(v, tuple) else v for name, v in keys.items()}


def test_a_complete_production_starts(good: dict[str, Any]) -> None:
    assert Settings.model_validate(good).projectx_env == "production"


@pytest.mark.parametrize(("name", "value", "complaint"), WRONG)
def test_production_refuses(good: dict[str, Any], name: str, value: str, complaint: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings.model_validate(good | {name: value})
    assert complaint in str(refused.value)


@pytest.mark.parametrize("name", ["allowed_origins", "public_url", "email_from"])
def test_a_development_default_does_not_satisfy_production(
    good: dict[str, Any], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(name.upper(), raising=False)
    with pytest.raises(ValidationError, match=f"{name.upper()} is missing"):
        Settings.model_validate({key: value for key, value in good.items() if key != name})


@pytest.mark.parametrize(
    "origins",
    ["*", "https://*.shop.example", r"https://.*\.shop\.example", "https://shop.example/",
     "https://shop.example/path", "shop.example", "null", "https://a.example,*",
     "https://shop.example?", "https://[a-z].example", "https://Shop.example"],
)  # fmt: skip
@pytest.mark.parametrize("place", ["production", "development"])
def test_an_origin_that_is_not_exact_is_refused(
    good: dict[str, Any], origins: str, place: str
) -> None:
    with pytest.raises(ValidationError, match="allowed_origins"):
        Settings.model_validate(good | {"projectx_env": place, "allowed_origins": origins})


@pytest.mark.parametrize("part", REQUIRED)
def test_each_part_starts_with_its_own_variables_only(
    good: dict[str, Any], part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in good:
        monkeypatch.delenv(name.upper(), raising=False)
    needed = {name: good[name] for name in REQUIRED[part]}
    variables = needed | {"projectx_env": "production", "projectx_part": part}
    assert Settings.model_validate(variables).projectx_part == part
    for name in needed:
        with pytest.raises(ValidationError, match=f"{name.upper()} is missing"):
            Settings.model_validate(variables | {name: ""})


@pytest.mark.parametrize("part", [part for part in REQUIRED if part not in ("all", "auth")])
def test_only_the_part_that_signs_needs_the_signing_key(part: str) -> None:
    assert "jwt_private_key" not in REQUIRED[part]
    # Operators send codes anew.
    assert part == "admin" or "code_secret" not in REQUIRED[part]


@pytest.mark.parametrize(
    "url",
    ["postgresql://shop@db:5432/shop", "postgres://shop@db/shop?sslmode=verify-full",
     "postgresql://shop@a:1,b:2/shop?target_session_attrs=read-write"],
)  # fmt: skip
@pytest.mark.parametrize(
    "password", ["p@ss", "a:b", "a/b", "100%", "%40", "a?b#c", "a,b", "ä €'\""]
)
def test_a_password_of_any_characters_reaches_the_url_unchanged(url: str, password: str) -> None:
    made = Settings.model_validate({"database_url": url, "database_password": password})
    assert make_url(made.database_url).password == password
    assert make_url(made.database_url).username == "shop"


@pytest.mark.parametrize("url", ["postgresql://shop:b@db/shop", "postgresql://db/shop"])
def test_a_password_beside_one_in_the_url_or_without_a_user_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match="DATABASE_PASSWORD needs a DATABASE_URL"):
        Settings.model_validate({"database_url": url, "database_password": "a"})
