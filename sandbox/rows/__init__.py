"""The rows that the sandbox keeps: its objects of Stripe and SendGrid."""
