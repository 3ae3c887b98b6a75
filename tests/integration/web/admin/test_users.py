"""People in the console: staff sign customers out; admins change roles, suspend, export, erase."""

from threading import Barrier, Thread
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from models import ActivityRow, Product, User, UserSession, UserStatus, transaction
from state_machines.durable import executor
from tests.support.console import (
    assert_names,
    count_changes,
    needs_step_up,
    post,
    read_audit,
    sign_in_long_ago,
    step_up,
)
from tests.support.factories import a_user
from tests.support.web import Json, Person, SignIn

DANGEROUS = ("roles", "suspend", "reinstate", "export", "erase")


def path_of(person: Person | User) -> str:
    return f"/admin/users/{person.user.id if isinstance(person, Person) else person.id}"


def load(person: Person) -> User:
    with transaction() as session:
        return session.get_one(User, person.user.id, populate_existing=True)


def emails(person: Person, query: str = "") -> list[str]:
    return [row["email"] for row in person.get(f"/admin/users{query}").get_json()["items"]]


def test_users_are_found(clerk: Person) -> None:
    with transaction():
        a_user(email="bob@example.com", first_name="Bob", username="bob")
        a_user(email="eve@example.com", username="eve", status=UserStatus.SUSPENDED)
    assert emails(clerk) == ["eve@example.com", "bob@example.com", clerk.user.email]
    assert emails(clerk, "?q=Eve@Example.com") == ["eve@example.com"], "a whole address"
    assert emails(clerk, "?q=bo") == ["bob@example.com"]
    assert emails(clerk, "?q=_o_") == [], "an underscore is an underscore"
    assert emails(clerk, "?role=staff") == [clerk.user.email]
    assert emails(clerk, "?status=Suspended") == ["eve@example.com"]
    first = clerk.get("/admin/users?size=2").get_json()
    assert first["count"] == {"number": 3, "isExact": True}
    assert emails(clerk, f"?size=2&cursor={first['next']}") == [clerk.user.email]


@pytest.mark.parametrize(
    ("query", "field"),
    [("cursor=x", "cursor"), ("size=x", "size"), ("role=king", "role"), ("status=Gone", "status"),
     ("q=", "q"), ("email=a", "email")],
)  # fmt: skip
def test_a_bad_filter_is_named(clerk: Person, query: str, field: str) -> None:
    assert_names(clerk.get(f"/admin/users?{query}"), field)


def test_a_user_is_shown_with_what_belongs_to_them(
    clerk: Person, ann: Person, lamp: Product
) -> None:
    order_id = ann.order(lamp).get_json()["orderId"]
    detail = clerk.get(path_of(ann)).get_json()
    assert (detail["email"], detail["erasure"], detail["audit"]) == (ann.user.email, None, [])
    assert [row["id"] for row in detail["sessions"]] == [str(ann.session_id)]
    assert [(row["id"], row["totalMinor"]) for row in detail["orders"]] == [(order_id, 5900)]
    assert clerk.get(f"/admin/users/{order_id}").status_code == 404


def test_staff_sign_a_customer_out(clerk: Person, ann: Person, admin: Person) -> None:
    others = f"{path_of(ann)}/sessions/{clerk.session_id}"
    assert clerk.delete(others).status_code == 404, "another user's session"
    assert clerk.delete(f"{path_of(ann)}/sessions/{ann.session_id}?reason=x").status_code == 204
    assert ann.get("/auth/sessions").status_code == 401
    assert clerk.delete(f"{path_of(ann)}/sessions/{ann.session_id}").status_code == 404
    assert clerk.delete(f"{path_of(ann)}/sessions").status_code == 204, "there is none: no change"
    assert clerk.delete(f"{path_of(admin)}/sessions").status_code == 403, "only admins, of staff"
    assert admin.delete(f"{path_of(clerk)}/sessions").status_code == 204
    assert clerk.get("/admin/me").status_code == 401
    rows = [
        (subject, details.get("reason")) for *_, subject, details in read_audit("users sessions")
    ]
    assert rows == [(str(ann.user.id), "x"), (str(clerk.user.id), None)]


def test_roles_are_granted_and_revoked_once(admin: Person, ann: Person) -> None:
    path = f"{path_of(ann)}/roles"
    grant, revoke = {"grant": "staff", "reason": "a colleague"}, {"revoke": "staff", "reason": "x"}
    assert post(admin, path, grant).get_json()["roles"] == ["staff"]
    assert post(admin, path, grant).get_json()["roles"] == ["staff"]
    assert ann.get("/admin/me").status_code == 200, "at once, in the open session"
    assert post(admin, path, revoke).get_json()["roles"] == []
    assert post(admin, path, revoke).status_code == 200
    assert ann.get("/admin/me").status_code == 403
    changes = read_audit("users grant", "users revoke")
    assert [(actor, action, details["role"]) for actor, action, _, details in changes] == [
        (str(admin.user.id), "users grant", "staff"),
        (str(admin.user.id), "users revoke", "staff"),
    ]
    audit = admin.get(path_of(ann)).get_json()["audit"]
    assert {row["actorEmail"] for row in audit if row["action"] != "denied"} == {admin.user.email}


def test_nobody_changes_their_own_rights(admin: Person, sign_in: SignIn) -> None:
    sign_in(roles=["admin"])
    for name, body in (
        ("roles", {"grant": "staff"}),
        ("roles", {"revoke": "admin"}),
        ("suspend", {}),
        ("erase", {"email": admin.user.email}),
    ):
        assert post(admin, f"{path_of(admin)}/{name}", body | {"reason": "x"}).status_code == 403
    assert (load(admin).roles, load(admin).status) == (["admin"], UserStatus.ACTIVE)
    assert count_changes() == (0, 0)


@pytest.mark.parametrize(
    ("name", "body"),
    [("roles", {"revoke": "admin", "reason": "x"}), ("suspend", {"reason": "x"})],
)
def test_two_admins_cannot_remove_each_other_at_once(
    shop: Flask, admin: Person, sign_in: SignIn, name: str, body: Json
) -> None:
    other = sign_in(roles=["admin"])
    barrier, statuses = Barrier(2), []

    def remove(actor: Person, subject: Person) -> None:
        client = shop.test_client()
        barrier.wait()
        answer = client.post(f"{path_of(subject)}/{name}", json=body, headers=actor.headers)
        statuses.append(answer.status_code)

    pairs = ((admin, other), (other, admin))
    threads = [Thread(target=remove, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses.count(200) == 1
    assert {*statuses} < {200, 401, 403, 409}
    admins = [load(person) for person in (admin, other)]
    assert sum(u.status == UserStatus.ACTIVE and "admin" in u.roles for u in admins) == 1


def test_a_user_is_suspended_and_reinstated_once(admin: Person, ann: Person) -> None:
    for _ in range(2):
        shown = post(admin, f"{path_of(ann)}/suspend", {"reason": "fraud"}).get_json()
        assert (shown["status"], shown["sessions"]) == ("Suspended", [])
    assert ann.get("/auth/sessions").status_code == 401
    for _ in range(2):
        shown = post(admin, f"{path_of(ann)}/reinstate", {"reason": "a mistake"}).get_json()
        assert shown["status"] == "Active"
    assert [(action, details["reason"]) for _, action, _, details in read_audit()] == [
        ("users suspend", "fraud"),
        ("users restore", "a mistake"),
    ]


def test_a_deleted_user_stays_deleted(admin: Person) -> None:
    with transaction():
        gone = a_user(status=UserStatus.DELETED)
    for name, body in (("suspend", {}), ("reinstate", {}), ("roles", {"grant": "admin"})):
        assert post(admin, f"{path_of(gone)}/{name}", body | {"reason": "x"}).status_code == 409
    assert count_changes() == (0, 0)


def test_the_data_of_a_user_is_exported(admin: Person, ann: Person, lamp: Product) -> None:
    ann.order(lamp)
    answer = post(admin, f"{path_of(ann)}/export", {"reason": "they asked by letter"})
    assert answer.headers["Content-Disposition"].startswith("attachment")
    document = answer.get_json()
    own = ann.get("/auth/user/export").get_json()
    assert document["userId"] == str(ann.user.id)
    assert document["data"]["orders"] == own["data"]["orders"]
    assert read_audit()[0][1:] == (
        "users export",
        str(ann.user.id),
        {"reason": "they asked by letter"},
    )


def test_a_user_is_erased_by_the_typed_address(admin: Person, ann: Person) -> None:
    path, before = f"{path_of(ann)}/erase", count_changes()
    assert_names(post(admin, path, {"email": admin.user.email, "reason": "x"}), "email")
    assert_names(post(admin, path, {"email": "ann", "reason": "x"}), "email")
    assert_names(post(admin, path, {"reason": "x"}), "email")
    assert (count_changes(), load(ann).status) == (before, UserStatus.ACTIVE)
    body = {"email": ann.user.email.upper(), "reason": "they asked"}
    first, second = (post(admin, path, body) for _ in range(2))
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.get_json()["erasureId"] == second.get_json()["erasureId"]
    assert len(read_audit("users erase")) == 1
    assert admin.get(path_of(ann)).get_json()["erasure"]["state"] == "Requested"
    with transaction() as session:
        query = select(ActivityRow.id).where(ActivityRow.name == "privacy.erase")
        erasing = list(session.scalars(query))
    executor.run("privacy.erase", erasing)
    detail = admin.get(path_of(ann)).get_json()
    assert (detail["erasure"]["state"], detail["email"]) == (
        "Erased",
        f"{ann.user.id}@erased.invalid",
    )


def test_a_user_with_an_open_order_is_not_erased(admin: Person, ann: Person, lamp: Product) -> None:
    ann.order(lamp)
    before = count_changes()
    body = {"email": ann.user.email, "reason": "x"}
    assert post(admin, f"{path_of(ann)}/erase", body).status_code == 409
    assert (count_changes(), load(ann).status) == (before, UserStatus.ACTIVE)


def test_roles_export_and_erasure_need_a_recent_sign_in(admin: Person, ann: Person) -> None:
    bodies: dict[str, Json] = {
        "roles": {"grant": "staff"},
        "export": {},
        "erase": {"email": ann.user.email},
    }
    sign_in_long_ago(admin)
    for name, body in bodies.items():
        assert needs_step_up(post(admin, f"{path_of(ann)}/{name}", body | {"reason": "x"}))
    assert count_changes() == (0, 0)
    assert post(admin, f"{path_of(ann)}/suspend", {"reason": "x"}).status_code == 200
    step_up(admin)
    roles = post(admin, f"{path_of(ann)}/roles", bodies["roles"] | {"reason": "x"})
    assert roles.get_json()["roles"] == ["staff"]


@pytest.mark.parametrize("name", DANGEROUS)
def test_a_bad_change_is_named_and_changes_nothing(
    admin: Person, clerk: Person, ann: Person, name: str
) -> None:
    path = f"{path_of(ann)}/{name}"
    good: Json = {"roles": {"grant": "staff"}, "erase": {"email": ann.user.email}}.get(name, {})
    for reason in (None, "", " ", "x" * 501, "x" * 10_000, 7, "a\x00b"):
        assert_names(post(admin, path, good | {"reason": reason}), "reason")
    assert_names(post(admin, path, good), "reason")
    assert_names(post(admin, path, good | {"reason": "x", "force": True}), "force")
    assert post(clerk, path, good | {"reason": "x"}).status_code == 403
    for other in (str(uuid4()), str(ann.session_id)):
        unknown = post(admin, f"/admin/users/{other}/{name}", good | {"reason": "x"})
        assert unknown.status_code == 404
    if name == "roles":
        for body in ({}, {"grant": "staff", "revoke": "staff"}):
            assert_names(post(admin, path, body | {"reason": "x"}), "grant")
        assert_names(post(admin, path, {"revoke": "king", "reason": "x"}), "revoke")
    assert count_changes() == (0, 0)
    assert (load(ann).roles, load(ann).status) == ([], UserStatus.ACTIVE)
    with transaction() as session:
        assert session.get_one(UserSession, UUID(str(ann.session_id))).revoked_at is None
