"""Stories that the demo does not tell, for the places that its own do not come past."""

from collections.abc import Callable

from demo.buyer import wait_for
from demo.world import World

# Seconds until a reconciliation has found what was never delivered, whoever died meanwhile.
SILENCE = 90


def hear_nothing(world: World) -> None:
    """Lose Stripe's events: a reconciliation stores them as signals, and a sweep applies them."""
    buyer = world.buyer()
    world.faults(stripe={"webhook": {"dropRate": 1}})
    try:
        order = buyer.order(buyer.products()[0])
        assert buyer.pay(order["clientSecret"])["status"] == "succeeded"
        buyer.wait_until(order["referenceId"], "Confirmed", seconds=SILENCE)
        wait_for(lambda: buyer.emails("order_confirmed") or None, "the receipt")
    finally:
        world.faults()


OWN: tuple[tuple[str, Callable[[World], None]], ...] = (("Hear nothing", hear_nothing),)
