"""/v1/webhook_endpoints: https://docs.stripe.com/api/webhook_endpoints.

They are only stored and shown: the sandbox posts its events to the URLs of its options.
"""

from typing import Any
from urllib.parse import urlsplit

from sandbox import clock
from sandbox.compact import Json
from sandbox.ids import new_id
from sandbox.rows.endpoints import WebhookEndpoint
from sandbox.stripe_api.bank import find
from sandbox.stripe_api.call import Call
from sandbox.stripe_api.errors import invalid
from sandbox.stripe_api.lists import page
from sandbox.stripe_api.params import (
    allow,
    boolean,
    group,
    merge_metadata,
    required,
    strings,
    text,
)

KIND = "webhook endpoint"
CHANGEABLE = ("url", "enabled_events", "description", "metadata", "disabled")


def create(call: Call) -> Json:
    params = call.params
    allow(params, {"url", "enabled_events", "api_version", "connect", "description", "metadata"})
    endpoint = WebhookEndpoint(
        id=new_id("we"),
        url=_read_url(params),
        enabled_events=_read_kinds(params),
        created=int(clock.now()),
        api_version=text(params, "api_version"),
        description=text(params, "description"),
        metadata=merge_metadata({}, params),
    )
    call.bank.store.save(endpoint)
    return endpoint.view() | {"secret": new_id("whsec")}


def retrieve(call: Call) -> Json:
    return _endpoint(call).view()


def update(call: Call) -> Json:
    """Update an endpoint, except its API version, which never changes."""
    params = call.params
    allow(params, CHANGEABLE)
    endpoint = _endpoint(call)
    url = _read_url(params) if "url" in params else endpoint.url
    kinds = _read_kinds(params) if "enabled_events" in params else endpoint.enabled_events
    disabled = boolean(params, "disabled")
    endpoint.metadata = merge_metadata(endpoint.metadata, params)
    if "description" in params:
        endpoint.description = text(params, "description")
    if disabled is not None:
        endpoint.status = "disabled" if disabled else "enabled"
    endpoint.url, endpoint.enabled_events = url, kinds
    call.bank.store.save(endpoint)
    return endpoint.view()


def list_all(call: Call) -> Json:
    rows = reversed(call.bank.store.endpoints.values())
    return page(call, rows, KIND, lambda _: True)


def _endpoint(call: Call) -> WebhookEndpoint:
    return find(call.bank.store.endpoints, KIND, call.row)


def _read_url(params: Json) -> str:
    required(params, "url")
    url: Any = text(params, "url")
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise invalid("Not a valid URL", param="url", code="url_invalid")
    return str(url)


def _read_kinds(params: Json) -> list[str]:
    group(params, "enabled_events")
    kinds = strings(params, "enabled_events")
    if not kinds:
        required({}, "enabled_events")
    return kinds
