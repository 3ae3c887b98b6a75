"""A step-up by passkey or code makes a sign-in recent, which dangerous requests need."""

from models.clock import stopped
from tests.support.authenticator import Authenticator
from tests.support.passkeys import claims, post, proof, register
from tests.support.web import Person, SignIn, code_of
from web.authentication import MAX_SIGN_IN_AGE


def test_changing_passkeys_needs_a_recent_sign_in(ann: Person, phone: Authenticator) -> None:
    with stopped() as clock:
        passkey_id = register(ann, phone).get_json()["id"]
        clock.advance(seconds=MAX_SIGN_IN_AGE.total_seconds() + 1)
        for refused in (
            post(ann, "/passkeys/register/options"),
            ann.delete(f"/auth/passkeys/{passkey_id}"),
        ):
            assert refused.status_code == 401
            assert "insufficient_user_authentication" in refused.headers["WWW-Authenticate"]


def test_a_step_up_by_passkey_makes_the_sign_in_recent(ann: Person, phone: Authenticator) -> None:
    with stopped() as clock:
        passkey_id = register(ann, phone).get_json()["id"]
        clock.advance(seconds=MAX_SIGN_IN_AGE.total_seconds() + 1)
        stepped = post(ann, "/step-up", {"passkey": proof(ann.client, phone)})
        assert stepped.status_code == 200
        token = stepped.get_json()["accessToken"]
        assert claims(token)["amr"] == ["pop", "mfa"]
        assert claims(token)["auth_time"] == int(clock.at.timestamp())
        ann.headers["Authorization"] = f"Bearer {token}"
        assert ann.delete(f"/auth/passkeys/{passkey_id}").status_code == 204


def test_a_step_up_by_code_makes_the_sign_in_recent(ann: Person) -> None:
    with stopped() as clock:
        clock.advance(seconds=MAX_SIGN_IN_AGE.total_seconds() + 1)
        begun = post(ann, "/login", {"email": ann.user.email}).get_json()
        code = code_of(begun["loginId"])
        wrong_code = f"{(int(code) + 1) % 1_000_000:06}"
        body = {"loginId": begun["loginId"]}
        assert post(ann, "/step-up", body | {"code": wrong_code}).status_code == 401
        stepped = post(ann, "/step-up", body | {"code": code})
        assert stepped.status_code == 200
        ann.headers["Authorization"] = f"Bearer {stepped.get_json()['accessToken']}"
        assert post(ann, "/passkeys/register/options").status_code == 200


def test_a_step_up_with_another_user_s_passkey_is_refused(
    ann: Person, phone: Authenticator, sign_in: SignIn
) -> None:
    register(ann, phone)
    other = sign_in()
    refused = post(other, "/step-up", {"passkey": proof(other.client, phone)})
    assert refused.status_code == 401
    assert post(other, "/step-up", {}).status_code == 422
