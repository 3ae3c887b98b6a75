"""What may happen next: the engine (durable/), and one table of arrows a noun."""

from state_machines.login import LoginMachine
from state_machines.order import OrderMachine
from state_machines.payment import PaymentMachine

__all__ = ["LoginMachine", "OrderMachine", "PaymentMachine"]
