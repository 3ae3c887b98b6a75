"""Routes of webhooks: events of Stripe and SendGrid are verified, stored once and applied."""

import json
import logging
from hashlib import sha256
from typing import Any

from flask import request
from flask_openapi.models.tag import Tag
from werkzeug.exceptions import BadRequest

from config import settings
from models.text import dump_json, parse
from state_machines.durable import inbox
from state_machines.durable.base.handling import ProviderEvent
from web.blueprint import ApiBlueprint
from web.schemas.webhook import Received
from web.signatures import check_sendgrid, check_stripe

log = logging.getLogger(__name__)
api = ApiBlueprint("webhook", __name__, url_prefix="/order", abp_tags=[Tag(name="webhook")])

MAX_EVENT_SIZE = 256 * 1024  # bytes
# SendGrid collects events for some seconds; batches of 768 KB have been observed.
MAX_BATCH_SIZE = 1024 * 1024  # bytes


@api.post("/webhook", responses={200: Received})
def stripe_event() -> Any:
    """Receive an event of Stripe. 200 once it is stored, also when it is not applied."""
    body = _read_body(MAX_EVENT_SIZE)
    check_stripe(body)
    event = _parse(body)
    if not isinstance(event, dict):
        raise BadRequest("The event must be a JSON object")
    event_id, kind = event.get("id"), event.get("type")
    if not (isinstance(event_id, str) and isinstance(kind, str)):
        raise BadRequest("The event must have an id and a type")
    if bool(event.get("livemode")) != settings.stripe_is_live:
        raise BadRequest("The event belongs to Stripe's other mode (live or test)")
    inbox.receive("stripe", event_id, kind, event)
    return Received().json_ready()


@api.post("/email-events", responses={200: Received})
def email_events() -> Any:
    """Receive a batch of events of SendGrid. Malformed events are logged and skipped."""
    body = _read_body(MAX_BATCH_SIZE)
    check_sendgrid(body)
    events = _parse(body)
    if not isinstance(events, list):
        raise BadRequest("The events must be a JSON array")
    signals = [signal for event in events if (signal := _email_event(event)) is not None]
    # All processes lock rows in the order of their ids.
    inbox.receive_all("sendgrid", sorted(signals, key=_subject_id))
    return Received().json_ready()


def _subject_id(signal: ProviderEvent) -> str:
    _, _, event = signal
    return str(event.get("loginId") or event.get("orderId") or "")


def _email_event(event: Any) -> ProviderEvent | None:
    """Return the event with its id and kind, or None when it is malformed.

    Events of unsubscribe groups have no id. Theirs is a hash of the event, so that a repetition is
    recognised.
    """
    kind = event.get("event") if isinstance(event, dict) else None
    if not isinstance(kind, str):
        log.warning("skipped a malformed email event: %.200r", event)
        return None
    event_id = event.get("sg_event_id")
    if not isinstance(event_id, str):
        plain = json.dumps(json.loads(dump_json(event)), sort_keys=True)
        event_id = f"without an id: {sha256(plain.encode()).hexdigest()}"
    return event_id, kind, event


def _read_body(limit: int) -> bytes:
    request.max_content_length = limit
    return request.get_data(cache=False)


def _parse(body: bytes) -> Any:
    try:
        return parse(body)
    except ValueError as error:
        raise BadRequest("The body is not JSON") from error
