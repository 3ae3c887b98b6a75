"""The state machines of the shop, each a table of arrows in its own module.

Packages, from the top: `providers` applies events of providers, `actions` carries out requests,
`catalogue_import` imports products, the machines list the allowed transitions, `writes` changes
other rows in their transactions, and `durable` is the engine.
"""

from state_machines.actions import erase_user, operator_actions
from state_machines.bulk import BulkMachine
from state_machines.dispute import DisputeMachine
from state_machines.durable.base import handling
from state_machines.erasure import ErasureMachine
from state_machines.login import LoginMachine
from state_machines.order import OrderMachine
from state_machines.payment import PaymentMachine
from state_machines.providers import sendgrid
from state_machines.providers.stripe import events
from state_machines.reconciliation import ReconciliationMachine
from state_machines.refund import RefundMachine
from state_machines.writes import notices, refunds, stock

# The engine's registers are filled by importing the modules of these tuples.
MACHINES = (
    BulkMachine,
    DisputeMachine,
    ErasureMachine,
    LoginMachine,
    OrderMachine,
    PaymentMachine,
    ReconciliationMachine,
    RefundMachine,
)
WRITES = (notices, refunds, stock)
# The actions that operators may run on many executions.
ACTIONS = (operator_actions,)
# The functions that apply the events of each provider.
HANDLERS = {"stripe": events.apply_event, "sendgrid": sendgrid.apply_event}
# The functions that decide whether the payloads of events are stored.
KEEPERS = (erase_user.may_keep,)
# The functions that learn of failed events.
WATCHERS = (notices.watch_signals,)

handling.handlers.update(HANDLERS)
handling.kinds["stripe"] = frozenset(events.READERS)
handling.keepers.extend(KEEPERS)
handling.watchers.extend(WATCHERS)

__all__ = [
    "ACTIONS",
    "HANDLERS",
    "KEEPERS",
    "MACHINES",
    "WATCHERS",
    "WRITES",
    "BulkMachine",
    "DisputeMachine",
    "ErasureMachine",
    "LoginMachine",
    "OrderMachine",
    "PaymentMachine",
    "ReconciliationMachine",
    "RefundMachine",
]
