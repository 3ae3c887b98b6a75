"""Settings that are refused when a process starts."""

import pytest
from pydantic import ValidationError

from config import OLD_NAMES, Settings
from settings_error import describe

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
def test_a_malformed_url_is_refused(name: str, address: str) -> None:
    with pytest.raises(ValidationError, match=name):
        Settings.model_validate({name: address})


@pytest.mark.parametrize(
    "template",
    ["https://logs.example/?q=", "https://logs.example/?q={id}&r={id}", "logs.example/{id}",
     "javascript:alert({id})//", "https://a@logs.example/{id}", "https://logs.example/{id}\n"],
)  # fmt: skip
def test_a_malformed_link_of_the_console_is_refused(template: str) -> None:
    with pytest.raises(ValidationError, match="logs_url"):
        Settings.model_validate({"logs_url": template})
    good = "https://logs.example:8443/app/#/search?q=%22{id}%22"
    assert Settings.model_validate({"logs_url": good}).logs_url == good


def test_links_lead_to_the_shop_url_or_the_public_url() -> None:
    there = {"public_url": "https://api.shop.example/", "shop_url": "https://shop.example/en/"}
    assert Settings.model_validate(there).links_url == "https://shop.example/en"
    here = Settings.model_validate({"public_url": "http://127.0.0.1:8080", "shop_url": ""})
    assert here.links_url == "http://127.0.0.1:8080"
    nowhere = Settings.model_validate({"public_url": "", "shop_url": "", "web_port": 8180})
    assert nowhere.links_url == "http://localhost:8180"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        # Of -1 proxies, the client itself would say who it is.
        ("trusted_proxies", -1),
        # No limit at all.
        ("database_pool", 0),
        ("database_pool", -3),
        ("provider_timeout", 0),
        *((name, endless) for name in ("provider_timeout", "login_timeout", "payment_timeout",
          "statement_timeout", "login_cooldown") for endless in ("inf", "nan")),
        *((name, 1e300) for name in ("drain_timeout", "payment_timeout", "login_timeout",
          "reconcile_every", "refund_step_up_above", "provider_timeout", "statement_timeout")),
        *((name, "300,1e300") for name in ("poll_ages", "recheck_intervals")),
        *((name, 10**30) for name in ("shed_queue", "orders_per_hour", "database_pool",
          "retention_days", "signal_payload_days", "refresh_token_lifetime", "events_streams")),
        ("drain_timeout", -1),
        *((f"{name}_port", port) for name in ("web", "auth", "order", "product", "events",
          "flower", "sandbox") for port in (0, -1, 65536, "abc")),
    ],
)  # fmt: skip
def test_a_number_that_disables_a_limit_is_refused(name: str, value: object) -> None:
    with pytest.raises(ValidationError, match=name):
        Settings.model_validate({name: value})


@pytest.mark.parametrize(
    ("name", "address"),
    [("redis_url", "rediis://:topsecret@cache"), ("redis_url", "topsecret"),
     ("database_url", "not an address topsecret"), ("database_url", "mysql://u:topsecret@db/d")],
)  # fmt: skip
def test_an_unsupported_url_is_refused_without_showing_its_password(
    name: str, address: str
) -> None:
    with pytest.raises(ValidationError, match=f"{name}(.|\n)*must begin with") as refused:
        Settings.model_validate({name: address})
    assert "topsecret" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("database_url", "postgresql://u@a:1,b:topsecret/x"),
        ("database_url", "postgresql://u@a:1,b:99999/x"),
        ("database_url", "postgresql://u@h/x?topsecret"),
        ("database_url", "postgresql://u@h/x?nonsense=topsecret"),
        ("database_url", "postgresql://u@h/x?sslmode=topsecret"),
        ("database_url", "postgresql://u@h1,h2/x?target_session_attrs=topsecret"),
        ("redis_url", "redis://h/topsecret"),
        ("redis_url", "redis://h/0?nonsense=topsecret"),
        ("redis_url", "redis://h/0?socket_timeout=topsecret"),
        ("redis_url", "rediss://h/0?ssl_cert_reqs=topsecret"),
        ("redis_url", "redis+sentinel://a:99999/shop"),
        ("stripe_api_base", "ftp://topsecret"),
        ("sendgrid_api_base", "https://u:topsecret@h.example"),
        ("trusted_hosts", "shop.example,https://topsecret/"),
        ("shipping_costs", "9" * 5000),
        ("shipping_costs", "\u0663"),
        ("stripe_secret_key", "sk_test_topsecret\u201d"),
        ("sendgrid_api_key", "SG.top\nsecret"),
        ("stripe_webhook_secrets", "whsec_1,whsec top secret"),
        *((name, "https://h.example:99999") for name in ("public_url", "image_origins")),
        ("logs_url", "https://h.example:99999/{id}"),
        ("sentry_dsn", "https://key@h.example:99999/1"),
    ],
)
@pytest.mark.filterwarnings("ignore:SHIPPING_COST is now:FutureWarning")
def test_what_would_be_refused_at_its_first_use_is_refused_at_once(name: str, address: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings.model_validate({name: address})
    (fault,) = describe(refused.value)
    assert fault.startswith(f"{name.upper()}: ")
    assert "secret" not in fault.removeprefix(name.upper())


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        *(("redis_url", url, url) for url in (
          "rediss://:p%40@h:1/3?ssl_cert_reqs=required&ssl_ca_certs=/x.pem", "redis://[::1]:6379")),
        ("trusted_hosts", "a.example, .b.example,[::1],127.0.0.1,c_1:80",
         ("a.example", ".b.example", "[::1]", "127.0.0.1", "c_1:80")),
        ("stripe_secret_key", " sk_test_1\n", "sk_test_1"),
        ("sendgrid_api_key", " ", ""),
        ("stripe_api_base", "http://127.0.0.1:9/", "http://127.0.0.1:9"),
    ],
)  # fmt: skip
def test_unusual_values_are_accepted(name: str, value: str, read: object) -> None:
    assert getattr(Settings.model_validate({name: value}), name) == read


@pytest.mark.parametrize(
    "address",
    ["postgresql://", "postgresql:///x?host=/run/postgresql", "postgresql://u:p%40@[::1]:5432/x",
     "postgresql://u@a:1,b/x?target_session_attrs=read-write&sslmode=verify-full&sslrootcert=/x"],
)  # fmt: skip
def test_unusual_addresses_of_postgresql_are_accepted(address: str) -> None:
    accepted = Settings.model_validate({"database_url": address}).database_url
    assert accepted.startswith("postgresql+psycopg2://")


@pytest.mark.parametrize(
    "rest", ["", "a", "a:26379", "a:26379/", "a/shop", "a:26379,/shop", "a:x,b:1/shop", ":1/shop"]
)
def test_sentinels_have_ports_and_a_master(rest: str) -> None:
    with pytest.raises(ValidationError, match=r"must name sentinels|no readable port"):
        Settings.model_validate({"redis_url": f"redis+sentinel://{rest}"})
    good = "redis+sentinel://a:26379,b-2.shop:26379/shop"
    assert Settings.model_validate({"redis_url": good}).redis_url == good


def test_production_needs_a_public_url() -> None:
    with pytest.raises(ValidationError, match="PUBLIC_URL is missing"):
        Settings.model_validate({"projectx_env": "production", "public_url": ""})


@pytest.mark.parametrize(("name", "old"), OLD_NAMES.items())
def test_an_old_name_is_read_with_a_warning(
    monkeypatch: pytest.MonkeyPatch, name: str, old: str
) -> None:
    monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv(old.upper(), "7,8")
    with pytest.warns(FutureWarning, match=f"{old.upper()} is now {name.upper()}"):
        assert getattr(Settings(), name) == (7, 8)
    monkeypatch.setenv(name.upper(), "9")
    assert getattr(Settings(), name) == (9,), "the new name goes first"
