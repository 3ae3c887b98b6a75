"""Measurements, each taken from a running system in one run on one machine."""
