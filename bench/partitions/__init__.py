"""`python -m bench.partitions`: today's tables beside the same tables in partitions by time."""
