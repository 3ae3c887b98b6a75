"""Schemas of notices: situations that need a person's decision, with what to do."""

from uuid import UUID

from models import Notice, NoticeKind
from models.order import number_of
from web.schemas.admin.links import LinkView
from web.schemas.admin.paging import CountView, Page, PageQuery
from web.schemas.base import Incoming, Outgoing, Timestamp

K = NoticeKind
ADVICE = {
    K.MISPAID: "Accept the order with what was paid, or cancel it, which refunds all of it.",
    K.SLOW_PAYMENT: "Nothing: the bank's answer settles it.",
    K.REFUND_FAILED: "Ask the customer for another way, or repeat the refund.",
    K.DISPUTE: "Submit evidence in Stripe's dashboard in time. If the dispute is lost before the"
    " order is shipped, cancel the order.",
    K.UNDELIVERED: "Contact the customer in another way, then settle the notice.",
    K.REVIEW: "Approve or refund the payment in Stripe's dashboard; that settles the notice.",
    K.FRAUD_WARNING: "Refund the order before it becomes a dispute; or settle the notice, and"
    " it can be shipped.",
    K.UNKNOWN_INTENT: "Set the keys of the right account; or close the payment.",
    K.UNMATCHED_PAYMENT: "Return the money with `flask payments return`; that settles the notice.",
    K.FAILED_SIGNAL: "Correct the code, then replay the signal; once it is applied, the notice is"
    " settled.",
    K.UNREAD_EVENT: "Remove the destination with thin events in Stripe's dashboard, then settle the"
    " notice.",
}
# Kinds that a person settles. What settles the others is in their advice.
SETTLED_BY_HAND = (
    *(K.REFUND_FAILED, K.DISPUTE, K.UNDELIVERED, K.REVIEW, K.FRAUD_WARNING),
    *(K.UNMATCHED_PAYMENT, K.FAILED_SIGNAL, K.UNREAD_EVENT),
)


class NoticesQuery(PageQuery):
    """The filters of the list; without `open` the settled ones are listed, too."""

    kind: NoticeKind | None = None
    open: bool | None = None


class NoticePath(Incoming):
    notice_id: UUID


class OperatorNoticeView(Outgoing):
    """A notice. `advice` says what to do about it."""

    id: UUID
    kind: NoticeKind
    subject: str
    order_id: UUID | None
    text: str
    created_at: Timestamp
    settled_at: Timestamp | None
    advice: str
    can_settle: bool
    links: list[LinkView]

    @classmethod
    def of(cls, notice: Notice) -> "OperatorNoticeView":
        names = ("id", "kind", "subject", "order_id", "text", "created_at", "settled_at")
        is_by_hand = notice.kind in SETTLED_BY_HAND
        return cls(
            **{name: getattr(notice, name) for name in names},
            advice=ADVICE[notice.kind],
            can_settle=notice.settled_at is None and is_by_hand,
            links=_links(notice),
        )


class NoticePage(Page):
    items: list[OperatorNoticeView]
    count: CountView | None


def _links(notice: Notice) -> list[LinkView]:
    if notice.order_id is not None:
        url = f"/console/executions/order/{notice.order_id}"
        return [LinkView(label=f"Order {number_of(notice.order_id)}", url=url)]
    if notice.kind == K.FAILED_SIGNAL:
        return [LinkView(label="Failed signals", url="/console/signals?state=failed")]
    return []
