"""The end of every sign-in: opening a session, issuing tokens and setting the cookies."""

from flask import Response, g, jsonify, request

from models import User
from models.login import Login
from models.refresh import Rotation
from state_machines.actions import sign_in
from state_machines.actions.sign_in import Device
from web import cookies, tokens
from web.schemas.login import SignedIn
from web.schemas.user import UserView

# Authentication methods in tokens. Source: RFC 8176, section 2
BY_CODE = ("otp",)
BY_PASSKEY = ("pop",)
BY_VERIFIED_PASSKEY = ("pop", "mfa")  # the authenticator also checked a PIN or a fingerprint


def open_session_by_code(login: Login, user: User, browser_token: str) -> Rotation:
    """Open a session for a login whose code was right, in the current transaction."""
    return sign_in.open_session(login, user, _device(browser_token), BY_CODE)


def open_session_by_passkey(user: User, methods: tuple[str, ...], browser_token: str) -> Rotation:
    """Open a session for a user whose passkey was verified, in the current transaction."""
    device = _device(browser_token)
    login = sign_in.enter_passkey(user, device.browser_hash)
    return sign_in.open_session(login, user, device, methods)


def signed_in_response(rotation: Rotation, browser_token: str) -> Response:
    """Return the response with the user and the tokens of a new session."""
    g.signed_in = rotation.user.id
    body = SignedIn(
        user=UserView.of(rotation.user),
        access_token=tokens.issue(rotation.user, rotation.session),
        expires_in=tokens.lifetime(rotation.session),
    )
    response: Response = jsonify(body.json_ready())
    cookies.set_refresh_token(response, rotation.token)
    cookies.set_browser_token(response, browser_token)
    return response


def _device(browser_token: str) -> Device:
    return Device(
        request.user_agent.string,
        request.remote_addr or "",
        cookies.hash_browser_token(browser_token),
    )
