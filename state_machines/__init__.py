"""What may happen next: the engine (durable/), and one table of arrows a noun."""

from state_machines import intent, mail  # noqa: F401  they apply the signals from outside
from state_machines.login import LoginMachine
from state_machines.order import OrderMachine
from state_machines.payment import PaymentMachine

__all__ = ["LoginMachine", "OrderMachine", "PaymentMachine"]
