"""The webhook endpoint at Stripe: whether it is as this code needs it.

The calls themselves are handed in by `wsgi.py`: nothing here imports tasks or Stripe's library.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol
from urllib.parse import urlsplit

import click

from config import settings
from models.audit import audit
from models.base import transaction
from models.printable import escape
from state_machines.durable import CallError
from state_machines.stripe_event import SUBSCRIBED
from web.commands import output
from web.commands.acting import operator

PATH = "/order/webhook"
Endpoint = dict[str, Any]


class Endpoints(Protocol):
    """Stripe's webhook endpoints, as `tasks.gateways.stripe.endpoints` has them."""

    API_VERSION: str

    @property
    def list_all(self) -> Callable[[], Iterable[Endpoint]]: ...
    @property
    def retrieve(self) -> Callable[[str], Endpoint]: ...
    @property
    def create(self) -> Callable[[str, Iterable[str]], Endpoint]: ...
    @property
    def update(self) -> Callable[[str, str, Iterable[str]], Endpoint]: ...


def make_group(load: Callable[[], Endpoints]) -> click.Group:
    """Make the group `stripe`. `load` gives it the calls, once one of its commands runs."""
    group = click.Group("stripe", help="What is set up at Stripe.")

    @group.command("endpoint")
    @click.option("--url", help=f"Its address, unless it is PUBLIC_URL{PATH}.")
    @click.option("--id", "key", help="The endpoint; without it, the one with this address.")
    @click.option("--create", is_flag=True, help="Make one; its signing secret is printed once.")
    @click.option("--update", is_flag=True, help="Mend its address, its kinds and its status.")
    @output.as_json
    def endpoint(
        url: str | None, key: str | None, *, create: bool, update: bool, as_json: bool
    ) -> None:
        """Check the webhook endpoint: address, API version, kinds of events; exit status 1 if
        anything differs.
        """
        if create and (update or key):
            raise click.UsageError("--create goes with neither --update nor --id")
        url = _check_url(url or (settings.public_url and settings.public_url + PATH))
        if not settings.stripe_secret_key:
            raise click.ClickException("STRIPE_SECRET_KEY is missing")
        actor = operator() if create or update else ""
        with _stripe_errors():
            calls = load()
            found = _find(calls, url, key)
            if create:
                _create(calls, found, url)
            elif update and found:
                found[0] = calls.update(found[0]["id"], url, SUBSCRIBED)
        different = list(_differences(found, url, calls.API_VERSION))
        _show(found, different, as_json=as_json)
        if found and (create or update):
            action = f"stripe endpoint --{'create' if create else 'update'}"
            with transaction():
                audit(actor, action, found[0]["id"], url=url)
        if different:
            raise click.exceptions.Exit(1)

    return group


def _check_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable:
        raise click.UsageError("say the address with --url https://…, or set PUBLIC_URL")
    return url


@contextmanager
def _stripe_errors() -> Iterator[None]:
    """Say in a line what Stripe answered (exit status 1)."""
    try:
        yield
    except CallError as error:
        raise click.ClickException(escape(str(error))) from error


def _find(calls: Endpoints, url: str, key: str | None) -> list[Endpoint]:
    """Return the endpoints that are meant, the one of our version first: others may stand beside
    it for as long as both secrets are set.
    """
    found = [calls.retrieve(key)] if key else [row for row in calls.list_all() if row["url"] == url]
    return sorted(found, key=lambda row: row["api_version"] != calls.API_VERSION)


def _create(calls: Endpoints, found: list[Endpoint], url: str) -> None:
    """Put a new endpoint before those that are there. Refuse a second one of our version."""
    if found and found[0]["api_version"] == calls.API_VERSION:
        raise click.ClickException(f"{found[0]['id']} is there already: --update mends it")
    found.insert(0, calls.create(url, SUBSCRIBED))


def _differences(found: list[Endpoint], url: str, version: str) -> Iterator[str]:
    """Yield a sentence for each thing that is not as this code needs it."""
    if not found:
        yield f"there is no endpoint with the address {url}: --create makes it"
        return
    endpoint, *others = found
    if endpoint["url"] != url:
        yield f"its address is {endpoint['url']}, not {url}"
    if endpoint["status"] != "enabled":
        yield f"it is {endpoint['status']}"
    if endpoint["api_version"] != version:
        kept = endpoint["api_version"] or "the account's own"
        yield (
            f"its API version is {kept}, not {version}; Stripe cannot change that: --create makes"
            " another, then delete this one"
        )
    kinds = set(endpoint["enabled_events"])
    yield from (f"it does not get {kind}" for kind in sorted(SUBSCRIBED - kinds))
    yield from (f"it gets {kind}, which is not read" for kind in sorted(kinds - SUBSCRIBED))
    yield from (
        f"{other['id']} has the same address: delete it once the signing secret of"
        f" {endpoint['id']} is set"
        for other in others
    )


def _show(found: list[Endpoint], different: list[str], *, as_json: bool) -> None:
    # Stripe shows the secret once: to who made the endpoint.
    names = ("id", "url", "api_version", "status", "enabled_events", "secret")
    about = {name: found[0][name] for name in names if name in found[0]} if found else {}
    if as_json:
        output.done("", as_json=True, endpoint=about or None, differences=different)
        return
    if about:
        output.record({**about, "enabled_events": len(about["enabled_events"])})
    for sentence in different:
        click.echo(escape(sentence))
