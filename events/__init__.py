"""The optional process that tells browsers of changes: server-sent events over one connection each.

It reads no database. An event names what has changed, and the browser then reads it.
"""
