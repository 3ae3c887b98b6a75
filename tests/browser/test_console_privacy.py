"""The export and the erasure of a person in the console."""

import json
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from demo.buyer import Buyer
from demo.world import World
from tests.browser.accessibility import find_violations
from tests.browser.operators import prove_identity
from tests.browser.people import count_audited, open_person
from tests.browser.sign_in import count_codes


@pytest.fixture
def reason() -> str:
    """Return a reason that no other story gives."""
    return f"letter {uuid4().hex}"


def test_all_that_is_stored_about_a_person_is_saved_once(
    admin: Page, boss: Buyer, buyer: Buyer, reason: str, world: World
) -> None:
    world.age_sign_ins(boss.email)
    open_person(admin, buyer, boss)
    admin.get_by_role("button", name="Export").click()
    dialog = admin.get_by_role("dialog", name="Export all data about this person?")
    dialog.get_by_label("Reason").fill(reason)
    codes = count_codes(boss)
    with admin.expect_download() as download:
        dialog.get_by_role("button", name="Export").dblclick()
        prove_identity(admin, boss, codes)
    assert download.value.suggested_filename == f"{buyer.email}.json"
    assert buyer.email in json.dumps(json.loads(download.value.path().read_text()))
    expect(dialog).to_be_hidden()
    expect(admin.get_by_role("cell", name=reason)).to_have_count(1)
    assert count_audited(boss, "users export") == 1


def test_a_person_is_erased_once_after_their_address_is_typed(
    admin: Page, boss: Buyer, buyer: Buyer, reason: str
) -> None:
    open_person(admin, buyer, boss)
    admin.get_by_role("button", name="Erase").click()
    dialog = admin.get_by_role("dialog", name="Erase this person?")
    dialog.get_by_label("Reason").fill(reason)
    button = dialog.get_by_role("button", name="Erase")
    dialog.get_by_label(f"Type {buyer.email} to confirm").fill("somebody@example.com")
    expect(button).to_be_disabled()
    dialog.get_by_label(f"Type {buyer.email} to confirm").fill(buyer.email)
    assert find_violations(admin) == []
    button.dblclick()
    expect(dialog).to_be_hidden()
    expect(admin.get_by_role("heading", level=1)).to_contain_text("Deleted")
    expect(admin.get_by_text("Signed in nowhere.")).to_be_visible()
    # Reasons about this person are erased as well, as soon as a worker comes to it.
    expect(admin.get_by_role("cell", name="users erase")).to_have_count(1)
    assert count_audited(boss, "users erase") == 1
    facts = admin.locator("section", has=admin.get_by_role("heading", name="Facts"))
    expect(facts.get_by_role("link", name="Erased")).to_be_visible()
    expect(admin.get_by_text(buyer.email)).to_have_count(0)
