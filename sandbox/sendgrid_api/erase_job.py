"""POST /v3/recipients/erasejob: erase the stored data of email addresses.

Source: https://www.twilio.com/docs/sendgrid/api-reference/recipients-data-erasure-api
"""

from dataclasses import replace

from aiohttp import web

from sandbox.faults import Fault, Faults
from sandbox.hang_up import hang_up
from sandbox.ids import new_id
from sandbox.sendgrid_api.mail_send import decoded, is_authorized, refused
from sandbox.sendgrid_api.requirements import error
from sandbox.store import Store

MAX_ADDRESSES = 5000  # of a call
ERASED = "erased"


class EraseJob:
    def __init__(self, store: Store, faults: Faults) -> None:
        self._store = store
        self._faults = faults

    async def begin(self, request: web.Request) -> web.Response:
        if not is_authorized(request):
            message = "The provided authorization grant is invalid, expired, or revoked"
            return refused(401, [error(message, None)])
        body = decoded(await request.read())
        addresses = body.get("email_addresses") if isinstance(body, dict) else None
        if not isinstance(addresses, list) or not 0 < len(addresses) <= MAX_ADDRESSES:
            return refused(400, [error("email_addresses is required", "email_addresses")])
        fault = self._faults.of_sendgrid()
        if fault == Fault.ERROR:
            return refused(500, [error("Internal Server Error", None)])
        if fault == Fault.REFUSED:
            return refused(400, [error("Bad Request", None)])
        self._erase({str(address).lower() for address in addresses})
        if fault == Fault.TIMEOUT:
            await hang_up(request, self._faults.hold)
        return web.json_response({"job_id": new_id("job")[4:]}, status=202)

    def _erase(self, addresses: set[str]) -> None:
        for email in list(self._store.emails.values()):
            if email.to.lower() in addresses:
                self._store.save(replace(email, to=ERASED, subject=ERASED, text="", html=""))
        self._store.row_log.flush()
