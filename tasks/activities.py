"""All activities of the shop. The worker makes a Celery task of each."""

from typing import Any

from state_machines.durable import Activity
from tasks import bulk, emails, payment_polls, payments, privacy, reconciliation, refunds

ACTIVITIES: tuple[type[Activity[Any, Any, Any]], ...] = (
    payments.CreateIntent,
    payments.CancelIntent,
    payments.CancelOrphan,
    payments.RetrieveIntent,
    payment_polls.PollIntent,
    refunds.SubmitRefund,
    refunds.ListRefunds,
    emails.LoginCode,
    emails.NewDevice,
    emails.OrderConfirmed,
    emails.OrderFailed,
    emails.OrderCancelled,
    emails.OrderShipped,
    emails.OrderDelivered,
    emails.OrderRefunded,
    privacy.Erase,
    privacy.EraseRecipient,
    reconciliation.UndeliveredEvents,
    reconciliation.OrphanedIntents,
    reconciliation.NewRefunds,
    reconciliation.Disputes,
    reconciliation.GiveBack,
    bulk.Work,
)
