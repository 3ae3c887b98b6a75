"""The rows of the sandbox: dictionaries by id, oldest first, restored from the row log."""

from typing import Any, TypeVar

from sandbox.events import Event
from sandbox.row_log import RowLog
from sandbox.rows.answers import Answer
from sandbox.rows.charges import Charge
from sandbox.rows.disputes import Dispute
from sandbox.rows.emails import Email
from sandbox.rows.endpoints import WebhookEndpoint
from sandbox.rows.intents import Intent
from sandbox.rows.methods import PaymentMethod
from sandbox.rows.refunds import Refund

Row = Intent | Charge | Refund | Dispute | PaymentMethod | WebhookEndpoint | Answer | Event | Email
R = TypeVar("R", bound=Row)

# A line with only the state of an event: its body is long and never changes.
EVENT_STATE = "EventState"


class Store:
    def __init__(self, row_log: RowLog) -> None:
        self.row_log = row_log
        self.intents: dict[str, Intent] = {}
        self.charges: dict[str, Charge] = {}
        self.refunds: dict[str, Refund] = {}
        self.disputes: dict[str, Dispute] = {}
        self.methods: dict[str, PaymentMethod] = {}
        self.endpoints: dict[str, WebhookEndpoint] = {}
        self.answers: dict[str, Answer] = {}
        self.events: dict[str, Event] = {}
        self.emails: dict[str, Email] = {}
        # The few undelivered events among very many.
        self.undelivered: dict[str, Event] = {}
        self._tables: dict[type[Row], dict[str, Any]] = {
            Intent: self.intents,
            Charge: self.charges,
            Refund: self.refunds,
            Dispute: self.disputes,
            PaymentMethod: self.methods,
            WebhookEndpoint: self.endpoints,
            Answer: self.answers,
            Event: self.events,
            Email: self.emails,
        }

    def load(self) -> None:
        """Restore the rows from the row log, then open it for writing."""
        kinds = {kind.__name__: kind for kind in self._tables}
        # The old name in the files of earlier releases.
        kinds["Letter"] = Email
        for kind, fields in self.row_log.read():
            if kind == EVENT_STATE:
                event = self.events[fields["id"]]
                event.state = fields["state"]
                self._put(event)
            else:
                self._put(kinds[kind](**fields))
        self.row_log.open()

    def save(self, row: Row) -> None:
        self._put(row)
        fields = {name: getattr(row, name) for name in row.__slots__}
        self.row_log.write(type(row).__name__, fields)

    def save_state(self, event: Event) -> None:
        self._put(event)
        self.row_log.write(EVENT_STATE, {"id": event.id, "state": event.state})

    def refunds_of(self, charge: Charge) -> list[Refund]:
        return [refund for refund in self.refunds.values() if refund.charge == charge.id]

    def disputes_of(self, charge: Charge) -> list[Dispute]:
        return [dispute for dispute in self.disputes.values() if dispute.charge == charge.id]

    def _put(self, row: Row) -> None:
        self._tables[type(row)][row.id] = row
        if isinstance(row, Event):
            if row.undelivered:
                self.undelivered[row.id] = row
            else:
                self.undelivered.pop(row.id, None)
