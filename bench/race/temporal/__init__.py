"""Temporal in the race: its real server on PostgreSQL, and workers in Python and in Go.

Go builds the server from its module proxy, so that this contender needs Go and the network once.
"""
