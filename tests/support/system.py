"""Settings of the system that the end-to-end stories share."""

# Long enough for an order to outlive the lease of a killed worker, twice.
PAYMENT_TIMEOUT = 30
TOKEN_LIFETIME = 26 * 24 * 3600
# Where the observed system shows its traces.
TRACE_URL = "https://traces.example/{id}"
