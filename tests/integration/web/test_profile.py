"""A user changes the own profile: only the given fields, and none that is unknown."""

import pytest

from tests.support.web import Person


def test_the_profile_changes_in_the_given_fields_only(ann: Person) -> None:
    change = {"firstName": "Ann", "state": "Bern"}
    answer = ann.client.patch("/auth/user", json=change, headers=ann.headers)
    assert answer.status_code == 200
    seen = ann.get("/auth/user").get_json()
    assert (seen["firstName"], seen["state"], seen["username"]) == (
        "Ann",
        "Bern",
        ann.user.username,
    )


@pytest.mark.parametrize(
    "body",
    [{"roles": ["admin"]}, {"status": "Active"}, {"email": "b@example.com"}, {"firstName": None},
     {"city": "x" * 101}, {"username": ""}, {"city": "a\x00b"}, {"id": "1"}],
)  # fmt: skip
def test_an_unknown_field_of_the_profile_is_refused(ann: Person, body: dict[str, object]) -> None:
    answer = ann.client.patch("/auth/user", json=body, headers=ann.headers)
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] in body
    assert ann.get("/auth/user").get_json()["roles"] == []
