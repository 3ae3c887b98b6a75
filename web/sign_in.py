"""What follows when somebody has proved who they are: a session, tokens, and the cookies."""

from flask import Response, jsonify, request

from models import User
from models.login import Login
from models.refresh import Rotation
from state_machines import sign_in
from state_machines.sign_in import Device
from web import browser, cookie, tokens
from web.schemas.login import SignedIn
from web.schemas.user import UserView

# The methods that a token names. Source: RFC 8176, section 2
BY_CODE = ("otp",)
BY_PASSKEY = ("pop",)
BY_VERIFIED_PASSKEY = ("pop", "mfa")  # the authenticator checked a PIN or a fingerprint, too


def by_code(login: Login, user: User, browser_token: str) -> Rotation:
    """Open a session for a login whose code was right, in the current transaction."""
    return sign_in.open_session(login, user, _device(browser_token), BY_CODE)


def by_passkey(user: User, methods: tuple[str, ...], browser_token: str) -> Rotation:
    """Open a session for a user whose passkey was verified, in the current transaction."""
    device = _device(browser_token)
    login = sign_in.enter_passkey(user, device.browser_hash)
    return sign_in.open_session(login, user, device, methods)


def answer(rotation: Rotation, browser_token: str) -> Response:
    """Answer with the user and the tokens of a new session."""
    body = SignedIn(
        user=UserView.of(rotation.user),
        access_token=tokens.issue(rotation.user, rotation.session),
        expires_in=tokens.lifetime(rotation.session),
    )
    response: Response = jsonify(body.json_ready())
    cookie.give(response, rotation.token)
    browser.remember(response, browser_token)
    return response


def _device(browser_token: str) -> Device:
    return Device(
        request.user_agent.string, request.remote_addr or "", browser.hash_of(browser_token)
    )
