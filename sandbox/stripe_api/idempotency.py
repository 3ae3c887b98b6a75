"""Idempotency keys with Stripe's semantics: https://docs.stripe.com/api/idempotent_requests.

The first executed answer, success or error, is replayed for the same key and parameters.
"""

import hashlib

from sandbox import clock
from sandbox.compact import Json, compact
from sandbox.rows.answers import Answer
from sandbox.stripe_api.errors import StripeError

LIFETIME = 24 * 3600
MAX_KEY_LENGTH = 255


def fingerprint(params: Json) -> str:
    return hashlib.blake2b(compact(sorted(params.items())).encode(), digest_size=16).hexdigest()


class Idempotency:
    """The idempotency keys in use, and the store's `answers`."""

    def __init__(self, answers: dict[str, Answer]) -> None:
        self._answers = answers
        self._in_flight: set[str] = set()

    def claim(self, owner: str, key: str, path: str, params: Json) -> Answer | None:
        """Return the stored answer, or None: then execute the call and `release` the key.

        Raises StripeError when other parameters or a concurrent request use the key.
        """
        if len(key) > MAX_KEY_LENGTH:
            raise StripeError(
                f"Idempotency key is too long. Keys can be up to {MAX_KEY_LENGTH} characters.",
                type="idempotency_error",
                executed=False,
            )
        name = f"{owner}/{key}"
        if name in self._in_flight:
            raise StripeError(
                "There is currently another in-progress request using this Idempotent Key (that "
                "probably means you submitted twice, and the other request is still going "
                f"through): {key}. Please try again later.",
                status=409,
                type="idempotency_error",
                code="idempotency_key_in_use",
                executed=False,
            )
        answer = self._answers.get(name)
        if answer is None or answer.created + LIFETIME < clock.now():
            self._in_flight.add(name)
            return None
        _refuse_another_use(answer, key, path, params)
        return answer

    def release(self, owner: str, key: str) -> None:
        self._in_flight.discard(f"{owner}/{key}")


def _refuse_another_use(answer: Answer, key: str, path: str, params: Json) -> None:
    advice = f"Try using a key other than '{key}' if you meant to execute a different request."
    if answer.path != path:
        first = (
            "Keys for idempotent requests can only be used for the same endpoint they were first "
            f"used for ('{path}' vs '{answer.path}')."
        )
    elif answer.fingerprint != fingerprint(params):
        first = (
            "Keys for idempotent requests can only be used with the same parameters they were "
            "first used with."
        )
    else:
        return
    raise StripeError(f"{first} {advice}", type="idempotency_error", executed=False)
