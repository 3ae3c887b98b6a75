"""Route of the public settings of the shop, which a browser reads at its start."""

import re
from typing import Any

from flask import jsonify, request
from flask_openapi.models.tag import Tag

from config import Settings, settings
from models.shipping import SHIPPING_COSTS
from web.blueprint import ApiBlueprint
from web.schemas.shop import ShopView

api = ApiBlueprint("shop", __name__, abp_tags=[Tag(name="shop")])

NAME = "ProjectX"
MAX_AGE = 60  # seconds
# The release that @stripe/stripe-js 10 loads; the package warns of any other.
STRIPE_SCRIPT_URL = "https://js.stripe.com/endive/stripe.js"


@api.get("/shop.json", responses={200: ShopView})
def show() -> Any:
    """Return the public settings of the shop."""
    response = jsonify(view_of(settings, request.host).json_ready())
    response.headers["Cache-Control"] = f"public, max-age={MAX_AGE}"
    return response


def view_of(config: Settings, host: str) -> ShopView:
    """Create the view of these settings. In development `host` has all other processes, too."""
    name = re.sub(r":[0-9]+$", "", host)
    ports = (config.sandbox_port, config.flower_port, config.events_port)
    sandbox, flower, events = (f"http://{name}:{port}" for port in ports)
    in_development = config.projectx_env == "development"
    has_stripe = in_development and config.stripe_api_base
    has_mailbox = in_development and config.sendgrid_api_base
    return ShopView(
        name=NAME,
        environment=config.projectx_env,
        currency=next(iter(SHIPPING_COSTS)),
        stripe_publishable_key=config.stripe_publishable_key,
        stripe_script_url=f"{sandbox}/stripe.js" if has_stripe else STRIPE_SCRIPT_URL,
        mailbox_url=f"{sandbox}/mail" if has_mailbox else None,
        flower_url=flower if in_development else None,
        events_url=config.events_url or (f"{events}/events" if in_development else None),
    )
