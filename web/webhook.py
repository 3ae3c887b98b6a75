"""What Stripe and SendGrid tell us: checked for its signature, kept once, and applied."""

import base64
from datetime import timedelta
from functools import cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask import request
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag
from werkzeug.exceptions import BadRequest

from config import settings
from models.clock import now
from models.text import parse
from state_machines.durable import inbox
from state_machines.durable.handler import Told
from web.schemas.webhook import Received

api = APIBlueprint("webhook", __name__, url_prefix="/order", abp_tags=[Tag(name="webhook")])

LARGEST = 256 * 1024  # bytes
TOLERANCE = timedelta(seconds=300)


@api.post("/webhook", responses={200: Received})
def stripe_event() -> Any:
    """An event of Stripe. Answered 200 once it is kept, whatever it means."""
    body = _body()
    _check_stripe(body, request.headers.get("Stripe-Signature", ""))
    event = _json(body)
    if not isinstance(event, dict):
        raise BadRequest("An event is a JSON object")
    event_id, kind = event.get("id"), event.get("type")
    if not (isinstance(event_id, str) and isinstance(kind, str)):
        raise BadRequest("An event has an id and a type")
    if bool(event.get("livemode")) != settings.stripe_secret_key.startswith(("sk_live", "rk_live")):
        raise BadRequest("The event is of Stripe's other mode")
    inbox.receive("stripe", event_id, kind, event)
    return Received().json_ready()


@api.post("/email-events", responses={200: Received})
def email_events() -> Any:
    """A batch of events of SendGrid."""
    body = _body()
    _check_sendgrid(body)
    events = _json(body)
    if not isinstance(events, list):
        raise BadRequest("Events come as a JSON array")
    # Rows are locked in the order of their ids, as everybody does.
    found = sorted((_email_event(event) for event in events), key=_subject)
    inbox.receive_all("sendgrid", found)
    return Received().json_ready()


def _subject(told: Told) -> str:
    _, _, event = told
    return str(event.get("loginId") or event.get("orderId") or "")


def _email_event(event: Any) -> Told:
    event_id = event.get("sg_event_id") if isinstance(event, dict) else None
    kind = event.get("event") if isinstance(event, dict) else None
    if not (isinstance(event_id, str) and isinstance(kind, str)):
        raise BadRequest("An event has an sg_event_id and an event")
    return event_id, kind, event


def _body() -> bytes:
    request.max_content_length = LARGEST
    return request.get_data(cache=False)


def _json(body: bytes) -> Any:
    try:
        return parse(body)
    except ValueError as wrong:
        raise BadRequest("The body is not JSON") from wrong


def _check_stripe(body: bytes, signature: str) -> None:
    """Raises BadRequest unless one of our secrets has signed the body within TOLERANCE."""
    # It costs 35 MB and half a second: only who gets events pays.
    from stripe import SignatureVerificationError, WebhookSignature

    for secret in settings.stripe_webhook_secrets:
        try:
            WebhookSignature.verify_header(body, signature, secret, int(TOLERANCE.total_seconds()))
        except (SignatureVerificationError, UnicodeDecodeError):
            continue
        return
    raise BadRequest("The signature is not valid")


def _check_sendgrid(body: bytes) -> None:
    """Raises BadRequest unless SendGrid has signed the body within TOLERANCE.

    Source: https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features
    """
    at = request.headers.get("X-Twilio-Email-Event-Webhook-Timestamp", "")
    try:
        signature = base64.b64decode(
            request.headers.get("X-Twilio-Email-Event-Webhook-Signature", ""), validate=True
        )
        _sendgrid_key().verify(signature, at.encode() + body, ec.ECDSA(hashes.SHA256()))
        age = abs(now().timestamp() - int(at))
    except (InvalidSignature, ValueError) as wrong:
        raise BadRequest("The signature is not valid") from wrong
    if age > TOLERANCE.total_seconds():
        raise BadRequest("The signature is too old")


@cache
def _sendgrid_key() -> ec.EllipticCurvePublicKey:
    """Raises ValueError when there is none."""
    der = base64.b64decode(settings.sendgrid_webhook_public_key)
    key = serialization.load_der_public_key(der)
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise ValueError("SENDGRID_WEBHOOK_PUBLIC_KEY is not an elliptic curve key")  # noqa: TRY004
    return key
