"""Metrics of the engine, and the spans of its attempts."""
