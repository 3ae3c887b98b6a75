"""Settings of the systems that tests start."""

# PostgreSQL, Redis and the sandbox are the system's own.
OWN = dict.fromkeys(("DATABASE_URL", "REDIS_URL", "STRIPE_SECRET_KEY", "SENDGRID_API_KEY"), "")
# Long enough for an order to outlive the lease of a killed worker, twice.
PAYMENT_TIMEOUT = 30
TOKEN_LIFETIME = 26 * 24 * 3600
# Where the observed system shows its traces.
TRACE_URL = "https://traces.example/{id}"
