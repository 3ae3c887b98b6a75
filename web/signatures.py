"""Signatures of webhooks: who has sent a body, and when. All other headers are a 400."""

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

# A message may be this old, and this far ahead of our clock.
TOLERANCE = timedelta(seconds=300)
# Unix seconds. No more digits are read: such a number has no date.
MOMENT = re.compile(r"[0-9]{1,12}", re.ASCII)
STRIPE_MOMENT = re.compile(rf"(?:^|,)t=({MOMENT.pattern})(?:,|$)", re.ASCII)


def check_stripe(body: bytes) -> None:
    """Raises BadRequest unless one of our secrets has signed the body within TOLERANCE.

    Source: https://docs.stripe.com/webhooks#verify-manually
    """
    # It costs 35 MB and half a second: only who gets events pays.
    from stripe import SignatureVerificationError, WebhookSignature

    header = request.headers.get("Stripe-Signature", "")
    moment = STRIPE_MOMENT.search(header)
    if not header.isascii() or moment is None:
        raise BadRequest("The signature is not valid")
    for secret in settings.stripe_webhook_secrets:
        try:
            WebhookSignature.verify_header(body, header, secret)
        except (SignatureVerificationError, UnicodeDecodeError):
            continue
        # The library reads the first `t` of several, and looks back only.
        return _refuse_other_times(moment[1])
    raise BadRequest("The signature is not valid")


def check_sendgrid(body: bytes) -> None:
    """Raises BadRequest unless SendGrid has signed the body within TOLERANCE.

    Source: https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features
    """
    at = request.headers.get("X-Twilio-Email-Event-Webhook-Timestamp", "")
    if not MOMENT.fullmatch(at):
        raise BadRequest("The signature is not valid")
    try:
        signature = base64.b64decode(
            request.headers.get("X-Twilio-Email-Event-Webhook-Signature", ""), validate=True
        )
        _sendgrid_key().verify(signature, at.encode() + body, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError) as wrong:
        raise BadRequest("The signature is not valid") from wrong
    _refuse_other_times(at)


def _refuse_other_times(moment: str) -> None:
    if abs(now().timestamp() - int(moment)) > TOLERANCE.total_seconds():
        raise BadRequest("The signature is too old, or of the future")


@cache
def _sendgrid_key() -> ec.EllipticCurvePublicKey:
    """Raises ValueError when there is none."""
    der = base64.b64decode(settings.sendgrid_webhook_public_key)
    key = serialization.load_der_public_key(der)
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise ValueError("SENDGRID_WEBHOOK_PUBLIC_KEY is not an elliptic curve key")  # noqa: TRY004
    return key
