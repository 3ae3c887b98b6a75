"""POST /v3/mail/send: takes a mail, keeps it in the mailbox, and reports what became of it."""

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
from sandbox.sendgrid_api.letters import Letter
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
        for letter in _letters(mail, message_id):
            self._store.save(letter)
            self._report(letter)
        self._store.journal.flush()
        if fault == Fault.TIMEOUT:
            await hang_up(request, self._faults.hold)
        return web.Response(status=202, headers={"X-Message-Id": message_id})

    def _report(self, letter: Letter) -> None:
        """One event a letter, since a listener may want to hear of bounces alone."""
        outcome = _bounced(letter) if self._faults.bounces() else _delivered(letter)
        body = compact([outcome])
        self._webhooks.publish(
            Event(outcome["sg_event_id"], Source.SENDGRID, outcome["event"], int(clock.now()), body)
        )


def is_authorized(request: web.Request) -> bool:
    kind, _, key = request.headers.get("Authorization", "").partition(" ")
    return kind.lower() == "bearer" and key.strip().startswith(KEY_PREFIX)


def _letters(mail: Json, message_id: str) -> list[Letter]:
    content = {block["type"]: block["value"] for block in mail.get("content", [])}
    return [
        Letter(
            new_id("letter"),
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


def _delivered(letter: Letter) -> Json:
    return {**_event(letter, "delivered"), "response": "250 OK"}


def _bounced(letter: Letter) -> Json:
    why = {"reason": "550 5.1.1 The mailbox does not exist", "status": "5.1.1", "type": "bounce"}
    return {**_event(letter, "bounce"), **why}


def _event(letter: Letter, kind: str) -> Json:
    """Custom arguments stand beside the other fields, and never instead of them."""
    return {
        **letter.custom_args,
        "email": letter.to,
        "event": kind,
        "timestamp": int(clock.now()),
        "smtp-id": f"<{letter.message}@sandbox>",
        "category": letter.categories,
        "sg_event_id": new_id("ev")[3:],
        "sg_message_id": f"{letter.message}.recvd-sandbox",
    }


def decoded(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return None


def refused(status: int, errors: list[Json]) -> web.Response:
    return web.json_response({"errors": errors}, status=status)
