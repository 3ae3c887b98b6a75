"""A race of two whole shops over HTTP: ours, and the same on DBOS (`make shops`)."""
