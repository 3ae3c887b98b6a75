"""The command that checks, creates and updates the webhook endpoint at Stripe.

`wsgi.py` passes the calls in, so that this module imports neither tasks nor Stripe's library.
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
from state_machines.providers.stripe.events import SUBSCRIBED
from web.commands import output
from web.commands.auditing import operator_name

PATH = "/order/webhook"
Endpoint = dict[str, Any]


class Endpoints(Protocol):
    """The calls to Stripe, implemented by `tasks.gateways.stripe.endpoints`."""

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
    """Return the group `stripe`. `load` imports the calls when one of its commands runs."""
    group = click.Group("stripe", help="The webhook endpoint at Stripe.")

    @group.command("endpoint")
    @click.option("--url", help=f"Its address (default: PUBLIC_URL{PATH}).")
    @click.option("--id", "key", help="Its id (default: found by its address).")
    @click.option("--create", is_flag=True, help="Create it, and print its signing secret once.")
    @click.option("--update", is_flag=True, help="Correct its address, events and status.")
    @output.json_option
    def endpoint(
        url: str | None, key: str | None, *, create: bool, update: bool, as_json: bool
    ) -> None:
        """Check the webhook endpoint's address, API version, events and status.

        Exit status 1 if anything differs.
        """
        if create and (update or key):
            raise click.UsageError("--create cannot be combined with --update or --id")
        url = _check_url(url)
        actor = operator_name() if create or update else ""
        with _stripe_errors():
            calls = load()
            endpoints = _correct(calls, url, key, create=create, update=update)
        if endpoints and actor:
            with transaction():
                option = "--create" if create else "--update"
                audit(actor, f"stripe endpoint {option}", endpoints[0]["id"], url=url)
        differences = list(_differences(endpoints, url, calls.API_VERSION))
        _print_endpoint(endpoints, differences, as_json=as_json)
        if differences:
            raise click.exceptions.Exit(1)

    return group


def _check_url(url: str | None) -> str:
    url = url or (settings.public_url and settings.public_url + PATH)
    try:
        parts = urlsplit(url)
        is_usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_usable = False
    if not is_usable:
        raise click.UsageError("give the address with --url https://…, or set PUBLIC_URL")
    return url


@contextmanager
def _stripe_errors() -> Iterator[None]:
    """Turn errors of Stripe into one-line errors of the command line (exit status 1).

    Without a key there is no call to make.
    """
    if not settings.stripe_secret_key:
        raise click.ClickException("STRIPE_SECRET_KEY is missing")
    try:
        yield
    except CallError as error:
        raise click.ClickException(escape(str(error))) from error


def _correct(
    calls: Endpoints, url: str, key: str | None, *, create: bool, update: bool
) -> list[Endpoint]:
    """Create or correct the endpoint if asked to, and return those with its address."""
    endpoints = _find(calls, url, key)
    if create:
        _create(calls, endpoints, url)
    elif update and endpoints:
        endpoints[0] = calls.update(endpoints[0]["id"], url, SUBSCRIBED)
    return endpoints


def _find(calls: Endpoints, url: str, key: str | None) -> list[Endpoint]:
    """Return the endpoints with this id or address, the one of our API version first.

    A second one may exist during a change of version, while both signing secrets are set.
    """
    endpoints = [calls.retrieve(key)] if key else calls.list_all()
    matching = [row for row in endpoints if key or row["url"] == url]
    return sorted(matching, key=lambda row: row["api_version"] != calls.API_VERSION)


def _create(calls: Endpoints, endpoints: list[Endpoint], url: str) -> None:
    """Create an endpoint and insert it first.

    Raises click.ClickException if there is one of our API version already.
    """
    if endpoints and endpoints[0]["api_version"] == calls.API_VERSION:
        raise click.ClickException(f"{endpoints[0]['id']} exists already: --update corrects it")
    endpoints.insert(0, calls.create(url, SUBSCRIBED))


def _differences(endpoints: list[Endpoint], url: str, version: str) -> Iterator[str]:
    """Yield a sentence for each setting that differs from those that this code needs."""
    if not endpoints:
        yield f"there is no endpoint with the address {url}: --create creates it"
        return
    endpoint, *others = endpoints
    if endpoint["url"] != url:
        yield f"its address is {endpoint['url']}, not {url}"
    if endpoint["status"] != "enabled":
        yield f"it is {endpoint['status']}"
    if endpoint["api_version"] != version:
        current = endpoint["api_version"] or "the account's own"
        yield (
            f"its API version is {current}, not {version}; Stripe cannot change it: create another"
            " with --create, then delete this one"
        )
    kinds = set(endpoint["enabled_events"])
    yield from (f"it does not receive {kind}" for kind in sorted(SUBSCRIBED - kinds))
    yield from (f"it receives {kind}, which is not used" for kind in sorted(kinds - SUBSCRIBED))
    yield from (
        f"{other['id']} has the same address: delete it once the signing secret of"
        f" {endpoint['id']} is set"
        for other in others
    )


def _print_endpoint(endpoints: list[Endpoint], differences: list[str], *, as_json: bool) -> None:
    # Stripe returns the secret only once, in the answer to the creation.
    names = ("id", "url", "api_version", "status", "enabled_events", "secret")
    endpoint = endpoints[0] if endpoints else {}
    fields = {name: endpoint[name] for name in names if name in endpoint}
    if as_json:
        output.print_result("", as_json=True, endpoint=fields or None, differences=differences)
        return
    if fields:
        output.print_record({**fields, "enabled_events": len(fields["enabled_events"])})
    for sentence in differences:
        click.echo(escape(sentence))
