"""Stripe's objects and events, and their meaning for payments, refunds and disputes."""
