"""Stripe's error envelope. The messages are Stripe's own: https://docs.stripe.com/error-codes."""

from typing import Any

from sandbox.compact import Json


class StripeError(Exception):
    """A call that ends in an error envelope.

    `executed`: the endpoint had begun, so that the answer is stored under the idempotency key
    (https://docs.stripe.com/api/idempotent_requests).
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        type: str = "invalid_request_error",  # noqa: A002 -- the envelope's word
        executed: bool = True,
        **details: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.executed = executed
        self.error: Json = {"message": message, "type": type}
        self.error |= {name: value for name, value in details.items() if value is not None}
        if code := details.get("code"):
            self.error["doc_url"] = (
                f"https://stripe.com/docs/error-codes/{str(code).replace('_', '-')}"
            )

    def envelope(self, request_id: str) -> Json:
        log = f"https://dashboard.stripe.com/test/logs/{request_id}"
        return {"error": {**self.error, "request_log_url": log}}


def invalid(message: str, param: str | None = None, code: str | None = None) -> StripeError:
    """Return the error of an invalid parameter; nothing was executed."""
    return StripeError(message, param=param, code=code, executed=False)


def missing(kind: str, key: str, param: str = "id") -> StripeError:
    return StripeError(f"No such {kind}: '{key}'", status=404, code="resource_missing", param=param)


def unexpected_state(message: str, intent: Json) -> StripeError:
    return StripeError(message, code="payment_intent_unexpected_state", payment_intent=intent)


def rate_limited() -> StripeError:
    return StripeError(
        "Request rate limit exceeded. Learn more about rate limits here "
        "https://stripe.com/docs/rate-limits.",
        status=429,
        code="rate_limit",
        executed=False,
    )


def refused() -> StripeError:
    return StripeError("Your account cannot currently make this request.", executed=False)


def broken() -> StripeError:
    return StripeError(
        "An unknown error occurred. Contact us at https://support.stripe.com.",
        status=500,
        type="api_error",
        executed=False,
    )
