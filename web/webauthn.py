"""WebAuthn ceremonies: registering a passkey and signing in with it.

The library `webauthn` costs half a second and some megabytes, so it is imported where it is used.

Source: https://www.w3.org/TR/webauthn-3/
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from config import settings
from models import User
from models.passkey import Passkey

RELYING_PARTY_NAME = "ProjectX"
# Bytes. Source: https://www.w3.org/TR/webauthn-3/#credential-id
MAX_CREDENTIAL_ID_SIZE = 1023
# An RSA key of 16384 bits has about 2,100 bytes; others are shorter.
MAX_PUBLIC_KEY_SIZE = 4096  # bytes


class RefusedCredentialError(Exception):
    """A credential that is malformed or whose proof is not valid."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A verified new credential."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    backed_up: bool


@dataclass(frozen=True, slots=True)
class Asserted:
    """A verified proof. `verified_user`: a PIN or a biometric was checked as well."""

    sign_count: int
    backed_up: bool
    verified_user: bool


def relying_party() -> str:
    """Return the host name that passkeys are bound to."""
    return settings.passkey_rp_id or urlsplit(settings.links_url).hostname or "localhost"


def origins() -> list[str]:
    """Return the origins of the pages that may use passkeys."""
    shop = urlsplit(settings.links_url)
    # An origin has no path, and is in lower case.
    return list(
        dict.fromkeys([*settings.allowed_origins, f"{shop.scheme}://{shop.netloc}".lower()])
    )


def registration_options(user: User, passkeys: Sequence[Passkey]) -> tuple[bytes, dict[str, Any]]:
    """Return a challenge and the options for `navigator.credentials.create`."""
    import webauthn
    from webauthn.helpers import structs

    options = webauthn.generate_registration_options(
        rp_id=relying_party(),
        rp_name=RELYING_PARTY_NAME,
        user_id=user.id.bytes,
        user_name=user.email,
        user_display_name=f"{user.first_name} {user.last_name}".strip() or user.username,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.PREFERRED,
        ),
        exclude_credentials=[
            structs.PublicKeyCredentialDescriptor(id=passkey.credential_id) for passkey in passkeys
        ],
    )
    return options.challenge, json.loads(webauthn.options_to_json(options))


def sign_in_options() -> tuple[bytes, dict[str, Any]]:
    """Return a challenge and the options for `navigator.credentials.get`.

    They list no credentials, so that they do not reveal who has an account; the authenticator
    offers those that it stores for this site.
    """
    import webauthn

    options = webauthn.generate_authentication_options(rp_id=relying_party())
    return options.challenge, json.loads(webauthn.options_to_json(options))


def verify_registration(credential: dict[str, Any], challenge: bytes) -> Registered:
    """Verify a new passkey. Raises RefusedCredentialError."""
    import webauthn

    with _refuse_on_error():
        verified = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=relying_party(),
            expected_origin=origins(),
        )
    if (
        len(verified.credential_id) > MAX_CREDENTIAL_ID_SIZE
        or len(verified.credential_public_key) > MAX_PUBLIC_KEY_SIZE
    ):
        raise RefusedCredentialError("the credential is too long")
    return Registered(
        verified.credential_id,
        verified.credential_public_key,
        verified.sign_count,
        verified.credential_backed_up,
    )


def credential_id(credential: dict[str, Any]) -> bytes:
    """Return the id of a credential. Raises RefusedCredentialError when it has none."""
    from webauthn.helpers import base64url_to_bytes

    with _refuse_on_error():
        return base64url_to_bytes(credential["rawId"])


@contextmanager
def _refuse_on_error() -> Iterator[None]:
    """Turn every exception of the library into RefusedCredentialError.

    It parses untrusted bytes (CBOR, certificates, keys) and has no common class for its errors.
    """
    try:
        yield
    except Exception as error:
        raise RefusedCredentialError(f"{type(error).__name__}: {error}") from error


def verify_sign_in(credential: dict[str, Any], challenge: bytes, passkey: Passkey) -> Asserted:
    """Verify the proof of a passkey. Raises RefusedCredentialError."""
    import webauthn

    with _refuse_on_error():
        verified = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=relying_party(),
            expected_origin=origins(),
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
        )
    return Asserted(verified.new_sign_count, verified.credential_backed_up, verified.user_verified)
