"""A customer whose orders are in every state that a page shows, placed through the API."""

from demo.buyer import Buyer, Json
from demo.world import World
from launch.stack import Stack

EMAIL = "ann.lee@example.com"
# The sessions of an account name the browser.
BROWSER = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/153.0.0.0"
    " Safari/537.36"
)
PROFILE = {
    "username": "ann",
    "firstName": "Ann",
    "lastName": "Lee",
    "addressLine1": "12 Harbour Street",
    "postalCode": "10115",
    "city": "Berlin",
    "country": "Germany",
    "phoneNumber": "+49 30 1234567",
}


def sign_in(stack: Stack) -> Buyer:
    """Sign the customer in, in a session of their own, and return them."""
    ann = Buyer(stack.urls, EMAIL)
    ann.http.headers["User-Agent"] = BROWSER
    ann.log_in()
    return ann


def place_orders(stack: Stack) -> dict[str, str]:
    """Place an order for each state, and return the paths of their pages by the state."""
    world, ann = World.of(stack), sign_in(stack)
    profile = f"{stack.urls.auth}/auth/user"
    ann.http.patch(profile, json=PROFILE, timeout=30).raise_for_status()
    products = {product["name"]: product for product in ann.products()}

    def place(*names: str) -> Json:
        return ann.order(*(products[name] for name in names))

    def pay(order: Json) -> Json:
        ann.pay(order["clientSecret"])
        ann.wait_until(order["referenceId"], "Confirmed")
        return order

    expired = place("Folded Laptop Stand")
    world.expire(expired["orderId"])
    ann.wait_until(expired["referenceId"], "Failed")
    cancelled = pay(place("Gooseneck Kettle"))
    ann.cancel(cancelled["referenceId"])
    ann.wait_until(cancelled["referenceId"], "Cancelled")
    delivered = pay(place("Arc Desk Lamp", "Wool Felt Desk Mat"))
    shipped = pay(place("Stoneware Mug", "Pour-Over Set", "Snake Plant in Terracotta"))
    paid = pay(place("Quiet Over-Ear Headphones"))
    for order in (delivered, shipped):
        tracking = ("--carrier", "DHL", "--tracking", "JJD0099044")
        stack.flask("orders", "ship", order["referenceId"], *tracking)
    stack.flask("orders", "deliver", delivered["referenceId"])
    declined = place("Bookshelf Speakers, Pair")
    ann.pay(declined["clientSecret"], "pm_card_chargeDeclinedInsufficientFunds")
    orders = {
        "waiting": place("Halo Table Lamp", "Dot Grid Notebook"),
        "declined": declined,
        "paid": paid,
        "shipped": shipped,
        "delivered": delivered,
        "cancelled": cancelled,
        "expired": expired,
    }
    return {state: f"/orders/{order['referenceId']}" for state, order in orders.items()}
