"""The secrets of a development machine, created once and stored in the data folder."""

import base64
import hashlib
import json
import secrets
from pathlib import Path

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from launch.files import write_whole

SANDBOX = {
    "STRIPE_SECRET_KEY": "sk_test_sandbox",
    "STRIPE_PUBLISHABLE_KEY": "pk_test_sandbox",
    "STRIPE_WEBHOOK_SECRETS": "whsec_sandbox",
    "SENDGRID_API_KEY": "SG.sandbox",
}


def load_secrets(folder: Path) -> dict[str, str]:
    """Return the variables with secrets from `folder`/secrets.json, created if it is missing.

    Raises RuntimeError when the file is damaged.
    """
    path = folder / "secrets.json"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(_create(), indent=2), mode=0o600, replace=False)
    try:
        variables: dict[str, str] = dict(json.loads(path.read_text()))
    except (ValueError, TypeError):
        variables = {}
    if not variables:
        # New secrets could not decrypt the database: its owner has to decide.
        raise RuntimeError(f"{path} is damaged: delete it and the data beside it to start afresh")
    return variables


def _create() -> dict[str, str]:
    signing, events = ed25519.Ed25519PrivateKey.generate(), ec.generate_private_key(ec.SECP256R1())
    return {
        "JWT_PRIVATE_KEY": _pem(signing),
        "JWT_PUBLIC_KEYS": json.dumps({"keys": [_jwk(signing)]}),
        "CODE_SECRET": secrets.token_urlsafe(32),
        "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "SANDBOX_SENDGRID_PRIVATE_KEY": _pem(events),
        "SENDGRID_WEBHOOK_PUBLIC_KEY": _der(events),
        "FLOWER_USER": "operator",
        "FLOWER_PASSWORD": "projectx",
    }


def _pem(key: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def _der(key: ec.EllipticCurvePrivateKey) -> str:
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return base64.b64encode(public).decode()


def _jwk(key: ed25519.Ed25519PrivateKey) -> dict[str, str]:
    """Return the public key as a JWK whose kid is its thumbprint.

    Sources: RFC 8037 section 2, RFC 7638
    """
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    required = {"crv": "Ed25519", "kty": "OKP", "x": _base64url(raw)}
    canonical = json.dumps(required, separators=(",", ":"), sort_keys=True).encode()
    thumbprint = _base64url(hashlib.sha256(canonical).digest())
    return {**required, "kid": thumbprint, "alg": "EdDSA", "use": "sig"}


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
