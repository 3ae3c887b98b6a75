"""Operators of the console: people with a role, and short ways to ask as one of them."""

from typing import Any

from werkzeug.test import TestResponse

from tests.support.web import Json, Person


class Operator:
    """Somebody with a role who uses the routes below /admin."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.id = str(person.user.id)
        self.email = person.user.email

    def get(self, path: str, status: int = 200, **query: Any) -> Any:
        """Return the body of the answer, which has to have this status."""
        response = self.person.client.get(
            f"/admin{path}", query_string=query or None, headers=self.person.headers
        )
        assert response.status_code == status, response.get_json()
        return response.get_json()

    def post(self, path: str, body: Json | None = None, status: int = 200) -> Any:
        """Post a body and return that of the answer."""
        return self.send("POST", path, body, status).get_json()

    def send(self, method: str, path: str, body: Json | None, status: int) -> TestResponse:
        """Send a request and return the answer, which has to have this status."""
        response = self.person.client.open(
            f"/admin{path}", method=method, json=body or {}, headers=self.person.headers
        )
        assert response.status_code == status, response.get_json()
        return response


def field_of(problem: Json) -> str:
    """Return the first field that a problem names."""
    return str(problem["errors"][0]["field"])
