"""The sandbox's first page: the bank's books, the events with their deliveries, and the faults."""

import json
from dataclasses import asdict
from typing import Any

from aiohttp import web

from sandbox.compact import Json
from sandbox.events import Event
from sandbox.faults import Faults
from sandbox.ledger import ledger
from sandbox.site.fault_fields import PRESETS, list_fault_fields
from sandbox.site.shell import BadQueryError, as_time, refuse, render
from sandbox.store import Store
from sandbox.stripe_api.money import worded
from sandbox.webhooks import UnsubscribedError, Webhooks

MAX_PAYMENTS, MAX_EVENTS = 12, 50
SHOWN_EVENTS = ("subscribed", "undelivered", "all")
# The tone of each status, told apart by its word as well.
TONES = {
    "succeeded": "good",
    "delivered": "good",
    "canceled": "ended",
    "unwanted": "ended",
    "dropped": "failed",
}


class BankPages:
    def __init__(self, store: Store, webhooks: Webhooks, faults: Faults) -> None:
        self._store, self._webhooks, self._faults = store, webhooks, faults

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self.show),
            web.get("/events.json", self.list_events),
            web.post("/events/{id}/redeliver", self.redeliver),
        ]

    async def show(self, request: web.Request) -> web.Response:
        """Show the newest payments and events that match `q`; `events` selects a list of them."""
        words = request.query.get("q", "").strip()
        try:
            shown = _read_shown(request)
        except BadQueryError as error:
            return refuse(error)
        entries = [row for row in reversed(ledger(self._store)) if _matches(row, words)]
        events = self._find_events(shown, words)
        return render(
            "bank.html",
            here="bank",
            title="Bank",
            q=words,
            shown=shown,
            choices=SHOWN_EVENTS,
            payments=[self._as_payment(entry) for entry in entries[:MAX_PAYMENTS]],
            total=len(entries),
            events=[self._as_event(event) for event in events[:MAX_EVENTS]],
            undelivered=len(self._store.undelivered),
            groups=list_fault_fields(asdict(self._faults.plan)),
            presets=[(name, json.dumps(plan)) for name, plan in PRESETS.items()],
            is_faulty=asdict(self._faults.plan) | {"seed": 0} != _no_faults(),
        )

    async def list_events(self, request: web.Request) -> web.Response:
        """List the newest events with their delivery attempts since the sandbox started."""
        try:
            shown = _read_shown(request)
        except BadQueryError as error:
            return _problem(400, error.field, error.message)
        events = self._find_events(shown, request.query.get("q", "").strip())
        return web.json_response([self._as_json(event) for event in events[:MAX_EVENTS]])

    async def redeliver(self, request: web.Request) -> web.Response:
        """Deliver an event again, or at last when a fault has dropped it."""
        event = self._store.events.get(request.match_info["id"])
        if event is None:
            return _problem(404, "id", "is no event's")
        try:
            self._webhooks.redeliver(event)
        except UnsubscribedError:
            return _problem(400, "id", f"is of {event.type}, to which nobody subscribes")
        self._store.row_log.flush()
        return web.json_response(self._as_json(event), status=202)

    def _find_events(self, shown: str, words: str) -> list[Event]:
        """Return events, newest first."""
        rows = self._store.undelivered if shown == "undelivered" else self._store.events
        return [
            event
            for event in reversed(rows.values())
            if (shown != "subscribed" or event.state != "unwanted")
            and (not words or words in event.body or words in event.type)
        ]

    def _as_payment(self, entry: Json) -> Json:
        intent = self._store.intents[entry["paymentIntent"]]
        amounts = {
            name: worded(entry[name], intent.currency) if entry[name] else "-"
            for name in ("amount", "captured", "refunded", "disputed")
        }
        tone = TONES.get(entry["status"], "waiting")
        return entry | amounts | {"at": as_time(intent.created), "tone": tone}

    def _as_event(self, event: Event) -> Json:
        attempts = self._webhooks.attempts.get(event.id, [])
        return {
            "id": event.id,
            "type": event.type,
            "source": str(event.source),
            "at": as_time(event.created),
            "about": _subject_of(event),
            "state": str(event.state),
            "tone": TONES.get(event.state, "waiting"),
            "attempts": len(attempts),
            "last": attempts[-1].result if attempts else "",
        }

    def _as_json(self, event: Event) -> Json:
        attempts = self._webhooks.attempts.get(event.id, [])
        return {
            "id": event.id,
            "source": str(event.source),
            "type": event.type,
            "created": event.created,
            "about": _subject_of(event),
            "state": str(event.state),
            "attempts": [{"at": each.at, "result": each.result} for each in attempts],
        }


def _read_shown(request: web.Request) -> str:
    """Return the parameter `events`. Raises BadQueryError."""
    shown = request.query.get("events", SHOWN_EVENTS[0])
    if shown not in SHOWN_EVENTS:
        raise BadQueryError("events", f"must be one of {', '.join(SHOWN_EVENTS)}")
    return shown


def _matches(entry: Json, words: str) -> bool:
    keys = (entry["paymentIntent"], entry["orderId"], entry["referenceId"], entry["status"])
    return not words or any(words.lower() in str(key).lower() for key in keys)


def _subject_of(event: Event) -> str:
    """Return the id of the object at Stripe, or the address of the email."""
    body: Any = json.loads(event.body)
    if isinstance(body, list):
        return str(body[0].get("email", ""))
    return str(body["data"]["object"]["id"])


def _no_faults() -> Json:
    return asdict(Faults().plan)


def _problem(status: int, field: str, message: str) -> web.Response:
    """Return a problem that names a field."""
    problem = {
        "type": "about:blank",
        "status": status,
        "detail": f"{field} {message}",
        "errors": [{"field": field, "message": message}],
    }
    return web.json_response(problem, status=status, content_type="application/problem+json")
