"""The WebAuthn ceremonies, by the library `webauthn`. It is imported where it is used: it costs a
process half a second and some megabytes, and only those pay who see a passkey.

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

NAME = "ProjectX"
# Bytes. Source: https://www.w3.org/TR/webauthn-3/#credential-id
LONGEST_ID = 1023
# Of an RSA key of 16384 bits there are about 2,100; others are shorter.
LONGEST_KEY = 4096


class RefusedCredentialError(Exception):
    """The credential does not prove what it should."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A new credential that was verified."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    backed_up: bool


@dataclass(frozen=True, slots=True)
class Asserted:
    """A proof that was verified. `verified_user`: a PIN or a biometric was checked, too."""

    sign_count: int
    backed_up: bool
    verified_user: bool


def relying_party() -> str:
    """The host name that passkeys are bound to."""
    return settings.passkey_rp_id or urlsplit(settings.links_url).hostname or "localhost"


def origins() -> list[str]:
    """The origins of the pages that may use passkeys."""
    shop = urlsplit(settings.links_url)
    # The address of the shop may have a path; an origin has none, and is in lower case.
    return list(
        dict.fromkeys([*settings.allowed_origins, f"{shop.scheme}://{shop.netloc}".lower()])
    )


def registration_options(user: User, passkeys: Sequence[Passkey]) -> tuple[bytes, dict[str, Any]]:
    """Return a challenge, and the options for `navigator.credentials.create`."""
    import webauthn
    from webauthn.helpers import structs

    options = webauthn.generate_registration_options(
        rp_id=relying_party(),
        rp_name=NAME,
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
    """Return a challenge, and the options for `navigator.credentials.get`.

    They name no credential: the authenticator offers those that it has for this site, so that
    nobody learns from us who has an account.
    """
    import webauthn

    options = webauthn.generate_authentication_options(rp_id=relying_party())
    return options.challenge, json.loads(webauthn.options_to_json(options))


def verify_registration(credential: dict[str, Any], challenge: bytes) -> Registered:
    """Verify the answer of an authenticator that made a passkey. Raises RefusedCredentialError."""
    import webauthn

    with _refusing():
        verified = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=relying_party(),
            expected_origin=origins(),
        )
    if (
        len(verified.credential_id) > LONGEST_ID
        or len(verified.credential_public_key) > LONGEST_KEY
    ):
        raise RefusedCredentialError("the credential is longer than any authenticator's")
    return Registered(
        verified.credential_id,
        verified.credential_public_key,
        verified.sign_count,
        verified.credential_backed_up,
    )


def credential_id(credential: dict[str, Any]) -> bytes:
    """The id of a credential. Raises RefusedCredentialError when it has none."""
    from webauthn.helpers import base64url_to_bytes

    with _refusing():
        return base64url_to_bytes(credential["rawId"])


@contextmanager
def _refusing() -> Iterator[None]:
    """Have whatever the library raises refuse the credential: it reads bytes of a stranger's making
    (CBOR, certificates, keys), and has no one class for all that can be amiss with them.
    """
    try:
        yield
    except Exception as error:
        raise RefusedCredentialError(f"{type(error).__name__}: {error}") from error


def verify_sign_in(credential: dict[str, Any], challenge: bytes, passkey: Passkey) -> Asserted:
    """Verify the proof of a passkey. Raises RefusedCredentialError."""
    import webauthn

    with _refusing():
        verified = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=relying_party(),
            expected_origin=origins(),
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
        )
    return Asserted(verified.new_sign_count, verified.credential_backed_up, verified.user_verified)
