"""Statements over many rows: claims, pages and lists of stuck executions."""
