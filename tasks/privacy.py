"""Activities that erase a user's data."""

from models.erasure import Erasure, ErasureState
from state_machines.actions import erase_user
from state_machines.durable import Activity, Call, RetryPolicy
from state_machines.erasure import ErasureMachine, ErasureSignal
from tasks.gateways import sendgrid

# About a day: nobody waits for it, and an operator should rarely have to step in.
RETRY = RetryPolicy(initial=2, backoff=1.5, maximum=600, attempts=160)


class Erase(Activity[Erasure, str, str]):
    """Erases the data of this system. It calls no provider, and is an activity to be retried."""

    name = "privacy.erase"
    machine = ErasureMachine
    queue = "emails"
    retry = RETRY

    def prepare(self, erasure: Erasure, call: Call) -> str | None:
        return call.secret if erasure.state == ErasureState.REQUESTED else None

    def perform(self, request: str, call: Call) -> str:  # noqa: ARG002
        return request

    def record(self, erasure: Erasure, address: str) -> None:
        erase_user.erase(erasure, address)

    def give_up(self, erasure: Erasure, error: Exception) -> None:  # noqa: ARG002
        # The history is kept, and the message of an error may contain the address.
        ErasureMachine.observe(
            erasure, ErasureSignal.GIVE_UP, reason="see the activity's last error"
        )


class EraseRecipient(Activity[Erasure, str, None]):
    """Has SendGrid erase its data about the address. Repeating the call does no harm."""

    name = "privacy.erase_recipient"
    machine = ErasureMachine
    queue = "emails"
    provider = "sendgrid"
    retry = RETRY

    def prepare(self, erasure: Erasure, call: Call) -> str | None:  # noqa: ARG002
        return call.secret

    def perform(self, request: str, call: Call) -> None:  # noqa: ARG002
        sendgrid.erase_recipient(request)

    def record(self, erasure: Erasure, response: None) -> None:  # noqa: ARG002
        ErasureMachine.observe(erasure, ErasureSignal.FORGOTTEN)

    def give_up(self, erasure: Erasure, error: Exception) -> None:
        ErasureMachine.observe(erasure, ErasureSignal.REMEMBERED, reason=str(error))
