"""Secrets and keys that are malformed or weak stop the start, and are not shown by it."""

import json
import os
from typing import Any

import pytest
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import ValidationError

import signing_keys
from config import Settings, settings
from tests.support import python

KEY = json.loads(settings.jwt_public_keys)["keys"][0]
ELLIPTIC = generate_private_key(SECP256R1()).private_bytes(
    Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
)


def key_set(**changes: Any) -> str:
    return json.dumps({"keys": [KEY | changes]})


WRONG = {
    "a short secret": ("code_secret", "tail-of-it", "CODE_SECRET must be random"),
    "a secret of one letter": ("code_secret", "a" * 40, "CODE_SECRET must be random"),
    "no Fernet key": ("encryption_keys", "tail-of-it", "number 1 of 1 is not a Fernet key"),
    "a second key that is none": (
        "encryption_keys", f"{Fernet.generate_key().decode()},tail-of-it", "number 2 of 2"
    ),
    "no PEM": ("jwt_private_key", "tail-of-it", "JWT_PRIVATE_KEY is not an Ed25519 key"),
    "a key of another kind": ("jwt_private_key", ELLIPTIC.decode(), "JWT_PRIVATE_KEY is not"),
    "no JSON": ("jwt_public_keys", "tail-of-it", "is not a JSON Web Key Set"),
    "no set": ("jwt_public_keys", json.dumps(KEY), "is not a JSON Web Key Set"),
    "an empty set": ("jwt_public_keys", '{"keys": []}', "is not a JSON Web Key Set"),
    "a private key in public": ("jwt_public_keys", key_set(d="tail-of-it"), "private members"),
    "a shared secret in public": ("jwt_public_keys", key_set(k="tail-of-it"), "private members"),
    "a key of another curve": ("jwt_public_keys", key_set(crv="X25519"), "is not an Ed25519 key"),
    "a key without a name": ("jwt_public_keys", key_set(kid=""), "has no kid"),
    "half a key": ("jwt_public_keys", key_set(x=KEY["x"][:20]), "has no x of 32 bytes"),
    "two keys of one name": ("jwt_public_keys", json.dumps({"keys": [KEY, KEY]}), "the same kid"),
    "no webhook key": ("sendgrid_webhook_public_key", "tail-of-it", "is not an elliptic curve key"),
    "no rate": ("login_limit", "often", "LOGIN_LIMIT is not a list of rates"),
    "a rate of nothing": ("login_limit_per_address", "0/minute", "is not a list of rates"),
    "a password in a port": (
        "database_url", "postgresql://shop:pass/tail-of-it@db/shop", "has no readable port"
    ),
    "the same for Redis": ("redis_url", "redis://:pass/tail-of-it@redis:6379/0", "no readable"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "value", "complaint"), WRONG.values(), ids=WRONG)
def test_a_bad_secret_is_reported_and_not_shown(name: str, value: str, complaint: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings.model_validate({name: value})
    assert complaint in str(refused.value)
    assert "tail-of-it" not in str(refused.value)


@pytest.mark.parametrize("name", ["LOGIN_LIMIT", "LOGIN_LIMIT_PER_ADDRESS"])
@pytest.mark.parametrize("empty", ["", " "])
def test_an_empty_limit_is_refused_in_production_and_warned_of_elsewhere(
    name: str, empty: str
) -> None:
    with pytest.raises(ValidationError, match=f"{name} is empty"):
        Settings.model_validate({"projectx_env": "production", name.lower(): empty})
    with pytest.warns(UserWarning, match=f"{name} is empty"):
        Settings.model_validate({name.lower(): empty})


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ENCRYPTION_KEYS", "CODE_SECRET", "JWT_PUBLIC_KEYS"])
@pytest.mark.parametrize("mode", ["development", "production"])
def test_the_error_of_a_failed_start_shows_no_secret(name: str, mode: str) -> None:
    invalid = {name: "head-of-it tail-of-it", "PROJECTX_ENV": mode, "WEB_PORT": "no number"}
    done = python.run("-c", "from config import settings", env=os.environ | invalid)
    assert done.returncode != 0
    assert "WEB_PORT: " in done.stderr
    shown = [secret for secret in secrets() if secret in done.stderr]
    assert shown == []
    assert "of-it" not in done.stderr


def secrets() -> list[str]:
    configured = (settings.code_secret, *settings.encryption_keys, settings.jwt_private_key)
    return [secret[-12:] for secret in configured]


def test_the_published_key_set_has_no_private_member() -> None:
    assert set(signing_keys.public_key_set()["keys"][0]) <= set(signing_keys.PUBLIC_MEMBERS)
