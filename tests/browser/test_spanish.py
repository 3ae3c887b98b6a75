"""Refusals of the server are shown in Spanish on Spanish pages."""

import pytest
from playwright.sync_api import Page, expect

from demo.buyer import Buyer
from tests.browser import till
from tests.browser.accessibility import find_violations
from tests.browser.shelf import STAPLE


@pytest.fixture
def spanish(member: Page) -> Page:
    """Return the tab of a member who reads Spanish."""
    member.add_init_script("localStorage.setItem('language', 'es')")
    return member


def test_a_field_that_the_server_refuses(spanish: Page) -> None:
    spanish.goto("/account")
    spanish.get_by_label("Ciudad").fill(f"Madrid {till.PAYS}")
    spanish.get_by_role("button", name="Guardar cambios").click()
    refused = "Parece un número de tarjeta. Escríbelo solo en el formulario de pago."
    expect(spanish.get_by_text(refused)).to_be_visible()
    expect(spanish.get_by_label("Ciudad")).to_have_attribute("aria-invalid", "true")
    assert find_violations(spanish) == []


def test_a_card_without_funds(spanish: Page, buyer: Buyer) -> None:
    order = buyer.order(STAPLE)
    buyer.pay(order["clientSecret"], "pm_card_chargeDeclinedInsufficientFunds")
    spanish.goto(f"/orders/{order['referenceId']}")
    reason = "La tarjeta no tiene fondos suficientes."
    expect(spanish.get_by_role("alert").get_by_text(reason)).to_be_visible()
    history = spanish.get_by_role("region", name="Qué ha pasado")
    expect(history.get_by_text(reason)).to_be_visible()
