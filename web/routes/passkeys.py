"""Routes of passkeys: register, list and remove them, and sign in with them."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from flask import Response, jsonify
from flask_openapi.models.tag import Tag
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from models import transaction
from models.base import db
from models.clock import now
from models.errors import (
    ConflictError,
    GoneError,
    InvalidInputError,
    NotAuthenticatedError,
    NotFoundError,
)
from models.ids import uuid7
from models.passkey import ChallengePurpose, Passkey, store_challenge, use_challenge
from models.problem_codes import ProblemKind
from models.user import REFUSED, User
from web import authentication, cookies, rate_limits, sign_in, webauthn
from web.blueprint import ApiBlueprint
from web.request import cause
from web.schemas.login import SignedIn
from web.schemas.passkey import (
    Challenge,
    PasskeyCreated,
    PasskeyPath,
    Passkeys,
    PasskeyUsed,
    PasskeyView,
)
from web.webauthn import RefusedCredentialError

TAG = Tag(name="passkey")
api = ApiBlueprint("passkey", __name__, url_prefix="/auth/passkeys", abp_tags=[TAG])
mine = ApiBlueprint(
    "passkeys",
    __name__,
    url_prefix="/auth/passkeys",
    abp_tags=[TAG],
    abp_security=[{"bearer": []}],
)
mine.before_request(rate_limits.limit_client)
mine.before_request(authentication.require_session)
api.before_request(rate_limits.limit_client)

MAX_PASSKEYS = 20  # passkeys of one user
UNIQUE_CREDENTIAL = "uq_passkey_credential_id"
REFUSED_PASSKEY = "This passkey is not registered, or its proof is not valid"
USED_CHALLENGE = "This challenge has expired or was used: request a new one"


@mine.post("/register/options", responses={200: Challenge})
def begin_registration() -> Any:
    """Begin to register a passkey. Requires a recent sign-in or a step-up."""
    authentication.require_recent_sign_in()
    with transaction():
        user = authentication.current_user()
        passkeys = _load_passkeys(user)
        challenge, options = webauthn.registration_options(user, passkeys)
        stored = store_challenge(ChallengePurpose.REGISTER, challenge, user.id)
    return Challenge(challenge_id=stored.id, options=options).json_ready()


@mine.post("/register", responses={201: PasskeyView})
def register(body: PasskeyCreated) -> Any:
    """Register the passkey that the browser has created. Requires a recent sign-in or a step-up."""
    authentication.require_recent_sign_in()
    with transaction():
        user = authentication.current_user()
        challenge = use_challenge(body.challenge_id, ChallengePurpose.REGISTER, user.id)
    if challenge is None:
        raise GoneError(USED_CHALLENGE)
    try:
        verified = webauthn.verify_registration(body.credential, challenge)
    except RefusedCredentialError as error:
        raise InvalidInputError("credential", "is not a valid new passkey") from error
    with transaction():
        passkey = _add(authentication.current_user(), body, verified)
    return PasskeyView.of(passkey).json_ready(), HTTPStatus.CREATED


@mine.get("", responses={200: Passkeys})
def show() -> Any:
    """List the caller's passkeys, oldest first."""
    with transaction() as session:
        user = authentication.current_user()
        rows = session.scalars(
            select(Passkey).where(Passkey.user_id == user.id).order_by(Passkey.id)
        ).all()
    return jsonify([PasskeyView.of(row).json_ready() for row in rows])


@mine.delete("/<uuid:passkeyId>", responses={204: None})
def remove(path: PasskeyPath) -> Any:
    """Remove a passkey. Requires a recent sign-in or a step-up."""
    authentication.require_recent_sign_in()
    with transaction() as session:
        user = authentication.current_user()
        passkey = session.get(Passkey, path.passkey_id, with_for_update=True)
        if passkey is None or passkey.user_id != user.id:
            raise NotFoundError("There is no such passkey")
        session.delete(passkey)
    return Response(status=HTTPStatus.NO_CONTENT)


@api.post("/sign-in/options", responses={200: Challenge})
def begin_sign_in() -> Any:
    """Begin to sign in or to step up with a passkey. The options do not depend on the user."""
    with transaction():
        challenge, options = webauthn.sign_in_options()
        stored = store_challenge(ChallengePurpose.SIGN_IN, challenge)
    return Challenge(challenge_id=stored.id, options=options).json_ready()


@api.post("/sign-in", responses={200: SignedIn})
def finish_sign_in(body: PasskeyUsed) -> Any:
    """Exchange the proof of a passkey for tokens."""
    passkey, methods = prove(body)
    token = cookies.get_or_create_browser_token()
    with cause(passkey.user_id), transaction():
        user = db.session.get_one(User, passkey.user_id, populate_existing=True)
        if user.status in REFUSED:
            raise NotAuthenticatedError(REFUSED_PASSKEY)
        rotation = sign_in.open_session_by_passkey(user, methods, token)
    return sign_in.signed_in_response(rotation, token)


def prove(body: PasskeyUsed) -> tuple[Passkey, tuple[str, ...]]:
    """Verify the proof of a passkey. Return the passkey and the authentication methods (RFC 8176).

    Raises NotAuthenticatedError, and GoneError when the challenge was used or has expired.
    """
    with transaction():
        challenge = use_challenge(body.challenge_id, ChallengePurpose.SIGN_IN)
    if challenge is None:
        raise GoneError(USED_CHALLENGE)
    try:
        key = webauthn.credential_id(body.credential)
        with transaction() as session:
            # The lock lets only one of two proofs with the same count succeed.
            passkey = session.scalar(
                select(Passkey).where(Passkey.credential_id == key).with_for_update()
            )
            if passkey is None:
                raise NotAuthenticatedError(REFUSED_PASSKEY)
            asserted = webauthn.verify_sign_in(body.credential, challenge, passkey)
            passkey.sign_count, passkey.backed_up = asserted.sign_count, asserted.backed_up
            passkey.last_used_at = now()
    except RefusedCredentialError as error:
        raise NotAuthenticatedError(REFUSED_PASSKEY) from error
    is_verified = asserted.verified_user
    return passkey, sign_in.BY_VERIFIED_PASSKEY if is_verified else sign_in.BY_PASSKEY


def _load_passkeys(user: User) -> Sequence[Passkey]:
    """Load the passkeys of a user. Raises ConflictError when they have MAX_PASSKEYS already."""
    passkeys = db.session.scalars(select(Passkey).where(Passkey.user_id == user.id)).all()
    if len(passkeys) >= MAX_PASSKEYS:
        message = f"There are {MAX_PASSKEYS} passkeys already: remove one first"
        raise ConflictError(message, ProblemKind.MAX_PASSKEYS)
    return passkeys


def _add(user: User, body: PasskeyCreated, verified: webauthn.Registered) -> Passkey:
    """Add a verified passkey.

    Raises ConflictError when it is registered already, also by another user, and when the user has
    MAX_PASSKEYS.
    """
    # The lock keeps parallel registrations from exceeding the maximum.
    db.session.get_one(User, user.id, with_for_update={"key_share": True})
    _load_passkeys(user)
    passkey = Passkey(
        id=uuid7(),
        user_id=user.id,
        credential_id=verified.credential_id,
        public_key=verified.public_key,
        sign_count=verified.sign_count,
        name=body.name,
        backed_up=verified.backed_up,
    )
    db.session.add(passkey)
    try:
        db.session.flush()
    except IntegrityError as error:
        if UNIQUE_CREDENTIAL not in str(error.orig):
            raise
        message = "This passkey is registered already"
        raise ConflictError(message, ProblemKind.PASSKEY_EXISTS) from error
    return passkey
