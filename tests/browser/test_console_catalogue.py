"""The console's pages of the catalogue and the settings, used by staff and by admins."""

from uuid import uuid4

from playwright.sync_api import FilePayload, Page, expect

from demo.buyer import Buyer, Json
from tests.browser.accessibility import find_violations


def add_product(person: Buyer) -> Json:
    """Add a product of its own to the catalogue, with ten pieces."""
    sku = f"LAMP-{uuid4().hex[:8]}"
    body = {"sku": sku, "name": f"Lamp {sku}", "estimatedPrice": 19.5, "currency": "USD"}
    return send(person, "POST", "/admin/products", {**body, "stock": 10})


def send(person: Buyer, method: str, path: str, body: Json) -> Json:
    """Send a request on the API as a person, and return the answer."""
    url = f"{person.urls.web}{path}"
    answer = person.http.request(method, url, json=body, timeout=30)
    answer.raise_for_status()
    changed: Json = answer.json()
    return changed


def open_product(page: Page, product: Json) -> None:
    page.goto(f"/console/catalogue/{product['id']}")
    expect(page.get_by_role("heading", level=1)).to_contain_text(product["name"])


def test_a_correction_of_the_stock_is_a_move_with_a_reason(admin: Page, boss: Buyer) -> None:
    product = add_product(boss)
    open_product(admin, product)
    admin.get_by_role("button", name="Correct").click()
    dialog = admin.get_by_role("dialog", name="Correct the stock")
    dialog.get_by_role("textbox", name="Difference").fill("-11")
    expect(dialog.get_by_text("The stock would be below zero")).to_be_visible()
    dialog.get_by_role("textbox", name="Difference").fill("-3")
    expect(dialog.get_by_text("On hand: 10 → 7")).to_be_visible()
    dialog.get_by_label("Reason").fill("three are broken")
    dialog.get_by_role("button", name="Correct").dblclick()
    expect(dialog).to_be_hidden()
    move = admin.get_by_role("row").filter(has_text="three are broken")
    expect(move).to_contain_text("\N{MINUS SIGN}3")
    expect(move).to_contain_text(boss.email)
    expect(move).to_have_count(1)


def test_a_change_by_somebody_else_is_shown_before_it_is_written_over(
    admin: Page, boss: Buyer
) -> None:
    product = add_product(boss)
    open_product(admin, product)
    form = admin.get_by_role("form", name="Details")
    form.get_by_label("Category").fill("Lights")
    send(boss, "PATCH", f"/admin/products/{product['id']}", {"name": "Lantern"})
    expect(form.get_by_text("Somebody has changed this meanwhile")).to_be_visible()
    expect(form.locator("ins", has_text="Lantern")).to_be_visible()
    form.get_by_role("button", name="I have seen it").click()
    form.get_by_role("button", name="Save").click()
    expect(admin.get_by_text("The product is saved.")).to_be_visible()
    expect(form.get_by_label("Name")).to_have_value("Lantern")
    expect(form.get_by_label("Category")).to_have_value("Lights")


def test_a_new_product_names_the_fields_that_are_missing(admin: Page) -> None:
    admin.goto("/console/catalogue/new")
    form = admin.get_by_role("form", name="New product")
    form.get_by_role("button", name="Add the product").click()
    expect(form.get_by_text("Fill this in")).to_have_count(3)
    sku = f"NEW-{uuid4().hex[:8]}"
    for label, text in {"Name": "A stool", "SKU": sku, "Price": "12,50"}.items():
        form.get_by_label(label).fill(text)
    form.get_by_label("Currency").fill("zz")
    form.get_by_role("button", name="Add the product").click()
    expect(form.get_by_label("Currency")).to_have_attribute("aria-invalid", "true")
    form.get_by_label("Currency").fill("USD")
    form.get_by_role("button", name="Add the product").dblclick()
    expect(admin.get_by_role("heading", level=1)).to_contain_text("A stool")
    expect(admin.get_by_label("Price")).to_have_value("12.5")


def as_file(text: str) -> FilePayload:
    """Return a file to choose in a form."""
    return {"name": "products.csv", "mimeType": "text/csv", "buffer": text.encode()}


def test_an_import_shows_bad_lines_first(admin: Page) -> None:
    sku = f"IMP-{uuid4().hex[:8]}"
    head = "sku,name,price,currency,stock\n"
    name = f"Imported chair {sku}"
    good = f"{sku},{name},40.00,USD,5\n"
    admin.goto("/console/catalogue/import")
    choice = admin.locator("input[type=file]")
    bad = f"{head}{good}{sku}-2,A chair,forty,USD,5\n"
    choice.set_input_files(as_file(bad))
    expect(admin.get_by_text("1 bad line: nothing would be imported")).to_be_visible()
    row = admin.get_by_role("row").filter(has_text="A chair,forty")
    expect(row).to_contain_text("price")
    assert find_violations(admin) == []
    choice.set_input_files(as_file(head + good))
    expect(admin.get_by_text("1 product would be added, 0 updated.")).to_be_visible()
    admin.get_by_role("button", name="Import", exact=True).dblclick()
    notice = admin.get_by_role("status").filter(has_text="Imported")
    expect(notice.first).to_be_visible()
    admin.goto(f"/console/catalogue?q={sku}")
    expect(admin.get_by_role("link", name=name)).to_be_visible()


def test_staff_keep_the_catalogue_and_import_nothing(staff: Page) -> None:
    staff.goto("/console/catalogue")
    button = staff.get_by_role("button", name="Import")
    expect(button).to_have_accessible_description("Only the role admin may do this.")
    expect(staff.get_by_role("row").nth(1)).to_be_visible()
    assert find_violations(staff) == []
    staff.get_by_role("row").nth(1).get_by_role("link").click()
    expect(staff.get_by_role("heading", name="Moves")).to_be_visible()
    assert find_violations(staff) == []
    staff.goto("/console/settings")
    expect(staff.get_by_text("Only the role admin may do this.")).to_be_visible()


def test_settings_are_shown_without_secrets(admin: Page) -> None:
    admin.goto("/console/settings")
    admin.get_by_role("searchbox", name="Search settings").fill("stripe_secret")
    row = admin.get_by_role("row").filter(has_text="STRIPE_SECRET_KEY")
    expect(row).to_contain_text("secret, set")
    expect(admin.get_by_text("They agree.")).to_be_visible()
    assert find_violations(admin) == []
