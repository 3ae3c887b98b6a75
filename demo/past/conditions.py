"""The conditions of a past: a sandbox instead of providers, and a shop where nothing happened."""

from pathlib import Path
from urllib.parse import urlsplit

from config import settings
from models import Login, Order, User, reading
from models.base import db
from sandbox.app import ROW_LOG_FILE

LOOPBACK = ("127.0.0.1", "localhost")
# Tables that are empty as long as nobody has used the shop.
USED = {"orders": Order.id, "users": User.id, "sign-ins": Login.id}


def find_refusal() -> str | None:
    """Return why this environment can have no made-up past, or None."""
    if settings.projectx_env == "production":
        return "SEED_DEMO is not for production: it would mix made-up orders with real ones"
    for name in ("stripe_api_base", "sendgrid_api_base"):
        if urlsplit(getattr(settings, name)).hostname not in LOOPBACK:
            return (
                "SEED_DEMO needs the sandbox in place of Stripe and SendGrid: start without"
                f" STRIPE_SECRET_KEY and SENDGRID_API_KEY ({name.upper()} is not the sandbox's)"
            )
    return None


def find_obstacle(sandbox_data: Path) -> str | None:
    """Return which data is already here, or None when the shop and the sandbox are empty."""
    with reading() as session:
        used = [name for name, key in USED.items() if session.scalar(db.select(key).limit(1))]
    log = sandbox_data / ROW_LOG_FILE
    if log.exists() and log.stat().st_size:
        used.append("rows of the sandbox")
    if not used:
        return None
    return (
        f"SEED_DEMO changed nothing: this shop has {' and '.join(used)} already."
        " Use a new database, or delete .data to start afresh."
    )
