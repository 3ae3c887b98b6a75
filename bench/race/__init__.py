"""The same flow on three foundations: our engine, DBOS, and plain Celery.

Start, call a provider, wait for its event, call it again, done.
"""
