"""A small model of one order's surroundings: Stripe, webhooks, crashes, people.

The model reads our side from the real tables of arrows, deadlines and polls. A `State` is one
moment; `system_steps` are the system's own steps, `world_steps` the possible steps of everything
else.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from state_machines import OrderMachine, PaymentMachine, RefundMachine
from state_machines.durable import Arrow

SOLD = ("Confirmed", "Shipped", "Delivered")
ENDED = ("Cancelled", "Failed")
CLOSING = ("Cancelling", "Expiring")
AFTER_CREATION = ("declined", "processing", "action_required", "canceled")
ACTIVE = ("Requested", "Submitted", "Succeeded")
CALLS = {
    "payments.create_intent": "create",
    "payments.cancel_intent": "cancel",
    "payments.cancel_orphan": "orphan",
    "payments.retrieve_intent": "ask",
    "payments.poll_intent": "ask",
    "refunds.submit": "submit",
    "refunds.list": "look",
}
STOCK = {
    "stock.reserve": "reserved",
    "stock.sell": "sold",
    "stock.release": "free",
    "stock.restore": "free",
}

# Emails and notices, which change no state of the model.
MESSAGES = ("emails.", "notice.")
MACHINES = (OrderMachine, PaymentMachine, RefundMachine)
Tables = dict[str, dict[tuple[str, str | None], Arrow]]


def tables(*, without: object = None) -> Tables:
    """Return the arrows by machine, signal and state; one of them may be left out."""
    return {
        machine.name: {
            (arrow.signal.value, arrow.source): arrow
            for arrow in machine.arrows
            if arrow is not without
        }
        for machine in MACHINES
    }


class Timer(NamedTuple):
    """A timer of a row in `state`: it sends a signal, or makes a call to Stripe."""

    machine: str
    state: str
    sends: str | None
    asks: str | None


def timers() -> list[Timer]:
    """Return the timers of the deadlines and polls."""
    listed = [
        Timer(machine.name, state.value, deadline.send.value, None)
        for machine in MACHINES
        for deadline in machine.deadlines
        for state in deadline.states
    ]
    listed += [
        Timer(machine.name, state.value, None, CALLS[machine.poll.do])
        for machine in MACHINES
        if machine.poll
        for state in machine.poll.states
    ]
    return listed


class State(NamedTuple):
    """One moment of the model.

    `intent`, `back` and `gone` are Stripe's side: the payment intent, the refund, and whether all
    of it was refunded in the dashboard instead. `wrong`: it was paid with another amount. `calls`
    are activities in progress; `news` are undelivered events: webhooks that are delayed or lost.
    `known`, `captured` and `booked` are recorded in our rows; `booked` is the row of a refund of
    the dashboard.
    """

    order: str = "Pending"
    payment: str = "Pending"
    refund: str | None = None
    stock: str = "reserved"
    known: bool = False
    captured: bool = False
    calls: frozenset[str] = frozenset({"create"})
    intent: str = "none"
    mispaid: bool = False
    back: str = "none"
    gone: bool = False
    booked: bool = False
    news: frozenset[str] = frozenset()


class Shop:
    """Our side, by the tables; one arrow or one timer may be left out.

    `walked` are the used arrows. Raises KeyError for signals that this model does not know.
    """

    def __init__(self, *, without: Arrow | Timer | None = None) -> None:
        self.without = without
        self.arrows = tables(without=without)
        self.timers = [timer for timer in timers() if timer != without]
        self.walked: set[Arrow | Timer] = set()

    def send(self, state: State, machine: str, signal: str) -> State:
        """Return the state after the signal; the same state without an arrow for it."""
        arrow = self.arrows[machine].get((signal, getattr(state, machine)))
        if arrow is None:
            return state
        self.walked.add(arrow)
        moved: dict[str, Any] = {machine: arrow.target.value}
        scheduled = {CALLS[name] for name in arrow.do if not name.startswith(MESSAGES)}
        state = state._replace(**moved, calls=state.calls | scheduled)
        for name in arrow.writes:
            state = self._write(state, name)
        return (
            self.send(state, "order", arrow.parent_signal.value) if arrow.parent_signal else state
        )

    def _write(self, state: State, name: str) -> State:
        if name in ("refund.rest", "refund.late"):
            return self.give_back(state)
        if name.startswith(MESSAGES):
            return state
        return state._replace(stock=STOCK[name])

    def give_back(self, state: State) -> State:
        """Refund everything that was captured, unless a refund already counts."""
        if not state.captured or state.booked or state.refund in ACTIVE:
            return state
        born = self.arrows["refund"][("request", None)]
        return state._replace(refund=born.target.value, calls=state.calls | {"submit"})

    def receive(self, state: State, event: str) -> State:
        """Receive an event; an event about the end of a payment leads to a retrieval first."""
        if event not in ("paid", "canceled"):
            return self.apply_event(state, event)
        over = ("Success",) if event == "paid" else ("Success", "Cancelled", "Failure")
        return state if state.payment in over else state._replace(calls=state.calls | {"ask"})

    def apply_event(self, state: State, event: str) -> State:
        """Apply an event, or an answer, about the intent or the refund."""
        if event == "paid":
            state = state._replace(known=True, captured=True)
            state = self.send(state, "payment", "mispaid" if state.mispaid else "succeeded")
            return self.cancel_returned_order(state)
        if event == "refunded":
            state = state._replace(known=True)
            return state if state.booked else self.send(state, "payment", "refunds_changed")
        if event in ("refund_done", "refund_failed"):
            if state.refund is None:
                return state
            return self.send(
                state, "refund", {"refund_done": "succeeded", "refund_failed": "failed"}[event]
            )
        if state.payment == "Pending" and event in AFTER_CREATION:
            state = self.send(state, "payment", "initiated")
        return self.send(state._replace(known=True), "payment", event)

    def cancel_returned_order(self, state: State) -> State:
        """Cancel an order whose money has been returned."""
        nothing_left = state.booked and state.payment == "Success"
        unshipped = state.order in ("Pending", "Confirmed")
        return self.send(state, "order", "refunded") if nothing_left and unshipped else state


def system_steps(shop: Shop, state: State) -> Iterator[State]:
    """Yield the steps of the system alone: calls, deadlines, polls and reconciliations.

    A bank that is processing comes to an end, too.
    """
    yield from _bank(state)
    for call in state.calls:
        called = perform(state, call)
        if called is not None:
            yield record(shop, called, call)
    for timer in shop.timers:
        if getattr(state, timer.machine) == timer.state:
            shop.walked.add(timer)
            yield _fire(shop, state, timer)
    for event in state.news:
        yield shop.receive(state._replace(news=state.news - {event}), event)
    if state.intent == "open" and not state.known and state.payment in ("Failure", "Cancelled"):
        yield shop.send(state._replace(known=True), "payment", "orphaned")
    if state.intent == "succeeded" and state.payment != "Success":
        yield state._replace(calls=state.calls | {"ask"})


def _fire(shop: Shop, state: State, timer: Timer) -> State:
    if timer.sends:
        return shop.send(state, timer.machine, timer.sends)
    return state._replace(calls=state.calls | {str(timer.asks)})


def world_steps(shop: Shop, state: State) -> Iterator[State]:
    """Yield the steps of customers, banks, operators, networks and crashes."""
    yield from _stripe(state)
    yield from _people(shop, state)
    for event in state.news:
        yield shop.receive(state, event)  # and it will come again
    for call in state.calls:
        called = perform(state, call)
        if called is not None:
            yield called  # it was made, and the worker died before it could record that
        yield from _given_up(shop, state, call)
    if state.intent == "open":
        # Whatever was tried, the bank may ask its customer once more; or a voucher is waited for.
        yield shop.receive(state, "action_required")
        if state.known and state.payment == "Expiring" and "cancel" in state.calls:
            waiting = state._replace(calls=state.calls - {"cancel"})
            yield shop.send(waiting, "payment", "still_waiting")


def perform(state: State, call: str) -> State | None:
    """Return the call's effect at Stripe; None while it must wait."""
    if call == "create":
        is_needed = not state.known and state.payment in ("Pending", *CLOSING)
        return state._replace(intent="open") if is_needed and state.intent == "none" else state
    if call in ("cancel", "orphan"):
        is_needed = state.payment in (CLOSING if call == "cancel" else ("Failure", "Cancelled"))
        if is_needed and call == "cancel" and not state.known and "create" in state.calls:
            return None
        return (
            _send_event(state, intent="canceled") if is_needed and state.intent == "open" else state
        )
    made = state.back != "none" or state.gone
    if call == "submit" and state.refund in ("Requested", "Submitted") and not made:
        return state._replace(back="pending")
    return state


def record(shop: Shop, state: State, call: str) -> State:
    """Return the effect of the call's answer here; the call has ended."""
    state = state._replace(calls=state.calls - {call})
    if call == "ask":
        return _record_retrieval(shop, state)
    if call in ("cancel", "orphan"):
        return _record_cancellation(shop, state, call)
    if call == "create":
        created = state.intent != "none" and not state.known
        return shop.apply_event(state, "initiated") if created else state
    if call == "submit":
        return _record_refund(shop, state)
    return shop.cancel_returned_order(state._replace(booked=state.gone))


def _record_cancellation(shop: Shop, state: State, call: str) -> State:
    closing = {"cancel": CLOSING, "orphan": ("Failure", "Cancelled")}[call]
    if state.payment not in closing:
        return state
    if state.intent == "none":
        return shop.send(state, "payment", "rejected") if call == "cancel" else state
    state = state._replace(known=True)
    slow = "still_processing" if call == "cancel" else None
    answers = {"succeeded": "paid", "canceled": "canceled", "processing": slow}
    event = answers.get(state.intent)
    return shop.apply_event(state, event) if event else state


def _record_retrieval(shop: Shop, state: State) -> State:
    if state.payment == "Success" or state.intent == "none":
        return state
    state = state._replace(known=True)
    if state.intent == "succeeded":
        return shop.apply_event(state, "paid")
    if state.intent == "canceled":
        return (
            state
            if state.payment in ("Cancelled", "Failure")
            else shop.apply_event(state, "canceled")
        )
    slow = state.intent == "processing" and state.payment == "Declined"
    return shop.apply_event(state, "processing") if slow else state


def _record_refund(shop: Shop, state: State) -> State:
    if state.refund not in ("Requested", "Submitted"):
        return state
    signals = {"none": "rejected", "pending": "submitted", "done": "succeeded", "failed": "failed"}
    return shop.send(state, "refund", signals[state.back])


def _given_up(shop: Shop, state: State, call: str) -> Iterator[State]:
    """Return the state after the last attempt, which may have been carried out."""
    over = state._replace(calls=state.calls - {call})
    if call == "create" and not state.known:
        yield shop.send(over, "payment", "unanswered")
        if state.intent == "none":
            yield shop.send(over, "payment", "rejected")
    # One that looked in vain is put before a person.
    elif call not in ("create", "look"):
        yield over


def _stripe(state: State) -> Iterator[State]:
    """Yield the changes at Stripe, with the events that it sends."""
    if state.intent == "open":
        for mispaid in (False, True):
            yield _send_event(state, intent="succeeded")._replace(mispaid=mispaid)
        yield state._replace(news=state.news | {"declined"})
        yield state._replace(intent="processing", news=state.news | {"processing"})
        yield _send_event(state, intent="canceled")  # in Stripe's own dashboard
    yield from _bank(state)
    if state.intent == "canceled":
        for mispaid in (False, True):
            # A bank that did not hear of it.
            yield _send_event(state, intent="succeeded")._replace(mispaid=mispaid)
    if state.intent == "succeeded" and state.back == "none" and not state.gone:
        yield state._replace(gone=True, news=state.news | {"refunded"})  # in the dashboard, too
    if state.back == "pending":
        yield state._replace(back="done", news=state.news | {"refund_done"})
    if state.back in ("pending", "done"):
        yield state._replace(back="failed", news=state.news | {"refund_failed"})


def _bank(state: State) -> Iterator[State]:
    if state.intent == "processing":
        yield _send_event(state, intent="succeeded")
        yield state._replace(intent="open", news=state.news | {"declined"})


def _send_event(state: State, *, intent: str) -> State:
    event = {"succeeded": "paid", "canceled": "canceled"}[intent]
    return state._replace(intent=intent, news=state.news | {event})


def _people(shop: Shop, state: State) -> Iterator[State]:
    """Yield the steps of the customer and the operator that the code allows."""
    if state.order == "Pending" and state.payment != "Success":
        yield shop.send(state, "payment", "cancel")
    if state.intent == "canceled":
        yield shop.send(state, "payment", "close")
    if state.payment == "Success" and state.order in ("Pending", "Confirmed"):
        yield shop.send(state, "order", "cancel")
        if not state.booked:
            yield shop.send(state, "order", "accept")
    yield shop.send(state, "order", "ship")
    yield shop.send(state, "order", "deliver")
