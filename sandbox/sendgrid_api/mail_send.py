"""POST /v3/mail/send: accept an email, store it in the mailbox, and report its delivery."""

import asyncio
import json
from typing import Any

from aiohttp import web

from sandbox import clock
from sandbox.compact import Json, compact
from sandbox.events import Event, Source
from sandbox.faults import Fault, Faults
from sandbox.hang_up import hang_up
from sandbox.ids import new_id
from sandbox.rows.emails import Email
from sandbox.sendgrid_api.requirements import complaints, error
from sandbox.store import Store
from sandbox.webhooks import Webhooks

KEY_PREFIX = "SG."


class MailSend:
    def __init__(self, store: Store, webhooks: Webhooks, faults: Faults) -> None:
        self._store = store
        self._webhooks = webhooks
        self._faults = faults

    async def send(self, request: web.Request) -> web.Response:
        fault = self._faults.of_sendgrid()
        if not is_authorized(request):
            message = "The provided authorization grant is invalid, expired, or revoked"
            return refused(401, [error(message, None)])
        mail = decoded(await request.read())
        if milliseconds := self._faults.plan.sendgrid.latencyMs:
            await asyncio.sleep(milliseconds / 1000)
        if fault == Fault.ERROR:
            return refused(500, [error("Internal Server Error", None)])
        if fault == Fault.REFUSED:
            return refused(400, [error("Bad Request", None)])
        if errors := complaints(mail):
            return refused(400, errors)
        message_id = new_id("msg")[4:]
        for email in _emails(mail, message_id):
            self._store.save(email)
            self._report(email)
        self._store.row_log.flush()
        if fault == Fault.TIMEOUT:
            await hang_up(request, self._faults.hold)
        return web.Response(status=202, headers={"X-Message-Id": message_id})

    def _report(self, email: Email) -> None:
        """Publish an event for each email, since a listener may want bounces only."""
        outcome = _bounced(email) if self._faults.bounces() else _delivered(email)
        body = compact([outcome])
        self._webhooks.publish(
            Event(outcome["sg_event_id"], Source.SENDGRID, outcome["event"], int(clock.now()), body)
        )


def is_authorized(request: web.Request) -> bool:
    kind, _, key = request.headers.get("Authorization", "").partition(" ")
    return kind.lower() == "bearer" and key.strip().startswith(KEY_PREFIX)


def _emails(mail: Json, message_id: str) -> list[Email]:
    content = {block["type"]: block["value"] for block in mail.get("content", [])}
    return [
        Email(
            new_id("email"),
            message_id,
            person["email"],
            mail["from"]["email"],
            str(each.get("subject") or mail.get("subject") or ""),
            content.get("text/plain", ""),
            content.get("text/html", ""),
            clock.now(),
            mail.get("categories", []),
            {**(mail.get("custom_args") or {}), **(each.get("custom_args") or {})},
        )
        for each in mail["personalizations"]
        for kind in ("to", "cc", "bcc")
        for person in each.get(kind) or []
    ]


def _delivered(email: Email) -> Json:
    return {**_event(email, "delivered"), "response": "250 OK"}


def _bounced(email: Email) -> Json:
    why = {"reason": "550 5.1.1 The mailbox does not exist", "status": "5.1.1", "type": "bounce"}
    return {**_event(email, "bounce"), **why}


def _event(email: Email, kind: str) -> Json:
    """Return an event. Custom arguments never replace its other fields."""
    return {
        **email.custom_args,
        "email": email.to,
        "event": kind,
        "timestamp": int(clock.now()),
        "smtp-id": f"<{email.message}@sandbox>",
        "category": email.categories,
        "sg_event_id": new_id("ev")[3:],
        "sg_message_id": f"{email.message}.recvd-sandbox",
    }


def decoded(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return None


def refused(status: int, errors: list[Json]) -> web.Response:
    return web.json_response({"errors": errors}, status=status)
