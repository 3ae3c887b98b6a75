"""Stand-ins for Stripe and SendGrid: for work without a network, and for making them fail.

The real services are the reference: where they and the sandbox differ, the sandbox is wrong.
Production code never imports this package; it is another process behind another address.
"""
