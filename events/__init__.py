"""The optional process that sends browsers hints of changes: server-sent events, one stream each.

It reads no database. An event names what has changed, and the browser then reads it.
"""
