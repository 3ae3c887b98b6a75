"""Stand-ins for Stripe and SendGrid, for work without a network and for provoking failures.

The real services are the reference: any difference is a bug of the sandbox. Production code never
imports this package; the sandbox is a separate process with its own URL.
"""
