"""Drills of high availability on real servers, with the configuration in deploy/."""
