"""What Stripe and SendGrid tell us: checked for its signature, kept once, and applied."""

import json
import logging
from hashlib import sha256
from typing import Any

from flask import request
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag
from werkzeug.exceptions import BadRequest

from config import settings
from models.text import dump_json, parse
from state_machines.durable import inbox
from state_machines.durable.handler import Told
from web.schemas.webhook import Received
from web.signatures import check_sendgrid, check_stripe

log = logging.getLogger(__name__)
api = APIBlueprint("webhook", __name__, url_prefix="/order", abp_tags=[Tag(name="webhook")])

LARGEST_EVENT = 256 * 1024  # bytes
# SendGrid gathers events of some seconds; what it posts at once has been seen to reach 768 KB.
LARGEST_BATCH = 1024 * 1024  # bytes


@api.post("/webhook", responses={200: Received})
def stripe_event() -> Any:
    """An event of Stripe. Answered 200 once it is kept, whatever it means."""
    body = _body(LARGEST_EVENT)
    check_stripe(body)
    event = _json(body)
    if not isinstance(event, dict):
        raise BadRequest("An event is a JSON object")
    event_id, kind = event.get("id"), event.get("type")
    if not (isinstance(event_id, str) and isinstance(kind, str)):
        raise BadRequest("An event has an id and a type")
    if bool(event.get("livemode")) != settings.stripe_is_live:
        raise BadRequest("The event is of Stripe's other mode")
    inbox.receive("stripe", event_id, kind, event)
    return Received().json_ready()


@api.post("/email-events", responses={200: Received})
def email_events() -> Any:
    """A batch of events of SendGrid. Each is judged alone: one that cannot be read is logged, and
    keeps none of its company back.
    """
    body = _body(LARGEST_BATCH)
    check_sendgrid(body)
    events = _json(body)
    if not isinstance(events, list):
        raise BadRequest("Events come as a JSON array")
    readable = [told for event in events if (told := _email_event(event)) is not None]
    # Rows are locked in the order of their ids, as everybody does.
    inbox.receive_all("sendgrid", sorted(readable, key=_subject))
    return Received().json_ready()


def _subject(told: Told) -> str:
    _, _, event = told
    return str(event.get("loginId") or event.get("orderId") or "")


def _email_event(event: Any) -> Told | None:
    """The event with its id and kind, or None. Those of unsubscribe groups have no id: theirs is
    made of what they say, so that a repeated one is known.
    """
    kind = event.get("event") if isinstance(event, dict) else None
    if not isinstance(kind, str):
        log.warning("skipped an e-mail event that is no event: %.200r", event)
        return None
    event_id = event.get("sg_event_id")
    if not isinstance(event_id, str):
        plain = json.dumps(json.loads(dump_json(event)), sort_keys=True)
        event_id = f"without an id: {sha256(plain.encode()).hexdigest()}"
    return event_id, kind, event


def _body(limit: int) -> bytes:
    request.max_content_length = limit
    return request.get_data(cache=False)


def _json(body: bytes) -> Any:
    try:
        return parse(body)
    except ValueError as wrong:
        raise BadRequest("The body is not JSON") from wrong
