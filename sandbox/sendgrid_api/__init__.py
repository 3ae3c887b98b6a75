"""SendGrid's mail send and event webhook: https://www.twilio.com/docs/sendgrid/api-reference."""
