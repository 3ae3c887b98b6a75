"""The exporter: one process that reads gauges from PostgreSQL for Prometheus.

Every gauge is a query with an index or a limit, and is read again only when it is older than some
seconds, however many servers scrape.
"""
