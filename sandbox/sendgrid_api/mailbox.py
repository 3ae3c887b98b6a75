"""GET /mail.json: the emails as a list for programs."""

from aiohttp import web

from sandbox.compact import compact
from sandbox.site.mail import find_emails
from sandbox.store import Store


class Mailbox:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def list_all(self, request: web.Request) -> web.Response:
        """List all emails, or those to the address `to`, newest first."""
        emails = find_emails(self._store, request.query.get("to", ""))
        body = compact([email.view() for email in emails])
        return web.Response(text=body, content_type="application/json")
