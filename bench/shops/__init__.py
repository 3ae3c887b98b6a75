"""The whole shop raced over HTTP: ours, and the same on DBOS. `make shops`."""
