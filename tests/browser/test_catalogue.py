"""Stories of looking around: the first page, the catalogue, and the page of a product."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from demo.world import World
from launch.stack import Stack
from tests.browser.accessibility import find_violations
from tests.browser.database import execute
from tests.browser.visitors import open_browser

PHONE: ViewportSize = {"width": 390, "height": 844}


@pytest.fixture
def phone(browser: Browser, stack: Stack) -> Iterator[Page]:
    """Yield a tab on a phone, in the dark."""
    with open_browser(browser, stack, viewport=PHONE, color_scheme="dark") as context:
        yield context.new_page()


@pytest.fixture
def last_pieces(world: World) -> int:
    """Return the id of a new product of which three pieces are left."""
    query = (
        "INSERT INTO product (sku, name, description, category, tags, image_url, price,"
        " currency, stock, reserved, status, created_at, updated_at)"
        " VALUES (%s, 'Last Lamp', 'The end of a series.', 'Last pieces', '{}',"
        " '/static/products/arc-desk-lamp.svg', 2500, 'usd', 3, 0, 'Available', now(), now())"
        " RETURNING id"
    )
    ((key,),) = execute(world.database_url, query, (uuid4().hex,))
    return int(key)


@pytest.mark.parametrize("path", ["/", "/products", "/products/1"])
def test_a_first_page_comes_with_all_that_it_shows(page: Page, path: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.split("/", 3)[3]))
    page.goto(path)
    expect(page.get_by_role("button", name="Add to cart").first).to_be_visible()
    of_api = [url for url in asked if url.startswith(("product?size=12", "product/", "shop.json"))]
    assert of_api == []
    assert find_violations(page) == []


def test_the_first_page_leads_to_categories_and_products(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.get_by_role("link", name="Coffee").click()
    expect(page).to_have_url(re.compile(r"/products\?category=Coffee$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Coffee")
    page.get_by_role("link", name="Hand Grinder").click()
    expect(page).to_have_title("Hand Grinder · ProjectX")
    canonical = page.locator("link[rel=canonical]")
    expect(canonical).to_have_attribute("href", re.compile(r"/products/\d+$"))
    expect(page.get_by_role("heading", name="More in Coffee")).to_be_visible()


def test_a_search_finds_while_it_is_typed_and_is_one_step_back(page: Page) -> None:
    page.goto("/")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Products").click()
    page.get_by_role("searchbox").press_sequentially("kettle")
    expect(page.get_by_text("1 product", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile(r"/products\?q=kettle$"))
    expect(page.get_by_role("link", name="Gooseneck Kettle")).to_be_visible()
    page.go_back()
    expect(page).to_have_url(re.compile(r"/$"))


def test_a_search_from_another_page_begins_with_enter(page: Page) -> None:
    page.goto("/products/1")
    page.get_by_role("searchbox").fill("plant")
    page.get_by_role("searchbox").press("Enter")
    expect(page).to_have_url(re.compile(r"/products\?q=plant$"))
    expect(page.get_by_role("link", name="Snake Plant in Terracotta")).to_be_visible()


def test_filters_stand_in_the_address_and_are_taken_away_there(page: Page) -> None:
    page.goto("/products")
    page.get_by_role("link", name="Coffee").click()
    page.get_by_label("Highest price").fill("60")
    expect(page).to_have_url(re.compile("maxPrice=60"))
    page.get_by_label("Only what is in stock").check()
    page.get_by_label("Sort by").select_option("Price, high to low")
    expect(page).to_have_url(
        re.compile("category=Coffee.*maxPrice=60.*available=true.*sort=-price")
    )
    first = page.get_by_role("region", name="Results").get_by_role("heading", level=2).first
    expect(first).to_have_text("Pour-Over Set")
    page.reload()
    expect(first).to_have_text("Pour-Over Set")
    expect(page.get_by_label("Highest price")).to_have_value("60")
    page.get_by_role("link", name="Remove the filter Up to $60.00").click()
    expect(first).to_have_text("Gooseneck Kettle")
    page.get_by_role("link", name="Clear all").click()
    expect(page).to_have_url(re.compile(r"/products\?sort=-price$"))
    assert find_violations(page) == []


def test_an_edited_address_still_shows_the_products(page: Page) -> None:
    page.goto("/products?minPrice=abc&maxPrice=-3&sort=secret&page=-1")
    expect(page.get_by_text("products, page 1 of")).to_be_visible()
    expect(page.get_by_text("NaN")).to_be_hidden()


def test_prices_that_exclude_each_other_are_told_and_change_nothing(page: Page) -> None:
    page.goto("/products?minPrice=50")
    page.get_by_label("Highest price").fill("20")
    expect(page.get_by_text("The lowest price is above the highest.")).to_be_visible()
    page.get_by_label("Highest price").press("Enter")
    expect(page).to_have_url(re.compile(r"\?minPrice=50$"))
    page.get_by_label("Highest price").fill("1e3")
    expect(page.get_by_text("Write an amount such as 12.50.")).to_be_visible()


def test_pages_are_links_and_take_the_focus(page: Page) -> None:
    page.goto("/products")
    page.get_by_role("link", name="Page 2", exact=True).click()
    expect(page.get_by_text(re.compile(r"products, page 2 of \d"))).to_be_visible()
    expect(page.get_by_role("region", name="Results")).to_be_focused()
    second = page.get_by_role("link", name="Page 2", exact=True)
    expect(second).to_have_attribute("aria-current", "page")
    page.go_back()
    expect(page.get_by_text(re.compile(r"products, page 1 of \d"))).to_be_visible()
    page.goto("/products?page=999")
    page.get_by_role("link", name="To the first page").click()
    expect(page.get_by_text(re.compile(r"products, page 1 of \d"))).to_be_visible()


def test_a_search_without_results_has_a_way_out(page: Page) -> None:
    page.goto("/products?q=zeppelin&category=Audio")
    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    assert find_violations(page) == []
    page.get_by_role("link", name="Clear all filters").click()
    expect(page).to_have_url(re.compile("/products$"))
    expect(page.get_by_role("searchbox")).to_have_value("")


def test_a_card_fills_the_cart_and_leaves_the_page_where_it_is(page: Page) -> None:
    page.goto("/products?category=Audio")
    page.get_by_role("button", name="Add to cart: Podcast Microphone").click()
    expect(page.get_by_text("Podcast Microphone: 1 in your cart")).to_be_attached()
    # The buttons that replace the pressed one have the focus.
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Cart, 2 pieces")).to_be_visible()
    page.reload()
    pieces = page.get_by_role("textbox", name="Pieces in the cart: Podcast Microphone")
    expect(pieces).to_have_value("2")
    pieces.fill("0")
    pieces.press("Enter")
    expect(page.get_by_role("button", name="Add to cart: Podcast Microphone")).to_be_focused()
    expect(page).to_have_url(re.compile("category=Audio"))


def test_the_last_pieces_are_counted(page: Page, last_pieces: int) -> None:
    page.goto("/products?category=Last+pieces")
    expect(page.get_by_text("3 left").first).to_be_visible()
    page.goto(f"/products/{last_pieces}")
    expect(page.get_by_text("3 left").first).to_be_visible()
    quantity = page.get_by_role("textbox", name="Quantity")
    quantity.fill("50")
    quantity.press("Enter")
    expect(quantity).to_have_value("3")
    add = page.get_by_role("button", name="Add to cart", exact=True)
    add.dblclick()
    expect(page.get_by_text("All 3 are in your cart.")).to_be_visible()
    expect(page.get_by_role("link", name="Cart, 3 pieces")).to_be_visible()
    assert find_violations(page) == []
    page.get_by_role("main").get_by_role("link", name="View cart").click()
    expect(page).to_have_url(re.compile("/cart$"))


def test_a_second_picture_is_a_press_away(page: Page) -> None:
    page.goto("/products/1")
    picture = page.get_by_role("img", name="Arc Desk Lamp", exact=True)
    expect(picture).to_be_visible()
    page.get_by_role("button", name="Show picture 2").click()
    second = page.get_by_role("img", name="Arc Desk Lamp, picture 2")
    expect(second).to_have_attribute("src", re.compile("arc-desk-lamp-2.svg$"))


def test_a_product_that_is_no_longer_made_leads_to_similar_ones(page: Page) -> None:
    page.goto("/products/15")
    expect(page.get_by_text("It is no longer made, and will not come back.")).to_be_visible()
    expect(page.get_by_role("button", name="Add to cart", exact=True)).to_be_hidden()
    assert find_violations(page) == []
    page.get_by_role("link", name="See similar products").click()
    expect(page).to_have_url(re.compile("category=Stationery"))


def test_an_unknown_product_is_an_unknown_page(page: Page) -> None:
    for key in ("abc", "0", "-1", "1e30", "999999999"):
        answer = page.goto(f"/products/{key}")
        assert answer is not None
        assert answer.status == 404, key
        expect(page.get_by_role("heading", name="This page does not exist"), key).to_be_visible()


def test_filters_are_a_sheet_on_a_phone(phone: Page) -> None:
    phone.goto("/")
    phone.get_by_role("link", name="Search products").click()
    expect(phone.get_by_role("searchbox")).to_be_focused()
    phone.get_by_role("button", name="Filters").click()
    sheet = phone.get_by_role("dialog", name="Filters")
    sheet.get_by_role("link", name="Lighting").click()
    # Other stories sell products of their own.
    show = sheet.get_by_role("button", name=re.compile(r"Show \d+ products"))
    expect(show).to_be_visible()
    assert find_violations(phone) == []
    show.click()
    expect(sheet).to_be_hidden()
    expect(phone.get_by_role("button", name="Filters (1 in use)")).to_be_focused()
    assert find_violations(phone) == []


def test_a_page_that_was_asked_for_offline_comes_with_the_connection(page: Page) -> None:
    page.goto("/products")
    first = page.get_by_role("region", name="Results").get_by_role("heading", level=2).first
    # The first of all products is the same on no other page.
    name = first.inner_text()
    page.context.set_offline(True)
    expect(page.get_by_text("You are offline.")).to_be_visible()
    page.get_by_role("link", name="Page 2", exact=True).click()
    expect(page).to_have_url(re.compile("page=2"))
    expect(first).to_have_text(name)
    page.context.set_offline(False)
    expect(first).not_to_have_text(name)
    expect(page.get_by_text("You are offline.")).to_be_hidden()
