"""Schemas of the operations console: what routes below /admin accept and return."""
