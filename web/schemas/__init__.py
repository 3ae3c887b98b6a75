"""Schemas of requests and responses (pydantic)."""
