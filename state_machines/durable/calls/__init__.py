"""Calls to providers: a batch side by side, and the end of a process that makes them."""
