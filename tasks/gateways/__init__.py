"""Clients of the providers. No other module imports their libraries."""
