"""What may happen next: the engine (durable/), and one table of arrows a noun."""

from state_machines import mail, notice, stock, stripe_event  # noqa: F401  effects, and signals
from state_machines.dispute import DisputeMachine
from state_machines.erasure import ErasureMachine
from state_machines.login import LoginMachine
from state_machines.order import OrderMachine
from state_machines.payment import PaymentMachine
from state_machines.reconciliation import ReconciliationMachine
from state_machines.refund import RefundMachine

__all__ = [
    "DisputeMachine",
    "ErasureMachine",
    "LoginMachine",
    "OrderMachine",
    "PaymentMachine",
    "ReconciliationMachine",
    "RefundMachine",
]
