"""The machines of the shop: what each is made of is a table of arrows in a module of its own.

Rooms, from the top: `providers` reads messages from outside, `actions` carries out requests, the
machines say what may happen next, `writes` changes other rows with them, `durable` is the engine.
"""

from state_machines.actions import erase_user
from state_machines.dispute import DisputeMachine
from state_machines.erasure import ErasureMachine
from state_machines.login import LoginMachine
from state_machines.order import OrderMachine
from state_machines.payment import PaymentMachine
from state_machines.providers import sendgrid
from state_machines.providers.stripe import events
from state_machines.reconciliation import ReconciliationMachine
from state_machines.refund import RefundMachine
from state_machines.writes import notices, refunds, stock

# Importing these modules registers them with the engine.
MACHINES = (
    DisputeMachine,
    ErasureMachine,
    LoginMachine,
    OrderMachine,
    PaymentMachine,
    ReconciliationMachine,
    RefundMachine,
)
WRITES = (notices, refunds, stock)
HANDLERS = (events.apply_event, sendgrid.apply_event)
# Decide which payloads of signals are stored.
KEEPERS = (erase_user.may_keep,)

__all__ = [
    "HANDLERS",
    "KEEPERS",
    "MACHINES",
    "WRITES",
    "DisputeMachine",
    "ErasureMachine",
    "LoginMachine",
    "OrderMachine",
    "PaymentMachine",
    "ReconciliationMachine",
    "RefundMachine",
]
