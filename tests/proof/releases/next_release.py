"""A next release, made from a copy of this one by a few replacements.

The machine of orders has a new state, Packed, and ships from there; shipping a confirmed order is
retired. The receipt's activity has a new name; the old one stays for the rows that have it. The
migration allows the new state.
"""

import re
from pathlib import Path

from tests.support.checkout import copy_checkout

CHANGES = {
    "models/order.py": (
        ('    SHIPPED = "Shipped"', '    PACKED = "Packed"\n    SHIPPED = "Shipped"'),
    ),
    "state_machines/order.py": (
        ("    SHIP = auto()", "    PACK = auto()\n    SHIP = auto()"),
        (
            'CONFIRM_EMAIL = ("emails.order_confirmed",)',
            'CONFIRM_EMAIL = ("emails.order_receipt",)',
        ),
        (
            "S.CONFIRMED, S.SHIPPED,   SHIP_EMAIL),",
            (
                "S.CONFIRMED, S.SHIPPED, SHIP_EMAIL, retired=True),\n"
                "        Arrow(Sig.PACK, S.CONFIRMED, S.PACKED),\n"
                "        Arrow(Sig.SHIP, S.PACKED, S.SHIPPED, SHIP_EMAIL),"
            ),
        ),
        (
            "externally_driven = (S.PENDING, S.CONFIRMED, S.SHIPPED)",
            "externally_driven = (S.PENDING, S.CONFIRMED, S.PACKED, S.SHIPPED)\n    version = 2",
        ),
        (
            "        S.SHIPPED: has_payment(PaymentState.SUCCESS),",
            (
                "        S.PACKED: has_payment(PaymentState.SUCCESS),\n"
                "        S.SHIPPED: has_payment(PaymentState.SUCCESS),"
            ),
        ),
    ),
    "tasks/emails.py": (
        (
            "class OrderFailed(OrderEmail):",
            (
                'class OrderReceipt(OrderConfirmed):\n    name = "emails.order_receipt"\n\n\n'
                "class OrderFailed(OrderEmail):"
            ),
        ),
    ),
    "tasks/activities.py": (
        ("    emails.OrderFailed,", "    emails.OrderReceipt,\n    emails.OrderFailed,"),
    ),
}
MIGRATION = '''"""Orders may be packed."""

from migrations.indexes import add_check

revision = "next"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_check(
        "ck_orders_state",
        "orders",
        "state IN ('Pending', 'Confirmed', 'Packed', 'Shipped', 'Delivered', 'Cancelled',"
        " 'Failed')",
    )
'''


def make_next_release(folder: Path) -> Path:
    """Copy this release to `folder`, and change it into the next one. Return the folder."""
    copy = copy_checkout(folder)
    for name, replacements in CHANGES.items():
        code = (copy / name).read_text(encoding="utf-8")
        for old, new in replacements:
            assert code.count(old) == 1, f"{name} has no longer one {old!r}"
            code = code.replace(old, new)
        (copy / name).write_text(code, encoding="utf-8")
    versions = copy / "migrations/versions"
    migration = MIGRATION.format(head=_head(versions))
    (versions / "next.py").write_text(migration, encoding="utf-8")
    return copy


def _head(versions: Path) -> str:
    """Return the revision that no other follows."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in versions.glob("*.py"))
    revisions = set(re.findall(r'^revision = "(.+)"', code, re.MULTILINE))
    (head,) = revisions - set(re.findall(r'^down_revision = "(.+)"', code, re.MULTILINE))
    return str(head)
