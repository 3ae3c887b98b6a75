"""Signatures of webhooks from Stripe and SendGrid. Invalid ones are refused with 400."""

import base64
import re
from datetime import timedelta
from functools import cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask import request
from werkzeug.exceptions import BadRequest

from config import settings
from models.clock import now

# Maximum age of a message, and maximum difference to a clock that is ahead of ours.
TOLERANCE = timedelta(seconds=300)
# Unix seconds. A number with more digits is not a date.
TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
STRIPE_TIMESTAMP = re.compile(rf"(?:^|,)t=({TIMESTAMP.pattern})(?:,|$)", re.ASCII)


def check_stripe(body: bytes) -> None:
    """Verify that Stripe signed the body within TOLERANCE. Raises BadRequest.

    Source: https://docs.stripe.com/webhooks#verify-manually
    """
    # The library costs 35 MB and half a second; only processes that get events load it.
    from stripe import SignatureVerificationError, WebhookSignature

    header = request.headers.get("Stripe-Signature", "")
    timestamp = STRIPE_TIMESTAMP.search(header)
    if not header.isascii() or timestamp is None:
        raise BadRequest("The signature is not valid")
    for secret in settings.stripe_webhook_secrets:
        try:
            WebhookSignature.verify_header(body, header, secret)
        except (SignatureVerificationError, UnicodeDecodeError):
            continue
        # The library accepts timestamps of the future.
        return _check_time(timestamp[1])
    raise BadRequest("The signature is not valid")


def check_sendgrid(body: bytes) -> None:
    """Verify that SendGrid signed the body within TOLERANCE. Raises BadRequest.

    Source: https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features
    """
    timestamp = request.headers.get("X-Twilio-Email-Event-Webhook-Timestamp", "")
    if not TIMESTAMP.fullmatch(timestamp):
        raise BadRequest("The signature is not valid")
    try:
        signature = base64.b64decode(
            request.headers.get("X-Twilio-Email-Event-Webhook-Signature", ""), validate=True
        )
        _sendgrid_key().verify(signature, timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError) as error:
        raise BadRequest("The signature is not valid") from error
    _check_time(timestamp)


def _check_time(timestamp: str) -> None:
    """Raise BadRequest when the timestamp is too old, or too far in the future."""
    if abs(now().timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
        raise BadRequest("The signature's timestamp is outside the tolerance")


@cache
def _sendgrid_key() -> ec.EllipticCurvePublicKey:
    """Return SendGrid's public key. Raises ValueError when it is not set or not valid."""
    der = base64.b64decode(settings.sendgrid_webhook_public_key)
    key = serialization.load_der_public_key(der)
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise ValueError("SENDGRID_WEBHOOK_PUBLIC_KEY is not an elliptic curve key")  # noqa: TRY004
    return key
