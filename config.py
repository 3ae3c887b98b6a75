"""Every setting of the system, and the only reader of the environment.

With `PROJECTX_ENV=production` nothing has a default that an attacker or a typo could use: what is
missing is listed, all at once, and the process does not start.
"""

import os
import re
import warnings
from datetime import timedelta
from typing import Annotated, Any, Literal, Self
from urllib.parse import quote, urlsplit

from pydantic import AliasChoices, Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

import credentials
from production import complaints

# `make run` keeps its settings here while it runs, so that `flask` commands find it; what the
# environment says goes first.
RUNNING = os.environ.get("PROJECTX_ENV_FILE", ".data/running.env")

# A host, perhaps a port and a path; no user, query or fragment.
ADDRESS = re.compile(r"https?://([\w.-]+|\[[0-9a-fA-F:.]+\])(:[0-9]{1,5})?(/[\w.~/-]*)?", re.ASCII)
# The longest life of an access token, in seconds, unless ACCESS_TOKEN_LONG_LIVED.
SHORT_LIVED = 900

Part = Literal["all", "auth", "order", "product", "worker", "beat", "flower", "migrate"]
Port = Annotated[int, Field(ge=1, le=65535)]
CommaSeparated = Annotated[tuple[str, ...], NoDecode]
Numbers = Annotated[tuple[Annotated[int, Field(gt=0)], ...], NoDecode]
Ages = Annotated[tuple[Annotated[float, Field(gt=0)], ...], NoDecode, Field(min_length=1)]


# As a browser says it. Flask-CORS takes other characters for a pattern.
ORIGIN = re.compile(r"https?://(\[[0-9a-f:]+\]|[a-z0-9.-]+)(:[0-9]+)?")


# Settings that were renamed, by their new names. An old name is read for one release.
OLD_NAMES = {"poll_ages": "ask_ages", "recheck_intervals": "ask_again_after"}


def _renamed(name: str) -> AliasChoices:
    return AliasChoices(name, OLD_NAMES[name])


def with_password(url: str, password: str) -> str:
    """`url` with the password of its user, whatever is in it. Raises ValueError."""
    scheme, _, rest = url.partition("://")
    server, slash, path = rest.partition("/")
    user, at, hosts = server.rpartition("@")
    if not user or ":" in user:
        raise ValueError("DATABASE_PASSWORD needs a DATABASE_URL that names a user and no password")
    return f"{scheme}://{user}:{quote(password, safe='')}{at}{hosts}{slash}{path}"


def several_hosts(address: str) -> str:
    """`user@host:1,host:2/name` as SQLAlchemy writes it: with a parameter for each host.

    Source: https://docs.sqlalchemy.org/en/21/dialects/postgresql.html#specifying-multiple-fallback-hosts
    """
    before, _, query = address.partition("?")
    server, _, name = before.partition("/")
    user, at, hosts = server.rpartition("@")
    if "," not in hosts:
        return address
    found = [*(f"host={host}" for host in hosts.split(",")), *([query] if query else [])]
    return f"{user}{at}/{name}?{'&'.join(found)}"


class Settings(BaseSettings):
    """Times are seconds, money is minor units. Raises pydantic.ValidationError on bad values."""

    # An error must not show what was set: much of it is secret.
    model_config = SettingsConfigDict(
        extra="ignore",
        frozen=True,
        env_file=RUNNING,
        hide_input_in_errors=True,
        allow_inf_nan=False,
    )

    projectx_env: Literal["development", "production"] = "development"
    # What this process is: production asks for the settings of this part alone.
    projectx_part: Part = "all"
    # Who gives commands: the audit keeps it, with the account of the machine.
    projectx_operator: str = Field(default="", max_length=100, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")
    database_url: str = ""
    database_password: str = ""
    redis_url: str = ""

    web_port: Port = 8080
    auth_port: Port = 8081
    order_port: Port = 8082
    product_port: Port = 8083
    flower_port: Port = 5555
    sandbox_port: Port = 8090
    allowed_origins: CommaSeparated = (
        "http://localhost:3000",
        "http://127.0.0.1:3000",
        "http://localhost:8080",
    )
    # Where clients reach us: it begins every address that we hand out.
    public_url: str = ""
    # Where the pages of the shop are, when that is elsewhere.
    shop_url: str = ""
    trusted_proxies: int = Field(default=0, ge=0)
    # Names that a request may be for, beside PUBLIC_URL's; `.shop.example` is all below it.
    trusted_hosts: CommaSeparated = ("localhost", "127.0.0.1")

    stripe_secret_key: str = ""
    stripe_publishable_key: str = ""
    stripe_webhook_secrets: CommaSeparated = ()
    stripe_api_base: str = ""
    sendgrid_api_key: str = ""
    sendgrid_api_base: str = ""
    sendgrid_webhook_public_key: str = ""
    email_from: str = "shop@projectx.example"
    provider_timeout: float = Field(default=4.0, gt=0)

    jwt_private_key: str = ""
    jwt_public_keys: str = ""
    code_secret: str = ""
    encryption_keys: CommaSeparated = ()
    access_token_lifetime: int = Field(default=900, gt=0)
    # For clients that never refresh: then the lifetime may be as long as a session's.
    access_token_long_lived: bool = False
    refresh_token_lifetime: int = Field(default=30 * 24 * 3600, gt=0)
    # Of one browser (or client) for one e-mail address, and of one client's address for all.
    login_limit: str = "6/minute;30/hour"
    login_limit_per_address: str = "60/minute;600/hour"
    # Seconds after an e-mail whose code nobody used: the address gets no other one meanwhile.
    login_cooldown: float = Field(default=60, ge=0)
    # Codes that are e-mailed to all addresses together.
    login_emails_per_hour: int = Field(default=2000, ge=1)

    # The host name that passkeys are bound to; empty: that of the shop's address.
    passkey_rp_id: str = ""

    payment_timeout: float = Field(default=900, gt=0)
    login_timeout: float = Field(default=600, gt=0)
    # Seconds between two attempts to have an intent canceled; then twice the last, up to 6 h.
    recheck_intervals: Ages = Field(default=(60,), validation_alias=_renamed("recheck_intervals"))
    # Ages of a payment or refund, in seconds, at which Stripe is polled; then whenever it doubles.
    poll_ages: Ages = Field(default=(300, 3600, 86400), validation_alias=_renamed("poll_ages"))
    reconcile_every: float = Field(default=3600, gt=0)
    # Stripe lists undelivered events for 30 days: what was heard must be remembered for longer.
    retention_days: int = Field(default=90, ge=31)
    # What a signal said that found nobody, or failed: its row stays until RETENTION_DAYS.
    signal_payload_days: int = Field(default=30, ge=1)
    # Minor units, by currency. One number, as under the old name SHIPPING_COST, is in usd.
    shipping_costs: CommaSeparated = Field(
        default=("usd:1000",), validation_alias=AliasChoices("shipping_costs", "shipping_cost")
    )
    # Without a limit, as 0 would be, one process could take all that PostgreSQL has.
    database_pool: int = Field(default=12, ge=1)
    # The pools of all processes, ours among them: PostgreSQL must have connections for them.
    database_pools: Numbers = ()
    # PgBouncer or its like stands before PostgreSQL, and hands out connections by transaction.
    database_pooler: bool = False
    # Read by `flask roles grant` alone: the new password of the role of the processes.
    app_password: str = ""
    # PostgreSQL ends a statement after so long; a server that stays silent is left soon after.
    statement_timeout: float = Field(default=12, gt=0)
    # What one customer may order. Unpaid orders hold stock: so many pieces of a product, or that
    # share of its stock where that is more. Declined cards may be somebody else's.
    orders_per_hour: int = Field(default=120, ge=1)
    unpaid_orders: int = Field(default=20, ge=1)
    unpaid_pieces: int = Field(default=10, ge=1)
    unpaid_share: float = Field(default=0.5, gt=0, le=1)
    declines_per_order: int = Field(default=8, ge=1)
    declines_per_hour: int = Field(default=20, ge=1)
    # Gunicorn's threads in each web process; at most half of them may wait (Prefer: wait).
    web_threads: int = Field(default=48, ge=2)
    waiters_per_user: int = Field(default=4, ge=1)

    @field_validator(
        "allowed_origins",
        "trusted_hosts",
        "stripe_webhook_secrets",
        "encryption_keys",
        "poll_ages",
        "recheck_intervals",
        "database_pools",
        "shipping_costs",
        mode="before",
    )
    @classmethod
    def split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("public_url", "shop_url")
    @classmethod
    def check_address(cls, url: str) -> str:
        if url and not ADDRESS.fullmatch(url):
            raise ValueError("must be an address such as https://shop.example")
        return url.rstrip("/")

    @field_validator("shipping_costs")
    @classmethod
    def name_the_currency(cls, costs: tuple[str, ...]) -> tuple[str, ...]:
        if len(costs) == 1 and costs[0].isdecimal():
            message = "SHIPPING_COST is now SHIPPING_COSTS, with a currency: usd:{0} is assumed"
            warnings.warn(message.format(costs[0]), FutureWarning, stacklevel=2)
            return (f"usd:{costs[0]}",)
        return costs

    @field_validator("database_url", "redis_url", mode="before")
    @classmethod
    def check_port(cls, url: object) -> object:
        # What reads it later would show a part of the password. Lists of hosts have several ports.
        if isinstance(url, str) and "," not in url:
            try:
                _ = urlsplit(url).port
            except ValueError:
                raise ValueError(
                    "has no readable port: special characters in a password must be percent-encoded"
                ) from None
        return url

    @field_validator("database_url")
    @classmethod
    def name_the_driver(cls, url: str) -> str:
        # SQLAlchemy 2.1 reads a bare postgresql:// as psycopg 3.
        for plain in ("postgres://", "postgresql://"):
            if url.startswith(plain):
                return "postgresql+psycopg2://" + several_hosts(url.removeprefix(plain))
        # What reads it later would show it, password and all.
        if url and not url.startswith("postgresql+psycopg2://"):
            raise ValueError("must begin with postgresql://")
        return url

    @field_validator("redis_url")
    @classmethod
    def know_the_scheme(cls, url: str) -> str:
        if url and not url.startswith(("redis://", "rediss://", "redis+sentinel://")):
            raise ValueError("must begin with redis://, rediss:// or redis+sentinel://")
        return url

    @field_validator("allowed_origins")
    @classmethod
    def take_exact_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        if not all(map(ORIGIN.fullmatch, origins)):
            raise ValueError("each must be exact, such as https://shop.example: no path, no *")
        return origins

    @field_validator("jwt_private_key")
    @classmethod
    def unfold(cls, key: str) -> str:
        # Files of variables hold one line each: there, a PEM key has \n for its line ends.
        return key.replace("\\n", "\n")

    @model_validator(mode="before")
    @classmethod
    def put_in_the_password(cls, values: Any) -> Any:
        url, password = values.get("database_url"), values.get("database_password")
        if url and password:
            return {**values, "database_url": with_password(url, password)}
        return values

    @model_validator(mode="after")
    def refuse_what_is_open_or_useless(self) -> Self:
        is_production = self.projectx_env == "production"
        found = [*(complaints(self) if is_production else ()), *credentials.complaints(self)]
        if found:
            raise ValueError(("not for production: " if is_production else "") + "; ".join(found))
        for name in credentials.empty_limits(self):
            warnings.warn(f"{name} is empty: nothing is limited by it", stacklevel=2)
        return self

    @model_validator(mode="after")
    def warn_of_old_names(self) -> Self:
        """Warn of settings that go by an old name."""
        for name, old in OLD_NAMES.items():
            if old.upper() in os.environ and name.upper() not in os.environ:
                names = f"{old.upper()} is now {name.upper()}"
                message = f"{names}: the old name is not read after this release"
                warnings.warn(message, FutureWarning, stacklevel=2)
        return self

    @model_validator(mode="after")
    def refuse_long_tokens_by_mistake(self) -> Self:
        if self.access_token_lifetime > SHORT_LIVED and not self.access_token_long_lived:
            raise ValueError(
                f"ACCESS_TOKEN_LIFETIME is above {SHORT_LIVED} seconds: set it lower, or say"
                " ACCESS_TOKEN_LONG_LIVED=true for clients that never refresh their token"
            )
        if self.access_token_lifetime > self.refresh_token_lifetime:
            raise ValueError(
                "ACCESS_TOKEN_LIFETIME is above REFRESH_TOKEN_LIFETIME, which ends the session"
            )
        return self

    @property
    def links_url(self) -> str:
        """Where links in e-mails lead, without a slash at the end."""
        return self.shop_url or self.public_url or f"http://localhost:{self.web_port}"

    @property
    def stripe_is_live(self) -> bool:
        """Whether Stripe's keys are for real money. The publishable one, which is no secret, will
        do to know that.
        """
        keys = (self.stripe_publishable_key, self.stripe_secret_key)
        return any(key.startswith(("pk_live", "sk_live", "rk_live")) for key in keys)

    @property
    def hosts(self) -> list[str]:
        """All names that a request may be for."""
        names = [*self.trusted_hosts, urlsplit(self.public_url).hostname or "localhost"]
        return [name.lower() for name in names]

    @property
    def payment_window(self) -> timedelta:
        return timedelta(seconds=self.payment_timeout)

    @property
    def recheck_windows(self) -> tuple[timedelta, ...]:
        return tuple(timedelta(seconds=interval) for interval in self.recheck_intervals)

    @property
    def login_window(self) -> timedelta:
        return timedelta(seconds=self.login_timeout)


settings = Settings()
