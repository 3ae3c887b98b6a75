"""The settings of the system. No other module reads the environment.

With `PROJECTX_ENV=production` a process does not start with a missing or unsafe setting; the error
lists all of them at once.
"""

import os
import warnings
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

import credentials
import production
from addresses import (
    DatabaseUrl,
    Hosts,
    HttpUrl,
    Key,
    Keys,
    Numbers,
    Origins,
    RedisUrl,
    Seconds,
    with_passwords,
)
from console_settings import ConsoleSettings
from overload_settings import OverloadSettings
from settings_error import MAX_DAYS, folder, named_variables, refuse_huge
from shop_settings import ShopSettings
from telemetry_settings import Port, TelemetrySettings

# `make run` writes its settings to this file for `flask` commands. The environment overrides it.
ENV_FILE = os.environ.get("PROJECTX_ENV_FILE", ".data/running.env")
# A folder with a file for each secret, such as `database_password`. The environment overrides it.
SECRETS_FOLDER = folder("PROJECTX_SECRETS", os.environ.get("PROJECTX_SECRETS"))

# The old names of renamed settings, by their new names. They are read for one release.
OLD_NAMES = {"poll_ages": "ask_ages", "recheck_intervals": "ask_again_after"}


def _with_old_name(name: str) -> AliasChoices:
    return AliasChoices(name, OLD_NAMES[name])


class Settings(ConsoleSettings, OverloadSettings, ShopSettings, TelemetrySettings):
    """The settings of a process. Times are seconds, amounts are minor units.

    Raises pydantic.ValidationError on bad values.
    """

    # Errors must not show the values, since many are secret.
    model_config = SettingsConfigDict(
        extra="ignore",
        frozen=True,
        env_file=ENV_FILE,
        secrets_dir=SECRETS_FOLDER,
        hide_input_in_errors=True,
        allow_inf_nan=False,
    )

    projectx_env: Literal["development", "production"] = "development"
    # The part of the system that this process is; production requires only the settings of it.
    projectx_part: production.Part = "all"
    # The person who runs commands, for the audit log.
    projectx_operator: str = Field(default="", max_length=100, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")
    database_url: DatabaseUrl = ""
    database_password: str = ""
    redis_url: RedisUrl = ""
    redis_password: str = ""

    web_port: Port = 8080
    auth_port: Port = 8081
    order_port: Port = 8082
    product_port: Port = 8083
    events_port: Port = 8084
    flower_port: Port = 5555
    sandbox_port: Port = 8090
    allowed_origins: Origins = (
        "http://localhost:3000",
        "http://127.0.0.1:3000",
        "http://localhost:8080",
    )
    # The base URL at which clients reach the system; all addresses in answers begin with it.
    public_url: HttpUrl = ""
    # The base URL of the pages of the shop, if it is not `public_url`.
    shop_url: HttpUrl = ""
    # Origins of pictures of products, beside our own.
    image_origins: Origins = ()
    trusted_proxies: int = Field(default=0, ge=0)
    # Allowed values of `Host` beside PUBLIC_URL's; `.shop.example` includes all subdomains.
    trusted_hosts: Hosts = ("localhost", "127.0.0.1")

    stripe_secret_key: Key = ""
    stripe_publishable_key: Key = ""
    stripe_webhook_secrets: Keys = ()
    stripe_api_base: HttpUrl = ""
    sendgrid_api_key: Key = ""
    sendgrid_api_base: HttpUrl = ""
    sendgrid_webhook_public_key: str = ""
    email_from: str = Field(default="shop@projectx.example", pattern=r"^([^@\s<>]+@[^@\s<>]+)?$")
    provider_timeout: float = Field(default=4.0, gt=0, le=600)
    drain_timeout: float = Field(default=10.0, ge=0)  # for the calls of a stopping worker

    jwt_private_key: str = ""
    jwt_public_keys: str = ""
    code_secret: str = ""
    encryption_keys: Keys = ()
    access_token_lifetime: int = Field(default=900, gt=0)
    # Allows access tokens as long-lived as a session, for clients that never refresh them.
    access_token_long_lived: bool = False
    refresh_token_lifetime: int = Field(default=30 * 24 * 3600, gt=0)
    # Sign-in attempts: of a browser (or client) for one email address, and of an IP address.
    login_limit: str = "6/minute;30/hour"
    login_limit_per_address: str = "60/minute;600/hour"
    # Seconds between two emails to an address, while the first code is unused.
    login_cooldown: float = Field(default=60, ge=0)
    # Sign-in emails to all addresses together.
    login_emails_per_hour: int = Field(default=2000, ge=1)
    # The host name that passkeys are bound to; empty: the shop URL's.
    passkey_rp_id: str = Field(default="", pattern=r"^[A-Za-z0-9.-]*$")

    payment_timeout: float = Field(default=900, gt=0)
    login_timeout: float = Field(default=600, gt=0)
    # Seconds between two attempts to cancel an intent; after the last it doubles, up to 6 h.
    recheck_intervals: Seconds = Field(
        default=(60,), validation_alias=_with_old_name("recheck_intervals")
    )
    # Ages of a payment or refund, in seconds, at which Stripe is polled; then at each doubling.
    poll_ages: Seconds = Field(
        default=(300, 3600, 86400), validation_alias=_with_old_name("poll_ages")
    )
    reconcile_every: float = Field(default=3600, gt=0)
    # Stripe lists undelivered events for 30 days; received events must be stored for longer.
    retention_days: int = Field(default=90, ge=31, le=MAX_DAYS)
    # Days after which the payload of an unmatched or failed signal is erased.
    signal_payload_days: int = Field(default=30, ge=1, le=MAX_DAYS)
    # 0 would be no limit: one process could use all connections of PostgreSQL.
    database_pool: int = Field(default=12, ge=1)
    # The pool sizes of all processes, this one included; PostgreSQL must allow their sum.
    database_pools: Numbers = ()
    # A pooler such as PgBouncer, in transaction mode, is in front of PostgreSQL.
    database_pooler: bool = False
    # The new password of the application's role, for `flask roles grant`.
    app_password: str = ""
    # PostgreSQL ends a statement after this time; a silent server is given up soon after.
    statement_timeout: float = Field(default=12, ge=0.1, le=86_400)
    # Limits for a customer. Unpaid orders hold stock: at most `unpaid_pieces` of a product, or
    # `unpaid_share` of its stock if that is more. Many declines suggest stolen cards.
    orders_per_hour: int = Field(default=120, ge=1)
    unpaid_orders: int = Field(default=20, ge=1)
    unpaid_pieces: int = Field(default=10, ge=1)
    unpaid_share: float = Field(default=0.5, gt=0, le=1)
    declines_per_order: int = Field(default=8, ge=1)
    declines_per_hour: int = Field(default=20, ge=1)
    events_url: HttpUrl = ""
    events_streams: int = Field(default=10_000, ge=1)
    events_streams_per_user: int = Field(default=8, ge=1)

    _bounds = field_validator("*")(refuse_huge)

    def part_of(self, process: str) -> str:
        """Return the part that a process belongs to: itself, where one system has all parts."""
        return process if self.projectx_part == "all" else self.projectx_part

    @field_validator("jwt_private_key")
    @classmethod
    def restore_line_ends(cls, key: str) -> str:
        # In a file of variables a PEM key is one line, with \n for its line ends.
        return key.replace("\\n", "\n")

    @model_validator(mode="before")
    @classmethod
    def insert_passwords(cls, values: Any) -> Any:
        return values | with_passwords(values)

    @model_validator(mode="after")
    def refuse_unsafe_settings(self) -> Self:
        is_production = self.projectx_env == "production"
        if problems := find_problems(self):
            raise ValueError(
                ("not for production: " if is_production else "") + "; ".join(problems)
            )
        for name in credentials.find_empty_limits(self):
            warnings.warn(f"{name} is empty, so there is no limit", stacklevel=2)
        return self

    @model_validator(mode="after")
    def warn_of_old_names(self) -> Self:
        """Warn of variables with an old name."""
        for name, old in OLD_NAMES.items():
            if old.upper() in os.environ and name.upper() not in os.environ:
                names = f"{old.upper()} is now {name.upper()}"
                message = f"{names}: the old name is not read after this release"
                warnings.warn(message, FutureWarning, stacklevel=2)
        return self

    @property
    def links_url(self) -> str:
        """The base URL of links in emails, without a slash at the end."""
        return self.shop_url or self.public_url or f"http://localhost:{self.web_port}"

    @property
    def stripe_is_live(self) -> bool:
        """True when Stripe's keys are live ones. The publishable key alone is enough to tell."""
        keys = (self.stripe_publishable_key, self.stripe_secret_key)
        return any(key.startswith(("pk_live", "sk_live", "rk_live")) for key in keys)

    @property
    def hosts(self) -> list[str]:
        """The allowed values of `Host`, in lower case."""
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


def find_problems(settings: Settings) -> list[str]:
    """Return all problems of valid values, each with the name of its variable."""
    is_production = settings.projectx_env == "production"
    return [
        *(production.find_problems(settings) if is_production else ()),
        *credentials.find_problems(settings),
    ]


if TYPE_CHECKING:
    settings: Settings
else:

    def __getattr__(name: str) -> Any:
        """Load `settings` at first use, since `flask config check` reports invalid ones itself."""
        if name != "settings":
            raise AttributeError(name)
        with named_variables():
            globals()[name] = Settings()
        return globals()[name]
