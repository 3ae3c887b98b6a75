"""Tests of the commands for users, and of their audit rows."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models import User, UserStatus, transaction
from tests.support.commands import flask, read
from tests.support.factories import a_user
from tests.support.web import Person

pytestmark = pytest.mark.usefixtures("app")


def user(email: str) -> User:
    with transaction() as session:
        query = select(User).where(User.email == email)
        return session.scalars(query.execution_options(populate_existing=True)).one()


def actions(shop: Flask, *words: str) -> list[str]:
    return [entry["action"] for entry in read(shop, "audit", "list", *words)]


def emails(shop: Flask, *words: str) -> list[str]:
    return [row["email"] for row in read(shop, "users", "list", *words)]


def a_person(email: str, **fields: Any) -> User:
    with transaction():
        return a_user(email=email, username=email.partition("@")[0], **fields)


def test_users_are_searched_and_filtered(shop: Flask) -> None:
    a_person("ann@example.com", first_name="Ann", roles=["admin", "staff"])
    a_person("bob@example.com", status=UserStatus.SUSPENDED)
    assert emails(shop) == ["bob@example.com", "ann@example.com"]
    assert emails(shop, "--limit", "1") == ["bob@example.com"]
    assert emails(shop, "--q", "OB@") == ["bob@example.com"]
    assert emails(shop, "--q", "_") == []
    assert emails(shop, "--role", "staff") == ["ann@example.com"]
    assert emails(shop, "--status", "Suspended") == ["bob@example.com"]
    assert flask(shop, "users", "list", "--role", "king").exit_code == 2


def test_a_user_is_shown_with_their_sessions(shop: Flask, ann: Person) -> None:
    (shown,) = read(shop, "users", "show", ann.user.email.upper())
    assert shown["id"] == str(ann.user.id)
    assert [row["id"] for row in shown["sessions"]] == [str(ann.session_id)]
    assert str(ann.session_id) in flask(shop, "users", "show", ann.user.email).stdout


@pytest.mark.parametrize("words", [
    ["show"], ["grant", "admin"], ["revoke", "admin"], ["suspend"], ["restore"],
])  # fmt: skip
def test_an_unknown_user_is_reported(shop: Flask, words: list[str]) -> None:
    command, *more = words
    refused = flask(shop, "users", command, "no@example.com", *more)
    assert refused.exit_code == 1
    assert "There is no user no@example.com" in refused.stderr
    assert flask(shop, "users", command, "no address", *more).exit_code == 2
    assert actions(shop) == []


def test_a_user_is_created(shop: Flask) -> None:
    words = ("users", "create", "Ann@Example.com", "--role", "staff", "--role", "admin")
    assert read(shop, *words)["email"] == "ann@example.com"
    assert user("ann@example.com").roles == ["admin", "staff"]
    refused = flask(shop, *words)
    assert refused.exit_code == 1
    assert "There is a user ann@example.com already" in refused.stderr
    assert flask(shop, "users", "create", "b@example.com", "--role", "king").exit_code == 2
    (entry,) = read(shop, "audit", "list")
    assert entry["subject"] == "ann@example.com"
    assert entry["details"] == {"roles": ["admin", "staff"]}


def test_roles_are_granted_and_revoked(shop: Flask) -> None:
    a_person("ann@example.com")
    granted = ("users", "grant", "ann@example.com", "admin")
    assert read(shop, *granted)["roles"] == ["admin"]
    assert flask(shop, *granted).stdout == "ann@example.com is admin already\n"
    revoked = ("users", "revoke", "ann@example.com", "admin")
    assert flask(shop, *revoked).stdout == "ann@example.com is no longer admin\n"
    assert flask(shop, *revoked).stdout == "ann@example.com is not admin\n"
    assert user("ann@example.com").roles == []
    assert actions(shop) == ["users revoke", "users grant"], "what changed nothing is not there"


def test_a_user_is_suspended_and_restored(shop: Flask, ann: Person) -> None:
    assert ann.get("/auth/sessions").status_code == 200
    assert flask(shop, "users", "suspend", ann.user.email, "--reason", "fraud").exit_code == 0
    assert ann.get("/auth/sessions").status_code == 401
    assert read(shop, "users", "show", ann.user.email)[0]["sessions"] == []
    assert "already" in flask(shop, "users", "suspend", ann.user.email).stdout
    assert flask(shop, "users", "restore", ann.user.email).exit_code == 0
    assert "already" in flask(shop, "users", "restore", ann.user.email).stdout
    assert user(ann.user.email).status == UserStatus.ACTIVE
    assert ann.get("/auth/sessions").status_code == 401, "the old session stays ended"
    assert actions(shop) == ["users restore", "users suspend"]
    assert "fraud" in flask(shop, "audit", "list", "--action", "users suspend").stdout


def test_a_deleted_user_cannot_be_restored(shop: Flask) -> None:
    a_person("ann@example.com", status=UserStatus.DELETED)
    assert "is deleted" in flask(shop, "users", "suspend", "ann@example.com").stderr
    assert "is deleted" in flask(shop, "users", "restore", "ann@example.com").stderr
    assert user("ann@example.com").status == UserStatus.DELETED


def test_changes_of_users_are_audited(shop: Flask) -> None:
    for name in "ann", "bob":
        flask(shop, "users", "create", f"{name}@example.com")
    newest, oldest = read(shop, "audit", "list")
    assert newest["subject"] == "bob@example.com"
    assert read(shop, "audit", "list", "--subject", "ann@example.com") == [oldest]
    assert actions(shop, "--actor", oldest["actor"], "--limit", "1") == ["users create"]
    assert actions(shop, "--actor", "nobody else") == []
    assert actions(shop, "--action", "orders") == []
