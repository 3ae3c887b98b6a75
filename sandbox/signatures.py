"""Signatures of webhooks."""

import base64
import hmac
import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sandbox import clock

KEY_FILE = "sendgrid_webhook_key.pem"


def stripe_signature(secret: str) -> Callable[[bytes], dict[str, str]]:
    """Return a function that makes the signature header of a body.

    Source: https://docs.stripe.com/webhooks#verify-manually
    """

    def sign(body: bytes) -> dict[str, str]:
        moment = int(clock.now())
        digest = hmac.new(secret.encode(), b"%d.%b" % (moment, body), sha256).hexdigest()
        return {"Stripe-Signature": f"t={moment},v1={digest}"}

    return sign


class SendGridKey:
    """The key pair of SendGrid's event webhook.

    Source: https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features
    """

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key

    @property
    def public(self) -> str:
        """The public key as SendGrid's settings page shows it: DER in base64."""
        der = self._key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return base64.b64encode(der).decode()

    def sign(self, body: bytes) -> dict[str, str]:
        moment = str(int(clock.now()))
        signature = self._key.sign(moment.encode() + body, ec.ECDSA(hashes.SHA256()))
        return {
            "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
            "X-Twilio-Email-Event-Webhook-Timestamp": moment,
        }


def load_key(pem: str, directory: Path | None) -> SendGridKey:
    """Return the key of `pem`, else the one stored in `directory`, else a new one.

    Raises ValueError when the PEM is not a private key on P-256.
    """
    path = directory / KEY_FILE if directory else None
    if not pem and path and path.exists():
        pem = path.read_text()
    if pem:
        key = serialization.load_pem_private_key(pem.encode(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ValueError("SendGrid's event webhook is signed with an elliptic curve key")
        return SendGridKey(key)
    key = ec.generate_private_key(ec.SECP256R1())
    if path:
        _write_private(path, key)
    return SendGridKey(key)


def _write_private(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(pem)
