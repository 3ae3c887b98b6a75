"""Identifiers that look like Stripe's: a prefix that names the kind, then 24 random characters."""

import secrets


def new_id(prefix: str) -> str:
    return f"{prefix}_{secrets.token_hex(12)}"
