"""Stripe's payments as its API reference describes them: https://docs.stripe.com/api."""
