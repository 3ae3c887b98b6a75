"""A race of three engines with the same flow: ours, DBOS, and plain Celery.

The flow: start, call a provider, wait for its event, call it again, done.
"""
