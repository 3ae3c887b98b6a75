"""People in the console, and what its audit says about what was done to them."""

from playwright.sync_api import Page, expect

from demo.buyer import Buyer, Json


def open_person(page: Page, person: Buyer, boss: Buyer) -> None:
    """Open the page of a person, whose id the boss looks up."""
    (user,) = _list(boss, "users", q=person.email)
    page.goto(f"/console/people/{user['id']}")
    expect(page.get_by_role("heading", level=1)).to_contain_text(person.email)


def count_audited(boss: Buyer, action: str) -> int:
    """Count how often the audit has this action of the boss."""
    return len(_list(boss, "audit", actor=boss.email, action=action))


def _list(boss: Buyer, name: str, **query: str) -> list[Json]:
    response = boss.http.get(f"{boss.urls.web}/admin/{name}", params=query, timeout=30)
    response.raise_for_status()
    items: list[Json] = response.json()["items"]
    return items
